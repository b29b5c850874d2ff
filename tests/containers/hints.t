#!/bin/bash
# Every refusal that has a hint, provoked in a container. `prove -v` shows the command and the message of each.
here=$(dirname "$0")
# shellcheck source=tests/containers/lib.bash
. "$here/lib.bash"

hint() { # DESCRIPTION STATUS MESSAGE-REGULAR-EXPRESSION: what the last run said
    refused "$@"
    show
}
rights=(--cap-drop=ALL --cap-add=SETUID --cap-add=SETGID)

run "$IMAGES/debian" stepdown "" id
hint 'an empty user' 125 'is a variable unset'
run "$IMAGES/debian" stepdown --groops=1 app id
hint 'an unknown option' 125 'see --help'
run --cap-drop=ALL "$IMAGES/debian" stepdown app id
hint 'no capability' 125 'setgroups: .*|CAP_SETGID is missing: .*--cap-add=SETGID'
run --cap-drop=ALL --cap-add=SETUID "$IMAGES/debian" stepdown app id
hint 'SETUID alone' 125 'CAP_SETGID is missing: .*--cap-add=SETGID'
run --cap-drop=ALL --cap-add=SETGID "$IMAGES/debian" stepdown app id
hint 'SETGID alone' 125 'CAP_SETUID is missing: .*--cap-add=SETUID'
run --user app "$IMAGES/debian" stepdown www-data id
hint 'a user who wants to be another' 125 'the caller is uid [0-9]+ and not root: .*--if-root'
run --user app --group-add 5000 "$IMAGES/debian" stepdown app id
hint 'a user who has a group more' 125 'only its groups differ \(it has .*\): stepdown --if-root'
run --user 1234 "$IMAGES/debian" stepdown --if-root --keep-caps=nonesuch app id
hint 'a wrong value, for a user who stays' 125 'see --help'
run "$IMAGES/debian" stepdown nosuch id
hint 'no such user' 125 'create it in the image'
run "$IMAGES/debian" stepdown 4242: id
hint 'an ID without an entry, and an empty group' 125 'is a variable unset'
run "$IMAGES/debian" stepdown app
hint 'no command' 125 'has the image no CMD'
run --cap-add=SYS_ADMIN --security-opt=seccomp=unconfined --security-opt=apparmor=unconfined "$IMAGES/debian" \
    unshare --map-root-user stepdown app id
hint 'a user namespace that denies setgroups' 125 'denies setgroups'
run "$IMAGES/debian" stepdown --keep-caps=sys_admin app id
hint 'a capability that the container lacks' 125 '--cap-add'
run "${rights[@]}" "$IMAGES/debian" stepdown --harden app id
hint '--harden without SETPCAP' 125 'CAP_SETPCAP is missing'
run --user app "$IMAGES/debian" /opt/stepdown-setuid root id
hint 'a set-user-ID install' 125 'sudo or doas'
mkdir "$scratch/root"
run -v "$scratch/root:/work" "$IMAGES/debian" stepdown --reference=/work id
hint '--reference to what root owns' 125 '--allow-root'

printf 'echo no interpreter line\n' >"$scratch/no-line"
printf '#!/bin/sh\r\n' >"$scratch/crlf"
printf '#!/bin/sh\n' >"$scratch/no-x"
chmod 755 "$scratch/no-line" "$scratch/crlf"
programs=(-v "$scratch:/programs" --tmpfs /tmp:noexec)
run "${programs[@]}" "$IMAGES/debian" stepdown app /programs/no-line
hint 'a script without an interpreter line' 126 'no whole #! line'
run "${programs[@]}" "$IMAGES/debian" stepdown app /programs/crlf
hint 'CRLF in the interpreter line' 126 'ends in CR'
run "${programs[@]}" "$IMAGES/debian" stepdown app /programs/no-x
hint 'no x bit' 126 'lacks the x bit'
run "${programs[@]}" "$IMAGES/debian" sh -c 'cp /bin/true /tmp && exec stepdown app /tmp/true'
hint 'a mount without exec' 126 'noexec'
run "$IMAGES/debian" stepdown app /root/program
hint 'a folder that is closed to the user' 126 'a directory above it'
run "$IMAGES/debian" stepdown app nonesuch
hint 'no such command' 127 'nonesuch'
run "$IMAGES/debian" stepdown app --harden id
hint 'an option behind the user' 127 'options go before USER'
run "$IMAGES/debian" stepdown app 'echo two words'
hint 'a command line in one word' 127 'one word, spaces and all'
run "$IMAGES/debian" stepdown app cd /
hint "a shell's own command" 127 "a shell's own command"

# The limit is counted for the user over both containers, before the step down: two processes there, one allowed here.
start limit "$IMAGES/debian" stepdown 4321 sh -c 'sleep 1000 & exec sleep 1000'
eventually is_named sleep
run --ulimit nofile=1024:1024 --ulimit nproc=1:1 "$IMAGES/debian" stepdown 4321 id
hint 'more processes than the user may have' 126 'RLIMIT_NPROC'
plan
