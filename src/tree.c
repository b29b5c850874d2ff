#include "tree.h"

#include "spec.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SWAPPED "it was swapped while it was looked at"
#define UNSURE  "neither the kernel nor /proc tells what it is"
#define REMOVED "its name has been removed or changed, or ends in ' (deleted)'"

const char tree_linked[] = "it is not the user's, and has other hard links";

/* What statx(2) answers, and the bits of it that are used here: not every C library has them. */
struct look {
    uint32_t mask, block_size;
    uint64_t attributes;
    uint32_t links, uid, gid;
    uint16_t mode, unused;
    uint64_t inode, size, blocks, known;
    uint64_t accessed[2], born[2], changed[2]; /* seconds, and nanoseconds in 32 bits of the other */
    uint64_t rest[18];
};
#define ASK        0x1fU                /* type, mode, links, uid, gid */
#define ASK_CHANGE 0x80U                /* when it changed last */
#define MOUNT_ROOT UINT64_C(0x00002000) /* attribute: the root of a mount; known from Linux 5.8 on */

/* An entry of a directory, getdents(2). */
struct entry {
    uint64_t inode;
    int64_t position; /* of the next one */
    uint16_t length;  /* bytes of this one */
    uint8_t type;
    char name[];
};

/* One look at an entry of a directory, or at what is open as `fd` where `name` is "". */
static bool look(int fd, const char *name, struct look *seen)
{
    const int flags = AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW;
    const unsigned ask = *name == '\0' ? ASK | ASK_CHANGE : ASK;
    struct stat status;

    if (syscall(SYS_statx, fd, name, flags | AT_NO_AUTOMOUNT, ask, seen) == 0) {
        return true;
    }
    /* Linux before 4.11, a filter that is as old, and gVisor, which does not know all flags. */
    if ((errno != ENOSYS && errno != EPERM && errno != EINVAL) || fstatat(fd, name, &status, flags) != 0) {
        return false;
    }
    seen->mode = (uint16_t)status.st_mode;
    seen->inode = status.st_ino;
    seen->links = status.st_nlink > 1 ? 2 : (uint32_t)status.st_nlink;
    seen->uid = status.st_uid;
    seen->gid = status.st_gid;
    seen->attributes = seen->known = 0;
    seen->changed[0] = (uint64_t)status.st_ctim.tv_sec;
    seen->changed[1] = (uint64_t)status.st_ctim.tv_nsec;
    return true;
}

/* Whether an entry is the root of a mount, although it cannot be looked at: FUSE denies that to root, too. */
static bool is_closed_mount(int fd, const char *name, struct look *seen)
{
    const int flags = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC;

    return syscall(SYS_statx, fd, name, flags, 0, seen) == 0 && (seen->attributes & MOUNT_ROOT) != 0;
}

/* Writes the path in `folder`, which ends in a slash, of what proc(5) has of a descriptor. */
static void proc_path(char *text, const char *folder, int fd)
{
    size_t length = strlen(folder);

    memcpy(text, folder, length);
    (void)spec_format((uint32_t)fd, text + length);
}

/* The mount that a file is on, plus 1, by proc(5); 0 where that does not tell. */
static uint32_t mount_of(int fd)
{
    static const char label[] = "mnt_id:\t";
    char text[512];
    uint32_t id = 0;

    proc_path(text, "/proc/self/fdinfo/", fd);
    int info = open(text, O_RDONLY | O_CLOEXEC);
    ssize_t length = info >= 0 ? read(info, text, sizeof text - 1) : -1;
    if (info >= 0) {
        (void)close(info); /* it was only read */
    }
    text[length > 0 ? length : 0] = '\0';
    const char *line = strchr(text, label[0]); /* the lines before have no such letter */
    if (line == NULL || strncmp(line, label, strlen(label)) != 0) {
        return 0;
    }
    line += strlen(label);
    return spec_number(line, strcspn(line, "\n"), UINT32_MAX - 1, &id) ? id + 1 : 0;
}

static bool reads_right(const struct tree *tree, const struct look *seen)
{
    return seen->uid == tree->uid && seen->gid == tree->gid;
}

static bool is_right(const struct tree *tree, const struct look *seen)
{
    return !tree->doubtful && reads_right(tree, seen);
}

static bool fail(struct tree *tree, const char *why)
{
    tree->why = why;
    return false;
}

