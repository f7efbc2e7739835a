#!/usr/bin/env bash
# Decode speed beside other processes that compute, in turns: ours, which chooses the number of threads, and llama.cpp's programs
# of the same tree with their defaults. One stream against llama-bench, and 8 streams of an engine against llama-server. Prints
# tables. Requires a build (mvn verify) and a quiet machine: it makes the load itself, and ends it.
# Usage: bench/busy.sh [pairs] [model.gguf]
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
pairs=${1:-5}
model=${2:-$("$root/models/fetch.sh" --path)}
java=$("$root/llamastream" --jdk)/bin/java
tools=$root/target/native/tools
port=8097

cmake -DOUTPUT_DIR="$root/target/native" -DPROFILE=cpu -DTOOLS="llama-bench;llama-server" -P "$root/native/build.cmake" >&2

busy=()
server=
rest() {
    [ ${#busy[@]} -eq 0 ] || kill "${busy[@]}" 2>/dev/null || true
    busy=()
}
stop_server() {
    [ -z "$server" ] || kill -KILL "$server" 2>/dev/null || true
    server=
}
trap 'rest; stop_server' EXIT
compute() { # <processes>
    for ((i = 0; i < $1; i++)); do
        bash -c 'while :; do :; done' >/dev/null 2>&1 &
        busy+=($!)
    done
}
# Sets <ours>.
ours() { # <streams> <processes>
    compute "$2"
    ours=$("$java" --enable-native-access=ALL-UNNAMED -cp "$root/target/classes" "$root/bench/Busy.java" "$model" "$1" 6)
    rest
}
# A run that lasts longer than a minute counts as one of a minute.
llama_bench() {
    { timeout -s KILL 60 "$tools/llama-bench" -m "$model" -t "$(nproc)" -fa auto -r 3 -p 0 -n 48 -o csv 2>/dev/null || true; } |
        python3 -c 'import csv, sys; rows = list(csv.DictReader(sys.stdin)); print(rows[0]["avg_ts"] if rows else 144 / 60)'
}
# Tokens in 15 s, after 8 s: it may need those for its first tokens.
llama_server() {
    python3 - "$port" "$1" <<'PYTHON'
import http.client, json, sys, threading, time
port, streams = int(sys.argv[1]), int(sys.argv[2])
tokens = 0
def read():
    global tokens
    connection = http.client.HTTPConnection("127.0.0.1", port)
    body = {"prompt": "The", "n_predict": 900, "temperature": 0, "ignore_eos": True, "stream": True, "cache_prompt": False}
    connection.request("POST", "/completion", json.dumps(body), {"Content-Type": "application/json"})
    for line in connection.getresponse():
        tokens += line.startswith(b"data: ")
for _ in range(streams):
    threading.Thread(target=read, daemon=True).start()
time.sleep(8)
before, begin = tokens, time.time()
time.sleep(15)
print((tokens - before) / (time.time() - begin), flush=True)
PYTHON
}
start_server() {
    stop_server
    "$tools/llama-server" -m "$model" --port "$port" --no-webui >/dev/null 2>&1 &
    server=$!
    until curl -sf "http://127.0.0.1:$port/health" >/dev/null; do sleep 0.2; done
}
# Sets <theirs>.
theirs() { # <streams> <processes>
    if [ "$1" = 1 ]; then
        compute "$2"
        theirs=$(llama_bench)
    else
        start_server
        compute "$2"
        theirs=$(llama_server "$1")
        stop_server
    fi
    rest
}
measure() { # <streams> <processes>
    local rows=""
    for ((pair = 0; pair < pairs; pair++)); do
        if ((pair % 2)); then
            ours "$1" "$2"
            theirs "$1" "$2"
        else
            theirs "$1" "$2"
            ours "$1" "$2"
        fi
        rows+="$ours $theirs"$'\n'
    done
    python3 -c '
import statistics, sys
rows = [[float(x) for x in line.split()] for line in sys.argv[2].splitlines()]
median = statistics.median
print(f"| {sys.argv[1]} | {median(o for o, t in rows):.1f} | {median(t for o, t in rows):.1f} |"
      f" {median(o / max(t, 0.01) for o, t in rows):.2f} |", flush=True)' "$2" "$rows"
}

echo "| busy processes | 1 stream: ours | llama-bench | median ratio |"
echo "| --- | --- | --- | --- |"
for processes in 0 1 2 8; do
    measure 1 "$processes"
done
echo
echo "| busy processes | 8 streams: ours | llama-server | median ratio |"
echo "| --- | --- | --- | --- |"
for processes in 0 2 8; do
    measure 8 "$processes"
done
