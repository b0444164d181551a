//! Never two live services with one owner: the simulator looks at every Create, so that one that is cleaned up later counts as well. And no consumer is
//! cut off where none is to be, not even for a moment.

use privatelink_sim::Violation;

use super::Case;

pub(super) fn look(case: &Case<'_>) -> Vec<String> {
    let cut = case.evidence.unserved.iter().filter(|_| case.workload.keeps_consumers());
    let cut = cut.map(|one| format!("{} was served by no zone at {}", one.endpoint_id, one.time));
    witnessed(&case.evidence.violations).into_iter().chain(cut).collect()
}

/// In words.
pub(crate) fn witnessed(violations: &[Violation]) -> Vec<String> {
    let told = |violation: &Violation| {
        format!("two live services with one owner: {} at {}", violation.services.join(" and "), violation.time)
    };
    violations.iter().map(told).collect()
}
