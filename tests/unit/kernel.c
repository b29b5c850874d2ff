#include "kernel.h"

#include "files.h"

#include "unit.h"

#include <cap-ng.h>
#include <errno.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SELF 77 /* this process by its ID */

#define BIT(number) (UINT64_C(1) << (number))

int __wrap_getresuid(uid_t *real, uid_t *effective, uid_t *saved);
int __wrap_getresgid(gid_t *real, gid_t *effective, gid_t *saved);
int __wrap_getgroups(int size, gid_t list[]);
int __wrap_setgroups(size_t size, const gid_t *list);
int __wrap_setresuid(uid_t real, uid_t effective, uid_t saved);
int __wrap_setresgid(gid_t real, gid_t effective, gid_t saved);
int __wrap_capget(struct __user_cap_header_struct *header, struct __user_cap_data_struct *data);
int __wrap_capset(struct __user_cap_header_struct *header, const struct __user_cap_data_struct *data);
long __wrap_syscall(long number, ...);
int __wrap_prctl(int option, ...);
int __wrap_socketpair(int domain, int type, int protocol, int pair[2]);
int __wrap_getsockopt(int fd, int level, int option, void *value, socklen_t *size);
unsigned long __real_getauxval(unsigned long type);
unsigned long __wrap_getauxval(unsigned long type);
FILE *__wrap_fopen(const char *path, const char *mode);
void __wrap_syslog(int priority, const char *format, ...);
void __wrap___syslog_chk(int priority, int flag, const char *format, ...);

struct kernel kernel;
struct fault_plan fault_plan;
struct kernel_call kernel_log[KERNEL_LOG_MAX];
unsigned kernel_calls;

static unsigned matches; /* of the plan so far */

/* A process that starts: libcap-ng knows nothing yet, and an error that it remembers is of another process. */
void kernel_forget(void)
{
    static void *new;

    kernel_calls = matches = 0;
    if (new != NULL) {
        capng_restore_state(&new);
    }
    new = capng_save_state();
}

/* Logs a call, and says what is to go wrong with it. */
static enum fault begin(const char *name, bool changing, unsigned count, uint32_t first, uint32_t second,
                        uint32_t third)
{
    assert_true(kernel_calls < KERNEL_LOG_MAX);
    kernel_log[kernel_calls++] = (struct kernel_call){name, changing, count, {(int)first, (int)second, (int)third}};
    if (fault_plan.fault == FAULT_NONE || (fault_plan.call != NULL && strcmp(fault_plan.call, name) != 0)) {
        return FAULT_NONE;
    }
    unsigned match = matches++;
    if (match < fault_plan.from || match - fault_plan.from >= fault_plan.count) {
        return FAULT_NONE;
    }
    if (fault_plan.error != 0) {
        errno = fault_plan.error;
    }
    return fault_plan.fault;
}

static int no(int error)
{
    errno = error;
    return -1;
}

static bool can(unsigned capability)
{
    return (kernel.effective & BIT(capability)) != 0;
}

/* Who answers for IDs alone goes by IDs alone. */
static bool can_change_ids(unsigned capability)
{
    return kernel.emulates_ids ? kernel.effective_uid == 0 : can(capability);
}

static bool unmapped(uint32_t id)
{
    return kernel.unmapped != 0 && id >= kernel.unmapped && id != UINT32_MAX;
}

int __wrap_getresuid(uid_t *real, uid_t *effective, uid_t *saved)
{
    switch (begin("getresuid", false, 0, 0, 0, 0)) {
    case FAULT_FAIL:
        return -1;
    case FAULT_LIE:
        return 0;
    default:
        *real = kernel.real_uid;
        *effective = kernel.effective_uid;
        *saved = kernel.saved_uid;
        return 0;
    }
}

int __wrap_getresgid(gid_t *real, gid_t *effective, gid_t *saved)
{
    switch (begin("getresgid", false, 0, 0, 0, 0)) {
    case FAULT_FAIL:
        return -1;
    case FAULT_LIE:
        return 0;
    default:
        *real = kernel.real_gid;
        *effective = kernel.effective_gid;
        *saved = kernel.saved_gid;
        return 0;
    }
}

int __wrap_getgroups(int size, gid_t list[])
{
    enum fault fault = begin("getgroups", false, 1, (uint32_t)size, 0, 0);

    if (fault == FAULT_FAIL) {
        return -1;
    }
    if (fault == FAULT_LIE) {
        return fault_plan.claim;
    }
    if (size < 0 || (size_t)size < kernel.group_count) {
        return no(EINVAL);
    }
    if (kernel.group_count > 0) {
        memcpy(list, kernel.groups, kernel.group_count * sizeof *list);
    }
    return (int)kernel.group_count;
}

