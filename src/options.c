#include "options.h"

#include <string.h>

#define PROGRAM "stepdown"

enum kind { FLAG, VALUE };

/* One long option, and where in struct options it goes. No member is an address: the table takes no relocation. */
struct option {
    char name[sizeof "no-new-privs"];
    unsigned char kind;
    unsigned short offset;
};

static const struct option known[] = {
    {"init-groups", FLAG, offsetof(struct options, init_groups)},
    {"clear-groups", FLAG, offsetof(struct options, clear_groups)},
    {"groups", VALUE, offsetof(struct options, groups)},
    {"group-add", VALUE, offsetof(struct options, group_add)},
    {"keep-groups", FLAG, offsetof(struct options, keep_groups)},
    {"keep-caps", VALUE, offsetof(struct options, keep_caps)},
    {"no-new-privs", FLAG, offsetof(struct options, no_new_privs)},
    {"harden", FLAG, offsetof(struct options, harden)},
    {"if-root", FLAG, offsetof(struct options, if_root)},
    {"reference", VALUE, offsetof(struct options, reference)},
    {"allow-root", FLAG, offsetof(struct options, allow_root)},
    {"home", VALUE, offsetof(struct options, home)},
    {"umask", VALUE, offsetof(struct options, umask)},
    {"account", VALUE, offsetof(struct options, account)},
    {"chown", VALUE, offsetof(struct options, chown)},
    {"chown-once", FLAG, offsetof(struct options, chown_once)},
    {"user-env", FLAG, offsetof(struct options, user_env)},
    {"chown-stdio", FLAG, offsetof(struct options, chown_stdio)},
    {"dry-run", FLAG, offsetof(struct options, dry_run)},
    {"help", FLAG, offsetof(struct options, help)},
    {"version", FLAG, offsetof(struct options, version)},
};

#define WRONG(problem, ...) PROBLEM(problem, .hint = HINT_USAGE, __VA_ARGS__)

static const struct option *find_option(const char *name, size_t length)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strlen(known[i].name) == length && memcmp(known[i].name, name, length) == 0) {
            return &known[i];
        }
    }
    return NULL;
}

/* Takes the option at argv[*index], and its value from there or from the next word. */
static bool take_option(char *const argv[], int *index, struct options *options, struct problem *problem)
{
    const char *word = argv[(*index)++];

    if (strcmp(word, "-h") == 0 || strcmp(word, "-V") == 0) {
        *(word[1] == 'h' ? &options->help : &options->version) = true;
        return true;
    }
    size_t length = strcspn(word, "=");
    const struct option *option = length > 2 && word[1] == '-' ? find_option(word + 2, length - 2) : NULL;
    if (option == NULL) {
        return WRONG(problem, .what = "option", .subject = word, .subject_length = length, .why = "unknown");
    }
    void *place = (char *)options + option->offset;
    if (option->kind == FLAG) {
        *(bool *)place = true;
        return word[length] != '=' ||
               WRONG(problem, .what = "option", .subject = word, .subject_length = length, .why = "takes no value");
    }
    const char **value = place;
    if (*value != NULL) {
        return WRONG(problem, .what = "option", .subject = word, .subject_length = length, .why = "given twice");
    }
    *value = word[length] == '=' ? word + length + 1 : argv[*index];
    /* An unset variable in a script must not make the next option, which may be --harden, the value of this one. */
    if (*value == NULL || (*value == argv[*index] && strncmp(*value, "--", 2) == 0)) {
        return WRONG(problem, .what = "option", .subject = word, .subject_length = length, .why = "needs a value");
    }
    *index += word[length] != '=';
    return **value != '\0' ||
           WRONG(problem, .what = "option", .subject = word, .subject_length = length, .why = "its value is empty");
}

static bool check_combination(const struct options *options, struct problem *problem)
{
    if (options->init_groups + options->clear_groups + (options->groups != NULL) > 1) {
        return WRONG(problem, .what = "options",
                     .why = "--init-groups, --clear-groups and --groups exclude each other");
    }
    if (options->allow_root && options->reference == NULL && options->group_add == NULL) {
        return WRONG(problem, .what = "option", .subject = "--allow-root",
                     .why = "goes with --reference or --group-add alone");
    }
    if (options->chown_once && options->chown == NULL) {
        return WRONG(problem, .what = "option", .subject = "--chown-once", .why = "goes with --chown alone");
    }
    return true;
}

