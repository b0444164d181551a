//! One event for each transition, found by comparing what was said with what is said now.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;

use super::scene::Scene;
use super::words::service;
use super::{EventReason, Note};
use crate::controller::vpc_endpoint_service::resolve::Resolved;
use crate::crd::{ConditionType, DeletionPolicy, ManagementPolicy, Reason, VpcEndpointServiceStatus};

/// The API server takes 1 kB.
const MOST_BYTES: usize = 1000;

/// The events of a pass. Without a status to write there is at most the one that tells of the end.
pub(super) fn events(scene: &Scene<'_>, status: Option<&VpcEndpointServiceStatus>) -> Vec<Note> {
    let Some(status) = status else { return end(scene).into_iter().collect() };
    let before = Said { status: scene.previous };
    let after = Said { status };
    [created, active, repaired, updated, blocked, stalled]
        .into_iter()
        .filter_map(|transition| transition(before, after))
        .map(|(reason, text)| note(reason, text))
        .collect()
}

#[derive(Clone, Copy, Debug)]
struct Said<'a> {
    status: &'a VpcEndpointServiceStatus,
}

impl<'a> Said<'a> {
    fn condition(self, kind: ConditionType) -> Option<&'a Condition> {
        self.status.conditions.iter().find(|condition| condition.type_ == kind.as_str())
    }

    fn is_ready(self) -> bool {
        self.condition(ConditionType::Ready).is_some_and(|ready| ready.status == "True")
    }

    fn is_because(self, reason: Reason) -> bool {
        self.condition(ConditionType::Ready).is_some_and(|ready| ready.reason == reason.as_str())
    }

    fn service(self) -> String {
        service(self.status.service_id.as_deref())
    }
}

type Transition = Option<(EventReason, String)>;

fn created(before: Said<'_>, after: Said<'_>) -> Transition {
    let id = after.status.service_id.as_ref()?;
    let region = after.status.region.as_deref().unwrap_or("its region");
    match &before.status.service_id {
        Some(known) if known == id => None,
        Some(gone) if after.status.incarnation > before.status.incarnation => Some((
            EventReason::EndpointServiceRecreated,
            format!(
                "The endpoint service {gone} was deleted in the cloud; {id} was created in its place in {region}. Consumers must be \
                 given its name."
            ),
        )),
        _ => Some((EventReason::EndpointServiceCreated, format!("The endpoint service {id} was created in {region}."))),
    }
}

fn active(before: Said<'_>, after: Said<'_>) -> Transition {
    let is_same = before.status.service_id == after.status.service_id;
    let was_made = is_same && !matches!(before.status.service_status.as_deref(), None | Some("Creating"));
    let is_active = after.status.service_status.as_deref() == Some("Active");
    let domain = after.status.service_domain.as_deref().map_or_else(String::new, |domain| format!(" as {domain}"));
    (is_active && !was_made)
        .then(|| (EventReason::EndpointServiceActive, format!("{} is Active{domain}.", after.service())))
}

fn repaired(before: Said<'_>, after: Said<'_>) -> Transition {
    is_repaired(before, after)
        .then(|| (EventReason::DriftCorrected, format!("{} is again as the spec wants it.", after.service())))
}

fn is_repaired(before: Said<'_>, after: Said<'_>) -> bool {
    before.condition(ConditionType::Drifted).is_some()
        && after.condition(ConditionType::Drifted).is_none()
        && before.status.observed_generation == after.status.observed_generation
        && after.is_ready()
}

fn updated(before: Said<'_>, after: Said<'_>) -> Transition {
    let is_done = before.is_because(Reason::Updating) && !before.is_ready() && after.is_ready();
    (is_done && !is_repaired(before, after))
        .then(|| (EventReason::EndpointServiceUpdated, format!("{} was changed to fit the spec.", after.service())))
}

fn blocked(before: Said<'_>, after: Said<'_>) -> Transition {
    let ready = after.condition(ConditionType::Ready)?;
    let is_new = after.is_because(Reason::DeletionBlocked) && !before.is_because(Reason::DeletionBlocked);
    is_new.then(|| (EventReason::DeletionBlocked, ready.message.clone()))
}

fn stalled(before: Said<'_>, after: Said<'_>) -> Transition {
    let stalled = after.condition(ConditionType::Stalled)?;
    let is_new = before.condition(ConditionType::Stalled).is_none_or(|before| before.reason != stalled.reason);
    is_new.then(|| (EventReason::Stalled, format!("{}: {}", stalled.reason, stalled.message)))
}

/// The finalizer went: the service with it, or without it.
fn end(scene: &Scene<'_>) -> Option<Note> {
    let resolved = scene.resolved().filter(|_| scene.is_released())?;
    let proven = scene.observed().and_then(|observed| observed.own.proven_id.as_deref());
    let id = proven.or(scene.previous.service_id.as_deref())?;
    Some(if is_deleted(resolved) {
        note(EventReason::EndpointServiceDeleted, format!("The endpoint service {id} is gone."))
    } else {
        note(EventReason::EndpointServiceRetained, format!("The endpoint service {id} stays in the cloud."))
    })
}

/// Deletion takes the service along, unless the policy or the manner of management says otherwise.
fn is_deleted(resolved: &Resolved) -> bool {
    let spec = &resolved.spec;
    let unset = if spec.adopt.is_some() { DeletionPolicy::Retain } else { DeletionPolicy::Delete };
    spec.management_policy == ManagementPolicy::Manage
        && spec.deletion_policy.unwrap_or(unset) == DeletionPolicy::Delete
}

fn note(reason: EventReason, mut text: String) -> Note {
    text.truncate(text.floor_char_boundary(MOST_BYTES));
    Note { reason, text }
}
