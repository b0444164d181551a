//! The journal of the cloud, counted.

use std::collections::BTreeMap;

use privatelink_sim::Call;

/// How often each operation was called, and how often it was answered with which error.
pub(super) fn counts(calls: &[Call]) -> String {
    let mut by_operation: BTreeMap<&str, (usize, BTreeMap<&str, usize>)> = BTreeMap::new();
    for call in calls {
        let (times, codes) = by_operation.entry(&call.operation).or_default();
        *times += 1;
        if let Some(code) = &call.code {
            *codes.entry(code).or_default() += 1;
        }
    }
    let line = |(operation, (times, codes))| format!("  {operation}: {times}, of them {codes:?}\n");
    by_operation.into_iter().map(line).collect()
}

/// The calls of each operation, oldest first.
pub(super) fn by_operation(calls: Vec<Call>) -> BTreeMap<String, Vec<Call>> {
    let mut by_operation: BTreeMap<String, Vec<Call>> = BTreeMap::new();
    for call in calls {
        by_operation.entry(call.operation.clone()).or_default().push(call);
    }
    by_operation
}
