#include "account_lines.h"
#include "files.h"
#include "identity.h"
#include "unit.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

static const char passwd[] = "root:x:0:0:root:/root:/bin/bash\n"
                             "app:x:1000:1001::/srv/app:/bin/app\n"
                             "bad:x:77:\n"
                             "toor:x:0:0::/:\n"
                             "bare:x:1002:1002\n"
                             "again:x:5:5::/:\n"
                             "again:x:0:0::/:\n"
                             "odd:x:8:9";
static const char group[] = "root:x:0:\n"
                            "www:x:33:app\n"
                            "app:x:1001:www\n"
                            "bad:x\n"
                            "zero:x:0:\n"
                            "bare:x:1002\n"
                            "odd:x:10";

static struct file list[2];
static struct account_lines account;
static struct accounts reader;
static char room[ACCOUNTS_ROOM];
static struct problem problem;

static void start(const char *name, uid_t uid, gid_t gid)
{
    list[0] = (struct file){.path = IDENTITY_PASSWD, .text = passwd, .length = strlen(passwd)};
    list[1] = (struct file){.path = IDENTITY_GROUP, .text = group, .length = strlen(group)};
    files = (struct files){.list = list, .count = 2};
    memset(&account.user, 0xa5, sizeof account.user);
    memset(&account.group, 0xa5, sizeof account.group);
    account.name = name;
    account.uid = uid;
    account.gid = gid;
    account.home = "/home/x";
    account.own = account.optional = false;
    account.reader = &reader;
    account.room = room;
    problem = (struct problem){.what = "nothing"};
}

static bool decide(void)
{
    bool good = account_lines_decide(&account, &problem);

    assert_int_equal(files.open, 0);
    return good;
}

static void decides(enum account_change user, unsigned long line, enum account_change of_group)
{
    assert_true(decide());
    assert_int_equal(account.user.change, user);
    if (user == ACCOUNT_REPLACE) {
        assert_int_equal(account.user.line, line);
    }
    assert_int_equal(account.group.change, of_group);
}

static void refuses(const char *what, unsigned long line, const char *why)
{
    assert_false(decide());
    assert_string_equal(problem.what, what);
    assert_int_equal(problem.line, line);
    assert_string_equal(problem.subject, account.name);
    assert_string_equal(problem.why, why);
    assert_int_equal(problem.hint, HINT_NONE);
}

TEST(a_user_without_an_entry_gets_one_and_its_group_too)
{
    start("builder", 1234, 1235);
    decides(ACCOUNT_ADD, 0, ACCOUNT_ADD);
    start("builder", 1234, 33);
    decides(ACCOUNT_ADD, 0, ACCOUNT_KEEP);
    start("www", 1234, 1235); /* a group has the name */
    decides(ACCOUNT_ADD, 0, ACCOUNT_KEEP);
    start("builder", 1234, 0); /* root's group gets no other name */
    files.count = 1;
    decides(ACCOUNT_ADD, 0, ACCOUNT_KEEP);
    start("builder", 1234, 1235);
    files.count = 0;
    decides(ACCOUNT_ADD, 0, ACCOUNT_ADD);
    start("ap", 1234, 1235); /* the name is no part of another */
    decides(ACCOUNT_ADD, 0, ACCOUNT_ADD);
    start("appp", 77, 1235); /* what is malformed has no ID */
    decides(ACCOUNT_ADD, 0, ACCOUNT_ADD);
}

TEST(the_entry_with_the_name_takes_the_ids)
{
    start("app", 1234, 1235);
    decides(ACCOUNT_REPLACE, 2, ACCOUNT_REPLACE);
    assert_int_equal(account.user.gid, 1001);
    assert_int_equal(account.group.line, 3);
    start("app", 1234, 1001);
    decides(ACCOUNT_REPLACE, 2, ACCOUNT_KEEP);
    start("odd", 1234, 9); /* where the user's group stays, so does the one with its name */
    decides(ACCOUNT_REPLACE, 8, ACCOUNT_KEEP);
    start("app", 1000, 33);
    decides(ACCOUNT_REPLACE, 2, ACCOUNT_REPLACE);
    start("app", 1000, 1001);
    decides(ACCOUNT_KEEP, 0, ACCOUNT_KEEP);
    start("app", 1234, 0);
    decides(ACCOUNT_REPLACE, 2, ACCOUNT_KEEP);
    start("bare", 1000, 1001); /* others have these IDs: the entry takes them all the same */
    decides(ACCOUNT_REPLACE, 5, ACCOUNT_REPLACE);
    start("again", 1000, 1001); /* a second line of the name */
    refuses(IDENTITY_PASSWD, 6, "it is root's");
    start("bare", 1234, 1235);
    decides(ACCOUNT_REPLACE, 5, ACCOUNT_REPLACE);
    assert_int_equal(account.group.line, 6);
}

TEST(a_home_is_to_be_made_unless_it_is_there_or_stands_for_none)
{
    start("builder", 1234, 1235);
    account.home = "/";
    assert_true(account_lines_have_home(&account));
    account.home = "/nonexistent";
    assert_true(account_lines_have_home(&account));
    account.home = "/nonexistent/home";
    assert_false(account_lines_have_home(&account));
    account.own = true;
    assert_true(account_lines_have_home(&account));
}

