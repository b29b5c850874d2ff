#!/bin/bash
# Which options go together, and what two and three of them do at once: every pair in both orders, every triple, with
# --if-root for a caller that is not root as well. What is to be expected is worked out here, from each option alone:
#
#   excludes each other   --init-groups, --clear-groups, --groups
#   needs another         --allow-root: --reference or --group-add; --chown-once: --chown
#   refuses root          --account
#   ends the line         --help, --version
#   goes with the rest    everything else
# shellcheck source=options.sh
. "$(dirname "$0")/options.sh" || exit 1
needs setpriv
[ -n "${STEPDOWN_TEST_DISPOSABLE-}" ] || mount -t tmpfs -o mode=755 tmpfs /srv || exit 1
: >"$T/app" && chown 1000:60 "$T/app"
: >"$T/root"
: >"$T/own"
kept=$(bits kill)
set='' # the options of the present case, with a space on either side of each

given() { [[ $set == *" $1 "* ]]; }

excluded() {
    local name found=0
    for name in init-groups clear-groups groups; do ! given $name || found=$((found + 1)); done
    [ $found -gt 1 ]
}

words() { # into `line`
    local name
    line=()
    for name in $set; do
        case $name in
        groups) line+=(--groups=users) ;;
        keep-caps) line+=(--keep-caps=kill) ;;
        group-add) if given allow-root; then line+=(--group-add="$T/root"); else line+=(--group-add=daemon); fi ;;
        umask) line+=(--umask=27) ;;
        chown) line+=(--chown="$T/own") ;;
        account) line+=(--account=app) ;;
        reference) if given allow-root; then line+=(--reference="$T/root"); else line+=(--reference="$T/app"); fi ;;
        home) line+=(--home="$T/home") ;;
        *) line+=("--$name") ;;
        esac
    done
    given reference || line+=(app:games)
}

# Into `ids` and so on: what the command is if the caller, root in the groups 6 and 44, or app in 44, gives `set`.
expect() { # root|app
    ids=1000:60 groups=60 caps=0 bounding=$ALL nnp=0 home=/srv/app user=unset/unset/unset umask=0022 stdin=0 owner=0
    if given no-new-privs || given harden; then nnp=1; fi
    ! given umask || umask=0027
    if [ "$1" = app ]; then
        ids=1000:1000 groups=44 home=/root
        ! given home || home=$T/home
        return
    fi
    local name=app more='2000 2001'
    if given allow-root && given reference; then
        ids=0:0 groups=0 home=/root caps=0,$ALL,$ALL,0 name=root more='6 10'
    fi
    ! given init-groups || groups+=" $more"
    given clear-groups || given groups || ! given account || groups+=" $more"
    ! given groups || groups+=' 100'
    ! given keep-groups || groups+=' 44'
    if given group-add; then if given allow-root; then groups+=' 0'; else groups+=' 1'; fi; fi
    groups=$(tr ' ' '\n' <<<"$groups" | sort -nu | paste -sd,)
    ! given harden || caps=0 bounding=0
    ! given keep-caps || caps=$kept
    if given keep-caps && { given harden || [ $name = root ]; }; then bounding=$kept; fi
    ! given home || home=$T/home
    ! given user-env || user=$name/$name//bin/bash
    ! given chown-stdio || stdin=${ids%:*}
    ! given chown || owner=${ids%:*}
}

capabilities() { # SET: as a plan has it
    case $1 in 0) echo none ;; "$kept") echo kill ;; "$ALL") echo unchanged ;; *) echo "the caller's, none inheritable or ambient" ;; esac
}

# The plan for what `expect` left, without the sources of the facts.
expected_plan() { # root|app
    printf 'uid: %s\ngid: %s\n' "${ids%:*}" "${ids#*:}"
    tr , '\n' <<<"$groups" | sed 's/^/group: /'
    if [ "$1" = root ] && given keep-groups && [[ ,$groups, != *,6,* ]]; then
        echo "group left out: 6, $GROUP gives it to a name with uid 0"
    fi
    if [ "$home" = /root ] && [ "$1" = app ]; then echo 'home: unchanged'; else echo "home: $home"; fi
    [ "$user" = unset/unset/unset ] || printf 'USER, LOGNAME: %s\nSHELL: %s\n' "${user%%/*}" "/${user#*//}"
    if [ "$1" = root ] && given account; then
        printf 'account: %s\n' "the IDs change, $PASSWD:4" "the IDs change, $GROUP:7" "a directory is made, $home"
    fi
    echo "capabilities: $(capabilities "$caps")"
    echo "bounding set: $(capabilities "$bounding")"
    if [ "$nnp" = 1 ]; then echo 'no_new_privs: yes'; else echo 'no_new_privs: unchanged'; fi
    ! given umask || echo "umask: ${umask#0}"
    if given chown && [ "$1" = root ]; then
        if given chown-once; then echo "chown: $T/own, unless it is the user's"; else echo "chown: $T/own"; fi
    fi
    if given chown-stdio; then
        if [ "$1" = root ]; then echo 'descriptors given to the user: 0'; else echo 'descriptors given to the user: none'; fi
    fi
    echo "command: $MARK"
}

