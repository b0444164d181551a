//! The lanes: writes in the order that the provider allows, at the rate that it documents.

use jiff::Timestamp;

/// Why there is no turn now. The lanes wake the object when there is.
#[derive(Clone, Debug)]
pub enum NoTurn {
    /// Others are before it, or the rate is used up.
    Queued,
    /// The operation is closed for the whole account: throttled, or refused for a reason that is the account's.
    Closed { until: Timestamp, error: Box<privatelink::Error> },
}
