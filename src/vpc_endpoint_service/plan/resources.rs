//! Attachments: new ones first, old ones out once nobody uses them.

use std::collections::BTreeMap;

use cloud_core::ErrorKind;
use privatelink::Operation;

use super::Step;
use super::compare::Comparison;
use super::inputs::Inputs;
use crate::cloud::services::{Attachment, AttachmentKey, Write};

/// The steps between the attachments that are there and the wanted ones, each to be awaited.
///
/// A wanted attachment comes before an unwanted one goes, except at the quota, where one that nobody uses makes room. One in use is only
/// taken out of the allocation, and only while its zone keeps another that is to stay.
pub(super) fn steps(inputs: &Inputs<'_>, service_id: &str) -> Vec<Step> {
    let found = &inputs.comparison;
    let Comparison { attach, allocate, unwanted, .. } = found;
    let room = if is_at_quota(inputs) { makes_room(found) } else { None };
    let resource_type = || inputs.desired.service_resource_type.clone();
    let attach_one = |key: &AttachmentKey| Write::Attach { resource_type: resource_type(), key: key.clone() };
    let detach = |key: &AttachmentKey| Write::Detach { resource_type: resource_type(), key: key.clone() };
    let set_allocation = |key: &AttachmentKey, enabled| Write::AutoAllocation { key: key.clone(), enabled };
    let unused = unwanted.iter().filter(|(key, attachment)| is_unused(attachment) && Some(*key) != room);
    room.into_iter()
        .map(&detach)
        .chain(attach.iter().map(attach_one))
        .chain(allocate.iter().map(|key| set_allocation(key, true)))
        .chain(to_drain(inputs).map(|key| set_allocation(key, false)))
        .chain(unused.map(|(key, _)| detach(key)))
        .map(|write| Step::write(service_id, write))
        .collect()
}

/// The first unwanted attachment that endpoints still use.
pub(super) fn in_use(found: &Comparison) -> Option<(&AttachmentKey, &Attachment)> {
    found.unwanted.iter().find(|(_, attachment)| !is_unused(attachment))
}

fn is_unused(attachment: &Attachment) -> bool {
    attachment.related_endpoint_count == 0
}

/// The provider refused the last Attach because there are too many already.
fn is_at_quota(inputs: &Inputs<'_>) -> bool {
    let refusals = &inputs.observed.own.refusals;
    refusals.iter().any(|refusal| {
        refusal.operation == Operation::AttachResourceToVpcEndpointService.into() && refusal.kind == ErrorKind::Quota
    })
}

/// An unused attachment to give up for the next wanted one: of the same zone if there is one, because the quota may be the zone's.
fn makes_room(found: &Comparison) -> Option<&AttachmentKey> {
    let zone = found.attach.first()?.zone_id.as_ref();
    let unused = || found.unwanted.iter().filter(|(_, attachment)| is_unused(attachment));
    let of_zone = || unused().find(|(_, attachment)| attachment.zone_id.as_ref() == zone);
    of_zone().or_else(|| unused().next()).map(|(key, _)| key)
}

/// Unwanted attachments in use that new connections are still given, although their zone has another that stays.
fn to_drain<'a>(inputs: &'a Inputs<'_>) -> impl Iterator<Item = &'a AttachmentKey> {
    let unwanted = &inputs.comparison.unwanted;
    let is_drained = |attachment: &Attachment| is_unused(attachment) || !attachment.auto_allocated_enabled;
    unwanted
        .iter()
        .filter(move |(_, attachment)| !is_drained(attachment) && keeps_another(inputs, unwanted, attachment))
        .map(|(key, _)| key)
}

fn keeps_another(inputs: &Inputs<'_>, unwanted: &BTreeMap<AttachmentKey, Attachment>, leaving: &Attachment) -> bool {
    let Some(details) = inputs.details() else { return false };
    details.attachments.iter().any(|(key, other)| {
        // What rules most of them out first: of all pairs of attachments, few are of one zone.
        leaving.zone_id.is_some()
            && other.zone_id == leaving.zone_id
            && other.auto_allocated_enabled
            && !unwanted.contains_key(key)
    })
}
