//! The circuit breakers of the reads: an operation that the provider throttled is tripped until the moment that it named. Then one probe goes
//! ahead, and the others wait for what it finds.

use std::collections::BTreeMap;
use std::time::Duration;

use cloud_core::{ApiOperation, Error};
use jiff::Timestamp;

use crate::cloud::breaker::Breaker;
use crate::cloud::errors::{Cause, is_throttled};
use crate::cloud::spread::later;

/// Used when a throttled answer names no delay.
const DEFAULT_DELAY: Duration = Duration::from_secs(1);

/// The tripped operations.
#[derive(Clone, Debug, Default)]
pub(super) struct Breakers(BTreeMap<ApiOperation, Breaker<Timestamp>>);

impl Breakers {
    /// Whether a read may be sent now; if not, the answer that it would get. The probe trips the operation behind itself, for as long again:
    /// if nobody ever hears of it, the next one goes ahead then.
    pub(super) fn enter(&mut self, operation: impl Into<ApiOperation>, now: Timestamp) -> Result<(), Error> {
        let Some(breaker) = self.0.get_mut(&operation.into()) else { return Ok(()) };
        let lease = match breaker.notice() {
            Some((until, error)) if until > now => return Err(error.clone()),
            Some((_, error)) => later(now, delay(error)),
            None => return Ok(()),
        };
        breaker.lease_probe(lease);
        Ok(())
    }

    /// Takes in a read that began at `began` and was not throttled; says whether that reset its operation.
    pub(super) fn reset(&mut self, operation: impl Into<ApiOperation>, began: Timestamp) -> bool {
        let operation = operation.into();
        let is_news = self.0.get(&operation).is_some_and(|breaker| breaker.tripped_before(began));
        is_news && self.0.remove(&operation).is_some()
    }

    /// Takes in a failed read. Only a throttled one trips its operation.
    pub(super) fn note(&mut self, error: &Error, now: Timestamp) {
        if is_throttled(error) {
            let breaker = self.0.entry(error.operation()).or_default();
            breaker.trip(now, later(now, delay(error)), Cause::Throttled, error.for_others());
        }
    }

    /// Until when an operation is tripped.
    pub(super) fn tripped_until(&self, operation: impl Into<ApiOperation>) -> Option<Timestamp> {
        self.0.get(&operation.into())?.notice().map(|(until, _)| until)
    }
}

fn delay(error: &Error) -> Duration {
    error.retry().after.unwrap_or(DEFAULT_DELAY)
}
