"""Writes the dashboard for Grafana: dashboard.py prints dashboard.json. `make monitoring UPDATE=1` writes it.

A panel is one call here, and its place follows from the order."""

import json

DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
# Of which operators: every query has it. Without the label, as with a scrape by address, "All" finds it as well.
OURS = 'namespace=~"$namespace"'
CONTROLLER = f'controller="vpcendpointservice",{OURS}'
COLUMNS = 24
PREFIX = "privatelink_operator"


class Dashboard:
    """Panels in the order in which they are added, from left to right and from top to bottom."""

    def __init__(self):
        self.panels = []
        self._x = self._y = self._height = 0

    def row(self, title):
        self._break()
        self._add({"type": "row", "title": title, "collapsed": False, "panels": []}, COLUMNS, 1)

    def stat(self, title, meaning, query, colours, unit="none", width=4):
        """One number. `colours` are pairs of colour and the value from which on it holds."""
        steps = [{"color": colour, "value": value} for colour, value in colours]
        options = {"colorMode": "value", "graphMode": "area", "reduceOptions": {"calcs": ["lastNotNull"]}}
        self._query({"type": "stat", "options": options}, title, meaning, {"": query}, unit, width, 5, {"thresholds": {"mode": "absolute", "steps": steps}})

    def table(self, title, meaning, query, hidden, width=4):
        options = {"showHeader": True}
        hide = {"id": "organize", "options": {"excludeByName": {name: True for name in hidden}}}
        panel = {"type": "table", "options": options, "transformations": [hide]}
        self._query(panel, title, meaning, {"": query}, "none", width, 5, {}, {"format": "table", "instant": True})

    def graph(self, title, meaning, queries, unit="short", width=12):
        """Lines over time, by legend."""
        options = {"legend": {"displayMode": "list", "placement": "bottom"}, "tooltip": {"mode": "multi", "sort": "desc"}}
        custom = {"custom": {"fillOpacity": 10, "lineWidth": 1, "showPoints": "never"}, "min": 0}
        self._query({"type": "timeseries", "options": options}, title, meaning, queries, unit, width, 8, custom)

    def _query(self, panel, title, meaning, queries, unit, width, height, defaults, more=None):
        targets = [
            {"datasource": DATASOURCE, "expr": query, "legendFormat": legend, "refId": chr(ord("A") + number), **(more or {})}
            for number, (legend, query) in enumerate(queries.items())
        ]
        panel |= {
            "title": title,
            "description": meaning,
            "datasource": DATASOURCE,
            "targets": targets,
            "fieldConfig": {"defaults": {"unit": unit, **defaults}, "overrides": []},
        }
        self._add(panel, width, height)

    def _add(self, panel, width, height):
        if self._x + width > COLUMNS:
            self._break()
        place = {"x": self._x, "y": self._y, "w": width, "h": height}
        self.panels.append({"id": len(self.panels) + 1, **panel, "gridPos": place})
        self._x += width
        self._height = max(self._height, height)

    def _break(self):
        self._y += self._height
        self._x = self._height = 0


def conditions(by, labels):
    """How many objects have a condition. The maximum over the processes of a job, because each counts all objects."""
    inner = f"max by (namespace, job, type, status) ({PREFIX}_resource_condition{{{labels},{OURS}}})"
    return f"sum by ({by}) ({inner})" if by else f"sum({inner})"


IS_TRUE, IS_NOT_TRUE = 'status="True"', 'status!="True"'
READY, STALLED, DRIFTED = (f'type="{kind}"' for kind in ("Ready", "Stalled", "Drifted"))


def rate(by, metric, labels=OURS):
    return f"sum by ({by}) (rate({metric}{{{labels}}}[$__rate_interval]))"


def quantile(which, by, metric, labels=OURS):
    both = f"le, {by}" if by else "le"
    return f"histogram_quantile({which}, {rate(both, f'{metric}_bucket', labels)})"


