#include "capabilities.h"

#include "spec.h"

#include <cap-ng.h>
#include <errno.h>
#include <linux/capability.h>
#include <string.h>
#include <strings.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SET_BITS 64U

/* The longest name there is ("checkpoint_restore") has 18 bytes. */
#define NAME_BYTES 32U

#define PREFIX "cap_"

/* libcap-ng reports by its return value alone: where it made no system call there is no errno to go with it. */
static bool apply(capng_select_t sets, const char *call, struct problem *problem)
{
    errno = 0;
    return capng_apply(sets) == 0 || PROBLEM(problem, .what = call, .error = errno != 0 ? errno : ENOSYS,
                                             .hint = errno == EPERM ? HINT_FILTER : HINT_NONE);
}

/* The number of the lowest capability in a set that is not empty. */
static unsigned int lowest(uint64_t set)
{
    return (unsigned int)__builtin_ctzll(set);
}

bool capabilities_have_ambient(void)
{
    return prctl(PR_CAP_AMBIENT, (unsigned long)PR_CAP_AMBIENT_IS_SET, 0UL, 0UL, 0UL) >= 0 || errno != EINVAL;
}

int capabilities_securebits(void)
{
    return prctl(PR_GET_SECUREBITS, 0UL, 0UL, 0UL, 0UL);
}

bool capabilities_read(struct capabilities *sets, struct problem *problem)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    /* All bits set: a call that claims success and writes nothing must not look like empty sets. */
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {{~0U, ~0U, ~0U}, {~0U, ~0U, ~0U}};

    if (syscall(SYS_capget, &header, data) != 0) {
        return PROBLEM(problem, .what = "capget", .error = errno);
    }
    sets->effective = (uint64_t)data[1].effective << 32 | data[0].effective;
    sets->permitted = (uint64_t)data[1].permitted << 32 | data[0].permitted;
    sets->inheritable = (uint64_t)data[1].inheritable << 32 | data[0].inheritable;
    sets->ambient = 0;
    /* None is ambient that is not both permitted and inheritable: the kernel's invariant, capabilities(7). */
    for (uint64_t rest = sets->permitted & sets->inheritable; rest != 0; rest &= rest - 1) {
        unsigned int number = lowest(rest);
        int bit = prctl(PR_CAP_AMBIENT, (unsigned long)PR_CAP_AMBIENT_IS_SET, (unsigned long)number, 0UL, 0UL);
        if (bit < 0 && errno != EINVAL) {
            return PROBLEM(problem, .what = "PR_CAP_AMBIENT_IS_SET", .error = errno);
        }
        if (bit > 0) {
            sets->ambient |= CAPABILITY(number);
        }
    }
    return true;
}

bool capabilities_read_bounding(uint64_t *bounding, struct problem *problem)
{
    bool known = true;

    *bounding = 0;
    /* One more than there can be: what says yes to that, or no, answers everything so. */
    for (unsigned long number = 0; number <= SET_BITS; number++) {
        int bit = prctl(PR_CAPBSET_READ, number, 0UL, 0UL, 0UL);
        if (bit < 0 && (errno != EINVAL || number == 0)) {
            return PROBLEM(problem, .what = "PR_CAPBSET_READ", .error = errno);
        }
        if (bit >= 0 && (!known || number == SET_BITS)) {
            /* An end that was none, or no end. */
            return PROBLEM(problem, .what = "PR_CAPBSET_READ", .error = EIO);
        }
        known = bit >= 0;
        if (bit > 0) {
            *bounding |= CAPABILITY(number);
        }
    }
    return true;
}

bool capabilities_clear_ambient(struct problem *problem)
{
    capng_clear(CAPNG_SELECT_ALL);
    return apply(CAPNG_SELECT_AMBIENT, "PR_CAP_AMBIENT_CLEAR_ALL", problem) || !capabilities_have_ambient();
}

static bool add(uint64_t set, capng_type_t type, struct problem *problem)
{
    for (uint64_t rest = set; rest != 0; rest &= rest - 1) {
        if (capng_update(CAPNG_ADD, type, lowest(rest)) != 0) {
            return PROBLEM(problem, .what = "capabilities", .error = EINVAL);
        }
    }
    return true;
}

bool capabilities_set(const struct capabilities *sets, struct problem *problem)
{
    capng_clear(CAPNG_SELECT_ALL);
    return add(sets->effective, CAPNG_EFFECTIVE, problem) && add(sets->permitted, CAPNG_PERMITTED, problem) &&
           add(sets->inheritable, CAPNG_INHERITABLE, problem) && add(sets->ambient, CAPNG_AMBIENT, problem) &&
           apply(CAPNG_SELECT_CAPS, "capset", problem) &&
           (sets->ambient == 0 || apply(CAPNG_SELECT_AMBIENT, "PR_CAP_AMBIENT_RAISE", problem));
}

bool capabilities_bound(uint64_t keep, struct problem *problem)
{
    uint64_t bounding = 0;

    if (!capabilities_read_bounding(&bounding, problem)) {
        return false;
    }
    if (bounding == keep) {
        return true; /* libcap-ng wants CAP_SETPCAP even to drop nothing, and its newer versions fail without */
    }
    capng_clear(CAPNG_SELECT_ALL);
    return add(keep, CAPNG_BOUNDING_SET, problem) && apply(CAPNG_SELECT_BOUNDS, "PR_CAPBSET_DROP", problem);
}

/* The number of the capability called by these `length` bytes, or -1. */
static int number_of(const char *name, size_t length)
{
    char text[NAME_BYTES];

    if (length > strlen(PREFIX) && strncasecmp(name, PREFIX, strlen(PREFIX)) == 0) {
        name += strlen(PREFIX);
        length -= strlen(PREFIX);
    }
    if (length >= sizeof text) {
        return -1;
    }
    memcpy(text, name, length);
    text[length] = '\0';
    return capng_name_to_capability(text);
}

bool capabilities_parse(const char *list, uint64_t available, uint64_t *keep, struct problem *problem)
{
    static const char option[] = "--keep-caps";
    struct spec_element element;

    *keep = 0;
    while (list != NULL) {
        if (!spec_next(&list, option, &element, problem)) {
            return false;
        }
        int number = number_of(element.text, element.length);
        if (number < 0) {
            return PROBLEM(problem, .what = option, .subject = element.text, .subject_length = element.length,
                           .why = "no such capability", .hint = HINT_USAGE);
        }
        if ((available & CAPABILITY(number)) != 0) {
            *keep |= CAPABILITY(number);
        } else if (!element.optional) {
            return PROBLEM(problem, .what = option, .subject = element.text, .subject_length = element.length,
                           .why = "the command cannot have it", .hint = HINT_CAP_MISSING);
        }
    }
    return true;
}

const char *capabilities_name(unsigned int number)
{
    return capng_capability_to_name(number);
}
