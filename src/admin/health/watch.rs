//! What the probes know of the watch of one kind.

use std::borrow::Cow;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::{Check, milliseconds};

/// Whether the objects of one kind are seen.
#[derive(Debug)]
pub struct WatchHealth {
    kind: Cow<'static, str>,
    started: Instant,
    longest_silence: Duration,
    definition: AtomicBool,
    store: AtomicBool,
    /// Milliseconds from the start to when the API server last said what there is; 0: never.
    heard: AtomicU64,
}

impl WatchHealth {
    pub(super) fn new(kind: Cow<'static, str>, started: Instant, longest_silence: Duration) -> Self {
        Self {
            kind,
            started,
            longest_silence,
            definition: AtomicBool::new(false),
            store: AtomicBool::new(false),
            heard: AtomicU64::new(0),
        }
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

    /// The API server has said what there is: a whole list, that a watch has begun, or what came on one.
    pub fn heard(&self) {
        self.heard.store(milliseconds(self.started.elapsed()).max(1), Ordering::Relaxed);
    }

    /// How long ago that was; before the first time, since the start.
    pub(super) fn age(&self) -> Duration {
        self.age_after(self.started.elapsed())
    }

    fn age_after(&self, elapsed: Duration) -> Duration {
        elapsed.saturating_sub(Duration::from_millis(self.heard.load(Ordering::Relaxed)))
    }

    pub(super) fn checks(&self) -> [Check; 3] {
        self.checks_after(self.started.elapsed())
    }

    fn checks_after(&self, elapsed: Duration) -> [Check; 3] {
        let is = |flag: &AtomicBool| flag.load(Ordering::Relaxed);
        let (text, is_current) = self.current(elapsed);
        [
            ("CustomResourceDefinition served".into(), is(&self.definition)),
            ("store synced".into(), is(&self.store)),
            (text, is_current),
        ]
        .map(|(text, good): Check| (format!("{}: {text}", self.kind).into(), good))
    }

    /// A restart would not help where the API server does not answer, so this is no matter of liveness.
    fn current(&self, elapsed: Duration) -> Check {
        let (age, never) = (self.age_after(elapsed), self.heard.load(Ordering::Relaxed) == 0);
        let is_current = !never && age <= self.longest_silence;
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

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_secs(90);

    fn watch() -> WatchHealth {
        WatchHealth::new("VpcEndpointService".into(), Instant::now(), LIMIT)
    }

    fn is_good(watch: &WatchHealth) -> bool {
        watch.checks().iter().all(|(_, good)| *good)
    }

    #[test]
    fn each_part_is_needed() {
        let served = |watch: &WatchHealth| assert!(watch.definition_served());
        let parts: [fn(&WatchHealth); 3] = [served, WatchHealth::store_synced, WatchHealth::heard];
        for missing in 0..parts.len() {
            let watch = watch();
            parts.iter().enumerate().filter(|(part, _)| *part != missing).for_each(|(_, part)| part(&watch));
            assert!(!is_good(&watch));
            parts[missing](&watch);
            assert!(is_good(&watch));
        }
    }

    #[test]
    fn a_definition_that_goes_takes_readiness_along() {
        let watch = watch();
        assert!(watch.definition_served());
        assert!(!watch.definition_served());
        watch.store_synced();
        watch.heard();
        watch.definition_missing();
        assert!(!is_good(&watch));
        assert!(watch.definition_served());
        assert!(is_good(&watch));
    }

    #[test]
    fn an_old_watch_takes_readiness_along_until_something_is_heard_again() {
        let watch = watch();
        watch.heard.store(5_000, Ordering::Relaxed);
        assert_eq!(watch.checks_after(Duration::from_secs(95))[2], ("VpcEndpointService: watch current".into(), true));
        let late =
            "VpcEndpointService: watch current: nothing heard from the API server for 91 s, changes are not seen";
        assert_eq!(watch.checks_after(Duration::from_secs(96))[2], (late.into(), false));
        watch.heard.store(95_000, Ordering::Relaxed);
        assert!(watch.checks_after(Duration::from_secs(96))[2].1);
    }
}
