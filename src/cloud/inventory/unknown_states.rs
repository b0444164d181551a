//! States by the provider that this version does not know. They stop nobody, and are logged once.

use std::collections::BTreeSet;

/// So many are told apart. A provider that has more new states than that says nothing by any of them.
const MOST: usize = 32;

/// More of its name is of no use to anybody.
const LENGTH: usize = 64;

/// The unknown states that were met, each with the field that it stood in.
#[derive(Clone, Debug, Default)]
pub(super) struct UnknownStates(BTreeSet<(&'static str, String)>);

impl UnknownStates {
    /// Takes in states; answers those that are new. What the provider leaves out is none.
    pub(super) fn take_in<'a>(
        &mut self,
        met: impl IntoIterator<Item = (&'static str, &'a str)>,
    ) -> Vec<(&'static str, String)> {
        let mut new = Vec::new();
        for (field, state) in met.into_iter().filter(|(_, state)| !state.is_empty()) {
            let met = (field, state.chars().take(LENGTH).collect::<String>());
            if self.0.len() < MOST && self.0.insert(met.clone()) {
                new.push(met);
            }
        }
        new
    }

    pub(super) fn count(&self) -> u64 {
        u64::try_from(self.0.len()).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_told_once_and_never_more_than_so_many() {
        let mut states = UnknownStates::default();
        assert_eq!(states.take_in([("A", "new"), ("A", "new"), ("B", "new"), ("B", "")]).len(), 2);
        assert_eq!(states.take_in([("A", "new")]), []);
        let many: Vec<String> = (0..1_000).map(|number| format!("{number}{}", "x".repeat(1_000))).collect();
        states.take_in(many.iter().map(|state| ("A", state.as_str())));
        assert_eq!(states.count(), 32);
        assert!(states.0.iter().all(|(_, state)| state.len() <= LENGTH));
    }
}
