//! The object and its status, as the cluster has them.

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use serde::Serialize;

use crate::crd::{ConditionType, Drift, LastError, Reason, VpcEndpointService, VpcEndpointServiceStatus};
use crate::names::FINALIZER;

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct ObjectSeen {
    pub(in super::super) uid: Option<String>,
    pub(in super::super) generation: Option<i64>,
    pub(in super::super) created_at: Option<Timestamp>,
    /// It carries the deletion mark since then.
    pub(in super::super) deleted_at: Option<Timestamp>,
    /// The operator's finalizer keeps it until its service is dealt with.
    pub(in super::super) has_finalizer: bool,
    pub(in super::super) suspend: bool,
    pub(in super::super) management_policy: &'static str,
    pub(in super::super) drift_policy: &'static str,
    /// The one that holds, written or not.
    pub(in super::super) deletion_policy: &'static str,
    /// The service that it is to adopt.
    pub(in super::super) adopts: Option<String>,
}

/// What the operator reported last.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct StatusSeen {
    /// Of the spec that it describes.
    pub(in super::super) observed_generation: Option<i64>,
    /// It describes the newest spec.
    pub(in super::super) is_current: bool,
    pub(in super::super) service_id: Option<String>,
    pub(in super::super) service_domain: Option<String>,
    pub(in super::super) conditions: Vec<ConditionSeen>,
    pub(in super::super) drift: Vec<Drift>,
    pub(in super::super) last_error: Option<LastError>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct ConditionSeen {
    #[serde(rename = "type")]
    pub(in super::super) kind: String,
    pub(in super::super) status: String,
    pub(in super::super) reason: String,
    pub(in super::super) message: String,
    pub(in super::super) since: Timestamp,
    /// What to do, by the reason. `None`: this version does not know the reason.
    pub(in super::super) remedy: Option<&'static str>,
}

impl ObjectSeen {
    pub(super) fn of(object: &VpcEndpointService) -> Self {
        let VpcEndpointService { metadata, spec, status: _ } = object;
        Self {
            uid: metadata.uid.clone(),
            generation: metadata.generation,
            created_at: metadata.creation_timestamp.as_ref().map(|time| time.0),
            deleted_at: metadata.deletion_timestamp.as_ref().map(|time| time.0),
            has_finalizer: metadata.finalizers.iter().flatten().any(|finalizer| finalizer == FINALIZER),
            suspend: spec.suspend,
            management_policy: spec.management_policy.as_str(),
            drift_policy: spec.drift_policy.as_str(),
            deletion_policy: spec.effective_deletion_policy().as_str(),
            adopts: spec.adopt.as_ref().map(|adopt| adopt.service_id.clone()),
        }
    }
}

impl StatusSeen {
    pub(super) fn of(object: &VpcEndpointService) -> Option<Self> {
        let status = object.status.as_ref()?;
        let VpcEndpointServiceStatus { observed_generation, service_id, service_domain, drift, last_error, .. } =
            status;
        Some(Self {
            observed_generation: *observed_generation,
            is_current: *observed_generation == object.metadata.generation,
            service_id: service_id.clone(),
            service_domain: service_domain.clone(),
            conditions: status.conditions.iter().map(ConditionSeen::of).collect(),
            drift: drift.clone(),
            last_error: last_error.clone(),
        })
    }

    /// The condition that says whether it can be used.
    pub(super) fn ready(&self) -> Option<&ConditionSeen> {
        self.conditions.iter().find(|condition| condition.kind == ConditionType::Ready.as_str())
    }

    pub(super) fn is_stalled(&self) -> bool {
        self.conditions.iter().any(|condition| condition.kind == ConditionType::Stalled.as_str())
    }
}

impl ConditionSeen {
    fn of(condition: &Condition) -> Self {
        let Condition { type_, status, reason, message, last_transition_time, observed_generation: _ } = condition;
        Self {
            kind: type_.clone(),
            status: status.clone(),
            reason: reason.clone(),
            message: message.clone(),
            since: last_transition_time.0,
            remedy: Reason::from_name(reason).map(Reason::action),
        }
    }
}
