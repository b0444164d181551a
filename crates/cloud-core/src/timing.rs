//! How long things may take.

use std::time::Duration;

/// The deadlines of a call and the delays between its attempts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// From sending a request to the end of its answer. 10 s is the read time-out of the provider's SDKs; listing 1,000
    /// services takes seconds. A read is hedged when half of it is over, or a quarter if the server
    /// answered something that was sent later.
    pub attempt: Duration,
    /// For the whole call, credentials and delays included. 25 s has room for two attempts that hang and leaves a
    /// reconcile of 60 s time for something else.
    pub call: Duration,
    /// How often a request is sent at most when connections fail or the server answers 5xx. More than 3 quick attempts
    /// load a server that is ill already.
    pub attempts: u32,
    /// The longest delay before the second attempt; it doubles with each further one. The delay itself is drawn evenly
    /// between zero and this (full jitter).
    pub first_delay: Duration,
    /// The longest delay between two attempts.
    pub longest_delay: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            attempt: Duration::from_secs(10),
            call: Duration::from_secs(25),
            attempts: 3,
            first_delay: Duration::from_millis(500),
            longest_delay: Duration::from_secs(2),
        }
    }
}

impl Timing {
    /// How long a read may be without an answer before it is hedged, if what was sent later is answered.
    pub(crate) fn hedge_delay_when_later_ones_are_answered(&self) -> Duration {
        self.attempt / 4
    }

    /// How long a read may be without an answer before it is hedged.
    pub(crate) fn hedge_delay(&self) -> Duration {
        self.attempt / 2
    }

    /// The upper bound of the delay before attempt `number`, the first being 1.
    pub(crate) fn delay_before(&self, number: u32) -> Duration {
        let doublings = number.saturating_sub(2).min(16);
        self.first_delay.saturating_mul(1 << doublings).min(self.longest_delay)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_double_up_to_the_longest() {
        let delays = [2, 3, 4, 5, u32::MAX].map(|number| Timing::default().delay_before(number).as_millis());
        assert_eq!(delays, [500, 1000, 2000, 2000, 2000]);
    }
}
