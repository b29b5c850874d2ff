/* tree.c on trees in memory. */
#include "trees.h"
#include "unit.h"

#include "tree.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define USER  1000U
#define GROUP 2000U
#define DIR   (S_IFDIR | 0755)
#define FILE_ (S_IFREG | 0644)

static struct tree tree;
static size_t top;

static void start(void)
{
    trees_clear();
    memset(&tree, 0, sizeof tree);
    tree.uid = USER;
    tree.gid = GROUP;
    top = trees_add(0, "top", DIR);
}

/* Whether it worked; then nothing is left open. `closed`: root alone can write in the directory of the node. */
static bool gives_of(size_t node, bool closed)
{
    int fd = trees_open(node);
    int directory = closed ? -1 : trees_open(trees.nodes[node].parent);
    bool good = tree_give(&tree, fd, directory, trees.nodes[node].name);

    if (good) {
        assert_int_equal(trees.open, closed ? 1 : 2);
        assert_int_equal(tree.depth, 0);
    }
    return good;
}

static bool gives(void)
{
    return gives_of(top, true);
}

static bool is_users(size_t node)
{
    return trees.nodes[node].uid == USER && trees.nodes[node].gid == GROUP;
}

/* From `first` on, all is the user's, given once each at most, and directories after all that is in them. */
static void all_is_given_from(size_t first)
{
    for (size_t i = first; i < trees.count; i++) {
        const struct node *file = &trees.nodes[i];
        assert_true(is_users(i));
        assert_true(file->changed <= 1);
        if (i > first && file->changed > 0 && trees.nodes[file->parent].changed > 0) {
            assert_true(file->when < trees.nodes[file->parent].when);
        }
    }
}

static void fails_with(const char *why, int error, const char *name)
{
    int got = errno;

    if (why == NULL) {
        assert_null(tree.why);
        assert_int_equal(got, error);
    } else {
        assert_non_null(tree.why);
        assert_non_null(strstr(tree.why, why));
    }
    if (name == NULL) {
        assert_null(tree.name);
    } else {
        assert_non_null(tree.name);
        assert_string_equal(tree.name, name);
    }
}

static size_t plant(void)
{
    size_t sub = trees_add(top, "sub", DIR);
    size_t deep = trees_add(sub, "deep", DIR);

    (void)trees_add(top, "file", FILE_);
    (void)trees_add(top, "fifo", S_IFIFO | 0600);
    (void)trees_add(sub, "link", S_IFLNK | 0777);
    (void)trees_add(sub, "device", S_IFBLK | 0600);
    (void)trees_add(deep, "socket", S_IFSOCK | 0777);
    (void)trees_add(sub, "empty", DIR);
    (void)trees_add(top, ".hidden", FILE_);
    (void)trees_add(top, "..two", FILE_);
    return sub;
}

TEST(everything_below_and_the_directory_last)
{
    start();
    (void)plant();
    assert_true(gives());
    all_is_given_from(top);
    assert_int_equal(trees.changes, trees.count - 1);
    assert_int_equal(trees.nodes[0].uid, 0);
    assert_int_equal(trees.seeks, 0);
}

TEST(a_file_alone)
{
    start();
    size_t file = trees_add(top, "file", FILE_);
    assert_true(gives_of(file, true));
    assert_true(is_users(file));
    assert_int_equal(trees.changes, 1);
    assert_int_equal(trees.opened_directories, 0);
}

TEST(a_look_that_fails_at_last_is_an_error_and_what_failed_before_is_forgotten)
{
    for (unsigned at = 1; at <= 2; at++) {
        start();
        size_t file = trees_add(top, "file", FILE_);
        tree.why = tree.name = "before";
        trees.failing = "statx";
        trees.at = at;
        trees.error = EIO;
        assert_false(gives_of(file, true));
        fails_with(NULL, EIO, NULL);
    }
}

TEST(what_is_right_is_neither_opened_nor_changed)
{
    start();
    (void)plant();
    for (size_t i = top; i < trees.count; i++) {
        trees.nodes[i].uid = USER;
        trees.nodes[i].gid = GROUP;
    }
    assert_true(gives());
    assert_int_equal(trees.changes, 0);
    assert_int_equal(trees.opened_paths, 0);
    assert_int_equal(trees.opened_directories, 4);
    /* One look by name for each entry, two by descriptor for each directory, the last two at the whole. */
    assert_int_equal(trees.looks, trees.count - 2 + 2 * 4 - 1 + 2);
}

TEST(either_id_alone_is_wrong_too)
{
    for (int old = 0; old < 2; old++) {
        start();
        trees.statx_error = old == 1 ? ENOSYS : 0;
        size_t a = trees_add_of(top, "a", FILE_, USER, 0);
        size_t b = trees_add_of(top, "b", FILE_, 0, GROUP);
        size_t c = trees_add_of(top, "c", FILE_, USER, GROUP);
        assert_true(gives());
        all_is_given_from(top);
        assert_int_equal(trees.nodes[a].changed + trees.nodes[b].changed, 2);
        assert_int_equal(trees.nodes[c].changed, 0);
    }
}

TEST(what_only_reads_as_the_users_is_given_whatever_its_links_are)
{
    start();
    tree.doubtful = true;
    size_t file = trees_add_of(top, "file", FILE_, USER, GROUP);
    trees.nodes[file].links = 2;
    assert_true(gives());
    assert_int_equal(trees.nodes[file].changed, 1);
}

TEST(what_only_reads_so_because_its_mount_does_not_map_its_owner_is_not_the_users)
{
    for (unsigned links = 1; links <= 2; links++) {
        start();
        tree.doubtful = true;
        trees.nodes[top].uid = USER;
        trees.nodes[top].gid = GROUP;
        trees.nodes[top].unmapped = true;
        size_t file = trees_add_of(top, "file", FILE_, USER, GROUP);
        trees.nodes[file].links = links;
        trees.nodes[file].unmapped = true;
        assert_int_equal(gives(), links == 1);
        assert_int_equal(trees.nodes[file].changed, links == 1);
        assert_int_equal(trees.nodes[top].changed, links == 1);
        if (links > 1) {
            fails_with("other hard links", 0, "file");
        }
    }
}

TEST(what_only_reads_as_the_users_may_be_refused_by_the_kernel)
{
    for (unsigned at = 1; at <= 2; at++) { /* the group alone, and both */
        start();
        tree.doubtful = true;
        size_t file = trees_add_of(top, "file", FILE_, USER, GROUP);
        trees.nodes[file].links = 2;
        trees.failing = "fchownat";
        trees.at = at;
        trees.error = EPERM;
        assert_int_equal(gives(), at == 1);
        assert_int_equal(trees.nodes[file].changed, at == 1);
    }
}

