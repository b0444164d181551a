//! Services and endpoints as answers show them.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::clock::wire_time;
use crate::config::BusinessStatus;
use crate::engine::Visit;
use crate::wire::envelope::Fields;
use crate::world::{Endpoint, Service};

type Tags = BTreeMap<String, String>;

/// Mbps; samples of the reference and the documented range of `ConnectBandwidth`.
pub(crate) const MIN_BANDWIDTH: u32 = 100;
pub(crate) const MAX_BANDWIDTH: u32 = 10_240;

/// The fields of a JSON object.
pub(crate) fn fields(value: Value) -> Fields {
    match value {
        Value::Object(fields) => fields,
        _ => Fields::new(),
    }
}

/// An answer that holds nothing but its `RequestId`.
pub(crate) fn nothing() -> Fields {
    Fields::new()
}

/// As `CreateVpcEndpointService` answers.
pub(crate) fn created_service(service: &Service, business: &BusinessStatus) -> Fields {
    let regions = service.supported_regions.iter().map(|region| {
        json!({
            "SupportedRegionId": region.id, "ServiceRegionId": region.id,
            "RegionServiceStatus": region.status.as_str(), "RegionBusinessStatus": business.as_str(),
        })
    });
    let regions: Vec<Value> = regions.collect();
    fields(json!({
        "ServiceId": service.id,
        "ServiceName": service.name(),
        "ServiceDomain": service.domain(),
        "ServiceStatus": service.status.as_str(),
        "ServiceBusinessStatus": business.as_str(),
        "ServiceDescription": service.description,
        "CreateTime": wire_time(service.created),
        "AutoAcceptEnabled": service.auto_accept,
        "ZoneAffinityEnabled": service.zone_affinity,
        "ServiceSupportIPv6": service.support_ipv6,
        "AddressIpVersion": service.address_ip_version,
        "ResourceGroupId": service.resource_group,
        "SupportedRegionSet": regions,
    }))
}

/// As `GetVpcEndpointServiceAttribute` answers, but for `Zones`, which lists do not have.
fn service_attributes(service: &Service, business: &BusinessStatus) -> Fields {
    let mut shown = created_service(service, business);
    shown.extend(fields(json!({
        "Payer": service.payer,
        "ServiceResourceType": service.resource_type,
        "ServiceType": service.service_type(),
        "RegionId": service.region,
        "MinBandwidth": MIN_BANDWIDTH,
        "MaxBandwidth": MAX_BANDWIDTH,
    })));
    if let Some(mbps) = service.shown_connect_bandwidth() {
        shown.insert("ConnectBandwidth".to_owned(), mbps.into());
    }
    shown
}

/// As `GetVpcEndpointServiceAttribute` answers: with zones, without tags.
pub(crate) fn service(service: &Service, business: &BusinessStatus) -> Fields {
    let mut shown = service_attributes(service, business);
    shown.insert("Zones".to_owned(), json!(service.zones()));
    shown
}

/// As `ListVpcEndpointServices` shows each: without zones, with tags.
pub(crate) fn listed_service(service: &Service, business: &BusinessStatus, of_service: &Tags) -> Value {
    let mut shown = service_attributes(service, business);
    shown.insert("Tags".to_owned(), tags(of_service));
    Value::Object(shown)
}

/// As `ListVpcEndpointServicesByEndUser` shows each; `policies` says whether endpoints may have one.
pub(crate) fn offered_service(service: &Service, policies: bool, of_service: &Tags) -> Value {
    json!({
        "ServiceId": service.id,
        "ServiceName": service.name(),
        "ServiceDomain": service.domain(),
        "ServiceType": service.service_type(),
        "ServiceResourceType": service.resource_type,
        "Payer": service.payer,
        "Zones": service.zones(),
        "AddressIpVersion": service.address_ip_version,
        "AutoAcceptEnabled": service.auto_accept,
        "ZoneAffinityEnabled": service.zone_affinity,
        "ServiceSupportIPv6": service.support_ipv6,
        "VpcEndpointPolicySupported": policies,
        "ResourceGroupId": service.resource_group,
        "Tags": tags(of_service),
    })
}

/// `Tags[]`.
fn tags(tags: &Tags) -> Value {
    tags.iter().map(|(key, value)| json!({ "Key": key, "Value": value })).collect()
}

/// As `CreateVpcEndpoint` answers.
pub(crate) fn created_endpoint(endpoint: &Endpoint, business: &BusinessStatus) -> Fields {
    fields(json!({
        "EndpointId": endpoint.id,
        "EndpointName": endpoint.name,
        "EndpointDescription": endpoint.description,
        "EndpointDomain": endpoint.domain(),
        "EndpointStatus": endpoint.status.as_str(),
        "EndpointBusinessStatus": business.as_str(),
        "ConnectionStatus": endpoint.connection.status.as_str(),
        "Bandwidth": endpoint.connection.bandwidth,
        "CrossRegionBandwidth": endpoint.cross_region_bandwidth.unwrap_or(0),
        "CreateTime": wire_time(endpoint.created),
        "VpcId": endpoint.vpc_id,
        "ServiceId": endpoint.service_id,
        "ServiceName": endpoint.service_name,
        "ServiceRegionId": endpoint.service_region,
        "AddressIpVersion": endpoint.address_ip_version,
        "ZoneAffinityEnabled": endpoint.zone_affinity,
    }))
}

/// What single reads and lists of endpoints have in common.
fn endpoint_attributes(endpoint: &Endpoint, business: &BusinessStatus) -> Fields {
    let mut shown = created_endpoint(endpoint, business);
    shown.extend(fields(json!({
        "EndpointType": endpoint.kind,
        "PolicyDocument": endpoint.policy,
        "ProtectedEnabled": endpoint.protected,
        "RegionId": endpoint.region,
        "ResourceGroupId": endpoint.resource_group,
        "ResourceOwner": endpoint.account == endpoint.service_account,
    })));
    shown.retain(|_, value| !value.is_null());
    shown
}

/// As `GetVpcEndpointAttribute` answers.
pub(crate) fn endpoint(endpoint: &Endpoint, business: &BusinessStatus) -> Fields {
    let mut shown = endpoint_attributes(endpoint, business);
    shown.extend(fields(json!({ "Payer": endpoint.payer, "ZonePrivateIpAddressCount": 1 })));
    shown
}

/// As `ListVpcEndpoints` shows each.
pub(crate) fn listed_endpoint(endpoint: &Endpoint, business: &BusinessStatus) -> Value {
    let mut shown = endpoint_attributes(endpoint, business);
    shown.insert("Tags".to_owned(), tags(&endpoint.tags));
    Value::Object(shown)
}

impl Visit<'_> {
    /// The business status that the caller's things show.
    pub(crate) fn business(&self) -> &BusinessStatus {
        &self.account.business_status
    }

    /// The business status that one of the caller's services shows: its own, where somebody gave it one.
    pub(crate) fn business_of_service<'a>(&'a self, service: &'a Service) -> &'a BusinessStatus {
        service.business_status.as_ref().unwrap_or_else(|| self.business_of(&service.account))
    }

    /// The business status of any account; one that is not configured is in order.
    pub(crate) fn business_of(&self, account: &str) -> &BusinessStatus {
        let known = self.config.accounts.iter().find(|known| known.id == account);
        known.map_or(&BusinessStatus::Normal, |known| &known.business_status)
    }
}
