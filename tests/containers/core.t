#!/bin/bash
# The step down itself, in containers as users start them.
here=$(dirname "$0")
# shellcheck source=tests/containers/lib.bash
. "$here/lib.bash"

app='cat is 1: uid 1000 gid 1000 groups 1000 2000 caps 0 0 0 0'
status_file='cat /proc/1/status'
drop_all='--cap-drop=ALL'
# Podman writes an account and a group of that number for --user NUMBER: with it, 1234 is a member of group 1234.
plain=()
if [ "$CONTAINER_ENGINE" = podman ]; then plain=(--passwd=false); fi
# shellcheck disable=SC2086 # $status_file is two words throughout
{
    run "$IMAGES/debian" cat /proc/1/status
    is 'by default a container has the documented capabilities' "$(field CapBnd <<<"$output")" 00000000a80425fb
    run "$IMAGES/debian" stepdown app $status_file
    ran_as 'by default' "$app"
    is 'the bounding set is the container'\''s' "$(field CapBnd <<<"$output")" 00000000a80425fb
    is 'the seccomp filter is the container'\''s' "$(field Seccomp <<<"$output")" 2
    for name in gosu su-exec; do
        run "$IMAGES/debian" $name app $status_file
        ran_as "under the name $name" "$app"
    done
    run "$IMAGES/debian" stepdown 1234:5678 $status_file
    ran_as 'IDs without an entry' 'cat is 1: uid 1234 gid 5678 groups 5678 caps 0 0 0 0'
    run --entrypoint stepdown "$IMAGES/debian" app $status_file
    ran_as 'as the entrypoint' "$app"

    run $drop_all --cap-add=SETUID --cap-add=SETGID "$IMAGES/debian" stepdown app $status_file
    ran_as 'with no capability but SETUID and SETGID' "$app"
    run $drop_all "$IMAGES/debian" stepdown root $status_file
    like 'root to root without a capability' "$(identity <<<"$output")" '^cat is 1: uid 0 gid 0 groups 0? caps 0 0 0 0$'
    run "$IMAGES/debian" stepdown --harden app $status_file
    ran_as '--harden' "$app"
    is '--harden: the bounding set is empty' "$(field CapBnd <<<"$output")" 0000000000000000
    is '--harden: no_new_privs' "$(field NoNewPrivs <<<"$output")" 1
    run --security-opt=no-new-privileges "$IMAGES/debian" stepdown app $status_file
    ran_as 'with no-new-privileges' "$app"
    is 'no-new-privileges stays' "$(field NoNewPrivs <<<"$output")" 1
    run --read-only "$IMAGES/debian" stepdown app $status_file
    ran_as 'on a read-only root' "$app"

    run --user app "$IMAGES/debian" stepdown app $status_file
    ran_as '--user app: already the target' "$app"
    run --user app $drop_all "$IMAGES/debian" stepdown app $status_file
    ran_as '--user app without a capability' "$app"
    run --user app "$IMAGES/debian" stepdown --if-root www-data $status_file
    ran_as '--user app with --if-root: stays app' "$app"
    run "${plain[@]}" --user 1234 "$IMAGES/debian" stepdown 1234 $status_file
    ran_as '--user 1234: no entry, already the target' 'cat is 1: uid 1234 gid 0 groups 0 caps 0 0 0 0'
    run --user 1234:5678 "$IMAGES/debian" stepdown 1234:5678 $status_file
    ran_as '--user 1234:5678' 'cat is 1: uid 1234 gid 5678 groups 5678 caps 0 0 0 0'
    run --user 1234 "$IMAGES/debian" stepdown --if-root app $status_file
    ran_as '--user 1234 with --if-root' 'cat is 1: uid 1234 gid 0 groups 0 caps 0 0 0 0'
    run "${plain[@]}" --user 1234:5678 "$IMAGES/bare" /stepdown 1234:5678 /busybox $status_file
    ran_as '--user 1234:5678 with nothing in the image' 'busybox is 1: uid 1234 gid 5678 groups 5678 caps 0 0 0 0'
    run --user app "$IMAGES/debian" stepdown www-data $status_file
    refused '--user app to another user' 125 'the caller is uid 1000 and not root: .*--if-root'
    run --user app --group-add 5000 "$IMAGES/debian" stepdown app $status_file
    refused '--user app --group-add: the extra group would have to go' 125 'only its groups differ \(it has .*5000; .*--keep-groups'
    run --user app --group-add 5000 "$IMAGES/debian" stepdown --keep-groups app $status_file
    ran_as '--user app --group-add with --keep-groups' 'cat is 1: uid 1000 gid 1000 groups 1000 2000 5000 caps 0 0 0 0'
    run --group-add 5000 "$IMAGES/debian" stepdown app $status_file
    ran_as '--group-add alone: gone' "$app"
    run --group-add 5000 "$IMAGES/debian" stepdown --keep-groups app $status_file
    ran_as '--group-add with --keep-groups: kept, root'\''s own not' \
        'cat is 1: uid 1000 gid 1000 groups 1000 2000 5000 caps 0 0 0 0'
    if [ "$CONTAINER_ENGINE" = podman ]; then
        run --user app --cap-add=SETUID --cap-add=SETGID "$IMAGES/debian" stepdown 1234:5678 $status_file
        ran_as '--user app with ambient SETUID and SETGID: another user, and they are gone' \
            'cat is 1: uid 1234 gid 5678 groups 5678 caps 0 0 0 0'
    else
        skip '--user app with ambient SETUID and SETGID' 'docker gives a user no ambient capability'
    fi

    run "$IMAGES/bare" /stepdown 1234:5678 /busybox $status_file
    ran_as 'nothing in the image but a static program' 'busybox is 1: uid 1234 gid 5678 groups 5678 caps 0 0 0 0'
    run --read-only $drop_all --cap-add=SETUID --cap-add=SETGID --security-opt=no-new-privileges \
        "$IMAGES/bare" /stepdown 1234 /busybox $status_file
    ran_as 'the same with everything locked' 'busybox is 1: uid 1234 gid 0 groups 0 caps 0 0 0 0'
    run "$IMAGES/bare" /stepdown app /busybox $status_file
    refused 'a name where there is no /etc/passwd' 125 "'app'.*no such user|'app'.*/etc/passwd"
    run "$IMAGES/busybox" stepdown app $status_file
    ran_as 'busybox image' 'cat is 1: uid 1000 gid 1000 groups 1000 2000 caps 0 0 0 0'
    run --group-add 6 --group-add 5000 "$IMAGES/busybox" stepdown --keep-groups app $status_file
    ran_as 'busybox image: --keep-groups leaves out a group of root'\''s' \
        'cat is 1: uid 1000 gid 1000 groups 1000 2000 5000 caps 0 0 0 0'
}
# The namespace of mounts is looked at from outside: inside there is no /proc to read.
start no-proc --cap-add=SYS_ADMIN --security-opt=seccomp=unconfined --security-opt=apparmor=unconfined "$IMAGES/debian" \
    sh -c 'umount -l /proc && test ! -e /proc/self && exec stepdown app sleep 1000'
is 'without /proc' "$(eventually is_named sleep && process_1 | identity)" "${app/cat/sleep}"

run "$IMAGES/debian" stepdown app sh -c 'exit 42'
is 'the command'\''s status is the container'\''s' "$status" 42
plan
