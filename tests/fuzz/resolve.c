/*
 * Input: four lines and two files with "%%" between them. The first line: one letter for each thing asked for, "/", and
 * the sizes of reads. Then the user-spec, the LIST of --groups and --group-add, the caller's gid and groups.
 */
#include "harness.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { CALLER_MAX = GROUPS_MAX < 64 ? GROUPS_MAX : 64, SIZE_LIMIT = 8192 };

static struct identity identity;
static struct accounts readers[2];
static gid_t groups[GROUPS_ROOM];
static struct oracle_answer answer;

static bool has(struct text letters, char letter)
{
    return letters.length > 0 && memchr(letters.at, letter, letters.length) != NULL;
}

/* What the letters say about a file. Behind `broken` stands where reading fails. */
struct states {
    char missing, denied, irregular, broken, shrunk, grown;
};

static void set_file(struct oracle_file *file, struct text letters, const struct states *states)
{
    const char *at = letters.length > 0 ? memchr(letters.at, states->broken, letters.length) : NULL;

    if (has(letters, states->missing)) {
        file->open_error = ENOENT;
    }
    if (has(letters, states->denied)) {
        file->open_error = EACCES;
    }
    if (has(letters, states->irregular)) {
        file->open_error = EINVAL;
    }
    if (at != NULL && at + 1 < letters.at + letters.length) {
        file->read_error = EIO;
        file->readable = (unsigned char)at[1] * (file->content.length / 256 + 1) % (file->content.length + 1);
        file->shrunk = has(letters, states->shrunk);
    }
    file->grown = !file->shrunk && has(letters, states->grown);
}

static bool is(const char *text, const char *part)
{
    return text != NULL && strstr(text, part) != NULL;
}

static void check_problem(const struct problem *problem)
{
    const char *why = problem->why;

    CHECK(problem->what != NULL && (why != NULL || problem->error != 0));
    if (is(why, "more than 65536") && answer.group_count > GROUPS_MAX) {
        return; /* before or after what else is wrong, as its memory allows */
    }
    switch (answer.result) {
    case ORACLE_FOUND:
        CHECK(answer.result != ORACLE_FOUND);
        break;
    case ORACLE_EMPTY_USER:
        CHECK(is(why, "USER is empty"));
        break;
    case ORACLE_TWO_COLONS:
        CHECK(is(why, "colon"));
        break;
    case ORACLE_OUT_OF_RANGE:
        CHECK(is(why, "an ID is a number"));
        break;
    case ORACLE_NO_ENTRY:
        CHECK(is(why, "no such") && is(why, answer.file));
        break;
    case ORACLE_MALFORMED:
        CHECK(is(why, "malformed") && is(problem->what, answer.file));
        break;
    case ORACLE_TOO_LONG:
        CHECK(is(why, "too long") && is(problem->what, answer.file));
        break;
    case ORACLE_FILE:
        CHECK(is(problem->what, answer.file));
        CHECK(answer.error == EINVAL ? is(why, "regular") : why == NULL && problem->error == answer.error);
        break;
    case ORACLE_TOO_MANY_GROUPS:
        CHECK(is(why, "more than 65536"));
        break;
    case ORACLE_EMPTY_ELEMENT:
        CHECK(is(why, "element of the list is empty"));
        break;
    case ORACLE_PATH:
        CHECK(is(problem->what, "--group-add") && why == NULL && problem->error == answer.error);
        break;
    case ORACLE_REFUSED:
        CHECK(is(problem->what, "--group-add") && why != NULL);
        break;
    case ORACLE_EMPTY_GROUP:
        CHECK(is(why, "GROUP is empty"));
        break;
    }
    CHECK(problem->line == (answer.result == ORACLE_MALFORMED || answer.result == ORACLE_TOO_LONG ? answer.line : 0));
}

static bool same_text(const char *string, struct text text)
{
    return strlen(string) == text.length && memcmp(string, text.at, text.length) == 0;
}

