/* safe_path.c on a tree in memory. */
#include "unit.h"

#include "safe_path.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

int __wrap_open(const char *path, int flags, ...);
int __wrap_openat(int directory, const char *name, int flags, ...);
int __wrap_fstat(int fd, struct stat *status);
int __wrap_fstatfs(int fd, struct statfs *place);
ssize_t __wrap_readlinkat(int fd, const char *path, char *text, size_t size);
int __wrap_close(int fd);
long __wrap_syscall(long number, ...);

#define LONG_LINK 4000U

/* A file, and the file that holds it: an index into the list. The first is "/". */
struct node {
    size_t parent;
    const char *name;
    mode_t mode;
    uid_t uid;
    const char *link;
    dev_t device;
};

/* Devices besides that of "/", and their file systems. */
enum { SYSFS = 1, PROC, TMPFS, FILE_SYSTEMS };
static const unsigned types[FILE_SYSTEMS] = {0xef53, 0x62656572, 0x9fa0, 0x01021994};

enum { ROOT, VAR, LIB, DATA, TMP, MINE, HOME, APP, INSIDE, SYS = 26, CGROUP };

static char long_link[LONG_LINK + 1];

static const struct node tree[] = {
    [ROOT] = {ROOT, "", S_IFDIR | 0755, 0, NULL, 0},
    [VAR] = {ROOT, "var", S_IFDIR | 0755, 0, NULL, 0},
    [LIB] = {VAR, "lib", S_IFDIR | 0700, 0, NULL, 0},
    [DATA] = {LIB, "data", S_IFDIR | 0755, 1000, NULL, 0},
    [TMP] = {ROOT, "tmp", S_IFDIR | 01777, 0, NULL, 0},
    [MINE] = {TMP, "mine", S_IFDIR | 0755, 0, NULL, 0},
    [HOME] = {ROOT, "home", S_IFDIR | 0755, 0, NULL, 0},
    [APP] = {HOME, "app", S_IFDIR | 0755, 1000, NULL, 0},
    [INSIDE] = {APP, "inside", S_IFDIR | 0755, 0, NULL, 0},
    {ROOT, "group", S_IFDIR | 0775, 0, NULL, 0},
    {ROOT, "other", S_IFDIR | 0757, 0, NULL, 0},
    {LIB, "file", S_IFREG | 0644, 0, NULL, 0},
    {ROOT, "short", S_IFLNK | 0777, 0, "var/lib", 0},
    {LIB, "up", S_IFLNK | 0777, 1000, "../lib//data/", 0},
    {LIB, "far", S_IFLNK | 0777, 0, "/home/./app", 0},
    {LIB, "dangling", S_IFLNK | 0777, 0, "nowhere", 0},
    {LIB, "loop", S_IFLNK | 0777, 0, "loop", 0},
    {LIB, "empty", S_IFLNK | 0777, 0, "", 0},
    {LIB, "long", S_IFLNK | 0777, 0, long_link, 0},
    {LIB, "out", S_IFLNK | 0777, 0, "/tmp/link", 0},
    {TMP, "link", S_IFLNK | 0777, 0, "/var", 0},
    {MINE, "link", S_IFLNK | 0777, 0, "/var", 0},
    {APP, "link", S_IFLNK | 0777, 1000, "/var", 0},
    {INSIDE, "link", S_IFLNK | 0777, 0, "/var", 0},
    {9, "link", S_IFLNK | 0777, 0, "/var", 0},
    {10, "link", S_IFLNK | 0777, 0, "/var", 0},
    [SYS] = {ROOT, "sys", S_IFDIR | 0755, 0, NULL, SYSFS},
    [CGROUP] = {SYS, "cgroup", S_IFDIR | 0755, 0, NULL, TMPFS},
    {CGROUP, "below", S_IFDIR | 0755, 0, NULL, TMPFS},
    {CGROUP, "out", S_IFLNK | 0777, 0, "/var", TMPFS},
    {ROOT, "proc", S_IFDIR | 0755, 0, NULL, PROC},
    {ROOT, "memory", S_IFDIR | 0755, 0, NULL, TMPFS},
    {VAR, "in", S_IFLNK | 0777, 0, "/sys/cgroup", 0},
    {LIB, "top", S_IFLNK | 0777, 0, "/", 0},
};

/* Standard input was closed. */
#define FIRST_FD 0

static size_t working_directory;
static unsigned open_now;
static int failing = -1;                 /* the node whose fstat fails with EIO; -1: none does */
static unsigned failing_open;            /* the open of "/" or "." that fails with EIO, from 1; 0: none does */
static bool failing_statfs;              /* with EIO */
static bool failing_readlink;            /* with EIO */
static const char *present = "/var/lib"; /* getcwd(2) says, or fails */
static bool present_fails;
static unsigned asked; /* calls of fstatfs */
static char room[SAFE_PATH_ROOM];
static struct safe_path found;
static struct problem problem;

