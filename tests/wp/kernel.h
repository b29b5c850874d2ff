/*
 * What the proofs take the kernel for: what it holds of this process, as ghosts that no C code can change, and the
 * calls by which privileges.c asks and changes it. Each contract is at most what the man page says of a kernel that
 * tells the truth; a call may fail at any time, and one that changes something may leave anything.
 */
#ifndef KERNEL_H
#define KERNEL_H

#include "words.h"

#include <grp.h>
#include <linux/capability.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

struct kernel {
    uid_t ruid, euid, suid;
    gid_t rgid, egid, sgid;
    int groups; /* which list: in_list() says what is in it */
    uint64_t effective, permitted, inheritable, ambient, bounding;
    int no_new_privs;
    int refused; /* which attempts it has refused: uid_refused() and the like say */
};
//@ ghost struct kernel kernel;

/*@ axiomatic Kernel {
      predicate in_list(integer list, integer gid);
      predicate uid_refused(integer refused, integer uid);
      predicate gid_refused(integer refused, integer gid);
      predicate groups_refused(integer refused);
    }
    predicate refused_still(integer old, integer new) =
        (\forall integer uid; uid_refused(old, uid) ==> uid_refused(new, uid)) &&
        (\forall integer gid; gid_refused(old, gid) ==> gid_refused(new, gid)); */

/* --- privileges.h: in macros ACSL looks like C to who formats it --- */

/* clang-format off */

/* That the kernel's word can be put there. */
#define CAN_READ(now)                                                                                                  \
    (\valid(now) && \valid((now)->groups.ids + (0 .. GROUPS_MAX - 1)) &&                                               \
     \separated(now, (now)->groups.ids + (0 .. GROUPS_MAX - 1)))
#define CAN_BE_READ(groups)                                                                                            \
    ((groups).count <= GROUPS_MAX && \valid_read((groups).ids + (0 .. (groups).count - 1)))

#define READING_OF(now)                                                                                                \
    (now)->real_uid, (now)->effective_uid, (now)->saved_uid, (now)->real_gid, (now)->effective_gid, (now)->saved_gid,  \
        (now)->groups.count, (now)->groups.ids[0 .. GROUPS_MAX - 1], (now)->capabilities

/* That what is in memory is what the kernel says. */
#define READ_IDS(now)                                                                                                  \
    ((now)->real_uid == kernel.ruid && (now)->effective_uid == kernel.euid && (now)->saved_uid == kernel.suid &&       \
     (now)->real_gid == kernel.rgid && (now)->effective_gid == kernel.egid && (now)->saved_gid == kernel.sgid)
#define READ_SETS(sets)                                                                                                \
    ((sets)->effective == kernel.effective && (sets)->permitted == kernel.permitted &&                                 \
     (sets)->inheritable == kernel.inheritable && (sets)->ambient == kernel.ambient)

/* That the kernel has made of this process what struct privileges asks for. */
#define IDS_ARE(want)                                                                                                  \
    (kernel.ruid == (want)->uid && kernel.euid == (want)->uid && kernel.suid == (want)->uid &&                         \
     kernel.rgid == (want)->gid && kernel.egid == (want)->gid && kernel.sgid == (want)->gid)
#define GROUPS_ARE(set)                                                                                                \
    (\forall integer gid; has((set).ids, (set).count, gid) <==> in_list(kernel.groups, gid))
#define SETS_ARE(want)                                                                                                 \
    ((want)->uid == 0 && !(want)->exact                                                                                \
         ? kernel.inheritable == 0 && kernel.ambient == 0                                                              \
         : kernel.effective == (want)->keep && kernel.permitted == (want)->keep &&                                     \
               kernel.inheritable == (want)->keep && kernel.ambient == (want)->ambient)
#define BOUNDS_ARE(want)                                                                                               \
    (((want)->shrink_bounding ==> kernel.bounding == (want)->keep) &&                                                  \
     ((want)->set_no_new_privs ==> kernel.no_new_privs == 1))
