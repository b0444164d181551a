//! Who waits for a list, and from when on it must have begun.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::identity::ObjectId;

/// One refresh request an object: the newest counts.
#[derive(Clone, Debug, Default)]
pub(super) struct RefreshRequests(BTreeMap<ObjectId, Timestamp>);

impl RefreshRequests {
    /// Answers whether the refresh request is new.
    pub(super) fn put(&mut self, id: &ObjectId, not_before: Timestamp) -> bool {
        self.0.insert(id.clone(), not_before) != Some(not_before)
    }

    pub(super) fn remove(&mut self, id: &ObjectId) {
        self.0.remove(id);
    }

    pub(super) fn all(&self) -> Vec<ObjectId> {
        self.0.keys().cloned().collect()
    }

    pub(super) fn earliest(&self) -> Option<Timestamp> {
        self.0.values().min().copied()
    }

    /// Takes out those whom a list begun at `as_of` serves.
    pub(super) fn take_served(&mut self, as_of: Timestamp) -> Vec<ObjectId> {
        self.0.extract_if(.., |_, not_before| *not_before <= as_of).map(|(id, _)| id).collect()
    }
}
