//! What the probes say. Nothing here asks the cloud or the API server: a probe must not fail because they do.

use std::borrow::Cow;
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
    /// Milliseconds from the start to when the API server last said what there is; 0: never.
    watch_heard: AtomicU64,
    /// How many milliseconds may pass between two such words.
    longest_silence: u64,
    definition: AtomicBool,
    store: AtomicBool,
    credentials: AtomicBool,
}

impl Health {
    /// Not ready when nothing was heard from the watch for longer than that.
    pub fn new(longest_silence: Duration) -> Self {
        Self {
            started: Instant::now(),
            last_beat: AtomicU64::new(0),
            watch_heard: AtomicU64::new(0),
            longest_silence: milliseconds(longest_silence),
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
        self.last_beat.store(milliseconds(self.started.elapsed()), Ordering::Relaxed);
    }

    /// The API server has said what there is: a whole list, that a watch has begun, or what came on one.
    pub fn watch_heard(&self) {
        self.watch_heard.store(milliseconds(self.started.elapsed()).max(1), Ordering::Relaxed);
    }

    /// How long ago that was; before the first time, since the start.
    pub fn watch_age(&self) -> Duration {
        self.watch_age_after(self.started.elapsed())
    }

    fn watch_age_after(&self, elapsed: Duration) -> Duration {
        elapsed.saturating_sub(Duration::from_millis(self.watch_heard.load(Ordering::Relaxed)))
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
        Verdict(vec![("watch loop alive".into(), silent <= SILENCE)])
    }

    /// Whether the operator can do its work.
    pub(crate) fn readiness(&self) -> Verdict {
        self.readiness_after(self.started.elapsed())
    }

    fn readiness_after(&self, elapsed: Duration) -> Verdict {
        let is = |flag: &AtomicBool| flag.load(Ordering::Relaxed);
        Verdict(vec![
            ("CustomResourceDefinition served".into(), is(&self.definition)),
            ("store synced".into(), is(&self.store)),
            self.watch_current(elapsed),
            ("credentials loaded".into(), is(&self.credentials)),
        ])
    }

    /// A restart would not help where the API server does not answer, so this is no matter of liveness.
    fn watch_current(&self, elapsed: Duration) -> Check {
        let (age, never) = (self.watch_age_after(elapsed), self.watch_heard.load(Ordering::Relaxed) == 0);
        let is_current = !never && milliseconds(age) <= self.longest_silence;
        let text = match (never, is_current) {
            (_, true) => "watch current".into(),
            (true, _) => "watch current: the API server has not shown the objects yet".into(),
            (false, _) => format!(
                "watch current: nothing heard from the API server for {} s, changes are not seen",
                age.as_secs()
            )
            .into(),
        };
        (text, is_current)
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// What is checked, with what is wrong where something is, and whether it is good.
type Check = (Cow<'static, str>, bool);

/// The answer of a probe, check by check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Verdict(Vec<Check>);

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

    const LIMIT: Duration = Duration::from_secs(90);

    #[test]
    fn a_new_operator_is_alive_and_not_ready() {
        let health = Health::new(LIMIT);
        assert!(health.liveness().is_good());
        assert_eq!(
            health.readiness().to_string(),
            "[-] CustomResourceDefinition served\n[-] store synced\n\
             [-] watch current: the API server has not shown the objects yet\n[-] credentials loaded\n"
        );
    }

    #[test]
    fn each_part_is_needed_to_be_ready() {
        let served = |health: &Health| assert!(health.definition_served());
        let parts: [fn(&Health); 4] = [served, Health::store_synced, Health::watch_heard, Health::credentials_loaded];
        for missing in 0..parts.len() {
            let health = Health::new(LIMIT);
            parts.iter().enumerate().filter(|(part, _)| *part != missing).for_each(|(_, part)| part(&health));
            assert!(!health.readiness().is_good());
            parts[missing](&health);
            assert!(health.readiness().is_good());
        }
    }

    #[test]
    fn a_definition_that_goes_takes_readiness_along() {
        let health = Health::new(LIMIT);
        assert!(health.definition_served());
        assert!(!health.definition_served());
        health.store_synced();
        health.watch_heard();
        health.credentials_loaded();
        health.definition_missing();
        assert!(!health.readiness().is_good());
        assert!(health.definition_served());
        assert!(health.readiness().is_good());
    }

    #[test]
    fn an_old_watch_takes_readiness_along_until_something_is_heard_again() {
        let health = Health::new(LIMIT);
        assert!(health.definition_served());
        health.store_synced();
        health.credentials_loaded();
        health.watch_heard.store(5_000, Ordering::Relaxed);
        assert!(health.readiness_after(Duration::from_secs(95)).is_good());
        let late = health.readiness_after(Duration::from_secs(96));
        assert_eq!(
            late.to_string(),
            "[+] CustomResourceDefinition served\n[+] store synced\n\
             [-] watch current: nothing heard from the API server for 91 s, changes are not seen\n\
             [+] credentials loaded\n"
        );
        health.watch_heard.store(95_000, Ordering::Relaxed);
        assert!(health.readiness_after(Duration::from_secs(96)).is_good());
    }

    #[test]
    fn thirty_seconds_of_silence_are_a_hang() {
        let health = Health::new(LIMIT);
        assert!(health.liveness_after(Duration::from_secs(30)).is_good());
        assert!(!health.liveness_after(Duration::from_secs(31)).is_good());
        health.last_beat.store(5_000, Ordering::Relaxed);
        assert!(health.liveness_after(Duration::from_secs(35)).is_good());
        assert!(!health.liveness_after(Duration::from_secs(36)).is_good());
    }

    #[tokio::test]
    async fn work_that_runs_beats_and_answers() {
        let health =
            Health { started: Instant::now().checked_sub(Duration::from_mins(1)).unwrap(), ..Health::new(LIMIT) };
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
