#include "capabilities.h"
#include "kernel.h"
#include "unit.h"

#include <ctype.h>
#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>

#define SOME  (CAPABILITY(CAP_NET_BIND_SERVICE) | CAPABILITY(CAP_SYS_RESOURCE) | CAPABILITY(CAP_BPF))
#define OTHER (CAPABILITY(CAP_CHOWN) | CAPABILITY(KERNEL_LAST_CAPABILITY))

static struct capabilities sets;
static struct problem problem;
static uint64_t keep;

static void assert_problem(const char *what, int error)
{
    assert_string_equal(problem.what, what);
    assert_null(problem.why);
    assert_int_equal(problem.error, error);
}

static void boot(uint64_t effective, uint64_t permitted, uint64_t inheritable, uint64_t ambient)
{
    kernel = (struct kernel){.effective = effective,
                             .permitted = permitted,
                             .inheritable = inheritable,
                             .ambient = ambient,
                             .bounding = KERNEL_CAPABILITIES};
    fault_plan = (struct fault_plan){.fault = FAULT_NONE};
    kernel_forget();
    sets = (struct capabilities){5, 5, 5, 5};
}

static void plan(enum fault fault, const char *call, unsigned from, int error)
{
    fault_plan = (struct fault_plan){.fault = fault, .call = call, .from = from, .count = 1, .error = error};
    kernel_forget();
}

TEST(the_four_sets_are_read_from_the_kernel)
{
    boot(SOME, SOME | OTHER, OTHER | CAPABILITY(CAP_KILL), OTHER);
    assert_true(capabilities_read(&sets, &problem));
    assert_int_equal(sets.effective, SOME);
    assert_int_equal(sets.permitted, SOME | OTHER);
    assert_int_equal(sets.inheritable, OTHER | CAPABILITY(CAP_KILL));
    assert_int_equal(sets.ambient, OTHER);
    boot(SOME, SOME, SOME, 0); /* what could be ambient is not */
    assert_true(capabilities_read(&sets, &problem));
    assert_int_equal(sets.ambient, 0);
    errno = EINVAL; /* of another call */
    assert_true(capabilities_have_ambient());
    boot(KERNEL_CAPABILITIES, KERNEL_CAPABILITIES, KERNEL_CAPABILITIES, KERNEL_CAPABILITIES);
    assert_true(capabilities_read(&sets, &problem));
    assert_int_equal(sets.effective, KERNEL_CAPABILITIES);
    assert_int_equal(sets.ambient, KERNEL_CAPABILITIES);
}

TEST(a_read_that_fails_is_an_error)
{
    for (int error = 1; error < 134; error++) {
        boot(0, KERNEL_CAPABILITIES, KERNEL_CAPABILITIES, SOME);
        plan(FAULT_FAIL, "capget", 0, error);
        assert_false(capabilities_read(&sets, &problem));
        assert_problem("capget", error);
        for (unsigned number = 0; number <= KERNEL_LAST_CAPABILITY; number++) {
            plan(FAULT_FAIL, "PR_CAP_AMBIENT_IS_SET", number, error);
            assert_int_equal(capabilities_read(&sets, &problem), error == EINVAL);
            if (error != EINVAL) {
                assert_problem("PR_CAP_AMBIENT_IS_SET", error);
            }
        }
    }
}

TEST(a_read_that_claims_success_and_writes_nothing_looks_like_all_capabilities)
{
    boot(0, 0, 0, 0);
    plan(FAULT_LIE, "capget", 0, 0);
    assert_true(capabilities_read(&sets, &problem));
    assert_int_equal(sets.effective, UINT64_MAX);
    assert_int_equal(sets.permitted, UINT64_MAX);
    assert_int_equal(sets.inheritable, UINT64_MAX);
}

