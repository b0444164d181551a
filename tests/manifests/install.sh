#!/usr/bin/env bash
# Installs the linters of manifests, once for each set of pinned versions, into the cache, and prints the folder that holds checkov/bin and
# kube-score: install.sh [--if-there]. With --if-there it installs nothing, and prints nothing where they are missing.
set -euo pipefail
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
. "$here/../lib/installed.sh"
kube_score=v1.20.0
pins=("$here/checkov.txt" "${BASH_SOURCE[0]}")

# install FOLDER
install() {
    local folder=$1
    python3 -m venv "$folder/checkov"
    "$folder/checkov/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$here/checkov.txt"
    GOBIN=$folder CGO_ENABLED=0 go install -trimpath -ldflags "-s -w" "github.com/zegl/kube-score/cmd/kube-score@$kube_score"
}

if [[ ${1:-} == --if-there ]]; then
    folder=$(tools_folder manifests "${pins[@]}")
    [[ ! -e $folder/complete ]] || echo "$folder"
    exit 0
fi
installed manifests "${pins[@]}"
