/*
 * What the program links in place of parts of the C library. It belongs to the musl build alone.
 * What a program defines, the linker does not take from an archive.
 *
 * First, for libcap-ng: what it does besides setting capabilities it does by files and stdio. It reads
 * /proc/PID/status and cap_last_cap, and where those cannot be opened asks the kernel by prctl(2); it makes up names
 * for capabilities that it does not know. Here all reading goes to the kernel, every result is read back and reported
 * by the caller, and an unknown capability has no name. The files never open, and half of the C library stays out of a
 * program that runs as root.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

/*
 * Nothing is opened here that the command could inherit. Only libcap-ng tries, for the number of the last capability:
 * without the file it finds that by prctl(2) too. Nothing is created here either, so there is no mode.
 */
int open(const char *path, int flags, ...)
{
    if ((flags & O_CLOEXEC) == 0) {
        errno = EACCES;
        return -1;
    }
    return (int)syscall(SYS_openat, AT_FDCWD, path, flags | O_LARGEFILE);
}

FILE *fopen(const char *restrict path, const char *restrict mode)
{
    (void)path;
    (void)mode;
    return NULL;
}

/* The next five take a file that is open, or its text: they cannot be reached. */

int __fsetlocking(FILE *stream, int type)
{
    (void)stream;
    (void)type;
    __builtin_trap();
}

char *fgets(char *restrict text, int size, FILE *restrict stream)
{
    (void)text;
    (void)size;
    (void)stream;
    __builtin_trap();
}

int sscanf(const char *restrict text, const char *restrict format, ...)
{
    (void)text;
    (void)format;
    __builtin_trap();
}

int fclose(FILE *stream)
{
    (void)stream;
    __builtin_trap();
}

unsigned long strtoul(const char *restrict text, char **restrict end, int base)
{
    (void)text;
    (void)end;
    (void)base;
    __builtin_trap();
}

/* Not called, these four. But musl's would bring streams, and what locks and writes them at the end. */

int printf(const char *restrict format, ...)
{
    (void)format;
    __builtin_trap();
}

int sprintf(char *restrict text, const char *restrict format, ...)
{
    (void)text;
    (void)format;
    __builtin_trap();
}

struct passwd *getpwuid(uid_t uid)
{
    (void)uid;
    __builtin_trap();
}

int initgroups(const char *user, gid_t group)
{
    (void)user;
    (void)group;
    __builtin_trap();
}

/* Paths for fopen, and names of unknown capabilities: an empty text serves both. */
int snprintf(char *restrict text, size_t size, const char *restrict format, ...)
{
    (void)format;
    if (size > 0) {
        text[0] = '\0';
    }
    return 0;
}

int asprintf(char **restrict text, const char *restrict format, ...)
{
    (void)text;
    (void)format;
    return -1;
}

/* Of what asprintf never gave; nothing else is allocated. */
void free(void *memory)
{
    (void)memory;
}

/*
 * Second, the calls that change IDs. musl's make every thread of the process call, which blocks and unblocks all
 * signals around each; there is one thread here, and the system call is all there is to do. On 32-bit architectures
 * the plain numbers take 16-bit IDs, setresuid(2).
 */
#ifdef SYS_setresuid32
#define SETGROUPS SYS_setgroups32
#define SETRESGID SYS_setresgid32
#define SETRESUID SYS_setresuid32
#else
#define SETGROUPS SYS_setgroups
#define SETRESGID SYS_setresgid
#define SETRESUID SYS_setresuid
#endif

int setgroups(size_t count, const gid_t groups[])
{
    return (int)syscall(SETGROUPS, count, groups);
}

int setresgid(gid_t real, gid_t effective, gid_t saved)
{
    return (int)syscall(SETRESGID, real, effective, saved);
}

int setresuid(uid_t real, uid_t effective, uid_t saved)
{
    return (int)syscall(SETRESUID, real, effective, saved);
}

/*
 * Third, calls of which musl's do more than is asked for here: openat(2) there is a place where a thread may be
 * cancelled, readlinkat(2) there takes a buffer of no bytes, fcntl(2) there knows all its commands, fchown(2) and
 * fchmod(2) there go by /proc for a descriptor that is O_PATH, and socketpair(2) there makes up for old kernels.
 */
int openat(int directory, const char *path, int flags, ...)
{
    mode_t mode = 0;

    if ((flags & O_CREAT) != 0) {
        va_list rest;
        va_start(rest, flags);
        mode = va_arg(rest, mode_t);
        va_end(rest);
    }
    return (int)syscall(SYS_openat, directory, path, flags | O_LARGEFILE, mode);
}

ssize_t readlinkat(int directory, const char *restrict path, char *restrict text, size_t size)
{
    return syscall(SYS_readlinkat, directory, path, text, size);
}

#ifdef SYS_fcntl64
#define FCNTL SYS_fcntl64
#else
#define FCNTL SYS_fcntl
#endif

/* The callers here give it an argument, always. */
int fcntl(int fd, int command, ...)
{
    va_list rest;

    va_start(rest, command);
    long argument = va_arg(rest, long);
    va_end(rest);
    return (int)syscall(FCNTL, fd, command, argument);
}

#ifdef SYS_fchown32
#define FCHOWN SYS_fchown32
#else
#define FCHOWN SYS_fchown
#endif

int fchown(int fd, uid_t uid, gid_t gid)
{
    return (int)syscall(FCHOWN, fd, uid, gid);
}

int fchmod(int fd, mode_t mode)
{
    return (int)syscall(SYS_fchmod, fd, mode);
}

int socketpair(int domain, int type, int protocol, int pair[2])
{
    return (int)syscall(SYS_socketpair, domain, type, protocol, pair);
}

/* Fourth, searches for which musl makes a table of 256 bits: the sets and the texts are short here. */

size_t strspn(const char *text, const char *set)
{
    size_t length = 0;

    while (text[length] != '\0' && strchr(set, text[length]) != NULL) {
        length++;
    }
    return length;
}

size_t strcspn(const char *text, const char *set)
{
    size_t length = 0;

    while (text[length] != '\0' && strchr(set, text[length]) == NULL) {
        length++;
    }
    return length;
}
