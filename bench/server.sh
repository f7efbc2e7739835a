#!/usr/bin/env bash
# Compares our server with llama-server, in alternation: tokens per second over SSE, time to first token, /health under load.
# Same llama.cpp tree, model, threads, 8 slots and total context. Both servers keep running.
# Requires a build (mvn -f reactor.xml verify) and a quiet machine.
# Usage: [API=chat] bench/server.sh [rounds] [threads] [model.gguf] [clients ...]
#   API is text for each server's own path, or chat for /v1/chat/completions
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
rounds=${1:-3}
threads=${2:-$(nproc)}
model=${3:-$("$root/models/fetch.sh" --path)}
clients=("${@:4}")
((${#clients[@]})) || clients=(1 8 32 200)
java=$("$root/llamastream" --jdk)/bin/java
port=47123
log=$(mktemp)

cmake -DOUTPUT_DIR="$root/target/native" -DPROFILE=cpu -DTOOLS="llama-bench llama-batched-bench llama-server" \
    -P "$root/native/build.cmake" >&2

"$root/llamastream" --version >&2 # with a note, if the build is older than the sources
trap 'kill $(jobs -p) 2>/dev/null || true; rm -f "$log"' EXIT
"$root/llamastream" serve -m "$model" -p "$port" -t "$threads" --slots 8 -c 8192 --max-tokens-per-stream 1024 >>"$log" 2>&1 &
"$root/target/native/tools/llama-server" -m "$model" --port $((port + 1)) -t "$threads" -tb "$threads" -np 8 -c 8192 >>"$log" 2>&1 &
for p in "$port" $((port + 1)); do
    curl -sf --retry 60 --retry-connrefused --retry-delay 1 -o /dev/null "http://127.0.0.1:$p/health" || { cat "$log" >&2; exit 1; }
done
[[ $(jobs -r | wc -l) == 2 ]] || { cat "$log" >&2; exit 1; } # otherwise another process has answered
"$java" "$root/bench/ServerLoad.java" "${API:-text}" "$port" $((port + 1)) 64 "$rounds" "${clients[@]}"
