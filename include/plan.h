/* --dry-run: what would happen, one fact a line, each with where it came from. */
#ifndef STEPDOWN_PLAN_H
#define STEPDOWN_PLAN_H

#include "identity.h"
#include "options.h"
#include "privileges.h"
#include "problem.h"

/*
 * Prints on standard output what *options, resolved into *identity and *want, would do. The status that stepdown is
 * to exit with: 0; that of command_find where the command cannot be executed; 125 with *problem where /etc/group
 * cannot be read or the text cannot be written. With a status other than 0 *problem says why.
 */
int plan_print(const struct options *options, const struct identity *identity, const struct privileges *want,
               struct problem *problem);

#endif
