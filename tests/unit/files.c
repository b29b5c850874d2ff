#include "files.h"

#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* With the standard descriptors closed it is the lowest there is, as of the kernel. */
#define FIRST_FD (files.standard == NULL ? 0 : 1000)

int __wrap_open(const char *path, int flags, ...);
int __wrap_fstat(int fd, struct stat *status);
ssize_t __wrap_read(int fd, void *buffer, size_t size);
off_t __wrap_lseek(int fd, off_t offset, int whence);
int __wrap_close(int fd);
ssize_t __wrap_write(int fd, const void *bytes, size_t length);

struct files files;
struct written written;

static struct {
    const struct file *file; /* NULL: free */
    size_t at;
    int flags;
    mode_t mode;
} descriptors[8];

int __wrap_open(const char *path, int flags, ...)
{
    const struct file *file = NULL;

    for (size_t i = 0; file == NULL && i < files.count; i++) {
        file = strcmp(files.list[i].path, path) == 0 ? &files.list[i] : NULL;
    }
    if (file == NULL || file->open_error != 0) {
        errno = file == NULL ? ENOENT : file->open_error;
        return -1;
    }
    assert_true((flags & O_CLOEXEC) != 0);
    bool waits = (file->leased || S_ISFIFO(file->mode)) && (flags & (O_PATH | O_NONBLOCK)) == 0;
    if (file->leased && (flags & O_PATH) == 0 && (!waits || file->waited_error != 0)) {
        files.waited += waits;
        errno = waits ? file->waited_error : EAGAIN;
        return -1;
    }
    if (files.opened + 1 == files.fails) {
        files.opened++;
        errno = EMFILE;
        return -1;
    }
    for (size_t i = 0; i < COUNT(descriptors); i++) {
        if (descriptors[i].file == NULL) {
            descriptors[i].file = file;
            descriptors[i].at = 0;
            descriptors[i].flags = files.flags = flags;
            descriptors[i].mode = waits && file->waited_mode != 0 ? file->waited_mode : file->mode;
            files.waited += waits;
            files.opened++;
            files.open++;
            return FIRST_FD + (int)i;
        }
    }
    fail_msg("too many files are open");
    return -1;
}

static bool is_open(size_t slot)
{
    return slot < COUNT(descriptors) && descriptors[slot].file != NULL;
}

static size_t slot_of(int fd)
{
    size_t slot = (size_t)(fd - FIRST_FD);

    if (!is_open(slot)) {
        fail_msg("descriptor %d is not open", fd);
    }
    return slot;
}

int __wrap_fstat(int fd, struct stat *status)
{
    if (fd <= STDERR_FILENO && !is_open((size_t)(fd - FIRST_FD))) {
        if (files.standard == NULL || files.standard[fd].st_mode == 0) {
            errno = EBADF;
            return -1;
        }
        *status = files.standard[fd];
        return 0;
    }
    size_t slot = slot_of(fd);
    const struct file *file = descriptors[slot].file;

    if (file->stat_error != 0) {
        errno = file->stat_error;
        return -1;
    }
    *status = (struct stat){.st_mode = descriptors[slot].mode != 0 ? descriptors[slot].mode : S_IFREG | 0644,
                            .st_uid = file->uid,
                            .st_gid = file->gid,
                            .st_size = (off_t)(file->length + file->shrunk)};
    return 0;
}

ssize_t __wrap_read(int fd, void *buffer, size_t size)
{
    size_t slot = slot_of(fd);
    const struct file *file = descriptors[slot].file;
    size_t at = descriptors[slot].at;
    size_t end = file->length;

    if ((descriptors[slot].flags & O_PATH) != 0) {
        errno = EBADF;
        return -1;
    }
    if (file->read_error != 0) {
        if (at >= file->read_error_at) {
            errno = file->read_error;
            return -1;
        }
        end = file->read_error_at;
    }
    if (at < files.split && files.split < end) {
        end = files.split;
    }
    if (files.chunk > 0 && files.chunk < end - at) {
        end = at + files.chunk;
    }
    if (size < end - at) {
        end = at + size;
    }
    memcpy(buffer, file->text + at, end - at);
    if (end - at < size) {
        ((char *)buffer)[end - at] = '9'; /* what lies behind is nobody's */
    }
    descriptors[slot].at = end;
    return (ssize_t)(end - at + files.claim);
}

off_t __wrap_lseek(int fd, off_t offset, int whence)
{
    assert_true(fd <= STDERR_FILENO && offset == 0 && whence == SEEK_CUR);
    errno = files.seek_error != 0 ? files.seek_error : errno; /* what works leaves it alone */
    return files.seek_error != 0 ? -1 : 0;
}

int __wrap_close(int fd)
{
    if (fd == -1) { /* of a call that claimed to have opened something */
        errno = EBADF;
        return -1;
    }
    if (fd == FILES_SOCKET || fd == FILES_SOCKET + 1) {
        assert_true((files.sockets & 1U << (fd - FILES_SOCKET)) != 0);
        files.sockets &= ~(1U << (fd - FILES_SOCKET));
    } else {
        descriptors[slot_of(fd)].file = NULL;
    }
    files.open--;
    errno = EDOM; /* close may leave anything in errno: nobody may take it for the reason of something else */
    return 0;
}

void written_clear(void)
{
    written.error = 0;
    written.chunk = written.length = 0;
    written.nothing = false;
    written.fd = -1;
    written.text[0] = '\0';
}

ssize_t __wrap_write(int fd, const void *bytes, size_t length)
{
    written.fd = fd;
    if (written.error != 0) {
        errno = written.error;
        return -1;
    }
    if (written.nothing) {
        errno = EDOM; /* of another call */
        return 0;
    }
    if (written.chunk > 0 && written.chunk < length) {
        length = written.chunk;
    }
    assert_true(length < sizeof written.text - written.length);
    memcpy(written.text + written.length, bytes, length);
    written.length += length;
    written.text[written.length] = '\0';
    return (ssize_t)length;
}
