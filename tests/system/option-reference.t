#!/bin/bash
# --reference and --allow-root: the owner of a path, in the first user namespace and in others.
# shellcheck source=options.sh
. "$(dirname "$0")/options.sh" || exit 1
needs perl setpriv nsenter unshare

own() { # OWNER:GROUP NAME: a file
    : >"$T/open/$2" && chown -h "$1" "$T/open/$2"
}
R=$T/open/ref
own 1000:2000 ref

t 'a file' 0 '1000:2000 2000 /srv/app 0' '' "$S" --reference="$R" "$STATE" ids groups home caps
t 'as the next word' 0 '1000:2000' '' "$S" --reference "$R" "$STATE" ids
t 'with --' 0 '1000:2000' '' "$S" --reference "$R" -- "$STATE" ids
t 'a relative path' 0 '1000:2000' '' env -C "$T/open" "$S" --reference=ref "$STATE" ids
no_user=$'\nstepdown: with --reference there is no USER: what follows is COMMAND'
t 'no user-spec: the next word is the command' 127 '' "stepdown: exec 'app': not found in PATH$no_user" "$S" --reference="$R" app true
t 'to --dry-run too' 127 'uid: *' "stepdown: exec 'app:app': not found in PATH$no_user" "$S" --dry-run --reference="$R" app:app true
t 'where something else is known, that is said' 127 '' "*: it is a shell's own command: use sh -c" "$S" --reference="$R" cd true
t 'of a command that is there, nothing' 126 '' "*/open/ref': Permission denied*x bit*" "$S" --reference="$R" "$R"
t 'no command' 125 '' 'stepdown: usage: COMMAND is missing*' "$S" --reference="$R"
usage 'an empty path' "'--reference': its value is empty" "$S" --reference= app
usage 'given twice' "'--reference': given twice" "$S" --reference="$R" --reference="$R"
own 4242:4343 stranger
t 'an owner without an entry' 0 '4242:4343 4343 /' '' "$S" --reference="$T/open/stranger" "$STATE" ids groups home
own 4294967294:4294967294 last
t 'the last ID there is' 0 '4294967294:4294967294' '' "$S" --reference="$T/open/last" "$STATE" ids
own 1000:0 mixed
t 'the group may be root: as asked' 0 '1000:0 0' '' "$S" --reference="$T/open/mixed" "$STATE" ids groups
mkdir "$T/open/dir" && chown 1000:60 "$T/open/dir"
t 'a directory' 0 '1000:60' '' "$S" --reference="$T/open/dir" "$STATE" ids
mkfifo "$T/open/fifo" && chown 1000:60 "$T/open/fifo"
t 'a FIFO that nobody writes to' 0 '1000:60' '' timeout 20 "$S" --reference="$T/open/fifo" "$STATE" ids
mknod "$T/open/device" c 1 99 && chown 1000:60 "$T/open/device"
t 'a device that does not open' 0 '1000:60' '' "$S" --reference="$T/open/device" "$STATE" ids
perl -MSocket -e 'socket S, AF_UNIX, SOCK_STREAM, 0; bind S, sockaddr_un(shift) or die' "$T/open/socket"
chown 1000:60 "$T/open/socket"
t 'a socket' 0 '1000:60' '' "$S" --reference="$T/open/socket" "$STATE" ids
own 1000:60 closed && chmod 0 "$T/open/closed"
t 'a file that may not be read' 0 '65534:65534 0' '' holding setuid,setgid "$S" nobody "$STATE" ids caps
t 'by a caller that may not read it' 0 '1000:60' '' holding setuid,setgid "$S" --reference="$T/open/closed" "$STATE" ids
ln -s ref "$T/open/link" && chown -h 65534:65534 "$T/open/link"
t 'a symbolic link: what it points to' 0 '1000:2000' '' "$S" --reference="$T/open/link" "$STATE" ids
ln -s dir "$T/open/dirlink" && ln -s link "$T/open/link2"
t 'a symbolic link to a directory' 0 '1000:60' '' "$S" --reference="$T/open/dirlink" "$STATE" ids
t 'a symbolic link to a symbolic link' 0 '1000:2000' '' "$S" --reference="$T/open/link2" "$STATE" ids
ln -s nowhere "$T/open/dangling" && chown -h 1000:1000 "$T/open/dangling"
refuses 'a dangling one' "--reference '$T/open/dangling': No such file or directory" "$S" --reference="$T/open/dangling"
ln -s loop "$T/open/loop"
refuses 'one to itself' 'Symbolic link loop' "$S" --reference="$T/open/loop"
refuses 'nothing there' 'No such file or directory' "$S" --reference="$T/nosuch"
refuses 'below a file' 'Not a directory' "$S" --reference="$R/x"
refuses 'a name that is too long' 'ilename too long' "$S" --reference="$(printf 'x%.0s' {1..5000})"
refuses 'control characters are escaped' "--reference '$T/\\\\x1b[31m': No such" "$S" --reference="$T/"$'\e[31m'
t 'a descriptor of the caller' 0 '1000:2000' '' "$S" --reference=/proc/self/fd/3 "$STATE" ids 3<"$R"

