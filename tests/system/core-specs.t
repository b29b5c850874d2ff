#!/bin/bash
# Who the command becomes: uid, gid, the whole group list and HOME, for every kind of user-spec that is accepted.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

# A root with a gid and groups of its own: none of them may remain, but the gid for an ID without an entry.
# shellcheck disable=SC2317 # run by t
as_caller() { chroot --userspec=+0:+77 --groups=+77,+88,+99 / "$@"; }

# --- the same under each name -------------------------------------------------------------------------------------------

for name in gosu stepdown su-exec; do
    while read -r spec wanted; do
        if [ "$name $spec" = 'stepdown 4242:' ]; then
            refuses "$name $spec" "group '4242': GROUP is empty*root's perhaps" as_caller "$S" "$spec"
        else
            t "$name $spec" 0 "$wanted" '' as_caller "$BIN/$name" "$spec" "$PROBE"
        fi
    done <<'END'
0               0:0:0,6,10:/root
0:              0:0:0,6,10:/root
root            0:0:0,6,10:/root
root:           0:0:0,6,10:/root
0:0             0:0:0:/root
0:root          0:0:0:/root
root:0          0:0:0:/root
root:root       0:0:0:/root
0:1000          0:1000:1000:/root
root:4242       0:4242:4242:/root
4242            4242:77:77:/
4242:           4242:77:77:/
4242:0          4242:0:0:/
4242:root       4242:0:0:/
4242:4242       4242:4242:4242:/
4242:daemon     4242:1:1:/
2147483647      2147483647:77:77:/
4242:2147483647 4242:2147483647:2147483647:/
games           5:60:60,100,2001:/usr/games
games:          5:60:60,100,2001:/usr/games
5               5:60:60,100,2001:/usr/games
5:              5:60:60,100,2001:/usr/games
games:games     5:60:60:/usr/games
games:daemon    5:1:1:/usr/games
5:60            5:60:60:/usr/games
1000            1000:1000:1000,2000,2001:/srv/app
1000:1000       1000:1000:1000:/srv/app
app:data        1000:2000:2000:/srv/app
nobody          65534:65534:1,10,100,65534:/nonexistent
00              0:0:0,6,10:/root
000000000001000 1000:1000:1000,2000,2001:/srv/app
app:0000        1000:0:0:/srv/app
END
done

# --- an empty USER: the caller, under the old names alone ---------------------------------------------------------------

for name in gosu su-exec; do
    t "$name '' is the caller" 0 '0:0:0,6,10:/root' '' as_caller "$BIN/$name" '' "$PROBE"
    t "$name : is the caller" 0 '0:0:0,6,10:/root' '' as_caller "$BIN/$name" : "$PROBE"
    t "$name :0" 0 '0:0:0:/root' '' as_caller "$BIN/$name" :0 "$PROBE"
    t "$name :data" 0 '0:2000:2000:/root' '' as_caller "$BIN/$name" :data "$PROBE"
done

# --- a caller that is the target already is left as it is ---------------------------------------------------------------

t 'the gid of root for an ID without an entry, as Docker has it' 0 '4242:0:0:/' '' "$S" 4242 "$PROBE"
# shellcheck disable=SC2317 # run by t
bare() { chroot --userspec=+0:+0 --groups="$1" / "${@:2}"; }
t 'no group, not even the primary one' 0 '0:0::/root' '' bare '' "$S" 0:0 "$PROBE"
t 'one group besides that is not wanted' 0 '0:0:0:/root' '' bare +9 "$S" 0:0 "$PROBE"
t 'its groups without the primary one' 0 '0:0:6,10:/root' '' bare +10,+6 "$S" root "$PROBE"
t 'some of its groups' 0 '0:0:0,6,10:/root' '' bare +10 "$S" root "$PROBE"

# --- names --------------------------------------------------------------------------------------------------------------

add_users '1000:x:7:7::/digits:' '2app:x:1002:1002::/2app:' 'my app:x:1003:1003::/my:' 'a.b-c_d$:x:1004:1004::/abcd:' \
    'käse:x:1005:1005::/k:' 'a\\b:x:1006:1006::/ab:' 'root2:x:1007:1007::/r2:' '*:x:1008:1008::/star:'
