#!/bin/bash
# --group-add: groups by name, by ID, and by a path that they own, besides whatever else makes the group list.
# shellcheck source=options.sh
. "$(dirname "$0")/options.sh" || exit 1
needs setpriv perl unshare

D=$T/d
mkdir "$D" "$D/closed"
own() { # GROUP NAME: a file of root's with that group
    : >"$D/$2" && chown "0:$1" "$D/$2"
}
own 998 sock.txt
own 44 file
own 0 root
perl -MSocket -e 'socket S, AF_UNIX, SOCK_STREAM, 0; bind S, sockaddr_un(shift) or die' "$D/sock" && chown 0:998 "$D/sock"
mknod "$D/device" c 226 128 && chown 0:105 "$D/device" && chmod 660 "$D/device"
mkdir "$D/folder" && chown 0:2000 "$D/folder"
mkfifo "$D/fifo" && chown 0:60 "$D/fifo"
ln -s sock "$D/link" && chown -h 0:0 "$D/link"
ln -s nowhere "$D/dangling"
ln -s loop "$D/loop"
own 77 closed/file && chmod 700 "$D/closed"

# --- what an element is ---------------------------------------------------------------------------------------------
t 'a name' 0 '1000:1000 60,1000,2000,2001' '' "$S" --group-add=games app "$STATE" ids groups
t 'an ID, which needs no entry' 0 '998,1000,2000,2001' '' "$S" --group-add=998 app "$STATE" groups
t 'as the next word' 0 '998,1000,2000,2001' '' "$S" --group-add 998 app "$STATE" groups
t 'a socket' 0 '998,1000,2000,2001' '' "$S" --group-add="$D/sock" app "$STATE" groups
t 'a device that is not there to be opened' 0 '105,1000,2000,2001' '' "$S" --group-add="$D/device" app "$STATE" groups
t 'a file' 0 '44,1000,2000,2001' '' "$S" --group-add="$D/file" app "$STATE" groups
t 'a directory' 0 '1000:1000 1000,2000' '' "$S" --clear-groups --group-add="$D/folder" app "$STATE" ids groups
t 'a FIFO that nobody writes to' 0 '60,1000,2000,2001' '' timeout 20 "$S" --group-add="$D/fifo" app "$STATE" groups
t 'a symbolic link: what it leads to' 0 '998,1000,2000,2001' '' "$S" --group-add="$D/link" app "$STATE" groups
t 'a path that begins with a name' 0 '44,1000,2000,2001' '' env -C "$T" "$S" --group-add=d/file app "$STATE" groups
t 'a path that begins with a dot' 0 '44,1000,2000,2001' '' env -C "$D" "$S" --group-add=./file app "$STATE" groups
refuses 'without a slash it is a name' "group 'file': no such group in /etc/group" env -C "$D" "$S" --group-add=file app
t 'several of each kind' 0 '1,44,98,998,1000,2000,2001' '' \
    "$S" --group-add="daemon,$D/sock,98,$D/file,01" app "$STATE" groups
t 'each group once' 0 '998,1000,2000,2001' '' "$S" --group-add="$D/sock,998,$D/sock.txt,data,1000" app "$STATE" groups
t 'a file behind a directory that the user may not enter' 0 '77,1000,2000,2001' '' \
    "$S" --group-add="$D/closed/file" app "$STATE" groups
t 'what it is for: the user may use the socket of that group' 0 '' '' \
    sh -c "chmod 660 $D/sock; exec $S --group-add=$D/sock app test -w $D/sock"
t 'and without it may not' 1 '' '' "$S" app test -w "$D/sock"

# --- with whatever else makes the list ------------------------------------------------------------------------------
t 'USER:GROUP' 0 '1000:60 60,998' '' "$S" --group-add="$D/sock" app:games "$STATE" ids groups
t 'an ID without an entry' 0 '4242:4343 998,4343' '' "$S" --group-add="$D/sock" 4242:4343 "$STATE" ids groups
t '--init-groups' 0 '60,998,2000,2001' '' "$S" --init-groups --group-add=998 app:games "$STATE" groups
t '--clear-groups' 0 '998,1000' '' "$S" --clear-groups --group-add=998 app "$STATE" groups
t '--groups' 0 '60,998,1000' '' "$S" --groups=games --group-add=998 app "$STATE" groups
t '--keep-groups' 0 '44,998,1000,2000,2001' '' \
    setpriv '--groups=0,6,44' "$S" --keep-groups --group-add=998 app "$STATE" groups
t "--keep-groups, and one of root's own" 0 '6,44,1000' '' \
    setpriv '--groups=0,6,44' "$S" --keep-groups --clear-groups --group-add=disk app "$STATE" groups
: >"$T/ref" && chown 1000:60 "$T/ref"
t '--reference' 0 '1000:60 60,998' '' "$S" --reference="$T/ref" --group-add="$D/sock" "$STATE" ids groups
t 'root' 0 '0:0 0,6,10,998' '' "$S" --group-add=998 root "$STATE" ids groups
t 'a caller that has it all already' 0 '1000:1000 44,1000,2000,2001 0' '' \
    setpriv --reuid=1000 --regid=1000 '--groups=44,1000,2000,2001' "$S" --group-add=44 app "$STATE" ids groups caps
