#!/usr/bin/env bash
# Builds the shim and sanitize.c with AddressSanitizer, LeakSanitizer and UndefinedBehaviorSanitizer, against the libllama of the
# build, and runs that on the tests' tiny model and llama.cpp's chat templates. Fails at the first error. Compiles some minutes. Linux, gcc or clang, a JDK 25; after mvn package.
set -euo pipefail
cd "$(dirname "$0")/../.."
java=$(./llamastream --jdk)/bin/java
shim=native/shim
test=native/test/sanitize.c
llama=target/native/llama.cpp
chat=$(dirname "$(find target/native/build -path '*/chat/chat.cpp' -not -path '*-tools/*' -not -path '*/published-*' | head -n 1)")
libraries=$(realpath target/native/linux-"$(uname -m)")
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

for function in $(grep -oE '\bls_[a-z_]+\(' "$shim/llamastream.h" | sort -u); do
    grep -qF "$function" "$test" || { echo "$test does not call $function)" >&2; exit 1; }
done

echo 'void main() { System.out.println(dev.llamastream.fixture.TinyModel.defaultPath()); }' >"$out/Write.java"
model=$("$java" -cp target/test-classes "$out/Write.java")

flags=(-g -O1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined
    -I "$shim" -I "$chat" -I "$llama/include" -I "$llama/ggml/include" -I "$llama/vendor")
# the same files of llama.cpp's common library as in the build
objects=$(dirname "$chat")/CMakeFiles/llamastream-chat.dir/chat
{
    find "$shim" -name '*.cpp'
    (cd "$objects" && find . -name '*.o' | sed "s|^\./|$chat/|; s|\.o$||")
} | while read -r source; do
    echo "$source $out/$(basename "$(dirname "$source")")-$(basename "$source").o"
done | xargs -P "$(nproc)" -L 1 sh -c \
    '"${CXX:-c++}" -std=c++17 -w -DLLAMASTREAM_BUILD '"${flags[*]}"' -c "$0" -o "$1"'
"${CC:-cc}" -std=c11 -Wall -Wextra -Werror "${flags[@]}" -c "$test" -o "$out/sanitize.o"
"${CXX:-c++}" "${flags[@]}" "$out"/*.o -L "$libraries" -lllama -lggml -lggml-base -pthread \
    -Wl,-rpath,"$libraries" -o "$out/sanitize"
# libllama has no frame pointers: the fast unwinder would lose the way from an allocation to the shim
ASAN_OPTIONS=detect_leaks=1:fast_unwind_on_malloc=0 UBSAN_OPTIONS=print_stacktrace=1 "$out/sanitize" \
    "$libraries" "$model" "$llama/models/templates" "$out/quantized.gguf"
