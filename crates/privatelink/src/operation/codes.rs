//! Which error codes each operation is documented to answer.
//!
//! Source: the error lists of the `PrivateLink` API reference, version 2020-04-15, 114 codes in all. `%s` stands for the name
//! of a parameter.

use super::Operation;

impl Operation {
    /// The codes that the API reference lists for this operation, in its spelling; `MissingParam.%s` comes as
    /// `MissingParam.RegionId` and the like. Empty where it lists none.
    ///
    /// Not a closed set. Listed or not, any operation may answer `NeedOpenProduct` and the codes of the platform's gateway (key,
    /// signature, permission, throttling), and any that changes something `DryRunOperation` and
    /// `ConcurrentCallNotSupported`.
    pub const fn codes(self) -> &'static [&'static str] {
        match self {
            Self::CreateVpcEndpointService => CREATE_SERVICE,
            Self::UpdateVpcEndpointServiceAttribute => UPDATE_SERVICE,
            Self::DeleteVpcEndpointService => DELETE_SERVICE,
            Self::AttachResourceToVpcEndpointService => ATTACH_RESOURCE,
            Self::DetachResourceFromVpcEndpointService => DETACH_RESOURCE,
            Self::UpdateVpcEndpointServiceResourceAttribute => UPDATE_RESOURCE,
            Self::AddUserToVpcEndpointService | Self::RemoveUserFromVpcEndpointService => USER,
            Self::GetVpcEndpointServiceAttribute
            | Self::ListVpcEndpointServiceResources
            | Self::ListVpcEndpointServiceUsers
            | Self::ListVpcEndpointConnections => &["EndpointServiceNotFound"],
            Self::EnableVpcEndpointConnection => ENABLE_CONNECTION,
            Self::DisableVpcEndpointConnection => CONNECTION,
            Self::UpdateVpcEndpointConnectionAttribute => UPDATE_CONNECTION,
            Self::EnableVpcEndpointZoneConnection => ENABLE_ZONE_CONNECTION,
            Self::DisableVpcEndpointZoneConnection => DISABLE_ZONE_CONNECTION,
            Self::UpdateVpcEndpointZoneConnectionResourceAttribute => UPDATE_ZONE_RESOURCE,
            Self::CreateVpcEndpoint => CREATE_ENDPOINT,
            Self::GetVpcEndpointAttribute => &["EndpointNotFound", "EndpointConnectionNotFound"],
            Self::UpdateVpcEndpointAttribute => UPDATE_ENDPOINT,
            Self::DeleteVpcEndpoint => DELETE_ENDPOINT,
            Self::AddZoneToVpcEndpoint => ADD_ZONE,
            Self::RemoveZoneFromVpcEndpoint => REMOVE_ZONE,
            Self::ListVpcEndpointZones | Self::ListVpcEndpointSecurityGroups => &["EndpointNotFound"],
            Self::AttachSecurityGroupToVpcEndpoint => ATTACH_SECURITY_GROUP,
            Self::DetachSecurityGroupFromVpcEndpoint => DETACH_SECURITY_GROUP,
            Self::TagResources => TAG,
            Self::UntagResources => UNTAG,
            Self::ListTagResources => LIST_TAGS,
            Self::ChangeResourceGroup => CHANGE_GROUP,
            Self::CheckProductOpen => &["NeedOpenProduct"],
            Self::OpenPrivateLinkService => OPEN,
            Self::ListVpcEndpointServices
            | Self::ListVpcEndpoints
            | Self::ListVpcEndpointServicesByEndUser
            | Self::DescribeRegions
            | Self::DescribeZones
            | Self::GetCallerIdentity => &[],
        }
    }
}

