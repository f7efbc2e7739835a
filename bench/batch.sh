#!/usr/bin/env bash
# Compares ./llamastream batch with Engine.generateAll: same rows, slots, context and threads, in turns. Requires a build (mvn -f
# reactor.xml -pl cli -am package) and a quiet machine.
# Usage: bench/batch.sh [pairs] [rows] [slots] [threads] [model.gguf]
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
model=${5:-$("$root/models/fetch.sh" --path)}
java=$("$root/llamastream" --jdk)/bin/java

"$java" --enable-native-access=ALL-UNNAMED -cp "$root/target/classes" "$root/bench/Batch.java" "$root/llamastream" "$model" \
    "${4:-$(nproc)}" "${1:-5}" "${2:-96}" "${3:-8}"
