/* What is absolute here is so below a directory of the test's own; the files in it are the kernel's. */
#include "account_write.h"
#include "capabilities.h"
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <linux/capability.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define USERS  "root:x:0:0::/root:/bin/sh\nnode:p:1000:1001:a:/home/node:/bin/x\nlast:x:5:5::/:\n"
#define GROUPS "root:x:0:\nnode:q:1001:last,root\nlast:x:5:\n"

/* A home on its way, a file, and their number. */
#define MADE   "/home/.stepdown-new.4000000001"
#define BESIDE "/etc/.stepdown-new.4000000001"
#define NUMBER 4000000001U

/* Processes. No other runs. */
#define RUNNING        42
#define SOMEBODY_ELSES 43

/* What a start leaves at the end of a mount where it is to change the line in USERS, and ends too early. */
#define TWIN "node:p:77777:88888:a:/home/node:/bin/x\n"

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);
int __real_openat(int directory, const char *path, int flags, ...);
int __wrap_openat(int directory, const char *path, int flags, ...);
int __real_mkdirat(int directory, const char *path, mode_t mode);
int __wrap_mkdirat(int directory, const char *path, mode_t mode);
int __real_stat(const char *path, struct stat *status);
int __wrap_stat(const char *path, struct stat *status);
int __real_close(int fd);
int __wrap_close(int fd);
int __wrap_fcntl(int fd, int command, ...);
int __real_fcntl(int fd, int command, ...);
int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __real_fchown(int fd, uid_t uid, gid_t gid);
int __wrap_fchown(int fd, uid_t uid, gid_t gid);
int __real_renameat(int from, const char *old, int to, const char *new);
int __wrap_renameat(int from, const char *old, int to, const char *new);
int __real_unlinkat(int directory, const char *path, int flags);
int __wrap_unlinkat(int directory, const char *path, int flags);
ssize_t __real_write(int fd, const void *bytes, size_t length);
ssize_t __wrap_write(int fd, const void *bytes, size_t length);
ssize_t __real_pwrite(int fd, const void *bytes, size_t length, off_t at);
ssize_t __wrap_pwrite(int fd, const void *bytes, size_t length, off_t at);
ssize_t __real_sendfile(int to, int from, off_t *at, size_t length);
ssize_t __wrap_sendfile(int to, int from, off_t *at, size_t length);
int __real_ftruncate(int fd, off_t length);
int __wrap_ftruncate(int fd, off_t length);
unsigned long __real_getauxval(unsigned long type);
unsigned long __wrap_getauxval(unsigned long type);
long __real_syscall(long number, ...);
long __wrap_syscall(long number, ...);
int __real_fchmod(int fd, mode_t mode);
int __wrap_fchmod(int fd, mode_t mode);
int __real_linkat(int from, const char *old, int to, const char *new, int flags);
int __wrap_linkat(int from, const char *old, int to, const char *new, int flags);
int __wrap_kill(pid_t pid, int signal);
int __wrap_poll(void *fds, unsigned long count, int milliseconds);
mode_t __real_umask(mode_t mask);
mode_t __wrap_umask(mode_t mask);

static char root[] = "/tmp/stepdown-unit-XXXXXX";
static struct account_lines account;
static struct accounts reader;
static char room[ACCOUNTS_ROOM];
static struct problem problem;

/* One kind of call fails, from its `when`-th on or that one alone. */
static struct {
    const char *call;
    unsigned when;
    bool once;
    bool lies; /* it says that it worked, and did nothing */
    int error;
    unsigned seen;
} fault;

static int open_count;  /* descriptors that are open now */
static unsigned calls;  /* that change anything */
static unsigned waited; /* steps of waiting */
static size_t short_by; /* bytes that a write does not take */
static bool in_bytes;   /* a write takes one byte at a time, */
static unsigned takes;  /* and so many times; then none, which is no error of its own */
static bool busy;       /* a file that is replaced is a mount */
static bool no_file;    /* what is opened as passwd once is none */
static bool sealed;     /* nothing can be put beside a file */
static bool appears;    /* somebody makes the home */
static unsigned taken;  /* homes on their way that somebody takes away before they have their owner */
static unsigned missed; /* and before they are opened */
static bool fill;       /* somebody puts something into each directory that is made */
static unsigned swept;  /* files on their way that somebody takes away before they come to their place */
static unsigned gone;   /* and before they are given up */
static bool race;       /* somebody makes "home" a moment earlier */
static unsigned zero;   /* that openat gives descriptor 0 */
static char looked[64]; /* the names that may or may not be written, with spaces behind */
static void (*while_waiting)(void);
static void (*before_reading)(void); /* called once, before an account file is read that is to change */

static bool fails(const char *call)
{
    if (fault.call == NULL || strcmp(fault.call, call) != 0) {
        return false;
    }
    fault.seen++;
    errno = fault.error;
    return fault.once ? fault.seen == fault.when : fault.seen >= fault.when;
}

static const char *below(const char *path)
{
    static char places[2][PATH_MAX];
    static unsigned place;

    if (*path != '/') {
        return path;
    }
    place = (place + 1) % 2;
    assert_true(snprintf(places[place], PATH_MAX, "%s%s", root, path) < PATH_MAX);
    return places[place];
}

static int opened(int fd)
{
    open_count += fd >= 0;
    return fd;
}

int __wrap_open(const char *path, int flags, ...)
{
    assert_int_equal(flags & O_CREAT, 0);
    return opened(__real_open(below(path), flags));
}

