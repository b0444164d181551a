"""The life of a release: installed, upgraded, rolled back, uninstalled, installed again, with one object all the while."""

from checks import image
from support.bench import REPLICAS, warnings
from support.cluster import NAMESPACE, RELEASE, ROOT
from support.objects import DEFINITION
from support.started import StartWatch
from support.waiting import until

SAMPLE = ROOT / "config/samples/slb-minimal.yaml"


def check(bench, results, helm):
    team = f"team-{helm}"
    bench.namespace(team)
    install(bench, results, helm)
    service = first_service(bench, results, helm, team)
    bench.simulator.forget_calls()
    upgrade(bench, results, helm)
    rollback(bench, results, helm)
    results.equal(f"{helm}: the object stays Ready", bench.ready(team, "payments")["status"]["serviceId"], service)
    uninstall(bench, results, helm, team, service)
    install_again(bench, results, helm, team, service)


def install(bench, results, helm):
    """`helm install --wait` succeeds when the pods are ready, under the pod security level "restricted"."""
    bench.cluster.kubectl("apply", "--server-side", "--filename", ROOT / "config/default/namespace.yaml")
    refused = bench.cluster.try_kubectl(
        "run", "privileged", "--namespace", NAMESPACE, "--image", "localhost/pause:1", "--privileged", "--dry-run=server"
    )
    results.contains("a privileged pod is refused there", refused.errors, ['violates PodSecurity "restricted'])
    with StartWatch(bench.cluster) as watch:
        done = bench.install(helm, verb=("install",))
        results.equal(f"{helm}: nothing is complained of", done.errors, "")
        pods = bench.ready_pods()
        results.equal(f"{helm}: every pod is ready, and none was restarted", list(pods.values()), [0] * REPLICAS)
        for pod in pods:
            seconds = until("the watch has seen it", lambda pod=pod: pod_seconds(watch, pod), 10)
            results.figure(f"{helm}: from a node to ready", f"{seconds:.1f} s")
    image.check_running(bench, results)


def pod_seconds(watch, pod):
    try:
        return watch.seconds(pod)
    except KeyError:
        return None


def first_service(bench, results, helm, team):
    bench.cluster.kubectl("apply", "--filename", SAMPLE, "--namespace", team)
    found = bench.ready(team, "payments")
    (service,) = bench.simulator.services()
    results.equal(
        f"{helm}: the object names its service, which is Active",
        (found["status"]["serviceId"], service["status"]),
        (service["id"], "Active"),
    )
    return service["id"]


def upgrade(bench, results, helm):
    bench.install(helm, "--set", "logLevel=debug")
    results.contains(f"{helm}: the upgrade reaches the pods", bench.arguments(), ['"--log-level=debug"'])
    results.equal(f"{helm}: every pod is ready after it", list(bench.ready_pods().values()), [0] * REPLICAS)


def rollback(bench, results, helm):
    done = bench.cluster.helm(helm, "rollback", RELEASE, "1", "--wait", "--timeout", "90s")
    results.equal(f"{helm}: rollback", (done.code, done.errors), (0, ""))
    results.equal(f"{helm}: the rollback reaches the pods", "--log-level" in bench.arguments(), False)
    results.equal(f"{helm}: every pod is ready after that", list(bench.ready_pods().values()), [0] * REPLICAS)
    results.equal(f"{helm}: nothing was written to the cloud", bench.simulator.writes(), {})


def uninstall(bench, results, helm, team, service):
    """The definition, the object and its service stay."""
    definition = definition_id(bench)
    done = bench.uninstall(helm)
    results.equal(f"{helm}: uninstall", done.code, 0)
    results.equal(f"{helm}: the definition stays", definition_id(bench), definition)
    found = bench.get(team, "payments")
    results.equal(
        f"{helm}: the object stays", (found["status"]["serviceId"], "deletionTimestamp" in found["metadata"]), (service, False)
    )
    results.equal(f"{helm}: uninstalling writes nothing to the cloud", bench.simulator.writes(), {})
    left = bench.cluster.kubectl(
        "get", "deployments,services,serviceaccounts,jobs,clusterroles,clusterrolebindings", "--namespace", NAMESPACE,
        "--selector", f"app.kubernetes.io/instance={RELEASE}", "--output", "name",
    )
    results.equal(f"{helm}: nothing else of the release is left", left, "")


def definition_id(bench):
    return bench.cluster.json("get", "crd", DEFINITION)["metadata"]["uid"]


def install_again(bench, results, helm, team, service):
    """Over the definition that stayed; then the object goes, with its service."""
    bench.install(helm)
    results.equal(f"{helm}: installed again, it is the same service", bench.ready(team, "payments")["status"]["serviceId"], service)
    results.equal(f"{helm}: and nothing was written to the cloud", bench.simulator.writes(), {})
    bench.empty(team)
    results.equal(f"{helm}: the service goes with the object", bench.simulator.services(), [])
    results.equal(f"{helm}: no warning about a pod", warnings(bench.cluster), [])
    bench.uninstall(helm)
