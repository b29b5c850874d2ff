#include "harness.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define ADDRESS_SANITIZER
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ADDRESS_SANITIZER
#endif
#endif
#ifdef ADDRESS_SANITIZER
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(start, length)   ((void)(start), (void)(length))
#define ASAN_UNPOISON_MEMORY_REGION(start, length) ((void)(start), (void)(length))
#endif

enum { DESCRIPTOR = 1000000, FILES = 2, SMALL = ACCOUNTS_BUFFER < 4096 };
enum { EXPANDED_MAX = SMALL ? 8192 : 70000, ROOM = 3 * EXPANDED_MAX };
/* As far behind its end as a buffer is watched: all of it would be slow. */
enum { WATCHED = 256 };

static struct {
    const struct oracle_file *file[FILES];
    bool active;
    bool path_open;
    uint32_t path_group;
    struct text pieces;
    size_t piece;
    struct {
        bool open;
        size_t at;
        char *rest; /* of the reader's buffer, behind what it was given */
        size_t rest_length;
    } state[FILES];
} memory;

int __real_open(const char *path, int flags, ...);
int __real_stat(const char *path, struct stat *status);
int __real_fstat(int descriptor, struct stat *status);
ssize_t __real_read(int descriptor, void *buffer, size_t size);
int __real_close(int descriptor);
int __wrap_open(const char *path, int flags, ...);
int __wrap_stat(const char *path, struct stat *status);
int __wrap_fstat(int descriptor, struct stat *status);
ssize_t __wrap_read(int descriptor, void *buffer, size_t size);
int __wrap_close(int descriptor);

void check_failed(const char *file, int line, const char *condition)
{
    fprintf(stderr, "%s:%d: not so: %s\n", file, line, condition);
    abort();
}

struct text take(struct text *input, const char *separator)
{
    size_t length = strlen(separator);
    const char *end = input->length > 0 ? memmem(input->at, input->length, separator, length) : NULL;
    struct text taken = *input;

    if (end == NULL) {
        *input = (struct text){NULL, 0};
        return taken;
    }
    taken.length = (size_t)(end - taken.at);
    *input = (struct text){end + length, input->length - taken.length - length};
    return taken;
}

char *expand_room(void)
{
    static char room[ROOM];

    return room;
}

struct text expand(struct text input, char **room)
{
    struct text output = {*room, 0};

    for (size_t i = 0; i < input.length; i++) {
        size_t count = 1;
        if (input.at[i] == 0x1f && input.length - i > 2) {
            size_t root = (unsigned char)input.at[i + 2];
            count = SMALL ? root : root * root;
            i += 2;
        }
        if (count > EXPANDED_MAX - output.length) {
            break;
        }
        memset(*room + output.length, count == 1 ? input.at[i] : input.at[i - 1], count);
        output.length += count;
    }
    *room += output.length;
    return output;
}

char *room_for(size_t length)
{
    char *bytes = malloc(length);

    CHECK(bytes != NULL);
    memset(bytes, 0xaa, length);
    return bytes;
}

char *copy(struct text text)
{
    char *bytes = room_for(text.length + 1);

    if (text.length > 0) {
        memcpy(bytes, text.at, text.length);
    }
    bytes[text.length] = '\0';
    return bytes;
}

void memory_files(const struct oracle_file *passwd, const struct oracle_file *group, struct text pieces)
{
    memory.file[0] = passwd;
    memory.file[1] = group;
    memory.pieces = pieces;
    memory.piece = 0;
    memory.active = true;
}

void memory_check(void)
{
    CHECK(!memory.state[0].open && !memory.state[1].open && !memory.path_open);
    memory.active = false;
}

bool same_field(const struct accounts_field *field, struct text text)
{
    if (text.length >= ACCOUNTS_FIELD_MAX) {
        return field->length >= ACCOUNTS_FIELD_MAX;
    }
    return field->length == text.length && (text.length == 0 || memcmp(field->text, text.at, text.length) == 0) &&
           (text.at == NULL || field->text[text.length] == '\0');
}

