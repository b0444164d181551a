#!/usr/bin/env bash
# Starts the node, with its state in FOLDER: up.sh FOLDER. With what a node has left there, it is the same node after a reboot: its objects, images
# and pods are still there. FOLDER/env is for `source`.
#
# The control plane, containerd, kubelet, kube-proxy and the pods live in network, mount, PID, IPC, UTS and cgroup namespaces of their own, and no
# route leads from there beyond this machine. See down.sh.
set -euo pipefail
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
. "$here/../settings.sh"
(($# == 1)) || { sed -n '2,3s/^# //p' "${BASH_SOURCE[0]}" >&2; exit 2; }
mkdir -p "$1"
folder=$(realpath "$1")
begin=$(date +%s%N)
since=$(date -u +%Y-%m-%dT%H:%M:%SZ)
PATH=$(programs):$PATH
export PATH KUBECONFIG=$folder/kubeconfig
unset HTTP_PROXY HTTPS_PROXY http_proxy https_proxy

say() { printf 'cluster: %6.1f s  %s\n' "$((($(date +%s%N) - begin) / 100000000))e-1" "$*" >&2; }
fail() {
    say "$*; logs are in $folder/log"
    exit 1
}

refuse_a_second() {
    [[ ! -e $folder/init.pid ]] || fail "the node in $folder is up, or down.sh has not ended it"
    # Link and addresses are fixed.
    ! ip link show "$link" >/dev/null 2>&1 || fail "another node is up on this machine"
    [[ -e $folder/node ]] || [[ -z $(ls -A "$folder") ]] || fail "$folder holds what is no node's"
    touch "$folder/node"
}

# One below ours in each hierarchy. In its cgroup namespace the node takes it for the root.
make_cgroups() {
    local controllers path parent
    : >"$folder/cgroups"
    while IFS=: read -r _ controllers path; do
        parent=/sys/fs/cgroup/${controllers#name=}${path%/}
        [[ -n $controllers && -d $parent ]] || continue
        mkdir "$parent/privatelink-$$"
        if [[ $controllers == *cpuset* ]]; then
            cat "$parent/cpuset.cpus" >"$parent/privatelink-$$/cpuset.cpus"
            cat "$parent/cpuset.mems" >"$parent/privatelink-$$/cpuset.mems"
        fi
        echo "$parent/privatelink-$$" >>"$folder/cgroups"
    done </proc/self/cgroup
}

start_init() {
    (
        while read -r cgroup; do echo "$BASHPID" >"$cgroup/cgroup.procs"; done <"$folder/cgroups"
        exec setsid unshare --net --mount --pid --ipc --uts --cgroup --fork --kill-child=SIGKILL "$here/init.sh" "$folder" \
            >"$folder/log/init.log" 2>&1 </dev/null
    ) &
    local parent=$! deadline=$((SECONDS + 10)) child=
    until [[ -n $child ]]; do
        ((SECONDS < deadline)) && kill -0 "$parent" 2>/dev/null || fail "init.sh did not start"
        child=$(tr -d ' ' <"/proc/$parent/task/$parent/children") || true
    done
    echo "$parent $child" >"$folder/init.pid"
    init=$child
}

connect() {
    ip link add "$link" type veth peer name eth0 netns "$init"
    ip address add "$host_address/30" dev "$link"
    ip link set "$link" up
    # Pods reach what listens at the machine's address, and the machine reaches pods.
    ip route add "$pod_network" via "$node_address"
}

write_env() {
    cp "$folder/certificates/admin.kubeconfig" "$KUBECONFIG"
    printf 'export KUBECONFIG=%q\nexport PATH=%q:$PATH\nexport HOST_ADDRESS=%q NODE_ADDRESS=%q NODE_PID=%q\n' \
        "$KUBECONFIG" "$(programs)" "$host_address" "$node_address" "$init" >"$folder/env"
}

# until_succeeds SECONDS WHAT COMMAND…
until_succeeds() {
    local deadline=$((SECONDS + $1)) what=$2
    shift 2
    until "$@" >/dev/null 2>&1; do
        ((SECONDS < deadline)) || fail "gave up: $what"
        kill -0 "$init" 2>/dev/null || fail "the node ended: $(tail -n 5 "$folder/log/init.log")"
        sleep 0.1
    done
    say "$what"
}

containerd_answers() { ctr --address "/proc/$init/root/run/containerd/containerd.sock" version; }

# Ready may be what kubelet said before a reboot; what it says since is newer.
node_is_ready() {
    local ready='{.status.conditions[?(@.type=="Ready")].status} {.status.conditions[?(@.type=="Ready")].lastHeartbeatTime}' status time
    read -r status time < <(kubectl get node "$node_name" --output "jsonpath=$ready{\"\\n\"}")
    [[ $status == True && $time > $since ]]
}

# Images of the node's own pods, made of programs that were built.
load_own_images() {
    local name
    for name in pause coredns; do
        python3 "$here/../../image/oci.py" "$folder/$name.tar" "localhost/$name:1" 65532 "/$name" "$(part "$name")/$name"
    done
    "$here/load.sh" "$folder" "$folder/pause.tar" "$folder/coredns.tar"
    rm "$folder/pause.tar" "$folder/coredns.tar"
}

refuse_a_second
mkdir -p "$folder/log"
"$here/certificates.sh" "$folder/certificates"
make_cgroups
start_init
connect
write_env
until_succeeds 60 "kube-apiserver is ready" kubectl get --raw /readyz
until_succeeds 60 "containerd answers" containerd_answers
load_own_images
sed "s|@DNS@|$dns_address|" "$here/conf/coredns.yaml" | kubectl apply --filename - >/dev/null
until_succeeds 90 "the node is ready" node_is_ready
until_succeeds 90 "names are resolved" kubectl --namespace kube-system rollout status deployment/coredns --timeout 5s
[[ ! -s $folder/log/restarts ]] || say "started again meanwhile: $(paste -sd' ' "$folder/log/restarts")"
