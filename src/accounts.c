#include "accounts.h"

#include "scan.h"
#include "spec.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What ends a field, besides the separator itself. */
#define END_OF_LINE '\n'
#define END_OF_FILE (-1)

/* It was only read: Linux frees the descriptor whatever close says. */
/*@ requires \valid(accounts);
    assigns accounts->fd, errno;
    ensures accounts->fd < 0; */
static void release(struct accounts *accounts)
{
    if (accounts->fd >= 0) {
        (void)close(accounts->fd);
        accounts->fd = -1;
    }
}

/* Makes sure that what was opened, if it was, is a regular file. */
/*@ requires \valid(accounts) && \valid(problem) && \separated(accounts, problem);
    assigns accounts->fd, accounts->missing, *problem, errno;
    ensures !\result ==> accounts->fd < 0; */
static bool check(struct accounts *accounts, struct problem *problem)
{
    struct stat status;

    if (accounts->fd < 0 || fstat(accounts->fd, &status) != 0) {
        (void)PROBLEM(problem, .what = accounts->path, .error = errno);
        release(accounts);
        return false;
    }
    if (!S_ISREG(status.st_mode)) {
        release(accounts);
        return PROBLEM(problem, .what = accounts->path, .why = "not a regular file");
    }
    accounts->missing = (uint64_t)status.st_size;
    return true;
}

bool accounts_open(struct accounts *accounts, const char *path, const char *wanted, size_t length,
                   struct problem *problem)
{
    const int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY;

    accounts->path = path;
    accounts->error = 0;
    accounts->generous = false;
    accounts->line = 0;
    accounts->at = accounts->end = 0;
    accounts->wanted = wanted;
    accounts->wanted_length = length;
    /* O_NONBLOCK: a FIFO in the file's place must not hang the container before fstat can refuse it. */
    accounts->fd = open(path, flags | O_NONBLOCK);
    if (accounts->fd < 0 && errno == EWOULDBLOCK) {
        /*
         * A lease on the file is broken by waiting, see fcntl(2): as long as its holder and the kernel let us. O_PATH
         * is a look that waits for nothing. Who can put a FIFO there behind it can write to /etc, and make us wait
         * anyway.
         */
        accounts->fd = open(path, O_PATH | O_CLOEXEC);
        if (!check(accounts, problem)) {
            return false;
        }
        release(accounts);
        accounts->fd = open(path, flags);
    }
    return (accounts->fd < 0 && errno == ENOENT) || check(accounts, problem);
}

bool accounts_close(struct accounts *accounts, struct problem *problem)
{
    release(accounts);
    return accounts->error == 0 || PROBLEM(problem, .what = accounts->path, .error = accounts->error);
}

/* Makes sure of one byte in the buffer. False at the end of the file, or where reading failed. */
/*@ requires IS_READER(accounts);
    assigns accounts->fd, accounts->error, accounts->at, accounts->end, accounts->missing,
        accounts->buffer[0 .. ACCOUNTS_BUFFER - 1], errno, file_left;
    ensures IS_READER(accounts) && (\result <==> accounts->at < accounts->end);
    ensures LEFT(accounts) <= \old(LEFT(accounts));
    ensures \old(accounts->at < accounts->end) ==> \result && LEFT(accounts) == \old(LEFT(accounts)); */
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
 * Takes what is before the next separator, colon, or end of the line or file; an empty field where the line has ended
 * already. The text goes to the unused part of the entry's room, where the next field overwrites it unless it is kept.
 */
/*@ requires IS_READER(accounts) && HAS_ENTRY_ROOM(accounts, entry);
    requires entry->used <= ACCOUNTS_ROOM - (ACCOUNTS_FIELD_MAX + 2);
    assigns READING(accounts), entry->malformed, entry->room[0 .. ACCOUNTS_ROOM - 1];
    ensures IS_READER(accounts) && LEFT(accounts) <= \old(LEFT(accounts));
    ensures accounts->stop == END_OF_FILE || accounts->stop == END_OF_LINE || accounts->stop == ':' ||
        accounts->stop == separator;
    ensures accounts->stop != END_OF_FILE && \old(accounts->stop) != END_OF_LINE ==>
        LEFT(accounts) < \old(LEFT(accounts));
    ensures \old(accounts->at < accounts->end && accounts->stop != END_OF_LINE) ==>
        LEFT(accounts) < \old(LEFT(accounts));
    ensures \result.text == entry->room + entry->used && \result.length <= ACCOUNTS_FIELD_MAX + 1;
    ensures \result.text[\result.length] == 0; */
static struct accounts_field take_field(struct accounts *accounts, int separator, struct accounts_entry *entry)
{
    char *text = entry->room + entry->used;
    size_t length = 0;

