#!/usr/bin/env bash
# Says whether a node can run on this machine: possible.sh FOLDER, where the node would keep its state. Exit code 3: no, and the reason on
# standard output.
set -euo pipefail
. "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/settings.sh"

impossible() {
    echo "$*"
    exit 3
}

[[ $(uname -s) == Linux ]] || impossible "a node needs Linux"
[[ $(uname -m) == x86_64 ]] || impossible "Helm is had for x86-64 only"
((EUID == 0)) || impossible "a node needs root: network interfaces, mounts and cgroups"
# The node's own tree of cgroups is made below ours, in every hierarchy of version 1.
grep -q :memory: /proc/self/cgroup || impossible "no memory controller of cgroup v1 here (this machine has cgroup v2, or none)"
[[ -w /sys/fs/cgroup/memory ]] || impossible "/sys/fs/cgroup/memory is not there, or cannot be written"
unshare --net --mount --pid --ipc --uts --cgroup --fork true 2>/dev/null || impossible "unshare is not allowed to make namespaces"
unshare --net ip link add probe0 type veth peer name probe1 2>/dev/null || impossible "no virtual network interfaces (veth)"
unshare --net ip link add probe0 type bridge 2>/dev/null || impossible "no network bridges"

# Layers of images are laid over each other, which not every file system bears.
work=$(mktemp -d "$1/possible.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir "$work/lower" "$work/upper" "$work/work" "$work/merged"
unshare --mount mount -t overlay overlay -o "lowerdir=$work/lower,upperdir=$work/upper,workdir=$work/work" "$work/merged" 2>/dev/null ||
    impossible "no overlayfs in $1"
for folder in "$1" "$cache" "$cluster_folder"; do
    case $(realpath -m "$folder")/ in
    /run/* | /var/run/* | /var/lib/* | /var/log/* | /sys/*)
        impossible "the node has its own of /run, /var/lib, /var/log and /sys, and would not find $folder"
        ;;
    esac
done
