#!/usr/bin/env bash
# Lints what config/ and the chart render, with checkov and kube-score: run.sh [--if-there]. With --if-there, only where they are installed.
set -euo pipefail
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")

linters=$("$here/install.sh" "$@")
if [[ -z $linters ]]; then
    echo "manifests: not linted, because the linters are not installed: make lint-manifests"
    exit 0
fi
helm=$("$here/../chart/install.sh")
kubernetes=$("$here/../control-plane/build.sh" 1.37)
PYTHONDONTWRITEBYTECODE=1 exec python3 "$here/lint.py" "$linters" "$helm/helm4" "$kubernetes/kubectl"
