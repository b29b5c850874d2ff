/* The words of the contracts: what they say about bytes, numbers and sets. Read by Frama-C alone, before the source. */
#ifndef WORDS_H
#define WORDS_H

#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/types.h>

/* --- bytes --- */
/*@ predicate none{L}(char *bytes, integer count, integer byte) = \forall integer i; 0 <= i < count ==> bytes[i] !=
   byte; predicate none_of{L}(unsigned char *bytes, integer count, integer byte) = \forall integer i; 0 <= i < count ==>
   bytes[i] != byte; */

/* --- scan.h --- */
/*@ predicate ends_field(integer byte, integer separator) = byte == separator || byte == ':' || byte == '\n';
    predicate of_field{L}(unsigned char *bytes, integer n, integer separator) =
        \forall integer i; 0 <= i < n ==> !ends_field(bytes[i], separator);
    logic integer newlines{L}(unsigned char *bytes, integer n) =
        n <= 0 ? 0 : newlines(bytes, n - 1) + (bytes[n - 1] == '\n' ? 1 : 0); */

/* Whether the text stands in the bytes from `from` on. */
/*@ predicate stands_at{L}(unsigned char *bytes, integer from, char *text, integer length) =
        \forall integer j; 0 <= j < length ==> bytes[from + j] == (unsigned char)text[j]; */

/* --- decimal numbers: spec.h --- */
/*@ predicate digits{L}(char *text, integer n) = \forall integer i; 0 <= i < n ==> '0' <= text[i] <= '9';
    logic integer decimal{L}(char *text, integer n) = n <= 0 ? 0 : 10 * decimal(text, n - 1) + (text[n - 1] - '0');
    predicate is_id{L}(char *text, integer n) = n > 0 && digits(text, n);
    predicate beyond{L}(char *text, integer n, integer max) = is_id(text, n) && decimal(text, n) > max; */

/*@ logic integer power(integer n) = n <= 0 ? 1 : n == 1 ? 10 : n == 2 ? 100 : n == 3 ? 1000 : n == 4 ? 10000 :
        n == 5 ? 100000 : n == 6 ? 1000000 : n == 7 ? 10000000 : n == 8 ? 100000000 : n == 9 ? 1000000000 : 10000000000;
    lemma shift: \forall integer id, n; id >= 0 && 0 <= n < 10 ==> id / power(n) / 10 == id / power(n + 1); */

/* What a text means depends on nothing but its bytes: by induction, which no prover here does. */
/*@ axiomatic Bytes {
      axiom same_length{L1, L2}: \forall char *text; valid_read_string{L1}(text) &&
        (\forall integer i; 0 <= i <= strlen{L1}(text) ==> \at(text[i], L1) == \at(text[i], L2)) ==>
        strlen{L2}(text) == strlen{L1}(text);
      axiom same_number{L1, L2}: \forall char *text, integer n;
        (\forall integer i; 0 <= i < n ==> \at(text[i], L1) == \at(text[i], L2)) ==>
        decimal{L1}(text, n) == decimal{L2}(text, n);
    } */

/* Conversion to unsigned is modulo, C11 6.3.1.3: WP does not know it. */
/*@ axiomatic Conversion {
      axiom byte: \forall char c; (unsigned char)c == (c < 0 ? c + 256 : c);
      axiom less: \forall unsigned char b; (unsigned int)(b - '0') == (b < '0' ? b - '0' + 4294967296 : b - '0');
    } */

/* A part of a user-spec: it is the n bytes at `from`, and an ID exactly if they are digits alone. */
/*@ predicate part_is{L}(char *text, integer length, boolean numeric, integer id, char *from, integer n) =
        text == from && length == n && (numeric <==> is_id(from, n)) && (numeric ==> id == decimal(from, n)); */
#define PART_IS(part, from, n) part_is{Pre}((part)->text, (part)->length, (boolean)(part)->numeric, (part)->id, from, n)

/* The n bytes before the one colon, or all of them; where GROUP begins, and how long it is. */
/*@ predicate split_at{L}(char *text, integer n) = 0 <= n <= strlen(text) && none(text, n, ':') &&
        (n < strlen(text) ==> text[n] == ':' && none(text + n + 1, strlen(text) - n - 1, ':'));
    logic char *group_at{L}(char *text, integer n) = n < strlen(text) ? text + n + 1 : text + n;
    logic integer length_of_group{L}(char *text, integer n) = n < strlen(text) ? strlen(text) - n - 1 : 0; */

