//! One event for each transition, found by comparing what was said with what is said now.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;

use super::inputs::Inputs;
use super::messages::{self, clip, list, lower, service};
use super::{EventReason, Note};
use super::{connections, export};
use crate::cloud::errors::verdict;
use crate::crd::{
    AttachmentState, ConditionType, DeletionPolicy, Drift, ManagementPolicy, Reason, ResourceStatus,
    VpcEndpointServiceStatus,
};
use crate::names::ADOPT_TAG;
use crate::vpc_endpoint_service::observe::ServiceView;
use crate::vpc_endpoint_service::plan::Mode;

/// The API server takes 1 kB.
const MOST_BYTES: usize = 1000;

/// The events of a reconcile. Without a status to write there are at most those that tell of the end, and of what other objects list.
pub(super) fn events(inputs: &Inputs<'_>, status: Option<&VpcEndpointServiceStatus>) -> Vec<Note> {
    let Some(status) = status else { return end(inputs).into_iter().chain(shared(inputs)).collect() };
    let before = Said { status: inputs.previous };
    let after = Said { status };
    // Whoever only looks has made nothing.
    let is_acting = inputs.plan().is_none_or(|plan| plan.mode == Mode::Act);
    let made = match is_taken_over(inputs) {
        _ if !is_acting => nothing,
        true => adopted,
        false => created,
    };
    // What is only told is corrected by somebody else, if at all.
    let drift = if inputs.reported().is_some() { detected } else { repaired };
    [made, active, drift, updated, draining, detached, unmoved, blocked, stalled, export_refused]
        .into_iter()
        .filter_map(|transition| transition(before, after))
        .chain(connections::transitions(inputs, inputs.previous, status))
        .map(|(reason, text)| note(reason, &text))
        .chain(shared(inputs))
        .collect()
}

#[derive(Clone, Copy, Debug)]
struct Said<'a> {
    status: &'a VpcEndpointServiceStatus,
}

