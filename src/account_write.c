#include "account_write.h"

#include "capabilities.h"
#include "command.h"
#include "identity.h"
#include "safe_path.h"
#include "spec.h"
#include "userns.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <linux/fs.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define OPTION "--account"

/* The lock of lckpwdf(3), which waits for 15 seconds: here in steps of 10 ms. */
#define LOCK_STEPS     1500
#define LOCK_STEP_MSEC 10
static const char lock_file[] = "/etc/.pwd.lock";

/*
 * shadow's tools exclude each other by a file of this name, which holds the number of the process that is at it. It is
 * there whole or not at all: made under a name of the start's own, and linked. So is the file that takes a place.
 */
#define LOCK ".lock"

/*
 * What is on its way, and a number behind: of two starts at once that share the place, each has its own, and puts no
 * other in a place. One takes away what it finds of others, which make theirs again: so often, for each may be met by
 * another that begins. Files are in each other's way only where no lock keeps starts apart.
 */
#define MADE       ".stepdown-new."
#define HOME_TRIES 1000

/* Steps to change a file: it is opened to be written in place, and again once what a start left is completed. */
#define FILE_TRIES 6

/* A write that stays within such a part of a file is there whole or not at all: no page is smaller. */
#define PAGE 4096U

/* The longest line that can be written in place, and the most before the end of the IDs in any. */
#define LINE_ROOM (ACCOUNTS_ROOM - PAGE - 2 * SPEC_ID_TEXT)

static bool is_denied(int error)
{
    return error == EROFS || error == EACCES || error == EPERM || error == EOVERFLOW;
}

/*
 * Whether the owner can be given to a new file: one that is not mapped reads as nobody, who would get it. A mount can
 * hide an owner under a full map, too: mount_setattr(2), MOUNT_ATTR_IDMAP. False with errno.
 */
static bool is_owner_known(const struct stat *status)
{
    bool known = status->st_uid != userns_overflow_uid() && status->st_gid != userns_overflow_gid();

    errno = EOVERFLOW;
    return known;
}

/* Whether NAME? lets the failure pass. What is refused for a reason of this program's has another errno. */
static bool is_excused(const struct account_lines *account, const struct problem *problem)
{
    return (account->optional || account->own) && is_denied(problem->error);
}

/*
 * Whether what is to be there could be: a mode alone, and what is immutable shows before it, may not keep root from it.
 * False with errno.
 */
static bool may_write(const struct account_lines *account, const struct safe_path *place)
{
    /* Root has no right to what is not mapped but by its mode. */
    return syscall(SYS_faccessat, place->directory, place->object < 0 ? "." : place->name, W_OK) == 0 ||
           (errno == EACCES && !account->own && is_owner_known(&place->status));
}

/* By errno: about a path, or what is in the way beside it. */
static bool failed(const struct account_lines *account, const char *path, struct problem *problem)
{
    const bool may_give = (account->capabilities & CAPABILITY(CAP_CHOWN)) != 0;

    if (errno == EISDIR && path != lock_file) {
        (void)stpcpy(stpcpy(account->room, path), LOCK);
        path = account->room;
    }
    return PROBLEM(problem, .what = OPTION, .subject = path, .error = errno,
                   .why = errno == ENOTUNIQ    ? "it is a mount, and has other entries of that name"
                          : errno == ETIMEDOUT ? "another process has had its lock for 15 seconds"
                          : errno == EFBIG     ? WHY_FILE_SIZE
                          : errno == EOVERFLOW ? "an owner or group there is not mapped"
                                               : NULL,
                   .hint = errno == EPERM     ? may_give ? HINT_IMMUTABLE : HINT_CAP_CHOWN
                           : is_denied(errno) ? HINT_ACCOUNT_FILES
                                              : HINT_NONE);
}

