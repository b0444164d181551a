//! No more reconciles at a time than the operator is allowed: each has at most one call to the API server under way.

use std::time::Instant;

use super::Case;
use crate::proxy::Seen;
use crate::settings::CONCURRENCY;

pub(super) fn look(case: &Case<'_>) -> Vec<String> {
    let most = most_at_a_time(&case.evidence.kubernetes_calls);
    let told = || format!("{most} calls to the API server at a time, where {CONCURRENCY} reconciles are allowed");
    (most > usize::from(CONCURRENCY)).then(told).into_iter().collect()
}

/// The most calls of reconciles that were under way at one moment; what the watch and the election call does not count.
fn most_at_a_time(calls: &[Seen]) -> usize {
    let is_of_a_reconcile = |call: &&Seen| {
        !["LIST ", "WATCH "].iter().any(|verb| call.kind.0.starts_with(verb)) && !call.kind.is_of_election()
    };
    let spans: Vec<_> = calls.iter().filter(is_of_a_reconcile).filter_map(|call| Some((call.at, end(call)?))).collect();
    let under_way = |moment: Instant| spans.iter().filter(|(begin, end)| *begin <= moment && moment < *end).count();
    spans.iter().map(|(begin, _)| under_way(*begin)).max().unwrap_or_default()
}

/// When it was over for the caller, at the latest: once the upstream had answered, or the caller had gone.
fn end(call: &Seen) -> Option<Instant> {
    [call.answered.map(|(_, at)| at), call.caller_gone].into_iter().flatten().min()
}
