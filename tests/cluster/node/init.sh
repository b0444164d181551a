#!/usr/bin/env bash
# The first process of the node's namespaces: init.sh FOLDER; up.sh starts it. Makes mounts and network as a machine of its own has them, starts
# the components, and starts again what ends. When it is killed, the kernel ends everything in the namespaces.
set -euo pipefail
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
. "$here/../settings.sh"
folder=$1
certificates=$folder/certificates logs=$folder/log
PATH=$(programs):$PATH
export PATH

# Mounts of the machine's cgroups would be found in the list of mounts by kubelet and runc, so /sys is left altogether.
mount_kernel() {
    mount --make-rprivate /
    # kubelet mounts volumes, and pods are to see them.
    mount --make-rshared /
    mount -t proc proc /proc
    umount --recursive --lazy /sys
    mount -t sysfs sysfs /sys
    mount -t tmpfs -o mode=755 tmpfs /sys/fs/cgroup
    local controllers name
    # Each hierarchy that /proc/PID/cgroup names, those without a controller as well: containerd's shim looks its process up in all of them.
    while IFS=: read -r _ controllers _; do
        [[ -n $controllers ]] || continue
        name=${controllers#name=}
        mkdir "/sys/fs/cgroup/$name"
        if [[ $controllers == name=* ]]; then controllers=none,$controllers; fi
        mount -t cgroup -o "$controllers" cgroup "/sys/fs/cgroup/$name"
    done </proc/self/cgroup
}

# What the components keep lies in the folder of the state, or goes with the node.
mount_folders() {
    mount -t tmpfs tmpfs /run
    mount -t tmpfs tmpfs /var/log
    mount -t tmpfs tmpfs /var/lib
    mkdir -p /run/lock /run/netns /var/log/containers /var/lib/cni
    local name
    for name in log/pods lib/kubelet lib/containerd; do
        mkdir -p "/var/$name" "$folder/$name"
        mount --bind "$folder/$name" "/var/$name"
    done
}

# kubelet wants these as they are here, and writes them for the whole machine where they are not: it finds files that say so.
pretend_sysctls() {
    local setting file
    mkdir /run/sysctl
    for setting in vm/overcommit_memory=1 vm/panic_on_oom=0 kernel/panic=10 kernel/panic_on_oops=1 \
        kernel/keys/root_maxkeys=1000000 kernel/keys/root_maxbytes=25000000; do
        file=/run/sysctl/$(tr / . <<<"${setting%=*}")
        echo "${setting#*=}" >"$file"
        mount --bind "$file" "/proc/sys/${setting%=*}"
    done
}

set_network() {
    ip link set lo up
    until ip link show eth0 >/dev/null 2>&1; do sleep 0.02; done
    ip address add "$node_address/30" dev eth0
    ip link set eth0 up
    # The node's own calls to Services need a route before their destination is rewritten. There is no default route.
    ip route add "$service_network" via "$host_address"
    echo 1 >/proc/sys/net/ipv4/ip_forward
    # An answer from one pod to another, which the bridge would carry past the rules of the Service; not every kernel has it.
    [[ ! -e /proc/sys/net/bridge/bridge-nf-call-iptables ]] || echo 1 >/proc/sys/net/bridge/bridge-nf-call-iptables
    hostname "$node_name"
    printf '127.0.0.1 localhost\n%s %s\n' "$node_address" "$node_name" >/run/hosts
    mount --bind /run/hosts /etc/hosts
}

# A file of conf/ with this node's values.
filled() {
    sed -e "s|@CERTIFICATES@|$certificates|g; s|@CNI_PROGRAMS@|$(part cni)|g; s|@CNI_SETTINGS@|$folder/conf/cni|g" \
        -e "s|@RUNC@|$(part runc)/runc|g; s|@POD_NETWORK@|$pod_network|g; s|@NODE@|$node_name|g; s|@DNS@|$dns_address|g" \
        -e "s|@OPEN_FILES@|$(ulimit -Hn)|g" "$here/conf/$1"
}

write_settings() {
    mkdir -p "$folder/conf/cni"
    filled pods.conflist >"$folder/conf/cni/pods.conflist"
    local name
    for name in containerd.toml kubelet.yaml kube-proxy.yaml; do filled "$name" >"$folder/conf/$name"; done
}

# component NAME COMMAND…: again a second after it has ended, as an init system does it. Some give up while the API server is not there yet.
component() {
    local name=$1 code
    shift
    while true; do
        code=0
        "$@" >>"$logs/$name.log" 2>&1 || code=$?
        echo "$(date +%T) $name ended with exit code $code" >>"$logs/restarts"
        sleep 1
    done &
}

start_control_plane() {
    component etcd etcd --data-dir "$folder/etcd" --unsafe-no-fsync --log-level warn --listen-client-urls http://127.0.0.1:2379 \
        --advertise-client-urls http://127.0.0.1:2379 --listen-peer-urls http://127.0.0.1:2380
    component kube-apiserver kube-apiserver --etcd-servers http://127.0.0.1:2379 --advertise-address "$node_address" --secure-port 6443 \
        --tls-cert-file "$certificates/apiserver.crt" --tls-private-key-file "$certificates/apiserver.key" --client-ca-file "$certificates/ca.crt" \
        --kubelet-certificate-authority "$certificates/ca.crt" --kubelet-preferred-address-types InternalIP \
        --kubelet-client-certificate "$certificates/apiserver-to-kubelet.crt" --kubelet-client-key "$certificates/apiserver-to-kubelet.key" \
        --service-account-issuer https://kubernetes.default.svc --service-account-key-file "$certificates/service-accounts.pub" \
        --service-account-signing-key-file "$certificates/service-accounts.key" --service-cluster-ip-range "$service_network" \
        --authorization-mode Node,RBAC --enable-admission-plugins NodeRestriction --allow-privileged=true
    component kube-controller-manager kube-controller-manager --kubeconfig "$certificates/controller-manager.kubeconfig" \
        --bind-address 127.0.0.1 --leader-elect=false --use-service-account-credentials --root-ca-file "$certificates/ca.crt" \
        --service-account-private-key-file "$certificates/service-accounts.key" --cluster-signing-cert-file "$certificates/ca.crt" \
        --cluster-signing-key-file "$certificates/ca.key" --allocate-node-cidrs --cluster-cidr "$pod_network" --node-cidr-mask-size 24 \
        --service-cluster-ip-range "$service_network"
    component kube-scheduler kube-scheduler --kubeconfig "$certificates/scheduler.kubeconfig" --bind-address 127.0.0.1 --leader-elect=false
}

api_server_is_ready() { [[ $(curl --silent --max-time 2 --cacert "$certificates/ca.crt" https://127.0.0.1:6443/readyz) == ok ]]; }

start_node() {
    component containerd containerd --config "$folder/conf/containerd.toml"
    # kubelet ends at once without the socket.
    until [[ -S /run/containerd/containerd.sock ]]; do sleep 0.05; done
    component kubelet kubelet --config "$folder/conf/kubelet.yaml" --kubeconfig "$certificates/kubelet.kubeconfig" \
        --node-ip "$node_address" --hostname-override "$node_name"
    # Before the roles of a new cluster are there, kube-proxy is refused, and then waits for seconds.
    until api_server_is_ready; do sleep 0.1; done
    component kube-proxy kube-proxy --config "$folder/conf/kube-proxy.yaml"
}

mount_kernel
mount_folders
pretend_sysctls
set_network
write_settings
: >"$logs/restarts"
start_control_plane
start_node
# Orphans of the pods become its children.
set +e
while true; do
    wait -n
    sleep 0.2
done
