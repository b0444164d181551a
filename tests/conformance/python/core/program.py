"""The provider's older Python core SDK against the simulator."""

from pathlib import Path

from support import report

if __name__ == "__main__":
    report.run(Path(__file__).parent, "python-core")
