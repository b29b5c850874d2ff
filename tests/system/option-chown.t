#!/bin/bash
# --chown and --chown-once: whose files are afterwards, and whose stay what they were. What somebody hostile does to the
# tree meanwhile is in option-chown-races.t.
# shellcheck source=options.sh
. "$(dirname "$0")/options.sh" || exit 1
needs setpriv perl strace unshare setcap
R=/etc/place # where root alone can write, as far as there is anything above
D=$R/data    # the path
O=$R/outside
mkdir "$R" || exit 1

# A new tree of root's in $D, and files of root's in $O that links lead to.
plant() {
    rm -rf "$D" "$O"
    mkdir -p "$D/sub/deep/er" "$D/empty" "$O/dir"
    : >"$D/file" && : >"$D/sub/file" && : >"$D/sub/deep/er/file" && : >"$D/.hidden" && : >"$O/file" && : >"$O/dir/file"
    mkfifo "$D/sub/fifo"
    mknod "$D/sub/device" c 1 3
    perl -MSocket -e 'socket S, AF_UNIX, SOCK_STREAM, 0; chdir shift; bind S, sockaddr_un "socket" or die' "$D/sub"
    ln -s "$O/file" "$D/link" && ln -s "$O/dir" "$D/sub/dirlink" && ln -s nowhere "$D/sub/dangling" && ln -s . "$D/sub/loop"
    chmod 700 "$D/sub/deep" && chmod 0 "$D/sub/deep/er/file"
}
# What is not UID:GID, by default the user's, below and including the paths.
others() { # UID:GID [PATH...]
    local owner=$1
    shift
    find "${@:-$D}" \( ! -uid "${owner%:*}" -o ! -gid "${owner#*:}" \) -printf '%p %U:%G\n' | sort
}
states() { find "${@:-$D}" -printf '%p %i %U:%G %m %C@ %T@\n' | sort; }
all() { # DESCRIPTION COMMAND...: afterwards everything in $D is app's, and what links lead to is root's
    t "$1" 0 1000:1000 '' "${@:2}" "$STATE" ids
    is "$1: everything is the user's" "$(others 1000:1000)" ''
    is "$1: nothing else is" "$(others 0:0 "$O")" ''
}
none() { # DESCRIPTION ERR COMMAND...: an error, and nothing has changed
    local before
    before=$(states "$D" "$O")
    refuses "$@"
    is "$1: nothing has changed" "$(states "$D" "$O")" "$before"
}

# --- everything below ----------------------------------------------------------------------------------------------
plant
all 'a tree of every kind of file' "$S" --chown="$D" app
states >"$T/before"
all 'again' "$S" --chown="$D" app
is 'what is right is not touched' "$(states)" "$(cat "$T/before")"
strace -e trace=openat,fchownat -o "$T/trace" "$S" --chown="$D" app true
is 'and not opened, but for the way to the path and directories' \
    "$(grep -c O_PATH "$T/trace") $(grep -c fchownat "$T/trace") $(grep -v O_PATH "$T/trace" | grep -c O_DIRECTORY)" '4 0 5'
chown -h 1000:0 "$D/sub/deep/er" "$D/link"
chown -h 0:1000 "$D/sub/dangling" "$D/empty"
states "$D/file" "$D/sub/fifo" >"$T/before"
all 'only the uid or only the gid is wrong' "$S" --chown="$D" app
is 'what was right beside them is not touched' "$(states "$D/file" "$D/sub/fifo")" "$(cat "$T/before")"
plant
all 'as the next word' "$S" --chown "$D" app
plant
all 'with a slash at the end' "$S" --chown="$D/" app
plant
all 'a relative path' env -C "$D/sub" "$S" --chown=../sub/..,. app
plant
all 'the working directory' env -C "$D" "$S" --chown=. app
plant
t 'a file' 0 '' '' "$S" --chown="$D/file" app true
is 'a file: it alone' "$(others 0:0)" "$D/file 1000:1000"
plant
t 'a FIFO that nobody writes to' 0 '' '' timeout 20 "$S" --chown="$D/sub/fifo,$D/sub/device,$D/sub/socket" app true
is 'a FIFO, a device, a socket: they alone' "$(others 0:0)" \
    "$(printf '%s 1000:1000\n' "$D/sub/device" "$D/sub/fifo" "$D/sub/socket")"
