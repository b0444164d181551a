"""Git repositories that Argo CD reads at a file:// address."""

import shutil
import subprocess


class Repository:
    def __init__(self, folder):
        self.folder = folder
        folder.mkdir(parents=True)
        self._git("init", "--quiet", "--initial-branch=main")

    @property
    def url(self):
        return f"file://{self.folder}"

    def _git(self, *arguments):
        author = ["-c", "user.name=tests", "-c", "user.email=tests@example.com", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *author, *arguments], cwd=self.folder, check=True, capture_output=True)

    def copy(self, source, *names):
        for name in names:
            shutil.copytree(source / name, self.folder / name)
        self.commit()

    def put(self, files):
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        self.commit()

    def remove(self, name):
        (self.folder / name).unlink()
        self.commit()

    def commit(self):
        self._git("add", "--all")
        self._git("commit", "--quiet", "--message", "change")
