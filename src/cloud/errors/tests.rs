use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::Duration;

use cloud_core::test_support::{
    answered, lost_answer, not_of_the_provider, not_sent, refused, throttled, told_to_wait, with_credentials_from,
    without_key,
};
use cloud_core::{ErrorKind, platform_codes};
use privatelink::{Operation, documented_codes};
use proptest::prelude::*;

use super::*;

const CREATE: Operation = Operation::CreateVpcEndpointService;
const UPDATE: Operation = Operation::UpdateVpcEndpointServiceAttribute;

/// The 24 codes of the page of `CreateVpcEndpointService`, with a parameter's name in the two templates.
const CODES: [(&str, Reason, bool); 24] = [
    ("EndpointServiceExist", Reason::ProviderBusy, false),
    ("AlbNotFound", Reason::WaitingForLoadBalancer, false),
    ("LoadBalancerNotFound", Reason::WaitingForLoadBalancer, false),
    ("LoadBalancerNotSupportPrivateLink", Reason::InvalidSpec, true),
    ("GenerateResourceIdFailed", Reason::CloudError, false),
    ("QuotaMisMatched", Reason::WaitingForQuota, false),
    ("VSwitchNotFound", Reason::WaitingForLoadBalancer, false),
    ("EndpointServicePayerForbidden", Reason::AccountRestricted, true),
    ("NeedOpenProduct", Reason::NotActivated, true),
    ("EndpointServiceNotSupportedZone", Reason::InvalidSpec, true),
    ("IllegalParamFormat.ResourceId", Reason::InvalidSpec, true),
    ("MissingParam.ZoneId", Reason::InvalidSpec, true),
    ("ResourceNotFound.NatGateway", Reason::WaitingForLoadBalancer, false),
    ("Mismatch.ResourceType", Reason::InvalidSpec, true),
    ("EndpointServiceNotSupportIpv6", Reason::InvalidSpec, true),
    ("OperationDenied.PrivateDomainNotSupport", Reason::InvalidSpec, true),
    ("Conflict.ServiceName", Reason::InvalidSpec, true),
    ("InvalidParam.PrivateDnsName", Reason::InvalidSpec, true),
    ("OperationDenied.ZoneAffinityNotSupport", Reason::InvalidSpec, true),
    ("OperationDenied.RamPolicyNotSupport", Reason::InvalidSpec, true),
    ("OperationDenied.ResourceTypeNotSupportDualStack", Reason::InvalidSpec, true),
    ("OperationDenied.ServiceResourceIpVersionMismatch", Reason::InvalidSpec, true),
    ("IllegalParam.AddressIpVersion", Reason::InvalidSpec, true),
    ("SpecifiedAlbNotSupport", Reason::InvalidSpec, true),
];

#[test]
fn each_code_of_creation_has_its_reason_and_names_operation_and_code() {
    for (code, reason, stalled) in CODES {
        let said = verdict(&refused(CREATE, code));
        assert_eq!((said.reason, said.stalled), (reason, stalled), "{code}");
        let opening = format!("CreateVpcEndpointService failed: {code}: ");
        assert!(said.message.starts_with(&opening), "{}", said.message);
    }
}