TEST(a_kernel_without_ambient_capabilities_has_none)
{
    boot(SOME, SOME, OTHER, 0);
    kernel.no_ambient = true;
    assert_true(capabilities_read(&sets, &problem));
    assert_int_equal(sets.ambient, 0);
    assert_int_equal(sets.inheritable, OTHER);
    assert_false(capabilities_have_ambient());
    assert_true(capabilities_clear_ambient(&problem)); /* it is empty */
    kernel.no_ambient = false;
    assert_true(capabilities_have_ambient());
    for (int error = 1; error < 134; error++) {
        plan(FAULT_FAIL, "PR_CAP_AMBIENT_IS_SET", 0, error);
        assert_int_equal(capabilities_have_ambient(), error != EINVAL);
    }
}

TEST(securebits_that_cannot_be_read_are_all)
{
    boot(SOME, SOME, 0, 0);
    assert_int_equal(capabilities_securebits(), 0);
    kernel.securebits = 0x28;
    assert_int_equal(capabilities_securebits(), 0x28);
    plan(FAULT_FAIL, "PR_GET_SECUREBITS", 0, EINVAL);
    assert_int_equal(capabilities_securebits(), -1);
}

TEST(the_bounding_set_is_read_up_to_the_last_that_the_kernel_knows)
{
    boot(0, 0, 0, 0);
    assert_true(capabilities_read_bounding(&keep, &problem));
    assert_int_equal(keep, KERNEL_CAPABILITIES);
    kernel.bounding = OTHER;
    assert_true(capabilities_read_bounding(&keep, &problem));
    assert_int_equal(keep, OTHER);
    kernel.bounding = 0;
    assert_true(capabilities_read_bounding(&keep, &problem));
    assert_int_equal(keep, 0);
}

TEST(a_bounding_set_that_cannot_be_read_is_an_error)
{
    boot(0, 0, 0, 0);
    for (unsigned number = 0; number <= KERNEL_LAST_CAPABILITY; number++) {
        for (int error = 1; error < 134; error++) {
            plan(FAULT_FAIL, "PR_CAPBSET_READ", number, error);
            /* EINVAL says that there are no more: true of the last one alone, as far as anybody can tell. */
            assert_int_equal(capabilities_read_bounding(&keep, &problem),
                             error == EINVAL && number == KERNEL_LAST_CAPABILITY);
        }
    }
    plan(FAULT_FAIL, "PR_CAPBSET_READ", 0, EINVAL);
    assert_false(capabilities_read_bounding(&keep, &problem));
    assert_problem("PR_CAPBSET_READ", EINVAL);
    plan(FAULT_FAIL, "PR_CAPBSET_READ", 7, EINVAL);
    assert_false(capabilities_read_bounding(&keep, &problem));
    assert_problem("PR_CAPBSET_READ", EIO);
    fault_plan = (struct fault_plan){.fault = FAULT_LIE, .call = "PR_CAPBSET_READ", .count = ~0U};
    assert_false(capabilities_read_bounding(&keep, &problem));
    assert_problem("PR_CAPBSET_READ", EIO);
}

TEST(clearing_the_ambient_set_clears_that_alone)
{
    boot(SOME, SOME, SOME, SOME);
    assert_true(capabilities_clear_ambient(&problem));
    assert_int_equal(kernel.ambient, 0);
    assert_int_equal(kernel.inheritable, SOME);
    assert_int_equal(kernel.permitted, SOME);
    for (unsigned i = 0; i < kernel_calls; i++) {
        assert_true(!kernel_log[i].changing || strcmp(kernel_log[i].name, "PR_CAP_AMBIENT_CLEAR_ALL") == 0);
    }
}

