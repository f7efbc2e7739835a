#!/usr/bin/env bash
# Which platforms are packed, and which may be absent. A JDK 25; after mvn compile.
set -euo pipefail
cd "$(dirname "$0")/../.."
jdk=$(./llamastream --jdk)
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

fail() {
    echo "natives/test/pack.sh: $*" >&2
    exit 1
}

# all that the compiler wants of the annotations
echo 'module org.jspecify {}' >"$out/module-info.java"
"$jdk/bin/javac" -d "$out/annotations" "$out/module-info.java"

"$jdk/bin/javac" -d "$out/classes" natives/pack/*.java

# library <folder>: something like a library
library() {
    mkdir -p "$1"
    echo library >"$1/libllamastream.so"
}
for platform in linux-x86_64 linux-aarch64; do
    library "$out/published/$platform"
done
mkdir "$out/published/windows-x86_64" # a build that did not end
library "$out/own"

# pack <settings...>: sets <printed>, and <jars> to the classifiers of the jars
pack() {
    rm -rf "$out/target"
    mkdir "$out/target"
    echo '  <modelVersion>4.0.0</modelVersion>' >"$out/target/pom.xml"
    local status=0
    printed=$("$jdk/bin/java" --class-path "target/classes:$out/annotations:$out/classes" Pack version=1 time=2026-01-01T00:00:00Z root=. \
        "pom=$out/target/pom.xml" "output=$out/target" "$@" 2>&1) || status=$?
    jars=$(cd "$out/target" && ls ./*.jar 2>/dev/null | sed -n 's/.*-1-\(.*\)[.]jar/\1/p' | grep -v sources | paste -sd ' ' - || true)
    return "$status"
}
# packed <classifiers> <settings...>
packed() {
    local wanted=$1
    shift
    pack "$@" || fail "$* failed: $printed"
    [ "$jars" = "$wanted" ] || fail "$*: packed $jars, must be $wanted: $printed"
}
# refused <text> <settings...>
refused() {
    local text=$1
    shift
    if pack "$@"; then fail "$*: packed $jars"; fi
    [[ $printed == *"$text"* ]] || fail "$*: $printed"
}

published=published=$out/published
packed "linux-aarch64 linux-x86_64" "$published" host=linux-x86_64 own= all=false absent=
[[ $printed == *"windows-x86_64 is left out"*"macos-aarch64 is left out"* ]] || fail "$printed"
packed "linux-aarch64 linux-x86_64 macos-aarch64" "$published" host=macos-aarch64 "own=$out/own" all=false absent=
packed "linux-aarch64 linux-x86_64 macos-x86_64" "$published" host=macos-x86_64 "own=$out/own" all=false absent=
packed "linux-x86_64" "published=$out/none" host=linux-x86_64 "own=$out/own" all=false absent=

refused "no libraries for windows-x86_64, macos-aarch64 in $out/published" "$published" host=linux-x86_64 own= all=true absent=
refused "-Dnatives.absent=windows-x86_64" "$published" host=linux-x86_64 own= all=true absent=macos-aarch64
refused "natives.absent: 'plan9', must be one of" "$published" host=linux-x86_64 own= all=true absent=plan9
packed "linux-aarch64 linux-x86_64" "$published" host=linux-x86_64 own= all=true "absent=macos-aarch64, windows-x86_64"
echo "which platforms are packed: ok"
