#!/usr/bin/env bash
# Builds the programs of one control plane version into the cache and prints the folder that holds them.
#
#   build.sh 1.37         builds what is missing, prints the folder on stdout (progress goes to stderr)
#   build.sh --dir 1.37   prints the folder without building; exit code 3 when it is not complete yet
#
# Folder: ${PRIVATELINK_CACHE:-${XDG_CACHE_HOME:-~/.cache}/privatelink-operator}/control-plane/<version>-<hash>, where the
# hash covers go.mod, go.sum and the mains. A folder of that name is always complete: it is filled under another name and
# renamed at the end. KUBEBUILDER_ASSETS, where set and complete, is used instead (the convention of envtest), whatever version
# it holds; for a folder that builds an API server only, which is there for its version, only when the version is that one.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

say() { printf 'control-plane: %s\n' "$*" >&2; }

fail() {
    say "$*"
    exit 1
}

usage() {
    sed -n '2,5s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
    exit 2
}

sha256() { if command -v sha256sum >/dev/null; then sha256sum; else shasum -a 256; fi; }

# The programs of a version are its mains: cmd/<program>/main.go.
programs() { (cd "$here/$version/cmd" && printf '%s\n' *); }

complete() {
    local program
    for program in $(programs); do
        [[ -x "$1/$program" ]] || return 1
    done
}

# Whether the folder $1 can stand for this version.
stands_in() {
    complete "$1" || return 1
    [[ -d "$here/$version/cmd/etcd" ]] || [[ "$("$1/kube-apiserver" --version)" == "Kubernetes v$version."* ]]
}

cache_key() { (cd "$here/$version" && cat go.mod go.sum cmd/*/main.go) | sha256 | cut -c1-16; }

# v1.37.2, as go.mod names it.
kubernetes_version() { awk '$1 == "k8s.io/kubernetes" { print $2 }' "$here/$version/go.mod"; }

duration() { printf '%dm%02ds' $(($1 / 60)) $(($1 % 60)); }

# Every 15 s while process $1 lives: what is done and for how long; $2 counts what, lines of $3 that match $4.
report_until_done() {
    local pid=$1 what=$2 log=$3 pattern=$4 ticks=0
    while kill -0 "$pid" 2>/dev/null; do
        sleep 1
        ticks=$((ticks + 1))
        if [[ -t 2 ]]; then
            printf '\r\033[Kcontrol-plane: %s, %s (%s)' "$what" "$(grep -c "$pattern" "$log" || true)" "$(duration $SECONDS)" >&2
        elif ((ticks % 15 == 0)); then
            say "$what, $(grep -c "$pattern" "$log" || true) ($(duration $SECONDS))"
        fi
    done
    if [[ -t 2 ]]; then printf '\r\033[K' >&2; fi
}

# Runs "$@" with its output in a log, reporting progress; shows the end of the log when it fails.
watched() {
    local what=$1 pattern=$2 log="$staging/log"
    shift 2
    "$@" >"$staging/out" 2>"$log" &
    child=$!
    report_until_done "$child" "$what" "$log" "$pattern"
    if ! wait "$child"; then
        tail -n 30 "$log" >&2
        fail "failed: $what"
    fi
    child=
}

abandon() {
    if [[ -n "${child:-}" ]]; then kill "$child" 2>/dev/null || true; fi
    if [[ -n "${staging:-}" ]]; then rm -rf "$staging"; fi
}

compile() {
    local git_version minor packages flags
    git_version=$(kubernetes_version)
    minor=${version#*.}
    # Without these the server says it is v0.0.0, and clients that look at the version refuse it.
    flags="-s -w"
    flags+=" -X k8s.io/component-base/version.gitVersion=$git_version"
    flags+=" -X k8s.io/component-base/version.gitMajor=1 -X k8s.io/component-base/version.gitMinor=$minor"

    cd "$here/$version"
    # Static binaries, no C compiler needed; nothing of the caller's flags may touch go.mod.
    export CGO_ENABLED=0 GOFLAGS=-mod=readonly
    say "building $(programs | paste -sd' ' -) of Kubernetes $git_version; once, 3 to 5 minutes on 2 idle cores"
    watched "fetching modules, files fetched" "downloading" go list -deps ./cmd/...
    packages=$(wc -l <"$staging/out")
    mkdir "$staging/bin"
    watched "compiling, packages done of at most $((packages))" "^[^ ]*$" \
        go build -v -trimpath -buildvcs=false -ldflags "$flags" -o "$staging/bin/" ./cmd/...
}

build() {
    command -v go >/dev/null || fail "Go is not installed; $(awk '$1 == "go" { print "version " $2 }' "$here/$version/go.mod") or later is needed"
    mkdir -p "$cache"
    # Who comes second waits here and then finds the work done. Without flock (macOS) both build; the rename keeps that safe.
    if command -v flock >/dev/null; then
        exec 9>"$target.lock"
        if ! flock -n 9; then
            say "waiting for another build of $version"
            flock 9
        fi
        if complete "$target"; then return; fi
        # Under the lock, what lies here is left from a build that was killed.
        rm -rf "$target".part.*
    fi
    staging=$(mktemp -d "$target.part.XXXXXX")
    trap abandon EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    compile
    if ! complete "$target"; then
        rm -rf "$target"
        mv "$staging/bin" "$target"
    fi
    say "built in $(duration $SECONDS): $target"
}

main() {
    local only_dir=
    if [[ "${1:-}" == --dir ]]; then
        only_dir=yes
        shift
    fi
    [[ $# -eq 1 ]] || usage
    version=$1
    [[ -f "$here/$version/go.mod" ]] || fail "no such version: $version (there are: $(cd "$here" && printf '%s ' [0-9]*))"

    cache="${PRIVATELINK_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/privatelink-operator}/control-plane"
    target="$cache/$version-$(cache_key)"

    if [[ -n "${KUBEBUILDER_ASSETS:-}" ]]; then
        if stands_in "$KUBEBUILDER_ASSETS"; then
            target=$KUBEBUILDER_ASSETS
        else
            say "KUBEBUILDER_ASSETS does not hold $(programs | paste -sd' ' -) for $version; using $target"
        fi
    fi

    if ! complete "$target"; then
        if [[ -n "$only_dir" ]]; then
            printf '%s\n' "$target"
            exit 3
        fi
        build
    fi
    printf '%s\n' "$target"
}

# One line: bash has read all of the script when the work begins, so that an edit meanwhile cannot mix two versions of it.
main "$@"; exit
