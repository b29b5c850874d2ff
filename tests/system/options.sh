# shellcheck shell=bash
# For the tests of the options: lib.sh and what they need besides.
#
#   $STATE FIELD...         a command that prints what it is, one word a field: ids (UID:GID), groups (GID,GID...), caps
#                           (inheritable, permitted, effective, ambient in hexadecimal; one of it where they are all the
#                           same), bnd (the bounding set), nnp (no_new_privs), home, user (USER/LOGNAME/SHELL), umask,
#                           fd0 to fd3 (the owner of that descriptor's file)
#   $ALL                    the bounding set of the test itself, in hexadecimal
#   bits NAME...            the set of these capabilities, in hexadecimal
#   without NAME COMMAND    runs COMMAND as root whose bounding set lacks that capability
#   holding LIST COMMAND    runs COMMAND as app (1000:1000, group 44) with these capabilities, names with commas between
#                           them, ambient as a runtime gives them; "" for none
#   recipe NAME FILE        makes FILE an executable script of the README's recipe with that marker; false if there is none
#   usage DESCRIPTION ERR COMMAND      like refuses, and the second line says to see --help

# shellcheck source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh" || exit 1

STATE=$BIN/state

bits() {
    local names=(chown dac_override dac_read_search fowner fsetid kill setgid setuid setpcap linux_immutable
        net_bind_service net_broadcast net_admin net_raw ipc_lock ipc_owner sys_module sys_rawio sys_chroot sys_ptrace
        sys_pacct sys_admin sys_boot sys_nice sys_resource sys_time sys_tty_config mknod lease audit_write
        audit_control setfcap mac_override mac_admin syslog wake_alarm block_suspend audit_read perfmon bpf
        checkpoint_restore)
    local set=0 i name
    for name; do
        for i in "${!names[@]}"; do
            [ "${names[i]}" != "$name" ] || set=$((set | 1 << i))
        done
    done
    printf '%x' $set
}

has() { # NAME: in the bounding set of the test
    (((0x$ALL & 0x$(bits "$1")) != 0))
}

without() {
    setpriv --bounding-set="-$1" "${@:2}"
}

holding() {
    local plus=${1:+,+${1//,/,+}}
    setpriv --reuid=1000 --regid=1000 --groups=44 --inh-caps="-all$plus" --ambient-caps="-all$plus" "${@:2}"
}

README=$(realpath -- "$(dirname "${BASH_SOURCE[0]}")/../../README.md") || exit 1
# shellcheck disable=SC2016 # the recipe expands it
recipe() {
    {
        printf '#!/bin/sh\nset -e\nPATH=%s:$PATH\n' "$BIN"
        awk -v marker="<!-- recipe: $1 -->" '$0 == marker { found = 1; next }
            found && /^```/ { if (inside) exit; inside = 1; next }
            inside' "$README"
    } >"$2"
    chmod 755 "$2"
    [ "$(wc -l <"$2")" -gt 3 ]
}

# UID_MAP GID_MAP COMMAND: runs it as 0:0 of a user namespace with these maps, lines with commas between them.
# shellcheck disable=SC2317 # called by t
mapped() {
    local pid result
    command unshare --user sleep 1000 &
    pid=$!
    until [ "/proc/$pid/exe" -ef "$(command -v sleep)" ]; do sleep 0.01; done
    tr , '\n' <<<"$1" >"/proc/$pid/uid_map"
    tr , '\n' <<<"$2" >"/proc/$pid/gid_map"
    # shellcheck disable=SC2086 # words
    nsenter --user --target "$pid" ${groups_stay:---setuid 0 --setgid 0} "${@:3}"
    result=$?
    kill "$pid" && wait "$pid" 2>/dev/null
    return "$result"
}

usage() {
    refuses "$@"
    is "$1: says where to look" "${err##*$'\n'}" 'stepdown: see --help'
}

cat >"$STATE" <<'END'
#!/bin/sh
while read -r key value; do
    case $key in
    Uid:) uid=${value%%[!0-9]*} ;;
    Gid:) gid=${value%%[!0-9]*} ;;
    Groups:) groups=$value ;;
    NoNewPrivs:) nnp=$value ;;
    Cap*)
        value=${value#"${value%%[!0]*}"}
        case $key in
        CapInh:) inh=${value:-0} ;;
        CapPrm:) prm=${value:-0} ;;
        CapEff:) eff=${value:-0} ;;
        CapBnd:) bnd=${value:-0} ;;
        CapAmb:) amb=${value:-0} ;;
        esac
        ;;
    esac
done </proc/self/status
fields=$*
set -- $groups
IFS=,
groups=$*
IFS=' '
separator=
for field in $fields; do
    case $field in
    ids) word=$uid:$gid ;;
    groups) word=$groups ;;
    caps) word=$inh,$prm,$eff,$amb; [ "$word" != "$inh,$inh,$inh,$inh" ] || word=$inh ;;
    bnd) word=$bnd ;;
    nnp) word=$nnp ;;
    home) word=${HOME-unset} ;;
    user) word=${USER-unset}/${LOGNAME-unset}/${SHELL-unset} ;;
    umask) word=$(umask) ;;
    fd?) word=$(stat -Lc %u "/proc/$$/fd/${field#fd}" 2>&1) ;;
    esac
    printf '%s%s' "$separator" "$word"
    separator=' '
done
echo
END
chmod 755 "$STATE"
ALL=$("$STATE" bnd)