/* A descriptor is a node and a serial number, so that one that was closed is known. */
static bool is_open[64];
static size_t node_of[64];

static int give(size_t node)
{
    for (int i = 0; i < (int)COUNT(is_open); i++) {
        if (!is_open[i]) {
            is_open[i] = true;
            node_of[i] = node;
            open_now++;
            errno = ENOENT; /* it says nothing of a call that succeeds */
            return FIRST_FD + i;
        }
    }
    errno = EMFILE;
    return -1;
}

static size_t node(int fd)
{
    assert_in_range(fd, FIRST_FD, FIRST_FD + (int)COUNT(is_open) - 1);
    assert_true(is_open[fd - FIRST_FD]);
    return node_of[fd - FIRST_FD];
}

int __wrap_open(const char *path, int flags, ...)
{
    assert_int_equal(flags, O_PATH | O_DIRECTORY | O_CLOEXEC);
    assert_true(strcmp(path, "/") == 0 || strcmp(path, ".") == 0);
    if (failing_open != 0 && --failing_open == 0) {
        errno = EIO;
        return -1;
    }
    return give(*path == '/' ? ROOT : working_directory);
}

int __wrap_openat(int directory, const char *name, int flags, ...)
{
    size_t parent = node(directory);

    assert_int_equal(flags, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    assert_null(strchr(name, '/'));
    if (!S_ISDIR(tree[parent].mode)) {
        errno = ENOTDIR;
        return -1;
    }
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0) {
        return give(name[1] == '.' ? tree[parent].parent : parent);
    }
    for (size_t i = 1; i < COUNT(tree); i++) {
        if (tree[i].parent == parent && strcmp(tree[i].name, name) == 0) {
            return give(i);
        }
    }
    errno = ENOENT;
    return -1;
}

int __wrap_fstat(int fd, struct stat *status)
{
    size_t which = node(fd);

    if ((int)which == failing) {
        errno = EIO;
        return -1;
    }
    *status = (struct stat){
        .st_mode = tree[which].mode, .st_uid = tree[which].uid, .st_ino = which, .st_dev = tree[which].device};
    return 0;
}

long __wrap_syscall(long number, ...)
{
    va_list rest;

    assert_int_equal(number, SYS_getcwd);
    va_start(rest, number);
    char *text = va_arg(rest, char *);
    assert_int_equal(va_arg(rest, size_t), SAFE_PATH_ROOM);
    va_end(rest);
    (void)strcpy(text, present);
    return present_fails ? -1 : (long)strlen(present) + 1;
}

int __wrap_fstatfs(int fd, struct statfs *place)
{
    asked++;
    place->f_type = types[tree[node(fd)].device];
    errno = EIO;
    return failing_statfs ? -1 : 0;
}

ssize_t __wrap_readlinkat(int fd, const char *path, char *text, size_t size)
{
    size_t which = node(fd);
    size_t length = strlen(tree[which].link);

    assert_string_equal(path, "");
    if (failing_readlink) {
        errno = EIO;
        return -1;
    }
    length = length < size ? length : size;
    memcpy(text, tree[which].link, length);
    errno = EBADF;
    return (ssize_t)length;
}

int __wrap_close(int fd)
{
    (void)node(fd);
    is_open[fd - FIRST_FD] = false;
    open_now--;
    errno = EBADF; /* what is reported is not this */
    return 0;
}

static bool opens(const char *path)
{
    problem = (struct problem){0};
    memset(room, 'x', sizeof room);
    return safe_path_open("--option", path, strlen(path), room, &found, &problem);
}

/* The path leads to that object, and nothing is left open afterwards. */
static void leads_to(const char *path, size_t object, const char *name)
{
    assert_true(opens(path));
    assert_null(problem.what);
    assert_int_equal(node(found.object), object);
    assert_int_equal(found.status.st_ino, object);
    assert_string_equal(found.name, name);
    assert_int_equal(open_now, found.directory < 0 ? 1 : 2);
    if (*name == '\0') {
        assert_int_equal(found.directory, -1);
    } else if (*name != '.') {
        assert_int_equal(node(found.directory), tree[object].parent);
    }
    safe_path_close(&found);
    assert_int_equal(found.object, -1);
    assert_int_equal(found.directory, -1);
    assert_int_equal(open_now, 0);
}

