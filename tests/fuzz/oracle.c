#include "oracle.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool same(struct text a, struct text b)
{
    return a.length == b.length && (a.length == 0 || memcmp(a.at, b.at, a.length) == 0);
}

static bool all_digits(struct text text)
{
    for (size_t i = 0; i < text.length; i++) {
        if (text.at[i] < '0' || text.at[i] > '9') {
            return false;
        }
    }
    return text.length > 0;
}

bool oracle_number(struct text text, uint32_t max, uint32_t *value)
{
    uint64_t number = 0;

    if (!all_digits(text)) {
        return false;
    }
    for (size_t i = 0; i < text.length; i++) {
        number = number * 10 + (uint64_t)(text.at[i] - '0');
        if (number > max) {
            return false;
        }
    }
    *value = (uint32_t)number;
    return true;
}

/* What stands before the first `separator`; *rest is what stands behind it. False where there is none. */
static bool split(struct text text, char separator, struct text *first, struct text *rest)
{
    size_t i = 0;

    while (i < text.length && text.at[i] != separator) {
        i++;
    }
    *first = (struct text){text.at, i};
    *rest = i < text.length ? (struct text){text.at + i + 1, text.length - i - 1} : (struct text){NULL, 0};
    return i < text.length;
}

static bool beyond_range(struct text part)
{
    uint32_t id;

    return all_digits(part) && !oracle_number(part, SPEC_ID_MAX, &id);
}

enum oracle_result oracle_spec(struct text text, struct text *user, struct text *group)
{
    struct text left, right;

    split(text, ':', user, group);
    if (split(*group, ':', &left, &right)) {
        return ORACLE_TWO_COLONS;
    }
    return beyond_range(*user) || beyond_range(*group) ? ORACLE_OUT_OF_RANGE : ORACLE_FOUND;
}

/* The lines of a file, one after the other. */
struct lines {
    const struct oracle_file *file;
    bool generous;
    size_t at;
    unsigned long number;
    struct text line;
};

/* 1: there is a line; 0: there is none; -1: reading it fails. */
static int next_line(struct lines *lines)
{
    const struct oracle_file *file = lines->file;
    size_t end = file->read_error != 0 ? file->readable : file->content.length;
    struct text rest = {end > 0 ? file->content.at + lines->at : NULL, end - lines->at};
    const char *newline;

    newline = rest.length > 0 ? memchr(rest.at, '\n', rest.length) : NULL;
    if (newline == NULL && file->read_error != 0) {
        return -1;
    }
    if (rest.length == 0) {
        return 0;
    }
    lines->number++;
    lines->line = rest;
    lines->at = end;
    if (newline != NULL) {
        lines->line.length = (size_t)(newline - rest.at);
        lines->at -= rest.length - lines->line.length - 1;
    }
    return 1;
}

/* The end of the file ends a line as a newline does. */
static struct text without_carriage_return(struct text line)
{
    if (line.length > 0 && line.at[line.length - 1] == '\r') {
        line.length--;
    }
    return line;
}

/* A line of a carriage return alone is left to be a malformed one without a name, which nothing can ask for. */
static bool passed_over(struct text line)
{
    return line.length == 0 || line.at[0] == '#' || line.at[0] == '+' || line.at[0] == '-';
}

static bool is_space(char byte)
{
    return (unsigned char)byte > 0x7f || (byte != '\0' && strchr(" \t\n\v\f\r", byte) != NULL);
}

static struct text without_spaces_before(struct text text)
{
    while (text.length > 0 && is_space(text.at[0])) {
        text.at++;
        text.length--;
    }
    return text;
}

/* What is kept of a field, less the white space around it. */
static struct text trimmed(struct text field)
{
    if (field.length > ACCOUNTS_FIELD_MAX + 1) {
        field.length = ACCOUNTS_FIELD_MAX + 1;
    }
    while (field.length > 0 && is_space(field.at[field.length - 1])) {
        field.length--;
    }
    return without_spaces_before(field);
}

static bool is_id(struct text field, uint32_t *id)
{
    return field.length < ACCOUNTS_FIELD_MAX && oracle_number(field, 4294967294U, id);
}

static struct oracle_entry parse(bool passwd, const struct lines *lines)
{
    enum { MOST = 7 };
    struct text fields[MOST] = {{NULL, 0}}, rest = without_carriage_return(lines->line);
    struct oracle_entry entry = {.line = lines->number, .whole = lines->line};
    int count = 0;
    bool more = true;