plant
t 'another group' 0 '' '' "$S" --chown="$D" app:games true
is 'another group: it is the primary one' "$(others 1000:60)" ''
t 'IDs without an entry' 0 '' '' "$S" --chown="$D" 4242:4343 true
is 'IDs without an entry: these' "$(others 4242:4343)" ''
t 'the last ID there is' 0 '' '' "$S" --chown="$D" 2147483647:2147483647 true
is 'the last ID there is: it' "$(others 2147483647:2147483647)" ''
t 'back to root' 0 '' '' "$S" --chown="$D" root true
is 'back to root: everything is its' "$(others 0:0)" ''
chown 1000:60 "$O/file"
t 'the owner of --reference' 0 '' '' "$S" --reference="$O/file" --chown="$D" true
is 'the owner of --reference: its' "$(others 1000:60)" ''
plant
printf x >"$D/sub/tool" && chmod 6755 "$D/sub/tool"
cp "$(command -v true)" "$D/sub/capable" && setcap cap_net_raw+ep "$D/sub/capable" 2>/dev/null
chmod 2775 "$D/empty"
all 'set-ID bits and file capabilities' "$S" --chown="$D" app
is 'they are gone' "$(stat -c %a "$D/sub/tool") $(getcap "$D/sub/capable")" '755 '
is 'but the group of new files in a directory stays its' "$(stat -c %a "$D/empty")" 2775

# --- the list -------------------------------------------------------------------------------------------------------
plant
t 'several paths' 0 '' '' "$S" --chown="$D/file,$D/empty,$D/sub/deep" app true
is 'several paths: they' "$(others 0:0)" "$(printf '%s 1000:1000\n' "$D/empty" "$D/file" "$D/sub/deep" "$D/sub/deep/er" \
    "$D/sub/deep/er/file")"
plant
t 'PATH? that is not there' 0 '' '' "$S" --chown="$D/none?,$D/file?,$D/none/none?" app true
is 'PATH? that is there' "$(others 0:0)" "$D/file 1000:1000"
: >"$D/what?"
t 'a question mark of its own' 0 '' '' "$S" --chown="$D/what??" app true
is 'a question mark of its own: that file' "$(stat -c %u "$D/what?")" 1000
ln -s none "$D/to-nothing"
t 'a link to nothing, where root put it: not there' 0 '' '' "$S" --chown="$D/to-nothing?" app true
none 'PATH that is not there' "--chown '$D/none': No such file or directory" "$S" --chown="$D/none,$D" app
none 'below what is not there' "--chown '$D/none/x': No such file or directory" "$S" --chown="$D/none/x" app
none 'below a file' "--chown '$D/file/x': Not a directory" "$S" --chown="$D/file/x" app
t 'below a file, PATH?: not there, as for --group-add' 0 '' '' "$S" --chown="$D/file/x?" --group-add="$D/file/x?" app true
none 'an element that is empty' "--chown '$D,': an element of the list is empty" "$S" --chown="$D," app
none 'one at the start' 'an element of the list is empty' "$S" --chown=",$D" app
none 'one of a question mark alone' 'an element of the list is empty' "$S" --chown="$D,?" app
usage 'an empty list' "'--chown': its value is empty" "$S" --chown= app
usage 'given twice' "'--chown': given twice" "$S" --chown="$D" --chown="$D" app
usage '--chown-once alone' "'--chown-once': goes with --chown alone" "$S" --chown-once app
usage '--chown-once with a value' "'--chown-once': takes no value" "$S" --chown="$D" --chown-once=yes app
none 'a name that is too long' 'ilename too long' "$S" --chown="$D/$(printf 'x%.0s' {1..5000})" app
none 'control characters are escaped' "--chown '$D/\\\\x1b[31m': No such" "$S" --chown="$D/"$'\e[31m' app

