"""The API server by way of `kubectl proxy`, and waiting for what it shows."""

import http.client
import json
import socket
import subprocess

import waiting

# Longer than anything takes on a loaded machine: what is waited for so long has failed.
DEADLINE_SECONDS = 120
MERGE = "application/merge-patch+json"


class Refused(Exception):
    def __init__(self, status, text):
        super().__init__(f"HTTP {status}: {text}")
        self.status = status


class UnixConnection(http.client.HTTPConnection):
    """A socket file has an owner, which a port has not."""

    def __init__(self, path):
        super().__init__("localhost", timeout=30)
        self._path = str(path)

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class Api:
    def __init__(self, folder, kubectl, processes):
        self._socket = folder / "api.sock"
        self._kubectl = kubectl
        self._processes = processes
        processes.start("kubectl-proxy", [kubectl, "proxy", f"--unix-socket={self._socket}"])
        self.until("the API server answers", lambda: self._socket.exists() and self.find("/api"))

    def request(self, method, path, body=None, kind="application/json"):
        connection = UnixConnection(self._socket)
        try:
            connection.request(method, path, json.dumps(body) if body is not None else None, {"Content-Type": kind})
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        if answer.status >= 300:
            raise Refused(answer.status, text)
        return json.loads(text)

    def get(self, path):
        return self.request("GET", path)

    def find(self, path):
        """Nothing where there is none, or where its kind is not known yet."""
        try:
            return self.get(path)
        except Refused as refused:
            if refused.status == 404:
                return None
            raise
        except OSError:
            return None

    def merge(self, path, patch):
        return self.request("PATCH", path, patch, MERGE)

    def delete(self, path):
        return self.request("DELETE", path)

    def kubectl(self, *arguments, text=None):
        done = subprocess.run([self._kubectl, *map(str, arguments)], input=text, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"kubectl {' '.join(map(str, arguments))}: {done.stderr}")
        return done.stdout

    def apply(self, text, *flags):
        return self.kubectl("apply", "--filename", "-", *flags, text=text)

    def until(self, what, probe, seconds=DEADLINE_SECONDS):
        """Waits until the probe shows something true, and answers it; but not for what a program would do that has ended."""

        def look():
            self._processes.check()
            return probe()

        return waiting.until(what, look, seconds)
