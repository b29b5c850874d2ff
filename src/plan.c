#include "plan.h"

#include "command.h"
#include "reference.h"
#include "userns.h"

#include <errno.h>
#include <linux/capability.h>
#include <string.h>

static enum identity_groups groups_of(const struct options *options)
{
    return options->init_groups      ? IDENTITY_GROUPS_INIT
           : options->clear_groups   ? IDENTITY_GROUPS_CLEAR
           : options->groups != NULL ? IDENTITY_GROUPS_LIST
                                     : IDENTITY_GROUPS_DEFAULT;
}

static bool plan_user(const struct options *options, const struct credentials *caller, struct identity *identity,
                      struct problem *problem)
{
    struct identity_request request = {.spec = options->spec,
                                       .groups = groups_of(options),
                                       .list = options->groups,
                                       .shell = options->user_env,
                                       .keep_groups = options->keep_groups,
                                       .caller_gid = caller->real_gid,
                                       .caller_groups = caller->groups};

    if (options->reference != NULL &&
        !reference_spec(options->reference, options->allow_root, &request.spec, problem)) {
        return false;
    }
    if (options->empty_is_caller && !spec_part_given(&options->spec.user)) {
        request.spec.user = (struct spec_part){.numeric = true, .id = caller->real_uid};
    }
    if (!identity_resolve(&request, identity, problem)) {
        return false;
    }
    if (options->reference != NULL) {
        identity->gid_source = (struct identity_source){.where = "--reference"};
    }
    return true;
}

/* --if-root, and the caller is not: it stays who it is. */
static void plan_to_stay(const struct credentials *caller, struct identity *identity)
{
    identity->uid = caller->real_uid;
    identity->gid = caller->real_gid;
    identity->uid_source = identity->gid_source = (struct identity_source){.where = "the caller's"};
    identity->groups.count = caller->groups.count;
    memcpy(identity->groups.ids, caller->groups.ids, caller->groups.count * sizeof *identity->groups.ids);
}

/* What becomes of the capabilities, and whether the caller has what that takes. */
static bool plan_capabilities(const struct options *options, const struct credentials *caller, struct privileges *want,
                              struct problem *problem)
{
    uint64_t bounding = 0;
    uint64_t held = caller->capabilities.permitted;

    if (options->keep_caps == NULL && !options->harden) {
        return true;
    }
    if (!capabilities_read_bounding(&bounding)) {
        return PROBLEM(problem, .what = "PR_CAPBSET_READ", .error = errno);
    }
    /* A dry run needs no privilege: it tells what root would do here, whom the kernel gives the bounding set. */
    if (options->dry_run && caller->real_uid != 0) {
        held = bounding;
    }
    if (options->keep_caps != NULL && !capabilities_parse(options->keep_caps, held & bounding, &want->keep, problem)) {
        return false;
    }
    want->exact = true;
    want->set_no_new_privs = want->set_no_new_privs || options->harden;
    /* The exec of a program by root fills its sets from the bounding set, capabilities(7). */
    want->shrink_bounding = options->harden || want->uid == 0;
    return !want->shrink_bounding || bounding == want->keep || (held & CAPABILITY(CAP_SETPCAP)) != 0 ||
           PROBLEM(problem, .what = "bounding set", .why = "cannot be shrunk by this caller", .hint = HINT_CAP_SETPCAP);
}

static void plan_environment(const struct options *options, bool stays, struct plan *plan)
{
    struct identity *identity = &plan->identity;

    plan->home = stays ? NULL : identity->home;
    if (options->home != NULL) {
        plan->home = options->home;
        identity->home_source = (struct identity_source){.where = "--home"};
    }
    plan->login = options->user_env && !stays ? identity->login : NULL;
    plan->shell = options->user_env && !stays ? identity->shell : NULL;
}

bool plan_make(const struct options *options, const struct credentials *caller, struct plan *plan,
               struct problem *problem)
{
    struct identity *identity = &plan->identity;
    struct privileges *want = &plan->want;
    bool stays = options->if_root && caller->real_uid != 0;

    if (options->home != NULL && strlen(options->home) >= COMMAND_TEXT_MAX) {
        return PROBLEM(problem, .what = "--home", .subject = options->home, .error = ENAMETOOLONG);
    }
    if (stays) {
        plan_to_stay(caller, identity);
    } else if (!plan_user(options, caller, identity, problem)) {
        return false;
    }
    plan_environment(options, stays, plan);
    *want = (struct privileges){.uid = identity->uid,
                                .gid = identity->gid,
                                .groups = identity->groups,
                                .set_no_new_privs = options->no_new_privs};
    want->change_ids = !stays && !privileges_are_already(caller, want);
    plan->give_stdio = options->chown_stdio && want->change_ids;
    if (options->keep_groups && want->change_ids && userns_hides_group(&caller->groups)) {
        return PROBLEM(problem, .what = "--keep-groups",
                       .why = "a group of the caller's is not mapped into this user namespace",
                       .hint = HINT_UNMAPPED_ID);
    }
    return stays || plan_capabilities(options, caller, want, problem);
}
