#!/bin/bash
# The command: how it is found and executed, with which status and message it ends, and what reaches it unchanged.
# shellcheck disable=SC2016,SC2317 # texts for other shells; functions that t runs
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

missing=': No such file or directory' denied=': Permission denied' format=': Exec format error'
no_directory=': Not a directory' is_directory=': Is a directory'
not_in_path=': not found in PATH'
hint_x='the user lacks the x bit on the file or on a directory above it, the mount is noexec, or its #! line names nothing executable'
hint_loader='the file is there, its interpreter or dynamic loader is not (or its #! line ends in CR)'
hint_format='it has no whole #! line, or is cut off or for another architecture'

fails() { # DESCRIPTION STATUS SUBJECT WHY HINT COMMAND [ARG]...
    t "$1" "$2" '' "stepdown: exec '$3'$4${5:+$'\n'stepdown: $5}" "${@:6}"
}

# --- the status of the command ------------------------------------------------------------------------------------------

for code in 0 1 2 42 125 126 127 128 255; do
    t "status $code of the command" $code '' '' "$S" app sh -c "exit $code"
done
t 'death by a signal' 143 '' Terminated sh -c "$S app sh -c 'kill -TERM \$\$'; exit \$?"
t 'standard streams are those of the caller' 3 'out: in' 'err: in' \
    sh -c "echo in | $S app sh -c 'read x; echo out: \$x; echo err: \$x >&2; exit 3'"

# --- files that are there or not ----------------------------------------------------------------------------------------

D=$T/d
mkdir "$D" "$D/directory" "$D/closed"
file() { # NAME MODE TEXT
    printf '%b' "$3" >"$D/$1" && chmod "$2" "$D/$1"
}
file good 755 '#!/bin/sh\necho good "$@"\n'
file plain 755 'echo no interpreter line\n'
file empty 755 ''
file notx 644 '#!/bin/sh\necho notx\n'
file secret 700 '#!/bin/sh\necho secret\n'
file nointerp 755 '#!/no/such/interpreter\n'
file crlf 755 '#!/bin/sh\r\necho crlf\r\n'
file folder 755 '#!/usr\n'
file nothing-else 755 '#!\n'
file too-long 755 "#!$(printf '%0254d' 0 | tr 0 /)bin/sh\n"
file closed/in 755 '#!/bin/sh\necho in\n'
file notelf 755 '\177ELF\002\001\001'
{ head -c 18 "$S" && printf '\053\0' && tail -c +21 "$S"; } >"$D/sparc" && chmod 755 "$D/sparc"
chmod 700 "$D/closed"
ln -s loop "$D/loop"

