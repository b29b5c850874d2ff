/* What the proofs take the calls for by which accounts.c reads a file. read(2) may say anything, even more than it was
 * asked for, but what it has given is less for the next time. */
#ifndef FILES_H
#define FILES_H

#include "libc.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define O_PATH 010000000

/*@ requires valid_read_string(path);
    assigns errno, file_left; */
int file_open(const char *path, int flags);
#define open file_open

/*@ requires \valid(status);
    assigns *status, errno; */
int file_fstat(int fd, struct stat *status);
#define fstat file_fstat

/*@ requires \valid(buffer + (0 .. count - 1));
    assigns buffer[0 .. count - 1], errno, file_left;
    ensures 0 < \result <= count ==> file_left == \old(file_left) - \result;
    ensures file_left <= \old(file_left); */
ssize_t file_read(int fd, unsigned char *buffer, size_t count);
#define read file_read

/*@ assigns errno; */
int file_close(int fd);
#define close file_close

/*@ requires \valid_read(bytes + (0 .. count - 1));
    assigns \result \from bytes, byte, bytes[0 .. count - 1]; */
unsigned char *memchr_of_bytes(const unsigned char *bytes, int byte, size_t count);
#define memchr memchr_of_bytes

/*@ requires \valid(to + (0 .. count - 1)) && \valid_read(from + (0 .. count - 1));
    requires \separated(to + (0 .. count - 1), from + (0 .. count - 1));
    assigns to[0 .. count - 1]; */
void memcpy_of_bytes(char *to, const unsigned char *from, size_t count);
#define memcpy memcpy_of_bytes

/*@ requires \valid_read(left + (0 .. count - 1)) && \valid_read(right + (0 .. count - 1));
    assigns \result \from left[0 .. count - 1], right[0 .. count - 1];
    ensures \result == 0 <==> \forall integer i; 0 <= i < count ==> left[i] == right[i]; */
int memcmp_of_chars(const char *left, const char *right, size_t count);
#define memcmp memcmp_of_chars
#endif
