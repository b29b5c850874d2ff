#include "files.h"
#include "output.h"
#include "unit.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static struct output output;
static struct problem problem;

static void start(int fd)
{
    written_clear();
    memset(&output, 0xa5, sizeof output);
    output_start(&output, fd);
}

static const char *quoted(const char *text, size_t length)
{
    start(STDOUT_FILENO);
    output_quoted(&output, text, length);
    assert_true(output_end(&output, &problem));
    return written.text;
}

TEST(text_of_the_programs_own_goes_out_as_it_is)
{
    start(7);
    output_text(&output, "");
    assert_true(output_end(&output, &problem));
    assert_int_equal(written.length, 0);
    output_text(&output, "one\ttwo\\\n");
    output_text(&output, "\x1b");
    assert_int_equal(written.length, 0); /* it is kept until the end */
    assert_true(output_end(&output, &problem));
    assert_string_equal(written.text, "one\ttwo\\\n\x1b");
    assert_int_equal(written.fd, 7);
}

TEST(text_longer_than_the_buffer_arrives_whole)
{
    static char text[5 * sizeof output.buffer + 1];

    for (size_t length = sizeof output.buffer - 2; length < sizeof text; length += length < 1030 ? 1 : 1021) {
        memset(text, 'a', length);
        text[length] = '\0';
        text[length - 1] = 'z';
        start(STDOUT_FILENO);
        output_text(&output, text);
        assert_true(output_end(&output, &problem));
        assert_string_equal(written.text, text);
    }
}

TEST(short_writes_are_gone_on_with)
{
    for (size_t chunk = 1; chunk < 16; chunk++) {
        start(STDOUT_FILENO);
        written.chunk = chunk;
        output_text(&output, "fifteen letters");
        assert_true(output_end(&output, &problem));
        assert_string_equal(written.text, "fifteen letters");
    }
}

TEST(a_write_that_fails_or_takes_nothing_ends_the_text)
{
    for (int kind = 0; kind < 2; kind++) {
        start(STDOUT_FILENO);
        written.error = kind == 0 ? EIO : 0;
        written.nothing = kind == 1;
        output_text(&output, "lost");
        assert_false(output_end(&output, &problem));
        assert_string_equal(problem.what, "standard output");
        assert_int_equal(problem.error, EIO);
        written.error = 0;
        written.nothing = false;
        output_text(&output, "lost too");
        assert_false(output_end(&output, &problem));
        assert_int_equal(written.length, 0);
    }
    start(STDOUT_FILENO); /* in the middle: the end tells */
    written.error = EPIPE;
    for (int i = 0; i < 300; i++) {
        output_text(&output, "ten bytes.");
    }
    assert_false(output_end(&output, &problem));
    assert_int_equal(written.length, 0);
}

TEST(numbers_are_written_in_decimal)
{
    start(STDOUT_FILENO);
    output_number(&output, 0);
    output_text(&output, " ");
    output_number(&output, 9);
    output_text(&output, " ");
    output_number(&output, 10);
    output_text(&output, " ");
    output_number(&output, 4294967295UL);
    output_text(&output, " ");
    output_number(&output, 100);
    assert_true(output_end(&output, &problem));
    assert_string_equal(written.text, "0 9 10 4294967295 100");
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
    };

    return cmocka_run_group_tests_name("output", tests, NULL, NULL);
}
