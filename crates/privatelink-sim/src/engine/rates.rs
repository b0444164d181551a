//! Rates per account, region and operation.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use crate::clock::after;
use crate::config::Rate;

/// Account, region, operation by API and name.
pub(crate) type RateKey = (String, String, (&'static str, &'static str));

/// Windows that began with their first call, and how many calls they let in.
#[derive(Debug, Default)]
pub(crate) struct Windows(BTreeMap<RateKey, Window>);

#[derive(Debug)]
struct Window {
    ends: Timestamp,
    calls: u32,
}

impl Windows {
    /// Counts a call in, or says how long the window that is full still lasts.
    pub(crate) fn enter(&mut self, key: RateKey, rate: Rate, now: Timestamp) -> Result<(), Duration> {
        let fresh = || Window { ends: after(now, rate.per), calls: 0 };
        let window = self.0.entry(key).or_insert_with(fresh);
        if window.ends <= now {
            *window = fresh();
        }
        if window.calls >= rate.calls {
            return Err(Duration::try_from(window.ends.duration_since(now)).unwrap_or_default());
        }
        window.calls += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::Timestamp;

    use super::Windows;
    use crate::config::Rate;

    #[test]
    fn a_full_window_says_when_it_ends_and_the_next_one_is_empty() {
        let rate = Rate { calls: 2, per: Duration::from_mins(1) };
        let second = |n| Timestamp::from_second(n).unwrap();
        let mut windows = Windows::default();
        let mut enter =
            |account: &str, n| windows.enter((account.to_owned(), "r".to_owned(), ("Api", "Op")), rate, second(n));
        assert_eq!(enter("a", 0), Ok(()));
        assert_eq!(enter("a", 10), Ok(()));
        assert_eq!(enter("a", 15), Err(Duration::from_secs(45)));
        assert_eq!(enter("b", 15), Ok(()));
        assert_eq!([enter("a", 60), enter("a", 119), enter("a", 119)], [Ok(()), Ok(()), Err(Duration::from_secs(1))]);
    }
}
