#!/usr/bin/env bash
# Compares the published libraries of this platform with those that -march=native makes, in alternation. Needs mvn verify, both
# native builds (cmake -DOUTPUT_DIR=target/native -DPLATFORM=linux-x86_64 -P native/build.cmake) and a quiet machine.
# Usage: bench/portable.sh [pairs] [threads] [model.gguf]
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
pairs=${1:-7}
threads=${2:-$(nproc)}
model=${3:-$("$root/models/fetch.sh" --path)}
java=$("$root/llamastream" --jdk)/bin/java
platform=linux-$(uname -m)

speed() { # directory of the libraries
    "$java" --enable-native-access=ALL-UNNAMED "-Dllamastream.library.path=$1" -cp "$root/target/classes" \
        "$root/bench/Speed.java" "$model" "$threads" 3
}

results=$(mktemp)
trap 'rm -f "$results"' EXIT
for ((pair = 1; pair <= pairs; pair++)); do
    if ((pair % 2)); then
        published=$(speed "$root/target/native/published/$platform") own=$(speed "$root/target/native/$platform")
    else
        own=$(speed "$root/target/native/$platform") published=$(speed "$root/target/native/published/$platform")
    fi
    echo "$published $own" | tee -a "$results" >&2
done
python3 - "$results" "$threads" <<'PYTHON'
import statistics, sys
rows = [[float(x) for x in line.split()] for line in open(sys.argv[1])]
decode = [r[0] / r[2] for r in rows]
prefill = [r[1] / r[3] for r in rows]
print(f"{len(rows)} pairs, {sys.argv[2]} threads: published / native")
for name, ratios in ("decode", decode), ("prefill", prefill):
    print(f"{name}: median {statistics.median(ratios):.3f}, {min(ratios):.3f} to {max(ratios):.3f}")
PYTHON
