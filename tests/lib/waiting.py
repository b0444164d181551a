"""Waiting for conditions, never for a while."""

import time

# Between two looks: each is a call of a program or of a server.
PAUSE = 0.2


class GaveUp(TimeoutError):
    """A condition that did not come true in time."""


def until(what, look, seconds, pause=PAUSE):
    """The first answer of `look` that is true; what it said last, when the time is over."""
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            raise GaveUp(f"{what}: not after {seconds} s; last: {found!r}")
        time.sleep(pause)