TEST(the_root_directory_is_one_as_well)
{
    for (size_t chunk = 0; chunk < 4; chunk++) {
        start();
        (void)plant();
        trees.chunk = chunk;
        assert_true(gives_of(0, true));
        all_is_given_from(0);
    }
    start();
    trees.nodes[0].mode = S_IFDIR | 0777;
    size_t file = trees_add(0, "file", FILE_);
    trees.failing = "inotify_init1"; /* there is no need */
    trees.at = 1;
    assert_true(gives_of(file, false));
    assert_true(is_users(file));
}

TEST(the_file_behind_one_that_changed_is_opened_in_place_of_a_look_by_name)
{
    start();
    (void)trees_add(top, "a", FILE_);
    (void)trees_add(top, "b", FILE_);
    (void)trees_add_of(top, "c", FILE_, USER, GROUP);
    (void)trees_add_of(top, "d", FILE_, USER, GROUP);
    assert_true(gives());
    all_is_given_from(top);
    assert_int_equal(trees.opened_paths, 3);
    /* The whole twice; the directory once to see if it is closed, once for each change and once after all; a twice; b,
     * c and d once. */
    assert_int_equal(trees.looks, 2 + 1 + 2 + 1 + 2 + 3);
}

TEST(entries_without_a_type)
{
    start();
    (void)plant();
    trees.unknown_types = true;
    assert_true(gives());
    all_is_given_from(top);
}

/* Chains and bushes deeper than there are levels in memory, read in small pieces. */
static void bush(size_t parent, unsigned depth)
{
    static const char *const names[] = {"a", "b", "c"};

    for (size_t i = 0; i < COUNT(names) && depth > 0; i++) {
        bush(trees_add(parent, names[i], DIR), depth - 1);
        (void)trees_add(parent, i == 0 ? "x" : i == 1 ? "y" : "z", FILE_);
    }
}

TEST(levels_that_are_read_again_lose_nothing_and_repeat_nothing)
{
    unsigned looks = 0;

    for (size_t chunk = 0; chunk < 5; chunk++) {
        start();
        bush(top, 6);
        trees.chunk = chunk;
        assert_true(gives());
        all_is_given_from(top);
        assert_int_equal(trees.changes, trees.count - 1);
        assert_int_equal(trees.seeks > 0, chunk != 1);
        assert_true(chunk == 0 || trees.looks == looks);
        looks = trees.looks;
    }
}

TEST(what_a_directory_says_of_inodes_does_not_matter)
{
    for (size_t chunk = 0; chunk < 5; chunk++) {
        start();
        bush(top, 6);
        trees.chunk = chunk;
        trees.other_inodes = true;
        assert_true(gives());
        all_is_given_from(top);
    }
}

TEST(names_that_share_a_position_come_again_and_are_passed_over)
{
    static const size_t shares[] = {0, 2, 3, 7, 200, 400};
    unsigned directories = 0;

    for (int kind = 0; kind < 6; kind++) { /* below "/" the first directory has the inode 1 */
        for (size_t i = 0; i < COUNT(shares); i++) {
            const size_t share = shares[i];
            start();
            bush(top, 6);
            trees.other_inodes = kind == 4;
            trees.chunk = kind == 5 && share > 0 ? share + 1 : 0; /* what is read at once ends among them */
            (void)trees_add_of(0, "behind", FILE_, USER, GROUP);
            trees.share = share;
            trees.inode_1 = kind == 3 ? trees.count - 2 : 0; /* it comes last in there */
            trees.statx_error = kind == 2 ? ENOSYS : 0;
            assert_true(gives_of(kind == 1 ? 0 : top, true));
            all_is_given_from(top);
            assert_true(share == 0 || trees.opened_directories == directories);
            directories = trees.opened_directories;
        }
    }
}

TEST(more_names_of_one_position_than_are_read_at_once_are_an_error)
{
    start();
    bush(top, 6);
    trees.share = 400;
    trees.chunk = 2;
    assert_false(gives());
    fails_with(NULL, EIO, NULL);
    assert_false(is_users(top));
}

/* What was left last is renamed or removed, or its inode is also the root's of something that is mounted there. */
static void lose_left(const char *call, const char *name)
{
    const struct tree_level *level = &tree.levels[tree.depth % TREE_LEVELS];

    (void)name;
    if (strcmp(call, "getdents64") == 0 && tree.depth == 1 && level->inode != 0) {
        trees.nodes[level->inode].removed = true;
        trees.before = NULL;
    }
}

TEST(what_has_been_left_may_be_gone_by_then)
{
    for (size_t share = 2; share <= 200; share += 2) {
        start();
        bush(top, 6);
        trees.share = share;
        trees.before = lose_left;
        assert_true(gives());
        assert_null(trees.before);
        for (size_t i = top; i < trees.count; i++) {
            assert_true(is_users(i));
        }
    }
}

TEST(what_is_mounted_there_is_not_what_has_been_left)
{
    start();
    size_t mount = trees_add(top, "m", DIR);
    bush(top, 6);
    trees.nodes[mount].mount = 2;
    trees.nodes[mount].inode = top + 2; /* the one that comes first behind it, and is left first */
    trees.share = 400;
    assert_true(gives());
    assert_int_equal(trees.nodes[mount].changed, 0);
    for (size_t i = mount + 1; i < trees.count; i++) {
        assert_true(is_users(i));
    }
}

TEST(another_of_the_number_of_what_has_been_left_is_not_passed_over)
{
    start();
    size_t left = trees_add(top, "left", DIR);
    bush(left, 6);
    size_t next = trees_add(top, "next", DIR);
    (void)trees_add(next, "x", FILE_);
    trees.nodes[next].inode = left; /* of another subvolume, btrfs(5), at a position of its own */
    assert_true(gives());
    all_is_given_from(top);
}

static void lose_lengths(const char *call, const char *name)
{
    (void)name;
    trees.no_lengths = strcmp(call, "getdents64") == 0 && tree.levels[tree.depth % TREE_LEVELS].inode != 0;
}

TEST(an_entry_of_no_length_is_an_error_also_where_a_directory_is_read_again)
{
    start();
    bush(top, 6);
    trees.before = lose_lengths;
    assert_false(gives());
    fails_with(NULL, EIO, NULL);
}

TEST(a_deep_chain)
{
    start();
    size_t node = top;
    for (int i = 0; i < 500; i++) {
        node = trees_add(node, "d", DIR);
    }
    assert_true(gives());
    all_is_given_from(top);
}

