//! No more calls that change something than without the fault, and as many more as are explained.

use super::Case;
use crate::fault::{CrashPoint, Family, Fault, Site};
use crate::plan::Plan;
use crate::proxy::Side;

pub(super) fn look(case: &Case<'_>) -> Vec<String> {
    let (Some(reference), Some(plan)) = (case.reference, case.plan) else { return Vec::new() };
    let explained = by_fault(plan) + case.evidence.unseen + case.workload.races;
    let made = case.evidence.mutating().count() - case.evidence.met_a_lock(plan);
    let allowed = reference.mutating + explained;
    if made <= allowed {
        return Vec::new();
    }
    let calls: Vec<_> = case.evidence.mutating().map(|call| call.operation.as_str()).collect();
    vec![format!("{made} calls that change something, where {allowed} are explained: {}", calls.join(", "))]
}

/// How many more calls the fault itself explains. What a kill leaves unseen is counted, not guessed.
fn by_fault(plan: &Plan) -> usize {
    match plan.fault.family() {
        Family::Crash => usize::from(meets_itself(plan)),
        // The client tries three times within one call, and the next reconcile once more.
        Family::Cloud => 3,
        // A write that is lost or refused is written again; the cloud need not be told again. The call that was under way when the lead was lost is made
        // again by the next leader, which cannot know of it.
        Family::Kubernetes | Family::Strip | Family::Lead => 1,
        // What is seen late, twice or in the wrong order is looked at before anything is done.
        Family::View => 0,
    }
}

/// A call arrives while the next process is at work: its own call may be refused because that one is under way, and is made again.
fn meets_itself(plan: &Plan) -> bool {
    plan.fault == Fault::Crash(CrashPoint::Late) && matches!(plan.site, Site::Call { side: Side::Cloud, .. })
}
