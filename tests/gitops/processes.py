"""Programs that run for as long as the tests do, each with its log in one folder."""

import os
import signal
import subprocess
import time

# Time to end after SIGTERM; then SIGKILL.
GRACE_SECONDS = 10


class Processes:
    def __init__(self, folder):
        self.logs = folder / "log"
        self.logs.mkdir()
        self._running = {}

    def start(self, name, command, **environment):
        log = (self.logs / f"{name}.log").open("w")
        # So that nothing is left where these tests are killed themselves.
        command = ["setpriv", "--pdeathsig", "KILL", "--", *map(str, command)]
        environment = os.environ | {key: str(value) for key, value in environment.items()}
        self._running[name] = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def pause(self, name):
        self._running[name].send_signal(signal.SIGSTOP)

    def resume(self, name):
        self._running[name].send_signal(signal.SIGCONT)

    def check(self):
        """Fails where one has ended by itself."""
        for name, process in self._running.items():
            if process.poll() is not None:
                raise RuntimeError(f"{name} has ended:\n{self.tail(name)}")

    def tail(self, name, lines=8, width=400):
        text = (self.logs / f"{name}.log").read_text(errors="replace")
        return "\n".join(line[:width] for line in text.splitlines()[-lines:])

    def stop(self):
        """Ends all of them, the last one first."""
        for process in reversed(self._running.values()):
            process.send_signal(signal.SIGCONT)
            process.terminate()
            deadline = time.monotonic() + GRACE_SECONDS
            while process.poll() is None and time.monotonic() < deadline:
                time.sleep(0.05)
            if process.poll() is None:
                process.kill()
                process.wait()
        self._running.clear()
