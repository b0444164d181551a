"""Waiting for a condition, with a deadline."""

import time
from typing import Callable, TypeVar

T = TypeVar("T")

# The simulator's slowest change takes 0.2 s; a machine may be busy.
DEADLINE = 20.0
INTERVAL = 0.02


def wait_until(look: Callable[[], T], wanted: T) -> list[T]:
    """Looks until `wanted` is seen; returns all that was seen on the way, each once in a row."""
    seen: list[T] = []
    end = time.monotonic() + DEADLINE
    while True:
        now = look()
        if not seen or seen[-1] != now:
            seen.append(now)
        if now == wanted:
            return seen
        if time.monotonic() > end:
            raise AssertionError(f"waited {DEADLINE} s for {wanted!r}, saw {seen!r}")
        time.sleep(INTERVAL)
