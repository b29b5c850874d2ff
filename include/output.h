/* Text for the user: the one buffered writer that messages, --help and --dry-run go through. */
#ifndef STEPDOWN_OUTPUT_H
#define STEPDOWN_OUTPUT_H

#include "problem.h"

#include <stdbool.h>
#include <stddef.h>

/* Text on its way to a descriptor. */
struct output {
    int fd;
    int error; /* errno of a write that failed, EIO for one that took nothing: what follows is thrown away; else 0 */
    size_t used;
    char buffer[1024];
};

/* Starts an empty text for descriptor `fd`. */
/*@ requires \valid(output);
    assigns *output; */
void output_start(struct output *output, int fd);

/* Adds text of the program's own, as it is. */
/*@ requires \valid(output);
    assigns *output, errno; */
void output_text(struct output *output, const char *text);

/*
 * Adds `length` bytes from the user or from a file: printable ASCII as it is, everything else (control characters,
 * bytes over 126, the backslash) as \xHH, and "..." in place of what comes after the first 200 bytes.
 */
void output_quoted(struct output *output, const char *text, size_t length);

/* Adds a number in decimal. */
void output_number(struct output *output, unsigned long number);

/* Writes what is left. False with *problem if this or an earlier write(2) failed. */
/*@ requires \valid(output) && \valid(problem);
    assigns *output, *problem, errno; */
bool output_end(struct output *output, struct problem *problem);

#endif
