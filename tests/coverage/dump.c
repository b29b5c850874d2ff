/* The program under coverage writes its counters before it becomes the command, which would throw them away. */
int __real_execve(const char *path, char *const arguments[], char *const environment[]);
int __wrap_execve(const char *path, char *const arguments[], char *const environment[]);
void __gcov_dump(void);
void __gcov_reset(void);

int __wrap_execve(const char *path, char *const arguments[], char *const environment[])
{
    __gcov_dump();
    __gcov_reset();
    return __real_execve(path, arguments, environment);
}
