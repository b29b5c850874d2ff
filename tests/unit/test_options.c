#include "options.h"
#include "unit.h"

#include <string.h>

#define MOST 12

static struct options options;
static struct problem problem;
static char *words[MOST + 1];

/* The words of a command line; ends at the first NULL. */
static bool parse(const char *first, ...)
{
    static char storage[MOST][64];
    int argc = 0;
    va_list list;

    va_start(list, first);
    for (const char *word = first; word != NULL; word = va_arg(list, const char *)) {
        assert_true(argc < MOST && strlen(word) < sizeof storage[0]);
        words[argc] = strcpy(storage[argc], word);
        argc++;
    }
    va_end(list);
    words[argc] = NULL;
    memset(&options, 1, sizeof options);
    problem = (struct problem){.what = "nothing"};
    return options_parse(argc, words, &options, &problem);
}

#define PARSE(...)    parse(__VA_ARGS__, (char *)NULL)
#define STEPDOWN(...) PARSE("stepdown", __VA_ARGS__)

static void assert_user(const char *user, const char *command)
{
    assert_int_equal(options.spec.user.length, strlen(user));
    assert_memory_equal(options.spec.user.text, user, strlen(user));
    assert_string_equal(options.command[0], command);
}

static void assert_usage_error(bool good, const char *subject, const char *why)
{
    assert_false(good);
    assert_int_equal(problem.hint, HINT_USAGE);
    assert_string_equal(problem.why, why);
    if (subject != NULL) {
        size_t length = problem.subject_length > 0 ? problem.subject_length : strlen(problem.subject);
        assert_int_equal(length, strlen(subject));
        assert_memory_equal(problem.subject, subject, length);
    }
}

static const struct {
    const char *name;
    size_t offset;
} flags[] = {{"--init-groups", offsetof(struct options, init_groups)},
             {"--clear-groups", offsetof(struct options, clear_groups)},
             {"--keep-groups", offsetof(struct options, keep_groups)},
             {"--no-new-privs", offsetof(struct options, no_new_privs)},
             {"--harden", offsetof(struct options, harden)},
             {"--if-root", offsetof(struct options, if_root)},
             {"--allow-root", offsetof(struct options, allow_root)},
             {"--user-env", offsetof(struct options, user_env)},
             {"--chown-stdio", offsetof(struct options, chown_stdio)},
             {"--chown-once", offsetof(struct options, chown_once)},
             {"--dry-run", offsetof(struct options, dry_run)},
             {"--help", offsetof(struct options, help)},
             {"--version", offsetof(struct options, version)}};
static const struct {
    const char *name;
    size_t offset;
} values[] = {
    {"--groups", offsetof(struct options, groups)},       {"--keep-caps", offsetof(struct options, keep_caps)},
    {"--reference", offsetof(struct options, reference)}, {"--home", offsetof(struct options, home)},
    {"--group-add", offsetof(struct options, group_add)}, {"--umask", offsetof(struct options, umask)},
    {"--chown", offsetof(struct options, chown)},         {"--account", offsetof(struct options, account)}};

static bool flag_at(size_t offset)
{
    return *(bool *)((char *)&options + offset);
}

static const char *value_at(size_t offset)
{
    return *(const char **)((char *)&options + offset);
}

static bool is_allow_root(size_t i)
{
    return strcmp(flags[i].name, "--allow-root") == 0;
}

static void assert_only(const char *flag, const char *value)
{
    for (size_t i = 0; i < COUNT(flags); i++) {
        assert_int_equal(flag_at(flags[i].offset), flag != NULL && strcmp(flag, flags[i].name) == 0);
    }
    for (size_t i = 0; i < COUNT(values); i++) {
        bool given = value_at(values[i].offset) != NULL;
        assert_int_equal(given, value != NULL && strcmp(value, values[i].name) == 0);
    }
}

TEST(without_options_there_are_user_and_command)
{
    assert_true(STEPDOWN("app", "id"));
    assert_user("app", "id");
    assert_null(options.command[1]);
    assert_only(NULL, NULL);
    assert_false(options.empty_is_caller);
    assert_true(STEPDOWN("1000:www", "ls", "-l", "--groups", "--"));
    assert_int_equal(options.spec.user.id, 1000);
    assert_int_equal(options.spec.group.length, 3);
    assert_ptr_equal(options.command, words + 2);
    assert_string_equal(options.command[3], "--");
    assert_null(options.command[4]);
}