TEST(deeper_than_there_are_descriptors)
{
    start();
    size_t node = top;
    for (int i = 0; i < 20; i++) {
        node = trees_add(node, "d", DIR);
    }
    trees.descriptors = 15;
    assert_false(gives());
    fails_with(NULL, EMFILE, "d");
    assert_int_equal(trees.changes, 0);
    assert_int_equal(tree.depth, 14);
}

TEST(a_descriptor_that_is_too_high_for_a_level_is_refused)
{
    for (int below = 1; below <= 2; below++) { /* the object's is that far below the limit, the level's the next */
        start();
        trees.lowest = (int)TREE_DESCRIPTORS - below;
        assert_int_equal(gives(), below == 2);
        if (below == 1) {
            fails_with(NULL, EMFILE, NULL);
        }
    }
}

TEST(a_descriptor_below_that_of_the_level_above_is_refused)
{
    start();
    (void)trees_add(top, "d", DIR);
    int low = trees_open(top);
    int high = trees_open(top);
    assert_true(low < high);
    tree.depth = 1;
    tree.fd = 7;
    errno = 0;
    assert_false(tree_give(&tree, high, 7, "top")); /* it opens 2 */
    fails_with(NULL, EMFILE, NULL);
}

TEST(the_first_level_may_have_any_descriptor)
{
    start();
    size_t sub = plant();
    int spare = trees_open(0);
    int object = trees_open(sub);
    int directory = trees_open(top);
    assert_int_equal(close(spare), 0);
    assert_true(tree_give(&tree, object, directory, "sub"));
    assert_true(is_users(sub));
}

TEST(descriptors_of_others_are_in_between)
{
    start();
    (void)plant();
    for (int i = 0; i < 9; i++) {
        (void)trees_open(0);
    }
    trees.open = 0;
    assert_true(gives());
    all_is_given_from(top);
}

/* --- mounts --- */

TEST(what_is_mounted_below_keeps_its_owner)
{
    for (int old = 0; old < 2; old++) {
        start();
        size_t sub = plant();
        size_t mount = trees_add(sub, "mount", DIR);
        size_t file = trees_add(sub, "mounted", FILE_);
        trees.nodes[mount].mount = 12;
        trees.nodes[file].mount = 13;
        size_t inside = trees_add(mount, "inside", FILE_);
        trees.no_mount_roots = old == 1;
        trees.statx_error = 0;
        assert_true(gives());
        assert_int_equal(trees.nodes[mount].changed + trees.nodes[file].changed + trees.nodes[inside].changed, 0);
        trees.count = mount;
        all_is_given_from(top);
    }
}

TEST(a_file_that_is_mounted_behind_one_that_changed)
{
    start();
    (void)trees_add(top, "a", FILE_);
    size_t file = trees_add(top, "b", FILE_);
    (void)trees_add(top, "c", FILE_);
    trees.nodes[file].mount = 2;
    assert_true(gives());
    assert_int_equal(trees.nodes[file].changed, 0);
    assert_int_equal(trees.changes, 3);
}

TEST(a_mount_below_that_root_may_not_look_at_keeps_its_owner_too)
{
    for (int kind = 0; kind < 3; kind++) { /* the second is none, the third of a kernel that does not tell */
        start();
        size_t mount = trees_add(top, "mount", DIR);
        size_t file = trees_add(top, "file", FILE_);
        trees.nodes[mount].mount = kind == 1 ? trees.nodes[top].mount : 12;
        trees.nodes[mount].denies = ENOTCONN;
        trees.no_mount_roots = kind == 2;
        assert_int_equal(gives(), kind == 0);
        assert_int_equal(is_users(file), kind == 0);
        assert_int_equal(trees.nodes[mount].changed, 0);
        if (kind > 0) {
            fails_with(NULL, ENOTCONN, "mount");
        }
    }
}

TEST(the_path_may_be_a_mount)
{
    for (int old = 0; old < 2; old++) {
        start();
        trees.nodes[top].mount = 9;
        (void)plant();
        trees.no_mount_roots = old == 1;
        assert_true(gives());
        all_is_given_from(top);
    }
}

static void mount_sub(const char *call, const char *name)
{
    if (strcmp(call, "openat") == 0 && strcmp(name, "sub") == 0) {
        for (size_t i = top + 1; i < trees.count; i++) {
            trees.nodes[i].mount = strcmp(trees.nodes[i].name, "sub") == 0 ? 5 : trees.nodes[i].mount;
        }
    }
}

TEST(a_mount_that_appears_between_look_and_open)
{
    for (int old = 0; old < 2; old++) {
        start();
        size_t sub = trees_add(top, "sub", DIR);
        size_t file = trees_add(sub, "file", FILE_);
        trees.no_mount_roots = old == 1;
        trees.before = mount_sub;
        assert_true(gives());
        assert_int_equal(trees.nodes[sub].changed + trees.nodes[file].changed, 0);
        assert_true(is_users(top));
    }
}

TEST(older_kernels_without_statx)
{
    static const int errors[] = {ENOSYS, EPERM, EINVAL};

    for (size_t i = 0; i < COUNT(errors); i++) {
        start();
        size_t sub = plant();
        size_t mount = trees_add(sub, "mount", DIR);
        trees.nodes[mount].mount = 2;
        trees.statx_error = errors[i];
        assert_true(gives());
        assert_int_equal(trees.nodes[mount].changed, 0);
        trees.count = mount;
        all_is_given_from(top);
    }
    start();
    (void)plant();
    trees.statx_error = EIO;
    assert_false(gives());
    fails_with(NULL, EIO, NULL);
}

TEST(mounts_that_cannot_be_told_are_an_error)
{
    start();
    (void)plant();
    trees.no_mount_roots = trees.no_proc = true;
    assert_false(gives());
    fails_with("neither the kernel nor /proc", 0, "sub");
    assert_int_equal(trees.changes, 0);

    /* Nor is a directory root's from then on. */
    start();
    trees.nodes[top].uid = 7;
    (void)trees_add(top, "file", FILE_);
    trees.no_mount_roots = trees.no_proc = true;
    assert_false(gives());
    fails_with("neither the kernel nor /proc", 0, "file");
    assert_int_equal(trees.changes, 0);

    /* Known of the whole, and of an entry not. */
    start();
    (void)trees_add(top, "file", FILE_);
    trees.failing = "statx";
    trees.at = 4; /* the whole, the entry by name, its directory, the entry by descriptor */
    trees.error = EPERM;
    assert_false(gives());
    fails_with("neither the kernel nor /proc", 0, "file");
}

