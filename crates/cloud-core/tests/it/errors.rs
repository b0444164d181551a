//! What the codes of the platform mean, and what an error says.

use std::time::Duration;

use cloud_core::{
    Classified, Error, ErrorKind, Fate, Request, Retry, RetryClass, TokenState, classify, test_support, token_state,
};

use crate::product::{CreateThing, DeleteThing, ListThings, TagThings};

#[test]
fn the_gateway_s_codes_are_known() {
    use ErrorKind::{Account, Credential, Spec, Throttled, Transient};
    let codes = [
        ("InvalidApi.NotFound", Account),
        ("InvalidAction.NotFound", Account),
        ("InvalidProduct.NotFound", Account),
        ("NoSuchVersion", Account),
        ("InvalidVersion", Account),
        ("UnsupportedHTTPMethod", Account),
        ("InvalidSignatureMethod", Account),
        ("InvalidAccessKeyId.NotFound", Credential),
        ("InvalidAccessKeyId.Inactive", Credential),
        ("Forbidden.AccessKeyDisabled", Credential),
        ("InvalidSecurityToken.Expired", Credential),
        ("InvalidSecurityToken.Malformed", Credential),
        ("InvalidSecurityToken.MismatchWithAccessKey", Credential),
        ("MissingSecurityToken", Credential),
        ("SignatureDoesNotMatch", Credential),
        ("IncompleteSignature", Credential),
        ("InvalidTimeStamp.Format", Account),
        ("IllegalTimestamp", Account),
        ("InvalidTimeStamp.Expired", Transient),
        ("SignatureNonceUsed", Transient),
        ("Forbidden.RAM", Account),
        ("Forbidden", Account),
        ("NoPermission", Account),
        ("NotAuthorized", Account),
        ("Forbidden.RiskControl", Account),
        ("Forbidden.UserVerification", Account),
        ("InvalidAccountStatus.Arrears", Account),
        ("Throttling", Throttled),
        ("Throttling.User", Throttled),
        ("Throttling.Api", Throttled),
        ("Rejected.Throttling", Throttled),
        ("QPSLimitExceeded", Throttled),
        ("QPS Limit Exceeded", Throttled),
        ("ServiceUnavailable", Transient),
        ("ServiceUnavailableTemporary", Transient),
        ("InternalError", Transient),
        ("InternalFailure", Transient),
        ("InvalidParameter", Spec),
        ("AuthenticationFail.OIDCToken.Expired", Credential),
    ];
    for (code, expected) in codes {
        assert_eq!(classify(ListThings::OPERATION, code).kind, expected, "{code}");
    }
}

#[test]
fn a_missing_right_is_told_apart_from_all_else_that_only_the_account_can_settle() {
    let is_denied = |code| test_support::answered(ListThings::OPERATION, 403, code).is_access_denied();
    for code in
        ["Forbidden", "Forbidden.RAM", "Forbidden.SomethingNew", "NoPermission", "NoPermission.X", "NotAuthorized"]
    {
        assert!(is_denied(code), "{code}");
    }
    for code in
        ["Forbidden.RiskControl", "Forbidden.UserVerification", "Forbidden.AccessKeyDisabled", "NeedOpenProduct"]
    {
        assert!(!is_denied(code), "{code}");
    }
    for code in
        ["InvalidAccountStatus.Arrears", "InvalidApi.NotFound", "ThingNotFound", "forbidden.ram", "SomethingNew", ""]
    {
        assert!(!is_denied(code), "{code}");
    }
    assert!(!test_support::lost_answer(ListThings::OPERATION).is_access_denied(), "no code at all");
    let delayed = test_support::told_to_wait(ListThings::OPERATION, "Forbidden.RAM", Duration::from_secs(1));
    assert!(!delayed.is_access_denied(), "whoever is told to wait is not told no");
}

#[test]
fn a_code_that_nobody_knows_is_unknown_and_backs_off() {
    let expected = Classified { kind: ErrorKind::Unknown, retry: RetryClass::Backoff };
    for code in ["", "SomethingNew", "OperationDenied.SomethingNew", "endpointservicenotfound", "Endpoint"] {
        assert_eq!(classify(CreateThing::OPERATION, code), expected, "{code}");
    }
}

#[test]
fn an_unknown_code_with_a_server_error_is_transient_and_ambiguous() {
    let error = test_support::answered(CreateThing::OPERATION, 500, "SomethingNew");
    assert_eq!((error.kind(), error.fate()), (ErrorKind::Transient, Fate::Ambiguous));
}

#[test]
fn answers_that_leave_the_fate_of_a_creation_open_are_ambiguous() {
    let fate = |status, code| test_support::answered(CreateThing::OPERATION, status, code).fate();
    for code in ["IdempotentParameterMismatch", "IdempotentFailed", "IdempotentProcessing", "LastTokenProcessing"] {
        assert_eq!(fate(400, code), Fate::Ambiguous, "{code}");
    }
    assert_eq!(fate(500, "QuotaMisMatched"), Fate::Ambiguous);
    assert_eq!(fate(200, "QuotaMisMatched"), Fate::Ambiguous);
    assert_eq!(fate(404, "InvalidAccessKeyId.NotFound"), Fate::Refused);
    assert_eq!(fate(429, "Throttling.User"), Fate::Refused);
}

