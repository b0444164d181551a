//! No more calls that change something than without the fault, and as many more as the fault explains.

use super::Case;
use crate::plan::{Family, Plan};
use crate::workload::Workload;

pub(super) fn look(case: &Case<'_>) -> Vec<String> {
    let (Some(reference), Some(plan)) = (case.reference, case.plan) else { return Vec::new() };
    let (made, allowed) = (case.evidence.mutating().count(), reference.mutating + allowance(plan, case.workload));
    if made <= allowed {
        return Vec::new();
    }
    let calls: Vec<_> = case.evidence.mutating().map(|call| call.operation.as_str()).collect();
    vec![format!("{made} calls that change something, where {allowed} are explained: {}", calls.join(", "))]
}

/// How many more calls a fault explains.
fn allowance(plan: &Plan, workload: &Workload) -> usize {
    let by_fault = match plan.fault.family() {
        // A killed process may have had one call under way for each object.
        Family::Crash => workload.objects(),
        // The client tries three times within one call, and the next pass once more.
        Family::Cloud => 3,
        // A write that is lost or refused is written again; the cloud need not be told again.
        Family::Kubernetes | Family::Strip => 1,
        // What is seen late, twice or in the wrong order is looked at before anything is done.
        Family::View => 0,
    };
    // Two operators know nothing of each other: what one does at a moment, the other may do as well.
    by_fault + (workload.operators - 1) * 4
}
