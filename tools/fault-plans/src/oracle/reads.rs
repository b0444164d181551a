//! Lists look at all services at once; a single one is looked at when something is done to it. So there are few such calls, and nobody
//! runs into the provider's rates.

use privatelink_sim::Call;

use super::Case;

/// How many more looks at single services a fault explains: what was done to a service is awaited by Get, every 40 ms for at most about a
/// second more, and a new process looks at every service again, at four things each.
const AWAITED: usize = 40;
const READ_AGAIN: usize = 4;
/// The same where the whitelist is two lists whose counts do not fit, so that each is read twice.
const READ_AGAIN_OF_TWO_LISTS: usize = 8;

pub(super) fn look(case: &Case<'_>) -> Vec<String> {
    let (Some(reference), Some(plan)) = (case.reference, case.plan) else { return Vec::new() };
    let again = if plan.guesses == 0 { READ_AGAIN } else { READ_AGAIN_OF_TWO_LISTS };
    let (made, allowed) = (case.evidence.looks().count(), reference.looks + AWAITED + again * case.workload.objects());
    let many = (made > allowed).then(|| format!("{made} looks at single services, where {allowed} are explained"));
    let is_throttled =
        |call: &&Call| call.fault.is_none() && call.code.as_deref().is_some_and(|code| code.starts_with("Throttling"));
    let throttled = case.evidence.journal.iter().find(is_throttled);
    let told = throttled.map(|call| format!("{} was called more often than the provider allows", call.operation));
    many.into_iter().chain(told).collect()
}
