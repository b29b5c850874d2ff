#include "files.h"
#include "kernel.h"
#include "plan.h"
#include "unit.h"

#include <errno.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <string.h>
#include <sys/stat.h>

#define ALL     KERNEL_CAPABILITIES
#define INITIAL "         0          0 4294967295\n"
#define RANGE   "         0     100000      65536\n"

int __wrap_stat(const char *path, struct stat *status);

static const char passwd[] = "root:x:0:0:root:/root:/bin/bash\n"
                             "app:x:1000:1001::/srv/app:/bin/app\n"
                             "plain:x:1002:1002\n";
static const char group[] = "root:x:0:\n"
                            "www:x:33:app\n"
                            "app:x:1001:\n";

enum { PASSWD, GROUP, GID_MAP, DATA, PLACES };

static struct file list[PLACES];
static struct options options;
static struct credentials caller;
static struct plan plan;
static struct problem problem;
static struct accounts readers[2];
static char text_room[IDENTITY_TEXT_ROOM];
static gid_t caller_room[GROUPS_MAX], group_room[GROUPS_ROOM];

int __wrap_stat(const char *path, struct stat *status)
{
    assert_string_equal(path, list[DATA].path);
    *status = (struct stat){.st_uid = list[DATA].uid, .st_gid = list[DATA].gid};
    return 0;
}

static void give_text(size_t place, const char *path, const char *text)
{
    list[place] = (struct file){.path = path, .text = text, .length = strlen(text)};
}

/* A caller with one ID for all of its own, groups 7 and 65534, and nothing asked for yet. */
static void boot(uid_t id, uint64_t permitted)
{
    give_text(PASSWD, IDENTITY_PASSWD, passwd);
    give_text(GROUP, IDENTITY_GROUP, group);
    give_text(GID_MAP, "/proc/self/gid_map", INITIAL);
    list[DATA] = (struct file){.path = "/data", .uid = 1000, .gid = 33, .mode = S_IFDIR | 0755};
    files = (struct files){.list = list, .count = PLACES};
    kernel = (struct kernel){.real_uid = id,
                             .effective_uid = id,
                             .saved_uid = id,
                             .real_gid = id,
                             .effective_gid = id,
                             .saved_gid = id,
                             .group_count = 2,
                             .groups = {7, 65534},
                             .permitted = permitted,
                             .effective = permitted,
                             .bounding = ALL};
    fault_plan = (struct fault_plan){.fault = FAULT_NONE};
    kernel_forget();
    caller.groups.ids = caller_room;
    assert_true(privileges_read(&caller, &problem));
    options = (struct options){.help = false};
}

/* Every byte that is not planned would show: as true, too, which a bool of any other value is not for every compiler.
 */
static bool make(const char *spec)
{
    memset(&plan, 1, sizeof plan);
    plan.identity.groups.ids = group_room;
    plan.identity.text = text_room;
    plan.identity.files = readers;
    problem = (struct problem){.what = "nothing"};
    kernel_forget();
    assert_true(spec_parse(spec, &options.spec, &problem));
    bool good = plan_make(&options, &caller, &plan, &problem);
    assert_int_equal(files.open, 0);
    for (unsigned i = 0; i < kernel_calls; i++) {
        assert_false(kernel_log[i].changing); /* a plan is a plan */
    }
    assert_true(good || strcmp(problem.what, "nothing") != 0);
    return good;
}

static void assert_ids(uid_t uid, gid_t gid, size_t count, const gid_t *groups)
{
    assert_int_equal(plan.identity.uid, uid);
    assert_int_equal(plan.want.uid, uid);
    assert_int_equal(plan.identity.gid, gid);
    assert_int_equal(plan.want.gid, gid);
    assert_int_equal(plan.want.groups.count, count);
    assert_memory_equal(plan.want.groups.ids, groups, count * sizeof *groups);
    assert_true(groups_equal(&plan.identity.groups, &plan.want.groups));
}

#define IDS_ARE(uid, gid, ...)                                                                                         \
    assert_ids((uid), (gid), COUNT(((const gid_t[]){__VA_ARGS__})), (const gid_t[]){__VA_ARGS__})

TEST(a_user_is_planned_as_the_files_say_and_nothing_besides)
{
    boot(0, ALL);
    assert_true(make("app"));
    IDS_ARE(1000, 1001, 33, 1001);
    assert_true(plan.want.change_ids);
    assert_false(plan.want.stays);
    assert_false(plan.want.exact);
    assert_int_equal(plan.want.keep, 0);
    assert_false(plan.want.shrink_bounding);
    assert_false(plan.want.set_no_new_privs);
    assert_false(plan.give_stdio);
    assert_string_equal(plan.home, "/srv/app");
    assert_null(plan.login);
    assert_null(plan.shell);
    assert_int_equal(kernel_calls, 0); /* nor is the kernel asked for what no option needs */
}

