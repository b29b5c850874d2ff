#include "capabilities.h"
#include "command.h"
#include "identity.h"
#include "options.h"
#include "plan.h"
#include "privileges.h"
#include "problem.h"
#include "reference.h"
#include "report.h"

#include <errno.h>
#include <linux/capability.h>
#include <string.h>
#include <unistd.h>

#define CANNOT_STEP_DOWN 125
#define GROUPS_ROOM      ((size_t)2 * IDENTITY_GROUPS_MAX + IDENTITY_GROUPS_ROOM)
#define TEXT_ROOM        (IDENTITY_TEXT_ROOM + 4 * COMMAND_VARIABLE_ROOM + COMMAND_PATH_ROOM)

/* What a run is about, from the command line to execve. */
struct run {
    struct options options;
    struct credentials caller;
    struct identity identity;
    struct privileges want;
    struct credentials now;
    char text[TEXT_ROOM]; /* of the account files, then the user's part of that, the environment and the path */
    struct accounts file;
    gid_t groups[GROUPS_ROOM]; /* the caller's, the new ones, those read back */
};

static int print_and_exit(const char *text, struct problem *problem)
{
    struct report out;

    report_start(&out, STDOUT_FILENO);
    report_text(&out, text);
    if (report_end(&out)) {
        return 0;
    }
    *problem = (struct problem){.what = "standard output", .why = "cannot be written"};
    return CANNOT_STEP_DOWN;
}

/* --if-root, and the caller is not: it stays who it is, and so does its environment. */
static void resolve_caller(struct run *run)
{
    struct identity *identity = &run->identity;

    identity->uid = run->caller.real_uid;
    identity->gid = run->caller.real_gid;
    identity->uid_source = identity->gid_source = (struct identity_source){.where = "the caller's"};
    identity->group_count = run->caller.group_count;
    memcpy(identity->groups, run->caller.groups, run->caller.group_count * sizeof *identity->groups);
}

static bool resolve_user(struct run *run, struct problem *problem)
{
    struct options *options = &run->options;

    if (options->reference != NULL &&
        !reference_spec(options->reference, options->allow_root, &options->spec, problem)) {
        return false;
    }
    if (options->empty_is_caller && !spec_part_given(&options->spec.user)) {
        options->spec.user = (struct spec_part){.numeric = true, .id = run->caller.real_uid};
    }
    struct identity_request request = {.spec = options->spec,
                                       .groups = options->init_groups      ? IDENTITY_GROUPS_INIT
                                                 : options->clear_groups   ? IDENTITY_GROUPS_CLEAR
                                                 : options->groups != NULL ? IDENTITY_GROUPS_LIST
                                                                           : IDENTITY_GROUPS_DEFAULT,
                                       .list = options->groups,
                                       .shell = options->user_env,
                                       .keep_groups = options->keep_groups,
                                       .caller_gid = run->caller.real_gid,
                                       .caller_groups = run->caller.groups,
                                       .caller_group_count = run->caller.group_count};
    if (!identity_resolve(&request, &run->identity, problem)) {
        return false;
    }
    if (options->reference != NULL) {
        run->identity.gid_source = (struct identity_source){.where = "--reference"};
    }
    return true;
}

/* What becomes of the capabilities, and whether the caller has what that takes. */
static bool resolve_capabilities(struct run *run, struct problem *problem)
{
    const struct options *options = &run->options;
    const struct capabilities *caller = &run->caller.capabilities;
    struct privileges *want = &run->want;
    uint64_t bounding = 0;
    uint64_t held = caller->permitted;

    if (options->keep_caps == NULL && !options->harden) {
        return true;
    }
    if (!capabilities_read_bounding(&bounding)) {
        *problem = (struct problem){.what = "PR_CAPBSET_READ", .error = errno};
        return false;
    }
    /* A dry run needs no privilege: it tells what root would do here, whom the kernel gives the bounding set. */
    if (options->dry_run && run->caller.real_uid != 0) {
        held = bounding;
    }
    if (options->keep_caps != NULL && !capabilities_parse(options->keep_caps, held & bounding, &want->keep, problem)) {
        return false;
    }
    want->exact = options->keep_caps != NULL || options->harden;
    want->set_no_new_privs = want->set_no_new_privs || options->harden;
    /* The exec of a program by root fills its sets from the bounding set, capabilities(7). */
    want->shrink_bounding = options->harden || want->uid == 0;
    if (want->shrink_bounding && bounding != want->keep && (held & CAPABILITY(CAP_SETPCAP)) == 0) {
        *problem = (struct problem){
            .what = "bounding set", .why = "cannot be shrunk by this caller", .hint = HINT_CAP_SETPCAP};
        return false;
    }
    return true;
}

