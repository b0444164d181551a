//! What a proxy has seen and done.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use http::{Method, StatusCode};

use super::arrival::{CallKind, Side};
use super::judge::{EventType, OnAnswer, OnArrival, OnEvent};

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
    /// What the judge said when it came in; `None`: it has not yet.
    pub on_arrival: Option<OnArrival>,
    /// What the upstream answered and when; `None`: nothing yet, or it was never asked.
    pub answered: Option<(StatusCode, Instant)>,
    /// What the judge said about that answer.
    pub on_answer: Option<OnAnswer>,
    /// Status of the whole answer that was handed to the caller's socket, and when its last byte was; `None`: nothing, or not all.
    pub delivered: Option<(StatusCode, Instant)>,
    /// When the caller closed its connection, or broke it, before it had an answer.
    pub caller_gone: Option<Instant>,
    /// Why the upstream did not answer. The caller's connection was cut then.
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
    /// What the judge said; `None`: it has not yet.
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
    events: Vec<SeenEvent>,
}

impl Journal {
    pub(super) fn calls(&self) -> Vec<Seen> {
        self.entries().calls.clone()
    }

    pub(super) fn events(&self) -> Vec<SeenEvent> {
        self.entries().events.clone()
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        // Nothing that holds the lock can panic half-way through a change.
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
