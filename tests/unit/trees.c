#include "trees.h"

#include "unit.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#define DESCRIPTORS_MAX 512

int __wrap_open(const char *path, int flags, ...);
int __wrap_openat(int directory, const char *name, int flags, ...);
int __wrap_close(int fd);
ssize_t __wrap_read(int fd, void *buffer, size_t size);
off_t __wrap_lseek(int fd, off_t offset, int whence);
int __wrap_stat(const char *path, struct stat *status);
int __wrap_fstat(int fd, struct stat *status);
int __wrap_fstatat(int fd, const char *name, struct stat *status, int flags);
int __wrap_fstatfs(int fd, struct statfs *place);
ssize_t __wrap_readlinkat(int fd, const char *path, char *text, size_t size);
int __wrap_renameat(int from, const char *name, int to, const char *new_name);
int __wrap_fchownat(int fd, const char *path, uid_t uid, gid_t gid, int flags);
long __wrap_syscall(long number, ...);

struct trees trees;

static struct {
    bool open;
    size_t node;
    int flags;
    size_t at;      /* of a directory: the next entry */
    off_t position; /* and what that is told to be at */
    char text[128]; /* of a file in /proc */
    size_t watched; /* by inotify(7): this node, of which there had been so many events; 0: none is */
    unsigned events;
} descriptors[DESCRIPTORS_MAX];

void trees_clear(void)
{
    memset(&trees, 0, sizeof trees);
    memset(descriptors, 0, sizeof descriptors);
    trees.nodes[0] = (struct node){.name = "", .mode = S_IFDIR | 0755, .mount = 1};
    trees.count = 1;
    trees.type = 0x01021994; /* tmpfs */
    trees.descriptors = DESCRIPTORS_MAX;
}

size_t trees_add(size_t parent, const char *name, mode_t mode)
{
    assert_true(trees.count < NODES_MAX);
    trees.nodes[trees.count] =
        (struct node){.parent = parent, .name = name, .mode = mode, .mount = trees.nodes[parent].mount, .links = 1};
    return trees.count++;
}

size_t trees_add_of(size_t parent, const char *name, mode_t mode, uid_t uid, gid_t gid)
{
    size_t node = trees_add(parent, name, mode);

    trees.nodes[node].uid = uid;
    trees.nodes[node].gid = gid;
    return node;
}

static int give(size_t node, int flags)
{
    for (unsigned i = 0; i < trees.descriptors; i++) {
        if (!descriptors[i].open) {
            memset(&descriptors[i], 0, sizeof descriptors[i]);
            descriptors[i].open = true;
            descriptors[i].node = node;
            descriptors[i].flags = flags;
            trees.open++;
            return (int)i + trees.lowest;
        }
    }
    errno = EMFILE;
    return -1;
}

int trees_open(size_t node)
{
    return give(node, O_PATH);
}

size_t trees_node(int fd)
{
    assert_in_range(fd, trees.lowest, trees.lowest + DESCRIPTORS_MAX - 1);
    assert_true(descriptors[fd - trees.lowest].open);
    return descriptors[fd - trees.lowest].node;
}

/* Whether the call is to fail, with errno. */
static bool fails(const char *call, const char *name)
{
    if (trees.before != NULL) {
        trees.before(call, name);
    }
    if (trees.failing != NULL && (*trees.failing == '\0' || strcmp(trees.failing, call) == 0) &&
        ++trees.calls == trees.at) {
        errno = trees.error;
        return true;
    }
    return false;
}

/* The node of an entry, or of the directory itself; false with errno. */
static bool find(int directory, const char *name, size_t *node)
{
    size_t parent = trees_node(directory);

    assert_null(strchr(name, '/'));
    if (!S_ISDIR(trees.nodes[parent].mode) && *name != '\0') {
        errno = ENOTDIR;
        return false;
    }
    *node = parent;
    if (*name == '\0' || strcmp(name, ".") == 0) {
        return true;
    }
    if (strcmp(name, "..") == 0) {
        *node = trees.nodes[parent].parent;
        return true;
    }
    for (size_t i = 1; i < trees.count; i++) {
        if (trees.nodes[i].parent == parent && !trees.nodes[i].removed && strcmp(trees.nodes[i].name, name) == 0) {
            *node = i;
            return true;
        }
    }
    errno = ENOENT;
    return false;
}

