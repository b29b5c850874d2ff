#include "userns.h"

#include "spec.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define UID_MAP "/proc/self/uid_map"
#define GID_MAP "/proc/self/gid_map"

/* The default of /proc/sys/kernel/overflowuid and overflowgid, proc_sys_kernel(5). */
#define OVERFLOW_ID 65534U

/* More than five lines of a map are kept sorted by the kernel: what is cut off has larger IDs inside. */
#define MAP_BYTES 4096U

/* Reads the start of a file under /proc; its length, or 0. */
static size_t read_start(const char *path, char *text, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
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

/* What a map tells. It fits into a register: no caller needs a protected stack. */
struct told {
    enum userns kind;
    bool mapped; /* the ID that it was asked for */
};

/* Each line is: first ID inside, first ID outside, how many. */
static struct told read_map(const char *map, uint32_t id)
{
    char text[MAP_BYTES];
    const char *at = text;
    const char *end = text + read_start(map, text, sizeof text);
    struct told told = {USERNS_UNKNOWN, false}; /* also what is no map */
    uint32_t inside = 0;
    uint32_t outside = 0;
    uint32_t count = 0;

    while (next_number(&at, end, &inside) && next_number(&at, end, &outside) && next_number(&at, end, &count)) {
        if (inside == 0 && outside == 0) {
            told.kind = count == UINT32_MAX ? USERNS_INITIAL : USERNS_ROOT;
        } else if (told.kind == USERNS_UNKNOWN) {
            told.kind = USERNS_OTHER;
        }
        told.mapped = told.mapped || (id >= inside && id - inside < count);
        at += at < end; /* the newline */
    }
    return told;
}

bool userns_can_be_known(void)
{
    int fd = open(UID_MAP, O_PATH | O_CLOEXEC);

    if (fd >= 0) {
        (void)close(fd); /* nothing was done with it */
    }
    return fd >= 0;
}

enum userns userns_of_users(void)
{
    return read_map(UID_MAP, 0).kind;
}

enum userns userns_of_groups(void)
{
    return read_map(GID_MAP, 0).kind;
}

bool userns_maps_uid(uid_t uid)
{
    return read_map(UID_MAP, uid).mapped;
}

bool userns_maps_gid(gid_t gid)
{
    return read_map(GID_MAP, gid).mapped;
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

uid_t userns_overflow_uid(void)
{
    return read_overflow_id("/proc/sys/kernel/overflowuid");
}

gid_t userns_overflow_gid(void)
{
    return read_overflow_id("/proc/sys/kernel/overflowgid");
}

bool userns_hides_owner(uid_t uid, gid_t gid)
{
    return (uid == OVERFLOW_ID || gid == OVERFLOW_ID) && userns_of_users() != USERNS_INITIAL;
}

bool userns_hides_group(const struct groups *groups)
{
    return userns_of_groups() != USERNS_INITIAL && groups_find(groups, userns_overflow_gid()) != NULL;
}

bool userns_denies_setgroups(void)
{
    char text[5];

    return userns_of_groups() == USERNS_UNKNOWN ||
           read_start("/proc/self/setgroups", text, sizeof text) != sizeof text ||
           memcmp(text, "allow", sizeof text) != 0;
}
