"""Checks the chart without a cluster: check.py HELM3 HELM4 KUBECTL. With UPDATE=1, writes what is generated or recorded first.

Prints what is wrong, and at the end how many checks passed."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import crds_chart
import parity
import values
from checks import ROOT, Checks, compare_with_file
from helm import Helm, documents
from refused import REFUSED

CHART = ROOT / "charts" / "privatelink-operator"
SNAPSHOTS = Path(__file__).resolve().parent / "snapshots"
CRDS = ROOT / "crds"
POLICIES = ROOT / "config" / "admission"
RELEASE, NAMESPACE = "privatelink-operator", "privatelink-system"

# Flags of `privatelink-operator run` that are no values, each with its reason.
NO_VALUES = {
    "--credentials-dir": "set where credentials.existingSecret is",
    "--health-probe-bind-address": "the pod has an address of its own, so its ports need no choice",
    "--leader-elect": "leaderElection.enabled",
    "--leader-elect-namespace": "the pod knows its own",
    "--metrics-bind-address": "as above",
    "--port-file": "for programs that start the operator on free ports",
}
# Flags whose value stands below another.
NESTED = {
    "--assume-role-arn": "credentials.assumeRole.roleArn",
    "--assume-role-session-name": "credentials.assumeRole.sessionName",
    "--assume-role-external-id": "credentials.assumeRole.externalId",
    "--assume-role-duration": "credentials.assumeRole.duration",
}
POLICY_KINDS = 2 * ["ValidatingAdmissionPolicy"] + 2 * ["ValidatingAdmissionPolicyBinding"]
SOURCES = ("environment", "rrsa", "instance-role", "uri", "profile", "default")
# What Artifact Hub knows of changes.
CHANGES = {"added", "changed", "deprecated", "removed", "fixed", "security"}
# Kinds that no namespace holds.
CLUSTER_SCOPED = {
    "ClusterRole",
    "ClusterRoleBinding",
    "CustomResourceDefinition",
    "Namespace",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
}


def cases():
    """Name and values file of each case; the defaults have none."""
    yield "default", None
    for file in sorted((CHART / "ci").glob("*-values.yaml")):
        yield file.name.removesuffix("-values.yaml"), file


def with_values(file):
    return ["--values", str(file)] if file else []


def render(helm, file, *more):
    return helm.output("template", RELEASE, str(CHART), "--namespace", NAMESPACE, *with_values(file), *more)


def notes(helm, file):
    """What a person reads after the installation. Helm 3 asks a cluster first."""
    printed = helm.output(
        "install", RELEASE, str(CHART), "--namespace", NAMESPACE, "--dry-run=client", *with_values(file)
    )
    return printed.partition("NOTES:\n")[2].strip() + "\n"


def without_copies(document):
    """A definition without its spec, and a dashboard without its text: check_parity compares them with crds/ and config/monitoring."""
    if "\nkind: CustomResourceDefinition\n" in document:
        return document.partition("\nspec:\n")[0] + "\n"
    if "\n  privatelink-operator.json: |\n" in document:
        return document.partition("\ndata:\n")[0] + "\n"
    return document


def check_generated(checks):
    for path in sorted(CRDS.glob("*.yaml")):
        compare_with_file(checks, CHART / "files" / "crds" / path.name, path.read_text())
    for path in sorted(POLICIES.glob("*.yaml")):
        if path.name != "kustomization.yaml":
            compare_with_file(checks, CHART / "files" / "admission" / path.name, path.read_text())
    copies = sorted(path.name for path in (CHART / "files" / "crds").iterdir())
    checks.equal("the chart has the definitions of crds/ and no others", copies, sorted(path.name for path in CRDS.glob("*.yaml")))
    readme = CHART / "README.md"
    documented = values.read((CHART / "values.yaml").read_text())
    compare_with_file(checks, readme, values.with_tables(readme.read_text(), documented))


def defaults_of(documented):
    """The values as a tree, from their paths."""
    tree = {}
    for value in documented:
        *folders, last = value.path.split(".")
        inner = tree
        for folder in folders:
            inner = inner.setdefault(folder, {})
        inner[last] = value.default
    return tree


def resolved(schema, part):
    reference = part.get("$ref")
    return schema["definitions"][reference.rpartition("/")[2]] if reference else part


def schema_paths(schema, part, prefix=()):
    """The paths of the values that a schema knows: where it names properties, those."""
    part = resolved(schema, part)
    if part.get("type") == "object" and part.get("additionalProperties") is False and "properties" in part:
        for key, inner in part["properties"].items():
            yield from schema_paths(schema, inner, (*prefix, key))
    else:
        yield ".".join(prefix)


def loose_objects(schema):
    """Objects of the schema that name their properties and let others in."""
    found = []

    def walk(part, path):
        if isinstance(part, dict):
            if "properties" in part and isinstance(part["properties"], dict) and part.get("additionalProperties") is not False:
                found.append(path)
            for key, inner in part.items():
                walk(inner, f"{path}/{key}")

    walk(schema, "")
    return found


def value_of(flag):
    """The value of a flag: --cluster-id becomes clusterId."""
    return re.sub("-([a-z])", lambda match: match[1].upper(), flag.removeprefix("--"))


def check_schema(checks, helm):
    schema = json.loads((CHART / "values.schema.json").read_text())
    documented = values.read((CHART / "values.yaml").read_text())
    (read,) = helm.read_yaml([(CHART / "values.yaml").read_text()])
    checks.equal("values.py reads values.yaml as Helm does", defaults_of(documented), read)

    known = set(schema_paths(schema, schema)) - {"global"}
    named = {value.path for value in documented}
    # A value whose default is a whole, such as resources, or that sets what is optional, such as a probe's timeout.
    covered = {path for path in known if any(path == name or path.startswith(name + ".") for name in named)}
    optional = {f"{probe}.{key}" for probe in ("livenessProbe", "readinessProbe") for key in ("initialDelaySeconds", "timeoutSeconds")}
    checks.equal("every value of the schema is in values.yaml", sorted(known - covered - optional), [])
    strange = {name for name in named if not any(path == name or path.startswith(name + ".") for path in known)}
    checks.equal("every value of values.yaml is in the schema", sorted(strange), [])
    # Volumes and mounts are Kubernetes' own; the chart needs only what it names of them.
    expected = ["/properties/extraVolumeMounts/items", "/definitions/namedObjects/items"]
    checks.equal("no object of the schema lets in what it does not name", loose_objects(schema), expected)

    timing = (ROOT / "docs/reference/timing.md").read_text()
    keys = re.findall(r"(?m)^\| `([A-Za-z]+)` \|", timing)
    checks.equal("the keys of timing are those of docs/reference/timing.md", sorted(schema["properties"]["timing"]["properties"]), sorted(keys))

    run = (ROOT / "docs/reference/flags.md").read_text().partition("## `privatelink-operator run`")[2].partition("\n## ")[0]
    flags = re.findall(r"(?m)^\| `(--[a-z-]+)", run)
    has_value = lambda flag: value_of(flag) in schema["properties"] or NESTED.get(flag) in known
    missing = [flag for flag in flags if not has_value(flag) and flag not in NO_VALUES]
    checks.equal("every flag of docs/reference/flags.md is a value", missing, [])


def check_cases(checks, helms):
    recorded = {path.name for path in SNAPSHOTS.glob("*")}
    for name, file in cases():
        for helm in helms:
            code, output, errors = helm.run("lint", "--strict", str(CHART), *with_values(file))
            checks.equal(f"{helm.name} lint --strict, {name}", (code, "" if code == 0 else output + errors), (0, ""))
        rendered = [documents(render(helm, file)) for helm in helms]
        checks.equal(f"{name}: Helm 3 and Helm 4 render the same", *rendered)
        snapshot = "---\n".join(without_copies(document) for document in rendered[1])
        compare_with_file(checks, SNAPSHOTS / f"{name}.yaml", snapshot)
        compare_with_file(checks, SNAPSHOTS / f"{name}.notes.txt", notes(helms[1], file))
        recorded -= {f"{name}.yaml", f"{name}.notes.txt"}
    checks.equal("every snapshot has its values file", sorted(recorded), [])


def check_scope(checks, helm):
    for name, expected in [
        ("namespaced", []),
        # Only the rule that reads the one definition; see check_narrow_rights.
        ("namespaced-safe", [*3 * ["ClusterRole"], "ClusterRoleBinding", "CustomResourceDefinition", *POLICY_KINDS]),
    ]:
        found = helm.read_yaml(documents(render(helm, CHART / "ci" / f"{name}-values.yaml")))
        shared = sorted(thing["kind"] for thing in found if thing["kind"] in CLUSTER_SCOPED)
        checks.equal(f"{name}: what the whole cluster shares", shared, expected)
        for thing in found:
            if thing["kind"] == "ClusterRole" and thing["metadata"]["name"] == RELEASE:
                rule = {
                    "apiGroups": ["apiextensions.k8s.io"],
                    "resources": ["customresourcedefinitions"],
                    "resourceNames": ["vpcendpointservices.privatelink.alibabacloud.com"],
                    "verbs": ["get"],
                }
                checks.equal(f"{name}: the one cluster-wide rule of the operator", thing["rules"], [rule])


def check_network(checks, helm):
    """What a NetworkPolicy lets out, by the source of the credentials: the metadata service only where it is asked."""
    for source, expected in [(name, name in ("instance-role", "default")) for name in SOURCES]:
        more = ["--set", f"networkPolicy.enabled=true,credentials.existingSecret=,credentials.source={source},credentials.rrsa.roleName="]
        more[-1] += "role" if source == "rrsa" else ""
        printed = helm.output("template", RELEASE, str(CHART), "--show-only", "templates/network-policy.yaml", *more)
        policy, of_check = helm.read_yaml(documents(printed))
        spec = policy["spec"]
        out = [(rule.get("to"), [port["port"] for port in rule["ports"]]) for rule in spec["egress"]]
        metadata = [([{"ipBlock": {"cidr": "100.100.100.200/32"}}], [80])] if expected else []
        checks.equal(f"{source}: both directions are closed", spec["policyTypes"], ["Ingress", "Egress"])
        checks.equal(f"{source}: what is let out", out, [(None, [53, 53]), (None, [443, 6443]), *metadata])
        out = [rule.get("to") or [port["port"] for port in rule["ports"]] for rule in of_check["spec"]["egress"]]
        checks.equal(f"{source}: what the check reaches", (of_check["spec"]["ingress"], out), ([], [[443, 6443]]))
        checks.equal(f"{source}: what is let in", spec["ingress"], [{"ports": [{"port": "metrics", "protocol": "TCP"}]}])


def check_names(checks, helm):
    """Kubernetes takes 63 characters for a label, a Service and a Job; Helm gives a release up to 53."""
    release = "r" + 52 * "x"
    for more in [[], ["--set", f"nameOverride={55 * 'n'}"], ["--set", f"fullnameOverride={55 * 'f'}"]]:
        printed = helm.output("template", release, str(CHART), "--namespace", NAMESPACE, *more)
        things = [thing for thing in helm.read_yaml(documents(printed)) if thing["kind"] != "CustomResourceDefinition"]
        names = [thing["metadata"]["name"] for thing in things]
        texts = [thing["metadata"]["name"] for thing in things if thing["kind"] in ("Deployment", "Job", "Service", "ServiceAccount")]
        texts += [text for thing in things for text in thing["metadata"]["labels"].values()]
        checks.equal(f"names and labels are short enough {more}", [text for text in texts if len(text) > 63 or text.endswith("-")], [])
        checks.equal(f"no two objects of one kind share a name {more}", len({(thing["kind"], name) for thing, name in zip(things, names)}), len(things))


def check_refused(checks, helms):
    for arguments, named in REFUSED:
        for helm in helms:
            code, _, errors = helm.run("template", RELEASE, str(CHART), "--namespace", NAMESPACE, *arguments)
            said = named if named in errors else errors.strip()
            checks.equal(f"{helm.name} {' '.join(arguments)} is refused with the value's name", (code != 0, said), (True, named))


def kustomized(kubectl, helm, folder):
    built = subprocess.run([kubectl, "kustomize", str(ROOT / "config" / folder)], capture_output=True, text=True, check=True)
    return helm.read_yaml(documents(built.stdout))


def check_parity(checks, helm, kubectl):
    ours = kustomized(kubectl, helm, "default") + kustomized(kubectl, helm, "admission")
    found = parity.differences(ours, helm.read_yaml(documents(render(helm, None))))
    for folder, case, kinds in [
        ("network-policy", "network", {"NetworkPolicy"}),
        ("prometheus", "network", {"ServiceMonitor"}),
        ("prometheus/pod-monitor", "pod-monitor", {"PodMonitor"}),
        ("monitoring", "monitoring", {"PrometheusRule", "ConfigMap"}),
        ("export-to", "export-to", {"ClusterRole", "ClusterRoleBinding"}),
    ]:
        things = helm.read_yaml(documents(render(helm, CHART / "ci" / f"{case}-values.yaml")))
        config = kustomized(kubectl, helm, folder)
        names = {parity.name(thing) for thing in config}
        # The operator's other roles are compared with config/default.
        is_meant = lambda thing: thing["kind"] in kinds and (folder != "export-to" or parity.name(thing) in names)
        found += parity.differences(config, [thing for thing in things if is_meant(thing)])
    wrong, unused = parity.judge(found)
    checks.equal("the chart renders the objects of config/", [str(difference) for difference in wrong], [])
    checks.equal("every allowed difference is there", [allowed.reason for allowed in unused], [])


def check_component(checks, helm, kubectl):
    """config/delete-orphans adds to config/default what the value adds to the chart: one flag."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.relpath(ROOT / "config" / name, os.path.realpath(folder)) for name in ("default", "delete-orphans")]
        (Path(folder) / "kustomization.yaml").write_text(json.dumps({"resources": paths[:1], "components": paths[1:]}))
        built = subprocess.run([kubectl, "kustomize", folder], capture_output=True, text=True, check=True)
    arguments = lambda things: [thing["spec"]["template"]["spec"]["containers"][0]["args"] for thing in things if thing["kind"] == "Deployment"]
    (without,) = arguments(kustomized(kubectl, helm, "default"))
    added = arguments(helm.read_yaml(documents(built.stdout)))
    checks.equal("config/delete-orphans adds the flag", added, [[*without, "--delete-orphans"]])