/* Everything that can be known before anything changes. */
static bool resolve(struct run *run, struct problem *problem)
{
    const struct options *options = &run->options;
    bool stays = options->if_root && run->caller.real_uid != 0;

    run->identity.groups = run->groups + run->caller.group_count;
    run->identity.text = run->text;
    run->identity.file = &run->file;
    if (options->home != NULL && strlen(options->home) >= COMMAND_TEXT_MAX) {
        *problem = (struct problem){.what = "--home", .subject = options->home, .error = ENAMETOOLONG};
        return false;
    }
    if (stays) {
        resolve_caller(run);
    } else if (!resolve_user(run, problem)) {
        return false;
    }
    if (options->home != NULL) {
        run->identity.home = options->home;
        run->identity.home_source = (struct identity_source){.where = "--home"};
    }
    run->want = (struct privileges){.uid = run->identity.uid,
                                    .gid = run->identity.gid,
                                    .groups = run->identity.groups,
                                    .group_count = run->identity.group_count,
                                    .set_no_new_privs = options->no_new_privs};
    run->want.change_ids = !stays && !privileges_are_already(&run->caller, &run->want);
    if (options->keep_groups && run->want.change_ids &&
        reference_hides_group(run->caller.groups, run->caller.group_count)) {
        *problem = (struct problem){.what = "--keep-groups",
                                    .why = "a group of the caller's is not mapped into this user namespace",
                                    .hint = HINT_UNMAPPED_ID};
        return false;
    }
    return stays || resolve_capabilities(run, problem);
}

static bool set_variable(const char *name, const char *value, char **room, struct problem *problem)
{
    if (command_set_variable(name, value, room)) {
        return true;
    }
    *problem = (struct problem){.what = "environment", .subject = name, .error = errno};
    return false;
}

static bool set_environment(struct run *run, char **room, struct problem *problem)
{
    const struct identity *identity = &run->identity;

    if (identity->home != NULL && !set_variable("HOME=", identity->home, room, problem)) {
        return false;
    }
    if (!run->options.user_env || identity->login == NULL) {
        return true;
    }
    return set_variable("USER=", identity->login, room, problem) &&
           set_variable("LOGNAME=", identity->login, room, problem) &&
           set_variable("SHELL=", identity->shell, room, problem);
}

/* The order of events. The status to exit with, 0 with nothing to report or another with *problem. */
static int step_down(int argc, char *const argv[], struct run *run, struct problem *problem)
{
    struct options *options = &run->options;

    run->caller.groups = run->groups;
    if (!privileges_read(&run->caller, problem) || !privileges_check_install(&run->caller, problem) ||
        !options_parse(argc, argv, options, problem)) {
        return CANNOT_STEP_DOWN;
    }
    if (options->help || options->version) {
        return print_and_exit(options->help ? options_usage(options) : "stepdown " STEPDOWN_VERSION "\n", problem);
    }
    if (!resolve(run, problem)) {
        return CANNOT_STEP_DOWN;
    }
    if (options->dry_run) {
        return plan_print(options, &run->identity, &run->want, problem);
    }
    run->now.groups = run->identity.groups + run->identity.group_count;
    if (options->chown_stdio && run->want.change_ids) {
        command_give_stdio(run->identity.uid);
    }
    if (!privileges_drop(&run->caller, &run->want, problem) ||
        !privileges_verify(&run->caller, &run->want, &run->now, problem)) {
        return CANNOT_STEP_DOWN;
    }
    char *room = run->text + run->identity.user.used;
    return set_environment(run, &room, problem) ? command_execute(options->command, room, problem) : CANNOT_STEP_DOWN;
}

int main(int argc, char *argv[])
{
    /* Over a megabyte, of which a plain step down touches three pages: the linker puts it last, so that the first is
     * one that the C library's variables have touched already. */
    static struct run run __attribute__((section(".bss.zz_run")));
    struct problem problem = {.what = "nothing"};
    int status = step_down(argc, argv, &run, &problem);

    if (status != 0) {
        report_problem(options_name(argc, argv), &problem);
    }
    return status;
}
