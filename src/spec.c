#include "spec.h"

#include <string.h>

/*@ ghost
  /@ requires \valid_read(text + (0 .. length - 1)) && from <= length;
     requires digits(text, from) ==> decimal(text, from) >= 0;
     assigns \nothing;
     ensures digits(text, length) ==> decimal(text, from) <= decimal(text, length); @/
  void decimal_grows(const char *text, size_t from, size_t length)
  {
    /@ loop invariant from <= i <= length && (digits(text, i) ==> 0 <= decimal(text, from) <= decimal(text, i));
       loop assigns i;
       loop variant length - i; @/
    for (size_t i = from; i < length; i++) ;
  } */

bool spec_number(const char *text, size_t length, uint32_t max, uint32_t *value)
{
    uint32_t number = 0;

    if (length == 0) {
        return false;
    }
    /*@ loop invariant i <= length && digits(text, i) && number == decimal(text, i) && number <= max;
        loop assigns i, number;
        loop variant length - i; */
    for (size_t i = 0; i < length; i++) {
        unsigned int digit = (unsigned int)(unsigned char)text[i] - '0';
        if (digit > 9 || number > max / 10 || digit > max - number * 10) {
            //@ assert '0' <= text[i] <= '9' ==> decimal(text, i + 1) > max;
            //@ ghost decimal_grows(text, i + 1, length);
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
    //@ ghost uint32_t all = id;

    /*@ loop invariant 1 <= length <= 10 && (length > 1 ==> id / power(length - 1) > 0);
        loop invariant rest == id / power(length);
        loop assigns rest, length;
        loop variant rest; */
    for (uint32_t rest = id / 10; rest > 0; rest /= 10) {
        length++;
    }
    text[length] = '\0';
    /*@ loop invariant i <= length;
        loop invariant id == all / power(length - i);
        loop invariant \forall integer k; i <= k < length ==> text[k] == '0' + all / power(length - 1 - k) % 10;
        loop assigns i, id, text[0 .. length - 1];
        loop variant i; */
    for (size_t i = length; i > 0; i--) {
        text[i - 1] = (char)('0' + id % 10);
        id /= 10;
    }
    /*@ ghost
      /@ loop invariant n <= length && digits((char *)text, n);
         loop invariant decimal((char *)text, n) == all / power(length - n);
         loop assigns n;
         loop variant length - n; @/
      for (size_t n = 0; n < length; n++) {
        /@ assert all / power(length - n) == (all / power(length - n - 1)) / 10; @/
        /@ assert decimal((char *)text, n + 1) == 10 * decimal((char *)text, n) + all / power(length - 1 - n) % 10; @/
      } */
    return length;
}

/*@ requires \valid_read(text + (0 .. length - 1));
    assigns \nothing;
    ensures \result <==> is_id(text, length); */
static bool all_digits(const char *text, size_t length)
{
    /*@ loop invariant i <= length && digits(text, i);
        loop assigns i;
        loop variant length - i; */
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

    //@ assert element_is(text, length);
    //@ assert text[length] == ',' ==> valid_read_string(text + length + 1) && strlen(text + length + 1) < strlen(text);
    if (length == optional) {
        return PROBLEM(problem, .what = option, .why = "an element of the list is empty", .hint = HINT_USAGE);
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

    //@ assert group == group_at(text, user_length) && group_length == length_of_group(text, user_length);
    //@ assert \forall integer n; split_at(text, n) ==> n == user_length;
    if (memchr(group, ':', group_length) != NULL) {
        //@ assert !split_at(text, user_length);
        return PROBLEM(problem, .what = "user-spec", .subject = text, .why = "more than one colon in USER[:GROUP]");
    }
    //@ assert split_at(text, user_length);
    if (!spec_part_parse(text, user_length, "user", &spec->user, problem)) {
        return false;
    }
    spec->colon = colon != NULL;
    //@ assert PART_IS(&spec->user, text, user_length);
    //@ assert \forall integer i; 0 <= i <= length ==> text[i] == \at(\at(text, Here)[i], Pre);
    //@ assert \forall integer i; 0 <= i < group_length ==> group[i] == \at(\at(group, Here)[i], Pre);
    return spec_part_parse(group, group_length, "group", &spec->group, problem);
}
