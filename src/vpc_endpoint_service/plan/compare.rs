//! Where cloud and spec differ. Nobody else compares: the same comparison gives the steps and what the status calls drift.

use std::collections::{BTreeMap, BTreeSet};

use privatelink::RegionStatus;

use super::Difference;
use crate::cloud::services::{
    Attachment, AttachmentKey, Attributes, Connection, ConnectionAttributes, Connections, Details, Field, Regions,
    Service, Value, is_open,
};
use crate::crd::ConnectionsSpec;
use crate::names::{ADOPT_TAG, OBJECT_TAG, TAG_PREFIX};
use crate::vpc_endpoint_service::connections::{Answer, answer};
use crate::vpc_endpoint_service::desired::Desired;

/// The differences, and what would end them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Comparison {
    pub(super) differences: Vec<Difference>,
    /// What Update changes.
    pub(super) change: Attributes,
    pub(super) resource_group_id: Option<String>,
    pub(super) tag: BTreeMap<String, String>,
    pub(super) untag: BTreeSet<String>,
    pub(super) open_regions: BTreeSet<String>,
    pub(super) close_regions: BTreeSet<String>,
    /// Wanted regions that the provider has not opened yet, or of which it says what nobody knows.
    pub(super) opening: BTreeSet<String>,
    pub(super) add: BTreeSet<String>,
    pub(super) remove: BTreeSet<String>,
    pub(super) attach: BTreeSet<AttachmentKey>,
    /// Wanted attachments that cannot be made now.
    pub(super) withheld: Vec<Difference>,
    /// Wanted attachments that new connections are not given, but are to be given.
    pub(super) allocate: BTreeSet<AttachmentKey>,
    /// Wanted attachments that new connections are given, but are not to be given.
    pub(super) keep_back: BTreeSet<AttachmentKey>,
    pub(super) unwanted: BTreeMap<AttachmentKey, Attachment>,
    /// Requests of consumers that are to be accepted, by endpoint. They are no difference: nobody changed anything, somebody asks for something.
    pub(super) accept: BTreeMap<String, ConnectionAttributes>,
    /// Live connections that are to be changed.
    pub(super) reshape: BTreeMap<String, ConnectionAttributes>,
    /// Live connections that are to be cut off.
    pub(super) disconnect: BTreeSet<String>,
    /// Fields that are as wanted by a pending write which no list has shown yet.
    pub(super) unseen: BTreeSet<Field>,
}

/// Compares what is managed and known; anything else is neither equal nor different.
pub(super) fn compare(
    desired: &Desired,
    service: &Service,
    details: Option<&Details>,
    connections: Option<&Connections>,
) -> Comparison {
    let mut found = Comparison::default();
    found.attributes(desired, &service.attributes);
    found.tags(desired, &service.tags);
    if let Some(regions) = &service.regions {
        found.regions(desired, regions);
    }
    if let Some(details) = details {
        if let Some(principals) = &details.principals {
            found.principals(desired, principals);
        }
        found.resources(desired, &details.attachments);
    }
    if let (Some(rules), Some(connections)) = (&desired.connections, connections) {
        found.connections(rules, &connections.list);
    }
    let differing: BTreeSet<_> = found.differences.iter().map(|difference| &difference.field).collect();
    let is_unseen = |field: &&Field| is_managed(desired, field) && !differing.contains(field);
    found.unseen = service.unseen.iter().filter(is_unseen).cloned().collect();
    found
}

impl Comparison {
    /// What is not managed or not known does not differ.
    fn attributes(&mut self, desired: &Desired, found: &Attributes) {
        for (field, wanted) in &desired.attributes {
            let Some(found) = found.get(field).filter(|found| *found != wanted) else { continue };
            self.note(field.clone(), wanted.text_of(field), found.text_of(field));
            match field {
                Field::ResourceGroupId => self.resource_group_id = wanted.as_text().map(str::to_owned),
                // The provider has no way back from DualStack: a difference that no step can end.
                Field::AddressIpVersion if wanted.as_text() != Some("DualStack") => {}
                field => self.change.set(field.clone(), wanted.clone()),
            }
        }
    }

    fn tags(&mut self, desired: &Desired, found: &BTreeMap<String, String>) {
        let object = desired.owner_tags.get_key_value(OBJECT_TAG);
        for (key, wanted) in desired.tags.iter().flatten().chain(object) {
            let found = found.get(key);
            if found != Some(wanted) {
                self.note(Field::Tag(key.clone()), wanted.clone(), found.cloned().unwrap_or_default());
                self.tag.insert(key.clone(), wanted.clone());
            }
        }
        // It gave the service to this object, once.
        self.untag.extend(found.get_key_value(ADOPT_TAG).map(|(key, _)| key.clone()));
        let Some(wanted) = desired.tags.as_ref().filter(|_| desired.removes_tags) else { return };
        for (key, value) in found.iter().filter(|(key, _)| !wanted.contains_key(*key) && !is_reserved(key)) {
            self.note(Field::Tag(key.clone()), String::new(), value.clone());
            self.untag.insert(key.clone());
        }
    }

