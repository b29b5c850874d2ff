#include "reference.h"

#include "identity.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The default of /proc/sys/kernel/overflowuid and overflowgid, proc_sys_kernel(5). */
#define OVERFLOW_ID 65534U

/* What /proc/self/uid_map and gid_map say of a user namespace, each as it is read. */
enum namespace {
    NAMESPACE_UNKNOWN, /* no /proc */
    NAMESPACE_INITIAL, /* every ID is itself */
    NAMESPACE_ROOT,    /* another one, but its ID 0 is its parent's ID 0 */
    NAMESPACE_OTHER
};

/* Reads the start of a file under /proc; its length, or 0. */
static size_t read_start(const char *path, char *text, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    ssize_t count = fd >= 0 ? read(fd, text, size) : -1;

    if (fd >= 0) {
        (void)close(fd); /* it was only read */
    }
    return count > 0 ? (size_t)count : 0;
}

/* The number that comes next, after spaces; false if none does. */
static bool next_number(const char **text, const char *end, uint32_t *number)
{
    while (*text < end && **text == ' ') {
        (*text)++;
    }
    const char *start = *text;
    while (*text < end && **text >= '0' && **text <= '9') {
        (*text)++;
    }
    return spec_number(start, (size_t)(*text - start), UINT32_MAX, number);
}

/* Each line is: first ID inside, first ID outside, how many. */
static enum namespace read_namespace(const char *map)
{
    char text[4096];
    const char *at = text;
    const char *end = text + read_start(map, text, sizeof text);
    enum namespace found = NAMESPACE_OTHER;
    uint32_t inside = 0;
    uint32_t outside = 0;
    uint32_t count = 0;

    if (at == end) {
        return NAMESPACE_UNKNOWN;
    }
    while (next_number(&at, end, &inside) && next_number(&at, end, &outside) && next_number(&at, end, &count)) {
        if (inside == 0 && outside == 0) {
            found = count == UINT32_MAX ? NAMESPACE_INITIAL : NAMESPACE_ROOT;
        }
        at += at < end; /* the newline */
    }
    return found;
}

static uint32_t read_overflow_id(const char *path)
{
    char text[16];
    size_t length = read_start(path, text, sizeof text);
    uint32_t id = 0;

    while (length > 0 && text[length - 1] == '\n') {
        length--;
    }
    return spec_number(text, length, UINT32_MAX, &id) ? id : OVERFLOW_ID;
}

static struct spec_part numeric(uint32_t id)
{
    return (struct spec_part){.numeric = true, .id = id};
}

static bool refused(const char *path, const char *why, enum hint hint, struct problem *problem)
{
    *problem = (struct problem){.what = "--reference", .subject = path, .why = why, .hint = hint};
    return false;
}

bool reference_hides_group(const gid_t *groups, size_t count)
{
    return read_namespace("/proc/self/gid_map") != NAMESPACE_INITIAL &&
           identity_find_group(groups, count, read_overflow_id("/proc/sys/kernel/overflowgid")) != NULL;
}

bool reference_spec(const char *path, bool allow_root, struct userspec *spec, struct problem *problem)
{
    struct stat status;
    struct stat again;
    int fd = open(path, O_PATH | O_CLOEXEC);
    int result = fd >= 0 && fstat(fd, &status) == 0 ? stat(path, &again) : -1;

    *problem = (struct problem){.what = "--reference", .subject = path, .error = errno};
    if (fd >= 0) {
        (void)close(fd); /* nothing was done with it */
    }
    if (result != 0) {
        return false;
    }
    if (status.st_dev != again.st_dev || status.st_ino != again.st_ino || status.st_uid != again.st_uid ||
        status.st_gid != again.st_gid) {
        return refused(path, "it changed while it was looked at", HINT_NONE, problem);
    }
    enum namespace users = read_namespace("/proc/self/uid_map");
    if (users != NAMESPACE_INITIAL && status.st_uid == read_overflow_id("/proc/sys/kernel/overflowuid")) {
        return refused(path, "its owner is not mapped into this user namespace", HINT_UNMAPPED_OWNER, problem);
    }
    if (reference_hides_group(&status.st_gid, 1)) {
        return refused(path, "its group is not mapped into this user namespace", HINT_UNMAPPED_OWNER, problem);
    }
    if (status.st_uid == UINT32_MAX || status.st_gid == UINT32_MAX) {
        return refused(path, "its owner or group is no ID", HINT_NONE, problem);
    }
    if (status.st_uid == 0 && users != NAMESPACE_OTHER && !allow_root) {
        return refused(path, "its owner is root", HINT_ROOT_OWNER, problem);
    }
    spec->user = numeric(status.st_uid);
    spec->group = numeric(status.st_gid);
    return true;
}
