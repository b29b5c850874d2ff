/*
 * What the targets share. Each target is one LLVMFuzzerTestOneInput, run by libFuzzer or by replay.c. All files
 * come from memory, through the linker's --wrap of open, stat, fstat, read and close.
 */
#ifndef HARNESS_H
#define HARNESS_H

#include "oracle.h"

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ends the program, with a message, where `condition` is false. */
#define CHECK(condition) ((condition) ? (void)0 : check_failed(__FILE__, __LINE__, #condition))
_Noreturn void check_failed(const char *file, int line, const char *condition);

/* The bytes up to `separator`, which are taken off *input, with the separator. */
struct text take(struct text *input, const char *separator);

/*
 * Makes the content of a file of *input: 0x1f, a byte, and a byte N stand for N * N times the first one (in the -small
 * targets: N times), so that short inputs reach the end of every buffer. *room is where it goes, and moves on.
 */
struct text expand(struct text input, char **room);

/* Where expand puts all files of one input. */
char *expand_room(void);

/* So many bytes of nothing in particular, for free(3): never what was there before. */
char *room_for(size_t length);

/* A copy with a NUL behind it, for free(3): of no byte more, so that a sanitizer sees who reads on. */
char *copy(struct text text);

/*
 * What the wrapped calls give until memory_check, besides the paths of oracle_path, and in pieces of which sizes: one
 * byte of `pieces` each, over and over (a multiple of it for files over 1 KiB); 0, or no byte at all: as much as is
 * asked for.
 */
void memory_files(const struct oracle_file *passwd, const struct oracle_file *group, struct text pieces);

/* Checks that nothing is open any more. */
void memory_check(void);

/* Whether a field is that text, as far as accounts.h says that it is kept. */
bool same_field(const struct accounts_field *field, struct text text);

#endif
