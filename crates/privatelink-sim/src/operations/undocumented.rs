//! Codes that an operation answers although the reference does not list them for it: guesses, each because another operation answers the same
//! mistake so. Anything else that is not documented is not answered: see `Spec::checked`.

use privatelink::Operation;

/// Codes of any operation: those of the check of parameters, of a dry run, of the lock, and of an account that has not activated the product.
pub(super) const OF_ANY_OPERATION: &[&str] =
    &["MissingParam.%s", "IllegalParamFormat.%s", "DryRunOperation", "ConcurrentCallNotSupported", "NeedOpenProduct"];

/// Sorted by code.
pub(super) const OF_SOME_OPERATIONS: &[(&str, &[Operation])] = &[
    (
        "DuplicatedTagKey",
        &[
            Operation::CreateVpcEndpointService,
            Operation::ListVpcEndpointServices,
            Operation::CreateVpcEndpoint,
            Operation::ListVpcEndpoints,
            Operation::ListVpcEndpointServicesByEndUser,
        ],
    ),
    (
        "EndpointServiceLocked",
        &[
            Operation::AttachResourceToVpcEndpointService,
            Operation::DetachResourceFromVpcEndpointService,
            Operation::AddUserToVpcEndpointService,
            Operation::RemoveUserFromVpcEndpointService,
            Operation::EnableVpcEndpointConnection,
            Operation::UpdateVpcEndpointConnectionAttribute,
        ],
    ),
    (
        "EndpointServiceOperationDenied",
        &[
            Operation::DetachResourceFromVpcEndpointService,
            Operation::AddUserToVpcEndpointService,
            Operation::RemoveUserFromVpcEndpointService,
        ],
    ),
    // Nobody knows what an account without the privilege is answered: see `guesses.migration.refusal`.
    ("Forbidden.Privilege", &[Operation::UpdateVpcEndpointZoneConnectionResourceAttribute]),
    ("IllegalParam.AddressIpVersion", &[Operation::UpdateVpcEndpointServiceAttribute]),
    (
        "IllegalTagKeyParam",
        &[
            Operation::CreateVpcEndpointService,
            Operation::ListVpcEndpointServices,
            Operation::CreateVpcEndpoint,
            Operation::ListVpcEndpoints,
            Operation::ListVpcEndpointServicesByEndUser,
        ],
    ),
    ("IllegalTagValueParam", &[Operation::CreateVpcEndpointService, Operation::CreateVpcEndpoint]),
    ("InvalidAccountStatus.NotEnoughBalance", &[Operation::CreateVpcEndpointService]),
    ("InvalidResourceGroup", &[Operation::CreateVpcEndpointService, Operation::CreateVpcEndpoint]),
    (
        "MissingTagKeyParam",
        &[
            Operation::CreateVpcEndpointService,
            Operation::ListVpcEndpointServices,
            Operation::CreateVpcEndpoint,
            Operation::ListVpcEndpoints,
            Operation::ListVpcEndpointServicesByEndUser,
            Operation::UntagResources,
        ],
    ),
    ("MissingTagValueParam", &[Operation::CreateVpcEndpointService, Operation::CreateVpcEndpoint]),
    ("OperationDenied.ResourceTypeNotSupportDualStack", &[Operation::UpdateVpcEndpointServiceAttribute]),
    (
        "OperationDenied.ServiceResourceIpVersionMismatch",
        &[Operation::UpdateVpcEndpointServiceAttribute, Operation::AttachResourceToVpcEndpointService],
    ),
    ("OperationDenied.ZoneAffinityNotSupport", &[Operation::UpdateVpcEndpointServiceAttribute]),
    ("PrivilegeMissing", &[Operation::UpdateVpcEndpointZoneConnectionResourceAttribute]),
    ("QuotaExceed.TagsPerResource", &[Operation::CreateVpcEndpointService, Operation::CreateVpcEndpoint]),
    ("SpecifiedAlbNotSupport", &[Operation::AttachResourceToVpcEndpointService]),
    ("UnsupportedFeature.GWLB", &[Operation::CreateVpcEndpointService]),
    (
        "UpdateBandWidthUnSupported",
        &[Operation::EnableVpcEndpointConnection, Operation::UpdateVpcEndpointServiceAttribute],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_here_is_documented() {
        let pairs =
            OF_SOME_OPERATIONS.iter().flat_map(|(code, all)| all.iter().map(move |operation| (*code, *operation)));
        let documented: Vec<_> = pairs.filter(|(code, of)| of.codes().any(|known| known == *code)).collect();
        assert_eq!(documented, []);
        assert!(OF_SOME_OPERATIONS.is_sorted_by_key(|(code, _)| *code));
    }
}
