//! The table of codes: complete, and right for each operation.

use std::collections::BTreeSet;
use std::time::Duration;

use privatelink::{
    Classified, Error, ErrorKind, Fate, Operation, Retry, RetryClass, TokenState, classify, testing, token_state,
};

/// Every code of the API reference's error lists with its HTTP status, one a line.
const KNOWN: &str = include_str!("../data/error-codes.txt");

fn known() -> Vec<(u16, &'static str)> {
    let line = |line: &'static str| {
        let (status, code) = line.split_once(' ').unwrap();
        (status.parse().unwrap(), code)
    };
    KNOWN.lines().map(line).collect()
}

fn kind(operation: Operation, code: &str) -> ErrorKind {
    classify(operation, code).kind
}

#[test]
fn all_114_codes_of_the_reference_are_known_for_every_operation() {
    let codes: BTreeSet<&str> = known().into_iter().map(|(_, code)| code).collect();
    assert_eq!(codes.len(), 114);
    let unknown: Vec<(&str, Operation)> = codes
        .iter()
        .flat_map(|code| Operation::ALL.iter().map(move |operation| (*code, *operation)))
        .filter(|(code, operation)| kind(*operation, code) == ErrorKind::Unknown)
        .collect();
    assert_eq!(unknown, []);
}

#[test]
fn every_code_of_the_reference_proves_that_nothing_happened_but_four() {
    let fate = |(status, code): &(u16, &'static str)| {
        testing::answered(Operation::CreateVpcEndpointService, *status, code).fate()
    };
    let unsettled: Vec<&str> =
        known().iter().filter(|known| fate(known) != Fate::Refused).map(|(_, code)| *code).collect();
    let expected = ["EndpointServiceExist", "GenerateResourceIdFailed", "SystemError", "VpcNatServiceException"];
    assert_eq!(unsettled, expected);
}

#[test]
fn the_24_codes_of_a_creation_mean_what_the_reference_says() {
    use ErrorKind::{Account, Busy, DependencyMissing, Quota, Spec, Transient};
    let codes = [
        ("EndpointServiceExist", Busy, RetryClass::Backoff),
        ("AlbNotFound", DependencyMissing, RetryClass::Backoff),
        ("LoadBalancerNotFound", DependencyMissing, RetryClass::Backoff),
        ("LoadBalancerNotSupportPrivateLink", Spec, RetryClass::OnChange),
        ("GenerateResourceIdFailed", Transient, RetryClass::Backoff),
        ("QuotaMisMatched", Quota, RetryClass::Slow),
        ("VSwitchNotFound", DependencyMissing, RetryClass::Backoff),
        ("EndpointServicePayerForbidden", Account, RetryClass::VerySlow),
        ("NeedOpenProduct", Account, RetryClass::VerySlow),
        ("EndpointServiceNotSupportedZone", Spec, RetryClass::OnChange),
        ("IllegalParamFormat.ServiceDescription", Spec, RetryClass::OnChange),
        ("MissingParam.ZoneId", Spec, RetryClass::OnChange),
        ("ResourceNotFound.NatGateway", DependencyMissing, RetryClass::Backoff),
        ("Mismatch.ResourceType", Spec, RetryClass::OnChange),
        ("EndpointServiceNotSupportIpv6", Spec, RetryClass::Slow),
        ("OperationDenied.PrivateDomainNotSupport", Spec, RetryClass::OnChange),
        ("Conflict.ServiceName", Spec, RetryClass::OnChange),
        ("InvalidParam.PrivateDnsName", Spec, RetryClass::OnChange),
        ("OperationDenied.ZoneAffinityNotSupport", Spec, RetryClass::OnChange),
        ("OperationDenied.RamPolicyNotSupport", Spec, RetryClass::OnChange),
        ("OperationDenied.ResourceTypeNotSupportDualStack", Spec, RetryClass::OnChange),
        ("OperationDenied.ServiceResourceIpVersionMismatch", Spec, RetryClass::Slow),
        ("IllegalParam.AddressIpVersion", Spec, RetryClass::OnChange),
        ("SpecifiedAlbNotSupport", Spec, RetryClass::OnChange),
    ];
    for (code, kind, retry) in codes {
        assert_eq!(classify(Operation::CreateVpcEndpointService, code), Classified { kind, retry }, "{code}");
    }
}

#[test]
fn what_is_so_already_is_done_for_the_operation_that_wanted_it_and_for_no_other() {
    use Operation as Op;
    let done: [(&str, &[Operation]); 7] = [
        ("EndpointServiceNotFound", &[Op::DeleteVpcEndpointService]),
        ("EndpointServiceResourceExist", &[Op::AttachResourceToVpcEndpointService]),
        ("EndpointServiceResourceNotFound", &[Op::DetachResourceFromVpcEndpointService]),
        ("EndpointNotFound", &[Op::DeleteVpcEndpoint, Op::RemoveZoneFromVpcEndpoint]),
        ("EndpointZoneNotFound", &[Op::RemoveZoneFromVpcEndpoint]),
        ("SecurityGroupExist", &[Op::AttachSecurityGroupToVpcEndpoint]),
        ("TagInfoNotExist", &[Op::UntagResources]),
    ];
    for (code, wanted) in done {
        let found: BTreeSet<Operation> =
            Operation::ALL.iter().copied().filter(|op| kind(*op, code) == ErrorKind::AlreadyDone).collect();
        assert_eq!(found, wanted.iter().copied().collect(), "{code}");
    }
}