int __wrap_setgroups(size_t size, const gid_t *list)
{
    enum fault fault = begin("setgroups", true, 2, (uint32_t)size, size > 0 ? list[0] : 0, 0);

    if (fault == FAULT_FAIL) {
        return -1;
    }
    if (fault == FAULT_LIE) {
        return 0;
    }
    if (fault != FAULT_OBEY && (!can_change_ids(CAP_SETGID) || kernel.denies_setgroups)) {
        return no(EPERM);
    }
    if (size > COUNT(kernel.groups)) {
        return no(EINVAL);
    }
    for (size_t i = 0; i < size; i++) {
        if (unmapped(list[i])) {
            return no(EINVAL);
        }
        kernel.groups[i] = list[i];
    }
    kernel.group_count = size;
    return 0;
}

static bool is_one_of(uint32_t id, uint32_t real, uint32_t effective, uint32_t saved)
{
    return id == UINT32_MAX || id == real || id == effective || id == saved;
}

/* What the change of a user ID does to the sets, "Effect of user ID changes on capabilities". */
static void fix_up(bool was_root, uid_t old_effective)
{
    bool is_root = kernel.real_uid == 0 || kernel.effective_uid == 0 || kernel.saved_uid == 0;

    if (kernel.no_setuid_fixup || kernel.emulates_ids) {
        return;
    }
    if (was_root && !is_root) {
        if (!kernel.keep_caps) {
            kernel.permitted = kernel.effective = 0;
        }
        kernel.ambient = 0;
    }
    if (old_effective == 0 && kernel.effective_uid != 0) {
        kernel.effective = 0;
    }
    if (old_effective != 0 && kernel.effective_uid == 0) {
        kernel.effective = kernel.permitted;
    }
}

int __wrap_setresuid(uid_t real, uid_t effective, uid_t saved)
{
    enum fault fault = begin("setresuid", true, 3, real, effective, saved);
    const uid_t old[] = {kernel.real_uid, kernel.effective_uid, kernel.saved_uid};

    if (fault == FAULT_FAIL) {
        return -1;
    }
    if (fault == FAULT_LIE) {
        return 0;
    }
    if (unmapped(real) || unmapped(effective) || unmapped(saved)) {
        return no(EINVAL);
    }
    if (fault != FAULT_OBEY && !can_change_ids(CAP_SETUID) &&
        !(is_one_of(real, old[0], old[1], old[2]) && is_one_of(effective, old[0], old[1], old[2]) &&
          is_one_of(saved, old[0], old[1], old[2]))) {
        return no(EPERM);
    }
    kernel.real_uid = real != UINT32_MAX ? real : old[0];
    kernel.effective_uid = effective != UINT32_MAX ? effective : old[1];
    kernel.saved_uid = saved != UINT32_MAX ? saved : old[2];
    fix_up(old[0] == 0 || old[1] == 0 || old[2] == 0, old[1]);
    return 0;
}

int __wrap_setresgid(gid_t real, gid_t effective, gid_t saved)
{
    enum fault fault = begin("setresgid", true, 3, real, effective, saved);

    if (fault == FAULT_FAIL) {
        return -1;
    }
    if (fault == FAULT_LIE) {
        return 0;
    }
    if (unmapped(real) || unmapped(effective) || unmapped(saved)) {
        return no(EINVAL);
    }
    if (fault != FAULT_OBEY && !can_change_ids(CAP_SETGID) &&
        !(is_one_of(real, kernel.real_gid, kernel.effective_gid, kernel.saved_gid) &&
          is_one_of(effective, kernel.real_gid, kernel.effective_gid, kernel.saved_gid) &&
          is_one_of(saved, kernel.real_gid, kernel.effective_gid, kernel.saved_gid))) {
        return no(EPERM);
    }
    kernel.real_gid = real != UINT32_MAX ? real : kernel.real_gid;
    kernel.effective_gid = effective != UINT32_MAX ? effective : kernel.effective_gid;
    kernel.saved_gid = saved != UINT32_MAX ? saved : kernel.saved_gid;
    return 0;
}

int __wrap_capget(struct __user_cap_header_struct *header, struct __user_cap_data_struct *data)
{
    if (header->version != _LINUX_CAPABILITY_VERSION_3) {
        header->version = _LINUX_CAPABILITY_VERSION_3; /* this is how it is asked for, capget(2): no call that counts */
        return data == NULL ? 0 : no(EINVAL);
    }
    assert_true(header->pid == 0 || header->pid == SELF);
    switch (begin("capget", false, 0, 0, 0, 0)) {
    case FAULT_FAIL:
        return -1;
    case FAULT_LIE:
        return 0;
    default:
        data[0] = (struct __user_cap_data_struct){(uint32_t)kernel.effective, (uint32_t)kernel.permitted,
                                                  (uint32_t)kernel.inheritable};
        data[1] =
            (struct __user_cap_data_struct){(uint32_t)(kernel.effective >> 32), (uint32_t)(kernel.permitted >> 32),
                                            (uint32_t)(kernel.inheritable >> 32)};
        return 0;
    }
}

