#!/bin/sh
# make sign: a signature by a throw-away key holds, and no other. Nothing of the caller's keys is touched.
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

echo '0000  stepdown' >"$dir/SHA256SUMS"
check 'a key' gpg --batch --quiet --passphrase '' --quick-generate-key 'Release test <release@example.org>' ed25519 sign
check 'no signature without a key' fails make sign SUMS="$dir/SHA256SUMS"
check 'none by an unknown key' fails make sign SUMS="$dir/SHA256SUMS" KEY=nobody@example.org
check 'and no file is left' fails test -e "$dir/SHA256SUMS.asc"
check 'a signature' make sign SUMS="$dir/SHA256SUMS" KEY=release@example.org
check 'it holds' gpg --batch --verify "$dir/SHA256SUMS.asc" "$dir/SHA256SUMS"
echo '0001  stepdown' >"$dir/SHA256SUMS"
check 'not for another file' fails gpg --batch --verify "$dir/SHA256SUMS.asc" "$dir/SHA256SUMS"
check 'the new file can be signed' make sign SUMS="$dir/SHA256SUMS" KEY=release@example.org
check 'and that holds' gpg --batch --verify "$dir/SHA256SUMS.asc" "$dir/SHA256SUMS"
echo "1..$count"
exit $((failures > 0))
