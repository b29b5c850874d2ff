#include "command.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/major.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

/* As many as the kernel follows, path_resolution(7). */
#define LINKS_MAX 40U

/* What the kernel reads of a file to find its format, and how many scripts it lets interpret one another. */
#define HEAD_BYTES  256
#define SCRIPTS_MAX 6U

/* What Docker and containerd set where an image sets nothing. */
#define DEFAULT_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

bool command_set_variable(const char *name, const char *value, char **room, struct problem *problem)
{
    char *text = *room;
    size_t name_length = strlen(name);
    size_t value_length = strlen(value);
    size_t count = 0;
    bool found = false;

    if (value_length >= COMMAND_TEXT_MAX) {
        return PROBLEM(problem, .what = "environment", .subject = name, .error = ENAMETOOLONG);
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
        return PROBLEM(problem, .what = "environment", .subject = name, .error = errno);
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

bool command_set_umask(mode_t mask, struct problem *problem)
{
    (void)umask(mask); /* a filter can make it fail: the second tells what the first has done */
    return umask(mask) == mask || PROBLEM(problem, .what = "umask", .why = "it did not change", .hint = HINT_FILTER);
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
            (void)strcpy(path + length, command);
            return true;
        }
    }
    return false;
}

/* An attempt on one path: 0, or the errno of why it cannot be executed. */
struct attempt {
    char *const *arguments;          /* to execute it with, or NULL: only to see whether that would work */
    const struct identity *identity; /* for whom */
    uint64_t capabilities;           /* that it will have */
};

/* Whether the identity may search a directory, or execute a file, by its mode. */
static bool may(const struct stat *status, const struct attempt *attempt)
{
    const struct identity *identity = attempt->identity;
    unsigned int bits = status->st_mode & (S_IXUSR | S_IXGRP | S_IXOTH);
    bool directory = S_ISDIR(status->st_mode);

    if ((attempt->capabilities & CAPABILITY(CAP_DAC_OVERRIDE)) != 0 ||
        (directory && (attempt->capabilities & CAPABILITY(CAP_DAC_READ_SEARCH)) != 0)) {
        return directory || bits != 0;
    }
    if (status->st_uid == identity->uid) {
        return (bits & S_IXUSR) != 0;
    }
    bool member = status->st_gid == identity->gid || groups_find(&identity->groups, status->st_gid) != NULL;
    return (bits & (member ? S_IXGRP : S_IXOTH)) != 0;
}

/* Whether the identity may search the directories on the way to a path, by their modes, wherever links lead it. */
static bool may_reach(const char *path, const struct attempt *attempt)
{
    char text[COMMAND_TEXT_MAX]; /* the path; up to `name` it has no link */
    char link[COMMAND_TEXT_MAX];
    char *name = text;
    size_t rest = strlen(path) + 1;
    struct stat status;

    if (rest > sizeof text || (*path != '/' && (stat(".", &status) != 0 || !may(&status, attempt)))) {
        return false;
    }
    memcpy(text, path, rest);
    for (unsigned int links = 0; links <= LINKS_MAX;) {
        char *end = strchrnul(name, '/');
        char next = *end;
        *end = '\0';
        ssize_t length = readlinkat(AT_FDCWD, text, link, sizeof link);
        *end = next;
        if (length >= 0) {
            name = *link == '/' ? text : name;
            rest = strlen(end) + 1;
            if ((size_t)(name - text) + (size_t)length + rest > sizeof text) {
                return false;
            }
            memmove(name + length, end, rest);
            memcpy(name, link, (size_t)length);
            links++;
            continue;
        }
        if (next == '\0') {
            return true;
        }
        name = end + 1;
        next = *name;
        *name = '\0';
        if (stat(text, &status) != 0 || !may(&status, attempt)) {
            return false;
        }
        *name = next;
    }
    return false;
}

/* Whether there is something for the user at that path; else errno. */
static bool exists(const char *path, const struct attempt *attempt, struct stat *status)
{
    if (stat(path, status) != 0) {
        return false;
    }
    if (attempt->arguments != NULL || may_reach(path, attempt)) {
        return true;
    }
    errno = EACCES;
    return false;
}

/*
 * Whether execve would execute that path for the identity, and what its #! line names in turn: 0 or the errno. A file
 * that the caller cannot read is taken for good, as is what begins as a program, and binfmt_misc for empty.
 */
