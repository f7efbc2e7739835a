#!/usr/bin/env bash
# Decode speed beside other processes that compute, in turns: ours, which chooses the number of threads, and llama-bench with all
# processors. Prints a table. Requires a build (mvn verify) and a quiet machine: it makes the load itself, and ends it.
# Usage: bench/busy.sh [pairs] [model.gguf]
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
pairs=${1:-5}
model=${2:-$("$root/models/fetch.sh" --path)}
java=$("$root/llamastream" --jdk)/bin/java

cmake -DOUTPUT_DIR="$root/target/native" -DPROFILE=cpu -DTOOLS="llama-bench;llama-server" -P "$root/native/build.cmake" >&2

busy=()
rest() {
    [ ${#busy[@]} -eq 0 ] || kill "${busy[@]}" 2>/dev/null || true
    busy=()
}
trap rest EXIT
compute() { # <processes>
    for ((i = 0; i < $1; i++)); do
        bash -c 'while :; do :; done' &
        busy+=($!)
    done
}
ours() {
    "$java" --enable-native-access=ALL-UNNAMED -cp "$root/target/classes" "$root/bench/Busy.java" "$model"
}
theirs() {
    "$root/target/native/tools/llama-bench" -m "$model" -t "$(nproc)" -fa auto -r 3 -p 0 -n 48 -o csv 2>/dev/null |
        python3 -c 'import csv, sys; print(list(csv.DictReader(sys.stdin))[0]["avg_ts"])'
}

echo "| busy processes | ours | llama-bench | median ratio |"
echo "| --- | --- | --- | --- |"
for processes in 0 1 2 8; do
    compute "$processes"
    rows=""
    for ((pair = 1; pair <= pairs; pair++)); do
        if ((pair % 2)); then
            o=$(ours) t=$(theirs)
        else
            t=$(theirs) o=$(ours)
        fi
        rows+="$o $t"$'\n'
    done
    rest
    python3 -c '
import statistics, sys
rows = [[float(x) for x in line.split()] for line in sys.argv[2].splitlines()]
median = statistics.median
print(f"| {sys.argv[1]} | {median(o for o, t in rows):.1f} | {median(t for o, t in rows):.1f} |"
      f" {median(o / t for o, t in rows):.2f} |", flush=True)' "$processes" "$rows"
done
