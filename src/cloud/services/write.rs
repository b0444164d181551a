//! One write to a service that exists: the payload of a step of a plan, and what is remembered of it once the provider accepted it.

use std::collections::{BTreeMap, BTreeSet};

use privatelink::Operation;

use super::{Attachment, AttachmentKey, Attributes, ConnectionAttributes, Field, Service};

/// One write to a service that exists. The plan holds it, execution sends it, the inventory overlays it on what lists show: nobody translates it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Write {
    /// Those of the fields that Update writes.
    Attributes(Attributes),
    /// Regions whose consumers may connect from now on.
    AddRegions(BTreeSet<String>),
    /// Regions whose consumers may connect no longer. A call of its own, because it takes rights away.
    RemoveRegions(BTreeSet<String>),
    ResourceGroup(String),
    Tag(BTreeMap<String, String>),
    Untag(BTreeSet<String>),
    Attach {
        resource_type: String,
        key: AttachmentKey,
    },
    Detach {
        resource_type: String,
        key: AttachmentKey,
    },
    AutoAllocation {
        key: AttachmentKey,
        enabled: bool,
    },
    AddPrincipal(String),
    RemovePrincipal(String),
    /// Accepts a consumer's request for a connection.
    Accept {
        endpoint_id: String,
        attributes: ConnectionAttributes,
    },
    /// Changes a live connection.
    Connection {
        endpoint_id: String,
        attributes: ConnectionAttributes,
    },
    /// Cuts a consumer off, by the id of its endpoint.
    Disconnect(String),
    Delete,
}

/// What a Create made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Created {
    pub service: Service,
    /// Those that the Create carried.
    pub attachments: BTreeMap<AttachmentKey, Attachment>,
}

/// What a field holds, or is to hold.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Value {
    Text(String),
    Flag(bool),
    Mbps(i32),
    /// An attachment or a principal that is there.
    Present,
    /// A tag, an attachment, a principal or a live connection that is not there.
    Absent,
    /// An attachment that is there, with or without automatic allocation.
    AutoAllocated(bool),
    /// A live connection.
    Connected(ConnectionAttributes),
}

impl Write {
    /// The operation that makes it.
    pub fn operation(&self) -> Operation {
        match self {
            Self::Attributes(_) | Self::AddRegions(_) | Self::RemoveRegions(_) => {
                Operation::UpdateVpcEndpointServiceAttribute
            }
            Self::ResourceGroup(_) => Operation::ChangeResourceGroup,
            Self::Tag(_) => Operation::TagResources,
            Self::Untag(_) => Operation::UntagResources,
            Self::Attach { .. } => Operation::AttachResourceToVpcEndpointService,
            Self::Detach { .. } => Operation::DetachResourceFromVpcEndpointService,
            Self::AutoAllocation { .. } => Operation::UpdateVpcEndpointServiceResourceAttribute,
            Self::AddPrincipal(_) => Operation::AddUserToVpcEndpointService,
            Self::RemovePrincipal(_) => Operation::RemoveUserFromVpcEndpointService,
            Self::Accept { .. } => Operation::EnableVpcEndpointConnection,
            Self::Connection { .. } => Operation::UpdateVpcEndpointConnectionAttribute,
            Self::Disconnect(_) => Operation::DisableVpcEndpointConnection,
            Self::Delete => Operation::DeleteVpcEndpointService,
        }
    }

    /// The fields that it writes, and what they hold then.
    pub fn values(&self) -> Vec<(Field, Value)> {
        let resource = |key: &AttachmentKey, value| vec![(Field::Resource(key.clone()), value)];
        let regions = |regions: &BTreeSet<String>, value: &Value| {
            regions.iter().map(|region| (Field::SupportedRegion(region.clone()), value.clone())).collect()
        };
        match self {
            Self::AddRegions(added) => regions(added, &Value::Present),
            Self::RemoveRegions(removed) => regions(removed, &Value::Absent),
            Self::Attributes(change) => change.clone().into_iter().collect(),
            Self::ResourceGroup(id) => vec![(Field::ResourceGroupId, Value::Text(id.clone()))],
            Self::Tag(tags) => {
                tags.iter().map(|(key, value)| (Field::Tag(key.clone()), Value::Text(value.clone()))).collect()
            }
            Self::Untag(keys) => keys.iter().map(|key| (Field::Tag(key.clone()), Value::Absent)).collect(),
            Self::Attach { key, .. } => resource(key, Value::Present),
            Self::Detach { key, .. } => resource(key, Value::Absent),
            Self::AutoAllocation { key, enabled } => resource(key, Value::AutoAllocated(*enabled)),
            Self::AddPrincipal(account) => vec![(Field::Principal(account.clone()), Value::Present)],
            Self::RemovePrincipal(account) => vec![(Field::Principal(account.clone()), Value::Absent)],
            Self::Accept { endpoint_id, attributes } | Self::Connection { endpoint_id, attributes } => {
                vec![(Field::Connection(endpoint_id.clone()), Value::Connected(attributes.clone()))]
            }
            Self::Disconnect(endpoint_id) => vec![(Field::Connection(endpoint_id.clone()), Value::Absent)],
            Self::Delete => Vec::new(),
        }
    }

    /// It takes the service out of Active: through Pending, or for good. What Get said before it says nothing about after it.
    pub fn changes_status(&self) -> bool {
        match self {
            Self::Attributes(_)
            | Self::AddRegions(_)
            | Self::RemoveRegions(_)
            | Self::Attach { .. }
            | Self::Detach { .. }
            | Self::AutoAllocation { .. }
            | Self::Delete => true,
            Self::ResourceGroup(_)
            | Self::Tag(_)
            | Self::Untag(_)
            | Self::AddPrincipal(_)
            | Self::RemovePrincipal(_)
            | Self::Accept { .. }
            | Self::Connection { .. }
            | Self::Disconnect(_) => false,
        }
    }
}

impl Value {
    /// As a person reads it: empty for what is absent.
    pub fn text_of(&self, field: &Field) -> String {
        match (field, self) {
            (_, Self::Text(text)) => text.clone(),
            (_, Self::Flag(flag)) => flag.to_string(),
            (_, Self::Mbps(mbps)) => mbps.to_string(),
            (_, Self::Absent) => String::new(),
            (_, Self::Connected(attributes)) => attributes.to_string(),
            (Field::Principal(name) | Field::SupportedRegion(name), _) => name.clone(),
            (_, Self::Present) => "attached".to_owned(),
            (_, Self::AutoAllocated(true)) => "automatically allocated".to_owned(),
            (_, Self::AutoAllocated(false)) => "not automatically allocated".to_owned(),
        }
    }
}
