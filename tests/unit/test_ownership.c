/* ownership.c on trees in memory. */
#include "trees.h"
#include "unit.h"

#include "ownership.h"

#include "capabilities.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define USER    1000U
#define GROUP   2000U
#define DIR     (S_IFDIR | 0755)
#define FILE_   (S_IFREG | 0644)
#define ALL     (~UINT64_C(0))
#define FIRST   "         0          0 4294967295\n"
#define SOME    "         0     100000      65536\n"
#define IS_ROOT "it is the root directory: is a variable unset?"

static struct ownership_room room;
static struct ownership want;
static struct problem problem;
static size_t srv, data, file, other;

static void start(void)
{
    trees_clear();
    want = (struct ownership){.uid = USER, .gid = GROUP, .capabilities = ALL};
    trees.uid_map = FIRST;
    srv = trees_add(0, "srv", DIR);
    data = trees_add(srv, "data", DIR);
    file = trees_add(data, "file", FILE_);
    other = trees_add(srv, "other", DIR);
    trees.nodes[trees_add(srv, "link", S_IFLNK | 0777)].link = "data";
    trees.nodes[trees_add(srv, "root", S_IFLNK | 0777)].link = "..";
    trees.nodes[trees_add(trees_add(0, "tmp", S_IFDIR | 01777), "link", S_IFLNK | 0777)].link = "/srv/data";
}

static bool gives(const char *list)
{
    want.list = list;
    problem = (struct problem){0};
    memset(&room, 0, sizeof room);
    bool good = ownership_give(&want, &room, &problem);
    if (good) {
        assert_int_equal(trees.open, 0);
    } else {
        assert_string_equal(problem.what, "--chown");
        assert_non_null(problem.subject);
    }
    return good;
}

static bool is_users(size_t node)
{
    return trees.nodes[node].uid == USER && trees.nodes[node].gid == GROUP;
}

static void is_about(const char *subject)
{
    assert_int_equal(problem.subject_length, strlen(subject));
    assert_memory_equal(problem.subject, subject, strlen(subject));
}

static void fails_with(const char *list, const char *subject, const char *why, int error, enum hint hint)
{
    assert_false(gives(list));
    is_about(subject);
    if (why == NULL) {
        assert_null(problem.why);
        assert_int_equal(problem.error, error);
    } else {
        assert_non_null(problem.why);
        assert_non_null(strstr(problem.why, why));
    }
    assert_int_equal(problem.hint, hint);
}

TEST(a_list_is_checked_without_a_look_at_files)
{
    static const struct {
        const char *list;
        const char *subject; /* NULL: it is good */
        size_t length;
        const char *why;
        enum hint hint;
    } cases[] = {
        {"/a", NULL, 0, NULL, HINT_NONE},        {".", NULL, 0, NULL, HINT_NONE},
        {"..", NULL, 0, NULL, HINT_NONE},        {"./", NULL, 0, NULL, HINT_NONE},
        {"/.a", NULL, 0, NULL, HINT_NONE},       {"/a?,b", NULL, 0, NULL, HINT_NONE},
        {"/", "/", 1, IS_ROOT, HINT_NONE},       {"//", "//", 2, IS_ROOT, HINT_NONE},
        {"/.", "/.", 2, IS_ROOT, HINT_NONE},     {"/...", NULL, 0, NULL, HINT_NONE},
        {"/....", NULL, 0, NULL, HINT_NONE},     {"/.../", NULL, 0, NULL, HINT_NONE},
        {"/..", "/..", 3, IS_ROOT, HINT_NONE},   {"/./..//.", "/./..//.", 8, IS_ROOT, HINT_NONE},
        {"/?", "/?", 1, IS_ROOT, HINT_NONE},     {"/a,/", "/", 1, IS_ROOT, HINT_NONE},
        {"/,/a", "/,/a", 1, IS_ROOT, HINT_NONE}, {"", "", 0, "empty", HINT_USAGE},
        {"?", "?", 0, "empty", HINT_USAGE},      {"a,", "a,", 0, "empty", HINT_USAGE},
        {",a", ",a", 0, "empty", HINT_USAGE},    {"a,,b", "a,,b", 0, "empty", HINT_USAGE},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        problem = (struct problem){0};
        assert_int_equal(ownership_check(cases[i].list, &problem), cases[i].subject == NULL);
        if (cases[i].subject != NULL) {
            assert_string_equal(problem.what, "--chown");
            assert_string_equal(problem.subject, cases[i].subject);
            assert_int_equal(problem.subject_length, cases[i].length);
            assert_non_null(strstr(problem.why, cases[i].why));
            assert_int_equal(problem.hint, cases[i].hint);
        }
    }
}

