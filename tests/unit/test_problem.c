#include "files.h"
#include "problem.h"
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *said(struct problem problem)
{
    written_clear();
    problem_print("stepdown", &problem);
    assert_int_equal(written.fd, STDERR_FILENO);
    return written.text;
}

TEST(a_problem_is_one_line_under_the_name_of_the_program)
{
    assert_string_equal(said((struct problem){.what = "setgroups", .error = EIO}),
                        "stepdown: setgroups: Input/output error\n");
    assert_string_equal(said((struct problem){.what = "exec", .subject = "/x", .error = ENOENT}),
                        "stepdown: exec '/x': No such file or directory\n");
    assert_string_equal(said((struct problem){.what = "user", .subject = "a:b", .subject_length = 1, .why = "no"}),
                        "stepdown: user 'a': no\n");
    assert_string_equal(
        said((struct problem){.what = "/etc/passwd", .line = 12, .subject = "app", .why = "bad", .error = 5}),
        "stepdown: /etc/passwd:12 'app': bad\n");
    assert_string_equal(said((struct problem){.what = "/etc/passwd", .line = 1, .why = "bad"}),
                        "stepdown: /etc/passwd:1: bad\n");
    assert_string_equal(said((struct problem){.what = "user", .subject = "", .why = "USER is empty"}),
                        "stepdown: user '': USER is empty\n");
    assert_string_equal(said((struct problem){.what = "user", .subject = "\x1b]0;\n\x07", .why = "no"}),
                        "stepdown: user '\\x1b]0;\\x0a\\x07': no\n");
}

TEST(the_name_of_the_program_is_the_callers_text_and_is_escaped_and_cut)
{
    static char name[5000];
    struct problem problem = {.what = "x", .why = "y", .hint = HINT_USAGE};

    written_clear();
    problem_print("a\nb", &problem);
    assert_string_equal(written.text, "a\\x0ab: x: y\na\\x0ab: see --help\n");
    memset(name, 'n', sizeof name - 1);
    written_clear();
    problem_print(name, &problem);
    assert_int_equal(written.length, 2 * 203 + strlen(": x: y\n: see --help\n"));
}

TEST(each_hint_is_a_second_line_of_its_own)
{
    static const struct {
        enum hint hint;
        const char *words;
    } hints[] = {{HINT_USAGE, "--help"},
                 {HINT_CAP_SETGID, "--cap-add=SETGID"},
                 {HINT_CAP_SETUID, "--cap-add=SETUID"},
                 {HINT_SETGROUPS_DENIED, "denies setgroups"},
                 {HINT_UNMAPPED_ID, "does not map"},
                 {HINT_SET_ID_INSTALL, "sudo or doas"},
                 {HINT_PROCESS_LIMIT, "RLIMIT_NPROC"},
                 {HINT_NO_INTERPRETER, "whole #!"},
                 {HINT_MISSING_LOADER, "CR"},
                 {HINT_NOT_EXECUTABLE, "#! line names nothing"},
                 {HINT_EMPTY_USER, "variable"},
                 {HINT_ROOT_OWNER, "--allow-root"},
                 {HINT_UNMAPPED_OWNER, "--userns"},
                 {HINT_CAP_MISSING, "NAME?"},
                 {HINT_CAP_SETPCAP, "--cap-add=SETPCAP"},
                 {HINT_NO_AMBIENT, "ambient"},
                 {HINT_FILTER, "seccomp"},
                 {HINT_IMMUTABLE, "chattr"},
                 {HINT_NOT_ROOT, "--if-root"},
                 {HINT_ONLY_GROUPS, "--keep-groups"},
                 {HINT_NO_SUCH_NAME, "useradd"},
                 {HINT_EMPTY_GROUP, "variable"},
                 {HINT_NO_COMMAND, "CMD"},
                 {HINT_OPTION_BEHIND, "before USER"},
                 {HINT_ONE_WORD, "sh -c"},
                 {HINT_BUILTIN, "sh -c"},
                 {HINT_NO_USER, "--reference"},
                 {HINT_CAP_CHOWN, "--cap-add=CHOWN"},
                 {HINT_DAC_READ_SEARCH, "--cap-add=DAC_READ_SEARCH"},
                 {HINT_READ_ONLY_MOUNT, "writable"},
                 {HINT_NFS, "no_root_squash"},
                 {HINT_HARD_LINKS, "remove them"},
                 {HINT_ACCOUNT_FILES, "NAME?"}};

    assert_string_equal(said((struct problem){.what = "x", .why = "y", .hint = HINT_NONE}), "stepdown: x: y\n");
    for (size_t i = 0; i < COUNT(hints); i++) {
        const char *text = said((struct problem){.what = "x", .why = "y", .hint = hints[i].hint});
        assert_memory_equal(text, "stepdown: x: y\nstepdown: ", 25);
        assert_non_null(strstr(text + 25, hints[i].words));
        assert_ptr_equal(strchr(text + 25, '\n'), text + written.length - 1);
    }
}

TEST(a_hint_names_the_ids_that_it_is_about)
{
    static unsigned int many[21];
    static const unsigned int one[] = {4294967295U};
    struct problem problem = {.what = "x", .why = "y", .hint = HINT_NOT_ROOT, .numbers = {{one, 1}}};
    char expected[256] = "(it has ";

    assert_non_null(strstr(said(problem), "uid 4294967295 and"));
    problem.hint = HINT_ONLY_GROUPS;
    problem.numbers[0] = (struct problem_numbers){many, 0};
    problem.numbers[1] = (struct problem_numbers){one, 1};
    assert_non_null(strstr(said(problem), "(it has none; 4294967295 are asked for)"));
    for (unsigned int i = 0; i < COUNT(many); i++) {
        many[i] = 10 + i;
    }
    for (size_t count = 1; count <= COUNT(many); count++) {
        char *end = expected + strlen(expected);
        (void)sprintf(end, "%s%zu", count > 1 ? "," : "", 9 + count);
        if (count > 20) {
            (void)strcpy(end, ",..."); /* more are of no use to anybody */
        }
        problem.numbers[0].count = count;
        assert_non_null(strstr(said(problem), expected));
        assert_int_equal(strstr(written.text, expected)[strlen(expected)], ';');
    }
    assert_null(strchr(said(problem), '%'));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_problem_is_one_line_under_the_name_of_the_program),
        cmocka_unit_test(the_name_of_the_program_is_the_callers_text_and_is_escaped_and_cut),
        cmocka_unit_test(each_hint_is_a_second_line_of_its_own),
        cmocka_unit_test(a_hint_names_the_ids_that_it_is_about),
    };

    return cmocka_run_group_tests_name("problem", tests, NULL, NULL);
}
