"""Compares an image with the last stage of the Dockerfile that it was built from: built.py IMAGE.tar VERSION REVISION CREATED.

IMAGE is as `docker save` writes it, on a base image of one layer."""

import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import dockerfile

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = "privatelink-operator"
passed = []


def equal(what, found, expected):
    passed.append(found == expected)
    if not passed[-1]:
        print(f"FAILED {what}\n  expected: {expected}\n  found:    {found}")


def read(image):
    """What it says of how its program is run, and the files that were put on its base: path, mode and bytes."""
    with tarfile.open(image) as archive:
        (manifest,) = json.load(archive.extractfile("manifest.json"))
        described = json.load(archive.extractfile(manifest["Config"]))
        files = {}
        for layer in manifest["Layers"][1:]:
            with tarfile.open(fileobj=archive.extractfile(layer)) as members:
                files |= {member.name: (member.mode, members.extractfile(member).read()) for member in members if member.isfile()}
        return described["config"], files


def check_program(program):
    """It runs without anything beside it, and says its version."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / PROGRAM
        path.write_bytes(program)
        path.chmod(0o755)
        said = subprocess.run([path, "--version"], cwd=folder, env={}, capture_output=True, text=True, check=False)
        equal("the program says what it is", (said.returncode, said.stdout.split()[:1]), (0, [PROGRAM]))
        # An error of ldd says that there is nothing to load.
        linked = subprocess.run(["ldd", path], capture_output=True, text=True, check=False)
        equal("the program is static", "=>" in linked.stdout, False)


def main():
    image, version, revision, created = sys.argv[1:]
    said = dockerfile.last_stage((ROOT / "Dockerfile").read_text(), {"VERSION": version, "REVISION": revision, "CREATED": created})
    config, files = read(image)
    for key in ("User", "Entrypoint", "Cmd"):
        equal(key, config[key], said.config[key])
    for label, value in said.config["Labels"].items():
        equal(f"label {label}", config["Labels"].get(label), value)
    equal("what is copied", sorted(files), sorted(destination.lstrip("/") for _, destination in said.copies))
    equal("the licence", files["LICENSE"][1], (ROOT / "LICENSE").read_bytes())
    equal("the program may be run by everybody", files[PROGRAM][0] & 0o555, 0o555)
    check_program(files[PROGRAM][1])
    print(f"dockerfile: {passed.count(True)} passed, {passed.count(False)} failed")
    sys.exit(0 if all(passed) else 1)


main()
