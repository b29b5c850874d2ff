#include "privileges.h"

#include "userns.h"

#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define UNCHANGED_UID ((uid_t)-1)
#define UNCHANGED_GID ((gid_t)-1)

bool privileges_read(struct credentials *now, struct problem *problem)
{
    const volatile int no_size = -1; /* volatile: a compiler that sees the value warns of it */

    /* A call that claims success and writes nothing must not leave an ID that could be the right one. */
    now->real_uid = now->effective_uid = now->saved_uid = UNCHANGED_UID;
    now->real_gid = now->effective_gid = now->saved_gid = now->groups.ids[0] = UNCHANGED_GID;
    if (getresuid(&now->real_uid, &now->effective_uid, &now->saved_uid) != 0) {
        return PROBLEM(problem, .what = "getresuid", .error = errno);
    }
    if (getresgid(&now->real_gid, &now->effective_gid, &now->saved_gid) != 0) {
        return PROBLEM(problem, .what = "getresgid", .error = errno);
    }
    int count = getgroups((int)GROUPS_MAX, now->groups.ids);
    /* No groups is what an interface without a kernel behind it says, too: only the kernel knows that -1 is no size. */
    if (count > (int)GROUPS_MAX || (count == 0 && getgroups(no_size, now->groups.ids) >= 0)) {
        errno = EIO;
        count = -1;
    }
    if (count < 0) {
        return PROBLEM(problem, .what = "getgroups", .error = errno);
    }
    now->groups.count = (size_t)count;
    return groups_settle(&now->groups, problem) && capabilities_read(&now->capabilities, problem);
}

bool privileges_check_install(const struct credentials *caller, struct problem *problem)
{
    if (caller->real_uid != caller->effective_uid || caller->real_uid != caller->saved_uid) {
        return PROBLEM(problem, .what = "refused", .why = "the real, effective and saved user IDs differ",
                       .hint = HINT_SET_ID_INSTALL);
    }
    if (caller->real_gid != caller->effective_gid || caller->real_gid != caller->saved_gid) {
        return PROBLEM(problem, .what = "refused", .why = "the real, effective and saved group IDs differ",
                       .hint = HINT_SET_ID_INSTALL);
    }
    /* AT_SECURE too: gVisor gives a container's first process permitted capabilities that no file has given. */
    if (caller->real_uid != 0 && (caller->capabilities.permitted & ~caller->capabilities.ambient) != 0 &&
        getauxval(AT_SECURE) != 0) {
        return PROBLEM(problem, .what = "refused", .why = "this binary has file capabilities",
                       .hint = HINT_SET_ID_INSTALL);
    }
    return true;
}

/*@ requires \valid_read(now) && \valid_read(want);
    assigns \nothing;
    ensures \result <==> now->real_uid == want->uid && now->effective_uid == want->uid && now->saved_uid == want->uid &&
        now->real_gid == want->gid && now->effective_gid == want->gid && now->saved_gid == want->gid; */
static bool has_ids(const struct credentials *now, const struct privileges *want)
{
    return now->real_uid == want->uid && now->effective_uid == want->uid && now->saved_uid == want->uid &&
           now->real_gid == want->gid && now->effective_gid == want->gid && now->saved_gid == want->gid;
}

bool privileges_are_already(const struct credentials *caller, const struct privileges *want)
{
    return has_ids(caller, want) && groups_equal_but_for(want->gid, &caller->groups, &want->groups);
}

/* Where every ID is itself, none can hide behind another. */
static bool ids_are_plain(void)
{
    return userns_of_users() == USERNS_INITIAL && userns_of_groups() == USERNS_INITIAL;
}

/* Why setgroups, setresgid or setresuid said no, in the kernel's own rules: credentials(7), user_namespaces(7). */
static bool cannot_change(const char *call, const struct credentials *caller, const struct privileges *want,
                          struct problem *problem)
{
    int error = errno;
    bool groups = strcmp(call, "setgroups") == 0;
    bool user = strcmp(call, "setresuid") == 0;
    bool mapped = user ? userns_maps_uid(want->uid) : userns_maps_gid(want->gid);
    uint64_t right = CAPABILITY(user ? CAP_SETUID : CAP_SETGID);

