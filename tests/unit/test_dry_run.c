#include "dry_run.h"
#include "files.h"
#include "unit.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* This program: a file that there is, and that everyone may execute. */
static char *self;

static struct options options;
static struct plan plan;
static struct identity *const identity = &plan.identity;
static struct privileges *const want = &plan.want;
static struct problem problem;
static struct file file;
static struct accounts readers[2];
static struct credentials caller;
static char text_room[IDENTITY_TEXT_ROOM];
static char done[GROUPS_MAX];
static gid_t groups[GROUPS_MAX];
static char *command[2];

static const char group_file[] = "# groups\n"
                                 "root:x:0:\n"
                                 "www:x:33:\n"
                                 "app:x:1000:\n"
                                 "bad:x:+7:app\n"
                                 "again:x:33:\n"
                                 "longer-than-all-that-is-kept-of-the-users-entry:x:8:\n";

static struct accounts_field field(const char *text)
{
    return (struct accounts_field){.length = strlen(text), .text = text};
}

/* What an identity keeps of the user's entry: all behind it may be written to. */
static const char kept[] = "app\0/srv";

static void give(const char *text)
{
    memcpy(text_room, kept, sizeof kept);
    file = (struct file){.path = IDENTITY_GROUP, .text = text, .length = strlen(text)};
    files = (struct files){.list = &file, .count = 1};
    written_clear();
    command[0] = self;
    groups[0] = 7;
    groups[1] = 33;
    groups[2] = 1000;
    options = (struct options){.command = command};
    plan = (struct plan){.identity = {.uid = 1000,
                                      .gid = 33,
                                      .uid_source = {IDENTITY_PASSWD, 12},
                                      .gid_source = {IDENTITY_GROUP, 3},
                                      .has_entry = true,
                                      .home_source = {IDENTITY_PASSWD, 12},
                                      .user = {.name = {3, text_room}, .used = sizeof kept},
                                      .groups = {groups, 3},
                                      .text = text_room,
                                      .files = readers},
                         .want = {.uid = 1000, .gid = 33, .groups = {groups, 3}, .change_ids = true},
                         .home = text_room + 4};
    problem = (struct problem){.what = "nothing"};
}

/* The exit status that would be. */
static int print(void)
{
    bool good = dry_run(&options, &caller, &plan, done, &problem);

    assert_int_equal(files.open, 0);
    assert_memory_equal(text_room, kept, sizeof kept);
    return good ? 0 : problem.status != 0 ? problem.status : STATUS_REFUSED;
}

/* The line that begins with `label`, less that. */
static const char *line(const char *label)
{
    static char text[1024];
    const char *at = written.text;

    while (strncmp(at, label, strlen(label)) != 0) {
        at = strchr(at, '\n');
        assert_non_null(at);
        at++;
        assert_true(*at != '\0');
    }
    at += strlen(label);
    (void)snprintf(text, sizeof text, "%.*s", (int)strcspn(at, "\n"), at);
    return text;
}

TEST(each_fact_is_a_line_with_its_source)
{
    char expected[2048];

    give(group_file);
    assert_int_equal(print(), 0);
    (void)snprintf(expected, sizeof expected,
                   "uid: 1000 (app), /etc/passwd:12\n"
                   "gid: 33, /etc/group:3\n"
                   "group: 33 (www), /etc/group:3\n"
                   "group: 1000 (app), /etc/group:4\n"
                   "group: 7, no entry in /etc/group\n"
                   "home: /srv, /etc/passwd:12\n"
                   "capabilities: none\n"
                   "bounding set: unchanged\n"
                   "no_new_privs: unchanged\n"
                   "command: %s\n",
                   self);
    assert_string_equal(written.text, expected);
    assert_int_equal(written.fd, STDOUT_FILENO);
}

#define MAY CAPABILITY(CAP_DAC_OVERRIDE)

