#!/bin/bash
# --account where others write at the same time, where it is killed or refused half-way, and on files that are mounts,
# links, read-only or not there: no line is ever lost, and the next start completes what one has left.
# shellcheck disable=SC2317 # functions that t runs
# shellcheck source=options.sh
. "$(dirname "$0")/options.sh" || exit 1
needs setpriv strace perl unshare
if [ -n "${STEPDOWN_TEST_DISPOSABLE-}" ]; then
    echo '1..0 # SKIP mounts are to be made'
    exit 0
fi
mount -t tmpfs -o mode=755 tmpfs /home && mount -t tmpfs -o mode=755 tmpfs /srv && mount -t tmpfs tmpfs /mnt || exit 1
old_users=$(<"$PASSWD") old_groups=$(<"$GROUP")
homes=/home services=/srv lock=${PASSWD%passwd}.pwd.lock

fresh() { # [USER-LINE [GROUP-LINE]]
    rm -rf "$PASSWD" "$GROUP" "$lock" "$PASSWD"[.-]* "$GROUP"[.-]* "${PASSWD%passwd}".stepdown-new.* "${homes:?}"/* "${homes:?}"/.[!.]* \
        "${services:?}"/* "${services:?}"/.[!.]*
    printf '%s\n' "$old_users" ${1:+"$1"} >"$PASSWD"
    printf '%s\n' "$old_groups" ${2:+"$2"} >"$GROUP"
}
files() {
    cat "$PASSWD" "$GROUP" && printf '%s\n' "$PASSWD"* "$GROUP"* && find "${PASSWD%/*}/" -maxdepth 1 -name '.stepdown-new.*'
}
wanted() { # USER-LINES GROUP-LINES: what `files` prints
    printf '%s\n' "$old_users" ${1:+"$1"} "$old_groups" ${2:+"$2"} "$PASSWD" "$GROUP"
}
modes() { stat -c '%a %u:%g' "$@"; }
new_user=builder:x:1234:1235::/home/builder:/bin/sh new_group=builder:x:1235:

# --- locks ----------------------------------------------------------------------------------------------------------
fresh
# Holds the lock of lckpwdf(3) and adds a line before it lets go of it.
cat >"$T/holder" <<'END'
use Fcntl qw(:DEFAULT SEEK_SET);
my ($passwd, $ready) = @ARGV;
sysopen my $lock, '/etc/.pwd.lock', O_WRONLY | O_CREAT, 0600 or die;
my $whole = pack 's s x4 l! l! i x4', F_WRLCK, SEEK_SET, 0, 0, 0;
fcntl $lock, F_SETLK, $whole or die "lock: $!";
open my $file, '>', $ready; close $file;
select undef, undef, undef, 0.3;
open $file, '>', "$passwd+"; open my $old, '<', $passwd;
print $file $_ while <$old>; print $file "other:x:1235:1235::/:\n"; close $file;
rename "$passwd+", $passwd;
END
perl "$T/holder" "$PASSWD" "$T/ready" &
await test -e "$T/ready"
t 'it waits for who holds the lock' 0 1234:1235 '' "$S" --account=builder 1234:1235 "$STATE" ids
wait
is 'and sees what that one wrote' "$(files)" "$(wanted $'other:x:1235:1235::/:\n'"$new_user" "$new_group")"
fresh
sleep 1000 &
sleeper=$!
printf '%d\0' $sleeper >"$PASSWD.lock"
(
    sleep 0.3
    echo other:x:1:1::/: >>"$PASSWD"
    rm "$PASSWD.lock"
) &
t 'it waits for one of shadow'\''s tools that has the file' 0 1234:1235 '' "$S" --account=builder 1234:1235 "$STATE" ids
is 'and sees what that one wrote to it' "$(files)" "$(wanted $'other:x:1:1::/:\n'"$new_user" "$new_group")"
fresh
printf '%d\0' "$sleeper" >"$PASSWD.lock"
refuses 'a process that stays keeps it' "--account '$PASSWD': another process has had its lock for 15 seconds" \
    strace -o "$T/trace" -e inject=poll,ppoll:retval=0 "$S" --account=builder 1234:1235
is 'a process that stays' "$(tr -d '\0' <"$PASSWD.lock") $(grep -c poll "$T/trace") $(<"$PASSWD")" "$sleeper 1500 $old_users"
t 'nothing is to be done, and nothing is waited for' 0 1000:1000 '' "$S" --account=app app "$STATE" ids
kill $sleeper
wait $sleeper 2>/dev/null
# What others leave, and what a start leaves: before its change of both files, and behind it.
# Process 1 may run, but had ended before the lock of all the files could be had here.
for left in '' root:x:0:0:root:/root:/bin/bash "$sleeper" 4294967296 own 1; do
    for other in "$GROUP" "$T/no"; do
        if [ "$other" = "$GROUP" ]; then fresh; else fresh "$new_user" "$new_group"; fi
        # shellcheck disable=SC2016 # the command expands it
        t "a lock that nobody has is taken: '$left'" 0 1234:1235 '' \
            strace -o "$T/trace" sh -c 'left=$1; [ "$left" != own ] || left=$$
            printf %s "$left" | tee "$2" >"$3"; shift 3; exec "$@"' \
            sh "$left" "$PASSWD.lock" "$other.lock" "$S" --account=builder 1234:1235 "$STATE" ids
        ok "a lock that nobody has is not waited for: '$left'" test "$(grep -c poll "$T/trace")" -le 2
        is "a lock that nobody has is gone: '$left'" "$(files)" "$(wanted "$new_user" "$new_group")"
    done
done
fresh
mkdir "$PASSWD.lock"
refuses 'what is no file is an error' "--account '$PASSWD.lock': Is a directory" "$S" --account=builder 1234:1235
fresh
printf 0 >"${PASSWD%passwd}.stepdown-new.1234"
t 'what another start left beside goes' 0 1234:1235 '' "$S" --account=builder 1234:1235 "$STATE" ids
is 'what another start left beside has gone' "$(files)" "$(wanted "$new_user" "$new_group")"
# Its group bits are for its own group: while the file is another's, nobody else may open it.
fresh
chmod 664 "$PASSWD" "$GROUP" && mkdir /home/builder
run strace -qq -o "$T/trace" -e trace=fchown,fchmod "$S" --account=builder 1234:1235 true
is 'a new file is its owner'\''s and its group'\''s before it has their mode' "$status $(sed 's/(.*//' "$T/trace" | tr '\n' ' ')" \
    '0 fchown fchmod fchown fchmod '
is 'and has all three' "$(modes "$PASSWD" "$GROUP")" $'664 0:0\n664 0:0'
fresh
rm -f "$lock" && mkfifo "$lock"
refuses 'nor is a FIFO waited for' "--account '$lock': No such device or address" timeout 20 "$S" --account=builder 1234:1235
fresh
rm -f "$lock" && ln -s /srv/other "$lock"
refuses 'nor is a link opened for the lock' "--account '$lock': Symbolic link loop" "$S" --account=builder 1234:1235
refuses 'the lock that is held for 15 seconds' "--account '$lock': another process has had its lock for 15 seconds" \
    sh -c 'rm "$0"; exec "$@"' "$lock" strace -o /dev/null -e inject=poll,ppoll:retval=0 \
    -e inject=fcntl,fcntl64:error=EAGAIN "$S" --account=builder 1234:1235

# Where nobody can have the lock of all the files, that of each keeps starts apart. No start has another's new file.
fresh
: >"$lock"
if chattr +i "$lock" 2>/dev/null; then
    : >"$T/errors"
    strace -o "$T/trace" -e trace=fsync -e inject=fsync:delay_enter=1000000 "$S" --account=builder 1234:1235 true 2>>"$T/errors" &
    await grep -q fsync "$T/trace"
    t 'without the lock of all the files' 0 1236:1235 '' "$S" --account=other 1236:1235 "$STATE" ids
    wait
    chattr -i "$lock"
    is 'without the lock of all the files no line is lost' \
        "$(cat "$T/errors" && sort "$PASSWD" | grep ':123[46]:' && grep -c . "$PASSWD" && ls "$PASSWD"*)" \
        "$new_user
other:x:1236:1235::/home/other:/bin/sh
$(($(wc -l <<<"$old_users") + 2))
$PASSWD"
else
    skip 'without the lock of all the files' 'there is no chattr for this file system'
fi

# --- many at once ---------------------------------------------------------------------------------------------------
fresh
cp -a /usr/share/base-files/login.defs /etc/ 2>/dev/null
if command -v useradd >/dev/null; then tools=5; else tools=0; fi
for ((i = 0; i < 50; i++)); do
    "$S" --account="u$i" $((3000 + i)):$((4000 + i)) true 2>>"$T/errors" &
    ((i % 10 || !tools)) || useradd -M -N -g 60 -K UID_MAX=9999 -u $((9000 + i)) "t$i" 2>>"$T/errors" &
done
wait
is '50 starts at once and useradd among them lose no line' \
    "$(cat "$T/errors" && grep -c '^u[0-9]*:x:30' "$PASSWD") $(grep -c '^u[0-9]*:x:40' "$GROUP") $(grep -c ^t "$PASSWD") $(
        sort "$PASSWD" | uniq -d) $(find /home -mindepth 1 | wc -l) $(head -n 5 "$PASSWD")" "50 50 $tools  50 $old_users"
