#!/usr/bin/env bash
# Installs the clients of the conformance programs, once for each set of pinned versions, into the cache, and prints the folder.
# Its name is made of what is pinned and of the interpreters; one that is not complete is recreated.
set -euo pipefail
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")

cache=${PRIVATELINK_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/privatelink-operator}/conformance
pins=("$here"/python/requirements.txt "$here"/node/package.json "$here"/node/package-lock.json)
key=$({ cat "${pins[@]}" "${BASH_SOURCE[0]}"; python3 -VV; node --version; } | sha256sum | cut -c1-16)
folder=$cache/$key

install_python() {
    python3 -m venv --clear "$folder/python"
    "$folder/python/bin/python" -m pip install --quiet --require-hashes --requirement "$here/python/requirements.txt"
}

install_node() {
    mkdir -p "$folder/node"
    cp "$here"/node/package.json "$here"/node/package-lock.json "$folder/node/"
    npm ci --prefix "$folder/node" --ignore-scripts --no-audit --no-fund --loglevel=error
}

mkdir -p "$folder"
# Two runs at once: the second waits, and finds the work done.
exec 9>"$folder/lock"
flock 9
if [[ ! -e $folder/complete ]]; then
    echo "installing the clients into $folder" >&2
    install_python >&2
    install_node >&2
    touch "$folder/complete"
fi
touch "$folder"
# Older sets that nobody has used for two weeks.
find "$cache" -mindepth 1 -maxdepth 1 -type d -mtime +14 -exec rm -rf {} +
echo "$folder"
