#include "files.h"
#include "unit.h"
#include "userns.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#define INITIAL    "         0          0 4294967295\n"
#define SINGLE     "         0       1000          1\n"
#define RANGE      "         0     100000      65536\n"
#define TWO        "         0       1000          1\n         1     100000      65536\n"
#define KEEP_ID    "         0          1       1000\n      1000          0          1\n      1001       1001      64536\n"
#define SAME_ROOT  "         0          0      65536\n"
#define LATER_ROOT "      1000     100000       1000\n         0          0          1\n"

enum { UID_MAP, GID_MAP, OVERFLOW_UID, OVERFLOW_GID, SETGROUPS, PLACES };

static const char *const paths[] = {"/proc/self/uid_map", "/proc/self/gid_map", "/proc/sys/kernel/overflowuid",
                                    "/proc/sys/kernel/overflowgid", "/proc/self/setgroups"};
static struct file list[PLACES];

/* There is one file: what is NULL is not there. */
static void give(size_t place, const char *text)
{
    assert_int_equal(files.open, 0);
    for (size_t i = 0; i < PLACES; i++) {
        list[i] = (struct file){.path = paths[i], .open_error = ENOENT};
    }
    if (text != NULL) {
        list[place] = (struct file){.path = paths[place], .text = text, .length = strlen(text)};
    }
    files = (struct files){.list = list, .count = PLACES};
}