TEST(a_command_is_executed_with_what_is_kept_or_by_root_with_what_there_is)
{
    static const struct {
        uid_t uid;
        bool exact;
        uint64_t keep;
        uid_t caller; /* a user sees what root with every capability could execute */
        uint64_t permitted;
        bool good;
    } cases[] = {{0, false, 0, 0, 0, false},      {0, false, 0, 0, MAY, true},    {0, false, 0, 1, 0, true},
                 {0, true, 0, 0, MAY, false},     {0, true, 0, 1, MAY, false},    {0, true, MAY, 0, 0, true},
                 {4242, false, 0, 0, MAY, false}, {4242, false, 0, 1, 0, false},  {4242, true, MAY, 0, 0, true},
                 {4242, true, 0, 0, MAY, false},  {4242, true, 0, 1, MAY, false}, {4242, true, MAY, 1, 0, true}};
    char path[] = "/tmp/stepdown-unit-XXXXXX";
    FILE *stream = fdopen(mkstemp(path), "w");

    assert_true(stream != NULL && chmod(path, S_IXGRP) == 0 && fclose(stream) == 0);
    for (size_t i = 0; i < COUNT(cases); i++) {
        give(group_file);
        identity->uid = want->uid = cases[i].uid;
        identity->gid = want->gid = 4343;
        identity->groups.count = 0;
        want->exact = cases[i].exact;
        want->keep = cases[i].keep;
        command[0] = path;
        caller = (struct credentials){.real_uid = cases[i].caller, .capabilities.permitted = cases[i].permitted};
        assert_int_equal(print(), cases[i].good ? 0 : STATUS_CANNOT_RUN);
    }
    assert_int_equal(unlink(path), 0);
    caller = (struct credentials){.real_uid = 0};
}

TEST(a_command_is_found_on_path)
{
    char path[] = "/tmp/stepdown-unit-XXXXXX";
    FILE *stream = fdopen(mkstemp(path), "w");

    assert_true(stream != NULL && chmod(path, S_IXOTH) == 0 && fclose(stream) == 0 && setenv("PATH", "/tmp", 1) == 0);
    give(group_file);
    identity->uid = want->uid = 4242;
    identity->gid = want->gid = 4343;
    identity->groups.count = 0;
    command[0] = path + strlen("/tmp/");
    assert_int_equal(print(), 0);
    assert_string_equal(line("command: "), path);
    assert_int_equal(unlink(path), 0);
}

TEST(a_group_is_named_wherever_in_the_file_it_stands)
{
    static char text[100 * 18];

    text[0] = '\0';
    for (int i = 0; i < 100; i++) {
        (void)sprintf(text + strlen(text), "other%03d:x:%d:\n", i, i == 50 ? 33 : 2000 + i);
    }
    give(text);
    assert_int_equal(print(), 0);
    assert_string_equal(line("group: 33"), " (other050), /etc/group:51");
}

TEST(a_user_without_an_entry_has_no_name)
{
    give("");
    identity->has_entry = false;
    identity->uid_source = (struct identity_source){.where = "no entry in /etc/passwd"};
    identity->gid_source = (struct identity_source){.where = "the caller's"};
    plan.home = "/";
    identity->home_source = identity->uid_source;
    assert_int_equal(print(), 0);
    assert_string_equal(line("uid: "), "1000, no entry in /etc/passwd");
    assert_string_equal(line("gid: "), "33, the caller's");
    assert_string_equal(line("group: 1000"), ", no entry in /etc/group");
    assert_string_equal(line("home: "), "/, no entry in /etc/passwd");
}

TEST(a_home_that_stays_is_unchanged)
{
    give(group_file);
    plan.home = NULL;
    options.user_env = true;
    assert_int_equal(print(), 0);
    assert_string_equal(line("home: "), "unchanged");
    assert_null(strstr(written.text, "USER"));
}

TEST(the_variables_of_user_env_are_shown_where_they_are_asked_for)
{
    give(group_file);
    assert_int_equal(print(), 0);
    assert_null(strstr(written.text, "USER"));
    give(group_file);
    plan.login = "app";
    plan.shell = "/bin/sh";
    assert_int_equal(print(), 0);
    assert_string_equal(line("USER, LOGNAME: "), "app");
    assert_string_equal(line("SHELL: "), "/bin/sh");
}

