#include "files.h"
#include "identity.h"
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* What is around the memory of an identity, and stays as it is. */
#define MARGIN 256

static struct identity identity;
static gid_t group_room[GROUPS_ROOM];
static char text_room[MARGIN + IDENTITY_TEXT_ROOM + MARGIN];
static struct accounts readers[2];
static struct identity_request request;
static struct problem problem;
static struct file account_files[3];

int __wrap_stat(const char *path, struct stat *status);

/* What --group-add looks at besides is the third file: by its name it is what it is by its descriptor. */
int __wrap_stat(const char *path, struct stat *status)
{
    assert_string_equal(path, account_files[2].path);
    *status = (struct stat){.st_uid = account_files[2].uid, .st_gid = account_files[2].gid};
    return 0;
}

static void give(const char *passwd, const char *group)
{
    account_files[0] = (struct file){.path = IDENTITY_PASSWD, .text = passwd, .length = strlen(passwd)};
    account_files[1] = (struct file){.path = IDENTITY_GROUP, .text = group, .length = strlen(group)};
    files = (struct files){.list = account_files, .count = 2};
    request = (struct identity_request){.caller_gid = 77};
}

/* Memory for an identity: every byte that is not resolved would show. */
static void start(void)
{
    memset(&identity, 1, sizeof identity);
    memset(text_room, 0xa5, sizeof text_room);
    identity.groups.ids = group_room;
    identity.text = text_room + MARGIN;
    identity.files = readers;
    problem = (struct problem){.what = "nothing"};
}

static void assert_stays_inside(void)
{
    for (size_t i = 0; i < MARGIN; i++) {
        assert_int_equal(text_room[i] & 0xff, 0xa5);
        assert_int_equal(text_room[MARGIN + IDENTITY_TEXT_ROOM + i] & 0xff, 0xa5);
    }
}

static bool resolve(const char *spec)
{
    start();
    assert_true(spec_parse(spec, &request.spec, &problem));
    bool good = identity_resolve(&request, &identity, &problem);
    assert_int_equal(files.open, 0);
    assert_stays_inside();
    return good;
}

static void assert_groups(size_t count, const gid_t *groups)
{
    assert_int_equal(identity.groups.count, count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(identity.groups.ids[i], groups[i]);
    }
}

#define GROUPS_ARE(...) assert_groups(COUNT(((const gid_t[]){__VA_ARGS__})), (const gid_t[]){__VA_ARGS__})

static void assert_refused(const char *spec, const char *what, const char *subject, unsigned long line)
{
    assert_false(resolve(spec));
    assert_string_equal(problem.what, what);
    assert_int_equal(problem.line, line);
    if (subject == NULL) {
        assert_null(problem.subject);
        return;
    }
    size_t length = problem.subject_length > 0 ? problem.subject_length : strlen(problem.subject);
    assert_int_equal(length, strlen(subject));
    assert_memory_equal(problem.subject, subject, length);
}

static const char users[] = "root:x:0:0:root:/root:/bin/sh\n"
                            "app:x:1000:1001:The App:/srv/app:/bin/app\n"
                            "app:x:0:0:second:/second:/bin/second\n"
                            "twin:x:1000:1002::/twin:/bin/twin\n"
                            "homeless:x:1003:1003\n"
                            "empty:x:1004:1004:::\n"
                            "2000:x:2001:2001::/digits:\n"
                            "zeros:x:0003000:00003001::/zeros:\n"
                            "badgid:x:1005:0x10::/bad:\n"
                            "baduid:x::1006::/bad:\n"
                            "first:x:4294967295:0::/:\n"
                            "first:x:1007:1007::/:\n"
                            "badid:x:5000:x::/:\n"
                            "goodid:x:5000:5000::/good:\n"
                            "-nis:x:6000:6000::/:\n";
static const char groups[] = "root:x:0:root\n"
                             "app:x:1001:\n"
                             "daemon:x:7:app\n"
                             "again:x:7:app\n"
                             "apps:x:20:apps\n"
                             "www:x:33:nobody,app\n"
                             "www:x:34:\n"
                             "bad:x:-5:app\n"
                             "worse:x:6 :app\n"
                             "toor:x:0:app\n"
                             "33:x:44:\n"
                             "twins:x:50:twin\n"
                             "digits:x:60:2000,1000\n"
                             "zero:x::\n";

TEST(a_user_gets_what_the_first_entry_says)
{
    give(users, groups);
    for (int i = 0; i < 2; i++) {
        assert_true(resolve(i == 0 ? "app" : "app:"));
        assert_int_equal(identity.uid, 1000);
        assert_int_equal(identity.gid, 1001);
        assert_true(identity.has_entry);
        assert_string_equal(identity.home, "/srv/app");
        assert_string_equal(identity.user.name.text, "app");
        assert_string_equal(identity.shell, "/bin/app");
        assert_string_equal(identity.login, "app");
        assert_int_equal(identity.home_source.line, 2);
        assert_string_equal(identity.home_source.where, IDENTITY_PASSWD);
        assert_string_equal(identity.uid_source.where, IDENTITY_PASSWD);
        assert_int_equal(identity.uid_source.line, 2);
        assert_string_equal(identity.gid_source.where, IDENTITY_PASSWD);
        assert_int_equal(identity.gid_source.line, 2);
        GROUPS_ARE(0, 7, 33, 1001);
    }
}

TEST(a_number_takes_the_first_entry_with_that_id)
{
    give(users, groups);
    assert_true(resolve("1000"));
    assert_string_equal(identity.user.name.text, "app");
    assert_int_equal(identity.gid, 1001);
    GROUPS_ARE(0, 7, 33, 1001);
    assert_true(resolve("00000000000000001000"));
    assert_string_equal(identity.user.name.text, "app");
    assert_true(resolve("3000"));
    assert_string_equal(identity.user.name.text, "zeros");
    assert_int_equal(identity.uid, 3000);
    assert_int_equal(identity.gid, 3001);
    assert_true(resolve("0"));
    assert_string_equal(identity.user.name.text, "root");
    assert_string_equal(identity.home, "/root");
    GROUPS_ARE(0);
    /* A malformed line is no entry of any ID. */
    assert_true(resolve("5000"));
    assert_string_equal(identity.user.name.text, "goodid");
    assert_true(resolve("1005"));
    assert_false(identity.has_entry);
}

