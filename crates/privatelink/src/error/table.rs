//! The table of known codes.
//!
//! Sources: the error lists of the `PrivateLink` API reference (114 codes), the platform's gateway codes, and codes that
//! other clients of this API handle though no list has them. Kind and class are this client's judgement.

use super::{ErrorKind, RetryClass, TokenState};
use crate::operation::Operation::{
    self, AttachResourceToVpcEndpointService, AttachSecurityGroupToVpcEndpoint, CreateVpcEndpoint, DeleteVpcEndpoint,
    DeleteVpcEndpointService, DetachResourceFromVpcEndpointService, DetachSecurityGroupFromVpcEndpoint,
    OpenPrivateLinkService, RemoveZoneFromVpcEndpoint, UntagResources,
};

use ErrorKind::{Account, AlreadyDone, Busy, Credential, DependencyFirst, DependencyMissing, Quota, Spec, Transient};

/// What is known about a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) kind: ErrorKind,
    /// `None`: the class of the kind.
    pub(super) retry: Option<RetryClass>,
    /// The code, answered with 4xx, proves that nothing happened. Counts in [`EXACT`] and [`TEMPLATES`] only.
    pub(super) refuses: bool,
}

impl Entry {
    /// A code of that kind. The check of what was asked for ends with these kinds, before anything is done; of all others a row must say
    /// so itself.
    pub(super) const fn of(kind: ErrorKind) -> Self {
        let refuses =
            matches!(kind, AlreadyDone | Account | Credential | DependencyFirst | DependencyMissing | Quota | Spec);
        Self { kind, retry: None, refuses }
    }

    const fn with(kind: ErrorKind, retry: RetryClass) -> Self {
        Self { retry: Some(retry), ..Self::of(kind) }
    }

    /// A code about the token of the call: one that is at work is done in seconds.
    pub(super) const fn of_token(state: TokenState) -> Self {
        match state {
            TokenState::Processing => Self::of(Busy),
            TokenState::Spent | TokenState::Unclear => Self::with(Busy, RetryClass::Backoff),
        }
    }

    /// The code of a refusal, although others of its kind leave open what happened.
    const fn refusal(kind: ErrorKind) -> Self {
        Self { refuses: true, ..Self::of(kind) }
    }
}

/// Codes whose meaning depends on the operation.
pub(super) const IN_OPERATION: &[(&str, &[Operation], Entry)] = &[
    ("EndpointServiceNotFound", &[DeleteVpcEndpointService], Entry::of(AlreadyDone)),
    ("EndpointServiceResourceExist", &[AttachResourceToVpcEndpointService], Entry::of(AlreadyDone)),
    ("EndpointServiceResourceNotFound", &[DetachResourceFromVpcEndpointService], Entry::of(AlreadyDone)),
    ("EndpointNotFound", &[DeleteVpcEndpoint, RemoveZoneFromVpcEndpoint], Entry::of(AlreadyDone)),
    ("EndpointZoneNotFound", &[RemoveZoneFromVpcEndpoint], Entry::of(AlreadyDone)),
    ("SecurityGroupExist", &[AttachSecurityGroupToVpcEndpoint], Entry::of(AlreadyDone)),
    ("TagInfoNotExist", &[UntagResources], Entry::of(AlreadyDone)),
    ("OrderOpend", &[OpenPrivateLinkService], Entry::of(AlreadyDone)),
    // The last group cannot be taken away before another one is there; at creation the request lacks it.
    ("EndpointMustContainSecurityGroup", &[DetachSecurityGroupFromVpcEndpoint], Entry::of(DependencyFirst)),
    // To a consumer that creates an endpoint, a service that is not active is a dependency not ready.
    ("IncorrectStatus.VpcEndpointService", &[CreateVpcEndpoint], Entry::of(DependencyMissing)),
];

