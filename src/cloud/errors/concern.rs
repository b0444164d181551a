//! Whom an error concerns, and what follows for other calls.

use std::time::Duration;

use cloud_core::{Error, ErrorKind, TokenState, token_state};

use super::codes::facts;
use super::facts_of;

/// Why the circuit breaker of an operation is tripped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// Too many calls.
    Throttled,
    /// The account or its credentials: a person must help.
    Account,
}

/// When a call that was refused for a reason of its object's is worth another try.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Class {
    /// The spec must change. Tried again all the same, if rarely: what the spec names may change too, and the judgement may be wrong.
    Spec,
    /// Something that the call needs may come, or nobody knows what the code means.
    Missing,
    /// A right, a state or a feature. Several objects may lack the same, so one of them finds out for all.
    Rights,
    /// A quota. The same, but room for one is not room for all.
    Quota,
}

/// Whom the refusal of a write concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Concern {
    /// Everybody who would make this call: it can be about nothing else than the account or its credentials.
    Account(Cause),
    /// The object that got it.
    Object(Class),
    /// Nobody for long: trouble that passes by itself, which the object's own back-off deals with.
    Nobody,
}

/// Whom the refusal of a write concerns.
pub(crate) fn concern(error: &Error) -> Concern {
    match error.kind() {
        ErrorKind::Throttled => Concern::Account(Cause::Throttled),
        ErrorKind::Credential => Concern::Account(Cause::Account),
        ErrorKind::Account if facts_of(error).is_account_wide => Concern::Account(Cause::Account),
        ErrorKind::Account => Concern::Object(Class::Rights),
        ErrorKind::Spec => Concern::Object(Class::Spec),
        ErrorKind::DependencyMissing => Concern::Object(Class::Missing),
        ErrorKind::Unknown if error.code().is_some() => Concern::Object(Class::Missing),
        ErrorKind::Quota => Concern::Object(Class::Quota),
        ErrorKind::AlreadyDone
        | ErrorKind::Busy
        | ErrorKind::DependencyFirst
        | ErrorKind::Transient
        | ErrorKind::Unknown => Concern::Nobody,
    }
}

/// Whether the write scheduler sees to it that the object that got this answer does not send the same again too soon: the circuit breaker
/// is tripped, or the call is withheld.
pub(crate) fn is_withheld_by_scheduler(error: &Error) -> bool {
    matches!(concern(error), Concern::Account(Cause::Account) | Concern::Object(_))
}

/// Only a person can help.
pub(crate) const fn is_for_a_person(kind: ErrorKind) -> bool {
    match kind {
        ErrorKind::Account | ErrorKind::Credential | ErrorKind::Spec => true,
        ErrorKind::AlreadyDone
        | ErrorKind::Busy
        | ErrorKind::Throttled
        | ErrorKind::DependencyMissing
        | ErrorKind::DependencyFirst
        | ErrorKind::Quota
        | ErrorKind::Transient
        | ErrorKind::Unknown => false,
    }
}

/// What may be over any time, and may be over for others too: nobody answered, somebody else is at work or must go first, or a read was refused.
pub(crate) const fn is_passing(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::Transient
            | ErrorKind::Busy
            | ErrorKind::DependencyFirst
            | ErrorKind::Account
            | ErrorKind::Credential
    )
}

/// The refusal stands until something else is asked for, or somebody makes it possible; trying again soon would be in vain.
pub(crate) fn is_about_value(error: &Error) -> bool {
    let is_lasting = matches!(
        error.kind(),
        ErrorKind::Spec | ErrorKind::DependencyMissing | ErrorKind::Account | ErrorKind::Unknown
    );
    is_lasting && error.http_status().is_some() && !denies_existence(error)
}

/// A refusal of this kind meets every call of its operation, whatever it asks for.
pub(crate) const fn has_wide_refusal(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::Account | ErrorKind::Unknown | ErrorKind::Quota)
}

/// Too many calls.
pub(crate) fn is_throttled(error: &Error) -> bool {
    error.kind() == ErrorKind::Throttled
}

/// When the provider said to come again.
pub(crate) fn asked_delay(error: &Error) -> Option<Duration> {
    error.retry().after.filter(|_| is_throttled(error))
}

/// The resource that the call names does not exist.
pub(crate) fn denies_existence(error: &Error) -> bool {
    facts_of(error).denies_existence
}

/// The refusal of a call about one connection stands for that connection alone: others may be answered otherwise.
pub(crate) fn is_about_connection(error: &Error) -> bool {
    let is_own = facts_of(error).is_about_connection || matches!(error.kind(), ErrorKind::Spec | ErrorKind::Unknown);
    is_own && error.http_status().is_some() && !denies_existence(error)
}

/// The provider refuses to move a connection: it stays where it is, and whoever wanted it moved waits until it is gone. Not so while the service is busy.
pub(crate) fn keeps_connection(error: &Error) -> bool {
    let is_lasting = matches!(
        error.kind(),
        ErrorKind::Spec
            | ErrorKind::Unknown
            | ErrorKind::DependencyMissing
            | ErrorKind::DependencyFirst
            | ErrorKind::Quota
            | ErrorKind::Account
    );
    let facts = facts_of(error);
    (is_lasting && !facts.is_account_wide || facts.is_about_connection)
        && error.code().is_some()
        && !facts.denies_existence
}

/// The connection that the call names does not exist: the endpoint is gone.
pub(crate) fn denies_connection(error: &Error) -> bool {
    facts_of(error).denies_connection
}

/// Calls overlapped that must not.
pub(crate) fn is_collision(error: &Error) -> bool {
    facts_of(error).is_collision
}

/// It is the region that is wrong: it has no host, or the provider does not know it.
pub(crate) fn is_about_region(error: &Error) -> bool {
    error.is_about_region()
}

/// After this answer to a Create its client token leads nowhere any more.
pub(crate) fn spends_token(code: &str) -> bool {
    token_state(code) == Some(TokenState::Spent) || facts(code).spends_token
}

#[cfg(test)]
mod tests;
