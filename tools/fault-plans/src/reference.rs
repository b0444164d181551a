//! How a workload goes without faults: what it is compared with, and where faults can be injected.

use std::collections::BTreeMap;

use crate::evidence::{End, Evidence};
use crate::fault::EventSite;
use crate::injector::Tally;
use crate::proxy::{CallKind, Side};

/// What every fault-free run of a workload has shown.
#[derive(Clone, Debug)]
pub struct Reference {
    /// How often each kind of call certainly comes: the least of all runs.
    pub(crate) calls: BTreeMap<(Side, CallKind), usize>,
    /// The events that came in every run.
    pub(crate) events: Vec<Shown>,
    /// How it ends.
    pub(crate) end: End,
    /// How many calls were to change something in the cloud: the most of all runs.
    pub(crate) mutating: usize,
    /// How many looked at one service alone: the most of all runs.
    pub(crate) looks: usize,
}

/// An event that certainly comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shown {
    pub(crate) site: EventSite,
    /// Another event follows, of whatever object.
    pub(crate) is_followed: bool,
}

/// The references of several workloads, by name and by the number that the guesses about the provider are drawn by.
pub type References = BTreeMap<(&'static str, u64), Reference>;

impl Reference {
    /// From one run.
    pub(crate) fn of(tally: Tally, evidence: Evidence) -> Self {
        let Tally { calls, events } = tally;
        let shown =
            events.iter().enumerate().map(|(at, event)| Shown { site: *event, is_followed: at + 1 < events.len() });
        Self {
            calls,
            events: shown.collect(),
            mutating: evidence.mutating().count(),
            looks: evidence.looks().count(),
            end: evidence.end,
        }
    }

    /// What holds in both runs; the ends are equal.
    pub(crate) fn and(self, other: &Self) -> Self {
        let least = |(kind, count): ((Side, CallKind), usize)| {
            let count = count.min(other.calls.get(&kind).copied().unwrap_or_default());
            (count > 0).then_some((kind, count))
        };
        let both = |event: Shown| {
            let theirs = other.events.iter().find(|theirs| theirs.site == event.site)?;
            Some(Shown { site: event.site, is_followed: event.is_followed && theirs.is_followed })
        };
        Self {
            calls: self.calls.into_iter().filter_map(least).collect(),
            events: self.events.into_iter().filter_map(both).collect(),
            end: self.end,
            mutating: self.mutating.max(other.mutating),
            looks: self.looks.max(other.looks),
        }
    }
}
