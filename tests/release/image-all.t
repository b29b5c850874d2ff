#!/bin/bash
# The image for every architecture: what it holds, and that an engine takes the right one. usage: image-all.t VERSION ARCH...
set -u
name=localhost/stepdown:$1 version=$1
shift
declare -A platform_of=(
    [amd64]=linux/amd64 [i386]=linux/386 [arm64]=linux/arm64/v8 [armhf]=linux/arm/v7 [armel]=linux/arm/v5 [ppc64el]=linux/ppc64le
    [s390x]=linux/s390x [mips64el]=linux/mips64le [riscv64]=linux/riscv64 [loong64]=linux/loong64)
count=0
failures=0
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

is() { # DESCRIPTION GOT WANTED
    count=$((count + 1))
    [ "$2" = "$3" ] && echo "ok $count - $1" && return
    failures=$((failures + 1))
    printf 'not ok %d - %s\n' $count "$1"
    diff <(echo "$3") <(echo "$2") | sed 's/^/# /'
}
content() { (cd "$1" && find . -mindepth 1 -printf '%P %M %U:%G %T@ %l\n' | LC_ALL=C sort); }
digest_of_v5() {
    podman manifest inspect "$name" | awk -F '"' '$2 == "digest" { digest = $4 } $2 == "variant" && $4 == "v5" { print digest }'
}
digest() { sha256sum <"$1" | cut -d ' ' -f 1; }

platforms=$(podman manifest inspect "$name" | awk -F '"' '
    $2 == "architecture" { platform = "linux/" $4 }
    $2 == "variant" { platform = platform "/" $4 }
    /^ *}/ && platform { print platform; platform = "" }')
is "$# platforms" "$(sort <<<"$platforms")" "$(for arch; do echo "${platform_of[$arch]}"; done | sort)"

# As in any user's Dockerfile; what a foreign image holds can be looked at without running it.
wanted=
for arch; do
    platform=${platform_of[$arch]} binary=build/release/stepdown-$arch
    # Podman 4.3 does not find an image for arm/v5 by its platform where it is stored, only by its digest.
    from=$name
    [ "$platform" = linux/arm/v5 ] && from=localhost/stepdown@$(digest_of_v5)
    printf 'FROM scratch\nCOPY --from=%s / /\n' "$from" >"$dir/Dockerfile"
    if ! image=$(podman build --quiet --pull=never --no-cache --platform "$platform" "$dir") ||
        ! folder=$(podman image mount "$image"); then
        is "an image for $platform" none one
        continue
    fi
    is "COPY --from takes the binary for $platform" "$(digest "$folder/stepdown")" "$(digest "$binary")"
    is "and its bill of materials" "$(digest "$folder/stepdown.cdx.json")" "$(digest "$binary.cdx.json")"
    is "and its OpenVEX document" "$(digest "$folder/stepdown.openvex.json")" "$(digest "$binary.openvex.json")"
    content "$folder" >"$dir/content"
    is 'the same files for every platform' "$(cat "$dir/content")" "${wanted:=$(cat "$dir/content")}"
    podman image unmount "$image" >/dev/null
    podman rmi "$image" >/dev/null
done
is 'it runs here' "$(podman run --rm --network=none "$name" --version)" "stepdown $version"
echo "1..$count"
exit $((failures > 0))
