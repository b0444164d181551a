//! A service as the spec of an object: what a reconcile would find in step with it. Pure.
//!
//! What the service has none of (tags, principals, regions, load balancers) is left out, so that the object takes nothing away that somebody adds
//! later. What a spec has no words for is left out as well, and named.

mod lists;

use std::fmt;

use privatelink::ServiceStatus;
use serde::Serialize;
use serde_json::{Value, json};

use self::lists::{principals, regions, resources, tags};
use crate::cloud::services::{self, Details, Field, Service};
use crate::commands::schema;
use crate::crd::{
    AddressIpVersion, AdoptSpec, DriftPolicy, ListPolicy, ManagementPolicy, Payer, ProviderConfigRef,
    ServiceResourceType, VpcEndpointServiceSpec, WhenConnected, WhenFormerExists, WhenGone,
};
use crate::names::{CLUSTER_TAG, GROUP, OBJECT_TAG, UID_TAG, VERSION};

/// What the spec lists, and says nothing of where it cannot say all.
const OPTIONAL: [&str; 6] =
    ["resources", "allowedPrincipals", "supportedRegions", "tags", "resourceGroupId", "connectBandwidthMbps"];

/// Where and under which name the object is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place<'a> {
    pub(super) namespace: &'a str,
    pub(super) name: &'a str,
    pub(super) region: &'a str,
    pub(super) account_id: &'a str,
}

/// A service in words of the spec.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Described {
    pub(super) manifest: Value,
    pub(super) left_out: Vec<LeftOut>,
}

/// A field that the manifest leaves as it is in the cloud, because it cannot say what is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LeftOut {
    pub(super) field: String,
    pub(super) message: String,
}

/// Why there is no manifest for a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase", tag = "reason", content = "message")]
pub(super) enum Obstacle {
    /// An object owns it, or owned it.
    Owned(String),
    /// It is on its way.
    NotActive(String),
    /// The spec has no words for what it is.
    NotDescribable(String),
}

impl LeftOut {
    fn new(field: &str, message: impl Into<String>) -> Self {
        Self { field: format!("spec.{field}"), message: message.into() }
    }
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Owned(message) | Self::NotActive(message) | Self::NotDescribable(message) => f.write_str(message),
        }
    }
}

/// What can be told without the details of the service. `None`: nothing is in the way of a manifest.
pub(super) fn obstacle(service: &Service) -> Option<Obstacle> {
    owned(service).or_else(|| not_active(service)).or_else(|| scalars(service).err().map(Obstacle::NotDescribable))
}

fn owned(service: &Service) -> Option<Obstacle> {
    let uid = service.tags.get(UID_TAG)?;
    let tag = |key: &str| service.tags.get(key).map_or("", String::as_str);
    Some(Obstacle::Owned(format!(
        "belongs to the object {} (uid {uid}) of the cluster {}; if that exists no more, see docs/adoption.md",
        tag(OBJECT_TAG),
        tag(CLUSTER_TAG)
    )))
}

/// Of a service that is being created or changed nobody knows what it will be.
fn not_active(service: &Service) -> Option<Obstacle> {
    match &service.status {
        ServiceStatus::Active => None,
        ServiceStatus::Deleting => Some(Obstacle::NotActive("is being deleted".to_owned())),
        other => Some(Obstacle::NotActive(format!("is {}, and can be imported once it is Active", other.as_str()))),
    }
}

/// What the provider allows no change of.
struct Scalars {
    service_resource_type: ServiceResourceType,
    payer: Payer,
    address_ip_version: AddressIpVersion,
}

fn scalars(service: &Service) -> Result<Scalars, String> {
    let id = &service.id;
    let is_known = id.strip_prefix("epsrv-").is_some_and(|rest| {
        !rest.is_empty() && rest.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit())
    });
    if !is_known {
        return Err("has an id that spec.adopt.serviceId does not take".to_owned());
    }
    let kind = service.resource_type.as_deref().ok_or("has a type that the provider does not say")?;
    let service_resource_type = find(ServiceResourceType::ALL, kind, ServiceResourceType::as_str)
        .ok_or_else(|| format!("has the type {kind}, which this version does not know"))?;
    let payer = service.payer.as_deref().unwrap_or(Payer::default().as_str());
    let payer = find(Payer::ALL, payer, Payer::as_str)
        .ok_or_else(|| format!("has the payer {payer}, which this version does not know"))?;
    let ip = text(service, &Field::AddressIpVersion).unwrap_or(AddressIpVersion::default().as_str());
    let address_ip_version = find(AddressIpVersion::ALL, ip, AddressIpVersion::as_str)
        .ok_or_else(|| format!("has the IP version {ip}, which this version does not know"))?;
    let has_both = matches!(service_resource_type, ServiceResourceType::Nlb | ServiceResourceType::Gwlb);
    if address_ip_version == AddressIpVersion::DualStack && !has_both {
        return Err(format!("is DualStack, which this version knows for nlb and gwlb only, and not for {kind}"));
    }
    Ok(Scalars { service_resource_type, payer, address_ip_version })
}

