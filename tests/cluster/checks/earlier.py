"""The release before, by its own chart and with its own program, to today's chart and program, and back; both in the middle of 50 creates."""

import subprocess
import sys
import time

from support import lead, many
from support.bench import REPLICAS
from support.cluster import NAMESPACE, NODE, RELEASE, ROOT, Failed

from .upgrade import settled

sys.path.append(str(ROOT / "tests/image"))
import images  # noqa: E402

RELEASES = ROOT / "tests/it/upgrade/releases"
TAG = "earlier"
CHART, VALUES = "charts/privatelink-operator", "config/simulator/values.yaml"


def check(bench, results, helm):
    team = "earlier"
    install(bench, helm, checked_out(bench))
    bench.simulator.set({"auto_create_load_balancers": True})
    begin, applied = time.monotonic(), many.create(bench, bench.simulator, team)
    bench.install(helm, *many.SLOWLY)
    many.edit(bench, team, applied)
    settled(bench, results, helm, team, "upgraded from the release before", begin)
    results.equal("the release before, upgraded: one pod leads", lead.leader(bench) in bench.ready_pods(), True)
    results.equal("the release before, upgraded: pods", list(bench.ready_pods().values()), [0] * REPLICAS)
    bench.empty(team)
    begin, applied = time.monotonic(), many.create(bench, bench.simulator, team)
    done = bench.cluster.helm(helm, "rollback", RELEASE, "1", "--wait", "--timeout", "90s")
    many.edit(bench, team, applied)
    results.equal("rollback to the release before", (done.code, done.errors), (0, ""))
    settled(bench, results, helm, team, "rolled back to the release before", begin)
    bench.empty(team)
    bench.uninstall(helm)


def checked_out(bench):
    """The folder of its chart and values, with its image on the node."""
    (release,) = [folder for folder in RELEASES.iterdir() if folder.is_dir()]
    commit = (release / "commit").read_text().strip()
    folder = bench.cluster.folder / "earlier"
    folder.mkdir(exist_ok=True)
    archive = subprocess.run(["git", "-C", ROOT, "archive", commit, CHART, VALUES], capture_output=True, check=True).stdout
    subprocess.run(["tar", "--extract", "--directory", folder], input=archive, check=True)
    built = subprocess.run([ROOT / "tests/upgrade/build.sh"], capture_output=True, text=True, check=True, timeout=1800)
    load(bench, folder, ROOT / built.stdout.strip(), commit)
    return folder


def load(bench, folder, program, commit):
    described = images.stage(TAG, commit, "1970-01-01T00:00:00Z")
    tar = folder / "image.tar"
    tar.write_bytes(images.image(f"{RELEASE}:{TAG}", described, program.parent))
    done = bench.cluster.run(NODE / "load.sh", bench.cluster.folder, tar)
    if done.code != 0:
        raise Failed(f"the image of the release before was not loaded: {done.errors.strip()}")


def install(bench, helm, folder):
    bench.cluster.kubectl("apply", "--server-side", "--filename", ROOT / "config/default/namespace.yaml")
    own = ["--values", folder / VALUES, "--set", f"replicas={REPLICAS},image.tag={TAG}", *many.SLOWLY]
    done = bench.cluster.helm(helm, "install", RELEASE, folder / CHART, *own, "--wait", "--timeout", "90s")
    if done.code != 0:
        raise Failed(f"{helm} install of the release before into {NAMESPACE}: {done.errors.strip()}")