    if (accounts->stop != END_OF_LINE) {
        accounts->stop = END_OF_FILE; /* unless something else comes first */
    }
    /*@ loop invariant IS_READER(accounts) && length <= ACCOUNTS_FIELD_MAX + 1;
        loop invariant LEFT(accounts) <= \at(LEFT(accounts), Pre);
        loop invariant accounts->stop == END_OF_FILE || accounts->stop == END_OF_LINE || accounts->stop == ':' ||
            accounts->stop == separator;
        loop invariant accounts->stop != END_OF_FILE && \at(accounts->stop, Pre) != END_OF_LINE ==>
            LEFT(accounts) < \at(LEFT(accounts), Pre);
        loop invariant \at(accounts->at < accounts->end && accounts->stop != END_OF_LINE, Pre) ==>
            LEFT(accounts) < \at(LEFT(accounts), Pre) ||
            (accounts->stop == END_OF_FILE && accounts->at < accounts->end);
        loop assigns READING(accounts), entry->malformed, length, entry->room[0 .. ACCOUNTS_ROOM - 1];
        loop variant LEFT(accounts); */
    while (accounts->stop == END_OF_FILE && fill(accounts)) {
        const unsigned char *from = accounts->buffer + accounts->at;
        size_t count = scan_field(from, accounts->end - accounts->at, separator);
        size_t room = ACCOUNTS_FIELD_MAX + 1 - length;
        size_t kept = count < room ? count : room;

        entry->malformed = entry->malformed || memchr(from, '\0', count) != NULL;
        memcpy(text + length, from, kept);
        length += kept;
        accounts->at += count;
        if (accounts->at < accounts->end) {
            accounts->stop = accounts->buffer[accounts->at++];
        }
    }
    if ((accounts->stop == END_OF_LINE || accounts->stop == END_OF_FILE) && length > 0 && text[length - 1] == '\r') {
        length--;
    }
    text[length] = '\0';
    return (struct accounts_field){.length = length, .text = text};
}

/*@ requires \valid(accounts);
    assigns accounts->line;
    ensures \let sum = \old(accounts->line) + count; accounts->line == (sum < ULONG_MAX ? sum : ULONG_MAX); */
static void count_lines(struct accounts *accounts, size_t count)
{
    accounts->line = count < ULONG_MAX - accounts->line ? accounts->line + count : ULONG_MAX;
}

/*
 * At the start of a line (separator: newline) or of a member (comma): passes over the whole ones from here that cannot
 * hold the wanted text, as far as the buffer goes.
 */
/*@ requires IS_READER(accounts);
    assigns accounts->at, accounts->line;
    ensures IS_READER(accounts) && \old(accounts->at) <= accounts->at && accounts->line >= \old(accounts->line);
    ensures \old(accounts->at) < accounts->end ==> accounts->at < accounts->end;
    ensures separator != END_OF_LINE ==> accounts->line == \old(accounts->line); */
static void pass_over(struct accounts *accounts, int separator)
{
    if (accounts->wanted_length > 0) {
        const unsigned char *from = accounts->buffer + accounts->at;
        size_t count =
            scan_past(from, accounts->end - accounts->at, separator, accounts->wanted, accounts->wanted_length);
        if (separator == END_OF_LINE) {
            count_lines(accounts, scan_newlines(from, count));
        }
        accounts->at += count;
    }
}

/*@ requires IS_READER(accounts) && HAS_ENTRY_ROOM(accounts, entry);
    requires entry->used <= ACCOUNTS_ROOM - (ACCOUNTS_FIELD_MAX + 2);
    assigns READING(accounts), entry->malformed, entry->room[0 .. ACCOUNTS_ROOM - 1];
    ensures IS_READER(accounts) && LEFT(accounts) <= \old(LEFT(accounts));
    ensures accounts->stop != END_OF_FILE && \old(accounts->stop) != END_OF_LINE ==>
        LEFT(accounts) < \old(LEFT(accounts));
    ensures \old(accounts->at < accounts->end && accounts->stop != END_OF_LINE) ==>
        LEFT(accounts) < \old(LEFT(accounts)); */
static void skip_field(struct accounts *accounts, struct accounts_entry *entry)
{
    (void)take_field(accounts, ':', entry);
}

/* White space to a container's runtime; it knows Unicode's as well, of which every byte is one of these. */
/*@ assigns \nothing; */
static bool is_space(char byte)
{
    return isspace((unsigned char)byte) || (unsigned char)byte > 0x7f;
}

/* Less the white space around it; of what is not kept whole, around what is kept. */
/*@ requires \valid_read(field.text + (0 .. field.length - 1));
    assigns \nothing;
    ensures \base_addr(\result.text) == \base_addr(field.text) && 0 <= \result.text - field.text &&
        \result.text - field.text + \result.length <= field.length; */