fresh
for ((i = 0; i < 20; i++)); do
    "$S" --account=builder 1234:1235 true 2>>"$T/errors" &
done
wait
is 'the same account by 20 at once' "$(cat "$T/errors" && files)" "$(wanted "$new_user" "$new_group")"
# Containers that share /home have /etc, and with it the locks, each for itself.
on_its_way() { stat "${1:-/home}"/.stepdown-new.* >/dev/null 2>&1; }
# shellcheck disable=SC2016 # the shell inside expands it
in_container() { unshare -m sh -c 'mount -t tmpfs tmpfs /etc && echo root:x:0:0::/: >/etc/passwd && exec "$@"' sh "$@"; }
fresh
for ((i = 0; i < 100; i++)); do
    in_container "$S" --account="c$((i / 10))" $((3000 + i / 10)):4000 true 2>>"$T/errors" || echo $? >>"$T/errors" &
done
wait
is 'the same home by 10 containers at once, and others beside it' \
    "$(cat "$T/errors" && cd /home && stat -c '%n %a %u:%g' -- .[!.]* * 2>&1 | grep -v '^stat: .*\*')" \
    "$(for i in {0..9}; do echo "c$i 700 300$i:4000"; done)"
for call in mkdirat openat fchown; do
    fresh
    for name in builder other; do
        : >"$T/errors"
        in_container strace -o "$T/trace" -e inject=$call:delay_exit=300000 "$S" --account=builder 1234:1235 true \
            2>>"$T/errors" || echo $? >>"$T/errors" &
        await on_its_way
        t "it takes away the home that another is at: $call, $name" 0 1234:1235 '' in_container "$S" --account=$name 1234:1235 "$STATE" ids
        wait
        is "and both have one: $call, $name" "$(cat "$T/errors"; ls -A /home; modes /home/$name)" \
            "$(printf '%s\n' builder $name | sort -u)
