#!/usr/bin/env bash
# Writes src/generated/java from llama.h and llamastream.h. Needed only when the pinned llama.cpp, llamastream.h or
# bindings.includes change. Wants jextract on the PATH, built with libclang 13 to 15 (what 16 and later give does not compile).
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

# long is 32 bits wide on Windows; all that is C_LONG here is size_t, int64_t or uint64_t.
find "$out" -name '*.java' -print0 | xargs -0 sed -i.bak 's/\bC_LONG\b/C_LONG_LONG/g'
find "$out" -name '*.bak' -delete
# The replacement leaves the constant C_LONG_LONG declared twice: one goes.
shared=$(grep -rl 'C_LONG_LONG = (ValueLayout.OfLong) Linker.nativeLinker().canonicalLayouts().get("long")' "$out")
sed -i.bak '/C_LONG_LONG = .*get("long");/d' "$shared"
rm "$shared.bak"
# The libraries are not those of a class loader, but of the process.
header=$out/${package//.//}/LibLlama.java
sed -i.bak -e '/SYMBOL_LOOKUP = SymbolLookup.loaderLookup()/{' -e 'N' -e 's/= .*/= Symbols::find;/' -e '}' "$header"
rm "$header.bak"
# No trailing blanks, so that the output can be compared line by line.
find "$out" -name '*.java' -print0 | xargs -0 sed -i.bak 's/[[:space:]]*$//'
find "$out" -name '*.bak' -delete

# What they were made from, for the ABI gate.
pins=$root/src/test/resources/dev/llamastream/internal/bindings/headers.sha256
sums() { sha256sum "$@" 2>/dev/null || shasum -a 256 "$@"; }
(cd "$source" && sums include/llama.h ggml/include/{ggml,ggml-alloc,ggml-backend,ggml-cpu,ggml-opt,gguf}.h) >"$pins"
(cd "$root" && sums native/shim/llamastream.h) >>"$pins"
