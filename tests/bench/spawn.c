/*
 * Times commands in turn: each round runs every command once, each after an untimed run of its own, so that a busy
 * moment of the machine falls on all alike and none pays for what another leaves in the caches.
 *
 *     spawn ROUNDS COMMAND... (each one word, its arguments separated by spaces)
 *
 * prints for each command: the 10th percentile and the median of the wall time from vfork to its end, in nanoseconds,
 * and the page faults of its last run. What the commands print is thrown away.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define WORDS_MAX 16

struct command {
    char *words[WORDS_MAX + 1];
    int64_t *times;
    long faults;
};

static int64_t now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

static int compare(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left;
    int64_t b = *(const int64_t *)right;

    return (a > b) - (a < b);
}

static int64_t run(struct command *command)
{
    struct rusage usage;
    int status = 0;
    int64_t start = now();
    pid_t child = vfork();

    if (child == 0) {
        execv(command->words[0], command->words);
        _exit(127);
    }
    if (child < 0 || wait4(child, &status, 0, &usage) != child || status != 0) {
        fprintf(stderr, "spawn: %s failed with status %d\n", command->words[0], status);
        exit(1);
    }
    int64_t end = now();
    command->faults = usage.ru_minflt;
    return end - start;
}

int main(int argc, char *argv[])
{
    int rounds = argc > 2 ? atoi(argv[1]) : 0;
    int count = argc - 2;
    int out = dup(STDOUT_FILENO);
    FILE *results = out >= 0 ? fdopen(out, "w") : NULL;
    struct command *commands = calloc((size_t)(count > 0 ? count : 1), sizeof *commands);

    if (rounds <= 0 || count <= 0 || commands == NULL || results == NULL || freopen("/dev/null", "w", stdout) == NULL) {
        fputs("usage: spawn ROUNDS COMMAND...\n", stderr);
        return 1;
    }
    for (int i = 0; i < count; i++) {
        int words = 0;
        for (char *word = strtok(argv[i + 2], " "); word != NULL && words < WORDS_MAX; word = strtok(NULL, " ")) {
            commands[i].words[words++] = word;
        }
        commands[i].times = calloc((size_t)rounds, sizeof *commands[i].times);
        if (commands[i].times == NULL) {
            return 1;
        }
        run(&commands[i]); /* warms the page cache */
    }
    for (int round = 0; round < rounds; round++) {
        for (int i = 0; i < count; i++) {
            run(&commands[i]); /* so that each finds the caches as it leaves them, whatever ran before */
            commands[i].times[round] = run(&commands[i]);
        }
    }
    for (int i = 0; i < count; i++) {
        qsort(commands[i].times, (size_t)rounds, sizeof *commands[i].times, compare);
        fprintf(results, "%lld %lld %ld\n", (long long)commands[i].times[rounds / 10],
                (long long)commands[i].times[rounds / 2], commands[i].faults);
    }
    return fclose(results) == 0 ? 0 : 1;
}