size_t tree_path(int fd, char *path)
{
    char link[32];

    proc_path(link, "/proc/self/fd/", fd);
    ssize_t length = readlinkat(AT_FDCWD, link, path, TREE_PATH_ROOM);
    return length > 0 && (size_t)length < TREE_PATH_ROOM ? (size_t)length : 0;
}

/* Whether root alone can add and remove names in the present directory, now. */
static bool look_if_closed(const struct tree *tree, struct look *seen)
{
    return look(tree->fd, "", seen) && seen->uid == 0 && (seen->mode & (S_IWGRP | S_IWOTH)) == 0;
}

/*
 * Whether root alone can add and remove names in the present directory, so that the number of a file's links stays what
 * it is. (Who else may write has a write bit; an access control list shows its mask in the group's.) A directory of
 * another user's, that its owner alone can write to, is root's from here on: that is three calls more for all that is
 * in it, where is_there() takes three for each. Not so where a file will be refused, because no mount can be told.
 */
static void close_for_others(struct tree *tree)
{
    struct look seen = {.uid = tree->uid};

    if (tree->closed_known) {
        return;
    }
    tree->closed = look_if_closed(tree, &seen);
    if (!tree->closed && seen.uid != tree->uid && (seen.mode & (S_IWGRP | S_IWOTH)) == 0 &&
        ((seen.known & MOUNT_ROOT) != 0 || tree->mount != 0)) {
        tree->closed = fchownat(tree->fd, "", 0, seen.gid, AT_EMPTY_PATH) == 0 && look_if_closed(tree, &seen);
    }
    memcpy(tree->changed, seen.changed, sizeof tree->changed);
    tree->closed_known = true;
}

/*
 * After the look at a file: whether that held all the while. Another start may have given the directory to the user
 * meanwhile; a third may have closed it again, which its time of change tells, as it tells of each name that came or
 * went.
 */
static bool is_closed_still(struct tree *tree)
{
    struct look seen;

    if (tree->closed && tree->fd >= 0) {
        tree->closed = look_if_closed(tree, &seen) && memcmp(tree->changed, seen.changed, sizeof tree->changed) == 0;
    }
    return tree->closed;
}

/*
 * The kernel takes a link away first and the name a moment later, with the directory locked. To rename a name to itself
 * does nothing but wait for that lock. False with errno: ENOENT if the name is not there.
 */
static bool settle(const struct tree *tree, const char *name)
{
    return renameat(tree->fd, name, tree->fd, name) == 0;
}

/*
 * is_there() where the path is too long for proc(5): the name leads to the file, which has one link, and while that is
 * looked at, no link comes or goes, inotify(7). The first wait is for who began before, the second for who has begun.
 */
static bool is_sole(struct tree *tree, int fd, const char *name, uint64_t inode)
{
    char text[TREE_NAME_ROOM];
    struct look seen;
    int watch = (int)syscall(SYS_inotify_init1, IN_NONBLOCK | IN_CLOEXEC);

    proc_path(text, "/proc/self/fd/", fd);
    if (watch < 0 || syscall(SYS_inotify_add_watch, watch, text, IN_ATTRIB) < 0) {
        return fail(tree, UNSURE);
    }
    bool good = settle(tree, name) && look(tree->fd, name, &seen) && seen.inode == inode && seen.links == 1 &&
                settle(tree, name) && read(watch, text, sizeof text) < 0 && errno == EAGAIN;
    (void)close(watch); /* it was only read */
    return good || fail(tree, REMOVED);
}

/*
 * Whether the name by which `fd` was opened is still there, in the present directory. If not, the one link that the
 * file has may be a name outside of the tree, and the second, by which it was opened, has been removed since. Once
 * removed, the name that a descriptor has in proc(5) stays removed,
 * whatever is linked there anew, and is shown with a mark that no name here may end in.
 */
static bool is_there(struct tree *tree, int fd, const char *name, uint64_t inode)
{
    static const char mark[] = " (deleted)";
    char directory[TREE_PATH_ROOM];
    size_t length = strlen(name);

    if (!settle(tree, name) && errno != ENOENT) {
        return false;
    }
    size_t all = tree_path(fd, tree->path);
    size_t first = tree_path(tree->fd, directory);
    if (all == 0 || first == 0) {
        return is_sole(tree, fd, name, inode);
    }
    first -= first == 1; /* "/" */
    bool marked = length >= strlen(mark) && strcmp(name + length - strlen(mark), mark) == 0;
    return (!marked && all == first + 1 + length && tree->path[first] == '/' &&
            memcmp(tree->path, directory, first) == 0 && memcmp(tree->path + first + 1, name, length) == 0) ||
           fail(tree, REMOVED);
}

