//! Seeded randomness: durations, ids, request ids.

use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use uuid::Uuid;

use crate::config::Span;

const ALPHABET: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";

/// The region part of ids, as seen in published samples; any other region gets three letters of its own.
const REGION_PREFIXES: &[(&str, &str)] = &[
    ("cn-hangzhou", "bp1"),
    ("cn-huhehaote", "hp3"),
    ("ap-southeast-1", "t4n"),
    ("ap-southeast-6", "k1a"),
    ("eu-central-1", "gw8"),
    ("cn-beijing", "2ze"),
];

/// The one source of chance. Two with the same seed, asked the same, say the same.
#[derive(Debug)]
pub(crate) struct Dice(StdRng);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(StdRng::seed_from_u64(seed))
    }

    /// A duration within the span, in whole milliseconds.
    pub(crate) fn span(&mut self, span: Span) -> Duration {
        let millis = |duration: Duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        Duration::from_millis(self.0.random_range(millis(span.shortest())..=millis(span.longest())))
    }

    /// `epsrv-bp1` and 17 more characters.
    pub(crate) fn id(&mut self, kind: &str, region: &str) -> String {
        format!("{kind}-{}{}", region_prefix(region), self.word(17))
    }

    /// So many lower-case letters and digits.
    pub(crate) fn word(&mut self, length: usize) -> String {
        (0..length).map(|_| char::from(ALPHABET[self.0.random_range(0..ALPHABET.len())])).collect()
    }

    /// An upper-case UUID.
    pub(crate) fn request_id(&mut self) -> String {
        let id = uuid::Builder::from_random_bytes(self.0.random()).into_uuid();
        id.hyphenated().encode_upper(&mut Uuid::encode_buffer()).to_owned()
    }

    pub(crate) fn number(&mut self) -> u64 {
        self.0.random()
    }
}

fn region_prefix(region: &str) -> String {
    if let Some((_, prefix)) = REGION_PREFIXES.iter().find(|(name, _)| *name == region) {
        return (*prefix).to_owned();
    }
    let sum = region.bytes().fold(7_usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(usize::from(byte)));
    [sum, sum / 36, sum / 36 / 36].map(|n| char::from(ALPHABET[n % 36])).iter().collect()
}

#[cfg(test)]
mod tests {
    use super::Dice;
    use crate::config::Span;

    #[test]
    fn equal_seeds_give_equal_throws() {
        let throws = |seed| {
            let mut dice = Dice::new(seed);
            (dice.id("epsrv", "cn-hangzhou"), dice.request_id(), dice.span(Span::secs(2, 10)))
        };
        assert_eq!(throws(7), throws(7));
        assert_ne!(throws(7), throws(8));
    }

    #[test]
    fn ids_have_the_documented_form() {
        let mut dice = Dice::new(1);
        let id = dice.id("epsrv", "cn-hangzhou");
        assert!(id.starts_with("epsrv-bp1") && id.len() == "epsrv-".len() + 20, "{id}");
        assert_eq!(dice.id("ep", "mars-1").len(), "ep-".len() + 20);
        let request = dice.request_id();
        assert_eq!((request.len(), request.to_ascii_uppercase()), (36, request));
    }
}
