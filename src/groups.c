#include "groups.h"

#include <string.h>

/* Shell's method: a tenth of the code of qsort(3), and quick about what is sorted already, as the kernel gives it. */
static void sort(gid_t *ids, size_t count)
{
    size_t gap = 1;

    while (gap < count / 3) {
        gap = gap * 3 + 1;
    }
    for (; gap > 0; gap /= 3) {
        for (size_t i = gap; i < count; i++) {
            gid_t gid = ids[i];
            size_t place = i;
            for (; place >= gap && ids[place - gap] > gid; place -= gap) {
                ids[place] = ids[place - gap];
            }
            ids[place] = gid;
        }
    }
}

bool groups_add(struct groups *groups, gid_t gid, struct problem *problem)
{
    if (groups->count == GROUPS_ROOM && !groups_settle(groups, problem)) {
        return false;
    }
    groups->ids[groups->count++] = gid;
    return true;
}

bool groups_settle(struct groups *groups, struct problem *problem)
{
    size_t unique = 0;

    sort(groups->ids, groups->count);
    for (size_t i = 0; i < groups->count; i++) {
        if (unique == 0 || groups->ids[i] != groups->ids[unique - 1]) {
            groups->ids[unique++] = groups->ids[i];
        }
    }
    groups->count = unique;
    return unique <= GROUPS_MAX || PROBLEM(problem, .what = "groups", .why = "more than 65536");
}

const gid_t *groups_find(const struct groups *groups, gid_t gid)
{
    size_t low = 0;
    size_t high = groups->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (groups->ids[middle] == gid) {
            return &groups->ids[middle];
        }
        if (groups->ids[middle] < gid) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}

bool groups_equal(const struct groups *left, const struct groups *right)
{
    return left->count == right->count &&
           (left->count == 0 || memcmp(left->ids, right->ids, left->count * sizeof *left->ids) == 0);
}

bool groups_equal_but_for(gid_t gid, const struct groups *groups, const struct groups *all)
{
    size_t i = 0;

    for (size_t j = 0; j < all->count; j++) {
        if (i < groups->count && groups->ids[i] == all->ids[j]) {
            i++;
        } else if (all->ids[j] != gid) {
            return false;
        }
    }
    return i == groups->count;
}
