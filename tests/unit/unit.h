/* What every unit test starts from: cmocka, with the headers that it wants before it. */
#ifndef STEPDOWN_UNIT_H
#define STEPDOWN_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define TEST(name)   static void name(void **state __attribute__((unused)))
#define COUNT(array) (sizeof(array) / sizeof *(array))

/* A string literal with its length, which counts the NUL bytes inside. */
#define BYTES(literal) (literal), (sizeof(literal) - 1)

#endif
