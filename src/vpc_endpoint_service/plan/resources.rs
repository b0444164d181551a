//! Attachments: new ones first, old ones out once nobody uses them.

use std::collections::BTreeSet;

use cloud_core::ErrorKind;
use privatelink::Operation;

use super::Step;
use super::compare::Comparison;
use super::inputs::Inputs;
use crate::cloud::services::{Attachment, AttachmentKey, Write};

/// The steps between the attachments that are there and the wanted ones, each to be awaited.
///
/// A wanted attachment comes before an unwanted one goes, except at the quota, where one that nobody uses makes room. One in use is only
/// taken out of the allocation. No attachment is, wanted or not, unless its zone keeps another in it: the provider would refuse.
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
        .chain(to_keep_back(inputs).map(|key| set_allocation(key, false)))
        .chain(to_drain(inputs).map(|key| set_allocation(key, false)))
        .chain(unused.map(|(key, _)| detach(key)))
        .map(|write| Step::write(service_id, write))
        .collect()
}

/// Neither does anybody use it, nor is anything open over it of those who were moved away.
pub(super) fn is_unused(attachment: &Attachment) -> bool {
    attachment.related_endpoint_count == 0 && attachment.deprecated_endpoint_count == 0
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

/// Wanted attachments that are to leave the allocation, and can.
fn to_keep_back<'a>(inputs: &'a Inputs<'_>) -> impl Iterator<Item = &'a AttachmentKey> {
    let attached = inputs.details().into_iter().flat_map(|details| &details.attachments);
    let to_leave = attached.filter(|(key, _)| inputs.comparison.keep_back.contains(*key));
    to_leave.filter(|(_, attachment)| keeps_another(inputs, attachment)).map(|(key, _)| key)
}

/// Wanted attachments that are to leave the allocation although the spec keeps no other one of their zone in it.
pub(super) fn last_allocated<'a>(inputs: &'a Inputs<'_>) -> impl Iterator<Item = &'a AttachmentKey> {
    let zone = |key: &AttachmentKey| {
        let attachment = inputs.details().and_then(|details| details.attachments.get(key));
        attachment.and_then(|attachment| attachment.zone_id.clone()).or_else(|| key.zone_id.clone())
    };
    let desired = inputs.desired;
    let stays = move |key: &&AttachmentKey| !desired.not_allocated.contains(*key);
    let kept: BTreeSet<_> = desired.attachments.iter().flatten().filter(stays).filter_map(&zone).collect();
    inputs.comparison.keep_back.iter().filter(move |key| zone(key).is_none_or(|zone| !kept.contains(&zone)))
}

/// Unwanted attachments in use that new connections are still given, although their zone has another that stays.
fn to_drain<'a>(inputs: &'a Inputs<'_>) -> impl Iterator<Item = &'a AttachmentKey> {
    let unwanted = &inputs.comparison.unwanted;
    let is_drained = |attachment: &Attachment| is_unused(attachment) || !attachment.auto_allocated_enabled;
    unwanted
        .iter()
        .filter(move |(_, attachment)| !is_drained(attachment) && keeps_another(inputs, attachment))
        .map(|(key, _)| key)
}

/// Another attachment of the zone is in the allocation, and stays in it.
pub(super) fn keeps_another(inputs: &Inputs<'_>, leaving: &Attachment) -> bool {
    let Comparison { unwanted, keep_back, .. } = &inputs.comparison;
    let Some(details) = inputs.details() else { return false };
    details.attachments.iter().any(|(key, other)| {
        // What rules most of them out first: of all pairs of attachments, few are of one zone.
        leaving.zone_id.is_some()
            && other.zone_id == leaving.zone_id
            && other.auto_allocated_enabled
            && !unwanted.contains_key(key)
            && !keep_back.contains(key)
    })
}
