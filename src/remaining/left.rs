//! One object that is left, and what its deletion would mean. Pure.

use std::fmt;

use kube::ResourceExt;
use kube::api::DynamicObject;
use serde_json::Value;

use crate::crd::{DeletionPolicy, ManagementPolicy, VpcEndpointServiceSpec};
use crate::names::{FINALIZER, PROTECTED_LABEL};

/// As far as a person needs it to decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Left {
    pub(super) namespace: String,
    pub(super) name: String,
    /// As the status names it; it may be missing.
    pub(super) service_id: Option<String>,
    pub(super) fate: Fate,
    /// Our finalizer is on it: nobody but an operator lets it go.
    pub(super) is_held: bool,
}

/// What happens when it is deleted while the operator runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It was deleted before, and is waiting.
    UnderWay,
    Protected,
    Suspended,
    ServiceDeleted,
    /// It keeps its tags, too.
    ServiceUntouched,
    ServiceKept,
    /// The spec is of another version of the operator.
    Unknown,
}

impl Left {
    pub(super) fn of(object: &DynamicObject) -> Self {
        let text = |path: &str| object.data.pointer(path).and_then(Value::as_str).map(str::to_owned);
        Self {
            namespace: object.namespace().unwrap_or_default(),
            name: object.name_any(),
            service_id: text("/status/serviceId"),
            fate: Fate::of(object),
            is_held: object.finalizers().iter().any(|finalizer| finalizer == FINALIZER),
        }
    }
}

impl Fate {
    fn of(object: &DynamicObject) -> Self {
        if object.metadata.deletion_timestamp.is_some() {
            return Self::UnderWay;
        }
        if object.labels().get(PROTECTED_LABEL).is_some_and(|value| value == "true") {
            return Self::Protected;
        }
        let spec = object.data.get("spec").cloned().unwrap_or_default();
        serde_json::from_value(spec).map_or(Self::Unknown, |spec| Self::of_spec(&spec))
    }

    fn of_spec(spec: &VpcEndpointServiceSpec) -> Self {
        if spec.suspend {
            return Self::Suspended;
        }
        match (spec.management_policy, spec.effective_deletion_policy()) {
            (ManagementPolicy::Observe | ManagementPolicy::Plan, _) => Self::ServiceUntouched,
            (ManagementPolicy::Manage, DeletionPolicy::Delete) => Self::ServiceDeleted,
            (ManagementPolicy::Manage, DeletionPolicy::Retain) => Self::ServiceKept,
        }
    }
}

impl fmt::Display for Fate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UnderWay => "is being deleted already",
            Self::Protected => "refused: it is protected",
            Self::Suspended => "waits: it is suspended",
            Self::ServiceDeleted => "deletes the service",
            Self::ServiceUntouched => "leaves the service as it is",
            Self::ServiceKept => "keeps the service, without the operator's tags",
            Self::Unknown => "not known: this version cannot read its spec",
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn left(metadata: Value, spec: Value) -> Left {
        let mut object = json!({
            "apiVersion": "privatelink.alibabacloud.com/v1alpha1",
            "kind": "VpcEndpointService",
            "metadata": {"namespace": "team", "name": "orders"},
            "spec": {"serviceResourceType": "nlb"},
            "status": {"serviceId": "epsrv-1"},
        });
        for (part, more) in [("metadata", metadata), ("spec", spec)] {
            let Value::Object(more) = more else { unreachable!("a map") };
            object[part].as_object_mut().unwrap().extend(more);
        }
        Left::of(&serde_json::from_value(object).unwrap())
    }

    #[test]
    fn what_a_deletion_means_follows_from_the_object() {
        let fate = |metadata, spec| left(metadata, spec).fate;
        let deleted = json!({"deletionTimestamp": "2026-11-30T00:00:00Z"});
        assert_eq!(fate(json!({}), json!({})), Fate::ServiceDeleted);
        assert_eq!(fate(json!({}), json!({"deletionPolicy": "Delete"})), Fate::ServiceDeleted);
        assert_eq!(fate(json!({}), json!({"deletionPolicy": "Retain"})), Fate::ServiceKept);
        assert_eq!(fate(json!({}), json!({"managementPolicy": "Observe"})), Fate::ServiceUntouched);
        assert_eq!(fate(json!({}), json!({"managementPolicy": "Plan"})), Fate::ServiceUntouched);
        assert_eq!(fate(json!({}), json!({"suspend": true, "deletionPolicy": "Retain"})), Fate::Suspended);
        assert_eq!(fate(json!({"labels": {PROTECTED_LABEL: "true"}}), json!({})), Fate::Protected);
        assert_eq!(fate(json!({"labels": {PROTECTED_LABEL: "false"}}), json!({})), Fate::ServiceDeleted);
        assert_eq!(fate(deleted, json!({"suspend": true})), Fate::UnderWay);
        assert_eq!(fate(json!({}), json!({"serviceResourceType": "unheard-of"})), Fate::Unknown);
    }

    #[test]
    fn only_our_finalizer_holds_an_object() {
        let held = |finalizers: Value| left(json!({"finalizers": finalizers}), json!({})).is_held;
        assert!(held(json!(["example.com/other", FINALIZER])));
        assert!(!held(json!(["example.com/other"])));
        assert!(!held(Value::Null));
    }

    #[test]
    fn an_object_is_named_with_its_service() {
        let expected = Left {
            namespace: "team".to_owned(),
            name: "orders".to_owned(),
            service_id: Some("epsrv-1".to_owned()),
            fate: Fate::ServiceDeleted,
            is_held: true,
        };
        assert_eq!(left(json!({"finalizers": [FINALIZER]}), json!({})), expected);
    }
}
