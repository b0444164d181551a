#!/usr/bin/env bash
# Installs the clients of the conformance programs, once for each set of pinned versions, into the cache, and prints the folder.
# Its name is made of what is pinned and of the interpreters; one that is not complete is recreated.
set -euo pipefail
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
. "$here/../lib/installed.sh"

install_python() {
    python3 -m venv --clear "$folder/python"
    "$folder/python/bin/python" -m pip install --quiet --require-hashes --requirement "$here/python/requirements.txt"
}

install_node() {
    mkdir -p "$folder/node"
    cp "$here"/node/package.json "$here"/node/package-lock.json "$folder/node/"
    npm ci --prefix "$folder/node" --ignore-scripts --no-audit --no-fund --loglevel=error
}

# install FOLDER
install() {
    local folder=$1
    install_python
    install_node
}

installed conformance "$here"/python/requirements.txt "$here"/node/package.json "$here"/node/package-lock.json "${BASH_SOURCE[0]}" \
    <(python3 -VV; node --version)
