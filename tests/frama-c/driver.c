/*
 * What Eva proves, with stubs.c for the calls below: no alarm, that is, no invalid or uninitialised read, no overrun,
 * no overflow and no undefined behaviour, in
 *
 *   prove_number     spec_number, any 0 to 12 bytes and any limit
 *   prove_spec       spec_parse, any text of at most SPEC_BYTES bytes; the ID it gives is at most SPEC_ID_MAX
 *   prove_users      accounts_open, accounts_next_user, accounts_close: any file of at most FILE_BYTES bytes, read in
 *   prove_groups     pieces of any size, with any error of any call at any time; any wanted text of at most 2 bytes;
 * the same with accounts_next_group prove_identity   identity_resolve for any numeric or one-byte USER, both files as
 * above
 *
 * What is assumed: the stubs do what the calls may do, a file is short (so the loops over blocks of 64 bytes do not
 * run: they are left to the unit tests, the fuzzers and the sanitizers), and Frama-C is right.
 */
#include "identity.h"

#include "__fc_builtin.h"

void prove_number(void);
void prove_spec(void);
void prove_users(void);
void prove_groups(void);
void prove_identity(void);

static struct accounts file;
static char text[IDENTITY_TEXT_ROOM];
static gid_t groups[IDENTITY_GROUPS_ROOM];

/* Any byte but NUL and the colon: three ranges, each a state of its own, for Eva has no sets with holes. */
static char other_byte(void)
{
    switch (Frama_C_interval(0, 2)) {
    case 0:
        return (char)Frama_C_interval(1, ':' - 1);
    case 1:
        return (char)Frama_C_interval(':' + 1, 127);
    default:
        return (char)Frama_C_interval(-128, -1);
    }
}

void prove_number(void)
{
    char digits[12];
    uint32_t value = 0;
    uint32_t max = Frama_C_unsigned_int_interval(0, UINT32_MAX);

    for (size_t length = 0; length <= sizeof digits; length++) {
        for (size_t i = 0; i < length; i++) {
            digits[i] = (char)Frama_C_interval(-128, 127);
        }
        (void)spec_number(digits, length, max, &value);
    }
}

void prove_spec(void)
{
    char word[SPEC_BYTES + 1];
    struct userspec spec;
    struct problem problem;

    for (int length = 0; length <= SPEC_BYTES; length++) {
        for (int i = 0; i < length; i++) {
            word[i] = Frama_C_nondet(0, 1) ? ':' : other_byte();
        }
        word[length] = '\0';
        if (spec_parse(word, &spec, &problem)) {
            /*@ assert spec.user.id <= SPEC_ID_MAX && spec.group.id <= SPEC_ID_MAX; */
        }
    }
}

static void read_all(bool (*next)(struct accounts *, struct accounts_entry *))
{
    struct accounts_entry entry = {.room = text};
    char wanted[2] = {(char)Frama_C_interval(-128, 127), (char)Frama_C_interval(-128, 127)};
    int length = Frama_C_interval(0, 2);

    /*@ split length; */
    if (accounts_open(&file, "/etc/any", wanted, (size_t)length)) {
        while (next(&file, &entry)) {
        }
        accounts_close(&file);
    }
}

void prove_users(void)
{
    read_all(accounts_next_user);
}

void prove_groups(void)
{
    read_all(accounts_next_group);
}

void prove_identity(void)
{
    char name[1] = {other_byte()};
    struct identity_request request = {.groups = (enum identity_groups)Frama_C_interval(0, 2)};
    struct identity identity = {.groups = groups, .text = text, .file = &file};
    struct problem problem;

    request.spec.user = (struct spec_part){.text = name, .length = 1};
    if (Frama_C_nondet(0, 1)) {
        request.spec.user = (struct spec_part){.numeric = true, .id = Frama_C_unsigned_int_interval(0, SPEC_ID_MAX)};
    }
    (void)identity_resolve(&request, &identity, &problem);
}
