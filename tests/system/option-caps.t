#!/bin/bash
# --keep-caps, --no-new-privs and --harden, as /proc/self/status of the command has them.
# shellcheck source=options.sh
. "$(dirname "$0")/options.sh" || exit 1
needs setpriv capsh
two=$(bits net_bind_service sys_nice) bind=$(bits net_bind_service)

# --- --keep-caps: exactly the list ----------------------------------------------------------------------------------
t 'without it: no capability, the bounding set stays' 0 "0 $ALL 0" '' "$S" app "$STATE" caps bnd nnp
for name in $(setpriv --list-caps); do
    if has "$name"; then
        t "a user keeps $name, in all four sets" 0 "$(bits "$name") $ALL" '' "$S" --keep-caps="$name" app "$STATE" caps bnd
        t "root keeps $name and nothing else" 0 "0:0 $(bits "$name") $(bits "$name")" '' \
            "$S" --keep-caps="$name" root "$STATE" ids caps bnd
    else
        refuses "$name is not there to be kept" 'the command cannot have it' "$S" --keep-caps="$name" app
        t "$name? does without" 0 0 '' "$S" --keep-caps="$name?" app "$STATE" caps
    fi
done
for name in NET_BIND_SERVICE cap_net_bind_service CAP_NET_BIND_SERVICE Cap_Net_bind_Service 'net_bind_service?' \
    net_bind_service,net_bind_service 'CAP_NET_BIND_SERVICE?,net_bind_service'; do
    t "--keep-caps=$name" 0 "1000:1000 1000,2000,2001 $bind" '' "$S" --keep-caps="$name" app "$STATE" ids groups caps
done
t 'two of them' 0 "$two $ALL 0" '' "$S" --keep-caps=sys_nice,net_bind_service app "$STATE" caps bnd nnp
t 'the list as the next word' 0 "$two" '' "$S" --keep-caps net_bind_service,sys_nice app "$STATE" caps
t 'all that there are' 0 "$ALL $ALL" '' \
    "$S" --keep-caps="$(setpriv --list-caps | sed 's/$/?/' | paste -sd,)" app "$STATE" caps bnd
t 'an ID without an entry' 0 "4242:0 $bind" '' "$S" --keep-caps=net_bind_service 4242 "$STATE" ids caps
t 'what keeps it is for one exec: a later step down drops it' 0 '0' '' \
    "$S" --keep-caps=setuid,setgid,net_bind_service app "$S" nobody "$STATE" caps

t 'NAME? that is missing' 0 "$bind" '' without sys_nice "$S" --keep-caps='sys_nice?,net_bind_service' app "$STATE" caps
t 'NAME? that is missing, alone' 0 "1000:1000 0" '' without sys_nice "$S" --keep-caps='sys_nice?' app "$STATE" ids caps
t 'NAME? that is missing, for root' 0 '0 0' '' without sys_nice "$S" --keep-caps='sys_nice?' root "$STATE" caps bnd
refuses 'NAME that is missing' "--keep-caps 'SYS_nice': the command cannot have it*--cap-add for it, or mark it NAME?*" \
    without sys_nice "$S" --keep-caps=net_bind_service,SYS_nice app

for list in ',' 'chown,' ',chown' 'chown,,kill' 'chown?,' '?' 'chown,?'; do
    usage "an empty element: '$list'" "--keep-caps: an element of the list is empty" "$S" --keep-caps="$list" app
done
usage 'an empty list' 'its value is empty' "$S" --keep-caps= app
usage 'an empty list as the next word' 'its value is empty' "$S" --keep-caps '' app
for name in nonsense cap_ cap_? '??' 'chown??' all none 0 10 cap_41 -chown +chown ' chown' 'chown ' 'chown kill' \
    cap_cap_chown chow chownn cap-chown 'ch?own' $'chown\n' "$(printf 'x%.0s' {1..9000})"; do
    usage "no capability: ${name:0:20}" 'no such capability' "$S" --keep-caps="$name" app
done
usage 'given twice' "'--keep-caps': given twice" "$S" --keep-caps=chown --keep-caps=kill app
t 'without a value' 125 '' "stepdown: option '--keep-caps': needs a value*" "$S" --keep-caps

# --- the capabilities by which one steps down, kept -----------------------------------------------------------------
t 'SETUID and SETGID kept' 0 "1000:1000 $(bits setuid setgid)" '' "$S" --keep-caps=setuid,setgid app "$STATE" ids caps
t 'SETUID kept: the command can be root, as asked' 0 '0' '' "$S" --keep-caps=setuid app setpriv --reuid=0 id -u
t 'SETGID kept: the command can have any group' 0 '0' '' "$S" --keep-caps=setgid app setpriv --regid=0 --clear-groups id -g
t 'SETUID alone gives no group' 0 "1000:1000 $(bits setuid)" '' "$S" --keep-caps=setuid app "$STATE" ids caps

