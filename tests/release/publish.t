#!/bin/bash
# make check-publish, on a clone with a tag and a throw-away key: it passes, and each point fails when it is broken.
# usage: publish.t VERSION ARCH, the one architecture that is built
set -u
version=$1 arch=$2
source=$PWD
scratch=$(mktemp -d)
export GNUPGHOME=$scratch/keys GIT_AUTHOR_NAME=test GIT_AUTHOR_EMAIL=test@example.org GIT_COMMITTER_NAME=test \
    GIT_COMMITTER_EMAIL=test@example.org
trap 'gpgconf --kill all; rm -rf "$scratch"' EXIT
count=0 failures=0
release=build/release
mkdir -m 700 "$GNUPGHOME"

passes() { # DESCRIPTION COMMAND [ARG]...
    count=$((count + 1))
    local description=$1
    shift
    if "$@" >"$scratch/log" 2>&1; then
        echo "ok $count - $description"
    else
        echo "not ok $count - $description"
        sed 's/^/# /' "$scratch/log"
        failures=$((failures + 1))
    fi
}
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
fails() { ! "$@"; }
edit() { sed -i "$1" "$2"; }
resum() { (cd "$release" && sha256sum LICENSE* stepdown*[!c] >SHA256SUMS) && resign; }
resign() { make sign KEY=release@example.org; }

git clone -q "$source" "$scratch/clone" && cd "$scratch/clone" || exit 1
git tag good && git tag -f "v$version" >/dev/null
# What takes long to build, and was built from the same sources here.
mkdir -p "build/parts/$arch"
cp -a "$source"/build/{sources,libc,libcap-ng,cyclonedx} build/
cp -a build/{libc,libcap-ng} "build/parts/$arch/"
passes 'a key' gpg --batch --quiet --passphrase '' --quick-generate-key 'Release test <release@example.org>' ed25519 sign
passes 'a release' make_it release
cp -a "$release" "$scratch/release"
passes 'without signatures it may not be published' breaks 13 true
passes 'signatures' resign
cp -a "$release"/*.asc "$scratch/release/"
passes 'with them it may' make_it check-publish

passes 'another day in the changelog' breaks 2 edit "s/^## \[$version\] - .*/## [$version] - 2000-01-01/" .github/CHANGELOG.md
passes 'something in it that has no version' breaks 2 edit "s/^## \[$version\]/## [Unreleased]\n\n&/" .github/CHANGELOG.md
passes 'another day in the manual' breaks '3 9' edit 's/^\.Dd .*/.Dd January 1, 2000/' src/stepdown.8
passes 'no tag' breaks 4 git tag -d "v$version"
passes 'a tag on another commit' breaks 4 git commit -q --allow-empty -m later
passes 'a file that nobody committed' breaks 5 touch untracked
passes 'a missing document' breaks '6 7 8 12' rm "$release/stepdown-$arch.openvex.json"
passes 'a binary that is not signed' breaks 13 rm "$release/stepdown-$arch.asc"
passes 'a missing package' breaks '6 7 8' rm "$release/stepdown_${version}_$arch.deb"
passes 'a file too many' breaks '6 7' touch "$release/core"
passes 'another binary' breaks '8 13' sh -c "echo >>$release/stepdown-$arch"
other_version() { edit "s/\"version\":\"$version\"/\"version\":\"9.9.9\"/" "$release/stepdown-$arch" && resum; }
passes 'a binary of another version' breaks 10 other_version
other_bill() { edit "s/stepdown@$version/stepdown@9.9.9/" "$release/stepdown-$arch.cdx.json" && resum; }
passes 'a bill of materials of another version' breaks 11 other_bill
other_day() { edit 's/"timestamp": "....-/"timestamp": "2000-/' "$release/stepdown-$arch.openvex.json" && resum; }
passes 'a document of another day' breaks 12 other_day
other_sums() { echo "$(sha256sum <LICENSE | cut -d ' ' -f 1)  LICENSE" >>"$release/SHA256SUMS"; }
passes 'sums that were not signed' breaks '7 13' other_sums
other_manual() { echo '.\" more' >>"$release/stepdown.8" && resum; }
passes 'another manual' breaks 9 other_manual
other_manual >"$scratch/log" 2>&1
passes 'and as a whole it may not be published' fails make_it check-publish
rm -rf "$release" && cp -a "$scratch/release" "$release"
edit 's/"MIT"/"NIT"/' "$release/stepdown-$arch.cdx.json" && resum >"$scratch/log" 2>&1
passes 'nor with a document that is not valid' fails make_it check-publish
rm -rf "$release" && cp -a "$scratch/release" "$release"

# In place of a build: what it would make is there.
mkdir "$scratch/bin"
printf '#!/bin/sh\nmkdir build && cp -a "%s" build/release\n' "$scratch/release" >"$scratch/bin/make"
chmod 755 "$scratch/bin/make"
again() { PATH=$scratch/bin:$PATH bash tests/release/rebuilt release; }
passes 'what is built again is the same' again
echo >>"$release/stepdown-$arch"
passes 'or it is an error' fails again
echo "1..$count"
exit $((failures > 0))
