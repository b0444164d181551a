//! Time in the model: whole ticks, and states that differ only in how long ago something was are one state.
//!
//! The functions under test compare moments and moments plus a waiting time, nothing else. So between two moments next to each other in a
//! state, every distance above the longest sum of waiting times is as good as any other. Hashing a state cuts all longer ones to it, which
//! leaves the order of all moments, and each comparison that can be made of them, as it was: that keeps the state space finite without an
//! end of time.

use std::hash::Hasher;

use jiff::Timestamp;

const BEGINNING: i64 = 1_800_000_000;
/// Seconds that are moments of a model; any other number is a number.
const MOMENTS: std::ops::Range<i64> = BEGINNING - 1_000..BEGINNING + 1_000_000;
/// The length of a moment in text, such as `2027-01-15T08:00:00Z`.
const TEXT: usize = 20;

/// The moment so many ticks after the beginning. A tick is a second, the unit of times in Kubernetes.
pub(super) fn at(tick: i64) -> Timestamp {
    Timestamp::from_second(BEGINNING + tick).unwrap()
}

/// The moments of a state, from the earliest on, each with where it lies once the gaps are cut.
#[derive(Debug, Default)]
pub(super) struct Moments(Vec<(i64, i64)>);

impl Moments {
    /// Reads a state through `digest`, once.
    pub(super) fn of(longest: i64, digest: impl FnOnce(&mut Collector)) -> Self {
        let mut collector = Collector::default();
        digest(&mut collector);
        let mut found = collector.0;
        found.sort_unstable();
        found.dedup();
        let mut place = 0;
        let mut last = None;
        let place_of = |moment: i64| {
            place += last.map_or(0, |last: i64| (moment - last).min(longest));
            last = Some(moment);
            (moment, place)
        };
        Self(found.into_iter().map(place_of).collect())
    }

    fn place(&self, moment: i64) -> i64 {
        let found = self.0.binary_search_by_key(&moment, |(moment, _)| *moment);
        found.map_or(i64::MIN, |index| self.0[index].1)
    }
}

/// Collects the moments of whatever is hashed with it.
#[derive(Debug, Default)]
pub(super) struct Collector(Vec<i64>);

impl Hasher for Collector {
    fn write(&mut self, bytes: &[u8]) {
        self.0.extend(moment_in(bytes));
    }

    fn write_i64(&mut self, number: i64) {
        self.0.extend(Some(number).filter(|number| MOMENTS.contains(number)));
    }

    fn finish(&self) -> u64 {
        0
    }
}

/// Hashes moments by their place among the others.
#[derive(Debug)]
pub(super) struct Placing<'a, H> {
    pub(super) moments: &'a Moments,
    pub(super) hasher: &'a mut H,
}

impl<H: Hasher> Hasher for Placing<'_, H> {
    fn write(&mut self, bytes: &[u8]) {
        match moment_in(bytes) {
            Some(moment) => self.hasher.write_i64(self.moments.place(moment)),
            None => self.hasher.write(bytes),
        }
    }

    fn write_i64(&mut self, number: i64) {
        let number = if MOMENTS.contains(&number) { self.moments.place(number) } else { number };
        self.hasher.write_i64(number);
    }

    fn finish(&self) -> u64 {
        self.hasher.finish()
    }
}

/// A moment in text.
fn moment_in(bytes: &[u8]) -> Option<i64> {
    if bytes.len() != TEXT || bytes.last() != Some(&b'Z') {
        return None;
    }
    let text = std::str::from_utf8(bytes).ok()?;
    text.parse::<Timestamp>().ok().map(Timestamp::as_second)
}
