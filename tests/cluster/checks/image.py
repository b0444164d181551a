"""The images: the same bytes again, run as the Dockerfile says, and their size."""

import gzip
import json
import sys
import tarfile

from support import process
from support.cluster import ROOT

sys.path.insert(0, str(ROOT / "tests/image"))
import dockerfile  # noqa: E402
import images  # noqa: E402


def saved(file):
    """What an archive says of how its program is run, and the files of its layer."""
    with tarfile.open(file) as archive:
        (manifest,) = json.load(archive.extractfile("manifest.json"))
        config = json.load(archive.extractfile(manifest["Config"]))["config"]
        (layer,) = manifest["Layers"]
        with tarfile.open(fileobj=archive.extractfile(layer)) as files:
            return config, sorted(member.name for member in files if member.isfile())


def check_operator(results, file, programs):
    text = (ROOT / "Dockerfile").read_text()
    said = dockerfile.last_stage(text, {})
    config, files = saved(file)
    for key in ("User", "Entrypoint", "Cmd"):
        results.equal(f"the image's {key} is the Dockerfile's", config[key], said.config[key])
    copied = [destination.lstrip("/") for _, destination in said.copies]
    base = ["etc/group", "etc/passwd", images.CERTIFICATES.lstrip("/")]
    # A program of the tests is not static.
    libraries = [library.lstrip("/") for library in images.libraries(programs / images.OPERATOR)]
    results.equal("the image holds what the Dockerfile copies, users and certificates", files, sorted(copied + base + libraries))


def check_again(results, folder, programs):
    """The same content makes the same bytes."""
    for name in (images.OPERATOR, images.SIMULATOR):
        file = folder / f"{name}.tar"
        labels = saved(file)[0]["Labels"]
        said = [labels[f"org.opencontainers.image.{key}"] for key in ("version", "revision", "created")]
        again = dict(images.both(programs, *said))
        results.equal(f"{name}.tar is the same when it is made again", again[name] == file.read_bytes(), True)
        # As a registry keeps it.
        compressed = len(gzip.compress(file.read_bytes(), 6, mtime=0))
        results.figure(f"{name}, image", f"{file.stat().st_size:,} bytes, {compressed:,} compressed")


def check(bench, results):
    check_operator(results, bench.images / "privatelink-operator.tar", bench.programs)
    check_again(results, bench.images, bench.programs)


def check_running(bench, results):
    """In a pod: no root, no capability, no way to more."""
    for pod in bench.cluster.operator_pods():
        said = process.status(process.of_pod(pod))
        results.equal("the operator runs as user 65532", said["Uid"].split(), ["65532"] * 4)
        results.equal("it has no capabilities", int(said["CapBnd"], 16), 0)
        results.equal("it can get no more rights", said["NoNewPrivs"], "1")
        results.equal("its system calls are filtered", said["Seccomp"], "2")
