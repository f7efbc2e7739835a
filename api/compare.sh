#!/usr/bin/env bash
# Compares the public API with that of the last release, or of the commit in api/baseline while there is none, and fails
# where a program that was compiled against it would break. Needs the jars: run mvn -f reactor.xml verify first.
# api/README.md says how a break is accepted.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
japicmp=com.github.siom79.japicmp:japicmp:0.27.0:jar:jar-with-dependencies
packages='dev.llamastream;dev.llamastream.engine;dev.llamastream.gguf;dev.llamastream.spi;dev.llamastream.server'

old=$(git -C "$root" describe --tags --abbrev=0 --match 'v*' 2>/dev/null || cat "$root/api/baseline")
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
git -C "$root" archive "$old" | tar -x -C "$copy"

quiet=(mvn -q -B -DskipTests -Dnative.skip=true -Dmodel.skip=true -Djacoco.skip=true -Dmaven.javadoc.skip=true)
"${quiet[@]}" -f "$copy/reactor.xml" -pl server -am package
"${quiet[@]}" -N -f "$root/reactor.xml" dependency:copy -Dartifact="$japicmp" -DoutputDirectory="$copy"

accepted=$(grep -v '^#' "$root/api/accepted" | paste -sd ';' -)
jar() { # of a tree's module
    find "$1/target" -maxdepth 1 -name 'llamastream*-SNAPSHOT.jar' -o -maxdepth 1 -name 'llamastream*[0-9].jar' | head -n 1
}
for module in . server; do
    "$("$root/llamastream" --jdk)/bin/java" -jar "$copy"/japicmp-*.jar --old "$(jar "$copy/$module")" --new "$(jar "$root/$module")" \
        --include "$packages" --exclude "dev.llamastream.internal;dev.llamastream.server.internal;$accepted" \
        --ignore-missing-classes --only-incompatible --error-on-binary-incompatibility --error-on-source-incompatibility
done
echo "the API is compatible with $old"
