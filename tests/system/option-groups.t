#!/bin/bash
# --init-groups, --clear-groups, --groups and --keep-groups, as the kernel has the group list afterwards.
# shellcheck source=options.sh
. "$(dirname "$0")/options.sh" || exit 1
needs setpriv perl

# GIDS COMMAND: root with these groups, as many as are wanted (an argument of setpriv's is limited to 128 KiB).
# shellcheck disable=SC2317 # called by t
with_groups() {
    perl -e '$) = "0 " . join " ", eval shift; exec @ARGV or die' "$@"
}

# --- the three that exclude each other ------------------------------------------------------------------------------
t 'USER' 0 '1000:1000 1000,2000,2001' '' "$S" app "$STATE" ids groups
t 'USER:GROUP' 0 '1000:60 60' '' "$S" app:games "$STATE" ids groups
t '--init-groups, USER' 0 '1000:1000 1000,2000,2001' '' "$S" --init-groups app "$STATE" ids groups
t '--init-groups, USER:GROUP' 0 '1000:60 60,2000,2001' '' "$S" --init-groups app:games "$STATE" ids groups
t '--init-groups, UID:GID' 0 '1000:4242 2000,2001,4242' '' "$S" --init-groups 1000:4242 "$STATE" ids groups
t '--init-groups, UID:GID without an entry' 0 '4242:4343 4343' '' "$S" --init-groups 4242:4343 "$STATE" ids groups
t '--clear-groups, USER' 0 '1000:1000 1000' '' "$S" --clear-groups app "$STATE" ids groups
t '--clear-groups, USER:GROUP' 0 '1000:60 60' '' "$S" --clear-groups app:games "$STATE" ids groups
t '--clear-groups, root' 0 '0:0 0' '' with_groups 6,10 "$S" --clear-groups root "$STATE" ids groups
t '--groups, names and IDs' 0 '1000:1000 1,60,1000,4242' '' \
    "$S" --groups=games,4242,daemon,01 app "$STATE" ids groups
t '--groups as the next word' 0 '1000:1000 60,1000' '' "$S" --groups games app "$STATE" ids groups
t '--groups, USER:GROUP' 0 '1000:60 60,100' '' "$S" --groups=users app:games "$STATE" ids groups
t '--groups with the primary one, and one twice' 0 '1000:60 60,100' '' \
    "$S" --groups=users,games,100 app:games "$STATE" ids groups
t '--groups, UID without an entry' 0 '4242:0 0,100' '' "$S" --groups=users 4242 "$STATE" ids groups
t '--groups=0 is as asked' 0 '1000:1000 0,1000' '' "$S" --groups=0 app "$STATE" ids groups
t '--groups=2147483647' 0 '1000:1000 1000,2147483647' '' "$S" --groups=2147483647 app "$STATE" ids groups

for pair in '--init-groups --clear-groups' '--clear-groups --init-groups' '--init-groups --groups=1' \
    '--groups=1 --init-groups' '--clear-groups --groups=1' '--groups=1 --clear-groups --init-groups'; do
    # shellcheck disable=SC2086 # words are meant
    usage "$pair" '--init-groups, --clear-groups and --groups exclude each other' "$S" $pair app
done
for list in ',' 'games,' ',games' 'games,,users'; do
    usage "an empty element: '$list'" "--groups: an element of the list is empty" "$S" --groups="$list" app
done
usage 'an empty list' "'--groups': its value is empty" "$S" --groups= app
usage 'given twice' "'--groups': given twice" "$S" --groups=1 --groups=2 app
usage 'takes no value' "'--clear-groups': takes no value" "$S" --clear-groups=1 app
for id in 2147483648 4294967295 4294967296 18446744073709551616; do
    refuses "--groups=$id" "group '$id': an ID is a number from 0 to 2147483647" "$S" --groups="1,$id" app
done
for name in nosuch -1 +1 0x1 ' 1' 1e1 $'1\n' '*' root: games:x; do
    refuses "--groups=$name" 'no such group in /etc/group' "$S" --groups="users,$name" app
done
add_groups 'broken:x:12a:' 'broken:x:12:' 'other:x:-1:app' 'more:x:77:app:x' 'nul:x:79:app\0' 'late:x:78:app'
refuses '--groups, the first entry of the name is malformed' "/etc/group:11 'broken': the entry is malformed" \
    "$S" --groups=users,broken app
t 'malformed entries give no group, those with more fields do' 0 '60,77,78,2000,2001' '' "$S" --init-groups app:games "$STATE" groups
rm "$GROUP"
t 'no file, IDs' 0 '7,1000' '' "$S" --groups=7 app "$STATE" groups
refuses 'no file, names' 'no such group' "$S" --groups=7,users app
mkdir "$GROUP"
refuses 'no file but a directory' '/etc/group: not a regular file' "$S" --init-groups app
t '--clear-groups does not need it' 0 1000 '' "$S" --clear-groups app "$STATE" groups
refuses '--keep-groups does' '/etc/group: not a regular file' "$S" --clear-groups --keep-groups app
rmdir "$GROUP"
accounts