TEST(a_number_is_never_a_name)
{
    give(users, groups);
    assert_true(resolve("2000"));
    assert_false(identity.has_entry);
    assert_int_equal(identity.uid, 2000);
    GROUPS_ARE(77);
    assert_true(resolve("app:33"));
    assert_int_equal(identity.gid, 33);
    GROUPS_ARE(33);
    assert_true(resolve("2001"));
    assert_string_equal(identity.user.name.text, "2000");
    GROUPS_ARE(60, 2001);
}

TEST(a_number_without_an_entry_has_the_callers_group_and_the_root_directory)
{
    for (int i = 0; i < 3; i++) {
        give(i == 0 ? users : "", i == 0 ? groups : "x:x:5:\n");
        files.count = i < 2 ? 2 : 0;
        request.groups = i == 0 ? IDENTITY_GROUPS_DEFAULT : IDENTITY_GROUPS_INIT;
        assert_true(resolve("2147483647"));
        assert_int_equal(identity.uid, 2147483647);
        assert_int_equal(identity.gid, 77);
        assert_false(identity.has_entry);
        assert_string_equal(identity.home, "/");
        assert_string_equal(identity.shell, "/bin/sh");
        assert_string_equal(identity.login, "2147483647");
        assert_string_equal(identity.home_source.where, "no entry in /etc/passwd");
        assert_int_equal(identity.uid_source.line, 0);
        assert_string_equal(identity.gid_source.where, "the caller's");
        GROUPS_ARE(77);
    }
}

TEST(an_empty_group_behind_a_number_without_an_entry_is_an_error)
{
    give(users, groups);
    assert_refused("4242:", "group", "4242", 0);
    assert_int_equal(problem.hint, HINT_EMPTY_GROUP);
    assert_true(resolve("4242"));
    assert_true(resolve("1000:")); /* it has a group of its own */
    GROUPS_ARE(0, 7, 33, 1001);
    assert_true(resolve("4242:5"));
    files.count = 0;
    assert_refused("0:", "group", "0", 0);
}

TEST(a_group_needs_no_line_of_a_user)
{
    give("", groups);
    assert_true(resolve("4242:www"));
    assert_int_equal(identity.uid, 4242);
    GROUPS_ARE(33);
}

TEST(a_group_replaces_the_primary_one_and_all_others)
{
    give(users, groups);
    assert_true(resolve("app:www"));
    assert_int_equal(identity.uid, 1000);
    assert_int_equal(identity.gid, 33);
    assert_string_equal(identity.gid_source.where, IDENTITY_GROUP);
    assert_int_equal(identity.gid_source.line, 6);
    assert_string_equal(identity.home, "/srv/app");
    GROUPS_ARE(33);
    assert_true(resolve("app:2147483647"));
    assert_int_equal(identity.gid, 2147483647);
    GROUPS_ARE(2147483647);
    assert_true(resolve("4242:4343"));
    assert_int_equal(identity.uid, 4242);
    GROUPS_ARE(4343);
    assert_string_equal(identity.gid_source.where, "as given");
    assert_true(resolve("app:0"));
    GROUPS_ARE(0);
}

TEST(a_missing_name_is_an_error)
{
    static const char *const names[] = {"nobody", "ap",  "appp", "App", "app ", " app",  "1000x", "+1000",
                                        "-1",     "0x0", "#app", "+",   "-nis", "app\n", "root\r"};
    char spec[32];

    give(users, groups);
    for (size_t i = 0; i < COUNT(names); i++) {
        assert_refused(names[i], "user", names[i], 0);
        assert_int_equal(problem.hint, HINT_NO_SUCH_NAME);
        (void)snprintf(spec, sizeof spec, "app:%s", names[i]);
        assert_refused(spec, "group", names[i], 0);
        assert_int_equal(problem.hint, HINT_NO_SUCH_NAME);
        (void)snprintf(spec, sizeof spec, "%s:www", names[i]);
        assert_refused(spec, "user", names[i], 0);
    }
    files.count = 0;
    assert_refused("app", "user", "app", 0);
    files.count = 1;
    assert_refused("app:www", "group", "www", 0);
}

TEST(an_empty_user_is_an_error)
{
    static const char *const specs[] = {"", ":", ":www", ":33", ":0"};

    give(users, groups);
    for (size_t i = 0; i < COUNT(specs); i++) {
        assert_refused(specs[i], "user", NULL, 0);
        assert_int_equal(problem.hint, HINT_EMPTY_USER);
        assert_int_equal(files.opened, 0);
    }
}

TEST(a_malformed_entry_of_the_wanted_name_is_an_error_with_its_line)
{
    give(users, groups);
    assert_refused("badgid", IDENTITY_PASSWD, "badgid", 9);
    assert_refused("baduid", IDENTITY_PASSWD, "baduid", 10);
    assert_refused("first", IDENTITY_PASSWD, "first", 11);
    assert_refused("first:www", IDENTITY_PASSWD, "first", 11);
    assert_refused("app:bad", IDENTITY_GROUP, "bad", 8);
    assert_refused("app:worse", IDENTITY_GROUP, "worse", 9);
    assert_refused("1:zero", IDENTITY_GROUP, "zero", 14);
}

TEST(no_form_of_a_bad_id_in_the_files_becomes_a_number)
{
    static const char *const bad[] = {
        "",           "-1",  "+1",  " 0",  "0 ", "0x0", "0e0", "4294967295",           "4294967296",
        "8589934592", "1.0", "0\t", "0\r", "a",  "0a",  "O",   "18446744073709551616", "-4294967295",
        "0,0"};
    char passwd[80];
    char group[80];

    for (size_t i = 0; i < COUNT(bad); i++) {
        (void)snprintf(passwd, sizeof passwd, "\napp:x:%s:5::/:\napp:x:6:6::/:\n", bad[i]);
        (void)snprintf(group, sizeof group, "\nwww:x:%s:app\nwww:x:6:\n", bad[i]);
        give(passwd, group);
        assert_refused("app", IDENTITY_PASSWD, "app", 2);
        (void)snprintf(passwd, sizeof passwd, "\napp:x:5:%s::/:\napp:x:6:6::/:\n", bad[i]);
        assert_refused("app", IDENTITY_PASSWD, "app", 2);
        assert_refused("9:www", IDENTITY_GROUP, "www", 2);
        assert_true(resolve("6")); /* the next line is an entry: and the bad group is nobody's */
        GROUPS_ARE(6);
    }
}

