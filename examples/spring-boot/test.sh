#!/usr/bin/env bash
# Runs the application as its executable jar: natives from a nested jar, SSE to a client that hangs up, and SIGTERM during an answer.
# Linux or macOS, a JDK 25, curl; after mvn -f reactor.xml package.
set -euo pipefail
cd "$(dirname "$0")/../.."
jdk=$(./llamastream --jdk)
out=$(mktemp -d)
app=
trap '[ -z "$app" ] || kill -9 "$app" 2>/dev/null || true; rm -rf "$out"' EXIT

fail() {
    echo "examples/spring-boot/test.sh: $*" >&2
    [ ! -f "$out/log" ] || cat "$out/log" >&2
    exit 1
}

# await <what> <command...>: until the command succeeds
await() {
    local what=$1
    shift
    for _ in $(seq 600); do
        if "$@"; then return; fi
        sleep 0.1
    done
    fail "waited in vain: $what"
}

# the jar alone, away from target/native
jar=examples/spring-boot/target/llamastream-example-spring-boot.jar
"$jdk/bin/jar" --list --file "$jar" 2>/dev/null | grep -qE 'BOOT-INF/lib/llamastream-natives-[^/]*\.jar' \
    || fail "there is no natives jar in $jar: mvn -f reactor.xml package"
cp "$jar" "$out/app.jar"

# a model that never ends
cat >"$out/Write.java" <<'PROGRAM'
import dev.llamastream.fixture.ChatTemplate;
import dev.llamastream.fixture.ScriptedModel;

void main() {
  System.out.println(
      ScriptedModel.of("one ", "two ", "three ").repeat().gguf().put(ChatTemplate.KEY, ChatTemplate.CHATML).writeShared("boot"));
}
PROGRAM
model=$("$jdk/bin/java" -cp target/test-classes "$out/Write.java")

# start <options of java...>: the application, on a free port
start() {
    : >"$out/log"
    "$jdk/bin/java" -XX:TieredStopAtLevel=1 "-Dllamastream.cache.dir=$out/cache" "$@" --server.port=0 --spring.lifecycle.timeout-per-shutdown-phase=3s \
        "--spring.ai.llamastream.model=$model" --spring.ai.llamastream.context-size=250000 >"$out/log" 2>&1 &
    app=$!
    await "the application's start" started
    port=$(sed -n 's/.*started on port \([0-9]*\).*/\1/p' "$out/log")
}
started() {
    kill -0 "$app" 2>/dev/null || fail "the application did not start"
    grep -q 'Started ChatApplication' "$out/log"
}

# stop: by SIGTERM, whose exit status java passes on
stop() {
    local status=0
    kill "$app"
    wait "$app" || status=$?
    app=
    [ "$status" = 143 ] || fail "exit status $status"
}

# streams <number>: whether the engine has this many streams, parked ones included
streams() {
    curl -sf "http://127.0.0.1:$port/actuator/health" >"$out/health" || return
    [[ $(<"$out/health") == *'"status":"UP"'* ]] || fail "health: $(<"$out/health")"
    [ $(($(detail running) + $(detail waiting) + $(detail parked))) = "$1" ]
}
detail() {
    sed "s/.*\"$1\":\([0-9]*\).*/\1/" "$out/health"
}

# ask: begins to read an answer
ask() {
    curl -sNf "http://127.0.0.1:$port/chat?message=Hi" >"$out/answer" &
    client=$!
    await "an answer" grep -q 'data:{"text":"three "}' "$out/answer"
    await "the answer in the engine" streams 1
}

start -jar "$out/app.jar"
streams 0 || fail "streams before the first request"
ls -liR "$out/cache" >"$out/extracted"
grep -q libllamastream "$out/extracted" || fail "nothing was extracted"
if grep -i warning "$out/log"; then fail "warnings"; fi
echo "natives from a nested jar: ok"

ask
kill "$client"
wait "$client" || true
await "the end of an answer whose client hung up" streams 0
echo "a client that hangs up: ok"

ask
stop
wait "$client" || fail "the client saw no end of its answer"
if grep -E 'ERROR|Exception|aborted' "$out/log"; then fail "not a graceful shutdown"; fi
echo "SIGTERM during an answer: ok"

# where native access is an error unless allowed: the manifest allows it
start --illegal-native-access=deny -jar "$out/app.jar"
stop
ls -liR "$out/cache" | cmp - "$out/extracted" || fail "the natives were extracted again"
echo "the second start: ok"

# refused <text> <options of java...>: the application does not start, and says the text
refused() {
    local text=$1 printed
    shift
    if printed=$("$jdk/bin/java" -XX:TieredStopAtLevel=1 "-Dllamastream.cache.dir=$out/cache" "$@" --server.port=0 \
        "--spring.ai.llamastream.model=$model" 2>&1); then
        fail "started, without: $text"
    fi
    [[ $printed == *"APPLICATION FAILED TO START"*"$text"* ]] || fail "$printed"
}

# the manifest of a jar on the class path allows nothing
refused --enable-native-access=ALL-UNNAMED \
    --illegal-native-access=deny -cp "$out/app.jar" org.springframework.boot.loader.launch.JarLauncher
refused "-Dllamastream.library.path: no $out/" "-Dllamastream.library.path=$out" -jar "$out/app.jar"
echo "what an application says that cannot start: ok"