int __wrap_openat(int directory, const char *path, int flags, ...)
{
    va_list rest;

    va_start(rest, flags);
    mode_t mode = (flags & O_CREAT) != 0 ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    assert_true((flags & O_CLOEXEC) != 0);
    if ((flags & O_CREAT) != 0) { /* no link is followed, and nobody else may read what is not there yet */
        assert_int_equal(flags & O_ACCMODE, O_WRONLY);
        assert_true((flags & (O_EXCL | O_NOFOLLOW)) != 0);
        assert_int_equal(mode, 0600);
    } else if (strchr(path, '/') == NULL && strstr(path, ".lock") != NULL) { /* it may be a link, or a pipe */
        assert_int_equal(flags, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    }
    calls += (flags & O_CREAT) != 0;
    if (sealed && (flags & O_CREAT) != 0) {
        errno = EROFS;
        return -1;
    }
    if (fails((flags & O_CREAT) != 0 ? "create" : (flags & O_WRONLY) != 0 ? "write to" : "openat")) {
        return -1;
    }
    if (no_file && strcmp(path, "passwd") == 0 && (flags & (O_PATH | O_WRONLY)) == 0) {
        no_file = false;
        path = "/dev/null";
        return opened(__real_openat(directory, path, O_RDONLY));
    }
    if (before_reading != NULL && strcmp(path, "passwd") == 0 && (flags & (O_PATH | O_WRONLY)) == 0) {
        before_reading();
        before_reading = NULL;
    }
    if (zero > 0 && --zero == 0) {
        (void)__real_close(STDIN_FILENO);
    }
    return opened(__real_openat(directory, below(path), flags, mode));
}

int __wrap_mkdirat(int directory, const char *path, mode_t mode)
{
    calls++;
    if (fails("mkdirat") || __real_mkdirat(directory, below(path), mode) != 0) {
        return -1;
    }
    if (race && strcmp(path, "home") == 0) {
        errno = EEXIST;
        return -1;
    }
    if (missed > 0 && strcmp(path, "home") != 0) {
        missed--;
        assert_int_equal(rmdir(below(MADE)), 0);
    }
    if (fill) {
        char inside[64];
        (void)snprintf(inside, sizeof inside, "%s/x", path);
        assert_int_equal(__real_mkdirat(directory, below(inside), 0755), 0);
    }
    return 0;
}

int __wrap_stat(const char *path, struct stat *status)
{
    return __real_stat(below(path), status);
}

int __wrap_close(int fd)
{
    assert_int_equal(__real_close(fd), 0);
    open_count--;
    errno = EDOM;
    return 0;
}

int __wrap_fcntl(int fd, int command, ...)
{
    va_list rest;

    va_start(rest, command);
    void *argument = va_arg(rest, void *);
    va_end(rest);
    if (command == F_SETFL) {
        return fails("fcntl") ? -1 : __real_fcntl(fd, command, argument);
    }
    /* An exclusive one of all of the file. */
    const struct flock *lock = argument;
    assert_true(command == F_SETLK || command == F_OFD_SETLK);
    assert_int_equal(lock->l_type, F_WRLCK);
    assert_int_equal(lock->l_whence, SEEK_SET);
    assert_true(lock->l_start == 0 && lock->l_len == 0 && lock->l_pid == 0);
    return fails(command == F_SETLK ? "lock" : "lock in place") ? -1 : __real_fcntl(fd, command, argument);
}

int __wrap_fsync(int fd)
{
    return fails("fsync") ? -1 : __real_fsync(fd);
}

int __wrap_fchown(int fd, uid_t uid, gid_t gid)
{
    if (fails("fchown")) {
        return -1;
    }
    if (taken > 0 && uid == account.uid) {
        taken--;
        assert_int_equal(rmdir(below(MADE)), 0);
    }
    if (appears && uid == account.uid) {
        assert_int_equal(__real_mkdirat(AT_FDCWD, below("/home/x"), 0750), 0);
    }
    return uid == 0 && geteuid() != 0 ? 0 : __real_fchown(fd, uid, gid); /* only root makes files of root's */
}

int __wrap_fchmod(int fd, mode_t mode)
{
    return fails("fchmod") ? -1 : __real_fchmod(fd, mode);
}

int __wrap_renameat(int from, const char *old, int to, const char *new)
{
    if (busy) {
        errno = EBUSY;
        return -1;
    }
    if (swept > 0) {
        swept--;
        assert_int_equal(__real_unlinkat(from, old, 0), 0);
    }
    return fails("renameat") ? -!fault.lies : __real_renameat(from, old, to, new);
}

int __wrap_unlinkat(int directory, const char *path, int flags)
{
    const int result = fails("unlinkat") ? -!fault.lies : __real_unlinkat(directory, path, flags);

    errno = result == 0 ? EROFS : errno; /* what works leaves what it likes */
    return result;
}

ssize_t __wrap_write(int fd, const void *bytes, size_t length)
{
    if (fails("write")) {
        return -1;
    }
    assert_true(length > 0);
    if (in_bytes) {
        return takes == 0 ? 0 : __real_write(fd, bytes, takes-- > 0 ? 1 : 0);
    }
    if (length <= short_by) {
        errno = ENOSPC;
        return -1;
    }
    return __real_write(fd, bytes, length > 10 ? length - short_by : length); /* not of a process' number */
}

int __wrap_linkat(int from, const char *old, int to, const char *new, int flags)
{
    assert_int_equal(flags, 0);
    if (gone > 0) {
        gone--;
        assert_int_equal(__real_unlinkat(from, old, 0), 0);
    }
    return fails("linkat") ? -1 : __real_linkat(from, old, to, new, flags);
}

unsigned long __wrap_getauxval(unsigned long type)
{
    static const uint32_t random[4] = {1, 2, 3, NUMBER};

    /* The sanitizers ask for more. */
    return type == AT_RANDOM ? (unsigned long)(const void *)random : __real_getauxval(type);
}

long __wrap_syscall(long number, ...)
{
    va_list rest;

    va_start(rest, number);
    int fd = va_arg(rest, int);
    if (number == SYS_faccessat) {
        const char *name = va_arg(rest, const char *);
        assert_int_equal(va_arg(rest, int), W_OK);
        va_end(rest);
        assert_true(fd >= 0);
        assert_true(snprintf(looked + strlen(looked), sizeof looked - strlen(looked), "%s ", name) < 64);
        return fails("faccessat") ? -1 : __real_syscall(number, fd, name, W_OK);
    }
    if (number == SYS_getdents64) {
        void *entries = va_arg(rest, void *);
        size_t size = va_arg(rest, size_t);
        va_end(rest);
        return fails("getdents") ? -1 : __real_syscall(number, fd, entries, size);
    }
    assert_int_equal(number, SYS_renameat2);
    const char *old = va_arg(rest, const char *);
    int to = va_arg(rest, int);
    const char *new = va_arg(rest, const char *);
    unsigned flags = va_arg(rest, unsigned);
    va_end(rest);
    assert_int_equal(flags, RENAME_NOREPLACE);
    return fails("renameat2") ? -1 : __real_syscall(number, fd, old, to, new, flags);
}

int __wrap_kill(pid_t pid, int signal)
{
    assert_int_equal(signal, 0);
    errno = pid == SOMEBODY_ELSES ? EPERM : ESRCH;
    return pid == RUNNING || pid <= 1 ? 0 : -1; /* 0 is the own process group */
}

ssize_t __wrap_pwrite(int fd, const void *bytes, size_t length, off_t at)
{
    return fails("pwrite") ? -1 : __real_pwrite(fd, bytes, length, at);
}

/* In small parts, as a pipe may make of it. */
ssize_t __wrap_sendfile(int to, int from, off_t *at, size_t length)
{
    return fails("sendfile") ? -1 : __real_sendfile(to, from, at, length < 7 ? length : 7);
}

int __wrap_ftruncate(int fd, off_t length)
{
    return fails("ftruncate") ? -1 : __real_ftruncate(fd, length);
}

int __wrap_poll(void *fds, unsigned long count, int milliseconds)
{
    assert_null(fds);
    assert_int_equal(count, 0);
    assert_int_equal(milliseconds, 10);
    waited++;
    if (while_waiting != NULL) {
        while_waiting();
    }
    return 0;
}

mode_t __wrap_umask(mode_t mask)
{
    return fails("umask") ? (mode_t) - !fault.lies : __real_umask(mask);
}

/* What is in a file below the root; NULL: it is not there. */
static const char *text_of(const char *path)
{
    static char text[1 << 16];
    FILE *file = fopen(below(path), "r");

    if (file == NULL) {
        return NULL;
    }
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    (void)fclose(file);
    return text;
}

static void give(const char *path, const char *text)
{
    FILE *file = fopen(below(path), "w");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static int take_away(const char *path, const struct stat *status, int kind, struct FTW *where)
{
    (void)status;
    (void)kind;
    (void)where;
    return remove(path);
}

static void clear(void)
{
    assert_int_equal(nftw(root, take_away, 8, FTW_DEPTH | FTW_PHYS), 0);
    assert_int_equal(mkdir(root, 0700), 0);
}

/* An account for someone who is not root, in these files; what is NULL is not there. */
static void start(const char *name, const char *users, const char *groups)
{
    clear();
    if (users != NULL || groups != NULL) {
        assert_int_equal(mkdir(below("/etc"), 0755), 0);
    }
    if (users != NULL) {
        give("/etc/passwd", users);
    }
    if (groups != NULL) {
        give("/etc/group", groups);
    }
    account = (struct account_lines){.name = name,
                                     .uid = geteuid() != 0 ? geteuid() : 22,
                                     .gid = geteuid() != 0 ? getegid() : 23,
                                     .home = "/home/x",
                                     .reader = &reader,
                                     .room = room};
    fault.call = NULL;
    fault.seen = calls = waited = 0;
    short_by = 0;
    in_bytes = false;
    busy = no_file = sealed = appears = fill = race = false;
    taken = missed = swept = gone = 0;
    looked[0] = '\0';
    zero = 0;
    while_waiting = before_reading = NULL;
}

static void fail_from(const char *call, unsigned when, int error)
{
    fault.call = call;
    fault.when = when;
    fault.error = error;
    fault.once = fault.lies = false;
    fault.seen = 0;
}

static bool make(void)
{
    problem = (struct problem){.what = "nothing"};
    open_count = 0;
    bool good = account_lines_decide(&account, &problem) && account_write(&account, &problem);
    assert_int_equal(open_count, 0);
    assert_true(good || strcmp(problem.what, "nothing") != 0);
    assert_int_equal(__real_umask(022), 022);
    return good;
}

static void is_refused(const char *subject, int error, enum hint hint)
{
    assert_false(make());
    assert_string_equal(problem.what, "--account");
    assert_string_equal(problem.subject, subject);
    assert_int_equal(problem.error, error);
    assert_int_equal(problem.hint, hint);
    assert_true((problem.why != NULL) ==
                (error == ENOTUNIQ || error == ETIMEDOUT || error == EFBIG || error == EOVERFLOW));
}

/* A text with the IDs of the account for U and G. */
static const char *with_ids(const char *format)
{
    static char texts[2][1 << 14];
    static unsigned place;
    size_t length = 0;

    place = (place + 1) % 2;
    for (; *format != '\0'; format++) {
        length += (size_t)(*format == 'U'   ? sprintf(texts[place] + length, "%u", account.uid)
                           : *format == 'G' ? sprintf(texts[place] + length, "%u", account.gid)
                                            : sprintf(texts[place] + length, "%c", *format));
    }
    return texts[place];
}

static void files_are(const char *users, const char *groups)
{
    assert_string_equal(text_of("/etc/passwd"), with_ids(users));
    assert_string_equal(text_of("/etc/group"), with_ids(groups));
    assert_null(text_of("/etc/passwd.lock"));
    assert_null(text_of("/etc/group.lock"));
    assert_null(text_of(BESIDE));
}

static void has_home(bool there)
{
    struct stat status;

    assert_int_equal(__real_stat(below("/home/x"), &status), there ? 0 : -1);
    if (there) {
        assert_int_equal(status.st_mode, S_IFDIR | 0700);
        assert_int_equal(status.st_uid, account.uid);
        assert_int_equal(status.st_gid, account.gid);
        assert_int_equal(__real_stat(below("/home"), &status), 0);
        assert_int_equal(status.st_mode, S_IFDIR | 0755);
    }
}

#define NEW_USER  "builder:x:U:G::/home/x:/bin/sh\n"
#define NEW_GROUP "builder:x:G:\n"

TEST(lines_are_added_and_a_home_is_made)
{
    struct stat status;

    start("builder", USERS, GROUPS);
    assert_int_equal(chmod(below("/etc/passwd"), 0640), 0);
    assert_true(make());
    files_are(USERS NEW_USER, GROUPS NEW_GROUP);
    has_home(true);
    assert_int_equal(__real_stat(below("/etc/passwd"), &status), 0);
    assert_int_equal(status.st_mode, S_IFREG | 0640);
    calls = 0;
    assert_true(make());
    assert_int_equal(calls, 0);
    start("builder", "root:x:0:0::/:", "root:x:0:");
    assert_true(make());
    files_are("root:x:0:0::/:\n" NEW_USER, "root:x:0:\n" NEW_GROUP);
}

TEST(what_is_missing_is_made)
{
    struct stat status;

    start("builder", NULL, NULL);
    assert_true(make());
    files_are(NEW_USER, NEW_GROUP);
    has_home(true);
    assert_int_equal(__real_stat(below("/etc/group"), &status), 0);
    assert_int_equal(status.st_mode, S_IFREG | 0644);
    assert_int_equal(__real_stat(below("/etc"), &status), 0);
    assert_int_equal(status.st_mode, S_IFDIR | 0755);
}

TEST(the_ids_in_a_line_are_replaced)
{
    start("node", USERS, GROUPS);
    assert_true(make());
    files_are("root:x:0:0::/root:/bin/sh\nnode:p:U:G:a:/home/node:/bin/x\nlast:x:5:5::/:\n",
              "root:x:0:\nnode:q:G:last,root\nlast:x:5:\n");
    start("node", "a:x:1:1::/:\n\n#\nnode:p:1000:1001\r", "node:q:1001");
    assert_true(make());
    files_are("a:x:1:1::/:\n\n#\nnode:p:U:G\r\n", "node:q:G\n");
}

TEST(a_mount_is_written_to_in_place)
{
    start("builder", USERS, GROUPS);
    fail_from("renameat", 1, EBUSY);
    fault.once = true;
    assert_true(make());
    files_are(USERS NEW_USER, GROUPS NEW_GROUP);
    start("node", USERS "open:x:1:1::/:", GROUPS "open:x:1:");
    fail_from("renameat", 1, EBUSY);
    account.home = "/";
    account.uid = 7; /* fewer digits */
    account.gid = 8;
    assert_true(make());
    files_are("root:x:0:0::/root:/bin/sh\nnode:p:U:G:a:/home/node:/bin/x\n\n\n\n\n\n\nlast:x:5:5::/:\nopen:x:1:1::/:",
              "root:x:0:\nnode:q:G:last,root\n\n\n\nlast:x:5:\nopen:x:1:");
    account.uid = 77777; /* more */
    account.gid = 88888;
    assert_true(make());
    files_are("root:x:0:0::/root:/bin/sh\n#ode:p:7:8:a:/home/node:/bin/x\n\n\n\n\n\n\nlast:x:5:5::/:\nopen:x:1:1::/:\n"
              "node:p:U:G:a:/home/node:/bin/x\n",
              "root:x:0:\n#ode:q:8:last,root\n\n\n\nlast:x:5:\nopen:x:1:\nnode:q:G:last,root\n");
}

TEST(a_line_on_a_mount_with_a_later_one_of_its_name_stays)
{
    static char longest[ACCOUNTS_ROOM];

    start("node", USERS "node:x:9:9::/:\n", GROUPS);
    busy = true;
    account.uid = 77777; /* more digits: the old line would be made a comment */
    account.gid = 88888;
    account.optional = true; /* which excuses nothing here */
    is_refused("/etc/passwd", ENOTUNIQ, HINT_NONE);
    assert_string_equal(text_of("/etc/passwd"), USERS "node:x:9:9::/:\n");
    start("node", USERS, GROUPS "node:x:9:\n");
    busy = true;
    account.gid = 88888;
    is_refused("/etc/group", ENOTUNIQ, HINT_NONE);
    assert_string_equal(text_of("/etc/group"), GROUPS "node:x:9:\n");
    start("node", USERS "node:x:9:\n", GROUPS);
    busy = true;
    account.uid = 77777;
    account.gid = 1001;
    is_refused("/etc/passwd", ENOTUNIQ, HINT_NONE);
    (void)memset(longest, 'a', sizeof longest - 1);
    (void)memcpy(longest, USERS "node:x:9:9:", strlen(USERS "node:x:9:9:"));
    longest[sizeof longest - 2] = '\n';
    const char *const others[] = {USERS "node:p:77777:88888:b:/home/node:/bin/x\n",
                                  USERS "node:p:77777:88888:ab:/home/node:/bin/x\n", longest};
    for (size_t i = 0; i < COUNT(others); i++) {
        start("node", others[i], GROUPS);
        busy = true;
        account.uid = 77777;
        account.gid = 1001;
        is_refused("/etc/passwd", ENOTUNIQ, HINT_NONE);
        assert_string_equal(text_of("/etc/passwd"), others[i]);
    }
    start("node", USERS TWIN TWIN, GROUPS);
    busy = true;
    account.uid = 77777;
    account.gid = 1001;
    is_refused("/etc/passwd", ENOTUNIQ, HINT_NONE);
    assert_string_equal(text_of("/etc/passwd"), USERS TWIN TWIN);
}

TEST(what_a_start_left_that_ended_before_the_comment_is_completed)
{
    start("node", USERS TWIN, GROUPS);
    busy = true;
    account.home = "/";
    account.uid = 77777;
    account.gid = 88888;
    assert_true(make()); /* the same IDs */
    files_are("root:x:0:0::/root:/bin/sh\n#ode:p:1000:1001:a:/home/node:/bin/x\nlast:x:5:5::/:\n" TWIN,
              "root:x:0:\n#ode:q:1001:last,root\nlast:x:5:\n\nnode:q:G:last,root\n");
    start("node", USERS TWIN, GROUPS "node:q:7:last,root\n");
    busy = true;
    account.home = "/";
    account.uid = 33333; /* as long */
    account.gid = 44444;
    assert_true(make());
    files_are("root:x:0:0::/root:/bin/sh\n#ode:p:1000:1001:a:/home/node:/bin/x\nlast:x:5:5::/:\n"
              "node:p:U:G:a:/home/node:/bin/x\n",
              "root:x:0:\n#ode:q:1001:last,root\nlast:x:5:\n#ode:q:7:last,root\n\nnode:q:G:last,root\n");
    start("node", USERS TWIN, GROUPS);
    busy = true;
    account.home = "/";
    account.uid = 333333; /* longer */
    account.gid = 88888;
    assert_true(make());
    assert_non_null(strstr(text_of("/etc/passwd"), "\n#ode:p:1000:1001:a:"));
    assert_non_null(strstr(text_of("/etc/passwd"), "\n#ode:p:77777:88888:a:"));
    assert_non_null(strstr(text_of("/etc/passwd"), "\nnode:p:333333:88888:a:"));
    start("node", USERS TWIN, GROUPS);
    busy = true;
    account.home = "/";
    account.uid = 77777;
    account.gid = 1001;
    fail_from("pwrite", 1, EIO);
    is_refused("/etc/passwd", EIO, HINT_NONE);
    assert_string_equal(text_of("/etc/passwd"), USERS TWIN);
}

TEST(in_place_no_line_crosses_the_border_of_a_page)
{
    char users[8192];
    const size_t new_length = strlen(with_ids(NEW_USER));

    for (size_t length = 4096 - new_length - 1; length < 4100; length++) {
        start("builder", "", GROUPS);
        memset(users, '#', length);
        memcpy(users + length, "\n", 2);
        give("/etc/passwd", users);
        fail_from("renameat", 1, EBUSY);
        account.home = "/";
        assert_true(make());
        const char *text = text_of("/etc/passwd");
        const char *line = strstr(text, "builder");
        size_t at = (size_t)(line - text);
        assert_int_equal(at / 4096, (at + strlen(line) - 1) / 4096);
        assert_memory_equal(text, users, length + 1);
    }
}

TEST(a_line_that_crosses_a_border_is_not_written_over)
{
    char users[8192];
    size_t over = 0;

    for (size_t length = 4050; length < 4100; length++) {
        start("node", "", "");
        memset(users, '#', length);
        (void)strcpy(users + length, "\nnode:p:1000000:1000001:a:/home/node:/bin/x\nlast:x:5:5::/:\n");
        give("/etc/passwd", users);
        busy = true;
        account.home = "/";
        assert_true(make());
        const char *line = strstr(text_of("/etc/passwd"), with_ids("node:p:U:G:a:/home/node:/bin/x\n"));
        assert_non_null(line);
        size_t end = length + 1 + strlen("node:p:1000000:1000001:a:/home/node:/bin/x\n") - 1;
        bool crosses = (length + 1) / 4096 != end / 4096;
        assert_int_equal(strstr(text_of("/etc/passwd"), "\n#ode:p:1000000:1000001:") != NULL, crosses);
        over += crosses;
    }
    assert_true(over > 30);
}

TEST(in_place_each_call_that_fails_is_an_error)
{
    static const char *const kinds[] = {"fcntl", "pwrite", "fsync"};

    for (size_t i = 0; i < COUNT(kinds); i++) {
        for (int longer = 0; longer < 2; longer++) {
            start("node", USERS, GROUPS);
            busy = true;
            account.home = "/";
            account.uid = longer == 1 ? 77777 : 7;
            account.gid = 1001;                     /* as it is: no line of a group changes */
            fail_from(kinds[i], 2 * (i == 2), EIO); /* the first fsync is of the file that cannot take the place */
            is_refused("/etc/passwd", EIO, HINT_NONE);
            fault.call = NULL;
            assert_true(make());
            assert_non_null(strstr(text_of("/etc/passwd"), with_ids("\nnode:p:U:G:a:/home/node:/bin/x\n")));
        }
    }
}

TEST(a_line_longer_than_a_page_is_written_in_place_as_well)
{
    static char users[8192];

    start("node", "", "");
    memset(users, 'x', 5000);
    (void)strcpy(users + 5000, "\n");
    memcpy(users, "node:x:1:1:", strlen("node:x:1:1:"));
    give("/etc/passwd", users);
    busy = true;
    account.home = "/";
    account.uid = account.gid = 77777;
    assert_true(make());
    const char *text = text_of("/etc/passwd");
    assert_int_equal(text[0], '#');
    assert_memory_equal(text + 5001, "\nnode:x:77777:77777:x", 21); /* more blank lines before it would not help */
}

TEST(what_is_beside_a_mount_goes_before_it_is_written_to)
{
    start("builder", USERS, GROUPS);
    account.home = "/";
    busy = true;
    fail_from("unlinkat", 1, EIO);
    is_refused("/etc/group", EIO, HINT_NONE);
    assert_string_equal(text_of("/etc/group"), GROUPS);
    fault.call = NULL;
    assert_true(make());
    files_are(USERS "builder:x:U:G::/:/bin/sh\n", GROUPS NEW_GROUP);
}

static void insert_a_line(void)
{
    give("/etc/passwd", "other:x:9:9::/:\n" USERS);
}

static void lengthen_the_name(void)
{
    give("/etc/passwd", "root:x:0:0::/root:/bin/sh\nnodes:x:9:9::/:\n");
}

TEST(nobody_elses_line_is_changed_if_somebody_takes_no_lock)
{
    start("node", USERS, GROUPS);
    before_reading = insert_a_line;
    is_refused("/etc/passwd", EAGAIN, HINT_NONE);
    assert_string_equal(text_of("/etc/passwd"), "other:x:9:9::/:\n" USERS);
    assert_true(make());
    assert_string_equal(text_of("/etc/passwd"), with_ids("other:x:9:9::/:\nroot:x:0:0::/root:/bin/sh\n"
                                                         "node:p:U:G:a:/home/node:/bin/x\nlast:x:5:5::/:\n"));
    start("node", USERS, GROUPS);
    before_reading = lengthen_the_name;
    is_refused("/etc/passwd", EAGAIN, HINT_NONE);
    assert_string_equal(text_of("/etc/passwd"), "root:x:0:0::/root:/bin/sh\nnodes:x:9:9::/:\n");
}

TEST(a_line_that_cannot_be_written_whole_is_not_written)
{
    start("builder", USERS, GROUPS);
    account.own = true; /* in place */
    short_by = 3;
    is_refused("/etc/passwd", ENOSPC, HINT_NONE);
    files_are(USERS, GROUPS);
    start("builder", USERS, GROUPS);
    short_by = 3; /* nor in a new file */
    is_refused("/etc/group", ENOSPC, HINT_NONE);
    files_are(USERS, GROUPS);
    start("node", USERS, GROUPS);
    fail_from("sendfile", 2, EIO);
    is_refused("/etc/group", EIO, HINT_NONE);
    files_are(USERS, GROUPS);
}

TEST(every_call_that_fails_is_an_error_that_can_be_done_again)
{
    static const char *const kinds[] = {"create",   "write to", "mkdirat", "lock",   "fcntl",    "fsync",  "fchown",
                                        "renameat", "unlinkat", "write",   "pwrite", "sendfile", "openat", "linkat"};
    unsigned failed = 0;

    for (size_t kind = 0; kind < COUNT(kinds); kind++) {
        for (unsigned when = 1; when < 40; when++) {
            start("node", USERS, GROUPS);
            fail_from(kinds[kind], when, EIO);
            fault.once = true;
            failed += !make();
            const char *text = text_of("/etc/passwd");
            assert_true(strcmp(text, USERS) == 0 || strstr(text, with_ids("\nnode:p:U:G:a:/home/node:/bin/x\n")));
            fault.call = NULL;
            assert_true(make());
            files_are("root:x:0:0::/root:/bin/sh\nnode:p:U:G:a:/home/node:/bin/x\nlast:x:5:5::/:\n",
                      "root:x:0:\nnode:q:G:last,root\nlast:x:5:\n");
            has_home(true);
        }
    }
    assert_true(failed > 30);
}

TEST(descriptor_0_is_one_like_any_other)
{
    int standard_input = dup(STDIN_FILENO);

    for (int in_place = 0; in_place < 2; in_place++) {
        unsigned left = 0;
        for (unsigned at = 1; left == 0; at++) {
            start("builder", USERS, GROUPS);
            busy = in_place == 1;
            account.home = in_place == 1 ? "/" : "/home/x";
            zero = at;
            assert_true(make());
            left = zero;
            files_are(in_place == 1 ? USERS "builder:x:U:G::/:/bin/sh\n" : USERS NEW_USER, GROUPS NEW_GROUP);
            has_home(in_place == 0);
            assert_int_equal(dup2(standard_input, STDIN_FILENO), STDIN_FILENO);
        }
    }
    (void)__real_close(standard_input);
}

TEST(what_may_not_be_written_is_excused_where_that_is_asked_for)
{
    static const int errors[] = {EROFS, EACCES, EPERM, EOVERFLOW};
    struct stat status;

    for (size_t i = 0; i < COUNT(errors); i++) {
        start("builder", USERS, GROUPS);
        const char *call = errors[i] == EOVERFLOW ? "faccessat" : "renameat"; /* else it is written in place */
        fail_from(call, 1, errors[i]);
        fault.once = true;
        is_refused("/etc/group", errors[i], errors[i] == EPERM ? HINT_CAP_CHOWN : HINT_ACCOUNT_FILES);
        account.capabilities = CAPABILITY(CAP_CHOWN);
        fail_from(call, 1, errors[i]);
        fault.once = true;
        is_refused("/etc/group", errors[i], errors[i] == EPERM ? HINT_IMMUTABLE : HINT_ACCOUNT_FILES);
        has_home(false);
        account.optional = true;
        fail_from(call, 1, errors[i]);
        fault.once = true;
        assert_true(make());
        files_are(USERS, GROUPS);
        has_home(true);
        account.optional = false;
        start("builder", USERS, GROUPS);
        fail_from("fchown", 3, errors[i]);
        is_refused("/home/x", errors[i], errors[i] == EPERM ? HINT_CAP_CHOWN : HINT_ACCOUNT_FILES);
        assert_int_equal(__real_stat(below(MADE), &status), -1);
        files_are(USERS NEW_USER, GROUPS NEW_GROUP);
        account.optional = true;
        assert_true(make());
        has_home(false);
    }
    start("builder", USERS, GROUPS);
    account.optional = true;
    fail_from("fsync", 1, EIO);
    is_refused("/etc/group", EIO, HINT_NONE);
    account.home = "/etc/passwd/x";
    fault.call = NULL;
    is_refused("/etc/passwd/x", ENOTDIR, HINT_NONE);
}

TEST(where_no_lock_can_be_made_the_files_are_written_in_place)
{
    start("builder", USERS, GROUPS);
    fail_from("create", 1, EROFS);
    assert_true(make());
    files_are(USERS NEW_USER, GROUPS NEW_GROUP);
    start("builder", USERS, NULL);
    fail_from("create", 1, EROFS);
    is_refused("/etc/group", EROFS, HINT_ACCOUNT_FILES);
    start("builder", USERS, GROUPS);
    fail_from("create", 1, ENOSPC);
    is_refused("/etc/.pwd.lock", ENOSPC, HINT_NONE);
    start("builder", USERS, GROUPS);
    fail_from("create", 2, ENOSPC);
    is_refused("/etc/group", ENOSPC, HINT_NONE);
    start("builder", NULL, NULL);
    fail_from("mkdirat", 1, EROFS);
    is_refused("/etc/.pwd.lock", EROFS, HINT_ACCOUNT_FILES);
}

static void let_go(void)
{
    if (waited == 3) {
        fault.call = NULL;
        give("/etc/passwd", USERS "other:x:9:9::/:\n");
        (void)unlink(below("/etc/passwd.lock"));
    }
}

static void add_the_same(void)
{
    give("/etc/passwd", with_ids(USERS NEW_USER));
    (void)unlink(below("/etc/passwd.lock"));
}

static void add_half_a_line(void)
{
    give("/etc/passwd", USERS "builder:x:");
    (void)unlink(below("/etc/passwd.lock"));
}

TEST(a_lock_is_waited_for_and_what_was_written_meanwhile_stays)
{
    start("builder", USERS, GROUPS);
    fail_from("lock", 1, EAGAIN);
    while_waiting = let_go;
    assert_true(make());
    assert_int_equal(waited, 3);
    files_are(USERS "other:x:9:9::/:\n" NEW_USER, GROUPS NEW_GROUP);
    start("builder", USERS, GROUPS);
    give("/etc/passwd.lock", "42");
    while_waiting = let_go;
    assert_true(make());
    assert_int_equal(waited, 3);
    files_are(USERS "other:x:9:9::/:\n" NEW_USER, GROUPS NEW_GROUP);
    start("other", USERS, GROUPS); /* by the time that it has the lock, the name is there with other IDs */
    give("/etc/passwd.lock", "42");
    while_waiting = let_go;
    assert_true(make());
    files_are(USERS "other:x:U:G::/:\n", GROUPS "other:x:G:\n");
    start("builder", USERS, GROUPS); /* or with the same */
    give("/etc/passwd.lock", "42");
    while_waiting = add_the_same;
    assert_true(make());
    files_are(USERS NEW_USER, GROUPS NEW_GROUP);
    start("builder", USERS, GROUPS); /* or is malformed */
    give("/etc/passwd.lock", "42");
    while_waiting = add_half_a_line;
    assert_false(make());
    assert_string_equal(problem.what, "/etc/passwd");
    assert_int_equal(problem.line, 4);
    files_are(USERS "builder:x:", GROUPS NEW_GROUP);
}

TEST(a_directory_above_the_home_may_be_made_by_two_at_once)
{
    start("builder", USERS, GROUPS);
    account.home = "/home/x";
    race = true;
    assert_true(make());
    has_home(true);
}

TEST(a_lock_is_waited_for_15_seconds)
{
    static const char *const held[] = {"42", "43"};

    start("builder", USERS, GROUPS);
    fail_from("lock", 1, EACCES);
    is_refused("/etc/.pwd.lock", ETIMEDOUT, HINT_NONE);
    assert_int_equal(waited, 1500);
    start("builder", USERS, GROUPS);
    fail_from("lock", 1, ENOLCK);
    is_refused("/etc/.pwd.lock", ENOLCK, HINT_NONE);
    assert_int_equal(waited, 0);
    for (size_t i = 0; i < COUNT(held); i++) {
        start("builder", USERS, GROUPS);
        give("/etc/passwd.lock", held[i]);
        is_refused("/etc/passwd", ETIMEDOUT, HINT_NONE);
        assert_int_equal(waited, 1500);
        assert_string_equal(text_of("/etc/passwd"), USERS);
        assert_string_equal(text_of("/etc/passwd.lock"), held[i]);
        assert_null(text_of(BESIDE));
        give("/etc/passwd", with_ids(USERS "builder:x:U:G::/etc:/:\n"));
        account.home = "/";
        waited = 0;
        assert_true(make()); /* nothing is to be done */
        assert_int_equal(waited, 0);
        assert_string_equal(text_of("/etc/passwd.lock"), held[i]);
    }
    start("builder", USERS, GROUPS);
    assert_int_equal(mkdir(below("/etc/passwd.lock"), 0755), 0);
    is_refused("/etc/passwd.lock", EISDIR, HINT_NONE);
    assert_int_equal(waited, 0);
    start("builder", USERS, GROUPS);
    assert_int_equal(mkdir(below(BESIDE), 0755), 0);
    is_refused("/etc/group", EEXIST, HINT_NONE);
    start("builder", USERS, GROUPS); /* one that is said to go away, and does not */
    give("/etc/group.lock", "");
    fail_from("unlinkat", 2, 0);
    fault.lies = true;
    is_refused("/etc/group", EEXIST, HINT_NONE);
}

TEST(where_nothing_can_be_taken_away_the_error_is_that)
{
    static const int errors[] = {EPERM, EACCES, EROFS};

    for (size_t i = 0; i < COUNT(errors); i++) {
        start("builder", USERS, GROUPS);
        fail_from("unlinkat", 2, errors[i]); /* the first finds nothing */
        is_refused("/etc/group", errors[i], errors[i] == EPERM ? HINT_CAP_CHOWN : HINT_ACCOUNT_FILES);
        assert_string_equal(text_of("/etc/group"), GROUPS);
        fault.call = NULL;
        assert_true(make());
        files_are(USERS NEW_USER, GROUPS NEW_GROUP);
        start("builder", USERS, GROUPS);
        give(BESIDE, "x");
        fail_from("unlinkat", 1, errors[i]); /* no lock can be made, but in the file */
        fault.once = true;
        assert_true(make());
        assert_string_equal(text_of("/etc/group"), with_ids(GROUPS NEW_GROUP));
    }
}

TEST(a_lock_that_cannot_be_given_back_is_an_error)
{
    start("builder", USERS, GROUPS);
    fail_from("unlinkat", 8, EIO); /* that of passwd(5): the command would have the number in it */
    fault.once = true;
    is_refused("/etc/passwd", EIO, HINT_NONE);
    assert_string_equal(text_of("/etc/passwd"), with_ids(USERS NEW_USER));
    assert_non_null(text_of("/etc/passwd.lock"));
    fault.call = NULL;
    assert_true(make());
    files_are(USERS NEW_USER, GROUPS NEW_GROUP);
}

TEST(what_a_start_left_is_nobodys)
{
    char own[16];
    const char *const left[] = {own, "44", "0", "", "root:x:0:0::/root:/bin/sh\n", "/", ":", "4294967338"};

    (void)snprintf(own, sizeof own, "%d", (int)getpid());
    for (size_t i = 0; i < COUNT(left); i++) {
        start("builder", USERS, GROUPS);
        give("/etc/passwd.lock", left[i]);
        give("/etc/group.lock", left[i]);
        give("/etc/.stepdown-new.1", left[i]);
        give("/etc/.stepdown-new.4000000002", left[i]);
        give(BESIDE, left[i]);
        assert_int_equal(mkdir(below("/home"), 0755), 0);
        assert_int_equal(mkdir(below("/home/.stepdown-new.22"), 0755), 0);
        assert_int_equal(mkdir(below(MADE), 0755), 0);
        assert_true(make());
        assert_int_equal(waited, 2); /* a step for each */
        files_are(USERS NEW_USER, GROUPS NEW_GROUP);
        assert_null(text_of("/etc/.stepdown-new.1"));
        assert_null(text_of("/etc/.stepdown-new.4000000002"));
        has_home(true);
        assert_int_equal(rmdir(below("/home/x")), 0);
        assert_int_equal(rmdir(below("/home")), 0); /* there is nothing else */
        give("/etc/passwd.lock", left[i]);          /* behind the change */
        assert_true(make());
        files_are(USERS NEW_USER, GROUPS NEW_GROUP);
    }
}

TEST(what_is_written_byte_by_byte_is_there_whole_or_not_at_all)
{
    start("builder", USERS, GROUPS);
    in_bytes = true;
    takes = 4096;
    assert_true(make());
    files_are(USERS NEW_USER, GROUPS NEW_GROUP);
    unsigned all = 4096 - takes;
    for (unsigned i = 0; i < all; i++) {
        start("builder", USERS, GROUPS);
        in_bytes = true;
        takes = i;
        assert_false(make());
        assert_int_equal(problem.error, EIO);
        assert_string_equal(text_of("/etc/passwd"), USERS);
    }
}

TEST(beyond_the_limit_of_a_file_nothing_changes)
{
    start("builder", USERS, GROUPS);
    fail_from("write", 1, EFBIG);
    is_refused("/etc/group", EFBIG, HINT_NONE);
    assert_string_equal(problem.why, WHY_FILE_SIZE);
    fault.call = NULL;
    assert_true(make());
    files_are(USERS NEW_USER, GROUPS NEW_GROUP);
}

TEST(a_lock_that_has_gone_is_tried_again_and_one_that_stays_is_an_error)
{
    start("builder", USERS, GROUPS);
    fail_from("linkat", 1, EEXIST);
    fault.once = true;
    assert_true(make());
    assert_int_equal(waited, 1);
    files_are(USERS NEW_USER, GROUPS NEW_GROUP);
    start("builder", USERS, GROUPS);
    give("/etc/group.lock", "");
    fail_from("unlinkat", 2, EIO); /* after what is beside */
    fault.once = true;
    is_refused("/etc/group", EIO, HINT_NONE);
}

TEST(where_a_home_cannot_be_put_without_replacing_it_is_put_by_name)
{
    static const int errors[] = {EINVAL, ENOSYS};

    for (size_t i = 0; i < COUNT(errors); i++) {
        start("builder", USERS, GROUPS);
        fail_from("renameat2", 1, errors[i]);
        assert_true(make());
        has_home(true);
    }
    start("builder", USERS, GROUPS);
    fail_from("renameat2", 1, EIO);
    is_refused("/home/x", EIO, HINT_NONE);
    has_home(false);
}

TEST(the_mode_of_a_home_is_the_same_in_a_set_group_id_directory)
{
    struct stat status;

    start("builder", USERS, GROUPS);
    assert_int_equal(mkdir(below("/home"), 0755), 0);
    assert_int_equal(chmod(below("/home"), 02755), 0);
    assert_true(make());
    assert_int_equal(__real_stat(below("/home/x"), &status), 0);
    assert_int_equal(status.st_mode, S_IFDIR | 0700);
    start("builder", USERS, GROUPS);
    assert_int_equal(mkdir(below("/home"), 0755), 0);
    fail_from("fchmod", 3, EIO); /* after the files */
    is_refused("/home/x", EIO, HINT_NONE);
    has_home(false);
}

TEST(a_home_that_appears_meanwhile_stays_as_it_is)
{
    struct stat status;

    start("builder", USERS, GROUPS);
    appears = true;
    assert_true(make());
    assert_int_equal(__real_stat(below("/home/x"), &status), 0);
    assert_int_equal(status.st_mode, S_IFDIR | 0750);
    assert_int_equal(status.st_uid, geteuid());
    assert_int_equal(__real_stat(below(MADE), &status), -1);
}

TEST(a_home_that_another_start_takes_away_is_made_again)
{
    start("builder", USERS, GROUPS);
    taken = 999;
    assert_true(make());
    has_home(true);
    start("builder", USERS, GROUPS);
    missed = 999;
    assert_true(make());
    has_home(true);
    start("builder", USERS, GROUPS);
    taken = 1000;
    is_refused("/home/x", ENOENT, HINT_NONE);
    assert_int_equal(taken, 0);
    has_home(false);
    start("builder", USERS, GROUPS);
    fail_from("mkdirat", 3, ENOENT); /* what is above has gone: after /etc and /home */
    is_refused("/home/x", ENOENT, HINT_NONE);
    assert_int_equal(fault.seen, 3);
    start("builder", USERS, GROUPS);
    fail_from("mkdirat", 3, EEXIST); /* the name that it is to have on its way is taken: nothing is beside the home */
    is_refused("/home/x", EEXIST, HINT_NONE);
}

TEST(only_an_empty_directory_is_given_away)
{
    struct stat status;

    start("builder", USERS, GROUPS);
    assert_int_equal(mkdir(below("/home"), 0755), 0);
    assert_int_equal(mkdir(below("/home/.stepdown-new.22"), 0755), 0);
    give("/home/.stepdown-new.22/x", "");
    assert_true(make());
    has_home(true);
    assert_int_equal(__real_stat(below("/home/.stepdown-new.22/x"), &status), 0);
    start("builder", USERS, GROUPS);
    fail_from("getdents", 2, EIO);
    is_refused("/home/x", EIO, HINT_NONE);
    has_home(false);
    start("builder", USERS, GROUPS);
    fail_from("getdents", 1, EIO);
    fault.once = true; /* what others left is not looked for */
    assert_true(make());
    has_home(true);
    start("builder", USERS, GROUPS);
    assert_int_equal(mkdir(below("/home"), 0755), 0);
    fill = true;
    is_refused("/home/x", ENOTEMPTY, HINT_NONE);
    has_home(false);
    start("builder", USERS, GROUPS);
    assert_int_equal(mkdir(below("/home"), 0755), 0);
    give("/home/x", "");
    assert_true(make()); /* what is there stays */
    assert_string_equal(text_of("/home/x"), "");
    start("builder", USERS, GROUPS);
    account.home = "//srv//a//";
    assert_true(make());
    assert_int_equal(__real_stat(below("/srv/a"), &status), 0);
    assert_int_equal(status.st_mode, S_IFDIR | 0700);
}

/* A line of so many bytes and its end, of which this is the beginning, and a short one. */
static const char *long_line(const char *beginning, size_t length)
{
    static char text[1 << 15];

    memset(text, 'x', length);
    memcpy(text, beginning, strlen(beginning));
    (void)strcpy(text + length, "\nlast:x:5:5::/:\n");
    return text;
}

TEST(a_line_of_any_length_takes_other_ids)
{
    for (size_t length = 12250; length < 12280; length++) {
        const char *users = long_line("node:x:1:1:", length);
        start("node", users, GROUPS);
        account.home = "/";
        assert_true(make());
        const char *text = text_of("/etc/passwd");
        const char *ids = with_ids("node:x:U:G:");
        assert_int_equal(strncmp(text, ids, strlen(ids)), 0);
        assert_string_equal(text + strlen(ids), users + strlen("node:x:1:1:"));
    }
}

TEST(a_line_whose_ids_end_too_late_is_an_error)
{
    for (size_t length = 12250; length < 12280; length++) {
        static char users[1 << 15];
        (void)strcpy(stpcpy(users, long_line("node:", length)), "");
        (void)strcpy(users + length - strlen(":1:1"), ":1:1:g:/:/bin/sh\n");
        start("node", users, GROUPS);
        account.home = "/";
        bool good = make();
        assert_int_equal(good, length < 12273);
        if (!good) {
            assert_int_equal(problem.error, ENOBUFS);
            assert_string_equal(text_of("/etc/passwd"), users);
        }
    }
}

TEST(on_a_mount_a_line_that_is_too_long_is_an_error)
{
    for (size_t length = 12250; length < 12280; length++) {
        const char *users = long_line("node:x:1:1:", length);
        start("node", users, GROUPS);
        busy = true;
        account.home = "/";
        account.gid = 1;
        if (length < 12273) {
            assert_true(make());
            const char *line = strstr(text_of("/etc/passwd"), with_ids("\nnode:x:U:G:"));
            assert_non_null(line);
            assert_int_equal(strcspn(line + 1, "\n"), length + strlen(with_ids("U")) - 1);
        } else {
            is_refused("/etc/passwd", ENOBUFS, HINT_NONE);
            assert_string_equal(text_of("/etc/passwd"), users);
        }
    }
}

static void add_the_same_in_place(void)
{
    if (waited == 3) {
        fault.call = NULL;
        give("/etc/group", with_ids(GROUPS NEW_GROUP));
        give("/etc/passwd", with_ids(USERS NEW_USER));
    }
}

TEST(in_place_there_is_a_lock_as_well_and_what_was_written_meanwhile_counts)
{
    static const int errors[] = {EAGAIN, EACCES};

    for (int mount = 0; mount < 2; mount++) {
        for (size_t i = 0; i < COUNT(errors); i++) {
            start("builder", USERS, GROUPS);
            busy = mount == 1;
            sealed = mount == 0;
            fail_from("lock in place", 1, errors[i]);
            while_waiting = add_the_same_in_place;
            assert_true(make());
            assert_int_equal(waited, 3);
            files_are(USERS NEW_USER, GROUPS NEW_GROUP);
            start("builder", USERS, GROUPS);
            busy = true;
            fail_from("lock in place", 1, errors[i]);
            is_refused("/etc/group", ETIMEDOUT, HINT_NONE);
            assert_int_equal(waited, 1500);
            files_are(USERS, GROUPS);
        }
    }
    start("builder", USERS, GROUPS);
    busy = true;
    fail_from("lock in place", 1, ENOLCK);
    is_refused("/etc/group", ENOLCK, HINT_NONE);
    start("builder", USERS, GROUPS); /* a kernel that has no such locks */
    busy = true;
    account.home = "/";
    fail_from("lock in place", 1, EINVAL);
    assert_true(make());
    files_are(USERS "builder:x:U:G::/:/bin/sh\n", GROUPS NEW_GROUP);
}

TEST(what_was_written_is_read)
{
    start("builder", USERS, GROUPS);
    fail_from("renameat", 1, 0);
    fault.once = fault.lies = true;
    assert_true(make());
    files_are(USERS NEW_USER, GROUPS NEW_GROUP);
    start("builder", USERS, GROUPS);
    fail_from("renameat", 1, 0);
    fault.lies = true;
    is_refused("/etc/group", EIO, HINT_NONE);
    assert_int_equal(fault.seen, 6);
    fault.call = NULL;
    assert_true(make());
    files_are(USERS NEW_USER, GROUPS NEW_GROUP);
    start("builder", USERS, GROUPS);
    no_file = true;
    is_refused("/etc/passwd", EIO, HINT_NONE);
    files_are(USERS, GROUPS NEW_GROUP);
}

TEST(a_umask_that_does_not_change_is_an_error)
{
    for (unsigned when = 1; when <= 3; when++) {
        start("builder", USERS, GROUPS);
        (void)__real_umask(022);
        fail_from("umask", when, EPERM);
        fault.once = when < 3;
        assert_true(account_lines_decide(&account, &problem));
        assert_false(account_write(&account, &problem));
        assert_string_equal(problem.what, "umask");
        assert_string_equal(problem.why, "it did not change");
        assert_int_equal(problem.hint, HINT_FILTER);
        (void)__real_umask(022);
    }
}

/* What there is stays as it is, and nothing else is there. */
static bool look(void)
{
    struct stat before, after;

    assert_int_equal(__real_stat(below("/etc"), &before), 0);
    account.look = true;
    calls = 0;
    bool good = make();
    assert_int_equal(calls, 0);
    assert_int_equal(__real_stat(below("/etc"), &after), 0);
    assert_memory_equal(&before.st_mtim, &after.st_mtim, sizeof before.st_mtim);
    files_are(USERS, GROUPS);
    has_home(false);
    return good;
}

TEST(to_look_changes_nothing)
{
    start("builder", USERS, GROUPS);
    assert_true(look());
    assert_string_equal(looked, "group passwd . "); /* the home's place is the first that is there */
    assert_int_equal(account.user.change, ACCOUNT_ADD);
    assert_int_equal(account.group.change, ACCOUNT_ADD);
    assert_false(account_lines_have_home(&account));
    start("last", USERS, GROUPS);
    account.gid = 5;
    give("/etc/passwd.lock", "42");
    assert_int_equal(mkdir(below("/home"), 0755), 0);
    account.look = true;
    assert_true(make()); /* and waits for nobody */
    assert_int_equal(waited, 0);
    assert_string_equal(looked, "passwd . ");
    start("builder", NULL, GROUPS);
    account.look = true;
    account.home = "/etc/a/b/c";
    assert_true(make());
    assert_string_equal(looked, "group . . ");
    start("builder", NULL, NULL); /* not even /etc */
    account.look = true;
    account.home = "/";
    assert_true(make());
    assert_string_equal(looked, "");
}

TEST(what_cannot_be_written_can_be_seen_by_looking)
{
    static const char *const subjects[] = {"/etc/group", "/etc/passwd", "/home/x"};

    for (unsigned when = 1; when <= COUNT(subjects); when++) {
        start("builder", USERS, GROUPS);
        fail_from("faccessat", when, EROFS);
        assert_false(look());
        assert_string_equal(problem.what, "--account");
        assert_string_equal(problem.subject, subjects[when - 1]);
        assert_int_equal(problem.error, EROFS);
        assert_int_equal(problem.hint, HINT_ACCOUNT_FILES);
        start("builder", USERS, GROUPS);
        account.optional = true;
        fail_from("faccessat", when, EROFS);
        fault.once = when < 3;
        assert_true(look());
        assert_int_equal(account.user.change, when == 3 ? ACCOUNT_ADD : ACCOUNT_KEEP);
        assert_int_equal(account.group.change, when == 3 ? ACCOUNT_ADD : ACCOUNT_KEEP);
        assert_int_equal(account_lines_have_home(&account), when == 3);
    }
    start("builder", USERS, GROUPS); /* what this caller may not, root may */
    fail_from("faccessat", 1, EACCES);
    assert_true(look());
    assert_int_equal(account.user.change, ACCOUNT_ADD);
    start("builder", USERS, GROUPS);
    account.own = true;
    assert_true(look());
    assert_string_equal(looked, "passwd ");
    assert_int_equal(account.user.change, ACCOUNT_ADD);
    fail_from("faccessat", 1, EACCES); /* but for a line of its own it is the one */
    assert_true(look());
    assert_int_equal(account.user.change, ACCOUNT_KEEP);
    start("builder", USERS, GROUPS);
    account.home = "/etc/passwd/x";
    assert_false(look());
    assert_int_equal(problem.error, ENOTDIR);
}

TEST(one_file_stays_as_it_is_where_the_other_cannot_be_written)
{
    static const int errors[] = {EROFS, EPERM};

    for (size_t i = 0; i < COUNT(errors); i++) {
        start("builder", USERS, GROUPS);
        fail_from("faccessat", 2, errors[i]);
        is_refused("/etc/passwd", errors[i], errors[i] == EPERM ? HINT_CAP_CHOWN : HINT_ACCOUNT_FILES);
        files_are(USERS, GROUPS);
        assert_int_equal(calls, 0);
        assert_false(account.look);
        account.optional = true;
        account.home = "/";
        fail_from("faccessat", 2, errors[i]);
        assert_true(make());
        files_are(USERS, GROUPS);
        assert_int_equal(calls, 0);
    }
    start("last", USERS, GROUPS); /* where there is nothing to write, what a start left is no reason */
    account.uid = account.gid = 5;
    account.home = "/";
    give("/etc/passwd.lock", "44");
    fail_from("faccessat", 1, EROFS);
    assert_true(make());
    files_are(USERS, GROUPS);
}

TEST(a_file_whose_owner_is_not_known_is_given_to_nobody)
{
    struct stat before, after;

    for (int group = 0; group < 2; group++) {
        start("builder", USERS, GROUPS);
        if (chown(below("/etc/passwd"), group == 1 ? 0 : 65534, group == 1 ? 65534 : 0) != 0) {
            skip();
        }
        assert_int_equal(__real_stat(below("/etc/passwd"), &before), 0);
        assert_true(make()); /* it could be written to */
        files_are(USERS NEW_USER, GROUPS NEW_GROUP);
        assert_int_equal(__real_stat(below("/etc/passwd"), &after), 0);
        assert_int_equal(after.st_ino, before.st_ino);
        account.name = "other";
        account.uid++;
        account.gid++;
        fail_from("faccessat", 2, EACCES);
        is_refused("/etc/passwd", EOVERFLOW, HINT_ACCOUNT_FILES);
        assert_string_equal(problem.why, "an owner or group there is not mapped");
        account.optional = true;
        fail_from("faccessat", 2, EACCES);
        assert_true(make());
        account.uid--;
        account.gid--;
        files_are(USERS NEW_USER, GROUPS NEW_GROUP);
    }
}

TEST(a_file_on_its_way_that_another_start_takes_away_is_made_again)
{
    start("builder", USERS, GROUPS);
    swept = 5;
    assert_true(make());
    files_are(USERS NEW_USER, GROUPS NEW_GROUP);
    start("builder", USERS, GROUPS);
    swept = 1000;
    is_refused("/etc/group", EIO, HINT_NONE);
    files_are(USERS, GROUPS);
    start("builder", USERS, GROUPS);
    gone = 3; /* and what is to be the lock */
    assert_true(make());
    assert_int_equal(waited, 3);
    files_are(USERS NEW_USER, GROUPS NEW_GROUP);
}

TEST(a_lock_that_names_process_1_is_nobodys_where_the_lock_of_all_files_could_be_had)
{
    start("builder", USERS, GROUPS);
    give("/etc/passwd.lock", "1");
    assert_true(make());
    assert_int_equal(waited, 1);
    files_are(USERS NEW_USER, GROUPS NEW_GROUP);
    give("/etc/passwd.lock", "1"); /* behind the change */
    assert_true(make());
    files_are(USERS NEW_USER, GROUPS NEW_GROUP);
    start("builder", USERS, GROUPS);
    give("/etc/passwd.lock", "1");
    fail_from("create", 1, EPERM);
    fault.once = true;
    is_refused("/etc/passwd", ETIMEDOUT, HINT_NONE);
    assert_string_equal(text_of("/etc/passwd.lock"), "1");
}

TEST(a_home_may_have_dots_and_slashes_behind_it)
{
    static const char *const homes[] = {"/home/x/",      "/home/x/.",   "/home/x/./",
                                        "/home/x/.//./", "/home/./x/.", "//home//x"};
    struct stat status;

    for (size_t i = 0; i < COUNT(homes); i++) {
        start("builder", USERS, GROUPS);
        account.home = homes[i];
        assert_true(make());
        has_home(true);
    }
    start("builder", USERS, GROUPS);
    account.home = "/home/x/.hidden";
    assert_true(make());
    assert_int_equal(__real_stat(below("/home/x"), &status), 0);
    assert_int_equal(status.st_mode, S_IFDIR | 0755);
    assert_int_equal(__real_stat(below("/home/x/.hidden"), &status), 0);
    assert_int_equal(status.st_mode, S_IFDIR | 0700);
}

static void make_root(void)
{
    assert_non_null(mkdtemp(root));
    assert_int_equal(chmod(root, 0755), 0);
    (void)__real_umask(022);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_added_and_a_home_is_made),
        cmocka_unit_test(what_is_missing_is_made),
        cmocka_unit_test(the_ids_in_a_line_are_replaced),
        cmocka_unit_test(a_mount_is_written_to_in_place),
        cmocka_unit_test(a_line_on_a_mount_with_a_later_one_of_its_name_stays),
        cmocka_unit_test(what_a_start_left_that_ended_before_the_comment_is_completed),
        cmocka_unit_test(in_place_no_line_crosses_the_border_of_a_page),
        cmocka_unit_test(a_line_that_crosses_a_border_is_not_written_over),
        cmocka_unit_test(in_place_each_call_that_fails_is_an_error),
        cmocka_unit_test(a_line_longer_than_a_page_is_written_in_place_as_well),
        cmocka_unit_test(what_is_beside_a_mount_goes_before_it_is_written_to),
        cmocka_unit_test(nobody_elses_line_is_changed_if_somebody_takes_no_lock),
        cmocka_unit_test(a_line_that_cannot_be_written_whole_is_not_written),
        cmocka_unit_test(every_call_that_fails_is_an_error_that_can_be_done_again),
        cmocka_unit_test(descriptor_0_is_one_like_any_other),
        cmocka_unit_test(what_may_not_be_written_is_excused_where_that_is_asked_for),
        cmocka_unit_test(where_no_lock_can_be_made_the_files_are_written_in_place),
        cmocka_unit_test(a_lock_is_waited_for_and_what_was_written_meanwhile_stays),
        cmocka_unit_test(a_directory_above_the_home_may_be_made_by_two_at_once),
        cmocka_unit_test(a_lock_is_waited_for_15_seconds),
        cmocka_unit_test(where_nothing_can_be_taken_away_the_error_is_that),
        cmocka_unit_test(a_lock_that_cannot_be_given_back_is_an_error),
        cmocka_unit_test(what_a_start_left_is_nobodys),
        cmocka_unit_test(what_is_written_byte_by_byte_is_there_whole_or_not_at_all),
        cmocka_unit_test(beyond_the_limit_of_a_file_nothing_changes),
        cmocka_unit_test(a_lock_that_has_gone_is_tried_again_and_one_that_stays_is_an_error),
        cmocka_unit_test(where_a_home_cannot_be_put_without_replacing_it_is_put_by_name),
        cmocka_unit_test(the_mode_of_a_home_is_the_same_in_a_set_group_id_directory),
        cmocka_unit_test(a_home_that_appears_meanwhile_stays_as_it_is),
        cmocka_unit_test(only_an_empty_directory_is_given_away),
        cmocka_unit_test(a_home_that_another_start_takes_away_is_made_again),
        cmocka_unit_test(a_line_of_any_length_takes_other_ids),
        cmocka_unit_test(a_line_whose_ids_end_too_late_is_an_error),
        cmocka_unit_test(on_a_mount_a_line_that_is_too_long_is_an_error),
        cmocka_unit_test(what_was_written_is_read),
        cmocka_unit_test(a_umask_that_does_not_change_is_an_error),
        cmocka_unit_test(to_look_changes_nothing),
        cmocka_unit_test(what_cannot_be_written_can_be_seen_by_looking),
        cmocka_unit_test(one_file_stays_as_it_is_where_the_other_cannot_be_written),
        cmocka_unit_test(a_file_whose_owner_is_not_known_is_given_to_nobody),
        cmocka_unit_test(a_file_on_its_way_that_another_start_takes_away_is_made_again),
        cmocka_unit_test(a_lock_that_names_process_1_is_nobodys_where_the_lock_of_all_files_could_be_had),
        cmocka_unit_test(a_home_may_have_dots_and_slashes_behind_it),
        cmocka_unit_test(in_place_there_is_a_lock_as_well_and_what_was_written_meanwhile_counts),
    };

    make_root();
    int failures = cmocka_run_group_tests_name("account_write", tests, NULL, NULL);
    clear();
    (void)rmdir(root);
    return failures;
}
