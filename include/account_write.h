/* --account: the lines of a user in /etc/passwd and /etc/group, and its home, made. The one file that writes accounts.
 */
#ifndef STEPDOWN_ACCOUNT_WRITE_H
#define STEPDOWN_ACCOUNT_WRITE_H

#include "account_lines.h"

/*
 * Does what account_lines_decide found, and makes the home with the directories above it where it does not exist, as
 * root. It decides again under the lock of lckpwdf(3) and with the files in place by which shadow's tools exclude each
 * other, so that no line of anybody is lost. A file is replaced by rename(2), or written in place under a lock of its
 * own where it is a mount or nothing can be put beside it; every state of it holds all the old accounts. It can be done
 * again, wherever it ended before. False with *problem; true where account->optional or account->own excuses EROFS,
 * EACCES, EPERM and EOVERFLOW, an owner that is not mapped: then there is no change left in *account, or it is
 * homeless. No owner that reads as the overflow ID is given to a new file: such a file is written in place, if at all.
 *
 * With account->look nothing changes, and what is refused is what can be known by looking: what safe_path_open refuses,
 * a read-only mount, an immutable file, and for account->own a mode. This goes before every change: one file stays as
 * it is where it can be seen that the other cannot be written.
 */
/*@ requires \valid(account) && \valid(problem);
    assigns *account, *problem, errno, file_left; */
bool account_write(struct account_lines *account, struct problem *problem);

#endif
