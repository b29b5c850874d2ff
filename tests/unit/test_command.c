#include "command.h"
#include "files.h"
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

/* Every file belongs to these, whoever runs the tests. */
#define OWNER 1234
#define GROUP 2345

/* What the execve here says where the real one would not come back. */
#define RUNS E2BIG

int __wrap_execve(const char *path, char *const argv[], char *const envp[]);
int __wrap_stat(const char *path, struct stat *status);
int __real_stat(const char *path, struct stat *status);
int __wrap_fstatfs(int fd, struct statfs *place);
int __wrap_isatty(int fd);
int __wrap_fchown(int fd, uid_t owner, gid_t group);
mode_t __wrap_umask(mode_t mask);
void *__wrap_mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset);
void *__real_mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset);

static struct problem problem;

static unsigned stuck; /* so many calls of umask do nothing */

mode_t __wrap_umask(mode_t mask)
{
    static mode_t now = 022;
    const mode_t old = now;

    now = stuck > 0 ? now : mask;
    stuck -= stuck > 0;
    return old;
}

TEST(a_umask_is_set_or_it_is_an_error)
{
    assert_true(command_set_umask(027, &problem));
    assert_int_equal(__wrap_umask(0), 027);
    assert_true(command_set_umask(0777, &problem));
    assert_int_equal(__wrap_umask(0), 0777);
    for (stuck = 1; stuck <= 2; stuck++) { /* the second call alone does it, or none does */
        const unsigned calls = stuck;
        assert_false(command_set_umask(077, &problem));
        assert_string_equal(problem.what, "umask");
        assert_string_equal(problem.why, "it did not change");
        assert_int_equal(problem.hint, HINT_FILTER);
        (void)__wrap_umask(0);
        stuck = calls;
    }
    stuck = 0;
}

/* --- the environment -----------------------------------------------------------------------------------------------
 */

static int mmap_error;
static bool mmap_lies;

void *__wrap_mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset)
{
    assert_true(address == NULL && fd == -1 && offset == 0);
    assert_int_equal(protection, PROT_READ | PROT_WRITE);
    assert_int_equal(flags, MAP_PRIVATE | MAP_ANONYMOUS);
    if (mmap_lies) {
        return NULL;
    }
    if (mmap_error != 0) {
        errno = mmap_error;
        return MAP_FAILED;
    }
    return __real_mmap(address, length, protection, flags, fd, offset);
}

static char variable_room[COMMAND_VARIABLE_ROOM];

/* Sets HOME in `list` in place of the real environment; `*result` is then the list. */
static bool set_home(char **list, const char *value, char ***result)
{
    char **saved = environ;
    char *room = variable_room;

    environ = list;
    bool good = command_set_variable("HOME=", value, &room, &problem);
    *result = environ;
    environ = saved;
    if (good) {
        assert_ptr_equal(room, variable_room + strlen(value) + 6);
    }
    return good;
}

TEST(a_variable_is_replaced_everywhere_it_stands)
{
    char *list[] = {"A=1", "HOME=/root", "HOMES=x", "HOME", "HOME=", "XHOME=y", "home=z", "HOME=/root/", NULL};
    static const char *const expected[] = {"A=1",       "HOME=/new", "HOMES=x", "HOME",
                                           "HOME=/new", "XHOME=y",   "home=z",  "HOME=/new"};
    char **result = NULL;

    assert_true(set_home(list, "/new", &result));
    assert_ptr_equal(result, list);
    for (size_t i = 0; i < COUNT(expected); i++) {
        assert_string_equal(list[i], expected[i]);
    }
    assert_null(list[COUNT(expected)]);
}

TEST(a_new_variable_is_added_at_the_end)
{
    for (size_t count = 0; count < 1025; count += count < 3 ? 1 : 511) {
        char *list[1026];
        char **result = NULL;
        for (size_t i = 0; i < count; i++) {
            list[i] = "X=1";
        }
        list[count] = NULL;
        assert_true(set_home(list, "/", &result));
        assert_ptr_not_equal(result, list);
        for (size_t i = 0; i < count; i++) {
            assert_ptr_equal(result[i], list[i]);
        }
        assert_string_equal(result[count], "HOME=/");
        assert_null(result[count + 1]);
        assert_int_equal(munmap(result, (count + 2) * sizeof *result), 0);
    }
}

TEST(a_value_that_does_not_fit_is_an_error)
{
    static char value[COMMAND_TEXT_MAX + 1];
    char *list[] = {"HOME=/root", NULL};
    char **result = NULL;

    memset(value, 'v', COMMAND_TEXT_MAX);
    for (size_t length = COMMAND_TEXT_MAX; length >= COMMAND_TEXT_MAX - 1; length--) {
        value[length] = '\0';
        problem = (struct problem){.what = "nothing"};
        bool fits = length < COMMAND_TEXT_MAX;
        assert_int_equal(set_home(list, value, &result), fits);
        assert_string_equal(problem.what, fits ? "nothing" : "environment");
        assert_int_equal(problem.error, fits ? 0 : ENAMETOOLONG);
        assert_string_equal(list[0] + 5, fits ? value : "/root");
    }
}

TEST(no_memory_for_a_longer_list_is_an_error)
{
    char *list[] = {"A=1", NULL};
    char **result = NULL;

    mmap_error = ENOMEM;
    bool good = set_home(list, "/x", &result);
    mmap_error = 0;
    assert_false(good);
    assert_string_equal(problem.what, "environment");
    assert_string_equal(problem.subject, "HOME=");
    assert_int_equal(problem.error, ENOMEM);
    assert_ptr_equal(result, list);
    mmap_lies = true;
    good = set_home(list, "/x", &result);
    mmap_lies = false;
    assert_false(good);
    assert_ptr_equal(result, list);
}

