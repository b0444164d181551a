//! What the error codes of `PrivateLink` mean. Those of the platform (key, signature, permission, throttling, tokens) are
//! known to every client.
//!
//! Sources: the error lists of the `PrivateLink` API reference (114 codes), and what other clients of this API handle though
//! no list has it. Kind and class are this client's judgement.

use cloud_core::ErrorKind::{Account, AlreadyDone, Busy, DependencyFirst, DependencyMissing, Quota, Spec, Transient};
use cloud_core::{CodeEntry, ErrorCodes, RetryClass};

use crate::operation::Operation::{
    self, AttachResourceToVpcEndpointService, AttachSecurityGroupToVpcEndpoint, CreateVpcEndpoint, DeleteVpcEndpoint,
    DeleteVpcEndpointService, DetachResourceFromVpcEndpointService, DetachSecurityGroupFromVpcEndpoint,
    OpenPrivateLinkService, RemoveZoneFromVpcEndpoint, UntagResources,
};

/// Codes that callers compare with. All others are data of the table.
pub mod code {
    /// The endpoint service does not exist (HTTP 400).
    pub const ENDPOINT_SERVICE_NOT_FOUND: &str = "EndpointServiceNotFound";
    /// The endpoint does not exist (HTTP 400).
    pub const ENDPOINT_NOT_FOUND: &str = "EndpointNotFound";
    /// The server could not make an id; the token may be spoilt.
    pub const GENERATE_RESOURCE_ID_FAILED: &str = "GenerateResourceIdFailed";
}

/// One code of the error lists of the API reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DocumentedCode {
    /// The code; `%s` stands for the name of a parameter.
    pub code: &'static str,
    /// The HTTP status that it comes with.
    pub status: u16,
    /// The names of the operations that it is listed for, divided by spaces.
    operations: &'static str,
}

impl DocumentedCode {
    /// Whether it is listed for this operation.
    pub fn is_of(&self, operation: Operation) -> bool {
        self.operations.split(' ').any(|name| name == operation.name())
    }

    fn parse(line: &'static str) -> Option<Self> {
        let (status, rest) = line.split_once(' ')?;
        let (code, operations) = rest.split_once(' ')?;
        Some(Self { code, status: status.parse().ok()?, operations })
    }
}

/// The error lists of the API reference, version 2020-04-15: 114 codes, sorted. The client's meanings and the simulator's answers are held
/// against them.
pub fn documented_codes() -> impl Iterator<Item = DocumentedCode> {
    include_str!("../data/error-codes.txt").lines().filter_map(DocumentedCode::parse)
}

/// What the codes of this API mean.
pub(crate) const CODES: ErrorCodes =
    ErrorCodes { in_operation: IN_OPERATION, exact: EXACT, templates: TEMPLATES, prefixes: PREFIXES };

/// Codes whose meaning depends on the operation.
const IN_OPERATION: &[(&str, &[&str], CodeEntry)] = &[
    ("EndpointServiceNotFound", &[DeleteVpcEndpointService.name()], CodeEntry::of(AlreadyDone)),
    ("EndpointServiceResourceExist", &[AttachResourceToVpcEndpointService.name()], CodeEntry::of(AlreadyDone)),
    ("EndpointServiceResourceNotFound", &[DetachResourceFromVpcEndpointService.name()], CodeEntry::of(AlreadyDone)),
    ("EndpointNotFound", &[DeleteVpcEndpoint.name(), RemoveZoneFromVpcEndpoint.name()], CodeEntry::of(AlreadyDone)),
    ("EndpointZoneNotFound", &[RemoveZoneFromVpcEndpoint.name()], CodeEntry::of(AlreadyDone)),
    ("SecurityGroupExist", &[AttachSecurityGroupToVpcEndpoint.name()], CodeEntry::of(AlreadyDone)),
    ("TagInfoNotExist", &[UntagResources.name()], CodeEntry::of(AlreadyDone)),
    ("OrderOpend", &[OpenPrivateLinkService.name()], CodeEntry::of(AlreadyDone)),
    // The last group cannot be taken away before another one is there; at creation the request lacks it.
    ("EndpointMustContainSecurityGroup", &[DetachSecurityGroupFromVpcEndpoint.name()], CodeEntry::of(DependencyFirst)),
    // To a consumer that creates an endpoint, a service that is not active is a dependency not ready.
    ("IncorrectStatus.VpcEndpointService", &[CreateVpcEndpoint.name()], CodeEntry::of(DependencyMissing)),
];

