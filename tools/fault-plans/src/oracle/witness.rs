//! Never two live services with one owner: the simulator looks at every Create, so that one that is cleaned up later counts as well.

use privatelink_sim::Violation;

use super::Case;

pub(super) fn look(case: &Case<'_>) -> Vec<String> {
    witnessed(&case.evidence.violations)
}

/// In words.
pub(crate) fn witnessed(violations: &[Violation]) -> Vec<String> {
    let told = |violation: &Violation| {
        format!("two live services with one owner: {} at {}", violation.services.join(" and "), violation.time)
    };
    violations.iter().map(told).collect()
}