t 'a script' 0 'good a b' '' "$S" app "$D/good" a b
t 'a path with a slash is not searched for' 0 'good' '' env -C "$D" "$S" app ./good
t 'a path that begins with a name' 0 'good' '' env -C "$T" "$S" app d/good
t 'root may execute what is its own' 0 secret '' "$S" root "$D/secret"
fails 'a path that is not there' 127 "$D/nothing" "$missing" '' "$S" app "$D/nothing"
fails 'a directory on the way that is none' 127 "$D/good/x" "$no_directory" '' "$S" app "$D/good/x"
fails 'an empty command' 127 '' '*' '' "$S" app ''
fails 'a name that is nowhere' 127 nothing "$not_in_path" '' "$S" app nothing
fails 'no x bit' 126 "$D/notx" "$denied" "$hint_x" "$S" app "$D/notx"
fails 'no x bit for root either' 126 "$D/notx" "$denied" "$hint_x" "$S" root "$D/notx"
fails 'no x bit for this user' 126 "$D/secret" "$denied" "$hint_x" "$S" app "$D/secret"
fails 'a closed directory' 126 "$D/closed/in" "$denied" "$hint_x" "$S" app "$D/closed/in"
fails 'a directory' 126 "$D/directory" "$is_directory" '' "$S" app "$D/directory"
fails 'no interpreter line: no shell is tried' 126 "$D/plain" "$format" "$hint_format" "$S" app "$D/plain"
fails 'an empty file' 126 "$D/empty" "$format" "$hint_format" "$S" app "$D/empty"
fails 'another architecture' 126 "$D/sparc" "$format" "$hint_format" "$S" app "$D/sparc"
fails 'the head of a binary alone' 126 "$D/notelf" ': ?*' '*' "$S" app "$D/notelf"
fails 'a missing interpreter' 126 "$D/nointerp" "$missing" "$hint_loader" "$S" app "$D/nointerp"
fails 'CR in the interpreter line' 126 "$D/crlf" "$missing" "$hint_loader" "$S" app "$D/crlf"
fails 'an interpreter that is a directory' 126 "$D/folder" "$denied" "$hint_x" "$S" app "$D/folder"
fails 'no interpreter behind the #!' 126 "$D/nothing-else" "$format" "$hint_format" "$S" app "$D/nothing-else"
fails 'an interpreter that is not whole in what the kernel reads' 126 "$D/too-long" "$format" "$hint_format" "$S" app "$D/too-long"
fails 'a link to itself' 126 "$D/loop" ': ?*' '' "$S" app "$D/loop"
long=$(printf '%05000d' 0)
fails 'a name longer than any path' 127 "${long:0:200}..." "$not_in_path" '' "$S" app "$long"
fails 'a path longer than any' 126 "/${long:1:199}..." ': ?*' '' "$S" app "/$long"
t 'the name of the program is in the message' 127 '' "gosu: exec 'nothing'$not_in_path" "$GOSU" app nothing
t 'the name of the program is in the message (su-exec)' 127 '' "su-exec: exec 'nothing'$not_in_path" "$SU_EXEC" app nothing
word='it is one word, spaces and all: leave out the quotes, or use sh -c'
fails 'a command and its arguments in one word' 127 'echo two words' "$not_in_path" "$word" "$S" app 'echo two words'
fails 'the same with a path' 127 '/bin/echo two' "$missing" "$word" "$S" app '/bin/echo two'
file 'good one' 755 '#!/bin/sh\necho good one\n'
t 'a path with a space that is there' 0 'good one' '' "$S" app "$D/good one"
for builtin in cd exec source ulimit; do
    [ -n "$(type -P $builtin)" ] || fails "what only a shell has: $builtin" 127 $builtin "$not_in_path" \
        "it is a shell's own command: use sh -c" "$S" app $builtin /
done
fails 'a part of such a name' 127 ulim "$not_in_path" '' "$S" app ulim
for option in --harden --if-root -x; do
    fails "an option behind USER: $option" 127 $option "$not_in_path" 'options go before USER' "$S" app $option true
done
t 'a name that takes no options is told of none' 127 '' "su-exec: exec '--harden'$not_in_path" "$SU_EXEC" app --harden true
t 'the name of the program is in the hint as well' 127 '' "su-exec: exec 'cd'$not_in_path"$'\nsu-exec: it is a shell'"'s own command: use sh -c" \
    "$SU_EXEC" app cd
t 'control characters of a command are escaped' 127 '' "stepdown: exec 'a\\x0a\\x1b'$not_in_path" "$S" app $'a\n\e'

# --- PATH ---------------------------------------------------------------------------------------------------------------

mkdir "$D"/{1,2,3,4,1/tool,4/other}
file 2/tool 644 'notx'
file 3/tool 755 '#!/bin/sh\necho tool of 3\n'
file 4/tool 755 '#!/bin/sh\necho tool of 4\n'
file 2/only 644 'notx'
file 2/format 755 'plain\n'
file 3/format 755 '#!/bin/sh\necho format of 3\n'
file closed/tool 755 '#!/bin/sh\necho closed\n'
file closed/hidden 755 '#!/bin/sh\necho closed\n'
along() { # PATH COMMAND [ARG]...
    (cd "$D/4" && PATH=$1 && export PATH && "${@:2}")
}
t 'the first on PATH' 0 'tool of 4' '' along "$D/4:$D/3" "$S" app tool
t 'what may not be executed does not end the search' 0 'tool of 3' '' along "$D/1:$D/2:$D/closed:$D/3" "$S" app tool
t 'what is not there does not end the search' 0 'tool of 3' '' along "$D/no:$D/good:$D/good/x:$D/$long:$D/3" "$S" app tool
t 'a link to itself does not end the search' 0 'tool of 3' '' along "$D/loop:$D/3" "$S" app tool
fails 'what may not be executed is reported' 126 "$D/2/only" "$denied" "$hint_x" along "$D/1:$D/2:$D/3" "$S" app only
fails 'a directory of that name is reported' 126 "$D/4/other" "$is_directory" '' along "$D/4" "$S" app other
fails 'what is in a closed directory is not there' 127 hidden "$not_in_path" '' along "$D/closed" "$S" app hidden
fails 'what is behind a link to itself is not there' 127 hidden "$not_in_path" '' along "$D/loop" "$S" app hidden
fails 'what may not be executed is reported, not what cannot be seen' 126 "$D/2/only" "$denied" "$hint_x" \
    along "$D/closed:$D/loop:$D/2" "$S" app only
