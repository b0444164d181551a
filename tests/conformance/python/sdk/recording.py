"""What the SDK sends for each operation, as the simulator's journal has it."""

import json
import re
from pathlib import Path
from typing import Any

from alibabacloud_privatelink20200415 import models
from alibabacloud_privatelink20200415.client import Client
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException

from support.simulator import PROVIDER, TEMPORARY, journal

FOLDER = Path(__file__).parents[2] / "recorded"
ARGUMENTS = FOLDER / "arguments.json"
REQUESTS = FOLDER / "python-requests.json"

# Recorded with a temporary key as well: one with a query, one with a form.
WITH_TEMPORARY_KEY = ("GetVpcEndpointServiceAttribute", "TagResources")


def arguments() -> dict[str, dict[str, Any]]:
    """The arguments of each operation, names as on the wire, lists and objects as the SDK takes them."""
    with ARGUMENTS.open(encoding="utf-8") as file:
        return json.load(file)


def request_of(operation: str, given: dict[str, Any]) -> Any:
    """The SDK's typed request; none for the one operation that has no request."""
    kind = getattr(models, f"{operation}Request", None)
    return kind and kind().from_map(given)


def method_of(client: Client, operation: str) -> Any:
    """`create_vpc_endpoint_service` for `CreateVpcEndpointService`."""
    return getattr(client, re.sub(r"(?<!^)(?=[A-Z])", "_", operation).lower())


def record(provider: Client, temporary: Client) -> list[dict[str, Any]]:
    """Calls every operation once, and some with a temporary key."""
    recorded = [request(provider, PROVIDER.id, name, given) for name, given in arguments().items()]
    recorded += [request(temporary, TEMPORARY.id, name, arguments()[name]) for name in WITH_TEMPORARY_KEY]
    return recorded


def request(client: Client, key: str, operation: str, given: dict[str, Any]) -> dict[str, Any]:
    """One call as it arrived. Whether it was granted is no matter: nothing that it names exists."""
    typed = request_of(operation, given)
    try:
        answer = method_of(client, operation)(*([] if typed is None else [typed]))
        request_id = answer.body.request_id
    except AlibabaCloudException as error:
        request_id = error.request_id
    [call] = [call for call in journal(operation=operation) if call["request_id"] == request_id]
    form = set(call["form"])
    return {
        "operation": operation,
        "key": key,
        "method": call["method"],
        "path": call["path"],
        "query": {name: value for name, value in call["parameters"].items() if name not in form},
        "form": {name: value for name, value in call["parameters"].items() if name in form},
        "content_type": call["content_type"],
        "signature": call["signature"],
        "signed_headers": sorted(call["signed_headers"]),
    }


def committed() -> list[dict[str, Any]]:
    """What is in the repository."""
    with REQUESTS.open(encoding="utf-8") as file:
        return json.load(file)


def write(recorded: list[dict[str, Any]]) -> None:
    """Puts a recording into the repository's file."""
    with REQUESTS.open("w", encoding="utf-8") as file:
        json.dump(recorded, file, indent=1, ensure_ascii=False)
        file.write("\n")