fn find<T: Copy>(all: &[T], word: &str, as_str: fn(T) -> &'static str) -> Option<T> {
    all.iter().copied().find(|one| as_str(*one) == word)
}

fn text<'a>(service: &'a Service, field: &Field) -> Option<&'a str> {
    service.attributes.get(field).and_then(services::Value::as_text)
}

fn flag(service: &Service, field: &Field) -> bool {
    service.attributes.is(field, true)
}

/// The manifest of an object that adopts the service and finds it in step. The error says why there is none.
pub(super) fn describe(service: &Service, details: &Details, place: &Place<'_>) -> Result<Described, Obstacle> {
    if let Some(obstacle) = obstacle(service) {
        return Err(obstacle);
    }
    let (spec, mut left_out) = spec(service, details, place).map_err(Obstacle::NotDescribable)?;
    let mut manifest = manifest(&spec, place);
    // What the schema has against a list is no reason to describe nothing.
    for complaint in schema::complaints(&manifest) {
        let (path, why) = complaint.split_once(": ").unwrap_or(("", &complaint));
        let field = path.strip_prefix("spec.").and_then(|rest| rest.split(['.', '[']).next()).unwrap_or_default();
        if !OPTIONAL.contains(&field) {
            return Err(Obstacle::NotDescribable(format!("has a value that the spec does not take: {complaint}")));
        }
        let is_new = manifest["spec"].as_object_mut().is_some_and(|spec| spec.remove(field).is_some());
        left_out.extend(is_new.then(|| LeftOut::new(field, why)));
    }
    Ok(Described { manifest, left_out })
}

/// Every field of the spec is thought of here; those of the service's behaviour keep their defaults.
fn spec(
    service: &Service,
    details: &Details,
    place: &Place<'_>,
) -> Result<(VpcEndpointServiceSpec, Vec<LeftOut>), String> {
    let Scalars { service_resource_type, payer, address_ip_version } = scalars(service)?;
    let mut left_out = Vec::new();
    let bandwidth = service.attributes.get(&Field::ConnectBandwidthMbps);
    let spec = VpcEndpointServiceSpec {
        provider_config_ref: ProviderConfigRef::default(),
        region: Some(place.region.to_owned()),
        service_resource_type,
        description: text(service, &Field::Description).unwrap_or_default().to_owned(),
        payer,
        auto_accept_enabled: flag(service, &Field::AutoAcceptEnabled),
        zone_affinity_enabled: flag(service, &Field::ZoneAffinityEnabled),
        address_ip_version,
        connect_bandwidth_mbps: bandwidth.and_then(|mbps| mbps.text_of(&Field::ConnectBandwidthMbps).parse().ok()),
        supported_regions: kept("supportedRegions", regions(service, place.region), &mut left_out),
        resource_group_id: text(service, &Field::ResourceGroupId).filter(|id| !id.is_empty()).map(str::to_owned),
        tags: kept("tags", tags(&service.tags), &mut left_out),
        tags_policy: ListPolicy::default(),
        resources: kept("resources", resources(details, service_resource_type, place.region), &mut left_out),
        allowed_principals: kept("allowedPrincipals", principals(details, place.account_id), &mut left_out),
        principals_policy: ListPolicy::default(),
        connections: None,
        deletion_policy: None,
        when_connected: WhenConnected::default(),
        disconnect_after_seconds: None,
        management_policy: ManagementPolicy::default(),
        drift_policy: DriftPolicy::default(),
        when_gone: WhenGone::default(),
        when_former_exists: WhenFormerExists::default(),
        adopt: Some(AdoptSpec { service_id: service.id.clone() }),
        suspend: false,
        export_to: None,
    };
    Ok((spec, left_out))
}

/// The list, where there is anything in it and a spec can say it.
fn kept<T>(field: &str, found: Result<Option<T>, String>, left_out: &mut Vec<LeftOut>) -> Option<T> {
    found.unwrap_or_else(|message| {
        left_out.push(LeftOut::new(field, message));
        None
    })
}

fn manifest(spec: &VpcEndpointServiceSpec, place: &Place<'_>) -> Value {
    json!({
        "apiVersion": format!("{GROUP}/{VERSION}"),
        "kind": "VpcEndpointService",
        "metadata": {"name": place.name, "namespace": place.namespace},
        "spec": without_defaults(spec),
    })
}

/// What people would write: no field that is at its default.
fn without_defaults(spec: &VpcEndpointServiceSpec) -> Value {
    let kind = json!({"serviceResourceType": spec.service_resource_type});
    let plain = serde_json::from_value::<VpcEndpointServiceSpec>(kind).ok();
    let plain = plain.and_then(|plain| serde_json::to_value(plain).ok()).unwrap_or_default();
    let mut written = serde_json::to_value(spec).unwrap_or_default();
    if let Some(fields) = written.as_object_mut() {
        fields.retain(|name, value| name == "serviceResourceType" || plain.get(name) != Some(value));
    }
    written
}

#[cfg(test)]
pub(super) mod fixtures;
#[cfg(test)]
mod tests;
