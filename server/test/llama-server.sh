#!/usr/bin/env bash
# Runs the tests of llama.cpp's own server against ours. The tests are those of the pinned source tree. Linux or macOS, a JDK 25,
# Python 3.10 or later with venv; after mvn -f reactor.xml package.
#   server/test/llama-server.sh [a file, or a file::test]...
# The table of what passed is left in server/target/llama-server/table.md.
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$PWD
jdk=$(./llamastream --jdk)
adapter=$root/server/src/test/llama-server
out=$root/server/target/llama-server
tests=$root/target/native/llama.cpp/tools/server/tests
[ -d "$tests" ] || { echo "server/test/llama-server.sh: there is no $tests: mvn package fetches it" >&2; exit 1; }
mkdir -p "$out"

if ! cmp -s "$adapter/requirements.txt" "$out/installed.txt"; then
    python3 -m venv --clear "$out/venv"
    "$out/venv/bin/pip" install --quiet --disable-pip-version-check --require-hashes --only-binary=:all: \
        --requirement "$adapter/requirements.txt"
    cp "$adapter/requirements.txt" "$out/installed.txt"
fi

classes="$root/target/classes:$root/target/test-classes:$root/server/target/classes:$root/cli/target/lib/*"
"$jdk/bin/javac" -cp "$classes" -d "$out/classes" "$adapter/StandIn.java"
cat >"$out/llama-server" <<SERVER
#!/usr/bin/env bash
exec "$jdk/bin/java" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED \\
    "-Dllamastream.library.path=$root/target/native/$(./llamastream --platform)" -cp "$out/classes:$classes" StandIn
SERVER
chmod +x "$out/llama-server"

if [ $# = 0 ]; then
    set -- test_basic.py test_chat_completion.py test_completion.py test_ctx_shift.py test_embedding.py test_ignore_eos.py \
        test_infill.py test_metrics.py test_security.py test_slot_save.py test_template.py test_tokenize.py
fi
# the source tree stays as it is
cd "$tests"
export LLAMA_SERVER_BIN_PATH=$out/llama-server LLAMA_SERVER_TABLE=$out/table.md LLAMA_CACHE=$out PORT=${PORT:-18080}
export PYTHONPATH=$adapter PYTHONDONTWRITEBYTECODE=1 NO_PROXY=127.0.0.1
"$out/venv/bin/python" -m pytest -p adapter -p no:cacheprovider --color=no -q -rfE --tb=short "${@/#/unit/}"
echo "llama.cpp's tests of its server: ok"
