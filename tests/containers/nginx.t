#!/bin/bash
# nginx as a user who may bind port 80 and write to /dev/stdout.
here=$(dirname "$0")
# shellcheck source=tests/containers/lib.bash
. "$here/lib.bash"

served() { [ "$(engine exec "$container" busybox wget -qO- http://127.0.0.1/ 2>/dev/null)" = served ]; }

# Engines that let everybody bind low ports would hide what --keep-caps does.
ports=(--sysctl net.ipv4.ip_unprivileged_port_start=1024)
nginx=(nginx -c /etc/nginx/stdio.conf)
web='nginx is 1: uid 33 gid 33 groups 33'
for terminal in "" -t; do
    # shellcheck disable=SC2086 # it may be no word
    start "nginx$terminal" $terminal "${ports[@]}" "$IMAGES/debian" \
        stepdown --chown-stdio --keep-caps=net_bind_service www-data "${nginx[@]}"
    where=${terminal:+, on a terminal}
    ok "it serves on port 80$where" eventually served || explain "$(logs)"
    is "process 1 is nginx, with that capability alone$where" "$(process_1 | identity)" "$web caps 400 400 400 400"
    has_logged "/dev/stdout is the container's log$where" 'GET / HTTP'
    stop "nginx$where" 0
done

run "${ports[@]}" "$IMAGES/debian" stepdown --keep-caps=net_bind_service www-data "${nginx[@]}"
like 'without --chown-stdio: it cannot open /dev/stderr' "$status $message" '^1 .*"/dev/stderr" failed \(13: Permission denied'
run "${ports[@]}" "$IMAGES/debian" stepdown --chown-stdio www-data "${nginx[@]}"
like 'without --keep-caps: it cannot bind port 80' "$status $message" '^1 .*'
like 'without --keep-caps: it says so' "$message" 'bind\(\) to 127.0.0.1:80 failed \(13: Permission denied'
plan
