//! Whether, and how, a failed attempt is retried: a pure decision.

use jiff::Timestamp;

use super::Failure;
use crate::credentials::Credentials;
use crate::error::{Error, ErrorKind, Fate, code, is_token_code};
use crate::operation::ApiOperation;

/// What to do after a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Hand the error to the caller.
    GiveUp,
    /// Retry after a delay, as attempt `number`.
    Retry { number: u32 },
    /// Take over the server's time, then retry.
    SetClock { server_time: Timestamp },
    /// Retry: a new nonce comes by itself.
    RenewNonce,
    /// Drop the credentials, then retry with what the source gives.
    RenewCredentials,
    /// Retry if the source gives other credentials by now: a key that was replaced while the call was under way.
    ReloadCredentials,
}

/// What can be put right from here, each once in a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Repair {
    Clock,
    Nonce,
    Credentials,
}

/// What has been tried so far in one call.
#[derive(Debug)]
pub(super) struct Attempts {
    operation: ApiOperation,
    limit: u32,
    quick: u32,
    repaired: Vec<Repair>,
    /// Whether some attempt may have had its effect, whatever later ones were answered.
    ambiguous: bool,
}

impl Attempts {
    pub(super) fn new(operation: ApiOperation, limit: u32) -> Self {
        Self { operation, limit, quick: 1, repaired: Vec::new(), ambiguous: false }
    }

    /// Notes a failure and says what comes next. Each repair happens once in a call; a throttled answer is never followed
    /// by another attempt here, because the rate has an owner who must hear of it.
    pub(super) fn after(&mut self, failure: &Failure) -> Next {
        let error = &failure.error;
        self.ambiguous |= error.fate() == Fate::Ambiguous;
        match self.repair(failure) {
            Some(next) => next,
            None if self.may_retry(error) => {
                self.quick += 1;
                Next::Retry { number: self.quick }
            }
            None => Next::GiveUp,
        }
    }

    /// The error of the call, whose fate is that of all attempts together.
    pub(super) fn conclude(&self, error: Error) -> Error {
        if self.ambiguous { error.with_fate(Fate::Ambiguous) } else { error }
    }

    fn repair(&mut self, failure: &Failure) -> Option<Next> {
        let error = &failure.error;
        if error.kind() == ErrorKind::Throttled {
            return None;
        }
        let code = error.code()?;
        let temporary = failure.credentials.as_ref().is_some_and(Credentials::are_temporary);
        match code {
            code::TIME_STAMP_EXPIRED => {
                let server_time = failure.server_time?;
                self.once(Repair::Clock, Next::SetClock { server_time })
            }
            code::SIGNATURE_NONCE_USED => self.once(Repair::Nonce, Next::RenewNonce),
            _ if is_token_code(code, temporary) => self.once(Repair::Credentials, Next::RenewCredentials),
            _ if error.kind() == ErrorKind::Credential => self.once(Repair::Credentials, Next::ReloadCredentials),
            _ => None,
        }
    }

    fn once(&mut self, repair: Repair, next: Next) -> Option<Next> {
        let fresh = !self.repaired.contains(&repair);
        self.repaired.push(repair);
        fresh.then_some(next)
    }

    /// Connections that fail and servers that break down, while a retry does no harm: the operation reads, or has a
    /// token, or was certainly not sent.
    fn may_retry(&self, error: &Error) -> bool {
        let harmless = !self.operation.mutates()
            || self.operation.has_client_token
            || (error.fate() == Fate::NotSent && !self.ambiguous);
        let passing = error.kind() == ErrorKind::Transient
            && match error.http_status() {
                Some(status) => status >= 500,
                None => true,
            };
        harmless && passing && self.quick < self.limit
    }
}
