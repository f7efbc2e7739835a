#!/usr/bin/env bash
# Builds the release of the last commit twice, in two folders: all that is deployed must have the same bytes, and be what Maven Central takes.
# Libraries that are not built are replaced by this machine's. Linux or macOS, a JDK 25; some minutes.
#
#   natives/test/release.sh [<folder>]: leaves the release in the folder
set -euo pipefail
cd "$(dirname "$0")/../.."
JAVA_HOME=$(./llamastream --jdk)
export JAVA_HOME MAVEN_OPTS="${MAVEN_OPTS:-} --sun-misc-unsafe-memory-access=allow" # Maven's own libraries use it
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

fail() {
    echo "natives/test/release.sh: $*" >&2
    exit 1
}

natives/test/published.sh "$out/published"

# release <folder>: with a version that is no snapshot, whose files would be named by the time
release() {
    mkdir -p "$1"
    git archive HEAD | tar -x -C "$1"
    mvn -q -B -f "$1/reactor.xml" -Prelease deploy -Drevision=0.0.0 -Dnative.skip -Dmaven.test.skip -Dmodel.skip -Djacoco.skip \
        "-Dnatives.published=$out/published" "-DaltDeploymentRepository=staging::file:$1/repository"
    find "$1/repository" -name 'maven-metadata*' -delete # has the time
}
release "$out/a"
release "$out/another folder"
diff -r "$out/a/repository" "$out/another folder/repository" || fail "the same source gave other bytes"
echo "the same bytes from two folders: ok"

# What Maven Central demands of each module.
for folder in "$out"/a/repository/dev/llamastream/*/0.0.0; do
    module=$(basename "$(dirname "$folder")")
    pom=$folder/$module-0.0.0.pom
    for element in name description url license developer scm; do
        grep -q "<$element>\|<$element " "$pom" || fail "$pom has no $element"
    done
    text=$(grep -v '[$]{project[.]version}' "$pom") # a BOM's own
    [[ $text != *'<parent>'* && $text != *SNAPSHOT* && $text != *'${'* ]] || fail "$pom is not flattened"
    [ -f "$folder/$module-0.0.0-cyclonedx.json" ] || fail "$module has no list of its parts"
    if ! grep -q '<packaging>pom' "$pom"; then
        for kind in sources javadoc; do
            [ -f "$folder/$module-0.0.0-$kind.jar" ] || fail "$module has no $kind"
        done
    fi
done
grep -q "$(sed -n 's/^TREE=//p' native/llama.cpp.ref)" "$out"/a/repository/dev/llamastream/llamastream-natives/*/*-cyclonedx.json \
    || fail "the natives' list of parts does not name llama.cpp's tree"
[ "$(ls "$out/a/repository/dev/llamastream")" = "$(grep -A1 '<groupId>dev.llamastream<' natives/bom/pom.xml | sed -n 's/.*<artifactId>\(.*\)<.*/\1/p' \
    | grep -v reactor | { cat; echo llamastream-bom; } | sort -u)" ] || fail "the BOM does not name what is deployed: $(ls "$out/a/repository/dev/llamastream")"
echo "complete: ok"
[ $# = 0 ] || cp -R "$out/a/repository" "$1"
