#include "accounts.h"
#include "files.h"
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define PATH "/etc/file"

typedef bool next_function(struct accounts *accounts, struct accounts_entry *entry);

static struct file file;
static struct accounts accounts;
static struct problem problem;
static struct {
    char bytes[ACCOUNTS_ROOM];
    char behind[ACCOUNTS_BUFFER]; /* not to be touched */
} rooms[9];
static struct accounts_entry entry = {.room = rooms[8].bytes};
static struct accounts_entry entries[8];

static void give(const char *text, size_t length)
{
    file = (struct file){.path = PATH, .text = text, .length = length};
    files = (struct files){.list = &file, .count = 1, .open = files.open};
}

/* Reads a whole file into `entries`; how many there were. */
static size_t read_bytes(next_function *next, const char *text, size_t length)
{
    size_t count = 0;

    give(text, length);
    assert_true(accounts_open(&accounts, PATH, "", 0, &problem));
    for (entries[0].room = rooms[0].bytes; next(&accounts, &entries[count]); entries[count].room = rooms[count].bytes) {
        assert_int_equal(rooms[count].behind[0], 0);
        assert_true(entries[count].used <= ACCOUNTS_ROOM - ACCOUNTS_FIELD_MAX);
        assert_true(++count < COUNT(entries));
    }
    assert_int_equal(accounts.error, 0);
    assert_true(accounts_close(&accounts, &problem));
    assert_int_equal(files.open, 0);
    return count;
}

static size_t read_users(const char *text)
{
    return read_bytes(accounts_next_user, text, strlen(text));
}

static size_t read_groups(const char *text)
{
    return read_bytes(accounts_next_group, text, strlen(text));
}

static bool is(const struct accounts_field *field, const char *text)
{
    return accounts_is(field, text, strlen(text)) && field->text[field->length] == '\0';
}

TEST(a_line_gives_every_field)
{
    assert_int_equal(read_users("app:x:1000:1001:The App:/srv/app:/bin/sh\n"), 1);
    assert_false(entries[0].malformed);
    assert_int_equal(entries[0].line, 1);
    assert_int_equal(entries[0].uid, 1000);
    assert_int_equal(entries[0].gid, 1001);
    assert_true(is(&entries[0].name, "app"));
    assert_true(is(&entries[0].home, "/srv/app"));
    assert_true(is(&entries[0].shell, "/bin/sh"));
    assert_int_equal(read_groups("www:x:33:app,nobody\n"), 1);
    assert_false(entries[0].malformed);
    assert_int_equal(entries[0].line, 1);
    assert_int_equal(entries[0].gid, 33);
    assert_true(is(&entries[0].name, "www"));
}

TEST(the_fields_from_gecos_on_may_be_missing)
{
    static const struct {
        const char *text, *home, *shell;
    } lines[] = {{"a:x:1:2", "", ""},
                 {"a:x:1:2:", "", ""},
                 {"a:x:1:2:g", "", ""},
                 {"a:x:1:2:g:", "", ""},
                 {"a:x:1:2:g:/h", "/h", ""},
                 {"a:x:1:2:g:/h:", "/h", ""},
                 {"a:x:1:2::/h:/s", "/h", "/s"},
                 {"a::1:2:::/s", "", "/s"},
                 {"a:x:1:2:g:/h:/s", "/h", "/s"}};

    for (size_t i = 0; i < COUNT(lines); i++) {
        assert_int_equal(read_users(lines[i].text), 1);
        assert_false(entries[0].malformed);
        assert_int_equal(entries[0].uid, 1);
        assert_int_equal(entries[0].gid, 2);
        assert_true(entries[0].home.length == 0 ? lines[i].home[0] == '\0' : is(&entries[0].home, lines[i].home));
        assert_true(entries[0].shell.length == 0 ? lines[i].shell[0] == '\0' : is(&entries[0].shell, lines[i].shell));
    }
    assert_int_equal(read_groups("a:x:1\nb:x:2:\nc:x:3:m"), 3);
    for (size_t i = 0; i < 3; i++) {
        assert_false(entries[i].malformed);
        assert_int_equal(entries[i].gid, i + 1);
    }
}

TEST(a_missing_name_or_id_makes_a_line_malformed)
{
    static const char *const users[] = {"a",      "a:",      "a:x",   "a:x:",           "a:x:1",
                                        "a:x:1:", ":x:1:2",  "::1:2", ":x:1:2:g:/h:/s", ":x:1:2:g:/h:/s:",
                                        "a b c",  "a,x,1,2", ":::",   ":::::::",        "a:::::::::"};
    static const char *const groups[] = {"a", "a:", "a:x", "a:x:", ":x:1", ":x:1:m", ":x:1:m:", "a:x::m", ":::::"};

    for (size_t i = 0; i < COUNT(users); i++) {
        assert_int_equal(read_users(users[i]), 1);
        assert_true(entries[0].malformed);
    }
    for (size_t i = 0; i < COUNT(groups); i++) {
        assert_int_equal(read_groups(groups[i]), 1);
        assert_true(entries[0].malformed);
    }
}

TEST(more_fields_than_there_are_to_be_are_passed_over)
{
    static const char *const users[] = {"a:x:1:2:g:/h:/s:", "a:x:1:2:g:/h:/s:y",
                                        "a:x:1:2:g:/h:/s::::", "a:x:1:2:g:/h:/s:\r", "a:x:1:2:g:/h:/s:0:0,y:z\r"};
    static const char *const groups[] = {"a:x:2:", "a:x:2:m:", "a:x:2:m:n", "a:x:2::", "a:x:2::n,o:p:\r"};
    char text[128];

    for (size_t i = 0; i < COUNT(users); i++) {
        (void)snprintf(text, sizeof text, "%s\nb:x:3:4::/b:/s\n", users[i]);
        assert_int_equal(read_users(text), 2);
        assert_false(entries[0].malformed);
        assert_int_equal(entries[0].uid, 1);
        assert_int_equal(entries[0].gid, 2);
        assert_true(is(&entries[0].home, "/h"));
        assert_true(is(&entries[0].shell, "/s"));
        assert_int_equal(entries[1].line, 2);
        assert_int_equal(entries[1].uid, 3);
    }
    for (size_t i = 0; i < COUNT(groups); i++) {
        (void)snprintf(text, sizeof text, "%s\nb:x:3:\n", groups[i]);
        assert_int_equal(read_groups(text), 2);
        assert_false(entries[0].malformed);
        assert_int_equal(entries[0].gid, 2);
        assert_int_equal(entries[1].gid, 3);
    }
    /* The last one that is known is not the last of the line: a carriage return is a byte of it. */
    assert_int_equal(read_users("a:x:1:2:g:/h:/s\r:\r\n"), 1);
    assert_true(is(&entries[0].shell, "/s\r"));
    assert_int_equal(read_bytes(accounts_next_user, BYTES("a:x:1:2:g:/h:/s::\0:\n")), 1);
    assert_true(entries[0].malformed);
    assert_int_equal(read_bytes(accounts_next_group, BYTES("a:x:1:m:\0")), 1);
    assert_true(entries[0].malformed);
}