/* --- descriptors 0 to 2 --------------------------------------------------------------------------------------------
 */

static struct stat standard[3];
static bool terminals;
static unsigned given; /* a bit for each descriptor */
static int fchown_error;

int __wrap_isatty(int fd)
{
    return terminals && standard[fd].st_mode != 0;
}

int __wrap_fchown(int fd, uid_t owner, gid_t group)
{
    assert_int_equal(owner, 1000);
    assert_int_equal(group, (gid_t)-1);
    given |= 1U << fd;
    errno = fchown_error;
    return fchown_error != 0 ? -1 : 0;
}

TEST(pipes_sockets_and_terminals_are_given_and_nothing_else)
{
    static const struct {
        mode_t mode;
        unsigned major, minor;
        bool terminal, good;
    } kinds[] = {{S_IFIFO, 0, 0, false, true},  {S_IFSOCK, 0, 0, false, true}, {S_IFCHR, 136, 0, true, true},
                 {S_IFCHR, 4, 1, true, true},   {S_IFCHR, 5, 1, true, true},   {S_IFCHR, 5, 0, true, false},
                 {S_IFCHR, 5, 2, true, false},  {S_IFCHR, 1, 3, false, false}, {S_IFCHR, 1, 5, false, false},
                 {S_IFREG, 0, 0, false, false}, {S_IFREG, 0, 0, true, false},  {S_IFDIR, 0, 0, false, false},
                 {S_IFBLK, 8, 0, false, false}, {S_IFBLK, 8, 0, true, false},  {S_IFLNK, 0, 0, false, false},
                 {0, 0, 0, true, false}};

    files = (struct files){.standard = standard, .seek_error = ESPIPE};
    for (size_t i = 0; i < COUNT(kinds); i++) {
        for (int fd = 0; fd < 3; fd++) {
            for (int error = 0; error < 2; error++) {
                memset(standard, 0, sizeof standard);
                standard[fd].st_mode = kinds[i].mode | (kinds[i].mode != 0 ? 0600 : 0);
                standard[fd].st_rdev = makedev(kinds[i].major, kinds[i].minor);
                terminals = kinds[i].terminal;
                fchown_error = error != 0 ? EPERM : 0;
                given = 0;
                assert_int_equal(command_may_give(fd), kinds[i].good);
                command_give_stdio(1000);
                assert_int_equal(given, kinds[i].good ? 1U << fd : 0);
            }
        }
    }
    for (int fd = 0; fd < 3; fd++) {
        standard[fd] = (struct stat){.st_mode = S_IFIFO | 0600};
    }
    given = 0;
    command_give_stdio(1000);
    assert_int_equal(given, 7); /* one that fails does not keep the others back */
}

TEST(a_pipe_that_can_seek_is_none)
{
    for (int error = 0; error < 134; error++) {
        memset(standard, 0, sizeof standard);
        standard[1].st_mode = S_IFIFO | 0600;
        files = (struct files){.standard = standard, .seek_error = error};
        errno = ESPIPE; /* of an earlier call */
        assert_int_equal(command_may_give(1), error == ESPIPE);
    }
}

/* --- the search ----------------------------------------------------------------------------------------------------
 */

static char tried[8192];
static char directory[] = "/tmp/stepdown-unit-XXXXXX";
static struct {
    const char *path;
    int error;
} forced, unseen;             /* what execve says of a path, and stat of one or of all below it */
static const char *gone;      /* what stat says ENOENT of */
static const char *forbidden; /* a directory without any x bit */
static const char *posing;    /* what stat takes for a file */
static int mount_error;       /* errno of fstatfs; 0: it works */
static unsigned mount_flags;  /* and says so */
static int execve_result = -1;
static char *const *executed_arguments;
static char *const *executed_environment;

int __wrap_stat(const char *path, struct stat *status)
{
    int result = __real_stat(path, status);

    if (unseen.path != NULL && strncmp(unseen.path, path, strlen(unseen.path)) == 0) {
        errno = unseen.error;
        return -1;
    }
    if (gone != NULL && strcmp(gone, path) == 0) {
        errno = ENOENT;
        return -1;
    }
    if (forbidden != NULL && strcmp(forbidden, path) == 0) {
        status->st_mode &= ~(mode_t)0111;
    }
    if (posing != NULL && strcmp(posing, path) == 0) {
        status->st_mode = S_IFREG | 0755;
    }
    status->st_uid = OWNER;
    status->st_gid = GROUP;
    return result;
}

int __wrap_fstatfs(int fd, struct statfs *place)
{
    assert_true(fd >= 0);
    *place = (struct statfs){.f_flags = (int)mount_flags};
    errno = mount_error != 0 ? mount_error : errno;
    return mount_error != 0 ? -1 : 0;
}

int __wrap_execve(const char *path, char *const argv[], char *const envp[])
{
    struct stat status;

    assert_true(strlen(tried) + strlen(path) + 2 < sizeof tried);
    (void)strcat(strcat(tried, path), " ");
    executed_arguments = argv;
    executed_environment = envp;
    if (forced.path != NULL && strcmp(forced.path, path) == 0) {
        errno = forced.error;
    } else if (__wrap_stat(path, &status) == 0) {
        errno = S_ISREG(status.st_mode) && (status.st_mode & 0111) != 0 ? RUNS : EACCES;
    }
    return execve_result;
}

