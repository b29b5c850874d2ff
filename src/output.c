#include "output.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define QUOTED_MAX 200U

void output_start(struct output *output, int fd)
{
    output->fd = fd;
    output->error = 0;
    output->used = 0;
}

/* What fails, stays failed: the rest is thrown away. */
static void flush(struct output *output)
{
    size_t written = 0;

    while (output->error == 0 && written < output->used) {
        ssize_t count = write(output->fd, output->buffer + written, output->used - written);
        if (count <= 0) {
            output->error = count < 0 ? errno : EIO;
        } else {
            written += (size_t)count;
        }
    }
    output->used = 0;
}

bool output_end(struct output *output, struct problem *problem)
{
    flush(output);
    return output->error == 0 || PROBLEM(problem, .what = "standard output", .error = output->error);
}

static void put(struct output *output, char byte)
{
    if (output->used == sizeof output->buffer) {
        flush(output);
    }
    output->buffer[output->used++] = byte;
}

void output_text(struct output *output, const char *text)
{
    while (*text != '\0') {
        put(output, *text++);
    }
}

void output_quoted(struct output *output, const char *text, size_t length)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < length && i < QUOTED_MAX; i++) {
        unsigned char byte = (unsigned char)text[i];
        if (byte >= ' ' && byte <= '~' && byte != '\\') {
            put(output, text[i]);
        } else {
            output_text(output, "\\x");
            put(output, digits[byte >> 4]);
            put(output, digits[byte & 15]);
        }
    }
    if (length > QUOTED_MAX) {
        output_text(output, "...");
    }
}

void output_number(struct output *output, unsigned long number)
{
    if (number >= 10) {
        output_number(output, number / 10);
    }
    put(output, (char)('0' + number % 10));
}
