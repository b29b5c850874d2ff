/* Files and what is written, in memory, for what the code under test opens, reads and writes (the linker's --wrap). */
#ifndef STEPDOWN_UNIT_FILES_H
#define STEPDOWN_UNIT_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

struct file {
    const char *path;
    const char *text;
    size_t length;
    mode_t mode; /* 0 stands for a regular file */
    uid_t uid;
    gid_t gid;
    int open_error, stat_error; /* errno; 0: the call works */
    bool leased;                /* somebody holds a lease: an open that is not to wait fails with EAGAIN */
    mode_t waited_mode;         /* the mode that an open finds which waited for that; 0: it is still `mode` */
    int waited_error;           /* errno of such an open; 0: it works */
    int read_error;             /* errno of the read that begins at read_error_at; 0: none */
    size_t read_error_at;
    size_t shrunk; /* bytes that fstat counts and no read gives: the file shrank */
};

/* A pair of sockets is this descriptor and the next. */
#define FILES_SOCKET 70

/* Whatever is not in the list does not exist. */
struct files {
    const struct file *list;
    size_t count;
    size_t chunk;                /* the most bytes that a read gives; 0: as many as are asked for */
    size_t split;                /* a read ends at this place of a file; 0: none does */
    unsigned sockets;            /* of the two, which are open: a bit each */
    unsigned fails;              /* this open, from 1, does not work (EMFILE); 0: each does */
    size_t claim;                /* bytes that a read claims to have given, and did not */
    int flags;                   /* of the latest open */
    unsigned opened;             /* how often open worked, or failed by `fails` */
    unsigned waited;             /* how often open waited for a lease, or would have for the other end of a FIFO */
    unsigned open;               /* how many files and sockets are open now */
    const struct stat *standard; /* what descriptors 0 to 2 are, mode 0 for a closed one; NULL: all are closed */
    int seek_error;              /* errno of lseek on these; 0: it works */
};

extern struct files files;

struct written {
    int error;     /* errno of every write; 0: they work */
    size_t chunk;  /* the most bytes that a write takes; 0: all */
    bool nothing;  /* a write takes nothing, and says so */
    int fd;        /* of the latest write */
    size_t length; /* of the text, which ends in NUL */
    char text[1 << 22];
};

extern struct written written;

/* Makes it empty, with writes that work. */
void written_clear(void);

#endif
