/* --reference: the owner of a path as a user-spec. */
#ifndef STEPDOWN_REFERENCE_H
#define STEPDOWN_REFERENCE_H

#include "problem.h"
#include "spec.h"

#include <stdbool.h>
#include <sys/types.h>

/*
 * Makes *spec the owner and the group of `path`, as numbers; symbolic links are followed. The path is opened once
 * (O_PATH, open(2)), so that what was looked at is what is used; a second look, by name, must agree. False with
 * *problem: the path cannot be opened; the owner is root, uid 0 is the real root and not `allow_root`; the owner or
 * group is the overflow ID, by which the kernel shows an ID that is not mapped into this user namespace or by the
 * mount. Where /proc does not tell, uid 0 is the real root and 65534 the overflow ID.
 */
bool reference_spec(const char *path, bool allow_root, struct userspec *spec, struct problem *problem);

/*
 * The group of `path`, by the same rules. Group 0 is refused unless `allow_root`. False with *problem, whose error is
 * ENOENT or ENOTDIR where the path is not there.
 */
bool reference_group(const char *path, bool allow_root, gid_t *gid, struct problem *problem);

#endif
