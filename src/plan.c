#include "plan.h"

#include "command.h"
#include "reference.h"
#include "userns.h"

#include <errno.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <string.h>

#define UMASK_MAX 0777U

static enum identity_groups groups_of(const struct options *options)
{
    return options->init_groups      ? IDENTITY_GROUPS_INIT
           : options->clear_groups   ? IDENTITY_GROUPS_CLEAR
           : options->groups != NULL ? IDENTITY_GROUPS_LIST
                                     : IDENTITY_GROUPS_DEFAULT;
}

/* Who it is to be; a caller that stays has the values of the options looked at, and is who it is. */
static bool plan_user(const struct options *options, const struct credentials *caller, bool stays, struct plan *plan,
                      struct problem *problem)
{
    struct identity *identity = &plan->identity;
    struct identity_request request = {.spec = options->spec,
                                       .groups = groups_of(options),
                                       .list = options->groups,
                                       .add = options->group_add,
                                       .allow_root = options->allow_root,
                                       .shell = options->user_env,
                                       .keep_groups = options->keep_groups,
                                       .account = plan->account.name,
                                       .account_home = plan->account_home,
                                       .caller_gid = caller->real_gid,
                                       .caller_groups = caller->groups};

    if (options->reference != NULL &&
        !reference_spec(options->reference, options->allow_root || stays, &request.spec, problem)) {
        return false;
    }
    if (stays) {
        return identity_check_groups(&request, identity, problem);
    }
    if (options->empty_is_caller) {
        request.spec.colon = false; /* nothing behind it is the caller's group there */
        if (!spec_part_given(&options->spec.user)) {
            request.spec.user = (struct spec_part){.numeric = true, .id = caller->real_uid};
        }
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
    identity->uid_source = identity->gid_source = (struct identity_source){.where = identity_callers};
}

/* The capabilities that are kept, of those that are to be had. */
static bool plan_kept(const struct options *options, uint64_t available, struct privileges *want,
                      struct problem *problem)
{
    /* Root's come by the bounding set, but under noroot; else what outlives execve is what is ambient. */
    int bits = capabilities_securebits();
    bits = bits < 0 ? 0 : bits; /* the drop will tell */
    int locks = SECBIT_NO_CAP_AMBIENT_RAISE | (want->change_ids && want->uid != 0 ? SECBIT_KEEP_CAPS_LOCKED : 0);
    bool ambient = capabilities_have_ambient() && (bits & locks) == 0;
    bool other = want->uid == 0 && (bits & SECBIT_NOROOT) == 0;

    if (!capabilities_parse(options->keep_caps, ambient || other ? available : 0, &want->keep, problem)) {
        if (!ambient && !other && problem->hint == HINT_CAP_MISSING) {
            problem->hint = HINT_NO_AMBIENT;
        }
        return false;
    }
    want->ambient = ambient ? want->keep : 0;
    return true;
}

/* What becomes of the capabilities, and whether the caller has what that takes. */
static bool plan_capabilities(const struct options *options, const struct credentials *caller, bool stays,
                              struct privileges *want, struct problem *problem)
{
    uint64_t bounding = 0;
    uint64_t held = caller->capabilities.permitted;

