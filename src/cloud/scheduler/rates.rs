//! How often each operation may be called.

use std::collections::BTreeMap;

use cloud_core::Rate;
use privatelink::Operation;

/// The rate of each operation: the documented one, unless it was set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rates {
    set: BTreeMap<Operation, Rate>,
}

impl Rates {
    /// The rates that the provider documents.
    pub fn documented() -> Self {
        Self::default()
    }

    /// The same with another rate for one operation. At least one call in each span is always allowed.
    #[must_use]
    pub fn with(mut self, operation: Operation, rate: Rate) -> Self {
        self.set.insert(operation, Rate { calls: rate.calls.max(1), ..rate });
        self
    }

    /// The rate of an operation.
    pub fn of(&self, operation: Operation) -> Rate {
        self.set.get(&operation).copied().unwrap_or_else(|| operation.rate())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_rate_that_was_set_wins_over_the_documented_one_for_its_operation_only() {
        let own = Rate { calls: 7, per: Duration::from_secs(3) };
        let rates = Rates::documented().with(Operation::TagResources, own);
        assert_eq!(rates.of(Operation::TagResources), own);
        assert_eq!(rates.of(Operation::UntagResources), Operation::UntagResources.rate());
    }

    #[test]
    fn a_rate_of_nothing_still_lets_one_call_pass() {
        let none = Rate { calls: 0, per: Duration::from_secs(3) };
        let rates = Rates::documented().with(Operation::TagResources, none);
        assert_eq!(rates.of(Operation::TagResources), Rate { calls: 1, ..none });
    }
}
