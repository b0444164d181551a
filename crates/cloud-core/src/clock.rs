//! Where time and nonces come from: the one place that asks the system.

use std::fmt::Debug;
use std::sync::LazyLock;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;
use uuid::Uuid;

/// Says what time it is and makes texts that never come twice.
pub trait Clock: Send + Sync + Debug {
    /// The present moment.
    fn now(&self) -> Timestamp;

    /// A text that no other call returned, of at most 64 ASCII characters: the nonce of an attempt, a `ClientToken`.
    fn nonce(&self) -> String {
        Uuid::new_v4().simple().to_string()
    }
}

/// The time of this process: the wall clock as it was when the process first asked, and from then on the time that has passed.
///
/// It never goes back and never jumps, whatever becomes of the wall clock: one that is set back ten minutes must not stop everything
/// that waits until it has caught up. A wall clock that was wrong at the start stays wrong for the process; the offset to the provider's
/// clock, which signatures need, is learned from its answers. Time in which the machine is suspended does not count on most systems: what
/// waits then waits for as long again, and nothing becomes due early. All copies show the same time.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        static START: LazyLock<(Timestamp, std::time::Instant)> =
            LazyLock::new(|| (WallClock.now(), std::time::Instant::now()));
        elapsed_since(START.0, START.1.elapsed())
    }
}

/// The wall clock as it is set now: for what is shown to people, never for waits and comparisons.
#[derive(Clone, Copy, Debug, Default)]
pub struct WallClock;

impl Clock for WallClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the wall clock")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// Beyond the last representable moment the clock stands still.
fn elapsed_since(base: Timestamp, elapsed: Duration) -> Timestamp {
    base.checked_add(elapsed).unwrap_or(Timestamp::MAX)
}

/// A clock that follows the time of the tokio runtime: on a paused runtime it is virtual, on a running one it keeps pace
/// with the wall clock without following its jumps.
#[derive(Clone, Copy, Debug)]
pub struct TokioClock {
    base: Timestamp,
    started: Instant,
}

impl TokioClock {
    /// A clock that shows `base` now.
    pub fn starting_at(base: Timestamp) -> Self {
        Self { base, started: Instant::now() }
    }
}

impl Clock for TokioClock {
    fn now(&self) -> Timestamp {
        elapsed_since(self.base, self.started.elapsed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_of_a_process_begins_at_the_wall_clock_and_never_goes_back() {
        let (before, first) = (WallClock.now(), SystemClock.now());
        let later: Vec<Timestamp> = (0..1_000).map(|_| SystemClock.now()).collect();
        assert!(first.duration_since(before).abs() < jiff::SignedDuration::from_mins(1), "{before} {first}");
        assert!(later.is_sorted() && later[0] >= first);
    }

    #[test]
    fn a_clock_at_the_end_of_the_calendar_stands_still() {
        assert_eq!(elapsed_since(Timestamp::MAX, Duration::from_secs(1)), Timestamp::MAX);
    }
}