t 'digits alone are never a name' 0 '1000:1000:1000,2000,2001:/srv/app' '' "$S" 1000 "$PROBE"
t 'the ID of an account whose name is digits' 0 '7:7:7:/digits' '' "$S" 7 "$PROBE"
t 'a name that begins with a digit' 0 '1002:1002:1002:/2app' '' "$S" 2app "$PROBE"
t 'a name with a space' 0 '1003:1003:1003:/my' '' "$S" 'my app' "$PROBE"
t 'a name with punctuation' 0 '1004:1004:1004:/abcd' '' "$S" 'a.b-c_d$' "$PROBE"
t 'a name that is not ASCII' 0 '1005:1005:1005:/k' '' "$S" käse "$PROBE"
t 'a name with a backslash' 0 '1006:1006:1006:/ab' '' "$S" 'a\b' "$PROBE"
t 'a name that begins like another' 0 '1007:1007:1007:/r2' '' "$S" root2 "$PROBE"
t 'a star is a star' 0 '1008:1008:1008:/star' '' "$S" '*' "$PROBE"

# --- the files ----------------------------------------------------------------------------------------------------------

accounts
add_users '' '# comment: x' '#app:x:0:0::/:' '+::::::' '-no:x:1:1::/:' \
    'twice:x:1100:1100::/first:' 'twice:x:1101:1101::/second:' 'other:x:1100:1102::/other:' \
    'short:x:1110:1110' 'homeless:x:1111:1111:::/bin/sh' 'nohome:x:1112:1112:gecos' \
    'dos:x:1113:1113::/srv/dos\r' 'dosids:x:1114:1114\r' 'dosall:x:1115:1115::/dos:/bin/sh\r' \
    'nopass::1116:1116::/np:' 'big:x:4294967294:4294967294::/big:' 'zeros:x:0001117:0001117::/z:' \
    'odd:x:111:112::/home/odd:::::' 'broken2:x:1119 :1119::/:' ':x:1120:1120::/:'
printf 'last:x:1130:1130::/last' >>"$PASSWD"
add_groups '' '# comment' '#x:x:0:short' '+:::short' 'dup:x:3001:short,short,short' 'dup2:x:3001:short' \
    'own:x:1110:short' 'three:x:3002' 'crlf:x:3003:nobody,short\r' 'bad:x:3004 :short' 'odd:x:3005:odd:short' \
    ':x:3006:short' 'part:x:3007:shor,shortt,xshort, short,short ,SHORT,short\\x' 'empty:x:3008:,,short,' \
    'short:x:3009:' 'first:x:3010:' 'first:x:3011:'
printf 'end:x:3012:short' >>"$GROUP"
t 'the first entry of a name counts' 0 '1100:1100:1100:/first' '' "$S" twice "$PROBE"
t 'the first entry of an ID counts' 0 '1100:1100:1100:/first' '' "$S" 1100 "$PROBE"
t 'the second name of an ID has its own gid and home' 0 '1100:1102:1102:/other' '' "$S" other "$PROBE"
t 'the fields from gecos on may be missing; groups by whole and exact names, from well-formed lines' \
    0 '1110:1110:1110,3001,3003,3008,3012:/' '' "$S" short "$PROBE"
