/* Input: the words of a command line, one a line, from argv[0] on. */
#include "harness.h"
#include "oracle_options.h"

#include <stdlib.h>
#include <string.h>

static bool same_part(const struct spec_part *part, struct text text)
{
    return part->length == text.length && (text.length == 0 || memcmp(part->text, text.at, text.length) == 0);
}

static void check_options(const struct options *options, const struct options *expected, const char *spec)
{
    struct text user, group;

    CHECK(options->empty_is_caller == expected->empty_is_caller);
    CHECK(options->help == expected->help && options->version == expected->version);
    if (options->help || options->version) {
        return;
    }
    CHECK(options->dry_run == expected->dry_run && options->init_groups == expected->init_groups &&
          options->clear_groups == expected->clear_groups && options->keep_groups == expected->keep_groups &&
          options->no_new_privs == expected->no_new_privs && options->harden == expected->harden &&
          options->if_root == expected->if_root && options->allow_root == expected->allow_root &&
          options->user_env == expected->user_env && options->chown_stdio == expected->chown_stdio &&
          options->chown_once == expected->chown_once);
    CHECK(options->groups == expected->groups && options->keep_caps == expected->keep_caps &&
          options->reference == expected->reference && options->home == expected->home &&
          options->group_add == expected->group_add && options->umask == expected->umask &&
          options->chown == expected->chown && options->account == expected->account);
    CHECK(options->command == expected->command);
    CHECK((spec == NULL) == (options->reference != NULL));
    if (spec != NULL) {
        CHECK(oracle_spec((struct text){spec, strlen(spec)}, &user, &group) == ORACLE_FOUND);
        CHECK(same_part(&options->spec.user, user) && same_part(&options->spec.group, group));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { WORDS_MAX = 64 };
    char *words[WORDS_MAX + 1];
    struct text input = {(const char *)data, size};
    struct options options, expected;
    struct problem problem = {.what = NULL};
    const char *spec;
    int count = 0;

    while (input.at != NULL && input.length > 0 && count < WORDS_MAX) {
        words[count++] = copy(take(&input, "\n"));
    }
    words[count] = NULL;
    CHECK(strcmp(options_name(count, words), oracle_name(count, words)) == 0);
    memset(&options, 0xaa, sizeof options);
    bool good = oracle_options(count, words, &expected, &spec);
    CHECK(options_parse(count, words, &options, &problem) == good);
    if (good) {
        check_options(&options, &expected, spec);
    } else {
        CHECK(problem.what != NULL && problem.why != NULL);
    }
    while (count > 0) {
        free(words[--count]);
    }
    return 0;
}
