#include "accounts.h"

#include "scan.h"
#include "spec.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What ended a field, besides the separator itself. */
#define END_OF_LINE '\n'
#define END_OF_FILE (-1)

/* It was only read: Linux frees the descriptor whatever close says. */
static void release(struct accounts *accounts)
{
    if (accounts->fd >= 0) {
        (void)close(accounts->fd);
        accounts->fd = -1;
    }
}

bool accounts_open(struct accounts *accounts, const char *path, const char *wanted, size_t length,
                   struct problem *problem)
{
    struct stat status;

    accounts->path = path;
    accounts->error = 0;
    accounts->line = 0;
    accounts->at = accounts->end = 0;
    accounts->wanted = wanted;
    accounts->wanted_length = length;
    /* O_NONBLOCK: a FIFO in the file's place must not hang the container before fstat can refuse it. */
    accounts->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (accounts->fd < 0) {
        return errno == ENOENT || PROBLEM(problem, .what = path, .error = errno);
    }
    if (fstat(accounts->fd, &status) != 0) {
        (void)PROBLEM(problem, .what = path, .error = errno);
        release(accounts);
        return false;
    }
    if (!S_ISREG(status.st_mode)) {
        release(accounts);
        return PROBLEM(problem, .what = path, .why = "not a regular file");
    }
    accounts->missing = (uint64_t)status.st_size;
    return true;
}

bool accounts_close(struct accounts *accounts, struct problem *problem)
{
    release(accounts);
    return accounts->error == 0 || PROBLEM(problem, .what = accounts->path, .error = accounts->error);
}

/* Makes sure of one byte in the buffer. False at the end of the file, or where reading failed. */
static bool fill(struct accounts *accounts)
{
    if (accounts->at < accounts->end) {
        return true;
    }
    if (accounts->fd < 0) {
        return false;
    }
    ssize_t count = read(accounts->fd, accounts->buffer, sizeof accounts->buffer);
    if (count <= 0 || (size_t)count > sizeof accounts->buffer) {
        accounts->error = count < 0 ? errno : count > 0 || accounts->missing > 0 ? EIO : 0;
        release(accounts);
        return false;
    }
    accounts->missing -= (uint64_t)count < accounts->missing ? (uint64_t)count : accounts->missing;
    accounts->at = 0;
    accounts->end = (size_t)count;
    return true;
}

/*
 * Reads up to the next separator, colon, or end of the line or file, and says which it was. The text goes to the
 * unused part of the entry's room, where the next field overwrites it unless keep is called.
 */
static int take_field(struct accounts *accounts, int separator, struct accounts_entry *entry,
                      struct accounts_field *field)
{
    char *text = entry->room + entry->used;
    int end = END_OF_FILE;
    unsigned char last = '\0';

    field->length = 0;
    field->text = text;
    while (end == END_OF_FILE && fill(accounts)) {
        const unsigned char *from = accounts->buffer + accounts->at;
        size_t count = scan_field(from, accounts->end - accounts->at, separator);
        if (count > 0) {
            last = from[count - 1];
            entry->malformed = entry->malformed || memchr(from, '\0', count) != NULL;
            if (field->length < ACCOUNTS_FIELD_MAX) {
                size_t room = ACCOUNTS_FIELD_MAX - field->length;
                memcpy(text + field->length, from, count < room ? count : room);
            }
            field->length += count;
            accounts->at += count;
        }
        if (accounts->at < accounts->end) {
            end = accounts->buffer[accounts->at++];
        }
    }
    if (last == '\r' && (end == END_OF_LINE || end == END_OF_FILE)) {
        field->length--;
    }
    if (field->length < ACCOUNTS_FIELD_MAX) {
        text[field->length] = '\0';
    }
    return end;
}

/*
 * At the start of a line (separator: newline) or of a member (comma): passes over the whole ones from here that cannot
 * hold the wanted text, as far as the buffer goes.
 */
static void pass_over(struct accounts *accounts, int separator)
{
    if (accounts->wanted_length > 0) {
        const unsigned char *from = accounts->buffer + accounts->at;
        size_t count =
            scan_past(from, accounts->end - accounts->at, separator, accounts->wanted, accounts->wanted_length);
        if (separator == END_OF_LINE) {
            accounts->line += scan_newlines(from, count);
        }
        accounts->at += count;
    }
}

