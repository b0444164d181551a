//! What goes wrong with a call, of what kind it is, and what to do about it.

mod classify;
mod table;

use std::fmt;
use std::time::Duration;

use crate::operation::ApiOperation;

pub use classify::{Classified, TokenState, classify, token_state};
pub(crate) use classify::{denies_access, fate_of, is_signature_code, is_token_code};
pub use table::{CodeEntry, ErrorCodes, platform_codes};

/// Codes of the platform that callers compare with. All others are data of the tables.
pub mod code {
    /// A dry run found nothing wrong: the success of a dry run.
    pub const DRY_RUN_OPERATION: &str = "DryRunOperation";
    /// Calls overlapped that must not; in no published list, seen in practice.
    pub const CONCURRENT_CALL_NOT_SUPPORTED: &str = "ConcurrentCallNotSupported";
    /// The token was used before with other parameters.
    pub const IDEMPOTENT_PARAMETER_MISMATCH: &str = "IdempotentParameterMismatch";
    /// The first call with this token failed and cannot be repeated.
    pub const IDEMPOTENT_FAILED: &str = "IdempotentFailed";
    /// The first call with this token is still at work.
    pub const IDEMPOTENT_PROCESSING: &str = "IdempotentProcessing";
    /// The same, in another wording of the platform.
    pub const LAST_TOKEN_PROCESSING: &str = "LastTokenProcessing";
    /// The date of the request is more than 15 minutes off.
    pub const TIME_STAMP_EXPIRED: &str = "InvalidTimeStamp.Expired";
    /// The nonce was seen within the last 15 minutes.
    pub const SIGNATURE_NONCE_USED: &str = "SignatureNonceUsed";
}

/// What an error means to somebody who wants the operation done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ErrorKind {
    /// What was asked for is so already: a success in disguise.
    AlreadyDone,
    /// The object, or the account, is in the middle of something; again in seconds.
    Busy,
    /// Too many calls; again after the provider's delay.
    Throttled,
    /// Something the operation needs is not there, or not yet.
    DependencyMissing,
    /// Something else must go or change first.
    DependencyFirst,
    /// A quota is used up.
    Quota,
    /// Only somebody with rights over the account can help.
    Account,
    /// The request itself is wrong and stays wrong until it changes.
    Spec,
    /// The credentials are no good, after one refresh.
    Credential,
    /// Network, server or clock: will pass.
    Transient,
    /// A code in no table. Never terminal: treat as busy, with growing delays, and count it.
    Unknown,
}

impl ErrorKind {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::AlreadyDone,
        Self::Busy,
        Self::Throttled,
        Self::DependencyMissing,
        Self::DependencyFirst,
        Self::Quota,
        Self::Account,
        Self::Spec,
        Self::Credential,
        Self::Transient,
        Self::Unknown,
    ];

    /// A short name for metrics and logs, from a closed set.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AlreadyDone => "already-done",
            Self::Busy => "busy",
            Self::Throttled => "throttled",
            Self::DependencyMissing => "dependency-missing",
            Self::DependencyFirst => "dependency-first",
            Self::Quota => "quota",
            Self::Account => "account",
            Self::Spec => "spec",
            Self::Credential => "credential",
            Self::Transient => "transient",
            Self::Unknown => "unknown",
        }
    }
}

/// When another try makes sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RetryClass {
    /// There is nothing left to try.
    Done,
    /// After one to ten seconds, with jitter.
    Soon,
    /// With growing delays, from seconds to five minutes.
    Backoff,
    /// Every five to fifteen minutes.
    Slow,
    /// Every fifteen to sixty minutes, or when somebody says that it is repaired.
    VerySlow,
    /// When the request changes.
    OnChange,
}

/// When to try again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    /// The delay that the provider asked for, at most 120 s.
    pub after: Option<Duration>,
    /// The class of delay to use when the provider named none.
    pub class: RetryClass,
}

/// What became of the request: may the change have happened?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fate {
    /// It never left: the change has certainly not happened.
    NotSent,
    /// The provider said no, with a code that is known to be a refusal: the change has certainly not happened.
    Refused,
    /// Nobody knows: the change may have happened, or may happen yet.
    Ambiguous,
}

