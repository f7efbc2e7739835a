#!/usr/bin/env bash
# Our server beside llama-server, in turns: tokens per second over SSE, time to first token, /health under load.
# Usage: bench/server.sh <model.gguf> [<threads>]     (both run with 8 slots; needs a build of everything, tools included)
set -euo pipefail

model=$1
threads=${2:-$(getconf _NPROCESSORS_ONLN)}
port=${PORT:-47123}
rounds=${ROUNDS:-3}
tokens=${TOKENS:-64}
home=$(cd "$(dirname "$0")/.." && pwd)
llama_server=${LLAMA_SERVER:-$home/target/native/tools/llama-server}
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
work=$(mktemp -d)
server=

stop() {
  if [ -n "$server" ]; then
    kill "$server" 2> /dev/null || true
    wait "$server" 2> /dev/null || true
    server=
  fi
}
trap 'stop; rm -rf "$work"' EXIT

start() {
  case $1 in
    llamastream)
      "$home/llamastream" serve -m "$model" -p "$port" -t "$threads" --slots 8 -c 8192 > "$work/log" 2>&1 &
      ;;
    llama-server)
      "$llama_server" -m "$model" --port "$port" -t "$threads" -tb "$threads" -np 8 -c 8192 > "$work/log" 2>&1 &
      ;;
  esac
  server=$!
  for _ in $(seq 600); do
    if curl -sf -o "$work/health" "http://127.0.0.1:$port/health"; then
      return
    fi
    kill -0 "$server" 2> /dev/null || break
    sleep 0.1
  done
  cat "$work/log" >&2
  echo "error: $1 did not start" >&2
  exit 1
}

"${java}c" -d "$work/classes" "$home/bench/ServerLoad.java"
"${java%java}jar" --create --file "$work/ServerLoad.jar" --main-class ServerLoad -C "$work/classes" .
# <server> <clients> <requests>
load() {
  "$java" -jar "$work/ServerLoad.jar" "$1" "$port" "$2" "$3" "$tokens"
}

echo "server       clients  tokens/s  TTFT p50  TTFT p99 health p99  served refused  lost     (times in ms)"
for _ in $(seq "$rounds"); do
  for name in llamastream llama-server; do
    start $name
    load $name 4 4 > /dev/null # warm
    load $name 1 8
    load $name 8 32
    load $name 32 64
    load $name 200 200
    stop
  done
done
