//! Durations of the configuration file: `4s`, `500ms`, and ranges `2s..10s`.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use jiff::SignedDuration;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// How long something takes: one duration, or a range from which the seeded dice choose.
///
/// Written `4s` or `2s..10s`; units as in `1h`, `5m`, `4s`, `250ms`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    shortest: Duration,
    longest: Duration,
}

impl Span {
    /// Always `duration`.
    pub const fn fixed(duration: Duration) -> Self {
        Self { shortest: duration, longest: duration }
    }

    /// Anything from `shortest` to `longest`; `longest` must not be below `shortest`, else it counts as `shortest`.
    pub fn between(shortest: Duration, longest: Duration) -> Self {
        Self { shortest, longest: longest.max(shortest) }
    }

    /// Always `millis` milliseconds.
    pub const fn millis(millis: u64) -> Self {
        Self::fixed(Duration::from_millis(millis))
    }

    /// From `shortest` to `longest`, in whole seconds.
    pub const fn secs(shortest: u64, longest: u64) -> Self {
        Self { shortest: Duration::from_secs(shortest), longest: Duration::from_secs(longest) }
    }

    /// The least that it takes.
    pub fn shortest(&self) -> Duration {
        self.shortest
    }

    /// The most that it takes.
    pub fn longest(&self) -> Duration {
        self.longest
    }
}

/// A text that is no duration, or a range whose end is before its beginning.
#[derive(Debug, thiserror::Error)]
#[error("failed to read {text:?} as a duration like 4s, 250ms or 2s..10s")]
pub struct ParseSpanError {
    text: String,
}

impl FromStr for Span {
    type Err = ParseSpanError;

    fn from_str(text: &str) -> Result<Self, ParseSpanError> {
        let (from, to) = text.split_once("..").unwrap_or((text, text));
        let (shortest, longest) = (parse(from)?, parse(to)?);
        if longest < shortest {
            return Err(ParseSpanError { text: text.to_owned() });
        }
        Ok(Self { shortest, longest })
    }
}

fn parse(text: &str) -> Result<Duration, ParseSpanError> {
    let refuse = || ParseSpanError { text: text.to_owned() };
    let duration: SignedDuration = text.trim().parse().map_err(|_| refuse())?;
    Duration::try_from(duration).map_err(|_| refuse())
}

fn print(duration: Duration) -> String {
    match SignedDuration::try_from(duration) {
        Ok(duration) => format!("{duration:#}"),
        Err(_) => format!("{}s", duration.as_secs()),
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&print(self.shortest))?;
        if self.longest > self.shortest {
            write!(f, "..{}", print(self.longest))?;
        }
        Ok(())
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

/// `#[serde(with = "duration")]` for a single duration in the same form.
pub(crate) mod duration {
    use std::time::Duration;

    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&super::print(*duration))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        super::parse(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

/// `#[serde(with = "durations")]` for a map from names to durations.
pub(crate) mod durations {
    use std::collections::BTreeMap;
    use std::time::Duration;

    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(map: &BTreeMap<String, Duration>, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(map.iter().map(|(name, duration)| (name, super::print(*duration))))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<BTreeMap<String, Duration>, D::Error> {
        let texts = BTreeMap::<String, String>::deserialize(deserializer)?;
        let parsed = texts.into_iter().map(|(name, text)| Ok((name, super::parse(&text)?)));
        parsed.collect::<Result<_, super::ParseSpanError>>().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Span;

    #[test]
    fn spans_are_read_and_printed_in_the_same_form() {
        for text in ["4s", "250ms", "2s..10s", "1m 30s", "0s"] {
            assert_eq!(text.parse::<Span>().unwrap().to_string(), text, "{text}");
        }
        assert_eq!("2s..10s".parse::<Span>().unwrap(), Span::between(Duration::from_secs(2), Duration::from_secs(10)));
    }

    #[test]
    fn a_span_that_ends_before_it_begins_is_refused() {
        for text in ["10s..2s", "soon", "-1s", ""] {
            assert!(text.parse::<Span>().is_err(), "{text}");
        }
    }
}
