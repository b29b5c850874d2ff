#!/bin/bash
# Under and over the init programs: the right user, signals that arrive, no zombie.
here=$(dirname "$0")
# shellcheck source=tests/containers/lib.bash
. "$here/lib.bash"

below() { # DESCRIPTION STATUS [RUN-OPTION]... INIT [ARG]...: the init is root's, the worker below it is app's
    composed "$1" "$2" 'uid 0 gid 0' "${@:3}"
}
above() { # the same, but the init is app's as well
    composed "$1" "$2" 'uid 1000 gid 1000 groups 1000 2000 caps 0 0 0 0' "${@:3}"
}
composed() { # DESCRIPTION STATUS IDENTITY-OF-PROCESS-1 [RUN-OPTION]... IMAGE COMMAND...
    start "${1//[^a-z]/-}" "${@:4}"
    has_logged "$1: the worker is app, right below process 1" \
        '^worker: process [0-9]+, by [a-z-]+ worker, HOME .*uid 1000 gid 1000 groups 1000 2000$'
    like "$1: process 1" "$(process_1 | identity)" " is 1: $3"
    has_logged "$1: no zombie stays" 'its orphan was reaped'
    stop "$1" "$2"
    has_logged "$1: SIGTERM arrives" 'worker: SIGTERM'
}
supervise=(supervisord -c /etc/supervisor/worker.conf)

below 'tini starts stepdown' 7 "$IMAGES/debian" tini -- stepdown app worker
above 'stepdown starts tini' 7 "$IMAGES/debian" stepdown app tini -- worker
below 'dumb-init starts stepdown' 7 "$IMAGES/debian" dumb-init stepdown app worker
above 'stepdown starts dumb-init' 7 "$IMAGES/debian" stepdown app dumb-init worker
below 'runsv starts stepdown' 0 -e COMMAND='stepdown app worker' "$IMAGES/debian" runsv /srv/worker
above 'stepdown starts runsv' 0 -e COMMAND=worker "$IMAGES/debian" \
    stepdown app sh -c 'cp -r /srv/worker /tmp && exec runsv /tmp/worker'
below 'supervisord starts stepdown' 0 -e COMMAND='stepdown app worker' "$IMAGES/debian" "${supervise[@]}"
above 'stepdown starts supervisord' 0 -e COMMAND=worker "$IMAGES/debian" stepdown --chown-stdio app "${supervise[@]}"
plan
