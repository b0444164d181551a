//! Moments: what comes after a span, and one in each period for each key, so that reads which come again and again are spread evenly, and stay spread.
//! Pure: it is told the time.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// A moment beyond the calendar is its last one.
pub(super) fn later(at: Timestamp, by: Duration) -> Timestamp {
    at.checked_add(by).unwrap_or(Timestamp::MAX)
}

/// The first moment of the key after `now`. Its moments are a period apart, at a distance from `start` that the key gives, so the first of each key
/// comes within a period after that.
pub(super) fn next_moment(key: &str, period: Duration, start: Timestamp, now: Timestamp) -> Timestamp {
    let period = millis(period);
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    let offset = i64::try_from(hasher.finish() % period.unsigned_abs()).unwrap_or_default();
    let gone = now.duration_since(start);
    let gone = i64::try_from(gone.as_millis()).unwrap_or(i64::MAX).saturating_sub(offset);
    let next = gone.div_euclid(period).saturating_add(1).saturating_mul(period).saturating_add(offset);
    start.saturating_add(SignedDuration::from_millis(next)).unwrap_or(Timestamp::MAX)
}

fn millis(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_hours(1);

    #[test]
    fn the_moments_of_a_key_are_a_period_apart_and_those_of_many_keys_all_over_it() {
        let start = Timestamp::UNIX_EPOCH;
        let mut minutes = [0_u32; 60];
        for number in 0..6_000 {
            let key = format!("nlb-{number}");
            let first = next_moment(&key, HOUR, start, start);
            assert_eq!(next_moment(&key, HOUR, start, first), first + HOUR);
            let since = first.duration_since(start);
            assert!(since > SignedDuration::ZERO && since <= SignedDuration::from_hours(1), "{since}");
            minutes[usize::try_from(since.as_mins() % 60).unwrap()] += 1;
        }
        assert!(minutes.iter().all(|count| (50..=150).contains(count)), "{minutes:?}");
    }
}
