/*
 * stepdown(8). The way from argv to execve:
 *
 *  1. What this process is, and that its binary carries no privilege.       privileges_read, privileges_check_install
 *  2. What the command line asks for.                                       options_parse
 *  3. What shall be done, from the account files and the policy.            plan_make
 *  4. What only root can prepare, where it is asked for.                    account_write, ownership_give
 *     --dry-run looks whether that could be, and ends here.                 dry_run
 *  5. The drop, and its verification: on a mismatch nothing is executed.    privileges_drop, privileges_verify
 *  6. The environment, and the command in this process' place.              command_execute
 *
 * Each step fills a struct problem where it fails, which ends the program with a message.
 */
#include "account_write.h"
#include "command.h"
#include "dry_run.h"
#include "identity.h"
#include "options.h"
#include "output.h"
#include "ownership.h"
#include "plan.h"
#include "privileges.h"
#include "problem.h"

#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#define TEXT_ROOM (IDENTITY_TEXT_ROOM + COMMAND_ROOM)

/* What a run is about. */
struct run {
    struct options options;
    struct credentials caller;
    struct plan plan;
    struct credentials now;
    char text[TEXT_ROOM]; /* of the account files, then the user's part of that, the environment and the path */
    struct accounts files[2];
    gid_t groups[GROUPS_MAX + GROUPS_ROOM + GROUPS_MAX]; /* the caller's, the new ones, those read back */
    struct ownership_room room;                          /* touched for --chown alone */
};

/*@ requires \valid(problem);
    assigns *problem, errno; */
static bool print(const char *text, struct problem *problem)
{
    struct output out;

    output_start(&out, STDOUT_FILENO);
    output_text(&out, text);
    return output_end(&out, problem);
}

/*@ requires \valid_read(plan) && \valid(room) && \valid(*room + (0 .. 4 * COMMAND_VARIABLE_ROOM - 1));
    requires \valid(problem) && TEXTS_ARE(plan);
    requires \separated(plan, room, *room + (0 .. 4 * COMMAND_VARIABLE_ROOM - 1), problem);
    assigns *room \from *room;
    assigns (*room)[0 .. 4 * COMMAND_VARIABLE_ROOM - 1], *problem, errno;
    ensures \base_addr(*room) == \base_addr(\old(*room));
    ensures 0 <= *room - \old(*room) <= 4 * COMMAND_VARIABLE_ROOM; */
static bool set_environment(const struct plan *plan, char **room, struct problem *problem)
{
    return (plan->home == NULL || command_set_variable("HOME=", plan->home, room, problem)) &&
           (plan->login == NULL || (command_set_variable("USER=", plan->login, room, problem) &&
                                    command_set_variable("LOGNAME=", plan->login, room, problem))) &&
           (plan->shell == NULL || command_set_variable("SHELL=", plan->shell, room, problem));
}

/*
 * What only root can prepare. Beyond RLIMIT_FSIZE a file shall not end the program, but be an error that cleans up:
 * meanwhile SIGXFSZ waits, for ever if there was one. musl's sigprocmask(3) would lose other signals of the mask.
 */
/*@ requires \valid(run) && \valid(problem) && \separated(run, problem);
    requires CAN_BE_READ(run->caller.groups) && CAN_BE_READ(run->plan.want.groups);
    assigns run->plan.account, run->room, *problem, errno, file_left; */
static bool prepare(struct run *run, struct problem *problem)
{
    const unsigned long mask[_NSIG / 8 / sizeof(long)] = {1UL << (SIGXFSZ - 1)};
    unsigned long old[_NSIG / 8 / sizeof(long)] = {0};
    struct plan *plan = &run->plan;
    const bool writes = plan->account.name != NULL || plan->own.list != NULL;

    /* A step down that is bound to fail shall leave no trace. */
    if ((writes || plan->give_stdio) && !run->options.dry_run &&
        !privileges_suffice(&run->caller, &plan->want, problem)) {
        return false;
    }
    if (!writes) {
        return true;
    }
    if (syscall(SYS_rt_sigprocmask, SIG_BLOCK, mask, old, sizeof old) != 0) {
        return PROBLEM(problem, .what = "sigprocmask", .error = errno);
    }
    return (plan->account.name == NULL || account_write(&plan->account, problem)) &&
           ownership_give(&plan->own, &run->room, problem) &&
           (syscall(SYS_rt_sigprocmask, SIG_SETMASK, old, NULL, sizeof old) == 0 ||
            PROBLEM(problem, .what = "sigprocmask", .error = errno));
}