#[test]
fn a_passed_dry_run_is_a_success_in_disguise_for_every_operation() {
    for operation in Operation::ALL {
        let expected = Classified { kind: ErrorKind::AlreadyDone, retry: RetryClass::Done };
        assert_eq!(classify(*operation, "DryRunOperation"), expected);
    }
    assert!(testing::refused(Operation::CreateVpcEndpointService, "DryRunOperation").passed_dry_run());
    assert!(!testing::refused(Operation::CreateVpcEndpointService, "DryRun").passed_dry_run());
}

#[test]
fn a_service_that_is_gone_is_a_missing_dependency_to_whoever_wants_to_use_it() {
    let found = [
        kind(Operation::GetVpcEndpointServiceAttribute, "EndpointServiceNotFound"),
        kind(Operation::UpdateVpcEndpointServiceAttribute, "EndpointServiceNotFound"),
        kind(Operation::CreateVpcEndpoint, "EndpointServiceNotFound"),
        kind(Operation::CreateVpcEndpoint, "IncorrectStatus.VpcEndpointService"),
    ];
    assert_eq!(found, [ErrorKind::DependencyMissing; 4]);
    assert_eq!(kind(Operation::EnableVpcEndpointZoneConnection, "IncorrectStatus.VpcEndpointService"), ErrorKind::Busy);
}

#[test]
fn templates_are_matched_by_what_stands_before_the_parameter() {
    let op = Operation::UpdateVpcEndpointServiceAttribute;
    for code in ["MissingParam.RegionId", "MissingRegionId", "IllegalParamFormat.ServiceId", "IllegalParam.Payer"] {
        assert_eq!(kind(op, code), ErrorKind::Spec, "{code}");
    }
    for code in ["InvalidParameter.Format", "InvalidParameter", "MissingParameter.ResourceId", "Mismatch.Anything"] {
        assert_eq!(kind(op, code), ErrorKind::Spec, "{code}");
    }
    assert_eq!(kind(op, "QuotaExceeded.somethingNew"), ErrorKind::Quota);
    assert_eq!(kind(op, "IncorrectStatus.Something"), ErrorKind::Busy);
    assert_eq!(kind(op, "MissingSecurityToken"), ErrorKind::Credential);
}

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
        assert_eq!(kind(Operation::ListVpcEndpointServices, code), expected, "{code}");
    }
}

#[test]
fn a_code_that_nobody_knows_is_unknown_and_backs_off() {
    let expected = Classified { kind: ErrorKind::Unknown, retry: RetryClass::Backoff };
    for code in ["", "SomethingNew", "OperationDenied.SomethingNew", "endpointservicenotfound", "Endpoint"] {
        assert_eq!(classify(Operation::CreateVpcEndpointService, code), expected, "{code}");
    }
}

#[test]
fn an_unknown_code_with_a_server_error_is_transient_and_ambiguous() {
    let error = testing::answered(Operation::CreateVpcEndpointService, 500, "SomethingNew");
    assert_eq!((error.kind(), error.fate()), (ErrorKind::Transient, Fate::Ambiguous));
}

#[test]
fn answers_that_leave_the_fate_of_a_creation_open_are_ambiguous() {
    let fate = |status, code| testing::answered(Operation::CreateVpcEndpointService, status, code).fate();
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
        let error = testing::refused(Operation::CreateVpcEndpointService, code);
        assert_eq!((error.kind(), error.retry().class), (ErrorKind::Busy, RetryClass::Soon), "{code}");
        assert_eq!((error.fate(), token_state(code)), (Fate::Ambiguous, Some(TokenState::Processing)), "{code}");
    }
}

#[test]
fn a_token_that_leads_nowhere_is_known_in_every_spelling() {
    for code in ["IdempotentParameterMismatch", "IdempotenceParamNotMatch", "IdempotentFailed", "X.IdempotenceFailed"] {
        let error = testing::refused(Operation::CreateVpcEndpointService, code);
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
        let error = testing::answered(Operation::CreateVpcEndpointService, 400, code);
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
    let error = testing::refused(Operation::AttachResourceToVpcEndpointService, "LoadBalancerNotFound");
    assert_eq!(
        error.to_string(),
        "failed to AttachResourceToVpcEndpointService: LoadBalancerNotFound: made for a test"
    );
    let lost = testing::lost_answer(Operation::CreateVpcEndpointService);
    assert_eq!(lost.to_string(), "failed to CreateVpcEndpointService: failed to read the answer: made for a test");
}

#[test]
fn errors_made_to_order_have_the_fate_they_are_named_for() {
    let op = Operation::DeleteVpcEndpointService;
    let facts = |error: Error| (error.kind(), error.fate(), error.retry());
    let retry = |after, class| Retry { after, class };
    let second = Duration::from_secs(1);
    assert_eq!(facts(testing::not_sent(op)), (ErrorKind::Transient, Fate::NotSent, retry(None, RetryClass::Backoff)));
    assert_eq!(
        facts(testing::lost_answer(op)),
        (ErrorKind::Transient, Fate::Ambiguous, retry(None, RetryClass::Backoff))
    );
    assert_eq!(
        facts(testing::throttled(op, second)),
        (ErrorKind::Throttled, Fate::Refused, retry(Some(second), RetryClass::Soon))
    );
}

#[test]
fn an_error_is_of_its_own_code_and_of_no_other() {
    let error = testing::refused(Operation::CreateVpcEndpointService, "AlbNotFound");
    assert_eq!((error.is("AlbNotFound"), error.is("alb"), error.is("")), (true, false, false));
    assert!(!testing::lost_answer(Operation::CreateVpcEndpointService).is(""), "nobody gave it a code");
}

#[test]
fn each_kind_has_a_name_for_metrics() {
    let names = ErrorKind::ALL.map(ErrorKind::as_str).join(" ");
    assert_eq!(
        names,
        "already-done busy throttled dependency-missing dependency-first quota account spec credential transient unknown"
    );
}
