"""The objects of cases.json, as the API server shows them, and what each is to be called. tests/it/gitops/cases.rs reads the same file."""

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
        if self.deleted:
            return ["Progressing", "Pending deletion"]
        (_, _, _, ready), *_ = self._row["conditions"]
        return (self._row["health"] + [ready])[:2]

    def object(self):
        generation = self._row.get("generation", 1)
        observed = self._row.get("observedGeneration", generation)
        metadata = {"name": "orders", "namespace": "team", "generation": generation}
        if self.deleted:
            metadata |= {"deletionTimestamp": "2026-11-30T11:00:00Z", "finalizers": ["privatelink.alibabacloud.com/finalizer"]}
        return {
            "apiVersion": "privatelink.alibabacloud.com/v1alpha1",
            "kind": "VpcEndpointService",
            "metadata": metadata,
            "spec": {"serviceResourceType": "nlb"},
            "status": {"observedGeneration": observed, "conditions": [condition(told, observed) for told in self._row["conditions"]]},
        }


def condition(told, observed):
    kind, status, reason, message = told
    found = {"type": kind, "status": status, "reason": reason, "message": message, "lastTransitionTime": "2026-11-30T10:00:00Z"}
    # Nobody has observed generation 0: that is the status which the definition gives to a new object.
    return found | ({"observedGeneration": observed} if observed else {})


def cases():
    return [Case(row) for row in json.loads((HERE / "cases.json").read_text())]
