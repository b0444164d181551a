#!/usr/bin/env bash
# Checks alerts and dashboard of config/monitoring with promtool. UPDATE=1 writes what is made from them first.
set -euo pipefail
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")

prometheus=$("$here/install.sh")
PYTHONDONTWRITEBYTECODE=1 python3 "$here/check.py" "$prometheus/promtool"
