# shellcheck shell=bash
# TAP for the tests of a release: `. "$(dirname "$0")/tap.sh"`, and `finish` at the end.
#
#   $scratch                           a directory of the test's own, which is removed at the end
#   ok DESCRIPTION COMMAND [ARG]...    one test: COMMAND's status is 0. What it printed is in $scratch/log
#   fails COMMAND [ARG]...             the opposite of COMMAND's status
#   finish                             the plan and the exit status

scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
count=0 failures=0
ok() {
    count=$((count + 1))
    if "${@:2}" >"$scratch/log" 2>&1; then echo "ok $count - $1" && return; fi
    failures=$((failures + 1))
    printf 'not ok %d - %s\n' $count "$1"
    sed 's/^/# /' "$scratch/log"
}
fails() { ! "$@"; }
finish() {
    echo "1..$count"
    exit $((failures > 0))
}
