#!/bin/bash
# The Debian packages in build/release: what is in them, that lintian has nothing to say, and that another build of them,
# elsewhere, gives the same bytes. usage: deb.t VERSION
set -u
version=$1
export LC_ALL=C
. "${0%/*}/tap.sh"

same() { diff <(echo "$1") <(echo "$2"); }
field() { dpkg-deb --field "$scratch/$package" "$1"; }
part() { dpkg-deb --fsys-tarfile "$scratch/$package" | tar -xO "./$1"; } # PATH
part_is() { part "$1" | cmp - "$2"; }                                # PATH FILE
has() { part "$1" | grep -aqF "$2"; }                                # PATH TEXT
links() { dpkg-deb --contents "$scratch/$package" | awk '$(NF - 1) == "->" { print $(NF - 2), $NF }' | sort; }
# Owner, mode, date and name: they are the same for every architecture, as are all files but the binary and what tells of it.
tree() {
    TZ=UTC dpkg-deb --contents "$scratch/$package" | sed -E 's/ +[0-9]+ / /'
    dpkg-deb --info "$scratch/$package" md5sums | grep -v -e ' usr/sbin/stepdown$' -e '\.json$'
}
changelog() { part usr/share/doc/stepdown/changelog.gz | gzip -d | sed -n "$1"; }
date_of_changelog() { date -u -d "$(changelog '/^ -- /{s/.*>  //p;q}')" +%s; }
# Elsewhere: another folder, user, umask, locale, time zone, year, and order of files.
elsewhere() {
    mkdir "$scratch/second" "$scratch/second/release" && cp -r src .packaging .github "$scratch/second/" || return 1
    find build/release -maxdepth 1 ! -name '*.deb' -type f | sort -r | xargs cp -t "$scratch/second/release" || return 1
    chmod 755 "$scratch" && chown -R nobody: "$scratch/second" || return 1
    (cd "$scratch/second" && umask 077 && env -i PATH="$PATH" HOME=/nonexistent LC_ALL=C.UTF-8 TZ=XST-13:45 TMPDIR="$scratch/second" \
        SOURCE_DATE_EPOCH="$SOURCE_DATE_EPOCH" setpriv --reuid=nobody --regid=nogroup --clear-groups \
        faketime -f +1000d sh .packaging/debian/build release "$version") || return 1
    for package in build/release/*.deb; do cmp "$package" "$scratch/second/release/${package##*/}" || return 1; done
}

archs=$(cd build/release && printf '%s\n' stepdown-* | sed -n 's/^stepdown-\([a-z0-9]*\)$/\1/p')
cp build/release/*.deb "$scratch/" || exit 1
ok 'a package for each binary, one of names, and no other' same "$(cd "$scratch" && printf '%s\n' *.deb)" \
    "$(for name in -gosu $archs; do echo "$name"; done | sed "s/^-gosu/stepdown-gosu_${version}_all.deb/;t;s/.*/stepdown_${version}_&.deb/")"
first=
for arch in $archs; do
    package=stepdown_${version}_$arch.deb
    ok "$arch: name, version and architecture" same "$(field Package) $(field Version) $(field Architecture)" \
        "stepdown $version $arch"
    ok "$arch: it needs no other package" same "$(field Depends)$(field Pre-Depends)" ''
    ok "$arch: the binary is the release's" part_is usr/sbin/stepdown "build/release/stepdown-$arch"
    for form in cdx openvex; do
        ok "$arch: so is its $form document" part_is usr/share/doc/stepdown/stepdown.$form.json "build/release/stepdown-$arch.$form.json"
    done
    ok "$arch: the same tree as for any other" same "$(tree)" "${first:=$(tree)}"
done
ok 'all is root'\''s, nobody else may write, and it has the one date' [ -z "$(tree | grep '^[d-]rw' |
    grep -v -E "^(drwxr-xr-x|-rw[-x]r-[-x]r-[-x]) root/root $(date -u -d "@$SOURCE_DATE_EPOCH" '+%F %R') ")" ]
copyright=usr/share/doc/stepdown/copyright
for notice in "$(sed -n 3p LICENSE)" 'make CAPNG_LIB=' 'Rich Felker, et al.' 'Valentin Ochs' 'GNU Lesser General Public' \
    'The Android Open Source Project'; do
    ok "the copyright file has: $notice" has $copyright "$notice"
done
ok 'the changelog begins with this version' same "$(changelog 1p)" "stepdown ($version) unstable; urgency=medium"
ok 'and its day is the date of everything' same "$(date_of_changelog)" "$SOURCE_DATE_EPOCH"
ok 'the changelog is one to Debian'\''s tools' same "$(changelog p | dpkg-parsechangelog -l- --all --format rfc822 2>&1 |
    grep -c -e '^Version:' -e warning)" "$(grep -c '^## \[[0-9]' .github/CHANGELOG.md)"

package=stepdown-gosu_${version}_all.deb
for field in Provides Conflicts Replaces; do ok "names: $field" same "$(field $field)" 'gosu, su-exec'; done
ok 'names: they are links, man page and completion too' same "$(links)" './usr/sbin/gosu stepdown
./usr/sbin/su-exec stepdown
./usr/share/bash-completion/completions/gosu stepdown
./usr/share/bash-completion/completions/su-exec stepdown
./usr/share/doc/stepdown-gosu stepdown
./usr/share/man/man8/gosu.8.gz stepdown.8.gz
./usr/share/man/man8/su-exec.8.gz stepdown.8.gz'

ok 'lintian has nothing to say' lintian --no-cfg --allow-root --pedantic --fail-on error,warning,pedantic "$scratch"/*.deb
ok 'it would have without the overrides, which give reasons' fails lintian --no-cfg --allow-root --no-override --fail-on warning \
    "$scratch/stepdown_${version}_${archs%%[[:space:]]*}.deb"
ok 'the same bytes from another build, elsewhere' elsewhere
finish