#[test]
fn each_code_of_creation_has_a_sentence_of_its_own() {
    let sentence = |code: &str| {
        let error = refused(CREATE, code);
        let message = verdict(&error).message;
        let sentence =
            message.strip_prefix(&format!("{CREATE} failed: {code}: ")).expect("operation and code come first");
        assert_ne!(sentence, sentence_of(error.kind()), "{code} has the sentence of its kind");
        // Behind a template's sentence stands the field.
        sentence.split_once(": spec.").map_or(sentence, |(sentence, _)| sentence).to_owned()
    };
    let sentences: BTreeSet<_> = CODES.iter().map(|(code, ..)| sentence(code)).collect();
    assert_eq!(sentences.len(), CODES.len());
    let others = [
        "DependencyViolation.PrivateDnsName",
        "IllegalParam.ResourceAllocateMode",
        "IllegalParam.ResourceReplaceMode",
        "InvalidParameter",
        "OperationDenied.CurrentResourceAutoAllocated",
        "OperationDenied.PrivateDomainStatusNotSupport",
        "OperationDenied.PrivateServiceDomainBusinessStatus",
        "OperationDenied.VpcNatServiceResourceTypeNotSupportBandwidth",
        "UpdateBandWidthUnSupported",
        "ZoneOperationDenied",
    ];
    let of_others: BTreeSet<_> = others.into_iter().map(sentence).collect();
    let all: BTreeSet<_> = codes::sentences().map(str::to_owned).collect();
    assert_eq!(&sentences | &of_others, all, "a sentence for no code of a creation or a change");
}

#[test]
fn the_rest_has_one_sentence_a_kind_with_its_reason() {
    use Reason::*;
    let refusals = [
        (Operation::DeleteVpcEndpointService, "EndpointServiceNotFound", ErrorKind::AlreadyDone, CloudError, false),
        (UPDATE, "EndpointServiceLocked", ErrorKind::Busy, ProviderBusy, false),
        (UPDATE, "EndpointServiceNotFound", ErrorKind::DependencyMissing, CloudError, false),
        (
            UPDATE,
            "OperationDenied.NoAvailableServiceResource",
            ErrorKind::DependencyMissing,
            WaitingForLoadBalancer,
            false,
        ),
        (UPDATE, "EndpointServiceConnectionDependence", ErrorKind::DependencyFirst, ServiceInUse, false),
        (Operation::TagResources, "QuotaExceed.TagsPerResource", ErrorKind::Quota, WaitingForQuota, false),
        (UPDATE, "InvalidAccountStatus.NotEnoughBalance", ErrorKind::Account, AccountRestricted, true),
        (UPDATE, "SecurityGroupTypeNotSupport", ErrorKind::Spec, InvalidSpec, true),
        (UPDATE, "InvalidAccessKeyId.Inactive", ErrorKind::Credential, InvalidCredentials, true),
        (UPDATE, "SystemError", ErrorKind::Transient, CloudError, false),
        (UPDATE, "NobodyKnowsThis", ErrorKind::Unknown, UnknownAnswer, false),
    ];
    for (operation, code, kind, reason, stalled) in refusals {
        let error = refused(operation, code);
        assert_eq!(error.kind(), kind, "{code}");
        let message = format!("{operation} failed: {code}: {}", sentence_of(kind));
        assert_eq!(verdict(&error), Verdict { reason, stalled, message });
    }
}

#[test]
fn a_throttled_answer_is_that_whatever_its_code() {
    let expected = Verdict {
        reason: Reason::WaitingForThrottling,
        stalled: false,
        message: format!("CreateVpcEndpointService failed: Throttling.User: {}", sentence_of(ErrorKind::Throttled)),
    };
    assert_eq!(verdict(&throttled(CREATE, Duration::from_secs(3))), expected);
}

#[test]
fn a_call_without_a_code_is_tried_again_and_names_the_host_or_the_http_status() {
    let cases = [
        (lost_answer(CREATE), "failed: no valid response from privatelink.example.com (timeout or connection error)"),
        (not_sent(CREATE), "failed: cannot connect to privatelink.example.com"),
        (not_of_the_provider(CREATE, 502), "failed: HTTP 502 without an error code"),
        (not_of_the_provider(CREATE, 200), "failed: HTTP 200 with a body that is not an answer of this API"),
    ];
    for (error, what) in cases {
        let sentence = sentence_of(ErrorKind::Transient);
        let message = format!("CreateVpcEndpointService {what}: {sentence}");
        assert_eq!(verdict(&error), Verdict { reason: Reason::CloudError, stalled: false, message });
    }
}