refuses 'a caller that lacks but this one' 'only its groups differ (it has 1000,2000,2001; 44,1000,2000,2001 are asked for)' \
    setpriv --reuid=1000 --regid=1000 '--groups=1000,2000,2001' "$S" --group-add=44 app
run "$S" --dry-run --group-add="games,$D/sock" app id
is '--dry-run' "$status $(grep -c '^group: \(60 (games), /etc/group:5\|998, no entry in /etc/group\)$' "$T/out")$err" '0 2'
refuses 'it is no option of gosu' 'no such user' "$GOSU" --group-add=998 app

# --- ELEMENT? -------------------------------------------------------------------------------------------------------
for element in nosuch "$D/nosuch" "$D/dangling" "$D/file/x" "$D/nosuch/x"; do
    refuses "not there: ${element//$D/D}" '?*' "$S" --group-add="$element" app
    t "passed over: ${element//$D/D}?" 0 '1000,2000,2001' '' "$S" --group-add="$element?" app "$STATE" groups
    t "passed over, and the rest is not: ${element//$D/D}?" 0 '44,60,1000,2000,2001' '' \
        "$S" --group-add="games,$element?,$D/file?" app "$STATE" groups
done
t 'what is there is not passed over' 0 '60,998,1000,2000,2001' '' "$S" --group-add="games?,$D/sock?" app "$STATE" groups
t 'nor an ID, which is always there' 0 '998,1000,2000,2001' '' "$S" --group-add='998?' app "$STATE" groups
refuses "root's group by a path is not passed over" "--group-add '$D/root': its group is root's" "$S" --group-add="$D/root?" app
refuses 'nor what is wrong otherwise: a loop of links' "--group-add '$D/loop': Symbolic link loop" "$S" --group-add="$D/loop?" app
refuses 'an ID out of range' 'an ID is a number from 0 to 2147483647' "$S" --group-add='2147483648?' app
refuses 'a path longer than any' '--group-add*: *name too long' "$S" --group-add="/$(printf 'x%.0s' {1..5000})?" app
refuses 'a path that the caller may not look at' "--group-add *: Permission denied" \
    holding setuid,setgid "$S" --group-add="$D/closed/file?" nobody
add_groups 'odd:x:1x:' 'odd:x:1001:'
refuses 'a malformed entry' "/etc/group:11 'odd': the entry is malformed" "$S" --group-add='odd?' app

# --- root's group ---------------------------------------------------------------------------------------------------
refuses 'by a path' "--group-add '$D/root': its group is root's*or say --allow-root" "$S" --group-add="$D/root" app
t 'by a path, with --allow-root' 0 '1000:1000 0,1000,2000,2001' '' "$S" --allow-root --group-add="$D/root" app "$STATE" ids groups
t 'by its name, as asked' 0 '0,1000,2000,2001' '' "$S" --group-add=root app "$STATE" groups
t 'by its ID, as asked' 0 '0,1000,2000,2001' '' "$S" --group-add=0 app "$STATE" groups
for group in 65534 nogroup; do
    own $group hidden
    refuses "a path of $group, which may be any group that is not mapped" 'its group reads as one that is not mapped' \
        "$S" --group-add="$D/hidden" app
done
refuses 'also with --allow-root' 'its group reads as one that is not mapped' "$S" --allow-root --group-add="$D/hidden" app
t 'nogroup by its name is nogroup' 0 '1000,2000,2001,65534' '' "$S" --group-add=nogroup app "$STATE" groups
if unshare --user --map-root-user true 2>/dev/null; then
    refuses 'a path whose group the user namespace does not map' 'its group reads as one that is not mapped' \
        unshare --user --map-root-user "$S" --group-add="$D/sock" --clear-groups root
else
    skip 'a path whose group the user namespace does not map' 'none can be made here'
fi

# --- the command line -----------------------------------------------------------------------------------------------
for list in ',' 'games,' ',games' 'games,,data' '?' 'games,?' '?,games'; do
    usage "an empty element: '$list'" '--group-add: an element of the list is empty' "$S" --group-add="$list" app
done
usage 'an empty list' "'--group-add': its value is empty" "$S" --group-add= app
usage 'nothing behind it, as of an unset variable' "'--group-add': needs a value" "$S" --group-add --harden app
usage 'given twice' "'--group-add': given twice" "$S" --group-add=1 --group-add=2 app
for name in nosuch -1 +1 0x1 ' 1' 1e1 $'1\n' '*' root:; do
    refuses "no such group: $name" 'no such group in /etc/group' "$S" --group-add="users,$name" app
done
only_groups
awk 'BEGIN { for (i = 1; i <= 65534; i++) print "g" i ":x:" i ":app" }' >>"$GROUP"
t 'up to 65536 groups' 0 65536 '' "$S" --group-add=70000,70001 app awk '/^Groups:/ { print NF - 1 }' /proc/self/status
refuses 'one more' 'groups: more than 65536' "$S" --group-add=70000,70001,70002 app
finish
