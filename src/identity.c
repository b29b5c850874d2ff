#include "identity.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int compare_groups(const void *left, const void *right)
{
    gid_t a = *(const gid_t *)left;
    gid_t b = *(const gid_t *)right;

    return (a > b) - (a < b);
}

size_t identity_sort_groups(gid_t *groups, size_t count)
{
    size_t unique = 0;

    if (count > 1) {
        qsort(groups, count, sizeof *groups, compare_groups);
    }
    for (size_t i = 0; i < count; i++) {
        if (unique == 0 || groups[i] != groups[unique - 1]) {
            groups[unique++] = groups[i];
        }
    }
    return unique;
}

const gid_t *identity_find_group(const gid_t *groups, size_t count, gid_t gid)
{
    return bsearch(&gid, groups, count, sizeof *groups, compare_groups);
}

/* Sorts the groups so far. False if they are more than there may be. */
static bool settle_groups(struct identity *identity, struct problem *problem)
{
    identity->group_count = identity_sort_groups(identity->groups, identity->group_count);
    if (identity->group_count > IDENTITY_GROUPS_MAX) {
        *problem = (struct problem){.what = "groups", .why = "more than 65536"};
        return false;
    }
    return true;
}

static bool add_group(struct identity *identity, gid_t gid, struct problem *problem)
{
    if (identity->group_count == IDENTITY_GROUPS_ROOM && !settle_groups(identity, problem)) {
        return false;
    }
    identity->groups[identity->group_count++] = gid;
    return true;
}

/* Opens an account file, or says why not. */
static bool open_file(struct accounts *file, const char *path, const char *wanted, size_t length,
                      struct problem *problem)
{
    if (accounts_open(file, path, wanted, length)) {
        return true;
    }
    *problem = (struct problem){.what = path, .error = errno};
    if (errno == EINVAL) {
        problem->why = "not a regular file";
    }
    return false;
}

/* Closes an account file, and says whether all that was needed of it could be read. */
static bool close_file(struct accounts *file, const char *path, struct problem *problem)
{
    accounts_close(file);
    if (file->error != 0) {
        *problem = (struct problem){.what = path, .error = file->error};
        return false;
    }
    return true;
}

static bool missing(const char *what, const struct spec_part *part, const char *why, struct problem *problem)
{
    *problem = (struct problem){.what = what, .subject = part->text, .subject_length = part->length, .why = why};
    return false;
}

static bool malformed(const char *path, unsigned long line, const struct spec_part *part, const char *why,
                      struct problem *problem)
{
    *problem =
        (struct problem){.what = path, .line = line, .subject = part->text, .subject_length = part->length, .why = why};
    return false;
}

static bool matches(const struct accounts_entry *entry, const struct spec_part *user)
{
    if (user->numeric) {
        return !entry->malformed && entry->uid == user->id;
    }
    return accounts_is(&entry->name, user->text, user->length);
}

static bool find_user(const struct spec_part *user, struct identity *identity, struct problem *problem)
{
    struct accounts *file = identity->file;
    struct accounts_entry *entry = &identity->user;
    char field[SPEC_ID_TEXT];
    const char *wanted = user->text;
    size_t length = user->length;

    identity->has_entry = false;
    entry->room = identity->text;
    entry->used = 0;
    if (user->numeric) {
        /* No line with that ID lacks its digits and the colon behind them. */
        wanted = field;
        length = spec_format(user->id, field);
        field[length++] = ':';
    }
    if (!open_file(file, IDENTITY_PASSWD, wanted, length, problem)) {
        return false;
    }
    while (!identity->has_entry && accounts_next_user(file, entry)) {
        identity->has_entry = matches(entry, user);
    }
    if (!close_file(file, IDENTITY_PASSWD, problem)) {
        return false;
    }
    if (!identity->has_entry) {
        return user->numeric || missing("user", user, "no such user in " IDENTITY_PASSWD, problem);
    }
    if (entry->malformed) {
        return malformed(IDENTITY_PASSWD, entry->line, user, "the entry is malformed", problem);
    }
    if (entry->name.length >= ACCOUNTS_FIELD_MAX || entry->home.length >= ACCOUNTS_FIELD_MAX) {
        return malformed(IDENTITY_PASSWD, entry->line, user, "its name or home directory is too long", problem);
    }
    return true;
}

/* An entry for a group: its fields go behind those of the user's entry. */
static struct accounts_entry group_entry(struct identity *identity)
{
    return (struct accounts_entry){.room = identity->text + identity->user.used};
}

static bool find_group(const struct spec_part *group, struct identity *identity, gid_t *gid,
                       struct identity_source *source, struct problem *problem)
{
    struct accounts *file = identity->file;
    struct accounts_entry entry = group_entry(identity);
    bool found = false;

