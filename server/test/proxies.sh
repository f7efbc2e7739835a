#!/usr/bin/env bash
# Uses the server through nginx, Caddy and HAProxy with the configurations in deploy/proxies, with other names and ports. Linux, a
# JDK 25, the three proxies; after mvn -f reactor.xml package.
set -euo pipefail
cd "$(dirname "$0")/../.."
jdk=$(./llamastream --jdk)
out=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null; wait; rm -rf "$out"' EXIT

fail() {
    echo "server/test/proxies.sh: $*" >&2
    exit 1
}

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

server=$(free_port)
proxy=$(free_port)
./llamastream serve --port "$server" --max-body $((64 << 20)) >"$out/server.log" 2>&1 &

await() { # port
    for _ in $(seq 600); do
        curl -fs -o /dev/null "http://127.0.0.1:$1/health" && return
        sleep 0.1
    done
    cat "$out"/*.log >&2
    fail "nothing answers at port $1"
}

# configured <file>: the configuration with this test's names and ports
configured() {
    sed -e "s/127.0.0.1:8080/127.0.0.1:$server/; s/listen 80;/listen 127.0.0.1:$proxy;/; s/llm.example.com {/http:\/\/127.0.0.1:$proxy {/;
        s/llm.example.com;/127.0.0.1;/; s/bind :80/bind 127.0.0.1:$proxy/" "deploy/proxies/$1"
}

try() { # proxy, command
    echo "--- $1 ---"
    "${@:2}" >"$out/$1.log" 2>&1 &
    await "$proxy"
    "$jdk/bin/java" server/test/Proxied.java "http://127.0.0.1:$proxy" "http://127.0.0.1:$server"
    kill %+
    wait %+ || true
}

await "$server"

mkdir -m 777 "$out/nginx" && chmod 755 "$out" # its workers are another user
{
    echo "daemon off; pid $out/nginx/pid; error_log stderr; events {} http { access_log off; client_body_temp_path $out/nginx; proxy_temp_path $out/nginx;"
    configured nginx.conf
    echo "}"
} >"$out/nginx.conf"
try nginx "$(PATH=$PATH:/usr/sbin type -P nginx)" -e stderr -c "$out/nginx.conf"

{
    printf '{\n\tadmin off\n\tauto_https off\n}\n'
    configured Caddyfile
} >"$out/Caddyfile"
try caddy caddy run --adapter caddyfile --config "$out/Caddyfile"

configured haproxy.cfg >"$out/haproxy.cfg"
try haproxy "$(PATH=$PATH:/usr/sbin type -P haproxy)" -f "$out/haproxy.cfg"