TEST(a_mount_id_is_a_number_and_nothing_else)
{
    start();
    (void)trees_add(top, "file", FILE_);
    trees.no_mount_roots = true;
    trees.nodes[top].mount = trees.nodes[top + 1].mount = -1;
    assert_false(gives());
    fails_with("neither the kernel nor /proc", 0, "file");
    trees.nodes[top].mount = trees.nodes[top + 1].mount = 1;
    for (int i = 0; i < 3; i++) {
        static const long long mounts[] = {0, 4294967294, 4294967295}; /* the last one is too large */
        start();
        (void)trees_add(top, "file", FILE_);
        trees.no_mount_roots = true;
        trees.nodes[top].mount = trees.nodes[top + 1].mount = mounts[i];
        assert_int_equal(gives(), i < 2);
    }
    start();
    (void)trees_add(top, "file", FILE_);
    trees.no_mount_roots = true;
    trees.no_mount_ids = true;
    assert_false(gives());
    fails_with("neither the kernel nor /proc", 0, "file");
    for (unsigned at = 1; at <= 2; at++) {
        start();
        (void)trees_add(top, "file", FILE_);
        trees.no_mount_roots = true;
        trees.failing = "read";
        trees.at = at;
        trees.error = EIO;
        assert_false(gives());
        fails_with("neither the kernel nor /proc", 0, "file");
        assert_int_equal(trees.changes, 0);
    }
}

/* --- hard links --- */

TEST(a_file_with_other_links_is_an_error)
{
    static const mode_t modes[] = {S_IFREG, S_IFLNK, S_IFIFO, S_IFSOCK, S_IFCHR};

    for (size_t i = 0; i < COUNT(modes); i++) {
        for (int old = 0; old < 2; old++) {
            start();
            size_t file = trees_add(top, "file", modes[i] | 0644);
            trees.nodes[file].links = 2;
            trees.statx_error = old == 1 ? ENOSYS : 0;
            assert_false(gives());
            assert_ptr_equal(tree.why, tree_linked);
            fails_with("other hard links", 0, "file");
            assert_int_equal(trees.changes, 0);
        }
    }
    start();
    size_t file = trees_add(top, "file", FILE_);
    trees.nodes[file].links = 3;
    assert_false(gives_of(file, true));
    fails_with("other hard links", 0, NULL);
}

TEST(other_links_of_what_is_right_do_not_matter)
{
    start();
    size_t file = trees_add_of(top, "file", FILE_, USER, GROUP);
    trees.nodes[file].links = 2;
    assert_true(gives());
}

/* A name in the tree that is removed once the file is open: what is left is outside. */
static size_t victim;
static unsigned left;

static void remove_victim(const char *call, const char *name)
{
    static bool opened;

    if (strcmp(call, "openat") == 0) {
        opened = strcmp(name, "victim") == 0;
    } else if (opened && (strcmp(call, "statx") == 0 || strcmp(call, "fstatat") == 0) && *name == '\0') {
        trees.nodes[victim].removed = true;
        trees.nodes[victim].links = left;
        opened = false;
    }
}

static bool gives_with_victim_removed(mode_t mode, unsigned links)
{
    start();
    trees.nodes[top].mode = mode;
    victim = trees_add(top, "victim", FILE_);
    (void)trees_add(top, "z", FILE_);
    trees.nodes[victim].links = links + 1;
    left = links;
    trees.before = remove_victim;
    return gives();
}

/* The same, where the name is removed a moment after the link, while the directory is locked. */
static void remove_victim_late(const char *call, const char *name)
{
    static bool opened;

    if (strcmp(call, "openat") == 0) {
        opened = strcmp(name, "victim") == 0;
    } else if (opened && strcmp(call, "statx") == 0 && *name == '\0') {
        trees.nodes[victim].links = left;
        opened = false;
    } else if (strcmp(call, "renameat") == 0 && strcmp(name, "victim") == 0) {
        trees.nodes[victim].removed = true;
    }
}

/* The same, where it is moved to another directory before. */
static void move_victim(const char *call, const char *name)
{
    if (strcmp(call, "readlinkat") == 0 && *name != '\0') {
        trees.nodes[victim].parent = 0;
    }
}

TEST(a_file_whose_only_link_left_is_outside_is_an_error)
{
    assert_false(gives_with_victim_removed(S_IFDIR | 01777, 1));
    fails_with("its name has been removed", 0, "victim");
    assert_int_equal(trees.nodes[victim].changed, 0);
    assert_false(gives_with_victim_removed(S_IFDIR | 0775, 1));
    fails_with("its name has been removed", 0, "victim");
    assert_false(gives_with_victim_removed(S_IFDIR | 0757, 1));
    fails_with("its name has been removed", 0, "victim");
}

TEST(the_name_may_be_removed_a_moment_after_the_link)
{
    start();
    trees.nodes[top].mode = S_IFDIR | 0777;
    victim = trees_add(top, "victim", FILE_);
    trees.nodes[victim].links = 2;
    left = 1;
    trees.before = remove_victim_late;
    assert_false(gives());
    fails_with("its name has been removed", 0, "victim");
    assert_int_equal(trees.nodes[victim].changed, 0);
}

TEST(a_file_that_is_moved_while_it_is_looked_at_is_an_error)
{
    start();
    trees.nodes[top].mode = S_IFDIR | 0777;
    victim = trees_add(top, "victim", FILE_);
    trees.before = move_victim;
    assert_false(gives());
    fails_with("or changed", 0, "victim");
    assert_int_equal(trees.nodes[victim].changed, 0);
}

TEST(each_call_that_asks_whether_a_name_is_there_may_fail)
{
    static const struct {
        const char *call;
        unsigned at;
        const char *why;
    } cases[] = {{"renameat", 1, NULL}, {"readlinkat", 1, NULL}, {"readlinkat", 2, NULL}};

    for (size_t i = 0; i < COUNT(cases); i++) {
        start();
        trees.nodes[top].mode = S_IFDIR | 0777;
        (void)trees_add(top, "file", FILE_);
        trees.failing = cases[i].call;
        trees.at = cases[i].at;
        trees.error = EROFS;
        assert_int_equal(gives(), i > 0); /* what reads no path asks in another way */
        if (i == 0) {
            fails_with(NULL, EROFS, "file");
            assert_int_equal(trees.changes, 0);
        }
    }
}

TEST(a_file_that_vanished_leaves_no_reason_behind)
{
    assert_true(gives_with_victim_removed(S_IFDIR | 0777, 0));
    assert_null(tree.why);
}

TEST(a_file_that_has_vanished_altogether_is_none)
{
    assert_true(gives_with_victim_removed(S_IFDIR | 01777, 0));
    assert_int_equal(trees.nodes[victim].changed, 0);
    assert_true(is_users(top));
    assert_true(is_users(victim + 1));
}

static void remove_victim_from_sight(const char *call, const char *name)
{
    remove_victim(call, name);
    if (strcmp(call, "renameat") == 0) {
        trees.failing = "statx";
        trees.at = trees.calls + 1;
        trees.error = EIO;
    }
}

