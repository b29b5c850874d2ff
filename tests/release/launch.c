/*
 * Stands for a foreign binary, where the tests of the system look for build/stepdown: the emulator runs BINARY under
 * the name that this was called by, with nothing else changed. (binfmt_misc would be registered for the whole machine.)
 */
#include <stdio.h>
#include <unistd.h>

int main(int count, char *words[])
{
    char *call[count + 6];
    int length = 0;

    call[length++] = QEMU;
#ifdef CPU
    call[length++] = "-cpu";
    call[length++] = CPU;
#endif
    call[length++] = "-0";
    call[length++] = words[0];
    call[length++] = BINARY;
    for (int word = 1; word <= count; word++) {
        call[length++] = words[word];
    }
    execv(QEMU, call);
    perror(QEMU);
    return 99;
}