TEST(home_and_shell_are_never_empty)
{
    give("short:x:1:1::h:s\n", groups);
    assert_true(resolve("short"));
    assert_string_equal(identity.home, "h");
    assert_string_equal(identity.shell, "s");
    give(users, groups);
    assert_true(resolve("homeless"));
    assert_string_equal(identity.home, "/");
    assert_string_equal(identity.shell, "/bin/sh");
    assert_true(resolve("empty"));
    assert_string_equal(identity.home, "/");
    assert_string_equal(identity.shell, "/bin/sh");
}

TEST(a_name_home_or_shell_that_does_not_fit_is_an_error)
{
    static char passwd[4 * ACCOUNTS_FIELD_MAX];
    static char huge[ACCOUNTS_FIELD_MAX + 1];

    memset(huge, 'h', ACCOUNTS_FIELD_MAX);
    for (int keep = 0; keep < 2; keep++) {
        huge[ACCOUNTS_FIELD_MAX - keep] = '\0';
        (void)snprintf(passwd, sizeof passwd, "app:x:5:6:g:/%s:/bin/sh\n", huge + 1);
        give(passwd, "");
        assert_int_equal(resolve("app"), keep);
        assert_true(keep ? strcmp(identity.home + 1, huge + 1) == 0 : problem.line == 1);
        assert_string_equal(problem.what, keep ? "nothing" : IDENTITY_PASSWD);
        (void)snprintf(passwd, sizeof passwd, "%s:x:5:6:g:/:/bin/sh\n", huge);
        give(passwd, "");
        assert_int_equal(resolve("5"), keep);
        assert_int_equal(problem.line, keep ? 0 : 1);
        (void)snprintf(passwd, sizeof passwd, "app:x:5:6:g:/:%s\n", huge);
        give(passwd, "");
        assert_true(resolve("app"));
        request.shell = true;
        assert_int_equal(resolve("app"), keep);
        assert_int_equal(problem.line, keep ? 0 : 1);
        assert_true(keep || strcmp(problem.what, IDENTITY_PASSWD) == 0);
    }
}

TEST(an_account_file_that_cannot_be_read_is_an_error)
{
    static const int errors[] = {EACCES, EPERM, ELOOP, ENOTDIR, EMFILE, EIO, ENOMEM};

    for (size_t i = 0; i < COUNT(errors); i++) {
        for (int of = 0; of < 2; of++) {
            const char *path = of == 0 ? IDENTITY_PASSWD : IDENTITY_GROUP;
            give(users, groups);
            account_files[of].open_error = errors[i];
            assert_refused(of == 0 ? "1000" : "app", path, NULL, 0);
            assert_int_equal(problem.error, errors[i]);
            assert_null(problem.why);
            assert_false(resolve(of == 0 ? "app:www" : "root:www"));
            give(users, groups);
            account_files[of].stat_error = errors[i];
            assert_refused("app", path, NULL, 0);
            assert_int_equal(problem.error, errors[i]);
            give(users, groups);
            account_files[of].mode = S_IFIFO | 0644;
            assert_refused("app", path, NULL, 0);
            assert_string_equal(problem.why, "not a regular file");
        }
    }
}

/* Everything that a resolution says, in words. */
static const char *said(bool good)
{
    static char text[4096];
    size_t length = 0;

    if (!good) {
        (void)snprintf(text, sizeof text, "%s:%lu: %s %d %.*s", problem.what, problem.line,
                       problem.why != NULL ? problem.why : "", problem.why != NULL ? 0 : problem.error,
                       (int)problem.subject_length, problem.subject != NULL ? problem.subject : "");
        return text;
    }
    length = (size_t)snprintf(text, sizeof text, "%u %u %s %s %lu %lu", identity.uid, identity.gid, identity.home,
                              identity.has_entry ? identity.user.name.text : "-", identity.uid_source.line,
                              identity.gid_source.line);
    for (size_t i = 0; i < identity.groups.count; i++) {
        length += (size_t)snprintf(text + length, sizeof text - length, " %u", identity.groups.ids[i]);
    }
    return text;
}

static const char sound_users[] = "root:x:0:0:root:/root:/bin/sh\n"
                                  "app:x:1000:1001:The App:/srv/app:/bin/app\n"
                                  "toor:x:0:1:::\n"
                                  "twin:x:1000:1002::/twin:/bin/twin\n"
                                  "noid:x::1:::\n";
static const char sound_groups[] = "root:x:0:root\n"
                                   "daemon:x:7:toor\n"
                                   "www:x:33:nobody,app\n"
                                   "bad:x:-5:app\n"
                                   "odd:x:8:noid\n"
                                   "twins:x:50:twin\n";

static const struct {
    const char *spec;
    enum identity_groups groups;
    bool keep_groups;
} cases[] = {{"app", IDENTITY_GROUPS_DEFAULT, false},      {"1000", IDENTITY_GROUPS_DEFAULT, true},
             {"app:www", IDENTITY_GROUPS_DEFAULT, false},  {"app:www", IDENTITY_GROUPS_INIT, false},
             {"twin", IDENTITY_GROUPS_LIST, true},         {"4321", IDENTITY_GROUPS_DEFAULT, false},
             {"goodid", IDENTITY_GROUPS_DEFAULT, false},   {"badgid", IDENTITY_GROUPS_DEFAULT, false},
             {"1:zero", IDENTITY_GROUPS_DEFAULT, false},   {"nobody", IDENTITY_GROUPS_DEFAULT, false},
             {"app:none", IDENTITY_GROUPS_DEFAULT, false}, {"3000", IDENTITY_GROUPS_CLEAR, false}};

/* No group is kept where a line is malformed that lists a name of root's. */
static void give_case(size_t i)
{
    give(cases[i].keep_groups ? sound_users : users, cases[i].keep_groups ? sound_groups : groups);
}

