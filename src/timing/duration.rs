//! Durations as they are typed, such as 500ms, 90s or 1m30s.

use std::time::Duration;

use jiff::SignedDuration;
use jiff::fmt::friendly::{Spacing, SpanPrinter};

/// No waiting time of the operator is outside of these, and a typo may be.
const MIN: Duration = Duration::from_millis(1);
const MAX: Duration = Duration::from_hours(24);

/// Reads what jiff calls the friendly format.
pub fn parse(text: &str) -> Result<Duration, String> {
    let duration: SignedDuration = text
        .parse()
        .map_err(|error| format!("{error}; give a number with the unit ms, s, m or h, such as 500ms or 3s"))?;
    Duration::try_from(duration)
        .ok()
        .filter(|duration| (MIN..=MAX).contains(duration))
        .ok_or_else(|| "give a duration between 1ms and 24h".to_owned())
}

/// As [`parse`] reads it.
pub(super) fn written(duration: Duration) -> String {
    SpanPrinter::new().spacing(Spacing::None).unsigned_duration_to_string(&duration)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_as_the_same() {
        let texts = ["500ms", "1s500ms", "3s", "1m30s", "2m", "1h", "24h"];
        assert_eq!(texts.map(|text| written(parse(text).unwrap())), texts);
    }

    #[test]
    fn each_unit_is_understood() {
        let parsed = ["500ms", "1.5s", "3 s", "90s", "2m", "1h", "24h"].map(|text| parse(text).unwrap());
        let expected = [500, 1_500, 3_000, 90_000, 120_000, 3_600_000, 86_400_000].map(Duration::from_millis);
        assert_eq!(parsed, expected);
    }

    #[test]
    fn what_is_no_duration_is_refused_with_an_example() {
        for text in ["", "3", "s", "3d", "ms3", "99999999999999999999s"] {
            let refused = parse(text).unwrap_err();
            assert!(refused.ends_with("; give a number with the unit ms, s, m or h, such as 500ms or 3s"), "{refused}");
        }
    }

    #[test]
    fn what_is_out_of_bounds_is_refused() {
        for text in ["0s", "-3s", "999us", "25h"] {
            assert_eq!(parse(text), Err("give a duration between 1ms and 24h".into()), "{text:?}");
        }
    }
}