TEST(that_a_file_has_vanished_takes_another_look)
{
    start();
    trees.nodes[top].mode = S_IFDIR | 0777;
    victim = trees_add(top, "victim", FILE_);
    left = 0;
    trees.before = remove_victim_from_sight;
    assert_false(gives());
    fails_with("its name has been removed", 0, "victim");
}

TEST(where_others_can_write_it_takes_proc)
{
    static const struct {
        mode_t mode;
        uid_t uid;
        gid_t gid;
        bool closed;
    } cases[] = {{0755, 0, 0, true},        {0700, 0, 0, true},   {0705, 0, 0, true},     {0775, 0, 0, false},
                 {0757, 0, 0, false},       {01777, 0, 0, false}, {0755, 1, 0, true},     {0700, USER, 0, false},
                 {0775, 1, 0, false},       {0757, 1, 0, false},  {0755, 0, GROUP, true}, {0755, 1, GROUP, true},
                 {0700, USER, GROUP, false}};

    for (size_t i = 0; i < COUNT(cases); i++) {
        start();
        size_t sub = trees_add_of(top, "sub", S_IFDIR | cases[i].mode, cases[i].uid, cases[i].gid);
        (void)trees_add(sub, "a", FILE_);
        (void)trees_add(sub, "b", FILE_);
        trees.no_proc = true;
        assert_int_equal(gives(), cases[i].closed);
        if (!cases[i].closed) {
            fails_with("neither the kernel nor /proc", 0, "a");
        }
        trees.no_proc = false;
        tree.depth = 0;
        memset(&tree.levels, 0, sizeof tree.levels);
        memset(tree.open, 0, sizeof tree.open);
        trees.open = 0;
        assert_true(gives());
    }
}

TEST(a_directory_of_somebody_elses_that_is_to_change_is_roots_meanwhile)
{
    start();
    trees.nodes[top].uid = trees.nodes[top].gid = 7;
    size_t sub = trees_add_of(top, "sub", DIR, 7, 7);
    (void)trees_add_of(sub, "a", FILE_, 7, 7);
    (void)trees_add_of(top, "b", FILE_, 7, 7);
    size_t right = trees_add_of(top, "right", DIR, USER, GROUP);
    size_t plain = trees_add_of(top, "plain", DIR, 7, 7);
    (void)trees_add_of(plain, "a", FILE_, USER, GROUP);
    trees.no_proc = true;
    assert_true(gives());
    for (size_t i = top; i < trees.count; i++) {
        assert_true(is_users(i));
    }
    assert_int_equal(trees.nodes[top].changed, 2);
    assert_int_equal(trees.nodes[sub].changed, 2);
    assert_true(trees.nodes[plain].changed <= 2);
    assert_int_equal(trees.nodes[right].changed, 0);
    /* Where it cannot be, more is asked for. */
    for (int proc = 0; proc < 2; proc++) {
        start();
        trees.nodes[top].uid = 7;
        (void)trees_add(top, "a", FILE_);
        trees.no_proc = proc == 0;
        trees.failing = "fchownat";
        trees.at = 1;
        trees.error = EPERM;
        assert_int_equal(gives(), proc == 1);
    }
}

static const char *opening; /* the call that has to wait */
static size_t opened;       /* for what comes of this directory */
static mode_t opened_mode;
static uid_t opened_uid;
static unsigned opened_again, opened_changed; /* how its time of change goes on */

static void open_to_others(const char *call, const char *name)
{
    if (strcmp(call, opening) == 0 && (strcmp(call, "fchownat") == 0 || strcmp(name, "a") == 0)) {
        trees.before = NULL;
        trees.nodes[opened].mode = S_IFDIR | opened_mode;
        trees.nodes[opened].uid = opened_uid;
        trees.nodes[opened].events += opened_again;
        trees.nodes[opened].changed += opened_changed;
    }
}

TEST(a_directory_that_comes_to_be_open_to_others_is_not_taken_for_closed)
{
    static const struct {
        const char *call;
        mode_t mode;
        uid_t uid;
        unsigned again, changed;
        bool good;
    } cases[] = {
        {"fchownat", 0777, 7, 0, 0, false},                                    /* by its owner, before it is root's */
        {"fchownat", 0775, 7, 0, 0, false},                                    /* or for its group */
        {"openat", 0755, USER, 0, 0, false},                                   /* given to the user by another start, */
        {"openat", 0755, 0, 1, 0, false},                                      /* and closed again by a third */
        {"openat", 0755, 0, 0, 1, false},    {"openat", 0757, 0, 0, 0, false}, /* opened by root */
        {"openat", 0700, 0, 0, 0, true},                                       /* which it may close all the more */
        {"fchownat", 0755, 7, 0, 0, true},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        for (int proc = 0; proc < 2; proc++) {
            start();
            opened = trees_add_of(top, "sub", DIR, 7, 7);
            size_t file = trees_add(opened, "a", FILE_);
            trees.no_proc = proc == 0;
            opened_changed = cases[i].changed;
            opening = cases[i].call;
            opened_mode = cases[i].mode;
            opened_uid = cases[i].uid;
            opened_again = cases[i].again;
            trees.before = open_to_others;
            assert_int_equal(gives(), proc == 1 || cases[i].good);
            assert_null(trees.before);
            assert_int_equal(trees.nodes[file].changed, proc == 1 || cases[i].good);
        }
    }
}

TEST(before_linux_4_11_the_time_of_change_tells_too)
{
    for (unsigned i = 0; i < 3; i++) {
        start();
        opened = trees_add_of(top, "sub", DIR, 7, 7);
        victim = trees_add(opened, "a", FILE_);
        trees.statx_error = ENOSYS;
        opening = "openat";
        opened_mode = 0755;
        opened_uid = 0;
        opened_again = i == 1;
        opened_changed = i == 2;
        trees.before = open_to_others;
        trees.failing = "renameat"; /* what is not taken for closed waits for others */
        trees.at = 1;
        trees.error = EROFS;
        assert_int_equal(gives(), i == 0);
    }
}

TEST(a_directory_may_have_the_lowest_descriptor)
{
    start();
    trees.nodes[top].uid = 7;
    opened = top;
    (void)trees_add(top, "a", FILE_);
    int spare = trees_open(0);
    int object = trees_open(top);
    assert_int_equal(close(spare), 0);
    trees.no_proc = true;
    opening = "openat";
    opened_mode = 0755;
    opened_uid = 0;
    opened_again = 1;
    opened_changed = 0;
    trees.before = open_to_others;
    assert_false(tree_give(&tree, object, -1, "top"));
    fails_with("neither the kernel nor /proc", 0, "a");
}

