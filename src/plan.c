#include "plan.h"

#include "command.h"
#include "report.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define CANNOT_TELL 125

static void put_name(struct report *out, const struct accounts_field *name)
{
    report_text(out, " (");
    report_quoted(out, name->text, name->length < ACCOUNTS_FIELD_MAX ? name->length : ACCOUNTS_FIELD_MAX - 1);
    report_text(out, ")");
}

static void put_source(struct report *out, const struct identity_source *source)
{
    report_text(out, ", ");
    report_text(out, source->where);
    if (source->line > 0) {
        report_text(out, ":");
        report_number(out, source->line);
    }
    report_text(out, "\n");
}

static void put_group(struct report *out, gid_t gid, const struct accounts_entry *entry)
{
    struct identity_source source = {"no entry in " IDENTITY_GROUP, 0};

    report_text(out, "group: ");
    report_number(out, gid);
    if (entry != NULL) {
        put_name(out, &entry->name);
        source = (struct identity_source){IDENTITY_GROUP, entry->line};
    }
    put_source(out, &source);
}

/* Each group once, under the first entry with its ID; then those that have none. */
static bool put_groups(struct report *out, const struct identity *identity, struct problem *problem)
{
    bool done[IDENTITY_GROUPS_MAX];
    struct accounts file;
    char room[ACCOUNTS_ROOM];
    struct accounts_entry entry = {.room = room};

    memset(done, 0, sizeof done);
    *problem = (struct problem){.what = IDENTITY_GROUP};
    if (!accounts_open(&file, IDENTITY_GROUP, "", 0)) {
        problem->error = errno;
        problem->why = errno == EINVAL ? "not a regular file" : NULL;
        return false;
    }
    while (accounts_next_group(&file, &entry)) {
        const gid_t *place =
            entry.malformed ? NULL : identity_find_group(identity->groups, identity->group_count, entry.gid);
        if (place != NULL && !done[place - identity->groups]) {
            done[place - identity->groups] = true;
            put_group(out, entry.gid, &entry);
        }
    }
    accounts_close(&file);
    problem->error = file.error;
    for (size_t i = 0; i < identity->group_count; i++) {
        if (!done[i]) {
            put_group(out, identity->groups[i], NULL);
        }
    }
    return file.error == 0;
}

static void put_set(struct report *out, uint64_t set)
{
    const char *separator = "";

    for (unsigned int number = 0; number < 64; number++) {
        const char *name = (set & CAPABILITY(number)) != 0 ? capabilities_name(number) : NULL;
        if (name != NULL) {
            report_text(out, separator);
            report_text(out, name);
            separator = ",";
        }
    }
    report_text(out, set == 0 ? "none" : "");
}

static void put_privileges(struct report *out, const struct privileges *want)
{
    report_text(out, "capabilities: ");
    if (want->uid == 0 && !want->exact) {
        report_text(out, "the caller's, none inheritable or ambient");
    } else {
        put_set(out, want->keep);
    }
    report_text(out, "\nbounding set: ");
    if (want->shrink_bounding) {
        put_set(out, want->keep);
    } else {
        report_text(out, "unchanged");
    }
    report_text(out, want->set_no_new_privs ? "\nno_new_privs: yes\n" : "\nno_new_privs: unchanged\n");
}

static void put_value(struct report *out, const char *label, const char *value)
{
    report_text(out, label);
    report_quoted(out, value, strlen(value));
}

static void put_environment(struct report *out, const struct options *options, const struct identity *identity)
{
    if (identity->home != NULL) {
        put_value(out, "home: ", identity->home);
        put_source(out, &identity->home_source);
    } else {
        report_text(out, "home: unchanged\n");
    }
    if (options->user_env && identity->login != NULL) {
        put_value(out, "USER, LOGNAME: ", identity->login);
        put_value(out, "\nSHELL: ", identity->shell);
        report_text(out, "\n");
    }
}

/* Descriptor 1 is the one that the plan goes to. */
static void put_stdio(struct report *out, const struct privileges *want)
{
    const char *separator = "";

    report_text(out, "descriptors given to the user: ");
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO && want->change_ids; fd++) {
        if (command_may_give(fd)) {
            report_text(out, separator);
            report_number(out, (unsigned long)fd);
            separator = ",";
        }
    }
    report_text(out, *separator == '\0' ? "none\n" : "\n");
}

int plan_print(const struct options *options, const struct identity *identity, const struct privileges *want,
               struct problem *problem)
{
    struct report out;
    char path[COMMAND_TEXT_MAX];
    bool complete = false;

    report_start(&out, STDOUT_FILENO);
    report_text(&out, "uid: ");
    report_number(&out, identity->uid);
    if (identity->has_entry) {
        put_name(&out, &identity->user.name);
    }
    put_source(&out, &identity->uid_source);
    report_text(&out, "gid: ");
    report_number(&out, identity->gid);
    put_source(&out, &identity->gid_source);
    complete = put_groups(&out, identity, problem);
    put_environment(&out, options, identity);
    put_privileges(&out, want);
    if (options->chown_stdio) {
        put_stdio(&out, want);
    }
    int status = complete ? command_find(options->command[0], identity, path, problem) : CANNOT_TELL;
    if (status == 0) {
        report_text(&out, "command: ");
        report_quoted(&out, path, strlen(path));
        report_text(&out, "\n");
    }
    if (!report_end(&out)) {
        *problem = (struct problem){.what = "standard output", .error = EIO};
        return CANNOT_TELL;
    }
    return status;
}
