/* What the C library and the kernel may do, as far as the proof goes: driver.c says what that is. */
#include "__fc_builtin.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

/* What every file begins with, before its FILE_BYTES bytes of anything. */
extern const char *stub_prefix;
const char *stub_prefix = "";

static int left;
static const char *prefix;

int open(const char *path, int flags, ...)
{
    if (Frama_C_nondet(0, 1)) {
        errno = Frama_C_interval(1, 133);
        return -1;
    }
    left = FILE_BYTES;
    prefix = stub_prefix;
    return 3;
}

int fstat(int fd, struct stat *status)
{
    if (Frama_C_nondet(0, 1)) {
        errno = Frama_C_interval(1, 133);
        return -1;
    }
    status->st_mode = Frama_C_unsigned_int_interval(0, -1);
    status->st_size = Frama_C_long_interval(0, LONG_MAX);
    return 0;
}

ssize_t read(int fd, void *buffer, size_t count)
{
    if (*prefix != '\0') {
        size_t n = 0;
        for (; n < count && *prefix != '\0'; n++) {
            ((char *)buffer)[n] = *prefix++;
        }
        return (ssize_t)n;
    }
    if (left > 0 && Frama_C_nondet(0, 1)) {
        int n = Frama_C_interval(1, (size_t)left < count ? left : (int)count);
        //@ split n;
        Frama_C_make_unknown(buffer, n);
        left -= n;
        return n;
    }
    if (Frama_C_nondet(0, 1)) {
        errno = Frama_C_interval(1, 133);
        return -1;
    }
    return Frama_C_nondet(0, (int)count + 1);
}

int close(int fd)
{
    return Frama_C_nondet(0, -1);
}

void *memchr(const void *bytes, int byte, size_t count)
{
    const unsigned char *at = bytes;
    for (size_t i = 0; i < count; i++) {
        if (at[i] == (unsigned char)byte) {
            return (void *)(at + i);
        }
    }
    return NULL;
}

void *memrchr(const void *bytes, int byte, size_t count)
{
    const unsigned char *at = bytes;
    for (size_t i = count; i > 0; i--) {
        if (at[i - 1] == (unsigned char)byte) {
            return (void *)(at + i - 1);
        }
    }
    return NULL;
}

size_t strlen(const char *text)
{
    size_t length = 0;
    while (text[length] != '\0') {
        length++;
    }
    return length;
}
