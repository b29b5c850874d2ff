#!/bin/sh
# make sign: signatures by a throw-away key hold, and no others. Nothing of the caller's keys is touched.
set -u
dir=$(mktemp -d)
trap 'gpgconf --kill all; rm -rf "$dir"' EXIT
GNUPGHOME=$dir/keys
export GNUPGHOME
mkdir -m 700 "$GNUPGHOME"
count=0 failures=0
check() { # DESCRIPTION COMMAND [ARG]...
    description=$1 count=$((count + 1))
    shift
    if "$@" >"$dir/log" 2>&1; then
        echo "ok $count - $description"
    else
        echo "not ok $count - $description"
        sed 's/^/# /' "$dir/log"
        failures=$((failures + 1))
    fi
}
fails() { ! "$@"; }

mkdir "$dir/release"
cd "$dir/release" || exit 1
make() { (cd "$OLDPWD" && command make "$@"); }
sums() { sha256sum stepdown-* >SHA256SUMS; }
verified() { for file; do gpg --batch --verify "$file.asc" "$file" || return 1; done; }
signatures() { [ "$(echo *.asc)" = "$*" ]; }
for file in amd64 armhf amd64.cdx.json gosu_1_all.deb; do echo "of $file" >"stepdown-$file"; done
sums
check 'a key' gpg --batch --quiet --passphrase '' --quick-generate-key 'Release test <release@example.org>' ed25519 sign
check 'no signature without a key' fails make sign SUMS="$PWD/SHA256SUMS"
check 'none by an unknown key' fails make sign SUMS="$PWD/SHA256SUMS" KEY=nobody@example.org
echo 'of another' >stepdown-armhf
check 'none where a sum does not hold' fails make sign SUMS="$PWD/SHA256SUMS" KEY=release@example.org
check 'and no file is left' signatures '*.asc'
sums
check 'signatures' make sign SUMS="$PWD/SHA256SUMS" KEY=release@example.org
check 'of each binary, and of the sums of everything' signatures SHA256SUMS.asc stepdown-amd64.asc stepdown-armhf.asc
check 'they hold' verified SHA256SUMS stepdown-amd64 stepdown-armhf
echo 'of another amd64' >stepdown-amd64
check 'not for another binary' fails verified stepdown-amd64
sums
check 'not for other sums' fails verified SHA256SUMS
check 'the new ones can be signed' make sign SUMS="$PWD/SHA256SUMS" KEY=release@example.org
check 'and that holds' verified SHA256SUMS stepdown-amd64
echo "1..$count"
exit $((failures > 0))
