/*
 * Trees of files in memory, for code that goes by descriptors: openat, statx, getdents64, fchownat and the like end
 * here (the linker's --wrap). Descriptors are the lowest that are free, as of the kernel. It has the parts of /proc
 * that tell of a descriptor.
 */
#ifndef STEPDOWN_UNIT_TREES_H
#define STEPDOWN_UNIT_TREES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define NODES_MAX 4096U

struct node {
    size_t parent; /* the node that holds it; the first is its own, and is "/" */
    const char *name;
    mode_t mode;
    uid_t uid;
    gid_t gid;
    bool unmapped;    /* these stand for some that its mount does not map: its group does not change alone */
    unsigned links;   /* 0 stands for 1 */
    int denies;       /* errno of each look at it that asks for anything; 0: none is denied */
    long long mount;  /* a node whose parent has another is the root of a mount */
    const char *link; /* the text of a symbolic link */
    unsigned events;  /* how often a link of it, or a name in it, has come or gone; counted by the test */
    uint64_t inode;   /* 0: the number of the node */
    bool removed;     /* its name is not there any more; `links` is what is left, 0 for none */
    unsigned changed; /* how often it has been given away */
    unsigned when;    /* the serial number of the last time */
};

struct trees {
    struct node nodes[NODES_MAX];
    size_t count;
    size_t working_directory;
    size_t chunk;        /* the most entries that a read gives; 0: as many as fit */
    bool no_lengths;     /* entries are 0 bytes long */
    bool unknown_types;  /* entries have no type */
    bool other_inodes;   /* entries have all the inode number of the first one */
    bool no_mount_roots; /* Linux before 5.8 */
    int statx_error;     /* errno of every statx; 0: it works */
    bool no_proc;
    bool no_mount_ids;    /* /proc/self/fdinfo tells none, but something else with an m */
    size_t inode_1;       /* a node that has the inode number 1, and the node 1 has its; 0: each has its own */
    size_t share;         /* so many nodes share a position in a directory; 0: each has its own */
    bool long_paths;      /* the kernel cuts what is too long */
    const char *uid_map;  /* what /proc/self/uid_map has; NULL: there is none */
    bool lies;            /* fchownat does nothing */
    uint32_t type;        /* of every file system */
    unsigned descriptors; /* how many there are; 0: 512 */
    int lowest;           /* of them */
    /* What goes wrong: errno of that call, by name, the so-and-so-many-th from 1; "" for any. */
    const char *failing;
    unsigned at;
    int error;
    /* Called before each call, with its name and the name that it is given. */
    void (*before)(const char *call, const char *name);
    /* What happened. */
    unsigned open, looks, opened_paths, opened_directories, changes, reads, seeks;
    unsigned calls; /* that could have failed by `failing` */
};

extern struct trees trees;

/* Empties everything and makes "/", root's, 755, the node 0. */
void trees_clear(void);

/* Adds a file of root's; the node. */
size_t trees_add(size_t parent, const char *name, mode_t mode);

/* Adds one of that owner. */
size_t trees_add_of(size_t parent, const char *name, mode_t mode, uid_t uid, gid_t gid);

/* A descriptor of the node, as if by O_PATH. */
int trees_open(size_t node);

/* The node of a descriptor that is open. */
size_t trees_node(int fd);

#endif
