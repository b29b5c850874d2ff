/*
 * Input: a line of the sizes of reads, a line that is the wanted text, and an account file. Built for passwd
 * (-DPASSWD=true) and for group.
 */
#include "harness.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { ENTRIES_MAX = 8192 };
static struct oracle_entry expected[ENTRIES_MAX];

static bool lists(const struct oracle_entry *entry, struct text wanted, bool generous)
{
    return !PASSWD && oracle_lists(entry->members, wanted, generous);
}

static void check_entry(const struct accounts_entry *entry, const struct oracle_entry *same, struct text wanted,
                        bool generous)
{
    CHECK(entry->line == same->line);
    CHECK(entry->malformed == same->malformed);
    CHECK(generous ? entry->name.length == same->name.length &&
                         memcmp(entry->name.text, same->name.at, same->name.length) == 0
                   : same_field(&entry->name, same->name));
    CHECK(!generous || entry->lists_wanted == lists(same, wanted, true));
    if (same->malformed) {
        return;
    }
    CHECK(entry->gid == same->gid);
    if (PASSWD) {
        CHECK(entry->uid == same->uid);
        CHECK(same_field(&entry->home, same->home));
        CHECK(same_field(&entry->shell, same->shell));
    } else {
        CHECK(entry->lists_wanted == lists(same, wanted, generous));
    }
}

/* Without a wanted text all lines are to come; with one, those that hold it, and others may. */
static void check_file(const struct oracle_file *file, struct text pieces, struct text wanted, bool generous)
{
    static struct accounts accounts;
    const char *path = PASSWD ? IDENTITY_PASSWD : IDENTITY_GROUP;
    struct accounts_entry entry;
    struct problem problem = {.error = 0};
    size_t count = oracle_entries(PASSWD, generous, file, expected, ENTRIES_MAX);
    size_t next = 0;
    char *text = copy(wanted);

    memset(&entry, 0xaa, sizeof entry);
    entry.room = room_for(ACCOUNTS_ROOM);
    memory_files(file, file, pieces);
    CHECK(accounts_open(&accounts, path, text, wanted.length, &problem));
    accounts.generous = generous;
    while (PASSWD ? accounts_next_user(&accounts, &entry) : accounts_next_group(&accounts, &entry)) {
        while (next < count && expected[next].line < entry.line) {
            CHECK(wanted.length > 0 &&
                  memmem(expected[next].whole.at, expected[next].whole.length, wanted.at, wanted.length) == NULL);
            next++;
        }
        CHECK(next < count);
        check_entry(&entry, &expected[next++], wanted, generous);
    }
    if (!accounts_close(&accounts, &problem)) {
        CHECK(strcmp(problem.what, path) == 0 && problem.why == NULL && problem.error != 0);
    }
    CHECK(problem.error == file->read_error);
    memory_check();
    for (; next < count; next++) {
        CHECK(wanted.length > 0 &&
              memmem(expected[next].whole.at, expected[next].whole.length, wanted.at, wanted.length) == NULL);
    }
    free(entry.room);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text input = {(const char *)data, size};
    char *room = expand_room();

    if (size > ENTRIES_MAX) {
        return 0;
    }
    struct text pieces = take(&input, "\n");
    struct text wanted = expand(take(&input, "\n"), &room);
    struct oracle_file file = {.content = expand(input, &room)};
    struct oracle_file broken = {
        .content = file.content, .read_error = EIO, .readable = file.content.length / 2, .shrunk = wanted.length % 2};

    for (int generous = 0; generous < 2; generous++) {
        check_file(&file, pieces, wanted, generous == 1);
        check_file(&file, pieces, (struct text){NULL, 0}, generous == 1);
        check_file(&broken, pieces, (struct text){NULL, 0}, generous == 1);
    }
    return 0;
}
