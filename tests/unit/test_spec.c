#include "spec.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

static uint32_t value;

static bool number(const char *text, size_t length, uint32_t max)
{
    value = 77;
    bool good = spec_number(text, length, max, &value);
    if (!good) {
        assert_int_equal(value, 77);
    }
    return good;
}

static bool number_is(const char *text, uint32_t max, uint32_t expected)
{
    return number(text, strlen(text), max) && value == expected;
}

TEST(a_number_goes_from_0_to_its_limit)
{
    static const uint32_t limits[] = {0,          1,          8,          9,          10,         11,
                                      99,         100,        255,        65535,      2147483646, 2147483647,
                                      2147483648, 4294967289, 4294967290, 4294967293, 4294967294, 4294967295};

    for (size_t i = 0; i < COUNT(limits); i++) {
        for (uint64_t candidate = 0; candidate <= 4294967306; candidate++) {
            char text[24];
            (void)snprintf(text, sizeof text, "%llu", (unsigned long long)candidate);
            assert_int_equal(number(text, strlen(text), limits[i]), candidate <= limits[i]);
            if (candidate <= limits[i]) {
                assert_int_equal(value, candidate);
            }
            if (candidate == 20) { /* from there to the neighbours of the limit */
                candidate = limits[i] > 40 ? (uint64_t)limits[i] - 11 : 20;
            } else if (candidate > limits[i] + 11ULL) {
                break;
            }
        }
    }
}

TEST(leading_zeros_change_nothing)
{
    char text[4001];

    assert_true(number_is("00", 0, 0));
    assert_true(number_is("007", 9, 7));
    assert_true(number_is("0000000000000000000002147483647", SPEC_ID_MAX, SPEC_ID_MAX));
    assert_false(number(BYTES("0000000000000000000002147483648"), SPEC_ID_MAX));
    memset(text, '0', 4000);
    assert_true(number(text, 4000, 4294967294U));
    assert_int_equal(value, 0);
    text[3999] = '9';
    assert_true(number(text, 4000, 4294967294U));
    assert_int_equal(value, 9);
}

TEST(numbers_of_ten_and_more_digits_do_not_wrap_around)
{
    static const char *const huge[] = {"2147483648",
                                       "4294967295",
                                       "4294967296",
                                       "4294967297",
                                       "9999999999",
                                       "10000000000",
                                       "42949672950",
                                       "42949672960",
                                       "9223372036854775808",
                                       "18446744073709551615",
                                       "18446744073709551616",
                                       "18446744073709551617",
                                       "340282366920938463463374607431768211456"};
    char text[4001];

    for (size_t i = 0; i < COUNT(huge); i++) {
        assert_false(number(huge[i], strlen(huge[i]), SPEC_ID_MAX));
    }
    for (size_t length = 11; length <= 4000; length += length < 64 ? 1 : 197) {
        memset(text, '1', length);
        assert_false(number(text, length, 4294967295U));
    }
}

TEST(anything_but_digits_is_no_number)
{
    static const struct {
        const char *text;
        size_t length;
    } wrong[] = {
        {BYTES("")},    {BYTES("+1")},    {BYTES("-1")},     {BYTES("-0")},       {BYTES("+0")},   {BYTES(" 1")},
        {BYTES("1 ")},  {BYTES("\t1")},   {BYTES("1\n")},    {BYTES("1\r")},      {BYTES("0x1")},  {BYTES("0X1")},
        {BYTES("1e3")}, {BYTES("1E0")},   {BYTES("1.0")},    {BYTES("1,0")},      {BYTES("1_0")},  {BYTES("1a")},
        {BYTES("a1")},  {BYTES("0b1")},   {BYTES("0o7")},    {BYTES("--1")},      {BYTES("1-")},   {BYTES("1\0")},
        {BYTES("\0")},  {BYTES("\0001")}, {BYTES("1\0002")}, {BYTES("\xd9\xa1")}, {BYTES("\xb2")}, {BYTES("/")},
        {BYTES(":")},   {BYTES("1u")},    {BYTES("1L")},     {BYTES("(1)")},      {BYTES("1\v")},  {BYTES("\f1")}};

    for (size_t i = 0; i < COUNT(wrong); i++) {
        assert_false(number(wrong[i].text, wrong[i].length, 4294967294U));
    }
    for (unsigned byte = 0; byte < 256; byte++) {
        char text = (char)byte;
        assert_int_equal(number(&text, 1, 9), byte >= '0' && byte <= '9');
    }
}