const CREATE_SERVICE: &[&str] = &[
    "EndpointServiceExist",
    "AlbNotFound",
    "LoadBalancerNotFound",
    "LoadBalancerNotSupportPrivateLink",
    "GenerateResourceIdFailed",
    "QuotaMisMatched",
    "VSwitchNotFound",
    "EndpointServicePayerForbidden",
    "NeedOpenProduct",
    "EndpointServiceNotSupportedZone",
    "IllegalParamFormat.%s",
    "MissingParam.%s",
    "ResourceNotFound.NatGateway",
    "Mismatch.ResourceType",
    "EndpointServiceNotSupportIpv6",
    "OperationDenied.PrivateDomainNotSupport",
    "Conflict.ServiceName",
    "InvalidParam.PrivateDnsName",
    "OperationDenied.ZoneAffinityNotSupport",
    "OperationDenied.RamPolicyNotSupport",
    "OperationDenied.ResourceTypeNotSupportDualStack",
    "OperationDenied.ServiceResourceIpVersionMismatch",
    "IllegalParam.AddressIpVersion",
    "SpecifiedAlbNotSupport",
];

const UPDATE_SERVICE: &[&str] = &[
    "EndpointServiceNotFound",
    "EndpointServiceLocked",
    "EndpointServiceOperationDenied",
    "IllegalParamFormat.%s",
    "MissingParam.%s",
    "ServiceResourceNotSupportIpv6",
    "EndpointServiceDowngradeNotAllowed",
    "DependencyViolation.PrivateDnsName",
    "OperationDenied.PrivateServiceDomainBusinessStatus",
    "OperationDenied.PrivateDomainNotSupport",
    "OperationDenied.PrivateDomainStatusNotSupport",
    "Conflict.ServiceName",
    "InvalidParam.PrivateDnsName",
];

const DELETE_SERVICE: &[&str] = &[
    "EndpointServiceNotFound",
    "EndpointServiceOperationDenied",
    "EndpointServiceDependenceViolation",
    "EndpointServiceConnectionDependence",
    "DeleteFailedDueToEndpointExist",
];

const ATTACH_RESOURCE: &[&str] = &[
    "EndpointServiceNotFound",
    "EndpointServiceOperationDenied",
    "EndpointServiceResourceExist",
    "LoadBalancerNotFound",
    "AlbNotFound",
    "LoadBalancerNotSupportPrivateLink",
    "EndpointServiceResourceTypeNotSupport",
    "EndpointServiceResourceTypeNotEqual",
    "Mismatch.ResourceType",
    "QuotaMisMatched",
    "VSwitchNotFound",
    "ResourceNotFound.NatGateway",
    "EndpointServiceNotSupportedZone",
    "ServiceResourceNotSupportIpv6",
];

const DETACH_RESOURCE: &[&str] = &[
    "EndpointServiceNotFound",
    "EndpointServiceResourceNotFound",
    "EndpointServiceConnectionDependence",
    "EndpointServiceResourceCannotRemove",
];

const UPDATE_RESOURCE: &[&str] = &[
    "EndpointServiceNotFound",
    "EndpointServiceLocked",
    "EndpointServiceOperationDenied",
    "EndpointServiceResourceNotFound",
    "ResourceAutoAllocateViolation",
];

const USER: &[&str] = &["EndpointServiceNotFound", "MissingParam.UserArn", "Mismatch.UserIdAndUserArn"];

const CONNECTION: &[&str] =
    &["EndpointServiceNotFound", "EndpointConnectionNotFound", "EndpointConnectionOperationDenied"];

const ENABLE_CONNECTION: &[&str] = &[
    "EndpointServiceNotFound",
    "EndpointConnectionNotFound",
    "EndpointConnectionOperationDenied",
    "EndpointOperationDenied",
    "OperationDenied.NoAvailableServiceResource",
];

const UPDATE_CONNECTION: &[&str] = &[
    "EndpointServiceNotFound",
    "EndpointConnectionNotFound",
    "EndpointConnectionOperationDenied",
    "EndpointNotFound",
    "UpdateBandWidthUnSupported",
    "OperationDenied.VpcNatServiceResourceTypeNotSupportBandwidth",
];

