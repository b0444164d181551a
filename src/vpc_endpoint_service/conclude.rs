//! Last step: what is to be said. Pure; made on every exit, failures included.
//!
//! The state of a reconcile is taken once (`inputs`), judged by an ordered list of small checks (`live`, `deleting`) into one assessment of the
//! object (`assessment`), and from that come conditions, status, events and the time of the next reconcile. That is what is true; when it is written
//! is decided in one place (`pacing`).

mod assessment;
mod available;
mod conditions;
mod connections;
mod deleting;
mod drift;
mod events;
mod export;
mod inputs;
mod live;
mod messages;
mod not_created;
mod pacing;
mod previous_reason;
mod progress;
mod requeue;
mod shown;
mod status;
mod target_errors;
mod unapplied;
mod waits;

use jiff::Timestamp;

use super::claims::Shared;
use super::execute::Outcome;
use super::exports::{ExportStep, ExportViews};
use super::observe::Observed;
use super::plan::Plan;
use super::resolve::{Marked, ResolveError, Resolved};
use crate::crd::{EventReason, Reason, VpcEndpointServiceStatus};
use crate::identity::ObjectKey;
pub use crate::runtime::Requeue;
use crate::timing::Timing;
use assessment::{Assessment, Trend};
pub use export::names as export_names;
use inputs::Inputs;
pub use shown::line;

/// A reconcile, as far as it got.
#[derive(Clone, Debug, Default)]
pub struct ReconcileState {
    /// When this process began to look.
    pub process_start: Timestamp,
    /// The object carries the deletion mark.
    pub marked: Option<Marked>,
    pub resolved: Option<Result<Resolved, ResolveError>>,
    /// The error is that of a single read; what the inventory knows never fails.
    pub observed: Option<Result<Observed, cloud_core::Error>>,
    pub plan: Option<Plan>,
    pub outcome: Option<Outcome>,
    /// What other objects list as well.
    pub shared: Vec<Shared>,
    /// What is known of the ConfigMaps of `spec.exportTo`.
    pub exports: ExportViews,
}

/// What the driver applies.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// `None`: the object is gone or about to go, nothing is to be written.
    pub status: Option<VpcEndpointServiceStatus>,
    /// What is to be written to the ConfigMaps of `spec.exportTo`, after the status.
    pub export: Vec<ExportStep>,
    pub events: Vec<Note>,
    pub requeue: Requeue,
}

/// Says what is to be said of a reconcile, in the light of what was said before.
///
/// Concluding the same reconcile again on the status that this gives changes nothing and tells of nothing. `Ready` becomes True only when the
/// plan is empty, the service is Active and no managed part is unknown; passing trouble leaves a `Ready` of this generation alone.
pub fn conclude(
    key: &ObjectKey,
    reached: &ReconcileState,
    previous: &VpcEndpointServiceStatus,
    timing: &Timing,
    now: Timestamp,
) -> Report {
    let inputs = Inputs { key, reached, previous, timing, now };
    let assessment = pacing::worth_saying(&inputs, assess(&inputs));
    let (status, soonest) = status::status(&inputs, &assessment).map(|status| pacing::paced(&inputs, status)).unzip();
    let requeue = requeue::requeue(&inputs, soonest.flatten());
    Report { events: events::events(&inputs, status.as_ref()), export: export::steps(&inputs), requeue, status }
}

/// What is true of an object, for whoever asks without writing a status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// The status of `Ready`.
    pub ready: &'static str,
    pub reason: Reason,
    pub message: String,
    /// Only a person can help.
    pub is_stalled: bool,
}

/// What a reconcile means, whether it is worth a write or not. `None`: nothing new is known.
pub fn judge(
    key: &ObjectKey,
    reached: &ReconcileState,
    previous: &VpcEndpointServiceStatus,
    timing: &Timing,
    now: Timestamp,
) -> Option<Judgement> {
    let Assessment::Says(condition_set) = assess(&Inputs { key, reached, previous, timing, now }) else { return None };
    Some(Judgement {
        ready: condition_set.ready.as_str(),
        reason: condition_set.because.reason,
        message: condition_set.because.message,
        is_stalled: matches!(condition_set.trend, Trend::Stalled(_)),
    })
}

/// When a reconcile that got so far is followed by the next, if nothing requeues the object before.
pub fn looks_again(
    key: &ObjectKey,
    reached: &ReconcileState,
    previous: &VpcEndpointServiceStatus,
    timing: &Timing,
    now: Timestamp,
) -> Requeue {
    requeue::requeue(&Inputs { key, reached, previous, timing, now }, None)
}

fn assess(inputs: &Inputs<'_>) -> Assessment {
    if inputs.is_released() {
        return Assessment::Silent;
    }
    if let Some(spec) = inputs.deleting() {
        return deleting::assess(inputs, spec);
    }
    match &inputs.reached.resolved {
        None => Assessment::Keep,
        Some(Err(error)) => live::unresolved(inputs, error),
        Some(Ok(_)) => live::assess(inputs),
    }
}

/// An event, to be published once per transition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    pub reason: EventReason,
    /// At most 1,000 bytes, as the API server allows 1 kB.
    pub text: String,
}

#[cfg(test)]
mod tests;
