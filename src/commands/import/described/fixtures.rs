//! A service with nothing but what every one has.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use privatelink::ServiceStatus;

use crate::cloud::services::{Attachment, AttachmentKey, Attributes, Details, Field, Proof, Service};

pub(in crate::commands::import) fn service(id: &str) -> Service {
    Service {
        id: id.to_owned(),
        name: None,
        domain: None,
        status: ServiceStatus::Active,
        business_status: Some("Normal".to_owned()),
        resource_type: Some("nlb".to_owned()),
        payer: Some("Endpoint".to_owned()),
        create_time: None,
        attributes: Attributes::default()
            .with(Field::Description, "")
            .with(Field::AutoAcceptEnabled, false)
            .with(Field::ZoneAffinityEnabled, false)
            .with(Field::AddressIpVersion, "IPv4")
            .with(Field::ResourceGroupId, "rg-default"),
        regions: None,
        tags: BTreeMap::new(),
        proof: Proof::Listed,
        unseen: BTreeSet::new(),
        settling: false,
    }
}

/// Attached in these zones, and open to these principals.
pub(in crate::commands::import) fn details(attached: &[(&str, &str)], principals: &[&str]) -> Details {
    let attachment = |(id, zone): &(&str, &str)| {
        let zone_id = Some((*zone).to_owned());
        let key_zone = zone_id.clone().filter(|_| !id.starts_with("lb-"));
        (AttachmentKey { resource_id: (*id).to_owned(), zone_id: key_zone }, Attachment::new(zone_id))
    };
    Details {
        as_of: Timestamp::UNIX_EPOCH,
        read_at: Timestamp::UNIX_EPOCH,
        attachments: attached.iter().map(attachment).collect(),
        principals: Some(principals.iter().map(|name| (*name).to_owned()).collect()),
    }
}
