#!/usr/bin/env bash
# Makes the distribution of the command and tries what is in its archives: no Java besides its own, a read-only folder with a space
# and a letter beyond ASCII, the ahead-of-time cache, links, a terminal, the server, HTTPS. Prints the sizes.
# Usage: cli/test/dist.sh [<folder>]: leaves the archives in the folder.
# Linux or macOS, curl, python3, unzip, openssl 3; after mvn -f reactor.xml package.
set -euo pipefail
cd "$(dirname "$0")/../.."
out=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill -9 "$server" 2>/dev/null || true; chmod -R u+w "$out"; rm -rf "$out"' EXIT

fail() {
    echo "cli/test/dist.sh: $*" >&2
    exit 1
}

# What was published runs everywhere, this machine's own build only here.
platform=$(./llamastream --platform)
natives=target/native/published/$platform
[ -d "$natives" ] || natives=target/native/$platform
cli/dist/make.sh --natives "$natives" --output "$out/made"
zip=$(ls "$out"/made/*.zip)
name=$(basename "$zip" .zip)
rm -r "$out/made/$name" "$out/made/aot.log"

# No java on the PATH, nor anything else but what the launcher says that it needs.
mkdir "$out/tools" "$out/home"
for tool in sh dirname readlink; do
    ln -s "$(command -v $tool)" "$out/tools"
done
model=$PWD/models/SmolLM2-135M-Instruct.Q4_1.gguf
export LC_ALL=C.UTF-8 # for the folder's name

alone=(env -i "PATH=$out/tools" "HOME=$out/home")
start() { # options of env, --, arguments
    local options=()
    while [ "$1" != -- ]; do
        options+=("$1")
        shift
    done
    shift
    "${alone[@]}" "${options[@]}" "$home/bin/llamastream" "$@"
}
continues() { # options of env
    start "$@" -- run -m "$model" --temp 0 -n 6 '1, 2, 3, 4, 5, 6,' >"$out/out" 2>"$out/err" || return 1
    [ "$(cat "$out/out")" = " 7, 8," ] || fail "the text was $(cat "$out/out")"
}

mkdir -p "$out/from zip, größer" "$out/from tar"
unzip -q "$zip" -d "$out/from zip, größer"
tar -xzf "$out/made/$name.tar.gz" -C "$out/from tar"
for home in "$out/from zip, größer/$name" "$out/from tar/$name"; do
    chmod -R a-w "$home"
    touch "$out/unpacked"
    continues || fail "$home: $(cat "$out/err")"
    [ ! -s "$out/err" ] || fail "$home: it said $(cat "$out/err")"
    # With this option a JVM that cannot use its cache does not start.
    continues JDK_JAVA_OPTIONS=-XX:AOTMode=on || fail "$home: the cache is not used: $(cat "$out/err")"
    continues LC_ALL=POSIX <&- || fail "$home: in a locale that is ASCII: $(cat "$out/err")"
    changed=$(find "$home" -newer "$out/unpacked")
    [ -z "$changed" ] || fail "changed: $changed"
    echo "${home%/*}: ok"
done

# ---- the commands ----

[[ $(start -- --version) == "llamastream "*"llama.cpp "* ]] || fail "--version"
status=0
start -- run --no-such-option >"$out/out" 2>&1 || status=$?
[ $status = 2 ] || fail "exit status $status of a bad option: $(cat "$out/out")"
ln -s "$home/bin/llamastream" "$out/absolute"
ln -s "../from tar/$name/bin/llamastream" "$out/tools/relative"
for link in "$out/absolute" "$out/tools/relative"; do
    [[ $("${alone[@]}" "$link" --version) == "llamastream "* ]] || fail "the link $link"
done
hub=$out/home/.cache/huggingface/hub/models--QuantFactory--SmolLM2-135M-Instruct-GGUF/snapshots/ab810cf68114990406fdf996510dd3d3c6adbdf5
mkdir -p "$hub"
ln -s "$model" "$hub"
[[ $(start -- list) == *smollm2:135m* ]] || fail "list: $(start -- list)"
[[ $(echo 'Say "größer"' | start -- chat --temp 0 -n 8 2>"$out/err") == *[a-z]* ]] || fail "chat: $(cat "$out/err")"
[[ $(echo '{"prompt": "1, 2, 3,"}' | start -- batch - -n 4 2>"$out/err") == *'"text"'* ]] || fail "batch: $(cat "$out/err")"
python3 - "${alone[@]}" TERM=xterm-256color "$home/bin/llamastream" chat -n 4 >"$out/screen" 2>&1 <<'PYTHON' || fail "a chat on a terminal: $(cat "$out/screen")"
import os, pty, sys
process, terminal = pty.fork()
if process == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
screen = b""
seen = 0
def wait_for(text):
    global screen, seen
    while text not in screen[seen:]:
        screen += os.read(terminal, 4096)
    seen = screen.index(text, seen) + len(text)
try:
    wait_for(b"> ")
    os.write(terminal, "größer\r".encode())
    wait_for(b"tokens/s")
    wait_for(b"> ")
    os.write(terminal, b"\4")
    wait_for(b"no more")
except OSError:  # how a terminal ends
    pass
os.write(1, screen)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]))
PYTHON
grep -q größer "$out/screen" || fail "a chat on a terminal: $(cat "$out/screen")"
if grep -aiE 'warning|exception' "$out/screen"; then fail "a chat on a terminal: $(cat "$out/screen")"; fi
echo "run, list, chat, batch: ok"

# ---- the server ----

"${alone[@]}" "$home/bin/llamastream" serve -m "$model" --port 0 >"$out/serve" 2>&1 &
server=$!
for _ in $(seq 300); do
    grep -q http: "$out/serve" && break
    kill -0 $server || fail "serve: $(cat "$out/serve")"
    sleep 0.1
done
url=$(grep -oE 'http://[0-9.:]+' "$out/serve" | head -n 1)
curl -sf "$url/" >"$out/page"
grep -qi '<html' "$out/page" || fail "the page: $(head "$out/page")"
curl -sf "$url/metrics" >"$out/metrics"
curl -sf "$url/v1/chat/completions" -H 'Content-Type: application/json' \
    -d '{"messages": [{"role": "user", "content": "Hi"}], "max_tokens": 4}' >"$out/answer"
grep -q '"completion_tokens":4' "$out/answer" || fail "the answer: $(cat "$out/answer")"
kill $server
status=0
wait $server || status=$?
server=
[ $status = 143 ] || fail "exit status $status of the server: $(cat "$out/serve")"
echo "serve: ok"

# ---- HTTPS, with elliptic curves ----

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout "$out/key.pem" -out "$out/certificate.pem" \
    -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost 2>"$out/log" || fail "$(cat "$out/log")"
"$home/runtime/bin/keytool" -importcert -noprompt -alias localhost -file "$out/certificate.pem" -keystore "$out/trust.p12" \
    -storepass secret 2>/dev/null
mkdir "$out/web"
echo 'void main() { System.out.println(dev.llamastream.fixture.TinyModel.defaultPath()); }' >"$out/Write.java"
cp "$("$(./llamastream --jdk)/bin/java" -cp target/test-classes "$out/Write.java")" "$out/web/tiny.gguf"
python3 - "$out" <<'PYTHON' &
import http.server, os, ssl, sys
os.chdir(sys.argv[1] + "/web")
class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *ignored):
        pass
server = http.server.ThreadingHTTPServer(("localhost", 0), Quiet)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1] + "/certificate.pem", sys.argv[1] + "/key.pem")
server.socket = context.wrap_socket(server.socket, server_side=True)
with open(sys.argv[1] + "/port.new", "w") as file:
    file.write(str(server.server_port))
os.rename(sys.argv[1] + "/port.new", sys.argv[1] + "/port")
server.serve_forever()
PYTHON
server=$!
for _ in $(seq 100); do
    [ ! -f "$out/port" ] || break
    sleep 0.1
done
url=https://localhost:$(cat "$out/port")/tiny.gguf
if start -- pull "$url" >"$out/out" 2>&1; then fail "an unknown certificate was trusted"; fi
start "JDK_JAVA_OPTIONS=-Djavax.net.ssl.trustStore=$out/trust.p12 -Djavax.net.ssl.trustStorePassword=secret" -- pull "$url" \
    >"$out/out" 2>&1 || fail "pull: $(cat "$out/out")"
start -- run -m "$url" -n 1 a >"$out/out" 2>&1 || fail "run of what was pulled: $(cat "$out/out")"
kill $server
wait $server || true
server=
echo "https: ok"

# ---- licences ----

for file in "$home"/app/lib/*.jar; do
    part=$(basename "$file" .jar)
    case $part in llamastream-*) continue ;; esac
    text=$(sed -n "s/^$part: //p" "$home/licenses/README.txt")
    [ -s "$home/licenses/${text:-none}" ] || fail "$part has no licence in licenses/README.txt"
done
for part in $(unzip -p "$home"/app/lib/llamastream-server-*.jar page/vendor/list.txt | awk '!/^#/ { print $1 }'); do
    grep -qx "$part, in the web page: $part.txt" "$home/licenses/README.txt" && [ -s "$home/licenses/$part.txt" ] ||
        fail "$part, in the web page, has no licence in licenses/README.txt"
done
echo "licences: ok"

du -sm "$home" | sed 's/[[:space:]].*/ MB unpacked/'
if [ $# -gt 0 ]; then
    mkdir -p "$1"
    mv "$out"/made/* "$1"
fi
