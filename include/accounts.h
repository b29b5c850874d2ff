/* Streaming readers of passwd(5) and group(5): lines to entries, in constant memory, with no policy. */
#ifndef STEPDOWN_ACCOUNTS_H
#define STEPDOWN_ACCOUNTS_H

#include "problem.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A field of so many bytes or more is not kept whole. PATH_MAX, so that a home fits. */
#define ACCOUNTS_FIELD_MAX 4096

/* The largest ID in a file: 4294967295 is (uid_t)-1, which setresuid(2) takes for "leave as it is". */
#define ACCOUNTS_ID_MAX 4294967294U

/* Bytes read at a time. */
#define ACCOUNTS_BUFFER 32768

/* A file being read. To be had from accounts_open, given back with accounts_close. */
struct accounts {
    const char *path;   /* borrowed */
    int fd;             /* -1: nothing (more) to read */
    int error;          /* errno of a read that failed, EIO where the file shrank, else 0 */
    bool generous;      /* to read as container runtimes do, see below; the caller's to set after accounts_open */
    unsigned long line; /* the line that is being read, from 1; ULONG_MAX stands for all beyond */
    size_t at, end;     /* what of the buffer is still to be parsed */
    int stop;           /* what ended the latest field: its separator, a newline; -1 is the end of the file */
    uint64_t missing;   /* bytes that the file had when it was opened and that were not read yet */
    const char *wanted; /* only lines that hold this text are of interest; borrowed */
    size_t wanted_length;
    unsigned char buffer[ACCOUNTS_BUFFER];
};

struct accounts_field {
    size_t length;    /* bytes; of what is not kept whole ACCOUNTS_FIELD_MAX or one more, however many there are */
    const char *text; /* so many bytes and a NUL, in the entry's room */
};

/* Bytes of room for an entry: name, home and shell, and one field that is looked at and not kept. */
#define ACCOUNTS_ROOM (4 * (ACCOUNTS_FIELD_MAX + 2))

/*
 * One line. Of a malformed one only `line`, and `name` if it is there, mean anything, and `lists_wanted` where the file
 * is read generously.
 */
struct accounts_entry {
    char *room;         /* the caller's, ACCOUNTS_ROOM bytes: the fields are put there one behind the other */
    size_t used;        /* bytes of it that the entry needs, if it is kept */
    unsigned long line; /* from 1; ULONG_MAX stands for all beyond */
    bool malformed;     /* fields are missing, an ID is not one, a NUL byte, an empty name */
    bool lists_wanted;  /* group: the wanted text is one of its members */
    uint32_t uid;       /* passwd: 0 to ACCOUNTS_ID_MAX */
    uint32_t gid;       /* both: 0 to ACCOUNTS_ID_MAX */
    struct accounts_field name;
    struct accounts_field home;  /* passwd: length 0 if missing */
    struct accounts_field shell; /* passwd: length 0 if missing */
};

/*
 * Opens the account file `path`. A missing file (ENOENT) is an empty one. Lines without the `length` bytes
 * at `wanted` may be passed over unseen; a length of 0 wants them all. `wanted` stays the caller's and must
 * outlive *accounts, and so must `path`. False with *problem: open(2) or fstat(2) failed, or it is not a regular file.
 * Nothing stays open after false.
 */
/*@ requires \valid(accounts) && \valid(problem) && \separated(accounts, problem) && valid_read_string(path);
    requires length <= LONG_MAX && (length > 0 ==> \valid_read(wanted + (0 .. length - 1)));
    requires length > 0 ==> \separated(accounts, problem, wanted + (0 .. length - 1));
    requires \separated(accounts, problem, path + (0 .. strlen(path)));
    assigns accounts->path, accounts->fd, accounts->error, accounts->generous, accounts->line, accounts->at;
    assigns accounts->end, accounts->missing, accounts->wanted, accounts->wanted_length, *problem, errno, file_left;
    ensures IS_READER(accounts) && accounts->wanted == wanted && accounts->wanted_length == length;
    ensures !accounts->generous && accounts->line == 0;
    ensures !\result ==> accounts->fd < 0; */
bool accounts_open(struct accounts *accounts, const char *path, const char *wanted, size_t length,
                   struct problem *problem);

/*
 * The next line of a passwd(5) or group(5) file that may be of interest: not blank, not a comment (#), not a
 * NIS leftover (+ or -). True with *entry filled; false at the end of the file and when reading failed:
 * accounts_close tells which.
 *
 * With `generous`, what may be an entry to a container runtime (moby/sys/user) is one: white space around a line is
 * none of it, no line is a comment or a NIS leftover, and white space around a member is none of it. `name` may be
 * empty, and need not end in a NUL.
 */
/*@ requires IS_READER(accounts) && HAS_ENTRY_ROOM(accounts, entry);
    assigns READING(accounts), accounts->line, *entry, entry->room[0 .. ACCOUNTS_ROOM - 1];
    ensures IS_READER(accounts) && entry->room == \old(entry->room);
    ensures accounts->line >= \old(accounts->line);
    ensures \result ==> entry->used <= 3 * (ACCOUNTS_FIELD_MAX + 2) && 0 < entry->line <= accounts->line;
    ensures \result ==> IS_FIELD(entry->name, entry->room) && IS_FIELD(entry->home, entry->room) &&
        IS_FIELD(entry->shell, entry->room); */
bool accounts_next_user(struct accounts *accounts, struct accounts_entry *entry);
/*@ requires IS_READER(accounts) && HAS_ENTRY_ROOM(accounts, entry);
    assigns READING(accounts), accounts->line, *entry, entry->room[0 .. ACCOUNTS_ROOM - 1];
    ensures IS_READER(accounts) && entry->room == \old(entry->room);
    ensures accounts->line >= \old(accounts->line);
    ensures \result ==> entry->used <= ACCOUNTS_FIELD_MAX + 2 && 0 < entry->line <= accounts->line;
    ensures \result ==> IS_FIELD(entry->name, entry->room); */
bool accounts_next_group(struct accounts *accounts, struct accounts_entry *entry);

/*
 * Closes the file; to be called once after each accounts_open that was true. False with *problem if not all that was
 * asked for could be read: read(2) failed, or less came than the file had when it was opened (EIO: what is cut off
 * could be the end of a number, or groups of root's that are to be left out).
 */
/*@ requires \valid(accounts) && \valid(problem) && \separated(accounts, problem);
    assigns accounts->fd, *problem, errno;
    ensures accounts->fd < 0 && (\result <==> accounts->error == 0); */
bool accounts_close(struct accounts *accounts, struct problem *problem);

/* Whether `field` is exactly these `length` bytes. A field that was not kept whole equals nothing. */
/*@ requires \valid_read(field) && \valid_read(text + (0 .. length - 1));
    requires field->length < ACCOUNTS_FIELD_MAX ==> \valid_read(field->text + (0 .. field->length - 1));
    assigns \nothing;
    ensures \result <==> field->length == length && length < ACCOUNTS_FIELD_MAX &&
        \forall integer i; 0 <= i < length ==> field->text[i] == text[i]; */
bool accounts_is(const struct accounts_field *field, const char *text, size_t length);

#endif
