#!/usr/bin/env python3
"""Compares what the program says that it is made of, its SBOM, and Cargo.lock: check.py PROGRAM RUST_AUDIT_INFO SBOM TARGET.

Prints what is wrong, and at the end how many checks passed.
"""

import json
import subprocess
import sys
import tomllib
from pathlib import Path

from sbom import OPERATOR, ROOT, compiled

passed = failed = 0


def equal(what, found, expected):
    global passed, failed
    if found == expected:
        passed += 1
        return
    failed += 1
    print(f"FAILED {what}")
    if isinstance(found, set) and isinstance(expected, set):
        print(f"  missing:    {sorted(expected - found)}\n  unexpected: {sorted(found - expected)}")
    else:
        print(f"  expected: {expected}\n  found:    {found}")


def output(*command):
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def sbom_of(file):
    return json.loads(Path(file).read_text())


def main():
    program, audit_info, sbom_file, target = sys.argv[1:]
    lock = tomllib.loads((ROOT / "Cargo.lock").read_text())["package"]
    checksums = {(package["name"], package["version"]): package.get("checksum") for package in lock}

    inside = json.loads(output(audit_info, program))["packages"]
    names = lambda packages: {(package["name"], package["version"]) for package in packages}
    linked = names(package for package in inside if package.get("kind") != "build")
    own = {(OPERATOR, sbom_of(sbom_file)["metadata"]["component"]["version"])}
    equal("the program names itself", [package["name"] for package in inside if package.get("root")], [OPERATOR])
    needed = compiled(target, "normal,no-proc-macro")
    equal("the program lists everything that is linked into it", needed - linked, set())
    # cargo-auditable knows features only as the whole workspace has them together, tests included, so the list has a few packages more.
    equal("the program lists nothing that Cargo.lock does not have", names(inside) - checksums.keys(), set())

    sbom = sbom_of(sbom_file)
    components = sbom["components"]
    equal("the SBOM is CycloneDX", (sbom["bomFormat"], sbom["specVersion"]), ("CycloneDX", "1.5"))
    equal("the SBOM is of the operator", sbom["metadata"]["component"]["name"], OPERATOR)
    equal("the SBOM lists everything that is compiled", names(components) | own, compiled(target))
    equal("the SBOM lists everything that is linked", needed - names(components) - own, set())
    references = {one["ref"] for one in sbom["dependencies"]} | {ref for one in sbom["dependencies"] for ref in one["dependsOn"]}
    known = {one["bom-ref"] for one in [sbom["metadata"]["component"], *components]}
    equal("its graph names components only", references - known, set())
    equal("no component twice", len(names(components)), len(components))
    hashes = {
        (one["name"], one["version"]): [hash["content"] for hash in one.get("hashes", []) if hash["alg"] == "SHA-256"] for one in components
    }
    expected = {key: [checksums[key]] if checksums.get(key) else [] for key in hashes}
    equal("the SBOM has the hashes of Cargo.lock", {key for key in hashes if hashes[key] != expected[key]}, set())
    equal("every component has a purl", [one["name"] for one in components if not one.get("purl", "").startswith("pkg:cargo/")], [])
    equal("every component has a licence", [one["name"] for one in components if not one.get("licenses")], [])

    print(f"linked: {len(needed)} packages, listed {len(linked)}, with build scripts {len(inside)}; SBOM: {len(components)} components")
    print(f"image-check: {passed} passed, {failed} failed")
    return failed != 0


sys.exit(main())
