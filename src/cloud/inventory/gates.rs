//! Reads that the provider throttled stay closed until the moment that it named.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use privatelink::{Error, ErrorKind, Operation};

/// Used when a throttled answer names no delay.
const DEFAULT_DELAY: Duration = Duration::from_secs(1);

/// The closed operations, each with the answer that closed it.
#[derive(Clone, Debug, Default)]
pub(super) struct Gates(BTreeMap<Operation, (Timestamp, Error)>);

impl Gates {
    /// Whether a read may be sent now; if not, the answer that it would get.
    pub(super) fn check(&mut self, operation: Operation, now: Timestamp) -> Result<(), Error> {
        self.0.retain(|_, (until, _)| *until > now);
        self.0.get(&operation).map_or(Ok(()), |(_, error)| Err(error.clone()))
    }

    /// Takes in a failed read. Only a throttled one closes its operation.
    pub(super) fn note(&mut self, error: &Error, now: Timestamp) {
        if error.kind() == ErrorKind::Throttled {
            let delay = error.retry().after.unwrap_or(DEFAULT_DELAY);
            let until = now.checked_add(delay).unwrap_or(Timestamp::MAX);
            self.0.insert(error.operation(), (until, error.clone()));
        }
    }

    /// Until when an operation is closed.
    pub(super) fn closed_until(&self, operation: Operation) -> Option<Timestamp> {
        self.0.get(&operation).map(|(until, _)| *until)
    }
}
