#!/bin/bash
# --chown-stdio: who owns what descriptors 0, 1 and 2 of the command are.
# shellcheck source=options.sh
. "$(dirname "$0")/options.sh" || exit 1
needs setpriv perl script unshare
for fd in 0 1 2 3; do
    # shellcheck disable=SC2016 # the script expands it
    printf '#!/bin/sh\nowner=$(stat -Lc "%%u:%%g %%F" /proc/$$/fd/%s)\necho "$owner" >%s\n' $fd "$T/open/fd" >"$BIN/owner$fd"
done
chmod 755 "$BIN"/owner?

# DESCRIPTION WANTED COMMAND...: one test; a command of $BIN/ownerN wrote what descriptor N is.
owner() {
    : >"$T/open/fd" && chmod 666 "$T/open/fd"
    "${@:3}" || echo "status $?" >>"$T/open/fd"
    is "$1" "$(cat "$T/open/fd")" "$2"
}
# FD COMMAND: with a new pipe, or socket, of root's as that descriptor.
# shellcheck disable=SC2317 # called by owner
with_pipe() { perl -e 'use POSIX; $^F = 9; pipe R, W; dup2 fileno($ARGV[0] ? *W : *R), shift; exec @ARGV' "$@"; }
# shellcheck disable=SC2317 # called by owner
with_socket() { perl -MSocket -MPOSIX -e '$^F = 9; socketpair A, B, AF_UNIX, SOCK_STREAM, 0; dup2 fileno A, shift; exec @ARGV' "$@"; }

# --- pipes and sockets ----------------------------------------------------------------------------------------------
for fd in 0 1 2; do
    owner "a pipe at $fd" '1000:0 fifo' with_pipe $fd "$S" --chown-stdio app "$BIN/owner$fd"
    owner "a pipe at $fd, not asked for" '0:0 fifo' with_pipe $fd "$S" app "$BIN/owner$fd"
    owner "a socket at $fd" '1000:0 socket' with_socket $fd "$S" --chown-stdio app "$BIN/owner$fd"
    owner "a socket at $fd, not asked for" '0:0 socket' with_socket $fd "$S" app "$BIN/owner$fd"
done
owner 'a pipe at 3 is none of the three' '0:0 fifo' with_pipe 3 "$S" --chown-stdio app "$BIN/owner3"
owner 'a socket at 3 is none of the three' '0:0 socket' with_socket 3 "$S" --chown-stdio app "$BIN/owner3"
owner 'an ID without an entry' '4242:0 fifo' with_pipe 0 "$S" --chown-stdio 4242 "$BIN/owner0"
owner 'the owner of --reference' '5:0 fifo' with_pipe 0 "$S" --chown-stdio --reference="$T/open/fd5" "$BIN/owner0" \
    < <(: >"$T/open/fd5"; chown 5:60 "$T/open/fd5"; echo)
owner 'back to root' '0:0 fifo' with_pipe 0 setpriv --clear-groups "$S" --chown-stdio root "$BIN/owner0"
mkfifo "$T/open/fifo"
refuses 'a step down that is bound to fail' 'setgroups: *CAP_SETGID is missing' \
    without setgid "$S" --chown-stdio app <>"$T/open/fifo"
is 'a step down that is bound to fail leaves the FIFO' "$(stat -c %u "$T/open/fifo")" 0
owner 'a FIFO with a name' '1000:0 fifo' "$S" --chown-stdio app "$BIN/owner0" <>"$T/open/fifo"

# What it is for: a program that logs to /dev/stdout, as nginx, squid and mysqld do.
# shellcheck disable=SC2016 # the command expands it
reopen='for fd in 1 2; do echo "line $fd" >/proc/self/fd/$fd || exit 1; done'
is 'a pipe can be opened again' "$("$S" --chown-stdio app sh -c "$reopen" 2>&1 | cat)" $'line 1\nline 2'
is 'and without it cannot' "$("$S" app sh -c "$reopen" 2>/dev/null | cat)" ''