/* Gives what is open as `fd`, and was looked at so, to the user. A file is the entry `name` of the present directory.
 */
static bool change(struct tree *tree, int fd, const char *name, struct look *seen)
{
    if (is_right(tree, seen)) {
        return true;
    }
    /*
     * What reads right is given to whom it belongs, whatever its other links are. But if its owner only reads so, an
     * idmapped mount may let root give it away: there the kernel refuses to change the group alone.
     */
    if (!S_ISDIR(seen->mode) && (!reads_right(tree, seen) ||
                                 (fchownat(fd, "", (uid_t)-1, tree->gid, AT_EMPTY_PATH) != 0 && errno == EOVERFLOW))) {
        if (seen->links > 1) {
            return fail(tree, tree_linked);
        }
        if (!is_closed_still(tree) && !is_there(tree, fd, name, seen->inode)) {
            if (!look(fd, "", seen) || seen->links > 0) {
                return false;
            }
            tree->why = NULL;
            return true; /* it has vanished */
        }
    }
    return fchownat(fd, "", tree->uid, tree->gid, AT_EMPTY_PATH) == 0 || errno == ENOENT;
}

static struct tree_level *level_of(struct tree *tree)
{
    return &tree->levels[tree->depth % TREE_LEVELS];
}

static bool is_level(const struct tree *tree, int fd)
{
    return (tree->open[fd / 8] & 1U << fd % 8) != 0;
}

/* The present directory is to be read, from where it was left, and that entry passed over; 0: none. */
static void read_again(struct tree *tree, uint64_t inode)
{
    struct tree_level *level = level_of(tree);

    level->depth = tree->depth;
    level->fd = tree->fd;
    level->next = level->end = 0;
    level->inode = inode;
}

/* Goes into a directory. The level that it takes the memory from is left to be read again. */
static bool push(struct tree *tree, int fd)
{
    const struct tree_level *level = &tree->levels[(tree->depth + 1) % TREE_LEVELS];

    if ((unsigned)fd >= TREE_DESCRIPTORS || (tree->depth > 0 && fd < tree->fd)) {
        errno = EMFILE;
        return false;
    }
    if (level->depth != 0 && level->next < level->end && lseek(level->fd, level->position, SEEK_SET) < 0) {
        return false;
    }
    tree->open[fd / 8] |= (uint8_t)(1U << fd % 8);
    tree->fd = fd;
    tree->depth++;
    tree->closed_known = false;
    read_again(tree, 0);
    return true;
}

/*
 * Leaves a directory for the one above it. That is never "..", which may be somewhere else by now: it has stayed open,
 * and is the next lower descriptor of a level, because open(2) gives the lowest that is free.
 */
static void pop(struct tree *tree, uint64_t inode)
{
    level_of(tree)->depth = 0;
    tree->open[tree->fd / 8] &= (uint8_t) ~(1U << tree->fd % 8);
    (void)close(tree->fd); /* it was only read */
    if (--tree->depth == 0) {
        return;
    }
    do {
        tree->fd--;
    } while (!is_level(tree, tree->fd));
    tree->closed_known = false;
    if (level_of(tree)->depth != tree->depth) {
        read_again(tree, inode);
        level_of(tree)->position = lseek(tree->fd, 0, SEEK_CUR);
    }
}

/* Deals with what is open as `fd`, and was looked at so: goes into a directory, and closes anything else. */
static bool enter_or_change(struct tree *tree, int fd, const char *name, struct look *seen)
{
    bool elsewhere = (seen->attributes & MOUNT_ROOT) != 0;

    if ((seen->known & MOUNT_ROOT) == 0) {
        uint32_t mount = mount_of(fd);
        if (mount == 0 || tree->mount == 0) {
            return fail(tree, UNSURE);
        }
        elsewhere = mount != tree->mount;
    }
    if (S_ISDIR(seen->mode) && !elsewhere) {
        return push(tree, fd);
    }
    tree->changing = !elsewhere && !is_right(tree, seen);
    if (!elsewhere && !change(tree, fd, name, seen)) {
        return false;
    }
    (void)close(fd); /* nothing was written by it */
    return true;
}

