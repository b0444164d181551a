//! No more calls that change something than without the fault, and as many more as the fault explains.

use super::Case;
use crate::plan::{CrashPoint, Family, Fault, Plan};
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
        Family::Crash => at_once(plan.fault) * workload.objects(),
        // The client tries three times within one call, and the next pass once more.
        Family::Cloud => 3,
        // A write that is lost or refused is written again; the cloud need not be told again.
        Family::Kubernetes | Family::Strip => 1,
        // What is seen late, twice or in the wrong order is looked at before anything is done.
        Family::View => 0,
    };
    by_fault + workload.races
}

/// How many calls a kill explains for each object.
fn at_once(fault: Fault) -> usize {
    match fault {
        // The next process makes the call as well, and may be told that the first is at work.
        Fault::Crash(CrashPoint::Late) => 2,
        // The call that was under way is made again.
        _ => 1,
    }
}