static const char *resolve_case(size_t i)
{
    static gid_t caller[] = {0, 7, 8, 33, 999};

    request.groups = cases[i].groups;
    request.list = "www,77";
    request.keep_groups = cases[i].keep_groups;
    request.caller_groups.ids = caller;
    request.caller_groups.count = COUNT(caller);
    return said(resolve(cases[i].spec));
}

TEST(however_the_files_come_the_result_is_the_same)
{
    size_t longest = sizeof users > sizeof groups ? sizeof users : sizeof groups;
    char expected[4096];

    for (size_t i = 0; i < COUNT(cases); i++) {
        give_case(i);
        (void)strcpy(expected, resolve_case(i));
        for (size_t at = 1; at < longest; at++) {
            files.split = 0;
            files.chunk = at;
            assert_string_equal(resolve_case(i), expected);
            files.chunk = 0;
            files.split = at;
            assert_string_equal(resolve_case(i), expected);
        }
    }
}

TEST(a_read_error_is_never_taken_for_the_end_of_the_file)
{
    char expected[4096];

    for (size_t i = 0; i < COUNT(cases); i++) {
        give_case(i);
        (void)strcpy(expected, resolve_case(i));
        for (size_t of = 0; of < 2; of++) {
            for (size_t at = 0; at <= account_files[of].length; at++) {
                for (size_t chunk = 0; chunk < 2; chunk++) {
                    give_case(i);
                    files.chunk = chunk;
                    account_files[of].read_error = EIO;
                    account_files[of].read_error_at = at;
                    const char *text = resolve_case(i);
                    /* Either all that was needed was there, or it is an error that names the file. */
                    if (strcmp(text, expected) != 0) {
                        assert_memory_equal(text, account_files[of].path, strlen(account_files[of].path));
                        assert_int_equal(problem.error, EIO);
                    }
                }
            }
        }
    }
}

TEST(whichever_open_fails_that_is_an_error)
{
    for (size_t i = 0; i < COUNT(cases); i++) {
        give_case(i);
        (void)resolve_case(i);
        unsigned opened = files.opened;
        for (unsigned fails = 1; fails <= opened; fails++) {
            give_case(i);
            files.fails = fails;
            const char *text = resolve_case(i);
            assert_true(strncmp(text, IDENTITY_PASSWD ":", strlen(IDENTITY_PASSWD) + 1) == 0 ||
                        strncmp(text, IDENTITY_GROUP ":", strlen(IDENTITY_GROUP) + 1) == 0);
            assert_int_equal(problem.error, EMFILE);
        }
    }
}

TEST(a_read_error_behind_the_wanted_entry_does_not_matter)
{
    give(users, groups);
    account_files[0].read_error = EIO;
    account_files[0].read_error_at = (size_t)(strstr(users, "app:x:0") - users);
    assert_true(resolve("app"));
    account_files[0].read_error_at--; /* before the newline: there might be more of the line */
    assert_refused("app", IDENTITY_PASSWD, NULL, 0);
}

TEST(init_groups_adds_those_that_list_the_user_to_a_given_group)
{
    give(users, groups);
    request.groups = IDENTITY_GROUPS_INIT;
    assert_true(resolve("app:50"));
    assert_int_equal(identity.gid, 50);
    GROUPS_ARE(0, 7, 33, 50);
    assert_true(resolve("1000:twins"));
    GROUPS_ARE(0, 7, 33, 50);
}

TEST(clear_groups_leaves_the_primary_one)
{
    give(users, groups);
    request.groups = IDENTITY_GROUPS_CLEAR;
    assert_true(resolve("app"));
    GROUPS_ARE(1001);
    assert_true(resolve("app:www"));
    GROUPS_ARE(33);
    assert_true(resolve("4321"));
    GROUPS_ARE(77);
}

TEST(a_list_of_groups_is_names_and_ids_and_the_primary_one)
{
    static const struct {
        const char *list;
        gid_t expected[4];
        size_t count;
    } lists[] = {{"www", {33, 1001}, 2},
                 {"0", {0, 1001}, 2},
                 {"www,daemon", {7, 33, 1001}, 3},
                 {"33,33,www,33", {33, 1001}, 2},
                 {"1001", {1001}, 1},
                 {"app,root", {0, 1001}, 2},
                 {"0007,apps", {7, 20, 1001}, 3},
                 {"2147483647", {1001, 2147483647}, 2}};

    give(users, groups);
    request.groups = IDENTITY_GROUPS_LIST;
    for (size_t i = 0; i < COUNT(lists); i++) {
        request.list = lists[i].list;
        assert_true(resolve("app"));
        assert_groups(lists[i].count, lists[i].expected);
    }
    request.list = "www";
    assert_true(resolve("app:7"));
    GROUPS_ARE(7, 33);
}

TEST(a_list_with_a_wrong_element_is_an_error)
{
    static const char *const empty[] = {"", ",", "www,", ",www", "www,,7", "7,", "7,?"};
    static const struct {
        const char *list, *subject;
    } missing[] = {{"none", "none"}, {"www,none", "none"}, {"none,www", "none"}, {" www", " www"},
                   {"www,7 ", "7 "}, {"+7", "+7"},         {"-1", "-1"},         {"0x7", "0x7"},
                   {"a:b", "a:b"},   {"www:x", "www:x"},   {"www?", "www?"}};
    static const struct {
        const char *list, *subject;
    } range[] = {{"2147483648", "2147483648"}, {"7,4294967295", "4294967295"}, {"4294967296,7", "4294967296"}};

    give(users, groups);
    request.groups = IDENTITY_GROUPS_LIST;
    for (size_t i = 0; i < COUNT(empty); i++) {
        request.list = empty[i];
        assert_refused("app", "--groups", NULL, 0);
        assert_int_equal(problem.hint, HINT_USAGE);
    }
    for (size_t i = 0; i < COUNT(missing); i++) {
        request.list = missing[i].list;
        assert_refused("app", "group", missing[i].subject, 0);
        assert_ptr_equal(problem.subject, strstr(missing[i].list, missing[i].subject));
        assert_int_equal(problem.hint, HINT_NO_SUCH_NAME);
    }
    for (size_t i = 0; i < COUNT(range); i++) {
        request.list = range[i].list;
        assert_refused("app", "group", range[i].subject, 0);
    }
    request.list = "www,bad";
    assert_refused("app", IDENTITY_GROUP, "bad", 8);
}

