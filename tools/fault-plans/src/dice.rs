//! Chance with a seed: the same seed draws the same acts in the same order.

use std::time::Duration;

/// `SplitMix64`: one word of state, and good enough to choose what breaks next.
#[derive(Clone, Debug)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Another source of chance that goes its own way from here.
    pub(crate) fn split(&mut self) -> Self {
        Self(self.next())
    }

    /// 0 and more, below `end`; 0 if there is nothing below it.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).unwrap_or(u64::MAX).max(1);
        // It is less than a usize.
        usize::try_from(self.next() % end).unwrap_or_default()
    }

    pub(crate) fn is_one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    pub(crate) fn pick<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        let index = self.below(of.len());
        of.get(index)
    }

    /// Some of them, in their order.
    pub(crate) fn some<T: Clone>(&mut self, of: &[T]) -> Vec<T> {
        of.iter().filter(|_| self.is_one_in(2)).cloned().collect()
    }

    /// In whole milliseconds.
    pub(crate) fn between(&mut self, shortest: Duration, longest: Duration) -> Duration {
        let span = longest.saturating_sub(shortest).as_millis();
        let more = self.below(usize::try_from(span).unwrap_or(usize::MAX).saturating_add(1));
        shortest + Duration::from_millis(u64::try_from(more).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Dice;

    #[test]
    fn the_same_seed_draws_the_same() {
        let draw = |seed| {
            let mut dice = Dice::new(seed);
            (0..20).map(|_| dice.below(100)).collect::<Vec<_>>()
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
    }

    #[test]
    fn what_is_drawn_is_within_its_bounds() {
        let mut dice = Dice::new(1);
        let (shortest, longest) = (Duration::from_millis(10), Duration::from_millis(12));
        let spans: std::collections::BTreeSet<_> = (0..100).map(|_| dice.between(shortest, longest)).collect();
        assert_eq!(spans, [10, 11, 12].map(Duration::from_millis).into());
        assert_eq!((dice.below(0), dice.below(1), dice.pick::<u8>(&[])), (0, 0, None));
    }
}
