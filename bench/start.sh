#!/usr/bin/env bash
# Compares the whole command ./llamastream run -n 1 with llama.cpp's own llama-completion -n 1, in turns, with a warm file cache.
# Then measures an application that embeds the library: from the start of the JVM to the first token, with and without an
# ahead-of-time cache. Requires a build (mvn -f reactor.xml package -DskipTests) and a quiet machine.
# Usage: bench/start.sh [rounds] [model.gguf]
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
rounds=${1:-11}
model=${2:-$("$root/models/fetch.sh" --path)}
jdk=$("$root/llamastream" --jdk)

cmake -DOUTPUT_DIR="$root/target/native" -DPROFILE=cpu -DTOOLS=llama-completion -P "$root/native/build.cmake" >&2
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

shopt -s nullglob
natives=("$root"/target/native/{linux,macos}-*)
# The JVM takes a cache only for jars.
"$jdk/bin/javac" -d "$out/classes" -cp "$root/target/classes" "$root/bench/FirstToken.java"
"$jdk/bin/jar" --create --file "$out/app.jar" -C "$out/classes" .
"$jdk/bin/jar" --create --file "$out/llamastream.jar" -C "$root/target/classes" .
app=("$jdk/bin/java" --enable-native-access=ALL-UNNAMED "-Dllamastream.library.path=${natives[0]}"
    -cp "$out/app.jar:$out/llamastream.jar")
"${app[@]}" "-XX:AOTCacheOutput=$out/app.aot" FirstToken "$model" >"$out/log" 2>&1 || { cat "$out/log" >&2; exit 1; }

python3 - "$rounds" \
    "./llamastream run -n 1" "$root/llamastream" run -m "$model" -n 1 Hi + \
    "llama-completion -n 1" "$root/target/native/tools/llama-completion" -m "$model" -no-cnv -n 1 -p Hi + \
    "application" "${app[@]}" FirstToken "$model" + \
    "application with a cache" "${app[@]}" "-XX:AOTCache=$out/app.aot" FirstToken "$model" <<'PYTHON'
import statistics, subprocess, sys, time
rounds = int(sys.argv[1])
commands, words = [], sys.argv[2:]
while words:
    end = words.index("+") if "+" in words else len(words)
    commands.append((words[0], words[1:end]))
    words = words[end + 1:]
times = [[] for _ in commands]
for turn in range(-1, rounds):  # the first warms the file cache
    for (_, command), column in zip(commands, times):
        begin = time.perf_counter()
        subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
        if turn >= 0:
            column.append(time.perf_counter() - begin)
print("| command | median, ms | fastest | slowest |\n| --- | --- | --- | --- |")
for (name, _), column in zip(commands, times):
    print(f"| {name} | {statistics.median(column) * 1000:.0f} | {min(column) * 1000:.0f} | {max(column) * 1000:.0f} |")
ratios = [ours / theirs for ours, theirs in zip(times[0], times[1])]
print(f"\n{rounds} rounds; {commands[0][0]} / {commands[1][0]}: ratio of the medians "
      f"{statistics.median(times[0]) / statistics.median(times[1]):.2f}, median of the ratios {statistics.median(ratios):.2f}")
PYTHON
