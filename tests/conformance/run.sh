#!/usr/bin/env bash
# Runs the conformance programs side by side, each against a simulator of its own: run.sh SIMULATOR [PROGRAM…].
# `run.sh SIMULATOR record` records again what the Python SDK sends.
#
# Prints what each program prints, in order, and fails if one of them does.
set -euo pipefail
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
simulator=$(realpath "$1")
shift
programs=("$@")
((${#programs[@]})) || programs=(python-sdk python-core node-sdk)

clients=$("$here/install.sh")
work=$(mktemp -d)
children=()
stop() {
    ((${#children[@]} == 0)) || kill "${children[@]}" 2>/dev/null || true
    wait
    rm -rf "$work"
}
trap stop EXIT

# Starts a simulator on free ports and waits until it has written them down.
start_simulator() {
    local name=$1 ports=$work/$1.ports
    "$simulator" serve --config "$here/simulator.yaml" --listen 127.0.0.1:0 --admin-listen 127.0.0.1:0 \
        --port-file "$ports" >/dev/null 2>"$work/$name.log" &
    children+=($!)
    local deadline=$((SECONDS + 20))
    until [[ -s $ports ]]; do
        ((SECONDS < deadline)) && kill -0 "${children[-1]}" 2>/dev/null ||
            { echo "the simulator did not start:" >&2; cat "$work/$name.log" >&2; return 1; }
        sleep 0.05
    done
}

start_program() {
    local -a command
    local python=$clients/python/bin/python
    case $1 in
    python-sdk) command=("$python" "$here/python/sdk/program.py") ;;
    python-core) command=("$python" "$here/python/core/program.py") ;;
    node-sdk) command=(node "$here/node/program.mjs") ;;
    record) command=("$python" "$here/python/sdk/record.py") ;;
    *) echo "there is no program $1" >&2; return 1 ;;
    esac
    env -u HTTP_PROXY -u HTTPS_PROXY -u http_proxy -u https_proxy SIMULATOR_PORTS="$work/$1.ports" PYTHONPATH="$here/python" \
        PYTHONDONTWRITEBYTECODE=1 CLIENTS="$clients/node" "${command[@]}" >"$work/$1.out" 2>&1 &
    running[$1]=$!
    children+=($!)
}

declare -A running
for program in "${programs[@]}"; do
    start_simulator "$program"
    start_program "$program"
done
code=0
for program in "${programs[@]}"; do
    ended=0
    wait "${running[$program]}" || ended=$?
    cat "$work/$program.out"
    ((ended == 0)) || { code=1; echo "$program failed; its simulator's log ends:"; tail -n 20 "$work/$program.log"; }
done
exit "$code"