    /// The service's own region is removed by nobody: its consumers may connect whether it is listed or not.
    fn regions(&mut self, desired: &Desired, found: &Regions) {
        let Some(wanted) = &desired.regions else { return };
        for region in wanted {
            match found.get(region) {
                Some(RegionStatus::Available) => {}
                Some(RegionStatus::Pending | RegionStatus::Unknown(_)) => drop(self.opening.insert(region.clone())),
                Some(RegionStatus::Failed) => self.open(region, RegionStatus::Failed.as_str()),
                Some(RegionStatus::Deleting | RegionStatus::Closed) | None => self.open(region, ""),
            }
        }
        let open = found.iter().filter(|(_, status)| is_open(status)).map(|(region, _)| region);
        for region in open.filter(|region| !wanted.contains(*region) && **region != desired.own_region) {
            self.note(Field::SupportedRegion(region.clone()), String::new(), region.clone());
            self.close_regions.insert(region.clone());
        }
    }

    fn open(&mut self, region: &str, found: &str) {
        self.note(Field::SupportedRegion(region.to_owned()), region.to_owned(), found.to_owned());
        self.open_regions.insert(region.to_owned());
    }

    /// The owner's own account is left alone; where it is not known, nobody is removed.
    fn principals(&mut self, desired: &Desired, found: &BTreeSet<String>) {
        let Some(wanted) = &desired.principals else { return };
        for account in wanted.difference(found) {
            self.note(Field::Principal(account.clone()), account.clone(), String::new());
            self.add.insert(account.clone());
        }
        let owner = &desired.owner_account;
        let is_removed = |account: &&String| desired.removes_principals && !owner.is_empty() && *account != owner;
        for account in found.difference(wanted).filter(is_removed) {
            self.note(Field::Principal(account.clone()), String::new(), account.clone());
            self.remove.insert(account.clone());
        }
    }

    fn resources(&mut self, desired: &Desired, found: &BTreeMap<AttachmentKey, Attachment>) {
        let Some(wanted) = &desired.attachments else { return };
        for key in wanted {
            match found.get(key) {
                None => {
                    let (field, wanted, found) = (Field::Resource(key.clone()), "attached".to_owned(), String::new());
                    if desired.withheld.contains(key) {
                        self.withheld.push(Difference { field, wanted, found });
                    } else {
                        self.note(field, wanted, found);
                        self.attach.insert(key.clone());
                    }
                }
                Some(attachment) => {
                    let is_wanted = !desired.not_allocated.contains(key);
                    self.allocation(key, is_wanted, attachment.auto_allocated_enabled);
                }
            }
        }
        // Nothing goes before what is to replace it is there.
        if !self.withheld.is_empty() || !desired.is_every_attachment_known {
            return;
        }
        for (key, attachment) in found.iter().filter(|(key, _)| !wanted.contains(*key)) {
            self.note(Field::Resource(key.clone()), String::new(), "attached".to_owned());
            self.unwanted.insert(key.clone(), attachment.clone());
        }
    }

    fn connections(&mut self, rules: &ConnectionsSpec, list: &[Connection]) {
        for connection in list {
            let endpoint_id = connection.endpoint_id.clone();
            let field = Field::Connection(endpoint_id.clone());
            match answer(rules, connection) {
                Answer::Nothing => {}
                Answer::Accept(attributes) => drop(self.accept.insert(endpoint_id, attributes)),
                Answer::Change(attributes) => {
                    let found = attributes.found_in(&ConnectionAttributes::of(connection));
                    self.note(field, attributes.to_string(), found.to_string());
                    self.reshape.insert(endpoint_id, attributes);
                }
                Answer::Disconnect => {
                    self.note(field, String::new(), "connected".to_owned());
                    self.disconnect.insert(endpoint_id);
                }
            }
        }
    }

    fn allocation(&mut self, key: &AttachmentKey, wanted: bool, found: bool) {
        if wanted == found {
            return;
        }
        let field = Field::Resource(key.clone());
        let text = |is_allocated| Value::AutoAllocated(is_allocated).text_of(&field);
        self.note(field.clone(), text(wanted), text(found));
        let keys = if wanted { &mut self.allocate } else { &mut self.keep_back };
        keys.insert(key.clone());
    }

    fn note(&mut self, field: Field, wanted: String, found: String) {
        self.differences.push(Difference { field, wanted, found });
    }
}

/// Tags that are not the user's: the cloud's own, and ours.
fn is_reserved(key: &str) -> bool {
    key.starts_with("aliyun") || key.starts_with("acs:") || key.starts_with(TAG_PREFIX)
}

fn is_managed(desired: &Desired, field: &Field) -> bool {
    match field {
        Field::Tag(key) => key == OBJECT_TAG || desired.tags.is_some(),
        Field::SupportedRegion(_) => desired.regions.is_some(),
        Field::Resource(_) => desired.attachments.is_some(),
        Field::Principal(_) => desired.principals.is_some(),
        // The list of the services never shows it.
        Field::Connection(_) | Field::ConnectionZone { .. } => false,
        scalar => desired.attributes.get(scalar).is_some(),
    }
}
