#!/usr/bin/env bash
# Puts images into the node: load.sh FOLDER ARCHIVE…. There is no registry: pods must not have the pull policy Always.
set -euo pipefail
. "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/../settings.sh"
read -r _ init <"$1/init.pid"
shift
for archive in "$@"; do
    PATH=$(programs):$PATH ctr --address "/proc/$init/root/run/containerd/containerd.sock" --namespace k8s.io images import "$archive" >/dev/null
done
