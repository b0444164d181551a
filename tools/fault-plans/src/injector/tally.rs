//! What was called and shown since the workload began.

use std::collections::BTreeMap;

use crate::fault::EventSite;
use crate::proxy::{Arrival, CallKind, EventType, Side, WatchEvent};

/// How often each kind of call came, and which events did, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) calls: BTreeMap<(Side, CallKind), usize>,
    pub(crate) events: Vec<EventSite>,
}

/// Counts, once the workload has begun.
#[derive(Debug, Default)]
pub(super) struct Counting {
    has_begun: bool,
    tally: Tally,
}

impl Counting {
    pub(super) fn begin(&mut self) {
        self.has_begun = true;
    }

    pub(super) fn tally(&self) -> Tally {
        self.tally.clone()
    }

    /// The how many-eth call of its kind this is; `None`: nothing counts yet.
    pub(super) fn call(&mut self, arrival: &Arrival) -> Option<usize> {
        if !self.has_begun {
            return None;
        }
        let count = self.tally.calls.entry((arrival.side, arrival.kind.clone())).or_default();
        *count += 1;
        Some(*count)
    }

    /// Which event of its type this is; `None`: it does not count.
    pub(super) fn event(&mut self, event: &WatchEvent) -> Option<EventSite> {
        let counts = matches!(event.type_, EventType::Added | EventType::Modified | EventType::Deleted);
        if !self.has_begun || !counts {
            return None;
        }
        let earlier = self.tally.events.iter().filter(|earlier| earlier.type_ == event.type_).count();
        let site = EventSite { type_: event.type_, nth: earlier + 1 };
        self.tally.events.push(site);
        Some(site)
    }
}
