/*
 * A kernel in memory: the credentials and capability sets of one process, by the rules of credentials(7) and
 * capabilities(7), and a log of the calls. Any call can be made to fail, to claim success and do nothing, or to do what
 * it must not. It has no /proc: for that see files.h.
 */
#ifndef STEPDOWN_UNIT_KERNEL_H
#define STEPDOWN_UNIT_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* It knows capabilities that no header does yet. */
#define KERNEL_LAST_CAPABILITY 44
#define KERNEL_CAPABILITIES    ((UINT64_C(1) << (KERNEL_LAST_CAPABILITY + 1)) - 1)

struct kernel {
    uid_t real_uid, effective_uid, saved_uid;
    gid_t real_gid, effective_gid, saved_gid;
    size_t group_count;
    gid_t groups[65536];
    uint64_t effective, permitted, inheritable, ambient, bounding;
    bool no_new_privs;
    bool keep_caps;
    bool no_setuid_fixup;  /* SECBIT_NO_SETUID_FIXUP */
    int securebits;        /* the others, which change nothing here */
    uid_t known_uid;       /* where IDs are emulated: what the kernel itself knows, of the group as well */
    bool emulates_ids;     /* as proot(1) does: IDs and groups are as set, and no set of capabilities follows */
    bool no_ambient;       /* older than 4.3: EINVAL */
    bool denies_setgroups; /* a user namespace that does */
    bool secure;           /* AT_SECURE of getauxval(3) */
    uint32_t unmapped;     /* IDs from here on are not mapped; 0: all are */
};

extern struct kernel kernel;

enum fault { FAULT_NONE, FAULT_FAIL, FAULT_LIE, FAULT_OBEY };

/* What goes wrong. A lie is a success without effect; to obey is to do it without asking for the right to. */
struct fault_plan {
    enum fault fault;
    const char *call; /* by name; NULL: by number alone */
    unsigned from;    /* the first such call that it meets, from 0 */
    unsigned count;   /* how many of them */
    int error;        /* errno; 0: it stays as it is */
    int claim;        /* what a lie of getgroups returns; one of SO_PEERCRED writes the uid for 1, the gid for 2 */
};

extern struct fault_plan fault_plan;

#define KERNEL_LOG_MAX 2048U

/* Every call since kernel_forget, by name ("setresuid", "PR_CAPBSET_DROP"); a `changing` one tries to change something.
 */
struct kernel_call {
    const char *name;
    bool changing;
    unsigned count;
    int arguments[3];
};

extern struct kernel_call kernel_log[KERNEL_LOG_MAX];
extern unsigned kernel_calls;

void kernel_forget(void);

#endif
