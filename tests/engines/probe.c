/* What the process is, by the kernel's own calls, so that it needs no /proc and no other program: one word a field.
 * usage: probe FIELD...
 *
 *   ids      UID:GID; real/effective/saved where they are not all the same
 *   groups   the group list, sorted, with commas
 *   caps     inheritable,permitted,effective,ambient in hexadecimal; one of them where they are all the same
 *   bnd      the bounding set (caps and bnd know the first 64 capabilities)
 *   nnp      no_new_privs; seccomp: 2 where a filter is in force
 *   pid      the process ID
 *   home     HOME; user: USER/LOGNAME/SHELL
 *   umask    in octal
 *   fd1      UID:GID of the file that is standard output
 *   fds      how many descriptors are open besides the first three
 *
 * A call that fails prints its error instead, so that nothing is taken for a zero. */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static gid_t groups[65536];

static void print_three(unsigned real, unsigned effective, unsigned saved)
{
    if (real == effective && effective == saved)
        printf("%u", real);
    else
        printf("%u/%u/%u", real, effective, saved);
}

static void print_ids(void)
{
    uid_t uid[3];
    gid_t gid[3];

    if (getresuid(&uid[0], &uid[1], &uid[2]) || getresgid(&gid[0], &gid[1], &gid[2])) {
        printf("getresuid:%s", strerror(errno));
        return;
    }
    print_three(uid[0], uid[1], uid[2]);
    putchar(':');
    print_three(gid[0], gid[1], gid[2]);
}

static int compare(const void *a, const void *b)
{
    gid_t one = *(const gid_t *)a, other = *(const gid_t *)b;

    return (one > other) - (one < other);
}

static void print_groups(void)
{
    int count = getgroups(sizeof groups / sizeof *groups, groups);

    if (count <= 0) {
        printf("%s", count ? strerror(errno) : "none");
        return;
    }
    qsort(groups, (size_t)count, sizeof *groups, compare);
    for (int i = 0; i < count; i++)
        printf("%s%u", i ? "," : "", groups[i]);
}

static uint64_t asked_bit_by_bit(int call, int question)
{
    uint64_t set = 0;

    for (unsigned long cap = 0; cap < 64; cap++) {
        int answer = call == PR_CAPBSET_READ ? prctl(call, cap) : prctl(call, question, cap, 0, 0);
        if (answer == 1)
            set |= UINT64_C(1) << cap;
    }
    return set;
}

static void print_caps(void)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    struct __user_cap_data_struct data[2] = {{0}};
    uint64_t set[4];

    if (syscall(SYS_capget, &header, data)) {
        printf("capget:%s", strerror(errno));
        return;
    }
    set[0] = data[0].inheritable | (uint64_t)data[1].inheritable << 32;
    set[1] = data[0].permitted | (uint64_t)data[1].permitted << 32;
    set[2] = data[0].effective | (uint64_t)data[1].effective << 32;
    set[3] = asked_bit_by_bit(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET);
    printf("%llx", (unsigned long long)set[0]);
    if (set[0] == set[1] && set[1] == set[2] && set[2] == set[3])
        return;
    for (int i = 1; i < 4; i++)
        printf(",%llx", (unsigned long long)set[i]);
}

static const char *variable(const char *name)
{
    const char *value = getenv(name);

    return value ? value : "unset";
}

static void print_fd1(void)
{
    struct stat status;

    if (fstat(1, &status))
        printf("fstat:%s", strerror(errno));
    else
        printf("%u:%u", status.st_uid, status.st_gid);
}

static void print_fds(void)
{
    int count = 0;

    for (int fd = 3; fd < 1024; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    printf("%d", count);
}

static void print_field(const char *field)
{
    mode_t mask;

    if (!strcmp(field, "ids")) {
        print_ids();
    } else if (!strcmp(field, "groups")) {
        print_groups();
    } else if (!strcmp(field, "caps")) {
        print_caps();
    } else if (!strcmp(field, "bnd")) {
        printf("%llx", (unsigned long long)asked_bit_by_bit(PR_CAPBSET_READ, 0));
    } else if (!strcmp(field, "nnp")) {
        printf("%d", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
    } else if (!strcmp(field, "seccomp")) {
        printf("%d", prctl(PR_GET_SECCOMP));
    } else if (!strcmp(field, "pid")) {
        printf("%d", (int)getpid());
    } else if (!strcmp(field, "home")) {
        printf("%s", variable("HOME"));
    } else if (!strcmp(field, "user")) {
        printf("%s/%s/%s", variable("USER"), variable("LOGNAME"), variable("SHELL"));
    } else if (!strcmp(field, "umask")) {
        mask = umask(0);
        umask(mask);
        printf("%04o", (unsigned)mask);
    } else if (!strcmp(field, "fd1")) {
        print_fd1();
    } else if (!strcmp(field, "fds")) {
        print_fds();
    } else {
        printf("?%s", field);
    }
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (i > 1)
            putchar(' ');
        print_field(argv[i]);
    }
    putchar('\n');
    return fflush(stdout) ? 1 : 0;
}