TEST(each_flag_sets_its_own_field)
{
    for (size_t i = 0; i < COUNT(flags); i++) {
        if (is_allow_root(i)) {
            assert_usage_error(STEPDOWN(flags[i].name, "app", "id"), "--allow-root",
                               "goes with --reference or --group-add alone");
            assert_true(STEPDOWN(flags[i].name, "--reference=/x", "id"));
            assert_true(options.allow_root);
            assert_true(STEPDOWN(flags[i].name, "--group-add=/x", "app", "id"));
            assert_true(options.allow_root);
            continue;
        }
        if (strcmp(flags[i].name, "--chown-once") == 0) {
            assert_usage_error(STEPDOWN(flags[i].name, "app", "id"), "--chown-once", "goes with --chown alone");
            assert_true(STEPDOWN(flags[i].name, "--chown=/x", "app", "id"));
            assert_true(options.chown_once);
            continue;
        }
        assert_true(STEPDOWN(flags[i].name, "app", "id"));
        assert_only(flags[i].name, NULL);
        assert_true(STEPDOWN(flags[i].name, flags[i].name, "app", "id"));
        if (!options.help && !options.version) {
            assert_user("app", "id");
        }
    }
}

TEST(each_value_comes_after_an_equals_sign_or_as_the_next_word)
{
    for (size_t i = 0; i < COUNT(values); i++) {
        bool reference = strcmp(values[i].name, "--reference") == 0;
        char joined[64];
        (void)strcat(strcpy(joined, values[i].name), "=--help=x,y");
        for (int form = 0; form < 2; form++) {
            bool good = form == 0 ? STEPDOWN(joined, reference ? "id" : "app", "id", "x")
                                  : STEPDOWN(values[i].name, "-h=x,y", reference ? "id" : "app", "id", "x");
            assert_true(good);
            assert_only(NULL, values[i].name);
            assert_string_equal(value_at(values[i].offset), form == 0 ? "--help=x,y" : "-h=x,y");
            assert_string_equal(options.command[0], "id");
            assert_string_equal(options.command[1], reference ? "id" : "x");
        }
        assert_usage_error(STEPDOWN(values[i].name, "--harden", "app", "id"), values[i].name, "needs a value");
        assert_usage_error(STEPDOWN(values[i].name, "--", "app", "id"), values[i].name, "needs a value");
        assert_true(STEPDOWN(values[i].name, "-", "app", "id"));
        assert_string_equal(value_at(values[i].offset), "-");
    }
}

TEST(a_wrong_option_is_a_usage_error)
{
    static const char *const unknown[] = {
        "-xhelp",   "-xhome=/", "-x",     "--x",   "--grou=1", "--group",   "--init-group",  "--init-groupss",
        "--no-new", "--hom=/",  "--Help", "-help", "---help",  "--harden ", "-hV",           "-H",
        "-v",       "-?",       "--=x",   "-=",    "-1",       "-1000",     "--init_groups", "-groups",
        "--usage",  "-u"};

    for (size_t i = 0; i < COUNT(unknown); i++) {
        char expected[64];
        (void)strcpy(expected, unknown[i]);
        expected[strcspn(expected, "=")] = '\0';
        assert_usage_error(STEPDOWN(unknown[i], "app", "id"), expected, "unknown");
    }
    for (size_t i = 0; i < COUNT(flags); i++) {
        char joined[64];
        (void)strcat(strcpy(joined, flags[i].name), "=yes");
        assert_usage_error(STEPDOWN(joined, "app", "id"), flags[i].name, "takes no value");
        joined[strlen(flags[i].name) + 1] = '\0';
        assert_usage_error(STEPDOWN(joined, "app", "id"), flags[i].name, "takes no value");
    }
    for (size_t i = 0; i < COUNT(values); i++) {
        char joined[64];
        (void)strcat(strcpy(joined, values[i].name), "=");
        assert_usage_error(STEPDOWN(joined, "app", "id"), values[i].name, "its value is empty");
        assert_usage_error(STEPDOWN(values[i].name, "", "app", "id"), values[i].name, "its value is empty");
        assert_usage_error(STEPDOWN(values[i].name), values[i].name, "needs a value");
        assert_usage_error(STEPDOWN(values[i].name, "1", values[i].name, "1", "app", "id"), values[i].name,
                           "given twice");
        (void)strcat(joined, "1");
        assert_usage_error(STEPDOWN(joined, joined, "app", "id"), values[i].name, "given twice");
    }
}