TEST(a_map_tells_which_user_namespace_it_is)
{
    static const struct {
        const char *map;
        enum userns expected;
    } maps[] = {{INITIAL, USERNS_INITIAL}, {SAME_ROOT, USERNS_ROOT}, {LATER_ROOT, USERNS_ROOT},
                {SINGLE, USERNS_OTHER},    {RANGE, USERNS_OTHER},    {TWO, USERNS_OTHER},
                {KEEP_ID, USERNS_OTHER},   {"\n", USERNS_UNKNOWN},   {"0 0", USERNS_UNKNOWN},
                {"0 0 x", USERNS_UNKNOWN}, {"", USERNS_UNKNOWN},     {NULL, USERNS_UNKNOWN}};

    for (size_t i = 0; i < COUNT(maps); i++) {
        give(UID_MAP, maps[i].map);
        assert_int_equal(userns_of_users(), maps[i].expected);
        assert_true(maps[i].map == NULL || files.flags == (O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
        assert_int_equal(userns_of_groups(), USERNS_UNKNOWN);
        give(GID_MAP, maps[i].map);
        assert_int_equal(userns_of_groups(), maps[i].expected);
        assert_int_equal(userns_of_users(), USERNS_UNKNOWN);
        assert_int_equal(files.open, 0);
    }
}

TEST(without_proc_nothing_can_be_known)
{
    give(UID_MAP, NULL);
    assert_false(userns_can_be_known());
    give(UID_MAP, ""); /* one that maps nothing */
    assert_true(userns_can_be_known());
    assert_int_equal(files.open, 0);
}

TEST(a_map_tells_which_ids_can_be_taken)
{
    static const struct {
        const char *map;
        uint32_t id;
        bool mapped;
    } cases[] = {{INITIAL, 0, true},
                 {INITIAL, 4294967294, true},
                 {INITIAL, 4294967295, false},
                 {SINGLE, 0, true},
                 {SINGLE, 1, false},
                 {SINGLE, 1000, false},
                 {RANGE, 65535, true},
                 {RANGE, 65536, false},
                 {TWO, 1, true},
                 {TWO, 65536, true},
                 {TWO, 65537, false},
                 {KEEP_ID, 999, true},
                 {KEEP_ID, 1000, true},
                 {KEEP_ID, 65536, true},
                 {KEEP_ID, 65537, false},
                 {LATER_ROOT, 0, true},
                 {LATER_ROOT, 1, false},
                 {LATER_ROOT, 999, false},
                 {LATER_ROOT, 1999, true},
                 {LATER_ROOT, 2000, false},
                 {"\n", 0, false},
                 {"5 5 0\n", 5, false},
                 {"5 5 1", 5, true},
                 {"5 5 1", 6, false},
                 {"5 5 1\nx", 6, false},
                 {"", 7, false},
                 {NULL, 0, false},
                 {NULL, 4294967295, false}};

    for (size_t i = 0; i < COUNT(cases); i++) {
        give(UID_MAP, cases[i].map);
        assert_int_equal(userns_maps_uid(cases[i].id), cases[i].mapped);
        assert_false(userns_maps_gid(cases[i].id));
        give(GID_MAP, cases[i].map);
        assert_int_equal(userns_maps_gid(cases[i].id), cases[i].mapped);
        assert_false(userns_maps_uid(cases[i].id));
        assert_int_equal(files.open, 0);
    }
}

TEST(of_a_map_longer_than_the_buffer_the_start_is_read)
{
    static char map[340 * 33 + 1];

    for (int i = 0; i < 340; i++) {
        (void)sprintf(map + i * 33, "%10d %10d %10d\n", 10 * i, i, 1);
    }
    give(UID_MAP, map);
    assert_true(userns_maps_uid(0));
    assert_false(userns_maps_uid(1));
    assert_true(userns_maps_uid(1230));
    assert_int_equal(userns_of_users(), USERNS_ROOT);
    assert_int_equal(files.open, 0);
}

TEST(a_map_that_cannot_be_read_tells_nothing)
{
    for (int kind = 0; kind < 2; kind++) {
        give(UID_MAP, SINGLE);
        *(kind == 0 ? &list[UID_MAP].read_error : &list[UID_MAP].open_error) = EACCES;
        assert_int_equal(userns_of_users(), USERNS_UNKNOWN);
        assert_false(userns_maps_uid(0));
        assert_int_equal(files.open, 0);
    }
}

TEST(the_overflow_id_is_what_proc_says_or_65534)
{
    static const struct {
        const char *text;
        uint32_t id;
    } cases[] = {{"65534\n", 65534}, {"4242\n", 4242}, {"4242", 4242}, {"0\n", 0},      {"4294967295\n", 4294967295},
                 {"", 65534},        {"\n", 65534},    {NULL, 65534},  {"-1\n", 65534}, {"0x1\n", 65534},
                 {"1 2\n", 65534},   {" 1\n", 65534},  {"7", 7},       {"x\n", 65534},  {"7\n\n", 7}};

    for (size_t i = 0; i < COUNT(cases); i++) {
        give(OVERFLOW_UID, cases[i].text);
        assert_int_equal(userns_overflow_uid(), cases[i].id);
        assert_int_equal(userns_overflow_gid(), 65534);
        give(OVERFLOW_GID, cases[i].text);
        assert_int_equal(userns_overflow_gid(), cases[i].id);
        assert_int_equal(userns_overflow_uid(), 65534);
        assert_int_equal(files.open, 0);
    }
}

static bool hides(const char *gid_map, const char *overflow, size_t count)
{
    static gid_t ids[] = {44, 4242, 65534};

    give(GID_MAP, gid_map);
    if (overflow != NULL) {
        list[OVERFLOW_GID] = (struct file){.path = paths[OVERFLOW_GID], .text = overflow, .length = strlen(overflow)};
    }
    return userns_hides_group(&(struct groups){ids, count});
}

TEST(a_group_of_the_overflow_id_may_hide_another)
{
    assert_true(hides(RANGE, "65534\n", 3));
    assert_false(hides(RANGE, "65534\n", 2));
    assert_false(hides(RANGE, "65534\n", 0));
    assert_false(hides(INITIAL, "65534\n", 3));
    assert_true(hides(SAME_ROOT, "65534\n", 3));
    assert_true(hides(RANGE, "4242\n", 2));
    assert_false(hides(RANGE, "4242\n", 1));
    assert_true(hides(NULL, NULL, 3));
    assert_false(hides(NULL, NULL, 2));
}

TEST(an_owner_of_the_overflow_id_may_be_another)
{
    static const struct {
        const char *map;
        bool hides;
    } cases[] = {{INITIAL, false}, {SAME_ROOT, true}, {RANGE, true}, {NULL, true}};

    for (size_t i = 0; i < COUNT(cases); i++) {
        give(UID_MAP, cases[i].map);
        assert_int_equal(userns_hides_owner(65534, 5), cases[i].hides);
        assert_int_equal(userns_hides_owner(5, 65534), cases[i].hides);
        assert_false(userns_hides_owner(5, 65535));
        assert_int_equal(files.open, 0);
    }
}

TEST(setgroups_is_denied_unless_proc_says_that_it_is_not)
{
    static const struct {
        const char *text;
        bool denied;
    } cases[] = {{"allow\n", false}, {"allow", false}, {"deny\n", true}, {"allo", true},
                 {"", true},         {"\n", true},     {NULL, true},     {"allox", true}};

    for (size_t i = 0; i < COUNT(cases); i++) {
        give(SETGROUPS, cases[i].text);
        assert_true(userns_denies_setgroups()); /* without a map of groups */
        list[GID_MAP] = (struct file){.path = paths[GID_MAP], .text = RANGE, .length = strlen(RANGE)};
        assert_int_equal(userns_denies_setgroups(), cases[i].denied);
        assert_int_equal(files.open, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_map_tells_which_user_namespace_it_is),
        cmocka_unit_test(without_proc_nothing_can_be_known),
        cmocka_unit_test(a_map_tells_which_ids_can_be_taken),
        cmocka_unit_test(of_a_map_longer_than_the_buffer_the_start_is_read),
        cmocka_unit_test(a_map_that_cannot_be_read_tells_nothing),
        cmocka_unit_test(the_overflow_id_is_what_proc_says_or_65534),
        cmocka_unit_test(a_group_of_the_overflow_id_may_hide_another),
        cmocka_unit_test(an_owner_of_the_overflow_id_may_be_another),
        cmocka_unit_test(setgroups_is_denied_unless_proc_says_that_it_is_not),
    };

    return cmocka_run_group_tests_name("userns", tests, NULL, NULL);
}
