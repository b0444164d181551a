//! What an error of the cloud means: the one room that knows a code. To the person who reads the object, the reason of a condition and what to
//! do; to the rest of the operator, whom the error concerns and when another try makes sense.
//!
//! Pure. A verdict says nothing that changes from one try to the next: no request id, no time, none of the provider's own text. Those
//! stand in `status.lastError`.

mod codes;
mod concern;
mod field;

use cloud_core::{Error, ErrorKind, Fate};
use privatelink::Operation;

use self::codes::{Facts, facts, names_nothing, names_parameter};
pub(crate) use self::concern::{
    Cause, Class, Concern, asked_delay, concern, denies_connection, denies_existence, has_wide_refusal,
    is_about_connection, is_about_region, is_about_value, is_collision, is_for_a_person, is_passing, is_throttled,
    is_withheld_by_scheduler, keeps_connection, spends_token,
};
use self::field::is_sent;
use crate::crd::Reason;

#[cfg(test)]
mod tests;

/// What is said of an error.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Verdict {
    pub reason: Reason,
    /// Only a person can help. Otherwise the operator goes on by itself.
    pub stalled: bool,
    /// Which operation failed, with which code, what that means and what to do. The same for the same operation and code.
    pub message: String,
}

/// What to do where there is no key, or none that can be used.
const KEY: &str = "create or correct the Secret that it comes from, or what else --credentials names. A key in files (--credentials-dir) is \
                   read again by itself within minutes, and what is issued for a time is asked for again by itself; environment variables are \
                   read only when the operator is restarted; status.lastError says what is missing";

/// The most that is shown of a code; all known ones are shorter than 64.
const CODE_LENGTH: usize = 128;

/// Judges an error. Every error has a verdict, also one with a code that nobody knows: that one is never terminal.
pub fn verdict(error: &Error) -> Verdict {
    Verdict { reason: reason(error), stalled: is_for_a_person(error.kind()), message: message(error) }
}

/// Judges the error that tripped the circuit breaker of its operation, for an object that did not get it itself.
///
/// Such an error can be about nothing of another object, so nothing of one is told.
pub fn tripped(error: &Error) -> Verdict {
    let operation = error.operation();
    let answer = error.code().map_or_else(|| without_code(error), |code| format!("failed: {}", clipped(code)));
    let message =
        format!("{operation} waits: it is blocked for the whole account since it {answer}: {}", sentence(error));
    Verdict { message, ..verdict(error) }
}

/// Judges the error of a list of a region that has never been listed, because it is none: the provider says so, or it has no host.
pub fn region(error: &Error, region: &str) -> Verdict {
    let operation = error.operation();
    let cause = error.code().map_or_else(
        || "its host is not known to the name service".to_owned(),
        |code| format!("{operation} failed: {}", clipped(code)),
    );
    let message = format!(
        "The region \"{region}\" (spec.region, or else the operator's default region) cannot be used: {cause}. Recreate the object with \
         one of the provider's regions; where the region is right, correct the operator's network or endpoint flags."
    );
    Verdict { reason: Reason::RegionUnusable, stalled: error.code().is_some(), message }
}

fn reason(error: &Error) -> Reason {
    let particular = facts_of(error).reason.filter(|(kind, _)| *kind == error.kind());
    match particular {
        Some((_, reason)) => reason,
        None if error.kind() == ErrorKind::DependencyFirst && is_detach(error) => Reason::AttachmentInUse,
        None => reason_of(error.kind()),
    }
}

fn is_detach(error: &Error) -> bool {
    Operation::of(error.operation()) == Some(Operation::DetachResourceFromVpcEndpointService)
}

/// One reason a kind, for the codes that have none of their own.
const fn reason_of(kind: ErrorKind) -> Reason {
    match kind {
        ErrorKind::Throttled => Reason::WaitingForThrottling,
        ErrorKind::DependencyFirst => Reason::ServiceInUse,
        ErrorKind::Quota => Reason::WaitingForQuota,
        ErrorKind::Account => Reason::AccountRestricted,
        ErrorKind::Spec => Reason::InvalidSpec,
        ErrorKind::Credential => Reason::InvalidCredentials,
        ErrorKind::Busy => Reason::ProviderBusy,
        ErrorKind::AlreadyDone | ErrorKind::DependencyMissing | ErrorKind::Transient => Reason::CloudError,
        ErrorKind::Unknown => Reason::UnknownAnswer,
    }
}

fn facts_of(error: &Error) -> Facts {
    facts(error.code().unwrap_or_default())
}

fn message(error: &Error) -> String {
    let operation = error.operation();
    let sentence = sentence(error);
    match error.code() {
        Some(code) => {
            let code = clipped(code);
            format!("{operation} failed: {code}: {sentence}")
        }
        None => format!("{operation} {}: {sentence}", without_code(error)),
    }
}

