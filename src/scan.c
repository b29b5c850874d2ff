#include "scan.h"

#include <stdbool.h>
#include <string.h>

/* Bytes that are looked at together, without a branch, so that a compiler can make vectors of them. */
#define BLOCK ((size_t)64)

size_t scan_field(const unsigned char *bytes, size_t count, int separator)
{
    size_t length = 0;

    /*@ loop invariant length <= count && of_field(bytes, length, separator);
        loop assigns length;
        loop variant count - length; */
    for (; length + BLOCK <= count; length += BLOCK) {
        unsigned char found = 0;
        /*@ loop invariant i <= BLOCK && (found == 0 ==> of_field(bytes, length + i, separator));
            loop assigns i, found;
            loop variant BLOCK - i; */
        for (size_t i = 0; i < BLOCK; i++) {
            unsigned char byte = bytes[length + i];
            found |= (unsigned char)((byte == separator) | (byte == ':') | (byte == '\n'));
        }
        if (found != 0) {
            break;
        }
    }
    /*@ loop invariant length <= count && of_field(bytes, length, separator);
        loop assigns length;
        loop variant count - length; */
    while (length < count && bytes[length] != separator && bytes[length] != ':' && bytes[length] != '\n') {
        length++;
    }
    return length;
}

size_t scan_newlines(const unsigned char *bytes, size_t count)
{
    size_t newlines = 0;
    //@ ghost const unsigned char *all = bytes;

    /*@ loop invariant count <= \at(count, Pre) && bytes == all + (\at(count, Pre) - count);
        loop invariant newlines == newlines(all, \at(count, Pre) - count);
        loop invariant newlines <= \at(count, Pre) - count;
        loop assigns count, bytes, newlines;
        loop variant count; */
    while (count > 0) {
        /* No more than a sum of one byte can count: the compiler adds them up in vectors of bytes. */
        size_t part = count < 3 * BLOCK ? count : 3 * BLOCK;
        unsigned char sum = 0;
        /*@ loop invariant i <= part && sum <= i;
            loop invariant newlines + sum == newlines(all, \at(count, Pre) - count + i);
            loop assigns i, sum;
            loop variant part - i; */
        for (size_t i = 0; i < part; i++) {
            sum = (unsigned char)(sum + (bytes[i] == '\n'));
        }
        newlines += sum;
        bytes += part;
        count -= part;
    }
    return newlines;
}

/* The wanted text, and its end of up to four bytes: offset and value of each; a shorter text repeats its last one. */
struct wanted {
    const char *text;
    size_t length;
    size_t tail; /* where that end begins */
    size_t offset[4];
    unsigned char byte[4];
};

/*@ predicate tail_at{L}(unsigned char *bytes, integer i, struct wanted wanted) =
        bytes[i] == wanted.byte[0] && bytes[i + wanted.offset[1]] == wanted.byte[1] &&
        bytes[i + wanted.offset[2]] == wanted.byte[2] && bytes[i + wanted.offset[3]] == wanted.byte[3]; */
/*@ requires 1 <= length <= LONG_MAX && \valid_read(text + (0 .. length - 1));
    assigns \nothing;
    ensures \result.text == text && \result.length == length && \result.tail == (length > 4 ? length - 4 : 0);
    ensures \forall integer k; 0 <= k < 4 ==> \result.offset[k] <= 3 && \result.tail + \result.offset[k] < length;
    ensures \result.offset[0] == 0;
    ensures \forall integer k; 0 <= k < 4 ==>
        \result.byte[k] == (unsigned char)text[\result.tail + \result.offset[k]]; */
static struct wanted wanted_of(const char *text, size_t length)
{
    struct wanted wanted = {.text = text, .length = length, .tail = length > 4 ? length - 4 : 0};

    /*@ loop invariant i <= 4 && (i > 0 ==> wanted.offset[0] == 0);
        loop invariant \forall integer k; 0 <= k < i ==>
            wanted.offset[k] <= 3 && wanted.tail + wanted.offset[k] < length;
        loop invariant \forall integer k; 0 <= k < i ==>
            wanted.byte[k] == (unsigned char)text[wanted.tail + wanted.offset[k]];
        loop assigns i, wanted.offset[0 .. 3], wanted.byte[0 .. 3];
        loop variant 4 - i; */
    for (size_t i = 0; i < 4; i++) {
        wanted.offset[i] = i < length ? i : length - 1;
        wanted.byte[i] = (unsigned char)text[wanted.tail + wanted.offset[i]];
    }
    return wanted;
}

/* Whether the wanted text's tail begins anywhere in the block at `at`; 3 bytes follow that. */
/*@ requires \valid_read(bytes + (0 .. at + BLOCK + 2)) && at <= LONG_MAX && \valid_read(wanted);
    requires wanted->offset[1] <= 3 && wanted->offset[2] <= 3 && wanted->offset[3] <= 3;
    assigns \nothing;
    ensures !\result ==> \forall integer i; at <= i < at + BLOCK ==> !tail_at(bytes, i, *wanted); */
