//! How connections leave an attachment that is to go: by themselves, or moved to an attachment of the same zone whose entry asks for that.
//!
//! A connection is moved by `UpdateVpcEndpointZoneConnectionResourceAttribute` in the mode `Graceful`, never `Force`: one zone of one connection
//! at a time, so that a consumer with several zones always has one that nobody touches. The zone is `Migrating`, then `Migrated`: the new load
//! balancer serves it, and what is open goes on over the old one. What is still open after a while is closed by
//! `DisableVpcEndpointZoneConnection` with `ReplacedResource`, which the provider has for that. That call is never sent for a zone that no recent
//! list shows `Migrated`: without a migration nobody knows what it does.
//!
//! Whatever is not as it should be (a state that nobody knows, a refusal, a move that takes too long) leaves the connection alone, and it is
//! waited for.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use privatelink::{ConnectionStatus, ZoneStatus};

use super::freshness::{after, before};
use super::inputs::Inputs;
use super::resources::{is_unused, keeps_another};
use super::usage::{AttachmentUse, Leaving};
use super::{Next, Step, Wait, unapplied};
use crate::cloud::services::observed::{FieldFailure, FieldFailureKind};
use crate::cloud::services::{Attachment, AttachmentKey, Connection, ConnectionZone, Connections, Field, Write};
use crate::vpc_endpoint_service::connections::{Consumer, MOST_AT_A_TIME, Stage, stage};
use crate::vpc_endpoint_service::observe::Look;

/// So many connections that are refused are tried again and again, and nobody else meanwhile: what the provider refuses two of, it may well refuse
/// all of, because the account lacks the privilege.
const MOST_REFUSED: usize = 2;

/// What comes next while attachments that are to go are in use.
pub(super) fn attachment_in_use(inputs: &Inputs<'_>) -> Option<Next> {
    let service_id = inputs.service()?.id.clone();
    let uses = uses(inputs);
    // First what a person can do something about; last what nobody uses any more, by a list that is newer than the count.
    let is_left = |usage: &AttachmentUse| usage.users.is_empty() && inputs.connections().is_some();
    let told = uses.iter().min_by_key(|usage| (is_left(usage), usage.leaving.rank()))?.clone();
    let look = look(inputs, &uses, &service_id);
    let is_moved = uses.iter().any(|usage| matches!(usage.leaving, Leaving::Migrate { .. }));
    // Whom to move nobody can say before the connections are listed, and why they are not is what is to be told.
    if is_moved && inputs.connections().is_none() && inputs.observed.connections_error.is_some() {
        return Some(Next { look, ..Next::wait(Wait::List) });
    }
    Some(Next { steps: steps(inputs, &service_id), look, ..Next::wait(Wait::AttachmentUnused(Box::new(told))) })
}

/// The calls that may be made now. Of those that move a connection at most one where they are carried out: the service is busy with it for a while.
pub(super) fn steps(inputs: &Inputs<'_>, service_id: &str) -> Vec<Step> {
    let Some(connections) = settled(inputs) else { return Vec::new() };
    let step = |write| Step::write(service_id, write);
    let failures = &inputs.observed.own.field_failures;
    let due = |steps: Vec<Step>| unapplied::due(steps, failures, inputs.now);
    let mut moves = due(moves(inputs, connections).into_iter().map(step).collect());
    if is_any_moving(inputs, connections) && inputs.is_acting() {
        moves.clear();
    }
    if are_many_refused(inputs) {
        moves.retain(has_failed(failures));
    }
    // Who was refused before keeps nobody back.
    moves.sort_by_key(has_failed(failures));
    moves.truncate(if inputs.is_acting() { 1 } else { MOST_AT_A_TIME });
    let closings = due(closings(inputs, connections).into_iter().map(step).take(MOST_AT_A_TIME).collect());
    closings.into_iter().chain(moves).collect()
}

fn has_failed(failures: &BTreeMap<Field, FieldFailure>) -> impl Fn(&Step) -> bool {
    |step| step.writes().iter().any(|(field, _)| failures.contains_key(field))
}

fn are_many_refused(inputs: &Inputs<'_>) -> bool {
    let failures = inputs.observed.own.field_failures.iter();
    let refused = failures.filter(|(field, failure)| {
        matches!((field, &failure.kind), (Field::ConnectionZone { .. }, FieldFailureKind::Refused(_)))
    });
    refused.count() >= MOST_REFUSED
}

/// The connections, by a list that shows what an earlier process may have done to them.
fn settled<'a>(inputs: &Inputs<'a>) -> Option<&'a Connections> {
    let sure = after(inputs.observed.own.process_start, inputs.limits.consistency_window);
    inputs.connections().filter(|connections| connections.as_of >= sure)
}

/// The zones of the connections that hold something of the service.
fn zones(connections: &Connections) -> impl Iterator<Item = (&Connection, &ConnectionZone)> {
    let held = connections.list.iter().filter(|connection| stage(&connection.status) != Stage::Out);
    held.flat_map(|connection| connection.zones.iter().map(move |zone| (connection, zone)))
}

