//! What the end of a call means for everybody else who waits for the same operation.

use std::time::Duration;

use privatelink::{Error, ErrorKind, Operation, code};

/// How a call ended, as far as others are concerned.
#[derive(Clone, Debug)]
pub(super) enum Ending {
    /// Done.
    Done,
    /// Refused for a reason that is not the object's alone.
    Refused { cause: Cause, after: Option<Duration>, error: Error },
    /// Somebody else's call was under way in the same serial lane.
    Collided,
    /// The provider answered, and no more than the object's own call is wrong.
    Answered,
    /// No answer, or none of the provider's own.
    Unanswered,
    /// The call was given up half-way; it may have reached the provider.
    CutOff,
}

/// Why an operation is closed for everybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    /// Too many calls.
    Throttled,
    /// The account or its credentials: a person must help.
    Account,
    /// A quota of the account's.
    Quota,
}

impl Ending {
    pub(super) fn of(operation: Operation, result: Result<(), &Error>) -> Self {
        let Err(error) = result else { return Self::Done };
        if let Some(cause) = cause(operation, error) {
            return Self::Refused { cause, after: error.retry().after, error: error.clone() };
        }
        match error.code() {
            _ if error.kind() == ErrorKind::AlreadyDone => Self::Done,
            Some(code::CONCURRENT_CALL_NOT_SUPPORTED) => Self::Collided,
            Some(_) if error.kind() != ErrorKind::Transient => Self::Answered,
            _ => Self::Unanswered,
        }
    }
}

/// Codes of kind `Account` that depend on what one object asks for or on the state of one service: others may succeed.
const OF_ONE_OBJECT: &[&str] =
    &["EndpointServicePayerForbidden", "EndpointServiceNotAuthorized", "NoPermission.ChangeResourceGroup"];

fn cause(operation: Operation, error: &Error) -> Option<Cause> {
    match error.kind() {
        ErrorKind::Throttled => Some(Cause::Throttled),
        ErrorKind::Credential => Some(Cause::Account),
        ErrorKind::Account if !error.code().is_some_and(is_of_one_object) => Some(Cause::Account),
        // The other quotas that a Create can meet are those of one service: its tags, the addresses of its load balancer.
        ErrorKind::Quota if operation == Operation::CreateVpcEndpointService && error.is("QuotaMisMatched") => {
            Some(Cause::Quota)
        }
        _ => None,
    }
}

fn is_of_one_object(code: &str) -> bool {
    OF_ONE_OBJECT.contains(&code) || code.starts_with("IncorrectBusinessStatus.") || code.contains("Protected")
}