700 1234:1235"
        rmdir /home/*
    done
done
# Whoever reads finds every old account, all the time.
cat >"$T/reader" <<'END'
my ($passwd, $stop, @old) = @ARGV;
my $count = 0;
until (-e $stop) {
    open my $file, '<', $passwd or die "$passwd: $!\n";
    my $text = join '', <$file>;
    for my $line (@old) { index($text, "$line\n") >= 0 or die "$line is missing in:\n$text" }
    $text =~ /^node:p:(1000:1000|22:22|333333:333333):/m or die "node is missing in:\n$text";
    $count++;
}
print "all there\n" if $count > 0;
END
watched() { # DESCRIPTION
    local ids
    rm -f "$T/stop"
    perl "$T/reader" "$PASSWD" "$T/stop" "${lines[@]}" >"$T/seen" 2>&1 &
    for ids in 22:22 333333:333333 1000:1000 22:22 1000:1000 333333:333333 22:22 333333:333333; do
        "$S" --account=node "$ids" true
        "$S" --account="x${ids%:*}" "9$ids" true
    done
    : >"$T/stop"
    wait
    is "$1" "$(cat "$T/seen")" 'all there'
}
mapfile -t lines <<<"$old_users"
fresh node:p:1000:1000::/:/bin/sh node:x:1000:
watched 'a reader sees all accounts while the file is replaced'

# --- mounts ---------------------------------------------------------------------------------------------------------
on_mounts() { # [USER-LINE [GROUP-LINE]]: the files are mounts of their own
    umount "$PASSWD" "$GROUP" 2>/dev/null
    fresh "$@"
    cp -p "$PASSWD" "$GROUP" /mnt/
    mount --bind /mnt/passwd "$PASSWD" && mount --bind /mnt/group "$GROUP"
}
on_mounts
t 'files that are mounts get lines' 0 1234:1235 '' "$S" --account=builder 1234:1235 "$STATE" ids
is 'files that are mounts' "$(files)" "$(wanted "$new_user" "$new_group")"
on_mounts node:p:1000:1000:g:/home/n:/bin/x node:x:1000:app
t 'a line there takes IDs of as many digits' 0 '1234:1235 /home/n' '' "$S" --account=node 1234:1235 "$STATE" ids home
is 'as many digits' "$(files)" "$(wanted node:p:1234:1235:g:/home/n:/bin/x node:x:1235:app)"
t 'of fewer' 0 7:8 '' "$S" --account=node 7:8 "$STATE" ids
is 'fewer digits leave blank lines' "$(files)" "$(wanted $'node:p:7:8:g:/home/n:/bin/x\n\n\n\n\n\n' $'node:x:8:app\n\n\n')"
add_users "last:x:5:5::/:"
add_groups "last:x:5:"
t 'of more' 0 123456:123457 '' "$S" --account=node 123456:123457 "$STATE" ids
is 'more digits make a line at the end, and a comment of the old one' "$(files)" "$(wanted \
    $'#ode:p:7:8:g:/home/n:/bin/x\n\n\n\n\n\n\nlast:x:5:5::/:\n\nnode:p:123456:123457:g:/home/n:/bin/x' \
    $'#ode:x:8:app\n\n\n\nlast:x:5:\n\nnode:x:123457:app')"
on_mounts
perl -e 'print "node:x:1000:1000:", "g" x 20000, ":/:/bin/sh\n"' >>"$PASSWD"
refuses 'a line that is too long' "--account '$PASSWD': No buffer space available" "$S" --account=node 1234:1000
on_mounts
truncate -s 4085 "$PASSWD" && tr '\0' '#' <"$PASSWD" >"$T/long" && cat "$T/long" >"$PASSWD"
t 'a line crosses no border of a page' 0 1234:1235 '' "$S" --account=builder 1234:1235 "$STATE" ids
is 'blank lines go before it' "$(grep -abo ^builder "$PASSWD")" 4097:builder
on_mounts node:p:1000:1000::/:/bin/sh node:x:1000:
watched 'a reader sees all accounts while the file is written to'
on_mounts
mount -t tmpfs -o size=4k tmpfs /mnt/ && printf '%s\n' "$old_users" >/mnt/passwd && umount "$PASSWD" &&
    mount --bind /mnt/passwd "$PASSWD"
perl -e 'print "#" x 4000, "\n"' >"$T/fill"
cat "$T/fill" >>"$PASSWD" 2>/dev/null
before=$(<"$PASSWD")
refuses 'a mount that is full' "--account '$PASSWD': No space left on device" "$S" --account=builder 1234:1235
is 'a mount that is full stays as it was' "$(<"$PASSWD")" "$before"
umount "$PASSWD" "$GROUP" /mnt
on_mounts
umount "$GROUP" && mount -o remount,ro,bind "$PASSWD"
refuses 'a mount that is read-only' "--account '$PASSWD': Read-only file system" "$S" --account=builder 1234:1235
t 'NAME? goes on where a mount is read-only' 0 1234:1235 '' "$S" '--account=builder?' 1234:1235 "$STATE" ids
is 'where a mount is read-only the other file stays as it was' "$(files)" "$(wanted)"
umount "$PASSWD"

fresh
mount --bind /etc /etc && mount -o remount,ro,bind /etc
refuses 'a read-only root is an error' 'stepdown: let the root file system or a mount there be writable' "$S" --account=builder 1234:1235
# The plan goes to standard output, and then the message.
foretold() { { "$S" --dry-run "$@" "$MARK" >/dev/null; } 2>&1; }
is '--dry-run says so' "$(foretold --account=builder 1234:1235; echo $?)" "$("$S" --account=builder 1234:1235 "$MARK" 2>&1)
125"
is '--dry-run of NAME? says what is left to do' "$(foretold '--account=builder?' 1234:1235; "$S" --dry-run '--account=builder?' 1234:1235 "$MARK" | grep account)" \
    $'home: /home/builder, --account\naccount: a directory is made, /home/builder'
t 'NAME? goes on without' 0 '1234:1235 /home/builder' '' "$S" '--account=builder?' 1234:1235 "$STATE" ids home
is 'and makes the home, where that can be' "$(stat -c %a:%u /home/builder)" 700:1234
t 'an account that is there needs nothing' 0 1000:1000 '' "$S" --account=app app "$STATE" ids
cp -p "$PASSWD" "$GROUP" /mnt/ && mount --bind /mnt/passwd "$PASSWD" && mount --bind /mnt/group "$GROUP"
is '--dry-run of a read-only root with writable mounts' "$(foretold --account=builder 1234:1235)" ''
t 'a read-only root with writable mounts' 0 1234:1235 '' "$S" --account=builder 1234:1235 "$STATE" ids
is 'a read-only root with writable mounts: the files' "$(files)" "$(wanted "$new_user" "$new_group")"
for call in fcntl write; do # before it has the lock, and while it has it
    printf '%s\n' "$old_users" >"$PASSWD" && printf '%s\n' "$old_groups" >"$GROUP" && : >"$T/errors"
    strace -o "$T/trace" -e trace=$call -e inject=$call:delay_enter=300000 "$S" --account=builder 1234:1235 true 2>>"$T/errors" &
    await grep -q $call "$T/trace"
    t "while another start is at it: $call" 0 1234:1235 '' "$S" --account=builder 1234:1235 "$STATE" ids
    wait
    is "while another start is at it: $call: the files" "$(cat "$T/errors" && files)" "$(wanted "$new_user" "$new_group")"
done
for ((i = 0; i < 40; i++)); do
    "$S" --account="same$((i / 20))" $((1236 + i / 20)):$((1236 + i / 20)) true 2>>"$T/errors" &
    "$S" --account="u$i" $((3000 + i)):$((4000 + i)) true 2>>"$T/errors" &
done
wait
is 'a read-only root with writable mounts, 80 starts at once' \
    "$(cat "$T/errors"; sort "$PASSWD" | uniq -d; grep -c "^u[0-9]" "$PASSWD"; grep -c "^u[0-9]" "$GROUP"; grep -h ^same "$PASSWD" "$GROUP" | sort)" \
    $'40\n40\nsame0:x:1236:\nsame0:x:1236:1236::/home/same0:/bin/sh\nsame1:x:1237:\nsame1:x:1237:1237::/home/same1:/bin/sh'
umount "$PASSWD" "$GROUP" /etc

mkdir -p /mnt/upper /mnt/work /mnt/lower && fresh && cp -a /etc/. /mnt/lower/
if mount -t overlay -o lowerdir=/mnt/lower,upperdir=/mnt/upper,workdir=/mnt/work overlay /etc 2>/dev/null; then
    t 'an overlay' 0 1234:1235 '' "$S" --account=builder 1234:1235 "$STATE" ids
    t 'an overlay, a line' 0 7:8 '' "$S" --account=builder 7:8 "$STATE" ids
    is 'an overlay: the files' "$(files)" "$(wanted builder:x:7:8::/home/builder:/bin/sh builder:x:8:)"
    umount /etc
else
    skip 'an overlay' 'none can be mounted here'
fi

# --- rights ---------------------------------------------------------------------------------------------------------
fresh
refuses 'without CAP_CHOWN there is no home' "--account '/home/builder': Operation not permitted*CAP_CHOWN is missing*" \
    without chown "$S" --account=builder 1234:1235
is 'without CAP_CHOWN nothing is left of it' "$(ls -A /home) $(files)" " $(wanted "$new_user" "$new_group")"
t 'NAME? goes on without a home' 0 1234:1235 '' without chown "$S" '--account=builder?' 1234:1235 "$STATE" ids
fresh
if chattr +i "$PASSWD" 2>/dev/null; then
    refuses 'a file that is immutable' "--account '$PASSWD': Operation not permitted*it is immutable*" \
        "$S" --account=builder 1234:1235
    t 'NAME? goes on where a file is immutable' 0 1234:1235 '' "$S" '--account=builder?' 1234:1235 "$STATE" ids
    chattr -i "$PASSWD"
    is 'a file that is immutable stays as it was, and so does the other' "$(files)" "$(wanted)"
else
    skip 'a file that is immutable' 'there is no chattr for this file system'
fi
fresh
if chattr +a "${PASSWD%/*}" 2>/dev/null; then
    refuses 'nothing can be taken away there' "--account '$GROUP': Operation not permitted*it is immutable or append-only*" \
        "$S" --account=builder 1234:1235
    chattr -a "${PASSWD%/*}"
    t 'once it can be, the next start completes' 0 1234:1235 '' "$S" --account=builder 1234:1235 "$STATE" ids
    is 'once it can be, nothing is left' "$(files)" "$(wanted "$new_user" "$new_group")"
else
    skip 'nothing can be taken away there' 'there is no chattr for this file system'
fi

# --- a limit of files -----------------------------------------------------------------------------------------------
# The message is a file too: a pipe has no limit.
limited() { # BYTES COMMAND...
    set -o pipefail
    { prlimit --fsize="$1" "${@:2}" 2>&1 >&3 | cat >&2; } 3>&1
}
fresh
for limit in 0 4 "$(stat -c %s "$GROUP")"; do
    fresh
    refuses "RLIMIT_FSIZE is an error, no signal: $limit" \
        "--account '$GROUP': larger than RLIMIT_FSIZE lets a file be: raise --ulimit fsize" \
        limited "$limit" "$S" --account=builder 1234:1235
    is "RLIMIT_FSIZE leaves nothing: $limit" "$(files)" "$(wanted)"
    on_mounts
    refuses "RLIMIT_FSIZE, a mount: $limit" 'larger than RLIMIT_FSIZE' \
        limited "$limit" "$S" --account=builder 1234:1235
    is "RLIMIT_FSIZE leaves nothing on a mount: $limit" "$(files)" "$(wanted)"
    umount "$PASSWD" "$GROUP"
done
fresh
t 'the signal of RLIMIT_FSIZE is as it was' 0 "$(grep '^Sig[BIC]' /proc/self/status)" '' \
    "$S" --account=builder 1234:1235 grep '^Sig[BIC]' /proc/self/status

# --- other owners, modes and links ----------------------------------------------------------------------------------
fresh
chmod 640 "$PASSWD" && chgrp 60 "$PASSWD" && chmod 664 "$GROUP"
"$S" --account=builder 1234:1235 true
is 'mode and owner stay' "$(stat -c '%a %u:%g' "$PASSWD" "$GROUP" | paste -sd' ')" '640 0:60 664 0:0'
# In a user namespace, and on some mounts, an owner that is not mapped reads as nobody, who must not get the file.
for owner in 65534:0 0:65534; do
    fresh
    chown "$owner" "$PASSWD"
    inode=$(stat -c %i "$PASSWD")
    t "an owner that may be another is given no file: $owner" 0 1234:1235 '' "$S" --account=builder 1234:1235 "$STATE" ids
    is "but what may be written is: $owner" "$(files) $(stat -c '%i %u:%g' "$PASSWD")" "$(wanted "$new_user" "$new_group") $inode $owner"
    refuses "an owner that is not mapped is an error: $owner" \
        "--account '$PASSWD': an owner or group there is not mapped" \
        strace -o /dev/null -e inject=faccessat:error=EACCES "$S" --account=other 1236:1235
    t "NAME? goes on where an owner is not mapped: $owner" 0 1236:1235 '' \
        strace -o /dev/null -e inject=faccessat:error=EACCES "$S" '--account=other?' 1236:1235 "$STATE" ids
    is "an owner that is not mapped keeps the file: $owner" "$(files)" "$(wanted "$new_user" "$new_group")"
done
fresh
mkdir /srv/etc && mv "$PASSWD" "$GROUP" /srv/etc && ln -s ../srv/etc/passwd "$PASSWD" && ln -s /srv/etc/group "$GROUP"
t 'what a link of root'\''s leads to is replaced' 0 1234:1235 '' "$S" --account=builder 1234:1235 "$STATE" ids
is 'what a link of root'\''s leads to' "$(files) $(readlink "$PASSWD") $(cd /srv/etc && echo *)" \
    "$(wanted "$new_user" "$new_group") ../srv/etc/passwd group passwd"
chown 1000 /srv/etc && ln -s passwd /srv/etc/users && ln -sf /srv/etc/users "$PASSWD"
refuses 'what somebody else'\''s leads to is not' "--account '$PASSWD': a symbolic link where others than root can write" \
    "$S" --account=other 1236:1235
rm "$PASSWD"
mkfifo "$PASSWD"
refuses 'a FIFO' 'not a regular file' timeout 20 "$S" --account=builder 1234:1235

# --- nothing is there -----------------------------------------------------------------------------------------------
if busybox=$(command -v busybox); then
    mkdir "$T/empty" && cp "$STEPDOWN" "$T/empty/stepdown" && cp "$busybox" "$T/empty/busybox"
    t '--dry-run in an image with neither /etc nor /home' 0 '*account: a line is added, /etc/group*' '' \
        chroot "$T/empty" /stepdown --dry-run --account=builder 1234:1235 /busybox
    t 'an image with neither /etc nor /home' 0 '1234:1235
builder:x:1234:1235::/home/builder:/bin/sh
builder:x:1235:
755 0:0 755 0:0 700 1234:1235 644 0:0 644 0:0' '' chroot "$T/empty" /stepdown --account=builder 1234:1235 /busybox sh -c '
            echo $(/busybox id -u):$(/busybox id -g); /busybox cat /etc/passwd /etc/group
            echo $(/busybox stat -c "%a %u:%g" /etc /home /home/builder /etc/passwd /etc/group)'
    mkdir "$T/bare" && cp "$T/empty/stepdown" "$T/empty/busybox" "$T/bare/"
    mount --bind "$T/bare" "$T/bare" && mount -o remount,ro,bind "$T/bare"
    t 'a read-only one' 125 '' '*--account*Read-only file system*' chroot "$T/bare" /stepdown --account=builder 1234:1235 /busybox id
    t 'a read-only one with NAME?' 0 '1234' '' chroot "$T/bare" /stepdown '--account=builder?' 1234:1235 /busybox id -u
    umount "$T/bare"
else
    skip 'an image with nothing in it' 'busybox is not installed'
fi

# --- the home -------------------------------------------------------------------------------------------------------
fresh
mkdir /srv/real && ln -s /srv/real /home/link
t 'a link of root'\''s on the way' 0 /home/link/a/b '' "$S" --home=/home/link/a/b --account=builder 1234:1235 "$STATE" home
is 'a link of root'\''s on the way leads there' "$(stat -c '%a %u:%g' /srv/real/a /srv/real/a/b | paste -sd' ')" '755 0:0 700 1234:1235'
mkdir /srv/theirs && ln -s /srv/real /srv/theirs/link && chown -h 1000 /srv/theirs /srv/theirs/link
refuses 'one of somebody else'\''s' "--account '/srv/theirs/link': a symbolic link where others" \
    "$S" --home=/srv/theirs/link/c --account=builder 1234:1235
refuses 'nor ..' "'..' behind a directory where others" "$S" --home=/srv/theirs/x/../../real/d --account=builder 1234:1235
is 'nothing was made' "$(ls /srv/real)" a
t 'in a directory of somebody else'\''s' 0 700:1234 '' "$S" --home=/srv/theirs/x/y/ --account=builder 1234:1235 stat -c %a:%u /srv/theirs/x/y
t 'what another start left of it' 0 700:1234 '' \
    sh -c 'mkdir /srv/.stepdown-new.1234; exec "$@"' sh "$S" --home=/srv/z --account=builder 1234:1235 stat -c %a:%u /srv/z
ok 'what another start left has gone' test ! -e /srv/.stepdown-new.1234
mkdir /srv/.stepdown-new.1234 && : >/srv/.stepdown-new.1234/file
t 'what has something in it is not given away' 0 '0 700:1234' '' "$S" --home=/srv/zz --account=builder 1234:1235 \
    sh -c 'echo $(stat -c %u /srv/.stepdown-new.1234 && stat -c %a:%u /srv/zz)'
rm -r /srv/.stepdown-new.1234
for home in /srv/dot/. /srv/dots/.//./; do
    t "a home with more behind its name: $home" 0 700:1234 '' "$S" --home=$home --account=builder 1234:1235 stat -c %a:%u "$home"
done
{ await on_its_way /srv && mkdir /srv/late; } &
t 'a home that appears meanwhile stays as it is' 0 755:0 '' strace -o /dev/null -e inject=fchown:delay_exit=1000000 \
    "$S" --home=/srv/late --account=late 1237:1235 stat -c %a:%u /srv/late
wait
is 'a home that appears meanwhile: nothing is left of the other' "$(on_its_way /srv || echo nothing)" nothing
for error in EINVAL ENOSYS; do
    t "where a file system or a kernel cannot tell: $error" 0 700:1238 '' strace -o /dev/null -e inject=renameat2:error=$error \
        "$S" --home=/srv/$error --account=late 1238:1235 stat -c %a:%u "/srv/$error"
done
# Somebody else puts a directory of root's, with something in it, in the place of the one that is being made.
cat >"$T/swap" <<'END'
$> = 1000;
chdir '/srv/theirs' or die;
until (-e 'stop') {
    my ($home) = glob '.stepdown-new.*';
    rename $home // next, 'made' or next;
    rename 'secret', $home;
    select undef, undef, undef, 0.001;
    rename $home, 'secret';
    rmdir 'made';
}
END
mkdir /srv/theirs/made
perl "$T/swap" &
for ((i = 0; i < 100; i++)); do
    mkdir /srv/theirs/secret 2>/dev/null && : >/srv/theirs/secret/key
    "$S" --home="/srv/theirs/h$i" --account=builder 1234:1235 true 2>/dev/null
done
: >/srv/theirs/stop
wait
is 'no directory that has something in it is given away' "$(find /srv/theirs -name key -printf '%h ' | xargs stat -c %u | sort -u)" 0

# --- killed or refused half-way -------------------------------------------------------------------------------------
calls() { # those of the preparation, each with how often it was made before: NAME:when=N
    strace -f -o "$T/trace" "$S" "$@" true || return
    perl -ne 'next unless /^\d+ +(\w+)\(/; $n{$1}++; last if $1 eq "setgroups"; $on ||= $1 eq "umask"; print "$1:when=$n{$1}\n" if $on' "$T/trace"
}

# Each call once with each fault; then the next start completes it. ARGS of both runs, and the files before and after.
half_way() { # DESCRIPTION SETUP ALLOWED-USERS ALLOWED-GROUPS WANTED ARG...
    local point fault left bad='' runs=0 description=$1 setup=$2 users=$3 groups=$4 wanted=$5
    shift 5
    $setup
    for point in $(calls "$@"); do
        for fault in signal=SIGKILL error=ENOSPC; do
            $setup
            sh -c '"$@"; :' sh strace -f -o /dev/null -e "inject=${point/:/:$fault:}" "$S" "$@" true >/dev/null 2>&1
            runs=$((runs + 1))
            [[ $users == *"|$(<"$PASSWD")|"* ]] || bad+="$point $fault: $PASSWD: $(<"$PASSWD")"$'\n'
            [[ $groups == *"|$(<"$GROUP")|"* ]] || bad+="$point $fault: $GROUP: $(<"$GROUP")"$'\n'
            # By its number shadow's tools see that it is nobody's.
            for left in "$PASSWD.lock" "$GROUP.lock"; do
                [ ! -e "$left" ] || [[ $(<"$left") =~ ^[0-9]+$ ]] || bad+="$point $fault: $left: $(<"$left")"$'\n'
            done
            run "$S" "$@" "$STATE" ids
            [ "$status $out" = '0 1234:1235' ] || bad+="$point $fault: then $status $out $err"$'\n'
            [ "$(files) $(stat -c %a:%u:%g "$home") $(ls -A "${home%/*}")" = "$wanted 700:1234:1235 ${home##*/}" ] ||
                bad+="$point $fault: then $(files) $(ls -lA "${home%/*}")"$'\n'
        done
    done
    is "$description: no fault leaves more than the next start completes" "$bad" ''
    ok "$description: there were runs" test $runs -gt 50
}
if [ "$tools" != 0 ]; then
    fresh
    run strace -o /dev/null -e inject=sendfile:signal=SIGKILL "$S" --account=builder 1234:1235 true
    t 'useradd is not held up by a start that was killed' 0 '' '' useradd -M -N -g 60 -u 5000 t
    is 'useradd is not held up' "$(tail -n 1 "$PASSWD")" "$(grep ^t: "$PASSWD")"
fi
home=/home/builder
half_way 'a new line' fresh "|$old_users|$old_users
$new_user|" "|$old_groups|$old_groups
$new_group|" "$(wanted "$new_user" "$new_group")" --account=builder 1234:1235
half_way 'a new line on a mount' on_mounts "|$old_users|$old_users
$new_user|" "|$old_groups|$old_groups
$new_group|" "$(wanted "$new_user" "$new_group")" --account=builder 1234:1235
umount "$PASSWD" "$GROUP"
home=/home/n
with_node() { fresh node:p:999:1000::/home/n:/bin/x node:x:1000:app; }
half_way 'a line that changes' with_node "|$old_users
node:p:999:1000::/home/n:/bin/x|$old_users
node:p:1234:1235::/home/n:/bin/x|" "|$old_groups
node:x:1000:app|$old_groups
node:x:1235:app|" "$(wanted node:p:1234:1235::/home/n:/bin/x node:x:1235:app)" --account=node 1234:1235
on_mounts_with_node() { on_mounts node:p:7:8::/home/n:/bin/x node:x:8:app; }
half_way 'a line on a mount that gets longer' on_mounts_with_node "|$old_users
node:p:7:8::/home/n:/bin/x|$old_users
node:p:7:8::/home/n:/bin/x

node:p:1234:1235::/home/n:/bin/x|$old_users
#ode:p:7:8::/home/n:/bin/x

node:p:1234:1235::/home/n:/bin/x|" "|$old_groups
node:x:8:app|$old_groups
node:x:8:app

node:x:1235:app|$old_groups
#ode:x:8:app

node:x:1235:app|" "$(wanted $'#ode:p:7:8::/home/n:/bin/x\n\nnode:p:1234:1235::/home/n:/bin/x' $'#ode:x:8:app\n\nnode:x:1235:app')" \
    --account=node 1234:1235
on_mounts_with_node
run strace -o /dev/null -e inject=pwrite64:signal=SIGKILL:when=2 "$S" --account=node 1234:1235 true
t 'and if it was killed there, the next start may want other IDs' 0 123456:123457 '' "$S" --account=node 123456:123457 "$STATE" ids
is 'and these are in the one line that is left' "$(grep -c ^node: "$PASSWD" "$GROUP" && grep -h ^node: "$PASSWD" "$GROUP")" "$PASSWD:1
$GROUP:1
node:p:123456:123457::/home/n:/bin/x
node:x:123457:app"
umount "$PASSWD" "$GROUP"
finish