/// Unwanted attachments that endpoints use, or have been moved away from.
fn leaving<'a>(inputs: &'a Inputs<'_>) -> impl Iterator<Item = (&'a AttachmentKey, &'a Attachment)> {
    inputs.comparison.unwanted.iter().filter(|(_, attachment)| !is_unused(attachment))
}

/// The attachments of that zone to which connections may be moved.
fn targets<'a>(inputs: &'a Inputs<'_>, zone_id: Option<&'a String>) -> impl Iterator<Item = &'a AttachmentKey> {
    let attached = inputs.details().into_iter().flat_map(|details| &details.attachments);
    let in_zone = attached.filter(move |(_, other)| zone_id.is_some() && other.zone_id.as_ref() == zone_id);
    in_zone.map(|(key, _)| key).filter(|key| inputs.desired.migrate_to.contains(*key))
}

fn moves(inputs: &Inputs<'_>, connections: &Connections) -> Vec<Write> {
    let mut served: BTreeMap<&AttachmentKey, usize> = BTreeMap::new();
    let mut moves = Vec::new();
    // The provider refuses to move anybody away from what it still gives to new connections.
    for (old, attachment) in leaving(inputs).filter(|(_, attachment)| !attachment.auto_allocated_enabled) {
        let movable = zones(connections).filter(|(connection, zone)| is_movable(connection, zone, old, attachment));
        for (connection, zone) in movable {
            let load = |to: &AttachmentKey| served_by(connections, to, &zone.zone_id);
            let targets = targets(inputs, attachment.zone_id.as_ref());
            let Some(to) = targets.min_by_key(|to| load(to) + served.get(to).copied().unwrap_or_default()) else {
                break;
            };
            *served.entry(to).or_default() += 1;
            moves.push(Write::Migrate {
                endpoint_id: connection.endpoint_id.clone(),
                zone_id: zone.zone_id.clone(),
                resource_type: inputs.desired.service_resource_type.clone(),
                from: old.resource_id.clone(),
                to: to.resource_id.clone(),
            });
        }
    }
    moves
}

fn is_movable(connection: &Connection, zone: &ConnectionZone, old: &AttachmentKey, attachment: &Attachment) -> bool {
    connection.status == ConnectionStatus::Connected
        && matches!(zone.status, ZoneStatus::Connected | ZoneStatus::Migrated)
        && attachment.zone_id.as_ref() == Some(&zone.zone_id)
        && zone.resource_id.as_ref() == Some(&old.resource_id)
}

fn served_by(connections: &Connections, key: &AttachmentKey, zone_id: &str) -> usize {
    let is_served =
        |zone: &ConnectionZone| zone.zone_id == zone_id && zone.resource_id.as_ref() == Some(&key.resource_id);
    zones(connections).filter(|(_, zone)| is_served(zone)).count()
}

/// Old sides that have had their time.
fn closings(inputs: &Inputs<'_>, connections: &Connections) -> Vec<Write> {
    let recent = before(inputs.now, inputs.limits.blocked_poll_interval.saturating_mul(2));
    if connections.as_of < recent {
        return Vec::new();
    }
    let mut closings = Vec::new();
    for (old, attachment) in leaving(inputs) {
        for (connection, zone) in zones(connections).filter(|(connection, zone)| {
            connection.status == ConnectionStatus::Connected && has_drained(inputs, zone, old, attachment)
        }) {
            let mut targets = targets(inputs, attachment.zone_id.as_ref());
            let Some(to) = targets.find(|to| Some(&to.resource_id) == zone.resource_id.as_ref()) else { continue };
            closings.push(Write::CloseReplaced {
                endpoint_id: connection.endpoint_id.clone(),
                zone_id: zone.zone_id.clone(),
                from: old.resource_id.clone(),
                to: to.resource_id.clone(),
            });
        }
    }
    closings
}

/// This process has seen for long enough that the zone was moved away from the attachment. A time that an earlier process saw counts for nothing.
fn has_drained(inputs: &Inputs<'_>, zone: &ConnectionZone, old: &AttachmentKey, attachment: &Attachment) -> bool {
    let span = inputs.limits.migration_drain_time.max(inputs.limits.consistency_window);
    zone.status == ZoneStatus::Migrated
        && attachment.zone_id.as_ref() == Some(&zone.zone_id)
        && zone.replaced_resource_id.as_ref() == Some(&old.resource_id)
        && zone.since.is_some_and(|since| after(since, span) <= inputs.now)
}

/// Some zone is on its way. One that has been so for long may be so for ever: the others do not wait for it.
fn is_any_moving(inputs: &Inputs<'_>, connections: &Connections) -> bool {
    zones(connections).any(|(_, zone)| zone.status == ZoneStatus::Migrating && !is_overdue(inputs, zone))
}

fn is_overdue(inputs: &Inputs<'_>, zone: &ConnectionZone) -> bool {
    let deadline = inputs.limits.migration_deadline;
    zone.status == ZoneStatus::Migrating && zone.since.is_some_and(|since| after(since, deadline) <= inputs.now)
}

