#!/bin/bash
# The image for every architecture: what it holds, and that an engine takes the right one. usage: image-all.t VERSION ARCH...
set -u
name=localhost/stepdown:$1 version=$1
shift
declare -A platform_of=(
    [amd64]=linux/amd64 [i386]=linux/386 [arm64]=linux/arm64/v8 [armhf]=linux/arm/v7 [armel]='linux/arm/v5 linux/arm/v6' [ppc64el]=linux/ppc64le
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
digest_of() { # VARIANT of arm
    podman manifest inspect "$name" | awk -F '"' -v variant="$1" '
        $2 == "digest" { digest = $4 }
        $2 == "variant" && $4 == variant { print digest }'
}
digest() { sha256sum <"$1" | cut -d ' ' -f 1; }

platforms=$(podman manifest inspect "$name" | awk -F '"' '
    $2 == "architecture" { platform = "linux/" $4 }
    $2 == "variant" { platform = platform "/" $4 }
    /^ *}/ && platform { print platform; platform = "" }')
# shellcheck disable=SC2086 # words
is "the platforms of $# architectures" "$(sort <<<"$platforms")" \
    "$(for arch; do printf '%s\n' ${platform_of[$arch]}; done | sort)"

# As in any user's Dockerfile; what a foreign image holds can be looked at without running it.
wanted=
for_platform() { # ARCH PLATFORM
    local binary=build/release/stepdown-$1 platform=$2 from=$name image folder
    # Podman 4.3 does not find an image for arm/v5 or v6 by its platform where it is stored, only by its digest.
    case $platform in linux/arm/v[56]) from=localhost/stepdown@$(digest_of "${platform##*/}") ;; esac
    printf 'FROM scratch\nCOPY --from=%s / /\n' "$from" >"$dir/Dockerfile"
    if ! image=$(podman build --quiet --pull=never --no-cache --platform "$platform" "$dir") ||
        ! folder=$(podman image mount "$image"); then
        is "an image for $platform" none one
        return
    fi
    is "COPY --from takes the binary for $platform" "$(digest "$folder/stepdown")" "$(digest "$binary")"
    is "and its bill of materials" "$(digest "$folder/stepdown.cdx.json")" "$(digest "$binary.cdx.json")"
    is "and its OpenVEX document" "$(digest "$folder/stepdown.openvex.json")" "$(digest "$binary.openvex.json")"
    content "$folder" >"$dir/content"
    is 'the same files for every platform' "$(cat "$dir/content")" "${wanted:=$(cat "$dir/content")}"
    podman image unmount "$image" >/dev/null
    podman rmi "$image" >/dev/null
}
for arch; do
    for platform in ${platform_of[$arch]}; do for_platform "$arch" "$platform"; done
done
is 'it runs here' "$(podman run --rm --network=none "$name" --version)" "stepdown $version"
echo "1..$count"
exit $((failures > 0))