TEST(an_id_is_plain_decimal_up_to_4294967294)
{
    static const struct {
        const char *text;
        bool good;
    } ids[] = {{"0", true},
               {"1", true},
               {"2147483648", true},
               {"4294967294", true},
               {"0001", true},
               {"00000000000000000004294967294", true},
               {"4294967295", false},
               {"4294967296", false},
               {"18446744073709551615", false},
               {"18446744073709551616", false},
               {"99999999999", false},
               {"", false},
               {"-1", false},
               {"+1", false},
               {" 1", false},
               {"1 ", false},
               {"\t1", false},
               {"0x1", false},
               {"1e3", false},
               {"1.0", false},
               {"one", false},
               {"1a", false},
               {"1,2", false},
               {"\r", false},
               {"00000000000000000004294967295", false}};
    char text[128];

    for (size_t i = 0; i < COUNT(ids); i++) {
        (void)snprintf(text, sizeof text, "a:x:%s:2:g:/h:/s\n", ids[i].text);
        assert_int_equal(read_users(text), 1);
        assert_int_equal(entries[0].malformed, !ids[i].good);
        assert_int_equal(entries[0].uid, ids[i].good ? strtoul(ids[i].text, NULL, 10) : 0);
        (void)snprintf(text, sizeof text, "a:x:1:%s:g:/h:/s\n", ids[i].text);
        assert_int_equal(read_users(text), 1);
        assert_int_equal(entries[0].malformed, !ids[i].good);
        assert_int_equal(entries[0].gid, ids[i].good ? strtoul(ids[i].text, NULL, 10) : 0);
        (void)snprintf(text, sizeof text, "a:x:%s:m\n", ids[i].text);
        assert_int_equal(read_groups(text), 1);
        assert_int_equal(entries[0].malformed, !ids[i].good);
        assert_int_equal(entries[0].gid, ids[i].good ? strtoul(ids[i].text, NULL, 10) : 0);
    }
}

TEST(a_nul_byte_anywhere_makes_a_line_malformed)
{
    static const char user[] = "app:x:1000:1001:gecos:/srv:/bin/sh\n";
    static const char group[] = "www:x:1000:app,nobody\n";
    char text[sizeof user];

    for (size_t i = 0; i + 2 < sizeof user; i++) {
        memcpy(text, user, sizeof user);
        text[i] = '\0';
        if (user[i] == ':') {
            continue; /* that is two fields made one */
        }
        assert_int_equal(read_bytes(accounts_next_user, text, sizeof user - 1), 1);
        assert_true(entries[0].malformed);
    }
    for (size_t i = 0; i + 2 < sizeof group; i++) {
        memcpy(text, group, sizeof group);
        text[i] = '\0';
        assert_int_equal(read_bytes(accounts_next_group, text, sizeof group - 1), 1);
        assert_true(entries[0].malformed || group[i] == ':');
    }
}

TEST(blank_lines_comments_and_nis_leftovers_are_passed_over)
{
    assert_int_equal(read_users("\n\n#app:x:1:1\n+\n+app:x:2:2:::\n-app:x:3:3\n+@net\n# x\n\napp:x:4:4\n#"), 1);
    assert_int_equal(entries[0].line, 10);
    assert_int_equal(entries[0].uid, 4);
    assert_int_equal(read_groups("#\n+:::\n-\n\napp:x:4:app\n\n\n"), 1);
    assert_int_equal(entries[0].line, 5);
    assert_int_equal(read_users(""), 0);
    assert_int_equal(read_users("\n"), 0);
    assert_int_equal(read_users("#"), 0);
    assert_int_equal(read_users("+"), 0);
    assert_int_equal(read_users(" #a:x:1:1\n"), 1); /* it begins with a space: no comment, and no name either */
    assert_true(is(&entries[0].name, " #a"));
}

TEST(the_last_line_needs_no_newline)
{
    assert_int_equal(read_users("a:x:1:2:g:/h:/s"), 1);
    assert_false(entries[0].malformed);
    assert_true(is(&entries[0].shell, "/s"));
    assert_int_equal(read_groups("a:x:1"), 1);
    assert_false(entries[0].malformed);
    assert_int_equal(entries[0].gid, 1);
}

TEST(a_carriage_return_before_the_newline_is_not_part_of_the_last_field)
{
    assert_int_equal(read_users("a:x:1:2:g:/h:/s\r\nb:x:1:2:g:/h\r\nc:x:1:2\r\nd:x:1:2:g:/h:/s\r"), 4);
    assert_true(is(&entries[0].shell, "/s"));
    assert_true(is(&entries[1].home, "/h"));
    assert_false(entries[2].malformed);
    assert_int_equal(entries[2].gid, 2);
    assert_true(is(&entries[3].shell, "/s"));
    assert_int_equal(read_groups("a:x:1\r\nb:x:2:\r\n"), 2);
    assert_int_equal(entries[0].gid, 1);
    assert_false(entries[0].malformed || entries[1].malformed);
    /* Elsewhere it is a byte like any other, and one is all that goes. */
    assert_int_equal(read_users("a\r:x:1:2\nb:x:1\r:2\nc:x:1:2:g:/h:/s\r\r\n"), 3);
    assert_true(is(&entries[0].name, "a\r"));
    assert_true(entries[1].malformed);
    assert_true(is(&entries[2].shell, "/s\r"));
}

static bool lists(const char *members, const char *wanted)
{
    char text[256];

    (void)snprintf(text, sizeof text, "g:x:5:%s", members);
    give(text, strlen(text));
    assert_true(accounts_open(&accounts, PATH, wanted, strlen(wanted), &problem));
    bool listed = accounts_next_group(&accounts, &entry) && !entry.malformed && entry.lists_wanted;
    assert_true(accounts_close(&accounts, &problem));
    return listed;
}

TEST(only_a_whole_exact_member_is_one)
{
    static const char *const are[] = {"app",       "app\n",    "app\r\n",  "a,app",    "app,a",
                                      "a,app,b\n", ",app",     "app,",     ",,app,,",  "app,app",
                                      "a,b,app\r", "apps,app", "app ,app", "xapp,app", "app\r,app"};
    static const char *const are_not[] = {"",      "\n",     "apps",    "xapp",      "ap",    "APP",     " app",
                                          "app ",  "a,pp",   "app\r,a", "app\r\r\n", "app.a", "app app", "a pp",
                                          "\tapp", "appapp", "#app",    "+app",      "-app",  "app/a"};

    for (size_t i = 0; i < COUNT(are); i++) {
        assert_true(lists(are[i], "app"));
    }
    for (size_t i = 0; i < COUNT(are_not); i++) {
        assert_false(lists(are_not[i], "app"));
    }
    /* The name, the password and what is behind the members are none. */
    give(BYTES("app:app:5:x\n"));
    assert_true(accounts_open(&accounts, PATH, "app", 3, &problem));
    assert_true(accounts_next_group(&accounts, &entry));
    assert_false(entry.lists_wanted);
    assert_true(accounts_close(&accounts, &problem));
    assert_false(lists("a:app", "app"));
    assert_false(lists("app\r:app\r", "app"));
    assert_true(lists("app:a", "app"));
    assert_false(lists("a,b", "a,b"));
}