TEST(whether_others_can_write_is_asked_of_each_directory)
{
    start();
    trees.nodes[top].mode = S_IFDIR | 0777;
    size_t sub = trees_add(top, "sub", DIR);
    (void)trees_add(sub, "a", FILE_);
    (void)trees_add(top, "b", FILE_);
    trees.no_proc = true;
    assert_false(gives());
    fails_with("neither the kernel nor /proc", 0, "b");
    assert_true(is_users(sub));

    start();
    sub = trees_add(top, "sub", S_IFDIR | 0777);
    (void)trees_add(top, "a", FILE_);
    (void)trees_add(sub, "b", FILE_);
    trees.no_proc = true;
    assert_false(gives());
    fails_with("neither the kernel nor /proc", 0, "b");

    start();
    (void)trees_add(top, "a", FILE_); /* before the directory is entered, that is to be root's meanwhile */
    sub = trees_add_of(top, "sub", DIR, 1, 1);
    (void)trees_add(sub, "b", FILE_);
    trees.no_proc = true;
    assert_true(gives());
}

TEST(for_the_path_itself_the_caller_says_it)
{
    start();
    size_t file = trees_add(top, "file", FILE_);
    trees.no_proc = true;
    assert_false(gives_of(file, false));
    fails_with("neither the kernel nor /proc", 0, NULL);
    trees.open = 0;
    assert_true(gives_of(file, true));
    assert_true(is_users(file));
    /* Also where the directory has the lowest descriptor. */
    start();
    file = trees_add(top, "file", FILE_);
    trees.no_proc = true;
    int directory = trees_open(top);
    assert_false(tree_give(&tree, trees_open(file), directory, "file"));
}

TEST(a_name_that_ends_like_a_removed_one_is_an_error_where_others_can_write)
{
    start();
    trees.nodes[top].mode = S_IFDIR | 0777;
    (void)trees_add(top, "file (deleted)", FILE_);
    assert_false(gives());
    fails_with("or ends in ' (deleted)'", 0, "file (deleted)");
    start();
    trees.nodes[top].mode = S_IFDIR | 0777;
    (void)trees_add(top, " (deleted)", FILE_);
    assert_false(gives());
    start();
    (void)trees_add(top, "file (deleted)", FILE_);
    assert_true(gives());
    start();
    trees.nodes[top].mode = S_IFDIR | 0777;
    (void)trees_add(top, "(deleted)", FILE_);
    (void)trees_add(top, " (deleted) ", FILE_);
    (void)trees_add(top, "x", FILE_);
    assert_true(gives());
}

/* A file, the victim, whose path is too long for proc(5), in a directory where others can write. */
static void start_deep(void)
{
    static char name[256];

    start();
    memset(name, 'n', sizeof name - 1);
    size_t node = top;
    for (int i = 0; i < 20; i++) {
        node = trees_add(node, name, DIR);
    }
    trees.nodes[node].mode = S_IFDIR | 0777;
    victim = trees_add(node, "victim", FILE_);
}

TEST(a_path_too_long_for_the_kernel_is_asked_for_in_another_way)
{
    static const char *const calls[] = {
        "inotify_init1", "inotify_add_watch", "renameat", "renameat", "renameat", "statx", "read"};
    static const unsigned at[] = {1, 1, 1, 2, 3, 45, 1};

    for (int cuts = 0; cuts < 2; cuts++) {
        start_deep();
        trees.long_paths = cuts == 1;
        assert_true(gives());
        all_is_given_from(top);
    }
    for (size_t i = 0; i < COUNT(calls); i++) {
        start_deep();
        trees.failing = calls[i];
        trees.at = at[i];
        trees.error = EROFS;
        assert_false(gives());
        assert_int_equal(trees.nodes[victim].changed, 0);
        fails_with(i < 2    ? "neither the kernel nor /proc"
                   : i == 2 ? NULL
                            : "its name has been removed",
                   EROFS, "victim");
    }
}

TEST(what_watches_may_have_the_lowest_descriptor)
{
    start_deep();
    int spare = trees_open(0);
    int object = trees_open(victim);
    int directory = trees_open(trees.nodes[victim].parent);
    assert_int_equal(close(spare), 0);
    assert_true(tree_give(&tree, object, directory, "victim"));
    assert_true(is_users(victim));
}

static unsigned settles; /* calls of renameat */
static unsigned settled_at;
static void (*then)(void);

static void at_settle(const char *call, const char *name)
{
    (void)name;
    if (strcmp(call, "renameat") == 0 && ++settles == settled_at) {
        then();
    }
}

static void remove_it(void)
{
    trees.nodes[victim].removed = true;
    trees.nodes[victim].events++;
}

static void link_elsewhere(void)
{
    trees.nodes[victim].links = 2;
    trees.nodes[victim].events++;
}

static void link_and_unlink(void)
{
    trees.nodes[victim].events += 2;
}

static void replace_it(void)
{
    remove_it();
    (void)trees_add(trees.nodes[victim].parent, "victim", FILE_);
}

TEST(there_it_is_an_error_if_a_link_comes_or_goes)
{
    static void (*const cases[])(void) = {remove_it, link_elsewhere, link_and_unlink, replace_it};

    for (size_t i = 0; i < COUNT(cases); i++) {
        for (settled_at = 1; settled_at <= 3; settled_at++) {
            start_deep();
            then = cases[i];
            settles = 0;
            trees.before = at_settle;
            bool good = gives();
            assert_int_equal(trees.nodes[victim].changed, good);
            assert_int_equal(good, i == 2 && settled_at == 1); /* before it is looked at all may have been */
        }
    }
}

/* --- what changes meanwhile --- */

static const char *swap_at;
static mode_t swap_to;

static void swap(const char *call, const char *name)
{
    if (strcmp(call, swap_at) == 0 && strcmp(name, "victim") == 0) {
        trees.nodes[victim].mode = swap_to;
        trees.nodes[victim].removed = swap_to == 0;
    }
}

static bool gives_with_swap(mode_t from, const char *at, mode_t to)
{
    start();
    victim = trees_add(top, "victim", from);
    (void)trees_add(top, "z", FILE_);
    swap_at = at;
    swap_to = to;
    trees.before = swap;
    return gives();
}

TEST(an_entry_that_vanishes_is_no_error)
{
    assert_true(gives_with_swap(FILE_, "statx", 0));
    assert_int_equal(trees.nodes[victim].changed, 0);
    assert_true(gives_with_swap(FILE_, "openat", 0));
    assert_true(gives_with_swap(DIR, "statx", 0));
    assert_true(gives_with_swap(DIR, "openat", 0));
    assert_int_equal(trees.nodes[victim].changed, 0);
    assert_true(is_users(top));
}

