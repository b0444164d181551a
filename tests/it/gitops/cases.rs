//! The table of objects, and what each is to be called.

use std::fs;

use privatelink_operator::crd::VpcEndpointService;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::support::checkout::repository;

/// One object as the operator writes it. `tests/gitops/cases.py` reads the same file.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Case {
    pub(super) case: String,
    #[serde(default)]
    pub(super) reason_is_not_written_yet: bool,
    #[serde(default)]
    deleted: bool,
    #[serde(default = "first")]
    generation: i64,
    /// The same as the generation, unless it is said.
    observed_generation: Option<i64>,
    /// Type, status, reason and message of each.
    conditions: Vec<[String; 4]>,
    /// Status and message. Without a message, that of Ready.
    health: Vec<String>,
    /// For Flux's and kstatus' evaluators: see tests/gitops.
    #[serde(rename = "kstatus")]
    _kstatus: String,
    #[serde(rename = "flux")]
    _flux: Option<String>,
}

const fn first() -> i64 {
    1
}

pub(super) fn cases() -> Vec<Case> {
    let text = fs::read_to_string(repository().join("tests/gitops/cases.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// An object without a status.
pub(super) fn object(generation: i64) -> Value {
    json!({
        "apiVersion": "privatelink.alibabacloud.com/v1alpha1",
        "kind": "VpcEndpointService",
        "metadata": {"name": "orders", "namespace": "team", "generation": generation},
        "spec": {"serviceResourceType": "nlb"},
    })
}

impl Case {
    /// As the API server shows it.
    pub(super) fn object(&self) -> Value {
        let observed = self.observed_generation.unwrap_or(self.generation);
        let mut object = object(self.generation);
        if self.deleted {
            object["metadata"]["deletionTimestamp"] = json!("2026-11-30T11:00:00Z");
            object["metadata"]["finalizers"] = json!(["privatelink.alibabacloud.com/finalizer"]);
        }
        let conditions: Vec<Value> = self.conditions.iter().map(|told| condition(told, observed)).collect();
        object["status"] = json!({"observedGeneration": observed, "conditions": conditions});
        // Nothing that the types do not know.
        let typed: VpcEndpointService = serde_json::from_value(object.clone()).unwrap();
        assert_eq!(serde_json::to_value(typed.status).unwrap(), object["status"], "{}", self.case);
        object
    }

    pub(super) fn health(&self) -> Value {
        let ready = &self.conditions[0];
        assert_eq!(ready[0], "Ready", "{}", self.case);
        json!({"status": self.health[0], "message": self.health.get(1).unwrap_or(&ready[3])})
    }

    /// Of all its conditions.
    pub(super) fn reasons(&self) -> impl Iterator<Item = &str> {
        self.conditions.iter().map(|[_, _, reason, _]| reason.as_str())
    }
}

/// Nobody has observed generation 0: that is the status which the definition gives to a new object.
fn condition([kind, status, reason, message]: &[String; 4], observed: i64) -> Value {
    let mut condition = json!({
        "type": kind, "status": status, "reason": reason, "message": message,
        "lastTransitionTime": "2026-11-30T10:00:00Z",
    });
    if observed > 0 {
        condition["observedGeneration"] = json!(observed);
    }
    condition
}
