//! Deletion: stands in for `desired` and `plan` once the object is marked. Pure.
//!
//! It needs nothing but record, status and what is observed, so a broken spec or a missing load balancer cannot block it. Like a plan it is
//! made by an ordered list of small checks: those that need no cloud come first, see [`offline`], then the others, see [`checks`].

mod checks;
mod gone;
mod inputs;
mod offline;

pub use offline::{without_cloud, without_place};

use jiff::Timestamp;

use super::observe::Observed;
use super::plan::check::{first, plan_of};
use super::plan::{Limits, Plan};
use super::resolve::Resolved;
use crate::identity::Life;

/// What is to be done for an object that is marked for deletion. Nothing for one that is to live.
///
/// The finalizer goes only when no service of the object is left to deal with: under `Delete` when the provider says that it is gone, under
/// `Retain` when it no longer carries our tags.
pub fn teardown(resolved: &Resolved, observed: &Observed, limits: &Limits, now: Timestamp) -> Plan {
    let Life::Deleting { since } = resolved.life else { return Plan::default() };
    let inputs = inputs::Inputs { resolved, observed, limits, since, now };
    let by_checks = || first(&checks::CHECKS, |ask| ask(&inputs)).map(plan_of).unwrap_or_default();
    let plan = offline::Offline::of(resolved, limits).plan().unwrap_or_else(by_checks);
    Plan { mode: plan.mode.max(limits.furthest), ..plan }
}

#[cfg(test)]
mod tests;
