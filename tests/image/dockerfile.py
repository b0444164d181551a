"""Reads what the last stage of a Dockerfile says of its image, as far as this project's goes; what it does not understand is an error."""

import json
import re
import shlex


class Stage:
    """The last stage: its base image, its copies as (source, destination), and what the image says of how its program is run."""

    def __init__(self, base):
        self.base = base
        self.copies = []
        self.config = {"Labels": {}}


def instructions(text):
    """Name and argument of each instruction: continued lines joined, comments left out."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    pairs = (line.strip().partition(" ") for line in joined.splitlines())
    return [(name.upper(), argument.strip()) for name, _, argument in pairs if name]


def last_stage(text, given):
    """The last stage, with the values that are given for its arguments."""
    found = instructions(text)
    stages = [index for index, (name, _) in enumerate(found) if name == "FROM"]
    # A stage that names an argument without a value has the one from before the first stage.
    everywhere = dict(argument.partition("=")[::2] for name, argument in found[: stages[0]] if name == "ARG")
    stage, arguments = Stage(found[stages[-1]][1].split()[0]), {}
    for name, argument in found[stages[-1] + 1 :]:
        _apply(stage, arguments, everywhere | given, name, argument)
    return stage


def _apply(stage, arguments, given, name, argument):
    if name == "ARG":
        key, _, default = argument.partition("=")
        arguments[key] = given.get(key, default)
    elif name == "LABEL":
        labels = (word.partition("=") for word in shlex.split(argument))
        stage.config["Labels"].update({key: _filled(value, arguments) for key, _, value in labels})
    elif name == "COPY":
        source, destination = (word for word in argument.split() if not word.startswith("--"))
        stage.copies.append((source, destination))
    elif name == "USER":
        stage.config["User"] = argument
    elif name == "ENTRYPOINT":
        stage.config["Entrypoint"] = json.loads(argument)
    elif name == "CMD":
        stage.config["Cmd"] = json.loads(argument)
    else:
        raise ValueError(f"Dockerfile: {name} in the last stage is not understood; teach tests/image/dockerfile.py what it does")


def _filled(value, arguments):
    return re.sub(r"\$(\w+)", lambda match: arguments[match[1]], value)