TEST(the_sets_become_what_is_asked_for)
{
    static const struct capabilities wanted[] = {{0, 0, 0, 0},
                                                 {SOME, SOME, SOME, SOME},
                                                 {SOME, SOME | OTHER, 0, 0},
                                                 {0, OTHER, OTHER, OTHER},
                                                 {0, KERNEL_CAPABILITIES, KERNEL_CAPABILITIES, SOME},
                                                 {SOME, SOME, SOME, CAPABILITY(CAP_BPF)}};

    for (size_t i = 0; i < COUNT(wanted); i++) {
        boot(KERNEL_CAPABILITIES, KERNEL_CAPABILITIES, OTHER, OTHER);
        assert_true(capabilities_set(&wanted[i], &problem));
        assert_int_equal(kernel.effective, wanted[i].effective);
        assert_int_equal(kernel.permitted, wanted[i].permitted);
        assert_int_equal(kernel.inheritable, wanted[i].inheritable);
        assert_int_equal(kernel.ambient, wanted[i].ambient);
        assert_int_equal(kernel.bounding, KERNEL_CAPABILITIES);
    }
}

TEST(an_ambient_set_of_the_lowest_alone_is_set)
{
    boot(KERNEL_CAPABILITIES, KERNEL_CAPABILITIES, 0, 0);
    assert_true(capabilities_set(&(struct capabilities){1, 1, 1, 1}, &problem));
    assert_int_equal(kernel.ambient, 1);
}

TEST(each_call_that_sets_is_an_error_when_it_fails)
{
    static const struct capabilities wanted = {SOME, SOME, SOME, SOME};
    static const char *const calls[] = {"capset", "PR_CAP_AMBIENT_CLEAR_ALL", "PR_CAP_AMBIENT_RAISE",
                                        "PR_CAP_AMBIENT_RAISE", "PR_CAP_AMBIENT_RAISE"};

    for (int error = 0; error < 134; error++) {
        for (unsigned i = 0; i < COUNT(calls); i++) {
            boot(KERNEL_CAPABILITIES, KERNEL_CAPABILITIES, 0, 0);
            plan(FAULT_FAIL, calls[i], i > 2 ? i - 2 : 0, error);
            errno = EDOM; /* from before: not the reason */
            assert_false(capabilities_set(&wanted, &problem));
            assert_problem(i == 0 ? "capset" : "PR_CAP_AMBIENT_RAISE", error != 0 ? error : ENOSYS);
            assert_int_equal(problem.hint, error == EPERM ? HINT_FILTER : HINT_NONE);
            assert_string_equal(kernel_log[kernel_calls - 1].name, calls[i]); /* nothing is tried after it */
        }
        boot(SOME, SOME, SOME, SOME);
        plan(FAULT_FAIL, "PR_CAP_AMBIENT_CLEAR_ALL", 0, error);
        errno = EDOM;
        assert_false(capabilities_clear_ambient(&problem));
        assert_problem("PR_CAP_AMBIENT_CLEAR_ALL", error != 0 ? error : ENOSYS);
        assert_int_equal(problem.hint, error == EPERM ? HINT_FILTER : HINT_NONE);
    }
}

TEST(what_the_kernel_does_not_know_cannot_be_set)
{
    static const struct capabilities wanted[] = {{CAPABILITY(KERNEL_LAST_CAPABILITY + 1), 0, 0, 0},
                                                 {0, CAPABILITY(KERNEL_LAST_CAPABILITY + 1), 0, 0},
                                                 {0, 0, CAPABILITY(63), 0},
                                                 {0, 0, 0, CAPABILITY(63)}};

    for (size_t i = 0; i < COUNT(wanted); i++) {
        boot(KERNEL_CAPABILITIES, KERNEL_CAPABILITIES, 0, 0);
        assert_false(capabilities_set(&wanted[i], &problem));
        assert_problem("capabilities", EINVAL);
        assert_int_equal(kernel.permitted, KERNEL_CAPABILITIES);
    }
    assert_false(capabilities_bound(CAPABILITY(63), &problem));
    assert_problem("capabilities", EINVAL);
    assert_int_equal(kernel.bounding, KERNEL_CAPABILITIES);
}

