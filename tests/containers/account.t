#!/bin/bash
# Programs that ask who they are, as the host's user 1234 on a folder of the host's; and account files that are mounts.
here=$(dirname "$0")
# shellcheck source=tests/containers/lib.bash
. "$here/lib.bash"

mkdir "$scratch/work" && chown 1234:5678 "$scratch/work"
mount=(--hostname=host.example -v "$scratch/work:/work" -w /work)
unnamed=(stepdown --reference=. --home=/work)
named=(stepdown --reference=. --account=builder)

# Without an entry the program refuses, with one it does its work.
asks() { # DESCRIPTION REFUSAL-REGULAR-EXPRESSION WANTED SCRIPT
    run "${mount[@]}" "$IMAGES/debian" "${unnamed[@]}" bash -c "$4"
    like "$1, without an entry" "$output $message" "$2"
    run "${mount[@]}" "$IMAGES/debian" "${named[@]}" bash -c "$4"
    is "$1, with one" "$status $output" "0 $3" || explain "$message"
}
asks 'whoami' 'cannot find name for user ID 1234' builder 'whoami'
asks 'ssh-keygen' '[Uu]ser exists for uid 1234|[Nn]o user' id_rsa 'ssh-keygen -q -N "" -t rsa -b 2048 -f ~/id_rsa && ls ~ | head -n1'
asks 'ssh' '[Nn]o user exists for uid 1234' 'user builder' 'ssh -G host | grep "^user "'
asks 'initdb' 'could not look up effective user ID 1234' 15 \
    '/usr/lib/postgresql/15/bin/initdb --no-sync -D ~/data >/dev/null && cat ~/data/PG_VERSION'
asks 'the prompt of bash' 'I have no name!' builder 'prompt="\u" && echo "${prompt@P}"'
asks 'node' 'uv_os_get_passwd returned ENOENT' builder 'node -p "os.userInfo().username"'
asks "Python's getpass" 'uid not found: 1234' builder 'python3 -c "import getpass; print(getpass.getuser())"'
asks 'git' 'tell me who you are' 'Builder <builder@host.example>' 'cd "$(mktemp -d /work/XXXXXX)" && git init -q &&
    git -c user.name=Builder commit -q --allow-empty -m one && git log --format="%an <%ae>"'
is 'what they wrote in the folder is the host user'\''s' "$(find "$scratch/work" ! -user 1234 -o ! -group 5678)" ''

# Account files that are mounts of their own, as podman and Kubernetes make them.
printf 'root:x:0:0:root:/root:/bin/sh\nold:x:7:7::/:/bin/sh\n' >"$scratch/passwd"
printf 'root:x:0:\nold:x:7:\n' >"$scratch/group"
files=(-v "$scratch/passwd:/etc/passwd" -v "$scratch/group:/etc/group")
inode=$(stat -c %i "$scratch/passwd")
for turn in 'first start' 'restart'; do
    run "${mount[@]}" "${files[@]}" "$IMAGES/debian" "${named[@]}" sh -c 'id && echo "$HOME"'
    is "files that are mounts, $turn" "$status $output" \
        $'0 uid=1234(builder) gid=5678(builder) groups=5678(builder)\n/home/builder' || explain "$message"
done
is 'files that are mounts: the old lines, and one more' "$(<"$scratch/passwd")" \
    $'root:x:0:0:root:/root:/bin/sh\nold:x:7:7::/:/bin/sh\nbuilder:x:1234:5678::/home/builder:/bin/sh'
is 'files that are mounts: a group more' "$(<"$scratch/group")" $'root:x:0:\nold:x:7:\nbuilder:x:5678:'
is 'files that are mounts: the same file' "$(stat -c %i "$scratch/passwd")" "$inode"

run --read-only "${mount[@]}" "$IMAGES/debian" "${named[@]}" id
refused 'a read-only root' 125 'writable, or mark it NAME\?'
run --read-only "${mount[@]}" "$IMAGES/debian" stepdown --reference=. '--account=builder?' sh -c 'id -u; whoami'
like 'a read-only root, with NAME?' "$output $message" '^1234 .*cannot find name'

# A socket whose group the host chose.
: >"$scratch/docker.sock" && chown 0:4747 "$scratch/docker.sock" && chmod 660 "$scratch/docker.sock"
added=(stepdown '--group-add=/var/run/docker.sock?' app)
run -v "$scratch/docker.sock:/var/run/docker.sock" "$IMAGES/debian" "${added[@]}" sh -c ': <>/var/run/docker.sock && id -G'
is 'a socket of the host'\''s: the user may use it' "$status $output" '0 1000 2000 4747' || explain "$message"
run "$IMAGES/debian" "${added[@]}" id -G
is 'no socket: the user has its own groups' "$status $output" '0 1000 2000' || explain "$message"
plan
