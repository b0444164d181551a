#!/usr/bin/env bash
# Runs every test of the workspace, and lists the slowest. What was built before is used.
#
# The integration tests wait for processes most of the time, the others compute: both run side by side. Each prints its time, which the test
# runner of the standard library has behind an unstable switch: see tests/timed.sh.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

host=$(rustc -vV | sed -n 's/^host: //p' | tr 'a-z-' 'A-Z_')
export "CARGO_TARGET_${host}_RUNNER=$PWD/tests/timed.sh"
work=$(mktemp -d)
it=
# Cargo and the test program both, whatever ends this.
trap '[[ -z $it ]] || kill -- "-$it" 2>/dev/null || true; rm -rf "$work"' EXIT

code=0
# What runs beside is a process group of its own.
set -m
# More at a time than there are cores, because they wait most of the time; some hold the operator to times, so the others give way to them.
cargo test --package integration-tests -- --test-threads "${IT_THREADS:-6}" >"$work/it" 2>&1 &
it=$!
set +m
nice -n 10 cargo test --workspace --exclude integration-tests --lib --bins --tests --no-fail-fast 2>&1 | tee "$work/rest" || code=$?
wait "$it" || code=$?
cat "$work/it"

echo "==> the slowest tests"
sed -nE 's/^test (.*) \.\.\. .*<([0-9.]+)s>$/\2 s  \1/p' "$work/it" "$work/rest" | sort -rn | head -n 20
exit "$code"
