//! Ordered lists of small checks: the first that has something to say makes the plan. `plan` and `teardown` are made of them.

use super::{Mode, Next, Plan};

/// One check. `Ask` is a function of what the checks of its list ask about; `None` is its answer where it has nothing to say.
#[derive(Debug)]
pub(in super::super) struct Check<Ask> {
    /// The word that the log and the tests know it by; the comment beside each says why it stands where it stands.
    pub(in super::super) reason: &'static str,
    pub(in super::super) ask: Ask,
}

/// What the first check asks for that has something to say, with its reason.
pub(in super::super) fn first<Ask: Copy>(
    checks: &[Check<Ask>],
    answer: impl Fn(Ask) -> Option<Next>,
) -> Option<(&'static str, Next)> {
    checks.iter().find_map(|check| Some((check.reason, answer(check.ask)?)))
}

/// The plan of what a check asks for, where nothing is compared.
pub(in super::super) fn plan_of((because, next): (&'static str, Next)) -> Plan {
    let Next { steps, wait, look } = next;
    Plan { steps, wait, look, because: Some(because), mode: Mode::Act, ..Plan::default() }
}
