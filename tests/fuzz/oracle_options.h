/* The command line a second time, from a table. */
#ifndef ORACLE_OPTIONS_H
#define ORACLE_OPTIONS_H

#include "options.h"

/* Fills *options as options_parse does, but for the user-spec, which is left in *spec (NULL where there is none). */
bool oracle_options(int argc, char *const argv[], struct options *options, const char **spec);

/* The name that it was called by, without the folder. */
const char *oracle_name(int argc, char *const argv[]);

#endif
