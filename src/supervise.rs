//! Tasks that run for the life of the process: one that panics, or ends though it should not, is logged, counted and started again.
//!
//! Without this a list, a scheduler or a question to STS that panicked once would be missed by everybody and noticed by nobody.

use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures::FutureExt;
use tokio::time::{Instant, sleep};
use tracing::error;

/// Before the first restart, doubled with each further one. A panic that comes again at once is a bug, and one try a second harms nobody.
const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// What runs for longer than this begins again with the first pause.
const MAX_PAUSE: Duration = Duration::from_mins(1);

/// What runs for the life of the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// The watch of the objects.
    Watch,
    /// The watch of the Services that objects refer to.
    Services,
    /// The lists of an account and region.
    Lists,
    /// The reads of the load balancers of an account and region.
    LoadBalancers,
    /// What lets go of accounts and regions that nobody uses.
    Accounts,
    /// What lets writes pass that wait for time alone.
    Scheduler,
    /// The question whose credentials these are.
    CallerIdentity,
    /// The look for credentials at the start.
    Credentials,
    /// The comparison of the installed definition with this version.
    Schema,
    /// The look for services whose object exists no more.
    Orphans,
    /// Probes and metrics.
    Probes,
}

/// How often each task was started again, in this process.
static RESTARTS: [AtomicU64; Task::ALL.len()] = [const { AtomicU64::new(0) }; Task::ALL.len()];

impl Task {
    /// In the order of the enum.
    pub const ALL: [Self; 11] = [
        Self::Watch,
        Self::Services,
        Self::Lists,
        Self::LoadBalancers,
        Self::Accounts,
        Self::Scheduler,
        Self::CallerIdentity,
        Self::Credentials,
        Self::Schema,
        Self::Orphans,
        Self::Probes,
    ];

    /// As in the log and in the label of the metric.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Watch => "watch",
            Self::Services => "services",
            Self::Lists => "lists",
            Self::LoadBalancers => "load_balancers",
            Self::Accounts => "accounts",
            Self::Scheduler => "scheduler",
            Self::CallerIdentity => "caller_identity",
            Self::Credentials => "credentials",
            Self::Schema => "schema",
            Self::Orphans => "orphans",
            Self::Probes => "probes",
        }
    }

    /// How often it was started again.
    pub fn restarts(self) -> u64 {
        RESTARTS[self as usize].load(Ordering::Relaxed)
    }

    /// Counts a restart, and says why in the log.
    pub fn restarted(self, cause: &'static str) {
        RESTARTS[self as usize].fetch_add(1, Ordering::Relaxed);
        error!(
            task = self.as_str(),
            "a task {cause} and is restarted; this is a bug of the operator, please report it"
        );
    }
}

/// Runs what has no end, again and again.
pub async fn forever<F: Future<Output = ()>>(task: Task, make: impl Fn() -> F) {
    let mut pauses = Pauses::default();
    loop {
        let began = Instant::now();
        // What tasks share is behind locks that a panic does not leave half changed.
        let ended = AssertUnwindSafe(make()).catch_unwind().await;
        task.restarted(if ended.is_ok() { "ended" } else { "panicked" });
        sleep(pauses.after(began.elapsed())).await;
    }
}

/// Runs what has an end until it gets there.
pub async fn until_done<F: Future>(task: Task, make: impl Fn() -> F) -> F::Output {
    let mut pauses = Pauses::default();
    loop {
        let began = Instant::now();
        if let Ok(done) = AssertUnwindSafe(make()).catch_unwind().await {
            return done;
        }
        task.restarted("panicked");
        sleep(pauses.after(began.elapsed())).await;
    }
}

/// The pauses between restarts.
#[derive(Debug)]
struct Pauses(Duration);

impl Default for Pauses {
    fn default() -> Self {
        Self(FIRST_PAUSE)
    }
}

impl Pauses {
    fn after(&mut self, ran: Duration) -> Duration {
        if ran > MAX_PAUSE {
            *self = Self::default();
        }
        let pause = self.0;
        self.0 = (pause * 2).min(MAX_PAUSE);
        pause
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use tokio::time::timeout;

    use super::*;

    /// Panics the first `panics` times.
    async fn stumble(runs: &Cell<u32>, panics: u32) -> u32 {
        runs.set(runs.get() + 1);
        tokio::task::yield_now().await;
        assert!(runs.get() > panics, "on purpose");
        runs.get()
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_that_panics_is_started_again_at_growing_pauses_and_counted() {
        let (runs, began, before) = (Cell::new(0), Instant::now(), Task::CallerIdentity.restarts());
        assert_eq!(until_done(Task::CallerIdentity, || stumble(&runs, 3)).await, 4);
        assert_eq!(began.elapsed(), Duration::from_secs(1 + 2 + 4));
        assert!(Task::CallerIdentity.restarts() >= before + 3);
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_that_ends_is_started_again() {
        let runs = Cell::new(0);
        let endless = forever(Task::Credentials, async || runs.set(runs.get() + 1));
        assert!(timeout(Duration::from_secs(8), endless).await.is_err());
        assert_eq!(runs.get(), 4, "after 1, 2 and 4 seconds");
    }

    #[test]
    fn pauses_grow_to_a_minute_and_begin_again_after_a_long_run() {
        let mut pauses = Pauses::default();
        let short: Vec<u64> = (0..8).map(|_| pauses.after(Duration::ZERO).as_secs()).collect();
        assert_eq!(short, [1, 2, 4, 8, 16, 32, 60, 60]);
        assert_eq!(pauses.after(Duration::from_mins(2)), FIRST_PAUSE);
    }

    #[test]
    fn every_task_counts_for_itself() {
        let places: Vec<usize> = Task::ALL.iter().map(|task| *task as usize).collect();
        assert_eq!(places, (0..Task::ALL.len()).collect::<Vec<_>>());
    }
}
