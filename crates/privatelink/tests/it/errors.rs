//! The table of codes: complete, and right for each operation.

use std::collections::BTreeSet;

use cloud_core::{Classified, ErrorKind, Fate, RetryClass, classify, test_support};
use privatelink::{DocumentedCode, Operation, documented_codes};

fn kind(operation: Operation, code: &str) -> ErrorKind {
    classify(operation, code).kind
}

#[test]
fn every_code_of_the_reference_proves_that_nothing_happened_but_four() {
    let fate = |known: &DocumentedCode| {
        test_support::answered(Operation::CreateVpcEndpointService, known.status, known.code).fate()
    };
    let unsettled: Vec<&str> =
        documented_codes().filter(|known| fate(known) != Fate::Refused).map(|known| known.code).collect();
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
    assert_eq!(codes.len(), Operation::CreateVpcEndpointService.codes().count());
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
    assert!(test_support::refused(Operation::CreateVpcEndpointService, "DryRunOperation").passed_dry_run());
    assert!(!test_support::refused(Operation::CreateVpcEndpointService, "DryRun").passed_dry_run());
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