TEST(nothing_is_done_where_nothing_is_asked_for)
{
    start();
    want.uid = 65534; /* it could be anybody, where that matters */
    trees.failing = "";
    trees.at = 1;
    assert_true(gives(NULL));
    assert_int_equal(trees.calls, 0);
}

TEST(a_path_and_all_below_it)
{
    start();
    assert_true(gives("/srv/data"));
    assert_true(is_users(data) && is_users(file));
    assert_int_equal(trees.changes, 2);
    start();
    assert_true(gives("/srv/link/file,/srv/other"));
    assert_true(is_users(file) && is_users(other));
    assert_int_equal(trees.changes, 2);
    start();
    trees.working_directory = data;
    assert_true(gives("."));
    assert_int_equal(trees.changes, 2);
}

TEST(a_list_that_nobody_has_checked_is_no_better)
{
    start();
    want.list = "/srv/data,";
    problem = (struct problem){0};
    assert_false(ownership_give(&want, &room, &problem));
    assert_string_equal(problem.what, "--chown");
    assert_int_equal(problem.hint, HINT_USAGE);
}

TEST(a_path_that_is_not_there)
{
    start();
    assert_true(gives("/srv/none?,/none/x?,/srv/data?,/srv/data/file/x?"));
    assert_int_equal(trees.changes, 2);
    fails_with("/srv/none", "/srv/none", NULL, ENOENT, HINT_NONE);
    fails_with("/none/x", "/none/x", NULL, ENOENT, HINT_NONE);
    fails_with("/none/x?,/srv/none", "/srv/none", NULL, ENOENT, HINT_NONE);
    fails_with("/srv/data/file/x", "/srv/data/file/x", NULL, ENOTDIR, HINT_NONE);
    fails_with("/tmp/link?", "/tmp/link", "symbolic link", 0, HINT_NONE);
}

TEST(a_link_to_nothing_is_not_there_but_where_others_can_write_it_is_an_error)
{
    start();
    trees.nodes[trees_add(srv, "dangling", S_IFLNK | 0777)].link = "none";
    trees.nodes[trees_add(srv, "out", S_IFLNK | 0777)].link = "/tmp/link/none";
    assert_true(gives("/srv/dangling?"));
    fails_with("/srv/dangling", "/srv/dangling", NULL, ENOENT, HINT_NONE);
    errno = ENOENT;
    fails_with("/srv/out?", "/srv/out", "symbolic link", 0, HINT_NONE);
}

TEST(to_look_changes_nothing_and_refuses_what_is_no_path_to_give)
{
    start();
    want.look = true;
    assert_true(gives("/srv/data,/srv/other,/srv/no?"));
    assert_int_equal(trees.changes, 0);
    assert_false(is_users(data) || is_users(file));
    fails_with("/srv/data,/srv/no", "/srv/no", NULL, ENOENT, HINT_NONE);
    fails_with("/srv/file/x", "/srv/file/x", NULL, ENOENT, HINT_NONE);
    fails_with("/tmp/link", "/tmp/link", "a symbolic link where others", 0, HINT_NONE);
    fails_with("/srv/root/srv/root", "/srv/root/srv/root", "it is the root directory", 0, HINT_NONE);
    start();
    want.look = want.later = true; /* what is not there may be made before */
    assert_true(gives("/srv/no,/srv/no/x,/srv/data/file/x"));
    fails_with("/srv/no,/tmp/link", "/tmp/link", "a symbolic link where others", 0, HINT_NONE);
    trees.type = 0x9fa0; /* proc(5) */
    fails_with("/srv/data", "/srv/data", "it is no place for files", 0, HINT_NONE);
    assert_int_equal(trees.changes, 0);
}