static void skip_line(struct accounts *accounts)
{
    while (fill(accounts)) {
        const unsigned char *from = accounts->buffer + accounts->at;
        const unsigned char *newline = memchr(from, END_OF_LINE, accounts->end - accounts->at);
        if (newline != NULL) {
            accounts->at += (size_t)(newline - from) + 1;
            return;
        }
        accounts->at = accounts->end;
    }
}

/* Goes to the first byte of the next line that is an entry. */
static bool next_line(struct accounts *accounts)
{
    for (;;) {
        if (!fill(accounts)) {
            return false;
        }
        pass_over(accounts, END_OF_LINE); /* it never takes the last byte of the buffer */
        accounts->line++;
        switch (accounts->buffer[accounts->at]) {
        case '#':
        case '+':
        case '-':
            skip_line(accounts);
            break;
        case END_OF_LINE:
            accounts->at++;
            break;
        default:
            return true;
        }
    }
}

static void keep(struct accounts_entry *entry, const struct accounts_field *field)
{
    entry->used += field->length < ACCOUNTS_FIELD_MAX ? field->length + 1 : ACCOUNTS_FIELD_MAX;
}

static int take_id(struct accounts *accounts, struct accounts_entry *entry, uint32_t *id)
{
    struct accounts_field field;
    int end = take_field(accounts, ':', entry, &field);

    if (field.length >= ACCOUNTS_FIELD_MAX || !spec_number(field.text, field.length, ACCOUNTS_ID_MAX, id)) {
        entry->malformed = true;
    }
    return end;
}

/* Starts an entry with its name, which every line has; what ended it. */
static int start_entry(struct accounts *accounts, struct accounts_entry *entry)
{
    entry->line = accounts->line;
    entry->malformed = entry->lists_wanted = false;
    entry->uid = entry->gid = 0;
    entry->used = 0;
    entry->home = entry->shell = (struct accounts_field){.length = 0, .text = ""};
    int end = take_field(accounts, ':', entry, &entry->name);
    keep(entry, &entry->name);
    return end;
}

bool accounts_next_user(struct accounts *accounts, struct accounts_entry *entry)
{
    struct accounts_field other;
    unsigned int fields = 1;

    if (!next_line(accounts)) {
        return false;
    }
    for (int end = start_entry(accounts, entry); end == ':'; fields++) {
        switch (fields) {
        case 2:
            end = take_id(accounts, entry, &entry->uid);
            break;
        case 3:
            end = take_id(accounts, entry, &entry->gid);
            break;
        case 5:
            end = take_field(accounts, ':', entry, &entry->home);
            keep(entry, &entry->home);
            break;
        case 6:
            end = take_field(accounts, ':', entry, &entry->shell);
            keep(entry, &entry->shell);
            break;
        default: /* password, gecos, or one too many */
            end = take_field(accounts, ':', entry, &other);
            break;
        }
        entry->malformed = entry->malformed || fields > 6;
    }
    entry->malformed = entry->malformed || fields < 4 || entry->name.length == 0;
    return accounts->error == 0;
}

/* Whether the wanted text is among the members; what ended the list. */
static int take_members(struct accounts *accounts, struct accounts_entry *entry)
{
    struct accounts_field member;
    int end = ',';

    while (end == ',') {
        pass_over(accounts, ',');
        end = take_field(accounts, ',', entry, &member);
        entry->lists_wanted = entry->lists_wanted || (accounts->wanted_length > 0 &&
                                                      accounts_is(&member, accounts->wanted, accounts->wanted_length));
    }
    return end;
}

bool accounts_next_group(struct accounts *accounts, struct accounts_entry *entry)
{
    struct accounts_field other;
    unsigned int fields = 1;

    if (!next_line(accounts)) {
        return false;
    }
    for (int end = start_entry(accounts, entry); end == ':'; fields++) {
        switch (fields) {
        case 2:
            end = take_id(accounts, entry, &entry->gid);
            break;
        case 3:
            end = take_members(accounts, entry);
            break;
        default: /* password, or one too many */
            end = take_field(accounts, ':', entry, &other);
            break;
        }
        entry->malformed = entry->malformed || fields > 3;
    }
    entry->malformed = entry->malformed || fields < 3 || entry->name.length == 0;
    return accounts->error == 0;
}

bool accounts_is(const struct accounts_field *field, const char *text, size_t length)
{
    return field->length == length && length < ACCOUNTS_FIELD_MAX && memcmp(field->text, text, length) == 0;
}
