#!/bin/bash
# What must be refused: user-specs, lines of the account files, and things in the place of those files.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

nines=$(printf '%01000d' 0 | tr 0 9)
letters=$(printf '%0100000d' 0 | tr 0 a)
range='an ID is a number from 0 to 2147483647'
no_user='no such user in /etc/passwd' no_group='no such group in /etc/group'

show() { # TEXT, as a description can hold it: no backslash, no #
    local text=${1//\\/<backslash>}
    text=$(printf %q "${text//#/<hash>}")
    ((${#text} <= 60)) || text="${text:0:40}... (${#text} bytes)"
    printf '%s' "${text//\\/}"
}

t 'what refuses looks for does happen else' 0 ran '' "$S" app "$MARK"
ok 'and leaves its mark' test -e "$T/open/mark"

# --- user-specs ---------------------------------------------------------------------------------------------------------

add_users '0x0:x:0:0::/:' '#hash:x:0:0::/:' '+nis:x:0:0::/:' '-nis:x:0:0::/:' ' space:x:0:0::/:' 'tab\t:x:0:0::/:' \
    'nul\0tail:x:0:0::/:' ':x:0:0::/:' 'colon\::x:0:0::/:'
for spec in '' : :0 :root :app; do
    refuses "no USER: $(show "$spec")" 'USER is empty' "$S" "$spec"
done
for name in "$S" "$GOSU" "$SU_EXEC"; do
    for spec in :: app:: root:0:0 app:app: ::app app:1000:x 0:0:0; do
        refuses "${name##*/} $spec" 'more than one colon' "$name" "$spec"
    done
    for number in 2147483648 3000000000 4294967294 4294967295 4294967296 4294967297 4294968296 18446744073709551615 \
        18446744073709551616 18446744073709552616 0000000000004294967295 340282366920938463463374607431768211456 "$nines"; do
        refuses "${name##*/} $(show "$number")" "$range" "$name" "$number"
        refuses "${name##*/} $(show "app:$number")" "$range" "$name" "app:$number"
    done
done
words=(+0 +1000 +4294967295 ' 0' '0 ' ' ' $'\t0' $'0\n' $'\n' $'1000\r' 0X0 0x3e8 0b0 0o0 1e3 0.0 1000. .0 '1,000' 1_000 0- 0+ '-' '--0'
    ٠ ０ ap appp APP App 'app ' ' app' $'app\n' $'app\r' $'app\x7f' $'\e[31mapp' app/ ./app /etc/passwd ../root root/..
    '*' 'ap?' 'a[p]p' '[a-z]*' '%s%n%n' "\$(id)" "\`id\`" ';id' '@data' '#1000' '#hash' hash '+nis' '+' nis space tab nul tail colon
    'app,root' 'root,app' app=root app@localhost nobody. rootroot roo toor "$letters")
create='create it in the image (useradd, groupadd; on Alpine adduser, addgroup), or use UID:GID'
t 'no such user: what to do' 125 '' "stepdown: user 'nosuch': $no_user"$'\n'"stepdown: $create" "$S" nosuch true
t 'no such group: what to do' 125 '' "stepdown: group 'nosuch': $no_group"$'\n'"stepdown: $create" "$S" app:nosuch true
for word in "${words[@]}"; do
    refuses "user $(show "$word")" "$no_user" "$S" -- "$word"
    refuses "group $(show "app:$word")" "$no_group" "$S" "app:$word"
done
refuses 'a negative ID is an option that is not known' 'unknown' "$S" -1
refuses 'a negative ID is no user' "$no_user" "$GOSU" -1
refuses 'a negative ID is no user (su-exec)' "$no_user" "$SU_EXEC" -1
refuses 'a negative ID is no user (after --)' "$no_user" "$S" -- -1
refuses 'a NIS leftover is no user' "$no_user" "$S" -- -nis
refuses 'minus zero is no group' "$no_group" "$S" app:-0
refuses 'control characters are escaped' "'\\x1b[31m\\x0d\\x0a\\x7f\\xff\\x5cx'" "$S" $'\e[31m\r\n\x7f\xff\\x'
refuses 'the message is cut' 'aaaa...' "$S" "$letters"

# --- IDs in the account files -------------------------------------------------------------------------------------------

numbers=('' -1 -0 +0 +1 ' 0' '0 ' '\t0' 0x0 0x3e8 1e3 1.0 '0,' '1 000' '1000x' 'x1000' root '*' '!' ٣ '0\0' '\0000' '\\00' '1000\r'
    4294967295 4294967296 4294968296 9999999999 18446744073709551615 18446744073709551616 18446744073709552616 "$nines")
for number in "${numbers[@]}"; do
    accounts
    add_users "evil:x:$number:1000::/:/bin/sh" "good:x:1000:1000::/:" "gevil:x:1000:$number::/:/bin/sh" \
        'evil:x:1000:1000::/:' 'gevil:x:1000:1000::/:'
    add_groups "evil:x:$number:" 'evil:x:1000:'
    refuses "uid $(show "$number") in passwd" "/etc/passwd:6 'evil': the entry is malformed" "$S" evil
    refuses "uid $(show "$number") in passwd, with a group" "/etc/passwd:6 'evil'" "$S" evil:app
    refuses "gid $(show "$number") in passwd" "/etc/passwd:8 'gevil': the entry is malformed" "$S" gevil
    refuses "gid $(show "$number") in passwd, with a group" "/etc/passwd:8 'gevil'" "$S" gevil:1000
    refuses "gid $(show "$number") in group" "/etc/group:11 'evil': the entry is malformed" "$S" app:evil
done

# --- fields in the account files ----------------------------------------------------------------------------------------

for line in evil evil: evil:x evil:x: evil:x:0 evil:x:1000 evil:x:1000: evil::: evil:::::: 'evil::::::::::::::::' \
    'evil:x:1000:1000::/:/bin/sh:\0' 'evil:x:1000:1000:g:/h:/s::\0:' 'evil:x:0:0:\0::' 'evil:x:1000:1000::/\0:' 'evil:\0:1000:1000::/:' \
    'evil:x:1000:1000::/:/bin/sh\0' 'evil\r' 'evil:x:1000:\r' 'evil:x 1000:1000::/:' 'evil:0:0::/root:/bin/sh'; do
    for end in '\n' ''; do
        accounts
        printf '%b' "$line$end" >>"$PASSWD"
        refuses "passwd: $(show "$line$end")" "/etc/passwd:6 'evil': the entry is malformed" "$S" evil
    done
done
for line in evil evil: evil:x evil:x: evil::: evil:0 'evil:x:1000:app:\0' evil::::: 'evil:\0:1000:' \
    'evil:x:1000:\0' 'evil:x:1000:app\0,root' 'evil\r' 'evil:x:\r' 'evil:app:x:0'; do
    for end in '\n' ''; do
        accounts
        printf '%b' "$line$end" >>"$GROUP"
        refuses "group: $(show "$line$end")" "/etc/group:11 'evil': the entry is malformed" "$S" app:evil
    done
done
long=$(printf '%05000d' 0)
for line in ' evil:x:0:0::/:' 'evil :x:0:0::/:' 'evil\t:x:0:0::/:' '\0evil:x:0:0::/:' 'evil\0:x:0:0::/:' '+evil:x:0:0::/:' \
    '-evil:x:0:0::/:' '#evil:x:0:0::/:' '+::::::' '+' ':evil:0:0::/:' '::0:0::/:' 'x:evil:0:0::/:' '\revil:x:0:0::/:' \
    'xevil:x:0:0::/:' 'evilx:x:0:0::/:' 'EVIL:x:0:0::/:' "evil$long:x:0:0::/:" "${long}evil:x:0:0::/:" 'evil;x;0;0' 'evil x 0 0'; do
    accounts
    add_users "$line"
    add_groups "${line%%::/:}"
    refuses "not an entry of passwd: $(show "$line")" "$no_user" "$S" evil
    refuses "not an entry of group: $(show "${line%%::/:}")" "$no_group" "$S" app:evil
done
accounts
add_users "home:x:1000:1000::/$long:" "evil:x:0 0:0::/:" 'e\x1bvil:x:0 :0::/:'
refuses 'a home longer than any path' "/etc/passwd:6 'home'" "$S" home
refuses 'an entry with control characters in its name' "/etc/passwd:8 'e\\x1bvil'" "$S" $'e\x1bvil'
add_users "longgid:x:1000:1000$long::/:" "longuid:x:${long}0:1000::/:"
refuses 'a gid of 5004 digits' "/etc/passwd:9 'longgid'" "$S" longgid
refuses 'a uid of 5001 zeros' "/etc/passwd:10 'longuid'" "$S" longuid

# --- in the place of the files ------------------------------------------------------------------------------------------

in_place() { # FILE WHAT ERR: refused where the file is needed
    local user=app
    [ "$1" = "$PASSWD" ] || user=1000
    refuses "$1 is $2" "$1: $3" timeout 60 "$S" $user
    if [ "$1" = "$PASSWD" ]; then
        refuses "$1 is $2: IDs alone" "$1: $3" timeout 60 "$S" 1000:1000
    else
        refuses "$1 is $2: a group by name" "$1: $3" timeout 60 "$S" 1000:app
    fi
    rm -rf "$1"
    accounts
}
for file in "$PASSWD" "$GROUP"; do
    rm "$file" && mkdir "$file"
    in_place "$file" 'a directory' 'not a regular file'
    rm "$file" && mkfifo "$file"
    in_place "$file" 'a FIFO' 'not a regular file'
    rm "$file" && ln -s /dev/zero "$file"
    in_place "$file" '/dev/zero' 'not a regular file'
    rm "$file" && ln -s /dev/null "$file"
    in_place "$file" '/dev/null' 'not a regular file'
    rm "$file" && ln -s "${file##*/}" "$file"
    in_place "$file" 'a link to itself' '?*'
    rm "$file" && ln -s "$BIN/mark/x" "$file"
    in_place "$file" 'a link through a file' '?*'
    rm "$file" && ln -s /proc/self/mem "$file"
    in_place "$file" 'a file that cannot be read' '?*'
done

# --- the command line ---------------------------------------------------------------------------------------------------

t 'no argument' 125 '' "stepdown: usage: USER is missing"$'\n''stepdown: see --help' "$S"
no_command='has the image no CMD, or is a variable unset, so that the command became USER?'
t 'no command' 125 '' "stepdown: usage: COMMAND is missing"$'\n'"stepdown: $no_command" "$S" app
t 'nothing after --' 125 '' "stepdown: usage: USER is missing"$'\n''stepdown: see --help' "$S" --
t 'gosu, no argument' 125 '' "gosu: usage: USER is missing" "$GOSU"
t 'gosu, no command' 125 '' "gosu: usage: COMMAND is missing"$'\n'"gosu: $no_command" "$GOSU" app
t 'su-exec, no argument' 125 '' "su-exec: usage: USER is missing"* "$SU_EXEC"
t 'su-exec, no command' 125 '' "su-exec: usage: COMMAND is missing"* "$SU_EXEC" app
for word in --no-such-option -x --user=app --help=x --dry-run=1 --hel --Help '--=' '--no-new-privs '; do
    refuses "option $(show "$word")" '' "$S" "$word" app
done
for word in --dry-run --harden -- -V --clear-groups; do
    refuses "$word is no option of gosu" "$no_user" "$GOSU" "$word" app
done
for word in --help -h --version -v -V --dry-run -- -?; do
    refuses "$word is no option of su-exec" "$no_user" "$SU_EXEC" "$word" app
done

finish
