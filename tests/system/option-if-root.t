#!/bin/bash
# --if-root: the step down of a caller that is root, and of nobody else.
# shellcheck source=options.sh
. "$(dirname "$0")/options.sh" || exit 1
needs setpriv setcap unshare
everything=(ids groups caps bnd nnp home user)
# shellcheck disable=SC2317 # called by t
app() { # COMMAND: as docker run --user app --group-add 44 does
    setpriv --reuid=1000 --regid=1000 --groups=44,1000 "$@"
}

# --- the caller is root: as without it ------------------------------------------------------------------------------
t 'root steps down' 0 "1000:1000 1000,2000,2001 0 $ALL 0 /srv/app unset/unset/unset" '' \
    env -u USER -u LOGNAME -u SHELL "$S" --if-root app "$STATE" "${everything[@]}"
t 'with all that shapes it' 0 "1000:60 60,100 $(bits kill) $(bits kill) 1 /tmp app/app//bin/bash" '' \
    "$S" --if-root --groups=users --keep-caps=kill --harden --home=/tmp --user-env app:games "$STATE" "${everything[@]}"
refuses 'and is refused what is wrong: a name' 'no such user' "$S" --if-root nosuch
refuses 'an owner' 'its owner is root' "$S" --if-root --reference=/
refuses 'a capability' 'the command cannot have it' without sys_nice "$S" --if-root --keep-caps=sys_nice app
refuses 'a privilege' 'setgroups: *CAP_SETGID*' without setgid "$S" --if-root app
t 'root asked for' 0 "0:0 0,$ALL,$ALL,0" '' "$S" --if-root root "$STATE" ids caps
as_namespace_root=(setpriv --reuid=1000 --regid=1000 --clear-groups unshare --user --map-root-user)
if "${as_namespace_root[@]}" true 2>/dev/null; then
    t 'root of a user namespace is root' 0 "0:0 $(bits kill)" '' \
        "${as_namespace_root[@]}" "$S" --if-root --clear-groups --keep-caps=kill 0 "$STATE" ids caps
else
    skip 'root of a user namespace is root' 'a user can make none here'
fi

# --- it is not: IDs and groups stay, capabilities go ----------------------------------------------------------------
t 'a user stays' 0 "1000:1000 44,1000 0 $ALL 0 /root" '' app "$S" --if-root nobody "$STATE" ids groups caps bnd nnp home
t 'an ID without an entry stays' 0 '4242:0 0 /root' '' \
    setpriv --reuid=4242 --regid=0 --clear-groups "$S" --if-root app "$STATE" ids caps home
t 'the environment stays' 0 '/home/x x/y/z' '' \
    app env HOME=/home/x USER=x LOGNAME=y SHELL=z "$S" --if-root --user-env nobody "$STATE" home user
t 'HOME is not made up' 0 unset '' app env -u HOME "$S" --if-root nobody "$STATE" home
t 'ambient capabilities go' 0 '1000:1000 44 0' '' \
    holding setuid,setgid,net_bind_service,setpcap "$S" --if-root nobody "$STATE" ids groups caps
t 'where they were for stepping down as well' 0 '65534:65534 0' '' \
    holding setuid,setgid "$S" nobody "$STATE" ids caps
t 'the user that it would step down to' 0 '1000:1000 44,1000 0' '' app "$S" --if-root app "$STATE" ids groups caps
t 'USER does not have to exist' 0 '1000:1000' '' app "$S" --if-root nosuch:nogroup "$STATE" ids
t 'nor gain anything' 0 '1000:1000 44,1000 0' '' app "$S" --if-root root "$STATE" ids groups caps
t 'nor --reference be who it is' 0 '1000:1000' '' app "$S" --if-root --reference="$T" "$STATE" ids
t '--groups, --group-add, --keep-caps, --user-env and --chown-stdio shape the step down that is not' 0 \
    "1000:1000 44 0 $ALL 0 /root" '' \
    holding setuid,setgid,kill "$S" --if-root --groups=users --group-add=data --keep-groups --keep-caps=kill --user-env \
    --chown-stdio nobody "$STATE" ids groups caps bnd nnp home
t '--harden holds as far as it needs no right' 0 "1000:1000 44 0 $ALL 1" '' \
    holding setuid,setgid,kill,setpcap "$S" --if-root --harden --keep-caps=kill nobody "$STATE" ids groups caps bnd nnp