/// Why the provider denied access, as far as it tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccessDenied {
    /// The action that no policy allows, such as `privatelink:CreateVpcEndpointService`.
    pub action: Option<String>,
    /// Who asked: a user id, or `RoleName:SessionName`.
    pub principal: Option<String>,
}

/// A call that did not succeed.
///
/// Prints as `failed to <operation>: <code>: <message>`. Never holds a secret: the message of a signature error, which
/// echoes the signed request, is dropped, and so is any other message in which a secret occurs.
#[derive(Clone, PartialEq, Eq)]
pub struct Error {
    inner: Box<Inner>,
}

#[derive(Clone, PartialEq, Eq)]
struct Inner {
    operation: ApiOperation,
    kind: ErrorKind,
    code: Option<String>,
    message: Option<String>,
    request_id: Option<String>,
    http_status: Option<u16>,
    host: Option<String>,
    credentials_from: Option<String>,
    access_denied: Option<AccessDenied>,
    retry: Retry,
    fate: Fate,
    unknown_host: bool,
}

/// What the gateway answers where there is no such region; none of it is in the documentation of this product.
const REGION_CODES: [&str; 4] =
    ["InvalidRegionId", "InvalidRegionId.NotFound", "InvalidRegion.NotFound", "InvalidRegion"];

impl Error {
    /// The operation that did not succeed.
    pub fn operation(&self) -> ApiOperation {
        self.inner.operation
    }

    /// The same answer as far as it concerns everybody who would make this call: without the words, the id and the denied right of the one
    /// request that got it.
    #[must_use]
    pub fn for_others(&self) -> Self {
        let mut inner = self.inner.clone();
        (inner.message, inner.request_id, inner.access_denied) = (None, None, None);
        Self { inner }
    }

    /// What it means to the caller.
    pub fn kind(&self) -> ErrorKind {
        self.inner.kind
    }

    /// The provider's code; `None` when it did not answer, or not in its own format.
    pub fn code(&self) -> Option<&str> {
        self.inner.code.as_deref()
    }

    /// Text for people; never to be compared. `None` for signature errors: theirs echo the signed request.
    pub fn message(&self) -> Option<&str> {
        self.inner.message.as_deref()
    }

    /// The provider's id of the request, to be quoted to its support.
    pub fn request_id(&self) -> Option<&str> {
        self.inner.request_id.as_deref()
    }

    /// The HTTP status, if there was an answer. Says little: not-found and throttling are 400, an unknown key is 404.
    pub fn http_status(&self) -> Option<u16> {
        self.inner.http_status
    }

    /// The host that gave no answer; `None` when there was one.
    pub fn host(&self) -> Option<&str> {
        self.inner.host.as_deref()
    }

    /// Where the credentials come from that are refused or missing, as a person looks for it: variables, files, a role. Only on errors of
    /// that kind.
    pub fn credentials_from(&self) -> Option<&str> {
        self.inner.credentials_from.as_deref()
    }

    /// What was denied to whom, on permission errors of newer gateways.
    pub fn access_denied(&self) -> Option<&AccessDenied> {
        self.inner.access_denied.as_ref()
    }

    /// When to try again.
    pub fn retry(&self) -> Retry {
        self.inner.retry
    }

    /// Whether the change may have happened, over all attempts of the call.
    pub fn fate(&self) -> Fate {
        self.inner.fate
    }

    /// Whether the provider's code is this one.
    pub fn is(&self, code: &str) -> bool {
        self.code() == Some(code)
    }

    /// Whether it is the region that is wrong: it has no host, or the provider does not know it.
    pub fn is_about_region(&self) -> bool {
        self.inner.unknown_host || self.code().is_some_and(|code| REGION_CODES.contains(&code))
    }

    /// Whether the caller lacks the right to make this call; what was denied, [`Error::access_denied`] says where the gateway tells.
    pub fn is_access_denied(&self) -> bool {
        let by_code = || self.code().is_some_and(|code| denies_access(self.operation(), code));
        self.kind() == ErrorKind::Account && (self.access_denied().is_some() || by_code())
    }

