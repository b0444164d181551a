"""What an answer of each operation may hold, as the SDK's types say."""

import json
from typing import Any, get_args, get_origin, get_type_hints

from alibabacloud_privatelink20200415 import models
from darabonba.model import DaraModel

from recording import FOLDER, arguments

ANSWERS = FOLDER / "python-answers.json"

# A value of each simple type. A text is a number: it may stand where a number comes as a text.
VALUES = {str: "1", int: 1, bool: False}


def answers() -> dict[str, Any]:
    """One answer of each operation with every field given, names as on the wire and lists with one entry."""
    return {operation: filled(getattr(models, f"{operation}ResponseBody")).to_map() for operation in arguments()}


def filled(kind: type[DaraModel]) -> DaraModel:
    """An object of the SDK with every field given."""
    kinds = get_type_hints(kind.__init__)
    return kind(**{name: value_of(of) for name, of in kinds.items()})


def value_of(kind: Any) -> Any:
    if get_origin(kind) is list:
        [entry] = get_args(kind)
        return [value_of(entry)]
    if isinstance(kind, type) and issubclass(kind, DaraModel):
        return filled(kind)
    return VALUES[kind]


def committed() -> dict[str, Any]:
    """What is in the repository."""
    with ANSWERS.open(encoding="utf-8") as file:
        return json.load(file)


def write(found: dict[str, Any]) -> None:
    """Puts the answers into the repository's file."""
    with ANSWERS.open("w", encoding="utf-8") as file:
        json.dump(found, file, indent=1)
        file.write("\n")