/// How each of the attachments that are to go is still used.
fn uses(inputs: &Inputs<'_>) -> Vec<AttachmentUse> {
    let of_one = |(key, attachment): (&AttachmentKey, &Attachment)| {
        let users = users(inputs, key, attachment);
        AttachmentUse {
            key: key.clone(),
            related: attachment.related_endpoint_count,
            deprecated: attachment.deprecated_endpoint_count,
            is_last_allocated: attachment.auto_allocated_enabled && !keeps_another(inputs, attachment),
            leaving: way_out(inputs, attachment, &users),
            users: consumers(users.into_iter()),
        }
    };
    leaving(inputs).map(of_one).collect()
}

type User<'a> = (&'a Connection, &'a ConnectionZone);

/// Those that the list of the connections shows, whatever state they are in.
fn users<'a>(inputs: &Inputs<'a>, key: &AttachmentKey, attachment: &Attachment) -> Vec<User<'a>> {
    let id = Some(&key.resource_id);
    let uses = |zone: &ConnectionZone| {
        Some(&zone.zone_id) == attachment.zone_id.as_ref()
            && (zone.resource_id.as_ref() == id || zone.replaced_resource_id.as_ref() == id)
    };
    inputs.connections().into_iter().flat_map(zones).filter(|(_, zone)| uses(zone)).collect()
}

fn consumers<'a>(users: impl Iterator<Item = User<'a>>) -> Vec<Consumer> {
    let one = |(connection, _): User<'_>| Consumer {
        endpoint_id: connection.endpoint_id.clone(),
        account_id: connection.account_id.clone(),
    };
    users.map(one).collect()
}

fn way_out(inputs: &Inputs<'_>, attachment: &Attachment, users: &[User<'_>]) -> Leaving {
    let to: BTreeSet<String> =
        targets(inputs, attachment.zone_id.as_ref()).map(|target| target.resource_id.clone()).collect();
    let is_kept = attachment.auto_allocated_enabled && !keeps_another(inputs, attachment);
    if to.is_empty() || is_kept || users.is_empty() && inputs.connections().is_some() {
        return Leaving::Drain;
    }
    let failure = |zone: &User<'_>| inputs.observed.own.field_failures.get(&field(zone));
    let refused = users.iter().filter_map(failure).find_map(|failure| match &failure.kind {
        FieldFailureKind::Refused(verdict) => Some(verdict.clone()),
        FieldFailureKind::Unconfirmed | FieldFailureKind::RefusedTogether => None,
    });
    let is_in_vain = |user: &User<'_>| {
        failure(user).is_some_and(|failure| failure.kind == FieldFailureKind::Unconfirmed && failure.count > 1)
    };
    let is_stuck = |user: &&User<'_>| is_overdue(inputs, user.1) || is_in_vain(user) || is_unknown(user);
    let stuck = consumers(users.iter().filter(is_stuck).copied());
    if refused.is_none() && stuck.is_empty() { Leaving::Migrate { to } } else { Leaving::Blocked { refused, stuck } }
}

fn is_unknown((connection, zone): &User<'_>) -> bool {
    matches!(connection.status, ConnectionStatus::Unknown(_)) || matches!(zone.status, ZoneStatus::Unknown(_))
}

fn field((connection, zone): &User<'_>) -> Field {
    Field::ConnectionZone { endpoint_id: connection.endpoint_id.clone(), zone_id: zone.zone_id.clone() }
}

/// The counts, once they are old or the newer list shows nobody any more; else the next list of the connections.
fn look(inputs: &Inputs<'_>, uses: &[AttachmentUse], service_id: &str) -> Option<Look> {
    let counted = inputs.details()?.as_of;
    let listed = inputs.observed.connections.as_ref().map(|connections| connections.as_of);
    let is_nobody_left = uses.iter().any(|usage| usage.users.is_empty()) && inputs.connections().is_some();
    let is_due = counted <= before(inputs.now, inputs.limits.blocked_poll_interval);
    if is_due || is_nobody_left && listed > Some(counted) {
        return Some(Look::Details { service_id: service_id.to_owned() });
    }
    let oldest = before(inputs.now, inputs.limits.resync_period.saturating_mul(2));
    let not_before = listed.map_or(oldest, |listed| after(listed, pause(inputs, uses)));
    Some(Look::Connections { not_before: not_before.max(oldest) })
}

/// Between two lists of the connections: each is a call of the account's, whoever asks for it. Never longer than a list counts, or nobody would know since
/// when a zone has been as it is.
fn pause(inputs: &Inputs<'_>, uses: &[AttachmentUse]) -> Duration {
    let is_moving = || inputs.connections().is_some_and(|connections| is_any_moving(inputs, connections));
    let is_moved = uses.iter().any(|usage| usage.leaving != Leaving::Drain);
    let period = inputs.limits.resync_period;
    match inputs.is_acting() && is_moved {
        true if is_moving() => inputs.limits.resync_interval_max.min(period),
        true => inputs.limits.blocked_poll_interval.min(period),
        false => period,
    }
}
