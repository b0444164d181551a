"""The simulator as a tester sees it: where it listens, its admin API, the keys of its configuration."""

import json
import os
import urllib.parse
import urllib.request
from typing import Any, NamedTuple, Optional

REGION = "cn-hangzhou"


class Key(NamedTuple):
    """An access key of simulator.yaml. All of them are made up and open nothing."""

    id: str
    secret: str
    token: Optional[str] = None


PROVIDER, PROVIDER_ACCOUNT = Key("sim-provider-key", "sim-provider-secret"), 1111222233334444
CONSUMER, CONSUMER_ACCOUNT = Key("sim-consumer-key", "sim-consumer-secret"), 5555666677778888
NEWCOMER, NEWCOMER_ACCOUNT = Key("sim-newcomer-key", "sim-newcomer-secret"), 2222000022220000
CLOSED = Key("sim-closed-key", "sim-closed-secret")
TEMPORARY = Key("sim-temporary-key", "sim-temporary-secret", "sim-temporary-token")
INACTIVE = Key("sim-inactive-key", "sim-inactive-secret")
NARROW = Key("sim-narrow-key", "sim-narrow-secret")
READER = Key("sim-reader-key", "sim-reader-secret")


def address() -> str:
    """Host and port of the simulated API."""
    return urllib.parse.urlsplit(_ports()["api"]).netloc


def order_error(operation: str, code: str, token: str, status: Optional[int] = None) -> None:
    """The next call of an operation with this ClientToken fails with a code, and does nothing."""
    error: dict[str, Any] = {"code": code}
    if status:
        error["status"] = status
    _order(operation, token, {"error": error})


def order_throttling(operation: str, token: str, retry_after: str) -> None:
    """The next call of an operation with this ClientToken is throttled."""
    _order(operation, token, {"throttle": {"status": 400, "retry_after": retry_after}})


def _order(operation: str, token: str, kind: dict[str, Any]) -> None:
    _ask("POST", "/v1/faults", {"operation": operation, "matching": {"ClientToken": token}, "kind": kind})


def add_closed_account(number: int) -> Key:
    """An account that has not activated the product."""
    key = Key(f"key-of-{number}", f"secret-of-{number}")
    keys = [{"id": key.id, "secret": key.secret}]
    _ask("POST", "/v1/accounts", {"id": str(number), "access_keys": keys, "product_open": False})
    return key


def add_load_balancer(seed: dict[str, Any]) -> None:
    """A load balancer, as simulator.yaml has them."""
    _ask("POST", "/v1/load-balancers", seed)


def remove_load_balancer(id: str) -> None:
    """The load balancer is gone."""
    _ask("DELETE", f"/v1/load-balancers/{id}")


def journal(**wanted: str) -> list[dict[str, Any]]:
    """The calls that came, narrowed by `operation`, `account`, `since` or `object`."""
    return _ask("GET", "/v1/journal?" + urllib.parse.urlencode(wanted))


def _ports() -> dict[str, str]:
    with open(os.environ["SIMULATOR_PORTS"], encoding="utf-8") as file:
        return json.load(file)


def _ask(method: str, path: str, body: Any = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    headers = {"content-type": "application/json"}
    request = urllib.request.Request(_ports()["admin"] + path, data, headers, method=method)
    with urllib.request.urlopen(request, timeout=10) as answer:
        text = answer.read()
    return json.loads(text) if text else None
