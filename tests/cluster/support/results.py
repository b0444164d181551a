"""Counts checks, prints those that fail, and collects figures."""

import json
import time


class Results:
    def __init__(self):
        self.passed = self.failed = 0
        self._figures = []
        self._begin = time.monotonic()

    def equal(self, what, found, expected):
        if found == expected:
            self.passed += 1
        else:
            self._fail(what, f"expected: {_shown(expected)}\n  found:    {_shown(found)}")

    def at_most(self, what, found, bound):
        if found <= bound:
            self.passed += 1
        else:
            self._fail(what, f"expected: at most {bound}\n  found:    {found}")

    def contains(self, what, text, parts):
        """Every part is in the text, in this order."""
        position, missing = 0, []
        for part in parts:
            at = text.find(part, position)
            if at < 0:
                missing.append(part)
            else:
                position = at + len(part)
        if missing:
            self._fail(what, f"missing, in this order: {missing}\n  found:\n{text}")
        else:
            self.passed += 1

    def figure(self, what, value):
        """A measured value: recorded, and shown at the end."""
        self._figures.append((what, value))
        self.say(f"{what}: {value}")

    def say(self, text):
        print(f"cluster: {time.monotonic() - self._begin:6.1f} s  {text}", flush=True)

    def broke(self, what, error):
        """A check that could not go on."""
        self._fail(what, str(error))

    def end(self):
        if self._figures:
            print("==> figures")
            for what, value in self._figures:
                print(f"  {what}: {value}")
        print(f"cluster: {self.passed} passed, {self.failed} failed")
        return self.failed == 0

    def _fail(self, what, text):
        self.failed += 1
        print(f"FAILED {what}\n  {text}", flush=True)


def _shown(value):
    return value if isinstance(value, str) else json.dumps(value, default=str)