plan() { # without the sources, groups in their order
    sed -E 's/^(uid|gid|group|home): ([^ ,]*).*/\1: \2/' <<<"$out" >"$T/plan"
    sed -n '/^[ug]id:/p' "$T/plan"
    sed -n '/^group:/p' "$T/plan" | sort -t: -nk2
    sed '/^[ug]id:/d; /^group:/d' "$T/plan"
}

# shellcheck disable=SC2317 # called by t and the like
from() { # root|app COMMAND
    if [ "$1" = root ]; then
        setpriv --groups=6,44 "${@:2}"
    else
        holding setuid,setgid,setpcap,kill,chown "${@:2}"
    fi
}

try() { # root|app OPTION...
    local caller=$1
    shift
    set=" $* "
    words
    if given help || given version; then
        local wanted='stepdown [0-9]*'
        ! given help || wanted='Usage: stepdown *'
        t "$caller: $*" 0 "$wanted" '' from "$caller" "$S" "${line[@]}" "$MARK"
    elif excluded; then
        refuses "$caller: $* exclude each other" '--init-groups, --clear-groups and --groups exclude each other' \
            from "$caller" "$S" "${line[@]}"
    elif given allow-root && ! given reference && ! given group-add; then
        refuses "$caller: $* lack --reference or --group-add" "'--allow-root': goes with --reference or --group-add alone" \
            from "$caller" "$S" "${line[@]}"
    elif given chown-once && ! given chown; then
        refuses "$caller: $* lack --chown" "'--chown-once': goes with --chown alone" from "$caller" "$S" "${line[@]}"
    elif [ "$caller" = root ] && given account && given allow-root && given reference; then
        refuses "$caller: $* would give root a name" "--account 'app': it is root's" from "$caller" "$S" "${line[@]}"
    elif given dry-run; then
        expect "$caller"
        rm -f "$T/open/mark"
        run from "$caller" "$S" "${line[@]}" "$MARK" < <(:)
        is "$caller: $*" "$status $err $(plan)" "0  $(expected_plan "$caller")"
        is "$caller: $*: nothing has changed" "$(stat -c %u "$T/own")" 0
        [ ! -e "$T/open/mark" ] || is "$caller: $*: nothing ran" 'something ran' ''
    else
        expect "$caller"
        t "$caller: $*" 0 "$ids $groups $caps $bounding $nnp $home $user $umask $stdin $owner" '' \
            from "$caller" "$S" "${line[@]}" "$STATE" ids groups caps bnd nnp home user umask fd0 fd3 < <(:) 3<"$T/own"
        chown 0:0 "$T/own"
        if given account; then
            accounts
            rm -rf /srv/app "${T:?}/home"
        fi
    fi
}

unset USER LOGNAME SHELL
options=(init-groups clear-groups groups group-add keep-groups keep-caps no-new-privs harden if-root reference allow-root home umask
    account chown chown-once user-env chown-stdio dry-run)
for a in "${options[@]}"; do
    try root "$a"
    for b in "${options[@]}" help version; do
        [ "$a" = "$b" ] || try root "$a" "$b"
    done
    try root help "$a"
    try root version "$a"
    [ "$a" = if-root ] || { try app if-root "$a" && try app "$a" if-root; }
done
count_of=${#options[@]}
for ((i = 0; i < count_of; i++)); do
    for ((j = i + 1; j < count_of; j++)); do
        for ((k = j + 1; k < count_of; k++)); do
            try root "${options[i]}" "${options[j]}" "${options[k]}"
            ! given if-root || try app "${options[i]}" "${options[j]}" "${options[k]}"
        done
    done
done
finish