const ENABLE_ZONE_CONNECTION: &[&str] = &[
    "EndpointServiceNotFound",
    "EndpointConnectionNotFound",
    "EndpointConnectionOperationDenied",
    "EndpointOperationDenied",
    "IncorrectStatus.VpcEndpoint",
    "IncorrectStatus.VpcEndpointConnection",
    "IncorrectStatus.VpcEndpointService",
    "IncorrectStatus.VpcEndpointZone",
    "IncorrectBusinessStatus.VpcEndpoint",
    "IncorrectBusinessStatus.VpcEndpointService",
    "ResourceNotFound.VpcEndpoint",
    "ResourceNotFound.VpcEndpointConnection",
    "ResourceNotFound.VpcEndpointService",
    "ResourceNotFound.VpcEndpointZone",
];

const DISABLE_ZONE_CONNECTION: &[&str] = &[
    "EndpointServiceNotFound",
    "EndpointConnectionNotFound",
    "EndpointConnectionOperationDenied",
    "IncorrectStatus.VpcEndpoint",
    "IncorrectStatus.VpcEndpointConnection",
    "IncorrectStatus.VpcEndpointService",
    "IncorrectStatus.VpcEndpointZone",
    "IncorrectBusinessStatus.VpcEndpoint",
    "IncorrectBusinessStatus.VpcEndpointService",
    "ResourceNotFound.VpcEndpoint",
    "ResourceNotFound.VpcEndpointConnection",
    "ResourceNotFound.VpcEndpointService",
    "ResourceNotFound.VpcEndpointZone",
];

const UPDATE_ZONE_RESOURCE: &[&str] = &[
    "EndpointServiceNotFound",
    "EndpointConnectionNotFound",
    "EndpointConnectionOperationDenied",
    "EndpointNotFound",
    "EndpointServiceLocked",
    "EndpointLocked",
    "EndpointZoneNotFound",
    "EndpointServiceResourceTypeNotSupport",
    "EndpointServiceResourceNotFound",
    "ZoneOperationDenied",
    "IllegalParam.ResourceAllocateMode",
    "IllegalParam.ResourceReplaceMode",
    "MissingParam.ResourceId",
    "MissingParam.ResourceAllocateMode",
    "OperationDenied.CurrentResourceAutoAllocated",
    "Mismatch.ZoneId",
];

const CREATE_ENDPOINT: &[&str] = &[
    "EndpointExist",
    "EndpointDuplicated",
    "EndpointZoneDuplicated",
    "EndpointServiceNotFound",
    "EndpointServiceDeleted",
    "EndpointServiceNotAuthorized",
    "EndpointServiceNotSupportedZone",
    "EndpointServiceResourceNotFound",
    "IncorrectStatus.VpcEndpointService",
    "Mismatch.EndpointType",
    "VSwitchNotFound",
    "VSwitchStatusNotAllowed",
    "ResourceNotEnough.VSwitchIp",
    "EniIpUnavailable",
    "SecurityGroupNotFound",
    "SecurityGroupTypeNotSupport",
    "SecurityGroupTypeOnlySingleTypeSupporteded",
    "EndpointMustContainSecurityGroup",
    "VpcNotFound",
    "VpcTunnelNotFound",
    "GenerateResourceIdFailed",
    "CheckServiceLinkRoleError",
    "QuotaMisMatched",
    "QuotaExceeded.IpQuotaPerEp",
    "QuotaExceeded.epZonePerEndpoint",
    "QuotaExceeded.totalEpPerVpc",
    "QuotaExceeded.totalIdleEndpoint",
    "OperationDenied.EndpointPolicyNotSupport",
    "OperationDenied.PrivateDomainStatusNotSupport",
    "OperationDenied.PrivateDomainNotSupport",
    "DependencyViolation.PrivateDnsName",
];

