/* The least that a program can do to change user and exec: three calls with the IDs written in, and nothing checked. */
#include <grp.h>
#include <unistd.h>

int main(int argc, char *argv[])
{
    gid_t gid = 65534;

    (void)argc;
    if (setgroups(1, &gid) != 0 || setresgid(gid, gid, gid) != 0 || setresuid(65534, 65534, 65534) != 0) {
        return 125;
    }
    execv(argv[1], argv + 1);
    return 126;
}