#define KERNEL_IS(want) (IDS_ARE(want) && GROUPS_ARE((want)->groups) && SETS_ARE(want) && BOUNDS_ARE(want))

/* What attempts leave as it was. */
/*@ predicate same_kernel(struct kernel old, struct kernel new) =
        new.ruid == old.ruid && new.euid == old.euid && new.suid == old.suid && new.rgid == old.rgid &&
        new.egid == old.egid && new.sgid == old.sgid && new.groups == old.groups && new.effective == old.effective &&
        new.permitted == old.permitted && new.inheritable == old.inheritable && new.ambient == old.ambient &&
        new.bounding == old.bounding && new.no_new_privs == old.no_new_privs; */

/* --- plan.h, main.c --- */
#define TEXTS_ARE(plan)                                                                                                \
    (((plan)->home != \null ==> \valid_read((plan)->home)) && ((plan)->login != \null ==> \valid_read((plan)->login)) && \
     ((plan)->shell != \null ==> \valid_read((plan)->shell)))

/* The wanted groups begin at `from` of run->groups, among the caller's or behind them; room to read them is at `at`. */
#define READY(run, from, at)                                                                                           \
    (asked_for == &(run)->plan.want && (run)->plan.identity.user.used <= IDENTITY_TEXT_ROOM &&                         \
     (run)->caller.groups.ids == (run)->groups && (run)->caller.groups.count <= at &&                                  \
     (run)->caller.groups.count <= GROUPS_MAX && (run)->plan.want.groups.count <= GROUPS_MAX &&                        \
     (run)->plan.want.groups.ids == (run)->groups + from && from + (run)->plan.want.groups.count == at &&              \
     at <= 2 * GROUPS_MAX && (run)->now.groups.ids == (run)->groups + at && CAN_READ(&(run)->now))

/* That it has refused to go back, as far as no capability is kept that makes it possible. */
#define REFUSED_UID(want, id)                                                                                          \
    ((want)->uid != 0 && (want)->uid != (id) && ((want)->keep & CAPABILITY(CAP_SETUID)) == 0 ==>                       \
         uid_refused(kernel.refused, id))
#define REFUSED_GID(want, id)                                                                                          \
    ((want)->uid != 0 && (want)->gid != (id) && ((want)->keep & CAPABILITY(CAP_SETGID)) == 0 ==>                       \
         gid_refused(kernel.refused, id))
#define REFUSED_GROUPS(want)                                                                                           \
    ((want)->uid != 0 && ((want)->keep & CAPABILITY(CAP_SETGID)) == 0 ==> groups_refused(kernel.refused))

/* clang-format on */

/*@ requires \valid(ruid) && \valid(euid) && \valid(suid) && \separated(ruid, euid, suid);
    assigns *ruid, *euid, *suid, errno;
    ensures \result == 0 ==> *ruid == kernel.ruid && *euid == kernel.euid && *suid == kernel.suid; */
int kernel_getresuid(uid_t *ruid, uid_t *euid, uid_t *suid);
#define getresuid kernel_getresuid

/*@ requires \valid(rgid) && \valid(egid) && \valid(sgid) && \separated(rgid, egid, sgid);
    assigns *rgid, *egid, *sgid, errno;
    ensures \result == 0 ==> *rgid == kernel.rgid && *egid == kernel.egid && *sgid == kernel.sgid; */
int kernel_getresgid(gid_t *rgid, gid_t *egid, gid_t *sgid);
#define getresgid kernel_getresgid

/*@ requires size > 0 ==> \valid(ids + (0 .. size - 1));
    assigns ids[0 .. size - 1], errno;
    ensures 0 <= \result <= size ==>
        \forall integer gid; has(ids, \result, gid) <==> in_list(kernel.groups, gid); */
int kernel_getgroups(int size, gid_t *ids);
#define getgroups kernel_getgroups

