#!/bin/bash
# make check-publish, on a clone with a tag and a throw-away key: it passes, and each point fails when it is broken.
# usage: publish.t VERSION ARCH, the one architecture that is built
set -u
version=$1 arch=$2
source=$PWD
. "${0%/*}/tap.sh"
export GNUPGHOME=$scratch/keys GIT_AUTHOR_NAME=test GIT_AUTHOR_EMAIL=test@example.org GIT_COMMITTER_NAME=test \
    GIT_COMMITTER_EMAIL=test@example.org
trap 'gpgconf --kill all; rm -rf "$scratch"' EXIT
release=build/release
mkdir -m 700 "$GNUPGHOME"

# What is broken, by a command in the clone, makes these points fail and no others; then all is as before.
breaks() { # POINTS COMMAND [ARG]...
    local points=$1
    shift
    "$@" || return 1
    if ! git diff --quiet; then git commit -qam broken && git tag -f "v$version" >/dev/null; fi
    failed=$(bash tests/release/publish "$version" "$arch" | sed -n 's/^not ok \([0-9]*\) .*/\1/p' | paste -sd ' ')
    git reset -q --hard good
    git tag -f "v$version" good >/dev/null
    rm -rf "$release" untracked
    cp -a "$scratch/release" "$release"
    [ "$failed" = "$points" ] || { echo "failed: $failed" && return 1; }
}
make_it() { make RELEASE_ARCHS="$arch" "$@"; }
edit() { sed -i "$1" "$2"; }
resum() { (cd "$release" && sha256sum LICENSE* stepdown*[!c] >SHA256SUMS) && resign; }
resign() { make sign KEY=release@example.org; }

git clone -q "$source" "$scratch/clone" && cd "$scratch/clone" || exit 1
git tag good && git tag -f "v$version" >/dev/null
# What takes long to build, and was built from the same sources here.
mkdir -p "build/parts/$arch"
cp -a "$source"/build/{sources,libc,libcap-ng,cyclonedx} build/
cp -a build/{libc,libcap-ng} "build/parts/$arch/"
ok 'a key' gpg --batch --quiet --passphrase '' --quick-generate-key 'Release test <release@example.org>' ed25519 sign
ok 'a release' make_it release
cp -a "$release" "$scratch/release"
ok 'without signatures it may not be published' breaks 13 true
ok 'signatures' resign
cp -a "$release"/*.asc "$scratch/release/"
ok 'with them it may' make_it check-publish

ok 'another day in the changelog' breaks 2 edit "s/^## \[$version\] - .*/## [$version] - 2000-01-01/" .github/CHANGELOG.md
ok 'something in it that has no version' breaks 2 edit "s/^## \[$version\]/## [Unreleased]\n\n&/" .github/CHANGELOG.md
ok 'another day in the manual' breaks '3 9' edit 's/^\.Dd .*/.Dd January 1, 2000/' src/stepdown.8
ok 'no tag' breaks 4 git tag -d "v$version"
ok 'a tag on another commit' breaks 4 git commit -q --allow-empty -m later
ok 'a file that nobody committed' breaks 5 touch untracked
ok 'a missing document' breaks '6 7 8 12' rm "$release/stepdown-$arch.openvex.json"
ok 'a binary that is not signed' breaks 13 rm "$release/stepdown-$arch.asc"
ok 'a missing package' breaks '6 7 8' rm "$release/stepdown_${version}_$arch.deb"
ok 'a file too many' breaks '6 7' touch "$release/core"
ok 'another binary' breaks '8 13' sh -c "echo >>$release/stepdown-$arch"
other_version() { edit "s/\"version\":\"$version\"/\"version\":\"9.9.9\"/" "$release/stepdown-$arch" && resum; }
ok 'a binary of another version' breaks 10 other_version
other_bill() { edit "s/stepdown@$version/stepdown@9.9.9/" "$release/stepdown-$arch.cdx.json" && resum; }
ok 'a bill of materials of another version' breaks 11 other_bill
other_day() { edit 's/"timestamp": "....-/"timestamp": "2000-/' "$release/stepdown-$arch.openvex.json" && resum; }
ok 'a document of another day' breaks 12 other_day
other_sums() { echo "$(sha256sum <LICENSE | cut -d ' ' -f 1)  LICENSE" >>"$release/SHA256SUMS"; }
ok 'sums that were not signed' breaks '7 13' other_sums
other_manual() { echo '.\" more' >>"$release/stepdown.8" && resum; }
ok 'another manual' breaks 9 other_manual
other_manual >"$scratch/log" 2>&1
ok 'and as a whole it may not be published' fails make_it check-publish
rm -rf "$release" && cp -a "$scratch/release" "$release"
edit 's/"MIT"/"NIT"/' "$release/stepdown-$arch.cdx.json" && resum >"$scratch/log" 2>&1
ok 'nor with a document that is not valid' fails make_it check-publish
rm -rf "$release" && cp -a "$scratch/release" "$release"

# In place of a build: what it would make is there.
mkdir "$scratch/bin"
printf '#!/bin/sh\nmkdir build && cp -a "%s" build/release\n' "$scratch/release" >"$scratch/bin/make"
chmod 755 "$scratch/bin/make"
again() { PATH=$scratch/bin:$PATH bash tests/release/rebuilt release; }
ok 'what is built again is the same' again
echo >>"$release/stepdown-$arch"
ok 'or it is an error' fails again
finish
