#!/usr/bin/env bash
# Builds for release: release-build.sh TARGET [ARGUMENT OF CARGO BUILD …]. `make build` and the Dockerfile both run it, so that both make
# the same program. Needs cargo-auditable, which writes the list of dependencies into the program.
#
# A static-pie: nothing of it is looked up in the image. The target is named even where it is this machine's, or the flags would also go to
# build scripts and procedural macros, which cannot be static. Paths of this machine are taken out of what is compiled: the same sources
# make the same bytes, wherever they lie (`make reproducible`).
set -euo pipefail
target=$1
shift
cd "$(dirname "${BASH_SOURCE[0]}")/.."

flags=(
    -Ctarget-feature=+crt-static
    # Random bytes by the system call alone. What is static cannot look the C library's function up, and would read /dev/urandom, which an empty root lacks.
    '--cfg=getrandom_backend="linux_getrandom"'
    "--remap-path-prefix=$PWD=/source"
    "--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=/cargo"
    "--remap-path-prefix=$(rustc --print sysroot)=/rust"
)
# Between the flags a character that no path has.
CARGO_ENCODED_RUSTFLAGS=$(IFS=$'\x1f'; printf '%s' "${flags[*]}")
export CARGO_ENCODED_RUSTFLAGS
exec cargo auditable build --release --locked --target "$target" "$@"
