/*
 * What libcap-ng does besides setting capabilities, it does by stdio and syslog(3): it reads /proc/PID/status, and
 * where that cannot be opened it asks the kernel by prctl(2); it logs what it could not do; it names capabilities that
 * it does not know. Here all reading goes to the kernel, every result is read back and reported by the caller, and an
 * unknown capability has no name. So the linker (--wrap) puts these in place of the functions, for libcap-ng alone:
 * the file never opens, and half of the C library stays out of a program that runs as root.
 */
#include <stddef.h>
#include <stdio.h>

FILE *__wrap_fopen(const char *path, const char *mode);
int __wrap___fsetlocking(FILE *stream, int type);
char *__wrap_fgets(char *text, int size, FILE *stream);
int __wrap_sscanf(const char *text, const char *format, ...);
int __wrap_fclose(FILE *stream);
int __wrap_snprintf(char *text, size_t size, const char *format, ...);
int __wrap_asprintf(char **text, const char *format, ...);
void __wrap_free(void *memory);
void __wrap_syslog(int priority, const char *format, ...);

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
