#!/bin/bash
# What stands between stepdown and the kernel, and answers in its place: seccomp filters, as of a sandbox or of an engine's
# profile, and proot. Who it is that refuses is said; what only claims to have done something is caught.
# shellcheck source=options.sh
. "$(dirname "$0")/options.sh" || exit 1
needs setpriv gcc
FILTER=$BIN/filter
gcc -o "$FILTER" "$(dirname "$0")/filter.c" || exit 1
filtered() { # ERROR CALL...: see filter.c; COMMAND behind --
    "$FILTER" "$@"
}
if ! "$FILTER" EPERM setgroups -- true; then
    echo '1..0 # SKIP no filter can be installed here'
    exit 0
fi
hint='neither capabilities nor the user namespace explain this: a seccomp filter, securebits or a security module refuses it'

run filtered EPERM setgroups -- setpriv --groups=5 true
ok 'the helper: a call is refused' grep -q 'setgroups.*Operation not permitted' "$T/err"
t 'the helper: other calls are not' 0 '1000:1000:1000,2000,2001:/srv/app' '' filtered EPERM capget=1 -- "$S" app "$PROBE"

inheritable=(setpriv '--inh-caps=+chown,+kill')

# --- the calls of the step down -------------------------------------------------------------------------------------
for call in setgroups setresgid setresuid; do
    refuses "$call: EPERM" "$call: Operation not permitted"$'\n'"stepdown: $hint" filtered EPERM $call -- "$S" app
    refuses "$call: EINVAL" "$call: Invalid argument"$'\n'"stepdown: $hint" filtered EINVAL $call -- "$S" app
    refuses "$call: ENOSYS" "$call: Function not implemented"$'\n'"stepdown: $hint" filtered ENOSYS $call -- "$S" app
    refuses "$call: success that is none" 'verification: *' filtered OK $call -- "$S" app
done
bare() { # COMMAND [ARG]...: without /proc
    unshare --mount sh -c 'umount -l /proc && exec "$@"' - "$@"
}
for call in setgroups setresgid setresuid; do
    t "$call without /proc: EINVAL may be the user namespace's" 125 '' "stepdown: $call: Invalid argument" \
        bare "$FILTER" EINVAL $call -- "$S" --clear-groups app true
done
t 'setgroups without /proc: so may EPERM' 125 '' 'stepdown: setgroups: Operation not permitted' \
    bare "$FILTER" EPERM setgroups -- "$S" app true
refuses 'setresuid without /proc: of a caller that has the right EPERM is not' "$hint" bare "$FILTER" EPERM setresuid -- "$S" app
for call in setgroups setresgid; do
    refuses "$call, and the capability is missing as well" 'CAP_SETGID is missing' \
        without setgid "$FILTER" EPERM $call -- "$S" app
done
refuses 'setresuid, and the capability is missing as well' 'CAP_SETUID is missing' \
    without setuid "$FILTER" EPERM setresuid -- "$S" app
refuses 'all of them' "setgroups: Operation not permitted*$hint" filtered EPERM setgroups setresgid setresuid -- "$S" app
refuses 'capset' "capset: Operation not permitted*$hint" "${inheritable[@]}" "$FILTER" EPERM capset -- "$S" app
t 'capset is not needed where nothing is left to take' 0 '1000:1000 0' '' filtered EPERM capset -- "$S" app "$STATE" ids caps
refuses 'capset: success that is none' 'verification: the capabilities*' \
    "${inheritable[@]}" "$FILTER" OK capset -- "$S" app
for error in EPERM EINVAL ENOSYS; do
    refuses "capget: $error" 'capget: ?*' filtered $error capget -- "$S" app
done
refuses 'PR_CAPBSET_READ' 'PR_CAPBSET_READ: Operation not permitted' filtered EPERM prctl=23 -- "$S" --harden app
refuses 'PR_CAPBSET_DROP' "PR_CAPBSET_DROP: Operation not permitted*$hint" filtered EPERM prctl=24 -- "$S" --harden app
refuses 'PR_CAPBSET_DROP: success that is none' 'verification: the bounding set*' filtered OK prctl=24 -- "$S" --harden app
refuses 'PR_SET_NO_NEW_PRIVS' 'PR_SET_NO_NEW_PRIVS: Operation not permitted' filtered EPERM prctl=38 -- "$S" --no-new-privs app
refuses 'PR_SET_KEEPCAPS' "PR_SET_KEEPCAPS: Operation not permitted"$'\n'"stepdown: $hint" filtered EPERM prctl=8 -- "$S" --keep-caps=kill app