# --- a root directory where others can write ---------------------------------------------------------------------------
mkdir -p "$R/root/proc" "$R/root/d" && cp "$S" "$R/root/stepdown"
in_root() { unshare --mount sh -c 'mount -t proc none "$0/proc" && exec chroot "$0" "$@"' "$R/root" "$@"; }
for mode in 755 775 1777; do
    chmod $mode "$R/root"
    : >"$R/root/file" && : >"$R/root/d/file" && chown -R 0:0 "$R/root/file" "$R/root/d"
    t "of mode $mode" 0 'stepdown *' '' in_root /stepdown --chown=/file,/d/file 1000:1000 /stepdown --version
    is "of mode $mode: whose they are" "$(stat -c %u:%g "$R/root/file" "$R/root/d/file" "$R/root/d" | tr '\n' ' ')" '1000:1000 1000:1000 0:0 '
done
# --- no place for it ------------------------------------------------------------------------------------------------
for path in / // /. /.. /./ /../.; do
    none "$path" "--chown '$path': it is the root directory: is a variable unset?" "$S" --chown="$D,$path" app
done
none 'the root directory by a relative path' 'it is the root directory' env -C / "$S" --chown=. app
mkdir "$T/bound" && ln -s / "$D/root"
none 'by a link' "--chown '$D/root': it is the root directory" "$S" --chown="$D/root" app
# shellcheck disable=SC2016 # the command expands it
none 'by another mount of it' 'it is the root directory' unshare --mount sh -c \
    'mount --bind / "$0" && exec "$@"' "$T/bound" "$S" --chown="$T/bound" app
for path in /proc /proc/self /proc/sys/kernel /sys /sys/fs /dev/pts /sys/fs/cgroup; do
    [ -d "$path" ] || continue
    none "$path" "'$path': it is no place for files" "$S" --chown="$path" app
done
# shellcheck disable=SC2016 # the command expands it
for path in /sys/fs /sys/fs/below /proc/fs; do
    none "a tmpfs there: $path" "'$path': it is no place for files" unshare --mount sh -c \
        'mount -t tmpfs tmpfs "${0%/below}" && mkdir -p "$0" && exec "$@"' "$path" "$S" --chown="$path" app
    none "a tmpfs there, from within: $path" "'.': it is no place for files" unshare --mount sh -c \
        'mount -t tmpfs tmpfs "${0%/below}" && mkdir -p "$0" && cd "$0" && exec "$@"' "$path" "$S" --chown=. app
done
mkdir "$R/sys" "$R/proc"
t 'a name like that elsewhere' 0 '' '' env -C "$R" "$S" --chown="sys,$R/proc" app true
none 'a magic link, wherever it leads' "'/proc/self/cwd/sub': it is no place for files" env -C "$D" "$S" --chown=/proc/self/cwd/sub app
null=$(stat -c '%u:%g %Z' /dev/null)
none 'a descriptor' "'/dev/fd/0': it is no place for files" "$S" --chown=/dev/fd/0 app </dev/null
is 'a descriptor: the device stays as it is' "$(stat -c '%u:%g %Z' /dev/null)" "$null"
none 'a magic link to what has no path' "--chown '/proc/self/fd/0': No such file or directory" \
    "$S" --chown=/proc/self/fd/0 app < <(:)

# --- links on the way -----------------------------------------------------------------------------------------------
plant
ln -s data "$R/alias" && ln -s alias/sub "$R/alias2"
all 'a link that root put where nobody else can' "$S" --chown="$R/alias" app
plant
t 'links to links' 0 '' '' "$S" --chown="$R/alias2/deep" app true
is 'links to links: where they lead' "$(others 1000:1000 "$D/sub/deep")" ''
chmod 755 "$T/open" && ln -s "$O" "$T/open/link" && mkdir "$T/open/mine" && ln -s "$O" "$T/open/mine/link" && ln -s "$O/file" "$T/open/file"
chmod 1777 "$T/open"
for path in link link/dir mine/link mine/link/dir file 'link?'; do
    none "a link where others can write: $path" "--chown '$T/open/${path%?}*': a symbolic link where others than root can write" \
        "$S" --chown="$T/open/$path" app
done
none 'a ".." behind it' "--chown '$T/open/../outside': '..' behind a directory where others than root can write" \
    "$S" --chown="$T/open/../outside" app
