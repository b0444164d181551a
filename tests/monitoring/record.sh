#!/usr/bin/env bash
# Records what an operator shows under /metrics into recorded.txt: record.sh PORTS. Needs a running `make demo KEEP=1`; PORTS is the file that its operator has as
# --port-file (`ps` shows it).
#
# Something of everything happens first: a create whose answer gets lost, a throttled list, a load balancer that does not exist.
set -euo pipefail
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
root=$(realpath "$here/../..")

ports=${1:?record.sh PORTS: name the file that the operator has as --port-file}
metrics=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["metrics"])' "$ports")
# shellcheck source=/dev/null
source "$root/target/demo/env"

order() {
    curl --fail --silent --show-error --output /dev/null "$PRIVATELINK_SIM_ADMIN/v1/faults" --json "$1"
}

order '{"operation": "ListVpcEndpointServices", "times": 2, "kind": {"throttle": {}}}'
order '{"operation": "CreateVpcEndpointService", "kind": {"cut": {"moment": "after_effect"}}}'
kubectl apply --filename "$root/config/samples/retain.yaml"
kubectl patch vpces orders --type merge --patch '{"spec": {"resources": [{"resourceId": "nlb-nowhere", "zoneIds": ["cn-hangzhou-h"]}]}}'
kubectl wait --for condition=Ready --timeout 60s vpces/ledger
kubectl wait --for 'jsonpath={.status.conditions[?(@.type=="Ready")].reason}=WaitingForLoadBalancer' --timeout 60s vpces/orders
curl --fail --silent --show-error --output "$here/recorded.txt" "$metrics/metrics"
