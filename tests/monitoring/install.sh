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
. "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/../lib/installed.sh"

download() {
    # The lists of a bare machine are empty or out of date.
    apt-get download --quiet prometheus && return
    local -a root=()
    ((EUID == 0)) || root=(sudo)
    "${root[@]}" apt-get update -qq
    apt-get download --quiet prometheus
}

# install FOLDER
install() {
    local folder=$1 work
    work=$(mktemp -d)
    # The user _apt of apt has no right in a folder of ours; it then says so and downloads as who we are.
    (cd "$work" && download)
    dpkg -x "$work"/prometheus_*.deb "$work/unpacked"
    mv "$work/unpacked/usr/bin/promtool" "$work/unpacked/usr/bin/prometheus" "$folder"
    rm -rf "$work"
}

installed prometheus "${BASH_SOURCE[0]}"
