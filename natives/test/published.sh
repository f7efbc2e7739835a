#!/usr/bin/env bash
# natives/test/published.sh <folder>: fills it with the published libraries of all platforms. Those that are not built are this machine's,
# by another name: they serve to test what is packed, not to be run.
set -euo pipefail
cd "$(dirname "$0")/../.."
mkdir "$1"
for platform in linux-x86_64 linux-aarch64 windows-x86_64 macos-aarch64; do
    libraries=$PWD/target/native/published/$platform
    [ -d "$libraries" ] || libraries=$PWD/target/native/$(./llamastream --platform)
    ln -s "$libraries" "$1/$platform"
done
