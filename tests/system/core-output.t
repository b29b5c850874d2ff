#!/bin/bash
# --help, --version and --dry-run.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

# --- --help and --version -----------------------------------------------------------------------------------------------

for words in --help -h '--dry-run --help' '--help --no-such' '--help app true'; do
    # shellcheck disable=SC2086 # words
    t "stepdown $words" 0 'Usage: stepdown \[OPTION\]... USER\[:GROUP\] COMMAND \[ARG\]...'* '' "$S" $words
done
for words in --version -V '--dry-run --version' '-V --help'; do
    # shellcheck disable=SC2086 # words
    t "stepdown $words" 0 'stepdown [0-9]*.[0-9]*.[0-9]*' '' "$S" $words
done
for word in --help -h '-?'; do
    t "gosu $word" 0 'Usage: gosu USER\[:GROUP\] COMMAND \[ARG\]...'* '' "$GOSU" "$word"
done
for word in --version -v; do
    t "gosu $word" 0 'stepdown [0-9]*.[0-9]*.[0-9]*' '' "$GOSU" "$word"
done
run "$S" --help
for option in init-groups clear-groups groups group-add keep-groups keep-caps no-new-privs harden if-root reference allow-root \
    home umask user-env chown-stdio dry-run help version; do
    ok "--help lists --$option" grep -Eq -- "^ .*--$option( |=|$)" "$T/out"
done
for word in --help --version; do
    t "$word with nowhere to write" 125 '' 'stepdown: standard output: Bad file descriptor' bash -c "$S $word >&-"
    t "$word to a full device" 125 '' 'stepdown: standard output: No space left on device' bash -c "$S $word >/dev/full"
    t "gosu $word to a full device" 125 '' 'gosu: standard output: No space left on device' bash -c "$GOSU $word >/dev/full"
done

# --- --dry-run ----------------------------------------------------------------------------------------------------------

capabilities='capabilities: none
bounding set: unchanged
no_new_privs: unchanged'
plan() { # DESCRIPTION SPEC WANTED: up to the command
    run "$S" --dry-run "$2" "$MARK"
    is "$1" "$status $(sed 's/^home: \([^,]*\).*/home: \1/' "$T/out")$err" "0 $3
$capabilities
command: $MARK"
}
plan 'a user' app "uid: 1000 (app), $PASSWD:4
gid: 1000, $PASSWD:4
group: 1000 (app), $GROUP:7
group: 2000 (data), $GROUP:8
group: 2001 (logs), $GROUP:9
home: /srv/app"
plan 'a user and a group' app:data "uid: 1000 (app), $PASSWD:4
gid: 2000, $GROUP:8
group: 2000 (data), $GROUP:8
home: /srv/app"
plan 'IDs without entries' 4242:4343 "uid: 4242, no entry in $PASSWD
gid: 4343, as given
group: 4343, no entry in $GROUP
home: /"
plan 'an ID without an entry' 4242 "uid: 4242, no entry in $PASSWD
gid: 0, the caller's
group: 0 (root), $GROUP:1
home: /"
ok 'nothing was run' test ! -e "$T/open/mark"

# shellcheck disable=SC2317 # run by t
unprivileged() { chroot --userspec=+77:+78 --groups=+79 / "$@"; }
run "$S" --dry-run app id
plan=$out
run unprivileged "$S" --dry-run app id
is 'the same for a caller without privilege' "$status $out$err" "0 $plan"
run "$S" --dry-run root id
ok 'root keeps the capabilities of the caller' grep -q '^capabilities: .*caller' "$T/out"

add_users 'e\x1bvil:x:1001:1001::/srv/\x1b[31m:' 'twice:x:1002:1002::/:' 'twice:x:1003:1003::/:' 'bad:x:1004 :1004::/:'
run "$S" --dry-run $'e\e''vil' id
ok 'control characters are escaped' grep -qF 'e\x1bvil' "$T/out"
ok 'everywhere' test -z "$(tr -d '[:print:]\n' <"$T/out")"
t 'an error is the one of the run' 125 '' "stepdown: $PASSWD:9 'bad': the entry is malformed" "$S" --dry-run bad true
t 'no such user' 125 '' "stepdown: user 'nosuch': *" "$S" --dry-run nosuch true
t 'no USER' 125 '' 'stepdown: user: USER is empty*' "$S" --dry-run '' true
t 'no COMMAND' 125 '' 'stepdown: usage: COMMAND is missing*' "$S" --dry-run app
t 'a command that is nowhere' 127 'uid: 1000 (app)*' "stepdown: exec 'nothing': not found in PATH" "$S" --dry-run app nothing
t 'a path that is nowhere' 127 'uid: 1000 (app)*' "stepdown: exec '/no/thing': *" "$S" --dry-run app /no/thing
t 'a command that cannot be executed' 126 'uid: 1000 (app)*' "stepdown: exec '$PASSWD': Permission denied*" \
    "$S" --dry-run app "$PASSWD"
chmod 700 "$MARK"
t 'a command that this user cannot execute' 126 'uid: 1000 (app)*' "stepdown: exec '$MARK': Permission denied*" \
    "$S" --dry-run app "$MARK"
t 'but root can' 0 "*command: $MARK" '' "$S" --dry-run root "$MARK"
chown 1000 "$MARK"
t 'and its owner' 0 "*command: $MARK" '' "$S" --dry-run app "$MARK"
chown 0:2001 "$MARK" && chmod 710 "$MARK"
t 'and its group' 0 "*command: $MARK" '' "$S" --dry-run app "$MARK"
chmod 701 "$MARK"
t 'but not the others where the group may not' 126 '*' "stepdown: exec '$MARK': Permission denied*" "$S" --dry-run app "$MARK"
t 'the place on PATH' 0 "*command: $MARK" '' env PATH="/no:$BIN" "$S" --dry-run nobody mark
t 'nowhere to write' 125 '' 'stepdown: standard output: Bad file descriptor' bash -c "$S --dry-run app true >&-"
t 'a full device' 125 '' 'stepdown: standard output: No space left on device' bash -c "$S --dry-run app true >/dev/full"
rm "$GROUP" && mkdir "$GROUP"
t 'a group file that cannot be read, where the run needs none' 0 "*group: 1000, $GROUP cannot be read*" '' "$S" --dry-run 1000:1000 true
t 'where it needs it' 125 '' "stepdown: $GROUP: ?*" "$S" --dry-run app true
ok 'nothing was run in all that' test ! -e "$T/open/mark"

finish
