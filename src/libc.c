/*
 * What the program links in place of parts of the C library. It belongs to the musl build alone.
 *
 * First, for libcap-ng: what it does besides setting capabilities it does by stdio and syslog(3). It reads
 * /proc/PID/status, and where that cannot be opened asks the kernel by prctl(2); it logs what it could not do; it names
 * capabilities that it does not know. Here all reading goes to the kernel, every result is read back and reported by
 * the caller, and an unknown capability has no name. So the linker (--wrap) puts the following in place of the
 * functions: the file never opens, and half of the C library stays out of a program that runs as root.
 */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

int __wrap_open(const char *path, int flags, ...);
FILE *__wrap_fopen(const char *path, const char *mode);
int __wrap___fsetlocking(FILE *stream, int type);
char *__wrap_fgets(char *text, int size, FILE *stream);
int __wrap_sscanf(const char *text, const char *format, ...);
int __wrap_fclose(FILE *stream);
int __wrap_snprintf(char *text, size_t size, const char *format, ...);
int __wrap_asprintf(char **text, const char *format, ...);
void __wrap_free(void *memory);
void __wrap_syslog(int priority, const char *format, ...);

/*
 * Nothing is opened here that the command could inherit. Only libcap-ng tries, for the number of the last capability:
 * without the file it finds that by prctl(2) too. Nothing is created here either, so there is no mode.
 */
int __wrap_open(const char *path, int flags, ...)
{
    if ((flags & O_CLOEXEC) == 0) {
        errno = EACCES;
        return -1;
    }
    return (int)syscall(SYS_openat, AT_FDCWD, path, flags | O_LARGEFILE);
}

FILE *__wrap_fopen(const char *path, const char *mode)
{
    (void)path;
    (void)mode;
    return NULL;
}

/* The next four take a file that is open, or its text: they cannot be reached. */

int __wrap___fsetlocking(FILE *stream, int type)
{
    (void)stream;
    (void)type;
    __builtin_trap();
}

char *__wrap_fgets(char *text, int size, FILE *stream)
{
    (void)text;
    (void)size;
    (void)stream;
    __builtin_trap();
}

int __wrap_sscanf(const char *text, const char *format, ...)
{
    (void)text;
    (void)format;
    __builtin_trap();
}

int __wrap_fclose(FILE *stream)
{
    (void)stream;
    __builtin_trap();
}

/* Paths for fopen and text for syslog: an empty text serves both. */
int __wrap_snprintf(char *text, size_t size, const char *format, ...)
{
    (void)format;
    if (size > 0) {
        text[0] = '\0';
    }
    return 0;
}

int __wrap_asprintf(char **text, const char *format, ...)
{
    (void)text;
    (void)format;
    return -1;
}

/* Of what __wrap_asprintf never gave. */
void __wrap_free(void *memory)
{
    (void)memory;
}

void __wrap_syslog(int priority, const char *format, ...)
{
    (void)priority;
    (void)format;
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

int setgroups(size_t count, const gid_t groups[]);

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
 * Third, two calls of which musl's do more than is asked for here: openat(2) there is a place where a thread may be
 * cancelled, and readlinkat(2) there takes a buffer of no bytes. Nothing is created here, so there is no mode.
 */
int openat(int directory, const char *path, int flags, ...)
{
    return (int)syscall(SYS_openat, directory, path, flags | O_LARGEFILE);
}

ssize_t readlinkat(int directory, const char *restrict path, char *restrict text, size_t size)
{
    return syscall(SYS_readlinkat, directory, path, text, size);
}
