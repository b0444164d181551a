//! The lists of a service in words of the spec: `None` where there is nothing to list, an error where a spec could not say all of it. Pure.

use std::collections::{BTreeMap, BTreeSet};

use privatelink::RegionStatus;

use crate::cloud::services::{Attachment, AttachmentKey, Details, Service, is_open};
use crate::crd::{ResourceSpec, ServiceResourceType};
use crate::names::TAG_PREFIX;

type Listed<T> = Result<Option<T>, String>;

/// Tags that somebody put there: neither ours nor the cloud's own.
pub(super) fn tags(found: &BTreeMap<String, String>) -> Listed<BTreeMap<String, String>> {
    let is_of_the_cloud = |text: &str| text.starts_with("aliyun") || text.starts_with("acs:");
    let is_users = |key: &str| !is_of_the_cloud(key) && !key.starts_with(TAG_PREFIX);
    let tags: BTreeMap<_, _> = found.iter().filter(|(key, _)| is_users(key)).collect();
    for (key, value) in &tags {
        let has_url = |text: &str| text.contains("http://") || text.contains("https://");
        // The rules of the schema, which only the API server evaluates.
        if key.is_empty() || key.chars().count() > 64 {
            return Err("a key is empty or longer than 64 characters".to_owned());
        }
        if is_of_the_cloud(value) {
            return Err("a value begins with aliyun or acs".to_owned());
        }
        if has_url(key) || has_url(value) {
            return Err("a key or a value contains a URL".to_owned());
        }
    }
    let tags: BTreeMap<_, _> = tags.into_iter().map(|(key, value)| (key.clone(), value.clone())).collect();
    Ok(Some(tags).filter(|tags| !tags.is_empty()))
}

/// Regions whose consumers may connect, but for the service's own.
pub(super) fn regions(service: &Service, own: &str) -> Listed<Vec<String>> {
    let Some(regions) = &service.regions else { return Ok(None) };
    let open: Vec<_> = regions.iter().filter(|(region, status)| *region != own && is_open(status)).collect();
    let is_settled = |status: &RegionStatus| matches!(status, RegionStatus::Available | RegionStatus::Pending);
    if let Some((region, status)) = open.iter().find(|(_, status)| !is_settled(status)) {
        return Err(format!("the region {region} is {}", status.as_str()));
    }
    let names: Vec<_> = open.into_iter().map(|(region, _)| region.clone()).collect();
    Ok(Some(names).filter(|names| !names.is_empty()))
}

/// Accounts that may connect, but for the owner's.
pub(super) fn principals(details: &Details, owner: &str) -> Listed<Vec<String>> {
    let found = details.principals.iter().flatten().filter(|account| *account != owner);
    let accounts: Vec<_> = found.cloned().collect();
    let is_account = |text: &String| {
        !text.is_empty() && !text.starts_with('0') && text.chars().all(|letter| letter.is_ascii_digit())
    };
    if let Some(other) = accounts.iter().find(|text| !is_account(text)) {
        return Err(format!("{other} is allowed, which is no account"));
    }
    Ok(Some(accounts).filter(|accounts| !accounts.is_empty()))
}

/// Load balancers, each with its zones.
pub(super) fn resources(details: &Details, kind: ServiceResourceType, region: &str) -> Listed<Vec<ResourceSpec>> {
    let mut by_id = BTreeMap::<&str, BTreeMap<Option<&str>, &Attachment>>::new();
    for (AttachmentKey { resource_id, zone_id }, attachment) in &details.attachments {
        by_id.entry(resource_id).or_default().insert(zone_id.as_deref(), attachment);
    }
    let entries = by_id.into_iter().map(|(id, zones)| resource(id, &zones, kind, region));
    let entries = entries.collect::<Result<Vec<_>, String>>()?;
    Ok(Some(entries).filter(|entries| !entries.is_empty()))
}

fn resource(
    id: &str,
    zones: &BTreeMap<Option<&str>, &Attachment>,
    kind: ServiceResourceType,
    region: &str,
) -> Result<ResourceSpec, String> {
    let prefix = if kind == ServiceResourceType::Slb { "lb-".to_owned() } else { format!("{kind}-") };
    if !id.starts_with(&prefix) {
        return Err(format!("the load balancer {id} has an id that is none of {kind}"));
    }
    let allocated: BTreeSet<bool> = zones.values().map(|attachment| attachment.auto_allocated_enabled).collect();
    if allocated.len() > 1 {
        return Err(format!(
            "the load balancer {id} is automatically allocated in some of its zones, and not in others"
        ));
    }
    Ok(ResourceSpec {
        resource_id: Some(id.to_owned()),
        service_ref: None,
        zone_ids: zone_ids(id, zones, kind, region)?,
        // Unset means true.
        auto_allocated_enabled: allocated.contains(&false).then_some(false),
        when_replaced: None,
    })
}

/// That of a Classic Load Balancer comes with it.
fn zone_ids(
    id: &str,
    zones: &BTreeMap<Option<&str>, &Attachment>,
    kind: ServiceResourceType,
    region: &str,
) -> Listed<Vec<String>> {
    if kind == ServiceResourceType::Slb {
        return Ok(None);
    }
    let known = |zone: Option<&str>| zone.filter(|zone| zone.starts_with(region)).map(str::to_owned);
    let zones: Option<Vec<_>> = zones.keys().copied().map(known).collect();
    zones.map(Some).ok_or_else(|| format!("the load balancer {id} is attached in a zone that is none of {region}"))
}
