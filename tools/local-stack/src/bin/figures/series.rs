//! Many measurements of the same thing.

use std::time::Duration;

/// Durations, sorted; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Series(Vec<Duration>);

impl Series {
    /// `None`: there is nothing in it.
    pub(crate) fn of(durations: impl IntoIterator<Item = Duration>) -> Option<Self> {
        let mut durations: Vec<_> = durations.into_iter().collect();
        durations.sort_unstable();
        (!durations.is_empty()).then_some(Self(durations))
    }

    /// The least value that so many per cent of all values do not exceed (nearest rank): the 99th of 30 values is their largest.
    pub(crate) fn percentile(&self, per_cent: usize) -> Duration {
        let rank = (self.0.len() * per_cent).div_ceil(100);
        self.0[rank.clamp(1, self.0.len()) - 1]
    }

    pub(crate) fn median(&self) -> Duration {
        self.percentile(50)
    }

    pub(crate) fn longest(&self) -> Duration {
        self.percentile(100)
    }
}

/// As a fractional number of milliseconds.
pub(crate) fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Series;

    #[test]
    fn percentiles_are_values_of_the_series() {
        let series = Series::of((1..=30).rev().map(Duration::from_millis)).unwrap();
        assert_eq!(series.median(), Duration::from_millis(15));
        assert_eq!(series.percentile(90), Duration::from_millis(27));
        assert_eq!(series.percentile(99), Duration::from_millis(30));
        assert_eq!(series.longest(), Duration::from_millis(30));
    }

    #[test]
    fn nothing_is_no_series() {
        assert_eq!(Series::of([]), None);
    }
}
