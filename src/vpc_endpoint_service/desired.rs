//! What the user wants, in the cloud's terms. Pure; holds no id of the cloud's making.

mod create;

use std::collections::{BTreeMap, BTreeSet};

pub use crate::cloud::services::AttachmentKey;

use super::resolve::{References, Resolved};
use crate::cloud::services::{Attributes, Field};
use crate::crd::{
    ConnectionsSpec, ListPolicy, ResourceSpec, ServiceResourceType, VpcEndpointServiceSpec, WhenReplaced,
};
use crate::names::TAG_PREFIX;

/// The service as it is to be. `None` in a managed part means "not managed": left as it is in the cloud.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Desired {
    /// `slb`, `alb`, `nlb`, `gwlb`.
    pub service_resource_type: String,
    pub payer: String,
    /// The scalar fields that are managed.
    pub attributes: Attributes,
    /// The user's tags, without the owner tags.
    pub tags: Option<BTreeMap<String, String>>,
    /// Tags of others are removed.
    pub removes_tags: bool,
    /// The owner tags.
    pub owner_tags: BTreeMap<String, String>,
    /// Regions whose consumers may connect. The service's own is removed by nobody.
    pub regions: Option<BTreeSet<String>>,
    /// The region of the service.
    pub own_region: String,
    pub attachments: Option<BTreeSet<AttachmentKey>>,
    /// Every entry of the spec leads to a load balancer. Where one does not, nobody can say what is unwanted.
    pub is_every_attachment_known: bool,
    /// How consumers' requests are answered.
    pub connections: Option<ConnectionsSpec>,
    /// Those of the attachments that new connections are not given without being told to.
    pub not_allocated: BTreeSet<AttachmentKey>,
    /// Those of the attachments that connections are moved to from what is taken out of their zones.
    pub migrate_to: BTreeSet<AttachmentKey>,
    /// Account ids. The owner's own account is never among them and never removed.
    pub principals: Option<BTreeSet<String>>,
    /// Principals of others are removed.
    pub removes_principals: bool,
    /// The account that owns the service.
    pub owner_account: String,
}

/// Puts the spec into the cloud's terms: unset stays "not managed", empty becomes "none".
pub fn desired(resolved: &Resolved) -> Desired {
    let spec = &resolved.spec;
    Desired {
        service_resource_type: spec.service_resource_type.as_str().to_owned(),
        payer: spec.payer.as_str().to_owned(),
        attributes: attributes(spec),
        tags: spec.tags.as_ref().map(user_tags),
        removes_tags: spec.tags_policy == ListPolicy::Authoritative,
        owner_tags: resolved.owner.tags(),
        attachments: wanted_attachments(resolved),
        is_every_attachment_known: resolved.unresolved().next().is_none(),
        connections: spec.connections.clone(),
        regions: spec.supported_regions.as_ref().map(|regions| regions.iter().cloned().collect()),
        own_region: resolved.target.region.clone(),
        not_allocated: attachments(resolved, |resource| resource.auto_allocated_enabled == Some(false))
            .unwrap_or_default(),
        migrate_to: migrate_to(resolved),
        principals: spec.allowed_principals.as_ref().map(|allowed| principals(allowed, &resolved.target.account)),
        removes_principals: spec.principals_policy == ListPolicy::Authoritative,
        owner_account: resolved.target.account.clone(),
    }
}

fn attributes(spec: &VpcEndpointServiceSpec) -> Attributes {
    Attributes::default()
        .with(Field::Description, spec.description.as_str())
        .with(Field::AutoAcceptEnabled, spec.auto_accept_enabled)
        .with(Field::ZoneAffinityEnabled, spec.zone_affinity_enabled)
        .with(Field::AddressIpVersion, spec.address_ip_version.as_str())
        .with_known(Field::ConnectBandwidthMbps, connect_bandwidth(spec))
        .with_known(Field::ResourceGroupId, spec.resource_group_id.as_deref())
}

/// Sent by Update once the service is Active. The cloud reports the bandwidth of `slb` only, so for the others it could never be compared.
fn connect_bandwidth(spec: &VpcEndpointServiceSpec) -> Option<i32> {
    let managed = spec.service_resource_type == ServiceResourceType::Slb;
    spec.connect_bandwidth_mbps.filter(|_| managed).and_then(|mbps| i32::try_from(mbps).ok())
}

/// The API server refuses our own keys; should one come through, it must not touch the proof of ownership.
fn user_tags(tags: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    tags.iter()
        .filter(|(key, _)| !key.starts_with(TAG_PREFIX))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

/// Every load balancer of the spec in each of its zones. `None`: not managed.
pub fn wanted_attachments(resolved: &Resolved) -> Option<BTreeSet<AttachmentKey>> {
    attachments(resolved, |_| true)
}

/// The provider moves no connections of the other types.
fn migrate_to(resolved: &Resolved) -> BTreeSet<AttachmentKey> {
    match resolved.spec.service_resource_type {
        ServiceResourceType::Slb | ServiceResourceType::Alb => {
            attachments(resolved, |resource| resource.when_replaced == Some(WhenReplaced::Migrate)).unwrap_or_default()
        }
        ServiceResourceType::Nlb | ServiceResourceType::Gwlb => BTreeSet::new(),
    }
}

fn attachments(resolved: &Resolved, is_meant: fn(&ResourceSpec) -> bool) -> Option<BTreeSet<AttachmentKey>> {
    let spec = &resolved.spec;
    let resources = spec.resources.as_ref()?.iter().filter(|resource| is_meant(resource));
    let keys = resources.filter_map(|resource| {
        let resource_id = load_balancer(resource, &resolved.references)?;
        Some(attachments_of(resource_id, resource, spec.service_resource_type))
    });
    Some(keys.flatten().collect())
}

/// The id in the spec, or the one that the Service leads to.
fn load_balancer<'a>(resource: &'a ResourceSpec, references: &'a References) -> Option<&'a String> {
    let of_service = || references.get(&resource.service_ref.as_ref()?.name)?.as_ref().ok();
    resource.resource_id.as_ref().or_else(of_service)
}

/// One load balancer in one zone is one attachment; `slb` has no say about its zone.
fn attachments_of(resource_id: &str, resource: &ResourceSpec, kind: ServiceResourceType) -> Vec<AttachmentKey> {
    let key =
        |zone_id: Option<&String>| AttachmentKey { resource_id: resource_id.to_owned(), zone_id: zone_id.cloned() };
    match kind {
        ServiceResourceType::Slb => vec![key(None)],
        _ => resource.zone_ids.iter().flatten().map(|zone_id| key(Some(zone_id))).collect(),
    }
}

fn principals(allowed: &[String], owner_account: &str) -> BTreeSet<String> {
    allowed
        .iter()
        .map(|principal| account_of(principal))
        .filter(|account| *account != owner_account)
        .map(str::to_owned)
        .collect()
}

/// The account of a principal in either spelling: `123` or `acs:ram:*:123:*`.
fn account_of(principal: &str) -> &str {
    principal.strip_prefix("acs:ram:*:").and_then(|rest| rest.strip_suffix(":*")).unwrap_or(principal)
}

#[cfg(test)]
mod tests;