would() { # PATH COMMAND STATUS MESSAGE
    t "--dry-run says the same: $2" "$3" '*' "stepdown: exec $4" along "$1" "$S" --dry-run app "$2"
}
would "$D/closed" hidden 127 "'hidden'$not_in_path"
would "$D/4" other 126 "'$D/4/other'$is_directory"
would "$D/closed:$D/loop:$D/2" only 126 "'$D/2/only'$denied"$'\nstepdown: '"$hint_x"
# A mount whose server is gone, as sshfs and network file systems leave it: with FUSE there is one without any server.
mkdir "$D/dead"
with_dead_mount() { # COMMAND [ARG]...: the device is closed by the exec, after which every look fails
    unshare --mount perl -e 'use Fcntl; $^F = 9; my $dead = shift;
        sysopen my $fuse, "/dev/fuse", O_RDWR or die "/dev/fuse: $!\n";
        system("mount", "-i", "-n", "-t", "fuse", "-o", "fd=" . fileno($fuse) . ",rootmode=40000,user_id=0,group_id=0,allow_other", "none", $dead) == 0 or exit 1;
        close $fuse; exec @ARGV' "$D/dead" "$@"
}
run with_dead_mount stat "$D/dead/tool"
if [[ $status/$err == 1/*'not connected'* ]]; then
    t 'a dead mount does not end the search' 0 'tool of 3' '' with_dead_mount env PATH="$D/dead:$D/3" "$S" app tool
    fails 'what is on a dead mount is not there' 127 typo "$not_in_path" '' with_dead_mount env PATH="$D/3:$D/dead" "$S" app typo
    t '--dry-run says the same of a dead mount' 0 "*command: $D/3/tool" '' with_dead_mount env PATH="$D/dead:$D/3" "$S" --dry-run app tool
    t '--dry-run says the same: typo' 127 '*' "stepdown: exec 'typo'$not_in_path" \
        with_dead_mount env PATH="$D/3:$D/dead" "$S" --dry-run app typo
    fails 'by its path it is said what is wrong' 126 "$D/dead/tool" ': *not connected' '' with_dead_mount "$S" app "$D/dead/tool"
else
    skip 'a dead mount on PATH' "none can be made here: ${err:0:100}"
fi
# As root has it: rustup, pipx and the like put their folders of /root in front.
mkdir -p "$D/home/.cargo/bin" "$D/home/.local/bin" && chmod 700 "$D/home"
for first in "$D/home/.local/bin:$D/home/.cargo/bin" "$D/home/.none"; do
    fails "root's own folders on PATH, and a command that is not there" 127 typo "$not_in_path" '' along "$first:$D/3" "$S" app typo
    would "$first:$D/3" typo 127 "'typo'$not_in_path"
    t "root's own folders on PATH, and one that is" 0 'tool of 3' '' along "$first:$D/3" "$S" app tool
done
fails 'a file without an interpreter line ends the search' 126 "$D/2/format" "$format" "$hint_format" \
    along "$D/2:$D/3" "$S" app format
for path in '' : ":$D/1" "$D/1:" "$D/1::$D/3" "$D/1:.:$D/3"; do
    t "an empty element is the working directory: '${path//$D/D}'" 0 'tool of 4' '' along "$path" "$S" app tool
done
t 'the name on PATH with the rights of the new user' 0 'tool of 3' '' along "$D/closed:$D/3" "$S" app tool
t 'the name on PATH with the rights of root' 0 closed '' along "$D/closed:$D/3" "$S" root tool
t 'without PATH, the one of Docker' 0 found '' env -u PATH "$S" app sh -c 'echo found'
t 'without PATH, none is set' 1 '' '' env -u PATH "$S" app printenv PATH
t 'without PATH, the working directory is not searched' 127 '' '*not found in PATH' env -C "$D/4" -u PATH "$S" app tool

# --- arguments and environment ------------------------------------------------------------------------------------------

t 'arguments arrive as they are' 0 '[a][][b c][--help][-x][d
e][*][\][%s]' '' "$S" app printf '[%s]' a '' 'b c' --help -x $'d\ne' '*' "\\" %s
t 'the command is told its name as given' 0 bash '' "$S" app bash -c 'echo "$0"'
t 'the words after USER belong to the command' 0 '--version' '' "$S" app printf %s --version
t 'options end at --' 0 '1000' '' "$S" -- app id -u
fails 'a second -- is the command' 127 -- "$not_in_path" 'options go before USER' "$S" -- app -- id
t 'gosu takes its options as the first word alone' 0 '--version' '' "$GOSU" app printf %s --version

given=(A=1 B= 'C=x y' $'D=1\n2' PATH=/usr/bin:/bin:/extra LD_PRELOAD= USER=caller LOGNAME=caller SHELL=/caller TERM=x HOMER=/a
    NOHOME=/b GOSU_PLEASE=no "E=$long" 'äö=ü')
for before in HOME=/caller HOME= ''; do
    wanted=$(printf '%s\n' "${given[@]}" HOME=/srv/app | sort)
    run env -i ${before:+"$before"} "${given[@]}" "$S" app env
    is "nothing but HOME changes in the environment (${before:-no HOME} before)" "$(sort "$T/out")" "$wanted"
done
t 'HOME alone, where there was no environment' 0 'HOME=/srv/app' '' env -i "$S" app env
t 'HOME is set for a caller that is the target already' 0 /root '' env HOME=/x "$S" root printenv HOME

# --- what the command inherits ------------------------------------------------------------------------------------------

same() { # DESCRIPTION SHELL-TEXT THAT-MUST-BE-IN-IT COMMAND [ARG]...: the command prints the same without stepdown
    run "${@:4}" sh -c "$2"
    local plain=$out
    run "${@:4}" "$S" app sh -c "$2"
    [[ $plain == *$3* ]] || plain="nothing with $3, but: $plain"
    is "$1" "$out$err" "$plain"
}
same 'the working directory' pwd "$D" env -C "$D"
same 'umask' umask 0137 bash -c 'umask 137; "$@"' -
same 'limits' 'ulimit -a; ulimit -Ha' 77 bash -c 'ulimit -Sn 77; ulimit -Sc 0; "$@"' -
same 'priority' nice 7 nice -n 7
same 'ignored signals' 'grep ^SigIgn /proc/self/status' 1 env --ignore-signal=HUP,USR1
same 'default signals, mask' 'grep -E "^Sig(Blk|Ign|Cgt)" /proc/self/status' SigBlk env --block-signal=USR1,TERM --default-signal
same 'descriptors, and none of its own' 'exec 2>&1; cd /proc/$$/fd && echo *' ' 7' bash -c 'exec 5<&0 7>&1 99<&0; "$@"' -
same 'where a descriptor is in its file' 'read x <&5; echo "$x"' last \
    bash -c 'exec 5< <(printf "first\nlast\n"); read -r -u 5; "$@"' -
same 'OOM score' 'cat /proc/self/oom_score_adj' '' env
t 'the same process' 0 'same' '' sh -c "pid=\$\$; exec $S app sh -c '[ \$\$ = '\$\$' ] && echo same'"
ids='read -r pid command state parent group session tty rest </proc/$$/stat; echo $pid $parent $group $session $tty'
run setsid -w sh -c "$ids; exec $S app sh -c '${ids//\'/}'"
ok 'process group, session and terminal' test -n "$out" -a "${out%$'\n'*}" = "${out#*$'\n'}"
t 'nothing remains between the caller and the command' 0 'same' '' \
    sh -c "$S app sh -c '[ \$PPID = '\$\$' ] && echo same'; exit \$?"
t 'no capability is left' 0 '0,0,0,0' '' "$S" app "$CAPS"

finish
