# shellcheck shell=bash
# TAP for the tests of the real binary. A test begins with `. "$(dirname "$0")/lib.sh" || exit 1` and ends with `finish`.
#
# Each test file runs as root in a mount namespace of its own, where /etc is a small tmpfs: it may make of $PASSWD and
# $GROUP what it likes. It never spells /etc/passwd or /etc/group where it writes: should this file not be loaded, the
# variables are empty and the machine's own accounts are safe. Where no namespace can be made (a container),
# STEPDOWN_TEST_DISPOSABLE=1 says that the root file system may be written to instead.
# STEPDOWN=PATH is the binary under test, build/stepdown if it is unset.
#
#   $S, $GOSU, $SU_EXEC     the binary under its three names, all in $BIN, which every user can enter
#   $T                      the test's own directory (tmpfs, not nosuid), 755; $T/open is for everyone
#   $PASSWD, $GROUP         the account files, private to the test
#   accounts                writes the accounts below; done once at the start
#   add_users [LINE]...     adds lines to $PASSWD; add_groups to $GROUP. With \ escapes, as printf %b takes them
#   only_users [LINE]...    the same with nothing else in the file; only_groups
#   run COMMAND [ARG]...    leaves $status, $out and $err (less one newline at the end; up to a NUL byte)
#   t DESCRIPTION STATUS OUT ERR COMMAND [ARG]...
#                           one test: runs COMMAND and compares; OUT and ERR are the text itself or a glob for it
#   refuses DESCRIPTION ERR COMMAND [ARG]...
#                           one test: COMMAND, to which a command is added that would leave a mark and print, ends with
#                           125, nothing on stdout, no mark, and a message that has ERR (text or glob) in it: one line
#                           or two, each under the program's name, short and printable
#   is DESCRIPTION GOT WANTED
#   ok DESCRIPTION COMMAND [ARG]...    one test: COMMAND's status is 0
#   skip DESCRIPTION WHY
#   await COMMAND [ARG]...  until COMMAND succeeds, which another process is to bring about; gives up in the end
#   needs TOOL...           ends the whole file, as skipped, where a tool is missing
#   has_terminals           whether script(1) can make one: not where no devpts is mounted
#   finish                  the plan and the exit status
#
# Commands for stepdown to run, by their full paths:
#   $PROBE       prints UID:GID:GROUP,GROUP...:HOME; real/effective/saved/file-system IDs where they are not all the same
#   $CAPS        prints the inheritable, permitted, effective, ambient sets in hexadecimal, with commas between
#                (both read /proc, or $PROC if it is set)
#   $MARK        prints "ran" and leaves a mark, which refuses looks for

set -u

if [ "$(id -u)" != 0 ]; then
    echo '1..0 # SKIP needs root'
    exit 0
fi
mount_namespace() { readlink /proc/self/ns/mnt; }
if [ "${1-}" != inside ]; then
    STEPDOWN=$(realpath -- "${STEPDOWN:-${BASH_SOURCE[0]%/*}/../../build/stepdown}") || exit 1
    export STEPDOWN
    T=$(mktemp -d) || exit 1
    if [ -n "${STEPDOWN_TEST_DISPOSABLE-}" ]; then
        bash "$0" inside "$T" disposable
    else
        "${BASH_SOURCE[0]%/*}/../with-private-mounts" bash "$0" inside "$T" "$(mount_namespace)"
    fi
    status=$?
    rm -rf "$T"
    exit $status
fi

export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C HOME=/root
umask 022
exec </dev/null

T=$2 BIN=$2/bin PASSWD=/etc/passwd GROUP=/etc/group
S=$BIN/stepdown GOSU=$BIN/gosu SU_EXEC=$BIN/su-exec PROBE=$BIN/probe CAPS=$BIN/caps MARK=$BIN/mark
count=0 failures=0 status=0 out='' err=''

# A namespace in a test's own is as private as that one without being told so, which cannot be done in a chroot.
unshare() { command unshare --propagation unchanged "$@"; }

