//! Fairness between namespaces: start-time fair queueing with calls of equal size.
//!
//! In each contention a namespace has a number that grows by one with each call that it gets, and whoever has the smallest is next. One that comes
//! anew begins with the number that is being served: it is next after those that were before it in this round, and what it did not use while
//! nobody of it waited it cannot save up.

use std::collections::{BTreeMap, HashMap};

use cloud_core::ApiOperation;

use crate::cloud::scheduler::permit::Lock;

/// The number of a namespace in a contention.
pub(super) type Number = u64;

/// What those who wait compete for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Contention {
    /// The lock of the account.
    Account,
    /// The rate of an operation, whose calls may overlap, or overlap on different resources.
    Operation(ApiOperation),
}

/// The numbers of the namespaces that were served lately.
#[derive(Debug, Default)]
pub(super) struct Fair {
    serving: BTreeMap<Contention, Number>,
    /// Only numbers above the one that is being served: the others are as good as new.
    numbers: HashMap<Contention, HashMap<String, Number>>,
}

impl Contention {
    pub(super) fn of(operation: ApiOperation, lock: Option<&Lock>) -> Self {
        match lock {
            Some(Lock::Account) => Self::Account,
            Some(Lock::Resource(_)) | None => Self::Operation(operation),
        }
    }
}

impl Fair {
    /// The smaller, the sooner.
    pub(super) fn number(&self, contention: Contention, namespace: &str) -> Number {
        let own = self.numbers.get(&contention).and_then(|numbers| numbers.get(namespace)).copied();
        own.unwrap_or_default().max(self.serving.get(&contention).copied().unwrap_or_default())
    }

    /// A namespace got a call.
    pub(super) fn serve(&mut self, contention: Contention, namespace: &str) {
        let number = self.number(contention, namespace);
        self.serving.insert(contention, number);
        let numbers = self.numbers.entry(contention).or_default();
        numbers.insert(namespace.to_owned(), number.saturating_add(1));
        numbers.retain(|_, other| *other > number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTENTION: Contention = Contention::Account;

    /// Serves as often as was asked for, always the one that is next of those named.
    fn served(fair: &mut Fair, waiting: &[&'static str], times: usize) -> Vec<&'static str> {
        let mut next = || {
            let namespace =
                *waiting.iter().min_by_key(|namespace| fair.number(CONTENTION, namespace)).expect("somebody waits");
            fair.serve(CONTENTION, namespace);
            namespace
        };
        (0..times).map(|_| next()).collect()
    }

    #[test]
    fn namespaces_are_served_round_robin() {
        let mut fair = Fair::default();
        assert_eq!(served(&mut fair, &["a", "b", "c"], 7), ["a", "b", "c", "a", "b", "c", "a"]);
    }

    #[test]
    fn whoever_comes_again_is_next_and_saves_nothing_up() {
        let mut fair = Fair::default();
        served(&mut fair, &["a"], 50);
        assert_eq!(served(&mut fair, &["a", "b"], 4), ["b", "a", "b", "a"]);
    }

    #[test]
    fn two_that_come_and_go_do_not_starve_one_that_waits() {
        let mut fair = Fair::default();
        served(&mut fair, &["c"], 5);
        let rounds: Vec<_> =
            (0..6).flat_map(|n| served(&mut fair, if n % 2 == 0 { &["c", "a"] } else { &["c", "b"] }, 1)).collect();
        assert_eq!(rounds.iter().filter(|namespace| **namespace == "c").count(), 2, "{rounds:?}");
    }

    #[test]
    fn only_the_numbers_of_the_round_are_kept() {
        let mut fair = Fair::default();
        for n in 0..1000 {
            fair.serve(CONTENTION, &format!("namespace-{n}"));
        }
        served(&mut fair, &["a", "b"], 4);
        assert!(fair.numbers[&CONTENTION].len() <= 2, "{}", fair.numbers[&CONTENTION].len());
    }
}
