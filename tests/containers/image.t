#!/bin/bash
# The image that Dockerfile makes: what is in it, who can build it, and what of it is built again.
here=$(dirname "$0")
# shellcheck source=tests/containers/lib.bash
. "$here/lib.bash"

label() { engine image inspect --format "{{index .Config.Labels \"org.opencontainers.image.$1\"}}" "$IMAGES/stepdown"; }
argument() { # NAME: of the build arguments that labels are made of
    local from=${LABELS#*--build-arg "$1="}
    printf '%s' "${from%% *}"
}
build() { # [BUILD-OPTION]... FOLDER
    DOCKER_BUILDKIT=1 engine build --network=host "$@" >"$scratch/log" 2>&1 || { cat "$scratch/log" >&2 && false; }
}
build_with_buildah() { buildah build --layers --network=host -t "$IMAGES/buildah" . >"$scratch/log" 2>&1; }
build_id() { # FOLDER: of the stage that builds the libraries
    build --target libraries -t "$IMAGES/stage" "$1"
    engine image inspect --format '{{.Id}}' "$IMAGES/stage"
}

container=stepdown-test-$$-image
containers+=("$container")
engine create --name "$container" "$IMAGES/stepdown" >/dev/null
mkdir "$scratch/image" "$scratch/tree"
engine export "$container" | tar -x -C "$scratch/image"
# The engines' own: mount points, and docker's files that it mounts over.
is 'it holds the program, its names, licences and bill of materials, nothing else' \
    "$(cd "$scratch/image" && find . \( -type f -size +0 -o -type l \) ! -path './etc/*' -printf '%P %l\n' | sort | sed 's/ $//')" \
    'gosu stepdown
licences/LICENSE
licences/LICENSE.libcap-ng
licences/LICENSE.musl
stepdown
stepdown.cdx.json
stepdown.openvex.json
su-exec stepdown'
is 'all of it is root'\''s and nobody else may write' "$(find "$scratch/image" ! -type l \( ! -user 0 -o -perm /022 \))" ''
run "$IMAGES/stepdown" --version
is 'its entrypoint is stepdown, its version the label' "$output" "stepdown $(label version)"
like 'the label has a version' "$(label version)" '^[0-9]+\.[0-9]+\.[0-9]+$'
is 'title' "$(label title)" stepdown
is 'the commit' "$(label revision)" "$(argument REVISION)"
is 'the day of the version' "$(date -u -d "$(label created)" +%s)" "$SOURCE_DATE_EPOCH"
is 'where it is from' "$(label source)" "$(argument URL)"
is 'its home' "$(label url)" "$(argument URL)"
is 'its documentation' "$(label documentation)" "$(argument URL)#readme"
is 'what it is based on' "$(label base.name)" scratch
is 'licences' "$(label licenses)" 'MIT AND LGPL-2.1-or-later'
is 'nothing but PATH is set' "$(engine image inspect --format '{{range .Config.Env}}{{println .}}{{end}}' "$IMAGES/stepdown" |
    grep -v -e '^PATH=' -e '^$')" ''
unlike 'its history has no path of this machine' "$(engine history --no-trunc "$IMAGES/stepdown")" "$PWD"

tar --exclude=./.git --exclude=./build -c . | tar -x -C "$scratch/tree"
before=$(build_id "$scratch/tree")
like 'the stage that builds the libraries' "$before" .
for file in src/main.c include/spec.h README.md tests/containers/run; do echo '/* changed */' >>"$scratch/tree/$file"; done
is 'it is not built again when the sources change' "$(build_id "$scratch/tree")" "$before"
printf '\n# changed\n' >>"$scratch/tree/Makefile"
sed -i 's/&& make deps DEPS_CHECK= .*/\&\& true/' "$scratch/tree/Dockerfile"
unlike 'it is when the Makefile does' "$(build_id "$scratch/tree")" "$before"

rights=()
if [ "$CONTAINER_ENGINE" = podman ]; then rights=(--cap-add=all); fi
ok 'the tests pass in the stage check' build "${rights[@]}" --target check .

if [ "$CONTAINER_ENGINE" = podman ] && command -v buildah >/dev/null; then
    ok 'buildah builds it' build_with_buildah || explain "$(<"$scratch/log")"
    run "$IMAGES/buildah" --version
    is 'what buildah built runs' "$output" "stepdown $(label version)"
else
    skip 'buildah builds it' 'no buildah here, or another engine'
fi
plan