cp "$(command -v id)" "$T/set-id" && chmod 4755 "$T/set-id"
t 'a set-user-ID program gains root' 0 0 '' app "$S" --if-root nobody "$T/set-id" -u
t 'not with --harden' 0 1000 '' app "$S" --if-root --harden nobody "$T/set-id" -u
t 'nor with --no-new-privs' 0 1000 '' app "$S" --if-root --no-new-privs nobody "$T/set-id" -u
t '--umask holds' 0 '1000:1000 0027' '' app "$S" --if-root --umask=027 nobody "$STATE" ids umask
t '--no-new-privs holds' 0 '1000:1000 1' '' app "$S" --if-root --no-new-privs nobody "$STATE" ids nnp
t '--home holds' 0 '1000:1000 /tmp' '' app "$S" --if-root --home=/tmp nobody "$STATE" ids home
t '--dry-run holds' 0 $'uid: 1000, the caller\'s\ngid: 1000, the caller\'s\ngroup: 1000 (app), /etc/group:7
group: 44, no entry in /etc/group\nhome: unchanged\ncapabilities: none\nbounding set: unchanged\nno_new_privs: unchanged
command: '"$MARK" '' app "$S" --if-root --dry-run nobody "$MARK"
# Every value is looked at as for root, so that what is wrong shows before the day on which root starts it.
usage 'no such capability' "--keep-caps 'bogus': no such capability" app "$S" --if-root --keep-caps=bogus nobody
usage 'an empty element' '--keep-caps: an element of the list is empty' app "$S" --if-root --keep-caps=kill, nobody
t 'a capability that it has not is one all the same' 0 '1000:1000 0' '' \
    app "$S" --if-root --keep-caps=sys_boot nobody "$STATE" ids caps
refuses 'no such group' "group 'nosuch': no such group" app "$S" --if-root --groups=users,nosuch nobody
refuses 'no such group besides' "group 'nosuch': no such group" app "$S" --if-root --group-add=users,nosuch nobody
refuses 'no such path of a group' "--group-add '/no/such': No such file" app "$S" --if-root --group-add=/no/such nobody
t 'which may be missing' 0 '1000:1000 44,1000' '' app "$S" --if-root --group-add='/no/such?,nosuch?' nobody "$STATE" ids groups
refuses 'a group out of range' 'an ID is a number' app "$S" --if-root --groups=4294967295 nobody
usage 'no such mode' "--umask '8': a mode is an octal number" app "$S" --if-root --umask=8 nobody
refuses 'a home too long' '--home*: *name too long' app "$S" --if-root --home="/$(printf 'x%.0s' {1..4096})" nobody
refuses 'no such path' "--reference '/nosuch': No such file" app "$S" --if-root --reference=/nosuch
t 'the owner root of a path is for root to refuse' 0 '1000:1000' '' app "$S" --if-root --reference=/ "$STATE" ids
t 'an ID without an entry and an empty group, which is looked up for root alone' 0 '1000:1000' '' app "$S" --if-root 4242: "$STATE" ids
refuses 'an empty USER is one all the same' 'USER is empty' app "$S" --if-root ''
refuses 'an ID out of range' 'an ID is a number' app "$S" --if-root 4294967295
t 'no command' 125 '' 'stepdown: usage: COMMAND is missing*' app "$S" --if-root nobody
t 'the status is that of the command' 7 '' '' app "$S" --if-root nobody sh -c 'exit 7'
mkdir "$T/privileged" && cp "$S" "$T/privileged/" && setcap cap_kill+ep "$T/privileged/stepdown"
refuses 'a binary with file capabilities serves nobody' 'this binary has file capabilities' \
    app "$T/privileged/stepdown" --if-root nobody
usage 'takes no value' "'--if-root': takes no value" "$S" --if-root=1 app

# --- side by side with what it replaces -----------------------------------------------------------------------------
cat >"$BIN/entrypoint" <<'END'
#!/bin/sh
gosu=$1
shift
if [ "$(id -u)" = 0 ]; then
    exec "$gosu" app "$@"
fi
exec "$@"
END
chmod 755 "$BIN/entrypoint"
same() { # DESCRIPTION CALLER...
    is "the shell's way and --if-root: $1" "$("${@:2}" "$S" --if-root app "$STATE" "${everything[@]}")" \
        "$("${@:2}" "$BIN/entrypoint" "$GOSU" "$STATE" "${everything[@]}")"
}
same root env
same 'root with groups' setpriv --groups=0,6,44
same 'a user' app
same 'the user itself' setpriv --reuid=1000 --regid=1000 --init-groups
same 'an ID without an entry' setpriv --reuid=4242 --regid=0 --clear-groups
same 'no_new_privs' setpriv --no-new-privs
finish
