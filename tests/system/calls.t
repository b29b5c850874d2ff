#!/bin/bash
# The system calls of a plain step down, all of them in their order: what an option needs is reached only if asked for.
. "$(dirname "$0")/lib.sh" || exit 1
needs strace setpriv
[ "$STEPDOWN" = "$(realpath -- "$(dirname "$0")/../../build/stepdown")" ] || { echo '1..0 # SKIP another binary than the one that is built here' && exit 0; }

# What comes before the first own call is the C library's start and libcap-ng's; 32-bit machines have other names.
calls() { # COMMAND [ARG]...
    setpriv --clear-groups strace -o "$T/calls" "$@" >/dev/null
    sed -n 's/^\([a-z0-9_]*\)(.*/\1/p' "$T/calls" | sed 's/32$//; s/64$//; s/^newfstat$/fstat/' | sed '1,/^getresuid$/d' |
        sed '/^execve$/q' | tr '\n' ' '
}
read_passwd='open fstat read close'
read_group='open fstat read read close'
state='getresgid getgroups getgroups capget'
drop='setgroups setresgid setresuid'
sets='capget capget' # that root was left, and that nothing is left to take
socket='socketpair getsockopt close close'
verify='getresuid getresgid getgroups capget'
back='setresuid setresgid setgroups'
sed_open() { sed 's/openat /open /g'; }

is 'a plain step down: read, resolve, drop, verify, and the command' "$(calls "$S" app /bin/true | sed_open)" \
    "$state $read_passwd $read_group $drop $sets $verify $back execve "
is 'an ID and a group need no look at the groups' "$(calls "$S" 1000:1000 /bin/true | sed_open)" \
    "$state $read_passwd $drop $sets $verify $back execve "
is 'root that becomes root is asked for nothing more' "$(calls "$S" root /bin/true | sed_open)" \
    "$state $read_passwd $read_group $drop $socket capget $verify execve "
finish
