#include "account_lines.h"

#include "identity.h"

#include <limits.h>
#include <string.h>
#include <sys/stat.h>

static bool refuse(const char *what, unsigned long line, const struct account_lines *account, const char *why,
                   struct problem *problem)
{
    return PROBLEM(problem, .what = what, .line = line, .subject = account->name, .why = why);
}

/* Finds what has to become of a file. Lines of the name can take other IDs if `replace`. */
static bool scan(const struct account_lines *account, bool user, bool replace, struct account_line *found,
                 struct problem *problem)
{
    const char *path = user ? IDENTITY_PASSWD : IDENTITY_GROUP;
    const uint32_t wanted = user ? account->uid : account->gid;
    struct accounts_entry entry = {.room = account->room};
    const char *why = NULL;

    if (!accounts_open(account->reader, path, "", 0, problem)) {
        return false;
    }
    *found = (struct account_line){.change = ACCOUNT_ADD};
    while (user ? accounts_next_user(account->reader, &entry) : accounts_next_group(account->reader, &entry)) {
        const uint32_t id = user ? entry.uid : entry.gid;
        if (accounts_is(&entry.name, account->name, strlen(account->name))) {
            if (found->line == 0) {
                found->line = entry.line;
                found->gid = entry.gid;
                found->change = replace && (id != wanted || entry.gid != account->gid) ? ACCOUNT_REPLACE : ACCOUNT_KEEP;
                why = entry.malformed ? "the entry is malformed" : NULL;
            } else {
                found->next = found->next == 0 ? entry.line : ULONG_MAX;
            }
            why = why == NULL && id == 0 && !entry.malformed ? "it is root's" : why;
        } else if (found->line == 0 && id == wanted && !entry.malformed) {
            found->change = ACCOUNT_KEEP;
        }
    }
    return accounts_close(account->reader, problem) &&
           (why == NULL || refuse(path, found->line, account, why, problem));
}

bool account_lines_decide(struct account_lines *account, struct problem *problem)
{
    const struct account_line *user = &account->user;
    const char *why = account->uid == 0 || strcmp(account->name, "root") == 0 ? "it is root's"
                      : *account->home != '/' || account->home[strcspn(account->home, ":\r\n")] != '\0'
                          ? "its home is no absolute path, or has a colon"
                          : NULL;

    account->group.change = ACCOUNT_KEEP;
    if (why != NULL) {
        return refuse("--account", 0, account, why, problem);
    }
    return scan(account, true, !account->own, &account->user, problem) &&
           (user->change == ACCOUNT_KEEP || user->gid == account->gid || account->gid == 0 || account->own ||
            scan(account, false, user->change == ACCOUNT_REPLACE, &account->group, problem));
}

bool account_lines_have_home(const struct account_lines *account)
{
    struct stat status;

    return account->own || account->homeless || strcmp(account->home, "/nonexistent") == 0 ||
           stat(account->home, &status) == 0;
}