static bool block_has_tail(const unsigned char *bytes, size_t at, const struct wanted *wanted)
{
    const unsigned char *first = bytes + at;
    const unsigned char *second = first + wanted->offset[1];
    const unsigned char *third = first + wanted->offset[2];
    const unsigned char *fourth = first + wanted->offset[3];
    const unsigned char a = wanted->byte[0];
    const unsigned char b = wanted->byte[1];
    const unsigned char c = wanted->byte[2];
    const unsigned char d = wanted->byte[3];
    unsigned char found = 0;

    /*@ loop invariant i <= BLOCK;
        loop invariant found == 0 ==> \forall integer k; at <= k < at + i ==> !tail_at(bytes, k, *wanted);
        loop assigns i, found;
        loop variant BLOCK - i; */
    for (size_t i = 0; i < BLOCK; i++) {
        found |= (unsigned char)((first[i] == a) & (second[i] == b) & (third[i] == c) & (fourth[i] == d));
    }
    return found != 0;
}

/* Whether the wanted text stands in the bytes with its tail beginning in the block at `at`; 3 bytes follow that. */
/*@ requires \valid_read(bytes + (0 .. at + BLOCK + 2)) && at <= LONG_MAX && \valid_read(wanted);
    requires 1 <= wanted->length <= LONG_MAX && \valid_read(wanted->text + (0 .. wanted->length - 1));
    requires wanted->tail == (wanted->length > 4 ? wanted->length - 4 : 0);
    requires wanted->byte[0] == (unsigned char)wanted->text[wanted->tail];
    assigns \nothing;
    ensures !\result ==> \forall integer p; 0 <= p && at <= p + wanted->tail < at + BLOCK ==>
        !stands_at(bytes, p, wanted->text, wanted->length); */
static bool block_has_wanted(const unsigned char *bytes, size_t at, const struct wanted *wanted)
{
    /*@ loop invariant at <= i <= at + BLOCK;
        loop invariant \forall integer p; 0 <= p && at <= p + wanted->tail < i ==>
            !stands_at(bytes, p, wanted->text, wanted->length);
        loop assigns i;
        loop variant at + BLOCK - i; */
    for (size_t i = at; i < at + BLOCK; i++) {
        if (bytes[i] == wanted->byte[0] && i >= wanted->tail &&
            memcmp(bytes + i - wanted->tail, wanted->text, wanted->length) == 0) {
            return true;
        }
    }
    return false;
}

/* Whether a member list, or what can be passed over of it, ends in the block. */
/*@ requires \valid_read(bytes + (0 .. BLOCK - 1));
    assigns \nothing; */
static bool block_ends_members(const unsigned char *bytes)
{
    unsigned char found = 0;

    /*@ loop invariant i <= BLOCK;
        loop assigns i, found;
        loop variant BLOCK - i; */
    for (size_t i = 0; i < BLOCK; i++) {
        found |= (unsigned char)((bytes[i] == '\n') | (bytes[i] == ':') | (bytes[i] == '\0'));
    }
    return found != 0;
}

size_t scan_past(const unsigned char *bytes, size_t count, int separator, const char *text, size_t length)
{
    const struct wanted wanted = wanted_of(text, length);
    size_t clean = 0; /* in so many bytes no wanted text's tail begins */

    /*@ loop invariant clean <= count && (clean == 0 || clean < count);
        loop invariant \forall integer p; 0 <= p && p + wanted.tail < clean ==> !stands_at(bytes, p, text, length);
        loop assigns clean;
        loop variant count - clean; */
    while (count - clean >= BLOCK + 3 &&
           !(block_has_tail(bytes, clean, &wanted) && block_has_wanted(bytes, clean, &wanted)) &&
           (separator == '\n' || !block_ends_members(bytes + clean))) {
        /*@ assert \forall integer p, k; 0 <= k < 4 && stands_at(bytes, p, text, length) ==>
                bytes[p + (wanted.tail + wanted.offset[k])] == wanted.byte[k]; */
        /*@ assert \forall integer p; stands_at(bytes, p, text, length) ==>
                bytes[p + wanted.tail] == wanted.byte[0] &&
                bytes[p + (wanted.tail + wanted.offset[1])] == wanted.byte[1] &&
                bytes[p + (wanted.tail + wanted.offset[2])] == wanted.byte[2] &&
                bytes[p + (wanted.tail + wanted.offset[3])] == wanted.byte[3]; */
        /*@ assert \forall integer p; 0 <= p && clean <= p + wanted.tail && stands_at(bytes, p, text, length) ==>
                tail_at(bytes, p + wanted.tail, wanted); */
        /*@ assert \forall integer p; 0 <= p && clean <= p + wanted.tail < clean + BLOCK ==>
                !stands_at(bytes, p, text, length); */
        clean += BLOCK;
    }
    const unsigned char *last = memrchr(bytes, separator, clean);
    return last != NULL ? (size_t)(last - bytes) + 1 : 0;
}
