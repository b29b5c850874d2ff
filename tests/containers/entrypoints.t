#!/bin/bash
# The entrypoints that the field writes as scripts, beside the line of the README that replaces each: the same result.
here=$(dirname "$0")
# shellcheck source=tests/containers/lib.bash
. "$here/lib.bash"

recipe() { # NAME: the line of the README, as a program
    { echo '#!/bin/sh' && sed -n "/^<!-- recipe: $1 -->\$/,/^\`\`\`\$/p" README.md | grep -v -e '^<!--' -e '^```'; } >"$scratch/$1"
    chmod 755 "$scratch/$1"
}
tree() { # FOLDER: files of several owners, at every level
    mkdir -p "$1/deep/er/still"
    (cd "$1" && touch root deep/other deep/er/right deep/er/still/last $'deep/new\nline')
    chown 4242:4343 "$1"/deep/{other,er}
    chown "$user" "$1/deep/er/right"
}
# What is asked for of a script that changes the owner alone is the owner; of the others the group as well.
owners() { find "$1" -printf "%P $owner %m\n" | sort; }
printf '#!/bin/sh\nid && whoami && id -gn && echo "HOME $HOME" && cd && pwd && exec worker\n' >"$scratch/probe"
chmod 755 "$scratch/probe"

has_started() { [ "$(logs | grep -c 'its orphan was reaped')" = "$1" ]; }
# Two starts of one container: who process 1 is, what it says, how it ends, and whose the files are.
result() { # NAME [RUN-OPTION]... IMAGE ENTRYPOINT COMMAND
    tree "$scratch/$1"
    start "$1" -v "$scratch/probe:/usr/local/bin/redis-server:ro" -v "$scratch/$1:$folder" -w "$folder" "${@:2}"
    for turn in 1 2; do
        eventually has_started $turn
        # Without the primary group, which gosu leaves out of the list, and id does not miss.
        process_1 | identity | sed -E 's/gid ([0-9]+) groups (.*)\b\1\b/gid \1 groups \2/; s/ +/ /g'
        engine stop -t 20 "$container" >/dev/null
        echo "ended with status $(inspect ExitCode)"
        if [ $turn = 1 ]; then engine start "$container" >/dev/null; fi
    done
    logs | grep -v '^usermod: no changes'
    owners "$scratch/$1"
}

# The script, then the line: with these user, id, home, folder and owner.
both() { # NAME SCRIPT RECIPE [RUN-OPTION]...
    local before now
    recipe "$3"
    # In this shell, which removes the containers.
    result "$1-before" "${@:4}" "$IMAGES/debian" "$2" redis-server >"$scratch/before"
    result "$1-now" -v "$scratch/$3:/recipe:ro" "${@:4}" "$IMAGES/debian" /recipe redis-server >"$scratch/now"
    before=$(<"$scratch/before") now=$(<"$scratch/now")
    is "$1: the line does what the script does" "$now" "$before"
    like "$1: id" "$now" "^$id\$"
    like "$1: HOME" "$now" "^HOME $home\$"
    is "$1: process 1 is the command, the user's, at each start, and ends by itself" \
        "$(grep -A1 "^worker is 1: uid ${user/:/ gid } groups $groups${groups:+ }caps 0 0 0 0\$" <<<"$now" | grep -c '^ended with status 7$')" 2
    is "$1: every file is the user's" "$(find "$scratch/$1-now" ! -uid "${user%:*}")" ''
}

run "$IMAGES/debian" /usr/sbin/gosu --version
like 'the scripts have the real gosu' "$output" '^1\.[0-9]+ \(go'

