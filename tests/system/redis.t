#!/bin/bash
# The step down of redis 8's official image, by setpriv and by the one line of the README, side by side: what
# /proc/self/status says of the command must be the same. redis keeps CAP_SYS_RESOURCE where the container has it; where
# the machine of the test lacks that one, CAP_SYS_NICE stands in for it in both.
#
# What differs by design: setpriv leaves the primary group out of Groups, stepdown has it there always; a root that cannot
# step down stays root in the image, which is an error of stepdown; where CAP_SETPCAP is missing older setpriv leave the
# bounding set as it is and say nothing, where --harden is an error; and --harden sets no_new_privs for a caller that is
# not root, too.
# shellcheck source=options.sh
. "$(dirname "$0")/options.sh" || exit 1
needs setpriv grep
add_users 'redis:x:999:998::/home/redis:/bin/sh'
add_groups 'redis:x:998:' 'media:x:997:redis'

has sys_resource && capability=sys_resource || capability=sys_nice

# What the image does, with the capability as its first argument.
cat >"$BIN/entrypoint" <<'END'
#!/bin/bash
capability=$1
shift
in_bounding_set() {
    setpriv --dump | grep -q "^Capability bounding set:.*\\b$1\\b"
}
if [ "$(id -u)" = 0 ] && in_bounding_set setuid && in_bounding_set setgid; then
    keep=
    ! in_bounding_set "$capability" || keep=,+$capability
    exec setpriv --reuid redis --regid redis --clear-groups --nnp --inh-caps="-all$keep" --ambient-caps="-all$keep" \
        --bounding-set="-all$keep" "$@"
fi
exec "$@"
END
cat >"$BIN/lines" <<'END'
#!/bin/sh
exec grep -E '^(Uid|Gid|Groups|NoNewPrivs|Cap...):' /proc/self/status
END
chmod 755 "$BIN/entrypoint" "$BIN/lines"
recipe redis "$BIN/recipe" && sed -i "s/sys_resource/$capability/" "$BIN/recipe"

groups_of() { awk '/^Groups:/ { $1 = ""; print substr($0, 2) }' <<<"$1"; }

nnp_of() { sed -n 's/^NoNewPrivs:[[:space:]]*//p' <<<"$1"; }

# DESCRIPTION WANTED GROUPS NO_NEW_PRIVS CALLER...: tests. WANTED is what $STATE says, so that both cannot be wrong
# together; GROUPS is the list of setpriv's way, a slash, and that of stepdown's; NO_NEW_PRIVS the same of that.
recipe=$BIN/recipe
both() {
    local old new
    old=$("${@:5}" "$BIN/entrypoint" "$capability" "$BIN/lines")
    new=$("${@:5}" "$recipe" "$BIN/lines")
    is "$1: the same status" "$(grep -Ev '^(Groups|NoNewPrivs)' <<<"$new")" "$(grep -Ev '^(Groups|NoNewPrivs)' <<<"$old")"
    is "$1: the groups" "$(groups_of "$old")/$(groups_of "$new")" "$3"
    is "$1: no_new_privs" "$(nnp_of "$old")/$(nnp_of "$new")" "$4"
    t "$1: what it is" 0 "$2" '' "${@:5}" "$recipe" "$STATE" ids caps bnd nnp
}
one=$(bits "$capability") less=$(printf %x $((0x$ALL & ~0x$(bits "$capability"))))
both "root, $capability is there" "999:998 $one $one 1" /998 1/1 env
both "root, $capability is not there" '999:998 0 0 1' /998 1/1 without "$capability"
both 'root in groups that the runtime gave' "999:998 $one $one 1" /998 1/1 setpriv --groups=0,44
both 'root, no_new_privs' "999:998 $one $one 1" /998 1/1 setpriv --no-new-privs
small=-all,+setuid,+setgid,+setpcap
both 'root, --cap-drop=ALL and three of them' '999:998 0 0 1' /998 1/1 setpriv --bounding-set=$small
both 'root, --cap-drop=ALL and four of them' "999:998 $one $one 1" /998 1/1 setpriv --bounding-set="$small,+$capability"
both 'not root' "1000:1000 0 $ALL 1" 44/44 0/1 holding ''
both "not root, $capability is not there" "1000:1000 0 $less 1" 44/44 0/1 without "$capability" \
    setpriv --reuid=1000 --regid=1000 --groups=44
both 'redis itself' "999:998 0 $ALL 1" 998/998 0/1 setpriv --reuid=redis --regid=redis --groups=998
is 'not root, ambient: setpriv is not reached and it stays; stepdown clears it' \
    "$(holding kill "$BIN/entrypoint" "$capability" "$STATE" caps) $(holding kill "$BIN/recipe" "$STATE" caps)" \
    "$(bits kill) 0"
is 'root without SETUID: the image goes on as root' "$(without setuid "$BIN/entrypoint" "$capability" "$STATE" ids)" 0:0
three=-all,+chown,+setuid,+setgid
refuses 'root, --cap-drop=ALL and three of them without SETPCAP' 'bounding set: *CAP_SETPCAP is missing: *--no-new-privs*' \
    setpriv --bounding-set=$three "$BIN/recipe"
recipe redis-small "$BIN/small" && sed -i "s/sys_resource/$capability/" "$BIN/small" && recipe=$BIN/small
if setpriv --bounding-set=$three "$BIN/entrypoint" "$capability" true 2>/dev/null; then
    both 'the line without SETPCAP' "999:998 0 $(bits chown setuid setgid) 1" /998 1/1 setpriv --bounding-set=$three
    both 'the line without SETPCAP, a fourth one' "999:998 $one $(bits chown setuid setgid "$capability") 1" /998 1/1 \
        setpriv --bounding-set="$three,+$capability"
else
    t 'the line without SETPCAP' 0 "999:998 0 $(bits chown setuid setgid) 1" '' \
        setpriv --bounding-set=$three "$recipe" "$STATE" ids caps bnd nnp
fi
refuses 'root without SETUID: stepdown does not' 'setresuid: *--cap-add=SETUID*' without setuid "$BIN/recipe"
finish
