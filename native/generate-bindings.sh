#!/usr/bin/env bash
# Writes src/generated/java from llama.h and llamastream.h. Needed only when the pinned llama.cpp, llamastream.h or
# bindings.includes change. Requires jextract on the PATH, with libclang 13. The output of 14 says _Bool for bool in
# comments. The output of 16 and later does not compile.
# Usage: native/generate-bindings.sh [llama.cpp source directory]
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
source=${1:-$root/target/native/llama.cpp}
out=$root/src/generated/java
package=dev.llamastream.internal.bindings

[ -f "$source/include/llama.h" ] || {
    echo "no llama.cpp in $source: run a build first, or name its directory" >&2
    exit 1
}
rm -rf "$out"
mkdir -p "$out"
grep -v '^#' "$root/native/bindings.includes" >"$out/includes"
jextract @"$out/includes" \
    -I "$source/include" -I "$source/ggml/include" \
    --target-package "$package" --header-class-name LibLlama \
    --output "$out" "$root/native/shim/llamastream.h"
rm "$out/includes"

# long has 32 bits on Windows. Every C_LONG here is a size_t, int64_t or uint64_t.
find "$out" -name '*.java' -print0 | xargs -0 sed -i.bak 's/\bC_LONG\b/C_LONG_LONG/g'
find "$out" -name '*.bak' -delete
# The replacement declares the constant C_LONG_LONG twice: remove one.
shared=$(grep -rl 'C_LONG_LONG = (ValueLayout.OfLong) Linker.nativeLinker().canonicalLayouts().get("long")' "$out")
sed -i.bak '/C_LONG_LONG = .*get("long");/d' "$shared"
rm "$shared.bak"
# Load symbols from the process's libraries, not from a class loader's.
header=$out/${package//.//}/LibLlama.java
sed -i.bak -e '/SYMBOL_LOOKUP = SymbolLookup.loaderLookup()/{' -e 'N' -e 's/= .*/= Symbols::find;/' -e '}' "$header"
rm "$header.bak"
# Remove trailing blanks, so that the output can be compared line by line.
find "$out" -name '*.java' -print0 | xargs -0 sed -i.bak 's/[[:space:]]*$//'
find "$out" -name '*.bak' -delete

# Record the inputs for the ABI check.
pins=$root/src/test/resources/dev/llamastream/internal/bindings/headers.sha256
sums() { sha256sum "$@" 2>/dev/null || shasum -a 256 "$@"; }
(cd "$source" && sums include/llama.h ggml/include/{ggml,ggml-alloc,ggml-backend,ggml-cpu,ggml-opt,gguf}.h) >"$pins"
(cd "$root" && sums native/shim/llamastream.h) >>"$pins"