# --- the way back: whatever is answered but success is a no ---------------------------------------------------------
# The filter knows the attempt by its first argument: -1, and the number of the caller's groups.
for call in setgroups=4 setresgid=-1 setresuid=-1; do
    caller=(setpriv '--groups=77,88,99,111')
    for error in EPERM EINVAL ENOSYS EACCES; do
        t "no way back by $call: $error" 0 '1000:1000 1000,2000,2001 0' '' \
            "${caller[@]}" "$FILTER" $error $call -- "$S" app "$STATE" ids groups caps
    done
    refuses "a way back by $call, be it only claimed" 'verification: the way back to the old *' \
        "${caller[@]}" "$FILTER" OK $call -- "$S" app
done

# --- sockets, by which root is known that stays root ----------------------------------------------------------------
for call in socketpair getsockopt; do
    for error in EPERM EACCES ENOSYS EAFNOSUPPORT EPROTONOSUPPORT EOPNOTSUPP ENOPROTOOPT; do
        t "$call, which a sandbox refuses: $error" 0 0:0 '' filtered $error $call -- "$S" root "$STATE" ids
    done
done
refuses 'socketpair fails' 'socketpair: Invalid argument' filtered EINVAL socketpair -- "$S" root
refuses 'getsockopt fails' 'SO_PEERCRED: Invalid argument' filtered EINVAL getsockopt -- "$S" root
refuses 'socketpair: success that is none' 'SO_PEERCRED: Bad file descriptor' filtered OK socketpair -- "$S" root
refuses 'getsockopt: success that is none' 'verification: the kernel knows this process by other IDs' \
    filtered OK getsockopt -- "$S" root

# --- no ambient set: kernels before 4.3, and sandboxes -------------------------------------------------------------
bind=$(bits net_bind_service)
old_kernel() { # COMMAND: PR_CAP_AMBIENT, which is 47, is not known
    "$FILTER" EINVAL prctl=47 -- "$@"
}
t 'no ambient set: the plain step down' 0 '1000:1000 0' '' old_kernel "$S" app "$STATE" ids caps
t 'no ambient set: a caller with inheritable capabilities' 0 '1000:1000 0' '' \
    "${inheritable[@]}" "$FILTER" EINVAL prctl=47 -- "$S" app "$STATE" ids caps
t 'no ambient set: --harden' 0 '1000:1000 0 0 1' '' old_kernel "$S" --harden app "$STATE" ids caps bnd nnp
t "no ambient set: root's come by the bounding set" 0 "0:0 $bind,$bind,$bind,0 $bind" '' \
    old_kernel "$S" --keep-caps=net_bind_service root "$STATE" ids caps bnd
t "no ambient set: root's, of which one is optional" 0 "0:0 $bind,$bind,$bind,0 $bind" '' \
    old_kernel "$S" --keep-caps='net_bind_service?' root "$STATE" ids caps bnd
refuses 'no ambient set: a user can keep none' \
    "--keep-caps 'net_bind_service': *the ambient set or keep_caps is missing or locked *NAME? to do without" \
    old_kernel "$S" --keep-caps=net_bind_service app
t 'no ambient set: NAME? means do without' 0 '1000:1000 0' '' old_kernel "$S" --keep-caps='net_bind_service?' app "$STATE" ids caps
refuses 'no ambient set: NAME? and NAME' "--keep-caps 'kill': *the ambient set*" \
    old_kernel "$S" --keep-caps='net_bind_service?,kill' app
refuses 'no ambient set: no such capability' "--keep-caps 'nonsense': no such capability" old_kernel "$S" --keep-caps=nonsense app
t 'no ambient set: a caller that is not root' 0 '1000:1000 44 0' '' \
    holding '' "$FILTER" EINVAL prctl=47 -- "$S" --if-root --keep-caps=kill nobody "$STATE" ids groups caps
for error in EPERM ENOSYS; do
    refuses "an ambient set that cannot be asked for, by its own name: $error" 'PR_CAP_AMBIENT*: ?*' \
        "${inheritable[@]}" "$FILTER" $error prctl=47 -- "$S" app
    refuses "nor given to: $error" 'PR_CAP_AMBIENT*: ?*' filtered $error prctl=47 -- "$S" --keep-caps=kill app
done
refuses 'an ambient set that is only claimed' 'verification: the capabilities*' filtered OK prctl=47 -- "$S" --keep-caps=kill app

# --- proot, which answers all calls about IDs itself, and knows nothing of capabilities -----------------------------
if ! command -v proot >/dev/null; then
    skip 'proot' 'proot is not installed'
elif proot -0 -r / -b /proc true 2>/dev/null; then
    for spec in app 4242:4242 nobody; do
        refuses "proot -0, called by root: $spec" "verification: the user ID is still root's" proot -0 -r / -b /proc "$S" "$spec"
    done
else
    skip 'proot' 'it is not allowed to trace'
fi
finish
