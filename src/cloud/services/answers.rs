//! From the provider's answers to the operator's own types.

use std::collections::{BTreeMap, BTreeSet};

use super::{Attachment, AttachmentKey, Attributes, Connection, ConnectionZone, Proof, Regions, Service};

/// The one type for which the provider knows the zone by itself.
const CLASSIC: &str = "slb";

/// What the ids of its load balancers begin with.
const CLASSIC_PREFIX: &str = "lb-";

impl Service {
    /// An entry of a list, or the answer of Get or Create as far as those go: Get has no tags, Create neither type nor
    /// payer. `None`: without an id it can be neither named nor compared.
    pub fn from_answer(entry: privatelink::EndpointService) -> Option<Self> {
        let status = entry.status();
        Some(Self {
            attributes: Attributes::from_answer(&entry),
            regions: entry.supported_region_set.as_deref().map(Regions::from_answer),
            id: entry.service_id.filter(|id| !id.is_empty())?,
            name: entry.service_name,
            domain: entry.service_domain,
            status,
            business_status: entry.service_business_status,
            resource_type: entry.service_resource_type,
            payer: entry.payer,
            create_time: entry.create_time,
            tags: entry.tags.into_iter().map(|tag| (tag.key, tag.value)).collect(),
            proof: Proof::Listed,
            unseen: BTreeSet::new(),
            settling: false,
        })
    }
}

/// The provider's word, in capitals or not.
fn is_word(text: Option<&str>, word: &str) -> bool {
    text.is_some_and(|text| text.eq_ignore_ascii_case(word))
}

/// The attachments of a service; an entry without a load balancer is passed over.
pub(super) fn attachments(
    entries: impl IntoIterator<Item = privatelink::ServiceResource>,
) -> BTreeMap<AttachmentKey, Attachment> {
    entries.into_iter().filter_map(attachment).collect()
}

fn attachment(entry: privatelink::ServiceResource) -> Option<(AttachmentKey, Attachment)> {
    let resource_id = entry.resource_id?;
    let classic = match entry.resource_type.as_deref() {
        None | Some("") => resource_id.starts_with(CLASSIC_PREFIX),
        kind => is_word(kind, CLASSIC),
    };
    let zone_id = entry.zone_id.filter(|zone| !zone.is_empty());
    let key = AttachmentKey { resource_id, zone_id: zone_id.clone().filter(|_| !classic) };
    let attachment = Attachment {
        zone_id,
        // The provider's default for a new attachment.
        auto_allocated_enabled: entry.auto_allocated_enabled.unwrap_or(true),
        related_endpoint_count: entry.related_endpoint_count.unwrap_or(0),
        deprecated_endpoint_count: entry.related_deprecated_endpoint_count.unwrap_or(0),
    };
    Some((key, attachment))
}

/// The principals of any number of lists as account ids, whichever of the two spellings an entry has. What is no account (everybody, a
/// single user) is kept as its own text, so that it is seen.
pub(super) fn principals(entries: impl IntoIterator<Item = privatelink::ServiceUser>) -> BTreeSet<String> {
    let spellings = entries.into_iter().flat_map(|entry| [entry.user_id, entry.user_arn]);
    let named = spellings.flatten().filter(|principal| !principal.is_empty());
    named.map(|principal| account_of(&principal).to_owned()).collect()
}

/// `acs:ram:*:<account>:*` is the whole account.
fn account_of(arn: &str) -> &str {
    arn.strip_prefix("acs:ram:*:")
        .and_then(|rest| rest.strip_suffix(":*"))
        .filter(|account| !account.is_empty() && account.bytes().all(|byte| byte.is_ascii_digit()))
        .unwrap_or(arn)
}

/// All connections, by service. An entry without service or endpoint belongs to nobody and is passed over.
pub(super) fn connections(
    entries: impl IntoIterator<Item = privatelink::Connection>,
) -> BTreeMap<String, Vec<Connection>> {
    let mut by_service = BTreeMap::<String, Vec<Connection>>::new();
    for entry in entries {
        let status = entry.status();
        let (Some(service_id), Some(endpoint_id)) = (entry.service_id, entry.endpoint_id) else { continue };
        by_service.entry(service_id).or_default().push(Connection {
            endpoint_id,
            account_id: entry.endpoint_owner_id,
            vpc_id: entry.endpoint_vpc_id,
            status,
            bandwidth_mbps: entry.bandwidth.and_then(|mbps| i32::try_from(mbps).ok()),
            traffic_control_mode: entry.traffic_control_mode.filter(|mode| !mode.is_empty()),
            zones: entry.zones.into_iter().filter_map(connection_zone).collect(),
        });
    }
    for list in by_service.values_mut() {
        list.sort_by(|one, other| one.endpoint_id.cmp(&other.endpoint_id));
    }
    by_service
}

/// `None`: it has no name. A sample of the reference shows a load balancer as its own predecessor: that is none.
fn connection_zone(entry: privatelink::ConnectionZone) -> Option<ConnectionZone> {
    let status = entry.status();
    let resource_id = entry.resource_id.filter(|id| !id.is_empty());
    let replaced_resource_id =
        entry.replaced_resource_id.filter(|id| !id.is_empty() && Some(id) != resource_id.as_ref());
    let zone_id = entry.zone_id.filter(|id| !id.is_empty())?;
    Some(ConnectionZone { zone_id, status, resource_id, replaced_resource_id, since: None })
}

#[cfg(test)]
mod tests;