TEST(each_way_to_choose_groups_is_passed_on)
{
    boot(0, ALL);
    assert_true(make("app:7"));
    IDS_ARE(1000, 7, 7);
    options.init_groups = true;
    assert_true(make("app:7"));
    IDS_ARE(1000, 7, 7, 33);
    options.init_groups = false;
    options.clear_groups = true;
    assert_true(make("app"));
    IDS_ARE(1000, 1001, 1001);
    options.clear_groups = false;
    options.groups = "5,root";
    assert_true(make("app"));
    IDS_ARE(1000, 1001, 0, 5, 1001);
    options.groups = NULL;
    options.keep_groups = true;
    assert_true(make("app:5"));
    IDS_ARE(1000, 5, 5, 7, 65534);
    options.keep_groups = false;
    options.group_add = "www,/data";
    list[DATA].gid = 999;
    assert_true(make("app:5"));
    IDS_ARE(1000, 5, 5, 33, 999);
    list[DATA].gid = 0;
    assert_false(make("app:5"));
    assert_int_equal(problem.hint, HINT_ROOT_OWNER);
    options.allow_root = true;
    assert_true(make("app:5"));
    IDS_ARE(1000, 5, 0, 5, 33);
}

TEST(a_number_without_an_entry_has_the_callers_group)
{
    boot(0, ALL);
    caller.real_gid = 42;
    caller.effective_gid = caller.saved_gid = 43;
    assert_true(make("4242"));
    IDS_ARE(4242, 42, 42);
    assert_string_equal(plan.home, "/");
}

TEST(what_cannot_be_resolved_is_an_error)
{
    boot(0, ALL);
    assert_false(make("nobody"));
    assert_string_equal(problem.what, "user");
    assert_false(make("app:nogroup"));
    assert_string_equal(problem.what, "group");
    list[PASSWD].read_error = EIO;
    assert_false(make("app"));
    assert_string_equal(problem.what, IDENTITY_PASSWD);
}

TEST(with_if_root_a_caller_that_is_not_root_stays_as_it_is)
{
    boot(500, 0);
    options.if_root = true;
    options.user_env = true;
    options.chown_stdio = true;
    assert_true(make("app"));
    IDS_ARE(500, 500, 7, 65534);
    assert_ptr_equal(plan.identity.groups.ids, caller_room);
    assert_false(plan.want.change_ids);
    assert_true(plan.want.stays);
    assert_false(plan.want.exact);
    assert_int_equal(plan.want.keep, 0);
    assert_false(plan.want.shrink_bounding);
    assert_false(plan.want.set_no_new_privs);
    assert_false(plan.give_stdio);
    assert_null(plan.home);
    assert_null(plan.login);
    assert_null(plan.shell);
    assert_false(plan.identity.has_entry); /* nor is anything of one kept */
    assert_int_equal(plan.identity.user.used, 0);
    assert_string_equal(plan.identity.uid_source.where, "the caller's");
    assert_string_equal(plan.identity.gid_source.where, "the caller's");
    assert_int_equal(plan.identity.uid_source.line, 0);
    options.home = "/elsewhere";
    options.no_new_privs = true;
    options.umask = "027";
    assert_true(make("app"));
    assert_string_equal(plan.home, "/elsewhere");
    assert_string_equal(plan.identity.home_source.where, "--home");
    assert_true(plan.want.set_no_new_privs);
    assert_int_equal(plan.umask, 027);
    assert_true(plan.set_umask);
    assert_null(plan.login);
    options.no_new_privs = false;
    options.harden = true;
    assert_true(make("app"));
    assert_true(plan.want.set_no_new_privs);
    assert_false(plan.want.exact);
    assert_false(plan.want.shrink_bounding);
}

TEST(with_if_root_every_value_is_looked_at_whoever_the_caller_is)
{
    static const struct {
        struct options options;
        const char *what; /* is wrong; NULL: nothing */
    } cases[] = {{{.groups = "www,7"}, NULL},
                 {{.groups = "www,none"}, "group"},
                 {{.groups = "www,"}, "--groups"},
                 {{.group_add = "/data"}, NULL},
                 {{.group_add = "/nowhere"}, "--group-add"},
                 {{.group_add = "/nowhere?"}, NULL},
                 {{.group_add = "?"}, "--group-add"},
                 {{.keep_caps = "kill,sys_admin"}, NULL},
                 {{.keep_caps = "nonesuch"}, "--keep-caps"},
                 {{.keep_caps = "kill,"}, "--keep-caps"},
                 {{.umask = "8"}, "--umask"},
                 {{.chown = "/data,/nowhere"}, NULL},
                 {{.chown = "/data,/"}, "--chown"},
                 {{.chown = "/data,"}, "--chown"},
                 {{.reference = "/data"}, NULL},
                 {{.reference = "/nowhere"}, "--reference"}};

    for (size_t i = 0; i < COUNT(cases); i++) {
        boot(500, 0);
        options = cases[i].options;
        options.if_root = true;
        list[DATA].uid = list[DATA].gid = 0; /* nothing is taken from there */
        assert_int_equal(make("app"), cases[i].what == NULL);
        if (cases[i].what != NULL) {
            assert_string_equal(problem.what, cases[i].what);
            continue;
        }
        IDS_ARE(500, 500, 7, 65534);
        assert_false(plan.want.change_ids);
        assert_false(plan.want.exact);
        assert_int_equal(plan.want.keep, 0);
        assert_int_equal(plan.want.ambient, 0);
        assert_false(plan.set_umask);
        assert_null(plan.home);
        assert_null(plan.own.list);
    }
}

