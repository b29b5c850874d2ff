/* A tree of files given to a user, by descriptors and in constant memory. */
#ifndef STEPDOWN_TREE_H
#define STEPDOWN_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Bytes of a path that the kernel tells: PATH_MAX of limits.h. */
#define TREE_PATH_ROOM 4096U

/* And of a name behind it, with marks and a slash. */
#define TREE_NAME_ROOM 264U

/* Descriptors below this one can be a level of the tree each. */
#define TREE_DESCRIPTORS (1U << 20)

/* Levels whose entries are in memory. Those of the others are read again from where they were left. */
#define TREE_LEVELS      4U
#define TREE_ENTRY_BYTES 16384U

/* One directory, as far as it has been read: getdents(2). */
struct tree_level {
    unsigned depth; /* whose it is, from 1; 0: nobody's */
    int fd;
    size_t next, end; /* of the entries: the bytes that have been dealt with, and all */
    off_t position;   /* in the directory, behind those that have been dealt with */
    uint64_t inode;   /* of the latest of them, where it is to be passed over if it comes again; else 0 */
    _Alignas(8) char entries[TREE_ENTRY_BYTES];
};

/* What the walk works in: the caller's memory, zero at first. 200 KiB, of which a small tree touches the least part. */
struct tree {
    uid_t uid; /* whose everything shall be; set by the caller */
    gid_t gid;
    bool doubtful;             /* what reads as theirs may be another's: userns_hides_owner() of them; set as well */
    const char *why;           /* of a failure: static text, or NULL for errno */
    const char *name;          /* of the entry that it is about, or NULL */
    int fd;                    /* of the present directory */
    unsigned depth;            /* its level, from 1; 0: none */
    bool closed, closed_known; /* root alone can write there, */
    uint64_t changed[2];       /* and since when, statx(2) */
    bool changing;             /* the latest file was not the user's: the next one may not be either */
    uint32_t mount;            /* where the kernel knows no roots of mounts: the mount of it all, plus 1; 0: unknown */
    char path[TREE_PATH_ROOM + TREE_NAME_ROOM];
    struct tree_level levels[TREE_LEVELS];
    uint8_t open[TREE_DESCRIPTORS / 8]; /* a bit for each descriptor that is a level: deeper ones are higher */
};

/* tree->why for a file that is not the user's and has other hard links. */
extern const char tree_linked[];

/*
 * Gives what is open as `object` (O_PATH will do), and all below it, to the user: whatever has another uid or gid gets
 * both, fchownat(2). What is right is not touched, unless that is doubtful: then the kernel refuses what is another's,
 * and what it would let root give away is not taken for the user's. A directory comes after all that is in it; one of
 * another user's, that its owner alone can write to, may be root's meanwhile. No symbolic link is followed, what is
 * mounted below stays as it is, and an entry that vanishes is no error. Each entry is looked at once; what is to change
 * is opened, looked at by its descriptor, and changed by it. The object is the entry `name` of `directory`, which is -1
 * where root alone can write there or the object is a directory.
 *
 * False with tree->why or errno, about tree->name in the directory tree->fd if tree->depth is not 0, and then about the
 * directory itself if that is NULL: a file that is not a directory and not the user's has other hard links; an entry
 * was swapped, moved, or its name removed and not all of its links, while it was looked at; more levels than
 * descriptors (EMFILE); more names of one position in a directory than are read at once (EIO); a change that did not
 * happen; any call that failed. Also if /proc is not there, where others than root can write beside a file that is to
 * change, and for any directory before Linux 5.8. Descriptors may then be left open.
 */
bool tree_give(struct tree *tree, int object, int directory, const char *name);

/* Reads the path of a descriptor by proc(5) into `path`, TREE_PATH_ROOM bytes, not terminated; its length, or 0. */
size_t tree_path(int fd, char *path);

#endif
