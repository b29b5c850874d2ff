#include "files.h"
#include "reference.h"
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#define INITIAL    "         0          0 4294967295\n"
#define SINGLE     "         0       1000          1\n"
#define RANGE      "         0     100000      65536\n"
#define TWO        "         0       1000          1\n         1     100000      65536\n"
#define KEEP_ID    "         0          1       1000\n      1000          0          1\n      1001       1001      64536\n"
#define SAME_ROOT  "         0          0      65536\n"
#define LATER_ROOT "      1000     100000       1000\n         0          0          1\n"

int __wrap_stat(const char *path, struct stat *status);

static struct file list[5];
static struct stat again; /* what a second look, by name, sees */
static int again_error;
static struct userspec spec;
static struct problem problem;

int __wrap_stat(const char *path, struct stat *status)
{
    assert_string_equal(path, "/data");
    *status = again;
    errno = again_error;
    return again_error != 0 ? -1 : 0;
}

static void give_text(size_t place, const char *path, const char *text)
{
    list[place] = (struct file){
        .path = path, .text = text, .length = text != NULL ? strlen(text) : 0, .open_error = text != NULL ? 0 : ENOENT};
}

/* A map or a number that is NULL is a file that is not there. */
static void give(uid_t uid, gid_t gid, const char *uid_map, const char *gid_map, const char *overflow)
{
    list[0] = (struct file){.path = "/data", .uid = uid, .gid = gid, .mode = S_IFDIR | 0755};
    again = (struct stat){.st_uid = uid, .st_gid = gid};
    again_error = 0;
    give_text(1, "/proc/self/uid_map", uid_map);
    give_text(2, "/proc/self/gid_map", gid_map);
    give_text(3, "/proc/sys/kernel/overflowuid", overflow);
    give_text(4, "/proc/sys/kernel/overflowgid", overflow);
    files = (struct files){.list = list, .count = COUNT(list)};
    memset(&spec, 1, sizeof spec);
    problem = (struct problem){.what = "nothing"};
}

static bool refer(bool allow_root)
{
    bool good = reference_spec("/data", allow_root, &spec, &problem);

    assert_int_equal(files.open, 0);
    if (good) {
        assert_true(spec.user.numeric && spec.group.numeric);
        assert_null(spec.user.text);
        assert_int_equal(spec.user.length, 0);
        assert_false(spec.colon);
    } else {
        assert_string_equal(problem.what, "--reference");
        assert_string_equal(problem.subject, "/data");
    }
    return good;
}

TEST(the_spec_is_the_owner_and_group_as_numbers)
{
    static const uint32_t ids[] = {1, 1000, 65533, 65535, 65536, 2147483647, 2147483648, 4294967294};

    for (size_t i = 0; i < COUNT(ids); i++) {
        give(ids[i], ids[COUNT(ids) - 1 - i], INITIAL, INITIAL, "65534\n");
        assert_true(refer(false));
        assert_int_equal(spec.user.id, ids[i]);
        assert_int_equal(spec.group.id, ids[COUNT(ids) - 1 - i]);
    }
    give(1000, 0, INITIAL, INITIAL, "65534\n"); /* the group may be root's */
    assert_true(refer(false));
    assert_int_equal(spec.group.id, 0);
}

TEST(the_path_is_opened_once_without_reading_and_links_are_followed)
{
    give(1000, 1000, INITIAL, INITIAL, "65534\n");
    files.count = 1;
    assert_true(refer(false));
    assert_int_equal(files.opened, 1);
    assert_int_equal(files.flags & (O_PATH | O_CLOEXEC | O_NOFOLLOW), O_PATH | O_CLOEXEC);
}

