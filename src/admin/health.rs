//! What the probes say. Nothing here asks the cloud or the API server: a probe must not fail because they do.

use std::fmt::{self, Write};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::time::{MissedTickBehavior, interval};

/// How often the operator shows that it is alive.
const BEAT: Duration = Duration::from_secs(1);

/// Without a beat for this long, the operator hangs. Thirty missed beats: a machine that swaps or is throttled misses a few, and a
/// restart makes that worse; at twice the value, a real hang goes unnoticed for two minutes with the usual three probes.
const SILENCE: Duration = Duration::from_secs(30);

/// The state of the operator, as far as probes want to know.
#[derive(Debug)]
pub struct Health {
    started: Instant,
    /// Milliseconds from the start to the last beat.
    last_beat: AtomicU64,
    definition: AtomicBool,
    store: AtomicBool,
    credentials: AtomicBool,
}

impl Health {
    pub fn new() -> Self {
        Self {
            started: Instant::now(),
            last_beat: AtomicU64::new(0),
            definition: AtomicBool::new(false),
            store: AtomicBool::new(false),
            credentials: AtomicBool::new(false),
        }
    }

    /// Does the work and shows, between its steps, that the task which does it is alive.
    pub async fn beating<F: Future>(&self, work: F) -> F::Output {
        let mut work = pin!(work);
        let mut beats = interval(BEAT);
        beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                done = &mut work => return done,
                _ = beats.tick() => self.beat(),
            }
        }
    }

    fn beat(&self) {
        let now = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.last_beat.store(now, Ordering::Relaxed);
    }

    /// The API server knows the CustomResourceDefinition; says whether that is news.
    pub fn definition_served(&self) -> bool {
        !self.definition.swap(true, Ordering::Relaxed)
    }

    pub fn definition_missing(&self) {
        self.definition.store(false, Ordering::Relaxed);
    }

    /// Every object has been seen once.
    pub fn store_synced(&self) {
        self.store.store(true, Ordering::Relaxed);
    }

    pub fn credentials_loaded(&self) {
        self.credentials.store(true, Ordering::Relaxed);
    }

    /// Whether the process is worth keeping.
    pub(super) fn liveness(&self) -> Verdict {
        self.liveness_after(self.started.elapsed())
    }

    fn liveness_after(&self, elapsed: Duration) -> Verdict {
        let silent = elapsed.saturating_sub(Duration::from_millis(self.last_beat.load(Ordering::Relaxed)));
        Verdict(vec![("watch loop alive", silent <= SILENCE)])
    }

    /// Whether the operator can do its work.
    pub(crate) fn readiness(&self) -> Verdict {
        let is = |flag: &AtomicBool| flag.load(Ordering::Relaxed);
        Verdict(vec![
            ("CustomResourceDefinition served", is(&self.definition)),
            ("store synced", is(&self.store)),
            ("credentials loaded", is(&self.credentials)),
        ])
    }
}

impl Default for Health {
    fn default() -> Self {
        Self::new()
    }
}

/// The answer of a probe, check by check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Verdict(Vec<(&'static str, bool)>);

impl Verdict {
    pub(crate) fn is_good(&self) -> bool {
        self.0.iter().all(|(_, good)| *good)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (check, good) in &self.0 {
            f.write_str(if *good { "[+] " } else { "[-] " })?;
            f.write_str(check)?;
            f.write_char('\n')?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_operator_is_alive_and_not_ready() {
        let health = Health::new();
        assert!(health.liveness().is_good());
        assert_eq!(
            health.readiness().to_string(),
            "[-] CustomResourceDefinition served\n[-] store synced\n[-] credentials loaded\n"
        );
    }

    #[test]
    fn each_part_is_needed_to_be_ready() {
        let served = |health: &Health| assert!(health.definition_served());
        let parts: [fn(&Health); 3] = [served, Health::store_synced, Health::credentials_loaded];
        for missing in 0..parts.len() {
            let health = Health::new();
            parts.iter().enumerate().filter(|(part, _)| *part != missing).for_each(|(_, part)| part(&health));
            assert!(!health.readiness().is_good());
            parts[missing](&health);
            assert!(health.readiness().is_good());
        }
    }

    #[test]
    fn a_definition_that_goes_takes_readiness_along() {
        let health = Health::new();
        assert!(health.definition_served());
        assert!(!health.definition_served());
        health.store_synced();
        health.credentials_loaded();
        health.definition_missing();
        assert!(!health.readiness().is_good());
        assert!(health.definition_served());
        assert!(health.readiness().is_good());
    }

    #[test]
    fn thirty_seconds_of_silence_are_a_hang() {
        let health = Health::new();
        assert!(health.liveness_after(Duration::from_secs(30)).is_good());
        assert!(!health.liveness_after(Duration::from_secs(31)).is_good());
        health.last_beat.store(5_000, Ordering::Relaxed);
        assert!(health.liveness_after(Duration::from_secs(35)).is_good());
        assert!(!health.liveness_after(Duration::from_secs(36)).is_good());
    }

    #[tokio::test]
    async fn work_that_runs_beats_and_answers() {
        let health = Health { started: Instant::now().checked_sub(Duration::from_mins(1)).unwrap(), ..Health::new() };
        assert!(!health.liveness().is_good());
        let work = health.beating(async {
            while !health.liveness().is_good() {
                tokio::task::yield_now().await;
            }
            "done"
        });
        assert_eq!(tokio::time::timeout(Duration::from_secs(10), work).await, Ok("done"));
    }
}
