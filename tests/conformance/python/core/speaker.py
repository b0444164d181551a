"""Calls through the older core SDK: CommonRequest, signed the old way (HMAC-SHA1 among the parameters)."""

import json
from collections.abc import Iterator
from enum import Enum
from typing import Any

from aliyunsdkcore.auth.credentials import AccessKeyCredential, StsTokenCredential
from aliyunsdkcore.client import AcsClient
from aliyunsdkcore.request import CommonRequest

from support.simulator import REGION, Key, address


class Shape(Enum):
    """Where a request carries its parameters."""

    QUERY = "POST, parameters in the query"
    FORM = "POST, parameters in the form body"
    GET = "GET"


class Speaker:
    """One account's client, which shapes all its requests alike."""

    def __init__(self, key: Key, shape: Shape) -> None:
        self.shape = shape
        host, port = address().split(":")
        if key.token:
            credential = StsTokenCredential(key.id, key.secret, key.token)
        else:
            credential = AccessKeyCredential(key.id, key.secret)
        self.host = host
        # Retries would hide an error that comes once.
        self.client = AcsClient(region_id=REGION, port=int(port), auto_retry=False, credential=credential)

    def call(self, operation: str, **parameters: Any) -> dict[str, Any]:
        """The body of the answer; an error of the provider is the SDK's ServerException."""
        request = CommonRequest(domain=self.host, version="2020-04-15", action_name=operation)
        request.set_method("GET" if self.shape is Shape.GET else "POST")
        add = request.add_body_params if self.shape is Shape.FORM else request.add_query_param
        for name, value in flatten(parameters):
            add(name, value)
        return json.loads(self.client.do_action_with_exception(request))


def flatten(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Lists and objects as the provider numbers them: `Tag.1.Key`. Users of this SDK write such names by hand."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from flatten(item, f"{name}.{key}" if name else key)
    elif isinstance(value, (list, tuple)):
        for number, item in enumerate(value, 1):
            yield from flatten(item, f"{name}.{number}")
    elif isinstance(value, bool):
        yield name, str(value).lower()
    elif value is not None:
        yield name, str(value)
