//! Errors for the tests of those who use this client.

use std::time::Duration;

use crate::error::{Error, ErrorKind, Fate};
use crate::operation::ApiOperation;

/// The host of calls that have no answer.
const HOST: &str = "privatelink.example.com";

/// The error of a call that the provider answers with HTTP 400 and this code.
pub fn refused(operation: impl Into<ApiOperation>, code: &str) -> Error {
    answered(operation, 400, code)
}

/// The error of a call that the provider answers with this status and code.
pub fn answered(operation: impl Into<ApiOperation>, status: u16, code: &str) -> Error {
    Error::answered(operation.into(), status, code)
        .with_message(Some("made for a test".to_owned()))
        .with_request_id(Some("00000000-0000-0000-0000-000000000000".to_owned()))
}

/// The error of a call that the provider answers with HTTP 400, this code and these words, also as its request id.
pub fn refused_with(operation: impl Into<ApiOperation>, code: &str, words: &str) -> Error {
    Error::answered(operation.into(), 400, code)
        .with_message(Some(words.to_owned()))
        .with_request_id(Some(words.to_owned()))
}

/// The error of a call that is throttled for so long.
pub fn throttled(operation: impl Into<ApiOperation>, after: Duration) -> Error {
    told_to_wait(operation, "Throttling.User", after)
}

/// The error of a call that the provider answers with HTTP 400, this code and a time to wait; whatever the code, that makes it a throttled one.
pub fn told_to_wait(operation: impl Into<ApiOperation>, code: &str, after: Duration) -> Error {
    answered(operation, 400, code).with_delay(after)
}

/// The error of a call whose answer got lost: nobody knows whether it had its effect.
pub fn lost_answer(operation: impl Into<ApiOperation>) -> Error {
    Error::local(operation.into(), ErrorKind::Transient, Fate::Ambiguous, "failed to read the answer: made for a test")
        .with_host(HOST)
}

/// The error of a call to a host that there is not.
pub fn unknown_host(operation: impl Into<ApiOperation>) -> Error {
    not_sent(operation).with_unknown_host(true)
}

/// The error of a call that found no connection.
pub fn not_sent(operation: impl Into<ApiOperation>) -> Error {
    Error::local(operation.into(), ErrorKind::Transient, Fate::NotSent, "failed to connect: made for a test")
        .with_host(HOST)
}

/// The error of a call that something other than the provider answered: a proxy, a load balancer.
pub fn not_of_the_provider(operation: impl Into<ApiOperation>, status: u16) -> Error {
    Error::local(operation.into(), ErrorKind::Transient, Fate::Ambiguous, "failed to read the answer: made for a test")
        .with_status(status)
}

/// The error of a call that had no credentials to be signed with.
pub fn without_key(operation: impl Into<ApiOperation>) -> Error {
    Error::local(operation.into(), ErrorKind::Credential, Fate::NotSent, "failed to load credentials: made for a test")
}

/// The same error, about credentials that come from there.
pub fn with_credentials_from(error: Error, origin: &str) -> Error {
    error.with_credentials_from(origin.to_owned())
}