/// The spellings of the provider's products for "the first call with this token is still at work".
const AT_WORK: [&str; 6] = [
    "IdempotentProcessing",
    "IdempotenceProcessing",
    "LastTokenProcessing",
    "OperationFailed.LastTokenProcessing",
    "OperationFailed.IdempotentTokenProcessing",
    "OperationFailed.IdempotentProcessing",
];

#[test]
fn a_token_that_is_at_work_is_waited_for_in_every_spelling() {
    for code in AT_WORK {
        let error = test_support::refused(CreateThing::OPERATION, code);
        assert_eq!((error.kind(), error.retry().class), (ErrorKind::Busy, RetryClass::Soon), "{code}");
        assert_eq!((error.fate(), token_state(code)), (Fate::Ambiguous, Some(TokenState::Processing)), "{code}");
    }
}

#[test]
fn a_token_that_leads_nowhere_is_known_in_every_spelling() {
    for code in ["IdempotentParameterMismatch", "IdempotenceParamNotMatch", "IdempotentFailed", "X.IdempotenceFailed"] {
        let error = test_support::refused(CreateThing::OPERATION, code);
        assert_eq!((error.kind(), error.retry().class), (ErrorKind::Busy, RetryClass::Backoff), "{code}");
        assert_eq!((error.fate(), token_state(code)), (Fate::Ambiguous, Some(TokenState::Spent)), "{code}");
    }
    let others = ["OperationFailed", "Mismatch.ResourceType", "QuotaMisMatched", "GenerateResourceIdFailed", ""];
    assert_eq!(others.map(token_state), [None; 5]);
    assert_eq!(token_state("IdempotentSomethingNew"), Some(TokenState::Unclear));
}

#[test]
fn a_code_of_a_family_is_classified_but_proves_no_refusal() {
    let facts = |code| {
        let error = test_support::answered(CreateThing::OPERATION, 400, code);
        (error.kind(), error.fate())
    };
    assert_eq!(facts("Forbidden.RAM"), (ErrorKind::Account, Fate::Refused));
    assert_eq!(facts("Forbidden.SomethingNew"), (ErrorKind::Account, Fate::Ambiguous));
    assert_eq!(facts("QuotaExceeded.SomethingNew"), (ErrorKind::Quota, Fate::Ambiguous));
    assert_eq!(facts("Rejected.Throttling"), (ErrorKind::Throttled, Fate::Refused));
    assert_eq!(facts("ThrottlingOfSomethingNew"), (ErrorKind::Throttled, Fate::Ambiguous));
    assert_eq!(facts("MissingParam.RegionId"), (ErrorKind::Spec, Fate::Refused));
    assert_eq!(facts("MissingSomethingNew"), (ErrorKind::Spec, Fate::Ambiguous));
}

#[test]
fn an_error_says_what_failed_with_which_code_and_why() {
    let error = test_support::refused(TagThings::OPERATION, "ThingOperationDenied");
    assert_eq!(error.to_string(), "failed to TagThings: ThingOperationDenied: made for a test");
    let lost = test_support::lost_answer(CreateThing::OPERATION);
    assert_eq!(lost.to_string(), "failed to CreateThing: failed to read the answer: made for a test");
}

#[test]
fn errors_made_to_order_have_the_fate_they_are_named_for() {
    let op = DeleteThing::OPERATION;
    let facts = |error: Error| (error.kind(), error.fate(), error.retry());
    let retry = |after, class| Retry { after, class };
    let second = Duration::from_secs(1);
    assert_eq!(
        facts(test_support::not_sent(op)),
        (ErrorKind::Transient, Fate::NotSent, retry(None, RetryClass::Backoff))
    );
    assert_eq!(
        facts(test_support::lost_answer(op)),
        (ErrorKind::Transient, Fate::Ambiguous, retry(None, RetryClass::Backoff))
    );
    assert_eq!(
        facts(test_support::throttled(op, second)),
        (ErrorKind::Throttled, Fate::Refused, retry(Some(second), RetryClass::Soon))
    );
}

#[test]
fn an_error_is_of_its_own_code_and_of_no_other() {
    let error = test_support::refused(CreateThing::OPERATION, "ThingNotFound");
    assert_eq!((error.is("ThingNotFound"), error.is("thing"), error.is("")), (true, false, false));
    assert!(!test_support::lost_answer(CreateThing::OPERATION).is(""), "nobody gave it a code");
}

#[test]
fn each_kind_has_a_name_for_metrics() {
    let names = ErrorKind::ALL.map(ErrorKind::as_str).join(" ");
    assert_eq!(
        names,
        "already-done busy throttled dependency-missing dependency-first quota account spec credential transient unknown"
    );
}
