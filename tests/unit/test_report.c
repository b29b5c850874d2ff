#include "files.h"
#include "report.h"
#include "unit.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static struct report report;

static void start(int fd)
{
    output_clear();
    memset(&report, 0xa5, sizeof report);
    report_start(&report, fd);
}

static const char *quoted(const char *text, size_t length)
{
    start(STDOUT_FILENO);
    report_quoted(&report, text, length);
    assert_true(report_end(&report));
    return output.text;
}

TEST(text_of_the_programs_own_goes_out_as_it_is)
{
    start(7);
    report_text(&report, "");
    assert_true(report_end(&report));
    assert_int_equal(output.length, 0);
    report_text(&report, "one\ttwo\\\n");
    report_text(&report, "\x1b");
    assert_int_equal(output.length, 0); /* it is kept until the end */
    assert_true(report_end(&report));
    assert_string_equal(output.text, "one\ttwo\\\n\x1b");
    assert_int_equal(output.fd, 7);
}

TEST(text_longer_than_the_buffer_arrives_whole)
{
    static char text[5 * sizeof report.buffer + 1];

    for (size_t length = sizeof report.buffer - 2; length < sizeof text; length += length < 1030 ? 1 : 1021) {
        memset(text, 'a', length);
        text[length] = '\0';
        text[length - 1] = 'z';
        start(STDOUT_FILENO);
        report_text(&report, text);
        assert_true(report_end(&report));
        assert_string_equal(output.text, text);
    }
}

TEST(short_writes_are_gone_on_with)
{
    for (size_t chunk = 1; chunk < 16; chunk++) {
        start(STDOUT_FILENO);
        output.chunk = chunk;
        report_text(&report, "fifteen letters");
        assert_true(report_end(&report));
        assert_string_equal(output.text, "fifteen letters");
    }
}

TEST(a_write_that_fails_or_takes_nothing_ends_the_text)
{
    for (int kind = 0; kind < 2; kind++) {
        start(STDOUT_FILENO);
        output.error = kind == 0 ? EIO : 0;
        output.nothing = kind == 1;
        report_text(&report, "lost");
        assert_false(report_end(&report));
        output.error = 0;
        output.nothing = false;
        report_text(&report, "lost too");
        assert_false(report_end(&report));
        assert_int_equal(output.length, 0);
    }
    start(STDOUT_FILENO); /* in the middle: the end tells */
    output.error = EPIPE;
    for (int i = 0; i < 300; i++) {
        report_text(&report, "ten bytes.");
    }
    assert_false(report_end(&report));
    assert_int_equal(output.length, 0);
}

TEST(numbers_are_written_in_decimal)
{
    start(STDOUT_FILENO);
    report_number(&report, 0);
    report_text(&report, " ");
    report_number(&report, 9);
    report_text(&report, " ");
    report_number(&report, 10);
    report_text(&report, " ");
    report_number(&report, 4294967295UL);
    report_text(&report, " ");
    report_number(&report, 100);
    assert_true(report_end(&report));
    assert_string_equal(output.text, "0 9 10 4294967295 100");
}

TEST(of_the_users_text_only_printable_ascii_goes_out_as_it_is)
{
    for (unsigned byte = 0; byte < 256; byte++) {
        static const char digits[] = "0123456789abcdef";
        char text[] = {'<', (char)byte, '>'};
        char expected[] = {'<', '\\', 'x', digits[byte / 16], digits[byte % 16], '>', '\0'};
        if (byte >= ' ' && byte <= '~' && byte != '\\') {
            expected[1] = (char)byte;
            expected[2] = '>';
            expected[3] = '\0';
        }
        assert_string_equal(quoted(text, sizeof text), expected);
    }
    assert_string_equal(quoted("a\nb\x1b[31m\\n\0z", 12), "a\\x0ab\\x1b[31m\\x5cn\\x00z");
    assert_string_equal(quoted("", 0), "");
}

TEST(the_users_text_is_cut_after_200_bytes)
{
    static char text[100000];
    char expected[1024];

    memset(text, 'u', sizeof text);
    memset(expected, 'u', 200);
    (void)strcpy(expected + 200, "...");
    assert_string_equal(quoted(text, sizeof text), expected);
    assert_string_equal(quoted(text, 201), expected);
    expected[200] = '\0';
    assert_string_equal(quoted(text, 200), expected);
    expected[199] = '\0';
    assert_string_equal(quoted(text, 199), expected);
    memset(text, '\n', 201);
    assert_int_equal(strlen(quoted(text, 201)), 4 * 200 + 3);
}

static const char *said(struct problem problem)
{
    output_clear();
    report_problem("stepdown", &problem);
    assert_int_equal(output.fd, STDERR_FILENO);
    return output.text;
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
    assert_string_equal(said((struct problem){.what = "user", .subject = "", .why = "USER is empty"}),
                        "stepdown: user '': USER is empty\n");
    assert_string_equal(said((struct problem){.what = "user", .subject = "\x1b]0;\n\x07", .why = "no"}),
                        "stepdown: user '\\x1b]0;\\x0a\\x07': no\n");
}

TEST(the_name_of_the_program_is_the_callers_text_and_is_escaped_and_cut)
{
    static char name[5000];
    struct problem problem = {.what = "x", .why = "y", .hint = HINT_USAGE};

    output_clear();
    report_problem("a\nb", &problem);
    assert_string_equal(output.text, "a\\x0ab: x: y\na\\x0ab: see --help\n");
    memset(name, 'n', sizeof name - 1);
    output_clear();
    report_problem(name, &problem);
    assert_int_equal(output.length, 2 * 203 + strlen(": x: y\n: see --help\n"));
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
                 {HINT_NO_INTERPRETER, "#!"},
                 {HINT_MISSING_LOADER, "CR"},
                 {HINT_NOT_EXECUTABLE, "noexec"},
                 {HINT_EMPTY_USER, "variable"},
                 {HINT_ROOT_OWNER, "--allow-root"},
                 {HINT_UNMAPPED_OWNER, "--userns"},
                 {HINT_CAP_MISSING, "NAME?"},
                 {HINT_CAP_SETPCAP, "--cap-add=SETPCAP"}};

    assert_string_equal(said((struct problem){.what = "x", .why = "y", .hint = HINT_NONE}), "stepdown: x: y\n");
    for (size_t i = 0; i < COUNT(hints); i++) {
        const char *text = said((struct problem){.what = "x", .why = "y", .hint = hints[i].hint});
        assert_memory_equal(text, "stepdown: x: y\nstepdown: ", 25);
        assert_non_null(strstr(text + 25, hints[i].words));
        assert_ptr_equal(strchr(text + 25, '\n'), text + output.length - 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_of_the_programs_own_goes_out_as_it_is),
        cmocka_unit_test(text_longer_than_the_buffer_arrives_whole),
        cmocka_unit_test(short_writes_are_gone_on_with),
        cmocka_unit_test(a_write_that_fails_or_takes_nothing_ends_the_text),
        cmocka_unit_test(numbers_are_written_in_decimal),
        cmocka_unit_test(of_the_users_text_only_printable_ascii_goes_out_as_it_is),
        cmocka_unit_test(the_users_text_is_cut_after_200_bytes),
        cmocka_unit_test(a_problem_is_one_line_under_the_name_of_the_program),
        cmocka_unit_test(the_name_of_the_program_is_the_callers_text_and_is_escaped_and_cut),
        cmocka_unit_test(each_hint_is_a_second_line_of_its_own),
    };

    return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}
