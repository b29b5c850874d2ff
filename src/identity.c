#include "identity.h"

#include "reference.h"

#include <errno.h>
#include <string.h>

const char identity_callers[] = "the caller's";

/* What was asked for, as the subject of a problem. */
#define SUBJECT(part) .subject = (part)->text, .subject_length = (part)->length

static bool matches(const struct accounts_entry *entry, const struct spec_part *user)
{
    if (user->numeric) {
        return !entry->malformed && entry->uid == user->id;
    }
    return accounts_is(&entry->name, user->text, user->length);
}

/* The first entry of that name or ID; identity->has_entry tells whether there is one. */
static bool find_entry(const struct spec_part *user, struct identity *identity, struct problem *problem)
{
    struct accounts *file = identity->files;
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
    if (!accounts_open(file, IDENTITY_PASSWD, wanted, length, problem)) {
        return false;
    }
    while (!identity->has_entry && accounts_next_user(file, entry)) {
        identity->has_entry = matches(entry, user);
    }
    if (!accounts_close(file, problem)) {
        return false;
    }
    if (!identity->has_entry) {
        return true;
    }
    if (entry->malformed) {
        return PROBLEM(problem, .what = IDENTITY_PASSWD, .line = entry->line, SUBJECT(user),
                       .why = "the entry is malformed");
    }
    if (entry->name.length >= ACCOUNTS_FIELD_MAX || entry->home.length >= ACCOUNTS_FIELD_MAX) {
        return PROBLEM(problem, .what = IDENTITY_PASSWD, .line = entry->line, SUBJECT(user),
                       .why = "its name or home directory is too long");
    }
    return true;
}

static bool find_user(const struct spec_part *user, struct identity *identity, struct problem *problem)
{
    return find_entry(user, identity, problem) &&
           (identity->has_entry || user->numeric ||
            PROBLEM(problem, .what = "user", SUBJECT(user), .why = "no such user in " IDENTITY_PASSWD,
                    .hint = HINT_NO_SUCH_NAME));
}

/*
 * --account: the user is the one with that name, or will be. But if there is none, a user keeps the name that it has.
 * True with the entry that counts.
 */
static bool find_account(const struct identity_request *request, struct identity *identity, struct problem *problem)
{
    const struct spec_part name = {.text = request->account, .length = strlen(request->account)};
    bool had_entry = identity->has_entry;

    if (!find_entry(&name, identity, problem)) {
        return false;
    }
    identity->is_account = identity->has_entry || !had_entry;
    if (!had_entry && identity->has_entry) {
        identity->gid = identity->user.gid;
        identity->gid_source = (struct identity_source){.where = IDENTITY_PASSWD, .line = identity->user.line};
    }
    return identity->is_account || find_entry(&request->spec.user, identity, problem);
}

/* An entry for a group: its fields go behind those of the user's entry. */
static struct accounts_entry group_entry(struct identity *identity)
{
    return (struct accounts_entry){.room = identity->text + identity->user.used};
}

static bool find_group(const struct spec_part *group, struct identity *identity, gid_t *gid,
                       struct identity_source *source, struct problem *problem)
{
    struct accounts *file = identity->files;
    struct accounts_entry entry = group_entry(identity);
    bool found = false;

    *source = (struct identity_source){.where = "as given"};
    if (group->numeric) {
        *gid = group->id;
        return true;
    }
    if (!accounts_open(file, IDENTITY_GROUP, group->text, group->length, problem)) {
        return false;
    }
    while (!found && accounts_next_group(file, &entry)) {
        found = accounts_is(&entry.name, group->text, group->length);
    }
    if (!accounts_close(file, problem)) {
        return false;
    }
    if (!found) {
        return PROBLEM(problem, .what = "group", SUBJECT(group), .why = "no such group in " IDENTITY_GROUP,
                       .hint = HINT_NO_SUCH_NAME);
    }
    if (entry.malformed) {
        return PROBLEM(problem, .what = IDENTITY_GROUP, .line = entry.line, SUBJECT(group),
                       .why = "the entry is malformed");
    }
    *gid = entry.gid;
    *source = (struct identity_source){.where = IDENTITY_GROUP, .line = entry.line};
    return true;
}

