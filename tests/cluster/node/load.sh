#!/usr/bin/env bash
# Puts images into the node: load.sh FOLDER ARCHIVE…. There is no registry: pods must not have the pull policy Always.
set -euo pipefail
. "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/../settings.sh"
folder=$1
read -r _ init <"$folder/init.pid"
shift
# It warns of cgroup v1 each time.
for archive in "$@"; do
    PATH=$(programs):$PATH ctr --address "/proc/$init/root/run/containerd/containerd.sock" --namespace k8s.io images import "$archive" >/dev/null 2>"$folder/log/import.log" ||
        { cat "$folder/log/import.log" >&2; exit 1; }
done