TEST(a_number_is_written_as_it_is_read)
{
    static const uint32_t numbers[] = {0, 1, 9, 10, 11, 99, 100, 999999999, 1000000000, 2147483647, 4294967295U};

    for (size_t i = 0; i < COUNT(numbers); i++) {
        char text[SPEC_ID_TEXT];
        char expected[SPEC_ID_TEXT];
        (void)snprintf(expected, sizeof expected, "%u", numbers[i]);
        assert_int_equal(spec_format(numbers[i], text), strlen(expected));
        assert_string_equal(text, expected);
    }
}

static struct userspec spec;
static struct problem problem;

static bool parse(const char *text)
{
    memset(&spec, 1, sizeof spec);
    problem = (struct problem){.what = NULL};
    return spec_parse(text, &spec, &problem);
}

static void assert_name(const struct spec_part *part, const char *name)
{
    assert_false(part->numeric);
    assert_int_equal(part->length, strlen(name));
    assert_memory_equal(part->text, name, strlen(name));
    assert_int_equal(spec_part_given(part), name[0] != '\0');
}

static void assert_id(const struct spec_part *part, uint32_t id)
{
    assert_true(part->numeric);
    assert_int_equal(part->id, id);
    assert_true(spec_part_given(part));
}

TEST(names_and_ids_stand_on_either_side_of_the_colon)
{
    assert_true(parse("app"));
    assert_name(&spec.user, "app");
    assert_name(&spec.group, "");
    assert_true(parse("app:"));
    assert_name(&spec.user, "app");
    assert_name(&spec.group, "");
    assert_true(parse("app:www"));
    assert_name(&spec.user, "app");
    assert_name(&spec.group, "www");
    assert_true(parse("1000:www"));
    assert_id(&spec.user, 1000);
    assert_name(&spec.group, "www");
    assert_true(parse("app:33"));
    assert_name(&spec.user, "app");
    assert_id(&spec.group, 33);
    assert_true(parse("0:0"));
    assert_id(&spec.user, 0);
    assert_id(&spec.group, 0);
    assert_true(parse("2147483647:2147483647"));
    assert_id(&spec.user, SPEC_ID_MAX);
    assert_id(&spec.group, SPEC_ID_MAX);
    assert_true(parse("0000000000000000001000:00"));
    assert_id(&spec.user, 1000);
    assert_id(&spec.group, 0);
}

TEST(an_empty_part_is_neither_a_name_nor_an_id)
{
    static const char *const empty[] = {"", ":", ":www", ":33"};

    for (size_t i = 0; i < COUNT(empty); i++) {
        assert_true(parse(empty[i]));
        assert_name(&spec.user, "");
    }
    assert_id(&spec.group, 33);
}

TEST(an_id_from_elsewhere_has_no_text)
{
    const struct spec_part part = {.numeric = true, .id = 0};

    assert_true(spec_part_given(&part));
}

TEST(digits_with_anything_else_are_a_name)
{
    static const char *const names[] = {"1000a", "a1000", "-1",  "+1",   " 1", "1 ", "0x1", "1e3", "1.0",        "1,2",
                                        "1\n",   "1\r",   "\t1", "\xb2", "-",  " ",  "#1",  "1/2", "4294967296x"};

    for (size_t i = 0; i < COUNT(names); i++) {
        assert_true(parse(names[i]));
        assert_name(&spec.user, names[i]);
    }
}

TEST(a_second_colon_is_an_error)
{
    static const char *const wrong[] = {"::", "a::", ":a:", "::a", "a:b:c", "1:2:3", "a:b:", "0:0:", ":::::"};

    for (size_t i = 0; i < COUNT(wrong); i++) {
        assert_false(parse(wrong[i]));
        assert_string_equal(problem.what, "user-spec");
        assert_ptr_equal(problem.subject, wrong[i]);
    }
}

TEST(an_id_out_of_range_is_an_error_and_never_a_name)
{
    static const char *const wrong[] = {"2147483648", "4294967295", "4294967296", "99999999999999999999999999999999"};
    char text[80];

    for (size_t i = 0; i < COUNT(wrong); i++) {
        assert_false(parse(wrong[i]));
        assert_string_equal(problem.what, "user");
        assert_ptr_equal(problem.subject, wrong[i]);
        assert_int_equal(problem.subject_length, strlen(wrong[i]));
        (void)snprintf(text, sizeof text, "%s:0", wrong[i]);
        assert_false(parse(text));
        assert_string_equal(problem.what, "user");
        assert_int_equal(problem.subject_length, strlen(wrong[i]));
        (void)snprintf(text, sizeof text, "app:%s", wrong[i]);
        assert_false(parse(text));
        assert_string_equal(problem.what, "group");
        assert_ptr_equal(problem.subject, text + 4);
        assert_int_equal(problem.subject_length, strlen(wrong[i]));
    }
}