/*@ assigns kernel.ruid, kernel.euid, kernel.suid, kernel.refused, errno;
    ensures \result != 0 ==> kernel.ruid == \old(kernel.ruid) && kernel.euid == \old(kernel.euid) &&
        kernel.suid == \old(kernel.suid) && uid_refused(kernel.refused, euid);
    ensures refused_still(\old(kernel.refused), kernel.refused); */
int kernel_setresuid(uid_t ruid, uid_t euid, uid_t suid);
#define setresuid kernel_setresuid

/*@ assigns kernel.rgid, kernel.egid, kernel.sgid, kernel.refused, errno;
    ensures \result != 0 ==> kernel.rgid == \old(kernel.rgid) && kernel.egid == \old(kernel.egid) &&
        kernel.sgid == \old(kernel.sgid) && gid_refused(kernel.refused, egid);
    ensures refused_still(\old(kernel.refused), kernel.refused); */
int kernel_setresgid(gid_t rgid, gid_t egid, gid_t sgid);
#define setresgid kernel_setresgid

/*@ requires \valid_read(ids + (0 .. count - 1));
    assigns kernel.groups, kernel.refused, errno;
    ensures \result != 0 ==> kernel.groups == \old(kernel.groups) && groups_refused(kernel.refused);
    ensures refused_still(\old(kernel.refused), kernel.refused); */
int kernel_setgroups(size_t count, const gid_t *ids);
#define setgroups kernel_setgroups

/* prctl(2), each option a call of its own. */
#define prctl(option, ...) kernel_##option(__VA_ARGS__)
/*@ assigns errno;
    ensures \result == 1 ==> kernel.no_new_privs == 1; */
int kernel_PR_GET_NO_NEW_PRIVS(unsigned long a, unsigned long b, unsigned long c, unsigned long d);
/*@ assigns kernel.no_new_privs, errno; */
int kernel_PR_SET_NO_NEW_PRIVS(unsigned long a, unsigned long b, unsigned long c, unsigned long d);
/*@ assigns errno; */
int kernel_PR_GET_SECUREBITS(unsigned long a, unsigned long b, unsigned long c, unsigned long d);
/*@ assigns errno; */
int kernel_PR_SET_KEEPCAPS(unsigned long a, unsigned long b, unsigned long c, unsigned long d);

/* socketpair(2), unix(7). */
/*@ requires \valid(pair + (0 .. 1));
    assigns pair[0 .. 1], errno; */
int kernel_socketpair(int domain, int type, int protocol, int *pair);
#define socketpair kernel_socketpair

struct ucred {
    pid_t pid;
    uid_t uid;
    gid_t gid;
};
/*@ requires \valid(peer) && \valid(size) && \separated(peer, size);
    assigns *peer, *size, errno; */
int kernel_getsockopt(int fd, int level, int option, struct ucred *peer, socklen_t *size);
#define getsockopt   kernel_getsockopt
#define SOCK_CLOEXEC 02000000

/*@ assigns errno; */
int kernel_close(int fd);
#define close kernel_close

/*@ assigns \nothing; */
unsigned long getauxval(unsigned long type);

/* --- main.c --- */

/* rt_sigprocmask(2), by syscall(2). */
#define syscall(number, how, ...) kernel_##how(__VA_ARGS__)
/*@ requires \valid_read(set) && \valid(old) && \separated(set, old);
    assigns *old, errno; */
int kernel_SIG_BLOCK(const unsigned long *set, unsigned long *old, size_t size);
/*@ requires \valid_read(set) && none == \null;
    assigns errno; */
int kernel_SIG_SETMASK(const unsigned long *set, const unsigned long *none, size_t size);

/* What was made of the options, which plan_make alone sets: nothing is executed but where the kernel has done it. */
struct privileges;
//@ ghost const struct privileges *asked_for;

#define _Alignas(bytes) /* Frama-C does not know it */

#include "privileges.h" /* command.h speaks of it, and does not include it */
#endif