static const struct {
    const char *path;
    mode_t mode;
} layout[] = {{"empty", S_IFDIR | 0755},         {"plain", S_IFDIR | 0755},      {"plain/cmd", S_IFREG | 0644},
              {"good", S_IFDIR | 0755},          {"good/cmd", S_IFREG | 0755},   {"other", S_IFDIR | 0755},
              {"other/cmd", S_IFREG | 0755},     {"isdir", S_IFDIR | 0755},      {"isdir/cmd", S_IFDIR | 0755},
              {"loop", S_IFDIR | 0755},          {"loop/cmd", S_IFLNK | 0777},   {"file", S_IFREG | 0755},
              {"closed", S_IFDIR | 0700},        {"closed/cmd", S_IFREG | 0755}, {"closed/in", S_IFDIR | 0755},
              {"closed/in/cmd", S_IFREG | 0755}, {"here", S_IFREG | 0755},       {"owners", S_IFREG | 0100},
              {"groups", S_IFREG | 0010},        {"others", S_IFREG | 0001},     {"nobodys", S_IFREG | 0666}};

static int make_layout(void **state)
{
    (void)state;
    if (mkdtemp(directory) == NULL || chmod(directory, 0755) != 0 || chdir(directory) != 0) {
        return -1;
    }
    for (size_t i = 0; i < COUNT(layout); i++) {
        const char *path = layout[i].path;
        int result = 0;
        if (S_ISDIR(layout[i].mode)) {
            result = mkdir(path, layout[i].mode & 07777);
        } else if (S_ISLNK(layout[i].mode)) {
            result = symlink("cmd", path);
        } else {
            int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
            result =
                fd < 0 || write(fd, "\177ELF", 4) != 4 || close(fd) != 0 || chmod(path, layout[i].mode & 07777) != 0
                    ? -1
                    : 0;
        }
        if (result != 0) {
            return -1;
        }
    }
    return 0;
}

static int remove_layout(void **state)
{
    int result = 0;

    (void)state;
    for (size_t i = COUNT(layout); i > 0; i--) {
        result |= remove(layout[i - 1].path);
    }
    return result | chdir("/") | rmdir(directory);
}

static void set_path(const char *path)
{
    assert_int_equal(path != NULL ? setenv("PATH", path, 1) : unsetenv("PATH"), 0);
    problem = (struct problem){.what = "nothing"};
    tried[0] = '\0';
}

static char room[COMMAND_PATH_ROOM];

/* Of the command or in the room, where a path fits behind it. */
static void check_subject(const char *command)
{
    assert_true(problem.subject == command ||
                (problem.subject >= room && problem.subject <= room + COMMAND_PATH_ROOM - COMMAND_TEXT_MAX));
}

static int execute(const char *path, char *command)
{
    char *arguments[] = {command, "one", NULL};

    set_path(path);
    assert_false(command_execute(arguments, room, &problem));
    assert_ptr_equal(executed_arguments, arguments);
    assert_ptr_equal(executed_environment, environ);
    assert_string_equal(problem.what, "exec");
    check_subject(command);
    return problem.status;
}

TEST(the_search_goes_through_path_in_order)
{
    static const struct {
        const char *path, *tried, *subject;
        int status, error;
    } searches[] = {
        {"empty:good:other", "empty/cmd good/cmd ", "good/cmd", 126, RUNS},
        {"good", "good/cmd ", "good/cmd", 126, RUNS},
        {"other:good", "other/cmd ", "other/cmd", 126, RUNS},
        {"empty:plain:good", "empty/cmd plain/cmd good/cmd ", "good/cmd", 126, RUNS},
        {"isdir:file:loop:none:good", "isdir/cmd file/cmd loop/cmd none/cmd good/cmd ", "good/cmd", 126, RUNS},
        {"empty:plain", "empty/cmd plain/cmd ", "plain/cmd", 126, EACCES},
        {"plain:isdir:empty", "plain/cmd isdir/cmd empty/cmd ", "plain/cmd", 126, EACCES},
        {"isdir:plain", "isdir/cmd plain/cmd ", "isdir/cmd", 126, EISDIR},
        {"loop:plain", "loop/cmd plain/cmd ", "plain/cmd", 126, EACCES},
        {"loop", "loop/cmd ", "cmd", 127, ENOENT},
        {"empty", "empty/cmd ", "cmd", 127, ENOENT},
        {"file:none", "file/cmd none/cmd ", "cmd", 127, ENOENT},
        {"", "cmd ", "cmd", 127, ENOENT},
        {":good", "cmd good/cmd ", "good/cmd", 126, RUNS},
        {"empty:", "empty/cmd cmd ", "cmd", 127, ENOENT},
        {"empty::good", "empty/cmd cmd good/cmd ", "good/cmd", 126, RUNS},
        {"good/", "good//cmd ", "good//cmd", 126, RUNS},
        {".", "./cmd ", "cmd", 127, ENOENT},
        {"./good", "./good/cmd ", "./good/cmd", 126, RUNS},
    };

    for (size_t i = 0; i < COUNT(searches); i++) {
        assert_int_equal(execute(searches[i].path, "cmd"), searches[i].status);
        assert_string_equal(tried, searches[i].tried);
        assert_string_equal(problem.subject, searches[i].subject);
        assert_int_equal(problem.error, searches[i].error);
        if (searches[i].status == 127) {
            assert_string_equal(problem.why, "not found in PATH");
        }
    }
    assert_int_equal(execute(":empty", "here"), 126);
    assert_string_equal(tried, "here ");
}