    *problem = (struct problem){.what = call, .error = error};
    for (size_t i = 0; groups && mapped && i < want->groups.count; i++) {
        mapped = userns_maps_gid(want->groups.ids[i]);
    }
    if (error == EINVAL || error == ENOSYS) {
        problem->hint = mapped || error == ENOSYS ? HINT_FILTER : HINT_UNMAPPED_ID;
    } else if (error == EPERM && (caller->capabilities.effective & right) != 0) {
        problem->hint = groups && userns_denies_setgroups() ? HINT_SETGROUPS_DENIED : HINT_FILTER;
    } else if (error == EPERM && !ids_are_plain() &&
               (caller->real_uid == userns_overflow_uid() ||
                (has_ids(caller, want) && (!groups || userns_hides_group(&caller->groups))))) {
        problem->hint = HINT_UNMAPPED_ID; /* it only reads as the ID that is wanted, or as one at all */
    } else if (error == EPERM && caller->real_uid == 0) {
        /* Under noroot none of the container's capabilities comes by uid 0: to add one would change nothing. */
        problem->hint = (capabilities_securebits() & (INT_MIN | SECBIT_NOROOT)) == SECBIT_NOROOT ? HINT_FILTER
                        : user                                                                   ? HINT_CAP_SETUID
                                                                                                 : HINT_CAP_SETGID;
    } else if (error == EPERM && has_ids(caller, want)) {
        problem->hint = HINT_ONLY_GROUPS;
        problem->numbers[0] = (struct problem_numbers){caller->groups.ids, caller->groups.count};
        problem->numbers[1] = (struct problem_numbers){want->groups.ids, want->groups.count};
    } else if (error == EPERM) {
        problem->hint = HINT_NOT_ROOT;
        problem->numbers[0] = (struct problem_numbers){&caller->real_uid, 1};
    }
    if ((problem->hint == HINT_UNMAPPED_ID || problem->hint == HINT_SETGROUPS_DENIED) && !userns_can_be_known()) {
        problem->hint = HINT_NONE;
    }
    return false;
}

bool privileges_suffice(const struct credentials *caller, const struct privileges *want, struct problem *problem)
{
    const uint64_t takes = CAPABILITY(CAP_SETGID) | (want->uid != caller->real_uid ? CAPABILITY(CAP_SETUID) : 0);
    const uint64_t lacks = takes & ~caller->capabilities.effective;

    /* A kernel without securebits may know no capabilities either, and say that root has none. */
    if (!want->change_ids || lacks == 0 || capabilities_securebits() < 0) {
        return true;
    }
    errno = EPERM;
    return cannot_change((lacks & CAPABILITY(CAP_SETGID)) != 0 ? "setgroups" : "setresuid", caller, want, problem);
}

static bool change_ids(const struct credentials *caller, const struct privileges *want, struct problem *problem)
{
    /* Without it the step from uid 0 to another empties the permitted set, capabilities(7). execve clears it. */
    if (want->change_ids && want->uid != 0 && want->keep != 0 && prctl(PR_SET_KEEPCAPS, 1UL, 0UL, 0UL, 0UL) != 0) {
        return PROBLEM(problem, .what = "PR_SET_KEEPCAPS", .error = errno, .hint = HINT_FILTER);
    }
    if (want->change_ids && setgroups(want->groups.count, want->groups.ids) != 0) {
        return cannot_change("setgroups", caller, want, problem);
    }
    if (!want->change_ids && (want->stays || ids_are_plain())) {
        return true;
    }
    /*
     * Also where nothing is to change: in a user namespace every ID that it does not map, the real root's too, reads
     * as the overflow ID, which is nobody's. To take an ID needs no privilege only from who has it.
     */
    if (setresgid(want->gid, want->gid, want->gid) != 0) {
        return cannot_change("setresgid", caller, want, problem);
    }
    if (setresuid(want->uid, want->uid, want->uid) != 0) {
        return cannot_change("setresuid", caller, want, problem);
    }
    return true;
}

/* Root keeps what it has, less what would outlive a later step down; everyone else has exactly `keep`. */
static bool change_capabilities(const struct privileges *want, struct problem *problem)
{
    struct capabilities now, sets = {want->keep, want->keep, want->keep, want->ambient};

    if (!capabilities_read(&now, problem)) {
        return false;
    }
    if (want->uid == 0 && !want->exact) {
        sets = now;
        sets.inheritable = sets.ambient = 0;
    }
    return memcmp(&now, &sets, sizeof sets) == 0 || capabilities_set(&sets, problem);
}

