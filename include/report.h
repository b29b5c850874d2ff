/* Text for the user: messages, hints, and the one buffered writer that both go through. */
#ifndef STEPDOWN_REPORT_H
#define STEPDOWN_REPORT_H

#include "problem.h"

#include <stdbool.h>
#include <stddef.h>

/* Text on its way to a descriptor. */
struct report {
    int fd;
    bool failed; /* a write failed: what follows is thrown away */
    size_t used;
    char buffer[1024];
};

/* Starts an empty text for descriptor `fd`. */
void report_start(struct report *report, int fd);

/* Adds text of the program's own, as it is. */
void report_text(struct report *report, const char *text);

/*
 * Adds `length` bytes from the user or from a file: printable ASCII as it is, everything else (control characters,
 * bytes over 126, the backslash) as \xHH, and "..." in place of what comes after the first 200 bytes.
 */
void report_quoted(struct report *report, const char *text, size_t length);

/* Adds a number in decimal. */
void report_number(struct report *report, unsigned long number);

/* Writes what is left. False if this or an earlier write(2) failed. */
bool report_end(struct report *report);

/* Prints "NAME: what: why" on standard error, and where the cause is known a line that says what to do about it. */
void report_problem(const char *name, const struct problem *problem);

#endif
