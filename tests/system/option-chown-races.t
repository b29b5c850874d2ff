#!/bin/bash
# --chown in a tree that somebody hostile is changing meanwhile, who is as fast as root can be: nothing outside of it may
# ever change its owner. At worst it is an error, or something inside is left as it was.
#
# A race is lost by luck alone, so each is run many times, with many places in the tree to lose it at, and every other
# time with each call of stepdown's held up, so that there is time to swap things before it. What is attacked is given to
# two users by turns, so that there is something to change each time.
# shellcheck source=options.sh
. "$(dirname "$0")/options.sh" || exit 1
needs perl strace
R=/etc/place D=$R/data O=$R/outside
runs=${RUNS:-60}
slowly=(strace -o /dev/null -e 'inject=openat,statx,fchownat,getdents64:delay_enter=100')

# Files and directories of root's, of which nothing may change, and $D, where everyone can write.
plant() {
    rm -rf "$R"
    mkdir -p "$O/dir/sub" "$D"
    for name in file dir/file dir/sub/file dir/1 dir/2; do echo secret >"$O/$name"; done
    chmod 4755 "$O/file" # a chown would take the bit away
    chmod 1777 "$D"
    before=$(outside)
}
outside() { (cd "$O" && stat -c '%n %i %u:%g %a' . file dir dir/file dir/1 dir/2 dir/sub dir/sub/file); }

# DESCRIPTION SCRIPT: one test: while the Perl statements go round, with names of entries of $D in @names, stepdown runs
# again and again.
attack() {
    local swapper bad='' run code refused=0 how
    # shellcheck disable=SC2016 # Perl expands it
    perl -e 'use strict; use POSIX "mkfifo"; my ($script, $data, $outside) = @ARGV; chdir $data or die; my $parent = getppid;
        my @names = map { "v$_" } 1 .. 20; my $round = eval "sub { $script }" or die $@;
        umask 0; open my $ready, ">", "/etc/ready"; close $ready; $round->() while getppid == $parent' "$2" "$D" "$O" &
    swapper=$!
    await test -e /etc/ready
    for ((run = 1; run <= runs && ${#bad} == 0; run++)); do
        how=()
        ((run % 2)) || how=("${slowly[@]}")
        "${how[@]}" "$S" --chown="$D" $((4242 + run % 3)) true 2>"$T/err"
        code=$?
        [ $code = 0 ] || refused=$((refused + 1))
        [ $code = 0 ] || { [ $code = 125 ] && grep -q "^stepdown: --chown '$R/" "$T/err"; } || bad="status $code: $(cat "$T/err")"
        [ "$(outside)" = "$before" ] || bad="run $run: something outside has changed"
    done
    kill $swapper
    wait $swapper 2>/dev/null
    rm -f /etc/ready
    is "$1" "$bad$(outside)" "$before"
    echo "# $refused of $((run - 1)) runs were refused"
}

# --- swapped between look and change --------------------------------------------------------------------------------
# shellcheck disable=SC2016 # Perl expands it
{
    plant
    attack 'a file and a link to one outside' \
        'for (@names) { open my $f, ">", "new"; rename "new", $_; symlink "$outside/file", "new"; rename "new", $_ }'
    plant
    attack 'a file and a hard link to one outside' \
        'for (@names) { open my $f, ">", "new"; rename "new", $_; link "$outside/file", "new"; rename "new", $_ }'
    plant
    attack 'a hard link to a file outside, there for a moment' \
        'for (@names) { link "$outside/file", $_; unlink $_; link "$outside/dir/1", $_; unlink $_; symlink "x", $_; unlink $_ }'
    plant
    mkdir -m 777 "$D/sub"
    attack 'one that moves on to another directory and is removed there' \
        'for (@names) { link "$outside/file", $_; rename $_, "sub/$_"; unlink "sub/$_"; link "$outside/dir/1", "sub/$_";
            rename "sub/$_", $_; unlink $_ }'
    plant
    attack 'a directory and a link to one outside' \
        'for (@names) { mkdir $_; mkdir "$_/sub"; open my $f, ">", "$_/file"; close $f; symlink "$outside/dir", "new"; rename $_, "old";
            rename "new", $_; unlink $_; rename "old", $_ }'
    plant
    attack 'a directory, a FIFO, a link and a file' \
        'for (@names) { mkdir $_; rmdir $_; mkfifo($_, 0600); unlink $_;
            symlink "$outside/file", $_; unlink $_; open my $f, ">", $_; close $f; unlink $_ }'
    plant
    for name in "$D"/v{1..20}; do mkdir -m 777 "$name"/{,a,a/b,a/b/c} && : >"$name/a/b/c/file"; done
    attack 'directories that move out while it is in them' \
        'for (@names) { rename "$_/a/b", "$outside/dir/moved"; rename "$outside/dir/moved", "$_/a/b"; rename "$_/a", "$outside/dir/sub/moved";
            rename "$outside/dir/sub/moved", "$_/a"; rename "$_/a/b/c", "$outside/moved"; rename "$outside/moved", "$_/a/b/c" }'
    plant
    for name in "$D"/v{1..20}; do mkdir -m 777 "$name"/{,a,a/b,a/b/c} && : >"$name/a/b/c/file"; done
    attack 'and their place is taken by a link' \
        'for (@names) { rename "$_/a", "$outside/moved-a"; symlink "$outside", "$_/a"; unlink "$_/a"; rename "$outside/moved-a", "$_/a";
            rename "$_/a/b", "$outside/moved-b"; symlink "$outside/dir", "$_/a/b"; unlink "$_/a/b"; rename "$outside/moved-b", "$_/a/b" }'
    plant
    attack 'entries that come and go' \
        'for (@names) { mkdir "$_"; mkdir "$_/d"; open my $f, ">", "$_/f"; close $f; unlink "$_/f"; rmdir "$_/d"; rmdir $_ }'
    plant
    perl -e 'umask 0; chdir shift; my $name = "n" x 255; for (1 .. 17) { mkdir $name or die; chdir $name or die }' "$D"
    attack 'the same where paths are longer than the kernel tells' \
        'our $deep; $deep++ or map { chdir "n" x 255 or die } 1 .. 17;
        for (@names) { link "$outside/file", $_; unlink $_; link "$outside/dir/1", $_; unlink $_; symlink "x", $_; unlink $_ }'
    plant
    perl -e 'umask 0; chdir shift; my $name = "n" x 255; for (1 .. 17) { mkdir $name or die; chdir $name or die }' "$D"
    attack 'and where the file takes the place of another' \
        'our $deep; $deep++ or map { chdir "n" x 255 or die } 1 .. 17;
        for (@names) { open my $f, ">", "new"; rename "new", $_; link "$outside/file", "new"; rename "new", $_ }'
}

