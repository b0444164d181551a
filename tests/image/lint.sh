#!/usr/bin/env bash
# hadolint over the Dockerfile, actionlint over the workflows, and what both do not look at: every base image is named by digest, every
# action by commit. Prints what is wrong, and how many checks passed.
set -euo pipefail
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
cd "$here/../.."
tools=$("$here/install.sh")

passed=0 failed=0
# none WHAT COMMAND…: it succeeds, and prints nothing.
none() {
    local what=$1 code=0 printed
    shift
    printed=$("$@" 2>&1) || code=$?
    if [[ $code == 0 && -z $printed ]]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'FAILED %s\n%s\n' "$what" "$printed"
    fi
}

unpinned_images() { sed -nE '/^FROM /{/@\$\{[A-Z]+_DIGEST\}/!p}' Dockerfile; sed -nE '/^ARG [A-Z]+_DIGEST=/{/=sha256:[0-9a-f]{64}$/!p}' Dockerfile; }
unpinned_actions() { sed -nE '/uses:/{/uses: (\.\/|[^@]+@[0-9a-f]{40} # v[0-9])/!p}' .github/workflows/*.yaml; }

none "Dockerfile: hadolint" "$tools/hadolint" --failure-threshold style Dockerfile
none "Dockerfile: base images by digest" unpinned_images
# Without shellcheck, which is not there on every machine: the scripts of the workflows are short.
none "workflows: actionlint" "$tools/actionlint" -shellcheck= -pyflakes= .github/workflows/*.yaml
none "workflows: actions by commit" unpinned_actions

echo "image-lint: $passed passed, $failed failed"
((failed == 0))
