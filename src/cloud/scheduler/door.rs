//! The door of one operation: open, or closed for everybody with one probe at a time.

use std::time::Duration;

use privatelink::Error;

use super::ending::{Cause, Ending};
use super::moment::Moment;
use crate::timing::Timing;

/// Whether an operation may be called at all.
#[derive(Debug, Default)]
pub(super) struct Door {
    /// How often it was closed. Calls that began before the last time say nothing about whether it may open.
    closings: u64,
    closed: Option<Closed>,
}

#[derive(Debug)]
struct Closed {
    until: Moment,
    cause: Cause,
    /// Refusals in a row, 1 for the first.
    refusals: u32,
    error: Error,
    /// Somebody is on the way to find out whether it may open.
    probing: bool,
}

/// Says how the door stood when a turn passed through it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ticket {
    closings: u64,
}

/// How long a door stays closed, by cause.
#[derive(Clone, Copy, Debug)]
pub(super) struct Delays {
    throttled: Growing,
    account: Growing,
}

/// A delay that doubles from its first step to its last.
#[derive(Clone, Copy, Debug)]
pub(super) struct Growing {
    pub(super) first: Duration,
    pub(super) max: Duration,
}

impl Door {
    pub(super) fn admits(&self, now: Moment) -> bool {
        self.closed.as_ref().is_none_or(|closed| !closed.probing && closed.until <= now)
    }

    /// Lets one through. Only when it admits.
    pub(super) fn enter(&mut self) -> Ticket {
        if let Some(closed) = &mut self.closed {
            closed.probing = true;
        }
        Ticket { closings: self.closings }
    }

    /// Somebody comes back without having called.
    pub(super) fn give_back(&mut self, ticket: Ticket) {
        if let Some(closed) = self.closed.as_mut().filter(|_| ticket.closings == self.closings) {
            closed.probing = false;
        }
    }

    /// Learns from the end of a call; says whether the door closed.
    pub(super) fn learn(&mut self, now: Moment, ticket: Ticket, ending: Ending, delays: &Delays) -> bool {
        let is_news = ticket.closings == self.closings;
        match ending {
            Ending::Refused { cause, after, error } if is_news => {
                self.close(now, cause, after, error, delays);
                true
            }
            Ending::Refused { after: Some(after), .. } => {
                self.extend(now + after);
                false
            }
            Ending::Done if is_news => {
                self.closed = None;
                false
            }
            // Any answer but "too many calls" shows that the rate allows calls again.
            Ending::Answered | Ending::Own { .. } | Ending::Collided
                if is_news && self.is_closed_by(Cause::Throttled) =>
            {
                self.closed = None;
                false
            }
            _ => {
                self.give_back(ticket);
                false
            }
        }
    }

    /// Until when it is closed, and by what answer.
    pub(super) fn notice(&self) -> Option<(Moment, &Error)> {
        self.closed.as_ref().map(|closed| (closed.until, &closed.error))
    }

    /// When a closed door lets a probe through; `None`: it is open, or a probe is on its way.
    pub(super) fn opens(&self) -> Option<Moment> {
        self.closed.as_ref().filter(|closed| !closed.probing).map(|closed| closed.until)
    }

    fn is_closed_by(&self, cause: Cause) -> bool {
        self.closed.as_ref().is_some_and(|closed| closed.cause == cause)
    }

    fn close(&mut self, now: Moment, cause: Cause, after: Option<Duration>, error: Error, delays: &Delays) {
        let before = self.closed.as_ref().filter(|closed| closed.cause == cause).map_or(0, |closed| closed.refusals);
        let refusals = before.saturating_add(1);
        let until = now + after.unwrap_or_else(|| delays.after(cause, refusals));
        self.closings += 1;
        self.closed = Some(Closed { until, cause, refusals, error, probing: false });
    }

    /// Another call of the same wave was refused too: the longest delay counts.
    fn extend(&mut self, until: Moment) {
        if let Some(closed) = &mut self.closed {
            closed.until = closed.until.max(until);
        }
    }
}

impl Delays {
    pub(super) fn of(timing: &Timing) -> Self {
        Self {
            throttled: Growing { first: timing.throttle_first, max: timing.throttle_max },
            account: Growing { first: timing.refused_first, max: timing.refused_max },
        }
    }

    fn after(&self, cause: Cause, refusals: u32) -> Duration {
        match cause {
            Cause::Throttled => self.throttled.step(refusals),
            Cause::Account => self.account.step(refusals),
        }
    }
}

impl Growing {
    /// The n-th step, 1 for the first: doubling up to the last.
    pub(super) fn step(self, n: u32) -> Duration {
        let factor = 2_u32.checked_pow(n.saturating_sub(1)).unwrap_or(u32::MAX);
        self.first.saturating_mul(factor).min(self.max)
    }
}
