#!/usr/bin/env bash
# Records the figures of the picture of the dashboard, and draws it: picture.sh PORTS. Needs a running `make demo KEEP=1`; PORTS is the file that its operator
# has as --port-file (`ps` shows it). Some two minutes: 24 services are created, changed and deleted, and meanwhile the provider throttles,
# an answer gets lost, and a load balancer is missing.
set -euo pipefail
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
root=$(realpath "$here/../..")

if [[ ${1:-} == --work ]]; then
    order() {
        curl --fail --silent --show-error --output /dev/null "$PRIVATELINK_SIM_ADMIN/v1/faults" --json "$1"
    }
    # $1: how many, $2: a load balancer, $3: a description.
    objects() {
        for number in $(seq "$1"); do
            echo "{apiVersion: privatelink.alibabacloud.com/v1alpha1, kind: VpcEndpointService, metadata: {name: shop-$number}, spec: {serviceResourceType: nlb,
  description: '$3', resources: [{resourceId: $2, zoneIds: [cn-hangzhou-h]}]}}"
            echo ---
        done
    }
    kubectl delete vpces --all >/dev/null
    objects 12 nlb-orders1 first | kubectl apply --filename - >/dev/null
    kubectl wait --for condition=Ready --timeout 120s vpces --all >/dev/null
    order '{"operation": "ListVpcEndpointServices", "times": 2, "kind": {"throttle": {}}}'
    order '{"operation": "CreateVpcEndpointService", "kind": {"cut": {"moment": "after_effect"}}}'
    objects 24 nlb-orders1 second | kubectl apply --filename - >/dev/null
    kubectl wait --for condition=Ready --timeout 120s vpces --all >/dev/null
    kubectl patch vpces shop-3 --type merge --patch '{"spec": {"resources": [{"resourceId": "nlb-nowhere", "zoneIds": ["cn-hangzhou-h"]}]}}' >/dev/null
    kubectl wait --for 'jsonpath={.status.conditions[?(@.type=="Ready")].reason}=WaitingForLoadBalancer' --timeout 60s vpces/shop-3 >/dev/null
    for number in $(seq 13 18); do kubectl delete vpces "shop-$number" --wait=false >/dev/null; done
    kubectl wait --for delete --timeout 120s vpces/shop-13 vpces/shop-18 >/dev/null
    exit
fi

ports=${1:?picture.sh PORTS: name the file that the operator has as --port-file}
metrics=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["metrics"])' "$ports")
# shellcheck source=/dev/null
source "$root/target/demo/env"
prometheus=$("$here/install.sh")
export PYTHONDONTWRITEBYTECODE=1
python3 "$here/picture.py" "$prometheus/prometheus" "$metrics" "$here/picture.sh" --work
python3 "$here/draw.py"