/* However long: what is not kept whole is neither shorter nor counted until that wraps. */
static void assert_length(const struct accounts_field *field, size_t length)
{
    assert_int_equal(field->length, length <= ACCOUNTS_FIELD_MAX ? length : ACCOUNTS_FIELD_MAX + 1);
    assert_int_equal(field->text[field->length], '\0');
}

TEST(a_field_is_kept_and_counted_up_to_its_limit)
{
    static char text[10 * ACCOUNTS_BUFFER];
    static const size_t lengths[] = {ACCOUNTS_FIELD_MAX - 1, ACCOUNTS_FIELD_MAX, ACCOUNTS_FIELD_MAX + 1,
                                     ACCOUNTS_BUFFER - 1,    ACCOUNTS_BUFFER,    3 * ACCOUNTS_BUFFER};
    static char huge[3 * ACCOUNTS_BUFFER + 1];

    for (size_t i = 0; i < COUNT(lengths); i++) {
        memset(huge, 'h', lengths[i]);
        huge[lengths[i]] = '\0';
        bool kept = lengths[i] < ACCOUNTS_FIELD_MAX;
        (void)snprintf(text, sizeof text, "%s:x:1:2:g:/h:/s\nb:x:3:4:g:/b:/s\n", huge);
        assert_int_equal(read_users(text), 2);
        assert_false(entries[0].malformed);
        assert_length(&entries[0].name, lengths[i]);
        assert_int_equal(accounts_is(&entries[0].name, huge, lengths[i]), kept);
        assert_false(accounts_is(&entries[0].name, huge, ACCOUNTS_FIELD_MAX - 2));
        assert_int_equal(entries[1].uid, 3);
        (void)snprintf(text, sizeof text, "a:%s:1:2:%.10s:%s:%s\nb:x:3:4:g:/b:/s\n", kept ? "x" : huge, huge,
                       kept ? huge : "/h", kept ? huge : "/s");
        assert_int_equal(read_users(text), 2);
        assert_false(entries[0].malformed);
        assert_true(is(&entries[0].home, kept ? huge : "/h"));
        assert_true(is(&entries[0].shell, kept ? huge : "/s"));
        (void)snprintf(text, sizeof text, "a:x:1:2:%s:/h:/s\nb:x:3:4:g:/b:/s\n", huge);
        assert_int_equal(read_users(text), 2);
        assert_true(is(&entries[0].home, "/h"));
        assert_true(is(&entries[1].home, "/b"));
        (void)snprintf(text, sizeof text, "a:x:1:2:g:%s\nb:x:3:4:g:/b:/s\n", huge);
        assert_int_equal(read_users(text), 2);
        assert_length(&entries[0].home, lengths[i]);
        assert_true(is(&entries[1].home, "/b"));
        (void)snprintf(text, sizeof text, "a:x:1:2:g:/h:%s\nb:x:3:4:g:/b:/s\n", huge);
        assert_int_equal(read_users(text), 2);
        assert_length(&entries[0].shell, lengths[i]);
        (void)snprintf(text, sizeof text, "#%s\n+%s\n%s\nb:x:3:4:g:/b:/s\n", kept ? huge : "", kept ? huge : "", huge);
        assert_int_equal(read_users(text), 2);
        assert_true(entries[0].malformed);
        assert_int_equal(entries[1].line, 4);
        assert_int_equal(entries[1].uid, 3);
        /* An ID of zeros: kept whole it is 0, otherwise nobody knows what it is. */
        memset(huge, '0', lengths[i]);
        (void)snprintf(text, sizeof text, "a:x:%s:2\n", huge);
        assert_int_equal(read_users(text), 1);
        assert_int_equal(entries[0].malformed, !kept);
    }
}

TEST(a_carriage_return_at_the_limit_of_a_field_is_one_byte)
{
    static char text[3 * ACCOUNTS_FIELD_MAX];
    static char huge[2 * ACCOUNTS_FIELD_MAX];

    memset(huge, 'h', sizeof huge);
    for (int length = ACCOUNTS_FIELD_MAX - 3; length < ACCOUNTS_FIELD_MAX + 3; length++) {
        for (int cut = 0; cut < 4; cut++) {
            int end = snprintf(text, sizeof text, "a:x:1:2:g:/h:%.*s\r%s", length, huge, cut < 2 ? "\n" : "");
            give(text, (size_t)end);
            files.split = cut % 2 == 0 ? 0 : (size_t)end - 1;
            assert_true(accounts_open(&accounts, PATH, "", 0, &problem));
            assert_true(accounts_next_user(&accounts, &entry));
            assert_false(entry.malformed);
            assert_true(length < ACCOUNTS_FIELD_MAX ? accounts_is(&entry.shell, huge, (size_t)length)
                                                    : entry.shell.length >= ACCOUNTS_FIELD_MAX);
            assert_true(accounts_close(&accounts, &problem));
        }
    }
}

TEST(a_long_name_is_never_taken_for_a_shorter_one)
{
    static char text[4 * ACCOUNTS_FIELD_MAX];
    static char huge[3 * ACCOUNTS_FIELD_MAX];

    memset(huge, 'h', sizeof huge);
    for (size_t length = ACCOUNTS_FIELD_MAX; length < sizeof huge; length += 1 + length % 500) {
        memcpy(huge + length - 3, "app", 3);
        (void)snprintf(text, sizeof text, "%.*s:x:0:0\n", (int)length, huge);
        assert_int_equal(read_users(text), 1);
        assert_false(accounts_is(&entries[0].name, "app", 3));
        for (size_t other = ACCOUNTS_FIELD_MAX - 2; other < ACCOUNTS_FIELD_MAX + 3; other++) {
            assert_false(accounts_is(&entries[0].name, huge, other));
        }
        (void)snprintf(text, sizeof text, "%.*s", (int)length, huge);
        assert_false(lists(text, "app"));
        memcpy(huge + length - 3, "hhh", 3);
    }
}

TEST(any_number_of_fields_is_passed_over)
{
    static char text[70000];

    for (size_t colons = 65520; colons < 65560; colons++) {
        size_t length = (size_t)sprintf(text, "a:x:1:2:g:/h:/s");
        memset(text + length, ':', colons);
        (void)sprintf(text + length + colons, "/no\nb:x:3:4\n");
        assert_int_equal(read_users(text), 2);
        assert_int_equal(entries[0].gid, 2);
        assert_true(is(&entries[0].home, "/h"));
        assert_true(is(&entries[0].shell, "/s"));
        assert_int_equal(entries[1].line, 2);
    }
}

TEST(more_lines_than_can_be_counted_stay_as_many_as_can)
{
    static char text[4000];

    for (size_t wanted = 0; wanted < 2; wanted++) {
        for (unsigned long left = 0; left < 300; left++) {
            memset(text, '\n', 250);
            (void)snprintf(text + 250, sizeof text - 250, "app:x:1:2\napp:x:3:4\n%0100d\n", 0);
            give(text, strlen(text));
            assert_true(accounts_open(&accounts, PATH, "app", wanted * 3, &problem));
            accounts.line = ULONG_MAX - left;
            assert_true(accounts_next_user(&accounts, &entry));
            assert_true(entry.line == (left > 251 ? ULONG_MAX - left + 251 : ULONG_MAX));
            assert_true(accounts_next_user(&accounts, &entry));
            assert_true(entry.line == (left > 252 ? ULONG_MAX - left + 252 : ULONG_MAX));
            assert_int_equal(entry.uid, 3);
            assert_true(accounts_close(&accounts, &problem));
        }
    }
}

