//! What is known about error codes: the form of a product's table, and the table of the platform.
//!
//! Sources: the platform's gateway codes, and codes that other clients handle though no list has them. Kind and class are
//! this client's judgement.

use super::{ErrorKind, RetryClass, TokenState};

use ErrorKind::{Account, AlreadyDone, Busy, Credential, DependencyFirst, DependencyMissing, Quota, Spec, Transient};

/// What the error codes of an API mean, where the platform's own meaning does not do.
#[derive(Clone, Copy, Debug)]
pub struct ErrorCodes {
    /// Codes whose meaning depends on the operation: the code, the names of the operations, the meaning there. Each has a
    /// general one too.
    pub in_operation: &'static [(&'static str, &'static [&'static str], CodeEntry)],
    /// Codes that mean the same wherever they come.
    pub exact: &'static [(&'static str, CodeEntry)],
    /// Documented codes of which a part is the name of a parameter, by what comes before it: as sure as an exact one.
    pub templates: &'static [(&'static str, CodeEntry)],
    /// Families that grow: the first prefix that fits counts, and only when no table has the code itself. What a code that
    /// nobody has seen yet leaves open is not known, so none of these proves a refusal.
    pub prefixes: &'static [(&'static str, CodeEntry)],
}

impl ErrorCodes {
    /// No code of its own.
    pub const NONE: Self = Self { in_operation: &[], exact: &[], templates: &[], prefixes: &[] };
}

/// What is known about a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodeEntry {
    pub(super) kind: ErrorKind,
    /// `None`: the class of the kind.
    pub(super) retry: Option<RetryClass>,
    /// The code, answered with 4xx, proves that nothing happened. Counts for exact codes and templates only.
    pub(super) refuses: bool,
    /// The code says that the caller lacks a right.
    pub(super) denies_access: bool,
}

impl CodeEntry {
    /// A code of that kind. The check of what was asked for ends with some kinds before anything is done: those prove a refusal. Of all others
    /// a row must say so itself.
    pub const fn of(kind: ErrorKind) -> Self {
        let refuses =
            matches!(kind, AlreadyDone | Account | Credential | DependencyFirst | DependencyMissing | Quota | Spec);
        Self { kind, retry: None, refuses, denies_access: false }
    }

    /// The code of a call for which the caller lacks the right.
    pub const fn denial() -> Self {
        Self { denies_access: true, ..Self::of(Account) }
    }

    /// A code of that kind with another class of delay.
    #[must_use]
    pub const fn retried(mut self, retry: RetryClass) -> Self {
        self.retry = Some(retry);
        self
    }

    /// The code of a refusal, although others of its kind leave open what happened.
    pub const fn refusal(kind: ErrorKind) -> Self {
        Self { refuses: true, ..Self::of(kind) }
    }

    /// A code about the token of the call: one that is at work is done in seconds.
    pub(super) const fn of_token(state: TokenState) -> Self {
        match state {
            TokenState::Processing => Self::of(Busy),
            TokenState::Spent | TokenState::Unclear => Self::of(Busy).retried(RetryClass::Backoff),
        }
    }
}

/// The codes that any API of the platform may answer.
pub(super) const PLATFORM: ErrorCodes =
    ErrorCodes { in_operation: &[], exact: EXACT, templates: &[], prefixes: PREFIXES };

/// The codes that any API of the platform may answer, as far as they are known.
pub fn platform_codes() -> impl Iterator<Item = &'static str> {
    EXACT.iter().map(|(code, _)| *code)
}

