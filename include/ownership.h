/* --chown: paths, and all that is below them, given to the user. */
#ifndef STEPDOWN_OWNERSHIP_H
#define STEPDOWN_OWNERSHIP_H

#include "problem.h"
#include "safe_path.h"
#include "tree.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* What shall be whose. */
struct ownership {
    const char *list; /* PATH or PATH?, with commas between them; borrowed. NULL: nothing is asked for */
    bool once;        /* a path that is the user's itself is passed over, whatever is below */
    bool look;        /* whether each path could be given is looked at, and nothing changed: --dry-run */
    bool later;       /* a path that is not there may be made before: no error */
    uid_t uid;
    gid_t gid;
    uint64_t capabilities; /* the caller's effective set, for hints alone */
};

/* The caller's memory, zero at first. */
struct ownership_room {
    char path[SAFE_PATH_ROOM];
    struct tree tree;
};

/*
 * False with *problem for a list with an empty element, or one that is "/" however it is spelt; NULL is a list of none.
 * Looks at no file.
 */
bool ownership_check(const char *list, struct problem *problem);

/*
 * Gives each path, opened by safe_path_open(), and all below it to the user, by tree_give(). What an error leaves,
 * another run completes. False with *problem, whose subject may be in `room`: what those two refuse; a path that is not
 * there, is the root directory, or is below /proc or /sys or on another file system that is no place for files. With
 * want->look the paths are opened, and that is all.
 */
/*@ requires \valid_read(want) && \valid(room) && \valid(problem);
    assigns *room, *problem, errno; */
bool ownership_give(const struct ownership *want, struct ownership_room *room, struct problem *problem);

#endif
