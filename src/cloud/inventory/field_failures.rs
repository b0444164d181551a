//! Writes of one field that did not help: the provider refused the value, or accepted it and its lists go on showing another. The latter is tried
//! again less and less often, until an edit of the spec or a changed value in the cloud gives a reason to start over; when the former is sent again is
//! for the write scheduler to say, and here it is only known what to say of it.

use std::collections::BTreeMap;
use std::time::Duration;

use cloud_core::Error;
use jiff::Timestamp;

use super::observed::{FieldFailure, FieldFailureKind};
use super::resource::Resource;
use crate::backoff::Backoff;
use crate::cloud::errors::verdict;
use crate::cloud::spread::later;

/// A value that is stored otherwise: sixteen times the default consistency window, and a few calls an hour.
const UNCONFIRMED_MAX: Duration = Duration::from_mins(16);
/// The least that an unconfirmed write waits, where the consistency window is set to next to nothing.
const LEAST: Duration = Duration::from_secs(1);

/// The failures of one resource, by field.
#[derive(Clone, Debug, Hash)]
pub(super) struct FieldFailures<R: Resource> {
    fields: BTreeMap<R::Field, Entry<R::Value>>,
}

#[derive(Clone, Debug, Hash)]
struct Entry<V> {
    field_failure: FieldFailure,
    found: Found<V>,
}

/// What the newest read shows in place of what was sent.
#[derive(Clone, Debug, Hash)]
enum Found<V> {
    /// No read has compared it yet.
    NotLooked,
    /// `None`: nothing is there.
    Shown(Option<V>),
}

impl<R: Resource> Default for FieldFailures<R> {
    fn default() -> Self {
        Self { fields: BTreeMap::new() }
    }
}

impl<R: Resource> FieldFailures<R> {
    pub(super) fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    pub(super) fn clear(&mut self) {
        self.fields.clear();
    }

    /// Drops those of the other fields.
    pub(super) fn retain(&mut self, keep: impl Fn(&R::Field) -> bool) {
        self.fields.retain(|field, _| keep(field));
    }

    pub(super) fn get(&self) -> BTreeMap<R::Field, FieldFailure> {
        self.fields.iter().map(|(field, entry)| (field.clone(), entry.field_failure.clone())).collect()
    }

    /// The provider refused these values, sent in one call. Where there were several, nobody knows which one it meant: each is sent alone next.
    /// `again`: how long a value of the dependents is not sent again, which the write scheduler leaves to the object.
    pub(super) fn refused(&mut self, values: &[(R::Field, R::Value)], error: &Error, again: Backoff, now: Timestamp) {
        for (field, value) in values {
            let kind = match values {
                [_] => FieldFailureKind::Refused(verdict(error)),
                _ => FieldFailureKind::RefusedTogether,
            };
            let sent = R::text(field, value);
            let before = self.fields.get(field).map(|entry| &entry.field_failure);
            let before = before.filter(|before| before.sent == sent && R::is_of_dependents(field));
            let count = before.map_or(0, |before| before.count).saturating_add(1);
            let retry_at = if R::is_of_dependents(field) { later(now, again.delay(count)) } else { now };
            let field_failure = FieldFailure { sent, found: String::new(), count, retry_at, kind };
            self.fields.insert(field.clone(), Entry { field_failure, found: Found::NotLooked });
        }
    }

    /// The provider accepted a value: what it refused before counts no longer.
    pub(super) fn accepted(&mut self, field: &R::Field, value: &R::Value) {
        let is_over = |entry: &Entry<R::Value>| {
            entry.field_failure.kind != FieldFailureKind::Unconfirmed
                || entry.field_failure.sent != R::text(field, value)
        };
        if self.fields.get(field).is_some_and(is_over) {
            self.fields.remove(field);
        }
    }

    /// A read shows the value that was sent.
    pub(super) fn confirmed(&mut self, field: &R::Field) {
        self.fields.remove(field);
    }

    /// A read that began after the consistency window shows another value than the one that was accepted. The first time may be somebody
    /// else's change in between: it is sent again at once.
    pub(super) fn unconfirmed(
        &mut self,
        field: &R::Field,
        value: &R::Value,
        found: Option<R::Value>,
        lag: Duration,
        as_of: Timestamp,
    ) {
        let sent = R::text(field, value);
        let before = self.fields.get(field).map(|entry| &entry.field_failure);
        let before = before.filter(|before| before.kind == FieldFailureKind::Unconfirmed && before.sent == sent);
        let count = before.map_or(0, |before| before.count).saturating_add(1);
        let shown = found.as_ref().map(|found| R::text(field, found)).unwrap_or_default();
        let retry_at = later(as_of, unconfirmed_delay(count, lag));
        let field_failure = FieldFailure { sent, found: shown, count, retry_at, kind: FieldFailureKind::Unconfirmed };
        self.fields.insert(field.clone(), Entry { field_failure, found: Found::Shown(found) });
    }

    /// A read shows what the fields hold now, while no write of ours is on its way to them: who changed one gave a reason to start over.
    pub(super) fn compare(
        &mut self,
        shown: impl Fn(&R::Field) -> Option<R::Value>,
        is_pending: impl Fn(&R::Field) -> bool,
    ) {
        self.fields.retain(|field, entry| {
            if is_pending(field) {
                return true;
            }
            let shown = shown(field);
            let is_changed = matches!(&entry.found, Found::Shown(found) if *found != shown);
            entry.found = Found::Shown(shown);
            !is_changed
        });
    }
}

/// Nothing the first time, then doubling from the consistency window.
fn unconfirmed_delay(count: u32, lag: Duration) -> Duration {
    match count {
        0 | 1 => Duration::ZERO,
        count => Backoff::new(lag.max(LEAST), UNCONFIRMED_MAX.max(lag)).delay(count - 1),
    }
}