TEST(an_entry_that_is_swapped_is_an_error)
{
    assert_false(gives_with_swap(DIR, "openat", S_IFLNK | 0777));
    fails_with("it was swapped", 0, "victim");
    assert_false(gives_with_swap(DIR, "openat", FILE_));
    fails_with("it was swapped", 0, "victim");
    assert_false(gives_with_swap(FILE_, "openat", DIR));
    fails_with("it was swapped", 0, "victim");
    assert_int_equal(trees.nodes[victim].changed, 0);
    /* One kind of file for another is what is looked at, and changed. */
    assert_true(gives_with_swap(FILE_, "openat", S_IFLNK | 0777));
    assert_true(is_users(victim));
}

static void give_early(const char *call, const char *name)
{
    if (strcmp(call, "openat") == 0 && strcmp(name, "victim") == 0) {
        trees.nodes[victim].uid = USER;
        trees.nodes[victim].gid = GROUP;
        trees.nodes[victim].links = 2;
    }
}

TEST(an_entry_that_becomes_right_meanwhile_is_left)
{
    start();
    victim = trees_add(top, "victim", FILE_);
    trees.before = give_early;
    assert_true(gives());
    assert_int_equal(trees.nodes[victim].changed, 0);
}

static void remove_sub(const char *call, const char *name)
{
    (void)name;
    if (strcmp(call, "getdents64") == 0 && trees.reads > 0) {
        trees.nodes[victim].removed = true;
    }
}

TEST(a_directory_that_is_removed_while_it_is_read)
{
    start();
    victim = trees_add(top, "victim", DIR);
    (void)trees_add(top, "z", FILE_);
    trees.before = remove_sub;
    assert_true(gives());
    assert_true(is_users(top));
}

static void move_out(const char *call, const char *name)
{
    if (strcmp(call, "openat") == 0 && strcmp(name, "inner") == 0) {
        trees.nodes[victim].parent = 0; /* from now on beside the path */
    }
}

TEST(a_directory_that_is_moved_out_leads_to_nothing_else)
{
    start();
    size_t beside = trees_add(0, "beside", FILE_);
    victim = trees_add(top, "victim", DIR);
    (void)trees_add(victim, "inner", DIR);
    size_t last = trees_add(top, "z", FILE_);
    trees.chunk = 1;
    trees.before = move_out;
    assert_true(gives());
    assert_int_equal(trees.nodes[beside].changed + trees.nodes[0].changed, 0);
    assert_true(is_users(last));
    assert_true(is_users(top));
}

/* --- what fails --- */

TEST(each_call_that_fails_is_an_error)
{
    static const char *const calls[] = {"statx", "openat", "getdents64", "fchownat", "lseek"};
    unsigned failed = 0;

    for (size_t call = 0; call < COUNT(calls); call++) {
        for (unsigned at = 1;; at++) {
            start();
            bush(top, 4);
            trees.nodes[top + 1].mode = S_IFDIR | 0777;
            trees.failing = calls[call];
            trees.at = at;
            trees.error = EIO;
            bool good = gives();
            if (trees.calls < at) {
                assert_true(good);
                break;
            }
            /* Not to know whether others can write there asks for more, and is no error. */
            if (good) {
                assert_string_equal(calls[call], "statx");
                all_is_given_from(top);
                continue;
            }
            assert_null(tree.why);
            assert_int_equal(errno, EIO);
            assert_false(is_users(top) && call != 0);
            failed++;
        }
    }
    assert_true(failed > 500);
}

TEST(a_change_that_did_not_happen_is_an_error)
{
    start();
    (void)trees_add(top, "file", FILE_);
    trees.lies = true;
    assert_false(gives());
    fails_with("stayed as it was", 0, NULL);
    assert_false(gives_of(top + 1, true));
    fails_with("stayed as it was", 0, NULL);
}

TEST(a_name_with_a_slash_is_an_error)
{
    start();
    (void)trees_add(top, "a/b", FILE_);
    assert_false(gives());
    fails_with(NULL, EIO, NULL);
}

TEST(an_entry_of_no_length_is_an_error)
{
    start();
    (void)trees_add(top, "a", FILE_);
    trees.no_lengths = true;
    assert_false(gives());
    fails_with(NULL, EIO, NULL);
}

TEST(a_file_that_vanishes_when_it_is_to_change_is_no_error)
{
    start();
    (void)trees_add(top, "a", FILE_);
    size_t b = trees_add(top, "b", FILE_);
    trees.failing = "fchownat";
    trees.at = 1;
    trees.error = ENOENT;
    assert_true(gives());
    assert_true(is_users(b));
}

TEST(an_older_kernels_look_may_fail)
{
    start();
    (void)trees_add(top, "a", FILE_);
    trees.statx_error = ENOSYS;
    trees.failing = "fstatat";
    trees.at = 2;
    trees.error = EACCES;
    assert_false(gives());
    fails_with(NULL, EACCES, "a");
}

/* Descriptors of others that come and go between the levels. */
static void open_others(const char *call, const char *name)
{
    if (strcmp(call, "openat") == 0 && *name == 'd') {
        for (int i = 0; i < 11; i++) {
            (void)trees_open(0);
        }
    }
}

TEST(levels_need_not_follow_upon_each_other)
{
    start();
    size_t node = top;
    for (int i = 0; i < 9; i++) {
        node = trees_add(node, "d", DIR);
        (void)trees_add(node, "file", FILE_);
    }
    trees.before = open_others;
    assert_true(tree_give(&tree, trees_open(top), -1, "top"));
    all_is_given_from(top);
}

static void open_one(const char *call, const char *name)
{
    if (strcmp(call, "openat") == 0 && strcmp(name, "d2") == 0) {
        trees.before = NULL;
        (void)trees_open(0);
    }
}

TEST(what_was_a_level_is_none_any_more)
{
    start();
    (void)trees_add(top, "d1", DIR);
    (void)trees_add(top, "d2", DIR);
    (void)trees_add(top, "z", FILE_);
    trees.before = open_one;
    assert_true(tree_give(&tree, trees_open(top), -1, "top"));
    assert_null(trees.before);
    all_is_given_from(top);
}

/* The file is moved to where its path is as long as before. */
static size_t new_parent;

static const char *new_name;

static void move_victim_beside(const char *call, const char *name)
{
    if (strcmp(call, "renameat") == 0) {
        trees.nodes[victim].parent = new_parent;
        trees.nodes[victim].name = strcmp(name, "victim") == 0 ? new_name : name;
    }
}

