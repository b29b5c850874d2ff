/* The command line, and the names gosu and su-exec. */
#ifndef STEPDOWN_OPTIONS_H
#define STEPDOWN_OPTIONS_H

#include "identity.h"
#include "problem.h"
#include "spec.h"

#include <stdbool.h>

/* What the command line asks for. Text is borrowed from argv. */
struct options {
    bool empty_is_caller; /* called gosu or su-exec: an empty USER means the caller */
    bool help;
    bool version;
    bool dry_run;
    bool init_groups, clear_groups; /* each with the other or `groups` is an error */
    bool keep_groups;
    bool no_new_privs, harden;
    bool if_root;
    bool allow_root;
    bool user_env;
    bool chown_stdio;
    bool chown_once;
    const char *groups;    /* the LIST, or NULL */
    const char *keep_caps; /* the LIST, or NULL */
    const char *reference; /* the PATH, or NULL: then `spec` */
    const char *home;      /* the DIR, or NULL */
    const char *group_add; /* the LIST, or NULL */
    const char *umask;     /* the MODE as it was given, or NULL */
    const char *account;   /* the NAME, perhaps with a "?" behind it, or NULL */
    const char *chown;     /* the LIST, or NULL */
    struct userspec spec;
    char *const *command; /* ends in NULL, never empty */
};

/* The name that messages go out under: the last part of argv[0]. */
/*@ requires \valid_read(argv + (0 .. argc));
    assigns \result \from argv[0 .. argc]; */
const char *options_name(int argc, char *const argv[]);

/*
 * Reads the command line by the rules of the name it was called by: as `gosu` or `su-exec` it takes that program's
 * words and no others. Options stop at the first word that is not one, and at "--". With help or version set nothing
 * else is. False with *problem for a usage error, an ID out of range, or an empty USER where that is an error.
 */
/*@ requires \valid_read(argv + (0 .. argc)) && \valid(options) && \valid(problem);
    assigns *options, *problem;
    ensures \result && !options->help && !options->version ==> \valid_read(options->command); */
bool options_parse(int argc, char *const argv[], struct options *options, struct problem *problem);

/* The text of --help for that name; ends in a newline. */
/*@ requires \valid_read(options);
    assigns \result \from *options; */
const char *options_usage(const struct options *options);

#endif
