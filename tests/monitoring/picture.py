"""Records what a Prometheus answers to the queries of the dashboard while it scrapes a real operator: picture.py PROMETHEUS URL COMMAND...

COMMAND is what happens meanwhile. Writes picture.json, which draw.py draws."""

import json
import subprocess
import sys
import tempfile
import time
import urllib.parse

import draw
import real
import rules

SCRAPE_SECONDS = 2
# The window of a rate: the picture is of minutes, a dashboard of hours.
RATE_SECONDS = 20
# How long the picture goes on after COMMAND.
CALM_SECONDS = 20
# Of a series no more points than a line of the picture has room for.
POINTS = 90


def configuration(host):
    target = {"targets": [host], "labels": {"namespace": "privatelink-system", "pod": "privatelink-operator-0"}}
    return json.dumps({
        "global": {"scrape_interval": f"{SCRAPE_SECONDS}s", "scrape_timeout": "1s"},
        "scrape_configs": [{"job_name": "privatelink-operator", "static_configs": [target]}],
    })


def legend(template, labels):
    for name, value in labels.items():
        template = template.replace("{{" + name + "}}", value)
    return template


def asked(prometheus, panel, begin, end):
    """Every line of a panel."""
    found = []
    step = max(1, (end - begin) / POINTS)
    for target in panel["targets"]:
        query = rules.as_asked(target["expr"], RATE_SECONDS)
        for series in prometheus.ask("query_range", query=query, start=begin, end=end, step=step)["result"]:
            values = [(round(when - begin, 1), float(f"{float(value):.4g}")) for when, value in series["values"] if value not in ("NaN", "+Inf")]
            name = legend(target["legendFormat"], series["metric"]) or " ".join(value for name, value in sorted(series["metric"].items()) if name in ("version", "pod"))
            if values:
                found.append({"legend": name, "values": values})
    # The largest first, as the legend of a picture has little room.
    return sorted(found, key=lambda each: -max(value for _, value in each["values"]))[:8]


def main():
    program, url, *command = sys.argv[1:]
    host = urllib.parse.urlparse(url).netloc
    real.configuration = lambda _: configuration(host)
    dashboard = json.loads(draw.DASHBOARD.read_text())
    with tempfile.TemporaryDirectory() as folder:
        prometheus = real.Prometheus(program, folder, 0)
        try:
            prometheus.until("a scrape", lambda: prometheus.query("privatelink_operator_build_info"))
            begin = time.time()
            subprocess.run(command, check=True)
            end = time.time() + CALM_SECONDS
            prometheus.until("the calm afterwards", lambda: time.time() >= end)
            panels = {panel["title"]: asked(prometheus, panel, begin, end) for panels in draw.shown(dashboard).values() for panel in panels}
        finally:
            prometheus.stop()
    draw.RECORDED.write_text(json.dumps({"begin": 0, "end": round(end - begin, 1), "panels": panels}) + "\n")


if __name__ == "__main__":
    main()
