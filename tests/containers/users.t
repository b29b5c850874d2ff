#!/bin/bash
# The container that writes into a folder of the host's as the host's user, three ways.
here=$(dirname "$0")
# shellcheck source=tests/containers/lib.bash
. "$here/lib.bash"

mkdir "$scratch/work" "$scratch/root"
chown 1234:5678 "$scratch/work"
mount=(-v "$scratch/work:/work" -w /work)
write=': >"$1" && id -u && echo "$HOME"'
owner() { stat -c %u:%g "$scratch/work/$1"; }

run "${mount[@]}" -e LOCAL_USER_ID=1234 "$IMAGES/debian" ci-entrypoint sh -c "$write && : >\$HOME/mine" - account
is 'useradd and gosu: runs as that ID, with a home' "$output status $status" $'1234\n/home/user status 0' || explain "$message"
like 'useradd and gosu: the file is the host user'\''s' "$(owner account)" '^1234:'

run "${mount[@]}" "$IMAGES/debian" stepdown --reference=/work sh -c "$write" - reference
is '--reference: runs as the folder'\''s owner' "$output status $status" $'1234\n/ status 0' || explain "$message"
is '--reference: the file is the host user'\''s' "$(owner reference)" 1234:5678
run "${mount[@]}" "$IMAGES/debian" stepdown --reference=. --home=/work sh -c "$write && : >\$HOME/mine" - home
is '--reference with --home: a home that can be written' "$output status $status" $'1234\n/work status 0' || explain "$message"
is '--reference with --home: the file is the host user'\''s' "$(owner mine)" 1234:5678

run "${mount[@]}" "$IMAGES/bare" /stepdown --reference=/work --home=/work /busybox touch bare
is 'an image without shell and useradd: runs' "$message status $status" ' status 0'
is 'an image without shell and useradd: the file is the host user'\''s' "$(owner bare)" 1234:5678
run "${mount[@]}" "$IMAGES/bare" /stepdown --reference=/work --home=/work /busybox cat /proc/1/status
ran_as 'an image without shell and useradd: who it is' 'busybox is 1: uid 1234 gid 5678 groups 5678 caps 0 0 0 0'

chown 1000:4444 "$scratch/work"
run "${mount[@]}" "$IMAGES/debian" stepdown --reference=/work --init-groups sh -c 'id -G && echo "$HOME"'
is "a folder of an account's: its home, and its groups where they are asked for" "$output" $'4444 2000\n/home/app'

run -v "$scratch/root:/work" "$IMAGES/debian" stepdown --reference=/work touch /work/file
refused "a folder of root's" 125 "its owner is root"
ok "a folder of root's: nothing was written" test ! -e "$scratch/root/file"
run -v "$scratch/root:/work" "$IMAGES/debian" stepdown --reference=/work --allow-root id -u
is "a folder of root's with --allow-root" "$output" 0
run "$IMAGES/debian" stepdown --reference=/nonesuch id
refused 'a folder that is not there' 125 "/nonesuch.*No such file"
plan