add_users() { (($# == 0)) || printf '%b\n' "$@" >>"$PASSWD"; }
add_groups() { (($# == 0)) || printf '%b\n' "$@" >>"$GROUP"; }
only_users() { rm -rf "$PASSWD" && : >"$PASSWD" && add_users "$@"; }
only_groups() { rm -rf "$GROUP" && : >"$GROUP" && add_groups "$@"; }

accounts() {
    only_users 'root:x:0:0:root:/root:/bin/bash' \
        'daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin' \
        'games:x:5:60:games:/usr/games:/usr/sbin/nologin' \
        'app:x:1000:1000:App,,,:/srv/app:/bin/bash' \
        'nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin'
    only_groups 'root:x:0:' 'daemon:x:1:nobody' 'disk:x:6:root' 'wheel:x:10:root,nobody' 'games:x:60:' \
        'users:x:100:games,nobody' 'app:x:1000:' 'data:x:2000:app' 'logs:x:2001:games,app' 'nogroup:x:65534:'
}

is() { # DESCRIPTION GOT WANTED
    count=$((count + 1))
    if [ "$2" = "$3" ]; then
        printf 'ok %d - %s\n' $count "$1"
        return
    fi
    failures=$((failures + 1))
    printf 'not ok %d - %s\n' $count "$1"
    diff <(printf '%s\n' "$3") <(printf '%s\n' "$2") | sed 's/[^[:print:]]/?/g; s/^</# wanted:/; s/^>/# got:   /; s/^[^#]/# &/'
}

ok() { # DESCRIPTION COMMAND [ARG]...
    local result=0
    "${@:2}" || result=$?
    is "$1" "status $result" 'status 0'
}

skip() { # DESCRIPTION WHY
    count=$((count + 1))
    printf 'ok %d - %s # SKIP %s\n' $count "$1" "$2"
}

needs() {
    for tool; do
        command -v "$tool" >/dev/null || { echo "1..0 # SKIP $tool is not installed" && exit 0; }
    done
}

has_terminals() { script -qec true /dev/null >/dev/null 2>&1; }

await() {
    for _ in {1..2000}; do
        "$@" && return
        sleep 0.01
    done
    echo "# waited in vain: $*"
    return 1
}

run() {
    "$@" >"$T/out" 2>"$T/err"
    status=$?
    IFS= read -rd '' out <"$T/out"
    IFS= read -rd '' err <"$T/err"
    out=${out%$'\n'} err=${err%$'\n'}
}

# The text itself if the glob matches it, so that a comparison of the two succeeds; else the glob.
matched() { # TEXT GLOB
    # shellcheck disable=SC2053 # a glob is meant
    if [[ $1 == $2 ]]; then printf '%s' "$1"; else printf '%s' "$2"; fi
}

t() { # DESCRIPTION STATUS OUT ERR COMMAND [ARG]...
    run "${@:5}"
    is "$1" "status $status, stdout: $out, stderr: $err" \
        "status $2, stdout: $(matched "$out" "$3"), stderr: $(matched "$err" "$4")"
}

refuses() { # DESCRIPTION ERR COMMAND [ARG]...
    local manners='a message' ran='' line
    rm -f "$T/open/mark"
    run "${@:3}" "$MARK"
    [ -e "$T/open/mark" ] && ran=', and the command ran'
    while IFS= read -r line; do
        [[ $line =~ ^(stepdown|gosu|su-exec):\ [[:print:]]{5,600}$ ]] || manners="bad manners in: ${line:0:700}"
    done <<<"$err"
    [[ $err == *$'\n'*$'\n'* ]] && manners='more than two lines'
    # shellcheck disable=SC2053 # a glob is meant
    [[ $err == *"$2"* || $err == *$2* ]] || manners="stderr: $err"
    is "$1" "status $status, stdout: $out, $manners$ran" "status 125, stdout: , a message"
}

finish() {
    echo "1..$count"
    exit $((failures > 0))
}

set_up() {
    if [ "$1" != disposable ]; then
        # Nothing is mounted, let alone written, where the namespace is the one that the test was started in.
        [ -n "$1" ] && [ "$1" != "$(mount_namespace)" ] || exit 1
        mount -t tmpfs -o mode=755 tmpfs "$T" && mkdir "$T/etc" || exit 1
        cp -a /etc/alternatives /etc/ld.so.* /etc/nsswitch.conf "$T/etc/" 2>/dev/null
        mount --bind "$T/etc" /etc && [ "$(stat -c %d "$T/etc")" = "$(stat -c %d /etc)" ] || exit 1
    fi
    chmod 755 "$T"
    mkdir "$BIN" "$T/open"
    chmod 1777 "$T/open"
    cp "$STEPDOWN" "$S" && chmod 755 "$S" && ln -s stepdown "$GOSU" && ln -s stepdown "$SU_EXEC" || exit 1
    printf '#!/bin/sh\necho ran\n: >%s\n' "$T/open/mark" >"$MARK"
    cat >"$PROBE" <<'END'
#!/bin/sh
while read -r key a b c d; do
    case $key in
    Uid: | Gid:) [ "$a/$b/$c" = "$b/$c/$d" ] || a=$a/$b/$c/$d ;;
    esac
    case $key in
    Uid:) uid=$a ;;
    Gid:) gid=$a ;;
    Groups:) groups=$(echo $a $b $c $d | tr ' ' ,) ;;
    esac
done <"${PROC:-/proc}/self/status"
echo "$uid:$gid:$groups:$HOME"
END
    cat >"$CAPS" <<'END'
#!/bin/sh
sets=
while read -r key set; do
    case $key in
    CapInh: | CapPrm: | CapEff: | CapAmb:) sets=$sets,$(printf %x "0x$set") ;;
    esac
done <"${PROC:-/proc}/self/status"
echo "${sets#,}"
END
    chmod 755 "$MARK" "$PROBE" "$CAPS"
    accounts
}
set_up "$3"
