#include "files.h"
#include "kernel.h"
#include "privileges.h"
#include "unit.h"

#include <errno.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <stdio.h>
#include <string.h>

#define ALL  KERNEL_CAPABILITIES
#define KEPT (CAPABILITY(CAP_NET_BIND_SERVICE) | CAPABILITY(CAP_SYS_RESOURCE))
#define IDS  (CAPABILITY(CAP_SETUID) | CAPABILITY(CAP_SETGID))

static gid_t group_room[2][GROUPS_MAX];
static struct credentials caller, now;
static struct problem problem;

static gid_t caller_groups[] = {0, 1, 2, 27};
static gid_t app_groups[] = {27, 1000};

/* A caller, what it wants, and which calls that takes. */
struct scenario {
    const char *name;
    uid_t caller_uid; /* and gid */
    uint64_t permitted, inheritable, ambient;
    bool no_setuid_fixup;
    struct privileges want;
    const char *calls;    /* those that change something, */
    const char *way_back; /* and the attempts to go back */
};

#define APP  .uid = 1000, .gid = 1000, .groups = {app_groups, COUNT(app_groups)}, .change_ids = true
#define SAME .groups = {caller_groups, COUNT(caller_groups)}
#define BACK "setresuid(-1,0,-1) setresgid(-1,0,-1) setgroups(4,0) "
#define STEP "setgroups(2,27) setresgid(1000,1000,1000) setresuid(1000,1000,1000) "

static const struct scenario scenarios[] = {
    {"root to a user", 0, ALL, 0, 0, false, {APP}, STEP, BACK},
    {"root that holds everything in every set, without the fixup",
     0,
     ALL,
     ALL,
     ALL,
     true,
     {APP},
     "AMBIENT_CLEAR_ALL " STEP "capset ",
     BACK},
    {"root to a user that keeps some",
     0,
     ALL,
     ALL,
     CAPABILITY(CAP_CHOWN),
     false,
     {APP, .exact = true, .keep = KEPT, .ambient = KEPT, .set_no_new_privs = true},
     "AMBIENT_CLEAR_ALL SET_KEEPCAPS " STEP
     "SET_NO_NEW_PRIVS capset AMBIENT_CLEAR_ALL AMBIENT_RAISE(10) AMBIENT_RAISE(24) ",
     BACK},
    {"root to a hardened user",
     0,
     ALL,
     ALL,
     0,
     false,
     {APP, .exact = true, .shrink_bounding = true, .set_no_new_privs = true},
     "drops " STEP "SET_NO_NEW_PRIVS capset ",
     BACK},
    {"root to a hardened user that keeps some",
     0,
     ALL,
     ALL,
     0,
     false,
     {APP, .exact = true, .keep = KEPT, .ambient = KEPT, .shrink_bounding = true, .set_no_new_privs = true},
     "drops SET_KEEPCAPS " STEP "SET_NO_NEW_PRIVS capset AMBIENT_CLEAR_ALL AMBIENT_RAISE(10) AMBIENT_RAISE(24) ",
     BACK},
    {"root to root",
     0,
     ALL,
     ALL,
     CAPABILITY(CAP_KILL),
     false,
     {.uid = 0, .gid = 0, .groups = {app_groups, 2}, .change_ids = true},
     "AMBIENT_CLEAR_ALL setgroups(2,27) setresgid(0,0,0) setresuid(0,0,0) capset ",
     ""},
    {"root to root that keeps some",
     0,
     ALL,
     ALL,
     0,
     false,
     {.uid = 0, .gid = 0, SAME, .exact = true, .keep = KEPT, .ambient = KEPT, .shrink_bounding = true},
     "drops setresgid(0,0,0) setresuid(0,0,0) capset "
     "AMBIENT_CLEAR_ALL AMBIENT_RAISE(10) AMBIENT_RAISE(24) ",
     ""},
    {"another user that holds both capabilities by ambient",
     500,
     IDS,
     IDS,
     IDS,
     false,
     {APP},
     "AMBIENT_CLEAR_ALL " STEP "capset ",
     "setresuid(-1,0,-1) setresuid(-1,500,-1) setresgid(-1,0,-1) setresgid(-1,500,-1) setgroups(4,0) "},
    {"the user already, with ambient capabilities",
     1000,
     KEPT,
     KEPT,
     KEPT,
     false,
     {.uid = 1000, .gid = 1000, SAME, .set_no_new_privs = true},
     "AMBIENT_CLEAR_ALL setresgid(1000,1000,1000) setresuid(1000,1000,1000) SET_NO_NEW_PRIVS capset ",
     "setresuid(-1,0,-1) setresgid(-1,0,-1) setgroups(4,0) "},
    {"a user that stays whoever it is",
     1000,
     KEPT,
     KEPT,
     KEPT,
     false,
     {.uid = 1000, .gid = 1000, SAME, .stays = true},
     "AMBIENT_CLEAR_ALL capset ",
     "setresuid(-1,0,-1) setresgid(-1,0,-1) setgroups(4,0) "},
    {"root to a user that keeps the means to go back",
     0,
     ALL,
     0,
     0,
     false,
     {APP, .exact = true, .keep = IDS, .ambient = IDS},
     "SET_KEEPCAPS " STEP "capset AMBIENT_CLEAR_ALL AMBIENT_RAISE(6) AMBIENT_RAISE(7) ",
     ""},
    {"root to a user that keeps CAP_SETUID",
     0,
     ALL,
     0,
     0,
     false,
     {APP, .exact = true, .keep = CAPABILITY(CAP_SETUID), .ambient = CAPABILITY(CAP_SETUID)},
     "SET_KEEPCAPS " STEP "capset AMBIENT_CLEAR_ALL AMBIENT_RAISE(7) ",
     "setresgid(-1,0,-1) setgroups(4,0) "},
    {"root to a user that keeps CAP_SETGID",
     0,
     ALL,
     0,
     0,
     false,
     {APP, .exact = true, .keep = CAPABILITY(CAP_SETGID), .ambient = CAPABILITY(CAP_SETGID)},
     "SET_KEEPCAPS " STEP "capset AMBIENT_CLEAR_ALL AMBIENT_RAISE(6) ",
     "setresuid(-1,0,-1) "},
};

static void boot(const struct scenario *scenario)
{
    uid_t id = scenario->caller_uid;

    fault_plan = (struct fault_plan){.fault = FAULT_NONE};
    files = (struct files){.count = 0};
    kernel = (struct kernel){.real_uid = id,
                             .effective_uid = id,
                             .saved_uid = id,
                             .real_gid = id,
                             .effective_gid = id,
                             .saved_gid = id,
                             .group_count = COUNT(caller_groups),
                             .permitted = scenario->permitted,
                             .effective = scenario->permitted,
                             .inheritable = scenario->inheritable,
                             .ambient = scenario->ambient,
                             .bounding = ALL,
                             .no_setuid_fixup = scenario->no_setuid_fixup};
    memcpy(kernel.groups, caller_groups, sizeof caller_groups);
    problem = (struct problem){.what = "nothing"};
    caller.groups.ids = group_room[0];
    now.groups.ids = group_room[1];
    kernel_forget();
    assert_true(privileges_read(&caller, &problem));
    kernel_forget();
}

