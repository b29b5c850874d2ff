#!/bin/bash
# --home and --user-env: the environment of the command, and nothing else in it changes.
# shellcheck source=options.sh
. "$(dirname "$0")/options.sh" || exit 1
needs setpriv perl
add_users 'homeless:x:1001:1001::' 'shellless:x:1002:1002:::' "long:x:1003:1003::/:/$(printf 's%.0s' {1..4200})" \
    'app2:x:1000:1000::/srv/two:/bin/false'
environment=(env -i 'PATH=/usr/bin' 'A=1' 'EMPTY=')

# --- HOME -----------------------------------------------------------------------------------------------------------
t 'HOME is from the entry' 0 /srv/app '' "$S" app "$STATE" home
t '--home' 0 /data '' "$S" --home=/data app "$STATE" home
t '--home as the next word' 0 /data '' "$S" --home /data app "$STATE" home
t '--home, an ID without an entry' 0 /data '' "$S" --home=/data 4242 "$STATE" home
t '--home, USER:GROUP' 0 '1000:60 /data' '' "$S" --home=/data app:games "$STATE" ids home
t '--home is a string: it need not exist' 0 'no such = thing' '' "$S" --home='no such = thing' app "$STATE" home
t '--home, a caller that is the user already' 0 /data '' \
    setpriv --reuid=1000 --regid=1000 --clear-groups "$S" --clear-groups --home=/data app "$STATE" home
most=/$(printf 'x%.0s' {1..4094})
t '--home of PATH_MAX' 0 "$most" '' "$S" --home="$most" app "$STATE" home
refuses '--home of one byte more' '--home*: *name too long' "$S" --home="${most}x" app
usage '--home=' "'--home': its value is empty" "$S" --home= app
usage '--home with nothing behind it, as of an unset variable' "'--home': needs a value" "$S" --home --harden app
t '--home of a name that looks like an option' 0 '--harden' '' "$S" --home=--harden app "$STATE" home
usage '--home twice' "'--home': given twice" "$S" --home=/a --home=/b app

# --- USER, LOGNAME, SHELL -------------------------------------------------------------------------------------------
t '--user-env' 0 '/srv/app app/app//bin/bash' '' "$S" --user-env app "$STATE" home user
t 'without it they stay' 0 'me/you/she' '' env USER=me LOGNAME=you SHELL=she "$S" app "$STATE" user
t 'what the caller had is replaced' 0 'app/app//bin/bash' '' \
    env USER=me LOGNAME=you SHELL=she "$S" --user-env app "$STATE" user
t 'USER:GROUP' 0 '1000:60 app/app//bin/bash' '' "$S" --user-env app:games "$STATE" ids user
t 'an ID with an entry: the first one' 0 '/srv/app app/app//bin/bash' '' "$S" --user-env 1000 "$STATE" home user
t 'the second one by its name' 0 '/srv/two app2/app2//bin/false' '' "$S" --user-env app2 "$STATE" home user
t 'an ID without an entry' 0 '/ 4242/4242//bin/sh' '' "$S" --user-env 4242 "$STATE" home user
t 'an ID with zeros in front without an entry' 0 '4242/4242//bin/sh' '' "$S" --user-env 0004242 "$STATE" user
t 'an entry without a home and a shell' 0 '/ homeless/homeless//bin/sh' '' "$S" --user-env homeless "$STATE" home user
t 'an entry with an empty shell' 0 '/ shellless/shellless//bin/sh' '' "$S" --user-env shellless "$STATE" home user
t 'root' 0 '/root root/root//bin/bash' '' "$S" --user-env root "$STATE" home user
t 'with --home' 0 '/data app/app//bin/bash' '' "$S" --user-env --home=/data app "$STATE" home user
t 'a caller that is the user already' 0 'app/app//bin/bash' '' \
    setpriv --reuid=1000 --regid=1000 --clear-groups "$S" --clear-groups --user-env app "$STATE" user
: >"$T/ref" && chown 1000:60 "$T/ref"
t 'the owner of --reference' 0 '/srv/app app/app//bin/bash' '' "$S" --user-env --reference="$T/ref" "$STATE" home user
refuses 'a shell that does not fit' "/etc/passwd:8 'long': its login shell is too long" "$S" --user-env long
t 'which does not matter without it' 0 1003:1003 '' "$S" long "$STATE" ids
usage 'takes no value' "'--user-env': takes no value" "$S" --user-env=1 app

# --- nothing else ---------------------------------------------------------------------------------------------------
t 'the rest stays, in its order' 0 $'PATH=/usr/bin\nA=1\nEMPTY=\nHOME=/srv/app' '' "${environment[@]}" "$S" app /usr/bin/env
t 'in place where it was' 0 $'PATH=/usr/bin\nA=1\nEMPTY=\nHOME=/data\nHOMER=h\nZ=2' '' \
    "${environment[@]}" HOME=/x HOMER=h Z=2 "$S" --home=/data app /usr/bin/env
t 'the four of them' 0 $'PATH=/usr/bin\nA=1\nEMPTY=\nHOME=/srv/app\nUSER=app\nLOGNAME=app\nSHELL=/bin/bash' '' \
    "${environment[@]}" "$S" --user-env app /usr/bin/env
t 'no environment at all' 0 $'HOME=/srv/app\nUSER=app\nLOGNAME=app\nSHELL=/bin/bash' '' \
    env -i "$S" --user-env app /usr/bin/env
cat >"$T/twice.c" <<'END'
#include <unistd.h>
int main(int argc, char **argv)
{
    char *environment[] = {"HOME=/one", "A=1", "HOME=/two", "HOME", NULL};
    return argc > 1 ? execve(argv[1], argv + 1, environment) : 1;
}
END
if gcc -o "$T/twice" "$T/twice.c" 2>/dev/null; then
    t 'HOME that stands there twice' 0 $'HOME=/data\nA=1\nHOME=/data\nHOME' '' "$T/twice" "$S" --home=/data app /usr/bin/env
else
    skip 'HOME that stands there twice' 'no compiler'
fi
finish