TEST(nothing_is_written_behind_the_room)
{
    static char text[10 * ACCOUNTS_FIELD_MAX];
    static char huge[2 * ACCOUNTS_FIELD_MAX + 1];
    const int limit = ACCOUNTS_FIELD_MAX;
    const int kept[] = {limit - 1, limit, limit + 1, 2 * limit};
    const int other[] = {limit - 1, limit, limit + 1, 2 * limit};
    static const size_t chunks[] = {0, 1, 1000, ACCOUNTS_FIELD_MAX - 1, ACCOUNTS_FIELD_MAX + 1};

    memset(huge, 'h', sizeof huge);
    for (size_t i = 0; i < COUNT(kept) * COUNT(other) * COUNT(chunks); i++) {
        int length = kept[i % COUNT(kept)];
        int last = other[i / COUNT(kept) % COUNT(other)];
        int end = snprintf(text, sizeof text, "%.*s:x:1:2:g:%.*s:%.*s:%.*s\n", length, huge, length, huge, length, huge,
                           last, huge);
        give(text, (size_t)end);
        files.chunk = chunks[i / COUNT(kept) / COUNT(other)];
        memset(&rooms[8], 0x5a, sizeof rooms[8]);
        assert_true(accounts_open(&accounts, PATH, "", 0, &problem));
        assert_true(accounts_next_user(&accounts, &entry));
        assert_true(accounts_close(&accounts, &problem));
        assert_false(entry.malformed);
        assert_true(entry.used <= ACCOUNTS_ROOM - ACCOUNTS_FIELD_MAX);
        for (size_t j = 0; j < sizeof rooms[8].behind; j++) {
            assert_int_equal(rooms[8].behind[j], 0x5a);
        }
    }
}

TEST(nothing_but_a_newline_ends_a_line_and_nothing_but_a_comma_a_member)
{
    char text[256];
    char junk[64]; /* with the byte behind it a block */

    memset(junk, 'x', 63);
    junk[63] = '\0';
    for (int byte = 1; byte < 256; byte++) {
        if (byte != '\n' && byte != ':') {
            (void)snprintf(text, sizeof text, "%s%capp:x:0:0::/:\napp:x:5:5::/:\n%s%s\n", junk, byte, junk, junk);
            give(text, strlen(text));
            assert_true(accounts_open(&accounts, PATH, "app", 3, &problem));
            do {
                assert_true(accounts_next_user(&accounts, &entry));
            } while (!is(&entry.name, "app"));
            assert_int_equal(entry.uid, 5);
            assert_true(accounts_close(&accounts, &problem));
            (void)snprintf(text, sizeof text, "g:x:5:%s%capp,%s%s\n", junk, byte, junk, junk);
            give(text, strlen(text));
            assert_true(accounts_open(&accounts, PATH, "app", 3, &problem));
            assert_true(accounts_next_group(&accounts, &entry));
            assert_int_equal(entry.lists_wanted, byte == ',');
            assert_true(accounts_close(&accounts, &problem));
        }
    }
}

TEST(a_file_that_is_missing_is_empty)
{
    files = (struct files){.count = 0};
    assert_true(accounts_open(&accounts, PATH, "", 0, &problem));
    assert_false(accounts_next_user(&accounts, &entry));
    assert_false(accounts_next_group(&accounts, &entry));
    assert_int_equal(accounts.error, 0);
    assert_true(accounts_close(&accounts, &problem));
}

static void assert_refused(int error)
{
    assert_string_equal(problem.what, PATH);
    assert_null(problem.why);
    assert_int_equal(problem.error, error);
}

TEST(a_file_that_cannot_be_opened_is_an_error)
{
    for (int error = 1; error < 134; error++) {
        give(BYTES("a:x:1:1\n"));
        file.open_error = error;
        problem = (struct problem){.why = "nothing"};
        assert_int_equal(accounts_open(&accounts, PATH, "", 0, &problem), error == ENOENT);
        if (error != ENOENT) {
            assert_refused(error);
        }
        give(BYTES("a:x:1:1\n"));
        file.stat_error = error;
        assert_false(accounts_open(&accounts, PATH, "", 0, &problem));
        assert_refused(error);
        assert_int_equal(files.open, 0);
    }
}

TEST(only_a_regular_file_is_read)
{
    static const mode_t modes[] = {S_IFDIR, S_IFCHR, S_IFBLK, S_IFIFO, S_IFLNK, S_IFSOCK};

    for (size_t i = 0; i < COUNT(modes); i++) {
        give(BYTES("a:x:1:1\n"));
        file.mode = modes[i] | 0644;
        assert_false(accounts_open(&accounts, PATH, "", 0, &problem));
        assert_string_equal(problem.what, PATH);
        assert_string_equal(problem.why, "not a regular file");
        assert_int_equal(files.waited, 0);
        assert_int_equal(files.open, 0);
    }
}

