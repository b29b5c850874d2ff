#!/bin/bash
# postgresql with an entrypoint in the manner of the official image: initdb as the user, then the server.
here=$(dirname "$0")
# shellcheck source=tests/containers/lib.bash
. "$here/lib.bash"

sql() { engine exec --user postgres "$container" psql -qAt -c "$1"; }
answers() { sql 'select 1' >/dev/null 2>&1; }

mkdir "$scratch/data"
start postgres --stop-signal=SIGINT -v "$scratch/data:/data" -e PGDATA=/data "$IMAGES/debian" postgres-entrypoint postgres
ok 'the server starts' eventually answers || explain "$(logs)"
postgres=$(engine exec "$container" id -u postgres)
group=$(engine exec "$container" id -g postgres)
groups=$(engine exec "$container" id -G postgres | tr ' ' '\n' | sort -n | paste -sd ' ')
is 'process 1 is the server, its user without a capability' "$(process_1 | identity)" \
    "postgres is 1: uid $postgres gid $group groups $groups caps 0 0 0 0"
is 'initdb ran as the user' "$(stat -c %u:%g:%a "$scratch/data/PG_VERSION")" "$postgres:$group:600"
sql "create table kept (word text); insert into kept values ('kept')"
stop 'postgres' 0
has_logged 'it ended in order' 'database system is shut down'

engine start "$container" >/dev/null
ok 'the server starts again' eventually answers || explain "$(logs)"
is 'the data are still there' "$(sql 'select word from kept')" kept
plan