TEST(without_path_the_search_goes_where_docker_has_it_go)
{
    assert_int_equal(execute(NULL, "no-such-command-anywhere"), 127);
    assert_string_equal(tried, "/usr/local/sbin/no-such-command-anywhere /usr/local/bin/no-such-command-anywhere "
                               "/usr/sbin/no-such-command-anywhere /usr/bin/no-such-command-anywhere "
                               "/sbin/no-such-command-anywhere /bin/no-such-command-anywhere ");
}

TEST(an_element_that_does_not_fit_is_passed_over)
{
    static char path[2 * COMMAND_TEXT_MAX];

    for (size_t length = COMMAND_TEXT_MAX - 6; length < COMMAND_TEXT_MAX + 2; length++) {
        memset(path, 'x', length);
        (void)strcpy(path + length, ":good");
        assert_int_equal(execute(path, "cmd"), 126);
        /* "/cmd" and the NUL go behind it */
        assert_int_equal(strlen(tried), length + 5 <= COMMAND_TEXT_MAX ? length + 5 + 9 : 9);
    }
}

TEST(a_command_with_a_slash_is_executed_as_it_is)
{
    static const struct {
        const char *command;
        int status, error;
    } commands[] = {{"./here", 126, RUNS},          {"good/cmd", 126, RUNS},    {"plain/cmd", 126, EACCES},
                    {"isdir/", 126, EISDIR},        {"empty/cmd", 127, ENOENT}, {"file/cmd", 127, ENOTDIR},
                    {"/no/such/file", 127, ENOENT}, {"loop/cmd", 126, ELOOP},   {"", 127, ENOENT}};
    char command[32];
    char expected[40];

    for (size_t i = 0; i < COUNT(commands); i++) {
        (void)snprintf(expected, sizeof expected, "%s ", commands[i].command);
        assert_int_equal(execute("other:good", strcpy(command, commands[i].command)), commands[i].status);
        assert_string_equal(tried, expected);
        assert_ptr_equal(problem.subject, command);
        assert_int_equal(problem.error, commands[i].error);
        assert_null(problem.why);
    }
}

TEST(each_errno_of_execve_stops_the_search_or_not_and_has_its_hint)
{
    for (int error = 1; error < 134; error++) {
        bool goes_on = error == ENOENT || error == ENOTDIR || error == EACCES || error == EISDIR;
        enum hint hint = error == EAGAIN    ? HINT_PROCESS_LIMIT
                         : error == ENOEXEC ? HINT_NO_INTERPRETER
                         : error == ENOENT  ? HINT_MISSING_LOADER
                         : error == EACCES  ? HINT_NOT_EXECUTABLE
                                            : HINT_NONE;
        forced.path = "good/cmd";
        forced.error = error;
        assert_int_equal(execute("good:other", "cmd"), 126);
        assert_string_equal(tried, goes_on ? "good/cmd other/cmd " : "good/cmd ");
        assert_string_equal(problem.subject, goes_on ? "other/cmd" : "good/cmd");
        assert_int_equal(problem.error, goes_on ? RUNS : error);
        assert_int_equal(execute("good:empty", "cmd"), 126);
        assert_string_equal(problem.subject, "good/cmd");
        assert_int_equal(problem.error, error);
        assert_int_equal(problem.hint, hint);
        /* What stops the search is what is said, whatever came before. */
        assert_int_equal(execute("plain:good", "cmd"), 126);
        assert_string_equal(problem.subject, goes_on ? "plain/cmd" : "good/cmd");
        assert_int_equal(execute("good", "good/cmd"), 126);
        assert_int_equal(problem.error, error);
        assert_int_equal(problem.hint, hint);
        forced.path = NULL;
    }
}

TEST(what_the_user_cannot_see_is_no_such_file_whatever_execve_says)
{
    static const int reasons[] = {ENOENT, ENOTDIR, EACCES, ELOOP, ENAMETOOLONG, ESTALE, EIO, ENOTCONN, EHOSTDOWN};

    for (size_t i = 0; i < COUNT(reasons); i++) {
        for (int error = 1; error < 134; error++) {
            forced.path = unseen.path = "good/cmd";
            forced.error = error;
            unseen.error = reasons[i];
            assert_int_equal(execute("good:other", "cmd"), 126);
            assert_string_equal(tried, "good/cmd other/cmd ");
            assert_string_equal(problem.subject, "other/cmd");
            assert_int_equal(problem.error, RUNS);
            assert_int_equal(execute("good:plain:empty", "cmd"), 126);
            assert_string_equal(problem.subject, "plain/cmd");
            assert_int_equal(execute("good:empty", "cmd"), 127);
            assert_string_equal(problem.subject, "cmd");
            assert_string_equal(problem.why, "not found in PATH");
            assert_int_equal(problem.hint, HINT_NONE);
            /* By its path it is what execve says. */
            bool missing = error == ENOENT || error == ENOTDIR;
            assert_int_equal(execute("good", "good/cmd"), missing ? 127 : 126);
            assert_int_equal(problem.error, error);
            forced.path = unseen.path = NULL;
        }
    }
}

TEST(a_directory_is_not_executed_and_that_is_said)
{
    assert_int_equal(execute("isdir", "cmd"), 126);
    assert_int_equal(problem.error, EISDIR);
    assert_int_equal(problem.hint, HINT_NONE);
    assert_int_equal(execute("good", "./isdir"), 126);
    assert_int_equal(problem.error, EISDIR);
    forced.path = "./isdir"; /* another reason stays what it is */
    forced.error = EAGAIN;
    assert_int_equal(execute("good", "./isdir"), 126);
    assert_int_equal(problem.error, EAGAIN);
    forced.path = NULL;
}