    /// Whether this is the success of a dry run.
    pub fn passed_dry_run(&self) -> bool {
        self.is(code::DRY_RUN_OPERATION)
    }

    /// The error of a success that lacks what it must have, so that it cannot be used; `why` says what.
    pub fn unusable_answer(operation: ApiOperation, why: &str) -> Self {
        Self::local(operation, ErrorKind::Transient, Fate::Ambiguous, format!("failed to read the answer: {why}"))
    }

    /// An error of this client's own, without an answer in the provider's format.
    pub(crate) fn local(operation: ApiOperation, kind: ErrorKind, fate: Fate, message: impl Into<String>) -> Self {
        let retry = Retry { after: None, class: classify::class_of(kind) };
        let inner = Inner {
            operation,
            kind,
            code: None,
            message: Some(message.into()),
            request_id: None,
            http_status: None,
            host: None,
            credentials_from: None,
            access_denied: None,
            retry,
            fate,
            unknown_host: false,
        };
        Self { inner: Box::new(inner) }
    }

    /// The error of a call that the provider answers with this status and code, without words and request id: also for whoever wants to know
    /// what a code would mean.
    pub fn answered(operation: ApiOperation, status: u16, code: &str) -> Self {
        let Classified { kind, retry } = classify(operation, code);
        // A server that broke down says little by its code; only a code that is known means more than the status.
        let kind = if kind == ErrorKind::Unknown && status >= 500 { ErrorKind::Transient } else { kind };
        let inner = Inner {
            operation,
            kind,
            code: Some(code.to_owned()),
            message: None,
            request_id: None,
            http_status: Some(status),
            host: None,
            credentials_from: None,
            access_denied: None,
            retry: Retry { after: None, class: retry },
            fate: fate_of(operation.api, status, code),
            unknown_host: false,
        };
        Self { inner: Box::new(inner) }
    }

    pub(crate) fn with_message(mut self, message: Option<String>) -> Self {
        self.inner.message = message;
        self
    }

    pub(crate) fn with_request_id(mut self, request_id: Option<String>) -> Self {
        self.inner.request_id = request_id;
        self
    }

    pub(crate) fn with_status(mut self, status: u16) -> Self {
        self.inner.http_status = Some(status);
        self
    }

    pub(crate) fn with_host(mut self, host: &str) -> Self {
        self.inner.host = Some(host.to_owned());
        self
    }

    pub(crate) fn with_credentials_from(mut self, origin: String) -> Self {
        self.inner.credentials_from = Some(origin);
        self
    }

    pub(crate) fn with_access_denied(mut self, access_denied: Option<AccessDenied>) -> Self {
        self.inner.access_denied = access_denied;
        self
    }

    pub(crate) fn with_unknown_host(mut self, unknown_host: bool) -> Self {
        self.inner.unknown_host = unknown_host;
        self
    }

    pub(crate) fn with_fate(mut self, fate: Fate) -> Self {
        self.inner.fate = fate;
        self
    }

    /// The provider asked for a delay: that makes any error a throttled one, unless what was asked for is so already.
    pub(crate) fn with_delay(mut self, after: Duration) -> Self {
        if self.inner.kind != ErrorKind::AlreadyDone {
            self.inner.kind = ErrorKind::Throttled;
            self.inner.retry = Retry { after: Some(after), class: classify::class_of(ErrorKind::Throttled) };
        }
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "failed to {}", self.operation())?;
        for part in [self.code(), self.message()].into_iter().flatten() {
            write!(f, ": {part}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner {
            operation,
            kind,
            code,
            message,
            request_id,
            http_status,
            host,
            credentials_from,
            access_denied,
            retry,
            fate,
            unknown_host,
        } = &*self.inner;
        f.debug_struct("Error")
            .field("operation", operation)
            .field("kind", kind)
            .field("code", code)
            .field("message", message)
            .field("request_id", request_id)
            .field("http_status", http_status)
            .field("host", host)
            .field("credentials_from", credentials_from)
            .field("access_denied", access_denied)
            .field("retry", retry)
            .field("fate", fate)
            .field("unknown_host", unknown_host)
            .finish()
    }
}

impl std::error::Error for Error {}