#[test]
fn whoever_must_correct_a_key_is_told_that_only_files_are_read_again() {
    for error in [refused(UPDATE, "InvalidAccessKeyId.NotFound"), without_key(UPDATE)] {
        let said = verdict(&error);
        assert_eq!((said.reason, said.stalled), (Reason::InvalidCredentials, true));
        for words in ["--credentials-dir", "Secret", "only when the operator is restarted"] {
            assert!(said.message.contains(words), "{}", said.message);
        }
        assert!(!said.message.contains("the operator continues by itself"), "{}", said.message);
    }
}

#[test]
fn whoever_must_correct_a_key_is_told_where_it_comes_from() {
    for error in [refused(UPDATE, "SignatureDoesNotMatch"), without_key(UPDATE)] {
        let said = verdict(&with_credentials_from(error.clone(), "the files in /etc/key")).message;
        assert_eq!(said, format!("{}. It comes from the files in /etc/key", verdict(&error).message));
    }
}

#[test]
fn a_refused_spec_names_the_field_where_code_or_operation_tell_it() {
    let named = [
        (CREATE, "IllegalParamFormat.ResourceId", "spec.resources[].resourceId"),
        (CREATE, "MissingParam.ZoneId", "spec.resources[].zoneIds"),
        (UPDATE, "InvalidParameter.ConnectBandwidth", "spec.connectBandwidthMbps"),
        (UPDATE, "EndpointServiceDowngradeNotAllowed", "spec.addressIpVersion"),
        (Operation::ChangeResourceGroup, "InvalidResourceGroup", "spec.resourceGroupId"),
        (Operation::ChangeResourceGroup, "ResourceNotFound", "spec.resourceGroupId"),
        (Operation::AddUserToVpcEndpointService, "Mismatch.UserIdAndUserArn", "spec.allowedPrincipals"),
        (
            Operation::AttachResourceToVpcEndpointService,
            "EndpointServiceResourceTypeNotEqual",
            "spec.resources[].resourceId",
        ),
        (Operation::TagResources, "IllegalTagKeyParam", "spec.tags"),
    ];
    for (operation, code, field) in named {
        let said = verdict(&refused(operation, code));
        assert_eq!(said.reason, Reason::InvalidSpec, "{code}");
        assert!(said.message.contains(field), "{}", said.message);
    }
    let unknown = verdict(&refused(UPDATE, "IllegalParam")).message;
    assert!(unknown.ends_with("status.lastError has its words, correct the spec by them"), "{unknown}");
}

/// What RAM must allow for everything is what is sent.
#[test]
fn what_the_operator_sends_is_what_its_policy_allows() {
    let policy = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/ram/all.json");
    let policy: serde_json::Value = serde_json::from_str(&fs::read_to_string(policy).unwrap()).unwrap();
    let actions = policy["Statement"][0]["Action"].as_array().unwrap().iter();
    let allowed: BTreeSet<_> = actions.filter_map(|action| action.as_str()?.strip_prefix("privatelink:")).collect();
    let sent = Operation::ALL.iter().filter(|operation| is_sent(**operation)).map(|operation| operation.name());
    assert_eq!(sent.collect::<BTreeSet<_>>(), allowed);
}

#[test]
fn no_known_code_of_an_operation_that_is_sent_leaves_people_without_a_field_or_a_remedy() {
    let mut vague = Vec::new();
    let mut look = |operation: Operation, status: u16, code: &str| {
        let said = verdict(&answered(operation, status, code)).message;
        vague.extend(said.ends_with(sentence_of(ErrorKind::Spec)).then(|| format!("{operation:?} {code}")));
    };
    for operation in Operation::ALL.iter().copied().filter(|operation| is_sent(*operation)) {
        for known in documented_codes().filter(|known| known.is_of(operation)) {
            look(operation, known.status, &known.code.replace("%s", "ServiceId"));
        }
        platform_codes().for_each(|code| look(operation, 400, code));
    }
    assert_eq!(vague, [""; 0]);
}