/// What became of a call that has no code.
fn without_code(error: &Error) -> String {
    match (error.http_status(), error.host()) {
        (Some(status @ 200..300), _) => format!("failed: HTTP {status} with a body that is not an answer of this API"),
        (Some(status), _) => format!("failed: HTTP {status} without an error code"),
        (None, Some(host)) if error.fate() == Fate::NotSent => format!("failed: cannot connect to {host}"),
        (None, Some(host)) => format!("failed: no valid response from {host} (timeout or connection error)"),
        (None, None) if error.kind() == ErrorKind::Credential => "failed: not sent".to_owned(),
        (None, None) => "failed: no valid response (timeout or connection error)".to_owned(),
    }
}

fn clipped(code: &str) -> String {
    code.chars().filter(char::is_ascii_graphic).take(CODE_LENGTH).collect()
}

fn sentence(error: &Error) -> String {
    match error.kind() {
        ErrorKind::Account if reason(error) == Reason::AccessDenied => rights(error),
        ErrorKind::Credential => key(error),
        ErrorKind::Spec => refused_spec(error),
        // With a delay, any error is a throttled one, whatever its code.
        kind if kind != ErrorKind::Throttled => facts_of(error).sentence.unwrap_or(sentence_of(kind)).to_owned(),
        kind => sentence_of(kind).to_owned(),
    }
}

/// What is wrong with the access key, and where it comes from.
fn key(error: &Error) -> String {
    let sentence = match error.code() {
        Some(_) => facts_of(error).sentence.unwrap_or(sentence_of(ErrorKind::Credential)).to_owned(),
        None => format!("the operator has no access key that it can use; {KEY}"),
    };
    match error.credentials_from() {
        Some(origin) => format!("{sentence}. It comes from {origin}"),
        None => sentence,
    }
}

/// A code that tells what is wrong has a sentence of its own. Where it tells only the field, that is named; where it tells nothing, the
/// provider's words do.
fn refused_spec(error: &Error) -> String {
    match (facts_of(error).sentence, field::field(error)) {
        (Some(own), Some(field)) if error.code().is_some_and(names_parameter) => format!("{own}: {field}"),
        (Some(own), None) => own.to_owned(),
        (Some(own), Some(_)) if !error.code().is_some_and(names_nothing) => own.to_owned(),
        (_, Some(field)) => {
            format!("the provider refuses what {field} asks for; correct it, status.lastError has the provider's words")
        }
        (None, None) if Operation::of(error.operation()).is_some_and(|operation| !is_sent(operation)) => {
            NOT_SENT.to_owned()
        }
        (None, None) => sentence_of(ErrorKind::Spec).to_owned(),
    }
}

/// Only the page of codes says this: nobody gets such an answer.
const NOT_SENT: &str = "this operator never sends this operation, so no field of the spec is concerned; the code is for consumers' endpoints, or for other tools";

/// One sentence a kind, for the codes that have none of their own.
const fn sentence_of(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::AlreadyDone => "the provider already has what was requested; the operator refreshes its view",
        ErrorKind::Busy => {
            "the provider is busy with this service or with another call of the account; the operator tries again by itself"
        }
        ErrorKind::Throttled => {
            "the provider limits the rate of this call; the operator waits as long as it was told to"
        }
        ErrorKind::DependencyMissing => {
            "something that the call needs is not there, or not any more; create it, or wait until the operator has looked again"
        }
        ErrorKind::DependencyFirst => {
            "something in the cloud still uses what is to be changed; remove that first, then the operator continues by itself"
        }
        ErrorKind::Quota => "a quota is used up; delete what is not needed, or ask the provider for more",
        ErrorKind::Account => {
            "the provider refuses the account, the feature or the state that it is in; settle it with the provider, then the operator \
             continues by itself"
        }
        ErrorKind::Spec => {
            "the provider refuses what the spec asks for, and the code does not tell which field; status.lastError has its words, correct \
             the spec by them"
        }
        ErrorKind::Credential => {
            "the provider does not accept the operator's access key; correct the Secret that it comes from, or what else --credentials \
             names. A key in files (--credentials-dir) is read again by itself within minutes, and what is issued for a time is asked for again \
             by itself; environment variables are read only when the operator is restarted"
        }
        ErrorKind::Transient => "a temporary error of the provider or the network; the operator retries by itself",
        ErrorKind::Unknown => {
            "this operator does not know the code, so it tries again, less and less often; see status.lastError for the provider's words"
        }
    }
}

/// The action is what the provider named, or else what every operation needs.
fn rights(error: &Error) -> String {
    let denied = error.access_denied().and_then(|denied| denied.action.as_deref());
    let operation = error.operation();
    let action = denied.map_or_else(|| format!("{}:{operation}", operation.api.action_prefix), str::to_owned);
    format!("the operator's credentials lack a right; grant them the RAM action {action}")
}
