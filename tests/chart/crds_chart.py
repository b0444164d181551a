"""The chart of the CustomResourceDefinitions alone: it has what the operator's chart has of them, and nothing else."""

import json
import re

import values
from checks import ROOT, compare_with_file
from helm import documents

CHART = ROOT / "charts" / "privatelink-operator-crds"
CASES = [None, *sorted((CHART / "ci").glob("*-values.yaml"))]
# Wrong values, each with what the refusal must say.
REFUSED = [
    ("keep=perhaps", "at '/keep': got string, want boolean"),
    ("crds.keep=true", "additional properties 'crds' not allowed"),
    ("keep=false", "protection.crds: must be false, because keep is false"),
    ("protection.all=true", "at '/protection': additional properties 'all' not allowed"),
    ("commonLabels.a=b c", "at '/commonLabels/a'"),
]


def check(checks, helms, definitions, policies, operator_chart):
    """`operator_chart`: what the operator's chart renders by default."""
    check_copies(checks, helms[1], definitions, policies)
    for file in CASES:
        check_case(checks, helms, file)
    for value, named in REFUSED:
        for helm in helms:
            code, _, errors = helm.run("template", "crds", str(CHART), "--set", value)
            said = named if named in errors else errors.strip()
            checks.equal(f"{helm.name}: crds chart: {value} is refused with the value's name", (code != 0, said), (True, named))
    check_same(checks, helms[1], operator_chart)


def check_copies(checks, helm, definitions, policies):
    for path in sorted(policies.glob("*.yaml")):
        if path.name != "kustomization.yaml":
            compare_with_file(checks, CHART / "files" / "admission" / path.name, path.read_text())
    for path in sorted(definitions.glob("*.yaml")):
        compare_with_file(checks, CHART / "files" / "crds" / path.name, path.read_text())
    copies = sorted(path.name for path in (CHART / "files" / "crds").iterdir())
    checks.equal("the crds chart has the definitions of crds/ and no others", copies, sorted(path.name for path in definitions.glob("*.yaml")))
    documented = values.read((CHART / "values.yaml").read_text())
    readme = CHART / "README.md"
    compare_with_file(checks, readme, values.with_tables(readme.read_text(), documented))
    schema = json.loads((CHART / "values.schema.json").read_text())
    named = sorted({value.path.partition(".")[0] for value in documented})
    checks.equal("crds chart: the values are those of the schema", named, sorted(set(schema["properties"]) - {"global"}))
    cargo = re.search(r'(?m)^version = "(.*)"$', (ROOT / "Cargo.toml").read_text())[1]
    (chart,) = helm.read_yaml([(CHART / "Chart.yaml").read_text()])
    checks.equal("crds chart: appVersion is the version in Cargo.toml", chart["appVersion"], cargo)


def with_values(file):
    return ["--values", str(file)] if file else []


def render(helm, file, release="privatelink-operator-crds"):
    return documents(helm.output("template", release, str(CHART), *with_values(file)))


def definitions_of(things):
    return [thing for thing in things if thing["kind"] == "CustomResourceDefinition"]


def check_case(checks, helms, file):
    name = file.name if file else "default"
    for helm in helms:
        code, output, errors = helm.run("lint", "--strict", str(CHART), *with_values(file))
        checks.equal(f"{helm.name} lint --strict, crds chart, {name}", (code, "" if code == 0 else output + errors), (0, ""))
    checks.equal(f"crds chart, {name}: Helm 3 and Helm 4 render the same", *(render(helm, file) for helm in helms))


def check_same(checks, helm, operator_chart):
    """By default both charts make the same definitions and policies, but for the labels that say which chart it was."""
    kinds = ["CustomResourceDefinition", "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"]

    def shared(things):
        return [
            {"annotations": thing["metadata"].get("annotations"), "spec": thing["spec"], "name": thing["metadata"]["name"]}
            for thing in things
            if thing["kind"] in kinds
        ]

    found = helm.read_yaml(render(helm, None, "privatelink-operator"))
    checks.equal("both charts make the same definitions and policies", shared(found), shared(operator_chart))
    checks.equal("the crds chart makes nothing else", sorted({thing["kind"] for thing in found}), kinds)
    own = helm.read_yaml(render(helm, CHART / "ci" / "alone-values.yaml"))
    annotations = [thing["metadata"]["annotations"] for thing in definitions_of(own)]
    expected = {"example.com/checked": "true", "example.com/owner": "network"}
    checks.equal("crds chart: without keep the definitions go with the release", annotations, [expected for _ in definitions_of(own)])