# --- callers --------------------------------------------------------------------------------------------------------
t 'a caller with ambient SETUID and SETGID steps down to another user' 0 "65534:65534 1,10,100,65534 0" '' \
    holding setuid,setgid "$S" nobody "$STATE" ids groups caps
t 'it keeps what it was given of the rest' 0 "65534:65534 $bind" '' \
    holding setuid,setgid,net_bind_service,kill "$S" --keep-caps=net_bind_service nobody "$STATE" ids caps
refuses 'it cannot keep what it has not' "--keep-caps 'chown': the command cannot have it" \
    holding setuid,setgid "$S" --keep-caps=chown nobody
refuses 'nor what the bounding set lacks' "--keep-caps 'kill': the command cannot have it" \
    holding setuid,setgid,kill,setpcap setpriv --bounding-set=-kill "$S" --keep-caps=kill nobody
other='the caller is uid 1000 and not root: *--if-root*'
refuses 'a caller without SETGID' "setgroups: *$other" holding setuid "$S" nobody
refuses 'a caller without SETUID' "setresuid: *$other" holding setgid "$S" nobody
refuses 'a caller without either' "setgroups: *$other" holding '' "$S" --keep-caps='chown?' nobody
t 'a caller that is the target already keeps the list' 0 "1000:1000 44 $bind" '' \
    holding net_bind_service,kill "$S" --keep-caps=net_bind_service --groups=44 app "$STATE" ids groups caps
