//! No token stands for two different requests: the provider would say so, and the operator would not know what the first one made.

use privatelink_sim::Call;

use super::Case;
use crate::fault::{CrashPoint, Fault};

/// What the provider says to a token that stood for something else.
const MISMATCH: &str = "IdempotentParameterMismatch";

pub(super) fn look(case: &Case<'_>) -> Vec<String> {
    // A call that a dead process sent arrives when its successor may long have decided otherwise. Then the token is what keeps it at one
    // service.
    let is_late = case.plan.is_some_and(|plan| plan.fault == Fault::Crash(CrashPoint::Late));
    if is_late {
        return Vec::new();
    }
    let is_mixed_up = |call: &&Call| call.code.as_deref() == Some(MISMATCH) && call.fault.is_none();
    let told = |call: &Call| format!("{} {} carries the token of another request", call.operation, call.request_id);
    case.evidence.mutating().filter(is_mixed_up).map(told).collect()
}