#[test]
fn a_code_of_the_consumers_side_says_that_the_operator_does_not_send_the_operation() {
    for (operation, code) in [
        (Operation::CreateVpcEndpoint, "EndpointDuplicated"),
        (Operation::CreateVpcEndpoint, "Mismatch.EndpointType"),
        (Operation::AttachSecurityGroupToVpcEndpoint, "SecurityGroupTypeNotSupport"),
        (Operation::ListTagResources, "MissingResourceIdOrTagParam"),
    ] {
        let said = verdict(&refused(operation, code));
        assert_eq!(said.message, format!("{operation} failed: {code}: {NOT_SENT}"));
    }
}

#[test]
fn a_code_that_names_nothing_names_the_field_of_an_operation_that_carries_one() {
    let said = |operation| verdict(&refused(operation, "InvalidParameter")).message;
    assert!(said(Operation::TagResources).contains("what spec.tags asks for"), "{}", said(Operation::TagResources));
    assert!(said(CREATE).contains("names it in status.lastError only"), "{}", said(CREATE));
}

#[test]
fn a_missing_right_names_the_action_to_grant() {
    for code in ["Forbidden.RAM", "Forbidden", "NoPermission", "NotAuthorized"] {
        let expected = Verdict {
            reason: Reason::AccessDenied,
            stalled: true,
            message: format!(
                "UpdateVpcEndpointServiceAttribute failed: {code}: the operator's credentials lack a right; grant them the RAM \
                 action privatelink:UpdateVpcEndpointServiceAttribute"
            ),
        };
        assert_eq!(verdict(&answered(UPDATE, 403, code)), expected);
    }
    assert_eq!(verdict(&answered(UPDATE, 403, "Forbidden.RiskControl")).reason, Reason::AccountRestricted);
}

proptest! {
    #[test]
    fn any_answer_has_a_verdict_that_is_short_and_holds_nothing_of_the_providers_text(
        code in "(?s).{0,300}", status in 400..600_u16, n in 0..Operation::ALL.len(),
    ) {
        let error = answered(Operation::ALL[n], status, &code);
        let said = verdict(&error);
        prop_assert!(said.message.len() <= 1024);
        prop_assert!(!said.message.contains("made for a test"));
        prop_assert!(!said.message.contains("00000000-0000"));
        prop_assert!(Reason::ALL.contains(&said.reason));
        prop_assert!(!said.message.contains(char::is_control));
    }
}

#[test]
fn each_kind_has_a_sentence_of_its_own() {
    let sentences: BTreeSet<_> = ErrorKind::ALL.into_iter().map(sentence_of).collect();
    assert_eq!(sentences.len(), ErrorKind::ALL.len());
    assert!(sentences.iter().all(|sentence| sentence.contains(' ')), "{sentences:?}");
}

#[test]
fn a_refusal_that_says_when_to_come_again_is_explained_as_throttling() {
    let said = verdict(&told_to_wait(CREATE, "QuotaMisMatched", Duration::from_secs(2)));
    let message = format!("CreateVpcEndpointService failed: QuotaMisMatched: {}", sentence_of(ErrorKind::Throttled));
    assert_eq!((said.reason, said.stalled, said.message), (Reason::WaitingForThrottling, false, message));
}

#[test]
fn what_closed_an_operation_is_told_to_others_without_anything_of_the_object_that_was_answered() {
    let error = refused(CREATE, "NeedOpenProduct");
    let told = tripped(&error);
    assert_eq!((told.reason, told.stalled), (Reason::NotActivated, true));
    assert!(told.message.starts_with(
        "CreateVpcEndpointService waits: it is blocked for the whole account since it failed: NeedOpenProduct: "
    ));
    assert!(!told.message.contains("made for a test") && !told.message.contains("00000000"), "{}", told.message);
}
