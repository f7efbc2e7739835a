#!/usr/bin/env bash
# Builds the shim and sanitize.c with AddressSanitizer, LeakSanitizer and UndefinedBehaviorSanitizer, against the libllama of the
# build, and runs that on the tests' tiny model. Fails at the first error. Linux, gcc or clang, a JDK 25; after mvn package.
set -euo pipefail
cd "$(dirname "$0")/../.."
java=$(./llamastream --jdk)/bin/java
shim=native/shim
test=native/test/sanitize.c
llama=target/native/llama.cpp
libraries=$(realpath target/native/linux-"$(uname -m)")
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

for function in $(grep -oE '\bls_[a-z_]+\(' "$shim/llamastream.h" | sort -u); do
    grep -qF "$function" "$test" || { echo "$test does not call $function)" >&2; exit 1; }
done

echo 'void main() { System.out.println(dev.llamastream.fixture.TinyModel.defaultPath()); }' >"$out/Write.java"
model=$("$java" -cp target/test-classes "$out/Write.java")

flags=(-g -O1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined
    -I "$shim" -I "$llama/include" -I "$llama/ggml/include")
for source in "$shim"/*.cpp; do
    "${CXX:-c++}" -std=c++17 -DLLAMASTREAM_BUILD "${flags[@]}" -c "$source" -o "$out/$(basename "$source").o"
done
"${CC:-cc}" -std=c11 -Wall -Wextra -Werror "${flags[@]}" -c "$test" -o "$out/sanitize.o"
"${CXX:-c++}" "${flags[@]}" "$out"/*.o -L "$libraries" -lllama -lggml -lggml-base -pthread \
    -Wl,-rpath,"$libraries" -o "$out/sanitize"
# libllama has no frame pointers: the fast unwinder would lose the way from an allocation to the shim
ASAN_OPTIONS=detect_leaks=1:fast_unwind_on_malloc=0 UBSAN_OPTIONS=print_stacktrace=1 "$out/sanitize" "$libraries" "$model"
