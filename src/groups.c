#include "groups.h"

#include <string.h>

/* Shell's method: a tenth of the code of qsort(3), and quick about what is sorted already, as the kernel gives it. */
/*@ requires \valid(ids + (0 .. count - 1)) && count <= GROUPS_ROOM;
    assigns ids[0 .. count - 1];
    ensures sorted(ids, 0, count) && same_members{Pre, Here}(ids, count); */
static void sort(gid_t *ids, size_t count)
{
    size_t gap = 1;

    /*@ loop invariant 1 <= gap <= GROUPS_ROOM && is_gap(gap);
        loop assigns gap;
        loop variant GROUPS_ROOM - gap; */
    while (gap < count / 3) {
        gap = gap * 3 + 1;
    }
    /*@ loop invariant is_gap(gap) && (gap == 0 ==> sorted(ids, 0, count)) && same_members{Pre, Here}(ids, count);
        loop assigns gap, ids[0 .. count - 1];
        loop variant gap; */
    for (; gap > 0; gap /= 3) {
        /*@ loop invariant gap <= i && (i <= count || i == gap) && same_members{Pre, Here}(ids, count);
            loop invariant gap == 1 ==> sorted(ids, 0, i);
            loop assigns i, ids[0 .. count - 1];
            loop variant count - i; */
        for (size_t i = gap; i < count; i++) {
            gid_t gid = ids[i];
            /*@ loop invariant place <= i && ids[place] == gid && same_members{Pre, Here}(ids, count);
                loop invariant gap == 1 ==> \forall integer k; 0 < k <= i && k != place ==> ids[k - 1] <= ids[k];
                loop invariant gap == 1 && 0 < place < i ==> ids[place - 1] <= ids[place + 1];
                loop assigns place, ids[0 .. count - 1];
                loop variant place; */
            for (size_t place = i; place >= gap && ids[place - gap] > gid; place -= gap) {
                //@ ghost Before:;
                ids[place] = ids[place - gap];
                ids[place - gap] = gid;
                //@ assert same_members{Before, Here}(ids, count);
                /*@ assert gap == 1 ==> \forall integer k; 0 <= k <= i && k != place - 1 && k != place ==>
                        ids[k] == \at(ids[k], Before); */
                //@ assert gap == 1 ==> ids[place - 1] < ids[place];
                //@ assert gap == 1 && place < i ==> ids[place] <= ids[place + 1];
            }
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
    //@ ghost Sorted:;
    /*@ loop invariant unique <= i <= groups->count && (i > 0 ==> unique > 0);
        loop invariant is_set(groups->ids, unique);
        loop invariant 0 < unique && i < groups->count ==> groups->ids[unique - 1] <= groups->ids[i];
        loop invariant \forall integer k; i <= k < groups->count ==> groups->ids[k] == \at(groups->ids[k], Sorted);
        loop invariant \forall integer gid; has(groups->ids, unique, gid) <==> has{Sorted}(groups->ids, i, gid);
        loop assigns i, unique, groups->ids[0 .. groups->count - 1];
        loop variant groups->count - i; */
    for (size_t i = 0; i < groups->count; i++) {
        if (unique == 0 || groups->ids[i] != groups->ids[unique - 1]) {
            //@ assert \forall integer k; 0 <= k < unique ==> groups->ids[k] < groups->ids[i];
            groups->ids[unique++] = groups->ids[i];
            //@ assert is_set(groups->ids, unique);
            //@ assert same_members{LoopCurrent, Here}(groups->ids, unique - 1);
            //@ assert has_one_more(groups->ids, unique - 1);
        }
        //@ assert has_one_more{Sorted}(groups->ids, i);
        //@ assert \let k = i; has(groups->ids, unique, \at(groups->ids[k], Sorted));
    }
    /*@ assert \forall integer gid; has(groups->ids, unique, gid) <==>
            has{Sorted}(groups->ids, groups->count, gid); */
    groups->count = unique;
    return unique <= GROUPS_MAX || PROBLEM(problem, .what = "groups", .why = "more than 65536");
}

const gid_t *groups_find(const struct groups *groups, gid_t gid)
{
    size_t low = 0;
    size_t high = groups->count;

    /*@ loop invariant low <= high <= groups->count;
        loop invariant \forall integer i; 0 <= i < low ==> groups->ids[i] < gid;
        loop invariant \forall integer i; high <= i < groups->count ==> groups->ids[i] > gid;
        loop assigns low, high;
        loop variant high - low; */
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

    /*@ loop invariant i <= j <= all->count && i <= groups->count;
        loop assigns i, j;
        loop variant all->count - j; */
    for (size_t j = 0; j < all->count; j++) {
        if (i < groups->count && groups->ids[i] == all->ids[j]) {
            i++;
        } else if (all->ids[j] != gid) {
            return false;
        }
    }
    return i == groups->count;
}
