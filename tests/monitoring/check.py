"""Checks alerts and dashboard: check.py PROMTOOL. With UPDATE=1, writes what is generated first.

Prints what is wrong, and at the end how many checks passed."""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import draw
import rules

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
MONITORING = ROOT / "config" / "monitoring"
CHART = ROOT / "charts" / "privatelink-operator" / "files" / "monitoring"
PAGE = ROOT / "docs" / "monitoring.md"
CODES = ROOT / "crates" / "cloud-core" / "src" / "error" / "table.rs"
METRICS = ROOT / "docs" / "reference" / "metrics.md"
SEVERITIES = {"critical", "warning", "info"}
UPDATE = os.environ.get("UPDATE") == "1"


class Checks:
    def __init__(self):
        self.passed = self.failed = 0

    def none(self, what, wrong):
        """Nothing is wrong."""
        if not wrong:
            self.passed += 1
            return
        self.failed += 1
        print(f"FAILED {what}")
        for each in wrong:
            print(f"  {each}")


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return [] if done.returncode == 0 else (done.stdout + done.stderr).strip().splitlines()


def check_generated(checks, text):
    dashboard = subprocess.run([sys.executable, str(MONITORING / "dashboard.py")], capture_output=True, text=True, check=True).stdout
    for path, made in [
        (MONITORING / "prometheus-rule.yaml", rules.prometheus_rule(text)),
        (MONITORING / "dashboard.json", dashboard),
        (CHART / "alerts.yaml", text),
        (CHART / "dashboard.json", dashboard),
        (draw.PICTURE, draw.draw(json.loads(dashboard), json.loads(draw.RECORDED.read_text()))),
    ]:
        if UPDATE:
            path.parent.mkdir(exist_ok=True)
            path.write_text(made)
        is_same = path.exists() and path.read_text() == made
        checks.none(f"{path.relative_to(ROOT)} is up to date", [] if is_same else ["make monitoring UPDATE=1 writes it"])
    return json.loads(dashboard)


def check_alerts(checks, alerts, tests):
    names = [alert.name for alert in alerts]
    checks.none("no alert has the name of another", sorted({name for name in names if names.count(name) > 1}))
    for alert in alerts:
        parts = alert.parts
        wrong = [f"it has no {key}" for key in ("expr", "severity", "summary", "description", "runbook_url") if not parts.get(key)]
        wrong += [f"severity {parts['severity']} is none of {sorted(SEVERITIES)}"] if parts.get("severity") not in SEVERITIES else []
        expected = f"docs/monitoring.md#{alert.name.lower()}"
        wrong += [f"runbook_url must be {expected}"] if parts.get("runbook_url") != expected else []
        checks.none(alert.name, wrong)
        wanted = [f"{alert.name} fires", f"{alert.name} is silent"]
        checks.none(f"{alert.name} is tested", [f"no test is called “{name} …”" for name in wanted if not any(test.startswith(f"{name} ") for test in tests)])
    headings = re.findall(r"(?m)^### (PrivateLink\w+)$", PAGE.read_text())
    checks.none("every alert has its heading in docs/monitoring.md, in order", [] if headings == names else [f"alerts   {names}", f"headings {headings}"])


def check_names(checks, alerts, dashboard):
    metrics = rules.documented(METRICS.read_text())
    used = set()
    for where, query in [*((alert.name, alert.parts["expr"]) for alert in alerts), *rules.queries(dashboard)]:
        checks.none(f"{where} names what is in docs/reference/metrics.md", rules.unknown(query, metrics))
        used |= {rules.base(name) for name, _ in rules.selectors(query)[0]}
    (namespaces,) = (variable["definition"] for variable in dashboard["templating"]["list"] if "definition" in variable)
    checks.none("the variable names a metric that is documented", [] if re.fullmatch(r"label_values\((\w+), namespace\)", namespaces)[1] in metrics else [namespaces])
    checks.none("every metric is in an alert or in the dashboard (add a panel in config/monitoring/dashboard.py)", sorted({rules.base(name) for name in metrics} - used))