static bool is_target(const struct scenario *scenario)
{
    const struct privileges *want = &scenario->want;
    const struct groups *groups = &want->groups;
    bool ids = kernel.real_uid == want->uid && kernel.effective_uid == want->uid && kernel.saved_uid == want->uid &&
               kernel.real_gid == want->gid && kernel.effective_gid == want->gid && kernel.saved_gid == want->gid &&
               kernel.group_count == groups->count &&
               memcmp(kernel.groups, groups->ids, groups->count * sizeof *groups->ids) == 0;
    bool sets = want->uid == 0 && !want->exact
                    ? kernel.inheritable == 0 && kernel.ambient == 0 && (kernel.effective & ~kernel.permitted) == 0
                    : kernel.effective == want->keep && kernel.permitted == want->keep &&
                          kernel.inheritable == want->keep && kernel.ambient == want->ambient;

    return ids && sets && kernel.bounding == (want->shrink_bounding ? want->keep : ALL) &&
           (!want->set_no_new_privs || kernel.no_new_privs);
}

static bool drop(const struct scenario *scenario)
{
    return privileges_drop(&caller, &scenario->want, &problem);
}

static bool verify(const struct scenario *scenario)
{
    return privileges_verify(&caller, &scenario->want, &now, &problem);
}

static bool step_down(const struct scenario *scenario)
{
    return drop(scenario) && verify(scenario);
}

/* The calls from number `from` on that change something; drops of the bounding set, many in a row, as one word. */
static const char *changes(unsigned from)
{
    static char text[2048];
    size_t length = 0;
    const char *last = "";

    text[0] = '\0';
    for (unsigned i = from; i < kernel_calls; i++) {
        const struct kernel_call *call = &kernel_log[i];
        if (!call->changing || (strcmp(call->name, last) == 0 && strcmp(last, "PR_CAPBSET_DROP") == 0)) {
            continue;
        }
        last = call->name;
        size_t prefix = strncmp(last, "PR_CAP_", 7) == 0 ? 7 : strncmp(last, "PR_", 3) == 0 ? 3 : 0;
        bool drops = strcmp(last, "PR_CAPBSET_DROP") == 0;
        length += (size_t)snprintf(text + length, sizeof text - length, "%s", drops ? "drops" : last + prefix);
        for (unsigned j = 0; j < call->count && !drops; j++) {
            length +=
                (size_t)snprintf(text + length, sizeof text - length, "%c%d", j == 0 ? '(' : ',', call->arguments[j]);
        }
        length += (size_t)snprintf(text + length, sizeof text - length, call->count > 0 && !drops ? ") " : " ");
    }
    return text;
}

TEST(each_step_down_makes_its_calls_in_order_and_ends_where_it_should)
{
    for (size_t i = 0; i < COUNT(scenarios); i++) {
        boot(&scenarios[i]);
        assert_true(drop(&scenarios[i]));
        assert_string_equal(changes(0), scenarios[i].calls);
        assert_true(is_target(&scenarios[i]));
        unsigned dropped = kernel_calls;
        assert_true(verify(&scenarios[i]));
        assert_string_equal(changes(dropped), scenarios[i].way_back);
        assert_true(is_target(&scenarios[i]));
    }
}

TEST(minus_one_reaches_no_call)
{
    const struct scenario *scenario = &scenarios[0];

    for (int of = 0; of < 2; of++) {
        struct privileges want = scenario->want;
        *(of == 0 ? &want.uid : &want.gid) = UINT32_MAX;
        boot(scenario);
        assert_false(privileges_drop(&caller, &want, &problem));
        assert_string_equal(problem.why, "-1 stands for no change and is no ID");
        assert_int_equal(problem.hint, HINT_NONE);
        assert_int_equal(kernel_calls, 0);
    }
}

/* --- calls that fail, lie or do too much ---------------------------------------------------------------------------
 */

static void plan(enum fault fault, unsigned from, int error)
{
    fault_plan = (struct fault_plan){.fault = fault, .from = from, .count = 1, .error = error};
    kernel_forget();
}

/* What a sandbox answers to whom it lets make no sockets, or ask none. */
static bool is_sandbox(const char *call, int error)
{
    return (strcmp(call, "socketpair") == 0 || strcmp(call, "SO_PEERCRED") == 0) &&
           (error == EPERM || error == EACCES || error == ENOSYS || error == EAFNOSUPPORT || error == EPROTONOSUPPORT ||
            error == EOPNOTSUPP || error == ENOPROTOOPT);
}

TEST(a_call_that_fails_ends_the_drop_at_once)
{
    for (size_t i = 0; i < COUNT(scenarios); i++) {
        boot(&scenarios[i]);
        assert_true(drop(&scenarios[i]));
        unsigned calls = kernel_calls;
        for (unsigned call = 0; call < calls; call++) {
            for (int error = 1; error < 134; error++) {
                boot(&scenarios[i]);
                plan(FAULT_FAIL, call, error);
                bool dropped = drop(&scenarios[i]);
                const char *name = kernel_log[call].name;
                /* libcap-ng keeps it to itself where the bounding set does not shrink, or while it looks around. */
                bool silent = scenarios[i].want.shrink_bounding && strncmp(name, "PR_CAP_AMBIENT_C", 16) != 0 &&
                              (strncmp(name, "PR_CAP", 6) == 0 || strcmp(name, "capget") == 0) &&
                              strcmp(name, "PR_CAP_AMBIENT_RAISE") != 0;
                if (silent || (strcmp(name, "PR_CAP_AMBIENT_IS_SET") == 0 && error == EINVAL) ||
                    strcmp(name, "PR_GET_SECUREBITS") == 0 || is_sandbox(name, error)) {
                    assert_true(!is_sandbox(name, error) || dropped);
                    continue;
                }
                assert_false(dropped);
                /* At once, but for the question whether there is an ambient set that could be cleared. */
                bool asks = strcmp(name, "PR_CAP_AMBIENT_CLEAR_ALL") == 0 &&
                            strcmp(kernel_log[kernel_calls - 1].name, "PR_CAP_AMBIENT_IS_SET") == 0;
                assert_int_equal(kernel_calls, call + 1 + asks);
                assert_int_equal(problem.error, error);
                assert_true(strcmp(problem.what, name) == 0 || strcmp(problem.what, "capset") == 0 ||
                            strcmp(problem.what, "capget") == 0 || strcmp(problem.what, "PR_CAP_AMBIENT_RAISE") == 0);
                bool keeps = strcmp(name, "PR_SET_KEEPCAPS") == 0; /* which nothing but a lock or a filter refuses */
                assert_true(keeps ? problem.hint == HINT_FILTER
                                  : problem.hint == HINT_NONE || strncmp(name, "set", 3) == 0 ||
                                        (problem.hint == HINT_FILTER && error == EPERM));
            }
        }
    }
}

