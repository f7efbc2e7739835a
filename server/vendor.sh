#!/usr/bin/env bash
# vendor.sh: the page's libraries, in the versions that page/vendor/list.txt names, from npm into page/vendor.
set -euo pipefail
cd "$(dirname "$0")/src/main/resources/page/vendor"
new=$(mktemp -d)
trap 'rm -r "$new"' EXIT

# take <name in the list> <package> <file inside>: the file and the package's licence
take() {
    local version
    version=$(awk -F'[ |]+' -v name="$1" '$1 == name { print $2 }' list.txt)
    tar -xzf "$new/$(npm pack --silent --pack-destination "$new" "$2@$version")" -C "$new"
    sed '/^\/\/# sourceMappingURL=/d' "$new/package/$3" >"$1.js"
    cp "$new/package/LICENSE" "$1.LICENSE.txt"
    rm -r "$new/package"
}

take marked marked lib/marked.esm.js
take dompurify dompurify dist/purify.min.js
take highlight @highlightjs/cdn-assets es/highlight.min.js
