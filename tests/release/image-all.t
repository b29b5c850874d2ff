#!/bin/bash
# The image for every architecture: what it holds, and that an engine takes the right one, out of a registry too.
# usage: image-all.t REGISTRY-PROGRAM VERSION ARCH...
set -u
program=$1 name=localhost/stepdown:$2 version=$2
shift 2
declare -A platform_of=(
    [amd64]=linux/amd64 [i386]=linux/386 [arm64]=linux/arm64/v8 [armhf]=linux/arm/v7 [armel]=linux/arm/v5 [ppc64el]=linux/ppc64le
    [s390x]=linux/s390x [mips64el]=linux/mips64le [riscv64]=linux/riscv64 [loong64]=linux/loong64)
count=0
failures=0
dir=$(mktemp -d)
registry=
clean_up() {
    if [ -n "$registry" ]; then kill "$registry"; fi
    # A store is a mount of its own.
    awk -v under="$dir/" 'index($2, under) == 1 { print $2 }' /proc/self/mounts | sort -r | xargs -r umount
    rm -rf "$dir"
}
trap clean_up EXIT

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

# An engine that does not share the store takes it from a registry.
port=$((20000 + $$ % 10000)) remote=127.0.0.1:$((20000 + $$ % 10000))/you/stepdown
printf 'version: 0.1\nstorage: { filesystem: { rootdirectory: %s } }\nhttp: { addr: 127.0.0.1:%d }\n' "$dir/registry" $port >"$dir/config"
"$program" serve "$dir/config" >"$dir/log" 2>&1 &
registry=$!
for ((turn = 0; turn < 300; turn++)); do
    if (: <>/dev/tcp/127.0.0.1/$port) 2>/dev/null; then break; fi
    sleep 0.1
done
podman tag "$name" "$remote:$version"
make push IMAGE="$remote" PUSH_FLAGS=--tls-verify=false >>"$dir/log" 2>&1
is 'it is pushed to a registry' $? 0
podman manifest rm "$remote:$version" >/dev/null
elsewhere() { podman --root "$dir/store" --runroot "$dir/run" --tmpdir "$dir/tmp" "$@"; }
label() { elsewhere image inspect --format "{{index .Config.Labels \"org.opencontainers.image.$1\"}}" "$pulled"; }
from_there() { # ARCH PLATFORM
    pulled=$(elsewhere pull --quiet --tls-verify=false --platform "$2" "$remote:$version")
    folder=$(elsewhere image mount "$pulled")
    is "from there it is the binary for $2" "$(digest "$folder/stepdown")" "$(digest "build/release/stepdown-$1")"
    is 'of that day and version' "$(date -u -d "$(label created)" +%s) $(label version)" "$SOURCE_DATE_EPOCH $version"
    elsewhere rmi --force "$pulled" >/dev/null
}
for arch; do
    from_there "$arch" "${platform_of[$arch]}"
    # An ARM takes what is for the next older version.
    if [ "$arch" = armel ]; then from_there armel linux/arm/v6; fi
done
echo "1..$count"
exit $((failures > 0))