TEST(a_path_that_cannot_be_opened_is_an_error)
{
    for (int error = 1; error < 134; error++) {
        give(1000, 1000, INITIAL, INITIAL, "65534\n");
        list[0].open_error = error;
        assert_false(refer(true));
        assert_int_equal(problem.error, error);
        assert_null(problem.why);
        give(1000, 1000, INITIAL, INITIAL, "65534\n");
        list[0].stat_error = error;
        assert_false(refer(true));
        assert_int_equal(problem.error, error);
        give(1000, 1000, INITIAL, INITIAL, "65534\n");
        again_error = error;
        assert_false(refer(true));
        assert_int_equal(problem.error, error);
    }
}

TEST(a_second_look_must_see_the_same)
{
    for (int difference = 0; difference < 5; difference++) {
        give(1000, 1001, INITIAL, INITIAL, "65534\n");
        again.st_dev += difference == 1;
        again.st_ino += difference == 2;
        again.st_uid += difference == 3;
        again.st_gid += difference == 4;
        assert_int_equal(refer(true), difference == 0);
    }
}

TEST(root_is_refused_unless_allowed_or_not_the_real_one)
{
    static const struct {
        const char *uid_map;
        bool real;
    } maps[] = {{INITIAL, true}, {NULL, true},   {"", true},   {SAME_ROOT, true}, {LATER_ROOT, true},
                {SINGLE, false}, {RANGE, false}, {TWO, false}, {KEEP_ID, false}};

    for (size_t i = 0; i < COUNT(maps); i++) {
        give(0, 5, maps[i].uid_map, INITIAL, "65534\n");
        assert_int_equal(refer(false), !maps[i].real);
        assert_int_equal(problem.hint, maps[i].real ? HINT_ROOT_OWNER : HINT_NONE);
        give(0, 5, maps[i].uid_map, INITIAL, "65534\n");
        assert_true(refer(true));
        assert_int_equal(spec.user.id, 0);
        assert_int_equal(spec.group.id, 5);
    }
}

TEST(a_uid_map_that_cannot_be_read_leaves_root_the_real_one)
{
    give(0, 0, SINGLE, SINGLE, "65534\n");
    list[1].read_error = EIO;
    assert_false(refer(false));
    give(0, 0, SINGLE, SINGLE, "65534\n");
    list[1].open_error = EACCES;
    assert_false(refer(false));
}

TEST(an_owner_that_is_not_mapped_is_an_error)
{
    static const struct {
        uint32_t uid, gid;
        const char *uid_map, *gid_map, *overflow;
        bool good;
    } owners[] = {{65534, 1, SINGLE, SINGLE, "65534\n", false},
                  {1, 65534, SINGLE, SINGLE, "65534\n", false},
                  {65534, 65534, RANGE, RANGE, "65534\n", false},
                  {65534, 1, SAME_ROOT, SAME_ROOT, "65534\n", false},
                  {65534, 1, INITIAL, INITIAL, "65534\n", false}, /* a mount can hide it, too */
                  {1, 65534, INITIAL, INITIAL, "65534\n", false},
                  {1, 1, SINGLE, SINGLE, "65534\n", true},
                  {65534, 65534, SINGLE, SINGLE, "4242\n", true},
                  {4242, 1, SINGLE, SINGLE, "4242\n", false},
                  {1, 4242, SINGLE, SINGLE, "4242", false},
                  {65534, 1, SINGLE, SINGLE, NULL, false},
                  {1, 65534, SINGLE, SINGLE, "", false},
                  {65534, 1, SINGLE, SINGLE, "-1\n", false},
                  {65534, 1, SINGLE, SINGLE, "0x1\n", false},
                  {65534, 1, NULL, NULL, NULL, false},
                  {1, 65534, NULL, NULL, NULL, false},
                  {1, 1, NULL, NULL, NULL, true}};

    for (size_t i = 0; i < COUNT(owners); i++) {
        for (int allow_root = 0; allow_root < 2; allow_root++) {
            give(owners[i].uid, owners[i].gid, owners[i].uid_map, owners[i].gid_map, owners[i].overflow);
            assert_int_equal(refer(allow_root), owners[i].good);
            assert_int_equal(problem.hint, owners[i].good ? HINT_NONE : HINT_UNMAPPED_OWNER);
        }
    }
}

