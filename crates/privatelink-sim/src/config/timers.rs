//! How long things take.

use serde::{Deserialize, Serialize};

use super::Span;

/// Durations of transitions and of calls, in simulated time.
///
/// The provider documents none of them. The ranges follow what its clients wait for: Terraform looks after 5 s first,
/// then every 3 s, for up to 5 minutes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Timers {
    /// A service from `Creating` to `Active`. Default 2s..10s.
    pub creating: Span,
    /// A service from `Pending` back to `Active`. Default 1s..5s.
    pub pending: Span,
    /// A service from `Deleting` to gone. Default 2s..10s.
    pub deleting: Span,
    /// Until an attachment shows in the list, or a detached one leaves it. Default 1s..5s.
    pub attachment: Span,
    /// A connection through `Connecting`, `Disconnecting` or `Pending`. Default 2s..10s.
    pub connection: Span,
    /// An endpoint from `Creating` to `Active`. Default 2s..10s.
    pub endpoint_creating: Span,
    /// An endpoint from `Pending` back to `Active`, and its security group as long. Default 1s..5s.
    pub endpoint_pending: Span,
    /// A zone of an endpoint through `Creating`, `Connecting`, `Disconnecting` or `Deleting` when it changes by itself. Default
    /// 1s..5s.
    pub zone: Span,
    /// A zone of an endpoint through `Migrating`. Default 1s..5s.
    pub migration: Span,
    /// An endpoint from `Deleting` to gone. Default 2s..10s.
    pub endpoint_deleting: Span,
    /// A supported region through `Pending` or `Deleting`. Default 1s..5s.
    pub region: Span,
    /// From arrival to answer of a call that must not overlap; the lock is held as long. Default 1s.
    pub serial_call: Span,
    /// How much longer than until its answer the lock of a call that is serial in its account is held. Default 0s.
    pub account_lock: Span,
    /// From arrival to answer of any other write; its token is `IdempotentProcessing` as long. Default 100ms.
    pub write_call: Span,
    /// From arrival to answer of a read. Default 10ms.
    pub read_call: Span,
}

impl Default for Timers {
    fn default() -> Self {
        Self {
            creating: Span::secs(2, 10),
            pending: Span::secs(1, 5),
            deleting: Span::secs(2, 10),
            attachment: Span::secs(1, 5),
            connection: Span::secs(2, 10),
            endpoint_creating: Span::secs(2, 10),
            endpoint_pending: Span::secs(1, 5),
            zone: Span::secs(1, 5),
            migration: Span::secs(1, 5),
            endpoint_deleting: Span::secs(2, 10),
            region: Span::secs(1, 5),
            serial_call: Span::secs(1, 1),
            account_lock: Span::millis(0),
            write_call: Span::millis(100),
            read_call: Span::millis(10),
        }
    }
}

impl Timers {
    /// 60 ms for what takes up to 10 s by default, 30 ms for what takes up to 5 s, calls at once but for 10 ms of a serial one.
    pub fn fast() -> Self {
        Self {
            creating: Span::millis(60),
            pending: Span::millis(30),
            deleting: Span::millis(60),
            attachment: Span::millis(30),
            connection: Span::millis(60),
            endpoint_creating: Span::millis(60),
            endpoint_pending: Span::millis(30),
            zone: Span::millis(30),
            migration: Span::millis(30),
            endpoint_deleting: Span::millis(60),
            region: Span::millis(30),
            serial_call: Span::millis(10),
            account_lock: Span::millis(0),
            write_call: Span::millis(2),
            read_call: Span::millis(0),
        }
    }
}
