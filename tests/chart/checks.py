"""What passed, what failed, and files that are generated or recorded."""

import difflib
import json
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
UPDATE = os.environ.get("UPDATE") == "1"


class Checks:
    def __init__(self):
        self.passed = self.failed = 0

    def equal(self, what, found, expected):
        """Compares whole values, and shows where texts differ."""
        if found == expected:
            self.passed += 1
            return
        self.failed += 1
        print(f"FAILED {what}")
        if not (isinstance(found, str) and isinstance(expected, str)):
            found, expected = (json.dumps(value, indent=2, default=str) for value in (found, expected))
        lines = difflib.unified_diff(expected.splitlines(), found.splitlines(), "expected", "found", lineterm="", n=2)
        print("\n".join(f"  {line}" for line in lines))


def compare_with_file(checks, path, found):
    """Compares with what is recorded. With UPDATE=1, records first."""
    if UPDATE:
        path.parent.mkdir(exist_ok=True)
        path.write_text(found)
    recorded = path.read_text() if path.exists() else ""
    checks.equal(f"{path.relative_to(ROOT)} (make chart UPDATE=1 writes it)", found, recorded)
