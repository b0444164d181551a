#!/usr/bin/env bash
# Takes promtool and prometheus out of Debian's package, whichever version this Debian has, once, into the cache, and prints the folder that holds them. Nothing is
# installed: the package would start a Prometheus. Where both are on the machine already, those are taken.
set -euo pipefail

if promtool=$(command -v promtool) && command -v prometheus >/dev/null; then
    dirname "$promtool"
    exit
fi
command -v apt-get >/dev/null && command -v dpkg >/dev/null || {
    echo "promtool and prometheus are not there, and this is no Debian to take them from: install Prometheus" >&2
    exit 1
}
cache=${PRIVATELINK_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/privatelink-operator}/tools
folder=$cache/prometheus-$(sha256sum "${BASH_SOURCE[0]}" | cut -c1-16)

download() {
    # The lists of a bare machine are empty or out of date.
    apt-get download --quiet prometheus && return
    local -a root=()
    ((EUID == 0)) || root=(sudo)
    "${root[@]}" apt-get update -qq
    apt-get download --quiet prometheus
}

install() {
    local work
    work=$(mktemp -d)
    # The user _apt of apt has no right in a folder of ours; it then says so and downloads as who we are.
    (cd "$work" && download)
    dpkg -x "$work"/prometheus_*.deb "$work/unpacked"
    mv "$work/unpacked/usr/bin/promtool" "$work/unpacked/usr/bin/prometheus" "$folder"
    rm -rf "$work"
}

mkdir -p "$folder"
# Two runs at once: the second waits, and finds the work done.
exec 9>"$folder/lock"
flock 9
if [[ ! -e $folder/complete ]]; then
    echo "unpacking Debian's prometheus into $folder" >&2
    install >&2
    touch "$folder/complete"
fi
touch "$folder"
# Older ones that nobody has used for two weeks.
find "$cache" -mindepth 1 -maxdepth 1 -type d -name 'prometheus-*' -mtime +14 -exec rm -rf {} +
echo "$folder"