plant
chown 1000 "$D" && ln -s "$O" "$D/out"
none 'a link in a directory of somebody else' 'a symbolic link' "$S" --chown="$D/out" app
chown 0:0 "$D" && chmod 775 "$D"
none 'one in a directory of a group, root'"'"'s too' 'a symbolic link' "$S" --chown="$D/out" app
none 'a ".." there' "'..' behind" "$S" --chown="$D/sub/.." app
if setfacl -m u:1000:rwx "$O" 2>/dev/null; then
    ln -s dir "$O/link"
    none 'one where an access control list lets somebody write' 'a symbolic link' "$S" --chown="$O/link" app
fi

# --- mounts ---------------------------------------------------------------------------------------------------------
plant
mkdir -p "$D/sub/mount" "$D/bind" && : >"$D/boundfile"
mount -t tmpfs -o mode=755 tmpfs "$D/sub/mount" && : >"$D/sub/mount/file"
mount --bind "$O/dir" "$D/bind"
mount --bind "$O/file" "$D/boundfile"
t 'mounts below' 0 '' '' "$S" --chown="$D" app true
is 'they stay what they were' "$(others 1000:1000)" \
    "$(printf '%s 0:0\n' "$D/bind" "$D/bind/file" "$D/boundfile" "$D/sub/mount" "$D/sub/mount/file")"
t 'again, the other files being right' 0 '' '' "$S" --chown="$D" app true
is 'they stay so' "$(others 0:0 "$D/bind" "$D/boundfile" "$D/sub/mount" "$O")" ''
t 'a path that is a mount' 0 '' '' "$S" --chown="$D/bind,$D/boundfile" app true
is 'it is the user'"'"'s' "$(others 1000:1000 "$O/file" "$O/dir")" ''
# What older kernels have in place of statx(2) and of what it says of mounts.
chown -R 0:0 "$D/bind" "$D/sub/mount" "$D/boundfile"
for error in ENOSYS EPERM EINVAL; do
    find "$D" -xdev -exec chown -h 0:0 {} +
    chown 0:0 "$D/bind" "$D/bind/file" "$D/boundfile"
    t "statx gives $error" 0 '' '' strace -o /dev/null -e inject=statx:error=$error "$S" --chown="$D" app true
    is "statx gives $error: the same" "$(others 1000:1000)" \
        "$(printf '%s 0:0\n' "$D/bind" "$D/bind/file" "$D/boundfile" "$D/sub/mount" "$D/sub/mount/file")"
done
umount "$D/bind" "$D/boundfile" "$D/sub/mount"
find "$D" -exec chown -h 0:0 {} +
refuses 'and no /proc' "--chown '$D/*': neither the kernel nor /proc tells what it is" \
    unshare --mount sh -c 'mount -t tmpfs none /proc && exec "$@"' - strace -o /dev/null -e inject=statx:error=ENOSYS "$S" --chown="$D" app

# --- layers ---------------------------------------------------------------------------------------------------------
# On different file systems: then a directory has other inode numbers for its entries than they have themselves.
mkdir "$T/lower" "$T/upper" "$T/merged" && mount -t tmpfs tmpfs "$T/lower" && mount -t tmpfs tmpfs "$T/upper"
mkdir -p "$T/upper/upper" "$T/upper/work" "$T/lower/vol" && touch "$T/lower/vol/f"{1..30} && mkdir -p "$T/lower/vol/deep/1/2/3/4"
if mount -t overlay -o "lowerdir=$T/lower,upperdir=$T/upper/upper,workdir=$T/upper/work" overlay "$T/merged" 2>/dev/null; then
    t 'an overlay' 0 '' '' "$S" --chown="$T/merged/vol" app true
    is 'an overlay: all' "$(others 1000:1000 "$T/merged/vol")" ''
    umount "$T/merged"
else
    skip 'an overlay' 'none can be mounted here'
fi
umount "$T/lower" "$T/upper"

# --- hard links -----------------------------------------------------------------------------------------------------
plant
ln "$O/file" "$D/sub/hard"
refuses 'another name of the file is elsewhere' "--chown '$D/sub/hard': it is not the user's, and has other hard links*by hand" \
    "$S" --chown="$D" app
