# shellcheck shell=bash
# What the container tests share: TAP, and containers that are looked at from the host. Sourced by *.t, which `run` starts
# with CONTAINER_ENGINE and IMAGES, the start of the names of the test images.
set -u

count=0
wrong=0
containers=()
scratch=$(mktemp -d /var/tmp/stepdown-test.XXXXXX)
chmod 755 "$scratch"

finish() {
    local name
    for name in "${containers[@]}"; do engine rm -f "$name" >/dev/null 2>&1; done
    rm -rf "$scratch"
}
trap finish EXIT

plan() { # at the end of a test file
    echo "1..$count"
    exit $((wrong > 0))
}

ok() { # DESCRIPTION COMMAND [ARG]...
    local description=$1
    shift
    count=$((count + 1))
    if "$@"; then
        echo "ok $count - $description"
    else
        wrong=$((wrong + 1))
        echo "not ok $count - $description"
        return 1
    fi
}

explain() { printf '#   %s\n' "${*//$'\n'/$'\n#   '}" >&2; }

is() { # DESCRIPTION GOT WANTED
    ok "$1" test "$2" = "$3" || explain "got '$2'"$'\n'"wanted '$3'"
}

like() { # DESCRIPTION GOT EXTENDED-REGULAR-EXPRESSION
    ok "$1" grep -Eq -e "$3" <<<"$2" || explain "got '$2'"$'\n'"wanted /$3/"
}

unlike() { # DESCRIPTION GOT EXTENDED-REGULAR-EXPRESSION
    ok "$1" matches_not "$2" "$3" || explain "got '$2'"$'\n'"wanted no /$3/"
}
matches_not() { ! grep -Eq -e "$2" <<<"$1"; }

skip() { # DESCRIPTION REASON
    count=$((count + 1))
    echo "ok $count - $1 # SKIP $2"
}

engine() { "$CONTAINER_ENGINE" "$@"; }

# Runs a container to its end: $output, $message (standard error) and $status.
run() { # [RUN-OPTION]... IMAGE [ARG]...
    invocation="$CONTAINER_ENGINE run $*"
    output=$(engine run --rm --network=none "$@" 2>"$scratch/message")
    status=$?
    message=$(<"$scratch/message")
}

# Starts a container that goes on; it is removed at the end.
start() { # NAME [RUN-OPTION]... IMAGE [ARG]...
    local name=stepdown-test-$$-$1
    shift
    container=$name
    containers+=("$name")
    engine run -d --network=none --name "$name" "$@" >/dev/null
}

eventually() { # COMMAND [ARG]...: true once it is, false if it is not for half a minute ($turns tenths of a second)
    local turn
    for ((turn = 0; turn < ${turns:-300}; turn++)); do
        if "$@"; then return 0; fi
        sleep 0.1
    done
    return 1
}

logs() { engine logs "$container" 2>&1; }
logs_have() { logs | grep -Eq -e "$1"; }
has_logged() { # DESCRIPTION EXTENDED-REGULAR-EXPRESSION
    ok "$1" eventually logs_have "$2" || explain "$(logs)"
}
inspect() { engine inspect --format "{{.State.$1}}" "$container"; }
process_1() { cat "/proc/$(inspect Pid)/status"; }
is_named() { process_1 | grep -q "^Name:.$1$"; } # NAME: of process 1

# What a /proc/PID/status on standard input says, in one line.
identity() {
    awk '
        function all(same, i) { same = $2; for (i = 3; i <= 5; i++) if ($i != $2) same = same "/" $i; return same }
        function set(text) { sub(/^0+/, "", text); return text == "" ? "0" : text }
        /^Name:/ { name = $2 }
        /^NSpid:/ { pid = $NF }
        /^Uid:/ { uid = all() }
        /^Gid:/ { gid = all() }
        /^Groups:/ { $1 = ""; sub(/^ /, ""); sub(/ $/, ""); groups = $0 }
        /^Cap(Inh|Prm|Eff|Amb):/ { caps = caps " " set($2) }
        END { printf "%s is %s: uid %s gid %s groups %s caps%s\n", name, pid, uid, gid, groups, caps }'
}

field() { awk -v name="$1:" '$1 == name { print $2 }'; } # NAME, of a /proc/PID/status on standard input

# Shows, with prove -v, the last run and its message.
show() { printf '# %s\n' "\$ $invocation" "${message//$'\n'/$'\n# '}"; }

ran_as() { # DESCRIPTION IDENTITY: the last run was of cat /proc/1/status
    is "$1" "$(identity <<<"$output") status $status" "$2 status 0" || explain "$message"
}

# The last run ended with this status, wrote nothing, and said this.
refused() { # DESCRIPTION STATUS MESSAGE-REGULAR-EXPRESSION
    is "$1: status" "$status $output" "$2 "
    like "$1: message" "$message" "$3"
}

# Asks a running container to end, as `docker stop` does; kept is the status that it ended with.
stop() {
    engine stop -t 20 "$container" >/dev/null
    is "$1: ended by itself, with status $2" "$(inspect ExitCode)" "$2"
}
