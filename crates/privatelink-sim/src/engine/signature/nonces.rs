//! The memory of nonces.

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use jiff::Timestamp;

use crate::clock::before;

/// Nonces that were used within the window, by key.
#[derive(Debug, Default)]
pub(in crate::engine) struct Nonces {
    used: BTreeSet<(String, String)>,
    order: VecDeque<(Timestamp, (String, String))>,
}

impl Nonces {
    /// False when the key has used the nonce already.
    pub(super) fn enter(&mut self, key_id: &str, nonce: &str, now: Timestamp, window: Duration) -> bool {
        while self.order.front().is_some_and(|(time, _)| *time < before(now, window)) {
            if let Some((_, old)) = self.order.pop_front() {
                self.used.remove(&old);
            }
        }
        let entry = (key_id.to_owned(), nonce.to_owned());
        let is_new = self.used.insert(entry.clone());
        if is_new {
            self.order.push_back((now, entry));
        }
        is_new
    }
}
