/* Runs the target once for each file named on the command line, without a fuzzer, and prints how many there were. */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>

int main(int argc, char *argv[])
{
    enum { MOST = 65536 };
    static uint8_t data[MOST];

    for (int i = 1; i < argc; i++) {
        FILE *file = fopen(argv[i], "rb");
        CHECK(file != NULL);
        size_t size = fread(data, 1, sizeof data, file);
        CHECK(size < MOST && ferror(file) == 0 && fclose(file) == 0);
        /* A crash is to be told with the input that gave it; a copy of its size lets a sanitizer see who reads on. */
        fprintf(stderr, "%s\r", argv[i]);
        char *bytes = copy((struct text){(char *)data, size});
        LLVMFuzzerTestOneInput((uint8_t *)bytes, size);
        free(bytes);
    }
    printf("%d inputs\n", argc - 1);
    return argc > 1 ? 0 : 1;
}