    while (more && count < MOST) {
        more = split(rest, ':', &fields[count++], &rest);
    }
    entry.name = lines->generous ? trimmed(fields[0]) : fields[0];
    entry.malformed =
        count < (passwd ? 4 : 3) || entry.name.length == 0 || memchr(lines->line.at, '\0', lines->line.length) != NULL;
    if (passwd) {
        entry.malformed = entry.malformed || !is_id(fields[2], &entry.uid) || !is_id(fields[3], &entry.gid);
        entry.home = fields[5];
        entry.shell = fields[6];
    } else {
        entry.malformed = entry.malformed || !is_id(fields[2], &entry.gid);
        entry.members = fields[3];
    }
    return entry;
}

/* 1, 0 or -1 as next_line. */
static int next_entry(bool passwd, struct lines *lines, struct oracle_entry *entry)
{
    int got;

    while ((got = next_line(lines)) == 1) {
        if (lines->generous) {
            lines->line = without_spaces_before(lines->line);
        }
        if (lines->generous ? lines->line.length == 0 : passed_over(lines->line)) {
            continue;
        }
        *entry = parse(passwd, lines);
        return 1;
    }
    return got;
}

size_t oracle_entries(bool passwd, bool generous, const struct oracle_file *file, struct oracle_entry *entries,
                      size_t max)
{
    struct lines lines = {.file = file, .generous = generous};
    size_t count = 0;

    while (count < max && next_entry(passwd, &lines, &entries[count]) == 1) {
        count++;
    }
    return count;
}

bool oracle_lists(struct text members, struct text name, bool generous)
{
    struct text member;
    bool more = true;

    while (more) {
        more = split(members, ',', &member, &members);
        member = generous ? trimmed(member) : member;
        if (name.length > 0 && name.length < ACCOUNTS_FIELD_MAX && same(member, name)) {
            return true;
        }
    }
    return false;
}

static bool fail(struct oracle_answer *answer, enum oracle_result result, bool passwd, unsigned long line, int error)
{
    answer->result = result;
    answer->file = passwd ? IDENTITY_PASSWD : IDENTITY_GROUP;
    answer->line = line;
    answer->error = error;
    return false;
}

/* False, with *answer saying why, where the file cannot be read. A missing one is an empty one. */
static bool start(bool passwd, struct lines *lines, const struct oracle_file *file, struct oracle_answer *answer)
{
    static const struct oracle_file empty;

    *lines = (struct lines){.file = file->open_error == 0 ? file : &empty};
    if (file->open_error != 0 && file->open_error != ENOENT) {
        return fail(answer, ORACLE_FILE, passwd, 0, file->open_error);
    }
    return true;
}

/* The first entry with that name or, where `id` is not NULL, that uid. *found tells whether there is one. */
static bool look_up(bool passwd, const struct oracle_file *file, struct text name, const uint32_t *id,
                    struct oracle_entry *entry, bool *found, struct oracle_answer *answer)
{
    struct lines lines;
    int got;

    *found = false;
    if (!start(passwd, &lines, file, answer)) {
        return false;
    }
    while ((got = next_entry(passwd, &lines, entry)) == 1) {
        if (id != NULL ? entry->malformed || entry->uid != *id
                       : name.length >= ACCOUNTS_FIELD_MAX || !same(entry->name, name)) {
            continue;
        }
        if (entry->malformed) {
            return fail(answer, ORACLE_MALFORMED, passwd, entry->line, 0);
        }
        *found = true;
        return true;
    }
    return got == 0 || fail(answer, ORACLE_FILE, passwd, 0, file->read_error);
}

static void add(struct oracle_answer *answer, uint32_t gid)
{
    size_t at = 0;

    while (at < answer->group_count && answer->groups[at] < gid) {
        at++;
    }
    if (at < answer->group_count && answer->groups[at] == gid) {
        return;
    }
    if (answer->group_count == sizeof answer->groups / sizeof answer->groups[0]) {
        abort();
    }
    memmove(&answer->groups[at + 1], &answer->groups[at], (answer->group_count - at) * sizeof answer->groups[0]);
    answer->groups[at] = gid;
    answer->group_count++;
}

