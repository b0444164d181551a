//! What the end of a call means: for everybody else who waits for the same operation, or for the object alone.

use std::time::Duration;

use privatelink::{Error, ErrorKind, code};

/// How a call ended, as far as turns are concerned.
#[derive(Clone, Debug)]
pub(super) enum Ending {
    /// Done.
    Done,
    /// Refused for a reason that is surely not the object's.
    Refused { cause: Cause, after: Option<Duration>, error: Error },
    /// Refused for a reason that is the object's, as far as anybody knows: it comes back later, others are not held up.
    Own { class: Class, error: Error },
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
}

/// When a call that was refused for a reason of its object's is worth another try.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    /// The spec must change. Tried again all the same, if rarely: what the spec names may change too, and the judgement may be wrong.
    Spec,
    /// Something that the call needs may come, or nobody knows what the code means.
    Missing,
    /// A right, a state or a feature. Several objects may lack the same, so one of them finds out for all.
    Rights,
    /// A quota. The same, but room for one is not room for all.
    Quota,
}

impl Ending {
    pub(super) fn of(result: Result<(), &Error>) -> Self {
        let Err(error) = result else { return Self::Done };
        if let Some(cause) = cause(error) {
            return Self::Refused { cause, after: error.retry().after, error: error.clone() };
        }
        if let Some(class) = class(error) {
            return Self::Own { class, error: error.clone() };
        }
        match error.code() {
            _ if error.kind() == ErrorKind::AlreadyDone => Self::Done,
            Some(code::CONCURRENT_CALL_NOT_SUPPORTED) => Self::Collided,
            Some(_) if error.kind() != ErrorKind::Transient => Self::Answered,
            _ => Self::Unanswered,
        }
    }
}

/// Whether an answer closes the operation for everybody: only where it can be about nothing else than the account or its credentials.
fn cause(error: &Error) -> Option<Cause> {
    match error.kind() {
        ErrorKind::Throttled => Some(Cause::Throttled),
        ErrorKind::Credential => Some(Cause::Account),
        ErrorKind::Account if error.code().is_some_and(is_of_the_account) => Some(Cause::Account),
        _ => None,
    }
}

/// Codes of kind `Account` that no object's spec and no service's state can bring about. A right may be missing on one resource group only, a
/// feature may be one that a single object asks for, so those are not among them.
fn is_of_the_account(code: &str) -> bool {
    const CODES: &[&str] = &[
        "CheckServiceLinkRoleError",
        "Forbidden.RiskControl",
        "Forbidden.UserVerification",
        "IllegalTimestamp",
        "InvalidAction.NotFound",
        "InvalidApi.NotFound",
        "InvalidProduct.NotFound",
        "InvalidSignatureMethod",
        "InvalidTimeStamp.Format",
        "InvalidVersion",
        "NeedOpenProduct",
        "NoSuchVersion",
        "UnsupportedHTTPMethod",
    ];
    CODES.contains(&code) || code.starts_with("InvalidAccountStatus.")
}

/// What is remembered of the object that was refused; `None`: trouble that passes by itself, which the object's own back-off deals with.
fn class(error: &Error) -> Option<Class> {
    match error.kind() {
        ErrorKind::Spec => Some(Class::Spec),
        ErrorKind::DependencyMissing => Some(Class::Missing),
        ErrorKind::Unknown if error.code().is_some() => Some(Class::Missing),
        ErrorKind::Account => Some(Class::Rights),
        ErrorKind::Quota => Some(Class::Quota),
        ErrorKind::AlreadyDone
        | ErrorKind::Busy
        | ErrorKind::Throttled
        | ErrorKind::DependencyFirst
        | ErrorKind::Credential
        | ErrorKind::Transient
        | ErrorKind::Unknown => None,
    }
}

/// Whether the lanes see to it that the object that got this answer does not send the same again too soon: the operation is closed, or the call
/// is withheld.
pub(crate) fn is_dealt_with(error: &Error) -> bool {
    cause(error).is_none_or(|cause| cause == Cause::Account) && (cause(error).is_some() || class(error).is_some())
}

#[cfg(test)]
mod tests {
    use privatelink::Operation;
    use privatelink::testing::refused;

    use super::*;

    fn of(code: &str) -> (Option<Cause>, Option<Class>) {
        let error = refused(Operation::CreateVpcEndpointService, code);
        (cause(&error), class(&error).filter(|_| cause(&error).is_none()))
    }

    #[test]
    fn only_what_can_be_about_nothing_else_closes_for_the_account() {
        let account = [
            "NeedOpenProduct",
            "InvalidAccountStatus.NotEnoughBalance",
            "InvalidAccountStatus.Bogus",
            "InvalidAccessKeyId.NotFound",
            "InvalidSecurityToken.Expired",
            "SignatureDoesNotMatch",
            "Forbidden.AccessKeyDisabled",
            "Forbidden.RiskControl",
        ];
        for code in account {
            assert_eq!(of(code), (Some(Cause::Account), None), "{code}");
        }
        let rights = [
            "Forbidden",
            "Forbidden.RAM",
            "NoPermission",
            "NoPermission.ChangeResourceGroup",
            "NotAuthorized",
            "EndpointServicePayerForbidden",
            "EndpointServiceNotAuthorized",
            "AccountTypeRestricted",
            "IncorrectBusinessStatus.VpcEndpointService",
            "OperationDenied.EndpointProtected",
            "StatusForbidden",
        ];
        for code in rights {
            assert_eq!(of(code), (None, Some(Class::Rights)), "{code}");
        }
    }

    #[test]
    fn a_quota_a_spec_and_what_is_missing_are_the_objects_own() {
        for code in ["QuotaMisMatched", "QuotaExceed.TagsPerResource", "EniIpUnavailable"] {
            assert_eq!(of(code), (None, Some(Class::Quota)), "{code}");
        }
        for code in ["IllegalParam.AddressIpVersion", "InvalidResourceGroup", "ResourceNotFound"] {
            assert_eq!(of(code), (None, Some(Class::Spec)), "{code}");
        }
        for code in ["LoadBalancerNotFound", "Bogus"] {
            assert_eq!(of(code), (None, Some(Class::Missing)), "{code}");
        }
        for code in ["EndpointServiceLocked", "DeleteFailedDueToEndpointExist", "SystemError"] {
            assert_eq!(of(code), (None, None), "{code}");
        }
    }
}