TEST(kept_are_the_callers_groups_that_are_not_roots)
{
    static gid_t caller[] = {0, 1, 3, 10, 20, 33, 999, 4294967294};
    static const char alpine[] = "root:x:0:root\nbin:x:1:root,bin\nsys:x:3:root,adm\nwheel:x:10:root\n"
                                 "floppy:x:11:root\ndialout:x:20:root\nwww:x:33:app\n";

    give(sound_users, alpine);
    request.keep_groups = true;
    request.caller_groups = (struct groups){caller, COUNT(caller)};
    assert_true(resolve("app:5"));
    GROUPS_ARE(5, 33, 999, 4294967294);
    request.groups = IDENTITY_GROUPS_CLEAR;
    assert_true(resolve("app"));
    GROUPS_ARE(33, 999, 1001, 4294967294);
    request.groups = IDENTITY_GROUPS_LIST;
    request.list = "wheel,0"; /* asked for by name: root's or not */
    assert_true(resolve("app"));
    GROUPS_ARE(0, 10, 33, 999, 1001, 4294967294);
    request.caller_groups.count = 0;
    assert_true(resolve("app:5"));
    GROUPS_ARE(0, 5, 10);
    request.groups = IDENTITY_GROUPS_DEFAULT;
    request.caller_groups.count = COUNT(caller);
    account_files[1].length = 0; /* without members root has no groups */
    assert_true(resolve("app:5"));
    GROUPS_ARE(1, 3, 5, 10, 20, 33, 999, 4294967294);
    give(sound_users, alpine);
    request.keep_groups = true;
    request.caller_groups = (struct groups){caller, COUNT(caller)};
    account_files[1].read_error = EIO;
    account_files[1].read_error_at = 40;
    assert_refused("app:5", IDENTITY_GROUP, NULL, 0);
    account_files[1].open_error = EACCES;
    assert_refused("app:5", IDENTITY_GROUP, NULL, 0);
    assert_int_equal(problem.error, EACCES);
}

TEST(every_name_with_uid_0_or_with_no_id_is_roots)
{
    static gid_t caller[] = {0, 10, 11, 12, 13, 14, 15, 16};
    static const char passwd[] = "root:x:0:0::/:\ntoor:x:00:5::/:\nodd:x:0x0:5::/:\nfew:x\napp:x:1000:1001::/:\n"
                                 ":x:1:0::/:\n#none:x:0:0::/:\nr:x:0:0::/:\n";
    static const char members[] = "a:x:10:root\nb:x:11:other,toor\nc:x:12:odd\nd:x:13:app,none\ne:x:14:roots\n"
                                  "f:x:15:app,\ng:x:16:r\n";

    give(passwd, members);
    request.keep_groups = true;
    request.caller_groups = (struct groups){caller, COUNT(caller)};
    assert_true(resolve("app:5"));
    GROUPS_ARE(5, 13, 14, 15);
    files.count = 0; /* without the files nobody is root but uid 0 */
    assert_true(resolve("4242:5"));
    GROUPS_ARE(5, 10, 11, 12, 13, 14, 15, 16);
    account_files[0].read_error = EIO;
    account_files[0].read_error_at = sizeof passwd - 2;
    files.count = 2;
    assert_refused("app:5", IDENTITY_PASSWD, NULL, 0);
}

TEST(what_a_runtime_takes_for_a_line_of_roots_is_one)
{
    static gid_t caller[] = {6, 10};
    static const struct {
        const char *user, *line;
    } lines[] = {{"root", "disk:x:6:root:"},   {"root", "+nis:x:6:root"},   {"root", "-nis:x:6:root"},
                 {"root", "#disk:x:6:root"},   {"root", "  disk:x:6:root"}, {"root", "disk:x:6:a, root"},
                 {"root", "disk:x:6:root ,a"}, {" toor", "disk:x:6:toor"},  {"+nis", "disk:x:6:+nis"},
                 {"-nis", "disk:x:6:-nis"},    {"#toor", "disk:x:6:#toor"}};
    char passwd[64];
    char group[64];

    for (size_t i = 0; i < COUNT(lines); i++) {
        (void)snprintf(passwd, sizeof passwd, "%s:x:0:0::/:\napp:x:1:1::/:\n", lines[i].user);
        (void)snprintf(group, sizeof group, "%s\nwww:x:10:app\n", lines[i].line);
        give(passwd, group);
        request.keep_groups = true;
        request.caller_groups = (struct groups){caller, COUNT(caller)};
        assert_true(resolve("app:5"));
        GROUPS_ARE(5, 10);
    }
}

TEST(a_malformed_line_that_lists_a_name_of_roots_is_an_error)
{
    static const char *const lines[] = {"bad:x:-5:root\n", "bad:x:x:app,toor\n", "bad:x::toor,app"};
    char text[128];

    for (size_t i = 0; i < COUNT(lines); i++) {
        (void)snprintf(text, sizeof text, "www:x:33:app\nother:x:y:app,roots\n%s", lines[i]);
        give("root:x:0:0::/:\ntoor:x:0:0::/:\napp:x:1:1::/:\n", text);
        assert_true(resolve("app:5"));
        request.keep_groups = true;
        assert_refused("app:5", IDENTITY_GROUP, i == 0 ? "root" : "toor", 3);
    }
}

TEST(a_name_of_roots_that_does_not_fit_is_an_error)
{
    static char passwd[2 * ACCOUNTS_FIELD_MAX];
    static char group[2 * ACCOUNTS_FIELD_MAX];
    static gid_t caller[] = {7, 8};

    for (size_t length = ACCOUNTS_FIELD_MAX - 1; length <= ACCOUNTS_FIELD_MAX; length++) {
        (void)strcpy(passwd, "app:x:1:1::/:\n");
        size_t start = strlen(passwd);
        memset(passwd + start, 'r', length);
        (void)strcpy(passwd + start + length, ":x:0:0::/:\n");
        (void)strcpy(group, "g:x:7:");
        memset(group + 6, 'r', length);
        (void)strcpy(group + 6 + length, "\nh:x:8:rr\n");
        give(passwd, group);
        request.keep_groups = true;
        request.caller_groups = (struct groups){caller, COUNT(caller)};
        bool fits = length < ACCOUNTS_FIELD_MAX;
        assert_int_equal(resolve("app:5"), fits);
        if (fits) {
            GROUPS_ARE(5, 8);
        } else {
            assert_string_equal(problem.what, IDENTITY_PASSWD);
            assert_int_equal(problem.line, 2);
        }
    }
}

