"""Lints what config/ and the chart render: lint.py FOLDER_OF_LINTERS HELM KUBECTL. A finding that accepted.py does not name fails, and so does a line of
accepted.py that nothing is found for."""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from accepted import ACCEPTED

ROOT = Path(__file__).resolve().parents[2]
CHART = ROOT / "charts" / "privatelink-operator"
NETWORK = ["--set", "networkPolicy.enabled=true"]
# What people install: by default, namespaced, and with each way to credentials that changes the pod.
CASES = {name: [*NETWORK, "--values", str(CHART / "ci" / f"{name}-values.yaml")] for name in ("registry", "replicas", "namespaced", "rrsa", "rrsa-projected")}
FOLDERS = ("default", "admission", "network-policy", "monitoring")


def output(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def manifests(helm, kubectl):
    """Name and text of each set of manifests."""
    yield "config", "\n---\n".join(output(kubectl, "kustomize", str(ROOT / "config" / folder)) for folder in FOLDERS)
    for name, more in CASES.items():
        yield name, output(helm, "template", "privatelink-operator", str(CHART), "--namespace", "privatelink-system", *more)


def checkov(program, folder):
    """(set, check, object) of each finding; how many checks passed."""
    environment = {"PATH": "/usr/bin:/bin", "HOME": folder}
    command = [program, "--skip-download", "--quiet", "--compact", "--framework", "kubernetes", "--output", "json", "--directory", folder]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    report = json.loads(done.stdout)
    findings = []
    for failed in report["results"]["failed_checks"]:
        # Kind.namespace.name, of a pod also .labels, which belong to what makes the pod.
        kind, _, name = failed["resource"].split(".")[:3]
        findings.append((Path(failed["file_path"]).stem, failed["check_id"], f"{kind} {name}"))
    return findings, report["summary"]["passed"]


def kube_score(program, folder, sets):
    findings, passed = [], 0
    for name in sets:
        command = [program, "score", "--kubernetes-version", "v1.33", "--output-format", "json", str(Path(folder) / f"{name}.yaml")]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        for scored in json.loads(done.stdout):
            thing = f"{scored['type_meta']['kind']} {scored['object_meta']['name']}"
            for check in scored["checks"]:
                if check["skipped"] or check["grade"] >= 10:
                    passed += not check["skipped"]
                    continue
                findings += [(name, comment["summary"], thing) for comment in check["comments"]]
    return findings, passed


def judge(found):
    """What is not accepted, and what is accepted and was not found."""

    def accepts(accepted, tool, check, thing):
        return accepted[:2] == (tool, check) and re.fullmatch(accepted[2], thing)

    wrong = [finding for finding in found if not any(accepts(accepted, finding[0], *finding[2:]) for accepted in ACCEPTED)]
    unused = [accepted for accepted in ACCEPTED if not any(accepts(accepted, finding[0], *finding[2:]) for finding in found)]
    return wrong, unused


def main():
    linters, helm, kubectl = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        sets = []
        for name, text in manifests(helm, kubectl):
            (Path(folder) / f"{name}.yaml").write_text(text)
            sets.append(name)
        results = {
            "checkov": checkov(os.path.join(linters, "checkov", "bin", "checkov"), folder),
            "kube-score": kube_score(os.path.join(linters, "kube-score"), folder, sets),
        }
    found = [(tool, *finding) for tool, (findings, _) in results.items() for finding in findings]
    wrong, unused = judge(found)
    for tool, name, check, thing in wrong:
        print(f"FAILED {tool}, {name}: {thing}: {check}")
    for tool, check, things, _ in unused:
        print(f"FAILED accepted.py: {tool} finds no {check} on {things} any more")
    passed = sum(count for _, count in results.values())
    print(f"manifests: {passed} passed, {len(wrong) + len(unused)} failed")
    return 1 if wrong or unused else 0


if __name__ == "__main__":
    sys.exit(main())
