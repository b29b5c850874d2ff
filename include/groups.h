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
bool groups_add(struct groups *groups, gid_t gid, struct problem *problem);

/* Sorts what was added or read and drops repetitions. False with *problem if more than GROUPS_MAX are left. */
bool groups_settle(struct groups *groups, struct problem *problem);

/* Where `gid` stands in the set; NULL if it does not. */
const gid_t *groups_find(const struct groups *groups, gid_t gid);

/* Whether the two sets are the same. */
bool groups_equal(const struct groups *left, const struct groups *right);

/* Whether `groups` is `all`, or lacks nothing of it but `gid`. */
bool groups_equal_but_for(gid_t gid, const struct groups *groups, const struct groups *all);

#endif