is 'it stays what it was' "$(others 0:0 "$O")" ''
is 'and the directory, which would vouch for it' "$(stat -c %u "$D" "$D/sub" | paste -sd' ')" '0 0'
chown 1000:1000 "$O/file"
t 'it is the user'"'"'s already' 0 '' '' "$S" --chown="$D" app true
is 'then it does not matter' "$(others 1000:1000)" ''
chown 0:0 "$O/file"
refuses 'as a path' "--chown '$D/sub/hard': it is not" "$S" --chown="$D/sub/hard" app
chown 1000:1000 "$O/file" && ln "$D/file" "$D/file2" && ln -P "$D/link" "$D/link2" && chown -h 0:0 "$D/link"
refuses 'of a link' "--chown '$D/link*': it is not" "$S" --chown="$D" app

# --- rights ---------------------------------------------------------------------------------------------------------
plant
refuses 'without CAP_CHOWN' "--chown '$D/*': Operation not permitted*CAP_CHOWN is missing: *--cap-add=CHOWN" \
    without chown "$S" --chown="$D" app
is 'the directory does not vouch for what has not changed' "$(stat -c %u "$D")" 0
all 'with it' "$S" --chown="$D" app
all 'nothing to change, and no CAP_CHOWN' without chown "$S" --chown="$D" app
mount --bind "$D" "$D" && mount -o remount,bind,ro "$D"
all 'nothing to change, and a read-only mount' "$S" --chown="$D" app
umount "$D" && plant && mount --bind "$D" "$D" && mount -o remount,bind,ro "$D"
none 'a read-only mount' "--chown '$D/*': Read-only file system*mount it writable*" "$S" --chown="$D" app
umount "$D"
chmod 700 "$D/sub" && chown 1000:1000 "$D/sub"
weak=(setpriv '--bounding-set=-dac_override,-dac_read_search')
refuses 'a directory that root may not enter' \
    "--chown '$D/sub': Permission denied*CAP_DAC_READ_SEARCH*--cap-add=DAC_READ_SEARCH" "${weak[@]}" "$S" --chown="$D" app
refuses 'on the way to the path' "--chown '$D/sub/deep': Permission denied*--cap-add=DAC_READ_SEARCH" \
    "${weak[@]}" "$S" --chown="$D/sub/deep" app
t 'a right is not asked for where it is not needed' 0 '' '' "${weak[@]}" "$S" --chown="$D/empty" app true
refuses 'a right that is there, and refused all the same' "--chown '$D/*': Operation not permitted*security module*" \
    strace -o /dev/null -e inject=fchownat:error=EPERM "$S" --chown="$D" app
refuses 'a change that did not happen' "--chown '$D': it was given to the user, and stayed as it was" \
    strace -o /dev/null -e inject=fchownat:retval=0 "$S" --chown="$D" app
for at in 1 2; do
    plant
    refuses "a filter that does not let the signals be masked: $at" 'sigprocmask: Operation not permitted' \
        strace -o /dev/null -e inject=rt_sigprocmask:error=EPERM:when=$at "$S" --chown="$D" app
done
plant
if chattr +i "$D/file" 2>/dev/null; then
    refuses 'a file that is immutable' "--chown '$D/file': Operation not permitted*it is immutable*" "$S" --chown="$D" app
    chattr -i "$D/file"
    plant
else
    skip 'a file that is immutable' 'there is no chattr for this file system'
fi
for call in statx getdents64 fstatfs fstat,newfstatat openat; do
    for at in 1 2 3 4 5 6 8 10 12 14 16 18 20 25 30; do
        run strace -o "$T/trace" -e inject="$call":error=EIO:when=$at "$S" --chown="$D" app true
        awk '/^execve/ { programs++ } programs == 1' "$T/trace" | grep -q INJECTED || break
        # Not to know whether others can write there is no error: more is asked for then.
        [ $status = 0 ] && status="125$(others 1000:1000)"
        is "$call fails, number $at" "$status $out" '125 '
    done
