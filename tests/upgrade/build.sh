#!/usr/bin/env bash
# Builds the operator of the release before this version, once, into the cache, and prints where it is: build.sh [--dir]. With --dir it builds nothing, and
# fails where the program is not there.
#
# It is built from the commit that tests/it/upgrade/releases/RELEASE/commit names, in a folder of its own: that takes as long as a first
# `cargo build`.
set -euo pipefail
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
root=$(realpath "$here/../..")

release=$(sed -n 's/^pub(super) const RELEASE: &str = "\(.*\)";$/\1/p' "$root/tests/it/upgrade/frozen.rs")
commit=$(cat "$root/tests/it/upgrade/releases/$release/commit")
folder=${PRIVATELINK_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/privatelink-operator}/releases/$commit
program=$folder/privatelink-operator

if [[ ${1:-} == --dir ]]; then
    [[ -x $program ]] || exit 1
    echo "$program"
    exit
fi
mkdir -p "$folder"
# Two runs at once: the second waits, and finds the work done.
exec 9>"$folder/lock"
flock 9
if [[ ! -x $program ]]; then
    echo "building the operator of $release ($commit) into $folder" >&2
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    git -C "$root" archive "$commit" | tar -x -C "$work"
    (cd "$work" && CARGO_TARGET_DIR=$work/target cargo build --quiet --bin privatelink-operator) >&2
    mv "$work/target/debug/privatelink-operator" "$program"
fi
echo "$program"
