#include "dry_run.h"

#include "command.h"
#include "output.h"

#include <string.h>
#include <unistd.h>

static void put_name(struct output *out, const struct accounts_field *name)
{
    output_text(out, " (");
    output_quoted(out, name->text, name->length);
    output_text(out, ")");
}

static void put_at(struct output *out, const char *where, unsigned long line)
{
    output_text(out, ", ");
    output_text(out, where);
    if (line > 0) {
        output_text(out, ":");
        output_number(out, line);
    }
    output_text(out, "\n");
}

static void put_source(struct output *out, const struct identity_source *source)
{
    put_at(out, source->where, source->line);
}

static void put_group(struct output *out, gid_t gid, const struct accounts_field *name, const char *where,
                      unsigned long line)
{
    output_text(out, "group: ");
    output_number(out, gid);
    if (name != NULL) {
        put_name(out, name);
    }
    put_at(out, where, line);
}

/* Each group once, under the first entry with its ID; then those without one. Here nothing but names comes of the file:
 * that it cannot be read is a problem where the run needs it. */
static void put_groups(struct output *out, const struct identity *identity, char *done, struct problem *problem)
{
    const struct groups *groups = &identity->groups;
    struct accounts_entry entry = {.room = identity->text + identity->user.used};
    const char *where = IDENTITY_GROUP " cannot be read";

    memset(done, 0, groups->count);
    if (accounts_open(identity->files, IDENTITY_GROUP, "", 0, problem)) {
        while (accounts_next_group(identity->files, &entry)) {
            const gid_t *place = entry.malformed ? NULL : groups_find(groups, entry.gid);
            if (place != NULL && !done[place - groups->ids]) {
                done[place - groups->ids] = true;
                put_group(out, entry.gid, &entry.name, IDENTITY_GROUP, entry.line);
            }
        }
        if (accounts_close(identity->files, problem)) {
            where = "no entry in " IDENTITY_GROUP;
        }
    }
    for (size_t i = 0; i < groups->count; i++) {
        if (!done[i]) {
            put_group(out, groups->ids[i], NULL, where, 0);
        }
    }
}

/* Those of the caller's groups that --keep-groups does not keep. */
static void put_left_out(struct output *out, const struct groups *caller, const struct groups *groups)
{
    for (size_t i = 0; i < caller->count; i++) {
        if (groups_find(groups, caller->ids[i]) == NULL) {
            output_text(out, "group left out: ");
            output_number(out, caller->ids[i]);
            output_text(out,
                        caller->ids[i] == 0 ? ", root's\n" : ", " IDENTITY_GROUP " gives it to a name with uid 0\n");
        }
    }
}

static void put_set(struct output *out, uint64_t set)
{
    const char *separator = "";

    for (unsigned int number = 0; number < 64; number++) {
        const char *name = (set & CAPABILITY(number)) != 0 ? capabilities_name(number) : NULL;
        if (name != NULL) {
            output_text(out, separator);
            output_text(out, name);
            separator = ",";
        }
    }
    output_text(out, set == 0 ? "none" : "");
}

static void put_privileges(struct output *out, const struct privileges *want)
{
    output_text(out, "capabilities: ");
    if (want->uid == 0 && !want->exact) {
        output_text(out, "the caller's, none inheritable or ambient");
    } else {
        put_set(out, want->keep);
    }
    output_text(out, "\nbounding set: ");
    if (want->shrink_bounding) {
        put_set(out, want->keep);
    } else {
        output_text(out, "unchanged");
    }
    output_text(out, want->set_no_new_privs ? "\nno_new_privs: yes\n" : "\nno_new_privs: unchanged\n");
}

static void put_value(struct output *out, const char *label, const char *value)
{
    output_text(out, label);
    output_quoted(out, value, strlen(value));
}

