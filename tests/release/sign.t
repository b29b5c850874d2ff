#!/bin/bash
# make sign: signatures by a throw-away key hold, and no others. Nothing of the caller's keys is touched.
set -u
. "${0%/*}/tap.sh"
trap 'gpgconf --kill all; rm -rf "$scratch"' EXIT
export GNUPGHOME=$scratch/keys
mkdir -m 700 "$GNUPGHOME"

mkdir "$scratch/release"
cd "$scratch/release" || exit 1
make() { (cd "$OLDPWD" && command make "$@"); }
sums() { sha256sum stepdown-* >SHA256SUMS; }
verified() { for file; do gpg --batch --verify "$file.asc" "$file" || return 1; done; }
signatures() { [ "$(echo *.asc)" = "$*" ]; }
for file in amd64 armhf amd64.cdx.json gosu_1_all.deb; do echo "of $file" >"stepdown-$file"; done
sums
ok 'a key' gpg --batch --quiet --passphrase '' --quick-generate-key 'Release test <release@example.org>' ed25519 sign
ok 'no signature without a key' fails make sign SUMS="$PWD/SHA256SUMS"
ok 'none by an unknown key' fails make sign SUMS="$PWD/SHA256SUMS" KEY=nobody@example.org
echo 'of another' >stepdown-armhf
ok 'none where a sum does not hold' fails make sign SUMS="$PWD/SHA256SUMS" KEY=release@example.org
ok 'and no file is left' signatures '*.asc'
sums
ok 'signatures' make sign SUMS="$PWD/SHA256SUMS" KEY=release@example.org
ok 'of each binary, and of the sums of everything' signatures SHA256SUMS.asc stepdown-amd64.asc stepdown-armhf.asc
ok 'they hold' verified SHA256SUMS stepdown-amd64 stepdown-armhf
echo 'of another amd64' >stepdown-amd64
ok 'not for another binary' fails verified stepdown-amd64
sums
ok 'not for other sums' fails verified SHA256SUMS
ok 'the new ones can be signed' make sign SUMS="$PWD/SHA256SUMS" KEY=release@example.org
ok 'and that holds' verified SHA256SUMS stepdown-amd64
finish
