//! What the simulated cloud is told to do wrong.

use std::time::Duration;

use privatelink_sim::{Fault, FaultKind, Moment, Simulator, Span};

use crate::fault::CloudFault;

/// How long a throttled caller is asked to wait: more than the operator's own first delay.
const RETRY_AFTER: Span = Span::millis(400);

/// Longer than every deadline of the plans.
const HANG: Duration = Duration::from_secs(20);

/// Orders a fault for the n-th call of an operation from now on.
pub(crate) fn order(simulator: &Simulator, fault: CloudFault, operation: &str, nth: usize) {
    if matches!(fault, CloudFault::RepeatedPage | CloudFault::LostPage) {
        // As many pages as there can be.
        simulator.change_config(|config| config.lists.page_size_cap = Some(1));
    }
    // A count fits.
    let nth = u64::try_from(nth).unwrap_or(u64::MAX);
    simulator.fault(Fault::next(operation, kind(fault)).at(nth));
}

fn kind(fault: CloudFault) -> FaultKind {
    let throttle = |status, retry_after| FaultKind::Throttle { status, retry_after };
    let refused = |code: &str| FaultKind::error(code);
    let broken = |code: &str, status, moment| FaultKind::Error { code: code.to_owned(), status: Some(status), moment };
    match fault {
        CloudFault::Throttle400 => throttle(400, None),
        CloudFault::Throttle400After => throttle(400, Some(RETRY_AFTER)),
        CloudFault::Throttle429 => throttle(429, None),
        CloudFault::Throttle429After => throttle(429, Some(RETRY_AFTER)),
        CloudFault::InternalErrorApplied => broken("InternalError", 500, Moment::AfterEffect),
        CloudFault::InternalError => broken("InternalError", 500, Moment::BeforeEffect),
        CloudFault::Unavailable => broken("ServiceUnavailable", 503, Moment::BeforeEffect),
        CloudFault::TimeOutApplied => FaultKind::TimeOut { moment: Moment::AfterEffect, after: HANG },
        CloudFault::Truncated => FaultKind::Truncate { bytes: 20 },
        CloudFault::ConcurrentCall => refused("ConcurrentCallNotSupported"),
        CloudFault::OperationDenied => refused("EndpointServiceOperationDenied"),
        CloudFault::DeniedWith200 => broken("EndpointServiceOperationDenied", 200, Moment::BeforeEffect),
        CloudFault::IdempotentProcessing => refused("IdempotentProcessing"),
        CloudFault::TokenProcessingApplied => broken("OperationFailed.LastTokenProcessing", 400, Moment::AfterEffect),
        CloudFault::UnknownCodeApplied => broken("OperationFailed.SomethingNew", 400, Moment::AfterEffect),
        CloudFault::BurntToken => FaultKind::BurntToken,
        CloudFault::IdempotentMismatch => refused("IdempotentParameterMismatch"),
        CloudFault::Forbidden => broken("Forbidden.RAM", 403, Moment::BeforeEffect),
        CloudFault::ExpiredToken => FaultKind::ExpiredToken,
        CloudFault::RepeatedPage => FaultKind::RepeatedPage,
        CloudFault::LostPage => FaultKind::LostPage,
    }
}
