/*
 * The program's own modules, put together to stop on the way: what each stage adds to a step down.
 *
 *     stages STAGE USER COMMAND
 *
 * 0 executes COMMAND at once: what is left is the start of a static program with libcap-ng in it. 1 reads what the
 * caller is before that, 2 resolves USER too, 3 drops, 4 verifies, and then sets the environment: all that stepdown
 * does.
 */
#include "command.h"
#include "identity.h"
#include "privileges.h"

#include <stdlib.h>
#include <unistd.h>

static struct {
    struct identity identity;
    struct credentials caller, now;
    struct privileges want;
    char text[IDENTITY_TEXT_ROOM + COMMAND_VARIABLE_ROOM + COMMAND_PATH_ROOM];
    struct accounts file;
    gid_t groups[2 * IDENTITY_GROUPS_MAX + IDENTITY_GROUPS_ROOM];
} run __attribute__((section(".bss.zz_run")));

static bool go(int stage, const char *user, struct problem *problem)
{
    struct identity_request request = {.groups = IDENTITY_GROUPS_DEFAULT};

    run.caller.groups = run.groups;
    if (stage >= 1 && (!privileges_read(&run.caller, problem) || !privileges_check_install(&run.caller, problem))) {
        return false;
    }
    run.identity.groups = run.groups + run.caller.group_count;
    run.identity.text = run.text;
    run.identity.file = &run.file;
    if (stage >= 2 &&
        (!spec_parse(user, &request.spec, problem) || !identity_resolve(&request, &run.identity, problem))) {
        return false;
    }
    run.want = (struct privileges){.uid = run.identity.uid,
                                   .gid = run.identity.gid,
                                   .groups = run.identity.groups,
                                   .group_count = run.identity.group_count,
                                   .change_ids = true};
    run.now.groups = run.identity.groups + run.identity.group_count;
    if (stage >= 3 && !privileges_drop(&run.caller, &run.want, problem)) {
        return false;
    }
    char *room = run.text + run.identity.user.used;
    return stage < 4 || (privileges_verify(&run.caller, &run.want, &run.now, problem) &&
                         command_set_variable("HOME=", run.identity.home, &room));
}

int main(int argc, char *argv[])
{
    struct problem problem;

    if (argc < 4 || !go(atoi(argv[1]), argv[2], &problem)) {
        return 125;
    }
    return command_execute(argv + 3, run.text + IDENTITY_TEXT_ROOM + COMMAND_VARIABLE_ROOM, &problem);
}
