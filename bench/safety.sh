#!/usr/bin/env bash
# Measures the cost of the barrier, the stop flag and the leases. Alternates between our decode speed and that of a copy of
# this tree without them. The cost is microseconds per token: use the tests' tiny model (target/test-models) to see it.
# Requires a build (mvn verify) and a quiet machine. Usage: bench/safety.sh [pairs] [model.gguf] [rounds in each process]
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
pairs=${1:-10}
model=${2:-$("$root/models/fetch.sh" --path)}
rounds=${3:-1}
java=$("$root/llamastream" --jdk)/bin/java

copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
cp -r "$root/native" "$root/src" "$copy"
sed -i.bak '/barrier_scope scope;/d' "$copy/native/shim/barrier.h"
sed -i.bak -e 's/= should_stop;/= nullptr;/' -e 's/^bool should_stop(/[[maybe_unused]] &/' "$copy/native/shim/context.cpp"
sed -i.bak 's/^    lifetime\.\(acquire\|release\)();//' "$copy/src/main/java/dev/llamastream/internal/ffm/NativeContext.java"
for changed in native/shim/barrier.h native/shim/context.cpp src/main/java/dev/llamastream/internal/ffm/NativeContext.java; do
    cmp -s "$copy/$changed" "$copy/$changed.bak" && { echo "nothing to switch off in $changed" >&2; exit 1; }
done
cmake -DOUTPUT_DIR="$copy/native-out" -DPROFILE=cpu -DLLAMA_CPP_SOURCE_DIR="$root/target/native/llama.cpp" -P "$copy/native/build.cmake" >&2
jspecify=$(find ~/.m2/repository/org/jspecify -name 'jspecify-*.jar' | head -n 1)
find "$copy/src/main/java" "$copy/src/generated/java" -name '*.java' -exec "${java}c" -nowarn -d "$copy/classes" -p "$jspecify" {} + 2>/dev/null

run() { # classes, libraries
    "$java" --enable-native-access=ALL-UNNAMED -Dllamastream.library.path="$2" -cp "$1" "$root/bench/Speed.java" "$model" 1 "$rounds" |
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
print(f"median ratio {statistics.median(a / b for a, b in rows):.4f}, "
      f"median difference {statistics.median(1e6 / a - 1e6 / b for a, b in rows):.2f} µs a token")'