int __wrap_open(const char *path, int flags, ...)
{
    int fd = -1;

    assert_true((flags & O_CLOEXEC) != 0);
    assert_int_equal(flags & O_ACCMODE, O_RDONLY);
    if (fails("open", path)) {
        return -1;
    }
    if (sscanf(path, "/proc/self/fdinfo/%d", &fd) == 1 && !trees.no_proc) {
        size_t node = trees_node(fd);
        int info = give(node, O_RDONLY);
        if (info >= 0) {
            (void)snprintf(descriptors[info - trees.lowest].text, sizeof descriptors[info - trees.lowest].text,
                           "pos:\t0\nflags:\t012000000\n%s:\t%lld\nino:\t%zu\n",
                           trees.no_mount_ids ? "mnt_no" : "mnt_id", trees.nodes[node].mount, node);
        }
        return info;
    }
    if (strcmp(path, "/proc/self/uid_map") == 0 && trees.uid_map != NULL) {
        fd = give(0, O_RDONLY);
        strcpy(descriptors[fd - trees.lowest].text, trees.uid_map);
        return fd;
    }
    if (strcmp(path, "/") == 0 || strcmp(path, ".") == 0) {
        return give(*path == '/' ? 0 : trees.working_directory, flags);
    }
    errno = ENOENT;
    return -1;
}

int __wrap_openat(int directory, const char *name, int flags, ...)
{
    size_t node = 0;

    assert_true((flags & O_CLOEXEC) != 0);
    assert_int_equal(flags & O_ACCMODE, O_RDONLY);
    assert_true((flags & O_NOFOLLOW) != 0 || strcmp(name, ".") == 0);
    assert_true((flags & O_PATH) != 0 || strcmp(name, "..") != 0);
    if (fails("openat", name) || !find(directory, name, &node)) {
        return -1;
    }
    if ((flags & O_DIRECTORY) != 0 && !S_ISDIR(trees.nodes[node].mode)) {
        errno = ENOTDIR;
        return -1;
    }
    /* Nothing but directories is ever opened for more than its path. */
    assert_true((flags & O_PATH) != 0 || S_ISDIR(trees.nodes[node].mode));
    trees.opened_paths += (flags & O_PATH) != 0;
    trees.opened_directories += (flags & O_PATH) == 0;
    return give(node, flags);
}

int __wrap_close(int fd)
{
    (void)trees_node(fd);
    descriptors[fd - trees.lowest].open = false;
    trees.open--;
    errno = EBADF; /* what is reported is not this */
    return 0;
}

ssize_t __wrap_read(int fd, void *buffer, size_t size)
{
    (void)trees_node(fd);
    if (fails("read", "")) {
        return -1;
    }
    if (descriptors[fd - trees.lowest].watched != 0) {
        errno = EAGAIN;
        return trees.nodes[descriptors[fd - trees.lowest].watched].events == descriptors[fd - trees.lowest].events ? -1
                                                                                                                   : 16;
    }
    size_t length = strlen(descriptors[fd - trees.lowest].text);
    length = length < size ? length : size;
    memcpy(buffer, descriptors[fd - trees.lowest].text, length);
    return (ssize_t)length;
}

off_t __wrap_lseek(int fd, off_t offset, int whence)
{
    assert_true(S_ISDIR(trees.nodes[trees_node(fd)].mode));
    assert_true(whence == SEEK_SET || (whence == SEEK_CUR && offset == 0));
    if (fails(whence == SEEK_SET ? "lseek" : "where", "")) {
        return -1;
    }
    if (whence == SEEK_CUR) {
        return descriptors[fd - trees.lowest].position;
    }
    trees.seeks++;
    descriptors[fd - trees.lowest].at = (size_t)offset;
    descriptors[fd - trees.lowest].position = offset;
    return offset;
}

static uint64_t inode_of(size_t node)
{
    if (trees.nodes[node].inode != 0) {
        return trees.nodes[node].inode;
    }
    if (trees.inode_1 == 0) {
        return node;
    }
    return node == 1 ? trees.inode_1 : node == trees.inode_1 ? 1 : node;
}

static void tell(size_t node, struct stat *status)
{
    const struct node *file = &trees.nodes[node];

    memset(status, 0, sizeof *status);
    status->st_mode = file->mode;
    status->st_uid = file->uid;
    status->st_gid = file->gid;
    status->st_nlink = S_ISDIR(file->mode) ? 2 : file->links;
    status->st_ino = inode_of(node);
    status->st_dev = 7;
    status->st_ctim = (struct timespec){.tv_sec = file->changed, .tv_nsec = file->events};
}

int __wrap_stat(const char *path, struct stat *status)
{
    assert_string_equal(path, "/");
    if (fails("stat", path)) {
        return -1;
    }
    tell(0, status);
    return 0;
}

