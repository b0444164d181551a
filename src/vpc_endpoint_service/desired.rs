//! What the user wants, in the cloud's terms. Pure; holds no id of the cloud's making.

mod create;

use std::collections::{BTreeMap, BTreeSet};

pub use crate::cloud::services::AttachmentKey;

use super::load_balancers::{Entry, entries};
use super::resolve::Resolved;
use crate::cloud::load_balancers::Seen;
use crate::cloud::services::{Attributes, Field};
use crate::crd::{ConnectionsSpec, ListPolicy, ServiceResourceType, VpcEndpointServiceSpec};
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
    /// Those of the attachments that are not to be made now. What of them is there stays.
    pub withheld: BTreeSet<AttachmentKey>,
    /// Every entry of the spec leads to a load balancer whose zones are known. Where one does not, nobody can say what is unwanted.
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
///
/// `seen`: what is known of the load balancers whose zones the spec leaves out, and of those that are looked at before they are attached.
pub fn desired(resolved: &Resolved, seen: &Seen) -> Desired {
    let spec = &resolved.spec;
    let entries = entries(resolved, seen);
    let attachments = |is_meant: &dyn Fn(&Entry<'_>) -> bool| attachments(resolved, &entries, is_meant);
    Desired {
        service_resource_type: spec.service_resource_type.as_str().to_owned(),
        payer: spec.payer.as_str().to_owned(),
        attributes: attributes(spec),
        tags: spec.tags.as_ref().map(user_tags),
        removes_tags: spec.tags_policy == ListPolicy::Authoritative,
        owner_tags: resolved.owner.tags(),
        attachments: attachments(&|_| true),
        withheld: attachments(&|entry| entry.why(&entries).is_some()).unwrap_or_default(),
        is_every_attachment_known: entries.iter().all(|entry| entry.keys().is_some()),
        connections: spec.connections.clone(),
        regions: spec.supported_regions.as_ref().map(|regions| regions.iter().cloned().collect()),
        own_region: resolved.target.region.clone(),
        not_allocated: attachments(&|entry| entry.is_kept_back()).unwrap_or_default(),
        migrate_to: migrate_to(resolved, &entries),
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

/// Every load balancer of the spec in each of its zones, as far as they are known. `None`: not managed.
pub fn wanted_attachments(resolved: &Resolved, seen: &Seen) -> Option<BTreeSet<AttachmentKey>> {
    attachments(resolved, &entries(resolved, seen), |_| true)
}

fn attachments<'a>(
    resolved: &Resolved,
    entries: &[Entry<'a>],
    is_meant: impl Fn(&Entry<'a>) -> bool,
) -> Option<BTreeSet<AttachmentKey>> {
    resolved.spec.resources.as_ref()?;
    let meant = entries.iter().filter(|entry| is_meant(entry));
    Some(meant.filter_map(Entry::keys).flatten().collect())
}

/// The provider moves no connections of the other types.
fn migrate_to(resolved: &Resolved, entries: &[Entry<'_>]) -> BTreeSet<AttachmentKey> {
    match resolved.spec.service_resource_type {
        ServiceResourceType::Slb | ServiceResourceType::Alb => {
            attachments(resolved, entries, Entry::is_migrated_to).unwrap_or_default()
        }
        ServiceResourceType::Nlb | ServiceResourceType::Gwlb => BTreeSet::new(),
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
