#!/usr/bin/env bash
# Operator and objects before a real Argo CD, and their health before Flux's code: run.sh FOLDER, with the programs of the workspace in the folder.
#
# First the scripts of config/argocd alone. IF_BUILT=1: the rest only where Argo CD is built already; else it says that it was not tested. ONLY=part: the
# scenarios whose names contain it.
set -euo pipefail
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
workspace=${1:?run.sh FOLDER: name the folder of local-control-plane, privatelink-operator and privatelink-sim}

export PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$here/../lib
lua=$("$here/build.sh" lua)
code=0
python3 "$here/scripts.py" "$lua/lua" || code=$?

if [[ -n ${IF_BUILT:-} ]] && ! { "$here/build.sh" --dir argocd && "$here/build.sh" --dir flux; } >/dev/null; then
    echo "gitops: SKIPPED on a real Argo CD, which is not built on this machine: make gitops builds it, in 5 to 15 minutes"
    exit "$code"
fi
argocd=$("$here/build.sh" argocd)
flux=$("$here/build.sh" flux)
helm=$("$here/../chart/install.sh")
kubernetes=$("$here/../control-plane/build.sh" 1.37)

# One port of Argo CD listens on every address: in a network namespace there is only loopback. Where the machine allows none, it goes without.
isolated=()
for way in "unshare --net" "unshare --net --map-root-user"; do
    if $way true 2>/dev/null; then
        read -ra isolated <<<"$way --"
        break
    fi
done
[[ -n ${isolated[*]} ]] || echo "gitops: no network namespace to be had, so the metrics port of Argo CD's controller is open for everybody meanwhile"

# The proxy of the environment is for nobody here.
unset HTTP_PROXY HTTPS_PROXY http_proxy https_proxy
"${isolated[@]}" python3 "$here/check.py" \
    --argocd "$argocd" --flux "$flux" --helm "$helm/helm3" --kubectl "$kubernetes/kubectl" \
    --control-plane "$workspace/local-control-plane" --operator "$workspace/privatelink-operator" --simulator "$workspace/privatelink-sim" ||
    code=$?
exit "$code"
