/* credentials(7) of this process: read, dropped for good, verified. */
#ifndef STEPDOWN_PRIVILEGES_H
#define STEPDOWN_PRIVILEGES_H

#include "capabilities.h"
#include "groups.h"
#include "problem.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* What the kernel says this process is. */
struct credentials {
    uid_t real_uid, effective_uid, saved_uid;
    gid_t real_gid, effective_gid, saved_gid;
    struct groups groups; /* the caller's memory, room for GROUPS_MAX */
    struct capabilities capabilities;
};

/* What the process is to become. */
struct privileges {
    uid_t uid;
    gid_t gid;
    struct groups groups;  /* borrowed */
    bool change_ids;       /* false: the caller has these IDs and groups */
    bool stays;            /* it keeps them whatever they are, also those that its user namespace does not map */
    bool exact;            /* the capability sets hold `keep`, whoever the user is */
    uint64_t keep;         /* a set of capabilities, 0 unless exact */
    uint64_t ambient;      /* the ambient set: `keep`, or 0 where the kernel knows none */
    bool shrink_bounding;  /* the bounding set shrinks to `keep` */
    bool set_no_new_privs; /* PR_SET_NO_NEW_PRIVS(2const) */
};

/* Reads what the kernel says now; now->groups.ids is set. False with *problem naming the call that failed. */
/*@ requires CAN_READ(now) && \valid(problem) && \separated(problem, now, now->groups.ids + (0 .. GROUPS_MAX - 1));
    assigns READING_OF(now), *problem, errno;
    ensures \result ==> READ_IDS(now) && READ_SETS(&now->capabilities);
    ensures \result ==> now->groups.count <= GROUPS_MAX && is_set(now->groups.ids, now->groups.count);
    ensures \result ==> GROUPS_ARE(now->groups); */
bool privileges_read(struct credentials *now, struct problem *problem);

/*
 * Refuses to serve from a binary that carries privilege: real, effective and saved IDs differ (set-user-ID,
 * set-group-ID), or a caller that is not root holds permitted capabilities which are not ambient, with AT_SECURE set
 * (file capabilities: execve(2) gives such a caller of a plain binary its ambient set alone, capabilities(7), and sets
 * AT_SECURE where it gave more, getauxval(3)). False with *problem.
 */
/*@ requires \valid_read(caller) && \valid(problem);
    assigns *problem; */
bool privileges_check_install(const struct credentials *caller, struct problem *problem);

/*
 * Whether the caller reads as *want already: all user and group IDs, and the same groups, where its list may lack
 * want->gid, as older engines leave it. privileges_drop makes sure that the IDs are what they read as.
 */
bool privileges_are_already(const struct credentials *caller, const struct privileges *want);

/*
 * Whether the caller has the capabilities without which privileges_drop is bound to fail, credentials(7): false with
 * the *problem that it would have for want of one, EPERM from setgroups or setresuid. Nothing is changed. True says
 * little: user namespaces and filters can refuse as well, and a kernel that has no securebits, prctl(2), is not judged.
 */
/*@ requires \valid_read(caller) && \valid_read(want) && \valid(problem);
    requires CAN_BE_READ(caller->groups) && CAN_BE_READ(want->groups);
    assigns *problem, errno; */
bool privileges_suffice(const struct credentials *caller, const struct privileges *want, struct problem *problem);

/*
 * Becomes *want, in the order ambient set, bounding set, groups, gid, uid, no_new_privs, capabilities; sets that are
 * right already are left alone. Where no IDs are to change, and the caller does not just stay, gid and uid are set to
 * what they are: that fails where they only seem to be that, being IDs which the user namespace does not map. That the
 * kernel itself has changed the user is made sure of on the way, by what it took: proot(1) answers in its place.
 * False with *problem for the first call that fails: the process is then in between and may do nothing but end.
 */
/*@ requires \valid_read(caller) && \valid_read(want) && \valid(problem);
    requires CAN_BE_READ(caller->groups) && CAN_BE_READ(want->groups);
    assigns *problem, errno, kernel; */
bool privileges_drop(const struct credentials *caller, const struct privileges *want, struct problem *problem);

/*
 * Reads everything back into *now, whose groups.ids is set, and compares it with *want, then tries to go back to uid 0
 * and to the caller's IDs and groups, which must fail. False with *problem: nothing may be executed.
 */
/*@ requires \valid_read(caller) && \valid_read(want) && \valid(problem);
    requires CAN_READ(now);
    requires CAN_BE_READ(caller->groups) && CAN_BE_READ(want->groups);
    requires \separated(now, problem, now->groups.ids + (0 .. GROUPS_MAX - 1), caller, want);
    requires \separated(now->groups.ids + (0 .. GROUPS_MAX - 1), caller->groups.ids + (0 .. caller->groups.count - 1));
    requires \separated(now->groups.ids + (0 .. GROUPS_MAX - 1), want->groups.ids + (0 .. want->groups.count - 1));
    assigns READING_OF(now), *problem, errno, kernel;
    ensures \result ==> IDS_ARE(want);
    ensures \result ==> GROUPS_ARE(want->groups);
    ensures \result ==> SETS_ARE(want);
    ensures \result ==> BOUNDS_ARE(want);
    ensures \result ==> REFUSED_UID(want, 0) && REFUSED_UID(want, caller->effective_uid);
    ensures \result ==> REFUSED_GID(want, 0) && REFUSED_GID(want, caller->effective_gid) && REFUSED_GROUPS(want); */
bool privileges_verify(const struct credentials *caller, const struct privileges *want, struct credentials *now,
                       struct problem *problem);

#endif