TEST(owners_are_changed_by_root_and_by_who_can_step_down)
{
    static const struct {
        uid_t uid;
        uint64_t held;
        const char *spec;
        bool dry_run, changes;
    } cases[] = {{0, ALL, "app", false, true},
                 {0, 0, "app", false, true},
                 {0, ALL, "0:7", false, true}, /* root that stays root */
                 {500, 0, "app", false, false},
                 {500, ALL, "app", false, true},
                 {500, CAPABILITY(CAP_SETUID), "app", false, true},
                 {500, ALL & ~CAPABILITY(CAP_SETUID), "app", false, false},
                 {500, ALL, "500:7", false, false},
                 {500, 0, "app", true, true},
                 {500, 0, "500:7", true, false}};

    for (size_t i = 0; i < COUNT(cases); i++) {
        boot(cases[i].uid, cases[i].held);
        caller.real_gid = caller.effective_gid = caller.saved_gid = 7;
        caller.groups.count = 0;
        options.chown = "/data?,b";
        options.dry_run = cases[i].dry_run;
        options.chown_once = i % 2 == 0;
        assert_true(make(cases[i].spec));
        if (!cases[i].changes) {
            assert_null(plan.own.list);
            continue;
        }
        assert_ptr_equal(plan.own.list, options.chown);
        assert_int_equal(plan.own.once, i % 2 == 0);
        assert_int_equal(plan.own.look, cases[i].dry_run);
        assert_false(plan.own.later);
        assert_int_equal(plan.own.uid, plan.want.uid);
        assert_int_equal(plan.own.gid, plan.want.gid);
        assert_int_equal(plan.own.capabilities, cases[i].held);
    }
    boot(0, ALL);
    assert_true(make("app"));
    assert_null(plan.own.list);
}

TEST(with_if_root_a_caller_that_is_root_steps_down)
{
    boot(0, ALL);
    options.if_root = true;
    assert_true(make("app"));
    IDS_ARE(1000, 1001, 33, 1001);
    assert_true(plan.want.change_ids);
    assert_string_equal(plan.home, "/srv/app");
}

TEST(a_caller_that_is_the_user_already_changes_no_ids)
{
    boot(1000, 0);
    options.chown_stdio = true;
    caller.groups.count = 1;
    assert_true(make("1000:7"));
    assert_true(plan.want.change_ids);
    caller.real_gid = caller.effective_gid = caller.saved_gid = 7;
    assert_true(make("1000:7"));
    assert_false(plan.want.change_ids);
    assert_false(plan.give_stdio);
    assert_string_equal(plan.home, "/srv/app");
    caller.groups.count = 0; /* as older engines leave it */
    assert_true(make("1000:7"));
    assert_false(plan.want.change_ids);
    assert_int_equal(plan.want.groups.count, 0); /* and as it stays */
    assert_int_equal(plan.identity.groups.count, 0);
}

TEST(standard_descriptors_are_given_where_that_is_asked_for_and_the_ids_change)
{
    boot(0, ALL);
    assert_true(make("app"));
    assert_false(plan.give_stdio);
    options.chown_stdio = true;
    assert_true(make("app"));
    assert_true(plan.give_stdio);
}

TEST(a_reference_is_the_user_in_place_of_a_spec)
{
    boot(0, ALL);
    options.reference = "/data";
    assert_true(make(""));
    IDS_ARE(1000, 33, 33);
    assert_string_equal(plan.home, "/srv/app");
    assert_string_equal(plan.identity.gid_source.where, "--reference");
    assert_int_equal(plan.identity.gid_source.line, 0);
    assert_string_equal(plan.identity.uid_source.where, IDENTITY_PASSWD);
    list[DATA].uid = 0;
    assert_false(make(""));
    assert_int_equal(problem.hint, HINT_ROOT_OWNER);
    options.allow_root = true;
    assert_true(make(""));
    IDS_ARE(0, 33, 33);
    list[DATA].open_error = ENOENT;
    assert_false(make(""));
    assert_string_equal(problem.what, "--reference");
}

