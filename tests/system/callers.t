#!/bin/bash
# Every state that a caller can be in: capabilities, securebits, bounding sets, the target already, namespaces, limits.
# Whatever it was, the command of a user other than root has none of the four capability sets.
# shellcheck disable=SC2016,SC2317 # texts for other shells; functions that t runs
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1
needs setpriv unshare nsenter capsh

hint_setgid=$'\n''stepdown: CAP_SETGID is missing: *--cap-add=SETGID*'
hint_setuid=$'\n''stepdown: CAP_SETUID is missing: *--cap-add=SETUID*'
app=1000:1000:1000,2000,2001:/srv/app
nobody=65534:65534:1,10,100,65534:/nonexistent
none=0,0,0,0
printf '#!/bin/sh\n%s; exec %s\n' "$PROBE" "$CAPS" >"$BIN/both" && chmod 755 "$BIN/both"
BOTH=$BIN/both

# --- root with more or less than usual ----------------------------------------------------------------------------------

sets=chown,dac_override,fowner,kill,setgid,setuid,setpcap,net_bind_service,sys_chroot,sys_admin
inherit=+${sets//,/,+}
t 'inheritable capabilities' 0 "$app"$'\n'$none '' setpriv --inh-caps="$inherit" "$S" app "$BOTH"
t 'inheritable capabilities, and grep itself sees none' 0 '' '' \
    sh -c "setpriv --inh-caps=$inherit $S nobody grep -E '^Cap(Inh|Prm|Eff|Amb)' /proc/self/status | grep -v '[[:space:]]0*\$'; :"
t 'ambient capabilities' 0 "$app"$'\n'$none '' setpriv --inh-caps="$inherit" --ambient-caps="$inherit" "$S" app "$BOTH"
t 'no_new_privs' 0 "$app"$'\n'$none '' setpriv --nnp "$S" app "$BOTH"
t 'no more than SETUID and SETGID' 0 "$app"$'\n'$none '' setpriv --bounding-set=-all,+setuid,+setgid "$S" app "$BOTH"
t 'SETUID and SETGID for an ID' 0 "4242:4343:4343:/"$'\n'$none '' \
    setpriv --bounding-set=-all,+setuid,+setgid "$S" 4242:4343 "$BOTH"
for name in "$S" "$GOSU"; do
    refuses "${name##*/} without SETGID" 'CAP_SETGID is missing: *--cap-add=SETGID*' \
        setpriv --bounding-set=-all,+setuid "$name" app
    refuses "${name##*/} without SETUID" 'CAP_SETUID is missing: *--cap-add=SETUID*' \
        setpriv --bounding-set=-all,+setgid "$name" app
    refuses "${name##*/} without any capability" CAP_SETGID setpriv --bounding-set=-all "$name" app
done
t 'the call that failed is named' 125 '' "stepdown: setgroups: Operation not permitted$hint_setgid" \
    setpriv --bounding-set=-all,+setuid "$S" app true
t 'the other one too' 125 '' "stepdown: setresuid: Operation not permitted$hint_setuid" \
    setpriv --bounding-set=-all,+setgid "$S" app true
run sh -c 'grep ^CapBnd /proc/self/status'
t 'the bounding set stays' 0 "$out" '' "$S" app sh -c 'grep ^CapBnd /proc/self/status'
t 'a user that is not root, with an unreadable passwd' 125 '' "stepdown: $PASSWD: Permission denied" \
    sh -c "chmod 0 $PASSWD; setpriv --bounding-set=-all,+setuid,+setgid setpriv --reuid=5 --regid=5 --clear-groups $S app true"
chmod 644 "$PASSWD"

run "$CAPS"
full=$out
for spec in root 0 0: root:0; do
    t "$spec keeps permitted and effective, nothing else" 0 "$full" '' \
        setpriv --inh-caps="$inherit" --ambient-caps="$inherit" "$S" "$spec" "$CAPS"
    t "$spec from other groups" 0 "$full" '' \
        setpriv --groups=77 --inh-caps="$inherit" --ambient-caps="$inherit" "$S" "$spec" "$CAPS"
done
t 'another name for root is root' 0 "$full" '' sh -c "echo toor:x:0:0::/: >>$PASSWD; $S toor $CAPS"
t 'the bounding set bounds root' 0 0,c0,c0,0 '' setpriv --bounding-set=-all,+setuid,+setgid "$S" root "$CAPS"

# --- securebits: all of them that survive an execve, with all else that a caller can hold -------------------------------

as_app() { setpriv --reuid=1000 --regid=1000 --groups=1000,2000,2001 "$@"; }
as_app_with() { as_app --inh-caps="$1" --ambient-caps="$1" "${@:2}"; }
with_securebits() { capsh "${@:1:$#-1}" -- -c "$S ${!#} $CAPS"; }
sets=cap_chown,cap_kill,cap_setuid,cap_setgid,cap_sys_admin
wrong='' passed=0 refused=0
note() { # NAME, of what was run
    case "$status,$out,$err" in
    "0,$none,") passed=$((passed + 1)) ;;
    125,,*"setgroups: Operation not permitted"*securebits*) refused=$((refused + 1)) ;;
    *) wrong="$wrong $1: $status $out$err;" ;;
    esac
}
for bits in {0..15} {32..47} {64..79} {96..111} {192..207}; do # keep_caps, 16, does not outlive an execve
    run with_securebits --inh=$sets --addamb=$sets --secbits="$bits" app
    note "root, ambient, $bits"
    run as_app_with +chown,+kill,+setuid,+setgid,+setpcap capsh --secbits="$bits" -- -c "$S nobody $CAPS"
    note "app, ambient, $bits"
    run as_app_with +chown,+setpcap capsh --secbits="$bits" -- -c "$S app $CAPS"
    note "app already, ambient, $bits"
    run with_securebits --inh=$sets --secbits="$bits" app
    note "root, inheritable, $bits"