t 'and without a list nothing' 0 "1000:1000 0" '' holding net_bind_service,kill "$S" --groups=44 app "$STATE" ids caps
ambient=setuid,setgid,setpcap,net_bind_service,kill
plus=+${ambient//,/,+}
# securebits(7): noroot 1, no_setuid_fixup 4 (locked 8), keep_caps locked 0x20, no_cap_ambient_raise 0x40
held=(setpriv "--inh-caps=$plus" "--ambient-caps=$plus" capsh)
for securebits in 1 4 12 5; do
    command=("${held[@]}" --secbits="$securebits" --shell="$S" --)
    t "securebits $securebits: nothing is kept" 0 '1000:1000 0' '' "${command[@]}" app "$STATE" ids caps
    t "securebits $securebits: the list is kept" 0 "1000:1000 $bind" '' \
        "${command[@]}" --keep-caps=net_bind_service app "$STATE" ids caps
done
for dry in --keep-groups --dry-run; do # both say the same
    refuses "securebits that forbid ambient: $dry" "--keep-caps 'net_bind_service': *the ambient set*is missing or locked (*securebits)" \
        capsh --secbits=0x40 --shell="$S" -- $dry --keep-caps=net_bind_service app
    refuses "the same for root under noroot: $dry" '*the ambient set*is missing or locked (*securebits)' \
        "${held[@]}" --secbits=0x41 --shell="$S" -- $dry --keep-caps=net_bind_service root
done
for dry in --keep-groups --dry-run; do
    refuses "securebits that lock keep_caps: $dry" "--keep-caps 'net_bind_service': *keep_caps*is missing or locked (*securebits)" \
        capsh --secbits=0x20 --shell="$S" -- $dry --keep-caps=net_bind_service app
done
t 'securebits that forbid ambient: NAME? means do without' 0 '1000:1000 0' '' \
    capsh --secbits=0x40 --shell="$S" -- --keep-caps='net_bind_service?' app "$STATE" ids caps
t "securebits that forbid ambient: root's come by the bounding set" 0 "0:0 $bind,$bind,$bind,0 $bind" '' \
    capsh --secbits=0x40 --shell="$S" -- --keep-caps=net_bind_service root "$STATE" ids caps bnd
t "root's under noroot are ambient" 0 "0:0 $bind $bind" '' \
    "${held[@]}" --secbits=1 --shell="$S" -- --keep-caps=net_bind_service root "$STATE" ids caps bnd
refuses "uid 0 without capabilities for noroot is not told to add them" "setgroups: Operation not permitted*securebits" \
    capsh --secbits=1 --shell="$S" -- app
t "root that stays root has none to hold on to" 0 "0:0 0,44 $bind" "" \
    capsh --secbits=0x20 --shell="$S" -- --keep-caps=net_bind_service --groups=44 root "$STATE" ids groups caps
t 'securebits that lock keep_caps: NAME? means do without' 0 '1000:1000 0' '' \
    capsh --secbits=0x20 --shell="$S" -- --keep-caps='net_bind_service?' app "$STATE" ids caps
t 'a caller that is the target already has none to lose' 0 "1000:1000 44 $bind" '' \
    holding net_bind_service,setpcap capsh --secbits=0x20 --shell="$S" -- --keep-caps=net_bind_service --groups=44 app "$STATE" ids groups caps
t 'an inheritable set of the caller does not last' 0 0 '' setpriv --inh-caps="$plus" "$S" app "$STATE" caps
t 'nor beside what is kept' 0 "$bind" '' \
    setpriv --inh-caps="$plus" --ambient-caps="$plus" "$S" --keep-caps=net_bind_service app "$STATE" caps
t 'root without an option: inheritable and ambient are cleared, the rest stays' 0 "0,$ALL,$ALL,0 $ALL" '' \
    setpriv --inh-caps="$plus" --ambient-caps="$plus" "$S" root "$STATE" caps bnd
t 'root of another group' 0 "0:1000 $bind $bind" '' "$S" --keep-caps=net_bind_service root:app "$STATE" ids caps bnd
refuses 'root, and the bounding set cannot shrink' 'bounding set: *CAP_SETPCAP*--cap-add=SETPCAP*' \
    without setpcap "$S" --keep-caps=net_bind_service root
t 'a user needs no SETPCAP' 0 "$bind" '' without setpcap "$S" --keep-caps=net_bind_service app "$STATE" caps

# --- --no-new-privs -------------------------------------------------------------------------------------------------
cp "$(command -v id)" "$T/set-id" && chmod 4755 "$T/set-id"
t '--no-new-privs' 0 "1000:1000 1 0 $ALL" '' "$S" --no-new-privs app "$STATE" ids nnp caps bnd
t 'a set-user-ID program gains nothing' 0 1000 '' "$S" --no-new-privs app "$T/set-id" -u
t 'without it, it does' 0 0 '' "$S" app "$T/set-id" -u
t 'root too' 0 "0:0 1 0,$ALL,$ALL,0" '' "$S" --no-new-privs root "$STATE" ids nnp caps
t 'set by the runtime already' 0 '1000:1000 1' '' setpriv --no-new-privs "$S" --no-new-privs app "$STATE" ids nnp
t 'set by the runtime, not asked for' 0 '1000:1000 1' '' setpriv --no-new-privs "$S" app "$STATE" ids nnp
t 'with capabilities kept' 0 "1 $bind" '' "$S" --no-new-privs --keep-caps=net_bind_service app "$STATE" nnp caps
t 'by a caller that is the target already' 0 '1 0' '' holding kill "$S" --no-new-privs --groups=44 app "$STATE" nnp caps
usage 'takes no value' "'--no-new-privs': takes no value" "$S" --no-new-privs=yes app

# --- --harden -------------------------------------------------------------------------------------------------------
t '--harden' 0 '1000:1000 1000,2000,2001 1 0 0' '' "$S" --harden app "$STATE" ids groups nnp caps bnd
t '--harden --keep-caps' 0 "1 $two $two" '' "$S" --harden --keep-caps=sys_nice,net_bind_service app "$STATE" nnp caps bnd
t '--harden --keep-caps=NAME? that is missing' 0 '1 0 0' '' \
    without sys_nice "$S" --harden --keep-caps='sys_nice?' app "$STATE" nnp caps bnd
t '--harden, for root' 0 '0:0 1 0 0' '' "$S" --harden root "$STATE" ids nnp caps bnd
t '--harden --keep-caps, for root' 0 "1 $bind $bind" '' \
    "$S" --harden --keep-caps=net_bind_service root "$STATE" nnp caps bnd
refuses '--harden without SETPCAP' 'bounding set: *CAP_SETPCAP*--cap-add=SETPCAP*' without setpcap "$S" --harden app
refuses '--harden of a user without SETPCAP' 'bounding set: *the caller is uid 1000 and not root*' holding setuid,setgid "$S" --harden nobody
t '--harden of a user with SETPCAP' 0 '65534:65534 1 0 0' '' \
    holding setuid,setgid,setpcap "$S" --harden nobody "$STATE" ids nnp caps bnd
t 'no SETPCAP is needed where the set is small already: a user' 0 '1 0 0' '' \
    setpriv --reuid=1000 --regid=1000 --clear-groups --bounding-set=-all "$S" --harden --clear-groups app \
    "$STATE" nnp caps bnd
t 'no SETPCAP is needed where the set is small already: root' 0 '1 0 0' '' \
    setpriv --clear-groups --bounding-set=-all "$S" --harden --clear-groups root "$STATE" nnp caps bnd
t 'no SETPCAP is needed where the set is what is kept' 0 "1 $(bits setuid setgid) $(bits setuid setgid)" '' \
    setpriv --bounding-set=-all,+setuid,+setgid "$S" --harden --keep-caps=setuid,setgid app "$STATE" nnp caps bnd
refuses 'a set that is smaller than what is to be kept' 'cannot have it' \
    setpriv --bounding-set=-all,+setuid,+setgid "$S" --harden --keep-caps=setuid,setgid,kill app
finish
