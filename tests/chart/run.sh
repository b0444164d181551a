#!/usr/bin/env bash
# Checks the Helm charts with Helm 3 and Helm 4: run.sh [LOCAL_CONTROL_PLANE OPERATOR].
#
# First without a cluster; then, where the programs local-control-plane and privatelink-operator are given, on a real API server,
# KUBERNETES_VERSION=1.33 on one of that version. UPDATE=1 writes the charts' copies of crds/ and config/admission, the tables of their READMEs and
# the snapshots first.
set -euo pipefail
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")

helm=$("$here/install.sh")
# kubectl is built for the newest version only.
kubernetes=$("$here/../control-plane/build.sh" 1.37)
code=0
PYTHONDONTWRITEBYTECODE=1 python3 "$here/check.py" "$helm/helm3" "$helm/helm4" "$kubernetes/kubectl" || code=$?
if (($#)); then
    "$here/on-a-control-plane.sh" "$1" "$2" "$helm" "$kubernetes/kubectl" || code=$?
fi
exit "$code"
