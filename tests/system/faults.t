#!/bin/bash
# A kernel, or what stands in for one, whose calls fail, or claim success and do nothing: nothing may be executed.
# shellcheck disable=SC2317 # functions that t runs
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1
needs strace setpriv

# A caller that has what stepdown must take away: a gid, a group, inheritable and ambient capabilities.
caller=(setpriv --regid=77 --groups=88 --inh-caps="+chown,+setuid" --ambient-caps="+chown,+setuid")
faulty() { # FAULT COMMAND [ARG]...
    "${caller[@]}" strace -f -o /dev/null -e inject="$1" "${@:2}"
}

t 'a fault that is none' 0 1000:1000:1000,2000,2001:/srv/app '' faulty getpid:delay_enter=1 "$S" app "$PROBE"
for call in setgroups setresgid setresuid; do
    refuses "$call fails" "$call: Operation not permitted" faulty $call:error=EPERM "$S" app
    refuses "$call is not there" "$call: Function not implemented" faulty $call:error=ENOSYS "$S" app
    refuses "$call claims success and does nothing" 'verification: *' faulty $call:retval=0 "$S" app
    refuses "$call claims success and does nothing the first time" 'verification: *' faulty $call:retval=0:when=1 "$S" app
    refuses "$call lets the old ones be taken back" 'verification: the way back to the old *' \
        faulty $call:retval=0:when=2+ "$S" app
    for error in EINVAL ENOSYS EACCES EINTR; do # whatever a filter answers: only success would be a way
        t "$call fails to go back, with $error" 0 1000:1000:1000,2000,2001:/srv/app '' faulty $call:error=$error:when=2+ "$S" app "$PROBE"
    done
done
for call in setgroups setresgid; do
    refuses "$call claims success and does nothing, for root" 'verification: *' faulty $call:retval=0 "$S" root:1000
done
refuses 'capset fails' 'capset: Operation not permitted' faulty capset:error=EPERM "$S" app
refuses 'capset is not there' 'capset: Function not implemented' faulty capset:error=ENOSYS "$S" app
refuses 'capset claims success and does nothing' 'verification: the capabilities*' faulty capset:retval=0 "$S" app
refuses 'capset claims success and does nothing, for root' 'verification: the capabilities*' faulty capset:retval=0 "$S" root
for call in getresuid getresgid getgroups capget; do
    refuses "$call fails before" "$call: Operation not permitted" faulty $call:error=EPERM:when=1 "$S" app
    refuses "$call fails after" '?*' faulty $call:error=EPERM:when=2+ "$S" app
    refuses "$call claims success and tells nothing" '?*' faulty $call:retval=0 "$S" app
    refuses "$call claims success and tells nothing after" '?*' faulty $call:retval=0:when=2+ "$S" app
done
refuses 'getgroups hides the groups of who seems to be the target' 'getgroups: ' \
    setpriv --reuid=1000 --regid=1000 --groups=6 strace -o /dev/null -e inject=getgroups:retval=0 "$S" 1000:1000
refuses 'prctl fails' '?*' faulty prctl:error=EPERM "$S" app
refuses 'prctl claims success and tells nothing: root is to keep what is there' 'PR_CAPBSET_READ: ' \
    faulty prctl:retval=0 "$S" --keep-caps='chown?' root
t 'prctl claims success and does nothing: capset empties all sets' 0 0,0,0,0 '' faulty prctl:retval=0 "$S" app "$CAPS"
for error in EPERM ENOMEM ENFILE EACCES ELOOP ENOTDIR; do
    refuses "opening $PASSWD fails with $error" "$PASSWD: ?*" faulty openat,open:error=$error:when=1 "$S" app
    refuses "opening $GROUP fails with $error" "$GROUP: ?*" faulty openat,open:error=$error:when=2 "$S" app
done
refuses 'reading /etc/passwd fails' "$PASSWD: *" faulty read:error=EIO:when=1 "$S" app
refuses 'reading /etc/group fails' "$GROUP: *" faulty read:error=EIO:when=3 "$S" app
refuses 'fstat fails' "$PASSWD: *" faulty fstat,newfstatat,statx,stat:error=EIO "$S" app
t 'execve fails' 126 '' "stepdown: exec '*': Permission denied*" faulty execve:error=EACCES:when=1 "$S" app "$PROBE"
finish
