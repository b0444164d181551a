#!/usr/bin/env python3
"""Writes the SBOM of the operator: sbom.py FOLDER_OF_CARGO_CYCLONEDX TARGET FILE.

cargo-cyclonedx writes a file beside every manifest of the workspace, so it runs in a copy of what the image is built from. It knows features only
as the whole workspace has them together, tests included: what is not compiled for the operator is taken out again. The file is a function of the
sources: no serial number, the time of the last commit, no path of this machine.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OPERATOR = "privatelink-operator"


def output(*command, **more):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, **more).stdout


def compiled(target, edges="normal,build"):
    """What cargo compiles for the operator, as (name, version)."""
    printed = output(
        "cargo", "tree", "--locked", "--package", OPERATOR, "--edges", edges, "--target", target, "--prefix", "none", "--format", "{p}",
        cwd=ROOT,
    )  # fmt: skip
    return {(words[0], words[1].removeprefix("v")) for words in map(str.split, printed.splitlines()) if words}


def copy_sources(folder):
    """Just what the image is built from."""
    for line in (ROOT / ".dockerignore").read_text().splitlines():
        if line.startswith("!"):
            source, copy = ROOT / line[1:], folder / line[1:]
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copytree(source, copy) if source.is_dir() else shutil.copy(source, copy)


def written(tool, target, folder):
    """What cargo-cyclonedx says."""
    committed = subprocess.run(["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, text=True, check=False)
    environment = os.environ | {"PATH": f"{tool}:{os.environ['PATH']}", "SOURCE_DATE_EPOCH": committed.stdout.strip() or "0"}
    command = ["cargo", "cyclonedx", "--quiet", "--format", "json", "--spec-version", "1.5", "--target", target, "--describe", "binaries"]
    subprocess.run(command, cwd=folder, env=environment, check=True)
    text = (folder / f"{OPERATOR}_bin.cdx.json").read_text()
    return json.loads(text.replace(str(folder), "/source"))


def main():
    tool, target, file = sys.argv[1:]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        copy_sources(folder)
        sbom = written(tool, target, folder)
    meant = compiled(target)
    dropped = {one["bom-ref"] for one in sbom["components"] if (one["name"], one["version"]) not in meant}
    sbom["components"] = [one for one in sbom["components"] if one["bom-ref"] not in dropped]
    sbom["dependencies"] = [
        one | {"dependsOn": [ref for ref in one.get("dependsOn", []) if ref not in dropped]}
        for one in sbom["dependencies"]
        if one["ref"] not in dropped
    ]
    Path(file).parent.mkdir(parents=True, exist_ok=True)
    Path(file).write_text(json.dumps(sbom, indent=2) + "\n")
    print(f"{file}: {len(sbom['components'])} components")


if __name__ == "__main__":
    main()
