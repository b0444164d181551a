#!/usr/bin/env bash
# Checks alerts and dashboard of config/monitoring with promtool, and with a Prometheus that scrapes what an operator showed. UPDATE=1 writes what is
# made from them first.
set -euo pipefail
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")

prometheus=$("$here/install.sh")
export PYTHONDONTWRITEBYTECODE=1
code=0
python3 "$here/check.py" "$prometheus/promtool" || code=$?
python3 "$here/real.py" "$prometheus/prometheus" || code=$?
exit "$code"