TEST(an_empty_user_is_the_caller_under_gosus_name_alone)
{
    boot(1000, 0);
    assert_false(make(""));
    assert_int_equal(problem.hint, HINT_EMPTY_USER);
    options.empty_is_caller = true;
    assert_true(make(""));
    IDS_ARE(1000, 1001, 33, 1001); /* from its entry, by its number */
    assert_true(make(":7"));
    IDS_ARE(1000, 7, 7);
    assert_true(make("plain"));
    IDS_ARE(1002, 1002, 1002);
    caller.real_uid = 4242;
    assert_true(make(":")); /* without an entry the empty group is the caller's there */
    IDS_ARE(4242, 1000, 1000);
    assert_true(make("4243:"));
    options.empty_is_caller = false;
    assert_false(make("4243:"));
    assert_int_equal(problem.hint, HINT_EMPTY_GROUP);
    boot(0, ALL);
    options.empty_is_caller = true;
    assert_true(make(":"));
    assert_int_equal(plan.want.uid, 0);
    assert_string_equal(plan.home, "/root");
}

/* --- capabilities --------------------------------------------------------------------------------------------------
 */

TEST(kept_capabilities_are_exact_and_leave_the_bounding_set_to_all_but_root)
{
    boot(0, ALL);
    options.keep_caps = "net_bind_service,CAP_KILL";
    assert_true(make("app"));
    assert_true(plan.want.exact);
    assert_int_equal(plan.want.keep, CAPABILITY(CAP_NET_BIND_SERVICE) | CAPABILITY(CAP_KILL));
    assert_int_equal(plan.want.ambient, plan.want.keep);
    assert_false(plan.want.shrink_bounding);
    assert_false(plan.want.set_no_new_privs);
    assert_true(make("root"));
    assert_true(plan.want.exact);
    assert_true(plan.want.shrink_bounding);
}

TEST(without_an_ambient_set_capabilities_are_kept_for_root_alone)
{
    boot(0, ALL);
    kernel.no_ambient = true;
    options.keep_caps = "kill";
    assert_false(make("app"));
    assert_string_equal(problem.what, "--keep-caps");
    assert_int_equal(problem.hint, HINT_NO_AMBIENT);
    options.keep_caps = "kill?";
    assert_true(make("app"));
    assert_true(plan.want.exact);
    assert_int_equal(plan.want.keep, 0);
    assert_int_equal(plan.want.ambient, 0);
    options.keep_caps = "kill";
    assert_true(make("root"));
    assert_int_equal(plan.want.keep, CAPABILITY(CAP_KILL));
    assert_int_equal(plan.want.ambient, 0);
    assert_true(plan.want.shrink_bounding);
    kernel.bounding = CAPABILITY(CAP_CHOWN);
    assert_false(make("root")); /* whose the lack of an ambient set is not */
    assert_int_equal(problem.hint, HINT_CAP_MISSING);
    kernel.bounding = ALL;
    options.keep_caps = "nonesuch";
    assert_false(make("app"));
    assert_int_equal(problem.hint, HINT_USAGE);
    options.keep_caps = "chown"; /* the first there is */
    assert_false(make("app"));
    assert_int_equal(problem.hint, HINT_NO_AMBIENT);
    kernel.bounding = 0;
    options.keep_caps = "kill";
    assert_false(make("app"));
    assert_int_equal(problem.hint, HINT_NO_AMBIENT);
}

TEST(securebits_can_stand_in_the_way_of_what_is_kept)
{
    static const struct {
        int securebits;
        bool no_ambient, user, root; /* who keeps it */
    } cases[] = {{0, false, true, true},
                 {SECBIT_NOROOT, false, true, true},
                 {SECBIT_NO_CAP_AMBIENT_RAISE, false, false, true},
                 {SECBIT_NO_CAP_AMBIENT_RAISE | SECBIT_NOROOT, false, false, false},
                 {SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED | SECBIT_NOROOT_LOCKED, true, false, true},
                 {SECBIT_KEEP_CAPS_LOCKED, false, false, true},
                 {SECBIT_KEEP_CAPS, false, true, true},
                 {SECBIT_NOROOT, true, false, false}};

    for (size_t i = 0; i < COUNT(cases); i++) {
        bool raised = !cases[i].no_ambient && (cases[i].securebits & SECBIT_NO_CAP_AMBIENT_RAISE) == 0;
        boot(0, ALL);
        kernel.no_ambient = cases[i].no_ambient;
        kernel.securebits = cases[i].securebits;
        options.keep_caps = "kill";
        assert_int_equal(make("app"), cases[i].user);
        assert_int_equal(problem.hint, cases[i].user ? HINT_NONE : HINT_NO_AMBIENT);
        assert_int_equal(make("root"), cases[i].root);
        assert_int_equal(problem.hint, cases[i].root ? HINT_NONE : HINT_NO_AMBIENT);
        assert_int_equal(plan.want.ambient, cases[i].root && raised ? CAPABILITY(CAP_KILL) : 0);
    }
    boot(1000, ALL); /* the user already: there is no change of IDs to live through */
    kernel.securebits = 0xff & ~SECBIT_NO_CAP_AMBIENT_RAISE;
    options.keep_caps = "kill";
    options.groups = "7,65534";
    assert_true(make("app:1000"));
    assert_false(plan.want.change_ids);
    assert_int_equal(plan.want.ambient, CAPABILITY(CAP_KILL));
    boot(0, ALL);
    kernel.securebits = SECBIT_NO_CAP_AMBIENT_RAISE;
    fault_plan = (struct fault_plan){FAULT_FAIL, "PR_GET_SECUREBITS", 0, 1, EPERM, 0};
    options.keep_caps = "kill";
    assert_true(make("app")); /* the drop will tell */
    boot(0, ALL);
    kernel.no_ambient = true;
    fault_plan = (struct fault_plan){FAULT_FAIL, "PR_GET_SECUREBITS", 0, 1, EPERM, 0};
    options.keep_caps = "kill";
    assert_true(make("root"));
}