static bool resolve_user(const struct oracle_request *request, struct text user, bool empty_group,
                         const struct oracle_file *passwd, struct oracle_answer *answer)
{
    uint32_t id = 0;
    bool numeric = oracle_number(user, SPEC_ID_MAX, &id);
    struct oracle_entry *entry = &answer->entry;

    if (!look_up(true, passwd, user, numeric ? &id : NULL, entry, &answer->has_entry, answer)) {
        return false;
    }
    answer->home = (struct text){"/", 1};
    answer->gid_line = answer->has_entry ? entry->line : 0;
    answer->shell = (struct text){"/bin/sh", 7};
    if (!answer->has_entry) {
        answer->login = (struct text){answer->digits, (size_t)sprintf(answer->digits, "%u", (unsigned int)id)};
        answer->uid = id;
        answer->gid = request->caller_gid;
        if (!numeric) {
            return fail(answer, ORACLE_NO_ENTRY, true, 0, 0);
        }
        return !empty_group || request->empty_group_is_callers || fail(answer, ORACLE_EMPTY_GROUP, true, 0, 0);
    }
    answer->uid = entry->uid;
    answer->gid = entry->gid;
    answer->login = entry->name;
    if (entry->shell.length > 0) {
        answer->shell = entry->shell;
    }
    if (entry->home.length > 0) {
        answer->home = entry->home;
    }
    if (entry->name.length >= ACCOUNTS_FIELD_MAX || entry->home.length >= ACCOUNTS_FIELD_MAX ||
        (request->shell && entry->shell.length >= ACCOUNTS_FIELD_MAX)) {
        return fail(answer, ORACLE_TOO_LONG, true, entry->line, 0);
    }
    return true;
}

static bool resolve_group(struct text part, const struct oracle_file *group, uint32_t *gid, unsigned long *line,
                          struct oracle_answer *answer)
{
    struct oracle_entry entry;
    bool found;

    *line = 0;
    if (oracle_number(part, SPEC_ID_MAX, gid)) {
        return true;
    }
    if (all_digits(part)) {
        return fail(answer, ORACLE_OUT_OF_RANGE, false, 0, 0);
    }
    if (!look_up(false, group, part, NULL, &entry, &found, answer)) {
        return false;
    }
    if (!found) {
        return fail(answer, ORACLE_NO_ENTRY, false, 0, 0);
    }
    *gid = entry.gid;
    *line = entry.line;
    return true;
}

static bool add_list(struct text list, const struct oracle_file *group, struct oracle_answer *answer)
{
    struct text element;
    bool more = true;
    unsigned long line;
    uint32_t gid;

    while (more) {
        more = split(list, ',', &element, &list);
        if (element.length == 0 || same(element, (struct text){"?", 1})) {
            return fail(answer, ORACLE_EMPTY_ELEMENT, false, 0, 0);
        }
        if (!resolve_group(element, group, &gid, &line, answer)) {
            return false;
        }
        add(answer, gid);
    }
    return true;
}

int oracle_path(struct text path, uint32_t *gid)
{
    struct text below = {path.at + 3, path.length - 3};

    if (path.length < 3) {
        return ENOENT;
    }
    if (memcmp(path.at, "/g/", 3) == 0 && oracle_number(below, 4294967294U, gid)) {
        return 0;
    }
    return memcmp(path.at, "/n/", 3) == 0 ? ENOTDIR : memcmp(path.at, "/e/", 3) == 0 ? EACCES : ENOENT;
}

static bool resolve_path(struct text path, bool allow_root, bool optional, uint32_t *gid, bool *found,
                         struct oracle_answer *answer)
{
    int error = path.length >= ACCOUNTS_FIELD_MAX ? ENAMETOOLONG : oracle_path(path, gid);

    *found = error == 0;
    if (optional && (error == ENOENT || error == ENOTDIR)) {
        return true;
    }
    if (error != 0) {
        return fail(answer, ORACLE_PATH, false, 0, error);
    }
    return (*gid != 65534 && (*gid != 0 || allow_root)) || fail(answer, ORACLE_REFUSED, false, 0, 0);
}

static bool add_extra(const struct oracle_request *request, const struct oracle_file *group,
                      struct oracle_answer *answer)
{
    struct text element, list = request->extra;
    bool more = true, found;
    unsigned long line;
    uint32_t gid;

    while (more) {
        more = split(list, ',', &element, &list);
        bool optional = element.length > 0 && element.at[element.length - 1] == '?';
        element.length -= optional;
        if (element.length == 0) {
            return fail(answer, ORACLE_EMPTY_ELEMENT, false, 0, 0);
        }
        if (memchr(element.at, '/', element.length) != NULL) {
            if (!resolve_path(element, request->allow_root, optional, &gid, &found, answer)) {
                return false;
            }
        } else {
            found = resolve_group(element, group, &gid, &line, answer);
            if (!found && !(optional && answer->result == ORACLE_NO_ENTRY)) {
                return false;
            }
        }
        if (found) {
            add(answer, gid);
        }
        answer->result = ORACLE_FOUND;
    }
    return true;
}