    *source = (struct identity_source){.where = "as given"};
    if (group->numeric) {
        *gid = group->id;
        return true;
    }
    if (!open_file(file, IDENTITY_GROUP, group->text, group->length, problem)) {
        return false;
    }
    while (!found && accounts_next_group(file, &entry)) {
        found = accounts_is(&entry.name, group->text, group->length);
    }
    if (!close_file(file, IDENTITY_GROUP, problem)) {
        return false;
    }
    if (!found) {
        return missing("group", group, "no such group in " IDENTITY_GROUP, problem);
    }
    if (entry.malformed) {
        return malformed(IDENTITY_GROUP, entry.line, group, "the entry is malformed", problem);
    }
    *gid = entry.gid;
    *source = (struct identity_source){.where = IDENTITY_GROUP, .line = entry.line};
    return true;
}

/* Adds the groups that list the `length` bytes at `name` as a member. */
static bool add_groups_of(const char *name, size_t length, struct identity *identity, struct problem *problem)
{
    struct accounts *file = identity->file;
    struct accounts_entry entry = group_entry(identity);
    bool fits = true;

    if (!open_file(file, IDENTITY_GROUP, name, length, problem)) {
        return false;
    }
    while (fits && accounts_next_group(file, &entry)) {
        if (!entry.malformed && entry.lists_wanted) {
            fits = add_group(identity, entry.gid, problem);
        }
    }
    return close_file(file, IDENTITY_GROUP, problem) && fits;
}

static bool add_listed(const char *list, struct identity *identity, struct problem *problem)
{
    for (const char *element = list;; element++) {
        size_t length = strcspn(element, ",");
        struct spec_part part;
        gid_t gid = 0;
        struct identity_source source;

        if (length == 0) {
            *problem = (struct problem){
                .what = "--groups", .subject = list, .why = "an element of the list is empty", .hint = HINT_USAGE};
            return false;
        }
        if (!spec_part_parse(element, length, "group", &part, problem) ||
            !find_group(&part, identity, &gid, &source, problem) || !add_group(identity, gid, problem)) {
            return false;
        }
        element += length;
        if (*element == '\0') {
            return true;
        }
    }
}

/* The runtime's groups: root's own memberships, first in the list, tell which of the caller's they are not. */
static bool keep_caller_groups(const struct identity_request *request, struct identity *identity,
                               struct problem *problem)
{
    size_t kept = 0;

    if (!add_groups_of("root", strlen("root"), identity, problem) || !settle_groups(identity, problem)) {
        return false;
    }
    const size_t roots = identity->group_count;
    for (size_t i = 0; i < request->caller_group_count; i++) {
        gid_t gid = request->caller_groups[i];
        if (gid != 0 && identity_find_group(identity->groups, roots, gid) == NULL) {
            identity->groups[roots + kept++] = gid;
        }
    }
    memmove(identity->groups, identity->groups + roots, kept * sizeof *identity->groups);
    identity->group_count = kept;
    return true;
}

static bool resolve_groups(const struct identity_request *request, struct identity *identity, struct problem *problem)
{
    bool member = request->groups == IDENTITY_GROUPS_INIT ||
                  (request->groups == IDENTITY_GROUPS_DEFAULT && !spec_part_given(&request->spec.group));

    identity->group_count = 0;
    if (request->keep_groups && !keep_caller_groups(request, identity, problem)) {
        return false;
    }
    if (member && identity->has_entry &&
        !add_groups_of(identity->user.name.text, identity->user.name.length, identity, problem)) {
        return false;
    }
    if (request->groups == IDENTITY_GROUPS_LIST && !add_listed(request->list, identity, problem)) {
        return false;
    }
    return add_group(identity, identity->gid, problem) && settle_groups(identity, problem);
}

bool identity_resolve(const struct identity_request *request, struct identity *identity, struct problem *problem)
{
    const struct spec_part *user = &request->spec.user;
    const struct spec_part *group = &request->spec.group;

    if (!spec_part_given(user)) {
        *problem = (struct problem){.what = "user", .why = "USER is empty", .hint = HINT_EMPTY_USER};
        return false;
    }
    if (!find_user(user, identity, problem)) {
        return false;
    }
    identity->home = "/";
    identity->shell = "/bin/sh";
    if (identity->has_entry) {
        identity->login = identity->user.name.text;
        identity->uid = identity->user.uid;
        identity->gid = identity->user.gid;
        identity->uid_source = (struct identity_source){.where = IDENTITY_PASSWD, .line = identity->user.line};
        identity->gid_source = identity->home_source = identity->uid_source;
        if (identity->user.home.length > 0) {
            identity->home = identity->user.home.text;
        }
        if (identity->user.shell.length > 0) {
            identity->shell = identity->user.shell.text;
        }
    } else {
        (void)spec_format(user->id, identity->digits);
        identity->login = identity->digits;
        identity->uid = user->id;
        identity->gid = request->caller_gid;
        identity->uid_source = (struct identity_source){.where = "no entry in " IDENTITY_PASSWD};
        identity->gid_source = (struct identity_source){.where = "the caller's"};
        identity->home_source = identity->uid_source;
    }
    if (request->shell && identity->has_entry && identity->user.shell.length >= ACCOUNTS_FIELD_MAX) {
        return malformed(IDENTITY_PASSWD, identity->user.line, user, "its login shell is too long", problem);
    }
    if (spec_part_given(group) && !find_group(group, identity, &identity->gid, &identity->gid_source, problem)) {
        return false;
    }
    return resolve_groups(request, identity, problem);
}
