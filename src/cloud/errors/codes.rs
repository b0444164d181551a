//! The table of codes: what the operator makes of one, beyond its kind, which the client's own table gives.
//!
//! Pure data. A row says only what is particular to its code; whatever no row says follows from the kind.

use cloud_core::ErrorKind::{self, Account, DependencyMissing};
use privatelink::code;

use crate::crd::Reason;

/// What is particular to a code.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own; a code has few of them")]
#[derive(Clone, Copy, Debug)]
pub(super) struct Facts {
    /// The reason of the condition where the error is of this kind.
    pub(super) reason: Option<(ErrorKind, Reason)>,
    /// No object's spec and no service's state can bring it about. A right may be missing on one resource group only, a feature may be one
    /// that a single object asks for, so those are not among them.
    pub(super) is_account_wide: bool,
    /// Answered to a Create, the client token leads nowhere any more. A Create names no service, so one that is deleted or not found can only
    /// be what the token made before.
    pub(super) spends_token: bool,
    /// The resource that the call names does not exist.
    pub(super) denies_existence: bool,
    /// The connection that the call names does not exist.
    pub(super) denies_connection: bool,
    /// Only the one connection or endpoint that the call names is in the way, not the service.
    pub(super) is_about_connection: bool,
    /// Calls overlapped that must not.
    pub(super) is_collision: bool,
    /// The field of the spec that it is about, as it is written in a manifest, whatever the operation.
    pub(super) field: Option<&'static str>,
    /// What it means and what to do. Where another operation than the one whose page lists it answers a code, it means the same.
    pub(super) sentence: Option<&'static str>,
}

const NOTHING: Facts = Facts {
    reason: None,
    is_account_wide: false,
    spends_token: false,
    denies_existence: false,
    denies_connection: false,
    is_about_connection: false,
    is_collision: false,
    field: None,
    sentence: None,
};

impl Facts {
    const fn because(self, kind: ErrorKind, reason: Reason) -> Self {
        Self { reason: Some((kind, reason)), ..self }
    }

    const fn account_wide(self) -> Self {
        Self { is_account_wide: true, ..self }
    }

    const fn spends_token(self) -> Self {
        Self { spends_token: true, ..self }
    }

    const fn denies_existence(self) -> Self {
        Self { denies_existence: true, ..self }
    }

    const fn denies_connection(self) -> Self {
        Self { denies_connection: true, ..self }
    }

    const fn about_connection(self) -> Self {
        Self { is_about_connection: true, ..self }
    }

    const fn collides(self) -> Self {
        Self { is_collision: true, ..self }
    }

    const fn about(self, field: &'static str) -> Self {
        Self { field: Some(field), ..self }
    }

    const fn says(self, sentence: &'static str) -> Self {
        Self { sentence: Some(sentence), ..self }
    }
}

/// What is particular to a code; an exact row counts before a template, a template before a prefix.
pub(super) fn facts(code: &str) -> Facts {
    let exact = EXACT.iter().find(|(known, _)| *known == code);
    let template = || TEMPLATES.iter().find(|(family, _)| is_of_family(code, family));
    let prefix = || PREFIXES.iter().find(|(prefix, _)| code.starts_with(prefix));
    exact.or_else(template).or_else(prefix).map_or(NOTHING, |(_, facts)| *facts)
}

/// What follows the dot in such a code is the name of a parameter.
pub(super) fn names_parameter(code: &str) -> bool {
    PARAMETERS.iter().any(|family| is_of_family(code, family))
}

/// What is wrong is in the provider's words only, so that the operation tells more than the code where it carries one field.
pub(super) fn names_nothing(code: &str) -> bool {
    code == "InvalidParameter"
}

fn is_of_family(code: &str, family: &str) -> bool {
    code.strip_prefix(family).is_some_and(|rest| rest.starts_with('.'))
}

const PARAMETERS: [&str; 2] = ["IllegalParamFormat", "MissingParam"];

/// Codes by what stands before their first dot.
const TEMPLATES: &[(&str, Facts)] = &[
    ("IllegalParamFormat", NOTHING.says("the provider finds the value of this parameter malformed; correct the field of the spec that it comes from")),
    ("InvalidAccountStatus", NOTHING.account_wide()),
    ("MissingParam", NOTHING.says("the provider wants this parameter; add the field of the spec that it comes from")),
];

/// Families whose codes only begin alike: a right that the operator's credentials lack.
const PREFIXES: &[(&str, Facts)] = &[
    ("Forbidden", NOTHING.because(Account, Reason::AccessDenied)),
    ("NoPermission", NOTHING.because(Account, Reason::AccessDenied)),
    ("NotAuthorized", NOTHING.because(Account, Reason::AccessDenied)),
];