/* Adds the groups that list the `length` bytes at `name` as a member. */
static bool add_groups_of(const char *name, size_t length, struct identity *identity, struct problem *problem)
{
    struct accounts *file = identity->files;
    struct accounts_entry entry = group_entry(identity);
    bool fits = true;

    if (!accounts_open(file, IDENTITY_GROUP, name, length, problem)) {
        return false;
    }
    while (fits && accounts_next_group(file, &entry)) {
        if (!entry.malformed && entry.lists_wanted) {
            fits = groups_add(&identity->groups, entry.gid, problem);
        }
    }
    return accounts_close(file, problem) && fits;
}

static bool add_listed(const char *list, struct identity *identity, struct problem *problem)
{
    struct spec_element element;
    struct spec_part part;
    gid_t gid = 0;
    struct identity_source source;

    while (list != NULL) {
        if (!spec_next(&list, "--groups", &element, problem) ||
            !spec_part_parse(element.text, element.length + element.optional, "group", &part, problem) ||
            !find_group(&part, identity, &gid, &source, problem) || !groups_add(&identity->groups, gid, problem)) {
            return false;
        }
    }
    return true;
}

/* The group of an element of --group-add: what has a slash is a path. */
static bool find_extra(const struct spec_element *element, bool allow_root, struct identity *identity, gid_t *gid,
                       struct problem *problem)
{
    char *path = identity->text + identity->user.used;
    struct identity_source source;
    struct spec_part part;

    if (memchr(element->text, '/', element->length) == NULL) {
        return spec_part_parse(element->text, element->length, "group", &part, problem) &&
               find_group(&part, identity, gid, &source, problem);
    }
    if (element->length >= ACCOUNTS_FIELD_MAX) {
        return PROBLEM(problem, .what = "--group-add", SUBJECT(element), .error = ENAMETOOLONG);
    }
    memcpy(path, element->text, element->length);
    path[element->length] = '\0';
    return reference_group(path, allow_root, gid, problem);
}

static bool add_extra(const char *list, bool allow_root, struct identity *identity, struct problem *problem)
{
    struct spec_element element;
    gid_t gid = 0;

    while (list != NULL) {
        if (!spec_next(&list, "--group-add", &element, problem)) {
            return false;
        }
        if (find_extra(&element, allow_root, identity, &gid, problem)) {
            if (!groups_add(&identity->groups, gid, problem)) {
                return false;
            }
        } else if (!element.optional ||
                   (problem->hint != HINT_NO_SUCH_NAME && problem->error != ENOENT && problem->error != ENOTDIR)) {
            return false;
        }
    }
    return true;
}

/* Adds the groups that the container's runtime may have given to root by this name: its parser takes more for a line.
 */
static bool add_groups_of_root(const struct accounts_entry *root, struct identity *identity, struct problem *problem)
{
    struct accounts *file = identity->files + 1;
    struct accounts_entry entry = {.room = root->room + root->used};
    bool good = true;

    if (!accounts_open(file, IDENTITY_GROUP, root->name.text, root->name.length, problem)) {
        return false;
    }
    file->generous = true;
    while (good && accounts_next_group(file, &entry)) {
        if (entry.lists_wanted && entry.malformed) {
            good = PROBLEM(problem, .what = IDENTITY_GROUP, .line = entry.line, SUBJECT(&root->name),
                           .why = "the entry is malformed, and lists a name with uid 0");
        } else if (entry.lists_wanted) {
            good = groups_add(&identity->groups, entry.gid, problem);
        }
    }
    return accounts_close(file, problem) && good;
}

/*
 * A malformed ID is 0 to the container's runtime: such a line gives root a name as well. What is all white space here
 * may be a name there, in another script.
 */
static bool add_groups_of_roots(struct identity *identity, struct problem *problem)
{
    struct accounts *file = identity->files;
    struct accounts_entry entry = {.room = identity->text + identity->user.used};
    bool good = true;

    if (!accounts_open(file, IDENTITY_PASSWD, "", 0, problem)) {
        return false;
    }
    file->generous = true;
    while (good && accounts_next_user(file, &entry)) {
        bool root = entry.uid == 0 || (entry.malformed && entry.name.length > 0);
        if (root && (entry.name.length == 0 || entry.name.length >= ACCOUNTS_FIELD_MAX)) {
            good = PROBLEM(problem, .what = IDENTITY_PASSWD, .line = entry.line,
                           .why = "a name with uid 0 is too long, or none");
        } else if (root) {
            good = add_groups_of_root(&entry, identity, problem);
        }
    }
    return accounts_close(file, problem) && good;
}