TEST(a_caller_that_is_not_root_is_not_sent_for_capabilities)
{
    static const struct {
        const char *keep_caps;
        bool harden, no_ambient;
        enum hint roots, users;
    } cases[] = {{NULL, true, false, HINT_CAP_SETPCAP, HINT_NOT_ROOT},
                 {"kill", false, false, HINT_CAP_MISSING, HINT_NOT_ROOT},
                 {"kill", false, true, HINT_NO_AMBIENT, HINT_NO_AMBIENT},
                 {"nonesuch", false, false, HINT_USAGE, HINT_USAGE}};
    static const uid_t callers[] = {0, 500};

    for (size_t i = 0; i < COUNT(cases); i++) {
        for (size_t j = 0; j < COUNT(callers); j++) {
            enum hint hint = j == 0 ? cases[i].roots : cases[i].users;
            boot(callers[j], 0);
            kernel.no_ambient = cases[i].no_ambient;
            options.keep_caps = cases[i].keep_caps;
            options.harden = cases[i].harden;
            assert_false(make("app"));
            assert_int_equal(problem.hint, hint);
            assert_int_equal(problem.numbers[0].count, hint == HINT_NOT_ROOT);
            assert_true(hint != HINT_NOT_ROOT || *problem.numbers[0].list == callers[j]);
        }
    }
}

TEST(to_harden_is_to_shrink_the_bounding_set_to_what_is_kept_and_set_no_new_privs)
{
    boot(0, ALL);
    options.harden = true;
    assert_true(make("app"));
    assert_true(plan.want.exact);
    assert_int_equal(plan.want.keep, 0);
    assert_true(plan.want.shrink_bounding);
    assert_true(plan.want.set_no_new_privs);
    options.keep_caps = "kill";
    assert_true(make("app"));
    assert_int_equal(plan.want.keep, CAPABILITY(CAP_KILL));
    assert_true(plan.want.shrink_bounding);
    assert_true(plan.want.set_no_new_privs);
    options = (struct options){.no_new_privs = true};
    assert_true(make("app"));
    assert_true(plan.want.set_no_new_privs);
    assert_false(plan.want.exact);
    assert_false(plan.want.shrink_bounding);
}

TEST(only_what_is_permitted_and_in_the_bounding_set_can_be_kept)
{
    for (int lacks = 0; lacks < 2; lacks++) {
        boot(0, lacks == 0 ? ALL & ~CAPABILITY(CAP_KILL) : ALL);
        kernel.bounding = lacks == 1 ? ALL & ~CAPABILITY(CAP_KILL) : ALL;
        options.keep_caps = "chown,kill";
        assert_false(make("app"));
        assert_int_equal(problem.hint, HINT_CAP_MISSING);
        options.keep_caps = "chown,kill?";
        assert_true(make("app"));
        assert_int_equal(plan.want.keep, CAPABILITY(CAP_CHOWN));
    }
    options.keep_caps = "nonesuch";
    assert_false(make("app"));
    assert_int_equal(problem.hint, HINT_USAGE);
}

TEST(a_bounding_set_that_has_to_shrink_takes_cap_setpcap)
{
    static const struct {
        const char *user, *keep;
        bool harden;
        uint64_t permitted, bounding;
        bool good;
    } cases[] = {{"app", NULL, true, ALL, ALL, true},
                 {"app", NULL, true, ALL & ~CAPABILITY(CAP_SETPCAP), ALL, false},
                 {"app", NULL, true, ALL & ~CAPABILITY(CAP_SETPCAP), 0, true},
                 {"app", NULL, true, CAPABILITY(CAP_SETPCAP), CAPABILITY(CAP_KILL), true},
                 {"app", "kill", true, CAPABILITY(CAP_KILL), CAPABILITY(CAP_KILL), true},
                 {"app", "kill", true, CAPABILITY(CAP_KILL), ALL, false},
                 {"app", "kill", false, CAPABILITY(CAP_KILL), ALL, true},
                 {"root", "kill", false, CAPABILITY(CAP_KILL), ALL, false},
                 {"root", "kill", false, CAPABILITY(CAP_KILL), CAPABILITY(CAP_KILL), true},
                 {"app", NULL, false, 0, ALL, true}};

    for (size_t i = 0; i < COUNT(cases); i++) {
        boot(0, cases[i].permitted);
        kernel.bounding = cases[i].bounding;
        options.keep_caps = cases[i].keep;
        options.harden = cases[i].harden;
        assert_int_equal(make(cases[i].user), cases[i].good);
        assert_int_equal(problem.hint, cases[i].good ? HINT_NONE : HINT_CAP_SETPCAP);
    }
}