TEST(an_execve_that_succeeds_and_comes_back_ends_the_search)
{
    execve_result = 0;
    int found = execute("good:other", "cmd");
    assert_string_equal(tried, "good/cmd ");
    int direct = execute("good", "./here");
    execve_result = -1;
    assert_int_equal(found, 126);
    assert_int_equal(direct, 126);
    assert_int_equal(problem.error, EIO);
}

/* --- the same for --dry-run ----------------------------------------------------------------------------------------
 */

/* What root and everyone else will have. */
static uint64_t roots = CAPABILITY(CAP_DAC_OVERRIDE), everyones;

static const char *find(const char *path, const char *command, uid_t uid, gid_t gid)
{
    gid_t groups[] = {gid, 5432};
    struct identity identity = {.uid = uid, .gid = gid, .groups = {groups, COUNT(groups)}};
    const char *place = NULL;

    set_path(path);
    bool good = command_find(command, &identity, uid == 0 ? roots : everyones, room, &place, &problem);
    assert_string_equal(tried, "");
    if (good) {
        return place;
    }
    assert_string_equal(problem.what, "exec");
    check_subject(command);
    return problem.status == 127 ? "127" : "126";
}

TEST(a_command_is_found_where_it_would_be_executed)
{
    assert_string_equal(find("empty:good:other", "cmd", 1, 1), "good/cmd");
    assert_string_equal(find("plain:isdir:file:loop:good", "cmd", 1, 1), "good/cmd");
    assert_string_equal(find("empty:plain:isdir", "cmd", 1, 1), "126");
    assert_string_equal(problem.subject, "plain/cmd");
    assert_int_equal(problem.error, EACCES);
    assert_int_equal(problem.hint, HINT_NOT_EXECUTABLE);
    assert_string_equal(find("isdir:plain", "cmd", 1, 1), "126");
    assert_string_equal(problem.subject, "isdir/cmd");
    assert_int_equal(problem.error, EISDIR);
    assert_string_equal(find("good", "./isdir", 1, 1), "126");
    assert_int_equal(problem.error, EISDIR);
    assert_string_equal(find("loop", "cmd", 1, 1), "127");
    assert_string_equal(find("loop:plain", "cmd", 1, 1), "126");
    assert_string_equal(problem.subject, "plain/cmd");
    assert_string_equal(find("good", "loop/cmd", 1, 1), "126");
    assert_int_equal(problem.error, ELOOP);
    assert_string_equal(find("empty:file", "cmd", 1, 1), "127");
    assert_string_equal(problem.subject, "cmd");
    assert_string_equal(problem.why, "not found in PATH");
    assert_string_equal(find("empty:", "here", 1, 1), "here");
    assert_string_equal(find("good", "other/cmd", 1, 1), "other/cmd");
    assert_string_equal(find("good", "empty/cmd", 1, 1), "127");
    assert_null(problem.why);
    assert_string_equal(find("good", "", 1, 1), "127");
    assert_string_equal(find(NULL, "no-such-command-anywhere", 1, 1), "127");
}

TEST(a_command_is_found_by_the_rights_of_the_new_identity)
{
    static const struct {
        const char *command;
        uid_t uid;
        gid_t gid;
        bool good;
    } rights[] = {{"owners", OWNER, GROUP, true},   {"owners", 1, GROUP, false}, {"owners", 1, 1, false},
                  {"owners", 0, 1, true},           {"groups", 1, GROUP, true},  {"groups", OWNER, GROUP, false},
                  {"groups", 1, 1, false},          {"groups", 0, 1, true},      {"others", 1, 1, true},
                  {"others", OWNER, 1, false},      {"others", 1, GROUP, false}, {"others", 0, 1, true},
                  {"nobodys", OWNER, GROUP, false}, {"nobodys", 0, 0, false},    {"here", OWNER, 1, true}};

    for (size_t i = 0; i < COUNT(rights); i++) {
        char command[16];
        (void)snprintf(command, sizeof command, "./%s", rights[i].command);
        assert_string_equal(find("", command, rights[i].uid, rights[i].gid), rights[i].good ? command : "126");
        assert_string_equal(find("", rights[i].command, rights[i].uid, rights[i].gid),
                            rights[i].good ? rights[i].command : "126");
    }
}

TEST(a_directory_on_the_way_that_may_not_be_searched_hides_what_is_in_it)
{
    static const struct {
        uid_t uid;
        bool sees;
    } users[] = {{OWNER, true}, {0, true}, {1, false}};

    for (size_t i = 0; i < COUNT(users); i++) {
        uid_t uid = users[i].uid;
        bool sees = users[i].sees;
        assert_string_equal(find("closed", "cmd", uid, GROUP), sees ? "closed/cmd" : "127");
        assert_string_equal(find("closed/in", "cmd", uid, GROUP), sees ? "closed/in/cmd" : "127");
        assert_string_equal(find("closed:other", "cmd", uid, GROUP), sees ? "closed/cmd" : "other/cmd");
        assert_string_equal(find("closed:plain", "cmd", uid, GROUP), sees ? "closed/cmd" : "126");
        assert_string_equal(sees ? "plain/cmd" : problem.subject, "plain/cmd");
        assert_string_equal(find("good", "closed/cmd", uid, GROUP), sees ? "closed/cmd" : "126");
        assert_int_equal(problem.error, sees ? 0 : EACCES);
        assert_string_equal(find("good", "closed/none", uid, GROUP), "127");
        assert_string_equal(find("good", "./closed/in", uid, GROUP), "126");
        assert_int_equal(problem.error, sees ? EISDIR : EACCES);
    }
}