TEST(opening_never_waits_takes_a_terminal_or_leaks_the_descriptor)
{
    give(BYTES(""));
    assert_true(accounts_open(&accounts, PATH, "", 0, &problem));
    assert_int_equal(files.flags & (O_CLOEXEC | O_NONBLOCK | O_NOCTTY), O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    assert_int_equal(files.flags & O_ACCMODE, O_RDONLY);
    assert_int_equal(files.opened, 1);
    assert_true(accounts_close(&accounts, &problem));
    assert_int_equal(files.open, 0);
}

TEST(a_lease_on_the_file_is_waited_for)
{
    give(BYTES("a:x:1:2\n"));
    file.leased = true;
    assert_true(accounts_open(&accounts, PATH, "", 0, &problem));
    assert_int_equal(files.waited, 1);
    assert_int_equal(files.flags & (O_CLOEXEC | O_NOCTTY | O_PATH), O_CLOEXEC | O_NOCTTY);
    assert_int_equal(files.flags & O_ACCMODE, O_RDONLY);
    assert_true(accounts_next_user(&accounts, &entry));
    assert_false(accounts_next_user(&accounts, &entry));
    assert_true(accounts_close(&accounts, &problem));
    assert_int_equal(files.open, 0);
    give(BYTES("a:x:1:2\n"));
    file.leased = true;
    file.waited_error = ENOENT;
    assert_true(accounts_open(&accounts, PATH, "", 0, &problem));
    assert_false(accounts_next_user(&accounts, &entry));
    assert_true(accounts_close(&accounts, &problem));
}

TEST(nothing_but_a_regular_file_is_waited_for)
{
    static const mode_t modes[] = {S_IFDIR, S_IFCHR, S_IFBLK, S_IFIFO, S_IFLNK, S_IFSOCK};

    for (size_t i = 0; i < COUNT(modes); i++) {
        give(BYTES("a:x:1:1\n"));
        file.mode = modes[i] | 0644;
        file.leased = true;
        problem = (struct problem){.what = "nothing"};
        assert_false(accounts_open(&accounts, PATH, "", 0, &problem));
        assert_string_equal(problem.what, PATH);
        assert_string_equal(problem.why, "not a regular file");
        assert_int_equal(files.waited, 0);
        assert_int_equal(files.open, 0);
        /* It was one when it was looked at. */
        give(BYTES("a:x:1:1\n"));
        file.waited_mode = modes[i] | 0644;
        file.leased = true;
        assert_false(accounts_open(&accounts, PATH, "", 0, &problem));
        assert_string_equal(problem.why, "not a regular file");
        assert_int_equal(files.open, 0);
    }
}

TEST(a_lease_that_is_waited_for_in_vain_is_an_error)
{
    for (int error = 1; error < 134; error++) {
        for (int looking = 0; looking < 2; looking++) {
            give(BYTES("a:x:1:1\n"));
            file.leased = true;
            *(looking ? &file.stat_error : &file.waited_error) = error;
            problem = (struct problem){.what = "nothing"};
            assert_int_equal(accounts_open(&accounts, PATH, "", 0, &problem), !looking && error == ENOENT);
            assert_true(problem.error == error || (!looking && error == ENOENT));
            assert_int_equal(files.open, 0);
        }
    }
}

TEST(an_entry_equals_only_its_whole_text)
{
    assert_int_equal(read_users("app:x:1:1\n"), 1);
    assert_true(accounts_is(&entries[0].name, "app", 3));
    assert_true(accounts_is(&entries[0].name, "apps", 3));
    assert_false(accounts_is(&entries[0].name, "apps", 4));
    assert_false(accounts_is(&entries[0].name, "ap", 2));
    assert_false(accounts_is(&entries[0].name, "App", 3));
    assert_false(accounts_is(&entries[0].name, "", 0));
    assert_false(accounts_is(&entries[0].name, "app\0", 4));
}

/* --- against a model: what passwd(5) and group(5) say of a line, in the plainest words -----------------------------
 */

struct text {
    const char *at;
    size_t length;
};

struct model {
    struct text line;
    size_t field_count;
    struct text fields[7]; /* what is behind them does not matter */
    bool malformed;
    uint32_t uid, gid;
};

/* Splits off what is before the first `separator`; whether there was one. */
static bool split(struct text *rest, char separator, struct text *part)
{
    const char *found = rest->length > 0 ? memchr(rest->at, separator, rest->length) : NULL;

    *part = (struct text){rest->at, found != NULL ? (size_t)(found - rest->at) : rest->length};
    rest->at += part->length + (found != NULL);
    rest->length -= part->length + (found != NULL);
    return found != NULL;
}

static bool is_white(char byte)
{
    return byte != '\0' && strchr(" \t\n\v\f\r", byte) != NULL;
}

static struct text without_white_space(struct text text)
{
    while (text.length > 0 && is_white(text.at[0])) {
        text.at++;
        text.length--;
    }
    while (text.length > 0 && is_white(text.at[text.length - 1])) {
        text.length--;
    }
    return text;
}

static bool model_id(struct text text, uint32_t *id)
{
    uint64_t number = 0;

    *id = 0;
    for (size_t i = 0; i < text.length; i++) {
        if (text.at[i] < '0' || text.at[i] > '9' || number > ACCOUNTS_ID_MAX) {
            return false;
        }
        number = number * 10 + (uint64_t)(text.at[i] - '0');
    }
    *id = (uint32_t)number;
    return text.length > 0 && number <= ACCOUNTS_ID_MAX;
}

/* Files are read as container runtimes do. */
static bool generous;

static struct model model_of(struct text line, bool group)
{
    struct model model = {.line = line};
    struct text rest = line;
    bool more = true;

    while (generous && rest.length > 0 && is_white(rest.at[0])) {
        rest.at++;
        rest.length--;
    }
    if (rest.length > 0 && rest.at[rest.length - 1] == '\r') {
        rest.length--;
    }
    while (more) {
        struct text field;
        more = split(&rest, ':', &field);
        if (model.field_count < COUNT(model.fields)) {
            model.fields[model.field_count++] = field;
        }
    }
    if (generous) {
        model.fields[0] = without_white_space(model.fields[0]);
    }
    size_t least = group ? 3 : 4;
    model.malformed =
        model.field_count < least || model.fields[0].length == 0 || memchr(line.at, '\0', line.length) != NULL;
    if (!model.malformed && group) {
        model.malformed = !model_id(model.fields[2], &model.gid);
    } else if (!model.malformed) {
        bool uid = model_id(model.fields[2], &model.uid);
        model.malformed = !model_id(model.fields[3], &model.gid) || !uid;
    }
    return model;
}

static bool model_lists(const struct model *model, struct text wanted)
{
    struct text rest = model->fields[3];
    bool more = wanted.length > 0;
    bool listed = false;

    while (more) {
        struct text member;
        more = split(&rest, ',', &member);
        member = generous ? without_white_space(member) : member;
        listed = listed || (member.length == wanted.length && memcmp(member.at, wanted.at, wanted.length) == 0);
    }
    return listed;
}

static void assert_field(const struct accounts_field *field, struct text text)
{
    assert_int_equal(field->length, text.length);
    if (text.length > 0) {
        assert_true(accounts_is(field, text.at, text.length));
    }
}

static void assert_entry(const struct model *model, bool group, struct text wanted)
{
    assert_field(&entry.name, model->fields[0]);
    assert_int_equal(entry.malformed, model->malformed);
    if (group && (generous || !model->malformed)) {
        assert_int_equal(entry.lists_wanted, model->field_count > 3 && model_lists(model, wanted));
    }
    if (model->malformed) {
        return;
    }
    assert_int_equal(entry.gid, model->gid);
    if (!group) {
        assert_int_equal(entry.uid, model->uid);
        assert_field(&entry.home, model->fields[5]);
        assert_field(&entry.shell, model->fields[6]);
    }
}

static bool is_entry(struct text line)
{
    return generous ? without_white_space(line).length > 0 : line.length > 0 && memchr("#+-", line.at[0], 3) == NULL;
}

/* Reads `text` and the model side by side. Only lines without the wanted text may be missing. */
static void assert_like_model(const char *text, size_t length, bool group, struct text wanted)
{
    next_function *next = group ? accounts_next_group : accounts_next_user;
    struct text rest = {text, length};
    unsigned long number = 0;

    assert_true(accounts_open(&accounts, PATH, wanted.at, wanted.length, &problem));
    assert_false(accounts.generous);
    accounts.generous = generous;
    bool got = next(&accounts, &entry);
    while (rest.length > 0) {
        struct text line;
        (void)split(&rest, '\n', &line);
        number++;
        if (!is_entry(line)) {
            continue;
        }
        if (got && entry.line == number) {
            struct model model = model_of(line, group);
            assert_entry(&model, group, wanted);
            got = next(&accounts, &entry);
        } else {
            assert_true(wanted.length > 0 && memmem(line.at, line.length, wanted.at, wanted.length) == NULL);
        }
    }
    assert_false(got);
    assert_int_equal(accounts.error, 0);
    assert_true(accounts_close(&accounts, &problem));
}

static const char sample_users[] =
    "root:x:0:0:root:/root:/bin/bash\n"
    "# comment app:x:1:1\n"
    "\n"
    "+app:x:2:2\n"
    "apps:x:1002:1002:not app:/home/apps:/bin/sh\n"
    "app:x:1000:1001:The App:/srv/app:/bin/sh\r\n"
    "app:x:0:0:app again:/:/bin/sh\n"
    "bad:x::1000:app\n"
    "\t app \t:x:5:5\n"
    " #app\n"
    "\v\f\n"
    "long:x:1003:1003:gecos of more than sixty-four bytes, so that a block lies inside of "
    "it, app:/home/long:/bin/app\n"
    "last:x:01000:1000::/last:/bin/app";
static const char sample_groups[] =
    "root:x:0:\n"
    "app:x:1001:\n"
    "#app:x:1:app\n"
    "one:x:10:app\n"
    "two:x:20:apps,xapp,ap\n"
    "three:x:30:a,app\r\n"
    "four:x:-40:app\n"
    " +4a: x :44: app\t,b\n"
    "-4b:x:+45:b,app \r\n"
    " \t\r\n"
    "five:x:50:someone,someone.else,another,and.another,somebody,nobody,everybody,app\n"
    "six:x:60:app,app:\n"
    "\n"
    "seven:x:70:someone,someone.else,another,and.another,somebody,nobody,everybody,,ap\n"
    "eight:x:80:,app,";

static const struct text wanteds[] = {
    {BYTES("")},      {BYTES("app")},  {BYTES("a")},       {BYTES("root")},
    {BYTES("1000:")}, {BYTES("last")}, {BYTES("The App")}, {BYTES("nobody,everybody")}};

static void assert_sample_like_model(const char *text, size_t length)
{
    for (size_t i = 0; i < 2 * COUNT(wanteds); i++) {
        generous = i % 2 == 1;
        assert_like_model(text, length, text == sample_groups, wanteds[i / 2]);
    }
    generous = false;
}

TEST(reads_of_every_size_give_the_same_entries)
{
    for (size_t chunk = 1; chunk < sizeof sample_groups; chunk++) {
        give(sample_users, sizeof sample_users - 1);
        files.chunk = chunk;
        assert_sample_like_model(sample_users, sizeof sample_users - 1);
        give(sample_groups, sizeof sample_groups - 1);
        files.chunk = chunk;
        assert_sample_like_model(sample_groups, sizeof sample_groups - 1);
    }
}

TEST(a_read_that_ends_anywhere_gives_the_same_entries)
{
    for (size_t at = 0; at < sizeof sample_users - 1; at++) {
        give(sample_users, sizeof sample_users - 1);
        files.split = at;
        assert_sample_like_model(sample_users, sizeof sample_users - 1);
    }
    for (size_t at = 0; at < sizeof sample_groups - 1; at++) {
        give(sample_groups, sizeof sample_groups - 1);
        files.split = at;
        assert_sample_like_model(sample_groups, sizeof sample_groups - 1);
    }
}

TEST(a_file_cut_off_anywhere_gives_what_is_left_of_it)
{
    for (size_t length = 0; length < sizeof sample_users; length++) {
        give(sample_users, length);
        assert_sample_like_model(sample_users, length);
    }
    for (size_t length = 0; length < sizeof sample_groups; length++) {
        give(sample_groups, length);
        assert_sample_like_model(sample_groups, length);
    }
}

/* Lines of other entries, so long that `line` begins `before` bytes before the end of a full buffer. */
static size_t slide(char *text, size_t before, const char *line)
{
    size_t length = 0;
    unsigned number = 0;

    while (length + 80 < ACCOUNTS_BUFFER - before) {
        length += (size_t)sprintf(text + length, "u%u:x:%u:7:an entry:/home/u%u:/bin/sh\n", number, number, number);
        number++;
    }
    text[length++] = '#';
    while (length < ACCOUNTS_BUFFER - before - 1) {
        text[length++] = 'c';
    }
    text[length++] = '\n';
    return length + (size_t)sprintf(text + length, "%s\nz:x:9:9\n", line);
}

TEST(an_entry_may_lie_anywhere_across_the_end_of_the_buffer)
{
    static char text[2 * ACCOUNTS_BUFFER];
    static const char user[] = "app:x:1000:1001:app:/srv/app:/bin/app";
    static const char group[] = "app:x:1000:apps,xapp,someone,someone.else,another,and.another,somebody,1000:,app";
    static const struct text some[] = {{BYTES("app")}, {BYTES("1000:")}, {BYTES("")}};

    for (size_t before = 1; before < sizeof group + 1; before++) {
        for (size_t i = 0; i < COUNT(some); i++) {
            size_t length = slide(text, before, user);
            give(text, length);
            assert_like_model(text, length, false, some[i]);
            length = slide(text, before, group);
            give(text, length);
            assert_like_model(text, length, true, some[i]);
        }
    }
}

/* The lines of a group file in which the container's runtime finds `root`. */
TEST(a_generous_reader_passes_over_no_line_that_a_runtime_reads)
{
    static const char *const lines[] = {
        "disk:x:6:root",  "disk:x:6:root:",    "+nis:x:6:root",   "-nis:x:6:root",      "#old:x:6:root",
        "disk:x:6:root ", "disk:x:6:a,root\t", "\tdisk:x:6:root", " #disk:x:6: root,b", "\r\v\fd:x:6:root\v\f\r\r"};
    static const char *const malformed[] = {"disk:x:+6:root", "disk:x::root",  "disk:x: 6:root", "disk:x:06x:root",
                                            "disk:::root:",   "#:x:-0:a,root", "::6:root",       " ::6:root"};
    static const char *const others[] = {"disk:x:6:roots",
                                         "disk:x:6:xroot",
                                         "root:x:6:",
                                         "disk:x:6:ro ot",
                                         "disk:x:root",
                                         "disk:root:6:a",
                                         "disk:x:6:a:root",
                                         "disk:x:6:#root",
                                         "disk:x:6:root\177",
                                         "disk:x:6:\177root",
                                         "",
                                         " ",
                                         "\t\r"};
    static const char *const *const all[] = {lines, malformed, others};
    static const size_t counts[] = {COUNT(lines), COUNT(malformed), COUNT(others)};
    char text[128];

    for (size_t kind = 0; kind < COUNT(all); kind++) {
        for (size_t i = 0; i < counts[kind]; i++) {
            for (size_t split = 0; split <= strlen(all[kind][i]); split++) {
                (void)snprintf(text, sizeof text, "%s\n", all[kind][i]);
                give(text, strlen(text));
                files.split = split;
                assert_true(accounts_open(&accounts, PATH, "root", 4, &problem));
                accounts.generous = true;
                bool got = accounts_next_group(&accounts, &entry);
                assert_int_equal(got && entry.lists_wanted, kind < 2);
                assert_true(kind == 2 || entry.malformed == (kind == 1));
                assert_true(kind > 0 || (entry.line == 1 && entry.gid == 6));
                assert_true(accounts_close(&accounts, &problem));
            }
        }
    }
}

TEST(a_generous_reader_gives_names_without_the_white_space_around_them)
{
    static const char *const lines[] = {"toor:x:0:0",
                                        "  toor:x:0:0",
                                        "toor :x:0:0",
                                        "\t\v\f\rtoor\r",
                                        "toor",
                                        " toor \t",
                                        "toor:x:zero:0",
                                        "toor:x:0 :0\r",
                                        "toor:x: 0:0",
                                        "toor:x:+0:0",
                                        "toor:x:0",
                                        "\r\n\n \n toor:x:0 ",
                                        "\xc2\xa0toor\xe2\x80\x83:x:0:0"};
    char text[64];

    for (size_t i = 0; i < COUNT(lines); i++) {
        (void)snprintf(text, sizeof text, "%s\n \n", lines[i]);
        give(text, strlen(text));
        assert_true(accounts_open(&accounts, PATH, "", 0, &problem));
        accounts.generous = true;
        assert_true(accounts_next_user(&accounts, &entry));
        assert_true(accounts_is(&entry.name, "toor", 4));
        assert_true(entry.uid == 0 || entry.malformed);
        assert_int_equal(entry.line, lines[i][0] == '\r' ? 4 : 1);
        assert_false(accounts_next_user(&accounts, &entry));
        assert_true(accounts_close(&accounts, &problem));
    }
    give(BYTES("+a:x:0:0\n-b:x:1:1\n#c\n+\n"));
    assert_true(accounts_open(&accounts, PATH, "", 0, &problem));
    accounts.generous = true;
    for (size_t i = 0; i < 4; i++) {
        assert_true(accounts_next_user(&accounts, &entry));
        assert_int_equal(entry.line, i + 1);
        assert_int_equal(entry.malformed, i > 1);
    }
    assert_false(accounts_next_user(&accounts, &entry));
    assert_true(accounts_close(&accounts, &problem));
}

TEST(white_space_of_any_length_is_around_a_name_or_a_member)
{
    static char text[4 * ACCOUNTS_BUFFER];

    for (int space = ACCOUNTS_FIELD_MAX - 10; space < 2 * ACCOUNTS_BUFFER; space += 1 + space / 30) {
        int length = snprintf(text, sizeof text, "%*s:x:0:0\ntoor%*s\n", space, "toor", space, "");
        give(text, (size_t)length);
        assert_true(accounts_open(&accounts, PATH, "", 0, &problem));
        accounts.generous = true;
        for (size_t i = 0; i < 2; i++) {
            assert_true(accounts_next_user(&accounts, &entry));
            assert_true(accounts_is(&entry.name, "toor", 4));
            assert_true(entry.uid == 0);
        }
        assert_true(accounts_close(&accounts, &problem));
        length = snprintf(text, sizeof text, "d:x:6:a,toor%*s\n", space, "");
        give(text, (size_t)length);
        assert_true(accounts_open(&accounts, PATH, "toor", 4, &problem));
        accounts.generous = true;
        assert_true(accounts_next_group(&accounts, &entry));
        assert_true(entry.lists_wanted && !entry.malformed);
        assert_true(accounts_close(&accounts, &problem));
    }
}

TEST(blank_lines_by_the_thousand_are_counted)
{
    static char text[2 * ACCOUNTS_BUFFER];

    rooms[7].behind[sizeof rooms[7].behind - 1] = '\r'; /* it stands before the field that ends at once */
    for (size_t blank = 60; blank < ACCOUNTS_BUFFER + 300; blank += blank < 600 ? 1 : 4999) {
        memset(text, '\n', blank);
        size_t length = blank + (size_t)sprintf(text + blank, "app:x:1000:1000:a gecos:/home/app:/bin/app\nz:x:9:9\n");
        give(text, length);
        assert_like_model(text, length, false, (struct text){BYTES("app")});
    }
    assert_int_equal(rooms[7].behind[sizeof rooms[7].behind - 1], '\r');
    rooms[7].behind[sizeof rooms[7].behind - 1] = '\0';
}

TEST(a_failing_read_ends_the_file_with_its_error)
{
    for (int kind = 0; kind < 2; kind++) {
        const char *text = kind == 0 ? sample_users : sample_groups;
        size_t length = strlen(text);
        next_function *next = kind == 0 ? accounts_next_user : accounts_next_group;
        for (size_t at = 0; at <= length; at++) {
            for (size_t chunk = 0; chunk < 2; chunk++) {
                give(text, length);
                file.read_error = EIO;
                file.read_error_at = at;
                files.chunk = chunk;
                assert_true(accounts_open(&accounts, PATH, "app", chunk * 3, &problem));
                unsigned long lines = 0;
                for (size_t i = 0; i < at; i++) {
                    lines += text[i] == '\n';
                }
                while (next(&accounts, &entry)) {
                    assert_true(entry.line <= lines); /* never a line whose end was not read */
                }
                assert_int_equal(accounts.error, EIO);
                assert_int_equal(files.open, 0);
                assert_false(next(&accounts, &entry));
                assert_int_equal(accounts.error, EIO);
                assert_false(accounts_close(&accounts, &problem));
                assert_refused(EIO);
            }
        }
    }
}

TEST(a_file_that_shrinks_while_it_is_read_is_an_error)
{
    for (size_t length = 0; length < sizeof sample_users - 1; length++) {
        give(sample_users, length);
        file.shrunk = sizeof sample_users - 1 - length;
        files.chunk = length % 2 == 0 ? 0 : 7;
        assert_true(accounts_open(&accounts, PATH, "", 0, &problem));
        unsigned long lines = 0;
        for (size_t i = 0; i < length; i++) {
            lines += sample_users[i] == '\n';
        }
        while (accounts_next_user(&accounts, &entry)) {
            assert_true(entry.line <= lines);
        }
        assert_int_equal(accounts.error, EIO);
        assert_int_equal(files.open, 0);
        assert_false(accounts_close(&accounts, &problem));
        assert_refused(EIO);
    }
}

TEST(a_file_that_grows_while_it_is_read_is_read_to_its_end)
{
    give(sample_users, sizeof sample_users - 1);
    file.shrunk = (size_t)0 - 100; /* fstat counts a hundred bytes less */
    files.chunk = 64;
    assert_sample_like_model(sample_users, sizeof sample_users - 1);
}

TEST(a_read_that_claims_more_than_the_buffer_holds_is_an_error)
{
    give(sample_users, sizeof sample_users - 1);
    files.claim = ACCOUNTS_BUFFER;
    for (int grows = 0; grows < 2; grows++) {
        file.shrunk = grows ? (size_t)0 - file.length : 0;
        assert_true(accounts_open(&accounts, PATH, "", 0, &problem));
        assert_false(accounts_next_user(&accounts, &entry));
        assert_int_equal(accounts.error, EIO);
        assert_int_equal(files.open, 0);
        assert_false(accounts_close(&accounts, &problem));
        assert_refused(EIO);
    }
}

static uint32_t seed;

static uint32_t dice(uint32_t sides)
{
    seed = seed * 1664525U + 1013904223U;
    return (seed >> 8) % sides;
}

TEST(files_of_random_pieces_are_read_as_the_model_reads_them)
{
    static const struct text pieces[] = {
        {BYTES("app")},
        {BYTES("app:x:1000:")},
        {BYTES("root")},
        {BYTES(":")},
        {BYTES(":x:")},
        {BYTES("0")},
        {BYTES("1000")},
        {BYTES("4294967294:")},
        {BYTES("4294967295:")},
        {BYTES("\n")},
        {BYTES("\n")},
        {BYTES("\n")},
        {BYTES("\r\n")},
        {BYTES("\0")},
        {BYTES("#")},
        {BYTES("+")},
        {BYTES("-")},
        {BYTES(",")},
        {BYTES("app,")},
        {BYTES(",app\n")},
        {BYTES(" ")},
        {BYTES("\t\v\f ")},
        {BYTES("app:x:1000:1000:a:/a:/a\n")},
        {BYTES("g:x:5:")},
        {BYTES("xapp,")},
        {BYTES("a")},
        {BYTES("\r")},
        {BYTES("ap")},
        {BYTES("somebody.with.a.name.that.fills.a.block.of.sixty-four.bytes.all.alone,")},
        {BYTES("somebody,nobody,everybody,anybody,")}};
    static char text[8192];

    seed = 20261121;
    for (unsigned round = 0; round < 6000; round++) {
        generous = round % 2 == 1;
        size_t length = 0;
        for (uint32_t left = dice(80); left > 0; left--) {
            const struct text *piece = &pieces[dice(COUNT(pieces))];
            memcpy(text + length, piece->at, piece->length);
            length += piece->length;
        }
        give(text, length);
        files.chunk = dice(4) > 0 ? 1 + dice((uint32_t)length + 1) : 0;
        assert_like_model(text, length, dice(2) == 1, wanteds[dice(COUNT(wanteds))]);
    }
    generous = false;
}

/* Where 64 bytes are looked at together, all of them may be of a kind. */
TEST(runs_of_one_byte_are_read_as_the_model_reads_them)
{
    static const char bytes[] = {',', ':', '\n', '\0', '\r', '#', 'a', 'p', '0'};
    static const struct text heads[] = {
        {BYTES("")}, {BYTES("g:x:5:")}, {BYTES("g:x:5:x,")}, {BYTES("a:x:1:2:")}, {BYTES("a:x:1:2:g:")}};
    static const struct text tails[] = {
        {BYTES("")},         {BYTES("\n")},
        {BYTES("a")},        {BYTES("app")},
        {BYTES(",app\n")},   {BYTES("x,app,y\nb:x:6:app\n")},
        {BYTES(":app:x\n")}, {BYTES("x,app,somebody.with.a.name.that.fills.a.block.of.sixty-four.bytes.alone\n")}};
    char text[512];

    for (size_t i = 0; i < sizeof bytes * COUNT(heads) * COUNT(tails); i++) {
        const struct text *head = &heads[i / sizeof bytes % COUNT(heads)];
        const struct text *tail = &tails[i / sizeof bytes / COUNT(heads)];
        /* The blocks that are looked at together have 64 bytes. */
        for (size_t count = 58; count < 210; count += count % 64 == 6 ? 52 : 1) {
            memcpy(text, head->at, head->length);
            memset(text + head->length, bytes[i % sizeof bytes], count);
            memcpy(text + head->length + count, tail->at, tail->length);
            size_t length = head->length + count + tail->length;
            give(text, length);
            for (size_t j = 0; j < 6; j++) {
                assert_like_model(text, length, j % 2 == 0, wanteds[j / 2]);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_gives_every_field),
        cmocka_unit_test(the_fields_from_gecos_on_may_be_missing),
        cmocka_unit_test(a_missing_name_or_id_makes_a_line_malformed),
        cmocka_unit_test(more_fields_than_there_are_to_be_are_passed_over),
        cmocka_unit_test(an_id_is_plain_decimal_up_to_4294967294),
        cmocka_unit_test(a_nul_byte_anywhere_makes_a_line_malformed),
        cmocka_unit_test(blank_lines_comments_and_nis_leftovers_are_passed_over),
        cmocka_unit_test(the_last_line_needs_no_newline),
        cmocka_unit_test(a_carriage_return_before_the_newline_is_not_part_of_the_last_field),
        cmocka_unit_test(only_a_whole_exact_member_is_one),
        cmocka_unit_test(a_field_is_kept_and_counted_up_to_its_limit),
        cmocka_unit_test(a_carriage_return_at_the_limit_of_a_field_is_one_byte),
        cmocka_unit_test(a_long_name_is_never_taken_for_a_shorter_one),
        cmocka_unit_test(any_number_of_fields_is_passed_over),
        cmocka_unit_test(more_lines_than_can_be_counted_stay_as_many_as_can),
        cmocka_unit_test(nothing_is_written_behind_the_room),
        cmocka_unit_test(nothing_but_a_newline_ends_a_line_and_nothing_but_a_comma_a_member),
        cmocka_unit_test(a_file_that_is_missing_is_empty),
        cmocka_unit_test(a_file_that_cannot_be_opened_is_an_error),
        cmocka_unit_test(only_a_regular_file_is_read),
        cmocka_unit_test(opening_never_waits_takes_a_terminal_or_leaks_the_descriptor),
        cmocka_unit_test(a_lease_on_the_file_is_waited_for),
        cmocka_unit_test(nothing_but_a_regular_file_is_waited_for),
        cmocka_unit_test(a_lease_that_is_waited_for_in_vain_is_an_error),
        cmocka_unit_test(an_entry_equals_only_its_whole_text),
        cmocka_unit_test(reads_of_every_size_give_the_same_entries),
        cmocka_unit_test(a_read_that_ends_anywhere_gives_the_same_entries),
        cmocka_unit_test(a_file_cut_off_anywhere_gives_what_is_left_of_it),
        cmocka_unit_test(an_entry_may_lie_anywhere_across_the_end_of_the_buffer),
        cmocka_unit_test(a_generous_reader_passes_over_no_line_that_a_runtime_reads),
        cmocka_unit_test(a_generous_reader_gives_names_without_the_white_space_around_them),
        cmocka_unit_test(white_space_of_any_length_is_around_a_name_or_a_member),
        cmocka_unit_test(blank_lines_by_the_thousand_are_counted),
        cmocka_unit_test(a_failing_read_ends_the_file_with_its_error),
        cmocka_unit_test(a_file_that_shrinks_while_it_is_read_is_an_error),
        cmocka_unit_test(a_file_that_grows_while_it_is_read_is_read_to_its_end),
        cmocka_unit_test(a_read_that_claims_more_than_the_buffer_holds_is_an_error),
        cmocka_unit_test(files_of_random_pieces_are_read_as_the_model_reads_them),
        cmocka_unit_test(runs_of_one_byte_are_read_as_the_model_reads_them),
    };

    return cmocka_run_group_tests_name("accounts", tests, NULL, NULL);
}
