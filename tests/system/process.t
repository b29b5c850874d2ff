#!/bin/bash
# The command is the process that stepdown was: process ID 1, parent of its children, signals, terminal.
# shellcheck disable=SC2016,SC2317 # texts for other shells; functions that t runs
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1
needs unshare setpriv script strace

# --- PID 1 --------------------------------------------------------------------------------------------------------------

container() { unshare --fork --pid --mount-proc "$@"; }
t 'the command is process 1' 0 1 '' container "$S" app sh -c 'echo $$'
t 'under the name gosu' 0 1 '' container "$GOSU" app sh -c 'echo $$'
t 'and the only process there is' 0 1 '' container "$S" app sh -c 'cd /proc && echo [0-9]*'
t 'its status is that of the container' 42 '' '' container "$S" app sh -c 'exit 42'
t 'a refusal is the status of the container' 125 '' '*no such user*' container "$S" nosuch true
t 'a process 1 without /proc' 0 1 '' unshare --fork --pid --mount sh -c "umount -l /proc; exec $S app sh -c 'echo \$\$'"
parent='for _ in $(seq 2000); do read -r pid command state parent rest </proc/$$/stat; [ $parent = 1 ] && break; sleep 0.01; done'
t 'it gets the orphans' 0 'orphan of 1' '' container "$S" app bash -c \
    "(sh -c '$parent; echo orphan of \$parent; : >$T/open/orphan' &); for _ in {1..2000}; do [ -e $T/open/orphan ] && break; sleep 0.01; done"

# --- signals ------------------------------------------------------------------------------------------------------------

for signal in TERM INT HUP USR1 WINCH; do
    rm -f "$T/open/ready"
    env --default-signal "$S" app bash -c "trap 'echo got $signal; exit 7' $signal; : >$T/open/ready; while :; do sleep 0.01; done" \
        >"$T/out" &
    await test -e "$T/open/ready"
    kill -$signal $!
    wait $!
    is "$signal to the process is for the command" "$? $(cat "$T/out")" "7 got $signal"
done
"$S" app sleep 100 &
pid=$!
await grep -q sleep /proc/$pid/comm
ok 'the user may signal the command' setpriv --reuid=1000 --regid=1000 --clear-groups kill -0 $pid
ok 'another may not' sh -c "! setpriv --reuid=5 --regid=5 --clear-groups kill -0 $pid 2>/dev/null"
is 'the command line is the one of the command alone' "$(tr '\0' ' ' </proc/$pid/cmdline)" 'sleep 100 '
kill $pid
wait $pid 2>/dev/null

# --- terminal -----------------------------------------------------------------------------------------------------------

terminal() { # SHELL-TEXT: runs it on a terminal of its own, prints what came out of that
    script --quiet --return --command "$1" /dev/null | tr -d '\r'
    return "${PIPESTATUS[0]}"
}
if has_terminals; then
    t 'standard streams are the terminal' 0 'yes' '' terminal "$S app sh -c '[ -t 0 ] && [ -t 1 ] && [ -t 2 ] && echo yes'"
    t 'the terminal has a name' 0 '/dev/pts/*' '' terminal "$S app tty"
    t 'it is the controlling terminal' 0 'hello' '' terminal "$S app sh -c 'echo hello >/dev/tty'"
    t 'its owner stays' 0 0 '' terminal "$S app sh -c 'stat -L -c %u /proc/self/fd/0'"
    t 'the command is in the foreground' 0 same '' terminal \
        "$S app sh -c 'read -r pid command state parent group session tty foreground rest </proc/\$\$/stat; [ \$group = \$foreground ] && echo same'"
    t 'its size and settings stay' 0 '33 44*' '' terminal "stty rows 33 cols 44 -echo; $S app stty -a | sed -n 's/.*rows \(.*\); columns \(.*\); line.*/\1 \2/p'"
    t 'job control: the status of a shell on the terminal' 5 '' '' terminal "$S app bash -i -c 'exit 5' 2>/dev/null"
    t 'a message goes to the terminal' 125 "stepdown: user 'nosuch': *" '' terminal "$S nosuch true"
else
    skip 'a terminal' 'none can be made here'
fi

# --- what it does on the way --------------------------------------------------------------------------------------------

strace -f -o "$T/trace" "$S" app true
ok 'the trace is one' grep -q 'execve("/.*/true"' "$T/trace"
sed -i 's/^[0-9]* *//; /execve("[^"]*true".* = 0/,$d' "$T/trace"
is 'it opens the account files and nothing else' "$(sed -n 's/^open[a-z0-9]*([^"]*"\([^"]*\)".*/\1/p' "$T/trace")" "$PASSWD
$GROUP"
is 'it makes no process and no thread' "$(grep -E '^(v?fork|clone)' "$T/trace")" ''
is 'it allocates nothing' "$(grep -E '^(brk|mmap|mremap)' "$T/trace" | grep -v 'brk(NULL)')" ''
is 'it reaches for no network' "$(grep -E '^(socket|connect|sendto)' "$T/trace")" ''
is 'groups, then gid, then uid' \
    "$(sed -n 's/^\(setgroups\|setresgid\|setresuid\)(\(.*\)) *= 0$/\1(\2)/p' "$T/trace")" \
    'setgroups(3, [1000, 2000, 2001])
setresgid(1000, 1000, 1000)
setresuid(1000, 1000, 1000)'
for call in 'setresuid(-1, 0, -1)' 'setresgid(-1, 0, -1)' setgroups; do
    ok "no way back: $call" sh -c "sed '1,/^setresuid(1000/d' $T/trace | grep -F '$call' | grep -q 'EPERM'"
done

finish