# --- --keep-groups --------------------------------------------------------------------------------------------------
given=0,6,10,44,2000,3000 # root lists disk and wheel, 6 and 10; app is in data, 2000
t 'without it: what the runtime gave is gone' 0 '1000,2000,2001' '' with_groups $given "$S" app "$STATE" groups
t '--keep-groups' 0 '1000:1000 44,1000,2000,2001,3000' '' with_groups $given "$S" --keep-groups app "$STATE" ids groups
t '--keep-groups, USER:GROUP' 0 '1000:60 44,60,2000,3000' '' \
    with_groups $given "$S" --keep-groups app:games "$STATE" ids groups
t '--keep-groups --init-groups' 0 '44,60,2000,2001,3000' '' \
    with_groups $given "$S" --keep-groups --init-groups app:games "$STATE" groups
t '--keep-groups --clear-groups' 0 '44,1000,2000,3000' '' \
    with_groups $given "$S" --clear-groups --keep-groups app "$STATE" groups
t '--keep-groups --groups' 0 '44,100,1000,2000,3000' '' \
    with_groups $given "$S" --groups=users --keep-groups app "$STATE" groups
t "a group of root's comes back where the user has it" 0 '1,10,44,100,2000,3000,65534' '' \
    with_groups $given "$S" --keep-groups nobody "$STATE" groups
t 'where it is asked for' 0 '6,44,1000,2000,3000' '' \
    with_groups $given "$S" --keep-groups --groups=disk app "$STATE" groups
t 'and gid 0 where it is the primary one' 0 '1000:0 0,44,2000,3000' '' \
    with_groups $given "$S" --keep-groups app:root "$STATE" ids groups
t 'nothing given' 0 '1000,2000,2001' '' setpriv --clear-groups "$S" --keep-groups app "$STATE" groups
t 'gid 0 alone given, twice' 0 '1000,2000,2001' '' with_groups 0,0 "$S" --keep-groups app "$STATE" groups
t 'a UID without an entry, as under docker run --group-add' 0 '4242:4343 44,2000,3000,4343' '' \
    with_groups $given "$S" --keep-groups 4242:4343 "$STATE" ids groups
t 'a caller that is no root' 0 '65534:65534 1,10,44,100,65534' '' \
    holding setuid,setgid "$S" --keep-groups nobody "$STATE" ids groups
t 'a caller that is the target already, by docker run --user app --group-add 44' 0 '1000:1000 44,1000 0' '' \
    setpriv --reuid=1000 --regid=1000 --groups=44,1000 "$S" --clear-groups --keep-groups app "$STATE" ids groups caps
refuses 'the same with a group that it lacks' \
    'setgroups: *that user already, only its groups differ (it has 44,1000; 44,1000,2000,2001 are asked for): stepdown --if-root *' \
    setpriv --reuid=1000 --regid=1000 --groups=44,1000 "$S" --keep-groups app
usage 'takes no value' "'--keep-groups': takes no value" "$S" --keep-groups=1 app

# What a container runtime takes for a group of root's is more than what stepdown takes for an entry: none of it stays.
only_groups 'root:x:0:' 'more:x:6:root:' 'spaces:x:10:app , root\t,x' '+nis:x:12:root' '#comment:x:13:root' ' blank:x:14:root' \
    'dos:x:15:app,root\r' '' '   ' 'rooted:x:16:rootless,xroot,root2,ROOT,ro ot' 'app:x:1000:'
with=6,10,12,13,14,15,16,44
t "--keep-groups and odd lines that list root" 0 '16,44,1000' '' with_groups $with "$S" --keep-groups --clear-groups app "$STATE" groups
for gid in +13 ' 13' '' 13x -1 4294967295 99999999999 '1\0003'; do
    only_groups 'root:x:0:' 'fine:x:44:' "odd:x:$gid:daemon,root" 'app:x:1000:'
    refuses "--keep-groups and a gid of '${gid//\\/<backslash>}' whose line lists root" \
        "/etc/group:3 'root': the entry is malformed, and lists a name with uid 0" with_groups 13,44 "$S" --keep-groups app
    t "the same without --keep-groups" 0 1000 '' with_groups 13,44 "$S" app "$STATE" groups
    only_groups 'root:x:0:' 'fine:x:44:' "odd:x:$gid:daemon,rooted,app" 'app:x:1000:'
    t "the same where it does not" 0 '13,44,1000' '' with_groups 13,44 "$S" --keep-groups app "$STATE" groups
done
only_groups 'root:x:0:' 'few:x' 'fewer' 'root' 'root:x' 'app:x:1000:'
t '--keep-groups and lines that are too short to list anyone' 0 '13,1000' '' with_groups 13 "$S" --keep-groups app "$STATE" groups

