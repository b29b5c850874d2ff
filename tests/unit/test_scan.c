#include "scan.h"

#include "unit.h"

#include <string.h>
#include <sys/mman.h>

/* More than three blocks of 64 bytes, at which newlines are counted, and than a fourth. */
enum { MOST = 300 };

/* The only bytes around that can be read: in front of them, or behind them, is a page that cannot. */
static unsigned char *alone(const void *bytes, size_t count, bool front)
{
    static unsigned char *pages;
    const size_t size = 1 << 16;

    if (pages == NULL) {
        pages = mmap(NULL, 3 * size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        assert_true(pages != MAP_FAILED && mprotect(pages + size, size, PROT_READ | PROT_WRITE) == 0);
    }
    assert_true(count <= size);
    return memcpy(pages + (front ? size : 2 * size - count), bytes, count);
}

static size_t count_of(const unsigned char *bytes, size_t count, int byte)
{
    size_t found = 0;

    for (size_t i = 0; i < count; i++) {
        found += bytes[i] == byte;
    }
    return found;
}

/* What may be passed over at most, byte by byte: see scan.h. */
static size_t most_past(const unsigned char *bytes, size_t count, int separator, const char *wanted, size_t length)
{
    size_t past = 0;

    for (size_t i = 0; i < count; i++) {
        if (separator == ',' && (bytes[i] == ':' || bytes[i] == '\n' || bytes[i] == '\0')) {
            break;
        }
        if (bytes[i] == separator) {
            if (memmem(bytes + past, i - past, wanted, length) != NULL) {
                break;
            }
            past = i + 1;
        }
    }
    return past;
}

/* All of that may be left, but what is further from where it ends than a block and two bytes. */
static void assert_past(const unsigned char *bytes, size_t count, const char *wanted)
{
    static const int separators[] = {'\n', ','};

    for (size_t i = 0; i < COUNT(separators); i++) {
        size_t past = scan_past(alone(bytes, count, i == 0), count, separators[i], wanted, strlen(wanted));
        assert_int_equal(scan_past(alone(bytes, count, i > 0), count, separators[i], wanted, strlen(wanted)), past);
        size_t most = most_past(bytes, count, separators[i], wanted, strlen(wanted));
        const unsigned char *least = memrchr(bytes, separators[i], most > 66 ? most - 66 : 0);
        assert_true(past == 0 || bytes[past - 1] == separators[i]);
        assert_true(past <= most);
        assert_true(past < count || count == 0);
        assert_true(least == NULL || past > (size_t)(least - bytes));
    }
}

TEST(a_field_ends_at_the_first_colon_newline_or_separator)
{
    static const char ends[] = {':', '\n', ','};
    unsigned char bytes[MOST];

    for (size_t at = 0; at < MOST; at++) {
        for (size_t i = 0; i < sizeof ends; i++) {
            memset(bytes, 'x', at);
            memset(bytes + at, ends[i], MOST - at);
            assert_int_equal(scan_field(bytes, MOST, ','), at);
            assert_int_equal(scan_field(bytes, at, ','), at);
            assert_int_equal(scan_field(bytes, at + 1, ','), at);
        }
    }
}

TEST(a_field_ends_at_no_other_byte)
{
    unsigned char bytes[MOST];

    for (int byte = 0; byte < 256; byte++) {
        memset(bytes, byte, sizeof bytes);
        size_t none = byte == ':' || byte == '\n' ? 0 : MOST;
        assert_int_equal(scan_field(bytes, MOST, ':'), none);
        assert_int_equal(scan_field(bytes, MOST, ','), byte == ',' ? 0 : none);
        for (size_t count = 0; count < MOST; count++) {
            assert_int_equal(scan_field(bytes, count, ':'), none < count ? none : count);
            assert_int_equal(scan_field(alone(bytes, count, false), count, ':'), none < count ? none : count);
        }
    }
}

TEST(newlines_are_counted_in_any_number)
{
    static unsigned char bytes[100000];

    for (size_t count = 0; count < MOST; count++) {
        memset(bytes, '\n', count);
        bytes[count] = 'x';
        assert_int_equal(scan_newlines(alone(bytes, count, false), count), count);
        assert_int_equal(scan_newlines(bytes, count + 1), count);
        assert_int_equal(scan_newlines(bytes, count / 2), count / 2);
    }
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = i % 7 == 3 ? '\n' : (unsigned char)i;
    }
    assert_int_equal(scan_newlines(bytes, sizeof bytes), count_of(bytes, sizeof bytes, '\n'));
    memset(bytes, '\n', sizeof bytes);
    assert_int_equal(scan_newlines(bytes, sizeof bytes), sizeof bytes);
}

TEST(lines_without_the_wanted_text_are_passed_over)
{
    unsigned char bytes[MOST];

    memset(bytes, 'x', sizeof bytes);
    bytes[20] = bytes[150] = '\n';
    assert_int_equal(scan_past(bytes, MOST, '\n', "app", 3), 151);
    assert_int_equal(scan_past(bytes, 20 + 1 + 64 + 3, '\n', "app", 3), 21);
    assert_int_equal(scan_past(bytes, MOST, '\n', "yyyyy", 5), 151);
    for (size_t count = 0; count < MOST; count++) {
        unsigned char separators[MOST];
        memset(separators, count % 2 == 0 ? ',' : '\n', sizeof separators);
        assert_past(separators, count, "app");
        assert_past(separators, count, "a");
    }
    /* A member list looks like that, but that it ends at a newline. */
    assert_int_equal(scan_past(bytes, MOST, ',', "app", 3), 0);
    bytes[20] = bytes[150] = ',';
    assert_int_equal(scan_past(bytes, MOST, ',', "app", 3), 151);
    assert_int_equal(scan_past(bytes, MOST, '\n', "app", 3), 0);
}