# --- the path itself ------------------------------------------------------------------------------------------------
plant
D=$D/in/it # in a directory where everyone can write
mkdir -p "$D"
# shellcheck disable=SC2016 # Perl expands it
attack 'a directory on the way and a link to one outside' \
    'chdir "/etc/place/data"; for (@names) { mkdir "in"; mkdir "in/it"; open my $f, ">", "in/it/file"; close $f; symlink "$outside", "new";
        rename "in", "old"; rename "new", "in"; unlink "in"; rename "old", "in"; rename "in/it", "old";
        symlink "$outside/dir", "in/it"; unlink "in/it"; rename "old", "in/it" }'
D=$R/data

# --- a directory of the attacker's own, which others cannot write to until they can ---------------------------------
# An ordinary user, who may link to a file outside that its group may write. Stepdown is held up before a call, or before
# and behind it, for a second each; strace(1) tells of a call when it is over.
held_up() { # SCRIPT SCRIPT STRACE-OPTION...: what the user does half a second after $D/own is opened, and a second later
    timeout 60 strace -o "$T/log" -e trace=openat,statx,fchownat "${@:3}" "$S" --chown="$D" 1000:1000 true 2>"$T/err" &
    held=$!
    await grep -q '"own"' "$T/log"
    sleep 0.5
    eval "$1"
    sleep 1
    eval "$2"
    wait $held
    code=$?
}
as_user() { setpriv --reuid=1000 --regid=1000 --groups=2000 "$@"; }
plant_own() { # MODE OWNER: of $D/own, which has one file, "f"
    plant
    chmod 755 "$D"
    chown 0:1000 "$O/file" && chmod 664 "$O/file"
    mkdir -m "$1" "$D/own"
    chown "$2" "$D/own"
}
# Which openat is that of the file, when all goes well.
number_of_open() {
    strace -o "$T/log" -e trace=openat "$S" --chown="$D" 1000:1000 true
    grep -n '"f"' "$T/log" | cut -d : -f 1
}
plant_own 755 7:7
: >"$D/own/f"
number=$(number_of_open)
ok 'the file is opened' test "$number" -gt 0
plant_own 755 1000:2000
as_user ln "$O/file" "$D/own/f"
refuses 'a link to a file outside' "--chown '$D/own/f': it is not the user's, and has other hard links" "$S" --chown="$D" 1000:1000
is 'a directory of the user is its own meanwhile' "$(stat -c %u:%g "$D/own")" 1000:2000
plant_own 755 7:2000
setpriv --reuid=7 --regid=7 --groups=2000,1000 ln "$O/file" "$D/own/f"
held_up 'setpriv --reuid=7 --regid=7 --groups=2000 chmod 777 "$D/own"' 'as_user rm -f "$D/own/f"' \
    -e inject=fchownat:delay_enter=1000000:when=1 -e "inject=openat:delay_exit=1000000:when=$number"
is 'a directory that others can write to when it is made root'"'"'s' "$(stat -c %u:%g "$O/file")" 0:1000
echo "# status $code: $(cat "$T/err")"
for again in false true; do
    plant_own 755 0:0
    : >"$D/own/f"
    held_up '"$S" --chown="$D" 1000:1000 true; as_user rm -f "$D/own/f"; as_user ln "$O/file" "$D/own/f"' \
        "as_user rm -f \"\$D/own/f\"; ! $again || chown 0:0 \"\$D/own\"" \
        -e "inject=openat:delay_enter=1000000:delay_exit=1000000:when=$number"
    is "a directory that another start gives to the user meanwhile, closed again: $again" "$(stat -c %u:%g "$O/file")" 0:1000
    echo "# status $code: $(cat "$T/err")"
done

# --- mounts ---------------------------------------------------------------------------------------------------------
plant
mkdir "$D"/v{1..5} && : >"$D/file"
while :; do
    for name in "$D"/v?; do mount --bind "$O/dir" "$name"; done
    mount --bind "$O/file" "$D/file"
    for name in "$D"/v? "$D/file"; do umount "$name"; done
done 2>/dev/null &
swapper=$!
for ((run = 0; run < runs; run++)); do
    "$S" --chown="$D" $((run % 2 + 4242)) true 2>/dev/null
    "${slowly[@]}" "$S" --chown="$D" $((run % 2 + 4243)) true 2>/dev/null
done
kill $swapper && wait $swapper 2>/dev/null
is 'mounts that come and go' "$(outside)" "$before"
finish
