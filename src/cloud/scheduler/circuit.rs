//! What the end of a write does to the circuit breaker of its operation.

use std::time::Duration;

use super::call_outcome::CallOutcome;
use super::elapsed::Elapsed;
use crate::backoff::Backoff;
use crate::cloud::breaker::{Breaker, Ticket};
use crate::cloud::errors::Cause;
use crate::timing::Timing;

/// How long a breaker stays tripped where the provider names no time, by cause.
#[derive(Clone, Copy, Debug)]
pub(super) struct Delays {
    throttled: Backoff,
    account: Backoff,
}

/// Learns from the end of a call; says whether the breaker tripped.
pub(super) fn learn(
    breaker: &mut Breaker<Elapsed>,
    now: Elapsed,
    ticket: Ticket,
    outcome: CallOutcome,
    delays: &Delays,
) -> bool {
    let is_news = breaker.is_current(ticket);
    match outcome {
        CallOutcome::Refused { cause, after, error } if is_news => {
            let until = now + after.unwrap_or_else(|| delays.after(cause, breaker.next_in_a_row(cause)));
            breaker.trip(now, until, cause, error);
            return true;
        }
        CallOutcome::Refused { after: Some(after), .. } => breaker.extend(now + after),
        CallOutcome::Done if is_news => breaker.reset(),
        // Any answer but "too many calls" shows that the rate allows calls again.
        CallOutcome::Answered | CallOutcome::Own { .. } | CallOutcome::Collided
            if is_news && breaker.is_tripped_by(Cause::Throttled) =>
        {
            breaker.reset();
        }
        _ => breaker.give_back(ticket),
    }
    false
}

impl Delays {
    pub(super) fn of(timing: &Timing) -> Self {
        Self {
            throttled: Backoff::new(timing.throttle_backoff_initial, timing.throttle_backoff_max),
            account: Backoff::new(timing.account_error_backoff_initial, timing.account_error_backoff_max),
        }
    }

    fn after(&self, cause: Cause, in_a_row: u32) -> Duration {
        match cause {
            Cause::Throttled => self.throttled.delay(in_a_row),
            Cause::Account => self.account.delay(in_a_row),
        }
    }
}