int __wrap_fstat(int fd, struct stat *status)
{
    size_t node = trees_node(fd);

    if (fails("fstat", "")) {
        return -1;
    }
    tell(node, status);
    return 0;
}

int __wrap_fstatat(int fd, const char *name, struct stat *status, int flags)
{
    size_t node = 0;

    assert_int_equal(flags, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW);
    if (fails("fstatat", name) || !find(fd, name, &node)) {
        return -1;
    }
    tell(node, status);
    return 0;
}

int __wrap_fstatfs(int fd, struct statfs *place)
{
    (void)trees_node(fd);
    memset(place, 0, sizeof *place);
    place->f_type = trees.type;
    return fails("fstatfs", "") ? -1 : 0;
}

/* The path of a node, which ends where `end` is; where it begins. */
static char *path_of(size_t node, char *end)
{
    if (node == 0) {
        *--end = '/';
    }
    for (; node != 0; node = trees.nodes[node].parent) {
        size_t length = strlen(trees.nodes[node].name);
        end -= length;
        memcpy(end, trees.nodes[node].name, length);
        *--end = '/';
    }
    return end;
}

ssize_t __wrap_readlinkat(int fd, const char *path, char *text, size_t size)
{
    static char room[1 << 20];
    int of = -1;

    if (*path == '\0') {
        const char *link = trees.nodes[trees_node(fd)].link;
        size_t bytes = strlen(link) < size ? strlen(link) : size;
        memcpy(text, link, bytes);
        return (ssize_t)bytes;
    }
    assert_int_equal(fd, AT_FDCWD);
    assert_int_equal(sscanf(path, "/proc/self/fd/%d", &of), 1);
    assert_int_equal(size, 4096);
    size_t node = trees_node(of);
    if (fails("readlinkat", path)) {
        return -1;
    }
    if (trees.no_proc) {
        errno = ENOENT;
        return -1;
    }
    char *end = room + sizeof room - 16;
    const char *start = path_of(node, end);
    strcpy(end, trees.nodes[node].removed ? " (deleted)" : "");
    size_t length = strlen(start);
    if (length >= 4096 && !trees.long_paths) {
        errno = ENAMETOOLONG;
        return -1;
    }
    length = length < size ? length : size;
    memcpy(text, start, length);
    return (ssize_t)length;
}

/* A name to itself: it waits for who else changes the directory, which is what `before` can be. */
int __wrap_renameat(int from, const char *name, int to, const char *new_name)
{
    size_t node = 0;

    assert_int_equal(from, to);
    assert_string_equal(name, new_name);
    return fails("renameat", name) || !find(from, name, &node) ? -1 : 0;
}

int __wrap_fchownat(int fd, const char *path, uid_t uid, gid_t gid, int flags)
{
    struct node *file = &trees.nodes[trees_node(fd)];

    assert_string_equal(path, "");
    assert_int_equal(flags, AT_EMPTY_PATH);
    if (fails("fchownat", file->name)) {
        return -1;
    }
    if (uid == (uid_t)-1) {
        file->gid = gid;
        errno = EOVERFLOW;
        return file->unmapped ? -1 : 0;
    }
    trees.changes++;
    if (!trees.lies) {
        file->uid = uid;
        file->gid = gid;
        file->changed++;
        file->when = trees.changes;
    }
    return 0;
}

static long give_statx(int fd, const char *name, int flags, unsigned mask, struct statx *answer)
{
    size_t node = 0;

    if (mask == 0) {
        assert_int_equal(flags, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC);
    } else {
        assert_int_equal(flags, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT);
        assert_int_equal(mask, STATX_TYPE | STATX_MODE | STATX_NLINK | STATX_UID | STATX_GID |
                                   (*name == '\0' ? STATX_CTIME : 0));
    }
    if (trees.statx_error != 0) {
        errno = trees.statx_error;
        return -1;
    }
    trees.looks++;
    if (fails("statx", name) || !find(fd, name, &node)) {
        return -1;
    }
    const struct node *file = &trees.nodes[node];
    if (mask != 0 && file->denies != 0) {
        errno = file->denies;
        return -1;
    }
    memset(answer, 0x5a, sizeof *answer);
    answer->stx_mask = mask;
    answer->stx_ino = inode_of(node);
    answer->stx_mode = (uint16_t)file->mode;
    answer->stx_uid = file->uid;
    answer->stx_gid = file->gid;
    if ((mask & STATX_CTIME) != 0) {
        answer->stx_ctime.tv_sec = file->changed;
        answer->stx_ctime.tv_nsec = file->events;
    }
    answer->stx_nlink = S_ISDIR(file->mode) ? 2 : file->links;
    /* All the others are known, and set. */
    answer->stx_attributes_mask = ~(trees.no_mount_roots ? UINT64_C(0x2000) : 0);
    answer->stx_attributes =
        ~(trees.no_mount_roots || trees.nodes[file->parent].mount == file->mount ? UINT64_C(0x2000) : 0);
    return 0;
}