done
if unshare --user true 2>/dev/null; then
    plant && chown -R 1000:1000 "$D"
    refuses 'an owner that the user namespace does not map' "--chown '$D/*': Operation not permitted*does not map the ID*" \
        unshare --map-root-user "$S" --chown="$D" --clear-groups --if-root root
    far='0 100000 65536' # as rootless engines and userns-remap have it
    plant && chown -hR 165534:165534 "$D"
    t 'nobody of a user namespace' 0 65534:65534 '' mapped "$far" "$far" "$S" --chown="$D" 65534:65534 "$STATE" ids
    ln "$D/file" "$D/file2"
    t 'nobody of a user namespace: other links do not matter' 0 '' '' mapped "$far" "$far" "$S" --chown="$D" 65534:65534 true
    is 'nobody of a user namespace: everything is its' "$(others 165534:165534)" ''
    for once in --chown-once ''; do
        for path in sub/deep/er/file empty .; do
            for owner in 5:5 165534:5 5:165534; do
                plant && chown -hR 165534:165534 "$D" && chown $owner "$D/$path"
                refuses "one who is not mapped and reads as nobody: $owner $path $once" \
                    "--chown '$D*': Operation not permitted*does not map the ID*" \
                    mapped "$far" "$far" "$S" ${once:+"$once"} --chown="$D" 65534:65534
            done
        done
    done
    plant && chown -hR 101000:101000 "$D" && states >"$T/before"
    t 'another user of a user namespace' 0 '' '' mapped "$far" "$far" "$S" --chown="$D" app true
    is 'another user of a user namespace: what is right is not touched' "$(states)" "$(cat "$T/before")"
fi

# --- --chown-once ---------------------------------------------------------------------------------------------------
plant
all 'once, the first time' "$S" --chown="$D" --chown-once app
chown 0:0 "$D/sub/deep/er/file"
t 'once, the second time' 0 '' '' "$S" --chown-once --chown="$D" app true
is 'what is below does not matter' "$(others 1000:1000)" "$D/sub/deep/er/file 0:0"
t 'with several paths' 0 '' '' "$S" --chown-once --chown="$D,$D/sub/deep/er/file" app true
is 'each is looked at' "$(others 1000:1000)" ''
chown 0:0 "$D/sub/deep/er/file"
for owner in 1000:0 0:1000; do
    chown "$owner" "$D" && chown 0:0 "$D/sub/deep/er/file"
    all "once, and the path is $owner" "$S" --chown="$D" --chown-once app
done
strace -o "$T/trace" "$S" --chown-once --chown="$D" app true
is 'a restart reads no directory' "$(grep -c getdents "$T/trace")" 0
none '/ is an error all the same' 'it is the root directory' "$S" --chown-once --chown=/ root

# --- a start that was killed ----------------------------------------------------------------------------------------
plant
calls=$(find "$D" | wc -l)
for ((at = 1; at <= calls; at++)); do
    plant
    strace -o /dev/null -e inject=fchownat:signal=SIGKILL:when=$at "$S" --chown="$D" app true 2>/dev/null
    bad=$(find "$D" -type d -uid 1000 -exec find {} ! -uid 1000 \;)
    is "killed at change $at: a directory of the user's vouches for all below" "$bad $(stat -c %u "$D")" \
        ' 0'
    all "killed at change $at, and started again" "$S" --chown="$D" --chown-once app
done

# The same with a tree of another user's, whose directories are root's while there is something to change in them.
for ((at = 1; at <= calls + 5; at++)); do
    plant && chown -hR 7:7 "$D"
    strace -o /dev/null -e inject=fchownat:signal=SIGKILL:when=$at "$S" --chown="$D" app true 2>/dev/null
    bad=$(find "$D" -type d -uid 1000 -exec find {} ! -uid 1000 \;)
    is "another user's tree, killed at change $at" "$bad $(find "$D" ! -uid 0 ! -uid 7 ! -uid 1000)" ' '
    all "another user's tree, killed at change $at, and started again" "$S" --chown="$D" --chown-once app
done

