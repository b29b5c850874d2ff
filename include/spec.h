/* USER[:GROUP], and the one number parser: decimal digits alone, with a limit, nothing else. */
#ifndef STEPDOWN_SPEC_H
#define STEPDOWN_SPEC_H

#include "problem.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The largest ID in a user-spec, which is the range of `docker run --user`. */
#define SPEC_ID_MAX 2147483647U

/* A user or group as it was asked for: an ID if it is all digits, else a name. */
struct spec_part {
    const char *text; /* borrowed from the spec, not terminated; NULL for an ID from elsewhere */
    size_t length;    /* bytes; 0 where the part is absent or empty, or has no text */
    bool numeric;
    uint32_t id; /* where numeric */
};

struct userspec {
    bool colon; /* one stands behind USER, whether or not a GROUP does */
    struct spec_part user;
    struct spec_part group;
};

/*
 * Reads `length` bytes at `text` as a decimal number of any length from 0 to `max`, leading zeros allowed.
 * False, with *value untouched, for an empty text, any other byte (sign, space, 0x, exponent, NUL) or a
 * value over `max`.
 */
/*@ requires \valid_read(text + (0 .. length - 1)) && \valid(value) && \separated(value, text + (0 .. length - 1));
    assigns *value, \result \from text[0 .. length - 1], length, max, *value;
    ensures \result <==> is_id(text, length) && decimal(text, length) <= max;
    ensures *value == (\result ? decimal(text, length) : \old(*value)); */
bool spec_number(const char *text, size_t length, uint32_t max, uint32_t *value);

/* Room for the digits of an ID and a NUL. */
#define SPEC_ID_TEXT 11

/* Writes `id` in decimal to `text`, with a NUL; the number of digits. */
/*@ requires \valid(text + (0 .. SPEC_ID_TEXT - 1));
    assigns text[0 .. SPEC_ID_TEXT - 1], \result \from id;
    ensures 1 <= \result < SPEC_ID_TEXT && text[\result] == 0;
    ensures digits(text, \result) && decimal(text, \result) == id && (\result > 1 ==> text[0] != '0'); */
size_t spec_format(uint32_t id, char text[SPEC_ID_TEXT]);

/*
 * Reads one name or ID of `length` bytes; `what` ("user" or "group") names it in *problem. A part of digits
 * alone is an ID and never a name (CVE-2016-3697), from 0 to SPEC_ID_MAX. False for an ID beyond that.
 */
/*@ requires \valid_read(text + (0 .. length - 1)) && \valid(part) && \valid(problem);
    requires \separated(part, problem, text + (0 .. length - 1));
    assigns *part, *problem;
    ensures \result <==> !beyond{Pre}(text, length, SPEC_ID_MAX);
    ensures \result ==> PART_IS(part, text, length); */
bool spec_part_parse(const char *text, size_t length, const char *what, struct spec_part *part,
                     struct problem *problem);

/* Whether there is a name or an ID at all. */
/*@ requires \valid_read(part);
    assigns \nothing;
    ensures \result <==> part->numeric || part->length > 0; */
bool spec_part_given(const struct spec_part *part);

/* One element of a LIST with commas between. */
struct spec_element {
    const char *text; /* borrowed, not terminated */
    size_t length;    /* bytes, at least 1, without the "?" */
    bool optional;    /* a "?" stands behind it: it may be missing */
};

/*
 * Takes the first element off *list, which becomes NULL with the last one. False with *problem, under the name of the
 * option, for an empty one.
 */
/*@ requires \valid(list) && valid_read_string(*list) && \valid(element) && \valid(problem);
    requires \separated(list, element, problem, *list + (0 .. strlen(*list)));
    assigns *list, *element, *problem;
    ensures \result ==> element->text == \old(*list) && element->length > 0;
    ensures \result ==> element_is{Pre}(element->text, element->length + element->optional);
    ensures \result && element->optional ==> \let n = element->length; \old((*list)[n]) == '?';
    ensures \result && *list != \null ==> *list == element->text + element->length + element->optional + 1 &&
        valid_read_string{Pre}(*list) && strlen{Pre}(*list) < strlen{Pre}(element->text);
    ensures \result ==> (*list == \null <==> element->length + element->optional == strlen{Pre}(element->text));
    ensures !\result ==> *list == \old(*list) &&
        (element_is{Pre}(*list, 0) || (element_is{Pre}(*list, 1) && \old((*list)[0]) == '?')); */
bool spec_next(const char **list, const char *option, struct spec_element *element, struct problem *problem);

/*
 * Splits `text` at its first colon. An empty USER or GROUP gives a part of length 0: the caller decides
 * what an empty USER means. False for a second colon or an ID out of range. *spec borrows `text`.
 */
/*@ requires valid_read_string(text) && \valid(spec) && \valid(problem);
    requires \separated(spec, problem, text + (0 .. strlen(text)));
    assigns *spec, *problem;
    ensures \result ==> split_at{Pre}(text, spec->user.length);
    ensures \result ==> (spec->colon <==> spec->user.length < \old(strlen(text)));
    ensures \result ==> PART_IS(&spec->user, text, spec->user.length);
    ensures \result ==> PART_IS(&spec->group, group_at{Pre}(text, spec->user.length),
                                length_of_group{Pre}(text, spec->user.length));
    ensures !\result ==> \forall integer n; split_at{Pre}(text, n) ==> beyond{Pre}(text, n, SPEC_ID_MAX) ||
        beyond{Pre}(group_at{Pre}(text, n), length_of_group{Pre}(text, n), SPEC_ID_MAX); */
bool spec_parse(const char *text, struct userspec *spec, struct problem *problem);

#endif