/* The small members come first: the large ones make their addresses long. */
struct file {
    bool user;     /* passwd(5), else group(5) */
    bool locked;   /* the lock is this process's */
    bool in_place; /* `old` is open for writing, and locked */
    int new;       /* open, as account->made; -1: there is none */
    int old;       /* -1: not open */
    /* What takes the place of a part of the old file. */
    off_t start, end;
    char *text; /* in account->room, with PAGE newlines before it */
    size_t length;
    struct safe_path place; /* status: of the old file, or of what there will be */
    char lock[NAME_MAX + sizeof LOCK];
    char room[SAFE_PATH_ROOM];
};

/* errno stays. */
static void drop(int *fd)
{
    int error = errno;

    if (*fd >= 0) {
        (void)close(*fd); /* it was only read, or is written by fsync(2), or is of no use */
    }
    *fd = -1;
    errno = error;
}

/* False with errno: also if only a part could be written. */
static bool put(int fd, const char *text, size_t length)
{
    ssize_t count = 1;

    errno = EIO;
    while (length > 0 && count > 0) { /* after a part, the next one says why */
        count = write(fd, text, length);
        text += count > 0 ? count : 0;
        length -= count > 0 ? (size_t)count : 0;
    }
    return length == 0;
}

/* One more step of waiting. */
static bool wait_for_lock(int *steps)
{
    (void)poll(NULL, 0, LOCK_STEP_MSEC);
    errno = ETIMEDOUT;
    return ++*steps < LOCK_STEPS;
}

/* Locks a file, by fcntl(2). Where there are no such locks, nobody has it. False with errno. */
static bool lock_whole(int fd, int command)
{
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    int steps = 0;

    while (fcntl(fd, command, &whole) != 0) {
        if (errno != EAGAIN && errno != EACCES) {
            return errno == EINVAL;
        }
        if (!wait_for_lock(&steps)) {
            return false;
        }
    }
    return true;
}

/*
 * Opens a directory and takes away what did not come to its place there. The bytes of its entries; -1 with errno. The
 * caller closes *fd.
 */
