//! Durations as they are typed: a whole number and a unit.

use std::time::Duration;

/// Reads `500ms`, `3s`, `2m` or `1h`. Nothing below 1 ms and above 24 h: no waiting time of the operator is, and a typo may be.
pub(super) fn parse(text: &str) -> Result<Duration, String> {
    let digits = text.find(|character: char| !character.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let factor = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return Err("give a whole number with the unit ms, s, m or h, such as 500ms or 3s".to_owned()),
    };
    let milliseconds = number.parse::<u64>().ok().and_then(|number| number.checked_mul(factor));
    match milliseconds {
        Some(milliseconds @ 1..=86_400_000) => Ok(Duration::from_millis(milliseconds)),
        _ => Err("give a duration between 1ms and 24h".to_owned()),
    }
}

/// As [`parse`] reads it, in the largest unit that fits.
pub(super) fn written(duration: Duration) -> String {
    let milliseconds = duration.as_millis();
    let units = [("h", 3_600_000), ("m", 60_000), ("s", 1_000)];
    match units.into_iter().find(|(_, factor)| milliseconds >= *factor && milliseconds.is_multiple_of(*factor)) {
        Some((unit, factor)) => format!("{}{unit}", milliseconds / factor),
        None => format!("{milliseconds}ms"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_as_the_same() {
        let texts = ["500ms", "1500ms", "3s", "90s", "2m", "1h", "24h"];
        assert_eq!(texts.map(|text| written(parse(text).unwrap())), texts);
    }

    #[test]
    fn each_unit_is_understood() {
        let parsed = ["500ms", "3s", "2m", "1h", "24h"].map(|text| parse(text).unwrap());
        let seconds = [500, 3_000, 120_000, 3_600_000, 86_400_000].map(Duration::from_millis);
        assert_eq!(parsed, seconds);
    }

    #[test]
    fn what_is_no_duration_is_refused() {
        for text in ["", "3", "s", "3 s", "-3s", "1.5s", "3d", "3S", "ms3"] {
            assert!(parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn what_is_out_of_bounds_is_refused() {
        for text in ["0s", "25h", "99999999999999999999s", "18446744073709551615h"] {
            assert_eq!(parse(text), Err("give a duration between 1ms and 24h".into()), "{text:?}");
        }
    }
}
