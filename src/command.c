#include "command.h"

#include <errno.h>
#include <linux/major.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* What Docker and containerd set where an image sets nothing. */
#define DEFAULT_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

bool command_set_variable(const char *name, const char *value, char **room)
{
    char *text = *room;
    size_t name_length = strlen(name);
    size_t value_length = strlen(value);
    size_t count = 0;
    bool found = false;

    if (value_length >= COMMAND_TEXT_MAX) {
        errno = ENAMETOOLONG;
        return false;
    }
    memcpy(text, name, name_length);
    memcpy(text + name_length, value, value_length + 1);
    *room += name_length + value_length + 1;
    for (; environ[count] != NULL; count++) {
        if (strncmp(environ[count], name, name_length) == 0) {
            environ[count] = text;
            found = true;
        }
    }
    if (found) {
        return true;
    }
    /* Not malloc: it would be half as large as the rest of the program, for the one caller that has no HOME. */
    char **list = mmap(NULL, (count + 2) * sizeof *list, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (list == MAP_FAILED || list == NULL) {
        return false;
    }
    memcpy(list, environ, count * sizeof *list);
    list[count] = text;
    environ = list;
    return true;
}

/* /dev/tty and /dev/ptmx answer as terminals, but are everyone's way to one: whoever owns them can shut others out. */
static bool is_terminal(int fd, const struct stat *status)
{
    return S_ISCHR(status->st_mode) && status->st_rdev != makedev(TTYAUX_MAJOR, 0) &&
           status->st_rdev != makedev(TTYAUX_MAJOR, 2) && isatty(fd);
}

bool command_may_give(int fd)
{
    struct stat status;

    /* Two answers that must agree: none of the three can seek, a regular file can. */
    return fstat(fd, &status) == 0 && lseek(fd, 0, SEEK_CUR) < 0 && errno == ESPIPE &&
           (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode) || is_terminal(fd, &status));
}

void command_give_stdio(uid_t uid)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (command_may_give(fd)) {
            (void)fchown(fd, uid, (gid_t)-1);
        }
    }
}

/* Builds the next candidate of the search, and moves *rest past it. False at the end of the list. */
static bool next_candidate(const char **rest, const char *command, char path[COMMAND_TEXT_MAX])
{
    size_t command_length = strlen(command);

    while (*rest != NULL) {
        const char *directory = *rest;
        size_t length = strcspn(directory, ":");

        *rest = directory[length] == ':' ? directory + length + 1 : NULL;
        if (length + 1 + command_length < COMMAND_TEXT_MAX) {
            memcpy(path, directory, length);
            if (length > 0) {
                path[length++] = '/';
            }
            memcpy(path + length, command, command_length + 1);
            return true;
        }
    }
    return false;
}

static const char *search_path(void)
{
    const char *path = getenv("PATH");

    return path != NULL ? path : DEFAULT_PATH;
}

static enum hint hint_for(int error)
{
    switch (error) {
    case EAGAIN:
        return HINT_PROCESS_LIMIT;
    case ENOEXEC:
        return HINT_NO_INTERPRETER;
    case ENOENT:
        return HINT_MISSING_LOADER;
    case EACCES:
        return HINT_NOT_EXECUTABLE;
    default:
        return HINT_NONE;
    }
}

static bool is_missing(int error)
{
    return error == ENOENT || error == ENOTDIR;
}

static bool exists(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0;
}

static int cannot_run(const char *path, int error, struct problem *problem)
{
    *problem = (struct problem){.what = "exec", .subject = path, .error = error, .hint = hint_for(error)};
    return COMMAND_CANNOT_RUN;
}

static int not_found(const char *command, const char *why, struct problem *problem)
{
    *problem = (struct problem){.what = "exec", .subject = command, .why = why, .error = ENOENT};
    return COMMAND_NOT_FOUND;
}

/* Why not: execve returns only to say that, and one that says anything else must not have the search go on. */
static int execute(const char *path, char *const arguments[])
{
    return execve(path, arguments, environ) < 0 ? errno : EIO;
}

int command_execute(char *const arguments[], char *room, struct problem *problem)
{
    char *candidate = room;
    char *best = room + COMMAND_TEXT_MAX;
    const char *command = arguments[0];
    const char *rest = search_path();
    bool found = false;

    if (command[0] == '\0' || strchr(command, '/') != NULL) {
        int error = execute(command, arguments);
        return is_missing(error) && !exists(command) ? not_found(command, NULL, problem)
                                                     : cannot_run(command, error, problem);
    }
    while (next_candidate(&rest, command, candidate)) {
        int error = execute(candidate, arguments);
        if (!is_missing(error) && error != EACCES && error != ELOOP && error != ENAMETOOLONG) {
            return cannot_run(candidate, error, problem);
        }
        if (!found && (!is_missing(error) || exists(candidate))) {
            found = true;
            (void)cannot_run(strcpy(best, candidate), error, problem);
        }
    }
    return found ? COMMAND_CANNOT_RUN : not_found(command, "not found in PATH", problem);
}

static bool may_execute(const struct stat *status, const struct identity *identity)
{
    unsigned int bits = status->st_mode & (S_IXUSR | S_IXGRP | S_IXOTH);

    if (!S_ISREG(status->st_mode)) {
        return false;
    }
    if (identity->uid != 0) {
        if (status->st_uid == identity->uid) {
            bits &= S_IXUSR;
        } else if (identity_find_group(identity->groups, identity->group_count, status->st_gid) != NULL) {
            bits &= S_IXGRP;
        } else {
            bits &= S_IXOTH;
        }
    }
    return bits != 0;
}

int command_find(const char *command, const struct identity *identity, char path[COMMAND_TEXT_MAX],
                 struct problem *problem)
{
    const char *rest = search_path();
    char candidate[COMMAND_TEXT_MAX];
    struct stat status;
    bool found = false;

    if (strlen(command) >= COMMAND_TEXT_MAX) {
        *problem = (struct problem){.what = "exec", .subject = command, .error = ENAMETOOLONG};
        return COMMAND_CANNOT_RUN;
    }
    if (command[0] == '\0' || strchr(command, '/') != NULL) {
        strcpy(candidate, command);
        rest = NULL;
    } else if (!next_candidate(&rest, command, candidate)) {
        return not_found(command, "not found in PATH", problem);
    }
    do {
        if (stat(candidate, &status) != 0) {
            continue;
        }
        if (!found || may_execute(&status, identity)) {
            strcpy(path, candidate);
            found = true;
        }
        if (may_execute(&status, identity)) {
            return 0;
        }
    } while (next_candidate(&rest, command, candidate));
    if (!found) {
        return not_found(command, strchr(command, '/') != NULL ? NULL : "not found in PATH", problem);
    }
    *problem = (struct problem){.what = "exec", .subject = path, .error = EACCES, .hint = HINT_NOT_EXECUTABLE};
    return COMMAND_CANNOT_RUN;
}
