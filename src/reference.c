#include "reference.h"

#include "userns.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define REFUSED(problem, option, path, ...) PROBLEM(problem, .what = (option), .subject = (path), __VA_ARGS__)

static struct spec_part numeric(uint32_t id)
{
    return (struct spec_part){.numeric = true, .id = id};
}

/* What `path` leads to, seen twice: it is opened once, and by its name it must still be the same. */
static bool look(const char *option, const char *path, struct stat *status, struct problem *problem)
{
    struct stat again;
    int fd = open(path, O_PATH | O_CLOEXEC);
    int result = fd >= 0 && fstat(fd, status) == 0 ? stat(path, &again) : -1;
    int error = errno;

    if (fd >= 0) {
        (void)close(fd); /* nothing was done with it */
    }
    if (result != 0) {
        return REFUSED(problem, option, path, .error = error);
    }
    if (status->st_dev != again.st_dev || status->st_ino != again.st_ino || status->st_uid != again.st_uid ||
        status->st_gid != again.st_gid) {
        return REFUSED(problem, option, path, .why = "it changed while it was looked at");
    }
    if (status->st_uid == UINT32_MAX || status->st_gid == UINT32_MAX) {
        return REFUSED(problem, option, path, .why = "its owner or group is no ID");
    }
    /* A mount can hide an owner as a user namespace does, and under a full map: mount_setattr(2), MOUNT_ATTR_IDMAP. */
    if (status->st_gid == userns_overflow_gid()) {
        return REFUSED(problem, option, path, .why = "its group reads as one that is not mapped",
                       .hint = HINT_UNMAPPED_OWNER);
    }
    return true;
}

bool reference_spec(const char *path, bool allow_root, struct userspec *spec, struct problem *problem)
{
    static const char option[] = "--reference";
    struct stat status;

    if (!look(option, path, &status, problem)) {
        return false;
    }
    if (status.st_uid == userns_overflow_uid()) {
        return REFUSED(problem, option, path, .why = "its owner reads as one that is not mapped",
                       .hint = HINT_UNMAPPED_OWNER);
    }
    if (status.st_uid == 0 && userns_of_users() != USERNS_OTHER && !allow_root) {
        return REFUSED(problem, option, path, .why = "its owner is root", .hint = HINT_ROOT_OWNER);
    }
    *spec = (struct userspec){.user = numeric(status.st_uid), .group = numeric(status.st_gid)};
    return true;
}

bool reference_group(const char *path, bool allow_root, gid_t *gid, struct problem *problem)
{
    static const char option[] = "--group-add";
    struct stat status;

    if (!look(option, path, &status, problem)) {
        return false;
    }
    if (status.st_gid == 0 && !allow_root) {
        return REFUSED(problem, option, path, .why = "its group is root's", .hint = HINT_ROOT_OWNER);
    }
    *gid = status.st_gid;
    return true;
}
