#include "reference.h"

#include "userns.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define REFUSED(problem, path, ...) PROBLEM(problem, .what = "--reference", .subject = (path), __VA_ARGS__)

static struct spec_part numeric(uint32_t id)
{
    return (struct spec_part){.numeric = true, .id = id};
}

bool reference_spec(const char *path, bool allow_root, struct userspec *spec, struct problem *problem)
{
    struct stat status;
    struct stat again;
    int fd = open(path, O_PATH | O_CLOEXEC);
    int result = fd >= 0 && fstat(fd, &status) == 0 ? stat(path, &again) : -1;
    int error = errno;

    if (fd >= 0) {
        (void)close(fd); /* nothing was done with it */
    }
    if (result != 0) {
        return REFUSED(problem, path, .error = error);
    }
    if (status.st_dev != again.st_dev || status.st_ino != again.st_ino || status.st_uid != again.st_uid ||
        status.st_gid != again.st_gid) {
        return REFUSED(problem, path, .why = "it changed while it was looked at");
    }
    enum userns users = userns_of_users();
    if (users != USERNS_INITIAL && status.st_uid == userns_overflow_uid()) {
        return REFUSED(problem, path, .why = "its owner is not mapped into this user namespace",
                       .hint = HINT_UNMAPPED_OWNER);
    }
    if (userns_hides_group(&(struct groups){.ids = &status.st_gid, .count = 1})) {
        return REFUSED(problem, path, .why = "its group is not mapped into this user namespace",
                       .hint = HINT_UNMAPPED_OWNER);
    }
    if (status.st_uid == UINT32_MAX || status.st_gid == UINT32_MAX) {
        return REFUSED(problem, path, .why = "its owner or group is no ID");
    }
    if (status.st_uid == 0 && users != USERNS_OTHER && !allow_root) {
        return REFUSED(problem, path, .why = "its owner is root", .hint = HINT_ROOT_OWNER);
    }
    spec->user = numeric(status.st_uid);
    spec->group = numeric(status.st_gid);
    return true;
}
