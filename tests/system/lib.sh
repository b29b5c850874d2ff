# shellcheck shell=bash
# TAP for the tests of the real binary. A test begins with `. "${0%/*}/lib.sh"` and ends with `finish`.
#
# Each test file runs as root in a mount namespace of its own, where /etc is a small tmpfs: it may make of /etc/passwd
# and /etc/group what it likes. Where no namespace can be made (a container), STEPDOWN_TEST_DISPOSABLE=1 says that the
# root file system may be written to instead. STEPDOWN=PATH is the binary under test, build/stepdown if it is unset.
#
#   $S, $GOSU, $SU_EXEC     the binary under its three names, all in $BIN, which every user can enter
#   $T                      the test's own directory (tmpfs, not nosuid), 755; $T/open is for everyone
#   accounts                writes the accounts below; done once at the start
#   passwd [LINE]...        adds lines to /etc/passwd; `group` to /etc/group. With \ escapes, as printf %b takes them
#   only_passwd [LINE]...   the same with nothing else in the file; only_group
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
#   needs TOOL...           ends the whole file, as skipped, where a tool is missing
#   finish                  the plan and the exit status
#
# Commands for stepdown to run, by their full paths:
#   $PROBE       prints UID:GID:GROUP,GROUP...:HOME; real/effective/saved/file-system IDs where they are not all the same
#   $CAPS        prints the inheritable, permitted, effective, ambient sets in hexadecimal, with commas between
#   $MARK        prints "ran" and leaves a mark, which refuses looks for

set -u

if [ "$(id -u)" != 0 ]; then
    echo '1..0 # SKIP needs root'
    exit 0
fi
if [ -z "${STEPDOWN_TEST_DIR-}" ]; then
    STEPDOWN=$(realpath -- "${STEPDOWN:-${BASH_SOURCE[0]%/*}/../../build/stepdown}") || exit 1
    STEPDOWN_TEST_DIR=$(mktemp -d) || exit 1
    export STEPDOWN STEPDOWN_TEST_DIR
    if [ -n "${STEPDOWN_TEST_DISPOSABLE-}" ]; then
        bash "$0"
    else
        unshare --mount --propagation private bash "$0"
    fi
    status=$?
    rm -rf "$STEPDOWN_TEST_DIR"
    exit $status
fi

export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C HOME=/root
umask 022
exec </dev/null

T=$STEPDOWN_TEST_DIR BIN=$STEPDOWN_TEST_DIR/bin
S=$BIN/stepdown GOSU=$BIN/gosu SU_EXEC=$BIN/su-exec PROBE=$BIN/probe CAPS=$BIN/caps MARK=$BIN/mark
count=0 failures=0 status=0 out='' err=''

passwd() { (($# == 0)) || printf '%b\n' "$@" >>/etc/passwd; }
group() { (($# == 0)) || printf '%b\n' "$@" >>/etc/group; }
only_passwd() { rm -rf /etc/passwd && : >/etc/passwd && passwd "$@"; }
only_group() { rm -rf /etc/group && : >/etc/group && group "$@"; }

accounts() {
    only_passwd 'root:x:0:0:root:/root:/bin/bash' \
        'daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin' \
        'games:x:5:60:games:/usr/games:/usr/sbin/nologin' \
        'app:x:1000:1000:App,,,:/srv/app:/bin/bash' \
        'nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin'
    only_group 'root:x:0:' 'daemon:x:1:nobody' 'disk:x:6:root' 'wheel:x:10:root,nobody' 'games:x:60:' \
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
    if [ -z "${STEPDOWN_TEST_DISPOSABLE-}" ]; then
        mount -t tmpfs -o mode=755 tmpfs "$T" || exit 1
        mkdir "$T/etc"
        cp -a /etc/alternatives /etc/ld.so.* /etc/nsswitch.conf "$T/etc/" 2>/dev/null
        mount --bind "$T/etc" /etc || exit 1
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
done </proc/self/status
echo "$uid:$gid:$groups:$HOME"
END
    cat >"$CAPS" <<'END'
#!/bin/sh
sets=
while read -r key set; do
    case $key in
    CapInh: | CapPrm: | CapEff: | CapAmb:) sets=$sets,$(printf %x "0x$set") ;;
    esac
done </proc/self/status
echo "${sets#,}"
END
    chmod 755 "$MARK" "$PROBE" "$CAPS"
    accounts
}
set_up