/* The options of stepdown, or of gosu in its place; *index moves past them. */
static bool take_options(int argc, char *const argv[], int *index, struct options *options, struct problem *problem)
{
    while (*index < argc && argv[*index][0] == '-' && argv[*index][1] != '\0') {
        if (strcmp(argv[*index], "--") == 0) {
            (*index)++;
            break;
        }
        if (!take_option(argv, index, options, problem)) {
            return false;
        }
        if (options->help || options->version) {
            return true;
        }
    }
    return check_combination(options, problem);
}

static void take_gosu_option(const char *word, struct options *options)
{
    options->help = strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "-?") == 0;
    options->version = strcmp(word, "--version") == 0 || strcmp(word, "-v") == 0;
}

const char *options_name(int argc, char *const argv[])
{
    const char *name = argc > 0 ? argv[0] : PROGRAM;
    const char *slash = strrchr(name, '/');

    return slash != NULL ? slash + 1 : name;
}

bool options_parse(int argc, char *const argv[], struct options *options, struct problem *problem)
{
    const char *name = options_name(argc, argv);
    bool gosu = strcmp(name, "gosu") == 0;
    int index = 1;

    *options = (struct options){.empty_is_caller = gosu || strcmp(name, "su-exec") == 0};
    if (!options->empty_is_caller && !take_options(argc, argv, &index, options, problem)) {
        return false;
    }
    if (gosu && argc > 1) {
        take_gosu_option(argv[1], options);
    }
    if (options->help || options->version) {
        return true;
    }
    if (options->reference == NULL) {
        if (index >= argc) {
            return WRONG(problem, .what = "usage", .why = "USER is missing");
        }
        if (!spec_parse(argv[index++], &options->spec, problem)) {
            return false;
        }
        if (!spec_part_given(&options->spec.user) && !options->empty_is_caller) {
            return PROBLEM(problem, .what = "user", .why = "USER is empty", .hint = HINT_EMPTY_USER);
        }
    }
    if (index >= argc) {
        return PROBLEM(problem, .what = "usage", .why = "COMMAND is missing", .hint = HINT_NO_COMMAND);
    }
    options->command = argv + index;
    return true;
}

const char *options_usage(const struct options *options)
{
    if (options->empty_is_caller) {
        return "Usage: gosu USER[:GROUP] COMMAND [ARG]...\n"
               "       su-exec USER[:GROUP] COMMAND [ARG]...\n"
               "Become USER for good and execute COMMAND in this process.\n"
               "This is stepdown under another name: see stepdown --help and stepdown(8).\n";
    }
    return "Usage: stepdown [OPTION]... USER[:GROUP] COMMAND [ARG]...\n"
           "       stepdown [OPTION]... --reference=PATH COMMAND [ARG]...\n"
           "Become USER for good and execute COMMAND in this process.\n"
           "\n"
           "USER and GROUP are names or IDs. Without GROUP the command gets all groups of USER.\n"
           "\n"
           "      --init-groups     with USER:GROUP, the groups that list USER as well\n"
           "      --clear-groups    no group but the primary one\n"
           "      --groups=LIST     these groups and the primary one\n"
           "      --group-add=LIST  besides, these groups, or those that own these paths\n"
           "      --keep-groups     besides, those of the container runtime\n"
           "      --keep-caps=LIST  keep exactly these capabilities; NAME? only if there\n"
           "      --no-new-privs    no gain of privilege by any later exec\n"
           "      --harden          --no-new-privs, and shrink the bounding set\n"
           "      --if-root         step down only if the caller is root\n"
           "      --reference=PATH  be the owner and group of PATH\n"
           "      --allow-root      let --reference and --group-add yield root\n"
           "      --home=DIR        set HOME to DIR\n"
           "      --umask=MODE      set the umask\n"
           "      --account=NAME    give the user an entry of that name, and a home\n"
           "      --chown=LIST      give these paths and all below to USER; PATH? only if there\n"
           "      --chown-once      with --chown: not what is USER's itself\n"
           "      --user-env        set USER, LOGNAME and SHELL too\n"
           "      --chown-stdio     give pipes and terminals at 0, 1 and 2 to USER\n"
           "      --dry-run         print what would happen and run nothing\n"
           "  -h, --help            print this\n"
           "  -V, --version         print the version\n"
           "\n"
           "Exit status: that of COMMAND; 125 stepdown failed, 126 COMMAND cannot run,\n"
           "127 COMMAND not found. Manual: stepdown(8).\n";
}