/// Codes that mean the same wherever they come.
const EXACT: &[(&str, CodeEntry)] = &[
    // The 114 codes of the API reference.
    ("AccountTypeRestricted", CodeEntry::of(Account)),
    ("AlbNotFound", CodeEntry::of(DependencyMissing)),
    ("CheckServiceLinkRoleError", CodeEntry::of(Account)),
    ("Conflict.ServiceName", CodeEntry::of(Spec)),
    ("DeleteFailedDueToEndpointExist", CodeEntry::of(DependencyFirst).retried(RetryClass::Slow)),
    ("DependencyViolation.PrivateDnsName", CodeEntry::of(Spec)),
    ("DuplicatedTagKey", CodeEntry::of(Spec)),
    ("EndpointConnectionNotFound", CodeEntry::of(DependencyMissing)),
    ("EndpointConnectionOperationDenied", CodeEntry::refusal(Busy)),
    ("EndpointDependenceViolation", CodeEntry::of(DependencyFirst)),
    ("EndpointDuplicated", CodeEntry::of(Spec)),
    ("EndpointExist", CodeEntry::of(Spec)),
    ("EndpointLocked", CodeEntry::refusal(Busy)),
    ("EndpointMustContainSecurityGroup", CodeEntry::of(Spec)),
    ("EndpointNotFound", CodeEntry::of(DependencyMissing)),
    ("EndpointOperationDenied", CodeEntry::refusal(Busy)),
    ("EndpointProtected", CodeEntry::of(Account)),
    ("EndpointServiceConnectionDependence", CodeEntry::of(DependencyFirst)),
    ("EndpointServiceDeleted", CodeEntry::of(DependencyMissing)),
    ("EndpointServiceDependenceViolation", CodeEntry::of(DependencyFirst)),
    ("EndpointServiceDowngradeNotAllowed", CodeEntry::of(Spec)),
    // What makes a duplicate is not documented: look first, by tag, whether it is the caller's own. No proof that nothing was made.
    ("EndpointServiceExist", CodeEntry::of(Busy).retried(RetryClass::Backoff)),
    ("EndpointServiceLocked", CodeEntry::refusal(Busy)),
    ("EndpointServiceNotAuthorized", CodeEntry::of(Account)),
    ("EndpointServiceNotFound", CodeEntry::of(DependencyMissing)),
    // The load balancer can be changed without the request changing.
    ("EndpointServiceNotSupportIpv6", CodeEntry::of(Spec).retried(RetryClass::Slow)),
    ("EndpointServiceNotSupportedZone", CodeEntry::of(Spec)),
    ("EndpointServiceOperationDenied", CodeEntry::refusal(Busy)),
    ("EndpointServicePayerForbidden", CodeEntry::of(Account)),
    ("EndpointServiceResourceCannotRemove", CodeEntry::of(DependencyFirst)),
    ("EndpointServiceResourceExist", CodeEntry::of(Spec)),
    ("EndpointServiceResourceNotFound", CodeEntry::of(DependencyMissing)),
    ("EndpointServiceResourceTypeNotEqual", CodeEntry::of(Spec)),
    ("EndpointServiceResourceTypeNotSupport", CodeEntry::of(Spec)),
    ("EndpointZoneDuplicated", CodeEntry::of(Spec)),
    ("EndpointZoneNotFound", CodeEntry::of(DependencyMissing)),
    ("EniIpUnavailable", CodeEntry::of(Quota)),
    ("GenerateResourceIdFailed", CodeEntry::of(Transient)),
    ("IllegalParam.AddressIpVersion", CodeEntry::of(Spec)),
    ("IllegalParam.ResourceAllocateMode", CodeEntry::of(Spec)),
    ("IllegalParam.ResourceReplaceMode", CodeEntry::of(Spec)),
    ("IllegalParamFormat.%s", CodeEntry::of(Spec)),
    ("IllegalTagKeyParam", CodeEntry::of(Spec)),
    ("IllegalTagValueParam", CodeEntry::of(Spec)),
    ("IncorrectBusinessStatus.VpcEndpoint", CodeEntry::of(Account)),
    ("IncorrectBusinessStatus.VpcEndpointService", CodeEntry::of(Account)),
    ("IncorrectStatus.VpcEndpoint", CodeEntry::refusal(Busy)),
    ("IncorrectStatus.VpcEndpointConnection", CodeEntry::refusal(Busy)),
    ("IncorrectStatus.VpcEndpointService", CodeEntry::refusal(Busy)),
    ("IncorrectStatus.VpcEndpointZone", CodeEntry::refusal(Busy)),
    ("InvalidAccountStatus.NotEnoughBalance", CodeEntry::of(Account)),
    ("InvalidParam.PrivateDnsName", CodeEntry::of(Spec)),
    ("InvalidResourceGroup", CodeEntry::of(Spec)),
    // Right after a create the tag service may not know the id yet.
    ("InvalidResourceId.NotFound", CodeEntry::of(DependencyMissing)),
    ("LoadBalancerNotFound", CodeEntry::of(DependencyMissing)),
    ("LoadBalancerNotSupportPrivateLink", CodeEntry::of(Spec)),
    ("Mismatch.EndpointType", CodeEntry::of(Spec)),
    ("Mismatch.ResourceType", CodeEntry::of(Spec)),
    ("Mismatch.UserIdAndUserArn", CodeEntry::of(Spec)),
    ("Mismatch.ZoneId", CodeEntry::of(Spec)),
    ("MissingParam.%s", CodeEntry::of(Spec)),
    ("MissingParam.ResourceAllocateMode", CodeEntry::of(Spec)),
    ("MissingParam.ResourceId", CodeEntry::of(Spec)),
    ("MissingParam.UserArn", CodeEntry::of(Spec)),
    ("MissingParameter.ResourceGroupId", CodeEntry::of(Spec)),
    ("MissingParameter.ResourceId", CodeEntry::of(Spec)),
    ("MissingParameter.ResourceRegionId", CodeEntry::of(Spec)),
    ("MissingResourceIdOrTagParam", CodeEntry::of(Spec)),
    ("MissingTagKeyParam", CodeEntry::of(Spec)),
    ("MissingTagValueParam", CodeEntry::of(Spec)),
    ("NeedOpenProduct", CodeEntry::of(Account)),
    ("NoPermission.ChangeResourceGroup", CodeEntry::denial()),
    // The load balancer in use must leave automatic allocation first.
    ("OperationDenied.CurrentResourceAutoAllocated", CodeEntry::of(DependencyFirst)),
    ("OperationDenied.EndpointPolicyNotSupport", CodeEntry::of(Spec)),
    ("OperationDenied.EndpointProtected", CodeEntry::of(Account)),
    ("OperationDenied.NoAvailableServiceResource", CodeEntry::of(DependencyMissing)),
    ("OperationDenied.PrivateDomainNotSupport", CodeEntry::of(Spec)),
    ("OperationDenied.PrivateDomainStatusNotSupport", CodeEntry::of(Spec)),
    ("OperationDenied.PrivateServiceDomainBusinessStatus", CodeEntry::of(Spec)),
    ("OperationDenied.RamPolicyNotSupport", CodeEntry::of(Spec)),
    ("OperationDenied.ResourceTypeNotSupportDualStack", CodeEntry::of(Spec)),
    ("OperationDenied.ServiceResourceIpVersionMismatch", CodeEntry::of(Spec).retried(RetryClass::Slow)),
    ("OperationDenied.VpcNatServiceResourceTypeNotSupportBandwidth", CodeEntry::of(Spec)),
    ("OperationDenied.ZoneAffinityNotSupport", CodeEntry::of(Spec)),
    ("OrderOpend", CodeEntry::of(AlreadyDone)),
    ("QuotaExceed.TagsPerResource", CodeEntry::of(Quota)),
    ("QuotaExceeded.IpQuotaPerEp", CodeEntry::of(Quota)),
    ("QuotaExceeded.epZonePerEndpoint", CodeEntry::of(Quota)),
    ("QuotaExceeded.totalEpPerVpc", CodeEntry::of(Quota)),
    ("QuotaExceeded.totalIdleEndpoint", CodeEntry::of(Quota)),
    ("QuotaMisMatched", CodeEntry::of(Quota)),
    ("ResourceAutoAllocateViolation", CodeEntry::of(DependencyFirst)),
    ("ResourceNotEnough.VSwitchIp", CodeEntry::of(Quota)),
    ("ResourceNotFound", CodeEntry::of(Spec)),
    ("ResourceNotFound.NatGateway", CodeEntry::of(DependencyMissing)),
    ("ResourceNotFound.VpcEndpoint", CodeEntry::of(DependencyMissing)),
    ("ResourceNotFound.VpcEndpointConnection", CodeEntry::of(DependencyMissing)),
    ("ResourceNotFound.VpcEndpointService", CodeEntry::of(DependencyMissing)),
    ("ResourceNotFound.VpcEndpointZone", CodeEntry::of(DependencyMissing)),
    ("SecurityGroupExist", CodeEntry::of(Spec)),
    ("SecurityGroupNotFound", CodeEntry::of(DependencyMissing)),
    ("SecurityGroupTypeNotSupport", CodeEntry::of(Spec)),
    ("SecurityGroupTypeOnlySingleTypeSupporteded", CodeEntry::of(Spec)),
    // IPv6 can be switched on at the load balancer.
    ("ServiceResourceNotSupportIpv6", CodeEntry::of(Spec).retried(RetryClass::Slow)),
    ("SpecifiedAlbNotSupport", CodeEntry::of(Spec)),
    ("SystemError", CodeEntry::of(Transient)),
    ("TagInfoNotExist", CodeEntry::of(DependencyMissing)),
    ("UpdateBandWidthUnSupported", CodeEntry::of(Spec)),
    ("VSwitchNotFound", CodeEntry::of(DependencyMissing)),
    ("VSwitchStatusNotAllowed", CodeEntry::of(DependencyMissing)),
    // Something broke inside: no proof that nothing happened.
    ("VpcNatServiceException", CodeEntry::of(Busy)),
    ("VpcNotFound", CodeEntry::of(DependencyMissing)),
    ("VpcTunnelNotFound", CodeEntry::of(DependencyMissing)),
    // Undocumented when; the zone's state may change by itself.
    ("ZoneOperationDenied", CodeEntry::refusal(Busy).retried(RetryClass::Backoff)),
    // In no published list, seen by other clients of this API.
    ("UnsupportedFeature.GWLB", CodeEntry::of(Spec)),
];

