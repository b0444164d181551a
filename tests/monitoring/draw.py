"""Draws the dashboard as docs/pictures/dashboard.svg from what a Prometheus answered: draw.py. `make monitoring` says whether the file is up to date.

picture.json is written by picture.sh: for each panel the answers to its queries over some minutes of a real operator. Layout, titles, units and legends
are those of dashboard.json, so the picture is of the dashboard as it is; a panel that is new there has no line until the answers are recorded again."""

import json
import math
import sys
from pathlib import Path
from xml.sax.saxutils import escape

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
DASHBOARD = ROOT / "config" / "monitoring" / "dashboard.json"
RECORDED = HERE / "picture.json"
PICTURE = ROOT / "docs" / "pictures" / "dashboard.svg"

WIDTH = 1200
COLUMN = WIDTH / 24
ROW = 25
GAP = 6
COLOURS = ["#3274d9", "#e0752d", "#2f9e44", "#a352cc", "#c4162a", "#0f9bb5", "#b88a00", "#777777"]
NAMED = {"green": "#2f9e44", "orange": "#e0752d", "red": "#c4162a"}
# Panels that the picture leaves out: it is looked at in a page, not on a wall.
ROWS = {"Objects": None, "Operator": 4, "Cloud": 4}
LEGEND_LINES = 2


class Picture:
    def __init__(self):
        self.parts = []
        self.height = GAP

    def text(self, x, y, words, size=12, colour="#24292f", anchor="start", weight="normal"):
        self.parts.append(f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{colour}" text-anchor="{anchor}" font-weight="{weight}">{escape(words)}</text>')

    def box(self, x, y, width, height):
        self.parts.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="3" fill="#ffffff" stroke="#d0d7de"/>')

    def line(self, points, colour, width=1.3):
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self.parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{width}"/>')

    def svg(self, title):
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {self.height:.0f}" width="{WIDTH}" height="{self.height:.0f}" '
            f'font-family="Helvetica, Arial, sans-serif" role="img" aria-label="{escape(title)}">\n'
            f"<!-- Drawn by tests/monitoring/draw.py. Do not edit. -->\n"
            f'<rect width="{WIDTH}" height="{self.height:.0f}" fill="#f6f8fa"/>\n'
        )
        return head + "\n".join(self.parts) + "\n</svg>\n"


def amount(value, unit):
    """A value as the dashboard shows it, short."""
    if unit == "s":
        if 0 < value < 1:
            return f"{value * 1000:.3g} ms"
        return f"{value:.3g} s"
    suffix = {"ops": "/s", "reqps": "/s", "bytes": " B"}.get(unit, "")
    return f"{value:.3g}{suffix}"


def top(values):
    """The end of the axis: a round number not below the largest value."""
    most = max(values, default=0)
    if most <= 0:
        return 1
    scale = 10 ** math.floor(math.log10(most))
    return next(step * scale for step in (1, 2, 2.5, 5, 10) if step * scale >= most)


def colour_of(panel, value):
    steps = panel["fieldConfig"]["defaults"].get("thresholds", {}).get("steps", [])
    reached = [step["color"] for step in steps if step["value"] is None or value >= step["value"]]
    return NAMED.get(reached[-1], "#24292f") if reached else "#24292f"


def draw_stat(picture, panel, series, x, y, width, height):
    unit = panel["fieldConfig"]["defaults"]["unit"]
    value = series[0]["values"][-1][1] if series else 0
    picture.text(x + width / 2, y + height * 0.68, amount(value, unit), 30, colour_of(panel, value), "middle", "bold")


def draw_table(picture, series, x, y):
    for number, each in enumerate(series[:3]):
        picture.text(x + 10, y + 48 + 18 * number, each["legend"], 11)


def draw_graph(picture, panel, series, x, y, width, height, begin, end):
    unit = panel["fieldConfig"]["defaults"]["unit"]
    left, right, upper, lower = x + 52, x + width - 12, y + 30, y + height - 20 - 15 * LEGEND_LINES
    most = top([value for each in series for _, value in each["values"]])
    for part in range(3):
        at = lower - (lower - upper) * part / 2
        picture.parts.append(f'<line x1="{left:.1f}" y1="{at:.1f}" x2="{right:.1f}" y2="{at:.1f}" stroke="#eaeef2"/>')
        picture.text(left - 5, at + 4, amount(most * part / 2, unit), 10, "#57606a", "end")
    for part in range(4):
        at = left + (right - left) * part / 3
        seconds = (end - begin) * part / 3
        picture.text(at, lower + 13, f"{int(seconds // 60)}:{int(seconds % 60):02}", 10, "#57606a", "middle")
    place = [left, lower + 30]
    for number, each in enumerate(series):
        colour = COLOURS[number % len(COLOURS)]
        points = [(left + (right - left) * (when - begin) / (end - begin), lower - (lower - upper) * value / most) for when, value in each["values"]]
        picture.line(points, colour)
        length = 22 + 5.6 * len(each["legend"])
        if place[0] + length > right:
            place = [left, place[1] + 15]
        if place[1] < y + height:
            picture.parts.append(f'<rect x="{place[0]:.1f}" y="{place[1] - 7:.1f}" width="10" height="4" fill="{colour}"/>')
            picture.text(place[0] + 14, place[1], each["legend"], 10, "#57606a")
        place[0] += length


def shown(dashboard):
    """The panels of the picture by row, each with its place as if nothing were left out."""
    rows, title = {}, None
    for panel in dashboard["panels"]:
        if panel["type"] == "row":
            title = panel["title"]
            rows[title] = []
        elif title in ROWS and (ROWS[title] is None or len(rows[title]) < ROWS[title]):
            rows[title].append(panel)
    return {title: panels for title, panels in rows.items() if panels}


def draw(dashboard, recorded):
    picture = Picture()
    begin, end = recorded["begin"], recorded["end"]
    for title, panels in shown(dashboard).items():
        picture.text(GAP + 4, picture.height + 17, title, 14, weight="bold")
        picture.height += ROW
        above = min(panel["gridPos"]["y"] for panel in panels)
        for panel in panels:
            place = panel["gridPos"]
            x, y = place["x"] * COLUMN + GAP / 2, picture.height + (place["y"] - above) * ROW
            width, height = place["w"] * COLUMN - GAP, place["h"] * ROW - GAP
            picture.box(x, y, width, height)
            picture.text(x + 10, y + 19, panel["title"], 12, weight="bold")
            series = recorded["panels"].get(panel["title"], [])
            if panel["type"] == "stat":
                draw_stat(picture, panel, series, x, y, width, height)
            elif panel["type"] == "table":
                draw_table(picture, series, x, y)
            else:
                draw_graph(picture, panel, series, x, y, width, height, begin, end)
        picture.height += max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in panels) * ROW - above * ROW
    picture.height += GAP
    return picture.svg("The dashboard, with the figures of a run of some minutes against the simulated cloud")


def drawn():
    return draw(json.loads(DASHBOARD.read_text()), json.loads(RECORDED.read_text()))


if __name__ == "__main__":
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_text(drawn())
    sys.exit(0)
