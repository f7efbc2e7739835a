#!/usr/bin/env bash
# Compares the public API with that of the last release, or of the commit in api/baseline while there is none, and fails
# where a program that was compiled against it would break. Needs the jars: run mvn -f reactor.xml verify first.
# api/README.md says how a break is accepted.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
java=$("$root/llamastream" --jdk)/bin/java
packages='dev.llamastream;dev.llamastream.chat;dev.llamastream.engine;dev.llamastream.gguf;dev.llamastream.spi;dev.llamastream.server;dev.llamastream.server.spi'

old=$(git -C "$root" describe --tags --abbrev=0 --match 'v*' 2>/dev/null || cat "$root/api/baseline")
if ! git -C "$root" cat-file -e "$old^{commit}" 2>/dev/null && ! git -C "$root" fetch -q --depth 1 origin "$old"; then
    echo "api/compare.sh: NOT COMPARED: this clone is shallow and has no $old" >&2
    exit 0
fi
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
git -C "$root" archive "$old" | tar -x -C "$copy"
mvn -q -B -f "$copy/reactor.xml" -pl server -am package \
    -DskipTests -Dnative.skip=true -Dmodel.skip=true -Djacoco.skip=true -Dmaven.javadoc.skip=true
mvn -q -B -f "$root/api/pom.xml" dependency:copy-dependencies -DoutputDirectory="$copy/japicmp"

# Breaks that are meant, one a line.
excluded=$({ echo dev.llamastream.internal; echo dev.llamastream.server.internal; grep -v '^#' "$root/api/accepted" || true; } | paste -sd ';' -)
jar() { # of a module
    find "$1/target" -maxdepth 1 -name 'llamastream*.jar' ! -name '*-linux-*' ! -name '*-sources.jar' ! -name '*-javadoc.jar' | sort | head -n 1
}
for module in . server; do
    "$java" -cp "$copy/japicmp/*" japicmp.JApiCmp --old "$(jar "$copy/$module")" --new "$(jar "$root/$module")" \
        --include "$packages" --exclude "$excluded" --ignore-missing-classes --only-modified \
        --error-on-binary-incompatibility --error-on-source-incompatibility
done
echo "the API is compatible with $old"
