//! The circuit breaker of one operation: tripped by an answer that concerns every call of it, and reset by the half-open probe that finds the
//! provider answers again.
//!
//! Pure: the caller has the time, in whatever unit it counts (`I`), and says how long the breaker stays tripped. While it is tripped no call is
//! let through; then one probe at a time is, and the others wait for what it finds.

use cloud_core::Error;

use super::errors::Cause;

/// Whether an operation may be called at all.
#[derive(Clone, Debug)]
pub(super) struct Breaker<I> {
    /// How often it tripped. Calls that began before the last time say nothing about whether it may be reset.
    trips: u64,
    tripped: Option<Tripped<I>>,
}

#[derive(Clone, Debug)]
struct Tripped<I> {
    since: I,
    until: I,
    cause: Cause,
    /// How often in a row, 1 for the first.
    in_a_row: u32,
    error: Error,
    /// The probe is under way.
    is_probing: bool,
}

/// Says how the breaker stood when a call was let through.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ticket {
    trips: u64,
}

impl<I> Default for Breaker<I> {
    fn default() -> Self {
        Self { trips: 0, tripped: None }
    }
}

impl<I: Copy + Ord> Breaker<I> {
    /// A call may be sent now.
    pub(super) fn admits(&self, now: I) -> bool {
        self.tripped.as_ref().is_none_or(|tripped| !tripped.is_probing && tripped.until <= now)
    }

    /// Lets one call through, as the probe if the breaker is tripped. Only when it admits; the ticket must come back.
    pub(super) fn enter(&mut self) -> Ticket {
        if let Some(tripped) = &mut self.tripped {
            tripped.is_probing = true;
        }
        Ticket { trips: self.trips }
    }

    /// The call of a ticket was not made, or says nothing.
    pub(super) fn give_back(&mut self, ticket: Ticket) {
        if let Some(tripped) = self.tripped.as_mut().filter(|_| ticket.trips == self.trips) {
            tripped.is_probing = false;
        }
    }

    /// Lets a probe through that need not come back: if nobody ever hears of it, the next one goes at `until`.
    pub(super) fn lease_probe(&mut self, until: I) {
        if let Some(tripped) = &mut self.tripped {
            tripped.until = until;
        }
    }

    /// Nothing tripped it since the ticket was given.
    pub(super) fn is_current(&self, ticket: Ticket) -> bool {
        ticket.trips == self.trips
    }

    /// It tripped before `began`, so a call that began then says something about whether it may be reset.
    pub(super) fn tripped_before(&self, began: I) -> bool {
        self.tripped.as_ref().is_some_and(|tripped| tripped.since < began)
    }

    pub(super) fn is_tripped_by(&self, cause: Cause) -> bool {
        self.tripped.as_ref().is_some_and(|tripped| tripped.cause == cause)
    }

    /// Which in a row it would be to trip for this cause now, 1 for the first.
    pub(super) fn next_in_a_row(&self, cause: Cause) -> u32 {
        let before =
            self.tripped.as_ref().filter(|tripped| tripped.cause == cause).map_or(0, |tripped| tripped.in_a_row);
        before.saturating_add(1)
    }

    pub(super) fn trip(&mut self, now: I, until: I, cause: Cause, error: Error) {
        let in_a_row = self.next_in_a_row(cause);
        self.trips += 1;
        self.tripped = Some(Tripped { since: now, until, cause, in_a_row, error, is_probing: false });
    }

    /// Another call of the same wave was refused too: the longest delay counts.
    pub(super) fn extend(&mut self, until: I) {
        if let Some(tripped) = &mut self.tripped {
            tripped.until = tripped.until.max(until);
        }
    }

    pub(super) fn reset(&mut self) {
        self.tripped = None;
    }

    /// Until when it is tripped, and by what answer.
    pub(super) fn notice(&self) -> Option<(I, &Error)> {
        self.tripped.as_ref().map(|tripped| (tripped.until, &tripped.error))
    }

    /// When the next probe may go; `None`: it is not tripped, or a probe is under way.
    pub(super) fn probe_due(&self) -> Option<I> {
        self.tripped.as_ref().filter(|tripped| !tripped.is_probing).map(|tripped| tripped.until)
    }
}

#[cfg(test)]
mod tests {
    use cloud_core::test_support::refused;
    use privatelink::Operation;

    use super::*;

    fn tripped(trips: u32) -> Breaker<u32> {
        let mut breaker = Breaker::default();
        for n in 0..trips {
            let error = refused(Operation::CreateVpcEndpointService, "NeedOpenProduct");
            breaker.trip(n, n + 10, Cause::Account, error);
        }
        breaker
    }

    #[test]
    fn one_probe_at_a_time_is_let_through_once_the_time_is_over() {
        let mut breaker = tripped(1);
        assert_eq!((breaker.admits(9), breaker.admits(10)), (false, true));
        let probe = breaker.enter();
        assert_eq!((breaker.admits(10), breaker.probe_due()), (false, None));
        breaker.give_back(probe);
        assert!(breaker.admits(10));
        breaker.reset();
        assert!(breaker.admits(0) && breaker.notice().is_none());
    }

    #[test]
    fn a_call_from_before_the_trip_says_nothing() {
        let mut breaker = Breaker::default();
        let before = breaker.enter();
        breaker.trip(5, 10, Cause::Throttled, refused(Operation::TagResources, "Throttling.User"));
        assert!(!breaker.is_current(before) && !breaker.tripped_before(5) && breaker.tripped_before(6));
        let probe = breaker.enter();
        breaker.give_back(before);
        assert!(!breaker.admits(10), "the probe is still under way");
        assert!(breaker.is_current(probe));
    }

    #[test]
    fn a_leased_probe_that_is_never_heard_of_is_followed_by_the_next() {
        let mut breaker = tripped(1);
        breaker.lease_probe(20);
        assert_eq!((breaker.admits(19), breaker.admits(20)), (false, true));
    }

    #[test]
    fn trips_count_in_a_row_as_long_as_their_cause_is_the_same() {
        let breaker = tripped(3);
        assert_eq!((breaker.next_in_a_row(Cause::Account), breaker.next_in_a_row(Cause::Throttled)), (4, 1));
    }
}
