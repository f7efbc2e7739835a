#!/usr/bin/env bash
# Compares an engine's streams with llama-server's and llama-batched-bench's, in alternation: same llama.cpp tree, model,
# threads, total context, slots, prompts and token counts. The server streams over HTTP, the engine in process. Both stay
# open through the rounds of a start. Requires a build (mvn verify), a JDK 25 in JAVA_HOME, and a quiet machine.
# Usage: bench/streams.sh [starts] [rounds] [threads] [model.gguf] [streams ...]
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
starts=${1:-3}
rounds=${2:-3}
threads=${3:-$(nproc)}
model=${4:-$("$root/models/fetch.sh" --path)}
counts=("${@:5}")
((${#counts[@]})) || counts=(1 4 8 16 32)
java=$("$root/llamastream" --jdk)/bin/java

cmake -DOUTPUT_DIR="$root/target/native" -DPROFILE=cpu -DTOOLS="llama-bench llama-batched-bench llama-server" \
    -P "$root/native/build.cmake" >&2

streams() { # streams, arrival period in milliseconds
    for ((start = 0; start < starts; start++)); do
        "$java" --enable-native-access=ALL-UNNAMED -cp "$root/target/classes" "$root/bench/Streams.java" \
            "$root/target/native/tools" "$model" "$threads" "$@" "$rounds" 2>/dev/null
    done
}

echo "engine / llama-server = ratio, engine / batched-bench = ratio, engine / llama-server = ratio (ms) twice"
for n in "${counts[@]}"; do
    echo "$n streams"
    streams "$n" 0
done
echo "8 streams over 2 s"
streams 8 2000