TEST(whatever_one_call_does_wrong_the_command_starts_as_it_should_or_not_at_all)
{
    static const int errors[] = {EPERM, EINVAL, ENOSYS, EAGAIN, EACCES, EIO, ENOMEM, EFAULT, EINTR, EHWPOISON};

    for (size_t i = 0; i < COUNT(scenarios); i++) {
        boot(&scenarios[i]);
        assert_true(drop(&scenarios[i]));
        unsigned dropped = kernel_calls;
        assert_true(verify(&scenarios[i]));
        unsigned calls = kernel_calls;
        for (unsigned call = 0; call < calls; call++) {
            for (size_t j = 0; j < COUNT(errors) + 2; j++) {
                boot(&scenarios[i]);
                enum fault fault = j < COUNT(errors) ? FAULT_FAIL : j == COUNT(errors) ? FAULT_LIE : FAULT_OBEY;
                int error = j < COUNT(errors) ? errors[j] : 0;
                plan(fault, call, error);
                bool good = step_down(&scenarios[i]);
                if (good) {
                    assert_true(is_target(&scenarios[i]));
                } else {
                    assert_string_not_equal(problem.what, "nothing");
                    assert_true(problem.hint == HINT_NONE || strncmp(problem.what, "set", 3) == 0 ||
                                (problem.hint == HINT_FILTER &&
                                 (problem.error == EPERM || strcmp(problem.what, "PR_SET_KEEPCAPS") == 0)));
                }
                if (call < dropped || fault == FAULT_OBEY) {
                    continue;
                }
                /* Verification takes no for an answer to an attempt to go back, and nothing else. */
                const struct kernel_call *wrong = &kernel_log[call];
                if (wrong->changing) {
                    assert_int_equal(good, fault == FAULT_FAIL); /* a filter may choose the errno */
                } else if (fault == FAULT_FAIL && is_sandbox(wrong->name, error)) {
                    assert_true(good);
                } else if (fault == FAULT_FAIL ? error != EINVAL || wrong->name[0] == 'S'
                                               : strncmp(wrong->name, "PR_CAP", 6) != 0) {
                    assert_false(good);
                }
            }
        }
    }
}

TEST(a_bounding_set_that_cannot_be_had_ends_the_drop)
{
    struct scenario scenario = scenarios[4];

    scenario.want.keep = CAPABILITY(KERNEL_LAST_CAPABILITY + 1);
    boot(&scenario);
    assert_false(drop(&scenario));
    assert_string_equal(problem.what, "capabilities");
    assert_int_equal(problem.error, EINVAL);
    assert_int_equal(problem.hint, HINT_NONE);
    assert_int_equal(kernel.real_uid, 0);
    assert_int_equal(kernel.bounding, ALL);
}

TEST(a_way_back_that_works_is_caught)
{
    for (size_t i = 0; i < COUNT(scenarios); i++) {
        boot(&scenarios[i]);
        assert_true(drop(&scenarios[i]));
        unsigned dropped = kernel_calls;
        assert_true(verify(&scenarios[i]));
        unsigned calls = kernel_calls;
        for (unsigned call = dropped; call < calls; call++) {
            if (kernel_log[call].changing) {
                boot(&scenarios[i]);
                plan(FAULT_OBEY, call, EPERM); /* what is left in errno is not the answer */
                assert_false(step_down(&scenarios[i]));
                assert_string_equal(problem.what, "verification");
                assert_int_equal(problem.hint, HINT_NONE);
                assert_string_equal(problem.why, strcmp(kernel_log[call].name, "setresuid") == 0
                                                     ? "the way back to the old user ID is open"
                                                 : strcmp(kernel_log[call].name, "setresgid") == 0
                                                     ? "the way back to the old group ID is open"
                                                     : "the way back to the old groups is open");
                assert_int_equal(kernel_calls, call + 1);
            }
        }
    }
}

TEST(an_interface_that_always_claims_success_and_does_nothing_is_caught)
{
    static const char *const liars[] = {"setgroups",
                                        "setresgid",
                                        "setresuid",
                                        "capset",
                                        "capget",
                                        "getresuid",
                                        "getresgid",
                                        "getgroups",
                                        "PR_SET_KEEPCAPS",
                                        "PR_SET_NO_NEW_PRIVS",
                                        "PR_GET_NO_NEW_PRIVS",
                                        "PR_CAPBSET_DROP",
                                        "PR_CAPBSET_READ",
                                        "PR_CAP_AMBIENT_CLEAR_ALL",
                                        "PR_CAP_AMBIENT_RAISE",
                                        "PR_CAP_AMBIENT_IS_SET"};

    for (size_t i = 0; i < COUNT(scenarios); i++) {
        for (size_t j = 0; j < COUNT(liars); j++) {
            boot(&scenarios[i]);
            fault_plan = (struct fault_plan){.fault = FAULT_LIE, .call = liars[j], .count = ~0U};
            bool good = step_down(&scenarios[i]);
            if (good) {
                assert_true(is_target(&scenarios[i]));
            }
            /* Root drops every kind of right to become a user that keeps nothing: there each lie matters. */
            if (i == 3 && strncmp(liars[j], "PR_CAP_AMBIENT", 14) != 0 && strcmp(liars[j], "PR_SET_KEEPCAPS") != 0) {
                assert_false(good);
            }
        }
    }
}

/* Changes one thing behind the program's back; false if there is no such number. */
static bool differ(int number)
{
    switch (number) {
    case 0:
        kernel.real_uid++;
        return true;
    case 1:
        kernel.effective_uid++;
        return true;
    case 2:
        kernel.saved_uid++;
        return true;
    case 3:
        kernel.real_gid++;
        return true;
    case 4:
        kernel.effective_gid++;
        return true;
    case 5:
        kernel.saved_gid++;
        return true;
    case 6:
        kernel.group_count--;
        return true;
    case 7:
        kernel.groups[kernel.group_count++] = 4242;
        return true;
    case 8:
        kernel.groups[kernel.group_count - 1]++;
        return true;
    case 9:
        kernel.group_count = 0;
        return true;
    case 10:
        kernel.inheritable ^= CAPABILITY(KERNEL_LAST_CAPABILITY);
        return true;
    case 11:
        kernel.ambient = 0; /* more of it than of the inheritable ones there never is */
        return true;
    case 12:
        kernel.permitted ^= CAPABILITY(CAP_MKNOD);
        return true;
    case 13:
        kernel.effective ^= CAPABILITY(0);
        return true;
    case 14:
        kernel.bounding ^= CAPABILITY(KERNEL_LAST_CAPABILITY);
        return true;
    case 15:
        kernel.no_new_privs = false;
        return true;
    default:
        return false;
    }
}

TEST(verification_sees_every_difference)
{
    for (size_t i = 0; i < COUNT(scenarios); i++) {
        for (int number = 0;; number++) {
            boot(&scenarios[i]);
            assert_true(drop(&scenarios[i]));
            if (!differ(number)) {
                break;
            }
            if (number == 14 && !scenarios[i].want.shrink_bounding) {
                continue;
            }
            problem.why = NULL;
            bool good = is_target(&scenarios[i]);
            assert_int_equal(verify(&scenarios[i]), good);
            if (!good) {
                assert_string_equal(problem.what, "verification");
                assert_int_equal(problem.hint, HINT_NONE);
                assert_string_equal(problem.why, number < 6     ? "the user and group IDs are not what was asked for"
                                                 : number < 10  ? "the groups are not what was asked for"
                                                 : number < 14  ? "the capabilities are not what was asked for"
                                                 : number == 14 ? "the bounding set is not what was asked for"
                                                                : "no_new_privs is not set");
            }
        }
    }
}