    want->set_no_new_privs = options->no_new_privs || options->harden;
    if (stays) { /* it has what it has: only the names are looked at */
        return options->keep_caps == NULL || capabilities_parse(options->keep_caps, UINT64_MAX, &bounding, problem);
    }
    if (options->keep_caps == NULL && !options->harden) {
        return true;
    }
    if (!capabilities_read_bounding(&bounding, problem)) {
        return false;
    }
    /* A dry run needs no privilege: it tells what root would do here, whom the kernel gives the bounding set. */
    if (options->dry_run && caller->real_uid != 0 && want->change_ids) {
        held = bounding;
    }
    if (options->keep_caps != NULL && !plan_kept(options, held & bounding, want, problem)) {
        return false;
    }
    want->exact = true;
    /* The exec of a program by root fills its sets from the bounding set, capabilities(7). */
    want->shrink_bounding = options->harden || want->uid == 0;
    return !want->shrink_bounding || bounding == want->keep || (held & CAPABILITY(CAP_SETPCAP)) != 0 ||
           PROBLEM(problem, .what = "bounding set", .why = "cannot be shrunk by this caller", .hint = HINT_CAP_SETPCAP);
}

/* What the other options say, as numbers; and whether that can be. */
static bool plan_values(const struct options *options, struct plan *plan, struct problem *problem)
{
    uint32_t mode = 0;

    if (options->home != NULL && strlen(options->home) >= COMMAND_TEXT_MAX) {
        return PROBLEM(problem, .what = "--home", .subject = options->home, .error = ENAMETOOLONG);
    }
    if (!ownership_check(options->chown, problem)) {
        return false;
    }
    for (const char *digit = options->umask; digit != NULL && *digit != '\0'; digit++) {
        mode = *digit >= '0' && *digit <= '7' && mode <= UMASK_MAX / 8 ? mode * 8 + (uint32_t)(*digit - '0')
                                                                       : UMASK_MAX + 1;
    }
    plan->umask = (mode_t)mode;
    plan->set_umask = options->umask != NULL;
    return mode <= UMASK_MAX || PROBLEM(problem, .what = "--umask", .subject = options->umask,
                                        .why = "a mode is an octal number from 0 to 777", .hint = HINT_USAGE);
}

/* The name of --account, and the home that goes with it. */
static bool plan_name(const struct options *options, struct plan *plan, struct problem *problem)
{
    const char *name = options->account;

    plan->account.name = NULL;
    if (name == NULL) {
        return true;
    }
    size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz_-0123456789");
    plan->account.optional = name[length] == '?';
    /* '-' and the digits come before the letters. */
    if (*name <= '9' || length - 1 >= PLAN_ACCOUNT_MAX || name[length + plan->account.optional] != '\0') {
        return PROBLEM(problem, .what = "--account", .subject = name,
                       .why = "a name is [a-z_][a-z0-9_-]*, of at most 32 bytes", .hint = HINT_USAGE);
    }
    plan->account.name = memcpy(stpcpy(plan->account_home, PLAN_HOMES), name, length);
    plan->account_home[strlen(PLAN_HOMES) + length] = '\0';
    return true;
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

/* What is prepared, if the caller prepares anything. Of a caller that stays it is its own line alone. */
static bool plan_preparation(const struct options *options, const struct credentials *caller, bool stays,
                             struct plan *plan, struct problem *problem)
{
    const struct identity *identity = &plan->identity;
    struct account_lines *account = &plan->account;
    const uint64_t held = caller->capabilities.effective;
    /* A step down by root, or by another caller who can make one. A dry run tells what root would do. */
    bool prepares =
        caller->real_uid == 0 || (plan->want.change_ids && (options->dry_run || (held & CAPABILITY(CAP_SETUID)) != 0));

    plan->own.list = prepares ? options->chown : NULL;
    plan->own.once = options->chown_once;
    plan->own.look = account->look = options->dry_run;
    plan->own.later = options->dry_run && account->name != NULL;
    plan->own.uid = identity->uid;
    plan->own.gid = identity->gid;
    plan->own.capabilities = held;
    if (account->name == NULL) {
        return true;
    }
    account->uid = identity->uid;
    account->gid = identity->gid;
    account->home = plan->home != NULL ? plan->home : plan->account_home;
    account->own = stays;
    account->capabilities = held;
    account->reader = identity->files;
    account->room = identity->text + identity->user.used;
    bool good = account_lines_decide(account, problem);
    if (!stays && !prepares) {
        account->name = NULL;
    }
    return good;
}

/* What the container lacks is no help to a caller that is not root: nothing gives it capabilities. */
static bool blame(const struct credentials *caller, struct problem *problem)
{
    if (caller->real_uid != 0 && (problem->hint == HINT_CAP_SETPCAP || problem->hint == HINT_CAP_MISSING)) {
        problem->hint = HINT_NOT_ROOT;
        problem->numbers[0] = (struct problem_numbers){&caller->real_uid, 1};
    }
    return false;
}

/* Whether the command is to have a group of the caller's that only reads as the overflow ID, and could get that one. */
static bool takes_hidden_group(const struct options *options, const struct credentials *caller,
                               const struct identity *identity)
{
    gid_t gid = caller->real_gid;

    return (options->keep_groups && userns_hides_group(&caller->groups)) ||
           (identity->gid_source.where == identity_callers && userns_hides_group(&(struct groups){&gid, 1}));
}

bool plan_make(const struct options *options, const struct credentials *caller, struct plan *plan,
               struct problem *problem)
{
    struct identity *identity = &plan->identity;
    struct privileges *want = &plan->want;
    bool stays = options->if_root && caller->real_uid != 0;

    if (!plan_values(options, plan, problem) || !plan_name(options, plan, problem) ||
        !plan_user(options, caller, stays, plan, problem)) {
        return false;
    }
    if (stays) {
        plan_to_stay(caller, identity);
    }
    plan_environment(options, stays, plan);
    *want = (struct privileges){.uid = identity->uid, .gid = identity->gid, .groups = identity->groups, .stays = stays};
    /* A group that only reads as one of the wanted may be another: the groups are set then, or refused. */
    want->change_ids = !stays && (!privileges_are_already(caller, want) || userns_hides_group(&caller->groups));
    if (!want->change_ids) { /* its list may lack the primary group */
        want->groups = identity->groups = caller->groups;
    }
    plan->give_stdio = options->chown_stdio && want->change_ids;
    if (want->change_ids && takes_hidden_group(options, caller, identity)) {
        return PROBLEM(problem, .what = options->keep_groups ? "--keep-groups" : "group",
                       .why = "a group of the caller's reads as one that is not mapped", .hint = HINT_UNMAPPED_OWNER);
    }
    return (plan_capabilities(options, caller, stays, want, problem) ||
            (!options->dry_run && blame(caller, problem))) &&
           plan_preparation(options, caller, stays, plan, problem);
}