# --- who prepares ---------------------------------------------------------------------------------------------------
plant
none 'a user that does not exist' 'no such user' "$S" --chown="$D" nosuch
none 'a capability that is not there' 'the command cannot have it' without net_raw "$S" --chown="$D" --keep-caps=net_raw app
t 'a command that is not there: it was prepared for' 127 '' '*not found*' "$S" --chown="$D" app nosuch
is 'a command that is not there: all the same' "$(others 1000:1000)" ''
plant
t '--if-root, and the caller is not' 0 1000:1000 '' holding chown "$S" --if-root --chown="$D" nobody "$STATE" ids
is '--if-root: it prepares nothing' "$(others 0:0)" ''
none '--if-root: every value is checked' 'it is the root directory' holding '' "$S" --if-root --chown=/ nobody
none '--if-root: the list too' 'an element of the list is empty' holding '' "$S" --if-root --chown=a,, nobody
t 'a caller that is the user already' 0 1000:1000 '' holding '' "$S" --groups=44 --chown="$D" app "$STATE" ids
is 'a caller that is the user already: nothing changes' "$(others 0:0)" ''
t 'another caller that can step down' 0 65534:65534 '' \
    holding chown,setuid,setgid,dac_read_search "$S" --chown="$D" nobody "$STATE" ids
is 'another caller that can step down: it prepares' "$(others 65534:65534)" ''
plant
t 'root to root' 0 0 '' setpriv --clear-groups "$S" --chown="$D" root id -u
chown -R 1000:1000 "$D"
t 'root that is the user already' 0 0 '' setpriv --clear-groups "$S" --clear-groups --chown="$D" root id -u
is 'root that is the user already: everything is its' "$(others 0:0)" ''
plant
before=$(states "$D" "$O")
t '--dry-run' 0 "uid: 1000*
chown: $D/file, if it is there
chown: $D
command: */true" '' "$S" --dry-run --chown="$D/file?,$D" app true
t '--dry-run, once' 0 "*chown: $D, unless it is the user's*" '' "$S" --dry-run --chown="$D" --chown-once app true
t '--dry-run by a user' 0 "*chown: $D*" '' holding '' "$S" --dry-run --chown="$D" nobody true
foretells() { t "$1" 125 '*chown: *command: *' "stepdown: --chown $2*" "${@:3}" "$MARK"; }
foretells '--dry-run of what is not there' "'$D/no': No such file or directory" "$S" --dry-run --chown="$D,$D/no" app
foretells '--dry-run of no place for files' "'/proc/self': it is no place for files" "$S" --dry-run --chown=/proc/self app
foretells '--dry-run by a user too' "'/proc/self': it is no place for files" holding '' "$S" --dry-run --chown=/proc/self nobody
mkdir -m 700 "$T/closed"
t '--dry-run by a user: of what it cannot look at' 0 "*chown: $T/closed/x*" '' holding '' "$S" --dry-run --chown="$T/closed/x" nobody true
foretells '--dry-run by root: it looks' "'$T/closed/x': No such" "$S" --dry-run --chown="$T/closed/x" app
t '--dry-run of a home that is to be made' 0 '*account: a directory is made*chown: /home/no*' '' \
    "$S" --dry-run --account=no --home=/home/no --chown=/home/no 1234:1235 true
none '--dry-run of /' 'it is the root directory' "$S" --dry-run --chown=/ app
is '--dry-run: nothing has changed' "$(states "$D" "$O")" "$before"
t 'gosu has no such option' 125 '' 'gosu: *' "$GOSU" --chown="$D" app true
is 'gosu has no such option: nothing has changed' "$(states "$D" "$O")" "$before"
# shellcheck disable=SC2016 # the command expands it
is 'no descriptor is left to the command' "$("$S" --chown="$D" app sh -c 'cd /proc/$$/fd; echo *')" \
    "$("$S" app sh -c 'cd /proc/$$/fd; echo *')"