TEST(what_holds_the_wanted_text_is_not_passed_over)
{
    static const char *const wanteds[] = {"a", "ap", "app", "appl", "apple", "apple.pie", "1005000:"};
    static const char separators[] = {'\n', ','};
    unsigned char bytes[MOST];

    for (size_t i = 0; i < COUNT(wanteds) * COUNT(separators); i++) {
        const char *wanted = wanteds[i / COUNT(separators)];
        size_t length = strlen(wanted);
        for (size_t at = 0; at + length < MOST; at++) {
            memset(bytes, separators[i % COUNT(separators)], sizeof bytes);
            memcpy(bytes + at, wanted, length);
            assert_past(bytes, MOST, wanted);
            assert_past(bytes, at + length + 1, wanted);
            /* What is like it but for one byte is no reason to stop. */
            bytes[at + at % length] = '!';
            assert_past(bytes, MOST, wanted);
        }
    }
}

TEST(what_is_in_front_of_the_bytes_is_none_of_them)
{
    unsigned char bytes[MOST];

    memset(bytes, '\n', sizeof bytes);
    memcpy(bytes, "xxapp", 5);
    assert_int_equal(scan_past(bytes, MOST, '\n', "xxapp", 5), 0);
    assert_past(bytes + 1, MOST - 1, "xxapp");
    assert_true(scan_past(bytes + 1, MOST - 1, '\n', "xxapp", 5) > 0);
}

TEST(what_only_begins_at_the_end_is_not_read_on)
{
    unsigned char bytes[MOST];

    for (size_t count = 67; count < MOST; count += 64) { /* up to the last bytes that a block takes with it */
        memset(bytes, '\n', sizeof bytes);
        memcpy(bytes + count - 4, "appl", 4);
        assert_past(bytes, count, "apple");
        memcpy(bytes + count - 4, "xapp", 4);
        memcpy(bytes + count - 20, "appl", 4);
        assert_past(bytes, count, "xappl");
    }
}

TEST(nothing_is_passed_over_behind_the_end_of_a_member_list)
{
    static const char ends[] = {':', '\n', '\0'};
    unsigned char bytes[MOST];

    for (size_t at = 0; at < MOST; at++) {
        for (size_t i = 0; i < sizeof ends; i++) {
            memset(bytes, ',', sizeof bytes);
            bytes[at] = (unsigned char)ends[i];
            assert_true(scan_past(bytes, MOST, ',', "app", 3) <= at);
            assert_past(bytes, MOST, "app");
        }
    }
}

TEST(random_bytes_are_passed_over_only_as_far_as_they_may_be)
{
    static const char *const pieces[] = {"app",
                                         "ap",
                                         "a",
                                         "p",
                                         "x",
                                         ",",
                                         "\n",
                                         ":",
                                         "x,",
                                         "x\n",
                                         "apple",
                                         "something.that.fills.a.block.of.sixty-four.bytes.all.alone.and.more,",
                                         "something.that.fills.a.block.of.sixty-four.bytes.all.alone.and.more\n"};
    static const char *const wanteds[] = {"app", "p", "apple", "xapp"};
    unsigned char bytes[8192];
    uint32_t seed = 20261121;

    for (unsigned round = 0; round < 20000; round++) {
        size_t count = 0;
        for (unsigned i = 0; i < 1 + round % 40; i++) {
            seed = seed * 1664525U + 1013904223U;
            const char *piece = pieces[(seed >> 16) % COUNT(pieces)];
            memcpy(bytes + count, piece, strlen(piece));
            count += strlen(piece);
        }
        const char *wanted = wanteds[round % COUNT(wanteds)];
        assert_past(bytes, count, wanted);
        size_t length = scan_field(bytes, count, ',');
        assert_int_equal(count_of(bytes, length, ',') + count_of(bytes, length, ':') + count_of(bytes, length, '\n'),
                         0);
        assert_true(length == count || strchr(",:\n", bytes[length]) != NULL);
        assert_int_equal(scan_newlines(bytes, count), count_of(bytes, count, '\n'));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_field_ends_at_the_first_colon_newline_or_separator),
        cmocka_unit_test(a_field_ends_at_no_other_byte),
        cmocka_unit_test(newlines_are_counted_in_any_number),
        cmocka_unit_test(lines_without_the_wanted_text_are_passed_over),
        cmocka_unit_test(what_holds_the_wanted_text_is_not_passed_over),
        cmocka_unit_test(what_is_in_front_of_the_bytes_is_none_of_them),
        cmocka_unit_test(what_only_begins_at_the_end_is_not_read_on),
        cmocka_unit_test(nothing_is_passed_over_behind_the_end_of_a_member_list),
        cmocka_unit_test(random_bytes_are_passed_over_only_as_far_as_they_may_be),
    };

    return cmocka_run_group_tests_name("scan", tests, NULL, NULL);
}
