/* A path opened by root so that nobody who can write on the way there leads it elsewhere. */
#ifndef STEPDOWN_SAFE_PATH_H
#define STEPDOWN_SAFE_PATH_H

#include "problem.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

/* Bytes of room for what is left of the path and for the text of a link in it, with the NUL: PATH_MAX of limits.h. */
#define SAFE_PATH_ROOM 4096U

/* What a path led to. Descriptors are O_PATH and O_CLOEXEC; the caller closes what is not -1, safe_path_close(). */
struct safe_path {
    int directory;      /* that holds it; -1 for "/" and the working directory */
    int object;         /* the thing itself, never a symbolic link; -1 where it is not there */
    const char *name;   /* in `directory`, in the caller's room; "" where there is none. May be "." or ".." */
    struct stat status; /* of the object, by its descriptor; where there is one */
    bool kernels;       /* the way led into proc(5) or sysfs(5), and a tmpfs there is no better: cgroups(7) */
    bool trusted;       /* `directory` and all that was passed before are root's, and nobody else may write there */
};

/*
 * Opens `path` of `length` bytes one name at a time, path_resolution(7), from "/" or the working directory. A symbolic
 * link, at the end of the path too, is followed only while every directory passed so far belongs to uid 0 and has no
 * write bit for group or others; after that a link is an error, as is "..". (The group's bit counts whatever the group
 * is: an access control list shows its mask there, and group 0 is what engines give an ID without an entry. uid 0 is
 * that of this user namespace.) A magic link of /proc counts as the text that readlink(2) gives.
 *
 * True: the object; or object -1 where only the last name does not exist, and *problem says so (ENOENT) for a caller to
 * whom that is one. False with *problem, about `what` (static) and the path, and nothing open: a link or a ".." as
 * above, more than 40 links, or what open(2) says; ENOENT where a directory on the way does not exist. `room` has
 * SAFE_PATH_ROOM bytes.
 */
bool safe_path_open(const char *what, const char *path, size_t length, char *room, struct safe_path *found,
                    struct problem *problem);

/* Closes both descriptors. */
void safe_path_close(struct safe_path *found);

#endif