int __wrap_capset(struct __user_cap_header_struct *header, const struct __user_cap_data_struct *data)
{
    enum fault fault = begin("capset", true, 0, 0, 0, 0);
    uint64_t effective = (uint64_t)data[1].effective << 32 | data[0].effective;
    uint64_t permitted = (uint64_t)data[1].permitted << 32 | data[0].permitted;
    uint64_t inheritable = (uint64_t)data[1].inheritable << 32 | data[0].inheritable;

    assert_int_equal(header->version, _LINUX_CAPABILITY_VERSION_3);
    if (fault == FAULT_FAIL) {
        return -1;
    }
    if (fault == FAULT_LIE) {
        return 0;
    }
    if ((permitted & ~kernel.permitted) != 0 || (effective & ~permitted) != 0 ||
        (inheritable & ~(kernel.inheritable | kernel.bounding)) != 0 ||
        (!can(CAP_SETPCAP) && (inheritable & ~(kernel.inheritable | kernel.permitted)) != 0)) {
        return no(EPERM);
    }
    kernel.effective = effective;
    kernel.permitted = permitted;
    kernel.inheritable = inheritable;
    kernel.ambient &= permitted & inheritable;
    return 0;
}

long __wrap_syscall(long number, ...)
{
    va_list arguments;

    if (number == SYS_gettid) {
        return SELF;
    }
    assert_int_equal(number, SYS_capget);
    va_start(arguments, number);
    struct __user_cap_header_struct *header = va_arg(arguments, struct __user_cap_header_struct *);
    struct __user_cap_data_struct *data = va_arg(arguments, struct __user_cap_data_struct *);
    va_end(arguments);
    return __wrap_capget(header, data);
}

static int ambient(unsigned long operation, unsigned long number)
{
    static const char *const names[] = {
        [PR_CAP_AMBIENT_IS_SET] = "PR_CAP_AMBIENT_IS_SET",
        [PR_CAP_AMBIENT_RAISE] = "PR_CAP_AMBIENT_RAISE",
        [PR_CAP_AMBIENT_LOWER] = "PR_CAP_AMBIENT_LOWER",
        [PR_CAP_AMBIENT_CLEAR_ALL] = "PR_CAP_AMBIENT_CLEAR_ALL",
    };

    assert_true(operation > 0 && operation < COUNT(names));
    enum fault fault = begin(names[operation], operation != PR_CAP_AMBIENT_IS_SET, operation == PR_CAP_AMBIENT_RAISE,
                             (uint32_t)number, 0, 0);
    if (fault == FAULT_FAIL) {
        return -1;
    }
    if (fault == FAULT_LIE) {
        return 0;
    }
    if (kernel.no_ambient) {
        return no(EINVAL);
    }
    if (operation == PR_CAP_AMBIENT_CLEAR_ALL) {
        kernel.ambient = 0;
        return 0;
    }
    if (number > KERNEL_LAST_CAPABILITY) {
        return no(EINVAL);
    }
    if (operation == PR_CAP_AMBIENT_IS_SET) {
        return (kernel.ambient & BIT(number)) != 0;
    }
    if (operation == PR_CAP_AMBIENT_RAISE) {
        if ((kernel.permitted & kernel.inheritable & BIT(number)) == 0) {
            return no(EPERM);
        }
        kernel.ambient |= BIT(number);
    } else {
        kernel.ambient &= ~BIT(number);
    }
    return 0;
}

static int bounding(int option, unsigned long number)
{
    bool drops = option == PR_CAPBSET_DROP;
    enum fault fault = begin(drops ? "PR_CAPBSET_DROP" : "PR_CAPBSET_READ", drops, 1, (uint32_t)number, 0, 0);

    if (fault == FAULT_FAIL) {
        return -1;
    }
    if (fault == FAULT_LIE) {
        return 0;
    }
    if (drops && !can(CAP_SETPCAP)) {
        return no(EPERM);
    }
    if (number > KERNEL_LAST_CAPABILITY) {
        return no(EINVAL);
    }
    if (drops) {
        kernel.bounding &= ~BIT(number);
        return 0;
    }
    return (kernel.bounding & BIT(number)) != 0;
}

