/*
 * What Eva proves, with stubs.c for the calls below: no alarm, that is, no invalid or uninitialised read, no overrun,
 * no overflow and no undefined behaviour, in
 *
 *   prove_number     spec_number, any 0 to 12 bytes and any limit
 *   prove_spec       spec_parse, any text of at most SPEC_BYTES bytes; the ID it gives is at most SPEC_ID_MAX
 *   prove_users      accounts_open, accounts_next_user, accounts_close: any file of at most FILE_BYTES bytes, alone,
 *   prove_groups     behind the fields before the home directory, and behind them all; any wanted text of at most 2
 *                    bytes; generously or not. The same with accounts_next_group and the fields before the members.
 *                    These fields come in one piece, the rest in pieces of any size, while any call may fail at any
 *                    time with any error, read may claim more bytes than it gave, and the file may have had any size
 *   prove_blocks     scan.c, which looks at many bytes at a time: any bytes in the buffer, parsed from any place to any
 *                    other, any wanted text of 1 to 6 bytes
 *   prove_identity   identity_resolve for any numeric or one-byte USER, both files as above with IDENTITY_BYTES
 *   prove_list       what --groups adds, for any list of at most 2 bytes, to no groups or to as many as fit
 *   prove_extra      the same of what --group-add adds, whatever a path yields
 *   prove_kept       what --keep-groups leaves of any two groups of the caller's, with both files
 *
 * A proof covers short input. So that short input reaches every limit, each is run with the constants as they are, and
 * again with small ones, where one byte is too long for a field, the buffer holds eight, a block is one, and two
 * groups are too many; prove_blocks with these alone. `run` makes these copies of the source.
 *
 * What is assumed: the stubs do what the calls may do, what holds with both sets of constants holds for longer input,
 * and Frama-C is right.
 */
/* With their static functions. */
#include "accounts.c"
#include "identity.c"

#include "__fc_builtin.h"

extern const char *stub_prefix;

void prove_number(void);
void prove_spec(void);
void prove_users(void);
void prove_groups(void);
void prove_blocks(void);
void prove_identity(void);
void prove_list(void);
void prove_extra(void);
void prove_kept(void);

static struct accounts file, files[2];
static char text[IDENTITY_TEXT_ROOM];
static gid_t groups[GROUPS_ROOM];
static struct problem problem;

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

static void read_all(bool (*next)(struct accounts *, struct accounts_entry *), const char *some, const char *all)
{
    static char room[ACCOUNTS_ROOM];
    struct accounts_entry entry = {.room = room};
    char wanted[2] = {(char)Frama_C_interval(-128, 127), (char)Frama_C_interval(-128, 127)};
    int length = Frama_C_interval(0, 2);

    /*@ split length; */
    stub_prefix = Frama_C_nondet(0, 1) ? "" : Frama_C_nondet(0, 1) ? some : all;
    if (accounts_open(&file, "/etc/any", wanted, (size_t)length, &problem)) {
        file.generous = Frama_C_nondet(0, 1);
        /*@ split file.generous; */
        while (next(&file, &entry)) {
        }
        (void)accounts_close(&file, &problem);
    }
}

void prove_users(void)
{
    read_all(accounts_next_user, "aa:x:1:2:g:", "aa:x:1:2:g:hh:ss:");
}

void prove_groups(void)
{
    read_all(accounts_next_group, "aa:x:1:", "aa:x:1:mm:");
}

void prove_blocks(void)
{
    char wanted[6];

    Frama_C_make_unknown(wanted, sizeof wanted);
    Frama_C_make_unknown((char *)file.buffer, sizeof file.buffer);
    for (size_t from = 0; from < sizeof file.buffer; from++) {
        for (size_t to = from + 1; to <= sizeof file.buffer; to++) {
            (void)scan_field(file.buffer + from, to - from, ',');
            (void)scan_newlines(file.buffer + from, to - from);
            for (size_t length = 1; length <= sizeof wanted; length++) {
                file.wanted = wanted;
                file.wanted_length = length;
                file.at = from;
                file.end = to;
                file.line = 0;
                pass_over(&file, Frama_C_nondet(END_OF_LINE, ','));
                /*@ assert from <= file.at < file.end; */
            }
        }
    }
}

static struct identity identity = {.groups = {.ids = groups}, .text = text, .files = files};

void prove_identity(void)
{
    char name[1] = {other_byte()};
    struct identity_request request = {.groups = (enum identity_groups)Frama_C_interval(0, 2)};

    request.spec.user = (struct spec_part){.text = name, .length = 1};
    if (Frama_C_nondet(0, 1)) {
        request.spec.user = (struct spec_part){.numeric = true, .id = Frama_C_unsigned_int_interval(0, SPEC_ID_MAX)};
    }
    if (identity_resolve(&request, &identity, &problem)) {
        /*@ assert 1 <= identity.groups.count <= GROUPS_MAX; */
    }
}

void prove_extra(void)
{
    char list[3] = {(char)Frama_C_interval(-128, 127), (char)Frama_C_interval(-128, 127), '\0'};

    identity.groups.count = GROUPS_ROOM > 4 ? 0 : Frama_C_unsigned_int_interval(0, GROUPS_ROOM);
    (void)add_extra(list, Frama_C_nondet(0, 1), &identity, &problem);
}

void prove_list(void)
{
    char list[3] = {(char)Frama_C_interval(-128, 127), (char)Frama_C_interval(-128, 127), '\0'};

    identity.groups.count = GROUPS_ROOM > 4 ? 0 : Frama_C_unsigned_int_interval(0, GROUPS_ROOM);
    (void)add_listed(list, &identity, &problem);
}

void prove_kept(void)
{
    gid_t kept[2] = {Frama_C_unsigned_int_interval(0, UINT32_MAX), Frama_C_unsigned_int_interval(0, UINT32_MAX)};
    struct groups caller = {.ids = kept, .count = GROUPS_MAX < 2 ? GROUPS_MAX : 2};

    if (keep_caller_groups(&caller, &identity, &problem)) {
        /*@ assert identity.groups.count <= caller.count; */
    }
}