TEST(the_descriptors_that_would_be_given_are_listed)
{
    static const struct {
        mode_t modes[3];
        bool give;
        const char *expected;
    } cases[] = {{{S_IFIFO, S_IFSOCK, S_IFIFO}, true, "0,1,2"},
                 {{S_IFREG, S_IFIFO, S_IFREG}, true, "1"},
                 {{S_IFIFO, S_IFREG, S_IFIFO}, true, "0,2"},
                 {{S_IFREG, S_IFDIR, 0}, true, "none"},
                 {{S_IFIFO, S_IFIFO, S_IFIFO}, false, "none"}};

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct stat standard[3];
        memset(standard, 0, sizeof standard);
        give(group_file);
        options.chown_stdio = true;
        plan.give_stdio = cases[i].give;
        files.standard = standard;
        files.seek_error = ESPIPE;
        for (int fd = 0; fd < 3; fd++) {
            standard[fd].st_mode = cases[i].modes[fd];
        }
        assert_int_equal(print(), 0);
        assert_string_equal(line("descriptors given to the user: "), cases[i].expected);
    }
}

TEST(the_capabilities_are_the_kept_ones_or_roots)
{
    give(group_file);
    want->exact = true;
    want->keep = CAPABILITY(CAP_CHOWN) | CAPABILITY(CAP_SYS_RESOURCE) | CAPABILITY(CAP_BPF);
    want->set_no_new_privs = true;
    assert_int_equal(print(), 0);
    assert_string_equal(line("capabilities: "), "chown,sys_resource,bpf");
    assert_string_equal(line("bounding set: "), "unchanged");
    assert_string_equal(line("no_new_privs: "), "yes");
    give(group_file);
    want->shrink_bounding = want->exact = true;
    want->keep = CAPABILITY(CAP_KILL);
    assert_int_equal(print(), 0);
    assert_string_equal(line("bounding set: "), "kill");
    give(group_file);
    want->shrink_bounding = want->exact = true;
    assert_int_equal(print(), 0);
    assert_string_equal(line("bounding set: "), "none");
    give(group_file);
    want->uid = 0;
    assert_int_equal(print(), 0);
    assert_string_equal(line("capabilities: "), "the caller's, none inheritable or ambient");
    give(group_file);
    want->uid = 0;
    want->exact = true;
    assert_int_equal(print(), 0);
    assert_string_equal(line("capabilities: "), "none");
}

TEST(what_becomes_of_an_account_is_shown)
{
    give(group_file);
    plan.account.name = "app";
    plan.account.home = "/";
    assert_int_equal(print(), 0);
    assert_null(strstr(written.text, "account"));
    give(group_file);
    plan.account.name = "app";
    plan.account.home = "/nosuch/directory\n";
    plan.account.user.change = ACCOUNT_ADD;
    plan.account.group.change = ACCOUNT_REPLACE;
    plan.account.group.line = 3;
    assert_int_equal(print(), 0);
    assert_non_null(strstr(written.text, "account: a line is added, /etc/passwd\n"
                                         "account: the IDs change, /etc/group:3\n"
                                         "account: a directory is made, /nosuch/directory\\x0a\n"));
    give(group_file);
    plan.account.name = "app";
    plan.account.home = "/nosuch/directory";
    plan.account.homeless = true; /* it cannot be made */
    assert_int_equal(print(), 0);
    assert_null(strstr(written.text, "account"));
    give(group_file);
    plan.account.name = "app";
    plan.account.home = "/nosuch/directory";
    plan.account.own = true; /* of whom nothing but a line is made */
    assert_int_equal(print(), 0);
    assert_null(strstr(written.text, "account"));
}