static int judge(const char *path, const struct attempt *attempt)
{
    char head[HEAD_BYTES + 1];

    for (unsigned int depth = 0; depth < SCRIPTS_MAX; depth++) {
        struct stat status;
        struct statfs mount;
        if (!exists(path, attempt, &status)) {
            return errno;
        }
        if (!S_ISREG(status.st_mode) || !may(&status, attempt)) {
            return EACCES;
        }
        int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
        if (fd < 0) {
            return 0;
        }
        memset(head, 0, sizeof head); /* what the kernel sees behind a file */
        int error = fstatfs(fd, &mount) == 0 && (mount.f_flags & ST_NOEXEC) != 0 ? EACCES
                    : read(fd, head, HEAD_BYTES) < 0                             ? errno
                                                                                 : 0;
        if (error == 0 && memcmp(head, "#!", 2) != 0 && memcmp(head, ELFMAG, SELFMAG) != 0) {
            error = ENOEXEC;
        }
        (void)close(fd); /* it was only read */
        if (error != 0 || *head != '#') {
            return error;
        }
        char *name = head + 2 + strspn(head + 2, " \t");
        char *end = name + strcspn(name, " \t\n");
        if (end == name || end == head + HEAD_BYTES) {
            /* A name that may go on is none. Where the file ends, none is the working directory, and no file. */
            return *end == '\0' && end < head + HEAD_BYTES - 1 ? EACCES : ENOEXEC;
        }
        *end = '\0';
        path = name;
    }
    return ELOOP;
}

/*
 * execve returns only to say why not: one that says anything else must not have the search go on. What may not be
 * executed, being a directory, is called that.
 */
static int try_path(const char *path, const struct attempt *attempt)
{
    struct stat status;
    int error = attempt->arguments == NULL                      ? judge(path, attempt)
                : execve(path, attempt->arguments, environ) < 0 ? errno
                                                                : EIO;

    return error == EACCES && exists(path, attempt, &status) && S_ISDIR(status.st_mode) ? EISDIR : error;
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

static bool cannot_run(const char *path, int error, struct problem *problem)
{
    return PROBLEM(problem, .what = "exec", .subject = path, .error = error, .status = STATUS_CANNOT_RUN,
                   .hint = hint_for(error));
}

/* What people take for a command in a container. */
static enum hint hint_for_missing(const char *command)
{
    static const char builtins[] = ".\0alias\0cd\0command\0eval\0exec\0exit\0export\0set\0shift\0source\0trap\0type\0"
                                   "ulimit\0umask\0unset\0wait";

    if (command[0] == '-') {
        return HINT_OPTION_BEHIND;
    }
    if (strchr(command, ' ') != NULL) {
        return HINT_ONE_WORD;
    }
    for (const char *name = builtins; name < builtins + sizeof builtins; name += strlen(name) + 1) {
        if (strcmp(name, command) == 0) {
            return HINT_BUILTIN;
        }
    }
    return HINT_NONE;
}

static bool not_found(const char *command, int error, const char *why, struct problem *problem)
{
    return PROBLEM(problem, .what = "exec", .subject = command, .error = error, .why = why, .status = STATUS_NOT_FOUND,
                   .hint = hint_for_missing(command));
}

/* One with a slash, or no text at all: there is nothing to search. */
static bool try_as_it_is(const char *command, const struct attempt *attempt, struct problem *problem)
{
    struct stat status;
    int error = try_path(command, attempt);

    if (error == 0) {
        return true;
    }
    if (!exists(command, attempt, &status) && (error == ENOENT || error == ENOTDIR)) {
        return not_found(command, error, NULL, problem);
    }
    return cannot_run(command, error, problem);
}

/*
 * The search of execvp(3), but that no shell is tried. What the user cannot see (in a directory that may not be
 * searched, behind a loop of links, on a dead mount) is no such file. What may not be executed does not end the search,
 * and is what is reported if nothing better is found.
 */
static bool search(const char *command, const struct attempt *attempt, char *room, const char **found,
                   struct problem *problem)
{
    char *candidate = room;
    char *best = room + COMMAND_TEXT_MAX;
    const char *path = getenv("PATH");
    const char *rest = path != NULL ? path : DEFAULT_PATH;

    *found = command;
    if (command[0] == '\0' || strchr(command, '/') != NULL) {
        return try_as_it_is(command, attempt, problem);
    }
    (void)not_found(command, ENOENT, "not found in PATH", problem);
    while (next_candidate(&rest, command, candidate)) {
        struct stat status;
        int error = try_path(candidate, attempt);
        if (error == 0) {
            *found = candidate;
            return true;
        }
        if (!exists(candidate, attempt, &status)) {
            continue;
        }
        if (error != EACCES && error != EISDIR && error != ENOENT && error != ENOTDIR) {
            return cannot_run(candidate, error, problem);
        }
        if (problem->status == STATUS_NOT_FOUND) {
            (void)cannot_run(strcpy(best, candidate), error, problem);
        }
    }
    return false;
}

bool command_execute(char *const arguments[], char *room, struct problem *problem)
{
    const struct attempt attempt = {.arguments = arguments};
    const char *found = NULL;

    return search(arguments[0], &attempt, room, &found, problem);
}

bool command_find(const char *command, const struct identity *identity, uint64_t capabilities, char *room,
                  const char **path, struct problem *problem)
{
    const struct attempt attempt = {.identity = identity, .capabilities = capabilities};

    return search(command, &attempt, room, path, problem);
}
