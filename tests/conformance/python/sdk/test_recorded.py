"""The recordings that the tests of the Rust client compare themselves with are what this SDK sends and reads."""

from support.simulator import PROVIDER, TEMPORARY

import answers
from recording import arguments, committed, method_of, record, request_of
from scenario import Scenario, client_of


class Recorded(Scenario):
    def test_the_recording_is_up_to_date(self) -> None:
        recorded = record(client_of(PROVIDER), client_of(TEMPORARY))
        self.assertEqual(recorded, committed(), "out of date: tests/conformance/run.sh record")

    def test_the_answers_have_every_field_that_the_sdk_reads(self) -> None:
        self.assertEqual(answers.answers(), answers.committed(), "out of date: tests/conformance/run.sh record")

    def test_the_recording_has_every_operation_of_the_sdk(self) -> None:
        suffix = "_with_options"
        operations = {name.removesuffix(suffix) for name in dir(self.provider) if name.endswith(suffix)}
        found = {method_of(self.provider, operation).__name__ for operation in arguments()}
        self.assertEqual(found, operations)
        self.assertEqual(len(found), 39)

    def test_the_recording_gives_every_parameter_that_the_sdk_knows(self) -> None:
        missing = set()
        for operation, given in arguments().items():
            typed = request_of(operation, given)
            fields = {} if typed is None else vars(typed)
            missing |= {(operation, name) for name, value in fields.items() if value is None}
        self.assertEqual(missing, set())