TEST(a_umask_that_is_set_is_shown)
{
    static const struct {
        mode_t umask;
        const char *shown;
    } cases[] = {{0, "000"}, {022, "022"}, {0777, "777"}, {0640, "640"}};

    give(group_file);
    plan.umask = 022;
    assert_int_equal(print(), 0);
    assert_null(strstr(written.text, "umask"));
    for (size_t i = 0; i < COUNT(cases); i++) {
        give(group_file);
        plan.set_umask = true;
        plan.umask = cases[i].umask;
        assert_int_equal(print(), 0);
        assert_string_equal(line("umask: "), cases[i].shown);
    }
}

TEST(paths_that_are_given_to_the_user_are_shown)
{
    static const struct {
        const char *list;
        bool once;
        const char *shown;
    } cases[] = {{"/data", false, "\nchown: /data\n"},
                 {"/data", true, "\nchown: /data, unless it is the user's\n"},
                 {"/a?,b\n", false, "\nchown: /a, if it is there\nchown: b\\x0a\n"},
                 {"/a?", true, "\nchown: /a, if it is there, unless it is the user's\n"}};

    give(group_file);
    assert_int_equal(print(), 0);
    assert_null(strstr(written.text, "chown"));
    for (size_t i = 0; i < COUNT(cases); i++) {
        give(group_file);
        plan.own.list = cases[i].list;
        plan.own.once = cases[i].once;
        assert_int_equal(print(), 0);
        assert_non_null(strstr(written.text, cases[i].shown));
    }
}

TEST(the_callers_groups_that_are_not_kept_are_shown_where_some_are)
{
    gid_t ids[] = {0, 7, 10, 33};

    give(group_file);
    caller.groups = (struct groups){ids, COUNT(ids)};
    assert_int_equal(print(), 0);
    assert_null(strstr(written.text, "left out"));
    give(group_file);
    options.keep_groups = true;
    assert_int_equal(print(), 0);
    assert_string_equal(line("group left out: 0"), ", root's");
    assert_string_equal(line("group left out: 10"), ", /etc/group gives it to a name with uid 0");
    assert_null(strstr(written.text, "left out: 7"));
    assert_null(strstr(written.text, "left out: 33"));
    caller.groups.count = 0;
    give(group_file);
    options.keep_groups = true;
    assert_int_equal(print(), 0);
    assert_null(strstr(written.text, "left out"));
}

TEST(text_from_the_files_and_the_user_is_escaped)
{
    give("w\x1bw:x:33:\n");
    identity->user.name = field("a\nb");
    plan.home = "/h\x7f";
    plan.login = "a\nb";
    plan.shell = "/s\t";
    assert_int_equal(print(), 0);
    assert_string_equal(line("uid: "), "1000 (a\\x0ab), /etc/passwd:12");
    assert_string_equal(line("group: 33"), " (w\\x1bw), /etc/group:1");
    assert_string_equal(line("home: "), "/h\\x7f, /etc/passwd:12");
    assert_string_equal(line("USER, LOGNAME: "), "a\\x0ab");
    assert_string_equal(line("SHELL: "), "/s\\x09");
}

TEST(a_group_name_of_any_length_is_cut)
{
    static char text[3 * ACCOUNTS_FIELD_MAX];
    static const size_t lengths[] = {201, ACCOUNTS_FIELD_MAX - 1, ACCOUNTS_FIELD_MAX, 2 * ACCOUNTS_FIELD_MAX};

    for (size_t i = 0; i < COUNT(lengths); i++) {
        memset(text, 'n', lengths[i]);
        (void)strcpy(text + lengths[i], ":x:33:\n");
        give(text);
        assert_int_equal(print(), 0);
        const char *shown = line("group: 33 (");
        assert_int_equal(strspn(shown, "n"), 200);
        assert_string_equal(shown + 200, "...), /etc/group:1");
    }
}