TEST(minus_one_is_no_owner)
{
    give(UINT32_MAX, 1, INITIAL, INITIAL, "65534\n");
    assert_false(refer(true));
    give(1, UINT32_MAX, INITIAL, INITIAL, "65534\n");
    assert_false(refer(true));
}

/* --- the group alone, of --group-add -------------------------------------------------------------------------------
 */

static bool refer_group(bool allow_root, gid_t *gid)
{
    *gid = 77;
    bool good = reference_group("/data", allow_root, gid, &problem);

    assert_int_equal(files.open, 0);
    if (!good) {
        assert_int_equal(*gid, 77);
        assert_string_equal(problem.what, "--group-add");
        assert_string_equal(problem.subject, "/data");
    }
    return good;
}

TEST(the_group_of_a_path_is_its_own_whoever_the_owner_is)
{
    static const gid_t ids[] = {1, 999, 65533, 65535, 4294967294};
    gid_t gid = 0;

    for (size_t i = 0; i < COUNT(ids); i++) {
        give(0, ids[i], INITIAL, INITIAL, "65534\n");
        list[0].mode = S_IFSOCK | 0660;
        assert_true(refer_group(false, &gid));
        assert_int_equal(gid, ids[i]);
    }
    give(65534, 999, INITIAL, INITIAL, "65534\n");
    assert_true(refer_group(false, &gid));
}

TEST(the_group_root_is_refused_unless_allowed)
{
    static const char *const maps[] = {INITIAL, SINGLE, NULL};
    gid_t gid = 0;

    for (size_t i = 0; i < COUNT(maps); i++) {
        give(1000, 0, maps[i], maps[i], "65534\n");
        assert_false(refer_group(false, &gid));
        assert_int_equal(problem.hint, HINT_ROOT_OWNER);
        assert_true(refer_group(true, &gid));
        assert_int_equal(gid, 0);
    }
}

TEST(a_group_that_is_not_mapped_is_always_refused)
{
    gid_t gid = 0;

    for (int allow_root = 0; allow_root < 2; allow_root++) {
        give(1000, 65534, INITIAL, INITIAL, "65534\n");
        assert_false(refer_group(allow_root, &gid));
        assert_int_equal(problem.hint, HINT_UNMAPPED_OWNER);
        give(1000, UINT32_MAX, INITIAL, INITIAL, "65534\n");
        assert_false(refer_group(allow_root, &gid));
    }
}

TEST(the_group_of_a_path_that_is_not_there_is_an_error_with_its_reason)
{
    gid_t gid = 0;

    for (int error = 1; error < 134; error++) {
        give(1000, 1000, INITIAL, INITIAL, "65534\n");
        list[0].open_error = error;
        assert_false(refer_group(true, &gid));
        assert_int_equal(problem.error, error);
        assert_null(problem.why);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_spec_is_the_owner_and_group_as_numbers),
        cmocka_unit_test(the_path_is_opened_once_without_reading_and_links_are_followed),
        cmocka_unit_test(a_path_that_cannot_be_opened_is_an_error),
        cmocka_unit_test(a_second_look_must_see_the_same),
        cmocka_unit_test(root_is_refused_unless_allowed_or_not_the_real_one),
        cmocka_unit_test(a_uid_map_that_cannot_be_read_leaves_root_the_real_one),
        cmocka_unit_test(an_owner_that_is_not_mapped_is_an_error),
        cmocka_unit_test(minus_one_is_no_owner),
        cmocka_unit_test(the_group_of_a_path_is_its_own_whoever_the_owner_is),
        cmocka_unit_test(the_group_root_is_refused_unless_allowed),
        cmocka_unit_test(a_group_that_is_not_mapped_is_always_refused),
        cmocka_unit_test(the_group_of_a_path_that_is_not_there_is_an_error_with_its_reason),
    };

    return cmocka_run_group_tests_name("reference", tests, NULL, NULL);
}