/* The groups that list `name`; *answer says why not where the file cannot be read, or they are too many. */
static bool add_groups_of(struct text name, const struct oracle_file *group, struct oracle_answer *answer)
{
    struct lines lines;
    struct oracle_entry entry;
    int got;

    if (!start(false, &lines, group, answer)) {
        return false;
    }
    while ((got = next_entry(false, &lines, &entry)) == 1) {
        if (!entry.malformed && oracle_lists(entry.members, name, false)) {
            add(answer, entry.gid);
        }
    }
    if (got < 0) {
        return fail(answer, ORACLE_FILE, false, 0, group->read_error);
    }
    return answer->group_count <= GROUPS_MAX || fail(answer, ORACLE_TOO_MANY_GROUPS, false, 0, 0);
}

/* The groups that list a name of root's, as a container's runtime may read the file. */
static bool add_groups_of_root(struct text name, const struct oracle_file *group, struct oracle_answer *roots)
{
    struct lines lines;
    struct oracle_entry entry;
    int got;

    if (!start(false, &lines, group, roots)) {
        return false;
    }
    lines.generous = true;
    while ((got = next_entry(false, &lines, &entry)) == 1) {
        if (!oracle_lists(entry.members, name, true)) {
            continue;
        }
        if (entry.malformed) {
            return fail(roots, ORACLE_MALFORMED, false, entry.line, 0);
        }
        add(roots, entry.gid);
    }
    return got == 0 || fail(roots, ORACLE_FILE, false, 0, group->read_error);
}

/* The same of every name that has uid 0, or an ID that is none. */
static bool add_groups_of_roots(const struct oracle_file *passwd, const struct oracle_file *group,
                                struct oracle_answer *roots)
{
    struct lines lines;
    struct oracle_entry entry;
    int got;

    if (!start(true, &lines, passwd, roots)) {
        return false;
    }
    lines.generous = true;
    while ((got = next_entry(true, &lines, &entry)) == 1) {
        if ((!entry.malformed && entry.uid != 0) || entry.name.length == 0) {
            continue;
        }
        if (entry.name.length >= ACCOUNTS_FIELD_MAX) {
            return fail(roots, ORACLE_TOO_LONG, true, entry.line, 0);
        }
        if (!add_groups_of_root(entry.name, group, roots)) {
            return false;
        }
    }
    if (got < 0) {
        return fail(roots, ORACLE_FILE, true, 0, passwd->read_error);
    }
    return roots->group_count <= GROUPS_MAX || fail(roots, ORACLE_TOO_MANY_GROUPS, false, 0, 0);
}

/* The caller's groups less gid 0 and less root's. */
static bool add_kept(const struct oracle_request *request, const struct oracle_file *passwd,
                     const struct oracle_file *group, struct oracle_answer *answer)
{
    static struct oracle_answer roots;

    roots.group_count = 0;
    if (!add_groups_of_roots(passwd, group, &roots)) {
        answer->result = roots.result;
        answer->file = roots.file;
        answer->line = roots.line;
        answer->error = roots.error;
        answer->group_count = roots.group_count;
        return false;
    }
    for (size_t i = 0; i < request->caller_group_count; i++) {
        bool given = request->caller_groups[i] != 0;
        for (size_t j = 0; j < roots.group_count; j++) {
            given = given && roots.groups[j] != request->caller_groups[i];
        }
        if (given) {
            add(answer, request->caller_groups[i]);
        }
    }
    return true;
}

void oracle_resolve(const struct oracle_request *request, const struct oracle_file *passwd,
                    const struct oracle_file *group, struct oracle_answer *answer)
{
    struct text user, group_part;
    bool listed;

    answer->group_count = 0;
    answer->result = oracle_spec(request->spec, &user, &group_part);
    if (answer->result != ORACLE_FOUND) {
        return;
    }
    if (user.length == 0) {
        answer->result = ORACLE_EMPTY_USER;
        return;
    }
    bool empty_group = user.length < request->spec.length && group_part.length == 0;
    if (!resolve_user(request, user, empty_group, passwd, answer)) {
        return;
    }
    if (group_part.length > 0 && !resolve_group(group_part, group, &answer->gid, &answer->gid_line, answer)) {
        return;
    }
    listed = answer->has_entry && (request->mode == IDENTITY_GROUPS_INIT ||
                                   (request->mode == IDENTITY_GROUPS_DEFAULT && group_part.length == 0));
    if (request->keep_groups && !add_kept(request, passwd, group, answer)) {
        return;
    }
    if (listed && !add_groups_of(answer->entry.name, group, answer)) {
        return;
    }
    if (request->mode == IDENTITY_GROUPS_LIST && !add_list(request->list, group, answer)) {
        return;
    }
    if (request->extra.at != NULL && !add_extra(request, group, answer)) {
        return;
    }
    add(answer, answer->gid);
    if (answer->group_count > GROUPS_MAX) {
        answer->result = ORACLE_TOO_MANY_GROUPS;
    }
}
