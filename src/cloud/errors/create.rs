//! The codes of `CreateVpcEndpointService`, each with a sentence of its own. Where another operation answers one of them, it means the
//! same.

/// The sentence for one of the 24 codes that the API reference lists for `CreateVpcEndpointService`.
///
/// Two of them are templates: what follows the dot is the name of a parameter.
pub(super) fn sentence(code: &str) -> Option<&'static str> {
    let exact = SENTENCES.iter().find(|(known, _)| *known == code);
    let template =
        || TEMPLATES.iter().find(|(known, _)| code.strip_prefix(known).is_some_and(|rest| rest.starts_with('.')));
    exact.or_else(template).map(|(_, sentence)| *sentence)
}

/// What follows the dot in such a code is the name of a parameter.
pub(super) fn is_template(code: &str) -> bool {
    TEMPLATES.iter().any(|(known, _)| code.strip_prefix(known).is_some_and(|rest| rest.starts_with('.')))
}

const TEMPLATES: &[(&str, &str)] = &[
    (
        "IllegalParamFormat",
        "the provider finds the value of this parameter malformed; correct the field of the spec that it comes from",
    ),
    ("MissingParam", "the provider wants this parameter; add the field of the spec that it comes from"),
];

const SENTENCES: &[(&str, &str)] = &[
    (
        "EndpointServiceExist",
        "the provider says that such a service exists; the operator looks whether it is this object's own, and if this lasts, another \
         service in the account holds these load balancers and must let them go",
    ),
    (
        "AlbNotFound",
        "an ALB in spec.resources does not exist in this region and account; create it, or correct its resourceId",
    ),
    (
        "LoadBalancerNotFound",
        "a load balancer in spec.resources does not exist in this region and account; create it, or correct its resourceId",
    ),
    (
        "LoadBalancerNotSupportPrivateLink",
        "a load balancer in spec.resources cannot stand behind PrivateLink because of its network type, edition or billing; name \
         another one",
    ),
    (
        "GenerateResourceIdFailed",
        "the provider could not make an id for the service; the operator first makes sure that none was made, then tries again by \
         itself",
    ),
    (
        "QuotaMisMatched",
        "the account has no room for another endpoint service, or the service for another load balancer; delete what is not needed, \
         or raise the quota in the provider's Quota Center",
    ),
    (
        "VSwitchNotFound",
        "a load balancer in spec.resources has no vSwitch in one of its zoneIds; give it one there, or take the zone out",
    ),
    (
        "EndpointServicePayerForbidden",
        "this account may not pay for its consumers' endpoints; have the provider allow it, or make the object anew with payer \
         Endpoint",
    ),
    (
        "NeedOpenProduct",
        "PrivateLink is not activated in this account; activate it in the provider's console, which the operator never does by itself",
    ),
    (
        "EndpointServiceNotSupportedZone",
        "PrivateLink is not offered in one of the zoneIds of spec.resources; choose zones of this region where it is",
    ),
    (
        "ResourceNotFound.NatGateway",
        "a NAT gateway that a load balancer in spec.resources needs does not exist; create it, or name another load balancer",
    ),
    (
        "Mismatch.ResourceType",
        "a load balancer in spec.resources is not of the kind that serviceResourceType says; correct its resourceId, or make the \
         object anew with the right kind",
    ),
    (
        "EndpointServiceNotSupportIpv6",
        "a load balancer in spec.resources has no IPv6 address; switch IPv6 on there, or set addressIpVersion to IPv4",
    ),
    (
        "OperationDenied.PrivateDomainNotSupport",
        "the provider wants to give the service a private domain, which these load balancers cannot have; name others in \
         spec.resources, or ask the provider's support",
    ),
    (
        "Conflict.ServiceName",
        "the service's private domain name is taken by another service of the account; have that one deleted, or ask the provider's \
         support",
    ),
    (
        "InvalidParam.PrivateDnsName",
        "the provider refuses the service's private domain name, which this operator never sets; ask the provider's support what the \
         account's settings add",
    ),
    (
        "OperationDenied.ZoneAffinityNotSupport",
        "zone affinity is not possible with these load balancers; set zoneAffinityEnabled to false",
    ),
    (
        "OperationDenied.RamPolicyNotSupport",
        "the provider wants to put an endpoint policy on the service, which these load balancers do not allow; name others in \
         spec.resources, or ask the provider's support",
    ),
    (
        "OperationDenied.ResourceTypeNotSupportDualStack",
        "this kind of load balancer cannot be DualStack; set addressIpVersion to IPv4, or make the object anew with nlb or gwlb",
    ),
    (
        "OperationDenied.ServiceResourceIpVersionMismatch",
        "addressIpVersion and the IP version of a load balancer in spec.resources differ; change the one or the other",
    ),
    ("IllegalParam.AddressIpVersion", "the provider does not know this addressIpVersion here; set it to IPv4"),
    (
        "SpecifiedAlbNotSupport",
        "an ALB in spec.resources cannot stand behind PrivateLink because of its edition or address type; name another one",
    ),
];

#[cfg(test)]
pub(super) fn all() -> impl Iterator<Item = &'static str> {
    SENTENCES.iter().chain(TEMPLATES).map(|(_, sentence)| *sentence)
}
