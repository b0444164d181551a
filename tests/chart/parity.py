"""The chart and config/ render the same objects: what may differ stands here, one by one, each with its reason."""

import re
from dataclasses import dataclass

ABSENT = "(absent)"


@dataclass(frozen=True)
class Difference:
    """A place where an object of the chart is not as that of config/."""

    object: str
    path: str
    config: object
    chart: object

    def __str__(self):
        return f"{self.object}: {self.path}: config/ has {self.config!r}, the chart {self.chart!r}"


@dataclass(frozen=True)
class Allowed:
    """Differences that are meant. Patterns are of the whole text; None stands for any value."""

    object: str
    path: str
    config: object
    chart: object
    reason: str

    def matches(self, difference):
        return (
            re.fullmatch(self.object, difference.object) is not None
            and re.fullmatch(self.path, difference.path) is not None
            and self.config in (None, difference.config)
            and self.chart in (None, difference.chart)
        )


LABELS = r"metadata\.labels\.|spec\.template\.metadata\.labels\."
ALLOWED = [
    Allowed(".*", rf"({LABELS})helm\.sh/chart", ABSENT, None, "Helm's label: which chart made it"),
    Allowed(".*", rf"({LABELS})app\.kubernetes\.io/managed-by", ABSENT, "Helm", "Helm's label: who manages it"),
    Allowed(".*", rf"({LABELS})app\.kubernetes\.io/version", ABSENT, None, "Helm's label: the operator's version"),
    Allowed(".*", rf"({LABELS})app\.kubernetes\.io/instance", ABSENT, None, "Helm's label: the release; config/ is applied once"),
    Allowed(
        "Deployment .*|PodDisruptionBudget .*|Service .*|(Service|Pod)Monitor .*|NetworkPolicy .*",
        r"spec\.(selector\.|selector\.matchLabels\.|podSelector\.matchLabels\.|"
        r"template\.spec\.topologySpreadConstraints\.[01]\.labelSelector\.matchLabels\.)app\.kubernetes\.io/instance",
        ABSENT,
        None,
        "two releases of the chart must not select each other's pods",
    ),
    Allowed(
        "CustomResourceDefinition .*|ValidatingAdmissionPolicy(Binding)? .*",
        r"metadata\.annotations",
        ABSENT,
        {"helm.sh/resource-policy": "keep"},
        "helm uninstall must not delete every object, nor what protects them; kubectl asks for each folder",
    ),
    Allowed(
        "CustomResourceDefinition .*",
        r"metadata\.labels",
        ABSENT,
        None,
        "Helm's labels; crds/ is as `make gen` writes it, without any",
    ),
    Allowed(
        "Deployment .*",
        r"spec\.template\.spec\.containers\.0\.env",
        [{"name": "ALIBABA_CLOUD_REGION_ID", "value": "cn-hangzhou"}],
        ABSENT,
        "the chart has the value region, which is a flag; a patch of kustomize finds a variable by its name, and a flag by no name",
    ),
    Allowed(
        "(Job|NetworkPolicy) privatelink-operator-check",
        "",
        ABSENT,
        None,
        "a hook before helm uninstall, and what it may reach; kubectl delete -k runs none",
    ),
    Allowed(
        "Namespace privatelink-system",
        "",
        None,
        ABSENT,
        "a release's namespace is there before the chart: helm install --create-namespace",
    ),
]


def name(thing):
    return f"{thing['kind']} {thing['metadata']['name']}"


def differences_within(whole, path, config, chart):
    """The smallest parts that differ."""
    if isinstance(config, dict) and isinstance(chart, dict):
        for key in sorted(set(config) | set(chart)):
            inner = f"{path}.{key}" if path else key
            yield from differences_within(whole, inner, config.get(key, ABSENT), chart.get(key, ABSENT))
    elif isinstance(config, list) and isinstance(chart, list) and len(config) == len(chart):
        for position, (left, right) in enumerate(zip(config, chart)):
            yield from differences_within(whole, f"{path}.{position}", left, right)
    elif config != chart:
        yield Difference(whole, path, config, chart)


def differences(config, chart):
    """All differences between two lists of objects."""
    left = {name(thing): thing for thing in config}
    right = {name(thing): thing for thing in chart}
    found = []
    for whole in sorted(set(left) | set(right)):
        found += differences_within(whole, "", left.get(whole, ABSENT), right.get(whole, ABSENT))
    return found


def judge(found):
    """What is not allowed, and what is allowed and was not found."""
    wrong = [difference for difference in found if not any(allowed.matches(difference) for allowed in ALLOWED)]
    unused = [allowed for allowed in ALLOWED if not any(allowed.matches(difference) for difference in found)]
    return wrong, unused