TEST(the_root_directory_is_an_error_by_any_name)
{
    start();
    fails_with("/srv/..", "/srv/..", "root directory", 0, HINT_NONE);
    fails_with("/srv/root", "/srv/root", "root directory", 0, HINT_NONE);
    fails_with(".", ".", "root directory", 0, HINT_NONE);
    want.once = true;
    trees.nodes[0].uid = USER;
    trees.nodes[0].gid = GROUP;
    fails_with(".", ".", "root directory", 0, HINT_NONE);
    assert_int_equal(trees.changes, 0);
}

TEST(some_file_systems_are_no_place_for_files)
{
    static const uint32_t types[] = {0x9fa0,     0x62656572, 0x27e0eb,   0x63677270, 0x1cd1,     0x64626720, 0x74726163,
                                     0x73636673, 0xcafe4a11, 0x6165676c, 0xf97cff8c, 0x43415d53, 0xde5e81e4, 0x42494e4d,
                                     0x6e736673, 0x62656570, 0x0187,     0x7655821,  0x65735543, 0x19800202};
    static const uint32_t good[] = {0x01021994, 0xef53, 0x58465342, 0x9123683e,
                                    0x794c7630, 0x6969, 0x65735546, 0x958458f6};

    for (size_t i = 0; i < COUNT(types); i++) {
        start();
        trees.type = types[i];
        fails_with("/srv/data", "/srv/data", "no place for files", 0, HINT_NONE);
        assert_int_equal(trees.changes, 0);
    }
    for (size_t i = 0; i < COUNT(good); i++) {
        start();
        trees.type = good[i];
        assert_true(gives("/srv/data"));
    }
}

TEST(once_passes_over_what_is_the_users_itself)
{
    start();
    want.once = true;
    trees.nodes[data].uid = USER;
    trees.nodes[data].gid = GROUP;
    assert_true(gives("/srv/data,/srv/other"));
    assert_false(is_users(file));
    assert_true(is_users(other));
    assert_int_equal(trees.reads, 2);
    want.once = false;
    assert_true(gives("/srv/data"));
    assert_true(is_users(file));
    for (int i = 0; i < 2; i++) {
        start();
        want.once = true;
        *(i == 0 ? &trees.nodes[data].uid : &trees.nodes[data].gid) = i == 0 ? USER : GROUP;
        assert_true(gives("/srv/data"));
        assert_true(is_users(file) && is_users(data));
    }
}

TEST(once_passes_over_nothing_that_only_reads_as_the_users)
{
    for (int plain = 0; plain < 2; plain++) {
        start();
        want.once = true;
        want.uid = want.gid = 65534;
        trees.nodes[data].uid = trees.nodes[data].gid = 65534;
        trees.uid_map = plain == 1 ? FIRST : SOME;
        assert_true(gives("/srv/data"));
        assert_int_equal(trees.nodes[file].uid, plain == 1 ? 0 : 65534);
        assert_int_equal(trees.nodes[data].changed, plain == 1 ? 0 : 1);
    }
}

TEST(other_hard_links_have_a_hint)
{
    start();
    trees.nodes[file].links = 2;
    fails_with("/srv/data", "/srv/data/file", "other hard links", 0, HINT_HARD_LINKS);
    fails_with("/srv/data/file", "/srv/data/file", "other hard links", 0, HINT_HARD_LINKS);
}

TEST(the_directory_of_the_path_counts_too)
{
    start();
    trees.nodes[data].mode = S_IFDIR | 0777;
    trees.no_proc = true;
    fails_with("/srv/data/file", "/srv/data/file", "nor /proc", 0, HINT_NONE);
    trees.nodes[data].mode = DIR;
    trees.open = 0;
    assert_true(gives("/srv/data/file"));
}

