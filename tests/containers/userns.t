#!/bin/bash
# User namespaces: IDs that are mapped and IDs that are not.
here=$(dirname "$0")
# shellcheck source=tests/containers/lib.bash
. "$here/lib.bash"

if [ "$CONTAINER_ENGINE" != podman ]; then
    echo '1..0 # SKIP a docker engine maps users for all of its containers or for none'
    exit 0
fi
all=(--uidmap 0:100000:65536 --gidmap 0:100000:65536)
few=(--uidmap 0:100000:1000 --gidmap 0:100000:1000)
status_file='/busybox cat /proc/1/status'

# shellcheck disable=SC2086 # $status_file is words
{
    run "${all[@]}" "$IMAGES/bare" /stepdown 1234:5678 $status_file
    ran_as 'a mapped ID' 'busybox is 1: uid 1234 gid 5678 groups 5678 caps 0 0 0 0'
    start mapped "${all[@]}" "$IMAGES/bare" /stepdown 1234:5678 /busybox sleep 1000
    eventually is_named busybox
    is 'the same, as the host sees it' "$(process_1 | identity)" 'busybox is 1: uid 101234 gid 105678 groups 105678 caps 0 0 0 0'
    run "${few[@]}" "$IMAGES/bare" /stepdown 999:999 $status_file
    ran_as 'the last ID that is mapped' 'busybox is 1: uid 999 gid 999 groups 999 caps 0 0 0 0'
    run "${few[@]}" "$IMAGES/bare" /stepdown 1000:999 $status_file
    refused 'a user that is not mapped' 125 'setresuid: Invalid argument'
    like 'a user that is not mapped: hint' "$message" 'does not map the ID.*--uidmap'
    show
    run "${few[@]}" "$IMAGES/bare" /stepdown 999:1000 $status_file
    refused 'a group that is not mapped' 125 'setgroups: Invalid argument'
    like 'a group that is not mapped: hint' "$message" 'does not map the ID'
    run "${all[@]}" --cap-drop=ALL "$IMAGES/bare" /stepdown 1234 $status_file
    refused 'no capability in the namespace' 125 'CAP_SETGID is missing'

    mkdir "$scratch/mapped" "$scratch/foreign" "$scratch/foreign-group" "$scratch/root"
    chown 101234:105678 "$scratch/mapped"
    chown 4242:105678 "$scratch/foreign"
    chown 101234:4242 "$scratch/foreign-group"
    chown 100000:100000 "$scratch/root"
    run "${all[@]}" -v "$scratch/mapped:/work" "$IMAGES/bare" /stepdown --reference=/work $status_file
    ran_as '--reference: a mapped owner' 'busybox is 1: uid 1234 gid 5678 groups 5678 caps 0 0 0 0'
    run "${all[@]}" -v "$scratch/foreign:/work" "$IMAGES/bare" /stepdown --reference=/work $status_file
    refused '--reference: an owner that is not mapped' 125 'map it into the container'
    show
    run "${all[@]}" -v "$scratch/foreign-group:/work" "$IMAGES/bare" /stepdown --reference=/work $status_file
    refused '--reference: a group that is not mapped' 125 'its group reads as one that is not mapped'
    run "${all[@]}" -v "$scratch/root:/work" "$IMAGES/bare" /stepdown --reference=/work $status_file
    like '--reference: uid 0 that is not the real root is no refusal' "$(identity <<<"$output")" 'uid 0 gid 0'
}
plan
