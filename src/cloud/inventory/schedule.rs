//! When the next list begins. Pure: it is told the time and its jitter.

use std::time::Duration;

use jiff::Timestamp;

use crate::backoff::Backoff;
use crate::cloud::spread::later;
use crate::timing::Timing;

/// The first and the last step of the back-off after a list that failed twice.
const BACKOFF_FIRST: Duration = Duration::from_secs(1);
/// One list in five seconds is far below every rate, and a cloud that comes back is seen soon.
const BACKOFF_MAX: Duration = Duration::from_secs(5);

/// Where the region itself is wrong and has never been right, nobody waits for an outage to end: the back-off grows further, so that regions
/// that people make up cost next to nothing.
const BACKOFF_MAX_NO_REGION: Duration = Duration::from_mins(5);

/// What lists are wanted for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Demand {
    /// The earliest moment that somebody asked for a list to begin at, or after.
    pub(super) requested: Option<Timestamp>,
    /// Something is expected to change by itself, or to become visible.
    pub(super) on_the_way: bool,
    /// There are objects, so the lists go on at their period.
    pub(super) objects: bool,
}

/// The schedule of one kind of list.
#[derive(Clone, Debug)]
pub(super) struct ResyncSchedule {
    spacing: Duration,
    spacing_max: Duration,
    period: Duration,
    /// When the newest list began, however it ended.
    begun: Option<Timestamp>,
    /// The step of the growing interval; `None`: it is reset with the next list.
    step: Option<u32>,
    /// What the period is multiplied by for this round, so that many operators do not list in step.
    jitter: f64,
    /// Failures since the newest success.
    failures: u32,
    /// Those of them that left it to us when to come again.
    unguided: u32,
    backoff_max: Duration,
}

/// What a failure means for those who wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// The first: it is tried once more before anybody hears of it.
    Retried,
    /// Not the first.
    Lasting,
}

impl ResyncSchedule {
    pub(super) fn new(timing: &Timing) -> Self {
        Self {
            spacing: timing.resync_interval_min,
            spacing_max: timing.resync_interval_max,
            period: timing.resync_period,
            begun: None,
            step: None,
            jitter: 1.0,
            failures: 0,
            unguided: 0,
            backoff_max: BACKOFF_MAX,
        }
    }

    /// When the next list is to begin; `None`: nobody needs one.
    pub(super) fn due(&self, now: Timestamp, demand: Demand) -> Option<Timestamp> {
        let wanted = self.wanted(now, demand)?;
        let gap = if self.failures > 1 { self.backoff() } else { self.spacing };
        // A clock that was set back must not stop the lists: from now on, no gap is longer than itself.
        let earliest = self.begun.map(|begun| later(begun.min(now), gap));
        Some([Some(wanted), earliest].into_iter().flatten().fold(now, Timestamp::max))
    }

    fn wanted(&self, now: Timestamp, demand: Demand) -> Option<Timestamp> {
        let begun = self.begun.map_or(now, |begun| begun.min(now));
        let first = (demand.objects && self.begun.is_none()).then_some(now);
        let again = (self.failures > 0 && (demand.objects || demand.requested.is_some())).then_some(now);
        let growing = demand.on_the_way.then(|| later(begun, self.interval()));
        let steady = demand.objects.then(|| later(begun, self.period.mul_f64(self.jitter)));
        [demand.requested, first, again, growing, steady].into_iter().flatten().min()
    }

    /// The growing interval: the spacing, then twice as much each time.
    fn interval(&self) -> Duration {
        Backoff::new(self.spacing, self.spacing_max).delay(self.step.unwrap_or(0).saturating_add(1))
    }

    fn backoff(&self) -> Duration {
        Backoff::new(BACKOFF_FIRST, self.backoff_max).delay(self.unguided.saturating_sub(1))
    }

    /// A list begins. `jitter` is drawn evenly from 0.9 to 1.1.
    pub(super) fn begin(&mut self, now: Timestamp, jitter: f64) {
        self.begun = Some(now);
        self.jitter = jitter;
        self.step = Some(self.step.map_or(0, |step| step.saturating_add(1)));
    }

    /// Somebody wrote something or asked for a list: the growing interval is reset.
    pub(super) fn reset_interval(&mut self) {
        self.step = None;
    }

    /// The list showed a change: the next one comes after the first step again.
    pub(super) fn restart(&mut self) {
        self.step = Some(0);
    }

    /// The list succeeded. Answers whether waiters had been told of a failure.
    pub(super) fn succeed(&mut self) -> bool {
        self.unguided = 0;
        std::mem::take(&mut self.failures) > 1
    }

    /// The list failed. Where the provider said when to come again, the back-off does not grow: it is not earlier than that anyway.
    /// `is_no_region`: it is the region that is wrong, and it was never right.
    pub(super) fn fail(&mut self, told: Option<Duration>, is_no_region: bool) -> Failure {
        self.backoff_max = if is_no_region { BACKOFF_MAX_NO_REGION } else { BACKOFF_MAX };
        self.failures = self.failures.saturating_add(1);
        self.unguided = self.unguided.saturating_add(u32::from(told.is_none()));
        if self.failures > 1 { Failure::Lasting } else { Failure::Retried }
    }
}

#[cfg(test)]
mod tests;
