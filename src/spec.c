#include "spec.h"

#include <string.h>

bool spec_number(const char *text, size_t length, uint32_t max, uint32_t *value)
{
    uint32_t number = 0;

    if (length == 0) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        unsigned int digit = (unsigned int)(unsigned char)text[i] - '0';
        if (digit > 9 || number > max / 10 || digit > max - number * 10) {
            return false;
        }
        number = number * 10 + digit;
    }
    *value = number;
    return true;
}

size_t spec_format(uint32_t id, char text[SPEC_ID_TEXT])
{
    size_t length = 1;

    for (uint32_t rest = id / 10; rest > 0; rest /= 10) {
        length++;
    }
    text[length] = '\0';
    for (size_t i = length; i > 0; i--) {
        text[i - 1] = (char)('0' + id % 10);
        id /= 10;
    }
    return length;
}

static bool all_digits(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return false;
        }
    }
    return length > 0;
}

bool spec_part_parse(const char *text, size_t length, const char *what, struct spec_part *part, struct problem *problem)
{
    *part = (struct spec_part){.text = text, .length = length};
    if (!all_digits(text, length)) {
        return true;
    }
    part->numeric = true;
    if (!spec_number(text, length, SPEC_ID_MAX, &part->id)) {
        return PROBLEM(problem, .what = what, .subject = text, .subject_length = length,
                       .why = "an ID is a number from 0 to 2147483647");
    }
    return true;
}

bool spec_part_given(const struct spec_part *part)
{
    return part->numeric || part->length > 0;
}

bool spec_next(const char **list, const char *option, struct spec_element *element, struct problem *problem)
{
    const char *text = *list;
    size_t length = strcspn(text, ",");
    bool optional = length > 0 && text[length - 1] == '?';

    if (length == optional) {
        return PROBLEM(problem, .what = option, .subject = text, .why = "an element of the list is empty",
                       .hint = HINT_USAGE);
    }
    *element = (struct spec_element){.text = text, .length = length - optional, .optional = optional};
    *list = text[length] == ',' ? text + length + 1 : NULL;
    return true;
}

bool spec_parse(const char *text, struct userspec *spec, struct problem *problem)
{
    size_t length = strlen(text);
    const char *colon = memchr(text, ':', length);
    size_t user_length = colon == NULL ? length : (size_t)(colon - text);
    const char *group = colon == NULL ? text + length : colon + 1;
    size_t group_length = length - (size_t)(group - text);

    if (memchr(group, ':', group_length) != NULL) {
        return PROBLEM(problem, .what = "user-spec", .subject = text, .why = "more than one colon in USER[:GROUP]");
    }
    spec->colon = colon != NULL;
    return spec_part_parse(text, user_length, "user", &spec->user, problem) &&
           spec_part_parse(group, group_length, "group", &spec->group, problem);
}
