/* --account: what the lines of a user in /etc/passwd and /etc/group lack. */
#ifndef STEPDOWN_ACCOUNT_LINES_H
#define STEPDOWN_ACCOUNT_LINES_H

#include "accounts.h"
#include "problem.h"

#include <stdbool.h>
#include <sys/types.h>

/* What is to become of an account file. */
enum account_change {
    ACCOUNT_KEEP,   /* nothing */
    ACCOUNT_ADD,    /* a line at the end */
    ACCOUNT_REPLACE /* the IDs in a line */
};

struct account_line {
    enum account_change change;
    unsigned long line; /* the first one with the name, from 1; 0: there is none */
    gid_t gid;          /* in that line; 0 if there is none, and root's group is never one to make */
    unsigned long next; /* the later one that has the name too; 0: none has, ULONG_MAX: several have */
};

/* The account that there is to be. */
struct account_lines {
    const char *name; /* [a-z_][a-z0-9_-]*, borrowed; NULL: nothing is to be done */
    uid_t uid;
    gid_t gid;
    const char *home; /* at most ACCOUNTS_FIELD_MAX - 1 bytes, borrowed */
    bool optional;    /* where the files cannot be written, go on without */
    bool own;         /* the caller is that user: its own line is added where the file's mode lets it, and no more */
    bool look;        /* whether it could be written is looked at, and nothing changed: --dry-run */
    bool homeless;    /* its home cannot be made, and need not; set by account_write */
    uint64_t capabilities; /* the caller's effective set, for hints alone */
    /* The caller's memory. */
    struct accounts *reader;
    char *room; /* ACCOUNTS_ROOM bytes */
    /* Whether the lock of lckpwdf(3) is this process's; set by account_write. */
    bool whole;
    /* What account_write calls whatever is not in its place yet. */
    char made[28];
    /* What account_lines_decide finds. */
    struct account_line user, group;
};

/*
 * Looks what has to change for *account, and changes nothing. The line of passwd(5) with the name takes the IDs, as by
 * `usermod --non-unique`, and so does that of group(5) if the user's group changes. Where there is none, one is added:
 * for a user if its uid has no entry, and for its group if the gid has none. Root's group gets no other name. False
 * with *problem: uid 0, the name root or one that has uid or gid 0, a home that is no absolute path or that has a
 * colon or a line's end in it, a malformed first line of that name, what accounts_open and accounts_close refuse.
 */
bool account_lines_decide(struct account_lines *account, struct problem *problem);

/*
 * Whether there is no home to make: it is there, or cannot be made and need not, or it is the /nonexistent that Debian
 * gives to users without one.
 */
bool account_lines_have_home(const struct account_lines *account);

#endif