static struct accounts_field trimmed(struct accounts_field field)
{
    /*@ loop invariant field.length <= \at(field.length, Pre) && field.text == \at(field.text, Pre);
        loop assigns field.length;
        loop variant field.length; */
    while (field.length > 0 && is_space(field.text[field.length - 1])) {
        field.length--;
    }
    //@ ghost size_t kept = field.length;
    /*@ loop invariant field.length <= kept && field.text == \at(field.text, Pre) + (kept - field.length);
        loop assigns field.length, field.text;
        loop variant field.length; */
    while (field.length > 0 && is_space(*field.text)) {
        field.length--;
        field.text++;
    }
    return field;
}

/*@ requires IS_READER(accounts) && HAS_ENTRY_ROOM(accounts, entry);
    requires entry->used <= ACCOUNTS_ROOM - (ACCOUNTS_FIELD_MAX + 2);
    assigns READING(accounts), entry->malformed, entry->used, entry->room[0 .. ACCOUNTS_ROOM - 1];
    ensures IS_READER(accounts) && LEFT(accounts) <= \old(LEFT(accounts));
    ensures \old(accounts->at < accounts->end && accounts->stop != END_OF_LINE) ==>
        LEFT(accounts) < \old(LEFT(accounts));
    ensures \old(entry->used) < entry->used <= \old(entry->used) + ACCOUNTS_FIELD_MAX + 2;
    ensures IS_FIELD(\result, entry->room); */
static struct accounts_field take_text(struct accounts *accounts, struct accounts_entry *entry)
{
    struct accounts_field field = take_field(accounts, ':', entry);

    entry->used += field.length + 1;
    return field;
}

/*@ requires IS_READER(accounts) && HAS_ENTRY_ROOM(accounts, entry);
    requires entry->used <= ACCOUNTS_ROOM - (ACCOUNTS_FIELD_MAX + 2);
    assigns READING(accounts), entry->malformed, entry->room[0 .. ACCOUNTS_ROOM - 1];
    ensures IS_READER(accounts) && LEFT(accounts) <= \old(LEFT(accounts)) && \result <= ACCOUNTS_ID_MAX; */
static uint32_t take_id(struct accounts *accounts, struct accounts_entry *entry)
{
    struct accounts_field field = take_field(accounts, ':', entry);
    uint32_t id = 0;

    if (field.length >= ACCOUNTS_FIELD_MAX || !spec_number(field.text, field.length, ACCOUNTS_ID_MAX, &id)) {
        entry->malformed = true;
    }
    return id;
}

/*@ requires IS_READER(accounts) && HAS_ENTRY_ROOM(accounts, entry);
    requires entry->used <= ACCOUNTS_ROOM - (ACCOUNTS_FIELD_MAX + 2);
    assigns READING(accounts), accounts->line, entry->malformed, entry->lists_wanted;
    assigns entry->room[0 .. ACCOUNTS_ROOM - 1];
    ensures IS_READER(accounts) && LEFT(accounts) <= \old(LEFT(accounts));
    ensures accounts->line == \old(accounts->line); */
static void take_members(struct accounts *accounts, struct accounts_entry *entry)
{
    struct accounts_field member;

    /*@ loop invariant IS_READER(accounts) && LEFT(accounts) <= \at(LEFT(accounts), Pre);
        loop invariant accounts->line == \at(accounts->line, Pre);
        loop invariant more ==> accounts->stop != END_OF_LINE;
        loop assigns READING(accounts), accounts->line, entry->malformed, entry->lists_wanted,
            entry->room[0 .. ACCOUNTS_ROOM - 1], more, member;
        loop variant 2 * LEFT(accounts) + (more ? 1 : 0); */
    for (bool more = accounts->stop == ':'; more; more = accounts->stop == ',') {
        pass_over(accounts, ',');
        member = take_field(accounts, ',', entry);
        if (accounts->generous) {
            member = trimmed(member);
        }
        entry->lists_wanted = entry->lists_wanted || (accounts->wanted_length > 0 &&
                                                      accounts_is(&member, accounts->wanted, accounts->wanted_length));
    }
}

/*@ requires IS_READER(accounts) && HAS_ENTRY_ROOM(accounts, entry);
    requires entry->used <= ACCOUNTS_ROOM - (ACCOUNTS_FIELD_MAX + 2);
    assigns READING(accounts), entry->malformed, entry->room[0 .. ACCOUNTS_ROOM - 1];
    ensures IS_READER(accounts) && LEFT(accounts) <= \old(LEFT(accounts));
    ensures \old(accounts->at < accounts->end && accounts->stop == ':') ==> LEFT(accounts) < \old(LEFT(accounts)); */