TEST(a_colon_is_told_whether_or_not_a_group_stands_behind_it)
{
    assert_true(parse("app"));
    assert_false(spec.colon);
    assert_true(parse("app:"));
    assert_true(spec.colon);
    assert_true(parse("app:www"));
    assert_true(spec.colon);
    assert_true(parse(":"));
    assert_true(spec.colon);
    assert_true(parse(""));
    assert_false(spec.colon);
}

TEST(a_list_is_taken_element_by_element)
{
    static const struct {
        const char *text;
        bool optional;
    } elements[] = {{"www", false}, {"7", true}, {"a?b", false}, {"/run/docker.sock", true}, {"?", true}};
    const char *list = "www,7?,a?b,/run/docker.sock?,??";

    for (size_t i = 0; i < COUNT(elements); i++) {
        struct spec_element element;
        size_t length = strlen(elements[i].text);
        assert_non_null(list);
        assert_true(spec_next(&list, "--list", &element, &problem));
        assert_int_equal(element.length, length);
        assert_memory_equal(element.text, elements[i].text, length);
        assert_int_equal(element.optional, elements[i].optional);
    }
    assert_null(list);
}

TEST(of_several_question_marks_the_last_alone_is_none_of_the_elements)
{
    static const struct {
        const char *list;
        struct spec_element elements[3];
        size_t count;
    } cases[] = {
        {"/a", {{"/a", 2, false}}, 1},
        {"/a?", {{"/a", 2, true}}, 1},
        {"/a,b?,c", {{"/a", 2, false}, {"b", 1, true}, {"c", 1, false}}, 3},
        {"a??", {{"a?", 2, true}}, 1},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *rest = cases[i].list;
        size_t count = 0;
        while (rest != NULL) {
            struct spec_element element;
            assert_true(spec_next(&rest, "--list", &element, &problem));
            assert_true(count < cases[i].count);
            assert_int_equal(element.length, cases[i].elements[count].length);
            assert_memory_equal(element.text, cases[i].elements[count].text, element.length);
            assert_int_equal(element.optional, cases[i].elements[count].optional);
            count++;
        }
        assert_int_equal(count, cases[i].count);
    }
}

TEST(an_empty_element_of_a_list_is_an_error)
{
    static const char *const lists[] = {"", ",", "?", ",www", "?,www", ",,"};

    for (size_t i = 0; i < COUNT(lists); i++) {
        const char *list = lists[i];
        struct spec_element element;
        assert_false(spec_next(&list, "--list", &element, &problem));
        assert_string_equal(problem.what, "--list");
        assert_null(problem.subject); /* what comes behind it is not what is wrong */
        assert_int_equal(problem.hint, HINT_USAGE);
    }
}

TEST(what_stands_before_a_list_is_none_of_it)
{
    const char *list = &"?,www"[1];
    struct spec_element element;

    assert_false(spec_next(&list, "--list", &element, &problem));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_number_goes_from_0_to_its_limit),
        cmocka_unit_test(leading_zeros_change_nothing),
        cmocka_unit_test(numbers_of_ten_and_more_digits_do_not_wrap_around),
        cmocka_unit_test(anything_but_digits_is_no_number),
        cmocka_unit_test(a_number_is_written_as_it_is_read),
        cmocka_unit_test(names_and_ids_stand_on_either_side_of_the_colon),
        cmocka_unit_test(an_empty_part_is_neither_a_name_nor_an_id),
        cmocka_unit_test(an_id_from_elsewhere_has_no_text),
        cmocka_unit_test(digits_with_anything_else_are_a_name),
        cmocka_unit_test(a_second_colon_is_an_error),
        cmocka_unit_test(an_id_out_of_range_is_an_error_and_never_a_name),
        cmocka_unit_test(a_colon_is_told_whether_or_not_a_group_stands_behind_it),
        cmocka_unit_test(a_list_is_taken_element_by_element),
        cmocka_unit_test(of_several_question_marks_the_last_alone_is_none_of_the_elements),
        cmocka_unit_test(an_empty_element_of_a_list_is_an_error),
        cmocka_unit_test(what_stands_before_a_list_is_none_of_it),
    };

    return cmocka_run_group_tests_name("spec", tests, NULL, NULL);
}