static unsigned char type_of(const struct node *file)
{
    return trees.unknown_types ? DT_UNKNOWN : (unsigned char)IFTODT(file->mode);
}

/* The entry at a place of a directory: "." and ".." come first. False at the end. */
static bool entry_at(size_t directory, size_t *at, const char **name, unsigned char *type)
{
    if (*at < 2) {
        *name = *at == 0 ? "." : "..";
        *type = DT_DIR;
        return true;
    }
    while (*at - 1 < trees.count) {
        const struct node *file = &trees.nodes[*at - 1];
        if (file->parent == directory && !file->removed) {
            *name = file->name;
            *type = type_of(file);
            return true;
        }
        (*at)++;
    }
    return false;
}

static size_t first_below(size_t directory)
{
    size_t node = 1;

    while (trees.nodes[node].parent != directory) {
        node++;
    }
    return node;
}

static long give_entries(int fd, char *buffer, size_t size)
{
    size_t directory = trees_node(fd);
    size_t used = 0;
    const char *name = NULL;
    unsigned char type = 0;

    assert_int_equal(descriptors[fd - trees.lowest].flags & (O_PATH | O_DIRECTORY), O_DIRECTORY);
    if (fails("getdents64", "")) {
        return -1;
    }
    trees.reads++;
    if (trees.nodes[directory].removed) {
        errno = ENOENT;
        return -1;
    }
    for (size_t n = 0; trees.chunk == 0 || n < trees.chunk; n++) {
        size_t at = descriptors[fd - trees.lowest].at;
        if (!entry_at(directory, &at, &name, &type)) {
            break;
        }
        size_t length = (offsetof(struct dirent64, d_name) + strlen(name) + 1 + 7) / 8 * 8;
        if (used + length > size) {
            break;
        }
        struct dirent64 *entry = (void *)(buffer + used);
        entry->d_ino = at < 2 ? NODES_MAX : inode_of(trees.other_inodes ? first_below(directory) : at - 1);
        entry->d_type = type;
        strcpy(entry->d_name, name);
        size_t next = at + 1;
        const bool more = entry_at(directory, &next, &name, &type);
        entry->d_off = (off_t)(trees.share > 0 && more ? (at + 1) / trees.share * trees.share : at + 1);
        entry->d_reclen = trees.no_lengths ? 0 : (unsigned short)length;
        used += length;
        descriptors[fd - trees.lowest].at = at + 1;
        descriptors[fd - trees.lowest].position = entry->d_off;
    }
    return (long)used;
}

long __wrap_syscall(long number, ...)
{
    va_list list;
    long result = 0;

    if (number == SYS_getcwd) {
        errno = ENOENT;
        return -1;
    }
    va_start(list, number);
    int fd = va_arg(list, int);
    if (number == SYS_inotify_init1) {
        assert_int_equal(fd, IN_NONBLOCK | IN_CLOEXEC);
        result = fails("inotify_init1", "") ? -1 : give(0, O_RDONLY);
    } else if (number == SYS_inotify_add_watch) {
        int of = -1;
        const char *path = va_arg(list, const char *);
        assert_int_equal(va_arg(list, int), IN_ATTRIB);
        assert_int_equal(sscanf(path, "/proc/self/fd/%d", &of), 1);
        descriptors[fd - trees.lowest].watched = trees_node(of);
        descriptors[fd - trees.lowest].events = trees.nodes[trees_node(of)].events;
        errno = ENOENT;
        result = fails("inotify_add_watch", "") || trees.no_proc ? -1 : 1;
    } else if (number == SYS_statx) {
        const char *name = va_arg(list, const char *);
        int flags = va_arg(list, int);
        unsigned mask = va_arg(list, unsigned);
        result = give_statx(fd, name, flags, mask, va_arg(list, struct statx *));
    } else {
        assert_int_equal(number, SYS_getdents64);
        char *buffer = va_arg(list, char *);
        result = give_entries(fd, buffer, va_arg(list, size_t));
    }
    va_end(list);
    return result;
}
