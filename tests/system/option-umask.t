#!/bin/bash
# --umask: the command's, and nothing else of what it inherits.
# shellcheck source=options.sh
. "$(dirname "$0")/options.sh" || exit 1
needs setpriv

t 'without it: the umask of the caller' 0 0137 '' sh -c "umask 137; exec $S app $STATE umask"
while read -r mode wanted; do
    t "--umask=$mode" 0 "1000:1000 $wanted" '' "$S" --umask="$mode" app "$STATE" ids umask
done <<'END'
0      0000
2      0002
22     0022
027    0027
0077   0077
777    0777
0000000000000000000000000000000000000000077 0077
END
t 'as the next word' 0 0077 '' "$S" --umask 077 app "$STATE" umask
t 'more than the caller has, and less' 0 0002 '' sh -c "umask 77; exec $S --umask=2 app $STATE umask"
t 'a file that the command makes' 0 660 '' "$S" --umask=007 app sh -c ": >$T/open/made && stat -c %a $T/open/made"
t 'root' 0 '0:0 0027' '' "$S" --umask=27 root "$STATE" ids umask
t 'a caller that is the user already' 0 '1000:1000 0027' '' \
    setpriv --reuid=1000 --regid=1000 --clear-groups "$S" --umask=27 --clear-groups app "$STATE" ids umask
t '--if-root, and the caller is not' 0 '1000:1000 0027' '' holding '' "$S" --if-root --umask=27 nobody "$STATE" ids umask
t '--reference' 0 '65533:65533 0027' '' \
    sh -c ": >$T/ref; chown 65533:65533 $T/ref; exec $S --umask=27 --reference=$T/ref $STATE ids umask"
for mode in 8 9 28 1000 0778 00001000 777777777777777777777 -1 +22 ' 22' '22 ' 0o22 0x16 22x x u=rwx,g=,o= '*' $'22\n'; do
    usage "no mode: '${mode/$'\n'/<newline>}'" "--umask '*': a mode is an octal number from 0 to 777" "$S" --umask="$mode" app
done
usage 'an empty one' "'--umask': its value is empty" "$S" --umask= app
usage 'nothing behind it, as of an unset variable' "'--umask': needs a value" "$S" --umask --harden app
usage 'given twice' "'--umask': given twice" "$S" --umask=2 --umask=2 app
t '--dry-run' 0 $'uid: *\numask: 027\ncommand: *' '' "$S" --dry-run --umask=27 app id
t '--dry-run, not asked for' 0 "*no_new_privs: unchanged"$'\n''command: *' '' "$S" --dry-run app id
refuses 'it is no option of gosu' 'no such user' "$GOSU" --umask=27 app
finish