static void put_environment(struct output *out, const struct plan *plan)
{
    if (plan->home != NULL) {
        put_value(out, "home: ", plan->home);
        put_source(out, &plan->identity.home_source);
    } else {
        output_text(out, "home: unchanged\n");
    }
    if (plan->login != NULL) {
        put_value(out, "USER, LOGNAME: ", plan->login);
        put_value(out, "\nSHELL: ", plan->shell);
        output_text(out, "\n");
    }
}

/* Descriptor 1 is the one that the plan goes to. */
static void put_stdio(struct output *out, const struct plan *plan)
{
    const char *separator = "";

    output_text(out, "descriptors given to the user: ");
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO && plan->give_stdio; fd++) {
        if (command_may_give(fd)) {
            output_text(out, separator);
            output_number(out, (unsigned long)fd);
            separator = ",";
        }
    }
    output_text(out, *separator == '\0' ? "none\n" : "\n");
}

static void put_line(struct output *out, const char *path, const struct account_line *line)
{
    if (line->change != ACCOUNT_KEEP) {
        output_text(out, line->change == ACCOUNT_ADD ? "account: a line is added" : "account: the IDs change");
        put_at(out, path, line->line);
    }
}

static void put_account(struct output *out, const struct account_lines *account)
{
    put_line(out, IDENTITY_PASSWD, &account->user);
    put_line(out, IDENTITY_GROUP, &account->group);
    if (!account_lines_have_home(account)) {
        put_value(out, "account: a directory is made, ", account->home);
        output_text(out, "\n");
    }
}

static void put_umask(struct output *out, const struct plan *plan)
{
    output_text(out, "umask: ");
    for (unsigned int shift = 9; shift > 0; shift -= 3) {
        output_number(out, plan->umask >> (shift - 3) & 7U);
    }
    output_text(out, "\n");
}

static void put_ownership(struct output *out, const struct ownership *own)
{
    struct spec_element path;
    struct problem unheard; /* the list was checked */

    for (const char *rest = own->list; rest != NULL && spec_next(&rest, "--chown", &path, &unheard);) {
        output_text(out, "chown: ");
        output_quoted(out, path.text, path.length);
        output_text(out, path.optional ? ", if it is there" : "");
        output_text(out, own->once ? ", unless it is the user's\n" : "\n");
    }
}

static void put_command(struct output *out, const char *path)
{
    put_value(out, "command: ", path);
    output_text(out, "\n");
}

/* What the command would hold: root that keeps what it has is, where this is not root, one that has everything. */
static uint64_t effective(const struct credentials *caller, const struct privileges *want)
{
    if (want->exact || want->uid != 0) {
        return want->keep;
    }
    return caller->real_uid == 0 ? caller->capabilities.permitted : UINT64_MAX;
}

bool dry_run(const struct options *options, const struct credentials *caller, const struct plan *plan, char *done,
             struct problem *problem)
{
    const struct identity *identity = &plan->identity;
    struct output out;
    const char *path = NULL;

    output_start(&out, STDOUT_FILENO);
    output_text(&out, "uid: ");
    output_number(&out, identity->uid);
    if (identity->has_entry) {
        put_name(&out, &identity->user.name);
    }
    put_source(&out, &identity->uid_source);
    output_text(&out, "gid: ");
    output_number(&out, identity->gid);
    put_source(&out, &identity->gid_source);
    put_groups(&out, identity, done, problem);
    if (options->keep_groups) {
        put_left_out(&out, &caller->groups, &identity->groups);
    }
    put_environment(&out, plan);
    if (plan->account.name != NULL) {
        put_account(&out, &plan->account);
    }
    put_privileges(&out, &plan->want);
    if (plan->set_umask) {
        put_umask(&out, plan);
    }
    put_ownership(&out, &plan->own);
    if (options->chown_stdio) {
        put_stdio(&out, plan);
    }
    bool good = command_find(options->command[0], identity, effective(caller, &plan->want),
                             identity->text + identity->user.used, &path, problem);
    if (good) {
        put_command(&out, path);
    }
    return output_end(&out, problem) && good;
}