TEST(the_three_ways_to_choose_groups_exclude_each_other)
{
    static const char *const ways[] = {"--init-groups", "--clear-groups", "--groups=1"};

    for (size_t i = 0; i < COUNT(ways); i++) {
        for (size_t j = 0; j < COUNT(ways); j++) {
            bool good = STEPDOWN(ways[i], "--keep-groups", ways[j], "app", "id");
            if (i == j && i < 2) {
                assert_true(good);
            } else {
                assert_false(good);
                assert_int_equal(problem.hint, HINT_USAGE);
            }
        }
        assert_true(STEPDOWN(ways[i], "--keep-groups", "app", "id"));
    }
}

TEST(options_stop_at_the_first_word_that_is_none)
{
    assert_true(STEPDOWN("app", "--harden", "x"));
    assert_user("app", "--harden");
    assert_false(options.harden);
    assert_true(STEPDOWN("--harden", "--", "app", "--if-root"));
    assert_user("app", "--if-root");
    assert_true(STEPDOWN("--", "--harden", "id"));
    assert_user("--harden", "id");
    assert_false(options.harden);
    assert_true(STEPDOWN("--", "--", "id"));
    assert_user("--", "id");
    assert_true(STEPDOWN("-", "id"));
    assert_user("-", "id");
    assert_true(STEPDOWN("--reference=/x", "--harden", "--", "-h"));
    assert_string_equal(options.command[0], "-h");
    assert_false(options.help);
    assert_true(STEPDOWN("app", "--"));
    assert_user("app", "--");
}

static void assert_no_command(bool good)
{
    assert_false(good);
    assert_string_equal(problem.why, "COMMAND is missing");
    assert_int_equal(problem.hint, HINT_NO_COMMAND);
}

TEST(user_and_command_may_not_be_missing)
{
    assert_usage_error(PARSE("stepdown"), NULL, "USER is missing");
    assert_usage_error(STEPDOWN("--"), NULL, "USER is missing");
    assert_usage_error(STEPDOWN("--harden"), NULL, "USER is missing");
    assert_usage_error(PARSE("gosu"), NULL, "USER is missing");
    assert_usage_error(PARSE("su-exec"), NULL, "USER is missing");
    assert_no_command(STEPDOWN("app"));
    assert_no_command(STEPDOWN("--", "app"));
    assert_no_command(STEPDOWN("--reference=/x"));
    assert_no_command(STEPDOWN("--reference", "/x"));
    assert_no_command(PARSE("gosu", "app"));
    assert_no_command(PARSE("su-exec", "app"));
}

TEST(without_any_word_not_even_a_name_it_is_a_usage_error)
{
    char *nothing[] = {NULL};

    assert_string_equal(options_name(0, nothing), "stepdown");
    assert_usage_error(options_parse(0, nothing, &options, &problem), NULL, "USER is missing");
}

TEST(a_bad_spec_is_an_error)
{
    static const char *const specs[] = {"a:b:c", "2147483648", "app:4294967295", "4294967296:x"};

    for (size_t i = 0; i < COUNT(specs); i++) {
        assert_false(STEPDOWN(specs[i], "id"));
        assert_false(PARSE("gosu", specs[i], "id"));
        assert_false(PARSE("su-exec", specs[i], "id"));
    }
}

TEST(an_empty_user_is_an_error_but_for_gosu_and_su_exec)
{
    static const char *const specs[] = {"", ":", ":www", ":33"};

    for (size_t i = 0; i < COUNT(specs); i++) {
        assert_false(STEPDOWN(specs[i], "id"));
        assert_int_equal(problem.hint, HINT_EMPTY_USER);
        assert_false(STEPDOWN("--if-root", specs[i], "id"));
        assert_int_equal(problem.hint, HINT_EMPTY_USER);
        assert_true(PARSE("gosu", specs[i], "id"));
        assert_true(options.empty_is_caller);
        assert_false(spec_part_given(&options.spec.user));
        assert_true(PARSE("/usr/local/bin/su-exec", specs[i], "id"));
        assert_true(options.empty_is_caller);
    }
}

TEST(help_and_version_end_everything)
{
    assert_true(STEPDOWN("-h"));
    assert_true(options.help && !options.version);
    assert_true(STEPDOWN("--help", "--nonesuch"));
    assert_true(options.help);
    assert_true(STEPDOWN("-V"));
    assert_true(options.version && !options.help);
    assert_true(STEPDOWN("--harden", "--version"));
    assert_true(options.version);
    assert_true(STEPDOWN("--init-groups", "--clear-groups", "-h")); /* nothing is judged any more */
    assert_false(STEPDOWN("--nonesuch", "--help"));
}

