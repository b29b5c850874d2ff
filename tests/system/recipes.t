#!/bin/bash
# Every recipe of the README, as it stands there, run as the entrypoint of a container would run it.
# shellcheck source=options.sh
. "$(dirname "$0")/options.sh" || exit 1
needs setpriv perl install
add_users 'redis:x:999:998::/home/redis:/bin/sh' 'www-data:x:33:33::/var/www:/usr/sbin/nologin'
add_groups 'redis:x:998:' 'www-data:x:33:' 'video:x:44:'
[ -n "${STEPDOWN_TEST_DISPOSABLE-}" ] || mount -t tmpfs -o mode=755 tmpfs /run || exit 1
[ -n "${STEPDOWN_TEST_DISPOSABLE-}" ] || mount -t tmpfs -o mode=755 tmpfs /home || exit 1
mkdir "$T/recipes" "$T/workdir" && chown 1234:1235 "$T/workdir" && cd "$T/workdir" || exit 1
mapfile -t recipes < <(sed -n 's/^<!-- recipe: \(.*\) -->$/\1/p' "$README")
ok 'the README has recipes' test ${#recipes[@]} -gt 0
for name in "${recipes[@]}"; do
    ok "$name is there" recipe "$name" "$T/recipes/$name"
done
is 'no name is there twice' "$(printf '%s\n' "${recipes[@]}" | sort | uniq -d)" ''
tried=' '

# RECIPE WANTED [CALLER...] -- COMMAND: one test, that COMMAND, started by the recipe, prints WANTED.
r() {
    local name=$1 wanted=$2 caller=()
    shift 2
    while [ "$1" != -- ]; do
        caller+=("$1")
        shift
    done
    tried+="$name "
    t "$name: ${caller[*]##*/} ${*:2}" 0 "$wanted" '' "${caller[@]}" "$T/recipes/$name" "${@:2}"
}
user=(setpriv --reuid=4242 --regid=4343 --groups=44)
given=(setpriv '--groups=0,6,44')

r entrypoint '1000:1000 1000,2000,2001 0 /srv/app' -- "$STATE" ids groups caps home
r entrypoint '1000:1000' -- stat -c %u:%g /run/app
r entrypoint '' -- touch /run/app/pid
mkdir -p /run/app/below && chown -R 5:5 /run/app
r chown '1000:1000 0' -- "$STATE" ids caps
is 'chown: what it leaves' "$(stat -c %u:%g /run/app /run/app/below | paste -sd' ')" '1000:1000 1000:1000'
chown 5:5 /run/app/below
r chown '1000:1000' -- "$STATE" ids
is 'chown: a restart looks no further' "$(stat -c %u:%g /run/app /run/app/below | paste -sd' ')" '1000:1000 5:5'
r chown-find '999:998' env -C /run/app -- "$STATE" ids
is 'chown-find: what it leaves' "$(stat -c %u:%g /run/app /run/app/below | paste -sd' ')" '999:998 999:998'
r chown-find '4242:4343' env -C /run/app "${user[@]}" -- "$STATE" ids
r if-root '1000:1000 1000,2000,2001 0' -- "$STATE" ids groups caps
r if-root '4242:4343 44 0' "${user[@]}" -- "$STATE" ids groups caps
rm -rf /run/app
r one-step '' --
is 'one-step: what it leaves' "$(stat -c %u:%g /run/app /run/app/cache | paste -sd' ')" '1000:1000 1000:1000'
r low-port "1000:1000 $(bits net_bind_service)" -- "$STATE" ids caps
r low-port bound unshare --net -- perl -MSocket -e \
    'socket S, AF_INET, SOCK_STREAM, 0; bind S, sockaddr_in 80, INADDR_ANY or die "$!"; print "bound"'
r harden '1000:1000 0 0 1' -- "$STATE" ids caps bnd nnp
r redis "999:998 998 $(! has sys_resource || bits sys_resource)*" -- "$STATE" ids groups caps
r redis '4242:4343 44 0' "${user[@]}" -- "$STATE" ids groups caps
r redis-small "999:998 998 $(! has sys_resource || bits sys_resource)*" without setpcap -- "$STATE" ids groups caps
r redis-small '4242:4343 44 0 1' "${user[@]}" -- "$STATE" ids groups caps nnp
r reference '1234:1235 1235 /tmp' -- "$STATE" ids groups home
r redis-small "999:998 998 $(! has sys_resource || bits sys_resource)*" without setpcap -- "$STATE" ids groups caps
r redis-small '4242:4343 44 0 1' "${user[@]}" -- "$STATE" ids groups caps nnp
r reference '1234:1235' -- sh -c ': >made; stat -c %u:%g made'
cp "$PASSWD" "$GROUP" "$T/"
r account '1234:1235 1235 /home/builder' -- "$STATE" ids groups home
r account 'builder builder 700 1234:1235' -- sh -c 'echo $(id -un) $(id -gn) $(stat -c "%a %u:%g" ~)'
r puid '911:911 911 /home/abc' -- "$STATE" ids groups home
r puid '2345:2346 2346 /home/abc' env PUID=2345 PGID=2346 -- "$STATE" ids groups home
mkdir "$T/local" && : >"$T/local/old" && chown 0:0 "$T/local" "$T/local/old"
r local-user '9001:9001 9001 /home/user' env -C "$T/local" -- "$STATE" ids groups home
r local-user '2347:2347 user user' env -C "$T/local" LOCAL_USER_ID=2347 -- \
    sh -c 'echo $(stat -c %u:%g old) $(id -un) $(id -gn)'
r puid 'abc abc' env PUID=2345 PGID=2346 -- sh -c 'echo $(id -un) $(id -gn)'
chmod g+w "$PASSWD"
r own-entry '1000:1000 1000,2000,2001 0 /srv/app' -- "$STATE" ids groups caps home
r own-entry 'default 4242:0 0' setpriv --reuid=4242 --regid=0 --clear-groups -- sh -c 'echo $(id -un) "$("$0" ids caps)"' "$STATE"
cat "$T/passwd" >"$PASSWD" && cat "$T/group" >"$GROUP"
r stdio 'a line' -- sh -c 'echo a line | cat'
is 'stdio: a pipe is opened again' "$("$T/recipes/stdio" sh -c 'echo a line >/proc/self/fd/1')" 'a line'
r group-add '1000:1000 1000,2000,2001' -- "$STATE" ids groups
if [ /var/run -ef /run ]; then
    : >/run/docker.sock && chown 0:998 /run/docker.sock
    r group-add '1000:1000 998,1000,2000,2001' -- "$STATE" ids groups
fi
r fs-group '1000:1000 1000,2000,2001,3000' setpriv '--groups=0,3000' -- "$STATE" ids groups
r fs-group '4242:0 3000 0' setpriv --reuid=4242 --regid=0 --groups=3000 -- "$STATE" ids groups caps
r umask '1000:1000 0002' -- "$STATE" ids umask
r umask 664 -- sh -c ': >/run/app/made && stat -c %a /run/app/made'
r keep-groups '1000:1000 44,1000,2000,2001' "${given[@]}" -- "$STATE" ids groups
r init-groups '1000:33 33,2000,2001' -- "$STATE" ids groups
r groups '1000:1000 44,1000,1234' -- "$STATE" ids groups
r clear-groups '1000:1000 1000' -- "$STATE" ids groups
r user-env 'app/app//bin/bash' -- "$STATE" user
r small-root "0:0 $(bits chown) $(bits chown)" -- "$STATE" ids caps bnd
r dry-run "uid: 1000 (app), */group:*command: */sh" --
r dry-run "uid: 1000 (app), */group:*command: */sh" "${user[@]}" --
for name in "${recipes[@]}"; do
    [[ $tried == *" $name "* ]] || is "$name: what it is to do" 'no test' 'a test'
done
finish
