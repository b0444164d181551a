//! The pauses between tries of a list or watch.

use std::time::Duration;

use kube::runtime::utils::Backoff as Resettable;

use crate::backoff::Backoff;

/// After a failed list or watch: this, doubled up to the maximum. Short, because an operator that is blind does nothing at all, and
/// one client that asks every 5 s is no load.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const MAX_PAUSE: Duration = Duration::from_secs(5);

/// The pauses between two tries.
#[derive(Debug, Default)]
pub struct Pause {
    failures: u32,
}

impl Iterator for Pause {
    type Item = Duration;

    /// Between half and all of the step: many operators that lost the same API server do not come back as one.
    fn next(&mut self) -> Option<Duration> {
        self.failures = self.failures.saturating_add(1);
        Some(Backoff::new(FIRST_PAUSE, MAX_PAUSE).delay(self.failures).mul_f64(0.5 + rand::random::<f64>() / 2.0))
    }
}

impl Resettable for Pause {
    fn reset(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_five_seconds_and_begin_again_after_a_success() {
        let mut pause = Pause::default();
        let steps: Vec<Duration> = (0..7).map(|_| pause.next().unwrap()).collect();
        for (step, bound) in steps.iter().zip([200, 400, 800, 1_600, 3_200, 5_000, 5_000].map(Duration::from_millis)) {
            assert!(*step <= bound && *step >= bound / 2, "{steps:?}");
        }
        pause.reset();
        assert!(pause.next().unwrap() <= FIRST_PAUSE);
    }
}
