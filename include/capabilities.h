/* capabilities(7): the sets of this process, set through libcap-ng and read back from the kernel itself. */
#ifndef STEPDOWN_CAPABILITIES_H
#define STEPDOWN_CAPABILITIES_H

#include "problem.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* In a set, a uint64_t, bit N stands for capability N, 0 to 63. */
#define CAPABILITY(number) ((uint64_t)1 << (number))

struct capabilities {
    uint64_t effective;
    uint64_t permitted;
    uint64_t inheritable;
    uint64_t ambient;
};

/* Whether the kernel knows an ambient set: 4.3 is the first that does, and gVisor does not (EINVAL). */
bool capabilities_have_ambient(void);

/* The securebits, SECBIT_* of linux/securebits.h; -1, which is all of them, where they cannot be read. */
int capabilities_securebits(void);

/*
 * Reads the four sets by capget(2) and PR_CAP_AMBIENT_IS_SET, not from libcap-ng's copy. Where the kernel does not
 * know the ambient set it reads as empty. False with *problem naming the call that failed, here and below.
 */
/*@ requires \valid(sets) && \valid(problem) && \separated(sets, problem);
    assigns *sets, *problem, errno;
    ensures \result ==> READ_SETS(sets); */
bool capabilities_read(struct capabilities *sets, struct problem *problem);

/*
 * Reads the bounding set by PR_CAPBSET_READ, up to the last capability that the kernel knows. False with EIO for an
 * interface that knows every number there is, or one behind a number that it does not know.
 */
/*@ requires \valid(bounding) && \valid(problem) && \separated(bounding, problem);
    assigns *bounding, *problem, errno;
    ensures \result ==> *bounding == kernel.bounding; */
bool capabilities_read_bounding(uint64_t *bounding, struct problem *problem);

/* Empties the ambient set; where the kernel knows none, it is empty. */
bool capabilities_clear_ambient(struct problem *problem);

/*
 * Makes the four sets what *sets says, ambient last. It may hold only what is permitted and inheritable, and the kernel
 * takes out of it what the other two lose, capabilities(7): so an empty one needs no call of its own.
 * libcap-ng can report success for what it did not do: read the sets back.
 */
bool capabilities_set(const struct capabilities *sets, struct problem *problem);

/* Drops all but `keep` from the bounding set; needs CAP_SETPCAP where that is a change. Read the set back all the same.
 */
bool capabilities_bound(uint64_t keep, struct problem *problem);

/*
 * Reads a LIST of capability names with commas between them, each in any case, with or without "cap_"; one that ends
 * in "?" is left out where it is not in `available`. True with the set in *keep; false with *problem for an empty
 * element, an unknown name, or one without
 * "?" that is not available.
 */
bool capabilities_parse(const char *list, uint64_t available, uint64_t *keep, struct problem *problem);

/* The name of capability `number` in lower case without "cap_", static; NULL where libcap-ng knows none. */
const char *capabilities_name(unsigned int number);

#endif