/* --- groups besides ------------------------------------------------------------------------------------------------
 */

static void give_socket(gid_t gid)
{
    give(users, groups);
    account_files[2] = (struct file){.path = "/run/socket", .gid = gid, .mode = S_IFSOCK | 0660};
    files.count = 3;
}

TEST(groups_are_added_by_name_id_or_path_to_those_of_every_other_option)
{
    give_socket(999);
    request.add = "www";
    assert_true(resolve("app:5"));
    GROUPS_ARE(5, 33);
    request.add = "www,8,/run/socket,8";
    assert_true(resolve("app:5"));
    GROUPS_ARE(5, 8, 33, 999);
    assert_int_equal(identity.gid, 5);
    assert_true(resolve("app"));
    GROUPS_ARE(0, 7, 8, 33, 999, 1001);
    assert_true(resolve("4242"));
    GROUPS_ARE(8, 33, 77, 999);
    request.groups = IDENTITY_GROUPS_CLEAR;
    assert_true(resolve("app"));
    GROUPS_ARE(8, 33, 999, 1001);
    request.groups = IDENTITY_GROUPS_LIST;
    request.list = "apps";
    assert_true(resolve("app"));
    GROUPS_ARE(8, 20, 33, 999, 1001);
}

TEST(what_is_marked_with_a_question_mark_may_be_missing)
{
    static const char *const lists[] = {"/run/none?",   "nogroup?",   "/run/none?,nogroup?",
                                        "nogroup?,www", "www?,/x/y?", "7?,/run/socket?"};
    static const int missing[] = {ENOENT, ENOTDIR};

    for (size_t i = 0; i < COUNT(lists); i++) {
        give_socket(999);
        request.add = lists[i];
        assert_true(resolve("app:5"));
        assert_int_equal(identity.groups.count, i < 3 ? 1 : i < 5 ? 2 : 3);
    }
    for (size_t i = 0; i < COUNT(missing); i++) {
        give_socket(999);
        account_files[2].open_error = missing[i];
        request.add = "/run/socket?";
        assert_true(resolve("app:5"));
        GROUPS_ARE(5);
        request.add = "/run/socket";
        assert_refused("app:5", "--group-add", "/run/socket", 0);
        assert_int_equal(problem.error, missing[i]);
    }
    request.add = "nogroup";
    assert_refused("app:5", "group", "nogroup", 0);
    assert_int_equal(problem.hint, HINT_NO_SUCH_NAME);
}

TEST(what_is_there_and_cannot_be_had_is_an_error_with_a_question_mark_too)
{
    for (int optional = 0; optional < 2; optional++) {
        give_socket(0);
        request.add = optional ? "/run/socket?" : "/run/socket";
        assert_refused("app:5", "--group-add", "/run/socket", 0);
        assert_int_equal(problem.hint, HINT_ROOT_OWNER);
        request.allow_root = true;
        assert_true(resolve("app:5"));
        GROUPS_ARE(0, 5);
        give_socket(65534);
        request.allow_root = true;
        request.add = optional ? "/run/socket?" : "/run/socket";
        assert_refused("app:5", "--group-add", "/run/socket", 0);
        give_socket(999);
        account_files[2].open_error = EACCES;
        request.add = optional ? "/run/socket?" : "/run/socket";
        assert_refused("app:5", "--group-add", "/run/socket", 0);
        request.add = optional ? "bad?" : "bad";
        assert_refused("app:5", IDENTITY_GROUP, "bad", 8);
        request.add = optional ? "2147483648?" : "2147483648";
        assert_refused("app:5", "group", "2147483648", 0);
        request.add = optional ? "nogroup?" : "nogroup";
        account_files[1].read_error = EIO;
        assert_refused("app:5", IDENTITY_GROUP, NULL, 0);
    }
}

TEST(an_element_that_is_empty_or_does_not_fit_is_an_error)
{
    static const char *const empty[] = {"", ",", "?", "www,", "www,?", ",www"};
    static char path[ACCOUNTS_FIELD_MAX + 8];

    give_socket(999);
    for (size_t i = 0; i < COUNT(empty); i++) {
        request.add = empty[i];
        assert_false(resolve("app:5"));
        assert_string_equal(problem.what, "--group-add");
        assert_int_equal(problem.hint, HINT_USAGE);
    }
    request.add = path;
    for (size_t length = ACCOUNTS_FIELD_MAX - 1; length <= ACCOUNTS_FIELD_MAX; length++) {
        memset(path, '/', length);
        (void)strcpy(path + length, "?,www");
        bool fits = length < ACCOUNTS_FIELD_MAX;
        assert_int_equal(resolve("app:5"), fits); /* it is not there */
        assert_true(fits || problem.error == ENAMETOOLONG);
    }
}

static void ask_for(const char *account)
{
    give(users, groups);
    request.account = account;
    request.account_home = "/home/new";
}

TEST(an_account_of_that_name_is_the_user_whatever_its_ids)
{
    for (int i = 0; i < 3; i++) {
        ask_for("app");
        assert_true(resolve(i == 0 ? "4242:33" : i == 1 ? "4242" : "twin:33"));
        assert_int_equal(identity.uid, i == 2 ? 1000 : 4242);
        assert_int_equal(identity.gid, i == 1 ? 1001 : 33);
        assert_true(identity.has_entry);
        assert_string_equal(identity.login, "app");
        assert_string_equal(identity.user.name.text, "app");
        assert_string_equal(identity.home, "/srv/app");
        assert_string_equal(identity.shell, "/bin/app");
        assert_int_equal(identity.home_source.line, 2);
        assert_int_equal(identity.gid_source.line, i == 1 ? 2 : 0);
        assert_string_equal(identity.gid_source.where, i == 1 ? IDENTITY_PASSWD : "as given");
        if (i == 1) {
            GROUPS_ARE(0, 7, 33, 1001);
        } else {
            GROUPS_ARE(0, 7, 33);
        }
    }
    ask_for("app");
    assert_true(resolve("empty")); /* it has the group of its own entry */
    assert_int_equal(identity.uid, 1004);
    assert_int_equal(identity.gid, 1004);
    assert_string_equal(identity.home, "/srv/app");
    ask_for("app");
    request.groups = IDENTITY_GROUPS_CLEAR;
    assert_true(resolve("4242:4343"));
    GROUPS_ARE(4343);
    ask_for("badgid");
    assert_refused("4242:4343", IDENTITY_PASSWD, "badgid", 9);
}

