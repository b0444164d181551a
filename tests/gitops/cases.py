"""The objects of cases.json, as the API server shows them, and what each is to be called. tests/it/gitops.rs reads the same file."""

import json
from pathlib import Path

HERE = Path(__file__).resolve().parent


class Case:
    def __init__(self, row):
        self.name = row["case"]
        self._row = row
        self.kstatus = row["kstatus"]
        self.flux = row.get("flux", self.kstatus)

    @property
    def deleted(self):
        return self._row.get("deleted", False)

    def health(self):
        """Status and message, as Argo CD tells them. It does not ask the script for an object that is marked."""
        return ["Progressing", "Pending deletion"] if self.deleted else self.told()

    def told(self):
        """The same, as the script tells them."""
        (_, _, _, ready), *_ = self._row["conditions"]
        return (self._row["health"] + [ready])[:2]

    def object(self):
        generation = self._row.get("generation", 1)
        observed = self._row.get("observedGeneration", generation)
        found = bare(generation)
        if self.deleted:
            found["metadata"] |= {"deletionTimestamp": "2026-11-30T11:00:00Z", "finalizers": ["privatelink.alibabacloud.com/finalizer"]}
        conditions = [condition(told, observed) for told in self._row["conditions"]]
        return found | {"status": {"observedGeneration": observed, "conditions": conditions}}


def bare(generation=1):
    """One without a status."""
    return {
        "apiVersion": "privatelink.alibabacloud.com/v1alpha1",
        "kind": "VpcEndpointService",
        "metadata": {"name": "orders", "namespace": "team", "generation": generation},
        "spec": {"serviceResourceType": "nlb"},
    }


def condition(told, observed):
    kind, status, reason, message = told
    found = {"type": kind, "status": status, "reason": reason, "message": message, "lastTransitionTime": "2026-11-30T10:00:00Z"}
    # Nobody has observed generation 0: that is the status which the definition gives to a new object.
    return found | ({"observedGeneration": observed} if observed else {})


def cases():
    return [Case(row) for row in json.loads((HERE / "cases.json").read_text())]
