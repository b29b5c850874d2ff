#!/bin/bash
# redis-server with an entrypoint in the manner of the official image.
here=$(dirname "$0")
# shellcheck source=tests/containers/lib.bash
. "$here/lib.bash"

answers() { [ "$(engine exec "$container" redis-cli ping 2>/dev/null)" = PONG ]; }

mkdir "$scratch/data"
start redis -v "$scratch/data:/data" -w /data "$IMAGES/debian" redis-entrypoint redis-server --save 3600 1
has_logged 'the server starts' 'Ready to accept connections'
redis=$(engine exec "$container" id -u redis)
group=$(engine exec "$container" id -g redis)
is 'process 1 is the server, its user without a capability' "$(process_1 | identity)" \
    "redis-server is 1: uid $redis gid $group groups $group caps 0 0 0 0"
is 'the entrypoint gave it the data' "$(stat -c %u:%g "$scratch/data")" "$redis:0"
is 'it takes data' "$(engine exec "$container" redis-cli set key kept)" OK
stop 'redis' 0
has_logged 'it ended in order' 'ready to exit, bye bye'

engine start "$container" >/dev/null
ok 'the server starts again' eventually answers || logs
is 'the data are still there' "$(engine exec "$container" redis-cli get key)" kept
is 'they are the user'\''s' "$(stat -c %u:%g "$scratch/data/dump.rdb")" "$redis:$group"
plan
