/* The account files and the user-spec a second time: whole files in memory, one rule a line, no regard for speed. */
#ifndef ORACLE_H
#define ORACLE_H

#include "identity.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text {
    const char *at;
    size_t length;
};

/* An account file as a reader meets it. */
struct oracle_file {
    struct text content;
    int open_error;  /* errno of opening it; EINVAL: not a regular file; 0 */
    int read_error;  /* errno of the read after `readable` bytes; 0: the end is reached */
    size_t readable; /* where read_error is set, at most the content's length */
    bool shrunk;     /* with read_error EIO: the file ends there, though it was longer when it was opened */
    bool grown;      /* it was empty when it was opened */
};

enum oracle_result {
    ORACLE_FOUND,
    ORACLE_EMPTY_USER,
    ORACLE_TWO_COLONS,
    ORACLE_OUT_OF_RANGE,
    ORACLE_NO_ENTRY,
    ORACLE_MALFORMED, /* of `file`, `line` */
    ORACLE_TOO_LONG,  /* of `file`, `line` */
    ORACLE_FILE,      /* `file` failed with `error` */
    ORACLE_TOO_MANY_GROUPS,
    ORACLE_EMPTY_ELEMENT,
    ORACLE_EMPTY_GROUP,
    ORACLE_PATH,   /* of --group-add cannot be looked at: `error` */
    ORACLE_REFUSED /* one of --group-add, for its group */
};

/* A line that is neither blank nor a comment nor a NIS leftover. Malformed: only line and name mean anything. */
struct oracle_entry {
    unsigned long line;
    bool malformed;
    struct text whole, name, home, shell, members;
    uint32_t uid, gid;
};

struct oracle_answer {
    enum oracle_result result;
    const char *file; /* "/etc/passwd", "/etc/group" */
    unsigned long line;
    int error;
    uint32_t uid, gid;
    unsigned long gid_line; /* where the gid stands: in /etc/group with a GROUP, else in /etc/passwd; 0: nowhere */
    bool has_entry;
    struct oracle_entry entry;
    struct text home, login, shell;
    char digits[11];    /* of the login, where there is no entry */
    size_t group_count; /* sorted, each once */
    uint32_t groups[8192];
};

struct oracle_request {
    struct text spec;
    enum identity_groups mode;
    struct text list;
    struct text extra; /* at NULL: none */
    bool allow_root;
    bool shell, keep_groups;
    bool empty_group_is_callers; /* "ID:" for an ID without an entry */
    uint32_t caller_gid;
    const uint32_t *caller_groups;
    size_t caller_group_count;
};

bool oracle_number(struct text text, uint32_t max, uint32_t *value);

/* ORACLE_FOUND, ORACLE_TWO_COLONS or ORACLE_OUT_OF_RANGE. */
enum oracle_result oracle_spec(struct text text, struct text *user, struct text *group);

/*
 * All entries of an open file, as far as it can be read, at most `max`. `generous`: as accounts.h says; of a malformed
 * line the members count then too.
 */
size_t oracle_entries(bool passwd, bool generous, const struct oracle_file *file, struct oracle_entry *entries,
                      size_t max);

bool oracle_lists(struct text members, struct text name, bool generous);

/* The paths that there are: /g/ID has that group, below /n is no directory, /e may not be searched. 0, or errno. */
int oracle_path(struct text path, uint32_t *gid);

void oracle_resolve(const struct oracle_request *request, const struct oracle_file *passwd,
                    const struct oracle_file *group, struct oracle_answer *answer);

#endif