TEST(verification_compares_a_list_of_one)
{
    struct scenario scenario = scenarios[0];

    scenario.want.groups.count = 1;
    boot(&scenario);
    assert_true(drop(&scenario));
    assert_true(verify(&scenario));
    kernel.groups[0]++;
    assert_false(verify(&scenario));
}

TEST(root_gains_nothing_that_it_did_not_have)
{
    const struct scenario *scenario = &scenarios[5];

    boot(scenario);
    kernel.permitted = kernel.effective = IDS;
    assert_true(privileges_read(&caller, &problem));
    assert_true(step_down(scenario));
    assert_int_equal(kernel.permitted, IDS);
    assert_int_equal(kernel.effective, IDS);
    kernel.permitted = IDS | CAPABILITY(CAP_SYS_ADMIN);
    assert_false(verify(scenario));
}

/* --- hints ---------------------------------------------------------------------------------------------------------
 */

#define INITIAL "         0          0 4294967295\n"
#define BELOW   "         0     100000         27\n"
#define SOME    "         0     100000       1000\n"

static struct file proc[3];

/* /proc of a user namespace; without a map there is none. */
static void give_proc(const char *map, const char *setgroups)
{
    proc[0] = (struct file){.path = "/proc/self/uid_map", .text = map};
    proc[1] = (struct file){.path = "/proc/self/gid_map", .text = map};
    proc[2] = (struct file){.path = "/proc/self/setgroups", .text = setgroups};
    for (size_t i = 0; i < COUNT(proc) && map != NULL; i++) {
        proc[i].length = strlen(proc[i].text);
    }
    files = (struct files){.list = proc, .count = map != NULL ? COUNT(proc) : 0};
}

TEST(a_refused_call_gets_the_hint_that_fits_its_reason)
{
    static const struct {
        uid_t caller;
        uint64_t permitted;
        bool denies_setgroups;
        uint32_t unmapped;
        const char *map, *setgroups;
        const char *what;
        int error;
        enum hint hint;
    } refusals[] = {{0, 0, false, 0, INITIAL, "allow", "setgroups", EPERM, HINT_CAP_SETGID},
                    {0, CAPABILITY(CAP_SETUID), false, 0, INITIAL, "allow", "setgroups", EPERM, HINT_CAP_SETGID},
                    {0, CAPABILITY(CAP_SETUID), true, 0, SOME, "deny", "setgroups", EPERM, HINT_CAP_SETGID},
                    {0, CAPABILITY(CAP_SETGID), false, 0, INITIAL, "allow", "setresuid", EPERM, HINT_CAP_SETUID},
                    {0, ALL, true, 0, SOME, "deny", "setgroups", EPERM, HINT_SETGROUPS_DENIED},
                    {0, ALL, true, 0, NULL, NULL, "setgroups", EPERM, HINT_NONE}, /* that is not known */
                    {0, ALL, true, 0, INITIAL, "allow", "setgroups", EPERM, HINT_FILTER},
                    {0, ALL, false, 27, BELOW, "allow", "setgroups", EINVAL, HINT_UNMAPPED_ID},
                    {0, ALL, false, 1000, SOME, "allow", "setgroups", EINVAL, HINT_UNMAPPED_ID},
                    {0, ALL, false, 1000, NULL, NULL, "setgroups", EINVAL, HINT_NONE},
                    {0, ALL, false, 1000, INITIAL, "allow", "setgroups", EINVAL, HINT_FILTER},
                    {500, 0, false, 0, INITIAL, "allow", "setgroups", EPERM, HINT_NOT_ROOT},
                    {65534, 0, false, 0, INITIAL, "allow", "setgroups", EPERM, HINT_NOT_ROOT},
                    {65534, 0, false, 0, SOME, "allow", "setgroups", EPERM, HINT_UNMAPPED_ID}, /* it may be any */
                    {500, CAPABILITY(CAP_SETGID), false, 0, INITIAL, "allow", "setresuid", EPERM, HINT_NOT_ROOT},
                    {1000, 0, false, 0, INITIAL, "allow", "setgroups", EPERM, HINT_ONLY_GROUPS}};

    for (size_t i = 0; i < COUNT(refusals); i++) {
        struct scenario scenario = scenarios[0];
        scenario.caller_uid = refusals[i].caller;
        boot(&scenario);
        kernel.permitted = kernel.effective = refusals[i].permitted;
        kernel.denies_setgroups = refusals[i].denies_setgroups;
        kernel.unmapped = refusals[i].unmapped;
        give_proc(refusals[i].map, refusals[i].setgroups);
        assert_true(privileges_read(&caller, &problem));
        assert_false(drop(&scenario));
        assert_string_equal(problem.what, refusals[i].what);
        assert_int_equal(problem.error, refusals[i].error);
        assert_int_equal(problem.hint, refusals[i].hint);
        assert_int_equal(files.open, 0);
        if (problem.hint == HINT_NOT_ROOT) {
            assert_int_equal(problem.numbers[0].count, 1);
            assert_int_equal(problem.numbers[0].list[0], refusals[i].caller);
        } else if (problem.hint == HINT_ONLY_GROUPS) {
            assert_int_equal(problem.numbers[0].count, COUNT(caller_groups));
            assert_memory_equal(problem.numbers[0].list, caller_groups, sizeof caller_groups);
            assert_int_equal(problem.numbers[1].count, COUNT(app_groups));
            assert_memory_equal(problem.numbers[1].list, app_groups, sizeof app_groups);
        } else {
            assert_int_equal(problem.numbers[0].count + problem.numbers[1].count, 0);
        }
    }
}

TEST(what_is_bound_to_fail_for_want_of_a_capability_is_known_before_in_the_same_words)
{
    static const uint64_t held[] = {0, CAPABILITY(CAP_SETUID), CAPABILITY(CAP_SETGID), IDS, ALL & ~IDS, ALL};
    static const uid_t ids[] = {0, 500, 1000};

    for (size_t i = 0; i < COUNT(held) * COUNT(ids) * 4; i++) {
        struct scenario scenario = scenarios[0];
        const uint64_t has = held[i % COUNT(held)];
        scenario.caller_uid = ids[i / COUNT(held) % COUNT(ids)];
        if (i / COUNT(held) / COUNT(ids) % 2 == 1) {
            scenario.want = (struct privileges){.uid = scenario.caller_uid, .gid = scenario.caller_uid, SAME};
        }
        const bool root = i / COUNT(held) / COUNT(ids) / 2 == 1; /* as it is, in other groups */
        if (root) {
            scenario.want.uid = 0;
            scenario.want.groups = (struct groups){app_groups, COUNT(app_groups)};
        }
        boot(&scenario);
        kernel.permitted = kernel.effective = has;
        give_proc(INITIAL, "allow");
        assert_true(privileges_read(&caller, &problem));
        kernel_forget();
        const bool enough = privileges_suffice(&caller, &scenario.want, &problem);
        assert_string_equal(changes(0), "");
        const struct problem before = problem;
        if (scenario.want.change_ids) {
            assert_int_equal(enough, (has & CAPABILITY(CAP_SETGID)) != 0 && ((has & CAPABILITY(CAP_SETUID)) != 0 ||
                                                                             scenario.want.uid == scenario.caller_uid));
        } else {
            assert_true(enough);
        }
        if (!enough) {
            assert_false(drop(&scenario));
            assert_string_equal(problem.what, before.what);
            assert_null(before.why);
            assert_int_equal(problem.error, before.error);
            assert_int_equal(problem.hint, before.hint);
            assert_memory_equal(problem.numbers, before.numbers, sizeof before.numbers);
        } else if (!root || scenario.want.change_ids) {
            assert_true(drop(&scenario));
        }
        fault_plan = (struct fault_plan){.fault = FAULT_FAIL, .call = "PR_GET_SECUREBITS", .count = 1, .error = EINVAL};
        assert_true(privileges_suffice(&caller, &scenario.want, &problem)); /* such a kernel is not judged */
    }
}