# --- root -----------------------------------------------------------------------------------------------------------
own 0:0 root
own 0:60 rootgames
ln -s root "$T/open/rootlink" && chown -h 1000:1000 "$T/open/rootlink"
for name in root rootgames rootlink; do
    refuses "owned by root: $name" "--reference '$T/open/$name': its owner is root*--allow-root*" \
        "$S" --reference="$T/open/$name"
done
t '--allow-root' 0 "0:0 0,6,10 /root 0,$ALL,$ALL,0" '' "$S" --init-groups --allow-root --reference="$T/open/root" "$STATE" \
    ids groups home caps
t '--allow-root after it' 0 '0:60 60' '' "$S" --reference="$T/open/rootgames" --allow-root "$STATE" ids groups
t '--allow-root asks for nothing' 0 '1000:2000' '' "$S" --allow-root --reference="$R" "$STATE" ids
usage '--allow-root alone' "'--allow-root': goes with --reference or --group-add alone" "$S" --allow-root app
usage '--allow-root=yes' "'--allow-root': takes no value" "$S" --allow-root=yes --reference="$R"
own 65534:65534 nobody
own 65534:2000 nobodys
own 1000:65534 nogroups
anyone=', who may be anyone whom a user namespace or a mount hides'
refuses "owned by nobody$anyone" "reads as one that is not mapped*map it into the container*or name USER:GROUP" \
    "$S" --reference="$T/open/nobody"
refuses 'also with --allow-root' 'reads as one that is not mapped' "$S" --allow-root --reference="$T/open/nobody"
refuses 'the owner alone' 'its owner reads as one that is not mapped*or name USER:GROUP' "$S" --reference="$T/open/nobodys"
refuses 'the group alone' 'its group reads as one that is not mapped*or name USER:GROUP' "$S" --reference="$T/open/nogroups"

unmapped='reads as one that is not mapped'

# --- no /proc -------------------------------------------------------------------------------------------------------
# shellcheck disable=SC2317 # called by t
no_proc() { # COMMAND
    unshare --mount sh -c 'mount -t tmpfs none /proc && exec "$@"' - "$@"
}
t 'no /proc: a file' 0 1000 '' no_proc "$S" --reference="$R" id -u
refuses 'no /proc: root is taken for the real one' 'its owner is root' no_proc "$S" --reference="$T/open/root"
t 'no /proc: --allow-root' 0 0 '' no_proc "$S" --allow-root --reference="$T/open/root" id -u
refuses 'no /proc: 65534 may stand for anyone' "$unmapped" no_proc "$S" --reference="$T/open/nobody"

# --- other user namespaces ------------------------------------------------------------------------------------------
if ! unshare --user true 2>/dev/null; then
    skip 'user namespaces' 'none can be made here'
    finish
fi
far='0 100000 65536' # as rootless engines and userns-remap have it
own 100000:100000 far-root
own 101000:102000 far-app
own 165534:165534 far-nobody
own 100000:0 far-root-group
t 'the helper: root of another namespace' 0 '0:0 65534' '' mapped "$far" "$far" "$STATE" ids fd0 <"$R"
t 'there: an owner who is mapped' 0 '1000:2000 2000 /srv/app' '' \
    mapped "$far" "$far" "$S" --reference="$T/open/far-app" "$STATE" ids groups home
t 'there: root, who is not the real one' 0 '0:0' '' mapped "$far" "$far" "$S" --reference="$T/open/far-root" "$STATE" ids
refuses 'there: an owner who is not mapped' "$unmapped*--userns=keep-id*" \
    mapped "$far" "$far" "$S" --reference="$R"
refuses 'there: the real root, who is not mapped' "$unmapped" mapped "$far" "$far" "$S" --reference="$T/open/root"
refuses 'there: with --allow-root as well' "$unmapped" \
    mapped "$far" "$far" "$S" --allow-root --reference="$T/open/root"
refuses 'there: one who looks as if not mapped' "$unmapped" \
    mapped "$far" "$far" "$S" --reference="$T/open/far-nobody"
refuses 'there: a group that is not mapped' 'its group reads as one that is not mapped' \
    mapped "$far" "$far" "$S" --reference="$T/open/far-root-group"