TEST(each_error_has_its_hint)
{
    static const struct {
        const char *call;
        int error;
        uint64_t without;
        uint32_t type;
        const char *map;
        enum hint hint;
    } cases[] = {
        {"fchownat", EROFS, 0, 0x1234, FIRST, HINT_READ_ONLY_MOUNT},
        {"fchownat", EROFS, ALL, 0x6969, FIRST, HINT_READ_ONLY_MOUNT},
        {"fchownat", EPERM, CAPABILITY(CAP_CHOWN), 0x1234, FIRST, HINT_CAP_CHOWN},
        {"fchownat", EPERM, CAPABILITY(CAP_CHOWN), 0x6969, FIRST, HINT_CAP_CHOWN},
        {"fchownat", EPERM, CAPABILITY(CAP_DAC_OVERRIDE), 0x6969, FIRST, HINT_NFS},
        {"fchownat", EPERM, 0, 0x6969, FIRST, HINT_NFS},
        {"fchownat", EPERM, 0, 0x1234, FIRST, HINT_IMMUTABLE},
        {"fchownat", EPERM, 0, 0x1234, "0 100000 65536\n", HINT_UNMAPPED_ID},
        {"fchownat", EPERM, 0, 0x1234, "0 0 1\n", HINT_UNMAPPED_ID},
        {"fchownat", EPERM, 0, 0x1234, NULL, HINT_UNMAPPED_ID},
        {"fchownat", EINVAL, 0, 0x1234, FIRST, HINT_UNMAPPED_ID},
        {"fchownat", EOVERFLOW, 0, 0x1234, FIRST, HINT_UNMAPPED_ID},
        {"fchownat", EDQUOT, ALL, 0x1234, NULL, HINT_NONE},
        {"fchownat", EACCES, 0, 0x1234, FIRST, HINT_NONE},
        {"getdents64", EACCES, CAPABILITY(CAP_DAC_OVERRIDE), 0x1234, FIRST, HINT_NONE},
        {"getdents64", EACCES, CAPABILITY(CAP_DAC_READ_SEARCH), 0x1234, FIRST, HINT_NONE},
        {"getdents64", EACCES, CAPABILITY(CAP_DAC_READ_SEARCH) | CAPABILITY(CAP_DAC_OVERRIDE), 0x1234, FIRST,
         HINT_DAC_READ_SEARCH},
        {"getdents64", EACCES, CAPABILITY(CAP_DAC_READ_SEARCH) | CAPABILITY(CAP_DAC_OVERRIDE), 0x6969, FIRST,
         HINT_DAC_READ_SEARCH},
        {"getdents64", EACCES, CAPABILITY(CAP_CHOWN), 0x6969, FIRST, HINT_NFS},
        {"getdents64", EIO, ALL, 0x6969, NULL, HINT_NONE},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        start();
        trees.failing = cases[i].call;
        trees.at = 1;
        trees.error = cases[i].error;
        trees.type = cases[i].type;
        trees.uid_map = cases[i].map;
        want.capabilities = ALL & ~cases[i].without;
        fails_with("/srv/data", *cases[i].call == 'f' ? "/srv/data/file" : "/srv/data", NULL, cases[i].error,
                   cases[i].hint);
    }
    start();
    trees.failing = "fchownat";
    trees.at = 1;
    trees.error = EFBIG; /* where an overlay copies the file */
    fails_with("/srv/data", "/srv/data/file", WHY_FILE_SIZE, 0, HINT_NONE);
}

TEST(what_fails_on_the_way_has_a_hint_too)
{
    start();
    trees.failing = "openat";
    trees.at = 2;
    trees.error = EACCES;
    want.capabilities = 0;
    fails_with("/srv/data?", "/srv/data", NULL, EACCES, HINT_DAC_READ_SEARCH);
    start();
    trees.failing = "fstatfs";
    trees.at = 1;
    trees.error = EIO;
    fails_with("/srv/data?", "/srv/data", NULL, EIO, HINT_NONE);
    start();
    trees.failing = "stat";
    trees.at = 1;
    trees.error = ENOENT;
    fails_with("/srv/data?", "/srv/data", NULL, ENOENT, HINT_NONE);
    start();
    trees.descriptors = 3;
    fails_with("/srv/data", "/srv/data/file", "descriptors", 0, HINT_NONE);
}

