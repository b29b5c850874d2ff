#!/bin/bash
# --dry-run: the plan, each fact with where it comes from, for callers with and without privilege. What it says of every
# pair of options is in option-pairs.t.
# shellcheck source=options.sh
. "$(dirname "$0")/options.sh" || exit 1
needs setpriv
plan() { # DESCRIPTION PLAN COMMAND
    t "$1" 0 "$2" '' "${@:3}"
}
last="capabilities: none
bounding set: unchanged
no_new_privs: unchanged
command: $MARK"

plan 'USER' "uid: 1000 (app), /etc/passwd:4
gid: 1000, /etc/passwd:4
group: 1000 (app), /etc/group:7
group: 2000 (data), /etc/group:8
group: 2001 (logs), /etc/group:9
home: /srv/app, /etc/passwd:4
$last" "$S" --dry-run app "$MARK"
plan 'USER:GROUP' "uid: 1000 (app), /etc/passwd:4
gid: 60, /etc/group:5
group: 60 (games), /etc/group:5
home: /srv/app, /etc/passwd:4
$last" "$S" --dry-run app:games "$MARK"
plan 'UID:GID without entries' "uid: 4242, no entry in /etc/passwd
gid: 4343, as given
group: 4343, no entry in /etc/group
home: /, no entry in /etc/passwd
$last" "$S" --dry-run 4242:4343 "$MARK"
plan 'UID' "uid: 4242, no entry in /etc/passwd
gid: 0, the caller's
group: 0 (root), /etc/group:1
home: /, no entry in /etc/passwd
$last" "$S" --dry-run 4242 "$MARK"
: >"$T/ref" && chown 1000:100 "$T/ref"
plan '--reference' "uid: 1000 (app), /etc/passwd:4
gid: 100, --reference
group: 100 (users), /etc/group:6
home: /srv/app, /etc/passwd:4
$last" "$S" --dry-run --reference="$T/ref" "$MARK"
plan 'root' "uid: 0 (root), /etc/passwd:1
gid: 0, /etc/passwd:1
group: 0 (root), /etc/group:1
home: /root, /etc/passwd:1
capabilities: the caller's, none inheritable or ambient
bounding set: unchanged
no_new_privs: unchanged
command: $MARK" setpriv --groups=0 "$S" --dry-run --clear-groups root "$MARK"
plan 'everything' "uid: 1000 (app), /etc/passwd:4
gid: 60, /etc/group:5
group: 60 (games), /etc/group:5
group: 100 (users), /etc/group:6
group: 44, no entry in /etc/group
group: 4343, no entry in /etc/group
group left out: 0, root's
group left out: 6, /etc/group gives it to a name with uid 0
home: /data, --home
USER, LOGNAME: app
SHELL: /bin/bash
capabilities: chown,net_bind_service
bounding set: chown,net_bind_service
no_new_privs: yes
descriptors given to the user: none
command: $MARK" setpriv --groups=44,6,0 "$S" --dry-run --if-root --groups=users,4343 --keep-groups --home=/data --user-env \
    --keep-caps=net_bind_service,chown --harden --chown-stdio app:games "$MARK"
is 'its own descriptors are what --chown-stdio tells of' \
    "$("$S" --dry-run --chown-stdio app true < <(:) 2>"$T/err" | grep descriptors)" 'descriptors given to the user: 0,1'
add_users 'b\0033[31mad:x:1004:1004::/h\0033me:'
plan 'control characters are escaped' "uid: 1004 (b\\\\x1b[[]31mad), /etc/passwd:6*home: /h\\\\x1bme, /etc/passwd:6*" \
    "$S" --dry-run 1004 "$MARK"
add_groups 'twice:x:1000:'
plan 'a group with two names: the first' "*group: 1000 (app), /etc/group:7
home*" "$S" --dry-run --clear-groups app "$MARK"

# --- no privilege is needed -----------------------------------------------------------------------------------------
plain=(setpriv --reuid=65534 --regid=65534 --clear-groups)
is 'a user sees the plan that root sees' "$("${plain[@]}" "$S" --dry-run app "$MARK")" "$("$S" --dry-run app "$MARK")"
is 'with capabilities too' "$("${plain[@]}" "$S" --dry-run --harden --keep-caps=kill app "$MARK")" \
    "$("$S" --dry-run --harden --keep-caps=kill app "$MARK")"