TEST(a_bounding_set_that_cannot_be_read_is_an_error)
{
    for (int kind = 0; kind < 2; kind++) {
        boot(0, ALL);
        options.harden = kind == 0;
        options.keep_caps = kind == 1 ? "kill" : NULL;
        fault_plan = (struct fault_plan){.fault = FAULT_FAIL, .call = "PR_CAPBSET_READ", .count = ~0U, .error = ENOSYS};
        assert_false(make("app"));
        assert_string_equal(problem.what, "PR_CAPBSET_READ");
        assert_int_equal(problem.error, ENOSYS);
    }
}

TEST(a_dry_run_needs_no_privilege_but_says_what_root_would_lack)
{
    boot(500, 0);
    options.harden = true;
    options.keep_caps = "kill";
    assert_false(make("app"));
    options.dry_run = true;
    assert_true(make("app"));
    assert_int_equal(plan.want.keep, CAPABILITY(CAP_KILL));
    kernel.bounding = ALL & ~CAPABILITY(CAP_KILL);
    assert_false(make("app"));
    assert_int_equal(problem.hint, HINT_CAP_MISSING);
    kernel.bounding = ALL & ~CAPABILITY(CAP_SETPCAP);
    assert_false(make("app"));
    assert_int_equal(problem.hint, HINT_CAP_SETPCAP);
    boot(0, 0); /* root's dry run goes by what it has */
    options.dry_run = true;
    options.keep_caps = "kill";
    assert_false(make("app"));
    assert_int_equal(problem.hint, HINT_CAP_MISSING);
}

/* --- the environment -----------------------------------------------------------------------------------------------
 */

TEST(the_variables_are_those_of_the_entry_or_of_an_option)
{
    boot(0, ALL);
    options.user_env = true;
    assert_true(make("app"));
    assert_string_equal(plan.home, "/srv/app");
    assert_string_equal(plan.login, "app");
    assert_string_equal(plan.shell, "/bin/app");
    assert_true(make("plain"));
    assert_string_equal(plan.home, "/");
    assert_string_equal(plan.shell, "/bin/sh");
    assert_true(make("4242"));
    assert_string_equal(plan.login, "4242");
    options = (struct options){.home = "/elsewhere"};
    assert_true(make("app"));
    assert_string_equal(plan.home, "/elsewhere");
    assert_string_equal(plan.identity.home_source.where, "--home");
    assert_int_equal(plan.identity.home_source.line, 0);
    assert_null(plan.login);
}

TEST(an_account_is_planned_with_the_ids_and_the_home_of_the_user)
{
    boot(0, ALL);
    options.account = "builder?";
    assert_true(make("4242:4343"));
    assert_string_equal(plan.account.name, "builder");
    assert_true(plan.account.optional);
    assert_false(plan.account.own);
    assert_int_equal(plan.account.uid, 4242);
    assert_int_equal(plan.account.gid, 4343);
    assert_int_equal(plan.account.capabilities, ALL);
    assert_string_equal(plan.account.home, "/home/builder");
    assert_string_equal(plan.home, "/home/builder");
    assert_int_equal(plan.account.user.change, ACCOUNT_ADD);
    assert_int_equal(plan.account.group.change, ACCOUNT_ADD);
    options.account = "app";
    options.home = "/elsewhere";
    options.user_env = true;
    assert_true(make("4242:4343"));
    assert_false(plan.account.optional);
    assert_string_equal(plan.account.home, "/elsewhere");
    assert_string_equal(plan.login, "app");
    assert_int_equal(plan.account.user.change, ACCOUNT_REPLACE);
    assert_int_equal(plan.account.group.change, ACCOUNT_REPLACE);
    IDS_ARE(4242, 4343, 33, 4343);
    assert_false(make("0:4343"));
    assert_string_equal(problem.what, "--account");
    assert_false(plan.account.look || plan.own.look || plan.own.later);
    options.dry_run = true; /* then a path of --chown may be the home that there is to be */
    assert_true(make("4242:4343"));
    assert_true(plan.account.look && plan.own.look && plan.own.later);
    options.account = NULL;
    assert_true(make("4242:4343"));
    assert_null(plan.account.name);
}

