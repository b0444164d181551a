#!/usr/bin/env bash
# Builds what a node consists of beside the control plane, from Go modules, each part once, into the cache.
#
#   build.sh           builds what is missing; says on standard error how long each part took
#   build.sh --check   builds nothing; exit code 3 when something is missing
#
# Folders: see `part` in settings.sh. Debian's packages that building and running need are installed where they are not there.
set -euo pipefail
. "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/settings.sh"

say() { printf 'cluster: %s\n' "$*" >&2; }

missing() {
    local name
    for name in "${parts[@]}"; do [[ -d $(part "$name") ]] || echo "$name"; done
}

# nft is what kube-proxy writes rules with; runc filters system calls with libseccomp, and is linked with it statically.
install_packages() {
    local -a packages=()
    command -v nft >/dev/null || packages+=(nftables)
    command -v ip >/dev/null || packages+=(iproute2)
    command -v openssl >/dev/null || packages+=(openssl)
    if [[ ! -d $(part runc) ]]; then
        command -v gcc >/dev/null || packages+=(gcc libc6-dev)
        command -v pkg-config >/dev/null || packages+=(pkg-config)
        [[ -e /usr/include/seccomp.h ]] || packages+=(libseccomp-dev)
    fi
    ((${#packages[@]})) || return 0
    command -v apt-get >/dev/null || { say "install what these packages of Debian hold: ${packages[*]}"; return 1; }
    say "installing ${packages[*]}"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
}

# compile PART INTO: its tools, or its own main.
compile() {
    local name=$1 into=$2 package=.
    local -a tags=()
    cd "$cluster_folder/go/$name" || return
    [[ -e main.go ]] || package=tool
    # Flags as for the control plane, so that a package that both have is compiled once; nothing of the caller's touches go.mod.
    export CGO_ENABLED=0 GOFLAGS=-mod=readonly
    [[ $name != runc ]] || { export CGO_ENABLED=1; tags=(-tags seccomp,netgo,osusergo); }
    go build -trimpath -buildvcs=false "${tags[@]}" -ldflags "$(linker_flags "$name")" -o "$into/" "$package"
}

build() {
    local name=$1 target staging begin=$SECONDS
    target=$(part "$name")
    staging=$target.part.$$
    mkdir "$staging"
    say "building $name"
    (compile "$name" "$staging") || { rm -rf "$staging"; say "failed: $name"; return 1; }
    # Under its name it is always complete.
    mv "$staging" "$target"
    say "$name: $((SECONDS - begin)) s"
}

main() {
    if [[ ${1:-} == --check ]]; then
        [[ -z $(missing) && -x $(control_plane)/kube-apiserver ]] || exit 3
        exit
    fi
    mkdir -p "$cache/cluster"
    # Two runs at once: the second waits, and finds the work done.
    exec 9>"$cache/cluster/lock"
    flock 9
    install_packages
    local name
    for name in $(missing); do
        command -v go >/dev/null || { say "Go is not installed; 1.26 or later is needed"; return 1; }
        rm -rf "$(part "$name")".part.*
        build "$name"
    done
    # Those in use count as used; older ones that nobody has used for two weeks go.
    for name in "${parts[@]}"; do touch "$(part "$name")"; done
    find "$cache/cluster" -mindepth 1 -maxdepth 1 -type d -mtime +14 -exec rm -rf {} +
}

main "$@"; exit
