#!/usr/bin/env bash
# What barrier, stop flag and leases cost: our decode speed beside that of a copy of this tree without them, in turns.
# Wants a build (mvn verify) and a quiet machine. Usage: bench/safety.sh [pairs] [threads] [model.gguf]
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
pairs=${1:-10}
threads=${2:-1}
model=${3:-$("$root/models/fetch.sh" --path)}
java=${JAVA_HOME:+$JAVA_HOME/bin/}java

copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
cp -r "$root/native" "$root/src" "$copy"
sed -i.bak '/barrier_scope scope;/d' "$copy/native/shim/barrier.h"
sed -i.bak 's/= should_stop;/= nullptr;/' "$copy/native/shim/context.cpp"
sed -i.bak 's/^    lifetime\.\(acquire\|release\)();//' "$copy/src/main/java/dev/llamastream/internal/ffm/ContextHandle.java"
for changed in native/shim/barrier.h native/shim/context.cpp src/main/java/dev/llamastream/internal/ffm/ContextHandle.java; do
    cmp -s "$copy/$changed" "$copy/$changed.bak" && { echo "nothing to switch off in $changed" >&2; exit 1; }
done
cmake -DOUTPUT_DIR="$copy/native-out" -DPROFILE=cpu -DLLAMA_CPP_SOURCE_DIR="$root/target/native/llama.cpp" -P "$copy/native/build.cmake" >&2
jspecify=$(find ~/.m2/repository/org/jspecify -name 'jspecify-*.jar' | head -n 1)
find "$copy/src/main/java" "$copy/src/generated/java" -name '*.java' -exec "${java}c" -nowarn -d "$copy/classes" -p "$jspecify" {} + 2>/dev/null

run() { # classes, libraries
    "$java" --enable-native-access=ALL-UNNAMED -Dllamastream.library.path="$2" -cp "$1" "$root/bench/Speed.java" "$model" "$threads" |
        cut -d' ' -f1
}
with() { run "$root/target/classes" "$(echo "$root"/target/native/*-*/)"; }
without() { run "$copy/classes" "$(echo "$copy"/native-out/*-*/)"; }

for ((pair = 1; pair <= pairs; pair++)); do
    if ((pair % 2)); then a=$(with) b=$(without); else b=$(without) a=$(with); fi
    echo "$a $b"
done | python3 -c '
import statistics, sys
rows = [[float(x) for x in line.split()] for line in sys.stdin]
for a, b in rows:
    print(f"with {a:.1f}, without {b:.1f} tokens/s, ratio {a / b:.4f}")
print(f"median ratio {statistics.median(a / b for a, b in rows):.4f}")'