TEST(a_caller_that_is_not_root_gets_its_own_line_or_nothing)
{
    boot(4242, 0);
    options.if_root = true;
    options.account = "builder";
    assert_true(make("app"));
    assert_true(plan.account.own);
    assert_int_equal(plan.account.uid, 4242);
    assert_string_equal(plan.account.home, "/home/builder");
    assert_null(plan.home);
    options.home = "/elsewhere";
    assert_true(make("app"));
    assert_string_equal(plan.account.home, "/elsewhere");
    options.if_root = false;
    assert_true(make("4242:4242")); /* its groups are not those of the plan, but it cannot set them */
    assert_null(plan.account.name);
    caller.capabilities.effective = CAPABILITY(CAP_SETUID);
    assert_true(make("4242:4242"));
    assert_non_null(plan.account.name);
    kernel.group_count = 0;
    assert_true(privileges_read(&caller, &problem));
    assert_true(make("4242:4242"));
    assert_null(plan.account.name);
}

TEST(a_name_is_what_useradd_takes_and_perhaps_a_question_mark)
{
    static const char *const good[] = {"a", "_", "z9", "a-_", "a2345678901234567890123456789012", "b?"};
    static const char *const bad[] = {"A",   "-a",  "9",  "?",   "a??",
                                      "a?b", "a b", "a:", "a.b", "a23456789012345678901234567890123"};

    for (size_t i = 0; i < COUNT(good); i++) {
        boot(0, ALL);
        options.account = good[i];
        assert_true(make("4242:4343"));
        assert_int_equal(strlen(plan.account.name), strcspn(good[i], "?"));
    }
    for (size_t i = 0; i < COUNT(bad); i++) {
        boot(i % 2 == 0 ? 0 : 4242, 0);
        options.if_root = true;
        options.account = bad[i];
        assert_false(make("4242:4343"));
        assert_string_equal(problem.what, "--account");
        assert_string_equal(problem.subject, bad[i]);
        assert_int_equal(problem.hint, HINT_USAGE);
        assert_int_equal(files.opened, 0);
    }
}

TEST(a_umask_is_octal_from_0_to_777)
{
    static const struct {
        const char *text;
        int value; /* -1: wrong */
    } cases[] = {{"0", 0},
                 {"7", 7},
                 {"22", 022},
                 {"022", 022},
                 {"0000777", 0777},
                 {"777", 0777},
                 {"1000", -1},
                 {"0001000", -1},
                 {"8", -1},
                 {"28", -1},
                 {"-1", -1},
                 {"+2", -1},
                 {" 2", -1},
                 {"2 ", -1},
                 {"0x7", -1},
                 {"u=rwx", -1},
                 {"7777777777777777777777", -1},
                 {"40000000000", -1},
                 {"0o22", -1},
                 {"1.", -1}};

    for (size_t i = 0; i < COUNT(cases); i++) {
        for (uid_t id = 0; id < 2; id++) {
            boot(id, ALL);
            options.if_root = true;
            options.umask = cases[i].text;
            assert_int_equal(make("app"), cases[i].value >= 0);
            if (cases[i].value >= 0) {
                assert_true(plan.set_umask);
                assert_int_equal(plan.umask, cases[i].value);
            } else {
                assert_string_equal(problem.what, "--umask");
                assert_string_equal(problem.subject, cases[i].text);
                assert_int_equal(problem.hint, HINT_USAGE);
            }
        }
    }
    boot(0, ALL);
    assert_true(make("app"));
    assert_false(plan.set_umask);
}

TEST(a_home_that_is_too_long_is_an_error_before_anything_is_read)
{
    static char home[ACCOUNTS_FIELD_MAX + 1];

    memset(home, 'h', ACCOUNTS_FIELD_MAX);
    for (uid_t id = 0; id < 2; id++) {
        boot(id, ALL);
        options.if_root = true;
        options.home = home;
        home[ACCOUNTS_FIELD_MAX - 1] = 'h';
        assert_false(make("app"));
        assert_string_equal(problem.what, "--home");
        assert_int_equal(problem.error, ENAMETOOLONG);
        assert_int_equal(files.opened, 0);
        home[ACCOUNTS_FIELD_MAX - 1] = '\0';
        assert_true(make("app"));
        assert_ptr_equal(plan.home, home);
    }
}

TEST(a_login_shell_that_is_too_long_matters_where_it_is_asked_for)
{
    static char text[2 * ACCOUNTS_FIELD_MAX];

    boot(0, ALL);
    (void)strcpy(text, "app:x:1:2::/:");
    memset(text + strlen(text), 's', ACCOUNTS_FIELD_MAX);
    give_text(PASSWD, IDENTITY_PASSWD, text);
    assert_true(make("app"));
    options.user_env = true;
    assert_false(make("app"));
    assert_string_equal(problem.what, IDENTITY_PASSWD);
}

/* --- user namespaces -----------------------------------------------------------------------------------------------
 */

TEST(groups_are_kept_where_none_of_them_hides_another)
{
    boot(0, ALL);
    give_text(GID_MAP, "/proc/self/gid_map", RANGE);
    assert_true(make("app"));
    options.keep_groups = true;
    assert_false(make("app"));
    assert_string_equal(problem.what, "--keep-groups");
    assert_int_equal(problem.hint, HINT_UNMAPPED_OWNER);
    list[GID_MAP].open_error = ENOENT; /* without /proc nobody knows */
    assert_false(make("app"));
    caller.groups.count = 1;
    assert_true(make("app"));
    IDS_ARE(1000, 1001, 7, 33, 1001);
    boot(500, 0);
    give_text(GID_MAP, "/proc/self/gid_map", RANGE);
    options.keep_groups = options.if_root = true; /* it stays as it is: there is nothing to set */
    assert_true(make("app"));
    IDS_ARE(500, 500, 7, 65534);
}

