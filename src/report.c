#include "report.h"

#include <string.h>
#include <unistd.h>

#define QUOTED_MAX 200U

static const char *hint_text(enum hint hint)
{
    switch (hint) {
    case HINT_USAGE:
        return "see --help";
    case HINT_CAP_SETGID:
        return "CAP_SETGID is missing: start the container with --cap-add=SETGID and --cap-add=SETUID, or as that "
               "user (docker run --user)";
    case HINT_CAP_SETUID:
        return "CAP_SETUID is missing: start the container with --cap-add=SETUID, or as that user (docker run --user)";
    case HINT_SETGROUPS_DENIED:
        return "this user namespace denies setgroups: map a range of groups (newgidmap, /etc/subgid), or run as the "
               "present user";
    case HINT_UNMAPPED_ID:
        return "this user namespace does not map the ID: use one that /proc/self/uid_map and gid_map hold, or map more "
               "(/etc/subuid, /etc/subgid, --uidmap)";
    case HINT_SET_ID_INSTALL:
        return "it is for root to become another user, never the other way: remove the set-ID bits or file "
               "capabilities; to gain rights use sudo or doas";
    case HINT_PROCESS_LIMIT:
        return "the user has as many processes as RLIMIT_NPROC allows, counted over all containers: raise --ulimit "
               "nproc, or give each container its own user";
    case HINT_NO_INTERPRETER:
        return "it has no #! line, or is for another architecture";
    case HINT_MISSING_LOADER:
        return "the file is there, its interpreter or dynamic loader is not (or its #! line ends in CR)";
    case HINT_NOT_EXECUTABLE:
        return "the user lacks the x bit on the file or on a directory above it, or the mount is noexec";
    case HINT_EMPTY_USER:
        return "is a variable unset? With no user the command would have stayed as it is, root perhaps";
    case HINT_ROOT_OWNER:
        return "give the directory to the user it is for, or say --allow-root";
    case HINT_UNMAPPED_OWNER:
        return "map the owner into the container (/etc/subuid, --uidmap, --userns=keep-id), or name USER:GROUP";
    case HINT_CAP_MISSING:
        return "start the container with --cap-add for it, or mark it NAME? to do without";
    case HINT_CAP_SETPCAP:
        return "CAP_SETPCAP is missing: start the container with --cap-add=SETPCAP, or with --cap-drop=ALL and "
               "--cap-add of SETUID, SETGID, SETPCAP and what is to be kept";
    case HINT_NONE:
        break;
    }
    return NULL;
}

void report_start(struct report *report, int fd)
{
    report->fd = fd;
    report->failed = false;
    report->used = 0;
}

bool report_end(struct report *report)
{
    size_t written = 0;

    while (!report->failed && written < report->used) {
        ssize_t count = write(report->fd, report->buffer + written, report->used - written);
        report->failed = count <= 0;
        written += count > 0 ? (size_t)count : 0;
    }
    report->used = 0;
    return !report->failed;
}

static void put(struct report *report, char byte)
{
    if (report->used == sizeof report->buffer) {
        (void)report_end(report); /* a failure stays in the report */
    }
    report->buffer[report->used++] = byte;
}

void report_text(struct report *report, const char *text)
{
    while (*text != '\0') {
        put(report, *text++);
    }
}

void report_quoted(struct report *report, const char *text, size_t length)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < length && i < QUOTED_MAX; i++) {
        unsigned char byte = (unsigned char)text[i];
        if (byte >= ' ' && byte <= '~' && byte != '\\') {
            put(report, text[i]);
        } else {
            report_text(report, "\\x");
            put(report, digits[byte >> 4]);
            put(report, digits[byte & 15]);
        }
    }
    if (length > QUOTED_MAX) {
        report_text(report, "...");
    }
}

void report_number(struct report *report, unsigned long number)
{
    if (number >= 10) {
        report_number(report, number / 10);
    }
    put(report, (char)('0' + number % 10));
}

void report_problem(const char *name, const struct problem *problem)
{
    struct report report;
    const char *hint = hint_text(problem->hint);

    report_start(&report, STDERR_FILENO);
    report_quoted(&report, name, strlen(name));
    report_text(&report, ": ");
    report_text(&report, problem->what);
    if (problem->line > 0) {
        report_text(&report, ":");
        report_number(&report, problem->line);
    }
    if (problem->subject != NULL) {
        report_text(&report, " '");
        report_quoted(&report, problem->subject,
                      problem->subject_length > 0 ? problem->subject_length : strlen(problem->subject));
        report_text(&report, "'");
    }
    report_text(&report, ": ");
    report_text(&report, problem->why != NULL ? problem->why : strerror(problem->error));
    if (hint != NULL) {
        report_text(&report, "\n");
        report_quoted(&report, name, strlen(name));
        report_text(&report, ": ");
        report_text(&report, hint);
    }
    report_text(&report, "\n");
    (void)report_end(&report); /* there is nobody left to tell */
}