static void check_identity(const struct oracle_request *request)
{
    CHECK(answer.result == ORACLE_FOUND);
    CHECK(identity.uid == answer.uid);
    CHECK(identity.gid == answer.gid);
    CHECK(identity.has_entry == answer.has_entry);
    CHECK(same_text(identity.home, answer.home));
    CHECK(same_text(identity.login, answer.login));
    CHECK(!request->shell || same_text(identity.shell, answer.shell));
    if (answer.has_entry) {
        CHECK(same_field(&identity.user.name, answer.entry.name));
        CHECK(is(identity.uid_source.where, IDENTITY_PASSWD));
    }
    CHECK(identity.uid_source.line == (answer.has_entry ? answer.entry.line : 0));
    CHECK(identity.home_source.line == identity.uid_source.line);
    CHECK(identity.gid_source.line == answer.gid_line);
    CHECK(identity.groups.count == answer.group_count);
    CHECK(memcmp(identity.groups.ids, answer.groups, answer.group_count * sizeof answer.groups[0]) == 0);
}

/* IDs with commas between them; what is none is left out. */
static size_t take_ids(struct text text, uint32_t *ids, size_t max)
{
    size_t count = 0;

    while (text.length > 0 && count < max) {
        count += oracle_number(take(&text, ","), ACCOUNTS_ID_MAX, &ids[count]);
    }
    return count;
}

/* Makes an ID one that came from elsewhere than a text. */
static void forget_text(struct spec_part *part)
{
    if (part->numeric) {
        part->text = NULL;
        part->length = 0;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text input = {(const char *)data, size}, pieces;
    struct oracle_file passwd = {.open_error = 0}, group = {.open_error = 0};
    uint32_t caller[1 + CALLER_MAX] = {0};
    struct problem problem = {.what = NULL};
    char *room = expand_room();

    if (size > SIZE_LIMIT) {
        return 0;
    }
    pieces = take(&input, "\n");
    struct text letters = take(&pieces, "/");
    struct text spec = expand(take(&input, "\n"), &room);
    struct text list = take(&input, "\n");
    size_t caller_count = take_ids(take(&input, "\n"), caller, 1 + CALLER_MAX);
    passwd.content = expand(take(&input, "%%"), &room);
    group.content = expand(input, &room);
    set_file(&passwd, letters, &(struct states){'m', 'e', 'n', 'r', 'z', 'g'});
    set_file(&group, letters, &(struct states){'M', 'E', 'N', 'R', 'Z', 'G'});

    char *spec_text = copy(spec);
    char *list_text = copy(list);
    struct oracle_request wish = {.spec = {spec_text, strlen(spec_text)},
                                  .mode = has(letters, 'l')   ? IDENTITY_GROUPS_LIST
                                          : has(letters, 'i') ? IDENTITY_GROUPS_INIT
                                          : has(letters, 'c') ? IDENTITY_GROUPS_CLEAR
                                                              : IDENTITY_GROUPS_DEFAULT,
                                  .list = {list_text, strlen(list_text)},
                                  .extra = {has(letters, 'a') ? list_text : NULL, strlen(list_text)},
                                  .allow_root = has(letters, 'A'),
                                  .shell = has(letters, 's'),
                                  .keep_groups = has(letters, 'k'),
                                  .empty_group_is_callers = has(letters, 'u'),
                                  .caller_gid = caller[0],
                                  .caller_groups = caller + 1,
                                  .caller_group_count = caller_count > 0 ? caller_count - 1 : 0};
    struct identity_request request = {.spec = {.user = {.length = 0}},
                                       .groups = wish.mode,
                                       .list = list_text,
                                       .add = wish.extra.at,
                                       .allow_root = wish.allow_root,
                                       .shell = wish.shell,
                                       .keep_groups = wish.keep_groups,
                                       .caller_gid = wish.caller_gid,
                                       .caller_groups = {caller + 1, wish.caller_group_count}};
    oracle_resolve(&wish, &passwd, &group, &answer);
    memory_files(&passwd, &group, pieces);
    memset(&identity, 0xaa, sizeof identity);
    identity.groups.ids = groups;
    groups[0] = caller[1]; /* to be found where the first one is taken for one of the list unasked */
    identity.text = room_for(IDENTITY_TEXT_ROOM);
    identity.files = readers;
    bool parsed = spec_parse(spec_text, &request.spec, &problem);
    if (wish.empty_group_is_callers) { /* as --reference and an empty USER of gosu do */
        request.spec.colon = false;
        forget_text(&request.spec.user);
        forget_text(&request.spec.group);
    }
    if (parsed && identity_resolve(&request, &identity, &problem)) {
        check_identity(&wish);
    } else {
        check_problem(&problem);
    }
    memory_check();
    free(identity.text);
    free(spec_text);
    free(list_text);
    return 0;
}
