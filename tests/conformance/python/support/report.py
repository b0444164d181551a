"""Runs the tests of a folder, names each one, and closes with `N passed, N failed`."""

import sys
import time
import unittest
from pathlib import Path


class Report(unittest.TextTestResult):
    """A line for each test: what it says, how it ended, how long it took."""

    begun = 0.0

    def startTest(self, test: unittest.TestCase) -> None:
        self.begun = time.monotonic()
        super().startTest(test)

    def addSuccess(self, test: unittest.TestCase) -> None:
        super().addSuccess(test)
        self._tell(test, "ok")

    def addError(self, test: unittest.TestCase, err: object) -> None:
        super().addError(test, err)
        self._tell(test, "failed")

    def addFailure(self, test: unittest.TestCase, err: object) -> None:
        super().addFailure(test, err)
        self._tell(test, "failed")

    def _tell(self, test: unittest.TestCase, outcome: str) -> None:
        where, name = test.id().split(".")[-2:]
        seconds = time.monotonic() - self.begun
        self.stream.writeln(f"{where}: {name.removeprefix('test_')} ... {outcome} ({seconds:.2f} s)")


def run(folder: Path, name: str) -> None:
    """Runs every `test_*.py` of a folder and leaves the process with 0 if all passed."""
    suite = unittest.defaultTestLoader.discover(str(folder), top_level_dir=str(folder))
    runner = unittest.TextTestRunner(sys.stdout, verbosity=0, resultclass=Report)
    result = runner.run(suite)
    failed = len(result.failures) + len(result.errors)
    passed = result.testsRun - failed
    print(f"{name}: {passed} passed, {failed} failed")
    sys.exit(1 if failed or not passed else 0)