int __wrap_open(const char *path, int flags, ...)
{
    va_list arguments;
    int mode = 0;

    for (int i = 0; i < FILES; i++) {
        if (memory.file[i] == NULL || strcmp(path, i == 0 ? IDENTITY_PASSWD : IDENTITY_GROUP) != 0) {
            continue;
        }
        CHECK((flags & O_CLOEXEC) != 0 && (flags & O_ACCMODE) == O_RDONLY && !memory.state[i].open);
        errno = memory.file[i]->open_error;
        if (errno != 0 && errno != EINVAL) {
            return -1;
        }
        memory.state[i].open = true;
        memory.state[i].at = 0;
        errno = EBADMSG; /* it means nothing after a success */
        return DESCRIPTOR + i;
    }
    if (memory.active) {
        errno = oracle_path((struct text){path, strlen(path)}, &memory.path_group);
        if (errno != 0) {
            return -1;
        }
        CHECK((flags & (O_CLOEXEC | O_PATH)) == (O_CLOEXEC | O_PATH) && !memory.path_open);
        memory.path_open = true;
        return DESCRIPTOR + FILES;
    }
    if ((flags & O_CREAT) != 0) {
        va_start(arguments, flags);
        mode = va_arg(arguments, int);
        va_end(arguments);
    }
    return __real_open(path, flags, mode);
}

int __wrap_stat(const char *path, struct stat *status)
{
    if (!memory.active) {
        return __real_stat(path, status);
    }
    *status = (struct stat){.st_mode = S_IFSOCK};
    errno = oracle_path((struct text){path, strlen(path)}, &status->st_gid);
    return errno == 0 ? 0 : -1;
}

int __wrap_fstat(int descriptor, struct stat *status)
{
    int i = descriptor - DESCRIPTOR;

    if (i < 0) {
        return __real_fstat(descriptor, status);
    }
    if (i == FILES) {
        CHECK(memory.path_open);
        *status = (struct stat){.st_mode = S_IFSOCK, .st_gid = memory.path_group};
        return 0;
    }
    CHECK(i < FILES && memory.state[i].open);
    const struct oracle_file *file = memory.file[i];
    *status = (struct stat){.st_mode = file->open_error == EINVAL ? S_IFIFO : S_IFREG,
                            .st_size = (off_t)(file->grown ? 0 : file->content.length + file->shrunk)};
    return 0;
}

ssize_t __wrap_read(int descriptor, void *buffer, size_t size)
{
    int i = descriptor - DESCRIPTOR;
    const struct oracle_file *file;
    size_t end, piece;

    if (i < 0) {
        return __real_read(descriptor, buffer, size);
    }
    CHECK(i < FILES && memory.state[i].open && size > 0);
    file = memory.file[i];
    end = file->read_error != 0 ? file->readable : file->content.length;
    ASAN_UNPOISON_MEMORY_REGION(memory.state[i].rest, memory.state[i].rest_length);
    memory.state[i].rest_length = 0;
    if (memory.state[i].at == end && file->read_error != 0 && !file->shrunk) {
        errno = file->read_error;
        return -1;
    }
    piece = end - memory.state[i].at;
    if (memory.pieces.length > 0 && memory.pieces.at[memory.piece % memory.pieces.length] != '\0') {
        size_t wish = (unsigned char)memory.pieces.at[memory.piece % memory.pieces.length];
        wish *= file->content.length / 1024 + 1; /* long files in fewer pieces, for speed */
        piece = wish < piece ? wish : piece;
    }
    memory.piece++;
    piece = size < piece ? size : piece;
    if (piece > 0) {
        memcpy(buffer, file->content.at + memory.state[i].at, piece);
    }
    memory.state[i].at += piece;
    memory.state[i].rest = (char *)buffer + piece;
    memory.state[i].rest_length = size - piece < WATCHED ? size - piece : WATCHED;
    ASAN_POISON_MEMORY_REGION(memory.state[i].rest, memory.state[i].rest_length);
    return (ssize_t)piece;
}

int __wrap_close(int descriptor)
{
    int i = descriptor - DESCRIPTOR;

    if (i < 0) {
        return __real_close(descriptor);
    }
    if (i == FILES) {
        CHECK(memory.path_open);
        memory.path_open = false;
        return 0;
    }
    CHECK(i < FILES && memory.state[i].open);
    ASAN_UNPOISON_MEMORY_REGION(memory.state[i].rest, memory.state[i].rest_length);
    memory.state[i].rest_length = 0;
    memory.state[i].open = false;
    return 0;
}
