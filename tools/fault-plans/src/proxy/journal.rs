//! What a proxy has seen and done.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use bytes::Bytes;
use http::request::Parts;
use http::{Method, StatusCode};

use super::arrival::{Arrival, CallKind, Side};
use super::event::EventLine;
use super::interceptor::{EventType, OnAnswer, OnArrival, OnEvent, WatchEvent};
use super::kind::Described;

/// A call that a proxy has seen, and what became of it so far.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Whom it was for.
    pub side: Side,
    /// What it does.
    pub kind: CallKind,
    /// Which object it is about.
    pub object: Option<String>,
    /// The how many-eth call of its kind it was, from 1.
    pub nth: usize,
    /// The how many-eth of all calls it was, from 1.
    pub number: usize,
    /// As sent.
    pub method: Method,
    /// As sent.
    pub path_and_query: String,
    /// When its last byte was read.
    pub at: Instant,
    /// What the interceptor answered when it came in; `None`: it has not yet.
    pub on_arrival: Option<OnArrival>,
    /// What the upstream answered and when; `None`: nothing yet, or it was never asked.
    pub answered: Option<(StatusCode, Instant)>,
    /// What the interceptor answered about that answer.
    pub on_answer: Option<OnAnswer>,
    /// Status of the whole answer that was handed to the caller's socket, and when its last byte was; `None`: nothing, or not all.
    pub delivered: Option<(StatusCode, Instant)>,
    /// When the caller closed its connection, or broke it, before it had an answer.
    pub caller_gone: Option<Instant>,
    /// Why the upstream's answer, or its watch, did not come to its end. The caller's connection was cut then.
    pub failure: Option<String>,
}

/// An event of a watch that a proxy has seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenEvent {
    /// [`Seen::number`] of its watch.
    pub call: usize,
    /// The how many-eth of all events it was, from 1.
    pub number: usize,
    /// The how many-eth of its stream it was, from 1.
    pub nth: usize,
    /// What it said.
    pub type_: EventType,
    /// `metadata.name` of its object.
    pub name: String,
    /// `metadata.resourceVersion` of its object.
    pub resource_version: String,
    /// When it was read.
    pub at: Instant,
    /// What the interceptor answered; `None`: it has not yet.
    pub on_event: Option<OnEvent>,
}

/// The calls and events of a proxy; both only grow.
#[derive(Debug, Default)]
pub(super) struct Journal {
    entries: Mutex<Entries>,
}

#[derive(Debug, Default)]
struct Entries {
    calls: Vec<Seen>,
    of_kind: HashMap<CallKind, usize>,
    events: Vec<SeenEvent>,
}

/// A call that has just been read.
#[derive(Debug)]
pub(super) struct NewCall<'a> {
    pub(super) side: Side,
    pub(super) described: Described,
    pub(super) head: &'a Parts,
    pub(super) body: Bytes,
}

impl Journal {
    pub(super) fn calls(&self) -> Vec<Seen> {
        self.entries().calls.clone()
    }

    pub(super) fn each_call(&self, look: impl FnMut(&Seen)) {
        self.entries().calls.iter().for_each(look);
    }

    pub(super) fn events(&self) -> Vec<SeenEvent> {
        self.entries().events.clone()
    }

    /// Counts a call and enters it.
    pub(super) fn arrival(&self, call: NewCall<'_>) -> Arrival {
        let NewCall { side, described: Described { kind, object }, head, body } = call;
        let mut entries = self.entries();
        let nth = entries.of_kind.entry(kind.clone()).or_default();
        *nth += 1;
        let nth = *nth;
        let arrival = Arrival {
            side,
            kind,
            object,
            nth,
            number: entries.calls.len() + 1,
            method: head.method.clone(),
            path_and_query: head.uri.path_and_query().map(ToString::to_string).unwrap_or_default(),
            body,
            at: Instant::now(),
        };
        entries.calls.push(Seen::new(&arrival));
        arrival
    }

    /// Enters what became of a call.
    pub(super) fn update(&self, arrival: &Arrival, change: impl FnOnce(&mut Seen)) {
        if let Some(seen) = self.entries().calls.get_mut(arrival.number - 1) {
            change(seen);
        }
    }

    /// Enters that the caller of this call is gone, unless it had its answer by then, or lost it to the upstream.
    pub(super) fn caller_gone(&self, number: usize) {
        let now = Instant::now();
        let mut entries = self.entries();
        let waits = |seen: &&mut Seen| seen.delivered.is_none() && seen.failure.is_none();
        if let Some(seen) = entries.calls.get_mut(number - 1).filter(waits) {
            seen.caller_gone.get_or_insert(now);
        }
    }

    /// Counts an event of a watch and enters it.
    pub(super) fn event(&self, watch: &Arrival, nth: usize, line: EventLine) -> WatchEvent {
        let EventLine { type_, name, resource_version, line } = line;
        let mut entries = self.entries();
        let number = entries.events.len() + 1;
        entries.events.push(SeenEvent {
            call: watch.number,
            number,
            nth,
            type_,
            name: name.clone(),
            resource_version: resource_version.clone(),
            at: Instant::now(),
            on_event: None,
        });
        WatchEvent { number, nth, type_, name, resource_version, line }
    }

    /// Enters what the interceptor said about an event.
    pub(super) fn on_event(&self, number: usize, verdict: OnEvent) {
        if let Some(seen) = self.entries().events.get_mut(number - 1) {
            seen.on_event = Some(verdict);
        }
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        // Nothing that holds the lock can panic half-way through a change.
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seen {
    fn new(arrival: &Arrival) -> Self {
        let Arrival { side, kind, object, nth, number, method, path_and_query, body: _, at } = arrival.clone();
        Self {
            side,
            kind,
            object,
            nth,
            number,
            method,
            path_and_query,
            at,
            on_arrival: None,
            answered: None,
            on_answer: None,
            delivered: None,
            caller_gone: None,
            failure: None,
        }
    }
}
