#!/usr/bin/env bash
# cargo-mutants over the pure core: tests/mutants-core.sh CARGO_MUTANTS OUTPUT [REGEX]. Fails when a change survives that
# docs/mutants.md does not explain. The last line counts.
set -euo pipefail
cargo_mutants=$1 output=$2 regex=${3:-}
page=$(dirname "${BASH_SOURCE[0]}")/../docs/mutants.md

# Random tests take a quarter of their usual cases: a thousand runs make up for that.
export PROPTEST_CASES=64

run() {
    local package=$1
    shift
    mkdir -p "$output/$package"
    # 2: some survived; 3: some ran into the time limit. What else goes wrong, goes wrong.
    "$cargo_mutants" mutants --package "$package" --timeout 120 --output "$output/$package" ${regex:+--re "$regex"} "$@" ||
        [[ $? == [23] ]]
}

run cloud-core --cargo-arg=--lib --cargo-arg=--test=it
run privatelink --cargo-arg=--lib --cargo-arg=--test=it
run privatelink-operator --cargo-arg=--lib -- -- vpc_endpoint_service cloud::verdict

# A line and a column move with every edit; file and change say enough.
without_place() { sed -E 's/:[0-9]+:[0-9]+: /: /'; }
results() { cat "$output"/*/mutants.out/"$1".txt 2>/dev/null || true; }

failed=0
while read -r change; do
    grep -qF -- "\`$change\`" "$page" || { echo "survived: $change"; failed=$((failed + 1)); }
done < <(results missed | without_place)
echo "mutants-core: $(results caught | wc -l) caught, $(results timeout | wc -l) ran too long, $(results unviable | wc -l) did not compile," \
    "$(results missed | wc -l) survived"
echo "mutants-core: $(results caught | wc -l) passed, $failed failed"
((failed == 0))
