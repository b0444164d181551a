//! From differences to steps, in the order in which they may be sent.

use std::collections::{BTreeMap, BTreeSet};

use super::compare::Comparison;
use super::inputs::Inputs;
use super::{Step, resources, unapplied};
use crate::cloud::services::observed::FieldFailure;
use crate::cloud::services::{Attributes, ConnectionAttributes, Field, Write};
use crate::vpc_endpoint_service::connections::MOST_AT_A_TIME;

/// What would make the service as it is wanted, and may be tried now.
///
/// First what takes rights away, because nothing else is worth waiting for: principals, whose calls are quick, before the automatic acceptance
/// and regions, whose calls are queued with those of the whole account. Then what need not be awaited: tags, resource group, new principals. Then what
/// the provider takes one at a time: attributes, attachments. Last come connections that are accepted or changed, for which load balancers must be
/// attached.
pub(super) fn steps(inputs: &Inputs<'_>, service_id: &str) -> Vec<Step> {
    let field_failures = &inputs.observed.own.field_failures;
    bounded(unapplied::due(wanted(inputs, service_id), field_failures, inputs.now), field_failures)
}

/// So many connections at a time. Those that failed before, each of which has a time of its own, keep nobody else back.
fn bounded(steps: Vec<Step>, field_failures: &BTreeMap<Field, FieldFailure>) -> Vec<Step> {
    let has_failed = |step: &Step| step.writes().iter().any(|(field, _)| field_failures.contains_key(field));
    let mut room = MOST_AT_A_TIME;
    let has_room = |step: &Step| {
        if !step.is_about_connection() || has_failed(step) {
            return true;
        }
        let has_room = room > 0;
        room = room.saturating_sub(1);
        has_room
    };
    steps.into_iter().filter(has_room).collect()
}

/// The same, whether it may be tried now or is kept back for a while.
pub(super) fn wanted(inputs: &Inputs<'_>, service_id: &str) -> Vec<Step> {
    let found = &inputs.comparison;
    let field_failures = &inputs.observed.own.field_failures;
    let (closing, changing) = split_acceptance(&found.change);
    let update = |change| Step::write(service_id, Write::Attributes(change));
    removed_principals(found, service_id)
        .chain(disconnected(found, service_id))
        .chain(closing.map(update))
        .chain(regions(&found.close_regions, field_failures, service_id, Write::RemoveRegions))
        .chain(tags(found, field_failures, service_id))
        .chain(untag(found, service_id))
        .chain(resource_group(found, service_id))
        .chain(added_principals(found, service_id))
        .chain(attributes(changing, field_failures).into_iter().map(update))
        .chain(regions(&found.open_regions, field_failures, service_id, Write::AddRegions))
        .chain(resources::steps(inputs, service_id))
        .chain(changed_connections(found, service_id))
        .collect()
}

/// No longer accepting everybody goes out alone, so that no other attribute can have it refused.
fn split_acceptance(change: &Attributes) -> (Option<Attributes>, Attributes) {
    if !change.is(&Field::AutoAcceptEnabled, false) {
        return (None, change.clone());
    }
    let closing = Attributes::default().with(Field::AutoAcceptEnabled, false);
    (Some(closing), change.clone().without(&Field::AutoAcceptEnabled))
}

/// In one call, but for those that were refused before: each of them alone.
fn tags(
    found: &Comparison,
    field_failures: &BTreeMap<Field, FieldFailure>,
    service_id: &str,
) -> impl Iterator<Item = Step> {
    let is_alone = |key: &String| field_failures.contains_key(&Field::Tag(key.clone()));
    let (alone, together): (BTreeMap<_, _>, BTreeMap<_, _>) =
        found.tag.clone().into_iter().partition(|(key, _)| is_alone(key));
    let alone = alone.into_iter().map(|tag| BTreeMap::from([tag]));
    let calls = Some(together).into_iter().filter(|tags| !tags.is_empty()).chain(alone);
    calls.map(|tags| Step::write(service_id, Write::Tag(tags)))
}

/// In one call, but for those that were refused before: each of them alone.
fn regions(
    regions: &BTreeSet<String>,
    field_failures: &BTreeMap<Field, FieldFailure>,
    service_id: &str,
    write: fn(BTreeSet<String>) -> Write,
) -> impl Iterator<Item = Step> {
    let is_alone = |region: &String| field_failures.contains_key(&Field::SupportedRegion(region.clone()));
    let (alone, together): (BTreeSet<_>, BTreeSet<_>) = regions.iter().cloned().partition(is_alone);
    let together = Some(together).into_iter().filter(|together| !together.is_empty());
    let calls = together.chain(alone.into_iter().map(|region| BTreeSet::from([region])));
    calls.map(move |regions| Step::write(service_id, write(regions)))
}

fn untag(found: &Comparison, service_id: &str) -> impl Iterator<Item = Step> {
    let keys: BTreeSet<String> = found.untag.clone();
    let step = (!keys.is_empty()).then(|| Step::write(service_id, Write::Untag(keys)));
    step.into_iter()
}

fn resource_group(found: &Comparison, service_id: &str) -> Option<Step> {
    Some(Step::write(service_id, Write::ResourceGroup(found.resource_group_id.clone()?)))
}

fn removed_principals(found: &Comparison, service_id: &str) -> impl Iterator<Item = Step> {
    found.remove.iter().map(|account| Step::write(service_id, Write::RemovePrincipal(account.clone())))
}

fn disconnected(found: &Comparison, service_id: &str) -> impl Iterator<Item = Step> {
    found.disconnect.iter().map(|endpoint_id| Step::write(service_id, Write::Disconnect(endpoint_id.clone())))
}

fn changed_connections(found: &Comparison, service_id: &str) -> impl Iterator<Item = Step> {
    let owned = |(endpoint_id, attributes): (&String, &ConnectionAttributes)| (endpoint_id.clone(), attributes.clone());
    let accepted = found.accept.iter().map(owned);
    let accepted = accepted.map(|(endpoint_id, attributes)| Write::Accept { endpoint_id, attributes });
    let changed = found.reshape.iter().map(owned);
    let changed = changed.map(|(endpoint_id, attributes)| Write::Connection { endpoint_id, attributes });
    accepted.chain(changed).map(|write| Step::write(service_id, write))
}

fn added_principals(found: &Comparison, service_id: &str) -> impl Iterator<Item = Step> {
    found.add.iter().map(|account| Step::write(service_id, Write::AddPrincipal(account.clone())))
}

/// In one call, but for those that were refused before: each of them alone.
fn attributes(change: Attributes, field_failures: &BTreeMap<Field, FieldFailure>) -> Vec<Attributes> {
    let (alone, together): (Vec<_>, Vec<_>) =
        change.into_iter().partition(|(field, _)| field_failures.contains_key(field));
    let together = Some(Attributes::from_iter(together)).filter(|together| !together.is_empty());
    together.into_iter().chain(alone.into_iter().map(|part| Attributes::from_iter([part]))).collect()
}
