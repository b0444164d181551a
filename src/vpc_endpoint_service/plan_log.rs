//! The one line of every reconcile that says what was planned, and why.

use tracing::{Level, debug, enabled};

use super::conclude::ReconcileState;
use super::plan::Summary;

/// Says it at the level `debug`: the plan as it was carried out, or why there is none. See [`Summary`] for how to read it.
pub(super) fn log_plan(reached: &ReconcileState) {
    if !enabled!(Level::DEBUG) {
        return;
    }
    match (&reached.plan, &reached.resolved, &reached.observed) {
        (Some(plan), ..) => {
            let Summary { because, mode, waits_for, steps, look } = plan.summary();
            debug!(because, mode, waits_for, steps, look, "plan");
        }
        (None, Some(Err(error)), _) => debug!(because = "not-resolved", "no plan: {error}"),
        (None, _, Some(Err(error))) => debug!(because = "not-observed", "no plan: {error}"),
        (None, None | Some(Ok(_)), None | Some(Ok(_))) => {}
    }
}
