#!/usr/bin/env bash
# Tests the launcher's ahead-of-time cache with a real JVM: made by the first start, used by the next, renewed when a jar changes,
# and harmless when it is damaged or of another JDK. After mvn -f reactor.xml package, with the default model.
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$PWD
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

fail() {
    echo "cli/test/start.sh: $*" >&2
    exit 1
}

# An installation of its own, with a space in its path.
home="$out/the home"
mkdir -p "$home/cli/target" "$home/target"
cp llamastream "$home"
cp -R cli/target/llamastream-cli.jar cli/target/lib "$home/cli/target"
ln -s "$root/target/native" "$home/target/native"

# A cache of models of its own, too.
export HF_HUB_CACHE=$out/hub
snapshot=$HF_HUB_CACHE/models--QuantFactory--SmolLM2-135M-Instruct-GGUF/snapshots/ab810cf68114990406fdf996510dd3d3c6adbdf5
mkdir -p "$snapshot"
ln -s "$root"/models/SmolLM2-135M-Instruct.Q4_1.gguf "$snapshot"
cache=$home/cli/target/llamastream.aot

start() { # java options: starts, and checks what is printed. Returns 1 if the JVM refuses to start.
    JDK_JAVA_OPTIONS="$*" "$home/llamastream" run --temp 0 -n 6 '1, 2, 3, 4, 5, 6,' >"$out/out" 2>"$out/err" || return 1
    [ "$(cat "$out/out")" = " 7, 8," ] || fail "the text was $(cat "$out/out")"
    sed -i.bak '/^NOTE: Picked up JDK_JAVA_OPTIONS/d' "$out/err"
}

expect() { # what a start says
    [ "$(cat "$out/err")" = "$1" ] || fail "${2}: it said $(cat "$out/err")"
}

made="Preparing quick starts: once, some 10 s"
start || fail "the first start failed"
expect "$made" "the first start"
[ -s "$cache" ] || fail "there is no cache: $(tail -n 5 "$home/target/llamastream-cache.log")"

# With this option a JVM that cannot use its cache does not start.
start -XX:AOTMode=on || fail "the cache is not used"
expect "" "the second start"
[ -z "$(ls "$home/cli/target" | grep -F .new || true)" ] || fail "leftovers: $(ls "$home/cli/target")"
for command in chat serve inspect; do
    JDK_JAVA_OPTIONS=-XX:AOTMode=on "$home/llamastream" $command --help >/dev/null 2>&1 || fail "$command does not use the cache"
done

touch "$home/cli/target/llamastream-cli.jar"
start && expect "$made" "after a change of a jar"
start -XX:AOTMode=on || fail "the renewed cache is not used"
expect "" "the start after that"

# Damage that the script cannot see, because the file is no newer than it was: the JVM does.
size=$(($(wc -c <"$cache")))
for damage in "head -c $((size / 2))" "head -c 1000" "tr \\000-\\377 x"; do
    cp -p "$cache" "$out/kept"
    $damage <"$out/kept" >"$cache"
    touch -r "$out/kept" "$cache"
    if start -XX:AOTMode=on; then fail "a damaged cache was used: $damage"; fi
    start || fail "a damaged cache stops the start: $damage"
    expect "" "a damaged cache: $damage"
    mv "$out/kept" "$cache"
done
start -XX:AOTMode=on || fail "the whole cache is not used"

# A build that is older than its sources.
mkdir -p "$home/server/src/main"
touch "$home/server/src/main/Changed.java"
start || fail "newer sources stop the start"
expect "The sources are newer than the build. To build again: mvn -f reactor.xml -pl cli -am package -DskipTests" "newer sources"
rm -r "$home/server"

# Damage that it can see.
echo damaged >"$cache"
touch "$cache"
start && expect "$made" "a damaged cache"
start -XX:AOTMode=on || fail "the cache was not renewed"
echo "The ahead-of-time cache is made, used and renewed."
