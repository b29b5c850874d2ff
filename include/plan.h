/* Policy: the options, the caller and the account files made to what shall be done. Nothing is changed here. */
#ifndef STEPDOWN_PLAN_H
#define STEPDOWN_PLAN_H

#include "account_lines.h"
#include "identity.h"
#include "options.h"
#include "ownership.h"
#include "privileges.h"
#include "problem.h"

#include <stdbool.h>

/* Bytes of the NAME of --account, as useradd(8) has it. */
#define PLAN_ACCOUNT_MAX 32U

/* Where the homes of new users are. */
#define PLAN_HOMES "/home/"

/* What shall be done. */
struct plan {
    struct identity identity; /* who it is about, and where each fact is from; its memory is the caller's, and its
                                 groups are those of a caller that keeps its own */
    struct privileges want;
    struct account_lines account;                            /* its name is NULL where nothing is to be done */
    char account_home[sizeof PLAN_HOMES + PLAN_ACCOUNT_MAX]; /* of a new one; ends in the name */
    struct ownership
        own;         /* what the user is given before; nothing where the caller prepares nothing. --dry-run looks */
    bool give_stdio; /* descriptors 0 to 2, to the new user */
    bool set_umask;
    mode_t umask; /* where it is to be set */
    /* The environment; NULL: unchanged. Borrowed from the options or the identity. */
    const char *home;
    const char *login; /* USER and LOGNAME */
    const char *shell;
};

/*
 * Fills *plan, of which the caller has set the identity's memory. False with *problem for all that identity_resolve,
 * reference_spec, ownership_check, capabilities_parse and account_lines_decide refuse, and for a bounding set that the
 * caller cannot shrink. *caller is the credentials that the process has now.
 */
/*@ requires \valid_read(options) && \valid_read(caller) && \valid(plan) && \valid(problem);
    requires \valid(plan->identity.text + (0 .. IDENTITY_TEXT_ROOM - 1)) && \valid(plan->identity.files + (0 .. 1));
    requires \valid(plan->identity.groups.ids + (0 .. GROUPS_ROOM - 1));
    requires \valid_read(caller->groups.ids + (0 .. caller->groups.count - 1));
    assigns *plan, plan->identity.text[0 .. IDENTITY_TEXT_ROOM - 1], plan->identity.files[0 .. 1],
        plan->identity.groups.ids[0 .. GROUPS_ROOM - 1], *problem, errno, file_left, asked_for;
    ensures plan->identity.text == \old(plan->identity.text) && plan->identity.user.used <= IDENTITY_TEXT_ROOM;
    ensures \result ==> plan->identity.groups.ids == \old(plan->identity.groups.ids) ||
        (plan->identity.groups.ids == caller->groups.ids && plan->identity.groups.count == caller->groups.count);
    ensures \result ==> asked_for == &plan->want;
    ensures \result ==> plan->identity.groups.count <= GROUPS_MAX &&
        plan->want.groups.ids == plan->identity.groups.ids && plan->want.groups.count == plan->identity.groups.count;
    ensures \result ==> TEXTS_ARE(plan); */
bool plan_make(const struct options *options, const struct credentials *caller, struct plan *plan,
               struct problem *problem);

#endif
