//! It ends as it does without a fault, ids and times aside.

use super::Case;

pub(super) fn look(case: &Case<'_>) -> Vec<String> {
    let Some(reference) = case.reference else { return Vec::new() };
    if case.evidence.end == reference.end {
        return Vec::new();
    }
    vec![format!(
        "it ends otherwise than without the fault (+ now, - then):\n{}",
        case.evidence.end.difference(&reference.end)
    )]
}
