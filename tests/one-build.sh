#!/usr/bin/env bash
# Fails where `cargo build --workspace --bins` wants other features of a dependency than `cargo test --workspace`: that dependency and all
# that stands on it, the operator too, would be compiled twice. The features that only tests want are named in tools/fault-plans/Cargo.toml.
set -euo pipefail

# Every package with its features, as programs (normal,build) or tests (normal,build,dev) have it.
features() {
    cargo tree --workspace --edges "$1" --prefix none --format '{p} {f}' | sed 's/ (\*)$//; s/ *$//' | sort -u
}

different=$(comm -23 <(features normal,build) <(features normal,build,dev))
[[ -z $different ]] || { printf 'built twice, for programs and for tests:\n%s\n' "$different"; exit 1; }
