#include "groups.h"
#include "unit.h"

#include <string.h>

static gid_t room[GROUPS_ROOM];
static struct groups groups;
static struct problem problem;

static void empty(void)
{
    groups = (struct groups){.ids = room};
    problem = (struct problem){.what = "nothing"};
}

/* The numbers are in order. */
#define SET(...)                                                                                                       \
    (struct groups)                                                                                                    \
    {                                                                                                                  \
        ((gid_t[]){__VA_ARGS__}), COUNT(((gid_t[]){__VA_ARGS__}))                                                      \
    }

TEST(settling_sorts_and_drops_repetitions)
{
    static const gid_t added[] = {5, 4294967294, 0, 5, 7, 0, 4294967294, 2147483648, 7};

    empty();
    for (size_t i = 0; i < COUNT(added); i++) {
        assert_true(groups_add(&groups, added[i], &problem));
    }
    assert_true(groups_settle(&groups, &problem));
    assert_true(groups_equal(&groups, &SET(0, 5, 7, 2147483648, 4294967294)));
    assert_true(groups_settle(&groups, &problem));
    assert_int_equal(groups.count, 5);
    empty();
    assert_true(groups_settle(&groups, &problem));
    assert_int_equal(groups.count, 0);
    assert_true(groups_add(&groups, 9, &problem));
    assert_true(groups_settle(&groups, &problem));
    assert_true(groups_equal(&groups, &SET(9)));
    assert_true(groups_settle(&(struct groups){.ids = NULL}, &problem));
}

TEST(settling_sorts_any_number)
{
    for (gid_t count = 0; count < 200; count++) {
        empty();
        for (gid_t i = count; i > 0; i--) {
            assert_true(groups_add(&groups, i, &problem));
        }
        assert_true(groups_settle(&groups, &problem));
        assert_int_equal(groups.count, count);
        for (gid_t i = 0; i < count; i++) {
            assert_int_equal(groups.ids[i], i + 1);
        }
    }
}

TEST(finding_is_exact)
{
    gid_t ids[] = {0, 5, 7, 2147483648, 4294967294};

    for (size_t i = 0; i < COUNT(ids); i++) {
        assert_ptr_equal(groups_find(&(struct groups){ids, COUNT(ids)}, ids[i]), &ids[i]);
        assert_null(groups_find(&(struct groups){ids, i}, ids[i])); /* what is behind the set is not in it */
    }
    assert_null(groups_find(&(struct groups){ids, COUNT(ids)}, 6));
    assert_null(groups_find(&(struct groups){ids, COUNT(ids)}, 4294967295));
    assert_null(groups_find(&(struct groups){.ids = ids}, 0));
}

TEST(a_set_equals_only_the_same_set)
{
    const struct groups set = SET(0, 27, 4294967294);

    assert_true(groups_equal(&set, &SET(0, 27, 4294967294)));
    assert_false(groups_equal(&set, &SET(0, 27)));
    assert_false(groups_equal(&set, &SET(0, 27, 4294967294, 4294967295)));
    assert_false(groups_equal(&set, &SET(1, 27, 4294967294)));
    assert_false(groups_equal(&set, &SET(0, 28, 4294967294)));
    assert_false(groups_equal(&set, &SET(0, 27, 4294967293)));
    assert_false(groups_equal(&SET(1), &SET(2)));
    assert_false(groups_equal(&set, &(struct groups){.ids = NULL}));
    assert_false(groups_equal(&(struct groups){.ids = NULL}, &set));
    assert_true(groups_equal(&(struct groups){.ids = NULL}, &(struct groups){.ids = room}));
}

TEST(a_set_equals_another_but_for_one_that_it_may_lack)
{
    static struct {
        gid_t ids[4];
        size_t count;
        bool equal;
    } sets[] = {{{27, 50, 60}, 3, true},
                {{27, 60}, 2, true},
                {{27, 50}, 2, false},
                {{50, 60}, 2, false},
                {{27}, 1, false},
                {{60}, 1, false},
                {{50}, 1, false},
                {{0}, 0, false},
                {{0, 27, 50, 60}, 4, false},
                {{27, 50, 60, 70}, 4, false},
                {{27, 60, 70}, 3, false},
                {{0, 27, 60}, 3, false},
                {{27, 51, 60}, 3, false},
                {{27, 50, 55, 60}, 4, false}};
    const struct groups all = SET(27, 50, 60);

    for (size_t i = 0; i < COUNT(sets); i++) {
        assert_int_equal(groups_equal_but_for(50, &(struct groups){sets[i].ids, sets[i].count}, &all), sets[i].equal);
    }
    /* It is what `all` has that may be lacking, never what it lacks that may be there. */
    assert_false(groups_equal_but_for(70, &SET(27, 50, 60, 70), &all));
    assert_true(groups_equal_but_for(27, &SET(50, 60), &all));
    assert_true(groups_equal_but_for(60, &SET(27, 50), &all));
    assert_true(groups_equal_but_for(0, &(struct groups){.ids = NULL}, &(struct groups){.ids = NULL}));
    assert_true(groups_equal_but_for(5, &(struct groups){.ids = NULL}, &SET(5)));
    assert_false(groups_equal_but_for(5, &SET(5), &(struct groups){.ids = NULL}));
}

/* Adds `count` IDs from 0 on, each `times` times, in disorder; false where one of them was too many. */
static bool add(gid_t count, gid_t times)
{
    empty();
    for (gid_t i = 0; i < count * times; i++) {
        if (!groups_add(&groups, i * 7919U % count, &problem)) {
            return false;
        }
        assert_true(groups.count <= GROUPS_ROOM);
    }
    return true;
}

TEST(a_set_has_65536_at_most_however_often_each_was_added)
{
    for (gid_t times = 1; times < 8; times++) {
        assert_true(add(GROUPS_MAX, times));
        assert_true(groups_settle(&groups, &problem));
        assert_int_equal(groups.count, GROUPS_MAX);
        for (gid_t i = 0; i < GROUPS_MAX; i++) {
            assert_int_equal(groups.ids[i], i);
        }
    }
    assert_true(add(GROUPS_MAX + 1, 1));
    assert_false(groups_settle(&groups, &problem));
    assert_string_equal(problem.what, "groups");
    assert_string_equal(problem.why, "more than 65536");
}

TEST(one_more_than_there_is_room_for_is_an_error_where_they_differ)
{
    assert_true(add(2 * GROUPS_MAX, 1));
    assert_int_equal(groups.count, GROUPS_ROOM);
    assert_false(groups_add(&groups, 0, &problem));
    assert_string_equal(problem.what, "groups");
    assert_true(add(GROUPS_MAX, 2));
    assert_int_equal(groups.count, GROUPS_ROOM);
    assert_true(groups_add(&groups, 65535, &problem)); /* there is room again */
    assert_int_equal(groups.count, GROUPS_MAX + 1);
    assert_true(groups_settle(&groups, &problem));
    assert_int_equal(groups.count, GROUPS_MAX);
    assert_string_equal(problem.what, "nothing");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settling_sorts_and_drops_repetitions),
        cmocka_unit_test(settling_sorts_any_number),
        cmocka_unit_test(finding_is_exact),
        cmocka_unit_test(a_set_equals_only_the_same_set),
        cmocka_unit_test(a_set_equals_another_but_for_one_that_it_may_lack),
        cmocka_unit_test(a_set_has_65536_at_most_however_often_each_was_added),
        cmocka_unit_test(one_more_than_there_is_room_for_is_an_error_where_they_differ),
    };

    return cmocka_run_group_tests_name("groups", tests, NULL, NULL);
}