/* The first element of a LIST: n bytes. */
/*@ predicate element_is{L}(char *text, integer n) =
        0 <= n <= strlen(text) && none(text, n, ',') && (text[n] == ',' || text[n] == 0); */

/* --- groups.h --- */
/*@ predicate sorted{L}(gid_t *ids, integer from, integer to) =
        \forall integer i; from < i < to ==> ids[i - 1] <= ids[i];
    predicate is_set{L}(gid_t *ids, integer count) = \forall integer i, j; 0 <= i < j < count ==> ids[i] < ids[j];
    predicate has{L}(gid_t *ids, integer count, integer gid) = \exists integer i; 0 <= i < count && ids[i] == gid;
    predicate has_one_more{L}(gid_t *ids, integer count) =
        \forall integer gid; has(ids, count + 1, gid) <==> has(ids, count, gid) || ids[count] == gid;
    predicate same_members{L1, L2}(gid_t *ids, integer count) =
        \forall integer gid; has{L1}(ids, count, gid) <==> has{L2}(ids, count, gid);
    lemma exchange{L1, L2}: \forall gid_t *ids, integer count, i, j; 0 <= i < count && 0 <= j < count &&
        \at(ids[i], L2) == \at(ids[j], L1) && \at(ids[j], L2) == \at(ids[i], L1) &&
        (\forall integer k; 0 <= k < count && k != i && k != j ==> \at(ids[k], L2) == \at(ids[k], L1)) ==>
        same_members{L1, L2}(ids, count);
    predicate same_ids{L}(gid_t *left, gid_t *right, integer count) =
        \forall integer i; 0 <= i < count ==> left[i] == right[i];
    lemma same_sets{L}: \forall gid_t *left, *right, integer count, gid; same_ids(left, right, count) ==>
        (has(left, count, gid) <==> has(right, count, gid));
    predicate is_gap(integer gap) = gap == 0 || gap == 1 || gap == 4 || gap == 13 || gap == 40 || gap == 121 ||
        gap == 364 || gap == 1093 || gap == 3280 || gap == 9841 || gap == 29524 || gap == 88573; */
#define HAS_ROOM(groups, room) (\valid(groups) && \valid((groups)->ids + (0..(room)-1)) && (groups)->count <= (room))

/* --- accounts.h --- */
/* What the file that is being read has still to give: however much it is, it is not endless. */
//@ ghost size_t file_left;

/* clang-format off */

/* What is still to be parsed: of the buffer, and behind it of the file. */
#define LEFT(accounts) (file_left + ((accounts)->end - (accounts)->at))

/* A reader, and what it is looking for. */
#define IS_READER(accounts)                                                                                            \
    (\valid(accounts) && (accounts)->at <= (accounts)->end <= ACCOUNTS_BUFFER && (accounts)->wanted_length <= LONG_MAX && \
     ((accounts)->wanted_length > 0 ==> \valid_read((accounts)->wanted + (0 .. (accounts)->wanted_length - 1))))

/* What reading changes of it. */
#define READING(accounts)                                                                                              \
    (accounts)->fd, (accounts)->error, (accounts)->at, (accounts)->end, (accounts)->stop, (accounts)->missing,         \
        (accounts)->buffer[0 .. ACCOUNTS_BUFFER - 1], errno, file_left

/* An entry's room, which nothing else is in. */
#define HAS_ENTRY_ROOM(accounts, entry)                                                                                \
    (\valid(entry) && \valid((entry)->room + (0 .. ACCOUNTS_ROOM - 1)) &&                                              \
     \separated(accounts, entry, (entry)->room + (0 .. ACCOUNTS_ROOM - 1)) &&                                          \
     ((accounts)->wanted_length > 0 ==>                                                                                \
          \separated((accounts)->wanted + (0 .. (accounts)->wanted_length - 1), accounts, entry,                       \
                     (entry)->room + (0 .. ACCOUNTS_ROOM - 1))))

/* A field: its bytes in the room, and a NUL behind them. */
#define IS_FIELD(field, from)                                                                                          \
    ((field).length <= ACCOUNTS_FIELD_MAX + 1 && 0 <= (field).text - (from) &&                                         \
     (field).text - (from) + (field).length < ACCOUNTS_ROOM && \base_addr((field).text) == \base_addr((char *)from))

/* clang-format on */
#endif
