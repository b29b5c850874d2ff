#include "accounts.h"

#include "spec.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What ended a field, besides the separator itself. */
#define END_OF_LINE '\n'
#define END_OF_FILE (-1)

bool accounts_open(struct accounts *accounts, const char *path, const char *wanted, size_t length)
{
    struct stat status;

    accounts->error = 0;
    accounts->line = 0;
    accounts->at = accounts->end = 0;
    accounts->wanted = wanted;
    accounts->wanted_length = length;
    /* O_NONBLOCK: a FIFO in the file's place must not hang the container before fstat can refuse it. */
    accounts->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (accounts->fd < 0) {
        return errno == ENOENT;
    }
    if (fstat(accounts->fd, &status) == 0) {
        if (S_ISREG(status.st_mode)) {
            return true;
        }
        errno = EINVAL;
    }
    int error = errno;
    accounts_close(accounts);
    errno = error;
    return false;
}

void accounts_close(struct accounts *accounts)
{
    if (accounts->fd >= 0) {
        (void)close(accounts->fd); /* it was only read: Linux frees it whatever close says */
        accounts->fd = -1;
    }
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
    if (count <= 0) {
        accounts->error = count < 0 ? errno : 0;
        accounts_close(accounts);
        return false;
    }
    accounts->at = 0;
    accounts->end = (size_t)count;
    return true;
}

/* Reads up to the next separator, or the end of the line or file, and says which it was. */
static int take_field(struct accounts *accounts, int separator, struct accounts_field *field, bool *has_nul)
{
    int byte = END_OF_FILE;
    bool carriage_return = false;

    field->length = 0;
    while (fill(accounts)) {
        byte = accounts->buffer[accounts->at++];
        if (byte == separator || byte == ':' || byte == END_OF_LINE) {
            break;
        }
        *has_nul = *has_nul || byte == '\0';
        carriage_return = byte == '\r';
        if (field->length < ACCOUNTS_FIELD_MAX) {
            field->text[field->length] = (char)byte;
        }
        field->length++;
        byte = END_OF_FILE;
    }
    if (carriage_return && (byte == END_OF_LINE || byte == END_OF_FILE)) {
        field->length--;
    }
    if (field->length < ACCOUNTS_FIELD_MAX) {
        field->text[field->length] = '\0';
    }
    return byte;
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

static int take_id(struct accounts *accounts, struct accounts_field *scratch, uint32_t *id, bool *malformed)
{
    int end = take_field(accounts, ':', scratch, malformed);

    if (scratch->length >= ACCOUNTS_FIELD_MAX || !spec_number(scratch->text, scratch->length, ACCOUNTS_ID_MAX, id)) {
        *malformed = true;
    }
    return end;
}

static void start_entry(const struct accounts *accounts, struct accounts_entry *entry)
{
    entry->line = accounts->line;
    entry->malformed = entry->lists_wanted = false;
    entry->uid = entry->gid = 0;
    entry->home.length = entry->shell.length = 0;
}

bool accounts_next_user(struct accounts *accounts, struct accounts_entry *entry)
{
    bool *malformed = &entry->malformed;
    unsigned int fields = 0;

    if (!next_line(accounts)) {
        return false;
    }
    start_entry(accounts, entry);
    for (int end = ':'; end == ':'; fields++) {
        switch (fields) {
        case 0:
            end = take_field(accounts, ':', &entry->name, malformed);
            break;
        case 2:
            end = take_id(accounts, &entry->shell, &entry->uid, malformed);
            break;
        case 3:
            end = take_id(accounts, &entry->shell, &entry->gid, malformed);
            break;
        case 5:
            end = take_field(accounts, ':', &entry->home, malformed);
            break;
        default: /* password, gecos; the shell comes last and so serves as scratch space before */
            end = take_field(accounts, ':', &entry->shell, malformed);
            break;
        }
    }
    if (fields < 7) {
        entry->shell.length = 0;
    }
    entry->malformed = entry->malformed || fields < 4 || fields > 7 || entry->name.length == 0;
    return accounts->error == 0;
}

bool accounts_next_group(struct accounts *accounts, struct accounts_entry *entry)
{
    struct accounts_field *scratch = &entry->shell;
    bool *malformed = &entry->malformed;
    unsigned int fields = 0;

    if (!next_line(accounts)) {
        return false;
    }
    start_entry(accounts, entry);
    for (int end = ':'; end == ':'; fields++) {
        switch (fields) {
        case 0:
            end = take_field(accounts, ':', &entry->name, malformed);
            break;
        case 2:
            end = take_id(accounts, scratch, &entry->gid, malformed);
            break;
        case 3:
            do {
                end = take_field(accounts, ',', scratch, malformed);
                entry->lists_wanted =
                    entry->lists_wanted ||
                    (accounts->wanted_length > 0 && accounts_is(scratch, accounts->wanted, accounts->wanted_length));
            } while (end == ',');
            break;
        default:
            end = take_field(accounts, ':', scratch, malformed);
            break;
        }
    }
    entry->malformed = entry->malformed || fields < 3 || fields > 4 || entry->name.length == 0;
    return accounts->error == 0;
}

bool accounts_is(const struct accounts_field *field, const char *text, size_t length)
{
    return field->length == length && length < ACCOUNTS_FIELD_MAX && memcmp(field->text, text, length) == 0;
}