/* By errno, of a call about a socket: whether a sandbox has none, or lets nobody ask one. A faker makes none fail. */
static bool cannot_ask(const char *call, struct problem *problem)
{
    return errno == EPERM || errno == EACCES || errno == ENOSYS || errno == EAFNOSUPPORT || errno == EPROTONOSUPPORT ||
           errno == EOPNOTSUPP || errno == ENOPROTOOPT || PROBLEM(problem, .what = call, .error = errno);
}

/*
 * The kernel's own word by a way that proot(1) and its like leave alone, unix(7): who has made a socket. It cannot be
 * asked where a sandbox has no sockets.
 */
static bool verify_by_socket(const struct privileges *want, struct problem *problem)
{
    int pair[2] = {-1, -1};
    struct ucred peer = {.uid = UNCHANGED_UID, .gid = UNCHANGED_GID};
    socklen_t size = sizeof peer;

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) {
        return cannot_ask("socketpair", problem);
    }
    bool good = getsockopt(pair[0], SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0
                    ? cannot_ask("SO_PEERCRED", problem)
                    : (peer.uid == want->uid && peer.gid == want->gid) ||
                          PROBLEM(problem, .what = "verification", .why = "the kernel knows this process by other IDs");
    (void)close(pair[0]); /* nothing was written to it */
    (void)close(pair[1]);
    return good;
}

/*
 * proot(1) and its like answer all calls that set or get IDs themselves, while the kernel knows this process by others.
 * It takes the effective set from who leaves uid 0, capabilities(7), unless the securebits say not to: a set that is
 * still there tells that nothing was done, one that went tells that it was. Where there was none, a socket tells.
 */
static bool verify_by_kernel(const struct credentials *caller, const struct privileges *want, struct problem *problem)
{
    struct capabilities sets;

    if (caller->effective_uid == 0 && want->uid != 0) {
        if (!capabilities_read(&sets, problem)) {
            return false;
        }
        if (sets.effective != 0 && (capabilities_securebits() & SECBIT_NO_SETUID_FIXUP) == 0) {
            return PROBLEM(problem, .what = "verification",
                           .why = "the user ID is still root's: setresuid did nothing");
        }
        if (sets.effective == 0 && caller->capabilities.effective != 0) {
            return true;
        }
    }
    return verify_by_socket(want, problem);
}

bool privileges_drop(const struct credentials *caller, const struct privileges *want, struct problem *problem)
{
    if (want->uid == UNCHANGED_UID || want->gid == UNCHANGED_GID) {
        return PROBLEM(problem, .what = "setresuid", .why = "-1 stands for no change and is no ID");
    }
    if ((caller->capabilities.ambient != 0 && !capabilities_clear_ambient(problem)) ||
        (want->shrink_bounding && !capabilities_bound(want->keep, problem)) || !change_ids(caller, want, problem) ||
        !verify_by_kernel(caller, want, problem)) {
        return false;
    }
    if (want->set_no_new_privs && prctl(PR_SET_NO_NEW_PRIVS, 1UL, 0UL, 0UL, 0UL) != 0) {
        return PROBLEM(problem, .what = "PR_SET_NO_NEW_PRIVS", .error = errno);
    }
    return change_capabilities(want, problem);
}

/*@ requires \valid_read(caller) && \valid_read(now) && \valid_read(want) && \valid(problem);
    requires READ_SETS(&now->capabilities) && \separated(problem, want);
    assigns *problem, errno;
    ensures \result ==> SETS_ARE(want) && (want->shrink_bounding ==> kernel.bounding == want->keep); */
static bool verify_capabilities(const struct credentials *caller, const struct credentials *now,
                                const struct privileges *want, struct problem *problem)
{
    const struct capabilities *sets = &now->capabilities;
    bool right = sets->effective == want->keep && sets->permitted == want->keep && sets->inheritable == want->keep &&
                 sets->ambient == want->ambient;

    if (want->uid == 0 && !want->exact) {
        right = sets->inheritable == 0 && sets->ambient == 0 && (sets->effective & ~sets->permitted) == 0 &&
                (sets->permitted & ~caller->capabilities.permitted) == 0;
    }
    if (!right) {
        return PROBLEM(problem, .what = "verification", .why = "the capabilities are not what was asked for");
    }
    if (want->shrink_bounding) {
        uint64_t bounding = 0;
        if (!capabilities_read_bounding(&bounding, problem)) {
            return false;
        }
        if (bounding != want->keep) {
            return PROBLEM(problem, .what = "verification", .why = "the bounding set is not what was asked for");
        }
    }
    return true;
}