const UPDATE_ENDPOINT: &[&str] = &[
    "EndpointNotFound",
    "EndpointOperationDenied",
    "EndpointLocked",
    "EndpointConnectionOperationDenied",
    "EndpointServiceDeleted",
    "EndpointProtected",
    "OperationDenied.EndpointProtected",
    "OperationDenied.EndpointPolicyNotSupport",
    "DependencyViolation.PrivateDnsName",
    "OperationDenied.PrivateDomainStatusNotSupport",
    "OperationDenied.PrivateDomainNotSupport",
];

const DELETE_ENDPOINT: &[&str] = &[
    "EndpointNotFound",
    "EndpointDependenceViolation",
    "EndpointOperationDenied",
    "EndpointProtected",
    "OperationDenied.EndpointProtected",
];

const ADD_ZONE: &[&str] = &[
    "EndpointNotFound",
    "EndpointOperationDenied",
    "EndpointLocked",
    "EndpointConnectionOperationDenied",
    "EndpointZoneDuplicated",
    "EndpointDuplicated",
    "EndpointServiceNotSupportedZone",
    "EndpointServiceDeleted",
    "EndpointServiceResourceNotFound",
    "QuotaMisMatched",
    "VSwitchNotFound",
    "VSwitchStatusNotAllowed",
    "ResourceNotEnough.VSwitchIp",
    "EniIpUnavailable",
    "EndpointProtected",
    "OperationDenied.EndpointProtected",
    "VpcNatServiceException",
];

const REMOVE_ZONE: &[&str] = &[
    "EndpointNotFound",
    "EndpointZoneNotFound",
    "EndpointOperationDenied",
    "EndpointLocked",
    "EndpointConnectionOperationDenied",
    "EndpointProtected",
    "OperationDenied.EndpointProtected",
];

const ATTACH_SECURITY_GROUP: &[&str] = &[
    "EndpointNotFound",
    "EndpointOperationDenied",
    "EndpointLocked",
    "EndpointConnectionOperationDenied",
    "EndpointServiceDeleted",
    "SecurityGroupExist",
    "SecurityGroupNotFound",
    "SecurityGroupTypeNotSupport",
    "SecurityGroupTypeOnlySingleTypeSupporteded",
];

const DETACH_SECURITY_GROUP: &[&str] = &[
    "SecurityGroupNotFound",
    "EndpointMustContainSecurityGroup",
    "EndpointNotFound",
    "EndpointOperationDenied",
    "EndpointLocked",
    "EndpointConnectionOperationDenied",
    "EndpointServiceDeleted",
];

const TAG: &[&str] = &[
    "MissingTagKeyParam",
    "MissingTagValueParam",
    "IllegalTagKeyParam",
    "IllegalTagValueParam",
    "DuplicatedTagKey",
    "QuotaExceed.TagsPerResource",
    "InvalidResourceId.NotFound",
];

const UNTAG: &[&str] = &[
    "TagInfoNotExist",
    "DuplicatedTagKey",
    "IllegalTagKeyParam",
    "IllegalTagValueParam",
    "InvalidResourceId.NotFound",
];

const LIST_TAGS: &[&str] = &[
    "MissingResourceIdOrTagParam",
    "MissingTagKeyParam",
    "MissingTagValueParam",
    "IllegalTagKeyParam",
    "IllegalTagValueParam",
    "DuplicatedTagKey",
];

const CHANGE_GROUP: &[&str] = &[
    "NoPermission.ChangeResourceGroup",
    "MissingParameter.ResourceRegionId",
    "MissingParameter.ResourceId",
    "MissingParameter.ResourceGroupId",
    "InvalidResourceGroup",
    "SystemError",
    "ResourceNotFound",
];

const OPEN: &[&str] = &["OrderOpend", "AccountTypeRestricted", "InvalidAccountStatus.NotEnoughBalance"];