TEST(capabilities_that_are_kept_open_what_modes_do_not_and_root_without_them_goes_by_modes)
{
    everyones = CAPABILITY(CAP_DAC_READ_SEARCH);
    assert_string_equal(find("closed", "cmd", 1, 1), "closed/cmd");
    assert_string_equal(find("", "./owners", 1, 1), "126");
    everyones = CAPABILITY(CAP_DAC_OVERRIDE);
    assert_string_equal(find("closed", "cmd", 1, 1), "closed/cmd");
    assert_string_equal(find("", "./owners", 1, 1), "./owners");
    assert_string_equal(find("", "./nobodys", 1, 1), "126");
    everyones = 0;
    roots = CAPABILITY(CAP_CHOWN);
    assert_string_equal(find("closed", "cmd", 0, 1), "127");
    assert_string_equal(find("", "./owners", 0, 1), "126");
    assert_string_equal(find("", "./others", 0, 1), "./others");
    roots = CAPABILITY(CAP_DAC_OVERRIDE);
}

TEST(root_searches_every_directory_and_nobody_one_that_is_gone)
{
    forbidden = "closed/";
    assert_string_equal(find("closed", "cmd", 0, GROUP), "closed/cmd");
    assert_string_equal(find("closed", "cmd", OWNER, GROUP), "127");
    forbidden = "closed/cmd";
    assert_string_equal(find("closed", "cmd", 0, GROUP), "126");
    forbidden = NULL;
    gone = "closed/";
    assert_string_equal(find("closed", "cmd", 0, GROUP), "127");
    assert_string_equal(find("good", "closed/cmd", 0, GROUP), "126");
    assert_int_equal(problem.error, EACCES);
    gone = NULL;
}

TEST(the_working_directory_is_one_on_the_way)
{
    assert_string_equal(find("", "here", 1, 1), "here");
    for (int i = 0; i < 2; i++) {
        forbidden = i == 0 ? "." : NULL;
        gone = i == 0 ? NULL : ".";
        assert_string_equal(find("", "here", 1, 1), "127");
        assert_string_equal(find("", "good/cmd", 1, 1), "126");
    }
    gone = NULL;
}

static void write_script(const char *path, const char *text, mode_t mode)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    assert_int_equal(fchmod(fd, mode) | close(fd), 0);
}

