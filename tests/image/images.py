"""Makes the images of the operator and of the simulator from programs that were built: images.py PROGRAMS OUT VERSION REVISION CREATED.

PROGRAMS is the folder of the release build, OUT the folder for the archives. What lies in the operator's image and how it is run is read from the
last stage of the Dockerfile; its base image is stood in for by what it consists of: the users, a place for temporary files, certificates.
The simulator's image is the same with the other program, and begins to serve to everybody: it holds nothing."""

import gzip
import re
import subprocess
import sys
from pathlib import Path

import dockerfile
import oci

ROOT = Path(__file__).resolve().parents[2]
OPERATOR, SIMULATOR = "privatelink-operator", "privatelink-sim"
CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
NONROOT = 65532
USERS = f"root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:{NONROOT}:{NONROOT}:nonroot:/home/nonroot:/sbin/nologin\n"
GROUPS = f"root:x:0:\nnonroot:x:{NONROOT}:\n"
ENVIRONMENT = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", f"SSL_CERT_FILE={CERTIFICATES}"]


def base():
    """What gcr.io/distroless/static-debian12:nonroot has that a static program may look for."""
    layer = oci.Layer()
    layer.file("/etc/passwd", USERS.encode())
    layer.file("/etc/group", GROUPS.encode())
    layer.folder("/tmp", 0o1777)
    layer.folder("/home/nonroot", 0o700, NONROOT)
    layer.file(CERTIFICATES, Path(CERTIFICATES).read_bytes())
    return layer


def stage(version, revision, created):
    given = {"VERSION": version, "REVISION": revision, "CREATED": created}
    described = dockerfile.last_stage((ROOT / "Dockerfile").read_text(), given)
    # It is not made from that image.
    for key in ("name", "digest"):
        described.config["Labels"].pop(f"org.opencontainers.image.base.{key}", None)
    return described


def as_simulator(described):
    """The same image, of the other program."""
    described.copies = [(source.replace(OPERATOR, SIMULATOR), to.replace(OPERATOR, SIMULATOR)) for source, to in described.copies]
    described.config["Labels"]["org.opencontainers.image.title"] = SIMULATOR
    described.config["Labels"]["org.opencontainers.image.description"] = "Simulator of the Alibaba Cloud PrivateLink API"
    described.config["Entrypoint"] = [f"/{SIMULATOR}"]
    described.config["Cmd"] = ["serve", "--listen=[::]:8080", "--admin-listen=[::]:8081"]
    return described


def libraries(program):
    """Shared libraries that a program needs: none of a release build, which is static."""
    listed = subprocess.run(["ldd", str(program)], capture_output=True, text=True, check=False)
    return sorted(set(re.findall(r"(/\S+) \(0x", listed.stdout))) if listed.returncode == 0 else []


def image(name, described, programs):
    layer = base()
    for source, destination in described.copies:
        path = ROOT / source.removeprefix("/source/") if source.startswith("/source/") else programs / source.lstrip("/")
        layer.file(destination, path.read_bytes(), 0o755 if path.parent == programs else 0o644)
    for library in libraries(programs / described.config["Entrypoint"][0].lstrip("/")):
        layer.file(library, Path(library).read_bytes(), 0o755)
    return oci.archive(name, layer, {"Env": ENVIRONMENT, "WorkingDir": "/home/nonroot", **described.config})


def both(programs, version, revision, created):
    """Name and archive of each image."""
    for name, described in [
        (OPERATOR, stage(version, revision, created)),
        (SIMULATOR, as_simulator(stage(version, revision, created))),
    ]:
        yield name, image(f"{name}:{version}", described, programs)


def main():
    programs, out, *labels = sys.argv[1:]
    Path(out).mkdir(parents=True, exist_ok=True)
    for name, data in both(Path(programs), *labels):
        file = Path(out) / f"{name}.tar"
        file.write_bytes(data)
        compressed = len(gzip.compress(data, 6, mtime=0))
        print(f"{file}: {len(data) / 2**20:.1f} MiB, {compressed / 2**20:.1f} MiB compressed")


if __name__ == "__main__":
    main()
