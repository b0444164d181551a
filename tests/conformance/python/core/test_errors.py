"""Each of the 24 documented errors of CreateVpcEndpointService: code, status, text, and nothing made."""

from typing import Callable

from aliyunsdkcore.acs_exception.exceptions import ServerException

from support.errors import CreateError, create_errors
from support.simulator import journal, order_error

from scenario import in_every_shape
from speaker import Speaker


class CreateErrors:
    def expect(self, error: CreateError) -> None:
        if error.ordered:
            order_error("CreateVpcEndpointService", error.code, self.mark)
        speaker = Speaker(error.key, self.shape)
        with self.assertRaises(ServerException) as caught:
            self.ask(speaker, "CreateVpcEndpointService", **error.parameters, ClientToken=self.mark)
        refusal = caught.exception
        self.assertEqual((refusal.get_error_code(), refusal.get_http_status()), (error.code, 400))
        self.assertRegex(refusal.get_error_msg(), error.pattern)
        [call] = journal(operation="CreateVpcEndpointService", object=self.mark)
        self.assertEqual((call["code"], call["effect"], call["object"]), (error.code, "none", None))
        self.assertEqual(call["fault"] is not None, error.ordered)


def test_of(error: CreateError) -> Callable[[CreateErrors], None]:
    return lambda scenario: scenario.expect(error)


for found in create_errors():
    setattr(CreateErrors, f"test_{found.sentence}", test_of(found))
in_every_shape(CreateErrors)
