//! From code and operation to kind and class; from status and code to fate.

use super::table::{EXACT, Entry, IN_OPERATION, PREFIXES};
use super::{ErrorKind, Fate, RetryClass, code};
use crate::operation::Operation;

/// What a code means for an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Classified {
    /// The kind of the error.
    pub kind: ErrorKind,
    /// When another try makes sense.
    pub retry: RetryClass,
}

/// Says what a code means for an operation.
///
/// First the meaning that a code has for this very operation, then its meaning in general, then that of its template
/// (`MissingParam.RegionId` is `MissingParam.%s`). A code found nowhere is `Unknown`. Compares exactly, case included;
/// never fails, whatever the text.
pub fn classify(operation: Operation, code: &str) -> Classified {
    let special = IN_OPERATION.iter().find(|(known, operations, _)| *known == code && operations.contains(&operation));
    if let Some((_, _, entry)) = special {
        return classified(*entry);
    }
    if let Some((_, entry)) = EXACT.iter().find(|(known, _)| *known == code) {
        return classified(*entry);
    }
    if is_throttling(code) {
        return classified(Entry::of(ErrorKind::Throttled));
    }
    let template = PREFIXES.iter().find(|(prefix, _)| code.starts_with(prefix));
    classified(template.map_or(Entry::of(ErrorKind::Unknown), |(_, entry)| *entry))
}

fn classified(entry: Entry) -> Classified {
    Classified { kind: entry.kind, retry: entry.retry.unwrap_or_else(|| class_of(entry.kind)) }
}

/// When another try makes sense for errors of a kind, unless the table says otherwise for a code.
pub(crate) const fn class_of(kind: ErrorKind) -> RetryClass {
    match kind {
        ErrorKind::AlreadyDone => RetryClass::Done,
        ErrorKind::Busy | ErrorKind::Throttled => RetryClass::Soon,
        ErrorKind::DependencyMissing | ErrorKind::DependencyFirst | ErrorKind::Transient | ErrorKind::Unknown => {
            RetryClass::Backoff
        }
        ErrorKind::Quota => RetryClass::Slow,
        ErrorKind::Account | ErrorKind::Credential => RetryClass::VerySlow,
        ErrorKind::Spec => RetryClass::OnChange,
    }
}

/// Whether a code says "too many calls". There are many spellings; the provider's own tools match by substring too.
pub fn is_throttling(code: &str) -> bool {
    ["Throttling", "QPSLimitExceeded", "QPS Limit Exceeded"].iter().any(|mark| code.contains(mark))
}

/// Whether the message that comes with a code may echo the signed request, which holds the security token.
pub(crate) fn is_signature_code(code: &str) -> bool {
    ["Signature", "SecurityToken", "AccessKey", "Authorization"].iter().any(|mark| code.contains(mark))
}

/// Whether fresh credentials may help. An expired token can also be answered as an unknown key.
pub(crate) fn is_token_code(code: &str, temporary: bool) -> bool {
    code.contains("SecurityToken") || (temporary && code == "InvalidAccessKeyId.NotFound")
}

/// Whether an answer with this status and code proves that nothing happened.
///
/// A nonce that was used means that the network delivered the request twice: the other copy may have been accepted.
pub(crate) fn fate_of(status: u16, code: &str) -> Fate {
    let unsettled =
        [code::LAST_TOKEN_PROCESSING, "SystemError", code::GENERATE_RESOURCE_ID_FAILED, code::SIGNATURE_NONCE_USED];
    let refused = (400..500).contains(&status) && !code.starts_with("Idempotent") && !unsettled.contains(&code);
    if refused { Fate::Refused } else { Fate::Ambiguous }
}