const EXACT: &[(&str, Facts)] = &[
    ("AlbNotFound", NOTHING.because(DependencyMissing, Reason::WaitingForLoadBalancer).says("an ALB in spec.resources does not exist in this region and account; create it, or correct its resourceId")),
    ("CheckServiceLinkRoleError", NOTHING.account_wide()),
    (cloud_core::code::CONCURRENT_CALL_NOT_SUPPORTED, NOTHING.collides()),
    ("Conflict.ServiceName", NOTHING.says("the service's private domain name is taken by another service of the account; have that one deleted, or ask the provider's \
         support")),
    ("DependencyViolation.PrivateDnsName", NOTHING.says("the service has a private domain, which was switched on in the provider's console and stands in the way of this change; this operator \
         does not manage private domains, so switch it off there")),
    ("DuplicatedTagKey", NOTHING.about("spec.tags")),
    ("EndpointConnectionNotFound", NOTHING.denies_connection().about_connection()),
    ("EndpointConnectionOperationDenied", NOTHING.about_connection()),
    ("EndpointLocked", NOTHING.about_connection()),
    ("EndpointOperationDenied", NOTHING.about_connection()),
    ("EndpointServiceDeleted", NOTHING.spends_token()),
    ("EndpointServiceDowngradeNotAllowed", NOTHING.about("spec.addressIpVersion")),
    ("EndpointServiceExist", NOTHING.says("the provider says that such a service exists; the operator looks whether it is this object's own, and if this lasts, another \
         service in the account holds these load balancers and must let them go")),
    (code::ENDPOINT_SERVICE_NOT_FOUND, NOTHING.spends_token().denies_existence()),
    ("EndpointServiceNotSupportIpv6", NOTHING.says("a load balancer in spec.resources has no IPv6 address; switch IPv6 on there, or set addressIpVersion to IPv4")),
    ("EndpointServiceNotSupportedZone", NOTHING.says("PrivateLink is not offered in one of the zoneIds of spec.resources; choose zones of this region where it is")),
    ("EndpointServicePayerForbidden", NOTHING.says("this account may not pay for its consumers' endpoints; have the provider allow it, or recreate the object with payer \
         Endpoint")),
    ("EndpointServiceResourceTypeNotEqual", NOTHING.about("spec.resources[].resourceId")),
    ("EndpointServiceResourceTypeNotSupport", NOTHING.about("spec.serviceResourceType")),
    ("Forbidden.RiskControl", NOTHING.account_wide()),
    ("Forbidden.UserVerification", NOTHING.account_wide()),
    (code::GENERATE_RESOURCE_ID_FAILED, NOTHING.spends_token().says("the provider could not make an id for the service; the operator first makes sure that none was made, then tries again by \
         itself")),
    ("IllegalParam.AddressIpVersion", NOTHING.says("the provider does not know this addressIpVersion here; set it to IPv4")),
    ("IllegalParam.ResourceAllocateMode", NOTHING.says("the provider assigns a load balancer by hand only while the connection is Disconnected, and this operator never asks for that; set \
         whenReplaced in spec.resources to Drain to have no connection moved, and report it")),
    ("IllegalParam.ResourceReplaceMode", NOTHING.says("the provider moves a connection to another load balancer only while it is Connected; the operator moves those that are, and set whenReplaced in \
         spec.resources to Drain to have none moved")),
    ("IllegalTagKeyParam", NOTHING.about("spec.tags")),
    ("IllegalTagValueParam", NOTHING.about("spec.tags")),
    ("IllegalTimestamp", NOTHING.account_wide()),
    ("IncorrectStatus.VpcEndpoint", NOTHING.about_connection()),
    ("IncorrectStatus.VpcEndpointConnection", NOTHING.about_connection()),
    ("IncorrectStatus.VpcEndpointZone", NOTHING.about_connection()),
    ("InvalidAction.NotFound", NOTHING.account_wide()),
    ("InvalidApi.NotFound", NOTHING.account_wide()),
    ("InvalidParam.PrivateDnsName", NOTHING.says("the provider refuses the service's private domain name, which this operator never sets; ask the provider's support what the \
         account's settings add")),
    ("InvalidParameter", NOTHING.says("the provider finds a parameter of this call invalid and names it in status.lastError only; correct the field of the spec that it comes from, and where \
         the spec has none such, report a bug of the operator")),
    ("InvalidProduct.NotFound", NOTHING.account_wide()),
    ("InvalidResourceGroup", NOTHING.about("spec.resourceGroupId")),
    ("InvalidSignatureMethod", NOTHING.account_wide()),
    ("InvalidTimeStamp.Format", NOTHING.account_wide()),
    ("InvalidVersion", NOTHING.account_wide()),
    ("LoadBalancerNotFound", NOTHING.because(DependencyMissing, Reason::WaitingForLoadBalancer).says("a load balancer in spec.resources does not exist in this region and account; create it, or correct its resourceId")),
    ("LoadBalancerNotSupportPrivateLink", NOTHING.says("a load balancer in spec.resources cannot stand behind PrivateLink because of its network type, edition or billing; name \
         another one")),
    ("Mismatch.ResourceType", NOTHING.says("a load balancer in spec.resources is not of the kind that serviceResourceType says; correct its resourceId, or recreate the object with the right kind")),
    ("Mismatch.UserIdAndUserArn", NOTHING.about("spec.allowedPrincipals")),
    ("Mismatch.ZoneId", NOTHING.about("spec.resources[].zoneIds")),
    ("MissingTagKeyParam", NOTHING.about("spec.tags")),
    ("MissingTagValueParam", NOTHING.about("spec.tags")),
    ("NeedOpenProduct", NOTHING.because(Account, Reason::NotActivated).account_wide().says("PrivateLink is not activated in this account; activate it in the provider's console, which the operator never does by itself")),
    ("NoSuchVersion", NOTHING.account_wide()),
    ("OperationDenied.CurrentResourceAutoAllocated", NOTHING.about_connection().says("the load balancer that the connection uses is still given to new connections; the operator takes it out of the allocation first")),
    ("OperationDenied.NoAvailableServiceResource", NOTHING.because(DependencyMissing, Reason::WaitingForLoadBalancer).about_connection()),
    ("OperationDenied.PrivateDomainNotSupport", NOTHING.says("the provider wants to give the service a private domain, which these load balancers cannot have; name others in \
         spec.resources, or ask the provider's support")),
    ("OperationDenied.PrivateDomainStatusNotSupport", NOTHING.says("the service's private domain, which was switched on in the provider's console, is in a state in which this change is not possible; this operator \
         does not manage private domains, so switch it off there")),
    ("OperationDenied.PrivateServiceDomainBusinessStatus", NOTHING.says("the service's private domain, which was switched on in the provider's console, is locked for business reasons; this operator does not manage \
         private domains, so settle that with the provider, or switch it off there")),
    ("OperationDenied.RamPolicyNotSupport", NOTHING.says("the provider wants to put an endpoint policy on the service, which these load balancers do not allow; name others in \
         spec.resources, or ask the provider's support")),
    ("OperationDenied.ResourceTypeNotSupportDualStack", NOTHING.says("this kind of load balancer cannot be DualStack; set addressIpVersion to IPv4, or recreate the object with nlb or gwlb")),
    ("OperationDenied.ServiceResourceIpVersionMismatch", NOTHING.says("addressIpVersion and the IP version of a load balancer in spec.resources differ; change the one or the other")),
    ("OperationDenied.VpcNatServiceResourceTypeNotSupportBandwidth", NOTHING.says("a load balancer in spec.resources stands on a NAT gateway, whose connections have no bandwidth of their own; take bandwidthMbps out of \
         spec.connections.rules")),
    ("OperationDenied.ZoneAffinityNotSupport", NOTHING.says("zone affinity is not possible with these load balancers; set zoneAffinityEnabled to false")),
    ("QuotaMisMatched", NOTHING.says("the account has no room for another endpoint service, or the service for another load balancer; delete what is not needed, \
         or raise the quota in the provider's Quota Center")),
    ("ResourceNotFound.NatGateway", NOTHING.because(DependencyMissing, Reason::WaitingForLoadBalancer).says("a NAT gateway that a load balancer in spec.resources needs does not exist; create it, or name another load balancer")),
    ("ServiceResourceNotSupportIpv6", NOTHING.about("spec.addressIpVersion")),
    ("SpecifiedAlbNotSupport", NOTHING.says("an ALB in spec.resources cannot stand behind PrivateLink because of its edition or address type; name another one")),
    ("UnsupportedHTTPMethod", NOTHING.account_wide()),
    ("UpdateBandWidthUnSupported", NOTHING.says("the bandwidth of connections to this service cannot be changed; set spec.connectBandwidthMbps, and bandwidthMbps in spec.connections.rules, back to \
         what they were, or leave them out")),
    ("VSwitchNotFound", NOTHING.because(DependencyMissing, Reason::WaitingForLoadBalancer).says("a load balancer in spec.resources has no vSwitch in one of its zoneIds; give it one there, or take the zone out")),
    ("VSwitchStatusNotAllowed", NOTHING.because(DependencyMissing, Reason::WaitingForLoadBalancer)),
    ("ZoneOperationDenied", NOTHING.about_connection().says("the zone of the connection is busy, or the account lacks the privilege quota privatelink_whitelist/svc_res_mgt_uat, without which \
         no connection is moved; apply for it in the provider's Quota Center")),
];

/// Every sentence of a code.
#[cfg(test)]
pub(super) fn sentences() -> impl Iterator<Item = &'static str> {
    EXACT.iter().chain(TEMPLATES).filter_map(|(_, facts)| facts.sentence)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_has_one_row_a_code() {
        assert!(EXACT.is_sorted_by(|(one, _), (next, _)| one < next));
    }

    #[test]
    fn every_row_says_something() {
        for (code, facts) in EXACT.iter().chain(TEMPLATES).chain(PREFIXES) {
            let Facts {
                reason,
                is_account_wide,
                spends_token,
                denies_existence,
                denies_connection,
                is_about_connection,
                is_collision,
                field,
                sentence,
            } = facts;
            let about = [is_account_wide, spends_token, denies_existence, denies_connection, is_about_connection];
            let is_flagged = *is_collision || about.into_iter().any(|flag| *flag);
            assert!(is_flagged || reason.is_some() || field.is_some() || sentence.is_some(), "{code}");
        }
    }
}