/// Documented codes of which a part is the name of a parameter: as sure as an exact one.
const TEMPLATES: &[(&str, CodeEntry)] = &[
    ("IllegalParamFormat.", CodeEntry::of(Spec)),
    ("MissingParam.", CodeEntry::of(Spec)),
    ("MissingParameter.", CodeEntry::of(Spec)),
];

/// Families that grow: the first prefix that fits counts. Nothing here is ever more specific than a code above, so those come first. What a
/// code that nobody has seen yet leaves open is not known, so none of these proves a refusal.
const PREFIXES: &[(&str, CodeEntry)] = &[
    ("IncorrectBusinessStatus.", CodeEntry::of(Account)),
    ("IncorrectStatus.", CodeEntry::of(Busy)),
    ("Mismatch.", CodeEntry::of(Spec)),
    ("ResourceNotFound.", CodeEntry::of(DependencyMissing)),
    ("ResourceNotEnough.", CodeEntry::of(Quota)),
    ("OperationDenied.Private", CodeEntry::of(Spec)),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_meanings_are_those_of_the_114_codes_of_the_reference_and_of_one_that_no_list_has() {
        let documented: BTreeSet<&str> = documented_codes().map(|known| known.code).collect();
        let known: BTreeSet<&str> = EXACT.iter().map(|(code, _)| *code).collect();
        assert_eq!((documented_codes().count(), documented.len()), (114, 114), "none twice");
        assert_eq!(documented.symmetric_difference(&known).copied().collect::<Vec<_>>(), ["UnsupportedFeature.GWLB"]);
    }

    #[test]
    fn every_line_of_the_error_lists_is_read_and_names_operations_that_there_are() {
        assert_eq!(documented_codes().count(), include_str!("../data/error-codes.txt").lines().count());
        for known in documented_codes() {
            let names: Vec<&str> = known.operations.split(' ').collect();
            let operations: BTreeSet<Operation> = names.iter().filter_map(|name| Operation::from_name(name)).collect();
            assert!(operations.len() == names.len(), "{known:?}");
        }
    }

    #[test]
    fn no_code_stands_in_the_table_twice() {
        let codes: BTreeSet<&str> = EXACT.iter().map(|(code, _)| *code).collect();
        let prefixes: BTreeSet<&str> = PREFIXES.iter().map(|(prefix, _)| *prefix).collect();
        assert_eq!((codes.len(), prefixes.len()), (EXACT.len(), PREFIXES.len()));
    }

    #[test]
    fn a_code_with_a_meaning_of_its_own_for_an_operation_has_a_general_one_too() {
        let known: BTreeSet<&str> = EXACT.iter().map(|(code, _)| *code).collect();
        let lost: Vec<&str> =
            IN_OPERATION.iter().map(|(code, _, _)| *code).filter(|code| !known.contains(code)).collect();
        assert_eq!(lost, Vec::<&str>::new());
    }
}
