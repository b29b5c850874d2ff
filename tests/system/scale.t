#!/bin/bash
# Large files, long lines, many groups: right answers, whatever the size. How fast they come is for make bench.
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

big=$T/big # on a tmpfs of its own, which has a size of its own
mkdir "$big" && mount -t tmpfs -o size=3g tmpfs "$big" || exit 1
replace() { mount --bind "$big/$1" "$2"; } # FILE PLACE
restore() { umount "$1"; }
repeat() { head -c "$1" /dev/zero | tr '\0' "$2"; } # BYTES CHARACTER
sum() { cksum | cut -d ' ' -f 1; }
groups_of() { "$S" "$@" /bin/sh -c 'sed -n "s/^Groups:[[:space:]]*//p" /proc/self/status' | tr ' ' '\n' | sed '/^$/d'; }

accounts
awk 'BEGIN { for (i = 1; i <= 1000000; i++) printf "user%d:x:%d:%d::/home/user%d:/bin/sh\n", i, i + 5000, i + 5000, i }' >"$big/passwd"
awk 'BEGIN { for (i = 1; i <= 1000000; i++) printf "group%d:x:%d:user%d,many\n", i, i + 5000, i }' >"$big/group"
replace passwd "$PASSWD"
t 'the last of a million users, by name' 0 '1005000:1005000:1005000:/home/user1000000' '' "$S" user1000000:1005000 "$PROBE"
t 'and by number' 0 '1005000:1005000:1005000:/home/user1000000' '' "$S" 1005000 "$PROBE"
replace group "$GROUP"
t 'the last of a million groups' 0 '0:1005000:1005000:/' '' "$S" 0:group1000000 "$PROBE"
t 'the groups of a user among a million groups' 0 '6001:6001:6001:/home/user1001' '' "$S" user1001 "$PROBE"
restore "$PASSWD"
add_users 'many:x:7:5001::/:/bin/sh'
refuses 'a user in every one of a million groups, with an entry' 'more than 65536' "$S" many
restore "$GROUP"

awk 'BEGIN { for (i = 1; i <= 65535; i++) printf "g%d:x:%d:full\n", i, i + 9000 }' >"$big/group"
add_users 'full:x:8:9000::/:/bin/sh' 'over:x:9:9000::/:/bin/sh'
replace group "$GROUP"
is '65535 groups and the primary one' "$(groups_of full | sum)" "$(seq 9000 74535 | sum)"
printf 'g0:x:8999:full\n' >>"$big/group"
refuses 'one more' 'more than 65536' "$S" full
for ((i = 0; i < 3; i++)); do sed 's/full/over/' "$big/group"; done >"$big/more" && sed -i '/:8999:/d' "$big/more" && cat "$big/more" >"$big/group"
is 'each of them three times' "$(groups_of over | sum)" "$(seq 9000 74535 | sum)"
restore "$GROUP"

{
    printf 'first:x:3001:app\nhuge:x:3002:'
    for ((i = 0; i < 8; i++)); do yes 'apple,xapp,ap,appapp,a,pp' | head -c 13000000 | tr '\n' ,; printf ,; done
    printf 'app\nlast:x:3003:app\n'
} >"$big/group"
replace group "$GROUP"
t "a member behind 100 MB of others (of $(stat -c %s "$big/group") bytes)" 0 '1000:1000:1000,3001,3002,3003:/srv/app' '' "$S" app "$PROBE"
t 'one that is none of them' 0 '1000:1000:1000:/srv/app' '' "$S" app:1000 "$PROBE"
restore "$GROUP"

{
    printf 'before:x:4001:4001::/before:/bin/sh\nlong:x:4002:4002:'
    repeat 1073741824 x
    printf ':/long:/bin/sh\nafter:x:4003:4003::/after:/bin/sh\n'
} >"$big/passwd"
replace passwd "$PASSWD"
t 'a line of 1 GB: its own user' 0 '4002:4002:4002:/long' '' "$S" long "$PROBE"
t 'the user behind it' 0 '4003:4003:4003:/after' '' "$S" after "$PROBE"
t 'the user behind it, by number' 0 '4003:4003:4003:/after' '' "$S" 4003 "$PROBE"
restore "$PASSWD"
# Where a size has 32 bits, a name of 2^32 bytes and three could pass for one of three. A hole in a file is cheap.
if [ "$(od -An -tx1 -j4 -N1 "$S")" = ' 01' ]; then
    rm -f "$big/passwd" && truncate -s 4294967296 "$big/passwd"
    printf 'app:x:0:0::/:/bin/sh\napp:x:1000:1000::/srv/app:/bin/bash\n' >>"$big/passwd"
    replace passwd "$PASSWD"
    t 'a name of 4 GiB and app is not app' 0 '1000:1000:1000:/srv/app' '' "$S" app:1000 "$PROBE"
    restore "$PASSWD"
fi
{
    printf 'home:x:4004:4004::/'
    repeat 5000 x
    printf ':/bin/sh\n'
} >"$big/passwd"
replace passwd "$PASSWD"
refuses 'a home directory that no variable could hold' "$PASSWD:1 'home': its name or home directory is too long" "$S" home
restore "$PASSWD"
finish
