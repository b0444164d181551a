//! Which field of the spec a refusal is about, as far as code and operation tell.

use cloud_core::Error;
use privatelink::Operation;

use super::codes::facts;

/// The field, as it is written in a manifest; `None`: nothing tells.
pub(super) fn field(error: &Error) -> Option<&'static str> {
    let code = error.code()?;
    facts(code).field.or_else(|| of_parameter(code)).or_else(|| of_operation(Operation::of(error.operation())?))
}

/// `IllegalParamFormat.ZoneId`, `MissingParam.ZoneId`, `InvalidParameter.ZoneId`: what follows the last dot is a parameter of the call.
fn of_parameter(code: &str) -> Option<&'static str> {
    const FIELDS: &[(&str, &str)] = &[
        ("AddSupportedRegionSet", "spec.supportedRegions"),
        ("AddressIpVersion", "spec.addressIpVersion"),
        ("Bandwidth", "spec.connections.rules[].bandwidthMbps"),
        ("ConnectBandwidth", "spec.connectBandwidthMbps"),
        ("DeleteSupportedRegionSet", "spec.supportedRegions"),
        ("Payer", "spec.payer"),
        ("RegionId", "spec.region"),
        ("ResourceGroupId", "spec.resourceGroupId"),
        ("ResourceId", "spec.resources[].resourceId"),
        ("ResourceType", "spec.serviceResourceType"),
        ("ServiceDescription", "spec.description"),
        ("ServiceResourceType", "spec.serviceResourceType"),
        ("SupportedRegionList", "spec.supportedRegions"),
        ("Tag", "spec.tags"),
        ("TrafficControlMode", "spec.connections.rules[].trafficControlMode"),
        ("UserArn", "spec.allowedPrincipals"),
        ("UserARN", "spec.allowedPrincipals"),
        ("UserId", "spec.allowedPrincipals"),
        ("ZoneAffinityEnabled", "spec.zoneAffinityEnabled"),
        ("ZoneId", "spec.resources[].zoneIds"),
    ];
    let (family, parameter) = code.rsplit_once('.')?;
    let names_one = ["IllegalParam", "Invalid", "Missing"].iter().any(|prefix| family.starts_with(prefix));
    FIELDS.iter().find(|(known, _)| names_one && *known == parameter).map(|(_, field)| *field)
}

/// Operations that carry one field.
fn of_operation(operation: Operation) -> Option<&'static str> {
    match operation {
        Operation::AttachResourceToVpcEndpointService
        | Operation::DetachResourceFromVpcEndpointService
        | Operation::UpdateVpcEndpointServiceResourceAttribute => Some("spec.resources"),
        Operation::AddUserToVpcEndpointService | Operation::RemoveUserFromVpcEndpointService => {
            Some("spec.allowedPrincipals")
        }
        Operation::ChangeResourceGroup => Some("spec.resourceGroupId"),
        Operation::TagResources | Operation::UntagResources => Some("spec.tags"),
        Operation::EnableVpcEndpointConnection
        | Operation::UpdateVpcEndpointConnectionAttribute
        | Operation::DisableVpcEndpointConnection => Some("spec.connections"),
        Operation::UpdateVpcEndpointZoneConnectionResourceAttribute | Operation::DisableVpcEndpointZoneConnection => {
            Some("spec.resources[].whenReplaced")
        }
        _ => None,
    }
}

/// The operator sends this operation. The others are on the consumer's side, or do what the operator does otherwise, or never: nothing in the spec leads to
/// them.
pub(super) const fn is_sent(operation: Operation) -> bool {
    matches!(
        operation,
        Operation::AddUserToVpcEndpointService
            | Operation::AttachResourceToVpcEndpointService
            | Operation::ChangeResourceGroup
            | Operation::CreateVpcEndpointService
            | Operation::DeleteVpcEndpointService
            | Operation::DetachResourceFromVpcEndpointService
            | Operation::DisableVpcEndpointConnection
            | Operation::DisableVpcEndpointZoneConnection
            | Operation::EnableVpcEndpointConnection
            | Operation::GetVpcEndpointServiceAttribute
            | Operation::ListVpcEndpointConnections
            | Operation::ListVpcEndpointServiceResources
            | Operation::ListVpcEndpointServiceUsers
            | Operation::ListVpcEndpointServices
            | Operation::RemoveUserFromVpcEndpointService
            | Operation::TagResources
            | Operation::UntagResources
            | Operation::UpdateVpcEndpointConnectionAttribute
            | Operation::UpdateVpcEndpointServiceAttribute
            | Operation::UpdateVpcEndpointServiceResourceAttribute
            | Operation::UpdateVpcEndpointZoneConnectionResourceAttribute
    )
}
