//! From code and operation to kind and class; from status and code to fate.

use super::table::{CodeEntry, PLATFORM};
use super::{ErrorKind, Fate, RetryClass};
use crate::operation::{Api, ApiOperation};

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
/// First the meaning that a code has for this very operation, then its meaning in general (in its API, then on the
/// platform), then that of its template (`MissingParam.RegionId` is `MissingParam.%s`). A code found nowhere is `Unknown`.
/// Compares exactly, case included; never fails, whatever the text.
pub fn classify(operation: impl Into<ApiOperation>, code: &str) -> Classified {
    let CodeEntry { kind, retry, .. } = entry_of(operation.into(), code);
    Classified { kind, retry: retry.unwrap_or_else(|| class_of(kind)) }
}

/// Whether a code says that the caller lacks a right.
pub(crate) fn denies_access(operation: ApiOperation, code: &str) -> bool {
    entry_of(operation, code).denies_access
}

/// The row that counts for a code; a code found nowhere has that of the unknown.
fn entry_of(operation: ApiOperation, code: &str) -> CodeEntry {
    let ApiOperation { api, name, .. } = operation;
    let in_operation = api.codes.in_operation.iter();
    let special = in_operation.copied().find(|(known, operations, _)| *known == code && operations.contains(&name));
    if let Some((_, _, entry)) = special {
        return entry;
    }
    if let Some(entry) = known(api, code) {
        return entry;
    }
    if let Some(state) = token_state(code) {
        return CodeEntry::of_token(state);
    }
    if is_throttling(code) {
        return CodeEntry::of(ErrorKind::Throttled);
    }
    let mut prefixes = api.codes.prefixes.iter().chain(PLATFORM.prefixes);
    let family = prefixes.find(|(prefix, _)| code.starts_with(prefix));
    family.map_or(CodeEntry::of(ErrorKind::Unknown), |(_, entry)| *entry)
}

/// The row of a code that is known itself, or by its documented template.
fn known(api: &Api, code: &str) -> Option<CodeEntry> {
    let exact = api.codes.exact.iter().chain(PLATFORM.exact).find(|(known, _)| *known == code);
    let is_of = |prefix: &str| code.len() > prefix.len() && code.starts_with(prefix);
    let template = || api.codes.templates.iter().find(|(prefix, _)| is_of(prefix));
    exact.or_else(template).map(|(_, entry)| *entry)
}

/// What a code says about the `ClientToken` of the call, in whatever spelling: the provider's products have `IdempotentProcessing`,
/// `IdempotenceProcessing`, `LastTokenProcessing`, `OperationFailed.LastTokenProcessing`, `OperationFailed.IdempotentTokenProcessing`,
/// `IdempotentParameterMismatch`, `IdempotenceParamNotMatch`, …
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenState {
    /// An earlier call with this token is still at work: wait, and ask again under the same one.
    Processing,
    /// The token leads nowhere any more: its first call failed for good, or was another one.
    Spent,
    /// Something else.
    Unclear,
}

/// What a code says about the token; `None`: nothing. Whatever it says, an earlier call with this token may have been accepted.
pub fn token_state(code: &str) -> Option<TokenState> {
    let word = code.rsplit('.').next().unwrap_or(code);
    let is_idempotence = word.contains("Idempoten");
    if word.contains("TokenProcessing") || (is_idempotence && word.contains("Processing")) {
        return Some(TokenState::Processing);
    }
    let is_spent = ["Mismatch", "NotMatch", "Failed"].into_iter().any(|end| word.ends_with(end));
    match (is_idempotence, is_spent) {
        (true, true) => Some(TokenState::Spent),
        (true, false) => Some(TokenState::Unclear),
        // Spelt as nobody knows it yet, but about the token all the same.
        (false, _) => (code.contains("Idempoten") || code.contains("TokenProcessing")).then_some(TokenState::Unclear),
    }
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
fn is_throttling(code: &str) -> bool {
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

/// Whether an answer with this status and code proves that nothing happened: a 4xx whose code is known to be a refusal.
///
/// Every other answer leaves it open. A code that nobody knows may mean that the work goes on; a word about the token (in whatever spelling)
/// means that an earlier use of it may have been accepted; and a nonce that was used means that the network delivered the request twice: the
/// other copy may have been.
pub(crate) fn fate_of(api: &Api, status: u16, code: &str) -> Fate {
    let refused = (400..500).contains(&status) && token_state(code).is_none() && is_refusal(api, code);
    if refused { Fate::Refused } else { Fate::Ambiguous }
}

fn is_refusal(api: &Api, code: &str) -> bool {
    known(api, code).map_or_else(|| is_known_throttling(code), |entry| entry.refuses)
}

/// The documented spellings. Others are treated as throttling as well, but nobody knows what they leave undone.
fn is_known_throttling(code: &str) -> bool {
    let is_family = |name: &str| code.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    code == "Rejected.Throttling" || ["Throttling", "QPSLimitExceeded", "QPS Limit Exceeded"].into_iter().any(is_family)
}