/*@ ghost
  /@ requires \valid(run) && at <= 2 * GROUPS_MAX;
     assigns \nothing;
     ensures \valid(run->groups + (at .. at + GROUPS_MAX - 1));
     ensures \separated(&run->now, run->groups + (at .. at + GROUPS_MAX - 1));
     ensures \separated(&run->caller, run->groups + (at .. at + GROUPS_MAX - 1));
     ensures \separated(&run->plan.want, run->groups + (at .. at + GROUPS_MAX - 1)); @/
  void room_of_groups(struct run *run, size_t at) {} */

/* The order of events. True with nothing left to do, or false with *problem: there is no other way on but execve. */
/*@ requires \valid_read(argv + (0 .. argc)) && \valid(run) && \valid(problem) && \separated(run, problem);
    ensures \valid_read(argv + (0 .. argc)); */
static bool step_down(int argc, char *const argv[], struct run *run, struct problem *problem)
{
    const struct options *options = &run->options;
    struct plan *plan = &run->plan;

    run->caller.groups.ids = run->groups;
    if (!privileges_read(&run->caller, problem) || !privileges_check_install(&run->caller, problem) ||
        !options_parse(argc, argv, &run->options, problem)) {
        return false;
    }
    if (options->help || options->version) {
        return print(options->help ? options_usage(options) : "stepdown " STEPDOWN_VERSION "\n", problem);
    }
    plan->identity.text = run->text;
    plan->identity.files = run->files;
    plan->identity.groups.ids = run->groups + run->caller.groups.count;
    //@ ghost size_t callers = run->caller.groups.count;
    if (!plan_make(options, &run->caller, plan, problem)) {
        return false;
    }
    run->now.groups.ids = plan->identity.groups.ids + plan->identity.groups.count;
    //@ assert kept: run->caller.groups.count == callers && run->caller.groups.ids == run->groups;
    /*@ assert given: plan->want.groups.ids == run->groups + callers ||
            (plan->want.groups.ids == run->groups && plan->want.groups.count == callers); */
    //@ ghost size_t from = plan->want.groups.ids == run->groups ? 0 : callers;
    //@ ghost size_t at = from + plan->want.groups.count;
    //@ ghost room_of_groups(run, at);
    //@ assert first: plan->want.groups.ids == run->groups + from;
    //@ assert bounds: callers <= GROUPS_MAX && plan->want.groups.count <= GROUPS_MAX && from <= callers;
    //@ assert sum: at == from + plan->want.groups.count;
    //@ assert behind: callers <= at;
    //@ assert next: run->now.groups.ids == run->groups + at;
    //@ assert readable: CAN_READ(&run->now);
    //@ assert ready: READY(run, from, at);
    bool able = prepare(run, problem);
    if (options->dry_run) {
        struct problem unheard;
        /* What this caller may not look at, root may. */
        able = able || (problem->why == NULL && problem->error == EACCES && run->caller.real_uid != 0);
        char *done = (char *)run->now.groups.ids;
        if (!able) {
            (void)dry_run(options, &run->caller, plan, done, &unheard);
            return false;
        }
        return dry_run(options, &run->caller, plan, done, problem);
    }
    if (!able) {
        return false;
    }
    //@ assert ready_still: READY(run, from, at) && TEXTS_ARE(plan);
    if (plan->give_stdio) {
        command_give_stdio(plan->identity.uid);
    }
    if (!privileges_drop(&run->caller, &plan->want, problem) ||
        !privileges_verify(&run->caller, &plan->want, &run->now, problem)) {
        return false;
    }
    if (plan->set_umask && !command_set_umask(plan->umask, problem)) {
        return false;
    }
    char *room = run->text + plan->identity.user.used;
    //@ assert room: 0 <= room - run->text <= TEXT_ROOM - COMMAND_ROOM;
    return set_environment(plan, &room, problem) && command_execute(options->command, room, problem);
}

/*@ requires \valid_read(argv + (0 .. argc)); */
int main(int argc, char *argv[])
{
    /* Over a megabyte, of which a plain step down touches three pages: the linker puts it last, so that the first is
     * one that the C library's variables have touched already. */
    static struct run run __attribute__((section(".bss.zz_run")));
    struct problem problem;

    if (step_down(argc, argv, &run, &problem)) {
        return 0;
    }
    if (run.options.empty_is_caller && (problem.hint == HINT_USAGE || problem.hint == HINT_OPTION_BEHIND)) {
        problem.hint = HINT_NONE; /* gosu and su-exec take no options, and have no --help to speak of */
    }
    if (run.options.reference != NULL && problem.status == STATUS_NOT_FOUND && problem.hint == HINT_NONE) {
        problem.hint = HINT_NO_USER;
    }
    problem_print(options_name(argc, argv), &problem);
    return problem.status != 0 ? problem.status : STATUS_REFUSED;
}