TEST(uid_0_that_lacks_capabilities_for_its_securebits_is_not_sent_for_them)
{
    static const struct {
        int securebits;
        enum hint hint;
    } cases[] = {{SECBIT_NOROOT, HINT_FILTER},
                 {0xff, HINT_FILTER},
                 {-1, HINT_CAP_SETGID}, /* they cannot be read */
                 {0xff & ~SECBIT_NOROOT, HINT_CAP_SETGID},
                 {0, HINT_CAP_SETGID}};

    for (size_t i = 0; i < COUNT(cases); i++) {
        boot(&scenarios[0]);
        kernel.permitted = kernel.effective = 0;
        kernel.securebits = cases[i].securebits;
        give_proc(INITIAL, "allow");
        assert_true(privileges_read(&caller, &problem));
        assert_false(drop(&scenarios[0]));
        assert_string_equal(problem.what, "setgroups");
        assert_int_equal(problem.hint, cases[i].hint);
    }
}

TEST(root_that_stays_root_has_no_capabilities_to_hold_on_to)
{
    struct scenario scenario = scenarios[0];

    scenario.want = (struct privileges){.uid = 0,
                                        .groups = {app_groups, COUNT(app_groups)},
                                        .change_ids = true,
                                        .exact = true,
                                        .keep = KEPT,
                                        .ambient = KEPT,
                                        .shrink_bounding = true};
    boot(&scenario);
    fault_plan = (struct fault_plan){.fault = FAULT_FAIL, .call = "PR_SET_KEEPCAPS", .count = 1, .error = EPERM};
    assert_true(step_down(&scenario));
    assert_true(is_target(&scenario));
}

TEST(an_id_that_only_reads_as_the_wanted_one_is_not_mapped)
{
    static const char *const calls[] = {"setresgid", "setresuid"};

    for (size_t i = 0; i < 2 * COUNT(calls); i++) {
        struct scenario scenario = scenarios[8]; /* the user already */
        bool known = i < COUNT(calls);
        boot(&scenario);
        give_proc(known ? SOME : NULL, "allow");
        caller.capabilities.effective = 0;
        fault_plan = (struct fault_plan){.fault = FAULT_FAIL, .call = calls[i % 2], .count = 1, .error = EPERM};
        assert_false(drop(&scenario));
        assert_string_equal(problem.what, calls[i % 2]);
        assert_int_equal(problem.hint, known ? HINT_UNMAPPED_ID : HINT_NONE);
        assert_int_equal(files.open, 0);
    }
}

TEST(who_is_the_target_already_and_hides_behind_no_other_changes_no_id)
{
    for (int plain = 0; plain < 4; plain++) { /* the users, and the groups */
        boot(&scenarios[8]);
        give_proc((plain & 1) != 0 ? INITIAL : SOME, "allow");
        proc[1].text = (plain & 2) != 0 ? INITIAL : SOME;
        proc[1].length = strlen(proc[1].text);
        assert_true(drop(&scenarios[8]));
        unsigned changes = 0;
        for (unsigned i = 0; i < kernel_calls; i++) {
            changes += strncmp(kernel_log[i].name, "setres", 6) == 0;
        }
        assert_int_equal(changes > 0, plain < 3);
    }
}

TEST(each_id_is_looked_for_in_its_own_map_and_each_group_too)
{
    static gid_t groups[] = {27, 1000, 2000, 3000}; /* the last one is behind the end */
    static const struct {
        const char *call, *uid_map, *gid_map;
        enum hint hint;
    } refusals[] = {{"setresuid", INITIAL, BELOW, HINT_FILTER},
                    {"setresuid", BELOW, INITIAL, HINT_UNMAPPED_ID},
                    {"setresgid", BELOW, INITIAL, HINT_FILTER},
                    {"setresgid", INITIAL, BELOW, HINT_UNMAPPED_ID},
                    {"setresgid", INITIAL, "0 0 2000\n", HINT_FILTER},
                    {"setgroups", BELOW, INITIAL, HINT_FILTER},
                    {"setgroups", INITIAL, "0 0 3000\n", HINT_FILTER},
                    {"setgroups", INITIAL, "0 0 2000\n", HINT_UNMAPPED_ID},
                    {"setgroups", INITIAL, "28 28 9000\n", HINT_UNMAPPED_ID},
                    {"setgroups", INITIAL, "0 0 1000\n1001 1001 9000\n", HINT_UNMAPPED_ID}};

    for (size_t i = 0; i < COUNT(refusals); i++) {
        struct scenario scenario = scenarios[0];
        scenario.want.groups = (struct groups){groups, COUNT(groups) - 1};
        boot(&scenario);
        give_proc(refusals[i].gid_map, "allow");
        proc[0].text = refusals[i].uid_map;
        proc[0].length = strlen(refusals[i].uid_map);
        fault_plan = (struct fault_plan){.fault = FAULT_FAIL, .call = refusals[i].call, .count = 1, .error = EINVAL};
        assert_false(drop(&scenario));
        assert_string_equal(problem.what, refusals[i].call);
        assert_int_equal(problem.hint, refusals[i].hint);
    }
}

TEST(that_only_groups_differ_is_for_a_caller_that_is_not_root_and_shows_them_all)
{
    static const struct {
        unsigned scenario;
        uid_t caller;
        gid_t group;
        const char *map; /* of the groups; every user is itself */
        enum hint hint;
    } refusals[] = {{0, 1000, 65534, INITIAL, HINT_ONLY_GROUPS},
                    {0, 1000, 65534, SOME, HINT_UNMAPPED_ID}, /* 65534 may stand for any group there */
                    {0, 1000, 65533, SOME, HINT_ONLY_GROUPS},
                    {5, 0, 65534, INITIAL, HINT_CAP_SETGID}, /* whom --if-root does not let stay */
                    {0, 500, 65534, SOME, HINT_NOT_ROOT}};

    for (size_t i = 0; i < COUNT(refusals); i++) {
        struct scenario scenario = scenarios[refusals[i].scenario];
        scenario.caller_uid = refusals[i].caller;
        boot(&scenario);
        kernel.groups[kernel.group_count++] = refusals[i].group;
        kernel.permitted = kernel.effective = 0;
        give_proc(refusals[i].map, "allow");
        proc[0].text = INITIAL;
        proc[0].length = strlen(INITIAL);
        assert_true(privileges_read(&caller, &problem));
        assert_false(drop(&scenario));
        assert_string_equal(problem.what, "setgroups");
        assert_int_equal(problem.hint, refusals[i].hint);
    }
}