/// Codes that mean the same wherever they come.
pub(super) const EXACT: &[(&str, Entry)] = &[
    // The 114 codes of the API reference.
    ("AccountTypeRestricted", Entry::of(Account)),
    ("AlbNotFound", Entry::of(DependencyMissing)),
    ("CheckServiceLinkRoleError", Entry::of(Account)),
    ("Conflict.ServiceName", Entry::of(Spec)),
    ("DeleteFailedDueToEndpointExist", Entry::with(DependencyFirst, RetryClass::Slow)),
    ("DependencyViolation.PrivateDnsName", Entry::of(Spec)),
    ("DuplicatedTagKey", Entry::of(Spec)),
    ("EndpointConnectionNotFound", Entry::of(DependencyMissing)),
    ("EndpointConnectionOperationDenied", Entry::refusal(Busy)),
    ("EndpointDependenceViolation", Entry::of(DependencyFirst)),
    ("EndpointDuplicated", Entry::of(Spec)),
    ("EndpointExist", Entry::of(Spec)),
    ("EndpointLocked", Entry::refusal(Busy)),
    ("EndpointMustContainSecurityGroup", Entry::of(Spec)),
    ("EndpointNotFound", Entry::of(DependencyMissing)),
    ("EndpointOperationDenied", Entry::refusal(Busy)),
    ("EndpointProtected", Entry::of(Account)),
    ("EndpointServiceConnectionDependence", Entry::of(DependencyFirst)),
    ("EndpointServiceDeleted", Entry::of(DependencyMissing)),
    ("EndpointServiceDependenceViolation", Entry::of(DependencyFirst)),
    ("EndpointServiceDowngradeNotAllowed", Entry::of(Spec)),
    // What makes a duplicate is not documented: look first, by tag, whether it is the caller's own. No proof that nothing was made.
    ("EndpointServiceExist", Entry::with(Busy, RetryClass::Backoff)),
    ("EndpointServiceLocked", Entry::refusal(Busy)),
    ("EndpointServiceNotAuthorized", Entry::of(Account)),
    ("EndpointServiceNotFound", Entry::of(DependencyMissing)),
    // The load balancer can be changed without the request changing.
    ("EndpointServiceNotSupportIpv6", Entry::with(Spec, RetryClass::Slow)),
    ("EndpointServiceNotSupportedZone", Entry::of(Spec)),
    ("EndpointServiceOperationDenied", Entry::refusal(Busy)),
    ("EndpointServicePayerForbidden", Entry::of(Account)),
    ("EndpointServiceResourceCannotRemove", Entry::of(DependencyFirst)),
    ("EndpointServiceResourceExist", Entry::of(Spec)),
    ("EndpointServiceResourceNotFound", Entry::of(DependencyMissing)),
    ("EndpointServiceResourceTypeNotEqual", Entry::of(Spec)),
    ("EndpointServiceResourceTypeNotSupport", Entry::of(Spec)),
    ("EndpointZoneDuplicated", Entry::of(Spec)),
    ("EndpointZoneNotFound", Entry::of(DependencyMissing)),
    ("EniIpUnavailable", Entry::of(Quota)),
    ("GenerateResourceIdFailed", Entry::of(Transient)),
    ("IllegalParam.AddressIpVersion", Entry::of(Spec)),
    ("IllegalParam.ResourceAllocateMode", Entry::of(Spec)),
    ("IllegalParam.ResourceReplaceMode", Entry::of(Spec)),
    ("IllegalParamFormat.%s", Entry::of(Spec)),
    ("IllegalTagKeyParam", Entry::of(Spec)),
    ("IllegalTagValueParam", Entry::of(Spec)),
    ("IncorrectBusinessStatus.VpcEndpoint", Entry::of(Account)),
    ("IncorrectBusinessStatus.VpcEndpointService", Entry::of(Account)),
    ("IncorrectStatus.VpcEndpoint", Entry::refusal(Busy)),
    ("IncorrectStatus.VpcEndpointConnection", Entry::refusal(Busy)),
    ("IncorrectStatus.VpcEndpointService", Entry::refusal(Busy)),
    ("IncorrectStatus.VpcEndpointZone", Entry::refusal(Busy)),
    ("InvalidAccountStatus.NotEnoughBalance", Entry::of(Account)),
    ("InvalidParam.PrivateDnsName", Entry::of(Spec)),
    ("InvalidResourceGroup", Entry::of(Spec)),
    // Right after a create the tag service may not know the id yet.
    ("InvalidResourceId.NotFound", Entry::of(DependencyMissing)),
    ("LoadBalancerNotFound", Entry::of(DependencyMissing)),
    ("LoadBalancerNotSupportPrivateLink", Entry::of(Spec)),
    ("Mismatch.EndpointType", Entry::of(Spec)),
    ("Mismatch.ResourceType", Entry::of(Spec)),
    ("Mismatch.UserIdAndUserArn", Entry::of(Spec)),
    ("Mismatch.ZoneId", Entry::of(Spec)),
    ("MissingParam.%s", Entry::of(Spec)),
    ("MissingParam.ResourceAllocateMode", Entry::of(Spec)),
    ("MissingParam.ResourceId", Entry::of(Spec)),
    ("MissingParam.UserArn", Entry::of(Spec)),
    ("MissingParameter.ResourceGroupId", Entry::of(Spec)),
    ("MissingParameter.ResourceId", Entry::of(Spec)),
    ("MissingParameter.ResourceRegionId", Entry::of(Spec)),
    ("MissingResourceIdOrTagParam", Entry::of(Spec)),
    ("MissingTagKeyParam", Entry::of(Spec)),
    ("MissingTagValueParam", Entry::of(Spec)),
    ("NeedOpenProduct", Entry::of(Account)),
    ("NoPermission.ChangeResourceGroup", Entry::of(Account)),
    // The load balancer in use must leave automatic allocation first.
    ("OperationDenied.CurrentResourceAutoAllocated", Entry::of(DependencyFirst)),
    ("OperationDenied.EndpointPolicyNotSupport", Entry::of(Spec)),
    ("OperationDenied.EndpointProtected", Entry::of(Account)),
    ("OperationDenied.NoAvailableServiceResource", Entry::of(DependencyMissing)),
    ("OperationDenied.PrivateDomainNotSupport", Entry::of(Spec)),
    ("OperationDenied.PrivateDomainStatusNotSupport", Entry::of(Spec)),
    ("OperationDenied.PrivateServiceDomainBusinessStatus", Entry::of(Spec)),
    ("OperationDenied.RamPolicyNotSupport", Entry::of(Spec)),
    ("OperationDenied.ResourceTypeNotSupportDualStack", Entry::of(Spec)),
    ("OperationDenied.ServiceResourceIpVersionMismatch", Entry::with(Spec, RetryClass::Slow)),
    ("OperationDenied.VpcNatServiceResourceTypeNotSupportBandwidth", Entry::of(Spec)),
    ("OperationDenied.ZoneAffinityNotSupport", Entry::of(Spec)),
    ("OrderOpend", Entry::of(AlreadyDone)),
    ("QuotaExceed.TagsPerResource", Entry::of(Quota)),
    ("QuotaExceeded.IpQuotaPerEp", Entry::of(Quota)),
    ("QuotaExceeded.epZonePerEndpoint", Entry::of(Quota)),
    ("QuotaExceeded.totalEpPerVpc", Entry::of(Quota)),
    ("QuotaExceeded.totalIdleEndpoint", Entry::of(Quota)),
    ("QuotaMisMatched", Entry::of(Quota)),
    ("ResourceAutoAllocateViolation", Entry::of(DependencyFirst)),
    ("ResourceNotEnough.VSwitchIp", Entry::of(Quota)),
    ("ResourceNotFound", Entry::of(Spec)),
    ("ResourceNotFound.NatGateway", Entry::of(DependencyMissing)),
    ("ResourceNotFound.VpcEndpoint", Entry::of(DependencyMissing)),
    ("ResourceNotFound.VpcEndpointConnection", Entry::of(DependencyMissing)),
    ("ResourceNotFound.VpcEndpointService", Entry::of(DependencyMissing)),
    ("ResourceNotFound.VpcEndpointZone", Entry::of(DependencyMissing)),
    ("SecurityGroupExist", Entry::of(Spec)),
    ("SecurityGroupNotFound", Entry::of(DependencyMissing)),
    ("SecurityGroupTypeNotSupport", Entry::of(Spec)),
    ("SecurityGroupTypeOnlySingleTypeSupporteded", Entry::of(Spec)),
    // IPv6 can be switched on at the load balancer.
    ("ServiceResourceNotSupportIpv6", Entry::with(Spec, RetryClass::Slow)),
    ("SpecifiedAlbNotSupport", Entry::of(Spec)),
    ("SystemError", Entry::of(Transient)),
    ("TagInfoNotExist", Entry::of(DependencyMissing)),
    ("UpdateBandWidthUnSupported", Entry::of(Spec)),
    ("VSwitchNotFound", Entry::of(DependencyMissing)),
    ("VSwitchStatusNotAllowed", Entry::of(DependencyMissing)),
    // Something broke inside: no proof that nothing happened.
    ("VpcNatServiceException", Entry::of(Busy)),
    ("VpcNotFound", Entry::of(DependencyMissing)),
    ("VpcTunnelNotFound", Entry::of(DependencyMissing)),
    // Undocumented when; the zone's state may change by itself.
    ("ZoneOperationDenied", Entry { retry: Some(RetryClass::Backoff), ..Entry::refusal(Busy) }),
    // In no published list, seen by other clients of this API.
    ("ConcurrentCallNotSupported", Entry::refusal(Busy)),
    ("DryRunOperation", Entry::of(AlreadyDone)),
    // The platform's words about a token, each of which other products spell in their own way: see `token_state`.
    ("IdempotentFailed", Entry::with(Busy, RetryClass::Backoff)),
    ("IdempotentParameterMismatch", Entry::with(Busy, RetryClass::Backoff)),
    ("IdempotentProcessing", Entry::of(Busy)),
    ("LastTokenProcessing", Entry::of(Busy)),
    ("UnsupportedFeature.GWLB", Entry::of(Spec)),
    // The platform's gateway.
    ("Forbidden", Entry::of(Account)),
    ("Forbidden.AccessKeyDisabled", Entry::of(Credential)),
    ("Forbidden.RAM", Entry::of(Account)),
    ("Forbidden.RiskControl", Entry::of(Account)),
    ("Forbidden.UserVerification", Entry::of(Account)),
    ("IllegalTimestamp", Entry::of(Account)),
    ("IncompleteSignature", Entry::of(Credential)),
    ("InternalError", Entry::of(Transient)),
    ("InternalFailure", Entry::of(Transient)),
    // A wrong host, action or version: the set-up is wrong, not the request.
    ("InvalidAccessKeyId.Inactive", Entry::of(Credential)),
    ("InvalidAccessKeyId.NotFound", Entry::of(Credential)),
    ("InvalidAction.NotFound", Entry::of(Account)),
    ("InvalidApi.NotFound", Entry::of(Account)),
    ("InvalidParameter", Entry::of(Spec)),
    ("InvalidProduct.NotFound", Entry::of(Account)),
    ("InvalidSecurityToken.Expired", Entry::of(Credential)),
    ("InvalidSecurityToken.Malformed", Entry::of(Credential)),
    ("InvalidSecurityToken.MismatchWithAccessKey", Entry::of(Credential)),
    ("InvalidSignatureMethod", Entry::of(Account)),
    ("InvalidTimeStamp.Expired", Entry::refusal(Transient)),
    ("InvalidTimeStamp.Format", Entry::of(Account)),
    ("InvalidVersion", Entry::of(Account)),
    ("MissingSecurityToken", Entry::of(Credential)),
    ("NoPermission", Entry::of(Account)),
    ("NoSuchVersion", Entry::of(Account)),
    ("NotAuthorized", Entry::of(Account)),
    ("ServiceUnavailable", Entry::of(Transient)),
    ("ServiceUnavailableTemporary", Entry::of(Transient)),
    ("SignatureDoesNotMatch", Entry::of(Credential)),
    ("SignatureNonceUsed", Entry::of(Transient)),
    ("StatusForbidden", Entry::of(Account)),
    ("UnsupportedHTTPMethod", Entry::of(Account)),
];