TEST(a_failure_says_where_it_is)
{
    start();
    size_t deep = trees_add(trees_add(data, "a", DIR), "b", DIR);
    size_t bad = trees_add(deep, "bad", FILE_);
    trees.nodes[bad].links = 2;
    fails_with("/srv/link", "/srv/data/a/b/bad", "hard links", 0, HINT_HARD_LINKS);
    start();
    deep = trees_add(trees_add(data, "a", DIR), "b", DIR);
    bad = trees_add(deep, "bad", FILE_);
    trees.nodes[bad].links = 2;
    trees.no_proc = true;
    fails_with("/srv/link", "/srv/link/.../bad", "hard links", 0, HINT_HARD_LINKS);
    start();
    trees.nodes[file].links = 2;
    fails_with("/srv/link", "/srv/data/file", "hard links", 0, HINT_HARD_LINKS);
    trees.no_proc = true;
    trees.open = 0;
    fails_with("/srv/link", "/srv/link/file", "hard links", 0, HINT_HARD_LINKS);
}

TEST(a_failure_fits_its_room)
{
    static char list[4096];
    static char name[1024]; /* some file systems have longer ones than NAME_MAX */

    for (size_t length = 255; length < sizeof name; length += sizeof name - 1 - 255) {
        start();
        memset(name, 'n', length);
        trees.nodes[trees_add(trees_add(data, "sub", DIR), name, FILE_)].links = 2;
        trees.no_proc = true;
        memset(list, '/', sizeof list - 1);
        memcpy(list + sizeof list - 1 - 8, "srv/data", 8);
        assert_false(gives(list));
        assert_int_equal(problem.subject_length, length == 255 ? 4095 + 4 + 1 + 255 : sizeof room.tree.path);
        assert_memory_equal(problem.subject + 4095, "/.../nnn", 8);
        assert_int_equal(problem.hint, HINT_HARD_LINKS);
    }
}

TEST(what_an_error_leaves_another_run_completes)
{
    start();
    trees.failing = "fchownat";
    trees.at = 2;
    trees.error = ENOSPC;
    assert_false(gives("/srv/data,/srv/other"));
    assert_true(is_users(file) && !is_users(data));
    trees.failing = NULL;
    trees.open = 0;
    assert_true(gives("/srv/data,/srv/other"));
    assert_true(is_users(data) && is_users(other));
    assert_int_equal(trees.nodes[file].changed, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_is_checked_without_a_look_at_files),
        cmocka_unit_test(nothing_is_done_where_nothing_is_asked_for),
        cmocka_unit_test(a_path_and_all_below_it),
        cmocka_unit_test(a_list_that_nobody_has_checked_is_no_better),
        cmocka_unit_test(a_path_that_is_not_there),
        cmocka_unit_test(a_link_to_nothing_is_not_there_but_where_others_can_write_it_is_an_error),
        cmocka_unit_test(to_look_changes_nothing_and_refuses_what_is_no_path_to_give),
        cmocka_unit_test(the_root_directory_is_an_error_by_any_name),
        cmocka_unit_test(some_file_systems_are_no_place_for_files),
        cmocka_unit_test(once_passes_over_what_is_the_users_itself),
        cmocka_unit_test(once_passes_over_nothing_that_only_reads_as_the_users),
        cmocka_unit_test(other_hard_links_have_a_hint),
        cmocka_unit_test(the_directory_of_the_path_counts_too),
        cmocka_unit_test(each_error_has_its_hint),
        cmocka_unit_test(what_fails_on_the_way_has_a_hint_too),
        cmocka_unit_test(a_failure_says_where_it_is),
        cmocka_unit_test(a_failure_fits_its_room),
        cmocka_unit_test(what_an_error_leaves_another_run_completes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
