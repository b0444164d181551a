"""Helm, and YAML read by it: Python's standard library reads none."""

import json
import re
import subprocess
import tempfile
from pathlib import Path

# A chart that prints the files which it is given as JSON. One document in all, because Helm sorts documents.
READER = """{{- $read := dict }}
{{- range $name, $text := .Files.Glob "documents/*" }}
{{- $_ := set $read $name ($text | toString | fromYaml) }}
{{- end }}
{{- dict "apiVersion" "v1" "kind" "Read" "documents" $read | toJson }}
"""


class Helm:
    """One version of Helm. It gets no cluster, and folders of its own for what it keeps."""

    def __init__(self, program, home):
        self.name = Path(program).name
        self._program = program
        self._environment = {"PATH": "/usr/bin:/bin", "HOME": str(home), "KUBECONFIG": str(Path(home) / "none")}

    def run(self, *arguments):
        """Exit code, standard output, standard error."""
        done = subprocess.run([self._program, *arguments], env=self._environment, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout, done.stderr

    def output(self, *arguments):
        """Standard output of a command that must succeed."""
        code, output, errors = self.run(*arguments)
        if code != 0:
            raise RuntimeError(f"{self.name} {' '.join(arguments)}: {errors.strip()}")
        return output

    def read_yaml(self, documents):
        """Documents as Python values."""
        with tempfile.TemporaryDirectory() as folder:
            chart = Path(folder) / "reader"
            (chart / "templates").mkdir(parents=True)
            (chart / "documents").mkdir()
            (chart / "Chart.yaml").write_text("apiVersion: v2\nname: reader\nversion: 0.0.0\n")
            (chart / "templates" / "read.yaml").write_text(READER)
            for number, document in enumerate(documents):
                (chart / "documents" / str(number)).write_text(document)
            printed = self.output("template", "reader", str(chart))
        read = json.loads(printed[printed.index("{"):])["documents"]
        for document in read.values():
            # What fromYaml says of text that is no YAML.
            if set(document) == {"Error"}:
                raise RuntimeError(document["Error"])
        return [read[f"documents/{number}"] for number in range(len(documents))]


def documents(text):
    """The documents of a stream, without empty lines: there the versions of Helm differ."""
    lines = [line for line in text.splitlines() if line.strip()]
    parts = re.split(r"(?m)^---$\n?", "\n".join(lines) + "\n")
    return [part for part in parts if [line for line in part.splitlines() if not line.startswith("#")]]