TEST(every_errno_of_every_call_has_its_hint)
{
    static const struct {
        const char *call;
        unsigned capability;
        enum hint lacking, denied;
    } calls[] = {{"setgroups", CAP_SETGID, HINT_CAP_SETGID, HINT_SETGROUPS_DENIED},
                 {"setresgid", CAP_SETGID, HINT_CAP_SETGID, HINT_FILTER},
                 {"setresuid", CAP_SETUID, HINT_CAP_SETUID, HINT_FILTER}};
    static const char *const maps[] = {NULL /* no /proc: nobody knows */, INITIAL, "0 5 1\n"};

    for (size_t i = 0; i < COUNT(calls); i++) {
        for (int error = 1; error < 134; error++) {
            for (unsigned kind = 0; kind < 2 * COUNT(maps); kind++) {
                bool has = kind % 2 == 1;
                const char *map = maps[kind / 2];
                enum hint explained = map == NULL ? HINT_NONE : kind / 2 == 1 ? HINT_FILTER : HINT_UNMAPPED_ID;
                enum hint denied = calls[i].denied == HINT_FILTER || kind / 2 == 1 ? HINT_FILTER
                                   : map == NULL                                   ? HINT_NONE
                                                                                   : calls[i].denied;
                boot(&scenarios[0]);
                fault_plan =
                    (struct fault_plan){.fault = FAULT_FAIL, .call = calls[i].call, .count = 1, .error = error};
                give_proc(map, kind / 2 == 1 ? "allow" : "deny");
                caller.capabilities.effective =
                    has ? CAPABILITY(calls[i].capability) : ~CAPABILITY(calls[i].capability);
                assert_false(drop(&scenarios[0]));
                assert_string_equal(problem.what, calls[i].call);
                assert_int_equal(problem.error, error);
                assert_int_equal(problem.hint, error == EINVAL   ? explained
                                               : error == ENOSYS ? HINT_FILTER
                                               : error != EPERM  ? HINT_NONE
                                               : has             ? denied
                                                                 : calls[i].lacking);
            }
        }
    }
}

/* --- callers and kernels of other kinds ----------------------------------------------------------------------------
 */

TEST(a_kernel_that_knows_root_where_another_answers_is_caught)
{
    for (int fixup = 0; fixup < 2; fixup++) {
        boot(&scenarios[0]);
        kernel.no_setuid_fixup = fixup == 0;
        fault_plan = (struct fault_plan){.fault = FAULT_LIE, .call = "setresuid", .count = ~0U};
        assert_false(drop(&scenarios[0]));
        assert_string_equal(problem.what, "verification");
        assert_string_equal(problem.why, fixup == 0
                                             ? "the kernel knows this process by other IDs" /* the sets do not tell */
                                             : "the user ID is still root's: setresuid did nothing");
    }
    boot(&scenarios[0]);
    kernel.securebits = 0xff & ~SECBIT_NO_SETUID_FIXUP; /* none of which keeps the effective set */
    fault_plan = (struct fault_plan){.fault = FAULT_LIE, .call = "setresuid", .count = ~0U};
    assert_false(drop(&scenarios[0]));
    assert_string_equal(problem.why, "the user ID is still root's: setresuid did nothing");
    boot(&scenarios[1]);
    fault_plan = (struct fault_plan){.fault = FAULT_FAIL, .call = "PR_GET_SECUREBITS", .count = 1, .error = EINVAL};
    assert_true(step_down(&scenarios[1])); /* the socket tells */
}

TEST(ids_that_read_back_as_asked_while_the_kernel_knows_root_are_caught)
{
    for (size_t i = 0; i < COUNT(scenarios); i++) {
        const struct scenario *scenario = &scenarios[i];
        boot(scenario);
        kernel.emulates_ids = true;
        bool good = step_down(scenario);
        assert_int_equal(good, scenario->want.uid == 0);
        if (!good && problem.error == 0) { /* without the fixup the sets stay with the kernel too: the socket tells */
            bool by_sets = scenario->caller_uid == 0 && !scenario->no_setuid_fixup;
            assert_string_equal(problem.why, by_sets ? "the user ID is still root's: setresuid did nothing"
                                                     : "the kernel knows this process by other IDs");
            assert_int_equal(files.open, 0);
        }
    }
    boot(&scenarios[0]);
    kernel.emulates_ids = true;
    kernel.permitted = kernel.effective = 0; /* a user that runs it: the sets do not tell */
    assert_true(privileges_read(&caller, &problem));
    assert_false(step_down(&scenarios[0]));
    boot(&scenarios[0]);
    kernel.emulates_ids = true;
    kernel.known_uid = 1000;
    kernel.permitted = kernel.effective = 0;
    assert_true(privileges_read(&caller, &problem));
    assert_true(step_down(&scenarios[0]));
}

TEST(a_socket_that_is_not_to_be_had_or_asked_tells_nothing_and_one_that_does_not_answer_is_an_error)
{
    static const char *const calls[] = {"socketpair", "SO_PEERCRED"};

    /* Asked where the sets do not tell: one that does not leave uid 0, or keeps its sets, or has none. */
    for (int asked = 0; asked < 3; asked++) {
        const struct scenario *scenario = &scenarios[asked == 0 ? 8 : 0];
        for (int error = 0; error < 134 * 2; error++) { /* 0: success that is none */
            const char *call = calls[error % 2];
            boot(scenario);
            kernel.no_setuid_fixup = asked == 1;
            caller.capabilities.effective = asked == 2 ? 0 : caller.capabilities.effective;
            fault_plan = (struct fault_plan){
                .fault = error < 2 ? FAULT_LIE : FAULT_FAIL, .call = call, .count = 1, .error = error / 2};
            assert_int_equal(drop(scenario), is_sandbox(call, error / 2));
            assert_int_equal(files.open, 0);
            if (error > 1 && !is_sandbox(call, error / 2)) {
                assert_string_equal(problem.what, call);
                assert_int_equal(problem.error, error / 2);
            }
        }
    }
    for (int writes = 1; writes < 3; writes++) { /* root is not what it does not say */
        boot(&scenarios[5]);
        fault_plan = (struct fault_plan){.fault = FAULT_LIE, .call = "SO_PEERCRED", .count = 1, .claim = writes};
        assert_false(drop(&scenarios[5]));
        assert_string_equal(problem.why, "the kernel knows this process by other IDs");
    }
    boot(&scenarios[0]); /* the sets have told */
    fault_plan = (struct fault_plan){.fault = FAULT_FAIL, .call = "socketpair", .count = 1, .error = EMFILE};
    assert_true(drop(&scenarios[0]));
}

TEST(a_kernel_without_an_ambient_set_gives_roots_capabilities_by_the_bounding_set)
{
    static const size_t of[] = {0, 3, 5, 6};

    for (size_t i = 0; i < COUNT(of); i++) {
        struct scenario scenario = scenarios[of[i]];
        scenario.ambient = scenario.want.ambient = 0;
        boot(&scenario);
        kernel.no_ambient = true;
        if (scenario.want.shrink_bounding) {
            kernel.bounding = scenario.want.keep; /* libcap-ng found an ambient set when it started, and misses it */
        }
        assert_true(step_down(&scenario));
        assert_true(is_target(&scenario));
    }
}

