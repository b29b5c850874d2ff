/* A set of group IDs, as setgroups(2) takes it and getgroups(2) gives it: sorted, each once. */
#ifndef STEPDOWN_GROUPS_H
#define STEPDOWN_GROUPS_H

#include "problem.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* The kernel's NGROUPS_MAX, see setgroups(2). */
#define GROUPS_MAX 65536U

/* IDs that a set must have room for while it is added to: twice the most, so that repetitions are dropped in bulk. */
#define GROUPS_ROOM ((size_t)2 * GROUPS_MAX)

struct groups {
    gid_t *ids; /* the caller's memory */
    size_t count;
};

/* Adds one, in room for GROUPS_ROOM: a set again only after groups_settle. False with *problem if they are too many. */
/*@ requires HAS_ROOM(groups, GROUPS_ROOM) && \valid(problem);
    requires \separated(groups, problem, groups->ids + (0 .. GROUPS_ROOM - 1));
    assigns groups->count, groups->ids[0 .. GROUPS_ROOM - 1], *problem;
    ensures HAS_ROOM(groups, GROUPS_ROOM);
    ensures \result ==> groups->count > 0 && groups->ids[groups->count - 1] == gid;
    ensures \old(groups->count) < GROUPS_ROOM ==> \result && groups->count == \old(groups->count) + 1 &&
        \forall integer i; 0 <= i < \old(groups->count) ==> groups->ids[i] == \old(groups->ids[i]);
    ensures !\result ==> groups->count > GROUPS_MAX; */
bool groups_add(struct groups *groups, gid_t gid, struct problem *problem);

/* Sorts what was added or read and drops repetitions. False with *problem if more than GROUPS_MAX are left. */
/*@ requires \valid(groups) && \valid(groups->ids + (0 .. groups->count - 1)) && \valid(problem);
    requires groups->count <= GROUPS_ROOM && \separated(groups, problem, groups->ids + (0 .. groups->count - 1));
    assigns groups->count, groups->ids[0 .. groups->count - 1], *problem;
    ensures groups->count <= \old(groups->count) && (\old(groups->count) > 0 ==> groups->count > 0);
    ensures is_set(groups->ids, groups->count);
    ensures \result ==> \forall integer gid;
        has(groups->ids, groups->count, gid) <==> \old(has(groups->ids, groups->count, gid));
    ensures \result <==> groups->count <= GROUPS_MAX; */
bool groups_settle(struct groups *groups, struct problem *problem);

/* Where `gid` stands in the set; NULL if it does not. */
/*@ requires \valid_read(groups) && \valid_read(groups->ids + (0 .. groups->count - 1));
    requires is_set(groups->ids, groups->count);
    assigns \nothing;
    ensures \result == \null <==> \forall integer i; 0 <= i < groups->count ==> groups->ids[i] != gid;
    ensures \result != \null ==> \exists integer i; 0 <= i < groups->count && \result == groups->ids + i &&
        groups->ids[i] == gid; */
const gid_t *groups_find(const struct groups *groups, gid_t gid);

/* Whether the two sets are the same. */
/*@ requires \valid_read(left) && \valid_read(left->ids + (0 .. left->count - 1));
    requires \valid_read(right) && \valid_read(right->ids + (0 .. right->count - 1));
    requires left->count <= GROUPS_ROOM;
    assigns \nothing;
    ensures \result <==> left->count == right->count && same_ids(left->ids, right->ids, left->count); */
bool groups_equal(const struct groups *left, const struct groups *right);

/* Whether `groups` is `all`, or lacks nothing of it but `gid`. */
/*@ requires \valid_read(groups) && \valid_read(groups->ids + (0 .. groups->count - 1));
    requires \valid_read(all) && \valid_read(all->ids + (0 .. all->count - 1));
    assigns \nothing;
    ensures \result ==> groups->count <= all->count; */
bool groups_equal_but_for(gid_t gid, const struct groups *groups, const struct groups *all);

#endif
