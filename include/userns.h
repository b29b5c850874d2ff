/* user_namespaces(7): what /proc says of the one that this process is in. */
#ifndef STEPDOWN_USERNS_H
#define STEPDOWN_USERNS_H

#include "groups.h"

#include <stdbool.h>
#include <sys/types.h>

enum userns {
    USERNS_UNKNOWN, /* no /proc */
    USERNS_INITIAL, /* every ID is itself */
    USERNS_ROOT,    /* another one, but its ID 0 is its parent's ID 0 */
    USERNS_OTHER
};

/* Whether there is a /proc to say it. */
bool userns_can_be_known(void);

/* By /proc/self/uid_map and by gid_map, each as it is read. */
enum userns userns_of_users(void);
enum userns userns_of_groups(void);

/* Whether an ID is mapped, and so can be taken; false where /proc does not tell. */
bool userns_maps_uid(uid_t uid);
bool userns_maps_gid(gid_t gid);

/* The ID by which one that is not mapped is shown: /proc/sys/kernel/overflowuid and overflowgid, else their default. */
uid_t userns_overflow_uid(void);
gid_t userns_overflow_gid(void);

/*
 * Whether an owner that reads so may be one that this user namespace does not map: by the default of the overflow ID,
 * so that no other owner costs a look into /proc. Where that does not tell, it may.
 */
bool userns_hides_owner(uid_t uid, gid_t gid);

/*
 * Whether one of the groups is the overflow ID, and so may stand for one that this user namespace does not map: it can
 * be had, but not given to setgroups(2). Where /proc does not tell, it may.
 */
bool userns_hides_group(const struct groups *groups);

/* Whether setgroups(2) is denied: no group is mapped, or /proc/self/setgroups does not allow it; true where there is
 * none. */
bool userns_denies_setgroups(void);

#endif
