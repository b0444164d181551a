//! How often each operation may be called.

use std::collections::BTreeMap;

use cloud_core::{ApiOperation, Rate};

/// The rate of each operation: the documented one, unless it was set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rates {
    set: BTreeMap<ApiOperation, Rate>,
}

impl Rates {
    /// The rates that the provider documents.
    pub fn documented() -> Self {
        Self::default()
    }

    /// The same with another rate for one operation. At least one call in each span is always allowed.
    #[must_use]
    pub fn with(mut self, operation: impl Into<ApiOperation>, rate: Rate) -> Self {
        self.set.insert(operation.into(), Rate { calls: rate.calls.max(1), ..rate });
        self
    }

    /// The rate of an operation.
    pub fn of(&self, operation: ApiOperation) -> Rate {
        self.set.get(&operation).copied().unwrap_or(operation.rate)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use privatelink::Operation;

    use super::*;

    #[test]
    fn a_rate_that_was_set_wins_over_the_documented_one_for_its_operation_only() {
        let own = Rate { calls: 7, per: Duration::from_secs(3) };
        let rates = Rates::documented().with(Operation::TagResources, own);
        assert_eq!(rates.of(Operation::TagResources.into()), own);
        assert_eq!(rates.of(Operation::UntagResources.into()), Operation::UntagResources.rate());
    }

    #[test]
    fn a_rate_of_nothing_still_lets_one_call_pass() {
        let none = Rate { calls: 0, per: Duration::from_secs(3) };
        let rates = Rates::documented().with(Operation::TagResources, none);
        assert_eq!(rates.of(Operation::TagResources.into()), Rate { calls: 1, ..none });
    }
}