TEST(an_account_that_is_missing_is_the_user_if_it_has_no_other)
{
    ask_for("apps");
    assert_true(resolve("4242:4343"));
    assert_false(identity.has_entry);
    assert_string_equal(identity.login, "apps");
    assert_string_equal(identity.home, "/home/new");
    assert_string_equal(identity.shell, "/bin/sh");
    assert_string_equal(identity.home_source.where, "--account");
    assert_int_equal(identity.home_source.line, 0);
    GROUPS_ARE(20, 4343); /* a group lists the name already */
    ask_for("apps");
    assert_true(resolve("4242"));
    assert_int_equal(identity.gid, 77);
    GROUPS_ARE(20, 77);
    ask_for("apps");
    assert_refused("4242:", "group", "4242", 0);
    ask_for("apps");
    assert_refused("nosuch", "user", "nosuch", 0);
    for (unsigned fails = 1; fails <= 3; fails++) { /* the user, the account, and the user again */
        ask_for("apps");
        files.fails = fails;
        assert_false(resolve("1003"));
        assert_string_equal(problem.what, IDENTITY_PASSWD);
        assert_int_equal(problem.error, EMFILE);
    }
    for (int i = 0; i < 2; i++) {
        ask_for("apps");
        assert_true(resolve(i == 0 ? "1003" : "homeless:33"));
        assert_true(identity.has_entry);
        assert_string_equal(identity.login, "homeless");
        assert_string_equal(identity.home, "/");
        assert_int_equal(identity.gid, i == 0 ? 1003 : 33);
        if (i == 0) {
            GROUPS_ARE(1003);
        } else {
            GROUPS_ARE(33);
        }
    }
}

TEST(the_lists_are_checked_for_a_caller_that_keeps_its_groups)
{
    static const struct {
        const char *list, *add;
        bool good;
        size_t count; /* of a good one: what is behind these has other uses */
    } cases_of_lists[] = {{NULL, NULL, true, 0},          {"www,7", NULL, true, 2},      {"none", NULL, false, 0},
                          {"www,", NULL, false, 0},       {NULL, "www,none?", true, 1},  {NULL, "none", false, 0},
                          {NULL, "/run/socket", true, 1}, {NULL, "/run/none", false, 0}, {"bad", NULL, false, 0},
                          {"www", "7?", true, 2},         {"2147483648", "7", false, 0}, {"7", "2147483648", false, 0}};

    for (size_t i = 0; i < COUNT(cases_of_lists); i++) {
        give_socket(0); /* it is nobody's to be refused: nothing is taken */
        request.list = cases_of_lists[i].list;
        request.add = cases_of_lists[i].add;
        start();
        assert_int_equal(identity_check_groups(&request, &identity, &problem), cases_of_lists[i].good);
        assert_int_equal(files.open, 0);
        assert_stays_inside();
        assert_false(identity.has_entry);
        assert_int_equal(identity.user.used, 0);
        assert_true(!cases_of_lists[i].good || identity.groups.count == cases_of_lists[i].count);
    }
}

/* --- many groups ---------------------------------------------------------------------------------------------------
 */

#define MANY 65536U

/* Lines that list `member`, with IDs from `first`, each `times` times, in disorder. */
static const char *many_groups(unsigned first, unsigned count, unsigned times, const char *member)
{
    static char text[12 << 20];
    size_t length = 0;

    for (unsigned i = 0; i < times * count; i++) {
        unsigned id = first + (i * 7919U) % count;
        length += (size_t)sprintf(text + length, "g:x:%u:%s\n", id, member);
    }
    text[length] = '\0';
    return text;
}

TEST(there_may_be_65536_groups_and_not_one_more)
{
    static const struct {
        unsigned first, count;
        bool good;
    } sizes[] = {{1, MANY - 2, true},      {1, MANY - 1, true},  {1, MANY, false},
                 {1, MANY + 1, false},     {1001, MANY, true},   {1001, MANY + 1, false},
                 {1, 2 * MANY - 1, false}, {1, 2 * MANY, false}, {1, 2 * MANY + 1, false}};

    for (size_t i = 0; i < COUNT(sizes); i++) {
        unsigned first = sizes[i].first == 1 ? 100000 : sizes[i].first; /* with the primary group among them or not */
        give(users, many_groups(first, sizes[i].count, 1, "app"));
        assert_int_equal(resolve("app"), sizes[i].good);
        if (sizes[i].good) {
            assert_int_equal(identity.groups.count, sizes[i].count + (sizes[i].first == 1));
            assert_int_equal(identity.groups.ids[0], 1001);
            for (size_t j = 1; j < identity.groups.count; j++) {
                assert_true(identity.groups.ids[j] > identity.groups.ids[j - 1]);
            }
        } else {
            assert_string_equal(problem.what, "groups");
        }
    }
}

TEST(repeated_groups_count_once_however_many_lines_there_are)
{
    give(users, many_groups(2000, 3, 100001, "app"));
    assert_true(resolve("app"));
    GROUPS_ARE(1001, 2000, 2001, 2002);
    give(users, many_groups(100000, MANY - 1, 6, "app"));
    assert_true(resolve("app"));
    assert_int_equal(identity.groups.count, MANY);
    give(users, many_groups(1001, MANY, 3, "app"));
    assert_true(resolve("app"));
    assert_int_equal(identity.groups.count, MANY);
}

TEST(more_groups_than_there_is_room_for_end_the_reading)
{
    give(users, many_groups(100000, 2 * MANY + 1, 1, "app"));
    account_files[1].read_error = EIO;
    account_files[1].read_error_at = account_files[1].length;
    assert_refused("app", "groups", NULL, 0);
}

