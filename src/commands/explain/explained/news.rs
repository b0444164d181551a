//! Who leads, and what was told in events.

use std::cmp::Reverse;

use jiff::Timestamp;
use k8s_openapi::api::core::v1::Event;
use serde::Serialize;

use super::super::ask::AskedLease;

/// The newest say what is going on; the API server keeps them for an hour.
const MOST_EVENTS: usize = 10;

/// The lease of an operator that may serve the object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct LeaseSeen {
    pub(in super::super) namespace: String,
    pub(in super::super) name: String,
    /// The pod and a number of its own; `None`: the last one gave it back.
    pub(in super::super) holder: Option<String>,
    /// By the holder's clock.
    pub(in super::super) renewed_at: Option<Timestamp>,
    /// How long it holds after that.
    pub(in super::super) duration_seconds: Option<i32>,
}

/// What a lease says at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum LeaseState {
    Held,
    /// Nobody renewed it for longer than it holds.
    Expired,
    Free,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct EventSeen {
    pub(in super::super) at: Option<Timestamp>,
    /// `Normal` or `Warning`.
    #[serde(rename = "type")]
    pub(in super::super) kind: String,
    pub(in super::super) reason: String,
    pub(in super::super) message: String,
    /// How often it was told.
    pub(in super::super) count: i32,
    /// It is about another object, which had the name before.
    pub(in super::super) is_of_earlier_object: bool,
}

impl LeaseSeen {
    /// `None`: there is none, or it could not be read.
    pub(super) fn of(asked: &AskedLease) -> Option<Self> {
        let spec = asked.found.as_ref().ok()?.as_ref()?.spec.clone().unwrap_or_default();
        Some(Self {
            namespace: asked.namespace.clone(),
            name: asked.name.clone(),
            holder: spec.holder_identity.filter(|holder| !holder.is_empty()),
            renewed_at: spec.renew_time.map(|time| time.0),
            duration_seconds: spec.lease_duration_seconds,
        })
    }

    pub(in super::super) fn state(&self, now: Timestamp) -> LeaseState {
        let age = self.renewed_at.map(|renewed| now.duration_since(renewed).as_secs());
        let is_over = age.zip(self.duration_seconds).is_some_and(|(age, lasts)| age > i64::from(lasts));
        match &self.holder {
            None => LeaseState::Free,
            Some(_) if is_over => LeaseState::Expired,
            Some(_) => LeaseState::Held,
        }
    }
}

/// The last ones, the newest first. `uid`: of the object that is there now.
pub(super) fn events(events: &[Event], uid: Option<&str>) -> Vec<EventSeen> {
    let mut seen: Vec<_> = events.iter().map(|event| EventSeen::of(event, uid)).collect();
    seen.sort_by_key(|event| Reverse(event.at));
    seen.truncate(MOST_EVENTS);
    seen
}

impl EventSeen {
    /// An event of the newer API has its times and its count in a series, once it was told again.
    fn of(event: &Event, uid: Option<&str>) -> Self {
        let series = event.series.as_ref();
        let repeated = series.and_then(|series| series.last_observed_time.as_ref()).map(|time| time.0);
        let last = || event.last_timestamp.as_ref().map(|time| time.0);
        let first = || event.event_time.as_ref().map(|time| time.0);
        Self {
            at: repeated.or_else(last).or_else(first),
            kind: event.type_.clone().unwrap_or_default(),
            reason: event.reason.clone().unwrap_or_default(),
            message: event.message.clone().unwrap_or_default(),
            count: series.and_then(|series| series.count).or(event.count).unwrap_or(1).max(1),
            is_of_earlier_object: uid.is_none() || event.involved_object.uid.as_deref() != uid,
        }
    }
}
