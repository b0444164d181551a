"""A real Prometheus scrapes what an operator showed, and answers every query of the dashboard: real.py PROMETHEUS.

recorded.txt is /metrics of an operator in `make demo KEEP=1`: two services, a create whose answer got lost, a throttled list, a load balancer that does not
exist. It is served with counters that grow, as an operator's do. Prints what is wrong, and at the end how many checks passed."""

import http.server
import json
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import rules
from check import HERE, METRICS, MONITORING, Checks

# What the operator of the demo does not show: a counter with labels comes into being with its first event, and there is no second operator.
NEVER_HAPPENED = {
    "leader_election_master_status": "it runs alone, without an election",
    "controller_runtime_reconcile_errors_total": "no reconcile failed",
    "controller_runtime_reconcile_panics_total": "no reconcile panicked",
}
SAMPLE = re.compile(r"(?P<series>(?P<name>\w+)(?:\{[^}]*\})?) (?P<value>\S+)")
OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"
# Two scrapes make a rate; the machine may be busy.
DEADLINE_SECONDS = 60


class Operator(http.server.BaseHTTPRequestHandler):
    """Answers scrapes: in each, counters have grown by what was recorded."""

    text = (HERE / "recorded.txt").read_text()
    scrapes = 0

    def do_GET(self):
        Operator.scrapes += 1
        body = "".join(map(self.grown, self.text.splitlines(keepends=True))).encode()
        self.send_response(200)
        self.send_header("Content-Type", OPEN_METRICS)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def grown(self, line):
        sample = SAMPLE.fullmatch(line.strip())
        if not sample or not sample["name"].endswith(("_total", "_bucket", "_count", "_sum")):
            return line
        value = float(sample["value"]) * self.scrapes
        return f"{sample['series']} {value:g}\n"

    def log_message(self, *_):
        pass


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def configuration(operator):
    # JSON is YAML.
    target = {"targets": [f"127.0.0.1:{operator}"], "labels": {"namespace": "privatelink-system", "pod": "privatelink-operator-0"}}
    return json.dumps({
        "global": {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"},
        "rule_files": [str(MONITORING / "alerts.yaml")],
        "scrape_configs": [{"job_name": "privatelink-operator", "static_configs": [target]}],
    })


class Prometheus:
    """One that keeps everything in a folder, which goes with it."""

    def __init__(self, program, folder, operator):
        self.port = free_port()
        file = Path(folder) / "prometheus.yaml"
        file.write_text(configuration(operator))
        self._log = Path(folder) / "log"
        command = [program, f"--config.file={file}", f"--storage.tsdb.path={folder}/data", f"--web.listen-address=127.0.0.1:{self.port}"]
        with self._log.open("w") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)

    def stop(self):
        self._process.terminate()
        self._process.wait()

    def ask(self, path, **parameters):
        query = urllib.parse.urlencode(parameters)
        # No proxy of the environment is between two programs on one machine.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(f"http://127.0.0.1:{self.port}/api/v1/{path}?{query}", timeout=10) as answer:
                return json.load(answer)["data"]
        except urllib.error.HTTPError as error:
            # A query that is wrong is answered in JSON; a Prometheus that is still starting, with 503 in plain text.
            raise RuntimeError(f"HTTP {error.code}: {error.read().decode(errors='replace').strip()}") from None

    def query(self, text):
        return self.ask("query", query=text)["result"]

    def until(self, what, holds):
        deadline = time.monotonic() + DEADLINE_SECONDS
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                break
            try:
                if holds():
                    return
            except (OSError, RuntimeError):
                # Not up yet.
                pass
            time.sleep(0.2)
        raise RuntimeError(f"{what} did not come true in {DEADLINE_SECONDS} s:\n{self._log.read_text()}")

    def rules(self):
        return [rule for group in self.ask("rules")["groups"] for rule in group["rules"]]

    def rules_evaluated(self):
        """Rules that nobody evaluated yet are of health "unknown"."""
        found = self.rules()
        return found and all(rule["health"] != "unknown" for rule in found)


def check_recorded(checks):
    """The recorded text has every metric of the documentation with its labels, and no other."""
    metrics = rules.documented(METRICS.read_text())
    shown = {}
    for name, labels in re.findall(r"(?m)^(\w+)(?:\{(.*)\})? \S+$", Operator.text):
        shown.setdefault(name, set()).update(re.findall(r'(\w+)="', labels))
    checks.none("recorded.txt shows no metric that is not documented (record.sh records it again)", sorted(set(shown) - set(metrics)))
    checks.none("recorded.txt shows every metric that is documented (record.sh records it again; NEVER_HAPPENED names what it cannot show)", sorted(set(metrics) - set(shown) - set(NEVER_HAPPENED)))
    wrong = [f"{name}: {sorted(labels)}" for name, labels in shown.items() if labels - {"le"} != metrics.get(name, labels - {"le"})]
    checks.none("recorded.txt has the labels that are documented (record.sh records it again)", wrong)


def check_dashboard(checks, prometheus):
    for where, query in rules.queries(json.loads((MONITORING / "dashboard.json").read_text())):
        metrics = {name for name, _ in rules.selectors(query)[0]}
        try:
            found = prometheus.query(rules.as_asked(query))
        except RuntimeError as error:
            checks.none(f"the panel {where}", [str(error)])
            continue
        # A rate over nothing is NaN, which Grafana leaves out.
        is_shown = any(sample["value"][1] != "NaN" for sample in found)
        is_expected = not metrics & set(NEVER_HAPPENED)
        checks.none(f"the panel {where}", [] if is_shown == is_expected else [f"{query} shows {found}"])


def check_alerts(checks, prometheus):
    checks.none("Prometheus evaluates every alert", [f"{rule['name']}: {rule['lastError']}" for rule in prometheus.rules() if rule["health"] != "ok"])
    written = sorted(alert.name for alert in rules.alerts((MONITORING / "alerts.yaml").read_text()))
    # Prometheus sorts the groups.
    loaded = sorted(rule["name"] for rule in prometheus.rules())
    checks.none("Prometheus has loaded every alert", [] if loaded == written else [f"{loaded} instead of {written}"])


def main():
    (program,) = sys.argv[1:]
    checks = Checks()
    check_recorded(checks)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Operator)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        prometheus = Prometheus(program, folder, server.server_address[1])
        try:
            counted = "rate(privatelink_operator_cloud_lists_total[5m]) > 0"
            prometheus.until("a second scrape", lambda: prometheus.query(counted))
            prometheus.until("an evaluation of every rule", prometheus.rules_evaluated)
            check_dashboard(checks, prometheus)
            check_alerts(checks, prometheus)
        finally:
            prometheus.stop()
    server.shutdown()
    print(f"prometheus: {checks.passed} passed, {checks.failed} failed")
    return 1 if checks.failed else 0


if __name__ == "__main__":
    sys.exit(main())
