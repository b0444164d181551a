#!/usr/bin/env bash
# Ends the node at once, as a loss of power does, and removes what it made on the machine; its state stays in FOLDER: down.sh FOLDER.
set -euo pipefail
. "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/../settings.sh"
folder=$1
[[ -e $folder/node ]] || { echo "cluster: $folder is no node's" >&2; exit 1; }

# Whether this process is still the node's first: a number may have been given to another.
is_ours() { [[ $(awk '$1 == "PPid:" { print $2 }' "/proc/$2/status" 2>/dev/null) == "$1" ]] && tr '\0' ' ' <"/proc/$2/cmdline" | grep init.sh >/dev/null; }

end_processes() {
    local parent init deadline=$((SECONDS + 20))
    read -r parent init <"$folder/init.pid"
    if is_ours "$parent" "$init"; then
        # With the first process of the namespace the kernel ends all others, mounts and links included.
        kill -KILL "$init"
        while kill -0 "$init" 2>/dev/null && ((SECONDS < deadline)); do sleep 0.05; done
        ip link delete "$link" 2>/dev/null || true
    fi
    rm -f "$folder/init.pid" "$folder/env"
}

# Deepest first, and again while the last processes are ending.
remove_cgroups() {
    local cgroup deadline=$((SECONDS + 20))
    while read -r cgroup; do
        while [[ -d $cgroup ]] && ((SECONDS < deadline)); do
            find "$cgroup" -depth -type d -exec rmdir {} + 2>/dev/null || sleep 0.05
        done
        [[ ! -d $cgroup ]] || echo "cluster: $cgroup is left" >&2
    done <"$folder/cgroups"
    rm -f "$folder/cgroups"
}

[[ ! -e $folder/init.pid ]] || end_processes
[[ ! -e $folder/cgroups ]] || remove_cgroups