# A mount may map owners too: under a uid_map that holds every ID, who is not mapped there reads as the overflow ID.
# shellcheck disable=SC2317 # called by t
idmapped() { # COMMAND: with $T/open as a mount of its own, on which 100000 to 165535 are 0 to 65535
    local pid result
    command unshare --user sleep 1000 &
    pid=$!
    until [ "/proc/$pid/exe" -ef "$(command -v sleep)" ]; do sleep 0.01; done
    echo '100000 0 65536' >"/proc/$pid/uid_map" && echo '100000 0 65536' >"/proc/$pid/gid_map"
    unshare --mount perl -e '
        my ($OPEN_TREE, $MOVE_MOUNT, $MOUNT_SETATTR) = (428, 429, 442); # the same on every architecture
        my ($place, $map, $empty) = (splice(@ARGV, 0, 2), "");
        open my $namespace, "<", $map or die "$map: $!";
        my $tree = syscall $OPEN_TREE, -100, $place, 1; # AT_FDCWD, OPEN_TREE_CLONE
        my $attributes = pack "Q4", 0x100000, 0, 0, fileno $namespace; # MOUNT_ATTR_IDMAP
        $tree >= 0 && syscall($MOUNT_SETATTR, $tree, $empty, 0x1000, $attributes, 32) == 0 # AT_EMPTY_PATH
            && syscall($MOVE_MOUNT, $tree, $empty, -100, $place, 4) == 0 or die "no idmapped mount: $!\n"; # MOVE_MOUNT_F_EMPTY_PATH
        exec @ARGV' "$T/open" "/proc/$pid/ns/user" "$@"
    result=$?
    kill "$pid" && wait "$pid" 2>/dev/null
    return "$result"
}
run idmapped stat -c %u:%g "$R" "$T/open/far-app"
if [ "$status $out" = $'0 65534:65534\n1000:2000' ]; then
    refuses 'a mount that does not map the owner' 'reads as one that is not mapped*map it into the container*or name USER:GROUP' \
        idmapped "$S" --reference="$R"
    refuses 'nor root' "$unmapped" idmapped "$S" --reference="$T/open/root"
    refuses 'nor root, with --allow-root' "$unmapped" idmapped "$S" --allow-root --reference="$T/open/root"
    refuses 'nor one of the two' 'its group reads as' idmapped "$S" --reference="$T/open/far-root-group"
    t 'a mount that maps the owner' 0 '1000:2000 2000 /srv/app' '' \
        idmapped "$S" --reference="$T/open/far-app" "$STATE" ids groups home
    refuses 'a mount that maps the owner to root' 'its owner is root' idmapped "$S" --reference="$T/open/far-root"
    refuses 'the group of a path there' "--group-add *its group reads as one that is not mapped" \
        idmapped "$S" --group-add="$R" app
    refuses 'even an optional one' "--group-add *its group reads as one that is not mapped" \
        idmapped "$S" --group-add="$R?" app
else
    skip 'a mount that maps owners' "none can be made here: ${err:0:100}"
fi
single='0 1000 1' # an unprivileged user alone
t 'one user alone: the own file is root of the namespace' 0 '0:0' '' \
    mapped "$single" '0 2000 1' "$S" --reference="$R" "$STATE" ids
near='0 0 1,1 100000 65535' # podman --uidmap 0:0:1
refuses 'a namespace whose root is the real one: root' 'its owner is root' \
    mapped "$near" "$near" "$S" --reference="$T/open/root"
t 'there: --allow-root' 0 '0:0' '' mapped "$near" "$near" "$S" --reference="$T/open/root" --allow-root "$STATE" ids
own 100999:100999 near-app
t 'there: a user' 0 '1000:1000' '' mapped "$near" "$near" "$S" --reference="$T/open/near-app" "$STATE" ids
refuses 'there: one who is not mapped' "$unmapped" mapped "$near" "$near" "$S" --reference="$R"
whole='0 0 4294967295'
refuses "a namespace that maps everyone to himself: nobody$anyone" "$unmapped" \
    mapped "$whole" "$whole" "$S" --reference="$T/open/nobody"
refuses 'there: root' 'its owner is root' mapped "$whole" "$whole" "$S" --reference="$T/open/root"
refuses 'only the users are another namespace' "$unmapped" mapped "$far" "$whole" "$S" --reference="$R"
refuses 'an ID of the spec that is not mapped' 'setgroups: Invalid argument*/proc/self/uid_map*' \
    mapped "$far" "$far" "$S" 70000:70000
refuses 'a user who is not mapped' 'setresuid: Invalid argument*/proc/self/uid_map*' mapped "$far" "$far" "$S" 70000:60
# A group that is there and cannot be named, as by podman's --group-add=keep-groups.
hidden=(setpriv --groups=44 bash -c "$(declare -f mapped); groups_stay=--preserve-credentials; mapped \"\$@\"" - "$near" "$near")
refuses '--keep-groups, and one of the groups is not mapped' '--keep-groups: *reads as one that is not mapped*map it into the container*' \
    "${hidden[@]}" "$S" --keep-groups app
t 'without --keep-groups it does not matter' 0 '1000:1000 1000,2000,2001' '' "${hidden[@]}" "$S" app "$STATE" ids groups
refuses '--keep-groups of a caller that seems to be the user already' 'reads as one that is not mapped' \
    "${hidden[@]}" "$S" --clear-groups --keep-groups root
t '--if-root lets who is not root keep it' 0 '1000:1000 65534' '' \
    "${hidden[@]}" setpriv --reuid=1000 --regid=1000 --keep-groups "$S" --if-root app "$STATE" ids groups
refuses 'setgroups denied' 'setgroups: *denies setgroups*' \
    setpriv --reuid=1000 --regid=1000 --clear-groups unshare --user --map-root-user "$S" 1:1
finish
