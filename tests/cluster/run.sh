#!/usr/bin/env bash
# Builds what is missing, brings a node up, checks image, manifests, chart and operator on it, and takes it down: run.sh TARGET PROGRAMS, cargo's
# folder and that of the programs in it.
#
# KEEP=1 leaves the node up; ONLY="helm4 rollout" makes those checks only, ONLY=none none; REPLICAS=1 runs one operator; DEBUG=1 takes the programs of the tests; IF_CACHED=1 does
# nothing where programs of the node would have to be built.
set -euo pipefail
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
. "$here/settings.sh"
state=$1/cluster images=$1/images programs=$2

skip() {
    echo "SKIPPED cluster: $*"
    echo "cluster: 0 passed, 0 failed"
    exit 0
}

# However it ends. What the node left, its logs above all, stays where something failed, until the next run.
take_down() {
    "$here/node/down.sh" "$state" || true
    (($1 != 0)) || rm -rf "$state"
}

how_to_use() {
    cat <<TEXT

The node is up. In a shell:
  source $state/env                                   # kubectl, helm3, helm4 and where the cluster is
  kubectl get pods --all-namespaces
  kubectl apply -f config/samples/slb-minimal.yaml
  kubectl -n privatelink-sim port-forward service/privatelink-sim 8081:admin     # the simulator's admin API
It goes with:
  make cluster-down
TEXT
}

prepare() {
    local reason
    mkdir -p "$state"
    [[ ! -e $state/init.pid ]] || { echo "cluster: a node is up; make cluster-down ends it" >&2; return 1; }
    reason=$("$here/possible.sh" "$state") || skip "$reason"
    [[ -z ${IF_CACHED:-} ]] || "$here/build.sh" --check || skip "the programs of the node are not in the cache; make cluster builds them"
    "${MAKE:-make}" control-plane image-oci
    "$here/build.sh"
    helm=$("$here/../chart/install.sh")
    rm -rf "$state"
}

run() {
    "$here/node/up.sh" "$state"
    "$here/node/load.sh" "$state" "$images"/*.tar
    echo "export PATH=$helm:\$PATH" >>"$state/env"
    . "$state/env"
    PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$here/../lib python3 "$here/check.py" "$state" "$images" "$programs" "$helm" "$host_address"
}

finish() {
    local code=$?
    if [[ -z ${KEEP:-} ]]; then take_down "$code"; elif [[ -e $state/env ]]; then how_to_use; fi
}

prepare
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
run
