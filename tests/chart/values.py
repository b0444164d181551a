"""What values.yaml says of itself: every value with its comment and default, and the tables of the chart's README.

Only the YAML that values.yaml is written in is understood: maps in block style, values on one line or as a block of maps and lists without
comments. check.py compares what is read here with what Helm reads."""

import json
import re
from dataclasses import dataclass

HEADING = "## "
LINE = re.compile(r"^(?P<indent> *)(?P<key>[A-Za-z0-9_]+):(?: (?P<value>.+))?$")
BEGIN = "<!-- Generated from values.yaml by `make chart UPDATE=1`. Do not edit below. -->"


@dataclass
class Value:
    heading: str
    path: str
    meaning: str
    default: object


def scalar(text):
    """A value on one line: JSON, a list or map in flow style, or a bare word."""
    text = text.strip()
    if text.startswith("[") and text.endswith("]"):
        inner = text[1:-1].strip()
        return [scalar(part) for part in inner.split(",")] if inner else []
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text


def block(lines):
    """Maps of maps and one-line values, without comments."""
    result, stack = {}, []
    for line in lines:
        match = LINE.match(line)
        if not match:
            raise ValueError(f"values.yaml: cannot read {line!r}")
        indent = len(match["indent"])
        while stack and stack[-1][0] >= indent:
            stack.pop()
        parent = stack[-1][1] if stack else result
        if match["value"] is None:
            parent[match["key"]] = {}
            stack.append((indent, parent[match["key"]]))
        else:
            parent[match["key"]] = scalar(match["value"])
    return result


def read(text):
    """The documented values, in order."""
    values, heading, comment, path = [], None, [], []
    lines = text.splitlines()
    position = 0
    while position < len(lines):
        line = lines[position]
        position += 1
        stripped = line.strip()
        if stripped.startswith(HEADING):
            heading, comment = stripped[len(HEADING):], []
        elif stripped.startswith("#"):
            comment.append(stripped[1:].strip())
        elif not stripped:
            comment = []
        else:
            match = LINE.match(line)
            if not match:
                raise ValueError(f"values.yaml:{position}: cannot read {line!r}")
            indent = len(match["indent"])
            path = path[:indent // 2] + [match["key"]]
            if comment:
                default = match["value"]
                if default is None:
                    rest = []
                    while position < len(lines) and lines[position].startswith(" " * (indent + 1)):
                        rest.append(lines[position])
                        position += 1
                    default = block(rest)
                else:
                    default = scalar(default)
                values.append(Value(heading, ".".join(path), " ".join(comment), default))
                comment = []
            elif match["value"] is not None:
                raise ValueError(f"values.yaml:{position}: {'.'.join(path)} has no comment")
    return values


def flow(value):
    """A default as one types it."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {flow(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(flow(part) for part in value) + "]"
    return json.dumps(value)


def tables(values):
    """The part of the README below the mark."""
    lines, heading = [BEGIN], None
    for value in values:
        if value.heading != heading:
            heading = value.heading
            lines += ["", f"### {heading}", "", "| value | default | meaning |", "|---|---|---|"]
        meaning = value.meaning.replace("|", "\\|")
        lines.append(f"| `{value.path}` | `{flow(value.default)}` | {meaning} |")
    return "\n".join(lines) + "\n"


def with_tables(readme, values):
    """The README with the tables of these values."""
    head, mark, _ = readme.partition(BEGIN)
    if not mark:
        raise ValueError(f"README.md has no line {BEGIN}")
    return head + tables(values)
