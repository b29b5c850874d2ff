/*
 * Put into the program itself by the linker (--wrap): it executes the command at STAGE of its order of events, so that
 * what each adds can be measured. 0: at once, after the start of a static program with libcap-ng in it; 1: when the
 * caller is read; 2: with the plan made; 3: after the drop; 4: where the program itself does.
 */
#include "command.h"
#include "options.h"
#include "plan.h"
#include "privileges.h"

#include <unistd.h>

int __real_main(int argc, char *argv[]);
int __wrap_main(int argc, char *argv[]);
bool __real_options_parse(int argc, char *const argv[], struct options *options, struct problem *problem);
bool __wrap_options_parse(int argc, char *const argv[], struct options *options, struct problem *problem);
bool __real_privileges_drop(const struct credentials *caller, const struct privileges *want, struct problem *problem);
bool __wrap_privileges_drop(const struct credentials *caller, const struct privileges *want, struct problem *problem);
bool __real_privileges_verify(const struct credentials *caller, const struct privileges *want, struct credentials *now,
                              struct problem *problem);
bool __wrap_privileges_verify(const struct credentials *caller, const struct privileges *want, struct credentials *now,
                              struct problem *problem);

static char **words;

static void reach(int stage)
{
    if (stage == STAGE) {
        execv(words[2], words + 2);
        _exit(STATUS_CANNOT_RUN);
    }
}

int __wrap_main(int argc, char *argv[])
{
    words = argv;
    reach(0);
    return __real_main(argc, argv);
}

bool __wrap_options_parse(int argc, char *const argv[], struct options *options, struct problem *problem)
{
    reach(1);
    return __real_options_parse(argc, argv, options, problem);
}

bool __wrap_privileges_drop(const struct credentials *caller, const struct privileges *want, struct problem *problem)
{
    reach(2);
    return __real_privileges_drop(caller, want, problem);
}

bool __wrap_privileges_verify(const struct credentials *caller, const struct privileges *want, struct credentials *now,
                              struct problem *problem)
{
    reach(3);
    return __real_privileges_verify(caller, want, now, problem);
}
