#!/bin/bash
# Side by side with gosu itself: same uid, gid, groups (and the primary one, which stepdown adds) and HOME.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1
real=$(command -v gosu) || { echo '1..0 # SKIP gosu is not installed' && exit 0; }
needs setpriv

add_users 'other:x:1000:1001::/other:' 'a.b-c_d:x:1004:1004::/abcd:' '' '# comment'
add_groups 'dup:x:3001:app,games,app' 'dup2:x:3001:app' 'own:x:60:games' 'alone:x:3002:' '' '# comment'

probe() { # COMMAND [ARG]...: what it becomes, with the primary group in the list, sorted
    run "$@" "$PROBE"
    IFS=: read -r uid gid groups home <<<"$out"
    echo "$status $uid $gid $home $err $(tr , '\n' <<<"$gid${groups:+,$groups}" | sort -nu | tr '\n' ' ')"
}
both() { # SPEC [CALLER...]
    local wanted
    wanted=$(probe "${@:2}" "$real" "$1")
    for name in gosu stepdown; do
        # Under its own name an unset variable is an error: no USER, or no GROUP where no entry gives one.
        [[ $name = stepdown && ($1 = '' || $1 = :* || $1 = 4242:) ]] ||
            is "$name '$1'${2:+ called by ${*:2}}" "$(probe "${@:2}" "$BIN/$name" "$1")" "$wanted"
    done
    is "it ran: '$1'${2:+ called by ${*:2}}" "${wanted%% *}" 0
}
for spec in 0 0: 0:0 0:root root root: root:0 root:root root:1000 0:4242 4242 4242: 4242:0 4242:root 4242:4242 4242:daemon \
    app app: app:app app:data app:2000 app:0 app:4242 1000 1000: 1000:1000 1000:data 1000:dup2 other other: other:logs \
    games games: games:games games:daemon 5 5: 5:60 5:alone nobody nobody: nobody:nogroup 65534 65534:65534 \
    a.b-c_d 00 0001000 app:0000 2147483647 2147483647:2147483647 '' : :0 :app :data; do
    both "$spec"
done
for spec in 4242 app games: '' :data; do
    both "$spec" setpriv --regid=77 --groups=77,88
    both "$spec" setpriv --bounding-set=-all,+setuid,+setgid --clear-groups
done
finish
