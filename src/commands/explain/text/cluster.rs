//! What the cluster says, for people.

use jiff::Timestamp;

use super::super::explained::{ConditionSeen, EventSeen, LeaseSeen, LeaseState, ObjectSeen, StatusSeen};
use super::{Page, ago, sentence};

pub(super) fn object(page: &mut Page, object: &ObjectSeen, now: Timestamp) {
    let ObjectSeen {
        uid,
        generation,
        created_at,
        deleted_at,
        has_finalizer,
        suspend,
        management_policy,
        drift_policy,
        deletion_policy,
        adopts,
    } = object;
    let created = created_at.map(|at| format!(", created {}", ago(at, now))).unwrap_or_default();
    let uid = uid.as_deref().unwrap_or("unknown");
    page.line(format!("object: generation {}{created}, uid {uid}", generation.unwrap_or_default()));
    if let Some(at) = deleted_at {
        let held = if *has_finalizer { "held by the operator's finalizer" } else { "without the operator's finalizer" };
        page.under(format!("marked for deletion {}, {held}, deletionPolicy {deletion_policy}", ago(*at, now)));
    }
    if *suspend {
        page.under("suspend is true: nothing is written to the cloud");
    }
    match *management_policy {
        "Manage" => {}
        policy => page.under(format!("managementPolicy is {policy}: nothing is written to the cloud")),
    }
    if *drift_policy == "Report" {
        page.under("driftPolicy is Report: what somebody changes in the cloud is told and left");
    }
    page.all(adopts.iter().map(|id| format!("adopt.serviceId is {id}: no service is created")));
}

pub(super) fn leases(page: &mut Page, leases: &[LeaseSeen], is_unread: bool, now: Timestamp) {
    for lease in leases {
        let LeaseSeen { namespace, name, holder, renewed_at, duration_seconds } = lease;
        let called = format!("lease {namespace}/{name}");
        let holder = holder.as_deref().map(sentence).unwrap_or_default();
        let renewed = renewed_at.map_or_else(|| "never renewed".to_owned(), |at| format!("renewed {}", ago(at, now)));
        page.line(match lease.state(now) {
            LeaseState::Held => format!("operator: {holder} leads ({called}, {renewed})"),
            LeaseState::Expired => format!(
                "operator: none leads: {holder} held the {called} last, {renewed}, and it is good for {}s",
                duration_seconds.unwrap_or_default()
            ),
            LeaseState::Free => format!("operator: none leads: the {called} was given back, {renewed}"),
        });
    }
    if leases.is_empty() && !is_unread {
        page.line(
            "operator: no lease was found; name its namespace with --leader-elect-namespace. One that runs with --leader-elect=false has none",
        );
    }
}

pub(super) fn status(page: &mut Page, status: &StatusSeen, object: Option<&ObjectSeen>, now: Timestamp) {
    let StatusSeen { observed_generation, is_current, conditions, drift, last_error, .. } = status;
    let of = observed_generation.unwrap_or_default();
    let newest = object.and_then(|object| object.generation).unwrap_or_default();
    page.line(if *is_current {
        format!("status: of generation {of}, the newest")
    } else {
        format!("status: of generation {of}, and the object has {newest}: the operator has not reported on the newest spec yet")
    });
    for ConditionSeen { kind, status, reason, message, since, remedy: _ } in conditions {
        page.under(format!("{kind} is {status}, {reason}, since {}: {}", ago(*since, now), sentence(message)));
    }
    page.all(drift.iter().map(|drift| format!("drift: {}", super::cloud::difference(drift))));
    if let Some(error) = last_error {
        let code = error.code.as_deref().unwrap_or("no code");
        let request = error.request_id.as_ref().map(|id| format!(" (request {id})")).unwrap_or_default();
        let when = error.time.as_ref().map(|time| format!("{}, ", ago(time.0, now))).unwrap_or_default();
        let message = sentence(error.message.as_deref().unwrap_or_default());
        page.under(format!("last error: {when}{code}: {message}{request}"));
    }
}

pub(super) fn events(page: &mut Page, events: &[EventSeen], now: Timestamp) {
    if !events.is_empty() {
        page.line("events:");
    }
    for EventSeen { at, kind, reason, message, count, is_of_earlier_object } in events {
        let when = at.map_or_else(|| "at an unknown time".to_owned(), |at| ago(at, now));
        let times = if *count > 1 { format!(" ({count} times)") } else { String::new() };
        let of = if *is_of_earlier_object { ", of an earlier object of this name" } else { "" };
        page.under(format!("{when}{times}{of}: {kind} {reason}: {}", sentence(message)));
    }
}
