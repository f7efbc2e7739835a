#!/usr/bin/env bash
# An engine's streams beside llama-server's and llama-batched-bench's: same llama.cpp tree, model, threads, total context, slots, prompts
# and token counts, in turns. The server streams over HTTP, the engine in process. Prints the tables of docs/performance.md.
# Wants a build (mvn verify) and a quiet machine. Usage: bench/streams.sh [rounds] [threads] [model.gguf] [streams ...]
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
rounds=${1:-3}
threads=${2:-$(nproc)}
model=${3:-$("$root/models/fetch.sh" --path)}
counts=("${@:4}")
((${#counts[@]})) || counts=(1 4 8 16 32)
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
port=8089

cmake -DOUTPUT_DIR="$root/target/native" -DPROFILE=cpu -DTOOLS="llama-bench llama-batched-bench llama-server" \
    -P "$root/native/build.cmake" >&2
tools=$root/target/native/tools

streams() {
    "$java" --enable-native-access=ALL-UNNAMED -cp "$root/target/classes" "$root/bench/Streams.java" "$@" 2>/dev/null
}
engine() { # context, streams, arrival
    streams engine "$model" "$threads" "$@"
}
server() {
    "$tools/llama-server" -m "$model" -t "$threads" -tb "$threads" -c "$1" -np "$2" -fa auto --port "$port" >/dev/null 2>&1 &
    local pid=$!
    until curl -sf "http://127.0.0.1:$port/health" >/dev/null; do sleep 0.2; done
    streams server "http://127.0.0.1:$port" "$@"
    kill "$pid" && wait "$pid" || true
}
ceiling() { # context, streams: decode alone
    "$tools/llama-batched-bench" -m "$model" -t "$threads" -tb "$threads" -c "$1" -fa auto -npp 16 -ntg 128 -npl "$2" \
        2>/dev/null | awk -F'|' '/^\|/ && NR > 2 { speed = $9 } END { print speed }'
}

results=$(mktemp)
trap 'rm -f "$results"' EXIT
for ((round = 1; round <= rounds; round++)); do
    for n in "${counts[@]}"; do
        context=$((n * 256 > 2048 ? n * 256 : 2048))
        if ((round % 2)); then # who goes first alternates
            e=$(engine "$context" "$n" 0) s=$(server "$context" "$n" 0)
        else
            s=$(server "$context" "$n" 0) e=$(engine "$context" "$n" 0)
        fi
        echo "$n $e $s $(ceiling "$context" "$n")" | tee -a "$results" >&2
    done
    if ((round % 2)); then
        e=$(engine 2048 8 2000) s=$(server 2048 8 2000)
    else
        s=$(server 2048 8 2000) e=$(engine 2048 8 2000)
    fi
    echo "arriving $e $s" | tee -a "$results" >&2
done
python3 - "$results" <<'PYTHON'
import statistics, sys
rows = {}
for line in open(sys.argv[1]):
    name, *figures = line.split()
    rows.setdefault(name, []).append([float(x) for x in figures])
median = statistics.median
print("| streams | engine | llama-server | ratio | batched-bench, decode |\n| --- | --- | --- | --- | --- |")
for name, runs in rows.items():
    if name != "arriving":
        print(f"| {name} | {median(r[0] for r in runs):.1f} | {median(r[3] for r in runs):.1f} | "
              f"{median(r[0] / r[3] for r in runs):.3f} | {median(r[6] for r in runs):.1f} |")
print("\n| time to first token, 8 streams over 2 s | engine | llama-server | ratio |\n| --- | --- | --- | --- |")
for i, what in ((1, "p50"), (2, "p99")):
    runs = rows["arriving"]
    print(f"| {what} | {median(r[i] for r in runs):.0f} ms | {median(r[i + 3] for r in runs):.0f} ms | "
          f"{median(r[i] / r[i + 3] for r in runs):.3f} |")
PYTHON
