"""Reads what the checks need of rules, dashboard and documentation. Python's standard library reads no YAML; of it, only what alerts.yaml is written in
is understood. promtool reads the same file for good."""

import re
from dataclasses import dataclass, field

RULE = re.compile(r"  - alert: (\w+)")
KEY = re.compile(r"(?P<indent> +)(?P<key>\w+):(?: (?P<value>.*))?")
# What Prometheus adds to the labels of a metric: where it was scraped, and the bound of a bucket.
TARGET_LABELS = {"namespace", "job", "pod", "instance", "le"}
KEYWORDS = {"by", "without", "on", "ignoring", "group_left", "group_right", "offset", "bool", "and", "or", "unless", "inf", "nan"}
# What OpenMetrics adds to the name of a histogram; the names of counters have their _total in the table.
HISTOGRAM = ("_bucket", "_count", "_sum")


@dataclass
class Alert:
    name: str
    # Flat: labels and annotations as well.
    parts: dict = field(default_factory=dict)


def alerts(text):
    """The alerts of a rule file, in order."""
    found, key = [], None
    for line in text.splitlines():
        if rule := RULE.fullmatch(line):
            found.append(Alert(rule[1]))
            key = None
        elif line.lstrip().startswith("#") or not found:
            continue
        elif line.startswith("- "):
            key = None
        elif (match := KEY.fullmatch(line)) and len(match["indent"]) == (4 if match["key"] in ("expr", "for", "labels", "annotations") else 6):
            key = match["key"]
            found[-1].parts[key] = "" if match["value"] in (None, ">-") else match["value"].strip('"')
        elif key:
            found[-1].parts[key] = f"{found[-1].parts[key]} {line.strip()}".strip()
    return found


def prometheus_rule(text):
    """The same rules as an object for the Prometheus Operator."""
    groups = text[text.index("groups:\n"):]
    indented = "".join(f"  {line}" if line.strip() else line for line in groups.splitlines(keepends=True))
    return f"""# Made from alerts.yaml by `make monitoring UPDATE=1`. Do not edit.
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: privatelink-operator
  namespace: privatelink-system
  labels:
    app.kubernetes.io/name: privatelink-operator
spec:
{indented}"""


def documented(page):
    """Metrics of docs/reference/metrics.md: the labels of each name that can be asked for."""
    found = {}
    for name, kind, labels in re.findall(r"(?m)^\| `(\w+)` \| (\w+) \| ([^|]*) \|", page):
        names = [name + suffix for suffix in HISTOGRAM] if kind == "histogram" else [name]
        found |= {each: set(re.findall(r"`(\w+)`", labels)) for each in names}
    return found


def base(metric):
    """The name as the table has it."""
    return re.sub(f"({'|'.join(HISTOGRAM)})$", "", metric)


def selectors(query):
    """The metrics that a query names, each with the labels that it is selected by; None among them for the labels of all `by (…)`."""
    text = re.sub(r'"[^"]*"', '""', query)
    grouped = {label.strip() for inner in re.findall(r"\b(?:by|on|without|ignoring) \(([^)]*)\)", text) for label in inner.split(",")}
    text = re.sub(r"\b(?:by|on|without|ignoring) \([^)]*\)", " ", text)
    text = re.sub(r"\[[^]]*\]|\boffset \w+", " ", text)
    found = []
    for name, following in re.findall(r"(?<![\w.])([a-zA-Z_:][\w:]*)((?:\{[^}]*\}|\s*\()?)", re.sub(r"\}\s*", "} ", text)):
        if following.strip() == "(" or name.lower() in KEYWORDS:
            continue
        found.append((name, set(re.findall(r"(\w+)\s*[!=]~?", following))))
    return found, grouped


def unknown(query, metrics):
    """What a query names that is not documented."""
    found, grouped = selectors(query)
    wrong = [f"metric {name}" for name, _ in found if name not in metrics]
    known = [(name, labels) for name, labels in found if name in metrics]
    wrong += [f"label {label} of {name}" for name, labels in known for label in sorted(labels - metrics[name] - TARGET_LABELS)]
    everywhere = set().union(*(metrics[name] for name, _ in known)) | TARGET_LABELS
    return wrong + [f"label {label}" for label in sorted(grouped - everywhere)]


def queries(dashboard):
    """The queries of a dashboard by their panel."""
    for panel in dashboard["panels"]:
        for target in panel.get("targets", []):
            yield f"{panel['title']} {target['refId']}", target["expr"]


def as_asked(query, seconds=300):
    """A query as Grafana asks it, with every namespace and a range of five minutes or another one."""
    return query.replace("$__rate_interval", f"{seconds}s").replace("$namespace", ".*")
