#!/usr/bin/env bash
# Runs the tests of native/test/platform.tests on a machine of the platform itself, with the published libraries.
# Usage: .github/test-published.sh <platform>; after its libraries were put into target/native/published/<platform>.
set -euo pipefail
cd "$(dirname "$0")/.."
rm -rf "target/native/$1"
cp -R "target/native/published/$1" "target/native/$1" # where the tests look
mvn -B verify -Dnative.skip -Djacoco.skip "-Dtest=$(grep -v '^#' native/test/platform.tests | tr -d '\r' | paste -s -d , -)"