/* --- reading -------------------------------------------------------------------------------------------------------
 */

TEST(the_credentials_are_what_the_kernel_says)
{
    boot(&scenarios[0]);
    kernel = (struct kernel){.real_uid = 1,
                             .effective_uid = 2,
                             .saved_uid = 3,
                             .real_gid = 4,
                             .effective_gid = 5,
                             .saved_gid = 6,
                             .group_count = 6,
                             .groups = {9, 4294967294, 9, 0, 7, 0},
                             .permitted = KEPT,
                             .effective = IDS,
                             .inheritable = ALL,
                             .ambient = CAPABILITY(CAP_SYS_RESOURCE)};
    assert_true(privileges_read(&caller, &problem));
    assert_int_equal(caller.real_uid, 1);
    assert_int_equal(caller.effective_uid, 2);
    assert_int_equal(caller.saved_uid, 3);
    assert_int_equal(caller.real_gid, 4);
    assert_int_equal(caller.effective_gid, 5);
    assert_int_equal(caller.saved_gid, 6);
    assert_int_equal(caller.groups.count, 4);
    assert_int_equal(caller.groups.ids[0], 0);
    assert_int_equal(caller.groups.ids[1], 7);
    assert_int_equal(caller.groups.ids[2], 9);
    assert_int_equal(caller.groups.ids[3], 4294967294);
    assert_int_equal(caller.capabilities.permitted, KEPT);
    assert_int_equal(caller.capabilities.effective, IDS);
    assert_int_equal(caller.capabilities.inheritable, ALL);
    assert_int_equal(caller.capabilities.ambient, CAPABILITY(CAP_SYS_RESOURCE));
    kernel.group_count = 65536;
    for (gid_t i = 0; i < 65536; i++) {
        kernel.groups[i] = 65535 - i;
    }
    kernel_forget();
    assert_true(privileges_read(&caller, &problem));
    assert_string_equal(kernel_log[2].name, "getgroups");
    assert_int_equal(kernel_log[2].arguments[0], 65536); /* not a group more than there is room for */
    assert_int_equal(caller.groups.count, 65536);
    assert_int_equal(caller.groups.ids[65535], 65535);
    kernel.group_count = 0;
    assert_true(privileges_read(&caller, &problem));
    assert_int_equal(caller.groups.count, 0);
}

TEST(no_groups_are_believed_only_of_a_kernel_that_can_say_no)
{
    boot(&scenarios[0]);
    fault_plan = (struct fault_plan){.fault = FAULT_LIE, .call = "getgroups", .count = ~0U};
    assert_false(privileges_read(&caller, &problem));
    assert_string_equal(problem.what, "getgroups");
    assert_int_equal(problem.error, EIO);
    assert_int_equal(problem.hint, HINT_NONE);
}

TEST(groups_that_are_claimed_and_not_written_are_nobodys)
{
    static const int claims[] = {1, 2, 65536, 65537};

    for (size_t i = 0; i < COUNT(claims); i++) {
        int claim = claims[i];
        boot(&scenarios[0]);
        caller.groups.ids[0] = caller.groups.ids[1] = 1000;
        fault_plan = (struct fault_plan){.fault = FAULT_LIE, .call = "getgroups", .count = ~0U, .claim = claim};
        assert_int_equal(privileges_read(&caller, &problem), claim <= 65536);
        if (claim <= 65536) {
            assert_int_equal(caller.groups.ids[caller.groups.count - 1], UINT32_MAX);
        } else {
            assert_string_equal(problem.what, "getgroups");
            assert_int_equal(problem.error, EIO);
        }
    }
}

TEST(a_read_that_fails_is_an_error_with_its_name)
{
    static const char *const reads[] = {"getresuid", "getresgid", "getgroups", "capget"};

    for (size_t i = 0; i < COUNT(reads); i++) {
        for (int error = 1; error < 134; error++) {
            boot(&scenarios[0]);
            plan(FAULT_FAIL, 0, error);
            fault_plan.call = reads[i];
            assert_false(privileges_read(&caller, &problem));
            assert_string_equal(problem.what, reads[i]);
            assert_int_equal(problem.error, error);
            assert_int_equal(problem.hint, HINT_NONE);
        }
    }
}

/* --- judgements without a call -------------------------------------------------------------------------------------
 */

TEST(a_binary_that_carries_privilege_is_refused)
{
    static const struct {
        uid_t uids[3];
        gid_t gids[3];
        uint64_t permitted, inheritable, ambient;
        bool good, secure_good; /* without AT_SECURE, and with it */
    } callers[] = {{{0, 0, 0}, {0, 0, 0}, ALL, 0, 0, true, true},
                   {{0, 0, 0}, {0, 0, 0}, 0, 0, 0, true, true},
                   {{0, 0, 0}, {5, 5, 5}, IDS, ALL, IDS, true, true},
                   {{1000, 1000, 1000}, {1000, 1000, 1000}, 0, 0, 0, true, true},
                   {{1000, 1000, 1000}, {0, 0, 0}, 0, ALL, 0, true, true},
                   {{1000, 1000, 1000}, {1000, 1000, 1000}, IDS, IDS, IDS, true, true},
                   {{1000, 1000, 1000}, {1000, 1000, 1000}, ALL, ALL, ALL, true, true},
                   {{1000, 0, 0}, {1000, 1000, 1000}, ALL, 0, 0, false, false},
                   {{1000, 0, 1000}, {1000, 1000, 1000}, ALL, 0, 0, false, false},
                   {{1000, 1000, 0}, {1000, 1000, 1000}, 0, 0, 0, false, false},
                   {{1000, 0, 1000}, {1000, 1000, 1000}, 0, 0, 0, false, false},
                   {{1000, 1000, 1000}, {1000, 0, 1000}, 0, 0, 0, false, false},
                   {{1000, 5, 5}, {1000, 1000, 1000}, 0, 0, 0, false, false},
                   {{0, 1000, 1000}, {0, 0, 0}, ALL, 0, 0, false, false},
                   {{0, 0, 1000}, {0, 0, 0}, ALL, 0, 0, false, false},
                   {{1000, 1000, 1000}, {1000, 0, 0}, 0, 0, 0, false, false},
                   {{1000, 1000, 1000}, {1000, 1000, 0}, 0, 0, 0, false, false},
                   {{0, 0, 0}, {0, 5, 5}, ALL, 0, 0, false, false},
                   {{0, 0, 0}, {0, 0, 5}, ALL, 0, 0, false, false},
                   {{1000, 1000, 1000}, {1000, 1000, 1000}, IDS, 0, 0, true, false},
                   {{1000, 1000, 1000}, {1000, 1000, 1000}, IDS, IDS, CAPABILITY(CAP_SETUID), true, false},
                   {{1000, 1000, 1000}, {1000, 1000, 1000}, CAPABILITY(KERNEL_LAST_CAPABILITY), 0, 0, true, false}};

    for (size_t i = 0; i < COUNT(callers) * 2; i++) {
        size_t number = i / 2;
        kernel.secure = i % 2 == 1;
        caller = (struct credentials){.real_uid = callers[number].uids[0],
                                      .effective_uid = callers[number].uids[1],
                                      .saved_uid = callers[number].uids[2],
                                      .real_gid = callers[number].gids[0],
                                      .effective_gid = callers[number].gids[1],
                                      .saved_gid = callers[number].gids[2],
                                      .capabilities = {.permitted = callers[number].permitted,
                                                       .inheritable = callers[number].inheritable,
                                                       .ambient = callers[number].ambient}};
        bool good = kernel.secure ? callers[number].secure_good : callers[number].good;
        problem = (struct problem){.hint = HINT_NONE};
        assert_int_equal(privileges_check_install(&caller, &problem), good);
        assert_int_equal(problem.hint, good ? HINT_NONE : HINT_SET_ID_INSTALL);
    }
}

