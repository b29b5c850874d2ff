/* The environment and the umask of the command, the search for it, and execve(2). */
#ifndef STEPDOWN_COMMAND_H
#define STEPDOWN_COMMAND_H

#include "capabilities.h"
#include "identity.h"
#include "problem.h"

#include <stdbool.h>
#include <stddef.h>

/* Bytes of a path or of a variable's value, with the NUL: PATH_MAX of limits.h. */
#define COMMAND_TEXT_MAX ACCOUNTS_FIELD_MAX

/* Bytes of room for one "NAME=value", the NUL included; names have at most 7 bytes. */
#define COMMAND_VARIABLE_ROOM (COMMAND_TEXT_MAX + 8)

/*
 * Sets a variable of this process's environment, everywhere it stands in it. `name` ends in "="; the string is built
 * at *room, which must have COMMAND_VARIABLE_ROOM bytes and live as long, and *room moves past it. False with *problem:
 * the value has COMMAND_TEXT_MAX bytes or more, or the variable is new and there is no memory for a longer list.
 */
/*@ requires \valid_read(name) && \valid_read(value) && \valid(room) && \valid(problem);
    requires \valid(*room + (0 .. COMMAND_VARIABLE_ROOM - 1));
    assigns *room \from *room;
    assigns (*room)[0 .. COMMAND_VARIABLE_ROOM - 1], *problem, errno;
    ensures \base_addr(*room) == \base_addr(\old(*room)) && 0 <= *room - \old(*room) <= COMMAND_VARIABLE_ROOM; */
bool command_set_variable(const char *name, const char *value, char **room, struct problem *problem);

/*
 * Whether descriptor `fd` is a pipe, a socket or a terminal. tty(4) and ptmx(4), by which everyone reaches a terminal,
 * are none.
 */
bool command_may_give(int fd);

/* Gives those of descriptors 0, 1 and 2 to `uid` that may be given. Failing is no error. */
/*@ assigns errno; */
void command_give_stdio(uid_t uid);

/* Sets the umask, 0 to 0777, and makes sure of it: false with *problem if it did not change, as where a filter lies. */
/*@ requires \valid(problem);
    assigns *problem, errno; */
bool command_set_umask(mode_t mask, struct problem *problem);

/* Bytes of room for a search: the candidate, and the best one so far. */
#define COMMAND_PATH_ROOM (2 * COMMAND_TEXT_MAX)

/* Bytes of room for four variables and a search. */
#define COMMAND_ROOM (4 * COMMAND_VARIABLE_ROOM + COMMAND_PATH_ROOM)

/*
 * Executes arguments[0] with `arguments`, a list that ends in NULL: as it is if it has a slash, else by PATH (unset:
 * Docker's default), where an empty element is the working directory, as in execvp(3), and no shell is tried.
 * Returns only on failure: false with *problem, whose status is STATUS_CANNOT_RUN or STATUS_NOT_FOUND and whose
 * subject may be in `room`, which has COMMAND_PATH_ROOM bytes.
 */
/*@ requires \valid_read(arguments) && \valid(room + (0 .. COMMAND_PATH_ROOM - 1)) && \valid(problem);
    requires KERNEL_IS(asked_for);
    assigns room[0 .. COMMAND_PATH_ROOM - 1], *problem, errno;
    ensures !\result; */
bool command_execute(char *const arguments[], char *room, struct problem *problem);

/*
 * Where the same search would find `command` for *identity with those effective capabilities, going by the modes of
 * files and of the directories on the way, links followed, and by the mount and the #! line of a file that the caller
 * can read (not by access control lists, security modules, or a program's format behind its magic number): true with
 * *path, which is `command` or in `room`, or false with *problem as command_execute has it.
 */
bool command_find(const char *command, const struct identity *identity, uint64_t capabilities, char *room,
                  const char **path, struct problem *problem);

#endif
