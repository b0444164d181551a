//! What the probes say. Nothing here asks the cloud or the API server: a probe must not fail because they do.

mod watch;

use std::borrow::Cow;
use std::fmt::{self, Write};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use tokio::time::{MissedTickBehavior, interval, sleep};

pub use self::watch::WatchHealth;

/// How often the operator shows that it is alive.
const BEAT: Duration = Duration::from_secs(1);

/// Without a beat for this long, the operator hangs. Thirty missed beats: a machine that swaps or is throttled misses a few, and a
/// restart makes that worse; at twice the value, a real hang goes unnoticed for two minutes with the usual three probes.
const SILENCE: Duration = Duration::from_secs(30);

/// Between two looks at whether everything is there. A look costs nothing; nobody feels a twentieth of a second.
const LOOK: Duration = Duration::from_millis(50);

/// The state of the operator, as far as probes want to know.
#[derive(Debug)]
pub struct Health {
    started: Instant,
    /// Milliseconds from the start to the last beat.
    last_beat: AtomicU64,
    credentials: AtomicBool,
    /// Whether the lease could be read or written; absent: there is no election.
    lease: OnceLock<AtomicBool>,
    /// How long may pass between two signs of life of a watch.
    longest_silence: Duration,
    /// One a kind.
    watches: Mutex<Vec<Arc<WatchHealth>>>,
}

impl Health {
    /// Not ready when nothing was heard from the watch of a kind for longer than that.
    pub fn new(longest_silence: Duration) -> Self {
        Self {
            started: Instant::now(),
            last_beat: AtomicU64::new(0),
            credentials: AtomicBool::new(false),
            lease: OnceLock::new(),
            longest_silence,
            watches: Mutex::default(),
        }
    }

    /// Adds a kind: from now on, the operator is ready only with what this kind needs.
    pub fn watch(&self, kind: impl Into<Cow<'static, str>>) -> Arc<WatchHealth> {
        let watch = Arc::new(WatchHealth::new(kind.into(), self.started, self.longest_silence));
        self.watches().push(Arc::clone(&watch));
        watch
    }

    fn watches(&self) -> MutexGuard<'_, Vec<Arc<WatchHealth>>> {
        self.watches.lock().unwrap_or_else(PoisonError::into_inner)
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

    /// How long nothing was heard on the watch that has been silent for longest.
    pub fn watch_age(&self) -> Duration {
        self.watches().iter().map(|watch| watch.age()).max().unwrap_or_default()
    }

    pub fn credentials_loaded(&self) {
        self.credentials.store(true, Ordering::Relaxed);
    }

    /// There is an election: from now on, the operator is ready only where it can take part.
    pub fn needs_lease(&self) {
        self.lease.get_or_init(|| AtomicBool::new(false));
    }

    /// Whether it can take part: `false` where a person has to help. Who leads does not matter.
    pub fn lease_answers(&self, answers: bool) {
        if let Some(lease) = self.lease.get() {
            lease.store(answers, Ordering::Relaxed);
        }
    }

    /// Until everything is there that is needed to lead.
    pub async fn until_prepared(&self) {
        while !self.preparation().is_good() {
            sleep(LOOK).await;
        }
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
        let Verdict(mut checks) = self.preparation();
        checks.extend(self.lease.get().map(|lease| ("lease readable".into(), lease.load(Ordering::Relaxed))));
        Verdict(checks)
    }

    fn preparation(&self) -> Verdict {
        let mut checks: Vec<Check> = self.watches().iter().flat_map(|watch| watch.checks()).collect();
        checks.push(("credentials loaded".into(), self.credentials.load(Ordering::Relaxed)));
        Verdict(checks)
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
        health.watch("VpcEndpointService");
        assert!(health.liveness().is_good());
        assert_eq!(
            health.readiness().to_string(),
            "[-] VpcEndpointService: CustomResourceDefinition served\n[-] VpcEndpointService: store synced\n\
             [-] VpcEndpointService: watch current: the API server has not shown the objects yet\n[-] credentials loaded\n"
        );
    }

    #[test]
    fn it_is_ready_when_every_kind_is_and_the_credentials_are_loaded() {
        let health = Health::new(LIMIT);
        let watches = ["VpcEndpointService", "VpcEndpoint"].map(|kind| health.watch(kind));
        for watch in &watches {
            assert!(watch.definition_served());
            watch.heard();
        }
        health.credentials_loaded();
        watches[0].store_synced();
        assert!(!health.readiness().is_good());
        watches[1].store_synced();
        assert!(health.readiness().is_good());
    }

    #[test]
    fn credentials_are_needed_to_be_ready() {
        let health = Health::new(LIMIT);
        assert!(!health.readiness().is_good());
        health.credentials_loaded();
        assert!(health.readiness().is_good());
    }

    #[test]
    fn a_lease_is_needed_where_there_is_an_election_and_whoever_has_it() {
        let health = Health::new(LIMIT);
        health.credentials_loaded();
        health.lease_answers(false);
        assert_eq!(health.readiness().to_string(), "[+] credentials loaded\n");
        health.needs_lease();
        assert_eq!(health.readiness().to_string(), "[+] credentials loaded\n[-] lease readable\n");
        health.lease_answers(true);
        assert!(health.readiness().is_good());
        health.lease_answers(false);
        assert!(!health.readiness().is_good());
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_needed_to_lead_is_waited_for_and_the_lease_is_none_of_it() {
        let health = Health::new(LIMIT);
        health.needs_lease();
        assert!(tokio::time::timeout(Duration::from_mins(1), health.until_prepared()).await.is_err());
        health.credentials_loaded();
        health.until_prepared().await;
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