/* The runtime's groups: root's own memberships, first in the list, tell which of the caller's they are not. */
static bool keep_caller_groups(const struct groups *caller, struct identity *identity, struct problem *problem)
{
    struct groups *groups = &identity->groups;
    size_t kept = 0;

    if (!add_groups_of_roots(identity, problem) || !groups_settle(groups, problem)) {
        return false;
    }
    for (size_t i = 0; i < caller->count; i++) {
        gid_t gid = caller->ids[i];
        if (gid != 0 && groups_find(groups, gid) == NULL) {
            groups->ids[groups->count + kept++] = gid;
        }
    }
    memmove(groups->ids, groups->ids + groups->count, kept * sizeof *groups->ids);
    groups->count = kept;
    return true;
}

static bool resolve_groups(const struct identity_request *request, struct identity *identity, struct problem *problem)
{
    bool member =
        request->groups == IDENTITY_GROUPS_INIT || (request->groups == IDENTITY_GROUPS_DEFAULT &&
                                                    (!spec_part_given(&request->spec.group) || identity->is_account));

    identity->groups.count = 0;
    if (request->keep_groups && !keep_caller_groups(&request->caller_groups, identity, problem)) {
        return false;
    }
    if (member && (identity->has_entry || identity->is_account) &&
        !add_groups_of(identity->login, strlen(identity->login), identity, problem)) {
        return false;
    }
    if (request->groups == IDENTITY_GROUPS_LIST && !add_listed(request->list, identity, problem)) {
        return false;
    }
    if (!add_extra(request->add, request->allow_root, identity, problem)) {
        return false;
    }
    return groups_add(&identity->groups, identity->gid, problem) && groups_settle(&identity->groups, problem);
}

bool identity_check_groups(const struct identity_request *request, struct identity *identity, struct problem *problem)
{
    identity->has_entry = false;
    identity->user.used = 0;
    identity->groups.count = 0;
    return add_listed(request->list, identity, problem) && add_extra(request->add, true, identity, problem);
}

/* Name, home and shell, from the entry that counts or without one. */
static void name_user(const struct identity_request *request, struct identity *identity)
{
    const struct accounts_entry *user = &identity->user;

    identity->login = identity->digits;
    identity->home = "/";
    identity->shell = "/bin/sh";
    identity->home_source = identity->uid_source;
    if (identity->has_entry) {
        identity->login = user->name.text;
        identity->home = user->home.length > 0 ? user->home.text : identity->home;
        identity->shell = user->shell.length > 0 ? user->shell.text : identity->shell;
        identity->home_source = (struct identity_source){.where = IDENTITY_PASSWD, .line = user->line};
    } else if (identity->is_account) {
        identity->login = request->account;
        identity->home = request->account_home;
        identity->home_source = (struct identity_source){.where = "--account"};
    }
}

bool identity_resolve(const struct identity_request *request, struct identity *identity, struct problem *problem)
{
    const struct spec_part *user = &request->spec.user;
    const struct spec_part *group = &request->spec.group;

    if (!spec_part_given(user)) {
        return PROBLEM(problem, .what = "user", .why = "USER is empty", .hint = HINT_EMPTY_USER);
    }
    if (!find_user(user, identity, problem)) {
        return false;
    }
    identity->is_account = false;
    if (identity->has_entry) {
        identity->uid = identity->user.uid;
        identity->gid = identity->user.gid;
        identity->uid_source = (struct identity_source){.where = IDENTITY_PASSWD, .line = identity->user.line};
        identity->gid_source = identity->uid_source;
    } else if (request->spec.colon && !spec_part_given(group)) {
        return PROBLEM(problem, .what = "group", SUBJECT(user),
                       .why = "GROUP is empty, and the ID has no entry in " IDENTITY_PASSWD, .hint = HINT_EMPTY_GROUP);
    } else {
        (void)spec_format(user->id, identity->digits);
        identity->uid = user->id;
        identity->gid = request->caller_gid;
        identity->uid_source = (struct identity_source){.where = "no entry in " IDENTITY_PASSWD};
        identity->gid_source = (struct identity_source){.where = identity_callers};
    }
    if (request->account != NULL && !find_account(request, identity, problem)) {
        return false;
    }
    name_user(request, identity);
    if (request->shell && identity->has_entry && identity->user.shell.length >= ACCOUNTS_FIELD_MAX) {
        return PROBLEM(problem, .what = IDENTITY_PASSWD, .line = identity->user.line, SUBJECT(user),
                       .why = "its login shell is too long");
    }
    if (spec_part_given(group) && !find_group(group, identity, &identity->gid, &identity->gid_source, problem)) {
        return false;
    }
    return resolve_groups(request, identity, problem);
}
