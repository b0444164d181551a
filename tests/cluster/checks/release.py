"""The life of a release: installed, upgraded, rolled back, uninstalled, installed again, with one object all the while."""

import json

from checks import image
from support import lead
from support.bench import ALLOW_DELETION, REPLICAS, warnings
from support.cluster import NAMESPACE, RELEASE, ROOT
from support.objects import DEFINITION
from support.started import StartWatch
from waiting import until

CHECK = f"{RELEASE}-check"
# Exit status of the check before an uninstallation: objects are left.
LEFT = 3
# Of every pod of the chart, and of its container.
POD_SECURITY = {
    "fsGroup": 65532,
    "runAsGroup": 65532,
    "runAsNonRoot": True,
    "runAsUser": 65532,
    "seccompProfile": {"type": "RuntimeDefault"},
}
CONTAINER_SECURITY = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "readOnlyRootFilesystem": True,
}
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
    refused(bench, results, helm, service)
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
    leads(bench, results, helm)


def leads(bench, results, helm):
    """One of the pods, and a drain may take one of them at a time."""
    results.contains(f"{helm}: a pod leads", lead.leader(bench), [RELEASE])

    def budget():
        return bench.cluster.json("get", "poddisruptionbudget", RELEASE, "--namespace", NAMESPACE).get("status", {})

    until("the PodDisruptionBudget has counted the pods", lambda: budget().get("currentHealthy") == REPLICAS, 30)
    counts = {key: budget()[key] for key in ("expectedPods", "disruptionsAllowed")}
    results.equal(f"{helm}: what the PodDisruptionBudget counts", counts, {"expectedPods": REPLICAS, "disruptionsAllowed": 1})


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


def refused(bench, results, helm, service):
    """While an object is left, `helm uninstall` uninstalls nothing, says what is left, and how the release is used again."""
    leader, pods = lead.leader(bench), bench.ready_pods()
    done = bench.try_uninstall(helm)
    results.equal(f"{helm}: uninstall is refused while an object is left", done.code != 0, True)
    results.contains(f"{helm}: Helm names the Job", done.errors, [CHECK])
    said = check_pod(bench, results, helm)
    back = way_back(results, helm, said, service)
    results.equal(f"{helm}: the release counts as being uninstalled", release_status(bench, helm), "uninstalling")
    rolled_back = bench.cluster.helm(helm, *back)
    results.equal(f"{helm}: the way back that it names", (rolled_back.code, rolled_back.errors), (0, ""))
    results.equal(f"{helm}: the release is used again", release_status(bench, helm), "deployed")
    results.equal(f"{helm}: pods and leader have stayed", (bench.ready_pods(), lead.leader(bench)), (pods, leader))
    results.equal(f"{helm}: a refusal writes nothing to the cloud", bench.simulator.writes(), {})


def check_pod(bench, results, helm):
    """The pod of the check: it is as shut in as the operator's, has ended, and is not tried again. What it said."""
    selector = f"app.kubernetes.io/name={CHECK}"
    (pod,) = bench.cluster.items("pods", "--namespace", NAMESPACE, "--selector", selector)
    (container,), (status,) = pod["spec"]["containers"], pod["status"]["containerStatuses"]
    security = (pod["spec"]["securityContext"], container["securityContext"])
    results.equal(f"{helm}: security context of the check", security, (POD_SECURITY, CONTAINER_SECURITY))
    ended = (pod["status"]["phase"], status["state"]["terminated"]["exitCode"], status["restartCount"])
    results.equal(f"{helm}: the check has ended, once", ended, ("Failed", LEFT, 0))
    return bench.cluster.kubectl("logs", "--namespace", NAMESPACE, f"job/{CHECK}")


def way_back(results, helm, said, service):
    """The command that it names, as arguments of Helm."""
    results.contains(
        f"{helm}: the check says what is left, and how to go on",
        said,
        ["1 of 1 VpcEndpointService objects are held", "payments", service, "deletes the service", "kubectl delete vpces --all --all-namespaces",
         ALLOW_DELETION, f"helm uninstall {RELEASE} --namespace {NAMESPACE} --no-hooks", "nothing has been uninstalled"],
    )
    commands = [line.split() for line in said.splitlines() if line.startswith("  helm rollback ")]
    results.equal(f"{helm}: and one way back", len(commands), 1)
    return commands[0][1:4]


def release_status(bench, helm):
    return json.loads(bench.cluster.helm(helm, "status", RELEASE, "--output", "json").output)["info"]["status"]


def uninstall(bench, results, helm, team, service):
    """Without the check, the definition, the object and its service stay."""
    definition = definition_id(bench)
    bench.uninstall(helm, "--no-hooks")
    results.equal(f"{helm}: the definition stays", definition_id(bench), definition)
    found = bench.get(team, "payments")
    results.equal(
        f"{helm}: the object stays", (found["status"]["serviceId"], "deletionTimestamp" in found["metadata"]), (service, False)
    )
    results.equal(f"{helm}: uninstalling writes nothing to the cloud", bench.simulator.writes(), {})
    # The Job that failed stays for its log.
    results.equal(f"{helm}: nothing else of the release is left", left(bench), [f"job.batch/{CHECK}"])
    protected(bench, results, helm)


def left(bench):
    kinds = "deployments,services,serviceaccounts,jobs,poddisruptionbudgets,roles,rolebindings,clusterroles,clusterrolebindings"
    of_release = ("--selector", f"app.kubernetes.io/instance={RELEASE}", "--output", "name")
    return bench.cluster.kubectl("get", kinds, "--namespace", NAMESPACE, *of_release).split()


def protected(bench, results, helm):
    """What protects the definition stays with it, until somebody says that its deletion is meant."""
    delete = ("delete", "crd", DEFINITION, "--dry-run=server")
    denied = bench.cluster.try_kubectl(*delete)
    results.equal(f"{helm}: the definition is protected", denied.code, 1)
    results.contains(f"{helm}: the refusal names the command", denied.errors, ["kubectl annotate crd", DEFINITION, ALLOW_DELETION])
    bench.cluster.kubectl("annotate", "crd", DEFINITION, ALLOW_DELETION)
    results.equal(f"{helm}: annotated, it may be deleted", bench.cluster.try_kubectl(*delete).code, 0)
    bench.cluster.kubectl("annotate", "crd", DEFINITION, f"{ALLOW_DELETION.partition('=')[0]}-")


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
    results.equal(f"{helm}: with no object left, uninstall goes through, and the check's Job is gone", left(bench), [])