/// Documented codes of which a part is the name of a parameter: as sure as an exact one.
pub(super) const TEMPLATES: &[(&str, Entry)] = &[
    ("IllegalParamFormat.", Entry::of(Spec)),
    ("MissingParam.", Entry::of(Spec)),
    ("MissingParameter.", Entry::of(Spec)),
];

/// Families that grow: the first prefix that fits counts. Nothing here is ever more specific than a code above, so those come first. What a
/// code that nobody has seen yet leaves open is not known, so none of these proves a refusal.
pub(super) const PREFIXES: &[(&str, Entry)] = &[
    ("IllegalParam", Entry::of(Spec)),
    ("IncorrectBusinessStatus.", Entry::of(Account)),
    ("IncorrectStatus.", Entry::of(Busy)),
    ("InvalidParam", Entry::of(Spec)),
    ("Mismatch.", Entry::of(Spec)),
    // `MissingSecurityToken` stands above. The gateway writes `MissingRegionId`, the product `MissingParam.RegionId`.
    ("Missing", Entry::of(Spec)),
    ("QuotaExceed", Entry::of(Quota)),
    ("ResourceNotFound.", Entry::of(DependencyMissing)),
    ("ResourceNotEnough.", Entry::of(Quota)),
    ("OperationDenied.Private", Entry::of(Spec)),
    ("InvalidAccountStatus.", Entry::of(Account)),
    ("InvalidAccessKeyId.", Entry::of(Credential)),
    ("InvalidSecurityToken.", Entry::of(Credential)),
    ("AuthenticationFail.", Entry::of(Credential)),
    ("EntityNotExist.Role", Entry::of(Credential)),
    ("Forbidden.", Entry::of(Account)),
    ("NoPermission.", Entry::of(Account)),
    ("InternalError.", Entry::of(Transient)),
    ("ServiceUnavailable.", Entry::of(Transient)),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_code_of_the_reference_stands_in_the_table_itself() {
        let known: BTreeSet<&str> = EXACT.iter().map(|(code, _)| *code).collect();
        let lines = include_str!("../../tests/data/error-codes.txt").lines();
        let missing: Vec<&str> = lines.map(|line| &line[4..]).filter(|code| !known.contains(code)).collect();
        assert_eq!(missing, Vec::<&str>::new());
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
