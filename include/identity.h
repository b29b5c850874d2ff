/* The user-spec and the account files, resolved to IDs, before anything changes. */
#ifndef STEPDOWN_IDENTITY_H
#define STEPDOWN_IDENTITY_H

#include "accounts.h"
#include "groups.h"
#include "problem.h"
#include "spec.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define IDENTITY_PASSWD "/etc/passwd"
#define IDENTITY_GROUP  "/etc/group"

/* Which supplementary groups the command gets besides the primary one. */
enum identity_groups {
    IDENTITY_GROUPS_DEFAULT, /* with USER alone those that list USER, with USER:GROUP none */
    IDENTITY_GROUPS_INIT,    /* those that list USER */
    IDENTITY_GROUPS_CLEAR,   /* none */
    IDENTITY_GROUPS_LIST     /* those in `list` */
};

/* What is asked for, and what of the caller goes into it. */
struct identity_request {
    struct userspec spec; /* a USER that is neither a name nor an ID is an error */
    enum identity_groups groups;
    const char *list;         /* IDENTITY_GROUPS_LIST: names or IDs with commas between them */
    const char *add;          /* besides, these: names, IDs or paths, "?" behind what may be missing; or NULL */
    bool allow_root;          /* a path of `add` may yield group 0 */
    bool shell;               /* the login shell is needed as well */
    bool keep_groups;         /* besides, the caller's groups less gid 0 and less those that list a name with uid 0 */
    const char *account;      /* the name that the user is to have, if it has no other; or NULL */
    const char *account_home; /* for a new entry of that name */
    gid_t caller_gid;         /* for a numeric USER without an entry */
    struct groups caller_groups; /* borrowed */
};

/* Where a fact was found, for --dry-run. */
struct identity_source {
    const char *where;  /* the path of a file, or words; static */
    unsigned long line; /* of that file, from 1; 0 if it is not one */
};

/* The source of what is the caller's, to be known by its address. */
extern const char identity_callers[];

/* Bytes of room for the fields of the user's entry, and behind them those of another user and of a group at a time. */
#define IDENTITY_TEXT_ROOM (3 * ACCOUNTS_ROOM)

/* Who the command will be. */
struct identity {
    uid_t uid;
    gid_t gid;
    struct identity_source uid_source, gid_source;
    bool has_entry;   /* /etc/passwd has an entry: it is `user` */
    bool is_account;  /* the user's name is the one in request.account: its groups are the user's too */
    const char *home; /* never empty; "/" where the entry has none */
    struct identity_source home_source;
    const char *login;          /* the name in the entry; without one the ID in decimal */
    const char *shell;          /* never empty; without one passwd(5)'s default, /bin/sh */
    char digits[SPEC_ID_TEXT];  /* of `login` */
    struct accounts_entry user; /* name, home and shell as in the file */
    struct groups groups;       /* gid among them; the caller's memory, GROUPS_ROOM of them */
    /* The caller's memory too: large, of which a common case touches the beginnings alone. */
    char *text;             /* IDENTITY_TEXT_ROOM bytes; the first user.used must live as long as the identity */
    struct accounts *files; /* two, to read with */
};

/*
 * Resolves *request into *identity, whose memory the caller has set, by the rules of passwd(5) and group(5) files: the
 * first entry that matches wins, and a malformed one with the wanted name is an error. False with *problem for: an
 * empty USER, an empty GROUP behind an ID without an entry, no such user or group, a malformed entry (file and line), a
 * field that does not fit, an account file that cannot be read, too many groups, an empty element in the list.
 */
bool identity_resolve(const struct identity_request *request, struct identity *identity, struct problem *problem);

/* Checks the lists of *request by the same rules, for a caller that keeps its groups: then those found are of no use.
 */
bool identity_check_groups(const struct identity_request *request, struct identity *identity, struct problem *problem);

#endif