/* What is said of a script, in `length` bytes: 0 or the errno. */
static int judged(const char *text, size_t length)
{
    int fd = open("script", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    assert_int_equal(write(fd, text, length), length);
    assert_int_equal(fchmod(fd, 0755) | close(fd), 0);
    const char *place = find("", "./script", 1, 1);
    assert_string_equal(place, problem.error == 0 ? "./script" : "126");
    assert_int_equal(unlink("script"), 0);
    return problem.error;
}

TEST(what_a_script_names_must_be_executable_too)
{
    static const struct {
        const char *text;
        int error; /* 0: it would run */
    } scripts[] = {{"", ENOEXEC},
                   {"\177ELF", 0},
                   {"\177ELF\2\1\1", 0},
                   {"\177EL", ENOEXEC},
                   {"echo hello", ENOEXEC},
                   {"#", ENOEXEC},
                   {"# !nosuch", ENOEXEC},
                   {"#!good/cmd", 0},
                   {"#!good/cmd\n", 0},
                   {"#! \t good/cmd -e\n", 0},
                   {"#!good/cmd\tx", 0},
                   {"#!here\n", 0},
                   {"#!h", ENOENT},
                   {"#!nosuch\n", ENOENT},
                   {"#!good/cmd\r\n", ENOENT},
                   {"#!good\n", EACCES},
                   {"#!plain/cmd\n", EACCES},
                   {"#!closed/cmd\n", EACCES},
                   {"#!file/cmd\n", ENOTDIR},
                   {"#!script\n", ELOOP},
                   {"#!", EACCES},
                   {"#! \t", EACCES},
                   {"#!\n", ENOEXEC},
                   {"#! \t\ngood/cmd\n", ENOEXEC}};

    for (size_t i = 0; i < COUNT(scripts); i++) {
        assert_int_equal(judged(scripts[i].text, strlen(scripts[i].text)), scripts[i].error);
    }
    assert_int_equal(judged("#!\0good/cmd\n", 13), EACCES);
    assert_int_equal(judged("#!good/cmd\0/x\n", 14), 0);
}

/* The kernel reads 256 bytes, and knows a name by what stands behind it. */
TEST(a_name_that_is_not_whole_in_what_the_kernel_reads_is_none)
{
    static char text[300];

    for (size_t end = 200; end < sizeof text; end++) { /* of the name */
        memset(text, '/', sizeof text);
        memcpy(text, "#!./", 4);
        memcpy(text + end - 8, "good/cmd", 8);
        for (const char *behind = "\n \t"; *behind != '\0'; behind++) {
            text[end] = *behind;
            assert_int_equal(judged(text, end + 1), end < 256 ? 0 : ENOEXEC);
        }
        assert_int_equal(judged(text, end), end < 256 ? 0 : ENOEXEC);
        memset(text + 2, ' ', end - 10);
        assert_int_equal(judged(text, end), end < 256 ? 0 : ENOEXEC);
        memset(text + 2, ' ', end - 2);
        assert_int_equal(judged(text, end), end < 255 ? EACCES : ENOEXEC);
    }
}

TEST(as_many_scripts_may_name_one_another_as_the_kernel_lets)
{
    char name[] = "s0";
    char text[] = "#!s1\nleft over from a longer one";

    for (unsigned count = 0; count < 8; count++) {
        for (unsigned i = 0; i < count; i++) {
            name[1] = (char)('0' + i);
            text[3] = (char)('1' + i);
            write_script(name, i + 1 < count ? text : "#!good/cmd", 0755);
        }
        if (count > 0) {
            assert_string_equal(find("", "./s0", 1, 1), count < 6 ? "./s0" : "126");
            assert_int_equal(problem.error, count < 6 ? 0 : ELOOP);
        }
    }
    for (; name[1] >= '0'; name[1]--) {
        assert_int_equal(unlink(name), 0);
    }
}

TEST(a_file_that_cannot_be_opened_is_taken_for_good_and_one_that_cannot_be_read_is_not)
{
    struct rlimit limit;
    struct rlimit none = {.rlim_cur = 0};

    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    none.rlim_max = limit.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    const char *place = find("", "file", 1, 1);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    assert_string_equal(place, "file");
    posing = "./isdir";
    assert_string_equal(find("", "./isdir", 1, 1), "126");
    assert_int_equal(problem.error, EISDIR);
    assert_int_equal(mkfifo("fifo", 0755), 0);
    posing = "./fifo";
    (void)alarm(20); /* for one that waits */
    assert_string_equal(find("", "./fifo", 1, 1), "126");
    (void)alarm(0);
    assert_int_equal(problem.error, ENOEXEC);
    posing = NULL;
    assert_int_equal(unlink("fifo"), 0);
}

TEST(descriptor_0_is_as_good_as_any)
{
    int kept = dup(STDIN_FILENO);

    (void)close(STDIN_FILENO);
    write_script("script", "#!/no/such", 0755);
    assert_string_equal(find("", "./script", 1, 1), "126");
    assert_int_equal(problem.error, ENOENT);
    assert_int_equal(open("script", O_RDONLY | O_CLOEXEC), STDIN_FILENO); /* it was closed */
    (void)dup2(kept, STDIN_FILENO);
    (void)close(kept);
    assert_int_equal(unlink("script"), 0);
}

TEST(nothing_is_executed_on_a_mount_that_is_noexec)
{
    mount_flags = ST_NOEXEC | ST_NOSUID;
    assert_string_equal(find("", "./here", 1, 1), "126");
    assert_int_equal(problem.error, EACCES);
    assert_int_equal(judged("#", 1), EACCES);
    mount_error = ENOSYS;
    assert_string_equal(find("", "./here", 1, 1), "./here");
    mount_error = 0;
    mount_flags = ST_NOSUID | ST_NODEV | ST_RDONLY;
    assert_string_equal(find("", "./here", 1, 1), "./here");
    mount_flags = 0;
}

TEST(a_link_leads_no_further_than_the_user_can_search)
{
    static char absolute[64];
    static char dots[4001];
    static char command[4001 + 16];
    static const char *links[][2] = {{"closed/cmd", "away"}, {absolute, "whole"}, {"away", "chain"},
                                     {".", "same"},          {dots, "dots"},      {dots + 1000, "half"}};

    (void)snprintf(absolute, sizeof absolute, "%s/closed/cmd", directory);
    for (size_t i = 0; i < 4000; i += 2) {
        memcpy(dots + i, "./", 2);
    }
    for (size_t i = 0; i < COUNT(links); i++) {
        assert_int_equal(symlink(links[i][0], links[i][1]), 0);
    }
    assert_string_equal(find("", "away", OWNER, GROUP), "away");
    assert_string_equal(find("", "whole", OWNER, GROUP), "whole");
    assert_string_equal(find("", "./whole", OWNER, GROUP), "./whole");
    assert_string_equal(find("", "chain", OWNER, GROUP), "chain");
    assert_string_equal(find("", "./away", 1, 1), "126");
    assert_int_equal(problem.error, EACCES);
    assert_string_equal(find("", "./whole", 1, 1), "126");
    assert_string_equal(find("", "./chain", 1, 1), "126");
    assert_string_equal(find(":good", "chain", 1, 1), "127");
    assert_string_equal(find("same/same/good", "cmd", 1, 1), "same/same/good/cmd");
    assert_string_equal(find("dots/good", "cmd", 1, 1), "dots/good/cmd");
    /* What lies behind a link may be as long as there is room; the kernel would take more. */
    for (unsigned more = 0; more < 2; more++) {
        (void)snprintf(command, sizeof command, "dots%.87s%s", dots + 1, more == 0 ? "good/cmd" : "/good/cmd");
        assert_string_equal(find("", command, 1, 1), more == 0 ? command : "126");
        assert_int_equal(problem.error, more == 0 ? 0 : EACCES);
    }
    (void)snprintf(command, sizeof command, "%.*shalf/good/cmd", 1000, dots);
    assert_string_equal(find("", command, 1, 1), command);
    for (size_t i = 0; i < COUNT(links); i++) {
        assert_int_equal(unlink(links[i][1]), 0);
    }
}

TEST(as_many_links_are_followed_as_the_kernel_follows)
{
    char name[] = "./l00";
    char last[] = "here\0";

    for (unsigned count = 1; count < 43; count++) {
        (void)snprintf(name, sizeof name, "./l%02u", count);
        assert_int_equal(symlink(last, name), 0);
        (void)strcpy(last, name);
        assert_string_equal(find("", name, 1, 1), count <= 40 ? name : "126");
        assert_int_equal(problem.error, count <= 40 ? 0 : ELOOP);
    }
    for (unsigned count = 1; count < 43; count++) {
        (void)snprintf(name, sizeof name, "./l%02u", count);
        assert_int_equal(unlink(name), 0);
    }
}

TEST(the_primary_group_and_each_other_count)
{
    static const struct {
        gid_t gid, other;
        bool good;
    } cases[] = {{GROUP, 1, true}, {1, GROUP, true}, {GROUP, GROUP, true}, {1, 2, false}};
    const char *place = NULL;

    set_path("");
    for (size_t i = 0; i < COUNT(cases); i++) {
        gid_t other = cases[i].other;
        struct identity identity = {.uid = 1, .gid = cases[i].gid, .groups = {&other, 1}};
        assert_int_equal(command_find("groups", &identity, 0, room, &place, &problem), cases[i].good);
    }
}

TEST(a_command_too_long_to_be_found_is_an_error)
{
    static char command[COMMAND_TEXT_MAX + 2];

    for (size_t length = COMMAND_TEXT_MAX - 1; length < COMMAND_TEXT_MAX + 2; length++) {
        memset(command, '/', length);
        assert_string_equal(find("good", command, 1, 1), "126");
        assert_int_equal(problem.error, length < COMMAND_TEXT_MAX ? EISDIR : ENAMETOOLONG);
        memset(command, 'c', length);
        assert_string_equal(find("good", command, 1, 1), "127");
        assert_int_equal(problem.error, ENOENT);
    }
}

TEST(a_command_that_is_not_there_has_the_hint_of_what_it_may_be)
{
    static const struct {
        const char *command;
        enum hint hint;
    } missing[] = {{"nothing", HINT_NONE},
                   {"--harden", HINT_OPTION_BEHIND},
                   {"-", HINT_OPTION_BEHIND},
                   {"echo hello", HINT_ONE_WORD},
                   {"/bin/echo hello", HINT_ONE_WORD},
                   {"- x", HINT_OPTION_BEHIND},
                   {".", HINT_BUILTIN},
                   {"cd", HINT_BUILTIN},
                   {"exec", HINT_BUILTIN},
                   {"source", HINT_BUILTIN},
                   {"wait", HINT_BUILTIN},
                   {"c", HINT_NONE},
                   {"d", HINT_NONE},
                   {"cdx", HINT_NONE},
                   {"", HINT_NONE},
                   {"/no/cd", HINT_NONE},
                   {"alia", HINT_NONE},
                   {"it", HINT_NONE}};

    for (size_t i = 0; i < COUNT(missing); i++) {
        char command[32];
        const char *as_given = strcpy(command, missing[i].command);
        bool dot = strcmp(as_given, ".") == 0; /* in PATH's directories it is there */
        assert_int_equal(execute(dot ? "/none" : "empty", command), 127);
        assert_int_equal(problem.hint, missing[i].hint);
        assert_string_equal(find(dot ? "/none" : "empty", command, 1, 1), "127");
        assert_int_equal(problem.hint, missing[i].hint);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_umask_is_set_or_it_is_an_error),
        cmocka_unit_test(a_variable_is_replaced_everywhere_it_stands),
        cmocka_unit_test(a_new_variable_is_added_at_the_end),
        cmocka_unit_test(a_value_that_does_not_fit_is_an_error),
        cmocka_unit_test(no_memory_for_a_longer_list_is_an_error),
        cmocka_unit_test(pipes_sockets_and_terminals_are_given_and_nothing_else),
        cmocka_unit_test(a_pipe_that_can_seek_is_none),
        cmocka_unit_test(the_search_goes_through_path_in_order),
        cmocka_unit_test(without_path_the_search_goes_where_docker_has_it_go),
        cmocka_unit_test(an_element_that_does_not_fit_is_passed_over),
        cmocka_unit_test(a_command_with_a_slash_is_executed_as_it_is),
        cmocka_unit_test(each_errno_of_execve_stops_the_search_or_not_and_has_its_hint),
        cmocka_unit_test(what_the_user_cannot_see_is_no_such_file_whatever_execve_says),
        cmocka_unit_test(a_directory_is_not_executed_and_that_is_said),
        cmocka_unit_test(an_execve_that_succeeds_and_comes_back_ends_the_search),
        cmocka_unit_test(a_command_is_found_where_it_would_be_executed),
        cmocka_unit_test(a_command_is_found_by_the_rights_of_the_new_identity),
        cmocka_unit_test(a_directory_on_the_way_that_may_not_be_searched_hides_what_is_in_it),
        cmocka_unit_test(a_command_that_is_not_there_has_the_hint_of_what_it_may_be),
        cmocka_unit_test(capabilities_that_are_kept_open_what_modes_do_not_and_root_without_them_goes_by_modes),
        cmocka_unit_test(root_searches_every_directory_and_nobody_one_that_is_gone),
        cmocka_unit_test(the_working_directory_is_one_on_the_way),
        cmocka_unit_test(what_a_script_names_must_be_executable_too),
        cmocka_unit_test(a_name_that_is_not_whole_in_what_the_kernel_reads_is_none),
        cmocka_unit_test(as_many_scripts_may_name_one_another_as_the_kernel_lets),
        cmocka_unit_test(a_file_that_cannot_be_opened_is_taken_for_good_and_one_that_cannot_be_read_is_not),
        cmocka_unit_test(descriptor_0_is_as_good_as_any),
        cmocka_unit_test(nothing_is_executed_on_a_mount_that_is_noexec),
        cmocka_unit_test(a_link_leads_no_further_than_the_user_can_search),
        cmocka_unit_test(as_many_links_are_followed_as_the_kernel_follows),
        cmocka_unit_test(the_primary_group_and_each_other_count),
        cmocka_unit_test(a_command_too_long_to_be_found_is_an_error),
    };

    return cmocka_run_group_tests_name("command", tests, make_layout, remove_layout);
}
