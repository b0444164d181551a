"""Writes an image as one archive, without a container engine: oci.py OUT NAME:TAG USER ENTRYPOINT PROGRAM, an image of one program.

The archive is an OCI image layout that carries the manifest of `docker save` as well, so that docker, podman, containerd, kind and skopeo read
it. The same content makes the same bytes on any machine: no times, no owners, and layers are not compressed, because compressors differ between
versions. Tools compress a layer when they push it."""

import hashlib
import io
import json
import sys
import tarfile
from pathlib import Path

DIRECTORY = None


class Layer:
    """Files of an image, in the order in which they are put in."""

    def __init__(self):
        self._members = {}

    def folder(self, path, mode=0o755, owner=0):
        self._parents(path)
        self._members[path.strip("/")] = (DIRECTORY, mode, owner)

    def file(self, path, data, mode=0o644):
        self._parents(path)
        self._members[path.strip("/")] = (data, mode, 0)

    def _parents(self, path):
        folders = path.strip("/").split("/")[:-1]
        for length in range(1, len(folders) + 1):
            self._members.setdefault("/".join(folders[:length]), (DIRECTORY, 0o755, 0))

    def tar(self):
        return _tar((path, *member) for path, member in self._members.items())


def _tar(members):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for path, data, mode, owner in members:
            entry = tarfile.TarInfo(path)
            entry.mode, entry.uid, entry.gid = mode, owner, owner
            if data is DIRECTORY:
                entry.type = tarfile.DIRTYPE
            else:
                entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data or b""))
    return buffer.getvalue()


def _json(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


class _Blobs:
    def __init__(self):
        self.by_path = {}

    def add(self, data, kind):
        digest = hashlib.sha256(data).hexdigest()
        self.by_path[f"blobs/sha256/{digest}"] = data
        return {"mediaType": f"application/vnd.oci.image.{kind}", "digest": f"sha256:{digest}", "size": len(data)}


def _path(descriptor):
    return "blobs/" + descriptor["digest"].replace(":", "/")


def full_name(name):
    """A name as a container engine completes it: without a registry it is of Docker Hub, and without a folder there of its library."""
    first, _, rest = name.partition("/")
    if not rest:
        return f"docker.io/library/{name}"
    return name if "." in first or ":" in first or first == "localhost" else f"docker.io/{name}"


def archive(name, layer, config, architecture="amd64"):
    """The bytes of the archive. `config` is what the image says of how its program is run, as Docker calls the keys."""
    blobs = _Blobs()
    content = layer.tar()
    layer_blob = blobs.add(content, "layer.v1.tar")
    layers = {"type": "layers", "diff_ids": [layer_blob["digest"]]}
    described = {"architecture": architecture, "os": "linux", "config": config, "rootfs": layers}
    config_blob = blobs.add(_json(described), "config.v1+json")
    manifest = {"schemaVersion": 2, "config": config_blob, "layers": [layer_blob]}
    manifest["mediaType"] = "application/vnd.oci.image.manifest.v1+json"
    entry = blobs.add(_json(manifest), "manifest.v1+json")
    entry["platform"] = {"architecture": architecture, "os": "linux"}
    full, tag = full_name(name), name.rpartition(":")[2]
    entry["annotations"] = {"io.containerd.image.name": full, "org.opencontainers.image.ref.name": tag}
    index = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": [entry]}
    saved = [{"Config": _path(config_blob), "RepoTags": [name], "Layers": [_path(layer_blob)]}]

    whole = Layer()
    whole.file("oci-layout", _json({"imageLayoutVersion": "1.0.0"}))
    whole.file("index.json", _json(index))
    whole.file("manifest.json", _json(saved))
    for path, data in sorted(blobs.by_path.items()):
        whole.file(path, data)
    return whole.tar()


def main():
    out, name, user, entrypoint, program = sys.argv[1:]
    layer = Layer()
    layer.file(entrypoint, Path(program).read_bytes(), 0o755)
    Path(out).write_bytes(archive(name, layer, {"User": user, "Entrypoint": [entrypoint]}))


if __name__ == "__main__":
    main()
