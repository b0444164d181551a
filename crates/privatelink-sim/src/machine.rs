//! The state machines, one a file: which event leads from which status to which.
//!
//! They are pure. What happens in the background is the event `Settle`; when it comes is decided by the timers of
//! the configuration. Statuses and documented transitions are those of the `PrivateLink` API reference.

pub(crate) mod attachment;
pub(crate) mod connection;
pub(crate) mod endpoint;
pub(crate) mod service;
pub(crate) mod zone;

/// What an event leads to. `None` in place of a step means that the event is refused in that status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step<S> {
    /// A status that stays until somebody calls.
    Rest(S),
    /// A status that ends by itself, by `Settle`.
    Busy(S),
    /// The thing is no more.
    Gone,
}

#[cfg(test)]
mod tests {
    use std::fmt::Debug;

    use super::Step;

    /// Walks a table of (status, event, step): every pair of `statuses` × `events` that the table does not name must
    /// be refused.
    pub(super) fn assert_exactly<S, E>(
        statuses: &[S],
        events: &[E],
        table: &[(S, E, Step<S>)],
        on: impl Fn(S, E) -> Option<Step<S>>,
    ) where
        S: Copy + PartialEq + Debug,
        E: Copy + PartialEq + Debug,
    {
        for status in statuses {
            for event in events {
                let row = table.iter().find(|row| row.0 == *status && row.1 == *event);
                assert_eq!(on(*status, *event), row.map(|row| row.2), "{status:?} on {event:?}");
            }
        }
    }
}