impl<'a> Said<'a> {
    fn condition(self, kind: ConditionType) -> Option<&'a Condition> {
        self.status.condition(kind)
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

const fn nothing(_: Said<'_>, _: Said<'_>) -> Transition {
    None
}

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

/// The service was taken over in this reconcile, or still carries the tag by which it was handed over.
fn is_taken_over(inputs: &Inputs<'_>) -> bool {
    inputs.taken_over().is_some() || inputs.seen().is_some_and(|service| service.tags.contains_key(ADOPT_TAG))
}

fn adopted(before: Said<'_>, after: Said<'_>) -> Transition {
    let id = after.status.service_id.as_ref().filter(|id| before.status.service_id.as_ref() != Some(id))?;
    Some((EventReason::EndpointServiceAdopted, format!("The existing endpoint service {id} was adopted.")))
}

fn active(before: Said<'_>, after: Said<'_>) -> Transition {
    let is_same = before.status.service_id == after.status.service_id;
    let was_created = is_same && !matches!(before.status.service_status.as_deref(), None | Some("Creating"));
    let is_active = after.status.service_status.as_deref() == Some("Active");
    let domain = after.status.service_domain.as_deref().map_or_else(String::new, |domain| format!(" as {domain}"));
    (is_active && !was_created)
        .then(|| (EventReason::EndpointServiceActive, format!("{} is Active{domain}.", after.service())))
}

/// Told once for each field, as long as the status goes on naming it.
fn detected(before: Said<'_>, after: Said<'_>) -> Transition {
    let known: Vec<_> = before.status.drift.iter().filter_map(|drift| drift.field.as_ref()).collect();
    let fields = after.status.drift.iter().filter_map(|drift| drift.field.clone());
    let new: Vec<_> = fields.filter(|field| !known.contains(&field)).collect();
    let told = || format!("Changed in the cloud: {} of {}.", list(&new), lower(&after.service()));
    (!new.is_empty()).then(|| (EventReason::DriftDetected, told()))
}

fn repaired(before: Said<'_>, after: Said<'_>) -> Transition {
    is_repaired(before, after).then(|| {
        let fields: Vec<_> = before.status.drift.iter().filter_map(corrected).collect();
        let what = if fields.is_empty() { String::new() } else { format!(" in {}", list(&fields)) };
        (EventReason::DriftCorrected, format!("Corrected drift{what} of {}.", lower(&after.service())))
    })
}

/// The field; of one that is not in the spec, that it was taken off, and what stood there.
fn corrected(drift: &Drift) -> Option<String> {
    let field = drift.field.clone()?;
    Some(match (&drift.wanted, &drift.found) {
        (None, Some(found)) if field.starts_with("spec.tags[") => {
            format!("{field} (removed, was \"{}\")", clip(found, 64))
        }
        (None, Some(_)) => format!("{field} (removed)"),
        _ => field,
    })
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

/// Load balancers that are to go and that somebody uses.
fn draining(before: Said<'_>, after: Said<'_>) -> Transition {
    let leaves = |entry: &&ResourceStatus| entry.state == Some(AttachmentState::Detaching) && is_used(entry);
    let was_told =
        |entry: &ResourceStatus| before.status.resources.iter().any(|old| is_same(old, entry) && leaves(&old));
    let new = after.status.resources.iter().filter(leaves).filter(|entry| !was_told(entry));
    let named: Vec<_> = new.map(|entry| format!("{} (used by {})", name(entry), users(entry))).collect();
    let told = || format!("Taken out of the spec, and detached once nobody uses it: {}.", list(&named));
    (!named.is_empty()).then(|| (EventReason::LoadBalancerDraining, told()))
}

/// Load balancers that were to go, and are gone. What is known of no attachment says nothing.
fn detached(before: Said<'_>, after: Said<'_>) -> Transition {
    let is_same_service = before.status.service_id == after.status.service_id;
    let left = before.status.resources.iter().filter(|entry| entry.state == Some(AttachmentState::Detaching));
    let is_there = |entry: &ResourceStatus| after.status.resources.iter().any(|new| is_same(new, entry));
    let gone: Vec<_> = left.filter(|entry| is_same_service && !is_there(entry)).map(name).collect();
    let told = || format!("Detached from {}: {}.", lower(&after.service()), list(&gone));
    (!gone.is_empty()).then(|| (EventReason::LoadBalancerDetached, told()))
}

/// Connections are not moved that were to be moved.
fn unmoved(before: Said<'_>, after: Said<'_>) -> Transition {
    let ready = after.condition(ConditionType::Ready)?;
    let is_new = after.is_because(Reason::MigrationBlocked) && !before.is_because(Reason::MigrationBlocked);
    is_new.then(|| (EventReason::MigrationBlocked, ready.message.clone()))
}

fn is_same(one: &ResourceStatus, other: &ResourceStatus) -> bool {
    (&one.resource_id, &one.zone_id) == (&other.resource_id, &other.zone_id)
}

fn is_used(entry: &ResourceStatus) -> bool {
    entry.related_endpoint_count.is_some_and(|count| count > 0) || entry.related_deprecated_endpoint_count.is_some()
}

fn users(entry: &ResourceStatus) -> String {
    match entry.related_endpoint_count.unwrap_or_default() {
        1 => "1 endpoint".to_owned(),
        count => format!("{count} endpoints"),
    }
}

/// "alb-1 in cn-hangzhou-h".
fn name(entry: &ResourceStatus) -> String {
    let id = entry.resource_id.as_deref().unwrap_or_default();
    entry.zone_id.as_ref().map_or_else(|| id.to_owned(), |zone| format!("{id} in {zone}"))
}

fn shared(inputs: &Inputs<'_>) -> Option<Note> {
    let shared = &inputs.reached.shared;
    (!shared.is_empty()).then(|| note(EventReason::LoadBalancerShared, &messages::shared(shared)))
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

fn export_refused(before: Said<'_>, after: Said<'_>) -> Transition {
    let told = export::told(after.status)?;
    (export::told(before.status) != Some(told)).then(|| (EventReason::ExportRefused, format!("spec.exportTo: {told}")))
}

/// The finalizer went: the service with it, or without it.
fn end(inputs: &Inputs<'_>) -> Option<Note> {
    let spec = inputs.deleting().filter(|_| inputs.is_released())?;
    let proven = inputs.observed().and_then(|observed| observed.own.proven_id.as_deref());
    let id = proven.or(inputs.previous.service_id.as_deref())?;
    let stays = |why: &str| {
        note(EventReason::EndpointServiceRetained, &format!("The endpoint service {id} stays in the cloud{why}."))
    };
    Some(if inputs.is_kind_going() {
        stays(", with the operator's tags, because the CustomResourceDefinition is being deleted")
    } else if spec.management_policy != ManagementPolicy::Manage {
        stays(", because spec.managementPolicy is not Manage")
    } else if spec.effective_deletion_policy() == DeletionPolicy::Delete {
        note(EventReason::EndpointServiceDeleted, &format!("The endpoint service {id} is deleted."))
    } else {
        stays(&tags_left(inputs).unwrap_or_default())
    })
}

/// Why a service that was retained keeps the operator's tags.
fn tags_left(inputs: &Inputs<'_>) -> Option<String> {
    let why = match inputs.resolve_error() {
        Some(error) => error.to_string(),
        None if inputs.has_written() => return elsewhere(inputs),
        None => {
            let observed = inputs.observed()?;
            let refused = || observed.list_error.as_ref().map(|error| verdict(error).message);
            match &observed.service {
                ServiceView::Ours(_) | ServiceView::Many(_) => "the provider refused to remove them".to_owned(),
                ServiceView::NotYetListed => refused()?,
                ServiceView::Absent { .. }
                | ServiceView::Foreign(_)
                | ServiceView::Former(_)
                | ServiceView::ToAdopt(_) => return elsewhere(inputs),
            }
        }
    };
    Some(format!(", with the operator's tags: {why}"))
}

/// The status named another region than the one that was looked in.
fn elsewhere(inputs: &Inputs<'_>) -> Option<String> {
    let (looked, named) = (&inputs.resolved()?.target.region, inputs.previous.region.as_ref()?);
    (looked != named).then(|| format!("; tags were removed in {looked} only, and the status names {named}"))
}

fn note(reason: EventReason, text: &str) -> Note {
    let mut text = clip(text, MOST_BYTES);
    text.truncate(text.floor_char_boundary(MOST_BYTES));
    Note { reason, text }
}
