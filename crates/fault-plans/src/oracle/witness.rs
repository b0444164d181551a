//! Never two live services with one owner: the simulator looks at every Create, so that one that is cleaned up later counts as well.

use super::Case;

pub(super) fn look(case: &Case<'_>) -> Vec<String> {
    let told = |violation: &privatelink_sim::Violation| {
        format!("two live services with one owner: {} at {}", violation.services.join(" and "), violation.time)
    };
    case.evidence.violations.iter().map(told).collect()
}