TEST(a_caller_is_the_target_already_with_all_ids_and_all_groups_but_perhaps_the_primary_one)
{
    static const struct {
        uid_t uids[3];
        gid_t gids[3];
        size_t count;
        gid_t groups[4];
        bool already;
    } callers[] = {{{1000, 1000, 1000}, {50, 50, 50}, 3, {27, 50, 60}, true},
                   {{1000, 1000, 1000}, {50, 50, 50}, 2, {27, 60}, true},
                   {{1000, 1000, 1000}, {50, 50, 50}, 2, {27, 50}, false},
                   {{1000, 1000, 1000}, {50, 50, 50}, 2, {50, 60}, false},
                   {{1000, 1000, 1000}, {50, 50, 50}, 1, {27}, false},
                   {{1000, 1000, 1000}, {50, 50, 50}, 1, {50}, false},
                   {{1000, 1000, 1000}, {50, 50, 50}, 0, {0}, false},
                   {{1000, 1000, 1000}, {50, 50, 50}, 4, {0, 27, 50, 60}, false},
                   {{1000, 1000, 1000}, {50, 50, 50}, 4, {27, 50, 60, 70}, false},
                   {{1000, 1000, 1000}, {50, 50, 50}, 3, {27, 60, 70}, false},
                   {{1000, 1000, 1000}, {50, 50, 50}, 3, {0, 27, 60}, false},
                   {{1000, 1000, 1000}, {50, 50, 50}, 3, {27, 51, 60}, false},
                   {{1001, 1000, 1000}, {50, 50, 50}, 3, {27, 50, 60}, false},
                   {{1000, 1001, 1000}, {50, 50, 50}, 3, {27, 50, 60}, false},
                   {{1000, 1000, 1001}, {50, 50, 50}, 3, {27, 50, 60}, false},
                   {{1000, 1000, 1000}, {27, 50, 50}, 3, {27, 50, 60}, false},
                   {{1000, 1000, 1000}, {50, 27, 50}, 3, {27, 50, 60}, false},
                   {{1000, 1000, 1000}, {50, 50, 27}, 3, {27, 50, 60}, false}};
    static gid_t groups[] = {27, 50, 60};
    const struct privileges want = {.uid = 1000, .gid = 50, .groups = {groups, COUNT(groups)}};

    for (size_t i = 0; i < COUNT(callers); i++) {
        caller = (struct credentials){.real_uid = callers[i].uids[0],
                                      .effective_uid = callers[i].uids[1],
                                      .saved_uid = callers[i].uids[2],
                                      .real_gid = callers[i].gids[0],
                                      .effective_gid = callers[i].gids[1],
                                      .saved_gid = callers[i].gids[2],
                                      .groups = {group_room[0], callers[i].count}};
        memcpy(caller.groups.ids, callers[i].groups, sizeof callers[i].groups);
        assert_int_equal(privileges_are_already(&caller, &want), callers[i].already);
    }
}

TEST(what_lies_behind_the_callers_groups_is_not_one_of_them)
{
    static gid_t groups[] = {27, 60};
    const struct privileges want = {.uid = 1000, .gid = 60, .groups = {groups, COUNT(groups)}};

    caller = (struct credentials){1000, 1000, 1000, 60, 60, 60, .groups = {group_room[0], 1}};
    memcpy(caller.groups.ids, groups, sizeof groups);
    assert_true(privileges_are_already(&caller, &want));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_step_down_makes_its_calls_in_order_and_ends_where_it_should),
        cmocka_unit_test(minus_one_reaches_no_call),
        cmocka_unit_test(a_bounding_set_that_cannot_be_had_ends_the_drop),
        cmocka_unit_test(a_way_back_that_works_is_caught),
        cmocka_unit_test(an_interface_that_always_claims_success_and_does_nothing_is_caught),
        cmocka_unit_test(verification_sees_every_difference),
        cmocka_unit_test(verification_compares_a_list_of_one),
        cmocka_unit_test(root_gains_nothing_that_it_did_not_have),
        cmocka_unit_test(a_refused_call_gets_the_hint_that_fits_its_reason),
        cmocka_unit_test(what_is_bound_to_fail_for_want_of_a_capability_is_known_before_in_the_same_words),
        cmocka_unit_test(uid_0_that_lacks_capabilities_for_its_securebits_is_not_sent_for_them),
        cmocka_unit_test(root_that_stays_root_has_no_capabilities_to_hold_on_to),
        cmocka_unit_test(an_id_that_only_reads_as_the_wanted_one_is_not_mapped),
        cmocka_unit_test(who_is_the_target_already_and_hides_behind_no_other_changes_no_id),
        cmocka_unit_test(each_id_is_looked_for_in_its_own_map_and_each_group_too),
        cmocka_unit_test(that_only_groups_differ_is_for_a_caller_that_is_not_root_and_shows_them_all),
        cmocka_unit_test(every_errno_of_every_call_has_its_hint),
        cmocka_unit_test(a_kernel_that_knows_root_where_another_answers_is_caught),
        cmocka_unit_test(ids_that_read_back_as_asked_while_the_kernel_knows_root_are_caught),
        cmocka_unit_test(
            a_socket_that_is_not_to_be_had_or_asked_tells_nothing_and_one_that_does_not_answer_is_an_error),
        cmocka_unit_test(a_kernel_without_an_ambient_set_gives_roots_capabilities_by_the_bounding_set),
        cmocka_unit_test(the_credentials_are_what_the_kernel_says),
        cmocka_unit_test(no_groups_are_believed_only_of_a_kernel_that_can_say_no),
        cmocka_unit_test(groups_that_are_claimed_and_not_written_are_nobodys),
        cmocka_unit_test(a_read_that_fails_is_an_error_with_its_name),
        cmocka_unit_test(a_binary_that_carries_privilege_is_refused),
        cmocka_unit_test(a_caller_is_the_target_already_with_all_ids_and_all_groups_but_perhaps_the_primary_one),
        cmocka_unit_test(what_lies_behind_the_callers_groups_is_not_one_of_them),
        cmocka_unit_test(whatever_one_call_does_wrong_the_command_starts_as_it_should_or_not_at_all),
        cmocka_unit_test(a_call_that_fails_ends_the_drop_at_once),
    };

    return cmocka_run_group_tests_name("privileges", tests, NULL, NULL);
}
