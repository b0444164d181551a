"""Counts what holds, and says what does not."""

import difflib
import json


class Checks:
    def __init__(self):
        self.passed = self.failed = 0
        self._where = ""

    def scenario(self, name):
        self._where = name

    def equal(self, what, found, expected):
        """Compares whole values."""
        if found == expected:
            self.passed += 1
            return
        texts = [json.dumps(value, indent=2, default=str).splitlines() for value in (expected, found)]
        self.fail(what, "\n".join(difflib.unified_diff(*texts, "expected", "found", lineterm="", n=2)))

    def fail(self, what, why):
        self.failed += 1
        indented = "\n".join(f"  {line}" for line in why.splitlines())
        print(f"FAILED {self._where}: {what}\n{indented}", flush=True)