TEST(one_more_than_there_is_room_for_is_one_too_many)
{
    give(users, many_groups(100000, 2 * MANY, 1, "app"));
    request.add = "7";
    assert_refused("app", "groups", NULL, 0);
    give(users, many_groups(100000, MANY - 2, 2, "app"));
    request.add = "7";
    assert_true(resolve("app"));
    assert_int_equal(identity.groups.count, MANY);
}

TEST(a_list_that_is_only_checked_may_not_be_longer_either)
{
    static char list[20 * MANY];

    for (int of = 0; of < 2; of++) {
        for (unsigned count = 2 * MANY; count <= 2 * MANY + 1; count++) {
            size_t length = 0;
            for (unsigned i = 0; i < count; i++) {
                length += (size_t)sprintf(list + length, "%s%u", i == 0 ? "" : ",", i);
            }
            give("", "");
            *(of == 0 ? &request.list : &request.add) = list;
            start();
            assert_int_equal(identity_check_groups(&request, &identity, &problem), count == 2 * MANY);
        }
        assert_string_equal(problem.what, "groups");
    }
}

TEST(root_may_be_in_thousands_of_groups)
{
    static const unsigned sizes[] = {1, 5000, MANY - 1, MANY, MANY + 1};
    static gid_t caller[MANY];

    for (unsigned i = 0; i < MANY; i++) {
        caller[i] = 100000 + i; /* sorted, as the kernel gives them */
    }
    for (size_t i = 0; i < COUNT(sizes); i++) {
        unsigned roots = sizes[i];
        give(users, many_groups(100000, roots, 1, "root"));
        request.keep_groups = true;
        request.caller_groups.ids = caller;
        request.caller_groups.count = MANY - 1;
        bool good = resolve("app:5");
        assert_int_equal(good, roots <= MANY);
        if (good) {
            assert_int_equal(identity.groups.count, roots < MANY ? MANY - roots : 1);
            assert_int_equal(identity.groups.ids[0], 5);
            assert_true(roots >= MANY - 1 || identity.groups.ids[1] == 100000 + roots);
        } else {
            assert_string_equal(problem.what, "groups");
        }
    }
    give(users, many_groups(100000, 20000, 15, "root"));
    request.keep_groups = true;
    request.caller_groups.ids = caller;
    request.caller_groups.count = MANY;
    assert_true(resolve("app:5"));
    assert_int_equal(identity.groups.count, MANY - 20000 + 1);
    give(users, "");
    request.keep_groups = true;
    request.caller_groups.ids = caller;
    request.caller_groups.count = MANY;
    assert_refused("app:5", "groups", NULL, 0); /* one too many, with the primary group */
    assert_true(resolve("app:100000"));
    assert_int_equal(identity.groups.count, MANY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_user_gets_what_the_first_entry_says),
        cmocka_unit_test(a_number_takes_the_first_entry_with_that_id),
        cmocka_unit_test(a_number_is_never_a_name),
        cmocka_unit_test(a_number_without_an_entry_has_the_callers_group_and_the_root_directory),
        cmocka_unit_test(an_empty_group_behind_a_number_without_an_entry_is_an_error),
        cmocka_unit_test(a_group_needs_no_line_of_a_user),
        cmocka_unit_test(a_group_replaces_the_primary_one_and_all_others),
        cmocka_unit_test(a_missing_name_is_an_error),
        cmocka_unit_test(an_empty_user_is_an_error),
        cmocka_unit_test(a_malformed_entry_of_the_wanted_name_is_an_error_with_its_line),
        cmocka_unit_test(no_form_of_a_bad_id_in_the_files_becomes_a_number),
        cmocka_unit_test(home_and_shell_are_never_empty),
        cmocka_unit_test(a_name_home_or_shell_that_does_not_fit_is_an_error),
        cmocka_unit_test(an_account_file_that_cannot_be_read_is_an_error),
        cmocka_unit_test(however_the_files_come_the_result_is_the_same),
        cmocka_unit_test(a_read_error_is_never_taken_for_the_end_of_the_file),
        cmocka_unit_test(whichever_open_fails_that_is_an_error),
        cmocka_unit_test(a_read_error_behind_the_wanted_entry_does_not_matter),
        cmocka_unit_test(init_groups_adds_those_that_list_the_user_to_a_given_group),
        cmocka_unit_test(clear_groups_leaves_the_primary_one),
        cmocka_unit_test(a_list_of_groups_is_names_and_ids_and_the_primary_one),
        cmocka_unit_test(a_list_with_a_wrong_element_is_an_error),
        cmocka_unit_test(kept_are_the_callers_groups_that_are_not_roots),
        cmocka_unit_test(every_name_with_uid_0_or_with_no_id_is_roots),
        cmocka_unit_test(what_a_runtime_takes_for_a_line_of_roots_is_one),
        cmocka_unit_test(a_malformed_line_that_lists_a_name_of_roots_is_an_error),
        cmocka_unit_test(a_name_of_roots_that_does_not_fit_is_an_error),
        cmocka_unit_test(groups_are_added_by_name_id_or_path_to_those_of_every_other_option),
        cmocka_unit_test(what_is_marked_with_a_question_mark_may_be_missing),
        cmocka_unit_test(what_is_there_and_cannot_be_had_is_an_error_with_a_question_mark_too),
        cmocka_unit_test(an_element_that_is_empty_or_does_not_fit_is_an_error),
        cmocka_unit_test(an_account_of_that_name_is_the_user_whatever_its_ids),
        cmocka_unit_test(an_account_that_is_missing_is_the_user_if_it_has_no_other),
        cmocka_unit_test(the_lists_are_checked_for_a_caller_that_keeps_its_groups),
        cmocka_unit_test(more_groups_than_there_is_room_for_end_the_reading),
        cmocka_unit_test(one_more_than_there_is_room_for_is_one_too_many),
        cmocka_unit_test(a_list_that_is_only_checked_may_not_be_longer_either),
        cmocka_unit_test(root_may_be_in_thousands_of_groups),
        cmocka_unit_test(there_may_be_65536_groups_and_not_one_more),
        cmocka_unit_test(repeated_groups_count_once_however_many_lines_there_are),
    };

    return cmocka_run_group_tests_name("identity", tests, NULL, NULL);
}
