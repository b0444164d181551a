//! Calls to the cloud, counted.

use std::collections::BTreeMap;

use privatelink_sim::Call;

/// How often each operation was called.
pub(crate) type ByOperation = BTreeMap<String, usize>;

pub(crate) fn by_operation(calls: &[Call]) -> ByOperation {
    let mut counted = ByOperation::new();
    for call in calls {
        *counted.entry(call.operation.clone()).or_default() += 1;
    }
    counted
}

/// Those that got an error for an answer.
pub(crate) fn refused(calls: &[Call]) -> usize {
    calls.iter().filter(|call| call.code.is_some()).count()
}