def panels():
    board = Dashboard()
    board.row("Objects")
    good, warn, bad = ("green", None), ("orange", 1), ("red", 1)
    board.stat("Ready", "Objects whose service is Active and as the spec wants it", conditions("", f"{READY},{IS_TRUE}"), [good])
    board.stat("Not Ready", "kubectl get vpces -A shows the reason of each", conditions("", f"{READY},{IS_NOT_TRUE}"), [good, warn])
    board.stat("Stalled", "Objects that do not come right without help", conditions("", f"{STALLED},{IS_TRUE}"), [good, bad])
    board.stat("Drifted", "Services that somebody changed in the cloud; status.drift names the fields", conditions("", f"{DRIFTED},{IS_TRUE}"), [good, warn])
    board.stat("Watch age", "Since the API server last confirmed which objects exist; above 90 s /readyz fails", f"max({PREFIX}_watch_age_seconds{{{OURS}}})", [good, ("red", 90)], "s")
    board.table("Versions", "Which version runs where", f"max by (namespace, pod, version) ({PREFIX}_build_info{{{OURS}}})", ["Time", "Value"])
    board.stat("Oldest not Ready", "For how long the object that is not Ready for longest has not been", f"max({PREFIX}_oldest_not_ready_seconds{{{OURS}}})", [good, ("orange", 3600)], "s")
    board.stat("Services", "Of this cluster, in all regions; the account's quota is 200 by default and counts others' as well", f"sum(max by (namespace, job) ({PREFIX}_services{{{OURS}}}))", [good])
    board.stat("Orphaned services", "Of this cluster, without an object: paid for, and managed by nobody; the log names them", f"sum(max by (namespace, job) ({PREFIX}_orphaned_services{{{OURS}}}))", [good, warn])
    board.stat("Connections held", "Requests of consumers that wait for a person", f"sum(max by (namespace, job) ({PREFIX}_connections{{{OURS},state=\"held\"}}))", [good, warn])
    board.graph("Objects by condition", "Conditions that are True, and Ready that is not", {
        "{{type}}": conditions("type", IS_TRUE),
        "not Ready ({{status}})": conditions("status", f"{READY},{IS_NOT_TRUE}"),
    }, width=24)

    board.row("Operator")
    board.graph("Reconciles by result", "error: the object is in back-off", {"{{result}}": rate("result", "controller_runtime_reconcile_total", CONTROLLER)}, "ops")
    board.graph("Duration of reconciles", "Much of it is waiting for the provider", {
        "median": quantile(0.5, "", "controller_runtime_reconcile_time_seconds", CONTROLLER),
        "99 of 100": quantile(0.99, "", "controller_runtime_reconcile_time_seconds", CONTROLLER),
    }, "s")
    board.graph("Concurrent reconciles", "At the limit, objects wait for their turn", {
        "running": f"sum(controller_runtime_active_workers{{{CONTROLLER}}})",
        "limit (--max-concurrent-reconciles)": f"sum(controller_runtime_max_concurrent_reconciles{{{CONTROLLER}}})",
    })
    board.graph("Work queue", "Objects that wait for a reconcile, and the changes that asked for one", {
        "waiting": f"sum(max by (namespace, job, pod) (workqueue_depth{{{CONTROLLER}}}))",
        "asked per second": f"sum(rate(workqueue_adds_total{{{CONTROLLER}}}[$__rate_interval]))",
    })
    board.graph("Time in the work queue", "From the request of a reconcile to its begin; what waits now", {
        "99 of 100": quantile(0.99, "", "workqueue_queue_duration_seconds", CONTROLLER),
        "first in the queue": f"max({PREFIX}_work_queue_age_seconds{{{CONTROLLER}}})",
    }, "s")
    board.graph("Requests to the API server", "By HTTP status; <error> had no answer", {"{{method}} {{code}}": rate("method, code", "rest_client_requests_total")}, "reqps")
    board.graph("Latency of the API server, 99 of 100", "Time to the head of an answer", {"{{verb}}": quantile(0.99, "verb", "rest_client_request_duration_seconds")}, "s")
    board.graph("Writes to Kubernetes", "Zero while nothing changes", {"{{kind}}": rate("kind", f"{PREFIX}_kubernetes_writes_total")}, "ops")
    board.graph("Failed reconciles, and bugs", "A reconcile that failed is tried again. A task that was restarted and a reconcile that panicked are bugs: please report them with the log", {
        "task {{task}} restarted": f"sum by (task) (increase({PREFIX}_task_restarts_total{{{OURS}}}[$__rate_interval]))",
        "reconciles panicked": f"sum(increase(controller_runtime_reconcile_panics_total{{{CONTROLLER}}}[$__rate_interval]))",
        "reconciles failed": f"sum(increase(controller_runtime_reconcile_errors_total{{{CONTROLLER}}}[$__rate_interval]))",
    })
    board.graph("Cached objects that were too old", "How far the watch lags behind own writes", {"skipped": f"sum(rate({PREFIX}_stale_sync_skips_total{{{OURS}}}[$__rate_interval]))"}, "ops")

    board.row("Cloud")
    board.graph("Requests by operation", "Each attempt of a call", {"{{operation}}": rate("operation", f"{PREFIX}_cloud_api_requests_total")}, "reqps")
    board.graph("Requests that were not OK, by code", "The provider's codes; connect, timeout, interrupted and abandoned are requests without an answer", {"{{code}}": rate("code", f"{PREFIX}_cloud_api_requests_total", f'code!="OK",{OURS}')}, "reqps")
    board.graph("Latency of the provider, 95 of 100", "Time to an answer", {"{{operation}}": quantile(0.95, "operation", f"{PREFIX}_cloud_api_request_duration_seconds")}, "s")
    board.graph("Waiting for a permit", "Objects whose next call waits for the provider's rates and locks", {"objects": f"sum({PREFIX}_cloud_queue_depth{{{OURS}}})"})
    board.graph("Throttled requests", "The provider says that calls are too frequent; see --rate", {"{{operation}}": rate("operation", f"{PREFIX}_cloud_api_throttled_total")}, "reqps")
    board.graph("Lists of the inventory", "While lists fail no drift is seen", {
        "{{scope}}": rate("scope", f"{PREFIX}_cloud_lists_total"),
        "failed": f"sum(rate({PREFIX}_cloud_list_failures_total{{{OURS}}}[$__rate_interval]))",
    }, "ops")
    board.graph("Details refreshes", "Services whose attachments and principals were read again", {
        "read": f"sum(rate({PREFIX}_details_refreshes_total{{{OURS}}}[$__rate_interval]))",
        "failed": f"sum(rate({PREFIX}_details_refresh_failures_total{{{OURS}}}[$__rate_interval]))",
    }, "ops")
    board.stat("Unknown states", "States of the provider that this version does not know; the log has them", f"sum({PREFIX}_unknown_states_total{{{OURS}}})", [good, warn])
    return board.panels


def variables():
    everything = {"text": "All", "value": "$__all"}
    query = f"label_values({PREFIX}_build_info, namespace)"
    return [
        {"name": "datasource", "label": "Prometheus", "type": "datasource", "query": "prometheus", "current": {}},
        {
            "name": "namespace", "label": "Namespace of the operator", "type": "query", "datasource": DATASOURCE,
            "definition": query, "query": {"query": query, "refId": "namespace"}, "refresh": 2, "sort": 1,
            "multi": True, "includeAll": True, "allValue": ".*", "current": everything,
        },
    ]


def dashboard():
    return {
        "uid": "privatelink-operator",
        "title": "PrivateLink operator",
        "description": "privatelink-operator for Alibaba Cloud: objects, operator, provider. The runbook is docs/monitoring.md.",
        "tags": ["privatelink-operator", "kubernetes", "alibaba-cloud"],
        "schemaVersion": 39,
        "editable": True,
        "graphTooltip": 1,
        "refresh": "1m",
        "time": {"from": "now-6h", "to": "now"},
        "timezone": "",
        "templating": {"list": variables()},
        "panels": panels(),
    }


if __name__ == "__main__":
    print(json.dumps(dashboard(), indent=1, ensure_ascii=False))
