/* Passing quickly over bytes of the account files that cannot matter. It decides nothing: what it leaves is parsed. */
#ifndef STEPDOWN_SCAN_H
#define STEPDOWN_SCAN_H

#include <stddef.h>

/* How many of the `count` bytes stand before the first colon, newline or `separator`; all, if there is none. */
/*@ requires \valid_read(bytes + (0 .. count - 1)) && count <= LONG_MAX;
    assigns \nothing;
    ensures \result <= count && of_field(bytes, \result, separator);
    ensures \result < count ==> ends_field(bytes[\result], separator); */
size_t scan_field(const unsigned char *bytes, size_t count, int separator);

/*
 * How many of the `count` bytes can be passed over: each a part of a line (separator: newline), or of a member list
 * (comma), that ends in its separator and does not hold the `length` bytes at `wanted` (at least 1). `bytes` begin
 * such a part. Fewer than could be, perhaps none, and never all of them. Of a member list nothing is passed over that
 * holds a colon, a newline or a NUL byte.
 */
/*@ requires \valid_read(bytes + (0 .. count - 1)) && count <= LONG_MAX;
    requires 1 <= length <= LONG_MAX && \valid_read(wanted + (0 .. length - 1));
    assigns \nothing;
    ensures \result <= count && (count > 0 ==> \result < count);
    ensures \result > 0 ==> bytes[\result - 1] == (unsigned char)separator;
    ensures \forall integer p; 0 <= p && p + length <= \result ==> !stands_at(bytes, p, wanted, length); */
size_t scan_past(const unsigned char *bytes, size_t count, int separator, const char *wanted, size_t length);

/* How many of the `count` bytes are newlines. */
/*@ requires \valid_read(bytes + (0 .. count - 1));
    assigns \nothing;
    ensures \result == newlines(bytes, count) <= count; */
size_t scan_newlines(const unsigned char *bytes, size_t count);

#endif