t 'an empty home is /' 0 '1111:1111:1111:/' '' "$S" homeless "$PROBE"
t 'a missing home is /' 0 '1112:1112:1112:/' '' "$S" nohome "$PROBE"
t 'CR is not part of the home' 0 '1113:1113:1113:/srv/dos' '' "$S" dos "$PROBE"
t 'CR is not part of the gid' 0 '1114:1114:1114:/' '' "$S" dosids "$PROBE"
t 'CR after the shell' 0 '1115:1115:1115:/dos' '' "$S" dosall "$PROBE"
t 'an empty password' 0 '1116:1116:1116:/np' '' "$S" nopass "$PROBE"
t 'the greatest ID in a file' 0 '4294967294:4294967294:4294967294:/big' '' "$S" big "$PROBE"
t 'zeros before an ID in a file' 0 '1117:1117:1117:/z' '' "$S" zeros "$PROBE"
t 'more fields than seven' 0 '111:112:112,3005:/home/odd' '' "$S" odd "$PROBE"
t 'more fields than seven, by ID' 0 '111:112:112,3005:/home/odd' '' "$S" 111 "$PROBE"
t 'an ID whose line has an ID with a space has no entry' 0 '1119:0:0:/' '' "$S" 1119 "$PROBE"
t 'an ID whose line has no name has no entry' 0 '1120:0:0:/' '' "$S" 1120 "$PROBE"
t 'the last line needs no newline' 0 '1130:1130:1130:/last' '' "$S" last "$PROBE"
t 'the last group needs no newline' 0 '1110:3012:3012:/' '' "$S" short:end "$PROBE"
t 'the first group of a name counts' 0 '1110:3010:3010:/' '' "$S" short:first "$PROBE"
t 'a group without members' 0 '1110:3002:3002:/' '' "$S" short:three "$PROBE"

long=$(printf '%0200000d' 0)
only_users "# $long" "long:x:1:1:$long:/:/" "$long:x:1:1::/:" "app:x:1200:1200:${long:1}:/srv/long:$long"
only_groups "$(printf 'm%.0s,' {1..60000})app:x:1:" "many:x:3100:$long,$(printf 'member%s,' {1..20000})app" "late:x:3101:app"
t 'long lines, fields and member lists' 0 '1200:1200:1200,3100,3101:/srv/long' '' "$S" app "$PROBE"

for file in "$PASSWD" "$GROUP"; do
    accounts
    rm "$file"
    t "an ID, without $file" 0 '4242:4242:4242:/' '' "$S" 4242:4242 "$PROBE"
    ln -s "$T/nowhere" "$file"
    t "an ID, with $file a link to nowhere" 0 '4242:4242:4242:/' '' "$S" 4242:4242 "$PROBE"
    rm "$file"
    accounts
    mv "$file" "$file.real" && ln -s "${file##*/}.real" "$file"
    t "$file is a link" 0 '5:60:60,100,2001:/usr/games' '' "$S" games "$PROBE"
done
accounts
rm "$GROUP"
t "a name, without $GROUP" 0 '1000:1000:1000:/srv/app' '' "$S" app "$PROBE"
rm "$PASSWD"
t 'root by its ID, without account files' 0 '0:77:77:/' '' as_caller "$S" 0 "$PROBE"
accounts
rm "$GROUP" && mkdir "$GROUP"
t 'a file that is not needed is not read' 0 '1000:1000:1000:/srv/app' '' "$S" app:1000 "$PROBE"

# Holds a lease, see fcntl(2), until somebody wants to open the file.
hold() { # FILE
    : >"$T/lease"
    perl -Mstrict -e 'use Fcntl qw(F_SETLEASE F_WRLCK F_UNLCK); $SIG{IO} = sub { fcntl F, F_SETLEASE, F_UNLCK; exit }; open F, "<", shift or die;
        fcntl F, F_SETLEASE, F_WRLCK or die; syswrite STDOUT, "held"; sleep 60; exit 1' "$1" >"$T/lease" 2>"$T/lease.err" &
    await test -s "$T/lease" -o -s "$T/lease.err"
}
accounts
for file in "$PASSWD" "$GROUP"; do
    if hold "$file" && [ -s "$T/lease" ]; then
        t "$file is leased to somebody" 0 '1000:1000:1000,2000,2001:/srv/app' '' "$S" app "$PROBE"
        ok 'who gave the lease up' wait $!
    else
        skip "$file is leased to somebody" "no lease: $(tail -n 1 "$T/lease.err")"
    fi
done

# --- many groups --------------------------------------------------------------------------------------------------------

accounts
many() { seq "$1" | sed 's/.*/g&:x:&:app/' >"$GROUP"; }
many 65536
t '65536 groups' 0 65536 '' "$S" app sh -c 'grep ^Groups: /proc/self/status | cut -f 2 | wc -w'
many 65537
refuses '65537 groups' 'groups: more than 65536' "$S" app

finish
