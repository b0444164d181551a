#!/usr/bin/env bash
# Builds one part into the cache and prints the folder that holds it: build.sh [--dir] PART.
#
#   lua      the interpreter of Argo CD's scripts; some seconds
#   flux     Flux's evaluators, and the definitions of its kinds; some two minutes
#   argocd   Argo CD, kustomize, a garbage collector, a cache, and what says which health an object has; 5 to 15 minutes
#
# With --dir nothing is built: it prints the folder, and exits with 3 where that is not complete. Everything comes from Go modules.
#
# Folder: $PRIVATELINK_CACHE/gitops/<part>-<hash>, where the hash covers modules, mains and this script. A folder that is there is complete.
set -euo pipefail
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")

say() { printf 'gitops: %s\n' "$*" >&2; }

# The folder of a module's files, or its version. One that nobody has downloaded yet has no folder.
module() {
    go mod download "$1"
    go list -m -f "{{.$2}}" "$1"
}

build_lua() {
    cd "$here/lua"
    go build -ldflags "-s -w" -o "$staging/" .
}

build_argocd() {
    local source version common=github.com/argoproj/argo-cd/v3/common
    cd "$here/argocd"
    source=$(module github.com/argoproj/argo-cd/v3 Dir)
    version=$(module github.com/argoproj/argo-cd/v3 Version)
    go build -ldflags "-s -w -X $common.version=${version#v} -X $common.gitTag=$version -X $common.gitTreeState=clean" \
        -o "$staging/argocd" github.com/argoproj/argo-cd/v3/cmd
    go build -ldflags "-s -w" -o "$staging/kustomize" sigs.k8s.io/kustomize/kustomize/v5
    go build -ldflags "-s -w" -o "$staging/" ./cmd/...
    # Its own manifests, but for the workloads, which are processes here.
    mkdir -p "$staging/manifests/crds" "$staging/manifests/config"
    cp "$source"/manifests/crds/*-crd.yaml "$staging/manifests/crds"
    cp "$source"/manifests/base/config/argocd-*.yaml "$staging/manifests/config"
}

build_flux() {
    local name version sum answer
    cd "$here/flux"
    go build -ldflags "-s -w" -o "$staging/flux-health" .
    mkdir "$staging/definitions"
    while read -r name version sum; do
        answer=$(go mod download -json "$name@$version")
        [[ $answer == *"\"Sum\": \"$sum\""* ]] || { say "$name $version has another checksum than definitions.txt says"; return 1; }
        cp "$(sed -n 's/^.*"Dir": "\(.*\)".*$/\1/p' <<<"$answer")"/config/crd/bases/*.yaml "$staging/definitions"
    done < <(grep -v '^#' definitions.txt)
}

main() {
    local part folder source only_dir=
    if [[ ${1:-} == --dir ]]; then
        only_dir=yes
        shift
    fi
    case ${1:-} in
        argocd | flux | lua) source=$1 ;;
        *)
            sed -n '2,9s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
            exit 2
            ;;
    esac
    part=$1
    local cache=${PRIVATELINK_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/privatelink-operator}/gitops
    folder=$cache/$part-$(find "$here/$source" "$here/build.sh" -type f | LC_ALL=C sort | xargs cat | sha256sum | cut -c1-16)
    if [[ -d $folder ]]; then
        # For the sweep below, and for whoever sweeps.
        touch "$folder"
        printf '%s\n' "$folder"
        return
    fi
    if [[ -n $only_dir ]]; then
        printf '%s\n' "$folder"
        exit 3
    fi
    command -v go >/dev/null || { say "Go is not installed"; exit 1; }
    mkdir -p "$cache"
    # Two runs at once: the second waits, and finds the work done.
    exec 9>"$cache/$part.lock"
    flock 9
    if [[ ! -d $folder ]]; then
        # Under the lock, what lies here is left from a build that was killed.
        rm -rf "$cache/$part".part.*
        staging=$(mktemp -d "$cache/$part.part.XXXXXX")
        chmod 755 "$staging"
        trap 'rm -rf "$staging"' EXIT
        say "building $part, once"
        (export CGO_ENABLED=0 GOFLAGS="-mod=readonly -trimpath -buildvcs=false"; "build_$part") >&2
        mv "$staging" "$folder"
        say "built $part in $SECONDS s: $folder"
    fi
    # Older ones that nobody has used for two weeks.
    find "$cache" -mindepth 1 -maxdepth 1 -type d -name "$part-*" -mtime +14 -exec rm -rf {} +
    printf '%s\n' "$folder"
}

# One line: bash has read all of the script when the work begins, so that an edit meanwhile cannot mix two versions of it.
main "$@"; exit
