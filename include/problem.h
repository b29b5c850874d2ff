/* What went wrong: the one vocabulary in which every module reports a failure, and the words that go with it. */
#ifndef STEPDOWN_PROBLEM_H
#define STEPDOWN_PROBLEM_H

#include <stdbool.h>
#include <stddef.h>

/* Exit statuses, those of docker-run(1), env(1) and chroot(1). */
#define STATUS_REFUSED    125 /* stepdown itself failed or refused: nothing was executed */
#define STATUS_CANNOT_RUN 126
#define STATUS_NOT_FOUND  127

/* A cause that is known well enough to say what to do about it; problem.c holds the words. */
enum hint {
    HINT_NONE,
    HINT_USAGE,            /* the command line is wrong: see --help */
    HINT_CAP_SETGID,       /* EPERM for want of CAP_SETGID */
    HINT_CAP_SETUID,       /* EPERM for want of CAP_SETUID */
    HINT_SETGROUPS_DENIED, /* EPERM although CAP_SETGID is there: user_namespaces(7), /proc/PID/setgroups */
    HINT_UNMAPPED_ID,      /* EINVAL: the user namespace does not map the ID */
    HINT_SET_ID_INSTALL,   /* the binary is set-user-ID, set-group-ID or has file capabilities */
    HINT_PROCESS_LIMIT,    /* EAGAIN from execve: RLIMIT_NPROC of the new user */
    HINT_NO_INTERPRETER,   /* ENOEXEC */
    HINT_MISSING_LOADER,   /* ENOENT for a file that exists */
    HINT_NOT_EXECUTABLE,   /* EACCES from execve: for the file, or what its #! line names */
    HINT_EMPTY_USER,       /* an unset variable in a script */
    HINT_ROOT_OWNER,       /* --reference to a path of root's */
    HINT_UNMAPPED_OWNER,   /* an owner, or a group of the caller's, that reads as one that is not mapped */
    HINT_CAP_MISSING,      /* --keep-caps names a capability that the container lacks */
    HINT_CAP_SETPCAP,      /* the bounding set cannot shrink for want of CAP_SETPCAP */
    HINT_NO_AMBIENT,       /* --keep-caps where nothing can be put into an ambient set, or kept until then */
    HINT_FILTER,           /* EPERM or EINVAL that neither capabilities nor the user namespace explain */
    HINT_NOT_ROOT,         /* EPERM for a caller that is not root: numbers[0] is its uid */
    HINT_ONLY_GROUPS,      /* EPERM, and only the groups differ: numbers are those that it has, and those wanted */
    HINT_NO_SUCH_NAME,     /* a user or group that no entry has */
    HINT_EMPTY_GROUP,      /* "ID:" for a user without an entry */
    HINT_NO_COMMAND,       /* USER is the last word */
    HINT_OPTION_BEHIND,    /* COMMAND looks like an option, and is not there */
    HINT_ONE_WORD,         /* COMMAND has a space, and is not there */
    HINT_BUILTIN,          /* COMMAND is a shell's own, and is not there */
    HINT_NO_USER,          /* COMMAND behind --reference is not there: it may have been meant for USER */
    HINT_CAP_CHOWN,        /* EPERM for want of CAP_CHOWN */
    HINT_DAC_READ_SEARCH,  /* EACCES: a directory that root may not enter */
    HINT_READ_ONLY_MOUNT,  /* EROFS */
    HINT_NFS,              /* EPERM or EACCES of a server that takes root for nobody */
    HINT_HARD_LINKS,       /* --chown met a file whose other names may be anywhere */
    HINT_ACCOUNT_FILES,    /* the account files cannot be written */
    HINT_IMMUTABLE         /* EPERM for a file, with CAP_CHOWN: chattr(1), or what HINT_FILTER is about */
};

/* Why for EFBIG, setrlimit(2). */
#define WHY_FILE_SIZE "larger than RLIMIT_FSIZE lets a file be: raise --ulimit fsize"

/* IDs that a hint names. */
struct problem_numbers {
    const unsigned int *list; /* borrowed */
    size_t count;
};

/*
 * A failure, filled by the function that returned false.
 * `what` and `why` are static text; `subject` is text from the user or from a file, borrowed from the
 * caller of that function, printed with its control characters escaped.
 */
struct problem {
    const char *what;      /* the call, file or thing that failed */
    const char *subject;   /* what it was about, or NULL */
    size_t subject_length; /* bytes of it; 0: it ends at its NUL */
    const char *why;       /* the reason, or NULL for the text of `error` */
    unsigned long line;    /* line of the file `what`, from 1; 0 where there is none */
    int error;             /* errno, used where `why` is NULL */
    int status;            /* to exit with; 0 stands for STATUS_REFUSED */
    enum hint hint;
    struct problem_numbers numbers[2]; /* for the hint, each in the place of one % of its text */
};

/* Fills *problem with what follows, as an initializer of its members, and is false: for a function to return. */
#define PROBLEM(problem, ...) (*(problem) = (struct problem){__VA_ARGS__}, false)

/* Prints "NAME: what: why" on standard error, and where the cause is known a line that says what to do about it. */
/*@ requires \valid_read(problem);
    assigns errno; */
void problem_print(const char *name, const struct problem *problem);

#endif
