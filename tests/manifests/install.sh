#!/usr/bin/env bash
# Installs the linters of manifests, once for each set of pinned versions, into the cache, and prints the folder that holds checkov/bin and
# kube-score: install.sh [--if-there]. With --if-there it installs nothing, and prints nothing where they are missing.
set -euo pipefail
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
kube_score=v1.20.0

cache=${PRIVATELINK_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/privatelink-operator}/tools
key=$(cat "$here/checkov.txt" "${BASH_SOURCE[0]}" | sha256sum | cut -c1-16)
folder=$cache/manifests-$key

install() {
    python3 -m venv "$folder/checkov"
    "$folder/checkov/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$here/checkov.txt"
    GOBIN=$folder CGO_ENABLED=0 go install -trimpath -ldflags "-s -w" "github.com/zegl/kube-score/cmd/kube-score@$kube_score"
}

if [[ ${1:-} == --if-there ]]; then
    [[ -e $folder/complete ]] || exit 0
    echo "$folder"
    exit 0
fi
mkdir -p "$folder"
# Two runs at once: the second waits, and finds the work done.
exec 9>"$folder/lock"
flock 9
if [[ ! -e $folder/complete ]]; then
    echo "installing checkov and kube-score into $folder" >&2
    install >&2
    touch "$folder/complete"
fi
touch "$folder"
# Older sets that nobody has used for two weeks.
find "$cache" -mindepth 1 -maxdepth 1 -type d -name 'manifests-*' -mtime +14 -exec rm -rf {} +
echo "$folder"