static void fails(const char *path, int error, const char *why)
{
    assert_false(opens(path));
    assert_int_equal(open_now, 0);
    assert_string_equal(problem.what, "--option");
    assert_ptr_equal(problem.subject, path);
    assert_int_equal(problem.subject_length, strlen(path));
    if (why != NULL) {
        assert_non_null(problem.why);
        assert_non_null(strstr(problem.why, why));
    } else {
        assert_null(problem.why);
        assert_int_equal(problem.error, error);
    }
}

TEST(a_path_without_links_leads_to_what_it_names)
{
    leads_to("/", ROOT, "");
    leads_to("//", ROOT, "");
    leads_to("/.", ROOT, ".");
    leads_to("/..", ROOT, "..");
    leads_to("/var/lib/data", DATA, "data");
    leads_to("//var///lib/./data//", DATA, "data");
    leads_to("/var/lib/../../var/lib", LIB, "lib");
    leads_to("/tmp/mine", MINE, "mine");
    leads_to("/home/app/inside", INSIDE, "inside");
}

TEST(a_relative_path_begins_at_the_working_directory)
{
    working_directory = VAR;
    leads_to("lib", LIB, "lib");
    leads_to(".", VAR, ".");
    leads_to("..", ROOT, "..");
    working_directory = APP;
    leads_to("inside", INSIDE, "inside");
    fails("link", 0, "symbolic link");
    fails("..", 0, "'..'");
    working_directory = ROOT;
}

TEST(a_link_is_followed_where_root_alone_can_write)
{
    leads_to("/short", LIB, "lib");
    leads_to("/short/data", DATA, "data");
    leads_to("short//data", DATA, "data");
    leads_to("/short/up", DATA, "data");
    leads_to("/var/lib/far", APP, "app");
    leads_to("/var/lib/far/inside", INSIDE, "inside");
    leads_to("/var/lib/top", ROOT, "");
}

TEST(a_link_is_an_error_where_others_can_write)
{
    fails("/tmp/link", 0, "symbolic link");
    fails("/tmp/link/lib", 0, "symbolic link");
    fails("/tmp/mine/link", 0, "symbolic link");
    fails("/home/app/link", 0, "symbolic link");
    fails("/home/app/inside/link", 0, "symbolic link");
    fails("/group/link", 0, "symbolic link");
    fails("/other/link", 0, "symbolic link");
    fails("/var/lib/out", 0, "symbolic link");
    fails("/var/lib/far/link", 0, "symbolic link");
}

TEST(two_dots_are_an_error_where_others_can_write)
{
    fails("/tmp/..", 0, "'..'");
    fails("/tmp/../var", 0, "'..'");
    fails("/tmp/mine/../mine", 0, "'..'");
    fails("/home/app/..", 0, "'..'");
    fails("/var/lib/data/..", 0, "'..'");
    leads_to("/tmp/./mine/.", MINE, ".");
}

TEST(trusted_is_what_root_alone_can_have_put_there)
{
    static const struct {
        const char *path;
        bool trusted;
    } cases[] = {{"/", true},          {"/var/lib/data", true}, {"/tmp", true},      {"/tmp/mine", false},
                 {"/tmp/none", false}, {"/group", true},        {"/group/x", false}, {"/var/none", true}};

    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_true(opens(cases[i].path));
        assert_int_equal(found.trusted, cases[i].trusted);
        safe_path_close(&found);
    }
}

TEST(a_last_name_that_is_not_there_has_a_directory)
{
    assert_true(opens("/short/none"));
    assert_int_equal(found.object, -1);
    assert_int_equal(node(found.directory), LIB);
    assert_int_equal(problem.error, ENOENT);
    assert_null(problem.why);
    assert_string_equal(found.name, "none");
    safe_path_close(&found);
    assert_true(opens("/var/lib/dangling"));
    assert_int_equal(found.object, -1);
    assert_int_equal(node(found.directory), LIB);
    assert_string_equal(found.name, "nowhere");
    safe_path_close(&found);
    assert_int_equal(open_now, 0);
    fails("/none/lib", ENOENT, NULL);
    fails("/var/lib/dangling/x", ENOENT, NULL);
}

TEST(what_cannot_be_followed_is_an_error)
{
    fails("/var/lib/loop", ELOOP, NULL);
    fails("/var/lib/empty", ENOENT, NULL);
    fails("/var/lib/file/x", ENOTDIR, NULL);
    failing = LIB;
    fails("/var/lib/data", EIO, NULL);
    failing = ROOT;
    fails("/var", EIO, NULL);
    failing = -1;
    failing_open = 1;
    fails("/var", EIO, NULL);
    failing_open = 2;
    fails("/var/lib/far", EIO, NULL);
    assert_int_equal(failing_open, 0);
    failing_readlink = true;
    fails("/short", EIO, NULL);
    failing_readlink = false;
}