/* The good answer to an attempt to go back is no: EPERM, EINVAL where the ID is not mapped, or what a filter chose. */
/*@ assigns \nothing;
    ensures \result <==> result != 0; */
static bool impossible(int result)
{
    return result != 0;
}

/*@ requires \valid_read(caller) && \valid_read(want) && \valid(problem) && CAN_BE_READ(caller->groups);
    requires \separated(problem, caller, want);
    assigns *problem, errno, kernel;
    ensures \result ==> same_kernel(\old(kernel), kernel);
    ensures \result ==> REFUSED_UID(want, 0) && REFUSED_UID(want, caller->effective_uid);
    ensures \result ==> REFUSED_GID(want, 0) && REFUSED_GID(want, caller->effective_gid) && REFUSED_GROUPS(want); */
static bool verify_no_way_back(const struct credentials *caller, const struct privileges *want, struct problem *problem)
{
    const uid_t uids[] = {0, caller->effective_uid};
    const gid_t gids[] = {0, caller->effective_gid};
    const size_t uid_count = caller->effective_uid == 0 ? 1 : 2;
    const size_t gid_count = caller->effective_gid == 0 ? 1 : 2;

    if (want->uid == 0) {
        return true;
    }
    /*@ loop invariant i <= uid_count && same_kernel(\at(kernel, Pre), kernel);
        loop invariant \forall integer k; 0 <= k < i ==> REFUSED_UID(want, uids[k]);
        loop assigns i, errno, kernel;
        loop variant uid_count - i; */
    for (size_t i = 0; i < uid_count && (want->keep & CAPABILITY(CAP_SETUID)) == 0; i++) {
        if (uids[i] != want->uid && !impossible(setresuid(UNCHANGED_UID, uids[i], UNCHANGED_UID))) {
            return PROBLEM(problem, .what = "verification", .why = "the way back to the old user ID is open");
        }
    }
    if ((want->keep & CAPABILITY(CAP_SETGID)) != 0) {
        return true;
    }
    /*@ loop invariant i <= gid_count && same_kernel(\at(kernel, Pre), kernel);
        loop invariant refused_still(\at(kernel, LoopEntry).refused, kernel.refused);
        loop invariant \forall integer k; 0 <= k < i ==> REFUSED_GID(want, gids[k]);
        loop assigns i, errno, kernel;
        loop variant gid_count - i; */
    for (size_t i = 0; i < gid_count; i++) {
        if (gids[i] != want->gid && !impossible(setresgid(UNCHANGED_GID, gids[i], UNCHANGED_GID))) {
            return PROBLEM(problem, .what = "verification", .why = "the way back to the old group ID is open");
        }
    }
    if (!impossible(setgroups(caller->groups.count, caller->groups.ids))) {
        return PROBLEM(problem, .what = "verification", .why = "the way back to the old groups is open");
    }
    return true;
}

bool privileges_verify(const struct credentials *caller, const struct privileges *want, struct credentials *now,
                       struct problem *problem)
{
    if (!privileges_read(now, problem)) {
        return false;
    }
    //@ assert CAN_BE_READ(want->groups) && CAN_BE_READ(caller->groups) && CAN_BE_READ(now->groups);
    if (!has_ids(now, want)) {
        return PROBLEM(problem, .what = "verification", .why = "the user and group IDs are not what was asked for");
    }
    if (!groups_equal(&now->groups, &want->groups)) {
        return PROBLEM(problem, .what = "verification", .why = "the groups are not what was asked for");
    }
    //@ assert GROUPS_ARE(want->groups);
    if (want->set_no_new_privs && prctl(PR_GET_NO_NEW_PRIVS, 0UL, 0UL, 0UL, 0UL) != 1) {
        return PROBLEM(problem, .what = "verification", .why = "no_new_privs is not set");
    }
    return verify_capabilities(caller, now, want, problem) && verify_no_way_back(caller, want, problem);
}
