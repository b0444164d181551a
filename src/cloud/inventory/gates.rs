//! Reads that the provider throttled stay closed until the moment that it named. Then one goes ahead, and the others wait for what it finds.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use privatelink::{Error, ErrorKind, Operation};

use super::schedule::later;

/// Used when a throttled answer names no delay.
const DEFAULT_DELAY: Duration = Duration::from_secs(1);

/// The closed operations.
#[derive(Clone, Debug, Default)]
pub(super) struct Gates(BTreeMap<Operation, Closed>);

#[derive(Clone, Debug)]
struct Closed {
    /// When it was closed. What began before says nothing about whether it may open.
    since: Timestamp,
    until: Timestamp,
    delay: Duration,
    /// The answer that closed it, without what belongs to the one request that got it.
    error: Error,
}

impl Gates {
    /// Whether a read may be sent now; if not, the answer that it would get. The one that may after a time of waiting closes the operation
    /// behind itself, for as long again: if nobody ever hears of it, the next one goes ahead then.
    pub(super) fn enter(&mut self, operation: Operation, now: Timestamp) -> Result<(), Error> {
        match self.0.get_mut(&operation) {
            Some(closed) if closed.until > now => Err(closed.error.clone()),
            Some(closed) => {
                closed.until = later(now, closed.delay);
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// Takes in a read that began at `began` and was not throttled; says whether that opened its operation.
    pub(super) fn open(&mut self, operation: Operation, began: Timestamp) -> bool {
        let is_news = self.0.get(&operation).is_some_and(|closed| closed.since < began);
        is_news && self.0.remove(&operation).is_some()
    }

    /// Takes in a failed read. Only a throttled one closes its operation.
    pub(super) fn note(&mut self, error: &Error, now: Timestamp) {
        if error.kind() == ErrorKind::Throttled {
            let delay = error.retry().after.unwrap_or(DEFAULT_DELAY);
            let closed = Closed { since: now, until: later(now, delay), delay, error: error.for_others() };
            self.0.insert(error.operation(), closed);
        }
    }

    /// Until when an operation is closed.
    pub(super) fn closed_until(&self, operation: Operation) -> Option<Timestamp> {
        self.0.get(&operation).map(|closed| closed.until)
    }
}
