//! What a search assumes, and how much may go wrong in it.

use std::time::Duration;

use super::action::Action;
use super::event::Events;
use super::flaw::Flaw;
use super::manifest::Manifest;
use crate::timing::Timing;

pub(super) const CLUSTER: &str = "cluster-1";
pub(super) const ACCOUNT: &str = "1000000000000001";
pub(super) const REGION: &str = "cn-hangzhou";

/// What one search begins from, and what may happen in it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setup {
    pub(super) timing: Timing,
    /// How long lists lag at most, in ticks.
    pub(super) list_lag: i64,
    /// How long tokens are remembered at least, in ticks.
    pub(super) token_memory: i64,
    /// How long after it was sent a call can have its effect, in ticks; 0: in the tick in which it is sent, or never.
    pub(super) flight: i64,
    /// A refusal is remembered with its token, and answered again although its cause is gone.
    pub(super) remembers_refusals: bool,
    pub(super) manifest: Manifest,
    pub(super) operators: usize,
    pub(super) grain: Grain,
    pub(super) budget: Budget,
    pub(super) flaw: Flaw,
    /// Of so many states, one is asked whether everything ends well from there; 0: none.
    pub(super) one_in: u64,
    /// What has happened when the search begins.
    pub(super) past: &'static [Action],
}

/// How finely the work of a process is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Grain {
    /// Lists take time, and the watch may lag.
    Fine,
    /// A list ends in the tick in which it begins, and the watch tells at once: fewer orders, so a search goes deeper.
    Coarse,
}

/// How often each thing may still happen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Budget {
    pub(super) edits: u8,
    pub(super) deletions: u8,
    /// The object is applied again after it went.
    pub(super) recreations: u8,
    pub(super) crashes: u8,
    /// An answer gets lost, of the provider or of the API server; or a call is given up although it is on its way.
    pub(super) losses: u8,
    /// A Create is refused for good.
    pub(super) refusals: u8,
    /// A token is noted, and then the provider fails.
    pub(super) burns: u8,
    /// Somebody deletes a service in the cloud.
    pub(super) outside: u8,
    /// Somebody replaces the object without finalizer and record.
    pub(super) strips: u8,
    /// What others do.
    pub(super) events: Events,
}

impl Setup {
    /// The waiting times have the proportions of the defaults: the lists' lag is about as long as the window and one call together.
    pub(super) fn new(operators: usize, budget: Budget) -> Self {
        let ticks = Duration::from_secs;
        let timing = Timing {
            consistency_window: ticks(2),
            create_window: ticks(1),
            create_lookup_max_age: ticks(1),
            cloud_call_deadline: ticks(1),
            reconcile_deadline: ticks(2),
            resync_period: ticks(1),
            resync_interval_min: ticks(1),
            resync_interval_max: ticks(1),
            active_poll_interval: ticks(1),
            blocked_poll_interval: ticks(1),
            stale_after: ticks(4),
            drift_grace_period: ticks(2),
            progress_status_interval: ticks(1),
            ..Timing::default()
        };
        Self {
            timing,
            list_lag: 2,
            token_memory: 2,
            flight: 0,
            remembers_refusals: false,
            manifest: Manifest::Report,
            operators,
            grain: Grain::Coarse,
            budget,
            flaw: Flaw::None,
            one_in: 0,
            past: &[],
        }
    }
}