owner=%U:%G
folder=/work home=/home/user user=1234:1234 groups='' id='uid=1234\(user\) gid=1234\(user\) groups=1234\(user\)'
both LOCAL_USER_ID local-user-entrypoint local-user -e LOCAL_USER_ID=1234
folder=/config home=/config user=1234:5678 groups=100 id='uid=1234\(abc\) gid=5678\(abc\) groups=5678\(abc\),100\(users\)'
both PUID-and-PGID puid-entrypoint puid -e PUID=1234 -e PGID=5678
user=33:33 groups=100 id='uid=33\(www-data\) gid=33\(www-data\) groups=33\(www-data\),100\(users\)'
both PUID-of-another-account puid-entrypoint puid -e PUID=33 -e PGID=33
run "$IMAGES/debian" sh -c 'echo $(id -u redis):$(id -g redis)'
owner=%U folder=/data home=/var/lib/redis user=$output groups='' id='uid=[0-9]+\(redis\) gid=[0-9]+\(redis\) groups=[0-9]+\(redis\)'
both find-not-user-redis redis-entrypoint chown-find -e GOSU=/usr/sbin/gosu

# What the last run's user could leave there.
mkdir "$scratch/planted" "$scratch/root"
ln -s /root-only/secret "$scratch/planted/link"
mounts=(-v "$scratch/planted:/data" -v "$scratch/root:/root-only" -v "$scratch/chown-find:/recipe:ro" -w /data)
touch "$scratch/root/secret"
run "${mounts[@]}" "$IMAGES/debian" /recipe redis-server --version
is 'the line leaves a file alone that a link leads to' "$status $(stat -c %u "$scratch/root/secret")" '0 0' || explain "$message"
chown -h 0:0 "$scratch/planted/link"
run "${mounts[@]}" -e GOSU=/usr/sbin/gosu "$IMAGES/debian" redis-entrypoint redis-server --version
is 'the script gives it away' "$status $(stat -c %u "$scratch/root/secret")" "0 ${user%:*}"

pong() { [ "$(engine exec "$container" redis-cli ping 2>/dev/null)" = PONG ]; }
tree "$scratch/redis"
start redis -v "$scratch/redis:/data" -v "$scratch/chown-find:/recipe:ro" -w /data "$IMAGES/debian" /recipe redis-server --save 3600 1
ok 'the line starts the server itself' eventually pong || explain "$(logs)"
like 'the server is process 1, and the user'\''s' "$(process_1 | identity)" "^redis-server is 1: uid ${user/:/ gid } groups ${user#*:} caps 0 0 0 0\$"
stop 'the server' 0
is 'all its files are the user'\''s' "$(find "$scratch/redis" ! -uid "${user%:*}")" ''

# An image that holds nothing else.
served() { [ "$(perl -MIO::Socket::UNIX -e 'print readline(IO::Socket::UNIX->new(shift) or exit)' "$1")" = served ]; }
passwd() { engine cp "$container:/etc/passwd" - | tar -xO; }
owner=%U:%G
alone() { # NAME USER [ARG]...: of stepdown, with /server
    local name=$1 turn
    user=$2
    start "$name" -v "$scratch/$name:/data" "$IMAGES/served" "${@:3}" /server /data/socket
    for turn in 'first start' restart; do
        ok "$name, $turn: it serves" eventually served "$scratch/$name/socket" || explain "$(logs)"
        is "$name, $turn: process 1" "$(process_1 | identity)" "server is 1: uid ${user/:/ gid } groups ${user#*:} caps 0 0 0 0"
        like "$name, $turn: HOME" "$(tr '\0' '\n' <"/proc/$(inspect Pid)/environ")" '^HOME=/home/app$'
        is "$name, $turn: the account has one line" "$(passwd | grep ^app:)" "app:x:$user::/home/app:/bin/sh"
        is "$name, $turn: every file is the user's" "$(find "$scratch/$name" ! -uid "${user%:*}" -o ! -gid "${user#*:}")" ''
        stop "$name, $turn" 0
        if [ "$turn" = 'first start' ]; then engine start "$container" >/dev/null; fi
    done
}
user=1234:1234
tree "$scratch/chown-alone"
alone chown-alone 1234:1234 /stepdown --account=app --chown=/data 1234:1234
is 'the image holds stepdown and the server' \
    "$(engine export "$container" | tar -t | grep -v -e '/$' -e '^etc/' -e '^dev/' -e '^run/' -e '^\.dockerenv$' | sort | paste -sd ' ')" 'server stepdown'
mkdir "$scratch/reference-alone" && chown 1234:5678 "$scratch/reference-alone"
alone reference-alone 1234:5678 /stepdown --reference=/data --account=app --
plan