static long open_directory(const struct account_lines *account, int directory, const char *path, int *fd)
{
    char *entries = (char *)account->reader->buffer;
    long length = 0;
    long count = 0;

    *fd = openat(directory, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (*fd < 0) {
        return -1;
    }
    while ((count = syscall(SYS_getdents64, *fd, entries, PAGE)) > 0) {
        length += count;
        for (const char *at = entries; at < entries + count;
             at += ((const struct dirent *)(const void *)at)->d_reclen) {
            const char *name = ((const struct dirent *)(const void *)at)->d_name;
            if (strncmp(name, MADE, strlen(MADE)) == 0) {
                (void)unlinkat(*fd, name, 0); /* else the next start does it */
                (void)unlinkat(*fd, name, AT_REMOVEDIR);
            }
        }
    }
    return count < 0 ? count : length;
}

/* Makes the file beside, in place of what this start made and has no use for. False with errno. */
static bool make_beside(const struct account_lines *account, struct file *file)
{
    const int directory = file->place.directory;

    if (unlinkat(directory, account->made, 0) != 0 && is_denied(errno)) {
        return false; /* of any other error openat(2) says what matters */
    }
    drop(&file->new);
    file->new = openat(directory, account->made, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    return file->new >= 0;
}

/* Takes the file beside away, if nobody has. False with errno. */
static bool give_up_beside(const struct account_lines *account, struct file *file)
{
    bool good = file->new < 0 || unlinkat(file->place.directory, account->made, 0) == 0 || errno == ENOENT;

    drop(&file->new);
    return good;
}

/*
 * Whether a process has the lock. One of a process that has ended, or that names none, is nobody's; nor is this
 * process's own, which one with the same number left before. Nor is it process 1's, which has ended and was another
 * one, where the lock of all the files could be had. False with errno: ENOENT if there is no lock.
 */
static bool is_held(const struct account_lines *account, int directory, const char *lock)
{
    char number[SPEC_ID_TEXT] = "";
    uint32_t pid = 0;
    int fd = openat(directory, lock, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

    if (fd < 0) {
        return false;
    }
    (void)read(fd, number, sizeof number - 1); /* what cannot be read names none */
    drop(&fd);
    errno = 0;
    return spec_number(number, strspn(number, "0123456789"), INT32_MAX, &pid) && pid > account->whole &&
           (pid_t)pid != getpid() && (kill((pid_t)pid, 0) == 0 || errno == EPERM);
}

/* Takes the lock, if that of a process that runs goes away in time, and what others left. False with errno. */
static bool take_lock(const struct account_lines *account, struct file *file)
{
    const int directory = file->place.directory;
    char number[SPEC_ID_TEXT];
    int steps = 0;

    /* Who has the lock takes away what is beside: each time it is made again. */
    for (;;) {
        if (!make_beside(account, file) || !put(file->new, number, spec_format((uint32_t)getpid(), number))) {
            return false;
        }
        if (linkat(directory, account->made, directory, file->lock, 0) == 0) {
            break;
        }
        if ((errno != EEXIST && errno != ENOENT) ||
            (!is_held(account, directory, file->lock) && unlinkat(directory, file->lock, 0) != 0 && errno != ENOENT) ||
            !wait_for_lock(&steps)) {
            return false;
        }
    }
    file->locked = true;
    if (!give_up_beside(account, file)) {
        return false;
    }
    (void)open_directory(account, directory, ".", &file->new);
    drop(&file->new);
    return true;
}

static char *next_field(char *field)
{
    field += strcspn(field, ":");
    return field + (*field == ':');
}

/* Reads the line of that number, and of a longer one what there is room for. False with errno. */
static bool read_line(struct file *file, unsigned long number, char *line)
{
    file->start = 0;
    errno = EAGAIN; /* there is no such line: somebody changes it who asks for no lock */
    for (;;) {
        ssize_t count = pread(file->old, line, LINE_ROOM - 1, file->start);
        if (count <= 0) {
            return false;
        }
        const char *newline = memchr(line, '\n', (size_t)count);
        const size_t length = newline != NULL ? (size_t)(newline - line) : (size_t)count;
        file->end = file->start + (off_t)length + (newline != NULL);
        if (number == 1) {
            line[length] = '\0';
            return true;
        }
        number -= newline != NULL;
        file->start = file->end;
    }
}

/* The line with its IDs: the one that the file has, or a new one. False with errno. */
static bool make_line(const struct account_lines *account, struct file *file, unsigned long number)
{
    char *line = (char *)account->reader->buffer;
    char *to = (char *)memset(account->room, '\n', PAGE) + PAGE;
    const size_t name = strlen(account->name);

    file->text = to;
    file->start = file->end = file->place.status.st_size;
    if (number > 0) {
        /* It could be another line by now. */
        if (!read_line(file, number, line) || strncmp(line, account->name, name) != 0 || line[name] != ':') {
            return false;
        }
    } else {
        /* If the last line has no end, it gets one. */
        if (file->end > 0 && pread(file->old, line, 1, file->end - 1) == 1 && *line != '\n') {
            file->text--;
        }
        char *end = stpcpy(stpcpy(line, account->name), file->user ? ":x:0:0::" : ":x:0:");
        if (file->user) {
            (void)stpcpy(stpcpy(end, account->home), ":/bin/sh");
        }
    }
    char *ids = next_field(next_field(line));
    char *rest = file->user ? next_field(ids) : ids;
    to = mempcpy(to, line, (size_t)(ids - line));
    if (file->user) {
        to += spec_format(account->uid, to);
        *to++ = ':';
    }
    to += spec_format(account->gid, to);
    rest += strcspn(rest, ":\r");
    to = stpcpy(to, rest);
    if (strlen(line) < LINE_ROOM - 1) {
        *to++ = '\n';
    } else if (file->in_place || *rest == '\0') {
        errno = ENOBUFS;
        return false;
    } /* else what there is no room for is copied like any other line */
    file->length = (size_t)(to - file->text);
    return true;
}

/* Copies a part of the old file. False with errno. */
static bool copy(const struct file *file, off_t at, off_t end)
{
    errno = EIO;
    while (at < end && sendfile(file->new, file->old, &at, (size_t)(end - at)) > 0) {
    }
    return at >= end;
}

/* Writes the new file and puts it in the old one's place. False with errno; EBUSY: that is a mount. */
static bool replace(const struct account_lines *account, struct file *file)
{
    const struct safe_path *place = &file->place;

    if (!is_owner_known(&place->status) || !make_beside(account, file) || !copy(file, 0, file->start) ||
        !put(file->new, file->text, file->length) || !copy(file, file->end, place->status.st_size) ||
        fchown(file->new, place->status.st_uid, place->status.st_gid) != 0 ||
        fchmod(file->new, place->status.st_mode & 0777) != 0 || fsync(file->new) != 0 ||
        renameat(place->directory, account->made, place->directory, place->name) != 0) {
        return false;
    }
    drop(&file->new);
    return true;
}

/* Writes over the line. False with errno. */
static bool overwrite(const struct file *file, const char *text, size_t length)
{
    return fcntl(file->old, F_SETFL, 0) == 0 && pwrite(file->old, text, length, file->start) == (ssize_t)length &&
           fsync(file->old) == 0;
}

/* Whether the line of that number is the one that was found but for its IDs. */
static bool is_twin(const struct account_lines *account, struct file *file, unsigned long number)
{
    const size_t length = file->length;
    char *found = memcpy(account->reader->buffer + LINE_ROOM, file->text, length);

    return make_line(account, file, number) && file->length == length && memcmp(file->text, found, length) == 0;
}

/*
 * Writes over a line if the new one is no longer: blank lines follow it. Or adds it at the end, in one write; of two
 * lines with the name the first one counts, until it is made a comment. A start that ended before it did that has left
 * the second: this is done now, and then the second is the one to change. No part of a line may be seen or stay, for a
 * part of a number is another number: so none is written across the border of a page, before which blank lines go.
 * False with errno.
 */
static bool write_in_place(const struct account_lines *account, struct file *file, unsigned long next)
{
    const off_t start = file->start;
    const off_t size = file->place.status.st_size;
    const size_t had = (size_t)(file->end - file->start);
    const size_t left = PAGE - (size_t)size % PAGE;
    const size_t blank = file->length > left && file->length <= PAGE ? left : had > 0;

    if (file->length <= had && (file->start ^ (file->end - 1)) < PAGE) {
        (void)memset(file->text + file->length, '\n', had - file->length);
        return overwrite(file, file->text, had);
    }
    if (had > 0 && next > 0) {
        bool twin = is_twin(account, file, next);
        file->start = start;
        file->in_place = false; /* to be opened anew: now it does not append */
        errno = ENOTUNIQ;       /* once the first is a comment, the second would count, and not the new one */
        return twin && overwrite(file, "#", 1);
    }
    if (!put(file->old, file->text - blank, blank + file->length)) {
        int error = errno;
        (void)ftruncate(file->old, size); /* what was written of it; there is nothing more to do */
        errno = error;
        return false;
    }
    return fsync(file->old) == 0 && (had == 0 || overwrite(file, "#", 1));
}

/*
 * Opens the file to write in place, where starts in other containers may do so too, or no lock could be made. A lock of
 * fcntl(2) by process would go with the first close of the file. False with errno.
 */
static bool open_in_place(struct file *file)
{
    drop(&file->old);
    file->old = openat(file->place.directory, file->place.name, O_RDWR | O_APPEND | O_NOFOLLOW | O_CLOEXEC);
    if (file->old < 0) {
        errno = errno == ENOENT ? EROFS : errno; /* there is none, and none can be made */
        return false;
    }
    file->in_place = true;
    return lock_whole(file->old, F_OFD_SETLK);
}

/* False with errno. */
static bool change(const struct account_lines *account, struct file *file, const struct account_line *found)
{
    if (!file->in_place) {
        drop(&file->old);
        file->old = openat(file->place.directory, file->place.name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    }
    if ((file->old < 0 ? errno != ENOENT
                       : fstat(file->old, &file->place.status) != 0 || !S_ISREG(file->place.status.st_mode)) ||
        !make_line(account, file, found->change == ACCOUNT_REPLACE ? found->line : 0)) {
        return false;
    }
    if (file->in_place) {
        return write_in_place(account, file, found->next);
    }
    /* Once the line is there, no start would take what is beside away. */
    return (file->locked && replace(account, file)) ||
           ((!file->locked || ((errno == EBUSY || errno == EOVERFLOW) && give_up_beside(account, file))) &&
            open_in_place(file));
}

/* Makes one file what it should be, if it is not now that it is locked. */
static bool lock_and_change(struct account_lines *account, struct file *file, const struct account_line *found,
                            struct problem *problem)
{
    const char *path = file->user ? IDENTITY_PASSWD : IDENTITY_GROUP;

    if (!safe_path_open(OPTION, path, strlen(path), file->room, &file->place, problem)) {
        return account->look && problem->error == ENOENT; /* what is above it is made */
    }
    if (file->place.object < 0) {
        file->place.status.st_mode = 0644;
        file->place.status.st_uid = file->place.status.st_gid = 0;
        file->place.status.st_size = 0;
    }
    (void)stpcpy(stpcpy(file->lock, file->place.name), LOCK);
    bool good =
        account->look ? may_write(account, &file->place) : account->own || take_lock(account, file) || is_denied(errno);
    good = good || failed(account, path, problem);
    /* What was written is read, and so is what was opened or completed only. */
    int tries = FILE_TRIES;
    while (good && !account->look) {
        good = account_lines_decide(account, problem);
        if (!good || found->change == ACCOUNT_KEEP) {
            break;
        }
        errno = EIO; /* of what opens and is no file, too */
        /* ENOENT: what was beside has been taken away. */
        good = (--tries >= 0 && (change(account, file, found) || errno == ENOENT)) || failed(account, path, problem);
    }
    drop(&file->old);
    (void)give_up_beside(account, file); /* else the next start does it */
    /* The command will have the number of this process: left behind, the lock would be its. */
    if (file->locked && unlinkat(file->place.directory, file->lock, 0) != 0 && good) {
        good = failed(account, path, problem);
    }
    safe_path_close(&file->place);
    return good;
}

/* Whether a start that has ended left its lock. */
static bool is_left(const struct account_lines *account, bool user)
{
    return !account->own && !is_held(account, AT_FDCWD, user ? IDENTITY_PASSWD LOCK : IDENTITY_GROUP LOCK) &&
           errno != ENOENT;
}

static bool write_line(struct account_lines *account, bool user, struct problem *problem)
{
    const struct account_line *found = user ? &account->user : &account->group;
    struct file file = {.user = user, .new = -1, .old = -1};

    return account_lines_decide(account, problem) &&
           ((found->change == ACCOUNT_KEEP && (account->look || !is_left(account, user))) ||
            lock_and_change(account, &file, found, problem));
}

/* group(5) goes first: by passwd(5) the next start sees what is left to do, or by the lock of that. */
static bool write_lines(struct account_lines *account, struct problem *problem)
{
    return write_line(account, false, problem) && write_line(account, true, problem);
}

/* Not over what is there by now, even an empty directory; NFS and old kernels cannot. False with errno. */
static bool put_there(const struct safe_path *place, const char *made)
{
    const int directory = place->directory;

    return syscall(SYS_renameat2, directory, made, directory, place->name, RENAME_NOREPLACE) == 0 ||
           ((errno == EINVAL || errno == ENOSYS) && renameat(directory, made, directory, place->name) == 0);
}

/*
 * Makes the user's directory under another name, so that it is there with its owner or not at all. What is given away
 * is a directory by its descriptor, and one with nothing but "." and "..", of which each takes 24 bytes, getdents(2):
 * whoever may write above it could have put another there. False with errno.
 */
static bool make_directory(const struct account_lines *account, const struct safe_path *place)
{
    const int directory = place->directory;
    const char *made = account->made;
    bool good = false;
    int tries = 0;
    int fd;

    (void)open_directory(account, directory, ".", &fd);
    drop(&fd);
    do {
        if (mkdirat(directory, made, 0700) != 0) {
            return false;
        }
        const long length = open_directory(account, directory, made, &fd);
        errno = length < 0 ? errno : ENOTEMPTY;
        /* The mode again: below a set-group-ID directory it has that bit, mkdir(2). */
        good = (size_t)length <= 48 && fchmod(fd, 0700) == 0 && fchown(fd, account->uid, account->gid) == 0 &&
               put_there(place, made);
        drop(&fd);
    } while (!good && errno == ENOENT && ++tries < HOME_TRIES);
    if (!good) {
        int error = errno;
        (void)unlinkat(directory, made, AT_REMOVEDIR); /* else the next start does it */
        errno = error;
    }
    return good || errno == EEXIST;
}

/* Makes the home and what is missing above it. */
static bool make_home(const struct account_lines *account, struct problem *problem)
{
    const char *end = account->home;
    bool good = true;
    bool last = false;

    while (good && !last) {
        struct safe_path place;
        end += 1 + strcspn(end + 1, "/");
        const char *rest = end; /* behind the home's name, "/" and "." name it again */
        while (*rest == '/' || (*rest == '.' && (rest[1] == '/' || rest[1] == '\0'))) {
            rest++;
        }
        last = *rest == '\0';
        if (!safe_path_open(OPTION, account->home, (size_t)(end - account->home), account->room, &place, problem)) {
            return false;
        }
        last = last || (account->look && place.object < 0); /* the first that is missing tells */
        good = place.object >= 0 || (account->look ? may_write(account, &place)
                                     : last        ? make_directory(account, &place)
                                            : mkdirat(place.directory, place.name, 0755) == 0 || errno == EEXIST);
        safe_path_close(&place);
    }
    return good || failed(account, account->home, problem);
}

/* The lock of all the files. Where it cannot be had, nobody has it. */
static bool take_whole_lock(struct account_lines *account, int *fd)
{
    if (mkdirat(AT_FDCWD, "/etc", 0755) != 0 && errno != EEXIST) {
        return false;
    }
    *fd = openat(AT_FDCWD, lock_file, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
    account->whole = *fd >= 0;
    return *fd < 0 ? is_denied(errno) : lock_whole(*fd, F_SETLK);
}

bool account_write(struct account_lines *account, struct problem *problem)
{
    const bool has_home = account_lines_have_home(account);
    int fd = -1;

    account->whole = true; /* it may be, and then tells more */
    if (account->user.change == ACCOUNT_KEEP && has_home && !is_left(account, true)) {
        return true;
    }
    const uint32_t *random = (const void *)getauxval(AT_RANDOM); /* 16 bytes, of which others guard the stack */
    (void)spec_format(random[3], stpcpy(account->made, MADE));
    mode_t mask = umask(0); /* what is made has the modes that are given here */
    const bool look = account->look;
    account->look = true; /* one file is not changed where it can be seen that the other cannot be */
    bool good = write_lines(account, problem);
    account->look = look;
    good = good && (look || ((account->own || take_whole_lock(account, &fd) || failed(account, lock_file, problem)) &&
                             write_lines(account, problem)));
    if (!good && is_excused(account, problem)) {
        account->user.change = account->group.change = ACCOUNT_KEEP;
        good = true;
    }
    if (good && !has_home && !make_home(account, problem)) {
        good = account->homeless = is_excused(account, problem);
    }
    drop(&fd); /* which gives the lock back */
    return command_set_umask(mask, problem) && good;
}
