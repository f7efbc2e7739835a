#!/usr/bin/env bash
# Runs the library's tests of native/test/platform.tests on Windows, with the libraries in target/native/published/windows-x86_64.
set -euo pipefail
cd "$(dirname "$0")/.."
cp -R target/native/published/windows-x86_64 target/native/windows-x86_64 # where the tests look
mvn -B verify -Dnative.skip -Djacoco.skip \
    "-Dtest=$(grep -v '^#' native/test/platform.tests | tr -d '\r' | paste -sd, -)"
