/* The command of the fault tests: prints all that stepdown could have given it, in one write. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *const fields[] = {
    "Umask:", "Uid:", "Gid:", "Groups:", "SigBlk:", "SigIgn:", "ShdPnd:", "SigPnd:", "Cap", "NoNewPrivs:"};

static int is_wanted(const char *line)
{
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        if (strncmp(line, fields[i], strlen(fields[i])) == 0) {
            return 1;
        }
    }
    return 0;
}

int main(int argc, char *argv[])
{
    char line[1 << 16];
    FILE *status = fopen("/proc/self/status", "r");

    if (status == NULL) {
        return 1;
    }
    while (fgets(line, sizeof line, status) != NULL) {
        if (is_wanted(line)) {
            fputs(line, stdout);
        }
    }
    fclose(status);
    for (int i = 0; i < argc; i++) {
        printf("argument %s\n", argv[i]);
    }
    for (char **variable = environ; *variable != NULL; variable++) {
        printf("%s\n", *variable);
    }
    for (int fd = 0; fd < 256; fd++) {
        if (fcntl(fd, F_GETFD) >= 0) {
            printf("descriptor %d\n", fd);
        }
    }
    return 0;
}
