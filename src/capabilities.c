#include "capabilities.h"

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
static bool applied(capng_select_t sets)
{
    errno = 0;
    if (capng_apply(sets) == 0) {
        return true;
    }
    if (errno == 0) {
        errno = ENOSYS;
    }
    return false;
}

/* The number of the lowest capability in a set that is not empty. */
static unsigned int lowest(uint64_t set)
{
    return (unsigned int)__builtin_ctzll(set);
}

bool capabilities_read(struct capabilities *sets)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    /* All bits set: a call that claims success and writes nothing must not look like empty sets. */
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {{~0U, ~0U, ~0U}, {~0U, ~0U, ~0U}};

    if (syscall(SYS_capget, &header, data) != 0) {
        return false;
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
            return false;
        }
        if (bit > 0) {
            sets->ambient |= CAPABILITY(number);
        }
    }
    return true;
}

bool capabilities_read_bounding(uint64_t *bounding)
{
    bool known = true;

    *bounding = 0;
    /* One more than there can be: what says yes to that, or no, answers everything so. */
    for (unsigned long number = 0; number <= SET_BITS; number++) {
        int bit = prctl(PR_CAPBSET_READ, number, 0UL, 0UL, 0UL);
        if (bit < 0 && (errno != EINVAL || number == 0)) {
            return false;
        }
        if (bit >= 0 && (!known || number == SET_BITS)) {
            errno = EIO; /* an end that was none, or no end */
            return false;
        }
        known = bit >= 0;
        if (bit > 0) {
            *bounding |= CAPABILITY(number);
        }
    }
    return true;
}

bool capabilities_clear_ambient(void)
{
    capng_clear(CAPNG_SELECT_ALL);
    return applied(CAPNG_SELECT_AMBIENT);
}

static bool add(uint64_t set, capng_type_t type)
{
    for (uint64_t rest = set; rest != 0; rest &= rest - 1) {
        if (capng_update(CAPNG_ADD, type, lowest(rest)) != 0) {
            errno = EINVAL;
            return false;
        }
    }
    return true;
}

bool capabilities_set(const struct capabilities *sets)
{
    capng_clear(CAPNG_SELECT_ALL);
    return add(sets->effective, CAPNG_EFFECTIVE) && add(sets->permitted, CAPNG_PERMITTED) &&
           add(sets->inheritable, CAPNG_INHERITABLE) && add(sets->ambient, CAPNG_AMBIENT) &&
           applied(CAPNG_SELECT_CAPS) && (sets->ambient == 0 || applied(CAPNG_SELECT_AMBIENT));
}

bool capabilities_bound(uint64_t keep)
{
    uint64_t bounding = 0;

    if (capabilities_read_bounding(&bounding) && bounding == keep) {
        return true; /* libcap-ng wants CAP_SETPCAP even to drop nothing, and its newer versions fail without */
    }
    capng_clear(CAPNG_SELECT_ALL);
    return add(keep, CAPNG_BOUNDING_SET) && applied(CAPNG_SELECT_BOUNDS);
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
    *keep = 0;
    for (const char *element = list;; element++) {
        size_t length = strcspn(element, ",");
        bool optional = length > 0 && element[length - 1] == '?';
        int number = number_of(element, length - optional);

        if (number < 0) {
            return PROBLEM(
                problem, .what = "--keep-caps", .subject = length > 0 ? element : list, .subject_length = length,
                .why = length > 0 ? "no such capability" : "an element of the list is empty", .hint = HINT_USAGE);
        }
        if ((available & CAPABILITY(number)) != 0) {
            *keep |= CAPABILITY(number);
        } else if (!optional) {
            return PROBLEM(problem, .what = "--keep-caps", .subject = element, .subject_length = length,
                           .why = "the caller does not have it", .hint = HINT_CAP_MISSING);
        }
        element += length;
        if (*element == '\0') {
            return true;
        }
    }
}

const char *capabilities_name(unsigned int number)
{
    return capng_capability_to_name(number);
}
