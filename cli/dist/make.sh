#!/usr/bin/env bash
# Makes the distribution of the command: a .zip, and for Unix a .tar.gz too, with the command, a Java runtime, the native libraries
# and all licences. Its last lines are the archives.
#
#   cli/dist/make.sh [--platform <platform>] [--natives <folder>] [--jdk <folder> | --runtime <folder>] [--output <folder>]
#
# --platform  Default: this machine's.
# --natives   The native libraries. Default: target/native/published/<platform>, which run on all processors of the platform.
# --jdk       A JDK of that platform, of the version of this machine's JDK and with its jmods folder. Only for other platforms.
# --runtime   A runtime that is ready to use, in place of jlink's.
# --output    Default: cli/target/dist.
#
# Linux, macOS, or Windows with Git's bash; a JDK 25, cmake, unzip, for Windows zig; after mvn -f reactor.xml package. An ahead-of-time cache is
# made if the platform is this machine's, with the default model.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
here=$root/cli/dist

# All that the jars refer to, as jdeps sees it, is either here or there. Windows' own certificates and keys are a module, too.
modules="java.base java.logging java.management java.naming java.net.http jdk.jfr jdk.management jdk.unsupported"
unused="java.compiler java.desktop java.sql" # optional parts of Vert.x, Jackson, JLine and Micrometer: 19 MB in the archive

die() {
    echo "cli/dist/make.sh: $*" >&2
    exit 1
}

host() {
    case $(uname -sm) in
        "Linux x86_64") echo linux-x86_64 ;;
        "Linux aarch64") echo linux-aarch64 ;;
        "Darwin arm64") echo macos-aarch64 ;;
        MINGW*x86_64 | MSYS*x86_64) echo windows-x86_64 ;;
        *) die "$(uname -sm) has no distribution" ;;
    esac
}

host=$(host)
platform=$host natives='' jdk='' runtime='' output=$root/cli/target/dist
while [ $# -gt 0 ]; do
    [ $# -gt 1 ] || die "$1 has no value: see the head of this file"
    case $1 in
        --platform) platform=$2 ;;
        --natives) natives=$2 ;;
        --jdk) jdk=$2 ;;
        --runtime) runtime=$2 ;;
        --output) output=$2 ;;
        *) die "there is no option $1: see the head of this file" ;;
    esac
    shift 2
done
natives=${natives:-$root/target/native/published/$platform}
for folder in natives jdk runtime; do
    [ -z "${!folder}" ] || declare "$folder=$(cd "${!folder}" && pwd)"
done
compgen -G "$natives/*llamastream.*" >/dev/null || die "there are no native libraries in $natives"
own_jdk=$("$root/llamastream" --jdk)
[ "$platform" = "$host" ] || [ -n "$jdk$runtime" ] || die "for $platform, --jdk or --runtime is needed"
[ -z "$jdk" ] || [ -d "$jdk/jmods" ] || die "there is no $jdk/jmods: its vendor may offer the jmods by themselves"
jar=$root/cli/target/llamastream-cli.jar
[ -f "$jar" ] || die "there is no $jar: mvn -f reactor.xml package"

# manifest <name>: an entry of the jar's manifest
manifest() {
    unzip -p "$jar" META-INF/MANIFEST.MF | tr -d '\r' | awk -v name="$1: " '
        index($0, name) == 1 { on = 1; printf "%s", substr($0, length(name) + 1); next }
        on && /^ / { printf "%s", substr($0, 2); next }
        { on = 0 }'
}

version=$(manifest Implementation-Version)
name=llamastream-$version-$platform
rm -rf "${output:?}/$name"
mkdir -p "$output/$name"/{app/lib,bin,licenses}
cd "$output/$name"
output=$(cd .. && pwd)

# ---- the command ----

case $platform in
    windows-*)
        zig=$(cmake -P "$root/native/zig/directory.cmake")
        (
            cd bin
            "$zig/ziglang/zig" build-exe -target x86_64-windows-gnu -O ReleaseSmall -fstrip -lc --name llamastream \
                -cflags -std=c11 -Wall -Wextra -Werror -- "$here"/windows/llamastream.{c,manifest}
        )
        command='bin\llamastream'
        ;;
    *)
        cp "$here/llamastream" bin
        command=bin/llamastream
        ;;
