/* What the C library and the kernel may do, as far as the proof goes: driver.c says what that is. */
#include "reference.h"

#include "__fc_builtin.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

/* What every file begins with, before its FILE_BYTES bytes of anything. */
extern const char *stub_prefix;
const char *stub_prefix = "";

/* Two files can be open at a time. */
static struct {
    int open;
    int left;
    const char *prefix;
} state[2];

int open(const char *path, int flags, ...)
{
    if (Frama_C_nondet(0, 1)) {
        errno = Frama_C_interval(1, 133);
        return -1;
    }
    int i = state[0].open;
    state[i].open = 1;
    state[i].left = FILE_BYTES;
    state[i].prefix = stub_prefix;
    return 3 + i;
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
    int i = fd - 3;

    if (*state[i].prefix != '\0') {
        size_t n = 0;
        for (; n < count && *state[i].prefix != '\0'; n++) {
            ((char *)buffer)[n] = *state[i].prefix++;
        }
        return (ssize_t)n;
    }
    if (state[i].left > 0 && Frama_C_nondet(0, 1)) {
        int n = Frama_C_interval(1, (size_t)state[i].left < count ? state[i].left : (int)count);
        //@ split n;
        Frama_C_make_unknown(buffer, n);
        state[i].left -= n;
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
    state[fd - 3].open = 0;
    return Frama_C_nondet(0, -1);
}

/* reference.h: what a path of --group-add yields. */
bool reference_group(const char *path, bool allow_root, gid_t *gid, struct problem *problem)
{
    if (Frama_C_nondet(0, 1)) {
        *gid = Frama_C_unsigned_int_interval(0, UINT32_MAX);
        return true;
    }
    return PROBLEM(problem, .what = "--group-add", .subject = path, .error = Frama_C_interval(1, 133));
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