# --- terminals ------------------------------------------------------------------------------------------------------
tty_owner() { # OPTION...: the owner of the terminal afterwards, as seen at 0, 1 and 2
    script -qec "'$S' $* app stat -Lc %u:%G:%a /proc/self/fd/0 /proc/self/fd/1 /proc/self/fd/2" /dev/null | tr -d '\r' | uniq
}
if has_terminals; then
    is 'a terminal' "$(tty_owner --chown-stdio)" "1000:$(script -qec 'stat -Lc %G:%a /proc/self/fd/0' /dev/null | tr -d '\r')"
    is 'a terminal, not asked for' "$(tty_owner)" "0:$(script -qec 'stat -Lc %G:%a /proc/self/fd/0' /dev/null | tr -d '\r')"
    is 'a terminal can be opened again' "$(script -qec "'$S' --chown-stdio app sh -c 'echo again >/proc/self/fd/1'" /dev/null | tr -d '\r')" again
else
    skip 'a terminal' 'none can be made here'
fi

# --- never touched --------------------------------------------------------------------------------------------------
mkdir "$T/dev" && chmod 755 "$T/dev"
echo text >"$T/dev/file"
mkdir "$T/dev/directory"
mknod "$T/dev/null" c 1 3
mknod "$T/dev/zero" c 1 5
mknod "$T/dev/tty" c 5 0
mkdir "$T/dev/pts" && mount -t devpts -o newinstance,ptmxmode=666 devpts "$T/dev/pts"
touched() { find "$T/dev" ! -uid 0 -printf '%P '; }
for name in file directory null zero pts/ptmx; do
    "$S" --chown-stdio app true <"$T/dev/$name"
    is "$name" "$? $(touched)" '0 '
done
"$S" --chown-stdio app true >>"$T/dev/file" 2>>"$T/dev/null"
is 'a file at 1, /dev/null at 2' "$? $(touched)" '0 '
if has_terminals; then
    script -qec "'$S' --chown-stdio app true <'$T/dev/tty'" /dev/null
    is '/dev/tty, which is everyone'"'"'s' "$? $(touched)" '0 '
else
    skip '/dev/tty, which is everyone'"'"'s' 'no terminal can be made here'
fi
ls -ln /dev/null >"$T/before"
"$S" --chown-stdio app true </dev/null >/dev/null 2>/dev/null
is 'the real /dev/null' "$(ls -ln /dev/null)" "$(cat "$T/before")"
disk=$(awk '$3 > 1 { print $1, $2; exit }' /proc/partitions)
# shellcheck disable=SC2086 # two numbers
if [ -n "$disk" ] && mknod "$T/dev/disk" b $disk && (: <"$T/dev/disk") 2>/dev/null; then
    "$S" --chown-stdio app true <"$T/dev/disk"
    is 'a block device' "$? $(touched)" '0 '
else
    skip 'a block device' 'none opens here'
fi
umount "$T/dev/pts"

# --- never an error -------------------------------------------------------------------------------------------------
owner 'no CAP_CHOWN: the command runs all the same' '0:0 fifo' \
    without chown "$S" --chown-stdio app "$BIN/owner0" < <(:)
"$S" --chown-stdio app sh -c 'exit 7' <&- >&- 2>&-
is 'all three closed' $? 7
usage 'takes no value' "'--chown-stdio': takes no value" "$S" --chown-stdio=1 app

# --- where nothing is stepped down ----------------------------------------------------------------------------------
owner 'a caller that is the user already' '0:0 fifo' \
    holding chown "$S" --groups=44 --chown-stdio app "$BIN/owner0" < <(:)
owner '--if-root, and the caller is not' '0:0 fifo' \
    holding chown "$S" --if-root --chown-stdio nobody "$BIN/owner0" < <(:)
owner '--if-root, and the caller is' '1000:0 fifo' with_pipe 0 "$S" --if-root --chown-stdio app "$BIN/owner0"
owner 'a caller that is another user' '65534:0 fifo' \
    holding setuid,setgid,chown "$S" --chown-stdio nobody "$BIN/owner0" < <(:)
# shellcheck disable=SC2016 # the command expands it
owner '--dry-run' '0:0 fifo' \
    sh -c '"$1" --dry-run --chown-stdio app true >/dev/null; exec "$2"' - "$S" "$BIN/owner0" < <(:)
# shellcheck disable=SC2016 # the command expands it
owner 'a resolution that fails leaves no trace' '0:0 fifo' \
    sh -c '"$1" --chown-stdio nosuch true 2>/dev/null; exec "$2"' - "$S" "$BIN/owner0" < <(:)
finish
