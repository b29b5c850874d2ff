#include "ownership.h"

#include "capabilities.h"
#include "spec.h"
#include "userns.h"

#include <errno.h>
#include <linux/capability.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#define OPTION  "--chown"
#define IS_ROOT "it is the root directory: is a variable unset?"

/* Not in linux/magic.h. */
#define CONFIGFS_MAGIC 0x62656570U
#define FUSECTL_MAGIC  0x65735543U
#define MQUEUE_MAGIC   0x19800202U

static const uint32_t no_places[] = {
    PROC_SUPER_MAGIC, SYSFS_MAGIC,        CGROUP_SUPER_MAGIC,   CGROUP2_SUPER_MAGIC, DEVPTS_SUPER_MAGIC,
    DEBUGFS_MAGIC,    TRACEFS_MAGIC,      SECURITYFS_MAGIC,     BPF_FS_MAGIC,        PSTOREFS_MAGIC,
    SELINUX_MAGIC,    SMACK_MAGIC,        EFIVARFS_MAGIC,       BINFMTFS_MAGIC,      NSFS_MAGIC,
    CONFIGFS_MAGIC,   AUTOFS_SUPER_MAGIC, RDTGROUP_SUPER_MAGIC, FUSECTL_MAGIC,       MQUEUE_MAGIC,
};

/* Nothing but slashes and the names "." and "..": "/", "//", "/.", "/..". */
static bool is_root(const struct spec_element *path)
{
    size_t dots = 0;
    size_t length = 0;

    for (; length < path->length && dots < 3; length++) {
        if (path->text[length] == '.' && *path->text == '/') {
            dots++;
        } else if (path->text[length] == '/') {
            dots = 0;
        } else {
            return false;
        }
    }
    return dots < 3;
}

bool ownership_check(const char *list, struct problem *problem)
{
    for (const char *rest = list; rest != NULL;) {
        struct spec_element path;
        if (!spec_next(&rest, OPTION, &path, problem)) {
            problem->subject = list;
            return false;
        }
        if (is_root(&path)) {
            return PROBLEM(problem, .what = OPTION, .subject = path.text, .subject_length = path.length,
                           .why = IS_ROOT);
        }
    }
    return true;
}

/* What to do about an errno; `type` is that of the file system. */
static enum hint hint_for(const struct ownership *want, int error, uint32_t type)
{
    const uint64_t passes = CAPABILITY(CAP_DAC_OVERRIDE) | CAPABILITY(CAP_DAC_READ_SEARCH);

    if (error == EROFS) {
        return HINT_READ_ONLY_MOUNT;
    }
    if (error == EACCES && (want->capabilities & passes) == 0) {
        return HINT_DAC_READ_SEARCH;
    }
    if (error == EPERM && (want->capabilities & CAPABILITY(CAP_CHOWN)) == 0) {
        return HINT_CAP_CHOWN;
    }
    if ((error == EACCES || error == EPERM) && type == NFS_SUPER_MAGIC) {
        return HINT_NFS;
    }
    if (error == EINVAL || error == EOVERFLOW || (error == EPERM && userns_of_users() != USERNS_INITIAL)) {
        return HINT_UNMAPPED_ID;
    }
    return error == EPERM ? HINT_IMMUTABLE : HINT_NONE;
}

/* Whether owners may be changed there; false with tree->why or errno. */
static bool is_place(struct tree *tree, const struct safe_path *found, uint32_t *type)
{
    const char **why = &tree->why;
    struct statfs place;
    struct stat root;

    if (stat("/", &root) != 0 || fstatfs(found->object, &place) != 0) {
        return false;
    }
    if (found->status.st_dev == root.st_dev && found->status.st_ino == root.st_ino) {
        *why = IS_ROOT;
    }
    *type = (uint32_t)place.f_type;
    for (size_t i = 0; i < sizeof no_places / sizeof *no_places; i++) {
        if (found->kernels || *type == no_places[i]) {
            *why = "it is no place for files";
        }
    }
    return *why == NULL;
}

/* Writes what a failure is about, by the kernel's word or else as it was given; the length. */
static size_t where(struct tree *tree, const struct spec_element *path)
{
    size_t length = tree->depth > 0 ? tree_path(tree->fd, tree->path) : 0;

    if (length == 0) {
        length = path->length;
        memcpy(tree->path, path->text, length);
        memcpy(tree->path + length, "/...", 4);
        length += tree->depth > 1 ? 4 : 0;
    }
    if (tree->name != NULL) {
        const size_t room = sizeof tree->path - length - 1;
        const size_t more = strlen(tree->name) < room ? strlen(tree->name) : room;
        tree->path[length++] = '/';
        memcpy(tree->path + length, tree->name, more);
        length += more;
    }
    return length;
}

/* What the path led to, and all below it. */
static bool give(const struct ownership *want, const struct spec_element *path, const struct safe_path *found,
                 struct tree *tree, struct problem *problem)
{
    uint32_t type = 0;

    if (is_place(tree, found, &type) &&
        (want->look ||
         (want->once && !tree->doubtful && found->status.st_uid == want->uid && found->status.st_gid == want->gid) ||
         tree_give(tree, found->object, found->trusted ? -1 : found->directory, found->name))) {
        return true;
    }
    *problem = (struct problem){.what = OPTION, .subject = tree->path, .why = tree->why, .error = errno};
    if (tree->why == NULL) {
        problem->hint = hint_for(want, problem->error, type);
        problem->why = problem->error == EMFILE  ? "deeper than there are descriptors: raise --ulimit nofile"
                       : problem->error == EFBIG ? WHY_FILE_SIZE
                                                 : NULL;
    } else if (tree->why == tree_linked) {
        problem->hint = HINT_HARD_LINKS;
    }
    problem->subject_length = where(tree, path);
    return false;
}

bool ownership_give(const struct ownership *want, struct ownership_room *room, struct problem *problem)
{
    room->tree.uid = want->uid;
    room->tree.gid = want->gid;
    room->tree.doubtful = want->list != NULL && userns_hides_owner(want->uid, want->gid);
    for (const char *rest = want->list; rest != NULL;) {
        struct spec_element path;
        struct safe_path found;
        if (!spec_next(&rest, OPTION, &path, problem)) {
            return false;
        }
        bool open = safe_path_open(OPTION, path.text, path.length, room->path, &found, problem);
        if (open && found.object >= 0) {
            if (!give(want, &path, &found, &room->tree, problem)) {
                return false;
            }
        } else if (problem->why != NULL || !(path.optional || want->later) ||
                   (problem->error != ENOENT && problem->error != ENOTDIR)) {
            problem->hint = problem->why == NULL ? hint_for(want, problem->error, 0) : HINT_NONE;
            return false;
        }
        safe_path_close(&found);
    }
    return true;
}