TEST(a_path_of_the_same_length_is_another_path)
{
    static const char *const places[][2] = {{"pot", "victim"}, {"to", "victim"}, {"to", "xvictim"}};

    for (size_t i = 0; i < COUNT(places); i++) {
        start();
        trees.nodes[top].mode = S_IFDIR | 0777;
        victim = trees_add(top, "victim", FILE_);
        new_parent = trees_add(0, places[i][0], DIR);
        new_name = places[i][1];
        trees.before = move_victim_beside;
        assert_false(gives());
        fails_with("or changed", 0, "victim");
    }
    /* Under another name of the same length. */
    start();
    trees.nodes[top].mode = S_IFDIR | 0777;
    victim = trees_add(top, "victim", FILE_);
    new_parent = top;
    new_name = "change";
    trees.before = move_victim_beside;
    assert_false(gives());
    fails_with("or changed", 0, "victim");
}

TEST(the_path_of_a_descriptor)
{
    start();
    size_t file = trees_add(top, "file", FILE_);
    int fd = trees_open(file);
    assert_int_equal(tree_path(fd, tree.path), 9);
    assert_memory_equal(tree.path, "/top/file", 9);
    trees.no_proc = true;
    assert_int_equal(tree_path(fd, tree.path), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_below_and_the_directory_last),
        cmocka_unit_test(a_file_alone),
        cmocka_unit_test(a_look_that_fails_at_last_is_an_error_and_what_failed_before_is_forgotten),
        cmocka_unit_test(what_is_right_is_neither_opened_nor_changed),
        cmocka_unit_test(either_id_alone_is_wrong_too),
        cmocka_unit_test(what_only_reads_as_the_users_is_given_whatever_its_links_are),
        cmocka_unit_test(what_only_reads_so_because_its_mount_does_not_map_its_owner_is_not_the_users),
        cmocka_unit_test(what_only_reads_as_the_users_may_be_refused_by_the_kernel),
        cmocka_unit_test(the_root_directory_is_one_as_well),
        cmocka_unit_test(the_file_behind_one_that_changed_is_opened_in_place_of_a_look_by_name),
        cmocka_unit_test(entries_without_a_type),
        cmocka_unit_test(levels_that_are_read_again_lose_nothing_and_repeat_nothing),
        cmocka_unit_test(what_a_directory_says_of_inodes_does_not_matter),
        cmocka_unit_test(names_that_share_a_position_come_again_and_are_passed_over),
        cmocka_unit_test(more_names_of_one_position_than_are_read_at_once_are_an_error),
        cmocka_unit_test(what_has_been_left_may_be_gone_by_then),
        cmocka_unit_test(what_is_mounted_there_is_not_what_has_been_left),
        cmocka_unit_test(another_of_the_number_of_what_has_been_left_is_not_passed_over),
        cmocka_unit_test(an_entry_of_no_length_is_an_error_also_where_a_directory_is_read_again),
        cmocka_unit_test(a_deep_chain),
        cmocka_unit_test(deeper_than_there_are_descriptors),
        cmocka_unit_test(a_descriptor_that_is_too_high_for_a_level_is_refused),
        cmocka_unit_test(a_descriptor_below_that_of_the_level_above_is_refused),
        cmocka_unit_test(the_first_level_may_have_any_descriptor),
        cmocka_unit_test(descriptors_of_others_are_in_between),
        cmocka_unit_test(what_is_mounted_below_keeps_its_owner),
        cmocka_unit_test(a_file_that_is_mounted_behind_one_that_changed),
        cmocka_unit_test(a_mount_below_that_root_may_not_look_at_keeps_its_owner_too),
        cmocka_unit_test(the_path_may_be_a_mount),
        cmocka_unit_test(a_mount_that_appears_between_look_and_open),
        cmocka_unit_test(older_kernels_without_statx),
        cmocka_unit_test(mounts_that_cannot_be_told_are_an_error),
        cmocka_unit_test(a_mount_id_is_a_number_and_nothing_else),
        cmocka_unit_test(a_file_with_other_links_is_an_error),
        cmocka_unit_test(other_links_of_what_is_right_do_not_matter),
        cmocka_unit_test(a_file_whose_only_link_left_is_outside_is_an_error),
        cmocka_unit_test(the_name_may_be_removed_a_moment_after_the_link),
        cmocka_unit_test(a_file_that_is_moved_while_it_is_looked_at_is_an_error),
        cmocka_unit_test(each_call_that_asks_whether_a_name_is_there_may_fail),
        cmocka_unit_test(a_file_that_vanished_leaves_no_reason_behind),
        cmocka_unit_test(a_file_that_has_vanished_altogether_is_none),
        cmocka_unit_test(that_a_file_has_vanished_takes_another_look),
        cmocka_unit_test(where_others_can_write_it_takes_proc),
        cmocka_unit_test(a_directory_of_somebody_elses_that_is_to_change_is_roots_meanwhile),
        cmocka_unit_test(a_directory_that_comes_to_be_open_to_others_is_not_taken_for_closed),
        cmocka_unit_test(before_linux_4_11_the_time_of_change_tells_too),
        cmocka_unit_test(a_directory_may_have_the_lowest_descriptor),
        cmocka_unit_test(whether_others_can_write_is_asked_of_each_directory),
        cmocka_unit_test(for_the_path_itself_the_caller_says_it),
        cmocka_unit_test(a_name_that_ends_like_a_removed_one_is_an_error_where_others_can_write),
        cmocka_unit_test(a_path_too_long_for_the_kernel_is_asked_for_in_another_way),
        cmocka_unit_test(what_watches_may_have_the_lowest_descriptor),
        cmocka_unit_test(there_it_is_an_error_if_a_link_comes_or_goes),
        cmocka_unit_test(an_entry_that_vanishes_is_no_error),
        cmocka_unit_test(an_entry_that_is_swapped_is_an_error),
        cmocka_unit_test(an_entry_that_becomes_right_meanwhile_is_left),
        cmocka_unit_test(a_directory_that_is_removed_while_it_is_read),
        cmocka_unit_test(a_directory_that_is_moved_out_leads_to_nothing_else),
        cmocka_unit_test(a_change_that_did_not_happen_is_an_error),
        cmocka_unit_test(a_name_with_a_slash_is_an_error),
        cmocka_unit_test(an_entry_of_no_length_is_an_error),
        cmocka_unit_test(a_file_that_vanishes_when_it_is_to_change_is_no_error),
        cmocka_unit_test(an_older_kernels_look_may_fail),
        cmocka_unit_test(levels_need_not_follow_upon_each_other),
        cmocka_unit_test(what_was_a_level_is_none_any_more),
        cmocka_unit_test(a_path_of_the_same_length_is_another_path),
        cmocka_unit_test(the_path_of_a_descriptor),
        cmocka_unit_test(each_call_that_fails_is_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
