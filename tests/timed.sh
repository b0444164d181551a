#!/usr/bin/env bash
# Runs one test program, so that the line of each test ends with its time: `test a::b ... ok <0.123s>`. The switch is unstable, and this one
# variable allows it; cargo and the compiler must not see it, or everything would be compiled again. See docs/testing.md.
set -euo pipefail
program=$1
shift
RUSTC_BOOTSTRAP=1 exec "$program" -Zunstable-options --report-time "$@"