def check_annotations(checks, helm, annotations, version):
    """What Artifact Hub shows of the chart is so."""

    def read(name):
        # A document is a map; most annotations are lists.
        text = annotations[f"artifacthub.io/{name}"]
        (document,) = helm.read_yaml(["read:\n" + text])
        return document["read"]

    checks.equal("the image of the annotations is the default one", read("images"), [{"name": RELEASE, "image": f"{RELEASE}:{version}"}])
    defined = {}
    for (document,) in (helm.read_yaml([path.read_text()]) for path in sorted(CRDS.glob("*.yaml"))):
        defined[document["metadata"]["name"]] = document["spec"]
    expected = [
        (name, spec["names"]["kind"], spec["versions"][-1]["name"], spec["group"]) for name, spec in sorted(defined.items())
    ]
    shown = [(crd["name"], crd["kind"], crd["version"], crd["name"].partition(".")[2]) for crd in read("crds")]
    checks.equal("the definitions of the annotations are those of crds/", shown, expected)
    examples = {(example["apiVersion"], example["kind"]) for example in read("crdsExamples")}
    checks.equal("every definition has an example", examples, {(f"{group}/{served}", kind) for _, kind, served, group in expected})
    checks.equal("every change says what kind it is", {change["kind"] for change in read("changes")} - CHANGES, set())


