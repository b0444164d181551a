//! How a call ended: what it means for everybody else who waits for the same operation, or for the object alone.

use std::time::Duration;

use cloud_core::{Error, ErrorKind};

use crate::cloud::errors::{Cause, Class, Concern, concern, is_collision};

/// How a call ended, as far as permits are concerned.
#[derive(Clone, Debug)]
pub(super) enum CallOutcome {
    /// Done.
    Done,
    /// Refused for a reason that is surely not the object's.
    Refused { cause: Cause, after: Option<Duration>, error: Error },
    /// Refused for a reason that is the object's, as far as anybody knows: it comes back later, others are not held up.
    Own { class: Class, error: Error },
    /// Somebody else's call was under way that must not overlap with it.
    Collided,
    /// The provider answered, and no more than the object's own call is wrong.
    Answered,
    /// No answer, or none of the provider's own.
    Unanswered,
    /// The call was given up half-way; it may have reached the provider.
    CutOff,
}

impl CallOutcome {
    pub(super) fn of(result: Result<(), &Error>) -> Self {
        let Err(error) = result else { return Self::Done };
        match concern(error) {
            Concern::Account(cause) => Self::Refused { cause, after: error.retry().after, error: error.clone() },
            Concern::Object(class) => Self::Own { class, error: error.clone() },
            Concern::Nobody if error.kind() == ErrorKind::AlreadyDone => Self::Done,
            Concern::Nobody if is_collision(error) => Self::Collided,
            Concern::Nobody if error.code().is_some() && error.kind() != ErrorKind::Transient => Self::Answered,
            Concern::Nobody => Self::Unanswered,
        }
    }
}
