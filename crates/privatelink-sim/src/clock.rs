//! The one clock that drives everything.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Notify;
use tokio::time::Instant;

/// Simulated time: a base, plus the time that tokio's clock has run since, plus what was advanced by hand.
///
/// In a runtime with paused time the clock stands still but for tokio's own jumps, so that a test of minutes takes
/// milliseconds. In a running one it is real time.
pub struct SimClock {
    base: Timestamp,
    started: Instant,
    advanced: Mutex<Duration>,
    moved: Notify,
}

impl SimClock {
    /// A clock that shows `base` now.
    pub fn starting_at(base: Timestamp) -> Self {
        Self { base, started: Instant::now(), advanced: Mutex::new(Duration::ZERO), moved: Notify::new() }
    }

    /// The simulated time.
    pub fn now(&self) -> Timestamp {
        let advanced = *self.advanced.lock().unwrap_or_else(PoisonError::into_inner);
        after(self.base, self.started.elapsed().saturating_add(advanced))
    }

    /// Moves the clock forward at once; whoever sleeps on it wakes when due.
    pub fn advance(&self, by: Duration) {
        let mut advanced = self.advanced.lock().unwrap_or_else(PoisonError::into_inner);
        *advanced = advanced.saturating_add(by);
        drop(advanced);
        self.moved.notify_waiters();
    }

    /// Returns once the clock shows `due` or later.
    pub(crate) async fn sleep_until(&self, due: Timestamp) {
        loop {
            let moved = self.moved.notified();
            let Ok(left) = Duration::try_from(due.duration_since(self.now())) else { return };
            if left.is_zero() {
                return;
            }
            tokio::select! {
                () = tokio::time::sleep(left) => {}
                () = moved => {}
            }
        }
    }
}

impl fmt::Debug for SimClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SimClock").field("now", &self.now()).finish_non_exhaustive()
    }
}

/// `time` plus `by`, at the end of time if that is beyond it.
pub(crate) fn after(time: Timestamp, by: Duration) -> Timestamp {
    time.checked_add(by).unwrap_or(Timestamp::MAX)
}

/// `time` minus `by`, at the beginning of time if that is before it.
pub(crate) fn before(time: Timestamp, by: Duration) -> Timestamp {
    time.checked_sub(by).unwrap_or(Timestamp::MIN)
}

/// The provider's form: UTC, whole seconds, `2022-01-02T19:11:12Z`.
pub(crate) fn wire_time(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// As a `Date` header has it.
pub(crate) fn http_time(time: Timestamp) -> String {
    time.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::{SimClock, after, wire_time};

    fn base() -> jiff::Timestamp {
        "2026-01-02T03:04:05.678Z".parse().unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn a_sleep_ends_when_the_clock_is_moved_past_it() {
        let clock = Arc::new(SimClock::starting_at(base()));
        let sleeper = tokio::spawn({
            let clock = Arc::clone(&clock);
            async move { clock.sleep_until(after(base(), Duration::from_hours(1))).await }
        });
        tokio::task::yield_now().await;
        let before = tokio::time::Instant::now();
        clock.advance(Duration::from_hours(1));
        sleeper.await.unwrap();
        assert_eq!(before.elapsed(), Duration::ZERO);
        assert_eq!(clock.now(), after(base(), Duration::from_hours(1)));
    }

    #[test]
    fn wire_times_have_whole_seconds() {
        assert_eq!(wire_time(base()), "2026-01-02T03:04:05Z");
    }
}
