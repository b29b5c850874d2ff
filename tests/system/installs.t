#!/bin/bash
# A binary that carries privilege serves nobody but root: set-user-ID, set-group-ID, file capabilities.
# shellcheck disable=SC2317 # functions that t runs
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1
needs setpriv setcap unshare

hint='it is for root to become another user, never the other way: *sudo or doas' differ='the real, effective and saved'
as_app() { setpriv --reuid=1000 --regid=1000 --init-groups "$@"; }
GOSU_PLEASE_LET_ME_BE_COMPLETELY_INSECURE_I_GET_TO_KEEP_ALL_THE_PIECES="I've seen things you people wouldn't believe."
GOSU_PLEASE_LET_ME_BE_COMPLETELY_INSECURE_I_GET_TO_KEEP_ALL_THE_PIECES+=" Time to die."

# A control: on this file system the bits and capabilities do work.
install -m 4755 "$(command -v id)" "$T/id"
t 'set-user-ID works here' 0 0 '' as_app "$T/id" -u
chmod 755 "$T/id" && setcap cap_setuid+ep "$T/id"
cp "$(command -v grep)" "$T/grep" && setcap cap_chown+ep "$T/grep"
t 'file capabilities work here' 0 '*1' '' as_app "$T/grep" CapPrm /proc/self/status

refused_to_others() { # HOW WHY
    for override in none GOSU_PLEASE_LET_ME_BE_COMPLETELY_INSECURE_I_GET_TO_KEEP_ALL_THE_PIECES; do
        [ $override = none ] || export "${override?}"
        for name in "$S" "$GOSU" "$SU_EXEC"; do
            for spec in root app 65534:65534; do
                refuses "$1, ${name##*/} $spec, override: ${override:0:11}" "refused: $2*$hint" as_app "$name" "$spec"
            done
        done
        [ $override = none ] || export -n "${override?}"
    done
    refuses "$1: a caller without groups" "refused: $2" setpriv --reuid=1000 --regid=1000 --clear-groups "$S" app
    refuses "$1: no_new_privs makes it an ordinary binary" 'the caller is uid 1000 and not root' as_app setpriv --nnp "$S" root
    t "$1: not even --help" 125 '' "stepdown: refused: $2*" as_app "$S" --help
    t "$1: not even gosu --version" 125 '' "gosu: refused: $2*" as_app "$GOSU" --version
    t "$1: not even --dry-run" 125 '' "stepdown: refused: $2*" as_app "$S" --dry-run app true
    t "$1: nor a usage error" 125 '' "stepdown: refused: $2*" as_app "$S"
}
serves_root() { # HOW
    t "$1: root steps down" 0 1000:1000:1000,2000,2001:/srv/app '' setpriv --clear-groups "$S" app "$PROBE"
    t "$1: and has no capability left" 0 0,0,0,0 '' "$S" app "$CAPS"
}

chown 0:0 "$S" && chmod 4755 "$S"
refused_to_others 'set-user-ID root' "$differ user IDs differ"
serves_root 'set-user-ID root'
chmod 6755 "$S"
refused_to_others 'set-user-ID and set-group-ID root' "$differ user IDs differ"
serves_root 'set-user-ID and set-group-ID root'
chmod 2755 "$S"
refused_to_others 'set-group-ID root' "$differ group IDs differ"
serves_root 'set-group-ID root'
chown 0:2000 "$S" && chmod 2755 "$S"
refuses 'set-group-ID of a group that root is not in, called by root' "refused: $differ group IDs differ" "$S" app
refuses 'set-group-ID of a group that the caller is in' "refused: $differ group IDs differ" as_app "$S" app
chown 65534:65534 "$S" && chmod 4755 "$S"
refuses 'set-user-ID nobody' "refused: $differ user IDs differ" as_app "$S" nobody
refuses 'set-user-ID nobody, called by root' "refused: $differ user IDs differ" "$S" nobody
chown 1000:1000 "$S" && chmod 6755 "$S"
t 'set-user-ID of the caller is nothing' 0 1000:1000:1000,2000,2001:/srv/app '' as_app "$S" app "$PROBE"
chown 0:0 "$S" && chmod 755 "$S"

for capabilities in cap_setuid,cap_setgid+ep cap_setuid,cap_setgid+p cap_setuid+ep cap_chown+p cap_dac_override+ep; do
    setcap $capabilities "$S" || exit 1
    refused_to_others "setcap $capabilities" 'this binary has file capabilities'
    serves_root "setcap $capabilities"
    refuses "setcap $capabilities: ambient capabilities of the caller besides" 'refused: this binary has file capabilities' \
        as_app --inh-caps=+kill --ambient-caps=+kill "$S" app
done
setcap cap_setuid,cap_setgid+ei "$S"
refuses 'setcap +ei with inheritable capabilities' 'refused: this binary has file capabilities' \
    as_app --inh-caps=+setuid,+setgid "$S" nobody
t 'setcap +ei without them is nothing' 0 1000:1000:1000,2000,2001:/srv/app '' as_app "$S" app "$PROBE"
setcap -r "$S"
t 'a plain binary again' 0 1000:1000:1000,2000,2001:/srv/app '' as_app "$S" app "$PROBE"
chmod 4755 "$S"
t 'a mount that is nosuid makes an ordinary binary of it' 0 1000:1000:1000,2000,2001:/srv/app '' \
    unshare --mount sh -c "mount -o bind $BIN $BIN && mount -o remount,bind,nosuid $BIN &&
        exec setpriv --reuid=1000 --regid=1000 --init-groups $S app $PROBE"

finish