const EXACT: &[(&str, CodeEntry)] = &[
    // In no published list, seen by other clients.
    ("ConcurrentCallNotSupported", CodeEntry::refusal(Busy)),
    ("DryRunOperation", CodeEntry::of(AlreadyDone)),
    // The platform's words about a token, each of which other products spell in their own way: see `token_state`.
    ("IdempotentFailed", CodeEntry::of(Busy).retried(RetryClass::Backoff)),
    ("IdempotentParameterMismatch", CodeEntry::of(Busy).retried(RetryClass::Backoff)),
    ("IdempotentProcessing", CodeEntry::of(Busy)),
    ("LastTokenProcessing", CodeEntry::of(Busy)),
    // The platform's gateway.
    ("Forbidden", CodeEntry::denial()),
    ("Forbidden.AccessKeyDisabled", CodeEntry::of(Credential)),
    ("Forbidden.RAM", CodeEntry::denial()),
    ("Forbidden.RiskControl", CodeEntry::of(Account)),
    ("Forbidden.UserVerification", CodeEntry::of(Account)),
    ("IllegalTimestamp", CodeEntry::of(Account)),
    ("IncompleteSignature", CodeEntry::of(Credential)),
    ("InternalError", CodeEntry::of(Transient)),
    ("InternalFailure", CodeEntry::of(Transient)),
    // A wrong host, action or version: the set-up is wrong, not the request.
    ("InvalidAccessKeyId.Inactive", CodeEntry::of(Credential)),
    ("InvalidAccessKeyId.NotFound", CodeEntry::of(Credential)),
    ("InvalidAction.NotFound", CodeEntry::of(Account)),
    ("InvalidApi.NotFound", CodeEntry::of(Account)),
    ("InvalidParameter", CodeEntry::of(Spec)),
    ("InvalidProduct.NotFound", CodeEntry::of(Account)),
    ("InvalidSecurityToken.Expired", CodeEntry::of(Credential)),
    ("InvalidSecurityToken.Malformed", CodeEntry::of(Credential)),
    ("InvalidSecurityToken.MismatchWithAccessKey", CodeEntry::of(Credential)),
    ("InvalidSignatureMethod", CodeEntry::of(Account)),
    ("InvalidTimeStamp.Expired", CodeEntry::refusal(Transient)),
    ("InvalidTimeStamp.Format", CodeEntry::of(Account)),
    ("InvalidVersion", CodeEntry::of(Account)),
    ("MissingSecurityToken", CodeEntry::of(Credential)),
    ("NoPermission", CodeEntry::denial()),
    ("NoSuchVersion", CodeEntry::of(Account)),
    ("NotAuthorized", CodeEntry::denial()),
    ("ServiceUnavailable", CodeEntry::of(Transient)),
    ("ServiceUnavailableTemporary", CodeEntry::of(Transient)),
    ("SignatureDoesNotMatch", CodeEntry::of(Credential)),
    ("SignatureNonceUsed", CodeEntry::of(Transient)),
    ("StatusForbidden", CodeEntry::of(Account)),
    ("UnsupportedHTTPMethod", CodeEntry::of(Account)),
];

const PREFIXES: &[(&str, CodeEntry)] = &[
    ("IllegalParam", CodeEntry::of(Spec)),
    ("InvalidParam", CodeEntry::of(Spec)),
    // `MissingSecurityToken` stands above. The gateway writes `MissingRegionId`, the product `MissingParam.RegionId`.
    ("Missing", CodeEntry::of(Spec)),
    ("QuotaExceed", CodeEntry::of(Quota)),
    ("InvalidAccountStatus.", CodeEntry::of(Account)),
    ("InvalidAccessKeyId.", CodeEntry::of(Credential)),
    ("InvalidSecurityToken.", CodeEntry::of(Credential)),
    ("AuthenticationFail.", CodeEntry::of(Credential)),
    ("EntityNotExist.Role", CodeEntry::of(Credential)),
    ("Forbidden.", CodeEntry::denial()),
    ("NoPermission.", CodeEntry::denial()),
    ("InternalError.", CodeEntry::of(Transient)),
    ("ServiceUnavailable.", CodeEntry::of(Transient)),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_code_of_the_platform_stands_in_the_table_twice() {
        let codes: BTreeSet<&str> = EXACT.iter().map(|(code, _)| *code).collect();
        let prefixes: BTreeSet<&str> = PREFIXES.iter().map(|(prefix, _)| *prefix).collect();
        assert_eq!((codes.len(), prefixes.len()), (EXACT.len(), PREFIXES.len()));
    }
}