# --- large, deep, long ----------------------------------------------------------------------------------------------
rm -rf "$D" && mkdir "$D"
perl -e 'chdir shift; for my $n (1 .. 20000) { open my $file, ">", "f" . "x" x ($n % 240) . "\n$n" or die $!; $n % 10 or mkdir "d$n" }' "$D"
t 'many entries in one directory' 0 '' '' "$S" --chown="$D" app true
is 'many entries in one directory: all' "$(others 1000:1000 | head -n 3)" ''
rm -rf "$D" && mkdir "$D"
# 7 levels with 5 of each: the directories that are read again are in the middle of theirs.
perl -e 'sub plant { my ($at, $depth) = @_; for (1 .. 5) { mkdir "$at/$_"; open my $file, ">", "$at/f$_"; plant("$at/$_", $depth - 1) if $depth } } plant(shift, 5)' "$D"
t 'many levels, each with several' 0 '' '' "$S" --chown="$D" app true
is 'many levels, each with several: all' "$(others 1000:1000 | head -n 3)" ''
rm -rf "$D" && mkdir "$D"
perl -e 'chdir shift; my $name = "n\n" . "x" x 253; for (1 .. 40) { open my $file, ">", "f" . "y" x 254 or die; mkdir $name or die; chdir $name }' "$D"
t 'paths far longer than PATH_MAX' 0 '' '' "$S" --chown="$D" app true
is 'paths far longer than PATH_MAX: all' "$(find "$D" -printf '%U\n' | sort | uniq -c | tr -d ' ')" 811000
perl -e 'chdir shift; my $name = "n\n" . "x" x 253; 1 while chdir $name; open my $file, ">", "one"; link "one", "other" or die' "$D"
refuses 'an error there has the ends of the path' "--chown '$D/.../other': it is not the user's, and has other hard links" \
    "$S" --chown="$D" app
rm -rf "$D" && mkdir "$D"
deep() { # LEVELS: adds so many to the deepest
    perl -e 'chdir shift; chdir "d" while -d "d"; for (1 .. shift) { mkdir "d" or die $!; chdir "d" } open my $file, ">", "last"' "$D" "$1"
}
owners() { # how many levels each owner has, and whose the last file is
    perl -e 'my %count; chdir shift; do { $count{(stat ".")[4]}++ } while chdir "d"; $count{"last " . (stat "last")[4]}++;
        print join ", ", map { "$_: $count{$_}" } sort keys %count' "$D"
}
deep 1000
is 'deeper than there are descriptors' "$(ulimit -n 200; "$S" --chown="$D" app true 2>&1; echo "$?")" \
    "stepdown: --chown '$(printf '%s' "$D$(printf '/d%.0s' {1..1000})" | head -c 200)...': deeper than there are descriptors: raise --ulimit nofile
125"
is 'nothing of it vouches' "$(stat -c %u "$D")" 0
is 'as deep as there are' "$(ulimit -n 1100; "$S" --chown="$D" app true 2>&1; echo "$?")" 0
deep 99000
levels=$(ulimit -Hn)
[ "$levels" -gt 15000 ] && ulimit -n "$levels"
if [ "$(ulimit -n)" -gt 101000 ]; then
    t 'a tree 100,000 deep' 0 '' '' "$S" --chown="$D" app true
    is 'a tree 100,000 deep: to the last' "$(owners)" '1000: 100001, last 1000: 1'
else
    refuses 'a tree 100,000 deep, where there are fewer descriptors' 'deeper than there are descriptors' "$S" --chown="$D" app
    skip 'a tree 100,000 deep' "no more than $levels descriptors"
fi
refuses 'and with fewer descriptors' 'deeper than there are descriptors' prlimit --nofile=1024 "$S" --chown="$D" nobody
perl -e 'chdir shift; chdir "d" for 1 .. 12000; rename "d", "/etc/place/rest"' "$D"
[ "$levels" -gt 15000 ] && t 'a tree 12,000 deep' 0 '' '' "$S" --chown="$D" app true &&
    is 'a tree 12,000 deep: to the last' "$(owners)" '1000: 12001, last : 1'

# A path that is longer than the kernel tells, where everyone can write.
rm -rf "$D" && mkdir "$D"
perl -e 'umask 0; chdir shift; my $name = "n" x 255; for (1 .. 40) { open my $file, ">", "f" . "y" x 254 or die; symlink "x", "l" or die; mkdir $name or die; chdir $name }' "$D"
chmod 1777 "$D"
t 'paths far longer than PATH_MAX where others can write' 0 '' '' "$S" --chown="$D" app true
is 'paths far longer than PATH_MAX where others can write: all' "$(find "$D" -printf '%U\n' | sort | uniq -c | tr -d ' ')" 1211000
finish