def check_package(checks, helms):
    cargo = re.search(r'(?m)^version = "(.*)"$', (ROOT / "Cargo.toml").read_text())[1]
    (chart,) = helms[0].read_yaml([(CHART / "Chart.yaml").read_text()])
    checks.equal("appVersion is the version in Cargo.toml", chart["appVersion"], cargo)
    check_annotations(checks, helms[0], chart["annotations"], cargo)
    for helm in helms:
        with tempfile.TemporaryDirectory() as folder:
            helm.output("package", str(CHART), "--destination", folder)
            (package,) = Path(folder).iterdir()
            shutil.unpack_archive(package, folder)
            packed = sorted(path.name for path in (Path(folder) / CHART.name).iterdir())
        expected = [".helmignore", "Chart.yaml", "README.md", "files", "templates", "values.schema.json", "values.yaml"]
        checks.equal(f"{helm.name} package has what a user needs", packed, expected)
        code, _, errors = helm.run("template", RELEASE, str(CHART), "--kube-version", "1.32.9")
        checks.equal(f"{helm.name}: an older Kubernetes is refused", (code != 0, "kubeVersion" in errors), (True, True))


def main():
    helm3, helm4, kubectl = sys.argv[1:]
    checks = Checks()
    with tempfile.TemporaryDirectory() as home:
        helms = [Helm(program, home) for program in (helm3, helm4)]
        check_generated(checks)
        check_schema(checks, helms[1])
        check_cases(checks, helms)
        check_scope(checks, helms[1])
        check_names(checks, helms[1])
        check_refused(checks, helms)
        check_parity(checks, helms[1], kubectl)
        check_component(checks, helms[1], kubectl)
        check_network(checks, helms[1])
        check_package(checks, helms)
        crds_chart.check(checks, helms, CRDS, POLICIES, helms[1].read_yaml(documents(render(helms[1], None))))
    print(f"chart: {checks.passed} passed, {checks.failed} failed")
    return 1 if checks.failed else 0


if __name__ == "__main__":
    sys.exit(main())
