#!/usr/bin/env bash
# Builds the program twice from the sources as they are, in two folders whose names differ in length, from nothing, and compares the bytes. Minutes.
set -euo pipefail
repository=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../..")
host=$(rustc -vV | sed -n 's/^host: //p')
# Cargo's cache of packages stays where it is: what a program keeps of its place is taken out as well.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset CARGO_TARGET_DIR RUSTFLAGS CARGO_ENCODED_RUSTFLAGS

# build FOLDER: prints the hash of the program.
build() {
    local folder=$work/$1
    mkdir -p "$folder"
    # Just what the image is built from.
    sed -n 's/^!//p' "$repository/.dockerignore" | tar -C "$repository" -cf - --files-from=- | tar -xf - -C "$folder"
    "$folder/tools/release-build.sh" "$host" --bin privatelink-operator >&2
    sha256sum "$folder/target/$host/release/privatelink-operator" | cut -d ' ' -f 1
}

first=$(build a)
echo "first:  $first"
second=$(build another/folder/with-a-longer-name)
echo "second: $second"
[[ $first == "$second" ]] || { echo "reproducible: 0 passed, 1 failed"; exit 1; }
echo "reproducible: 1 passed, 0 failed"
