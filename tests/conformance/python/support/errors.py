"""The documented errors of CreateVpcEndpointService, as create-errors.json lists them."""

import json
import re
from pathlib import Path
from typing import Any, NamedTuple

from support.simulator import CLOSED, PROVIDER, Key

LIST = Path(__file__).parents[2] / "create-errors.json"


class CreateError(NamedTuple):
    """One code, and the creation that it answers."""

    code: str
    # As documented: `%s` is filled by the server.
    message: str
    # Names as on the wire, nested where the wire has numbered lists.
    parameters: dict[str, Any]
    # No parameter of the public API leads to this code, so it is ordered.
    ordered: bool
    key: Key

    @property
    def sentence(self) -> str:
        """The name of its test."""
        return "a_creation_is_answered_" + re.sub(r"\W", "_", self.code)

    @property
    def pattern(self) -> str:
        """What the whole message must match."""
        return "^" + re.escape(self.message).replace("%s", ".+") + "$"


def create_errors() -> list[CreateError]:
    """All 24."""
    with LIST.open(encoding="utf-8") as file:
        return [read(entry) for entry in json.load(file)]


def read(entry: dict[str, Any]) -> CreateError:
    return CreateError(
        code=entry["code"],
        message=entry["message"],
        parameters=entry["parameters"],
        ordered=entry.get("ordered", False),
        key=CLOSED if entry.get("account") == "closed" else PROVIDER,
    )