esac
sed -e "s|@version@|$version|; s|@platform@|$platform|; s|@command@|${command//\\/\\\\}|" "$here/README.txt" >README.txt
cp "$root/LICENSE" .
cp -p "$jar" app
for file in $(manifest Class-Path); do # by name: a jar of a former version may still lie in cli/target/lib
    cp -p "$root/cli/target/$file" app/lib
done
cp -R "$natives" native

# ---- the runtime ----

needed=$("$own_jdk/bin/jdeps" --multi-release 25 --ignore-missing-deps --print-module-deps --module-path app/lib \
    app/llamastream-cli.jar app/lib/*.jar | tail -n 1) # after warnings
for module in ${needed//,/ }; do
    case " $modules $unused " in
        *" $module "*) ;;
        *) die "a jar now uses $module: is it needed, or optional?" ;;
    esac
done
case $platform in windows-*) modules="$modules jdk.crypto.mscapi" ;; esac
if [ -n "$runtime" ]; then
    cp -R "$runtime" runtime
else
    # Not compressed: the archive is smaller that way, and classes are loaded sooner.
    "$own_jdk/bin/jlink" ${jdk:+--module-path "$jdk/jmods"} --add-modules "${modules// /,}" --output runtime \
        --strip-debug --no-header-files --no-man-pages --compress zip-0 --dedup-legal-notices error-if-not-same-content
fi

# ---- licences ----

for file in app/lib/*.jar; do
    part=$(basename "$file" .jar)
    texts=$(unzip -Z1 "$file" | grep -E '^META-INF/(LICENSE|NOTICE)(\.(txt|md))?$' || true)
    case $part in
        llamastream-server-*)
            while IFS=$' \t|' read -r library _; do
                unzip -p "$file" "page/vendor/$library.LICENSE.txt" >"licenses/$library.txt"
                echo "$library, in the web page: $library.txt"
            done < <(unzip -p "$file" page/vendor/list.txt | grep -v '^#')
            ;;
        llamastream-*) ;;
        jline-*) echo "$part: JLine.txt" ;;
        jspecify-* | netty-* | picocli-* | prometheus-* | vertx-*) echo "$part: Apache-2.0.txt" ;;
        *)
            [ -n "$texts" ] || die "$file has no licence inside: find it, and add it here"
            # shellcheck disable=SC2086 # several names
            unzip -p "$file" $texts >"licenses/$part.txt"
            echo "$part: $part.txt"
            ;;
    esac
done >licenses/list
{
    echo "What this folder contains besides llamastream's own code:"
    echo
    cat licenses/list
    while IFS=$' \t|' read -r part _; do
        echo "$part: $part.txt"
        cp "$root/natives/licenses/$part.txt" licenses
    done < <(awk -F'|' -v os="${platform%%-*}" '!/^#/ { gsub(" ", "", $3) } !/^#/ && ($3 == "" || $3 == os)' \
        "$root/natives/licenses/components.txt")
    echo "OpenJDK: ../runtime/legal"
    grep -E '^(IMPLEMENTOR|JAVA_RUNTIME_VERSION|SOURCE|SOURCE_REPO)=' "${runtime:-${jdk:-$own_jdk}}/release" | sed 's/^/    /' || true
} >licenses/README.txt
rm licenses/list
cp "$here"/licenses/* licenses

# ---- a cache for quick starts ----

if [ "$platform" = "$host" ]; then
    model=$("$root/models/fetch.sh" | tail -n 1)
    # The options are the launcher's.
    runtime/bin/java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:AOTCacheOutput=app/llamastream.aot \
        -Dllamastream.library.path=native -jar app/llamastream-cli.jar rehearse "$model" >"$output/aot.log" 2>&1 \
        || die "$(tail -n 20 "$output/aot.log")"
    rm -f app/llamastream.aot.config
fi

# ---- the archives: CMake's have modes and times, and need no other tool ----

cd ..
du -sm "$name"/*/ | sed 's/^\([0-9]*\)[[:space:]]*/  \1 MB /'
archives=("$name.zip")
cmake -E tar cf "$name.zip" --format=zip "$name"
case $platform in
    windows-*) ;;
    *)
        cmake -E tar czf "$name.tar.gz" "$name"
        archives+=("$name.tar.gz")
        ;;
esac
for archive in "${archives[@]}"; do
    echo "$output/$archive: $(($(wc -c <"$archive") / 1000000)) MB"
done