TEST(forty_links_are_followed_and_no_more)
{
    char path[512] = "/";

    for (int i = 0; i < 40; i++) {
        strcat(path, "short/../../");
    }
    strcat(path, "var");
    leads_to(path, VAR, "var");
    strcat(path, "/../short");
    fails(path, ELOOP, NULL);
}

TEST(lengths_have_a_limit)
{
    static char path[2 * SAFE_PATH_ROOM];

    assert_false(safe_path_open("--option", "/var", 0, room, &found, &problem));
    assert_int_equal(problem.error, ENOENT);
    memset(path, '/', sizeof path - 1);
    memcpy(path + SAFE_PATH_ROOM - 1 - 3, "var", 3);
    assert_true(safe_path_open("--option", path, SAFE_PATH_ROOM - 1, room, &found, &problem));
    assert_int_equal(node(found.object), VAR);
    safe_path_close(&found);
    assert_false(safe_path_open("--option", path, SAFE_PATH_ROOM, room, &found, &problem));
    assert_int_equal(problem.error, ENAMETOOLONG);
    assert_int_equal(open_now, 0);
}

TEST(a_link_and_the_rest_behind_it_have_a_limit)
{
    static char path[SAFE_PATH_ROOM];
    int slashes = (int)(SAFE_PATH_ROOM - LONG_LINK - 2);

    /* The link is "./././var" of LONG_LINK bytes: it, a slash and what follows fill the room but for the NUL. */
    memset(long_link, '/', LONG_LINK);
    memcpy(long_link + LONG_LINK - 3, "var", 3);
    snprintf(path, sizeof path, "/var/lib/long/%0*d", slashes - 3, 0);
    memset(strrchr(path, '/') + 1, '.', 1);
    memset(strrchr(path, '/') + 2, '/', strlen(strrchr(path, '/') + 2));
    memcpy(path + strlen(path), "lib", 4);
    leads_to(path, LIB, "lib");
    memcpy(path + strlen(path), "/", 2);
    fails(path, ENAMETOOLONG, NULL);
}

TEST(what_is_below_a_file_system_of_the_kernels_is_the_kernels)
{
    static const struct {
        const char *path;
        bool kernels;
        unsigned asked; /* once for each step to another device */
    } cases[] = {{"/var/lib/file", false, 0},
                 {"/memory", false, 1},
                 {"/proc", true, 1},
                 {"/sys", true, 1},
                 {"/sys/cgroup", true, 2},
                 {"/sys/cgroup/below", true, 2},
                 {"/sys/cgroup/none", true, 2},
                 {"/sys/cgroup/out", true, 2}, /* links there lead where the kernel says */
                 {"/var/in/below", true, 2}};

    for (size_t i = 0; i < COUNT(cases); i++) {
        asked = 0;
        assert_true(opens(cases[i].path));
        assert_int_equal(found.kernels, cases[i].kernels);
        assert_int_equal(asked, cases[i].asked);
        safe_path_close(&found);
    }
    static const struct {
        const char *present, *path;
        bool fails, kernels;
    } relative[] = {{"/sys/fs/cgroup", "memory", false, true},   {"/proc/fs", ".", false, true},
                    {"/sys/fs/cgroup", "/memory", false, false}, {"/sys/fs/cgroup", "memory", true, false},
                    {"/system/x", "memory", false, false},       {"/srv/sys/x", "memory", false, false}};
    for (size_t i = 0; i < COUNT(relative); i++) {
        present = relative[i].present;
        present_fails = relative[i].fails;
        assert_true(opens(relative[i].path));
        assert_int_equal(found.kernels, relative[i].kernels);
        safe_path_close(&found);
    }
    present = "/var/lib";
    present_fails = false;
    failing_statfs = true;
    fails("/memory", EIO, NULL);
    failing_statfs = false;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_path_without_links_leads_to_what_it_names),
        cmocka_unit_test(a_relative_path_begins_at_the_working_directory),
        cmocka_unit_test(a_link_is_followed_where_root_alone_can_write),
        cmocka_unit_test(a_link_is_an_error_where_others_can_write),
        cmocka_unit_test(two_dots_are_an_error_where_others_can_write),
        cmocka_unit_test(trusted_is_what_root_alone_can_have_put_there),
        cmocka_unit_test(a_last_name_that_is_not_there_has_a_directory),
        cmocka_unit_test(what_cannot_be_followed_is_an_error),
        cmocka_unit_test(forty_links_are_followed_and_no_more),
        cmocka_unit_test(lengths_have_a_limit),
        cmocka_unit_test(a_link_and_the_rest_behind_it_have_a_limit),
        cmocka_unit_test(what_is_below_a_file_system_of_the_kernels_is_the_kernels),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
