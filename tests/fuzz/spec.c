/* Input: a user-spec. */
#include "harness.h"

#include <stdlib.h>
#include <string.h>

static void check_part(const struct spec_part *part, struct text text)
{
    uint32_t id = 0;
    bool numeric = oracle_number(text, SPEC_ID_MAX, &id);

    CHECK(part->numeric == numeric);
    CHECK(part->length == text.length && (text.length == 0 || part->text == text.at));
    CHECK(!numeric || part->id == id);
    CHECK(spec_part_given(part) == (text.length > 0));
}

static void check_number(struct text text, uint32_t max)
{
    enum { UNTOUCHED = 0x5a5a5a5a };
    uint32_t value = UNTOUCHED, expected = UNTOUCHED;
    char digits[SPEC_ID_TEXT];
    struct text stripped = text;

    CHECK(spec_number(text.at, text.length, max, &value) == oracle_number(text, max, &expected));
    CHECK(value == expected);
    if (!oracle_number(text, max, &expected)) {
        return;
    }
    while (stripped.length > 1 && stripped.at[0] == '0') {
        stripped.at++;
        stripped.length--;
    }
    CHECK(spec_format(value, digits) == stripped.length && memcmp(digits, stripped.at, stripped.length) == 0 &&
          digits[stripped.length] == '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint32_t limits[] = {0, 9, 255, SPEC_ID_MAX, ACCOUNTS_ID_MAX, UINT32_MAX};
    struct text user, group, whole = {(const char *)data, size};
    struct userspec spec;
    struct problem problem = {.what = NULL};
    char *text = copy(whole);

    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        check_number(whole, limits[i]);
    }
    enum oracle_result result = oracle_spec((struct text){text, strlen(text)}, &user, &group);
    CHECK(spec_parse(text, &spec, &problem) == (result == ORACLE_FOUND));
    if (result == ORACLE_FOUND) {
        check_part(&spec.user, user);
        check_part(&spec.group, group);
    } else {
        CHECK(problem.what != NULL && problem.why != NULL);
        CHECK((strstr(problem.why, "colon") != NULL) == (result == ORACLE_TWO_COLONS));
    }
    free(text);
    return 0;
}
