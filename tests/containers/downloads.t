#!/bin/bash
# README's Dockerfiles that take what a release holds, as they stand there: its Debian packages, and its binary, which is
# downloaded and verified by its signature. The release here is of the image's binary, the key and the server are this
# test's own.
here=$(dirname "$0")
# shellcheck source=tests/containers/lib.bash
. "$here/lib.bash"
server=
trap 'gpgconf --kill all; if [ -n "$server" ]; then kill "$server"; fi; finish' EXIT
export GNUPGHOME=$scratch/keys
mkdir -m 700 "$GNUPGHOME"
arch=$(dpkg --print-architecture)
release=$scratch/build/release
mkdir -p "$release" "$scratch/site/pks"

dockerfile() { # NAME: of README.md
    sed -n "/^<!-- dockerfile: $1 -->\$/,/^\`\`\`\$/p" README.md | grep -v -e '^<!--' -e '^```'
}
builds() { # DESCRIPTION NAME: of $scratch/Dockerfile
    ok "$1" build "$2" || explain "$(tail -n 20 "$scratch/log")"
}
build() { DOCKER_BUILDKIT=1 engine build --no-cache --network=host -t "$IMAGES/$1" "$scratch" >"$scratch/log" 2>&1; }
fails() { ! "$@"; }
steps_down() { # IMAGE NAME
    run "$1" "$2" nobody:nogroup sh -c 'id -u; id -g; echo $$'
    is "$1: $2 does its work" "$output" "$(id -u nobody)"$'\n'"$(id -g nobody)"$'\n'1 || explain "$message"
}

# What the release holds for this architecture.
container=stepdown-test-$$-downloads
containers+=("$container")
engine create --name "$container" "$IMAGES/stepdown" >/dev/null
engine export "$container" | tar -x -C "$scratch" stepdown stepdown.cdx.json stepdown.openvex.json licences
cp "$scratch/stepdown" "$release/stepdown-$arch"
for form in cdx openvex; do cp "$scratch/stepdown.$form.json" "$release/stepdown-$arch.$form.json"; done
cp "$scratch"/licences/* "$release/"
ok 'packages' env SOURCE_DATE_EPOCH=0 sh .packaging/debian/build "$release" "$VERSION"
cp "$release"/*.deb "$scratch/"
(cd "$release" && sha256sum -- * >SHA256SUMS)
gpg --batch --quiet --passphrase '' --quick-generate-key 'Release test <release@example.org>' rsa2048 sign 2>"$scratch/log"
ok 'signatures' make -s sign SUMS="$release/SHA256SUMS" KEY=release@example.org

# The packages.
for base in bookworm trixie; do
    dockerfile packages | sed "s/^FROM .*/FROM debian:$base-slim/" >"$scratch/Dockerfile"
    builds "$base: the packages are installed" "packages-$base"
    for name in stepdown gosu su-exec; do steps_down "$IMAGES/packages-$base" $name; done
done

# The binary. A web server has it, and the key where a key server would.
key=$(gpg --batch --with-colons --list-keys | awk -F : '$1 == "fpr" { print $10; exit }')
cp -r "$release" "$scratch/site/$VERSION"
gpg --batch --armor --export "$key" >"$scratch/site/pks/lookup"
port=$((20000 + $$ % 10000))
busybox httpd -f -p "127.0.0.1:$port" -h "$scratch/site" &
server=$!
download() { # BASE
    dockerfile download | sed -e "s/^FROM .*/FROM debian:$1-slim/" -e "s,https://example.org/stepdown/,http://127.0.0.1:$port/," \
        -e "s,hkps://keys.openpgp.org,hkp://127.0.0.1:$port," -e "s/\<[0-9A-F]\{40\}\>/$key/"
}
like 'the Dockerfile names a key and an address, which are not these' "$(dockerfile download)" '[0-9A-F]{40}'
for base in bookworm trixie; do
    download $base >"$scratch/Dockerfile"
    builds "$base: the binary is downloaded and verified" "download-$base"
    steps_down "$IMAGES/download-$base" stepdown
done
is 'it is the release'\''s, and nothing else is left' \
    "$(engine run --rm --network=none "$IMAGES/download-bookworm" sh -c 'cd /usr/local && sha256sum sbin/* && ls bin; command -v gpg wget' |
        sed 's/ .*//')" "$(sha256sum <"$release/stepdown-$arch" | cut -d ' ' -f 1)"
download bookworm | sed 's,/usr/local/sbin/stepdown,/usr/local/bin/gosu,g; s/stepdown --version/gosu --version/; s/stepdown nobody/gosu nobody/' \
    >"$scratch/Dockerfile"
builds 'so it is by the name gosu' download-gosu
steps_down "$IMAGES/download-gosu" gosu
echo >>"$scratch/site/$VERSION/stepdown-$arch"
download bookworm >"$scratch/Dockerfile"
ok 'another binary is refused' fails build download-broken
like 'because of its signature' "$(<"$scratch/log")" 'BAD signature'
plan
