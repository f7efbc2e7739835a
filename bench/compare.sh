#!/usr/bin/env bash
# Compares our speed with llama-bench's, in alternation: same llama.cpp tree, flags, model and threads.
# Prints the table of docs/performance.md. Requires a build (mvn verify) and a quiet machine.
# Usage: bench/compare.sh [pairs] [threads] [model.gguf]
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
pairs=${1:-10}
threads=${2:-$(nproc)}
model=${3:-$("$root/models/fetch.sh" --path)}
java=$("$root/llamastream" --jdk)/bin/java

cmake -DOUTPUT_DIR="$root/target/native" -DPROFILE=cpu -DTOOLS=llama-bench -P "$root/native/build.cmake" >&2
bench=$root/target/native/tools/llama-bench

theirs() { # test arguments
    "$bench" -m "$model" -t "$threads" -fa auto -r 1 -o csv "$@" 2>/dev/null | python3 -c '
import csv, sys
print(list(csv.DictReader(sys.stdin))[0]["avg_ts"])'
}
ours() {
    "$java" --enable-native-access=ALL-UNNAMED -cp "$root/target/classes" "$root/bench/Speed.java" "$model" "$threads"
}

results=$(mktemp)
trap 'rm -f "$results"' EXIT
for ((pair = 1; pair <= pairs; pair++)); do
    # alternate the order
    if ((pair % 2)); then
        o=$(ours) tg=$(theirs -p 0 -n 128) pp=$(theirs -p 512 -n 0)
    else
        pp=$(theirs -p 512 -n 0) tg=$(theirs -p 0 -n 128) o=$(ours)
    fi
    echo "$pair $o $tg $pp" | tee -a "$results" >&2
done
python3 - "$results" "$threads" <<'PYTHON'
import statistics, sys
rows = [[float(x) for x in line.split()] for line in open(sys.argv[1])]
print(f"{len(rows)} pairs, {sys.argv[2]} threads\n")
print("| pair | decode | tg128 | ratio | prefill | pp512 | ratio |")
print("| --- | --- | --- | --- | --- | --- | --- |")
for n, decode, prefill, tg, pp in rows:
    print(f"| {n:.0f} | {decode:.1f} | {tg:.1f} | {decode / tg:.3f} | {prefill:.1f} | {pp:.1f} | {prefill / pp:.3f} |")
median = lambda column: statistics.median(column)
print(f"| median | {median([r[1] for r in rows]):.1f} | {median([r[3] for r in rows]):.1f} | "
      f"**{median([r[1] / r[3] for r in rows]):.3f}** | {median([r[2] for r in rows]):.1f} | "
      f"{median([r[4] for r in rows]):.1f} | **{median([r[2] / r[4] for r in rows]):.3f}** |")
PYTHON
