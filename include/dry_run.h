/* --dry-run: what would happen, one fact a line, each with where it came from. */
#ifndef STEPDOWN_DRY_RUN_H
#define STEPDOWN_DRY_RUN_H

#include "options.h"
#include "plan.h"
#include "problem.h"

#include <stdbool.h>

/*
 * Prints on standard output what *plan, made of *options for *caller, would do. False with *problem where the command
 * cannot be executed (after all else is printed, with the status of command_find) or the text cannot be written. `done`
 * is memory of GROUPS_MAX bytes; what the identity has behind its own text is overwritten.
 */
/*@ requires \valid_read(options) && \valid_read(caller) && \valid_read(plan) && \valid(problem);
    assigns plan->identity.text[0 .. IDENTITY_TEXT_ROOM - 1], plan->identity.files[0 .. 1], *problem, errno, file_left;
 */
bool dry_run(const struct options *options, const struct credentials *caller, const struct plan *plan, char *done,
             struct problem *problem);

#endif