TEST(the_bounding_set_shrinks_to_what_is_kept)
{
    static const uint64_t kept[] = {0, SOME, OTHER, KERNEL_CAPABILITIES};

    for (size_t i = 0; i < COUNT(kept); i++) {
        boot(CAPABILITY(CAP_SETPCAP), CAPABILITY(CAP_SETPCAP), SOME, 0);
        assert_true(capabilities_bound(kept[i], &problem));
        assert_int_equal(kernel.bounding, kept[i]);
        assert_int_equal(kernel.effective, CAPABILITY(CAP_SETPCAP));
        assert_int_equal(kernel.inheritable, SOME);
    }
    boot(SOME, SOME, 0, 0);
    kernel_forget();
    assert_true(capabilities_bound(KERNEL_CAPABILITIES, &problem)); /* it is that already: nothing is to be done */
    for (unsigned i = 0; i < kernel_calls; i++) {
        assert_string_equal(kernel_log[i].name, "PR_CAPBSET_READ");
    }
    plan(FAULT_FAIL, "PR_CAPBSET_READ", 3, EIO);
    assert_false(capabilities_bound(0, &problem));
    assert_problem("PR_CAPBSET_READ", EIO);
    plan(FAULT_NONE, NULL, 0, 0);
    (void)capabilities_bound(
        0, &problem); /* whatever it says, without CAP_SETPCAP it does nothing: hence the reading back */
    assert_int_equal(kernel.bounding, KERNEL_CAPABILITIES);
}

static bool parse(const char *list, uint64_t available)
{
    problem = (struct problem){.what = "nothing"};
    return capabilities_parse(list, available, &keep, &problem);
}

TEST(every_capability_is_known_by_its_name_in_any_case_with_or_without_cap)
{
    for (unsigned number = 0; number <= CAP_LAST_CAP; number++) {
        char text[64];
        const char *name = capabilities_name(number);
        assert_non_null(name);
        for (int form = 0; form < 4; form++) {
            (void)snprintf(text, sizeof text, "%s%s", form % 2 == 0 ? "" : "cap_", name);
            for (size_t i = 0; form > 1 && text[i] != '\0'; i++) {
                text[i] = (char)toupper(text[i]);
            }
            assert_true(parse(text, CAPABILITY(number)));
            assert_int_equal(keep, CAPABILITY(number));
            assert_false(parse(text, ~CAPABILITY(number)));
        }
    }
    assert_string_equal(capabilities_name(CAP_SYS_RESOURCE), "sys_resource");
    assert_null(capabilities_name(63));
}

TEST(a_list_is_the_union_of_its_elements)
{
    assert_true(parse("net_bind_service,Sys_Resource,CAP_BPF", KERNEL_CAPABILITIES));
    assert_int_equal(keep, SOME);
    assert_true(parse("chown,chown,cap_chown,CHOWN?", KERNEL_CAPABILITIES));
    assert_int_equal(keep, CAPABILITY(CAP_CHOWN));
}

TEST(a_question_mark_leaves_out_what_is_not_available)
{
    assert_true(parse("chown?,sys_resource?", CAPABILITY(CAP_CHOWN)));
    assert_int_equal(keep, CAPABILITY(CAP_CHOWN));
    assert_true(parse("sys_resource?", 0));
    assert_int_equal(keep, 0);
    assert_true(parse("CAP_SYS_RESOURCE?,chown", CAPABILITY(CAP_SYS_RESOURCE) | CAPABILITY(CAP_CHOWN)));
    assert_int_equal(keep, CAPABILITY(CAP_SYS_RESOURCE) | CAPABILITY(CAP_CHOWN));
}

TEST(without_a_question_mark_a_missing_one_is_an_error)
{
    const char *list = "chown,sys_resource,kill?";

    assert_false(parse(list, CAPABILITY(CAP_CHOWN)));
    assert_string_equal(problem.what, "--keep-caps");
    assert_ptr_equal(problem.subject, list + 6);
    assert_int_equal(problem.subject_length, 12);
    assert_int_equal(problem.hint, HINT_CAP_MISSING);
}