TEST(every_group_of_65536_is_a_line)
{
    give("");
    for (gid_t gid = 0; gid < GROUPS_MAX; gid++) {
        groups[gid] = gid;
    }
    identity->groups.count = GROUPS_MAX;
    assert_int_equal(print(), 0);
    const char *at = strstr(written.text, "\ngroup: ");
    assert_non_null(at);
    for (gid_t gid = 0; gid < GROUPS_MAX; gid++) {
        char expected[64];
        (void)snprintf(expected, sizeof expected, "\ngroup: %u, no entry in /etc/group\n", gid);
        assert_int_equal(strncmp(at, expected, strlen(expected)), 0);
        at += strlen(expected) - 1;
    }
    give(group_file);
    identity->groups.count = 0;
    assert_int_equal(print(), 0);
    assert_null(strstr(written.text, "\ngroup: "));
}

TEST(a_command_that_cannot_be_executed_gives_its_status)
{
    static char none[] = "/no/such/file";
    static char directory[] = "/";

    give(group_file);
    command[0] = none;
    assert_int_equal(print(), STATUS_NOT_FOUND);
    assert_string_equal(problem.what, "exec");
    assert_string_equal(line("no_new_privs: "), "unchanged");
    assert_null(strstr(written.text, "command:"));
    give(group_file);
    command[0] = directory;
    assert_int_equal(print(), STATUS_CANNOT_RUN);
    assert_null(strstr(written.text, "command:"));
}

TEST(a_group_file_that_cannot_be_read_gives_no_names)
{
    give(group_file);
    file.open_error = EACCES;
    assert_int_equal(print(), 0);
    assert_string_equal(line("group: 7"), ", /etc/group cannot be read");
    assert_string_equal(line("group: 33"), ", /etc/group cannot be read");
    give(group_file);
    file.read_error = EIO;
    file.read_error_at = 30;
    assert_int_equal(print(), 0);
    assert_string_equal(line("group: 33"), " (www), /etc/group:3");
    assert_string_equal(line("group: 1000"), ", /etc/group cannot be read");
    give(group_file);
    files.count = 0;
    assert_int_equal(print(), 0);
    assert_string_equal(line("group: 33"), ", no entry in /etc/group");
}

TEST(text_that_cannot_be_written_is_an_error)
{
    give(group_file);
    written.error = EPIPE;
    assert_int_equal(print(), STATUS_REFUSED);
    assert_string_equal(problem.what, "standard output");
}

int main(int argc, char *argv[])
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_fact_is_a_line_with_its_source),
        cmocka_unit_test(a_command_is_executed_with_what_is_kept_or_by_root_with_what_there_is),
        cmocka_unit_test(a_command_is_found_on_path),
        cmocka_unit_test(a_group_is_named_wherever_in_the_file_it_stands),
        cmocka_unit_test(a_user_without_an_entry_has_no_name),
        cmocka_unit_test(a_home_that_stays_is_unchanged),
        cmocka_unit_test(the_variables_of_user_env_are_shown_where_they_are_asked_for),
        cmocka_unit_test(the_descriptors_that_would_be_given_are_listed),
        cmocka_unit_test(the_capabilities_are_the_kept_ones_or_roots),
        cmocka_unit_test(what_becomes_of_an_account_is_shown),
        cmocka_unit_test(a_umask_that_is_set_is_shown),
        cmocka_unit_test(paths_that_are_given_to_the_user_are_shown),
        cmocka_unit_test(the_callers_groups_that_are_not_kept_are_shown_where_some_are),
        cmocka_unit_test(text_from_the_files_and_the_user_is_escaped),
        cmocka_unit_test(a_group_name_of_any_length_is_cut),
        cmocka_unit_test(every_group_of_65536_is_a_line),
        cmocka_unit_test(a_command_that_cannot_be_executed_gives_its_status),
        cmocka_unit_test(a_group_file_that_cannot_be_read_gives_no_names),
        cmocka_unit_test(text_that_cannot_be_written_is_an_error),
    };

    assert_true(argc > 0);
    self = argv[0];
    return cmocka_run_group_tests_name("dry_run", tests, NULL, NULL);
}
