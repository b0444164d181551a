#!/usr/bin/env bash
# Runs the tests of the workspace, and lists the slowest. What was built before is used. SLOW=1 runs those of tests/slow.txt as well.
#
# One after the other: tests that compute beside tests that hold the operator to times made both fail at times. Each prints its time, which the
# test runner of the standard library has behind an unstable switch: see tests/timed.sh.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

host=$(rustc -vV | sed -n 's/^host: //p' | tr 'a-z-' 'A-Z_')
export "CARGO_TARGET_${host}_RUNNER=$PWD/tests/timed.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

skip=()
if [[ -z ${SLOW:-} ]]; then
    while read -r name; do skip+=(--skip "$name"); done < <(sed '/^#/d' tests/slow.txt)
fi

code=0
cargo test --workspace --exclude integration-tests --lib --bins --tests --no-fail-fast -- "${skip[@]}" 2>&1 | tee "$work/rest" || code=$?
# As many as there are cores: some hold the operator to times, and fail beside more.
cargo test --package integration-tests -- --test-threads "${IT_THREADS:-2}" "${skip[@]}" 2>&1 | tee "$work/it" || code=$?

echo "==> the slowest tests"
# Reads to the end: a reader that stops early kills the writer before it, and with it the script.
sed -nE 's/^test (.*) \.\.\. .*<([0-9.]+)s>$/\2 s  \1/p' "$work/it" "$work/rest" | sort -rn | awk 'NR <= 20'
exit "$code"