TEST(a_later_line_of_the_name_is_told_and_that_there_are_several)
{
    static const struct {
        const char *later;
        unsigned long next;
    } cases[] = {{"", 0},
                 {"ap:x:9:9::/:\n", 0},
                 {"app:x:1234:1235::/:\n", 2},
                 {"app:x:1234:\n", 2},
                 {"ap:x:9:9::/:\napp:x:9:9::/:\n", 3},
                 {"app:x:9:9::/:\napp:x:1234:1235::/:\n", ULONG_MAX},
                 {"app:x:9:9::/:\napp:x:9:9::/:\napp:x:9:9::/:\n", ULONG_MAX}};
    char text[128];

    for (size_t i = 0; i < COUNT(cases); i++) {
        start("app", 1234, 1235);
        list[0].length = (size_t)sprintf(text, "app:x:1:2::/:\n%s", cases[i].later);
        list[0].text = text;
        decides(ACCOUNT_REPLACE, 1, ACCOUNT_REPLACE);
        assert_int_equal(account.user.next, cases[i].next);
    }
}

TEST(a_user_with_another_name_keeps_it)
{
    start("builder", 1000, 1235);
    decides(ACCOUNT_KEEP, 0, ACCOUNT_KEEP);
    start("www", 1002, 1235);
    decides(ACCOUNT_KEEP, 0, ACCOUNT_KEEP);
}

TEST(the_callers_own_line_is_added_and_nothing_else)
{
    start("builder", 1234, 1235);
    account.own = true;
    decides(ACCOUNT_ADD, 0, ACCOUNT_KEEP);
    start("app", 1234, 1235);
    account.own = true;
    decides(ACCOUNT_KEEP, 0, ACCOUNT_KEEP);
    start("builder", 1000, 0);
    account.own = true;
    decides(ACCOUNT_KEEP, 0, ACCOUNT_KEEP);
}

TEST(root_gets_no_account_and_gives_none)
{
    start("builder", 0, 1235);
    refuses("--account", 0, "it is root's");
    start("root", 1234, 1235);
    files.count = 0;
    refuses("--account", 0, "it is root's");
    start("toor", 1234, 1235);
    refuses(IDENTITY_PASSWD, 4, "it is root's");
    start("zero", 1234, 1235);
    refuses(IDENTITY_GROUP, 5, "it is root's");
    start("toor", 1234, 1235);
    account.own = true;
    refuses(IDENTITY_PASSWD, 4, "it is root's");
}

TEST(a_malformed_entry_with_the_name_is_an_error)
{
    start("bad", 1234, 1235);
    refuses(IDENTITY_PASSWD, 3, "the entry is malformed");
    start("bad", 1234, 1235);
    list[0].length = 0; /* nor is the group's passed over */
    refuses(IDENTITY_GROUP, 4, "the entry is malformed");
}

TEST(a_home_is_an_absolute_path_that_fits_into_a_line)
{
    static const char *const homes[] = {"", "x", "./x", "/a:b", ":", "/a\n", "/\r"};

    for (size_t i = 0; i < COUNT(homes); i++) {
        start("builder", 1234, 1235);
        account.home = homes[i];
        refuses("--account", 0, "its home is no absolute path, or has a colon");
        assert_int_equal(files.opened, 0);
    }
    start("builder", 1234, 1235);
    account.home = "/";
    decides(ACCOUNT_ADD, 0, ACCOUNT_ADD);
}

TEST(a_file_that_cannot_be_read_is_an_error)
{
    for (size_t i = 0; i < COUNT(list); i++) {
        start("builder", 1234, 1235);
        list[i].open_error = EACCES;
        assert_false(decide());
        assert_string_equal(problem.what, list[i].path);
        assert_int_equal(problem.error, EACCES);
        start("builder", 1234, 1235);
        list[i].read_error = EIO;
        list[i].read_error_at = 20;
        assert_false(decide());
        assert_string_equal(problem.what, list[i].path);
        assert_int_equal(problem.error, EIO);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_user_without_an_entry_gets_one_and_its_group_too),
        cmocka_unit_test(the_entry_with_the_name_takes_the_ids),
        cmocka_unit_test(a_home_is_to_be_made_unless_it_is_there_or_stands_for_none),
        cmocka_unit_test(a_later_line_of_the_name_is_told_and_that_there_are_several),
        cmocka_unit_test(a_user_with_another_name_keeps_it),
        cmocka_unit_test(the_callers_own_line_is_added_and_nothing_else),
        cmocka_unit_test(root_gets_no_account_and_gives_none),
        cmocka_unit_test(a_malformed_entry_with_the_name_is_an_error),
        cmocka_unit_test(a_home_is_an_absolute_path_that_fits_into_a_line),
        cmocka_unit_test(a_file_that_cannot_be_read_is_an_error),
    };

    return cmocka_run_group_tests_name("account_lines", tests, NULL, NULL);
}