TEST(a_hidden_group_is_not_what_a_number_without_an_entry_gets)
{
    boot(0, ALL);
    caller.groups.count = 0;
    caller.real_gid = 65534;
    assert_true(make("4242"));
    IDS_ARE(4242, 65534, 65534);
    give_text(GID_MAP, "/proc/self/gid_map", RANGE);
    assert_false(make("4242"));
    assert_string_equal(problem.what, "group");
    assert_int_equal(problem.hint, HINT_UNMAPPED_OWNER);
    assert_true(make("4242:65534"));
    assert_true(make("app"));
    caller.real_gid = 5;
    assert_true(make("4242"));
    boot(4242, 0);
    give_text(GID_MAP, "/proc/self/gid_map", RANGE);
    caller.groups.count = 0;
    caller.real_gid = caller.effective_gid = caller.saved_gid = 65534;
    assert_true(make("4242")); /* it has that group already, or the drop will find that it has another */
    assert_false(plan.want.change_ids);
}

TEST(a_group_that_only_reads_as_the_wanted_one_is_set)
{
    boot(1000, 0);
    kernel.group_count = 1;
    assert_true(privileges_read(&caller, &problem));
    caller.real_gid = caller.effective_gid = caller.saved_gid = 65534;
    caller.groups.ids[0] = 65534;
    assert_true(make("1000:65534"));
    assert_false(plan.want.change_ids);
    give_text(GID_MAP, "/proc/self/gid_map", RANGE);
    assert_true(make("1000:65534"));
    assert_true(plan.want.change_ids);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_user_is_planned_as_the_files_say_and_nothing_besides),
        cmocka_unit_test(each_way_to_choose_groups_is_passed_on),
        cmocka_unit_test(a_number_without_an_entry_has_the_callers_group),
        cmocka_unit_test(what_cannot_be_resolved_is_an_error),
        cmocka_unit_test(with_if_root_a_caller_that_is_not_root_stays_as_it_is),
        cmocka_unit_test(owners_are_changed_by_root_and_by_who_can_step_down),
        cmocka_unit_test(with_if_root_every_value_is_looked_at_whoever_the_caller_is),
        cmocka_unit_test(with_if_root_a_caller_that_is_root_steps_down),
        cmocka_unit_test(a_caller_that_is_the_user_already_changes_no_ids),
        cmocka_unit_test(standard_descriptors_are_given_where_that_is_asked_for_and_the_ids_change),
        cmocka_unit_test(a_reference_is_the_user_in_place_of_a_spec),
        cmocka_unit_test(an_empty_user_is_the_caller_under_gosus_name_alone),
        cmocka_unit_test(kept_capabilities_are_exact_and_leave_the_bounding_set_to_all_but_root),
        cmocka_unit_test(without_an_ambient_set_capabilities_are_kept_for_root_alone),
        cmocka_unit_test(securebits_can_stand_in_the_way_of_what_is_kept),
        cmocka_unit_test(a_caller_that_is_not_root_is_not_sent_for_capabilities),
        cmocka_unit_test(to_harden_is_to_shrink_the_bounding_set_to_what_is_kept_and_set_no_new_privs),
        cmocka_unit_test(only_what_is_permitted_and_in_the_bounding_set_can_be_kept),
        cmocka_unit_test(a_bounding_set_that_has_to_shrink_takes_cap_setpcap),
        cmocka_unit_test(a_bounding_set_that_cannot_be_read_is_an_error),
        cmocka_unit_test(a_dry_run_needs_no_privilege_but_says_what_root_would_lack),
        cmocka_unit_test(the_variables_are_those_of_the_entry_or_of_an_option),
        cmocka_unit_test(an_account_is_planned_with_the_ids_and_the_home_of_the_user),
        cmocka_unit_test(a_caller_that_is_not_root_gets_its_own_line_or_nothing),
        cmocka_unit_test(a_name_is_what_useradd_takes_and_perhaps_a_question_mark),
        cmocka_unit_test(a_umask_is_octal_from_0_to_777),
        cmocka_unit_test(a_home_that_is_too_long_is_an_error_before_anything_is_read),
        cmocka_unit_test(a_login_shell_that_is_too_long_matters_where_it_is_asked_for),
        cmocka_unit_test(groups_are_kept_where_none_of_them_hides_another),
        cmocka_unit_test(a_hidden_group_is_not_what_a_number_without_an_entry_gets),
        cmocka_unit_test(a_group_that_only_reads_as_the_wanted_one_is_set),
    };

    return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}