def check_codes(checks, alerts):
    """The alert on credentials is about all codes that the client takes for refused credentials, and that on rights about none of them."""
    # Those that end in a dot, and the role's, are beginnings of codes.
    credential = [code + ("X" if code.endswith((".", ".Role")) else "") for code in re.findall(r'\("([^"]+)", CodeEntry::of\(Credential\)\)', CODES.read_text())]
    account = re.findall(r'\("([^"]+)", CodeEntry::of\(Account\)\)', CODES.read_text())

    def is_met(name, code):
        """Every selector of codes in the alert has it."""
        query = next(alert.parts["expr"] for alert in alerts if alert.name == name)
        selectors = re.findall(r'\{code=~"([^"]*)"(?:,code!="([^"]*)")?\}', query)
        return bool(selectors) and all(re.fullmatch(pattern, code) and code != without for pattern, without in selectors)

    refused, denied = "PrivateLinkCloudCredentialsRefused", "PrivateLinkCloudAccessDenied"
    checks.none(f"{CODES.name} has codes about credentials and about the account", [] if credential and account else ["none is found: see check_codes"])
    checks.none(f"{refused} knows every code about credentials", [code for code in credential if not is_met(refused, code)])
    checks.none(f"{refused} is about nothing else", [code for code in account if is_met(refused, code)])
    checks.none(f"{denied} is not about credentials", [code for code in credential if is_met(denied, code)])
    rights = [code for code in account if re.match("Forbidden|NoPermission|NotAuthorized|StatusForbidden", code)]
    checks.none(f"{denied} knows every code about rights", [code for code in rights if not is_met(denied, code + ("X" if code.endswith(".") else ""))])


def check_places(checks, dashboard):
    """No panel covers another or leaves the width of the page, and no two have one number."""
    places = [(panel["title"], panel["gridPos"]) for panel in dashboard["panels"]]
    wrong = [title for title, place in places if place["x"] + place["w"] > 24]
    for number, (title, left) in enumerate(places):
        for other, right in places[:number]:
            is_beside = left["x"] >= right["x"] + right["w"] or right["x"] >= left["x"] + left["w"]
            is_below = left["y"] >= right["y"] + right["h"] or right["y"] >= left["y"] + left["h"]
            wrong += [] if is_beside or is_below else [f"{title} covers {other}"]
    checks.none("every panel has its place", wrong)
    numbers = [panel["id"] for panel in dashboard["panels"]]
    checks.none("every panel has its number", sorted({number for number in numbers if numbers.count(number) > 1}))
    checks.none("every panel says what it shows", [panel["title"] for panel in dashboard["panels"] if panel["type"] != "row" and not panel["description"]])


def check_checks(checks):
    """What the checks would overlook if they read queries wrongly."""
    metrics = {"a_total": {"code"}, "b_seconds_bucket": set()}
    for query, expected in [
        ('sum by (namespace, code) (rate(a_total{code=~"x|{y}"}[5m])) > 0.5', []),
        ("histogram_quantile(0.5, sum by (le) (rate(b_seconds_bucket[5m]))) and a_total", []),
        ('(increase(a_total[1h]) > 0) or (a_total unless a_total offset 1h)', []),
        ("rate(c_total[5m]) / rate(a_total[5m])", ["metric c_total"]),
        ("up", ["metric up"]),
        ('sum(rate(a_total{name="x"}[5m]))', ["label name of a_total"]),
        ("sum by (kind) (a_total)", ["label kind"]),
    ]:
        found = rules.unknown(query, metrics)
        checks.none(f"rules.unknown({query})", [] if found == expected else [f"{found} instead of {expected}"])


def check_with_promtool(checks, promtool, dashboard):
    checks.none("promtool check rules config/monitoring/alerts.yaml", run(promtool, "check", "rules", str(MONITORING / "alerts.yaml")))
    for file in sorted(HERE.glob("*.test.yaml")):
        checks.none(f"promtool test rules {file.name}", run(promtool, "test", "rules", str(file)))
    for where, query in rules.queries(dashboard):
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            # JSON is YAML.
            json.dump({"groups": [{"name": "dashboard", "rules": [{"record": "query", "expr": rules.as_asked(query)}]}]}, file)
            file.flush()
            checks.none(f"promtool reads the query of the panel {where}", run(promtool, "check", "rules", file.name))


def main():
    (promtool,) = sys.argv[1:]
    checks = Checks()
    text = (MONITORING / "alerts.yaml").read_text()
    alerts = rules.alerts(text)
    tests = [name for file in sorted(HERE.glob("*.test.yaml")) for name in re.findall(r"(?m)^- name: (.*)$", file.read_text())]
    dashboard = check_generated(checks, text)
    check_alerts(checks, alerts, tests)
    check_checks(checks)
    check_places(checks, dashboard)
    check_codes(checks, alerts)
    check_names(checks, alerts, dashboard)
    check_with_promtool(checks, promtool, dashboard)
    print(f"monitoring: {checks.passed} passed, {checks.failed} failed")
    return 1 if checks.failed else 0


if __name__ == "__main__":
    sys.exit(main())
