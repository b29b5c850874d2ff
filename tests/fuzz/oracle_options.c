#include "oracle_options.h"

#include "oracle.h"

#include <string.h>

/* "=" behind a name: it takes a value. */
static const struct {
    const char *name;
    size_t place;
} table[] = {{"--init-groups", offsetof(struct options, init_groups)},
             {"--clear-groups", offsetof(struct options, clear_groups)},
             {"--groups=", offsetof(struct options, groups)},
             {"--group-add=", offsetof(struct options, group_add)},
             {"--keep-groups", offsetof(struct options, keep_groups)},
             {"--keep-caps=", offsetof(struct options, keep_caps)},
             {"--no-new-privs", offsetof(struct options, no_new_privs)},
             {"--harden", offsetof(struct options, harden)},
             {"--if-root", offsetof(struct options, if_root)},
             {"--reference=", offsetof(struct options, reference)},
             {"--allow-root", offsetof(struct options, allow_root)},
             {"--home=", offsetof(struct options, home)},
             {"--umask=", offsetof(struct options, umask)},
             {"--account=", offsetof(struct options, account)},
             {"--chown=", offsetof(struct options, chown)},
             {"--chown-once", offsetof(struct options, chown_once)},
             {"--user-env", offsetof(struct options, user_env)},
             {"--chown-stdio", offsetof(struct options, chown_stdio)},
             {"--dry-run", offsetof(struct options, dry_run)},
             {"--help", offsetof(struct options, help)},
             {"-h", offsetof(struct options, help)},
             {"--version", offsetof(struct options, version)},
             {"-V", offsetof(struct options, version)}};

/* The number of words that the option at `words` takes; 0: it is wrong. */
static int one_option(char *const words[], struct options *options)
{
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        size_t length = strlen(table[i].name);
        bool takes_value = table[i].name[length - 1] == '=';
        char *place = (char *)options + table[i].place;
        const char *value;
        int taken = 1;

        if (!takes_value && strcmp(words[0], table[i].name) == 0) {
            *(bool *)place = true;
            return 1;
        }
        if (!takes_value || strncmp(words[0], table[i].name, length - 1) != 0) {
            continue;
        }
        if (words[0][length - 1] == '=') {
            value = words[0] + length;
        } else if (words[0][length - 1] == '\0' && words[1] != NULL && strncmp(words[1], "--", 2) != 0) {
            value = words[taken++];
        } else {
            continue;
        }
        if (value[0] == '\0' || *(const char **)place != NULL) {
            return 0;
        }
        *(const char **)place = value;
        return taken;
    }
    return 0;
}

static bool is_one_of(const char *word, const char *const words[])
{
    for (; word != NULL && *words != NULL; words++) {
        if (strcmp(word, *words) == 0) {
            return true;
        }
    }
    return false;
}

/* USER[:GROUP], unless --reference gives it, and the command. */
static bool operands(char *const words[], struct options *options, const char **spec)
{
    struct text user, group;

    if (options->reference == NULL) {
        *spec = *words;
        if (*words == NULL || oracle_spec((struct text){*words, strlen(*words)}, &user, &group) != ORACLE_FOUND ||
            (user.length == 0 && !options->empty_is_caller)) {
            return false;
        }
        words++;
    }
    options->command = words;
    return *words != NULL;
}

const char *oracle_name(int argc, char *const argv[])
{
    const char *name = "stepdown";

    if (argc > 0) {
        name = argv[0];
    }
    while (strchr(name, '/') != NULL) {
        name = strchr(name, '/') + 1;
    }
    return name;
}

bool oracle_options(int argc, char *const argv[], struct options *options, const char **spec)
{
    static const char *const gosu_help[] = {"--help", "-h", "-?", NULL};
    static const char *const gosu_version[] = {"--version", "-v", NULL};
    char *const none[] = {NULL};
    char *const *words = argc > 0 ? argv + 1 : none;
    const char *name = oracle_name(argc, argv);
    int taken;

    *options = (struct options){.empty_is_caller = false};
    *spec = NULL;
    if (strcmp(name, "gosu") == 0) {
        options->empty_is_caller = true;
        options->help = is_one_of(*words, gosu_help);
        options->version = is_one_of(*words, gosu_version);
        return options->help || options->version || operands(words, options, spec);
    }
    if (strcmp(name, "su-exec") == 0) {
        options->empty_is_caller = true;
        return operands(words, options, spec);
    }
    while (*words != NULL && words[0][0] == '-' && words[0][1] != '\0') {
        if (strcmp(*words, "--") == 0) {
            words++;
            break;
        }
        taken = one_option(words, options);
        if (taken == 0) {
            return false;
        }
        if (options->help || options->version) {
            return true;
        }
        words += taken;
    }
    if ((options->init_groups ? 1 : 0) + (options->clear_groups ? 1 : 0) + (options->groups != NULL ? 1 : 0) > 1) {
        return false;
    }
    if (options->allow_root && options->reference == NULL && options->group_add == NULL) {
        return false;
    }
    if (options->chown_once && options->chown == NULL) {
        return false;
    }
    return operands(words, options, spec);
}