static int flag(const char *name, bool *place)
{
    enum fault fault = begin(name, true, 0, 0, 0, 0);

    if (fault == FAULT_FAIL) {
        return -1;
    }
    if (fault != FAULT_LIE) {
        *place = true;
    }
    return 0;
}

int __wrap_prctl(int option, ...)
{
    va_list list;
    enum fault fault = FAULT_NONE;
    unsigned long arguments[4] = {0, 0, 0, 0};
    /* How many the kernel looks at; those without a meaning must be 0. */
    size_t count = option == PR_CAP_AMBIENT || option == PR_SET_NO_NEW_PRIVS || option == PR_GET_NO_NEW_PRIVS ? 4 : 1;

    va_start(list, option);
    for (size_t i = 0; i < count; i++) {
        arguments[i] = va_arg(list, unsigned long);
    }
    va_end(list);
    assert_int_equal((arguments[2] | arguments[3]) & 0xff, 0);
    switch (option) {
    case PR_CAP_AMBIENT:
        /* libcap-ng passes an int */
        return ambient(arguments[0] & 0xff, arguments[1] & 0xff);
    case PR_CAPBSET_READ:
    case PR_CAPBSET_DROP:
        return bounding(option, arguments[0] & 0xff);
    case PR_SET_KEEPCAPS:
        assert_int_equal(arguments[0], 1);
        return flag("PR_SET_KEEPCAPS", &kernel.keep_caps);
    case PR_SET_NO_NEW_PRIVS:
        assert_int_equal(arguments[0], 1);
        assert_int_equal(arguments[1], 0);
        return flag("PR_SET_NO_NEW_PRIVS", &kernel.no_new_privs);
    case PR_GET_NO_NEW_PRIVS:
        assert_int_equal(arguments[0] | arguments[1], 0);
        fault = begin("PR_GET_NO_NEW_PRIVS", false, 0, 0, 0, 0);
        return fault == FAULT_FAIL ? -1 : fault == FAULT_LIE ? 0 : kernel.no_new_privs;
    case PR_GET_SECUREBITS:
        fault = begin("PR_GET_SECUREBITS", false, 0, 0, 0, 0);
        return fault == FAULT_FAIL  ? -1
               : fault == FAULT_LIE ? 0
                                    : kernel.securebits | (kernel.no_setuid_fixup ? SECBIT_NO_SETUID_FIXUP : 0);
    default:
        fail_msg("unexpected prctl %d", option);
        return -1;
    }
}

unsigned long __wrap_getauxval(unsigned long type)
{
    return type == AT_SECURE ? kernel.secure : __real_getauxval(type); /* the sanitizers ask for more */
}

int __wrap_socketpair(int domain, int type, int protocol, int pair[2])
{
    assert_int_equal(domain, AF_UNIX);
    assert_int_equal(type, SOCK_STREAM | SOCK_CLOEXEC);
    assert_int_equal(protocol, 0);
    switch (begin("socketpair", false, 0, 0, 0, 0)) {
    case FAULT_FAIL:
        return -1;
    case FAULT_LIE:
        return 0;
    default:
        pair[0] = FILES_SOCKET;
        pair[1] = FILES_SOCKET + 1;
        files.open += 2;
        files.sockets = 3;
        return 0;
    }
}

int __wrap_getsockopt(int fd, int level, int option, void *value, socklen_t *size)
{
    struct ucred *peer = value;

    assert_true(level == SOL_SOCKET && option == SO_PEERCRED && *size == sizeof *peer);
    switch (begin("SO_PEERCRED", false, 0, 0, 0, 0)) {
    case FAULT_FAIL:
        return -1;
    case FAULT_LIE:
        if (fault_plan.claim == 1) {
            peer->uid = kernel.effective_uid;
        } else if (fault_plan.claim == 2) {
            peer->gid = kernel.effective_gid;
        }
        return 0;
    default:
        if (fd != FILES_SOCKET) {
            return no(EBADF);
        }
        peer->uid = kernel.emulates_ids ? kernel.known_uid : kernel.effective_uid;
        peer->gid = kernel.emulates_ids ? kernel.known_uid : kernel.effective_gid;
        return 0;
    }
}

/* libcap-ng looks into /proc first: there is none, for open see files.c. */

FILE *__wrap_fopen(const char *path, const char *mode)
{
    (void)path;
    (void)mode;
    errno = ENOENT;
    return NULL;
}

/* What libcap-ng has to say is not for the log of the machine that tests. */

void __wrap_syslog(int priority, const char *format, ...)
{
    (void)priority;
    (void)format;
}

void __wrap___syslog_chk(int priority, int level, const char *format, ...)
{
    (void)priority;
    (void)level;
    (void)format;
}