static void skip_rest(struct accounts *accounts, struct accounts_entry *entry)
{
    /*@ loop invariant IS_READER(accounts) && LEFT(accounts) <= \at(LEFT(accounts), Pre);
        loop invariant \at(accounts->at < accounts->end && accounts->stop == ':', Pre) ==>
            LEFT(accounts) < \at(LEFT(accounts), Pre) || (accounts->at < accounts->end && accounts->stop == ':');
        loop assigns READING(accounts), entry->malformed, entry->room[0 .. ACCOUNTS_ROOM - 1];
        loop variant 2 * LEFT(accounts) + (accounts->stop == ':' ? 1 : 0); */
    while (accounts->stop == ':') {
        skip_field(accounts, entry);
    }
}

/* Goes to the next line that is an entry, and to its name there. */
/*@ requires IS_READER(accounts) && HAS_ENTRY_ROOM(accounts, entry);
    assigns READING(accounts), accounts->line, *entry, entry->room[0 .. ACCOUNTS_ROOM - 1];
    ensures IS_READER(accounts) && entry->room == \old(entry->room) && accounts->line >= \old(accounts->line);
    ensures \result ==> accounts->at < accounts->end && accounts->stop == ':' && entry->used == 0 &&
        0 < entry->line == accounts->line; */
static bool next_line(struct accounts *accounts, struct accounts_entry *entry)
{
    /*@ loop invariant IS_READER(accounts) && HAS_ENTRY_ROOM(accounts, entry);
        loop invariant entry->room == \at(entry->room, Pre) && accounts->line >= \at(accounts->line, Pre);
        loop assigns READING(accounts), accounts->line, *entry, \at(entry->room, Pre)[0 .. ACCOUNTS_ROOM - 1];
        loop variant LEFT(accounts); */
    while (fill(accounts)) {
        pass_over(accounts, END_OF_LINE); /* it never takes the last byte of the buffer */
        unsigned char first = accounts->buffer[accounts->at];
        if (accounts->generous && first != END_OF_LINE && is_space((char)first)) {
            accounts->at++;
            continue;
        }
        count_lines(accounts, 1);
        *entry = (struct accounts_entry){.room = entry->room, .line = accounts->line};
        accounts->stop = ':'; /* a field is to come */
        if (first != END_OF_LINE && (accounts->generous || (first != '#' && first != '+' && first != '-'))) {
            return true;
        }
        skip_rest(accounts, entry);
    }
    return false;
}

/*@ requires IS_READER(accounts) && HAS_ENTRY_ROOM(accounts, entry) && entry->used == 0;
    assigns READING(accounts), entry->malformed, entry->used, entry->room[0 .. ACCOUNTS_ROOM - 1], entry->name;
    ensures IS_READER(accounts) && 0 < entry->used <= ACCOUNTS_FIELD_MAX + 2;
    ensures IS_FIELD(entry->name, entry->room); */
static void take_name(struct accounts *accounts, struct accounts_entry *entry)
{
    entry->name = take_text(accounts, entry);
    if (accounts->generous) {
        entry->name = trimmed(entry->name);
    }
}

/*@ requires IS_READER(accounts) && HAS_ENTRY_ROOM(accounts, entry);
    requires entry->used <= ACCOUNTS_ROOM - (ACCOUNTS_FIELD_MAX + 2);
    assigns READING(accounts), entry->malformed, entry->room[0 .. ACCOUNTS_ROOM - 1];
    ensures IS_READER(accounts); */
static bool end_entry(struct accounts *accounts, struct accounts_entry *entry)
{
    skip_rest(accounts, entry);
    entry->malformed = entry->malformed || entry->name.length == 0;
    return accounts->error == 0;
}

bool accounts_next_user(struct accounts *accounts, struct accounts_entry *entry)
{
    if (!next_line(accounts, entry)) {
        return false;
    }
    take_name(accounts, entry);
    skip_field(accounts, entry); /* password */
    entry->uid = take_id(accounts, entry);
    entry->gid = take_id(accounts, entry);
    skip_field(accounts, entry); /* gecos */
    entry->home = take_text(accounts, entry);
    entry->shell = take_text(accounts, entry);
    return end_entry(accounts, entry);
}

bool accounts_next_group(struct accounts *accounts, struct accounts_entry *entry)
{
    if (!next_line(accounts, entry)) {
        return false;
    }
    take_name(accounts, entry);
    skip_field(accounts, entry); /* password */
    entry->gid = take_id(accounts, entry);
    take_members(accounts, entry);
    return end_entry(accounts, entry);
}

bool accounts_is(const struct accounts_field *field, const char *text, size_t length)
{
    return field->length == length && length < ACCOUNTS_FIELD_MAX && memcmp(field->text, text, length) == 0;
}
