#include "safe_path.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

/* As many as the kernel follows, path_resolution(7). */
#define LINKS_MAX 40U

/* The walk: what is left of the path stands at the end of the room, so that a link's text can be put before it. */
struct walk {
    struct safe_path *found;
    char *room;
    char *rest;
    bool clean; /* all that was passed, the present object too, is root's, and nobody else may write there */
    unsigned links;
    const char *why;
};

/* Replaces a descriptor; -1 for none. errno stays. */
static void put(int *place, int fd)
{
    int error = errno;

    if (*place >= 0) {
        (void)close(*place); /* nothing was written by it */
    }
    *place = fd;
    errno = error;
}

void safe_path_close(struct safe_path *found)
{
    put(&found->directory, -1);
    put(&found->object, -1);
}

/* After a look at the object. */
static void pass(struct walk *walk)
{
    const struct stat *status = &walk->found->status;

    walk->clean = walk->clean && status->st_uid == 0 && (status->st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

/* Whether the present directory is below /proc or /sys, where a tmpfs is the kernel's too. */
static bool is_in_kernels(void)
{
    char path[SAFE_PATH_ROOM];

    return syscall(SYS_getcwd, path, sizeof path) > 0 &&
           (strncmp(path, "/proc/", 6) == 0 || strncmp(path, "/sys/", 5) == 0);
}

/* Where what is left of the path begins. */
static bool start(struct walk *walk)
{
    struct safe_path *found = walk->found;

    /* A link of proc(5) may lead anywhere: what it leads to is no place either. */
    found->kernels = found->kernels || (*walk->rest != '/' && is_in_kernels());
    put(&found->directory, -1);
    put(&found->object, open(*walk->rest == '/' ? "/" : ".", O_PATH | O_DIRECTORY | O_CLOEXEC));
    found->name = "";
    if (found->object < 0 || fstat(found->object, &found->status) != 0) {
        return false;
    }
    pass(walk);
    return true;
}

/* Cuts the next name off. */
static char *next_name(struct walk *walk)
{
    char *name = walk->rest;

    while (*name == '/') {
        name++;
    }
    for (walk->rest = name; *walk->rest != '/' && *walk->rest != '\0';) {
        walk->rest++;
    }
    while (*walk->rest == '/') {
        *walk->rest++ = '\0';
    }
    return name;
}

/* Puts the text of the link, which is open as `fd`, before the rest of the path, in place of the link's name. */
static bool follow(struct walk *walk, int fd)
{
    size_t room = (size_t)(walk->rest - walk->room);
    ssize_t length = readlinkat(fd, "", walk->room, room);

    if (length < 0) {
        return false;
    }
    if (++walk->links > LINKS_MAX || length == 0) {
        errno = length == 0 ? ENOENT : ELOOP;
        return false;
    }
    if ((size_t)length == room) {
        errno = ENAMETOOLONG;
        return false;
    }
    /* The byte before the rest was the end of the name, or is part of a link's text that has been read already. */
    *--walk->rest = '/';
    walk->rest -= length;
    memmove(walk->rest, walk->room, (size_t)length);
    return *walk->rest != '/' || start(walk);
}

/* After a step from one device to the next. */
static bool look_around(struct safe_path *found, dev_t device, int fd)
{
    struct statfs place;

    if (found->status.st_dev == device) {
        return true;
    }
    bool good = fstatfs(fd, &place) == 0;
    found->kernels = found->kernels || (good && (place.f_type == PROC_SUPER_MAGIC || place.f_type == SYSFS_MAGIC));
    return good;
}

/* One name further. */
static bool step(struct walk *walk)
{
    struct safe_path *found = walk->found;
    char *name = next_name(walk);

    if (*name == '\0') {
        return true;
    }
    if (!walk->clean && strcmp(name, "..") == 0) {
        walk->why = "'..' behind a directory where others than root can write";
        return false;
    }
    int next = openat(found->object, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    bool missing = next < 0 && errno == ENOENT && *walk->rest == '\0';
    const dev_t device = found->status.st_dev;
    bool good = missing || (next >= 0 && fstat(next, &found->status) == 0 && look_around(found, device, next));
    if (good && !missing && S_ISLNK(found->status.st_mode)) {
        if (walk->clean) {
            good = follow(walk, next);
        } else {
            good = false;
            walk->why = "a symbolic link where others than root can write: name what it leads to";
        }
    } else if (good) {
        put(&found->directory, found->object);
        found->object = next;
        found->name = name;
        found->trusted = walk->clean;
        pass(walk);
        return true;
    }
    put(&next, -1);
    return good;
}

bool safe_path_open(const char *what, const char *path, size_t length, char *room, struct safe_path *found,
                    struct problem *problem)
{
    struct walk walk = {.found = found, .room = room, .clean = true};
    bool good = length > 0 && length < SAFE_PATH_ROOM;

    *found = (struct safe_path){.directory = -1, .object = -1, .trusted = true};
    errno = length == 0 ? ENOENT : ENAMETOOLONG;
    if (good) {
        walk.rest = memcpy(room + SAFE_PATH_ROOM - 1 - length, path, length);
        room[SAFE_PATH_ROOM - 1] = '\0';
        good = start(&walk);
    }
    while (good && *walk.rest != '\0') {
        good = step(&walk);
    }
    if (good && found->object >= 0) {
        return true;
    }
    *problem =
        (struct problem){.what = what, .subject = path, .subject_length = length, .why = walk.why, .error = errno};
    if (!good) {
        safe_path_close(found);
    }
    return good;
}