/* Deals with an entry of the present directory. */
static bool visit(struct tree *tree, const struct entry *entry)
{
    const char *name = entry->name;
    struct look seen;
    bool directory = false;

    /* A look by name is enough for what is right already. What is likely to change is opened in its place. */
    if (!tree->changing || entry->type == DT_DIR || entry->type == DT_UNKNOWN) {
        if (!look(tree->fd, name, &seen)) {
            const int error = errno;
            if (error == ENOENT || is_closed_mount(tree->fd, name, &seen)) {
                return true;
            }
            errno = error;
            return false;
        }
        directory = S_ISDIR(seen.mode);
        if ((seen.attributes & MOUNT_ROOT) != 0 || (!directory && is_right(tree, &seen))) {
            return true;
        }
    }
    if (!directory) {
        close_for_others(tree); /* before the file is looked at by its descriptor */
    }
    /* From here on by descriptor: the name may lead to something else by now. */
    int fd = openat(tree->fd, name, O_NOFOLLOW | O_CLOEXEC | (directory ? O_RDONLY | O_DIRECTORY : O_PATH));
    if (fd < 0) {
        return errno == ENOENT || fail(tree, errno == ENOTDIR ? SWAPPED : NULL);
    }
    if (!look(fd, "", &seen)) {
        return false;
    }
    return S_ISDIR(seen.mode) == directory ? enter_or_change(tree, fd, name, &seen) : fail(tree, SWAPPED);
}

/* Whether an entry of the present directory is a directory of it with that inode. */
static bool is_left(const struct tree *tree, const char *name, uint64_t inode)
{
    struct look seen;

    return look(tree->fd, name, &seen) && seen.inode == inode && S_ISDIR(seen.mode) &&
           (seen.attributes & MOUNT_ROOT) == 0;
}

/*
 * Reads on in the present directory. False with errno; at the end there is nothing to deal with.
 *
 * Names can share a position, ext4(5) with its hashes: where one of them has been left, all of them come again. That
 * shows: each but the last says that the next one is where they were sought. Only among these it is looked for, and by
 * their names: what getdents(2) says of inodes need not be what statx(2) says, as in an overlay. It need not be there:
 * its position can be the one before, or it is gone.
 */
static bool fill(struct tree *tree, struct tree_level *level)
{
    long length = syscall(SYS_getdents64, tree->fd, level->entries, sizeof level->entries);
    bool more = level->inode != 0;

    level->next = 0;
    level->end = length > 0 ? (size_t)length : 0;
    for (size_t at = 0; more && at < level->end;) {
        const struct entry *entry = (const void *)(level->entries + at);
        more = entry->position == level->position && entry->length > 0;
        if (!more && at == 0) {
            break;
        }
        at += entry->length;
        if (is_left(tree, entry->name, level->inode)) {
            level->next = at;
            more = false;
        }
    }
    level->inode = 0;
    if (more && level->end > 0) { /* as many as are read at once, and it may be behind them */
        errno = EIO;
        return false;
    }
    return length >= 0 || errno == ENOENT;
}

/* The present directory, after all that is in it. */
static bool finish(struct tree *tree)
{
    struct look seen;

    if (!look(tree->fd, "", &seen) || !change(tree, tree->fd, "", &seen)) {
        return false;
    }
    pop(tree, seen.inode);
    return true;
}

static bool walk(struct tree *tree)
{
    while (tree->depth > 0) {
        struct tree_level *level = level_of(tree);
        if (level->next == level->end) {
            if (!fill(tree, level) || (level->end == 0 && !finish(tree))) {
                return false;
            }
            continue;
        }
        const struct entry *entry = (const void *)(level->entries + level->next);
        const char *name = entry->name;
        level->next += entry->length;
        level->position = entry->position;
        if (entry->length == 0 || strchr(name, '/') != NULL) {
            errno = EIO; /* no file system may say that */
            return false;
        }
        if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0 && !visit(tree, entry)) {
            tree->name = name;
            return false;
        }
    }
    return true;
}

bool tree_give(struct tree *tree, int object, int directory, const char *name)
{
    struct look seen;

    tree->fd = directory;
    tree->closed = directory < 0;
    tree->why = NULL;
    tree->name = NULL;
    if (!look(object, "", &seen)) {
        return false;
    }
    if (S_ISDIR(seen.mode)) {
        tree->mount = (seen.known & MOUNT_ROOT) != 0 ? 0 : mount_of(object);
        int fd = openat(object, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0 || !push(tree, fd) || !walk(tree)) {
            return false;
        }
    } else if (!change(tree, object, name, &seen)) {
        return false;
    }
    if (!look(object, "", &seen)) {
        return false;
    }
    return reads_right(tree, &seen) || fail(tree, "it was given to the user, and stayed as it was");
}