# root has more names than root, and root may have none of that name.
only_groups 'wheel:x:10:toor' 'adm:x:4:admin' 'disk:x:6:root' 'odd:x:7:odd' 'kvm:x:8:plus' 'app:x:1000:' 'none:x:9:app'
users=('toor:x:0:0::/:' 'admin::0:1::/:' '  odd :x:0:0::/:' 'plus:x:+0:0::/:' 'app:x:1000:1000::/srv/app:/bin/bash' '#comment')
only_users "${users[@]}"
with=4,6,7,8,9,10,44
t '--keep-groups and other names with uid 0, none of them root' 0 '6,9,44,1000' '' \
    with_groups $with "$S" --keep-groups --clear-groups app "$STATE" groups
only_users "${users[@]}" 'root:x:00:0::/:'
t 'and root' 0 '9,44,1000' '' with_groups $with "$S" --keep-groups --clear-groups app "$STATE" groups
only_users "${users[@]:4}" ':x:1:0::/:' 'root:x:1:1::/:'
t 'root that has another uid, and no name with uid 0' 0 '4,6,7,8,9,10,44,1000' '' \
    with_groups $with "$S" --keep-groups --clear-groups app "$STATE" groups
only_users "${users[@]:4}" "$(printf 'x%.0s' {1..5000}):x:0:0::/:"
refuses 'a name with uid 0 that is too long to compare' "/etc/passwd:3: a name with uid 0 is too long" \
    with_groups $with "$S" --keep-groups app
# To a runtime Unicode's white space is none of a name; here, so may be each byte that is not ASCII.
only_groups 'disk:x:6:管理者' 'wheel:x:10:é' 'app:x:1000:'
for name in 管理者 é ''; do
    only_users "${users[@]:4}" "$name:x:0:0::/:"
    refuses "a name with uid 0 like '$name'" "/etc/passwd:3: a name with uid 0 is too long, or none" \
        with_groups 6,10,44 "$S" --keep-groups app
done
only_users "${users[@]:4}" '管理者:x:7:7::/:' 'rooté:x:0:0::/:'
only_groups 'disk:x:6:rooté' 'wheel:x:10:管理者' 'app:x:1000:'
t 'a name that is more than that' 0 '10,44,1000' '' with_groups 6,10,44 "$S" --keep-groups --clear-groups app "$STATE" groups

# On Alpine root is in video, which the runtime gives to root without being asked: a --group-add of it is no more.
accounts
add_groups 'video:x:27:root,app2'
run with_groups 0,6,10,27,44 "$S" --dry-run --keep-groups app id
is '--dry-run says which are left out, and why' "$status $(grep '^group left out' "$T/out")$err" "0 group left out: 0, root's
group left out: 6, $GROUP gives it to a name with uid 0
group left out: 10, $GROUP gives it to a name with uid 0
group left out: 27, $GROUP gives it to a name with uid 0"
run with_groups 0,6,10,27,44 "$S" --dry-run --keep-groups --groups=video app id
is 'one that is asked for besides is not' "$(grep '^group left out' "$T/out" | cut -d, -f1 | tr '\n' ' ')" \
    'group left out: 0 group left out: 6 group left out: 10 '
run setpriv --clear-groups "$S" --dry-run --keep-groups app id
is 'nothing is left out where nothing was given' "$status $(grep -c '^group left out' "$T/out")$err" '0 0'

# --- thousands ------------------------------------------------------------------------------------------------------
lines() { awk -v from="$1" -v to="$2" -v members="$3" 'BEGIN {
    for (i = from; i <= to; i++) print "g" i ":x:" i ":" members }' >>"$GROUP"; }
accounts
lines 10001 19000 root
# shellcheck disable=SC2016 # the command expands it
t 'root is in 9000 groups, the caller in 10000: the other 1000 stay' 0 '1001 10000 19999' '' \
    with_groups 10000..19999 "$S" --clear-groups --keep-groups app bash -c \
    'read -ra all < <(sed -n "s/^Groups://p" /proc/self/status); echo "${#all[@]} ${all[1]} ${all[-1]}"'
only_groups
lines 1 65536 root
t 'root is in 65536 groups' 0 '1000:1000 1000,65537' '' \
    with_groups 2..65537 "$S" --keep-groups app "$STATE" ids groups
lines 65537 65537 root
refuses 'root is in one more' 'groups: more than 65536' with_groups 5 "$S" --keep-groups app
only_groups
for _ in 1 2 3; do lines 1 65536 root; done
t 'each three times' 0 '1000:1000 1000,65537' '' with_groups 2..65537 "$S" --keep-groups app "$STATE" ids groups
only_groups
lines 1 65536 app
t 'the user is in 65536 groups, the primary one among them' 0 65536 '' \
    "$S" app awk '/^Groups:/ { print NF - 1 }' /proc/self/status
refuses 'the user is in 65536 groups, the primary one is one more' 'groups: more than 65536' "$S" --init-groups app:70000
refuses 'so is one of the runtime' 'groups: more than 65536' with_groups 70000 "$S" --keep-groups app
t 'the runtime gave 65536, nothing comes on top' 0 65536 '' \
    with_groups 1..65536 "$S" --clear-groups --keep-groups app awk '/^Groups:/ { print NF - 1 }' /proc/self/status
refuses 'the runtime gave 65536, one comes on top' 'groups: more than 65536' \
    with_groups 1..65536 "$S" --groups=70000 --keep-groups app
finish