is 'with no_new_privs' "$("${plain[@]}" --no-new-privs "$S" --dry-run app "$MARK")" "$("$S" --dry-run app "$MARK")"
is "NAME? is looked for in what root has here" \
    "$(without kill "${plain[@]}" "$S" --dry-run --keep-caps='kill?,chown' app "$MARK" | grep ^cap)" 'capabilities: chown'
refuses 'NAME too' 'the command cannot have it' without kill "${plain[@]}" "$S" --dry-run --keep-caps=kill app
refuses 'and CAP_SETPCAP' 'bounding set: *CAP_SETPCAP*' without setpcap "${plain[@]}" "$S" --dry-run --harden app
refuses 'root that lacks it is told so' 'bounding set: *CAP_SETPCAP*' without setpcap "$S" --dry-run --harden app

# --- the user already: its list is left as it is ----------------------------------------------------------------------
lacking=(setpriv --reuid=1000 --regid=1000 "--groups=2000,2001")
plan 'the groups that it has' "uid: 1000 (app), /etc/passwd:4
gid: 1000, /etc/passwd:4
group: 2000 (data), /etc/group:8
group: 2001 (logs), /etc/group:9
home: /srv/app, /etc/passwd:4
$last" "${lacking[@]}" "$S" --dry-run app "$MARK"
cp "$MARK" "$T/of-group" && chgrp 1000 "$T/of-group" && chmod 750 "$T/of-group"
plan 'the primary group counts, in that list or not' "*command: $T/of-group" "${lacking[@]}" "$S" --dry-run app "$T/of-group"
t 'as it does when it runs' 0 ran '' "${lacking[@]}" "$S" app "$T/of-group"

# --- /etc/group where the run does not read it ------------------------------------------------------------------------
rm "$GROUP" && mkdir "$GROUP"
plan 'a directory in place of /etc/group' "uid: 1000 (app), /etc/passwd:4
gid: 60, as given
group: 60, /etc/group cannot be read
home: /srv/app, /etc/passwd:4
$last" "$S" --dry-run app:60 "$MARK"
t 'the run does not need it' 0 ran '' "$S" app:60 "$MARK"
refuses 'where the run needs it, neither goes on' '/etc/group: not a regular file' "$S" --dry-run app
rmdir "$GROUP" && accounts

# --- what would fail, fails -----------------------------------------------------------------------------------------
refuses 'no such user' 'no such user in /etc/passwd' "$S" --dry-run nosuch
refuses 'an owner that is root' 'its owner is root' "$S" --dry-run --reference=/
t 'no such command' 127 'uid: *no_new_privs: unchanged' "stepdown: exec 'nosuch': not found in PATH" "$S" --dry-run app nosuch
echo '#!/bin/sh' >"$T/plain" && chmod 644 "$T/plain"
t 'a command that cannot be executed' 126 'uid: *no_new_privs: unchanged' \
    "stepdown: exec '$T/plain': Permission denied*" "$S" --dry-run app "$T/plain"
chmod 750 "$T/plain"
t 'by this user' 126 'uid: *' '*: Permission denied*' "$S" --dry-run app "$T/plain"
t 'but by root' 0 'uid: *' '' "$S" --dry-run root "$T/plain"
# --- the run and --dry-run say the same of a command ------------------------------------------------------------------
agree() { # DESCRIPTION STATUS USER COMMAND [PATH]
    local search=${5-$PATH} ran
    run env PATH="$search" "$S" "$3" "$4"
    ran="$status $err"
    run env PATH="$search" "$S" --dry-run "$3" "$4"
    is "$1" "$status $err" "$ran"
    is "$1: the status" "$status" "$2"
}
make() { # FILE LINE...: an executable script
    printf '%s\n' "${@:2}" >"$1" && chmod 755 "$1"
}
D=$T/commands Q=$BIN/quiet
make "$Q" '#!/bin/sh' 'exit 0'
mkdir -m 755 "$D" "$D/first" && mkdir -m 700 "$D/closed"
cp "$Q" "$D/closed/cmd"
ln -s "$Q" "$D/closed/out"
ln -s "$D/closed/cmd" "$D/first/quiet"
ln -s "$D/closed" "$D/way"
ln -s "$D/closed/out" "$D/chain"
ln -s ../bin/quiet "$D/relative"
ln -s relative "$D/twice"
ln -s . "$D/here"
ln -s loop "$D/loop"
ln -s nosuch "$D/dangling"
for command in first/quiet way/cmd closed/out chain; do
    agree "a link, and a directory that the user cannot search: $command" 126 app "$D/$command"
    agree "root can: $command" 0 root "$D/$command"
