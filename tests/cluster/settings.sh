# Names, addresses and folders of the node; the other scripts read it.
# shellcheck shell=bash disable=SC2034
cluster_folder=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
cache=${PRIVATELINK_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/privatelink-operator}

# The node is called so, and one pair of virtual network interfaces leads into it.
node_name=node1
link=privatelink0
host_address=172.30.98.1
node_address=172.30.98.2
pod_network=10.245.0.0/24
service_network=10.96.0.0/24
kubernetes_address=10.96.0.1
dns_address=10.96.0.10

parts=(kubernetes containerd runc cni coredns pause)

# The version of module $2 in the part $1, as its go.mod names it.
version_of() { sed -nE "s#^(require)?[[:space:]]*$2 (v[^ ]+).*#\\2#p" "$cluster_folder/go/$1/go.mod"; }

# What the linker puts into the programs of a part. Without its version kubelet says v0.0.0, and the API server refuses it.
linker_flags() {
    local version
    printf -- '-s -w'
    case $1 in
    kubernetes)
        version=$(version_of kubernetes k8s.io/kubernetes)
        printf -- ' -X k8s.io/component-base/version.gitVersion=%s' "$version"
        printf -- ' -X k8s.io/component-base/version.gitMajor=1 -X k8s.io/component-base/version.gitMinor=%s' "$(cut -d. -f2 <<<"$version")"
        ;;
    containerd) printf -- ' -X github.com/containerd/containerd/v2/version.Version=%s' "$(version_of containerd github.com/containerd/containerd/v2)" ;;
    runc)
        version=$(version_of runc github.com/opencontainers/runc)
        printf -- ' -X main.version=%s -linkmode external -extldflags -static' "${version#v}"
        ;;
    esac
}

# The folder of a part's programs, named for what they are made of. One that is there is complete.
part() {
    local key
    key=$( (cat "$cluster_folder/go/$1"/*; linker_flags "$1") | sha256sum | cut -c1-16)
    printf '%s/cluster/%s-%s' "$cache" "$1" "$key"
}

control_plane() { printf '%s' "${CONTROL_PLANE:-$("$cluster_folder/../control-plane/build.sh" --dir 1.37)}"; }

# Where the programs are: for PATH.
programs() {
    local name
    control_plane
    for name in "${parts[@]}"; do printf ':%s' "$(part "$name")"; done
}
