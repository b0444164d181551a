//! Last step: what is to be said. Pure; made on every exit, failures included.
//!
//! The pass is looked at once (`scene`), judged by an ordered list of small checks (`live`, `deleting`) into one picture of the
//! object (`picture`), and from that come conditions, status, events and the time of the next pass. That is what is true; when it is written
//! is decided in one place (`pacing`).

mod conditions;
mod deleting;
mod drift;
mod events;
mod grounds;
mod held;
mod live;
mod pacing;
mod picture;
mod places;
mod progress;
mod requeue;
mod scene;
mod status;
mod unmade;
mod waits;
mod words;

use jiff::Timestamp;

use super::execute::Outcome;
use super::observe::Observed;
use super::plan::Plan;
use super::resolve::{Marked, ResolveError, Resolved};
use crate::crd::{EventReason, VpcEndpointServiceStatus};
use crate::identity::ObjectKey;
pub use crate::runtime::Requeue;
use crate::timing::Timing;
use picture::Stance;
use scene::Scene;

/// A pass, as far as it got.
#[derive(Clone, Debug, Default)]
pub struct Walk {
    /// When this process began to look.
    pub process_start: Timestamp,
    /// The object carries the deletion mark.
    pub marked: Option<Marked>,
    pub resolved: Option<Result<Resolved, ResolveError>>,
    /// The error is that of a single read; what the inventory knows never fails.
    pub observed: Option<Result<Observed, cloud_core::Error>>,
    pub plan: Option<Plan>,
    pub outcome: Option<Outcome>,
}

/// What the driver applies.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// `None`: the object is gone or about to go, nothing is to be written.
    pub status: Option<VpcEndpointServiceStatus>,
    pub events: Vec<Note>,
    pub requeue: Requeue,
}

/// Says what is to be said of a pass, in the light of what was said before.
///
/// Concluding the same pass again on the status that this gives changes nothing and tells of nothing. `Ready` becomes True only when the
/// plan is empty, the service is Active and no managed part is unknown; passing trouble leaves a `Ready` of this generation alone.
pub fn conclude(
    key: &ObjectKey,
    walk: &Walk,
    previous: &VpcEndpointServiceStatus,
    timing: &Timing,
    now: Timestamp,
) -> Report {
    let scene = Scene { key, walk, previous, timing, now };
    let stance = pacing::worth_saying(&scene, stance(&scene));
    let (status, soonest) = status::status(&scene, &stance).map(|status| pacing::paced(&scene, status)).unzip();
    let requeue = requeue::requeue(&scene, soonest.flatten());
    Report { events: events::events(&scene, status.as_ref()), requeue, status }
}

fn stance(scene: &Scene<'_>) -> Stance {
    if scene.is_released() {
        return Stance::Silent;
    }
    if let Some(spec) = scene.deleting() {
        return deleting::stance(scene, spec);
    }
    match &scene.walk.resolved {
        None => Stance::Keep,
        Some(Err(error)) => live::unresolved(scene, error),
        Some(Ok(_)) => live::stance(scene),
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
