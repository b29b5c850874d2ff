/*
 * What the proofs assume of the C library: the same functions, typed, as WP's memory model does not see through void *.
 * Each contract is at most what C11 or the man page says.
 */
#ifndef LIBC_H
#define LIBC_H

#include "words.h"

/*@ requires \valid_read(bytes + (0 .. count - 1));
    assigns \result \from bytes, byte, bytes[0 .. count - 1];
    ensures \result == \null <==> none(bytes, count, (char)byte);
    ensures \result != \null ==> \exists integer at; 0 <= at < count && \result == bytes + at &&
        bytes[at] == (char)byte && none(bytes, at, (char)byte); */
char *memchr_of_chars(const char *bytes, int byte, size_t count);

/* strcspn(3), for a set of one. */
/*@ requires valid_read_string(text) && \valid_read(set + (0 .. 1)) && set[0] != 0 && set[1] == 0;
    assigns \result \from text[0 .. strlen(text)], set[0 .. 1];
    ensures \result <= strlen(text) && none(text, \result, set[0]) &&
        (text[\result] == set[0] || (text[\result] == 0 && \result == strlen(text))); */
size_t strcspn_of_one(const char *text, const char *set);
#define strcspn strcspn_of_one

/* bsearch(3), in a set. */
/*@ requires \valid_read(key) && \valid_read(ids + (0 .. count - 1)) && is_set(ids, count) && size == sizeof(gid_t);
    assigns \result \from ids, *key, ids[0 .. count - 1], count;
    ensures \result == \null ==> \forall integer i; 0 <= i < count ==> ids[i] != *key;
    ensures \result != \null ==> \exists integer i; 0 <= i < count && \result == ids + i && ids[i] == *key; */
gid_t *bsearch_of_ids(const gid_t *key, const gid_t *ids, size_t count, size_t size,
                      int (*compare)(const void *, const void *));

/*@ requires \valid_read(left + (0 .. size / sizeof(gid_t) - 1)) && \valid_read(right + (0 .. size / sizeof(gid_t) -
   1)); requires size % sizeof(gid_t) == 0; assigns \result \from left[0 .. size / sizeof(gid_t) - 1], right[0 .. size /
   sizeof(gid_t) - 1]; ensures \result == 0 <==> same_ids(left, right, size / sizeof(gid_t)); */
int memcmp_of_ids(const gid_t *left, const gid_t *right, size_t size);

/* memrchr(3). */
/*@ requires \valid_read(bytes + (0 .. count - 1));
    assigns \result \from bytes, byte, bytes[0 .. count - 1];
    ensures \result == \null ==> none_of(bytes, count, (unsigned char)byte);
    ensures \result != \null ==> \exists integer at; 0 <= at < count && \result == bytes + at &&
        bytes[at] == (unsigned char)byte; */
unsigned char *memrchr_of_bytes(const unsigned char *bytes, int byte, size_t count);

/*@ requires \valid_read(left + (0 .. count - 1)) && \valid_read(right + (0 .. count - 1));
    assigns \result \from left[0 .. count - 1], right[0 .. count - 1];
    ensures \result == 0 <==> stands_at(left, 0, right, count); */
int memcmp_of_bytes(const unsigned char *left, const char *right, size_t count);

#ifdef OF_BYTES
#define memrchr memrchr_of_bytes
#define memcmp  memcmp_of_bytes
#endif
#ifdef OF_IDS
#include <stdlib.h>
#define bsearch bsearch_of_ids
#define memcmp  memcmp_of_ids
#endif
#ifdef OF_CHARS
#define memchr memchr_of_chars
#endif
#endif