done
is 'no capability is left under any securebits' "$wrong" ''
is 'and who holds what it takes can step down under any' "$passed, and refused $refused" '280, and refused 40'
for bits in noroot no_setuid_fixup noroot,+no_setuid_fixup,+noroot_locked,+no_setuid_fixup_locked,+keep_caps_locked; do
    t "root with $bits" 0 "$app"$'\n'$none '' \
        setpriv --inh-caps="$inherit" --ambient-caps="$inherit" --securebits=+$bits "$S" app "$BOTH"
    t "root with $bits: the securebits stay" 0 "*$(sed 's/,+/,/g; s/noroot_locked,no_setuid_fixup_locked/*/' <<<"${bits##*+}")*" '' \
        sh -c "setpriv --inh-caps=$inherit --ambient-caps=$inherit --securebits=+$bits $S app setpriv --dump | grep Securebits"
done

# --- callers that are not root ------------------------------------------------------------------------------------------

t 'the target already' 0 "$app"$'\n'$none '' as_app "$S" app "$BOTH"
t 'the target already, by its ID' 0 "$app" '' as_app "$S" 1000 "$PROBE"
t 'the target already, under the name gosu' 0 "$app" '' as_app "$GOSU" app "$PROBE"
t 'gosu without USER' 0 "$app" '' as_app "$GOSU" '' "$PROBE"
t 'su-exec without USER, with a group that it has' 0 1000:1000:1000:/srv/app '' \
    setpriv --reuid=1000 --regid=1000 --groups=1000 "$SU_EXEC" :app "$PROBE"
t 'the target already, its groups in another order and twice' 0 '1000:1000:*:/srv/app' '' \
    setpriv --reuid=1000 --regid=1000 --groups=2001,2000,1000,2001 "$S" app "$PROBE"
t 'the target already, without the primary group in its list' 0 1000:1000:2000,2001:/srv/app '' \
    setpriv --reuid=1000 --regid=1000 --groups=2000,2001 "$S" app "$PROBE"
t 'the target already, without any group' 0 1000:1000::/srv/app '' \
    setpriv --reuid=1000 --regid=1000 --clear-groups "$S" app:app "$PROBE"
t 'an ID without an entry already, with its own gid' 0 4242:7:7:/ '' \
    setpriv --reuid=4242 --regid=7 --groups=7 "$S" 4242 "$PROBE"
t 'the target already, with inheritable capabilities' 0 "$app"$'\n'$none '' as_app --inh-caps=+chown,+setuid "$S" app "$BOTH"
t 'the target already, with ambient capabilities' 0 "$app"$'\n'$none '' as_app_with +chown,+setuid,+setgid "$S" app "$BOTH"
t 'the target already, with ambient capabilities and securebits' 0 "$app"$'\n'$none '' \
    as_app_with +chown,+setuid --securebits=+noroot,+no_setuid_fixup,+keep_caps_locked "$S" app "$BOTH"
t 'the target already, with no_new_privs' 0 "$app"$'\n'$none '' as_app --nnp "$S" app "$BOTH"
not_root='Operation not permitted*the caller is uid 1000 and not root: *--if-root*'
only_groups='setgroups: Operation not permitted*the caller is that user already, only its groups differ'
for spec in root 0 0:0 nobody 4242 app:data 1000:0 app:0 0:1000 app:4242; do
    refuses "without privilege: $spec" "setgroups: $not_root" as_app "$S" "$spec"
done
refuses 'a group less than the account has' "$only_groups (it has 1000,2000; 1000,2000,2001 are asked for): stepdown --if-root *" \
    setpriv --reuid=1000 --regid=1000 --groups=1000,2000 "$S" app
refuses 'a group more than the account has' "$only_groups (it has 10,1000,2000,2001; 1000,2000,2001 are asked for)" \
    setpriv --reuid=1000 --regid=1000 --groups=1000,2000,2001,10 "$S" app
refuses 'a group more than was asked for' "$only_groups (it has 1000,2000,2001; 1000 are asked for)" as_app "$S" app:app
refuses 'many groups, of which as many are named as are of use' "$only_groups (it has *20001,20002,*20017,...; 1000,2000,2001 are asked for)" \
    setpriv --reuid=1000 --regid=1000 --groups="$(seq -s, 20001 20100),1000,2000,2001" "$S" app
refuses 'another primary group' "setgroups: $not_root" setpriv --reuid=1000 --regid=2000 --groups=1000,2000,2001 "$S" app
t 'ambient SETUID and SETGID: another user' 0 "$nobody"$'\n'$none '' as_app_with +setuid,+setgid "$S" nobody "$BOTH"
t 'ambient SETUID and SETGID: an ID' 0 "4242:1000:1000:/"$'\n'$none '' as_app_with +setuid,+setgid "$S" 4242 "$BOTH"
t 'ambient SETUID and SETGID: other groups' 0 "1000:2000:2000:/srv/app"$'\n'$none '' \
    as_app_with +setuid,+setgid "$S" app:data "$BOTH"
t 'ambient SETUID and SETGID, no_setuid_fixup' 0 "$nobody"$'\n'$none '' \
    as_app_with +setuid,+setgid,+chown,+sys_admin --securebits=+no_setuid_fixup,+noroot "$S" nobody "$BOTH"
refuses 'ambient SETUID alone' "setgroups: $not_root" as_app_with +setuid "$S" nobody
refuses 'ambient SETGID alone' "setresuid: $not_root" as_app_with +setgid "$S" nobody
refuses 'inheritable SETUID and SETGID alone' "setgroups: $not_root" as_app --inh-caps=+setuid,+setgid "$S" nobody
refuses 'inheritable SETUID and SETGID alone, under the name gosu' "setgroups: $not_root" as_app --inh-caps=+setuid,+setgid "$GOSU" nobody
differ='refused: the real, effective and saved' # a set-user-ID program, or a caller that is one
refuses 'a real user other than the effective' "$differ user IDs differ" setpriv --ruid=1000 "$S" app
refuses 'an effective user other than the real' "$differ user IDs differ" setpriv --euid=1000 "$S" app
refuses 'a real group other than the effective' "$differ group IDs differ" setpriv --rgid=1000 --clear-groups "$S" app
refuses 'an effective group other than the real' "$differ group IDs differ" setpriv --egid=1000 --clear-groups "$S" app

# --- user namespaces ----------------------------------------------------------------------------------------------------

if unshare --user true 2>/dev/null; then
    single() { unshare --user --map-root-user "$@"; }
    denied='setgroups: Operation not permitted'$'\n''stepdown: this user namespace denies setgroups: *'
    t 'a namespace with one ID: root stays root' 0 '0:0:*:/root' '' setpriv --clear-groups unshare -Ur "$S" 0:0 "$PROBE"
    t 'the same without any file' 0 '0:0::/' '' \
        setpriv --clear-groups unshare -Urm sh -c "mount -t tmpfs none /etc; exec $S 0:0 $PROBE"
    refuses 'a namespace with one ID: another user' "$denied" single "$S" app
    refuses 'a namespace with one ID: an ID' "$denied" single "$S" 4242:4242
    refuses 'a namespace with one ID: groups of root' "$denied" single "$S" root
    refuses 'a namespace without IDs' 'setgroups: *does not map the ID' unshare --user "$S" app
    # Root outside, who reads as nobody there.
    seems='setresgid: Invalid argument*does not map the ID'
    refuses 'a namespace without IDs: who seems to be the target' "$seems" setpriv --clear-groups unshare --user "$S" 65534:65534
    refuses 'a namespace without IDs: gosu without USER says no, as gosu does' 'set*: *does not map the ID' setpriv --clear-groups unshare --user "$GOSU" ''
    refuses 'with groups, too' 'setgroups: Operation not permitted*does not map the ID' \
        setpriv --groups=7 unshare --user "$GOSU" ''
    t 'a namespace without IDs: --if-root, and the caller is not root there' 0 "65534:65534:65534:/root"$'\n'$none '' \
        setpriv --groups=7 unshare --user "$S" --if-root app "$BOTH"

    ours=$(readlink /proc/self/ns/user)
    elsewhere() { [ "$(readlink "/proc/$1/ns/user")" != "$ours" ]; }
    namespace() { # UID-MAP GID-MAP: $holder is a process in a user namespace of that kind
        command unshare --user sleep 100 &
        holder=$!
        await elsewhere $holder
        env printf %b "$1" >/proc/$holder/uid_map && env printf %b "$2" >/proc/$holder/gid_map # each in one write
    }
    inside() { nsenter --user --target "$holder" --setuid 0 --setgid 0 "$@"; }
    namespace '0 100000 1\n5 100005 1\n1000 101000 10\n65534 165534 1\n' '0 100000 3001\n65534 165534 1\n'
    unmapped='Invalid argument'$'\n''stepdown: this user namespace does not map the ID: *'
    t 'a namespace with ranges' 0 "$app"$'\n'$none '' inside "$S" app "$BOTH"
    t 'a namespace with ranges: the last of a range' 0 "1009:3000:3000:/"$'\n'$none '' inside "$S" 1009:3000 "$BOTH"
    t 'a namespace with ranges: root' 0 0:0:0,6,10:/root '' inside "$S" root "$PROBE"
    t 'a namespace with ranges: inheritable and ambient' 0 "$app"$'\n'$none '' \
        inside setpriv --inh-caps=+all --ambient-caps=+all "$S" app "$BOTH"
    refuses 'a user that the namespace does not map' "setresuid: $unmapped" inside "$S" 1010:0
    refuses 'a group that the namespace does not map' "set*: $unmapped" inside "$S" 1000:3001
    refuses 'the greatest ID' "$unmapped" inside "$S" 2147483647:0
    refuses 'a caller that the namespace does not map, and the user that it seems to be' 'setresgid: *does not map the ID' \
        setpriv --clear-groups nsenter --user --target "$holder" --preserve-credentials "$S" --clear-groups nobody
    add_groups 'far:x:5000:app'
    refuses 'a supplementary group that the namespace does not map' "setgroups: $unmapped" inside "$S" app
    accounts
    kill $holder
    wait $holder 2>/dev/null

    # A group that is not mapped reads as 65534 there, which is nogroup's: who holds one is not yet the user nobody.
    echo secret >"$T/of42" && chown 0:42 "$T/of42" && chmod 040 "$T/of42"
    hidden=(setpriv --reuid=1000 --regid=1000 '--groups=1000,42' unshare --user --map-user=65534 --map-group=65534)
    if "${hidden[@]}" true 2>/dev/null; then
        t 'the helper: a group that reads as another' 0 '65534:65534:65534,65534:/root'$'\nsecret' '' \
            "${hidden[@]}" sh -c "$PROBE; cat $T/of42"
        refuses 'who seems to be nobody and holds a hidden group' 'setgroups: Operation not permitted*does not map the ID' \
            "${hidden[@]}" "$S" --clear-groups nobody
        refuses 'the same by IDs' 'setgroups: Operation not permitted*does not map the ID' "${hidden[@]}" "$S" 65534:65534
        refuses 'the same, and the namespace denies setgroups to who has the right' 'setgroups: *denies setgroups' \
            "${hidden[@]}" --keep-caps "$S" 65534:65534
        refuses 'it cannot keep that group either' '--keep-groups: *reads as one that is not mapped' \
            "${hidden[@]}" "$S" --clear-groups --keep-groups nobody
        t 'a namespace without IDs: --if-root for a user' 0 "65534:65534:65534,65534,65534:/root"$'\n'$none '' \
            as_app unshare --user "$S" --if-root app "$BOTH"
        t '--if-root leaves it as it is' 0 secret '' "${hidden[@]}" "$S" --if-root app cat "$T/of42"
    else
        skip 'a hidden group' 'a user can make no namespace here'
    fi
    # 65534:65534 of a namespace, with all capabilities there and a group that it hides; 2>&1: with what is refused.
    outside=165534
    with_hidden() { # COMMAND [ARG]...
        setpriv --reuid=$outside --regid=$outside --groups=42 unshare --user --keep-caps \
            sh -c 'until read -r _ </proc/self/gid_map && read -r _ </proc/self/uid_map; do sleep 0.01; done; exec "$@" 2>&1' - "$@" &
        await elsewhere $!
        echo '65534 165534 1' >/proc/$!/uid_map && env printf '0 100000 100\n65534 165534 1\n' >/proc/$!/gid_map
        wait $!
    }
    if with_hidden true 2>/dev/null; then
        t 'the helper: the same with the right to set groups' 0 '65534:65534:65534:/root'$'\nsecret' '' \
            with_hidden sh -c "$PROBE; cat $T/of42"
        t 'who has the right loses the hidden group' 1 "65534:65534:65534:/nonexistent"$'\ncat: *Permission denied' '' \
            with_hidden "$S" --clear-groups nobody sh -c "$PROBE; cat $T/of42"
        t 'and has the groups that were asked for' 0 "65534:65534:10,65534:/nonexistent" '' \
            with_hidden "$S" --groups=wheel nobody "$PROBE"
        outside=165535
        echo its >"$T/its" && chown $outside:0 "$T/its" && chmod 400 "$T/its"
        t 'who is not mapped and could become nobody stays with --if-root' 0 "65534:65534:65534:/root"$'\n'"$none"$'\nits' '' \
            with_hidden "$S" --if-root app sh -c "$BOTH; cat $T/its"
        only_users 'app:x:1000:1000::/srv/app:/bin/bash'
        t "an ID without an entry cannot have the caller's group, which is not mapped" 125 \
            'stepdown: group: *reads as one that is not mapped*or name USER:GROUP' '' with_hidden "$S" 65534 "$MARK"
        t 'but another' 0 "65534:50:50:/" '' with_hidden "$S" 65534:50 "$PROBE"
        accounts
    else
        skip 'a hidden group, and the right to set groups' 'unshare --keep-caps is not there'
    fi
else
    skip 'user namespaces' 'none can be made here'
fi

# --- /proc --------------------------------------------------------------------------------------------------------------

mkdir "$T/proc" && mount -t proc proc "$T/proc"
export PROC=$T/proc
bare() { # COMMAND [ARG]...: without /proc
    unshare --mount sh -c 'umount -l /proc && [ ! -e /proc/self ] && exec "$@"' - "$@"
}
t 'no /proc' 0 "$app"$'\n'$none '' bare "$S" app "$BOTH"
t 'no /proc, with ambient capabilities and securebits' 0 "$app"$'\n'$none '' \
    bare setpriv --inh-caps="$inherit" --ambient-caps="$inherit" --securebits=+no_setuid_fixup,+noroot "$S" app "$BOTH"
t 'no /proc, the target already' 0 "$app"$'\n'$none '' bare setpriv --reuid=1000 --regid=1000 --groups=1000,2000,2001 \
    --inh-caps=+chown --ambient-caps=+chown "$S" app "$BOTH"
t 'no /proc: root' 0 "0:0:0,6,10:/root"$'\n'"$full" '' bare setpriv --inh-caps="$inherit" "$S" root "$BOTH"
refuses 'no /proc: no such user' 'no such user' bare "$S" nosuch
t 'no /proc: the command is not found' 127 '' "stepdown: exec 'nosuch': *" bare "$S" app nosuch
# Where nothing tells of the user namespace, no hint does: from here it may be that, or a filter, or neither.
plain=(setpriv --reuid=65534 --regid=65534)
t 'no /proc: an ordinary nobody' 125 '' 'stepdown: setgroups: Operation not permitted' bare "${plain[@]}" --clear-groups "$S" app true
t 'no /proc: nobody already, but for the groups' 125 '' 'stepdown: setgroups: Operation not permitted' \
    bare "${plain[@]}" --groups=7,65534 "$S" --clear-groups nobody true
t 'no /proc: a user with the group nogroup' 125 '' 'stepdown: setgroups: Operation not permitted' \
    bare setpriv --reuid=1000 --regid=1000 --groups=65534 "$S" app true
t 'no /proc: what is the matter with a user needs no look at it' 125 '' "stepdown: setgroups: $not_root" \
    bare setpriv --reuid=1000 --regid=1000 --clear-groups "$S" nobody true
lying() { # COMMAND [ARG]...: with a /proc that says that all is well, or that nothing is
    unshare --mount sh -c 'mount -t tmpfs none /proc && mkdir -p /proc/self /proc/thread-self /proc/sys/kernel &&
        for n in self thread-self $$; do
            mkdir -p /proc/$n && printf "Uid:\t7\t7\t7\t7\nCapInh:\t0\nCapPrm:\t0\nCapEff:\t0\nCapBnd:\t0\nCapAmb:\t0\n" >/proc/$n/status
        done && echo 0 >/proc/sys/kernel/cap_last_cap && exec "$@"' - "$@"
}
t 'a /proc that lies' 0 "$app"$'\n'$none '' \
    lying setpriv --inh-caps="$inherit" --ambient-caps="$inherit" --securebits=+no_setuid_fixup,+noroot "$S" app "$BOTH"
t 'a /proc that lies: root' 0 "0:0:0,6,10:/root"$'\n'"$full" '' lying setpriv --inh-caps="$inherit" "$S" root "$BOTH"
unset PROC

# --- standard streams ---------------------------------------------------------------------------------------------------

accounts
for closed in 'open' '0<&-' '1>&-' '2>&-' '0<&- 1>&-' '0<&- 2>&-' '1>&- 2>&-' '0<&- 1>&- 2>&-'; do
    list="cd /proc/\$\$/fd; echo * >$T/open/fds; $BOTH >$T/open/both"
    rm -f "$T"/open/*
    redirect=${closed#open}
    run bash -c "exec sh -c '$list' $redirect"
    wanted=$(cat "$T/open/fds")
    rm -f "$T"/open/*
    run bash -c "exec $S app sh -c '$list' $redirect"
    is "streams $closed: what they were" "$status $(cat "$T/open/fds" "$T/open/both")" "0 $wanted
$app
$none"
    t "streams $closed: refused" 125 '' '*' bash -c "exec $S nosuch $MARK $redirect"
    ok "streams $closed: nothing ran" test ! -e "$T/open/mark"
    t "streams $closed: not found" 127 '' '*' bash -c "exec $S app nosuch $redirect"
done
before=$(cat "$PASSWD") && accounts
is 'no message went into a file' "$before" "$(cat "$PASSWD")"
t 'a message that cannot be written' 125 '' '' bash -c "exec $S nosuch true 2>/dev/full"

# --- limits -------------------------------------------------------------------------------------------------------------

# The kernel counts over all namespaces: these IDs are nobody else's.
busy=54321 idle=54322 others=()
runs_as() { [ "$(stat -c %u "/proc/$1")" = "$2" ]; }
for _ in 1 2; do
    setpriv --reuid=$busy --regid=$busy --clear-groups sleep 100 &
    others+=($!)
    await runs_as $! $busy
done
t 'the limit of processes' 126 '' \
    "stepdown: exec '*true': Resource temporarily unavailable"$'\n''stepdown: the user has as many*--ulimit*' \
    bash -c "ulimit -u 1; exec $S $busy true"
t 'the limit of processes counts for each user' 0 $idle '' bash -c "ulimit -u 1; exec $S $idle id -u"
kill "${others[@]}"
wait "${others[@]}" 2>/dev/null
t 'no file may be opened' 125 '' "stepdown: $PASSWD: ?*" bash -c "ulimit -n 3; exec $S app true"
t 'one at a time is enough' 0 1000 '' bash -c "ulimit -n 4; exec $S app id -u"
refuses 'but not where it takes a socket to know who this is' 'socketpair: No file descriptors available' \
    bash -c "ulimit -n 4; exec \"\$@\"" sh "$S" root
t 'two are' 0 0 '' bash -c "ulimit -n 5; exec $S root id -u"
for kilobytes in 32 100; do
    t "a stack of $kilobytes KiB" 0 '' '' bash -c "ulimit -s $kilobytes; exec $S app true"
    t "a stack of $kilobytes KiB: --dry-run" 0 '*command: */true' '' bash -c "ulimit -s $kilobytes; exec $S --dry-run app true"
done
t 'a small stack' 0 "$app" '' bash -c "ulimit -s 128; exec $S app $PROBE"
t 'no core file, no locked memory' 0 "$app" '' bash -c "ulimit -c 0 -l 0; exec $S app $PROBE"

finish
