#include "problem.h"

#include "output.h"

#include <string.h>
#include <unistd.h>

/* How many of a list of IDs a hint names. */
#define NUMBERS_MAX 20U

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
        return "this user namespace does not map the ID: use one of /proc/self/uid_map and gid_map, or map more "
               "(/etc/subuid, --uidmap)";
    case HINT_SET_ID_INSTALL:
        return "it is for root to become another user, never the other way: remove set-ID bits "
               "or file capabilities; to gain rights use sudo or doas";
    case HINT_PROCESS_LIMIT:
        return "the user has as many processes as RLIMIT_NPROC allows, in all containers: raise --ulimit "
               "nproc, or give each container its own user";
    case HINT_NO_INTERPRETER:
        return "it has no whole #! line, or is cut off or for another architecture";
    case HINT_MISSING_LOADER:
        return "the file is there, its interpreter or dynamic loader is not (or its #! line ends in CR)";
    case HINT_NOT_EXECUTABLE:
        return "the user lacks the x bit on the file or on a directory above it, the mount is noexec, or its #! line "
               "names nothing executable";
    case HINT_EMPTY_USER:
        return "is a variable unset? With no user the command would have stayed as it is, root perhaps";
    case HINT_ROOT_OWNER:
        return "give it to the user or group it is for, or say --allow-root";
    case HINT_UNMAPPED_OWNER:
        return "map it into the container (/etc/subuid, --uidmap, --userns=keep-id), or name USER:GROUP";
    case HINT_CAP_MISSING:
        return "start the container with --cap-add for it, or mark it NAME? to do without";
    case HINT_CAP_SETPCAP:
        return "CAP_SETPCAP is missing: start the container with --cap-add=SETPCAP; of --harden, --no-new-privs alone "
               "takes no capability";
    case HINT_NO_AMBIENT:
        return "the ambient set or keep_caps is missing or locked (kernel, sandbox, securebits): "
               "mark it NAME? to do without";
    case HINT_FILTER:
        return "neither capabilities nor the user namespace explain this: a seccomp filter, securebits or a security "
               "module refuses it";
    case HINT_NOT_ROOT:
        return "the caller is uid % and not root: start the container as root, or use stepdown --if-root to run the "
               "command as that user";
    case HINT_ONLY_GROUPS:
        return "the caller is that user already, only its groups differ (it has %; % are asked for): stepdown "
               "--if-root leaves them, --keep-groups keeps what it has besides";
    case HINT_NO_SUCH_NAME:
        return "create it in the image (useradd, groupadd; on Alpine adduser, addgroup), or use UID:GID";
    case HINT_EMPTY_GROUP:
        return "is a variable unset? Without an entry the group would have been the caller's, root's perhaps";
    case HINT_NO_COMMAND:
        return "has the image no CMD, or is a variable unset, so that the command became USER?";
    case HINT_OPTION_BEHIND:
        return "options go before USER";
    case HINT_ONE_WORD:
        return "it is one word, spaces and all: leave out the quotes, or use sh -c";
    case HINT_BUILTIN:
        return "it is a shell's own command: use sh -c";
    case HINT_NO_USER:
        return "with --reference there is no USER: what follows is COMMAND";
    case HINT_CAP_CHOWN:
        return "CAP_CHOWN is missing: use --cap-add=CHOWN";
    case HINT_DAC_READ_SEARCH:
        return "root may not enter it without CAP_DAC_READ_SEARCH: use --cap-add=DAC_READ_SEARCH";
    case HINT_READ_ONLY_MOUNT:
        return "mount it writable, or give it to the user outside of the container";
    case HINT_NFS:
        return "the NFS server takes root for nobody: change the owner there, or export it with no_root_squash";
    case HINT_HARD_LINKS:
        return "its other names may be anywhere: remove them, or change its owner by hand";
    case HINT_ACCOUNT_FILES:
        return "let the root file system or a mount there be writable, or mark it NAME? to do without";
    case HINT_IMMUTABLE:
        return "it is immutable or append-only (lsattr, chattr -ia), or a seccomp filter or security module refuses "
               "it";
    case HINT_NONE:
        break;
    }
    return NULL;
}

/* The numbers of a list, as many as are of use. */
static void put_numbers(struct output *output, const struct problem_numbers *numbers)
{
    for (size_t i = 0; i < numbers->count && i < NUMBERS_MAX; i++) {
        output_text(output, i > 0 ? "," : "");
        output_number(output, numbers->list[i]);
    }
    output_text(output, numbers->count > NUMBERS_MAX ? ",..." : numbers->count == 0 ? "none" : "");
}

static void put_hint(struct output *output, const char *text, const struct problem_numbers *numbers)
{
    for (; *text != '\0'; text++) {
        if (*text == '%') {
            put_numbers(output, numbers++);
        } else {
            output_text(output, (const char[]){*text, '\0'});
        }
    }
}

void problem_print(const char *name, const struct problem *problem)
{
    struct output output;
    struct problem unheard; /* there is nobody left to tell */
    const char *hint = hint_text(problem->hint);

    output_start(&output, STDERR_FILENO);
    output_quoted(&output, name, strlen(name));
    output_text(&output, ": ");
    output_text(&output, problem->what);
    if (problem->line > 0) {
        output_text(&output, ":");
        output_number(&output, problem->line);
    }
    if (problem->subject != NULL) {
        output_text(&output, " '");
        output_quoted(&output, problem->subject,
                      problem->subject_length > 0 ? problem->subject_length : strlen(problem->subject));
        output_text(&output, "'");
    }
    output_text(&output, ": ");
    output_text(&output, problem->why != NULL ? problem->why : strerror(problem->error));
    if (hint != NULL) {
        output_text(&output, "\n");
        output_quoted(&output, name, strlen(name));
        output_text(&output, ": ");
        put_hint(&output, hint, problem->numbers);
    }
    output_text(&output, "\n");
    (void)output_end(&output, &unheard);
}
