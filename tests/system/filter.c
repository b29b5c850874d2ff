/*
 * filter ERROR CALL... -- COMMAND [ARG]...: runs COMMAND under a seccomp(2) filter that answers these system calls
 * itself: by that error, or by OK: success, and nothing is done. ERROR and CALL are names of the tables below, and
 * CALL=NUMBER is meant only where its first argument is that number.
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define RULES_MAX 16
#define LOW_WORD  (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 4 : 0)
#define LOAD(at)  BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (unsigned int)(at))

/* 32-bit machines have an older call of the first name. */
#ifdef SYS_setgroups32
#define NUMBER(name) SYS_##name##32
#else
#define NUMBER(name) SYS_##name
#endif

static const struct {
    const char *name;
    unsigned int number;
} calls[] = {{"setgroups", NUMBER(setgroups)}, {"setresgid", NUMBER(setresgid)},
             {"setresuid", NUMBER(setresuid)}, {"prctl", SYS_prctl},
             {"capget", SYS_capget},           {"capset", SYS_capset},
             {"socketpair", SYS_socketpair},   {"getsockopt", SYS_getsockopt}};

static const struct {
    const char *name;
    unsigned int number;
} errors[] = {{"OK", 0},
              {"EPERM", EPERM},
              {"EINVAL", EINVAL},
              {"ENOSYS", ENOSYS},
              {"EACCES", EACCES},
              {"EAFNOSUPPORT", EAFNOSUPPORT},
              {"EPROTONOSUPPORT", EPROTONOSUPPORT},
              {"EOPNOTSUPP", EOPNOTSUPP},
              {"ENOPROTOOPT", ENOPROTOOPT}};

static struct sock_filter code[6 * RULES_MAX + 1];
static unsigned short length;

static void add(struct sock_filter instruction)
{
    code[length++] = instruction;
}

/* Each rule loads what it compares; what it has nothing to say about goes on behind it. */
static int add_rule(const char *text, unsigned int error)
{
    size_t name = strcspn(text, "=");
    unsigned char has_argument = text[name] == '=';
    unsigned int argument = has_argument ? (unsigned int)strtol(text + name + 1, NULL, 10) : 0;

    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        if (strlen(calls[i].name) == name && memcmp(calls[i].name, text, name) == 0) {
            add((struct sock_filter)LOAD(offsetof(struct seccomp_data, nr)));
            add((struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, calls[i].number, 0, has_argument ? 3 : 1));
            if (has_argument) {
                add((struct sock_filter)LOAD(offsetof(struct seccomp_data, args) + LOW_WORD));
                add((struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, argument, 0, 1));
            }
            add((struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error));
            return 0;
        }
    }
    fprintf(stderr, "filter: no such call: %s\n", text);
    return 2;
}

int main(int argc, char *argv[])
{
    unsigned int error = ~0U;
    int next = 2;

    for (size_t i = 0; i < sizeof errors / sizeof *errors && argc > 1; i++) {
        error = strcmp(argv[1], errors[i].name) == 0 ? errors[i].number : error;
    }
    while (next < argc && next - 2 < RULES_MAX && strcmp(argv[next], "--") != 0) {
        if (add_rule(argv[next++], error) != 0) {
            return 2;
        }
    }
    if (error == ~0U || next + 1 >= argc || strcmp(argv[next], "--") != 0) {
        fprintf(stderr, "usage: filter ERROR CALL... -- COMMAND [ARG]...\n");
        return 2;
    }
    add((struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
    struct sock_fprog program = {.len = length, .filter = code};
    /* Who is not root may install one under no_new_privs alone; root under neither needs CAP_SYS_ADMIN. */
    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0 &&
        (prctl(PR_SET_NO_NEW_PRIVS, 1UL, 0UL, 0UL, 0UL) != 0 ||
         syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0)) {
        perror("filter: seccomp");
        return 2;
    }
    execvp(argv[next + 1], argv + next + 1);
    perror(argv[next + 1]);
    return 2;
}
