#!/usr/bin/env bash
# The program in a root folder with nothing but itself and the certificates, as in the image, as the image's user:
# empty-root.sh PROGRAM LOCAL_CONTROL_PLANE SIMULATOR. Prints what is wrong, and how many checks passed.
#
# What Kubernetes mounts into every pod is there as well: /etc/hosts and /etc/resolv.conf. The API server is spoken to by TLS, the simulator by
# a name that only /etc/hosts has: both must work with what is linked into the program.
set -euo pipefail
program=$(realpath "$1") control_plane=$2 simulator=$3
repository=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../..")
unset HTTP_PROXY HTTPS_PROXY http_proxy https_proxy

work=$(mktemp -d)
processes=()
stop() {
    local process
    for process in "${processes[@]}"; do kill "$process" 2>/dev/null || true; done
    for process in "${processes[@]}"; do wait "$process" 2>/dev/null || true; done
    rm -rf "$work"
}
trap stop EXIT

passed=0 failed=0
# check WHAT FOUND EXPECTED
check() {
    if [[ $2 == "$3" ]]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'FAILED %s\n  expected: %s\n  found:    %s\n' "$1" "$3" "$2"
    fi
}

# written FILE: waits for it, a minute at most.
written() {
    local deadline=$((SECONDS + 60))
    until [[ -s $1 ]]; do
        ((SECONDS < deadline)) || { echo "in vain: $1" >&2; cat "$work"/*.log >&2; return 1; }
        sleep 0.1
    done
}

root=$work/root
mkdir -p "$root/etc/ssl/certs"
cp "$program" "$root/privatelink-operator"
cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
cloud=privatelink.example.test
echo "127.0.0.1 $cloud" >"$root/etc/hosts"
echo "nameserver 127.0.0.1" >"$root/etc/resolv.conf"

# prepare [NAME=VALUE …] -- ARGUMENT…: how the program is run there, with no more environment than that, in $command.
prepare() {
    local -a variables=() change_root=(chroot --userspec=65532:65532 "$root")
    # Somebody other than root needs a namespace of users to change the root.
    ((EUID == 0)) || change_root=(unshare --user --map-user=65532 --map-group=65532 --root="$root")
    while [[ $1 != -- ]]; do variables+=("$1"); shift; done
    shift
    command=(env -i PATH="$PATH" "${variables[@]}" "${change_root[@]}" /privatelink-operator "$@")
}

inside() {
    prepare "$@"
    "${command[@]}"
}

check "asks for no library and no loader" "$(LC_ALL=C readelf -lWd "$program" | sed -nE '/INTERP|NEEDED/p')" ""
version=$(sed -nE '/^version = /{s/.*"(.*)"/\1/p}' "$repository/Cargo.toml")
check "says its version" "$(inside -- --version)" "privatelink-operator $version"
check "prints the definitions" "$(inside -- crds)" "$(cat "$repository"/crds/*.yaml)"

"$control_plane" run --kubernetes 1.37 --kubeconfig-out "$work/kubeconfig" 2>"$work/control-plane.log" >/dev/null &
processes+=($!)
"$simulator" serve --config "$repository/config/simulator/simulator.yaml" --listen 127.0.0.1:0 --admin-listen 127.0.0.1:0 \
    --port-file "$work/simulator.json" 2>"$work/simulator.log" >/dev/null &
processes+=($!)
written "$work/kubeconfig"
written "$work/simulator.json"
kubectl_program=$("$control_plane" paths --kubernetes 1.37 | sed -n '$p')
kubectl() { KUBECONFIG=$work/kubeconfig "$kubectl_program" "$@"; }
kubectl apply -f "$repository/crds" >/dev/null

port=$(sed -nE 's/.*"api": *"[^"]*:([0-9]+)".*/\1/p' "$work/simulator.json")
install -m 0444 "$work/kubeconfig" "$root/kubeconfig"
prepare KUBECONFIG=/kubeconfig PRIVATELINK_ENDPOINT="http://$cloud:$port" LOAD_BALANCER_ENDPOINT="http://$cloud:$port" ALIBABA_CLOUD_STS_ENDPOINT="http://$cloud:$port" \
    ALIBABA_CLOUD_ACCESS_KEY_ID=sim-provider-key ALIBABA_CLOUD_ACCESS_KEY_SECRET=sim-provider-secret \
    -- run --region=cn-hangzhou --health-probe-bind-address=127.0.0.1:0 --metrics-bind-address=127.0.0.1:0
"${command[@]}" 2>"$work/operator.log" &
processes+=($!)

kubectl apply -f "$repository/config/samples/slb-minimal.yaml" >/dev/null
waited=$(kubectl wait --for=condition=Ready vpces/payments --timeout=90s 2>&1) || cat "$work/operator.log"
check "makes an object Ready" "$waited" "vpcendpointservice.privatelink.alibabacloud.com/payments condition met"

echo "empty-root: $passed passed, $failed failed"
((failed == 0))