done
agree 'on PATH it is no such file' 127 app quiet "$D/first"
agree 'and the search goes on' 0 app quiet "$D/first:$BIN"
for command in relative twice here/here/twice here/../commands/relative; do
    agree "a link: $command" 0 app "$D/$command"
done
agree 'a loop' 126 app "$D/loop"
agree 'a link to nothing' 127 app "$D/dangling"
agree 'a link with a slash behind it' 127 app "$D/relative/"
mkdir -m 700 "$D/here-only" && mkdir "$D/here-only/bin" && cp "$Q" "$D/here-only/bin/tool" && chmod -R go+rX "$D/here-only/bin"
cd "$D/here-only" || exit 1
for command in bin/tool ./bin/tool; do
    agree "a working directory that the user cannot search: $command" 126 app "$command"
    agree "a working directory that root can: $command" 0 root "$command"
done
for path in bin bin:/nowhere; do
    agree "such a one on PATH: $path" 127 app tool "$path"
done
cd / || exit 1
t 'the place of the command' 0 "*command: $(type -P id)" '' "$S" --dry-run app id
make "$D/script" '#! /bin/sh -e' 'exit 0'
make "$D/of-script" "#!$D/script"
make "$D/itself" "#!$D/itself"
make "$D/missing" '#!/no/such/shell'
make "$D/windows" $'#!/bin/sh\r'
make "$D/plain" "#!$T/plain"
make "$D/hidden" "#!$D/closed/cmd"
make "$D/below" "#!$Q/sh"
make "$D/without" 'exit 0'
: >"$D/empty" && chmod 755 "$D/empty"
for case in 126:without 126:empty 0:script 0:of-script 126:itself 126:missing 126:windows 126:plain 126:hidden 126:below; do
    agree "an interpreter: ${case#*:}" "${case%%:*}" app "$D/${case#*:}"
done
cp "$D/missing" "$D/first/other" && cp "$Q" "$BIN/other"
make "$D/folder" '#!/usr'
make "$D/newline" '#!'
make "$D/blank" $'#! \t '
make "$D/too-long" "#!$(printf '%0254d' 0 | tr 0 /)bin/sh"
printf '#!' >"$D/alone" && printf '#!  ' >"$D/spaces" && printf '#!%253s' '' >"$D/many" && chmod 755 "$D"/{alone,spaces,many}
for command in folder newline blank too-long alone spaces many; do
    agree "a #! line that names nothing: $command" 126 app "$D/$command"
done
agree 'the search goes on where an interpreter is missing' 0 app other "$D/first:$BIN"
agree 'and it is named where nothing else is found' 126 app other "$D/first"
if mkdir "$D/noexec" && mount -t tmpfs -o noexec,mode=755 tmpfs "$D/noexec" 2>/dev/null; then
    cp "$Q" "$D/noexec/quiet"
    make "$D/by-noexec" "#!$D/noexec/quiet"
    agree 'a mount that is noexec' 126 app "$D/noexec/quiet"
    agree 'for root too' 126 root "$D/noexec/quiet"
    agree 'an interpreter there' 126 app "$D/by-noexec"
else
    skip 'a mount that is noexec' 'nothing can be mounted here'
fi

# shellcheck disable=SC2016 # the command expands it
t 'where there is no room for the plan' 125 '' 'stepdown: standard output: No space left on device' sh -c 'exec "$0" --dry-run app true >/dev/full' "$S"
finish