TEST(the_name_is_the_last_part_of_the_path)
{
    static const struct {
        const char *path, *name;
    } names[] = {{"stepdown", "stepdown"},
                 {"/sbin/stepdown", "stepdown"},
                 {"./x/gosu", "gosu"},
                 {"gosu", "gosu"},
                 {"su-exec", "su-exec"},
                 {"/", ""},
                 {"a/", ""},
                 {"", ""}};

    for (size_t i = 0; i < COUNT(names); i++) {
        char path[32];
        char *argv[] = {strcpy(path, names[i].path), NULL};
        assert_string_equal(options_name(1, argv), names[i].name);
    }
}

TEST(other_names_are_stepdown)
{
    static const char *const others[] = {"gosu2", "gos", "GOSU", "su_exec", "suexec", "su-exec.sh", "gosu/x", "x", ""};

    for (size_t i = 0; i < COUNT(others); i++) {
        assert_true(PARSE(others[i], "--harden", "app", "id"));
        assert_true(options.harden);
        assert_false(options.empty_is_caller);
    }
}

TEST(as_gosu_it_takes_gosus_words_and_nothing_else)
{
    static const char *const help[] = {"--help", "-h", "-?"};
    static const char *const version[] = {"--version", "-v"};
    static const char *const none[] = {"-V", "--harden", "--", "-", "--groups=1", "--init-groups", "-help", "--helpx"};

    for (size_t i = 0; i < COUNT(help); i++) {
        assert_true(PARSE("gosu", help[i]));
        assert_true(options.help && !options.version);
        assert_true(PARSE("gosu", "app", help[i]));
        assert_false(options.help);
    }
    for (size_t i = 0; i < COUNT(version); i++) {
        assert_true(PARSE("gosu", version[i], "app", "id"));
        assert_true(options.version && !options.help);
    }
    for (size_t i = 0; i < COUNT(none); i++) {
        assert_true(PARSE("gosu", none[i], "id"));
        assert_user(none[i], "id");
        assert_only(NULL, NULL);
    }
}

TEST(as_su_exec_it_takes_no_option_at_all)
{
    static const char *const none[] = {"--help", "-h",       "-?", "--version", "-v",
                                       "-V",     "--harden", "--", "-",         "--groups=1"};

    for (size_t i = 0; i < COUNT(none); i++) {
        assert_true(PARSE("su-exec", none[i], "id"));
        assert_user(none[i], "id");
        assert_only(NULL, NULL);
    }
}

TEST(the_usage_text_names_every_option_and_ends_in_a_newline)
{
    assert_true(STEPDOWN("app", "id"));
    const char *usage = options_usage(&options);
    for (size_t i = 0; i < COUNT(flags); i++) {
        assert_non_null(strstr(usage, flags[i].name));
    }
    for (size_t i = 0; i < COUNT(values); i++) {
        assert_non_null(strstr(usage, values[i].name));
    }
    assert_int_equal(usage[strlen(usage) - 1], '\n');
    assert_true(PARSE("gosu", "app", "id"));
    assert_null(strstr(options_usage(&options), "--harden"));
    assert_non_null(strstr(options_usage(&options), "gosu USER"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_options_there_are_user_and_command),
        cmocka_unit_test(each_flag_sets_its_own_field),
        cmocka_unit_test(each_value_comes_after_an_equals_sign_or_as_the_next_word),
        cmocka_unit_test(a_wrong_option_is_a_usage_error),
        cmocka_unit_test(the_three_ways_to_choose_groups_exclude_each_other),
        cmocka_unit_test(options_stop_at_the_first_word_that_is_none),
        cmocka_unit_test(user_and_command_may_not_be_missing),
        cmocka_unit_test(without_any_word_not_even_a_name_it_is_a_usage_error),
        cmocka_unit_test(a_bad_spec_is_an_error),
        cmocka_unit_test(an_empty_user_is_an_error_but_for_gosu_and_su_exec),
        cmocka_unit_test(help_and_version_end_everything),
        cmocka_unit_test(the_name_is_the_last_part_of_the_path),
        cmocka_unit_test(other_names_are_stepdown),
        cmocka_unit_test(as_gosu_it_takes_gosus_words_and_nothing_else),
        cmocka_unit_test(as_su_exec_it_takes_no_option_at_all),
        cmocka_unit_test(the_usage_text_names_every_option_and_ends_in_a_newline),
    };

    return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
