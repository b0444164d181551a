//! The rate window of one operation.

use std::collections::VecDeque;

use cloud_core::Rate;

use super::elapsed::Elapsed;

/// A sliding window: never more than the rate's calls in any span of the rate's length, wherever the provider's own windows begin.
///
/// Nobody knows when in a call the provider counts it. So a call is in the window from when its permit is given until one span
/// after its end.
#[derive(Debug)]
pub(super) struct RateWindow {
    rate: Rate,
    /// Permits that are reserved for somebody or in use.
    taken: usize,
    /// When each finished call leaves the window, oldest first.
    leaving: VecDeque<Elapsed>,
}

impl RateWindow {
    pub(super) fn new(rate: Rate) -> Self {
        Self { rate, taken: 0, leaving: VecDeque::new() }
    }

    pub(super) fn has_room(&self, now: Elapsed) -> bool {
        let gone = self.leaving.iter().take_while(|leaves| **leaves <= now).count();
        let counted = self.taken + self.leaving.len() - gone;
        u32::try_from(counted).is_ok_and(|counted| counted < self.rate.calls)
    }

    /// A permit was given, or is reserved for somebody.
    pub(super) fn take(&mut self) {
        self.taken += 1;
    }

    /// A permit comes back without a call.
    pub(super) fn give_back(&mut self) {
        self.taken = self.taken.saturating_sub(1);
    }

    /// The call of a permit has ended.
    pub(super) fn spend(&mut self, now: Elapsed) {
        self.give_back();
        while self.leaving.front().is_some_and(|leaves| *leaves <= now) {
            self.leaving.pop_front();
        }
        self.leaving.push_back(now + self.rate.per);
    }

    /// When the next finished call leaves the window; `None`: only an end or a permit given back makes room.
    pub(super) fn next_room(&self, now: Elapsed) -> Option<Elapsed> {
        self.leaving.iter().copied().find(|leaves| *leaves > now)
    }
}
