/* Makes a tree: plant PATH DIRECTORIES FILES puts that many directories at PATH, each with that many empty files. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static int fail(const char *what)
{
    perror(what);
    return 1;
}

int main(int argc, char *argv[])
{
    if (argc != 4 || mkdir(argv[1], 0755) != 0 || chdir(argv[1]) != 0) {
        return fail("plant");
    }
    for (long directory = strtol(argv[2], NULL, 10); directory > 0; directory--) {
        char name[32];
        (void)snprintf(name, sizeof name, "directory%ld", directory);
        if (mkdir(name, 0755) != 0 || chdir(name) != 0) {
            return fail(name);
        }
        for (long file = strtol(argv[3], NULL, 10); file > 0; file--) {
            (void)snprintf(name, sizeof name, "file%ld", file);
            int fd = open(name, O_WRONLY | O_CREAT | O_EXCL, 0644);
            if (fd < 0 || close(fd) != 0) {
                return fail(name);
            }
        }
        if (chdir("..") != 0) {
            return fail("..");
        }
    }
    return 0;
}
