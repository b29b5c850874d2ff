#!/bin/bash
# --account: the line of the user in /etc/passwd and /etc/group, and its home.
# shellcheck disable=SC2317 # functions that t runs
# shellcheck source=options.sh
. "$(dirname "$0")/options.sh" || exit 1
needs setpriv strace perl unshare
if [ -z "${STEPDOWN_TEST_DISPOSABLE-}" ]; then
    mount -t tmpfs -o mode=755 tmpfs /home && mount -t tmpfs -o mode=755 tmpfs /srv || exit 1
fi
homes=/home services=/srv lock=${PASSWD%passwd}.pwd.lock
old_users=$(<"$PASSWD") old_groups=$(<"$GROUP")

# The files as they were at the start, and lines at their ends.
fresh() { # [USER-LINE [GROUP-LINE]]
    rm -rf "$PASSWD" "$GROUP" "$lock" "$PASSWD".* "$GROUP".* "${homes:?}"/* "${homes:?}"/.[!.]* "${services:?}"/*
    printf '%s\n' "$old_users" ${1:+"$1"} >"$PASSWD"
    printf '%s\n' "$old_groups" ${2:+"$2"} >"$GROUP"
    mkdir -p /home
}

# One test: the files are as at the start with these lines at the end, and nothing is left beside them.
holds() { # DESCRIPTION USER-LINE GROUP-LINE
    is "$1: the files" "$(cat "$PASSWD" "$GROUP" && printf '%s\n' "$PASSWD"* "$GROUP"*)" \
        "$(printf '%s\n' "$old_users" ${2:+"$2"} "$old_groups" ${3:+"$3"} "$PASSWD" "$GROUP")"
}

modes() { # PATH...
    stat -c '%a %u:%g' "$@" | paste -sd' '
}

# --- a user without an entry ----------------------------------------------------------------------------------------
fresh
t 'an ID without an entry gets one' 0 '1234:1235 1235 0 /home/builder builder/builder//bin/sh' '' \
    "$S" --user-env --account=builder 1234:1235 "$STATE" ids groups caps home user
holds 'an ID without an entry' builder:x:1234:1235::/home/builder:/bin/sh builder:x:1235:
is 'the home is the user'\''s, the lock root'\''s' "$(modes /home /home/builder "$PASSWD" "$GROUP" /etc/.pwd.lock)" \
    '755 0:0 700 1234:1235 644 0:0 644 0:0 600 0:0'
t 'a second time nothing is written' 0 '1234:1235 1235 /home/builder' '' \
    env SUM="$(stat -c %i-%z "$PASSWD" "$GROUP" /etc /home/builder)" "$S" --account=builder 1234:1235 "$STATE" ids groups home
run strace -f -o "$T/trace" -e trace=openat,open,link,mkdirat,renameat,fcntl "$S" --account=builder 1234:1235 true
is 'nor locked' "$(grep -cE 'O_WRONLY|O_RDWR|SETLK|mkdir|rename' "$T/trace")" 0
fresh
t 'its group has an entry' 0 '1234:100 100 /home/builder' '' "$S" --account=builder 1234:100 "$STATE" ids groups home
holds 'its group has an entry' builder:x:1234:100::/home/builder:/bin/sh ''
fresh
t 'no GROUP: the caller'\''s, and root'\''s group gets no name' 0 '1234:0 0' '' "$S" --account=builder 1234 "$STATE" ids groups
holds 'no GROUP' builder:x:1234:0::/home/builder:/bin/sh ''
fresh '' builder:x:77:app
t 'the name is a group'\''s, and stays it' 0 '1234:1235 1235' '' "$S" --account=builder 1234:1235 "$STATE" ids groups
holds 'the name is a group'\''s' builder:x:1234:1235::/home/builder:/bin/sh builder:x:77:app
fresh '' video:x:44:builder,app
t 'the groups that list the name' 0 '1234:100 44,100' '' "$S" --account=builder 1234:100 "$STATE" ids groups
t 'and if it has an entry' 0 '1234:100 44,100' '' "$S" --account=builder 1234:100 "$STATE" ids groups
t 'none with --clear-groups' 0 '1234:100 100' '' "$S" --clear-groups --account=builder 1234:100 "$STATE" ids groups
t 'another list with --groups' 0 '1234:100 60,100' '' "$S" --groups=games --account=builder 1234:100 "$STATE" ids groups
fresh
t '--home' 0 '1234:1235 /srv/a/b' '' "$S" --home=/srv/a/b --account=builder 1234:1235 "$STATE" ids home
holds '--home' builder:x:1234:1235::/srv/a/b:/bin/sh builder:x:1235:
is '--home and what is above it' "$(modes /srv/a /srv/a/b)" '755 0:0 700 1234:1235'
fresh
: >"$T/ref" && chown 4321:4322 "$T/ref"
t '--reference' 0 '4321:4322 4322 /home/_a-b_1' '' "$S" --reference="$T/ref" --account=_a-b_1 "$STATE" ids groups home
holds '--reference' _a-b_1:x:4321:4322::/home/_a-b_1:/bin/sh _a-b_1:x:4322:
fresh
chown 0:100 /home && chmod 2755 /home
t 'in a set-group-ID directory' 0 /home/builder '' "$S" --account=builder 1234:1235 "$STATE" home
is 'in a set-group-ID directory the home is like any other' "$(modes /home/builder)" '700 1234:1235'
chown 0:0 /home && chmod 00755 /home
fresh
umask 077
t 'whatever the umask' 0 '0077' '' "$S" --account=builder 1234:1235 sh -c umask
umask 022
is 'modes are as they should be' "$(modes /home/builder "$PASSWD" "$GROUP")" '700 1234:1235 644 0:0 644 0:0'
fresh
t 'a last line without an end gets one' 0 1234:1235 '' \
    sh -c "printf 'x:x:5:5::/:' >>$PASSWD; printf 'x:x:5:' >>$GROUP; exec \"\$@\"" sh "$S" --account=builder 1234:1235 "$STATE" ids
holds 'a last line without an end' $'x:x:5:5::/:\nbuilder:x:1234:1235::/home/builder:/bin/sh' $'x:x:5:\nbuilder:x:1235:'

# --- the name has an entry ------------------------------------------------------------------------------------------
fresh 'node:p:1001:1002:a:/home/n o:/bin/x' $'node:q:1002:app,games\nvideo:x:44:node'
t 'it takes the IDs, and is the user' 0 '1234:1235 44,1235 /home/n o node/node//bin/x' '' \
    "$S" --user-env --account=node 1234:1235 "$STATE" ids groups home user
holds 'it takes the IDs' 'node:p:1234:1235:a:/home/n o:/bin/x' $'node:q:1235:app,games\nvideo:x:44:node'
is 'its home is made' "$(modes '/home/n o')" '700 1234:1235'
t 'and back again, shorter' 0 '7:8 8,44' '' "$S" --account=node 7:8 "$STATE" ids groups
holds 'shorter' 'node:p:7:8:a:/home/n o:/bin/x' $'node:q:8:app,games\nvideo:x:44:node'
is 'the home is there and stays as it is' "$(modes '/home/n o')" '700 1234:1235'
fresh node:x:1001:1002 ''
t 'an ID without GROUP keeps the group' 0 '1234:1002 1002 /' '' "$S" --account=node 1234 "$STATE" ids groups home
holds 'an ID without GROUP' node:x:1234:1002 ''
fresh node:x:1001:1002::/home/node:/bin/sh node:x:2222:app
t 'where the gid stays, so does the group' 0 '1234:1002 1002' '' "$S" --account=node 1234:1002 "$STATE" ids groups
holds 'where the gid stays' node:x:1234:1002::/home/node:/bin/sh node:x:2222:app
fresh node:x:1001:1002::/home/node:/bin/sh ''
t 'it has no group: a new one' 0 '1234:1235' '' "$S" --account=node 1234:1235 "$STATE" ids
holds 'it has no group' node:x:1234:1235::/home/node:/bin/sh node:x:1235:
fresh node:x:1001:1002::/home/node:/bin/sh node:x:1002:app
t 'no group becomes root'\''s' 0 '1234:0 0' '' "$S" --account=node 1234:0 "$STATE" ids groups
holds 'no group becomes root'\''s' node:x:1234:0::/home/node:/bin/sh node:x:1002:app
fresh $'node:x:1001:1002::/home/node:/bin/sh\r' $'node:x:1002\r'
t 'lines that end in CR' 0 '1234:1235' '' "$S" --account=node 1234:1235 "$STATE" ids
holds 'lines that end in CR' $'node:x:1234:1235::/home/node:/bin/sh\r' $'node:x:1235\r'
fresh $'node:x:1:2::/home/node:/bin/sh\nnode:x:3:4::/:\nnode:x:5:6::/:' $'# node:x:2:\n+node:x:2:\n\nnode:x:2:\nnode:x:9:'
t 'the first one with the name' 0 '1234:1235 /home/node' '' "$S" --account=node 1234:1235 "$STATE" ids home
holds 'the first one with the name' $'node:x:1234:1235::/home/node:/bin/sh\nnode:x:3:4::/:\nnode:x:5:6::/:' \
    $'# node:x:2:\n+node:x:2:\n\nnode:x:1235:\nnode:x:9:'
fresh
t 'the IDs of another user' 0 '1000:1000 1000 /usr/sbin' '' "$S" --account=daemon app: "$STATE" ids groups home
is 'they have two names' "$(grep -c :1000:1000: "$PASSWD")" 2
fresh
perl -e 'print "x$_:", "y" x 200, ":9:9\n" for 1 .. 2000; print "x" x 50000, "\nnode:x:1:2::/home/node:\n", "z" x 100000' >>"$PASSWD"
perl -e 'print "x$_:y:9:", join(",", map "m$_", 1 .. 999), "\n" for 1 .. 100; print "node:x:2:\n", "z" x 100000' >>"$GROUP"
cp "$PASSWD" "$T/users" && cp "$GROUP" "$T/groups"
t 'lines far down in a file' 0 1234:1235 '' "$S" --account=node 1234:1235 "$STATE" ids
is 'they alone are changed' "$(diff "$T/users" "$PASSWD"; diff "$T/groups" "$GROUP")" '2007c2007
< node:x:1:2::/home/node:
---
> node:x:1234:1235::/home/node:
111c111
< node:x:2:
---
> node:x:1235:'

# --- the ID has another name ----------------------------------------------------------------------------------------
fresh
t 'then nothing is written' 0 '1000:1000 1000,2000,2001 /srv/app app/app//bin/bash' '' \
    "$S" --user-env --account=builder 1000 "$STATE" ids groups home user
holds 'then nothing is written' '' ''
is 'but its home is made' "$(modes /srv/app)" '700 1000:1000'
t 'but not the one that Debian gives to users without a home' 0 '65534:65534 /nonexistent' '' \
    "$S" --account=builder 65534: "$STATE" ids home
t 'whoever has it' 0 '1234:65534 /nonexistent' '' "$S" --account=nobody 1234:65534 "$STATE" ids home
ok 'but not the one that Debian gives: it is not there' test ! -e /nonexistent
fresh
t 'nor for a name' 0 '1000:60 60' '' "$S" --account=builder app:games "$STATE" ids groups
holds 'nor for a name' '' ''
fresh 'bad:x:1234:y:::' ''
t 'a malformed entry is none' 0 '1234:1235' '' "$S" --account=builder 1234:1235 "$STATE" ids
holds 'a malformed entry is none' $'bad:x:1234:y:::\nbuilder:x:1234:1235::/home/builder:/bin/sh' builder:x:1235:
t 'the user that the caller is' 0 1000:1000 '' \
    setpriv --reuid=1000 --regid=1000 --init-groups "$S" --account=nosuch app "$STATE" ids
t 'and without an entry' 0 1234:1235 '' \
    setpriv --reuid=1234 --regid=1235 --clear-groups "$S" --account=nosuch 1234:1235 "$STATE" ids

# --- what is refused ------------------------------------------------------------------------------------------------
fresh
for name in '' 'a b' Builder 1a -a a.b 'a?b' 'a??' '?' $'a\n' 'a:b' ü a23456789012345678901234567890123; do
    refuses "no name: '$name'" "--account*" "$S" "--account=$name" 1234:1235
done
usage 'no name: says so' "--account 'Builder': a name is" "$S" --account=Builder 1234:1235
usage 'given twice' "'--account': given twice" "$S" --account=a --account=b 1234:1235
t 'the longest name' 0 1234:1235 '' "$S" --account=a2345678901234567890123456789012 1234:1235 "$STATE" ids
fresh toor:x:0:0::/:/bin/sh $'zero:x:0:\nnode:x:x:'
add_users node:x:1:2::/home/node: zero:x:5:5::/: twice:x:6:6::/: twice:x:0:5::/:
refuses 'uid 0' "--account 'builder': it is root's" "$S" --account=builder 0:1235
refuses 'root by --allow-root' "it is root's" "$S" --account=builder --allow-root --reference=/
refuses 'the name root' "--account 'root': it is root's" "$S" --account=root 1234:1235
refuses 'a name with uid 0' "$PASSWD:6 'toor': it is root's" "$S" --account=toor 1234:1235
refuses 'a name with uid 0 in a later line' "$PASSWD:9 'twice': it is root's" "$S" --account=twice 1234:1235
refuses 'a group with gid 0' "$GROUP:11 'zero': it is root's" "$S" --account=zero 1234:1235
refuses 'a malformed group' "$GROUP:12 'node': the entry is malformed" "$S" --account=node 1234:1235
only_users 'node:x:1:' 'root:x:0:0::/root:'
refuses 'a malformed user' "$PASSWD:1 'node': the entry is malformed" "$S" --account=node 1234:1235
for home in x ./x '/a:b' $'/a\nb' $'/a\rb'; do
    refuses "no home: $home" 'its home is no absolute path, or has a colon' "$S" --home="$home" --account=builder 1234:1235
done
refuses 'a GROUP that is not there' 'no such group' "$S" --account=builder 1234:nosuch
is 'nothing was written' "$(cat "$PASSWD" && ls -A /home)" $'node:x:1:\nroot:x:0:0::/root:'
is 'nor locked' "$(printf '%s ' "$lock"* "$PASSWD".* "$GROUP".*)" "$lock* $PASSWD.* $GROUP.* "
fresh
t 'a home that is a file stays one' 0 '' '' sh -c ": >/home/builder; exec $S --account=builder 1234:1235 test -f /home/builder"
rm /home/builder && : >/home/x
refuses 'nothing can be below a file' "--account '/home/x/y': Not a directory" "$S" --home=/home/x/y --account=builder 1234:1235
fresh "node:x:1:2:$(printf 'x%.0s' {1..30000}):/srv:" "node:x:2:$(printf 'app,%.0s' {1..5000})app"
t 'lines of any length' 0 1234:1235 '' "$S" --account=node 1234:1235 "$STATE" ids
holds 'lines of any length' "node:x:1234:1235:$(printf 'x%.0s' {1..30000}):/srv:" "node:x:1235:$(printf 'app,%.0s' {1..5000})app"

# --- --dry-run ------------------------------------------------------------------------------------------------------
fresh node:x:1001:1002::/home/node:/bin/sh node:x:1002:
plan() { # COMMAND: what a plan says of accounts
    "$@" | grep -e ^account -e ^home -e ^[ug]id
}
t '--dry-run: a new one' 0 "uid: 1234, no entry in $PASSWD
gid: 1235, as given
home: /home/builder, --account
account: a line is added, $PASSWD
account: a line is added, $GROUP
account: a directory is made, /home/builder" '' plan "$S" --dry-run --account=builder 1234:1235 "$MARK"
t '--dry-run: one that is there' 0 "uid: 1234 (node), no entry in $PASSWD
gid: 1235, as given
home: /home/node, $PASSWD:6
account: the IDs change, $PASSWD:6
account: the IDs change, $GROUP:11
account: a directory is made, /home/node" '' plan "$S" --dry-run --account=node 1234:1235 "$MARK"
t '--dry-run: no home' 0 "uid: 65534 (nobody), $PASSWD:5
gid: 65534, $PASSWD:5
home: /nonexistent, $PASSWD:5" '' plan "$S" --dry-run --account=builder 65534 "$MARK"
t '--dry-run: nothing to do' 0 "uid: 1001 (node), $PASSWD:6
gid: 1002, $PASSWD:6
home: /, --home" '' plan "$S" --dry-run --account=node --home=/ 1001 "$MARK"
t '--dry-run without privilege' 0 "*a line is added, $PASSWD*" '' plan holding '' "$S" --dry-run --account=builder 1234:1235 "$MARK"
t '--dry-run: no home can be below a file' 125 "*account: a directory is made, $PASSWD/x*" \
    "stepdown: --account '$PASSWD/x': Not a directory" "$S" --dry-run --home="$PASSWD/x" --account=builder 1234:1235 "$MARK"
holds '--dry-run writes nothing' node:x:1001:1002::/home/node:/bin/sh node:x:1002:

# --- a caller that is not root --------------------------------------------------------------------------------------
fresh
random=(setpriv --reuid=5555 --regid=0 --clear-groups)
t '--if-root: the caller'\''s line cannot be added' 0 '5555:0 /root' '' "${random[@]}" "$S" --if-root --account=me app "$STATE" ids home
holds '--if-root' '' ''
t '--if-root --dry-run: nor is it promised' 0 "uid: 5555*gid: 0*home: unchanged" '' \
    plan "${random[@]}" "$S" --dry-run --if-root --account=me app "$MARK"
chmod 664 "$PASSWD" "$GROUP"
t '--if-root --dry-run: where the mode lets it' 0 "*account: a line is added, $PASSWD" '' \
    plan "${random[@]}" "$S" --dry-run --if-root --account=me app "$MARK"
t '--if-root: where the mode lets it' 0 '5555:0 /root' '' "${random[@]}" "$S" --if-root --account=me app "$STATE" ids home
holds '--if-root: where the mode lets it' me:x:5555:0::/home/me:/bin/sh ''
is '--if-root: no home is made' "$(ls -A /home)" ''
t '--if-root: once' 0 '5555:0 /srv' '' "${random[@]}" "$S" --if-root --home=/srv --account=me app "$STATE" ids home
t '--if-root: another has the name' 0 '5556:0' '' "${random[@]/5555/5556}" "$S" --if-root --account=me app "$STATE" ids
t '--if-root: the ID has another name' 0 '5555:0' '' "${random[@]}" "$S" --if-root --account=you app "$STATE" ids
holds '--if-root: once' me:x:5555:0::/home/me:/bin/sh ''
t '--if-root: with --home' 0 '5557:0 /srv' '' "${random[@]/5555/5557}" "$S" --if-root --home=/srv --account=you app "$STATE" ids home
holds '--if-root: with --home' $'me:x:5555:0::/home/me:/bin/sh\nyou:x:5557:0::/srv:/bin/sh' ''
refuses '--if-root: names are checked' 'a name is' "${random[@]}" "$S" --if-root --account=Me app
refuses '--if-root: root'\''s too' "it is root's" "${random[@]}" "$S" --if-root --account=root app
fresh
t '--if-root for root is as without' 0 '1234:1235 /home/builder' '' "$S" --if-root --account=builder 1234:1235 "$STATE" ids home
holds '--if-root for root' builder:x:1234:1235::/home/builder:/bin/sh builder:x:1235:
refuses 'a caller that cannot step down prepares nothing' 'the caller is uid 1000 and not root' \
    holding '' "$S" --account=nosuch 1299:1235
refuses 'one that can, may lack the right to write' 'let the root file system or a mount there be writable' \
    holding setuid,setgid "$S" --account=nosuch 1299:1235
t 'then NAME? goes on without' 0 '1299:1235 /home/nosuch' '' \
    holding setuid,setgid "$S" '--account=nosuch?' 1299:1235 "$STATE" ids home

# --- a step down that is bound to fail leaves no trace --------------------------------------------------------------
bare() { # COMMAND...: with a directory and a pipe of root's
    rm -rf "$T/place" && mkdir "$T/place" && : | "$@"
}
for lack in setgid:setgroups setuid:setresuid; do
    call=${lack#*:} lack=${lack%:*}
    message="$call: Operation not permitted*CAP_${lack^^} is missing: *"
    fresh
    refuses "without $lack: --account and --chown" "$message" \
        bare without "$lack" "$S" --chown="$T/place" --account=builder 1234:1235
    holds "without $lack" '' ''
    is "without $lack: no home, no lock, no owner" "$(ls -A /home) $(stat -c %u "$T/place")" ' 0'
    ok "without $lack: no lock" test ! -e "$lock"
    refuses "without $lack: a name that may be missed" "$message" without "$lack" "$S" '--account=builder?' 1234:1235
    refuses "without $lack: --chown alone" "$message" bare without "$lack" "$S" --chown="$T/place" 1234:1235
    is "without $lack: no owner" "$(stat -c %u "$T/place")" 0
    t "without $lack: --dry-run says what root would do" 0 '*account: a line is added*' '' \
        bare without "$lack" "$S" --dry-run --account=builder 1234:1235 "$MARK"
done
fresh
refuses 'another caller that lacks SETGID' 'setgroups: *the caller is uid 1000 and not root' \
    holding setuid,chown "$S" --account=builder 1234:1235
t 'root that stays root needs no SETUID' 0 '0:0 0,60' '' \
    bare without setuid "$S" --group-add=games --clear-groups --chown="$T/place" root "$STATE" ids groups
finish
