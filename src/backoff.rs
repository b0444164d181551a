//! Exponential back-off: the one place where a delay doubles. Pure: time and jitter are the caller's.

use std::time::Duration;

/// A delay that doubles from its first step to its last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Backoff {
    pub(crate) first: Duration,
    pub(crate) max: Duration,
}

impl Backoff {
    pub(crate) const fn new(first: Duration, max: Duration) -> Self {
        Self { first, max }
    }

    /// The delay after so many failures in a row, 1 for the first.
    pub(crate) fn delay(self, failures: u32) -> Duration {
        let factor = 1_u32.checked_shl(failures.saturating_sub(1)).unwrap_or(u32::MAX);
        self.first.saturating_mul(factor).min(self.max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delay_doubles_from_the_first_to_the_last_step() {
        let backoff = Backoff::new(Duration::from_secs(1), Duration::from_mins(5));
        let steps: Vec<u64> = (0..=11).map(|failures| backoff.delay(failures).as_secs()).collect();
        assert_eq!(steps, [1, 1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
        assert_eq!(backoff.delay(u32::MAX), backoff.max);
    }

    #[test]
    fn a_last_step_below_the_first_wins() {
        let backoff = Backoff::new(Duration::from_secs(8), Duration::from_secs(2));
        assert_eq!(backoff.delay(1), Duration::from_secs(2));
    }
}