TEST(an_empty_or_unknown_element_is_an_error)
{
    static const struct {
        const char *list;
        size_t at, length; /* of the element that is wrong; length 0: all from there on */
    } wrong[] = {{"", 0, 0},
                 {",", 0, 0},
                 {"chown,", 6, 0},
                 {",chown", 0, 0},
                 {"chown,,kill", 6, 0},
                 {"kill,?", 5, 0},
                 {"?", 0, 0},
                 {"?,chown", 0, 0},
                 {"chow", 0, 4},
                 {"chownn", 0, 6},
                 {"kill, chown", 5, 6},
                 {"chown ", 0, 6},
                 {"cap_", 0, 4},
                 {"cap_cap_chown", 0, 13},
                 {"capchown", 0, 8},
                 {"capxchown", 0, 9},
                 {"cap-chown", 0, 9},
                 {"kill,x", 5, 1},
                 {"chown??", 0, 6},
                 {"?chown", 0, 6},
                 {"kill,nonesuch?", 5, 8},
                 {"0", 0, 1},
                 {"21", 0, 2},
                 {"all", 0, 3},
                 {"+chown", 0, 6},
                 {"-all", 0, 4},
                 {"chown\n", 0, 6},
                 {"chown_chown_chown_chown_chown_chown_chown_chown", 0, 47},
                 {"thirty-one-bytes-thirty-one-byte", 0, 32},
                 {"thirty-one-bytes-thirty-one-byt", 0, 31},
                 {"cap_checkpoint_restore_and_then_more", 0, 36}};

    for (size_t i = 0; i < COUNT(wrong); i++) {
        assert_false(parse(wrong[i].list, UINT64_MAX));
        assert_string_equal(problem.what, "--keep-caps");
        assert_int_equal(problem.hint, HINT_USAGE);
        assert_string_equal(problem.why,
                            wrong[i].length > 0 ? "no such capability" : "an element of the list is empty");
        assert_ptr_equal(problem.subject, wrong[i].length > 0 ? wrong[i].list + wrong[i].at : NULL);
        assert_int_equal(problem.subject_length, wrong[i].length);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_four_sets_are_read_from_the_kernel),
        cmocka_unit_test(a_read_that_fails_is_an_error),
        cmocka_unit_test(a_read_that_claims_success_and_writes_nothing_looks_like_all_capabilities),
        cmocka_unit_test(a_kernel_without_ambient_capabilities_has_none),
        cmocka_unit_test(securebits_that_cannot_be_read_are_all),
        cmocka_unit_test(the_bounding_set_is_read_up_to_the_last_that_the_kernel_knows),
        cmocka_unit_test(a_bounding_set_that_cannot_be_read_is_an_error),
        cmocka_unit_test(clearing_the_ambient_set_clears_that_alone),
        cmocka_unit_test(the_sets_become_what_is_asked_for),
        cmocka_unit_test(an_ambient_set_of_the_lowest_alone_is_set),
        cmocka_unit_test(each_call_that_sets_is_an_error_when_it_fails),
        cmocka_unit_test(what_the_kernel_does_not_know_cannot_be_set),
        cmocka_unit_test(the_bounding_set_shrinks_to_what_is_kept),
        cmocka_unit_test(every_capability_is_known_by_its_name_in_any_case_with_or_without_cap),
        cmocka_unit_test(a_list_is_the_union_of_its_elements),
        cmocka_unit_test(a_question_mark_leaves_out_what_is_not_available),
        cmocka_unit_test(without_a_question_mark_a_missing_one_is_an_error),
        cmocka_unit_test(an_empty_or_unknown_element_is_an_error),
    };

    return cmocka_run_group_tests_name("capabilities", tests, NULL, NULL);
}
