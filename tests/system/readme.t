#!/bin/bash
# What README.md says of other programs and of errors: each command in it gives what the text beside it says.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1
# shellcheck disable=SC2154 # status, out and err are what run leaves

README=$(dirname "$0")/../../README.md
# The names of peers are for the peers themselves here: stepdown alone is on PATH.
mkdir -p "$T/path" /etc/pam.d
ln -s "$S" "$T/path/stepdown"
PATH=$T/path:$PATH
[ -n "${STEPDOWN_TEST_DISPOSABLE-}" ] || mount -t tmpfs tmpfs /run || exit 1
add_groups 'video:x:44:app'
printf '%s required pam_permit.so\n' auth account session >/etc/pam.d/other

section() { # TITLE: its lines
    awk -v title="## $1" '/^## /{ wanted = ($0 == title) } wanted' "$README"
}

# What cannot be had on every machine.
can_run() { # COMMAND-LINE
    if [[ $1 == *'unshare -'[rU]* ]] && ! unshare -r true 2>/dev/null; then
        skip "error: $1" 'no user namespace can be made here'
    elif [ "${1%% *}" = strace ] && ! strace -o /dev/null true 2>/dev/null; then
        skip "error: $1" 'strace is not installed, or not allowed to trace'
    else
        return 0
    fi
    return 1
}

# A bullet is a message with its hint, in two lines; the indented line below is a command that gives it. None is without.
message='' commands=1 break=$'`\\'
provoked() { [ "$commands" != 0 ] || is "error: $message" 'no command provokes it' 'a command'; }
while IFS= read -r line; do
    case $line in
    '- `'*"$break")
        provoked
        message=${line#'- `'} message=${message%"$break"} commands=0
        ;;
    '  `stepdown: '*'`') [ "$commands" != 0 ] || message+=$'\n'${line:3:-1} ;;
    '      '*)
        line=${line#      }
        commands=$((commands + 1))
        can_run "$line" || continue
        run sh -c "$line"
        is "error: $line" "$err" "$message"
        ;;
    esac
done < <(section 'Errors and what they mean')
provoked

# shellcheck disable=SC2016 # these are Markdown's
code_spans() { grep -o '`[^`]*`' <<<"$1" | tr -d '`'; }

# A row of a table there is a message of one line, or by the words above the table of two, and where that is simple what
# gives it.
rows=0 second=''
while IFS='|' read -r line message command _; do
    case $line in
    *'`stepdown: see --help` as'*) second=$'\nstepdown: see --help' ;;
    '### '*) second='' ;;
    esac
    [[ $command =~ ^\ \`[^\`]*\`\ $ ]] || continue
    command=$(code_spans "$command") rows=$((rows + 1))
    run sh -c "$command"
    is "error: $command" "$err" "$(code_spans "$message")$second"
done < <(section 'Errors and what they mean')
ok 'errors: the tables have been run' test $rows -gt 0

# What two programs are to agree on. The primary group counts as in the list: some leave it out.
cat >"$T/open/state" <<'END'
#!/bin/sh
echo "$(id -u):$(id -g) $(id -G | tr ' ' '\n' | sort -n | uniq | tr '\n' ' ')"
grep -E '^(Cap(Inh|Prm|Eff|Bnd|Amb)|NoNewPrivs):' /proc/self/status
END
chmod 755 "$T/open/state"
while IFS='|' read -r _ before now _; do
    now=$(code_spans "$now")
    while IFS= read -r old; do
        command -v "${old%% *}" >/dev/null || { skip "migration: $old" "${old%% *} is not installed" && continue; }
        run setpriv --groups=1234 sh -c "${old/CMD/$T/open/state}"
        wanted=$out
        run setpriv --groups=1234 sh -c "${now/CMD/$T/open/state}"
        is "migration: $old is $now" "status $status $err$out" "status 0 $wanted"
    done < <(code_spans "$before")
done < <(section 'Coming from another tool' | grep '^| `')

finish
