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
    /// Moves one zone of a connection to another load balancer of the service. What is open goes on over the old one.
    Migrate {
        endpoint_id: String,
        zone_id: String,
        resource_type: String,
        from: String,
        to: String,
    },
    /// Closes what is still open over the load balancer that a zone was moved away from.
    CloseReplaced {
        endpoint_id: String,
        zone_id: String,
        from: String,
        to: String,
    },
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
    /// A zone of a connection: the load balancer that serves it, and the one beside it over which something is still open.
    Served {
        by: Option<String>,
        beside: Option<String>,
    },
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
            Self::Migrate { .. } => Operation::UpdateVpcEndpointZoneConnectionResourceAttribute,
            Self::CloseReplaced { .. } => Operation::DisableVpcEndpointZoneConnection,
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
            Self::Migrate { endpoint_id, zone_id, from, to, resource_type: _ } => {
                vec![served(endpoint_id, zone_id, to, Some(from))]
            }
            Self::CloseReplaced { endpoint_id, zone_id, to, from: _ } => vec![served(endpoint_id, zone_id, to, None)],
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
            | Self::Migrate { .. }
            | Self::Delete => true,
            Self::ResourceGroup(_)
            | Self::Tag(_)
            | Self::Untag(_)
            | Self::AddPrincipal(_)
            | Self::RemovePrincipal(_)
            | Self::Accept { .. }
            | Self::Connection { .. }
            | Self::Disconnect(_)
            | Self::CloseReplaced { .. } => false,
        }
    }

    /// The endpoint whose connection it is about.
    pub fn endpoint_id(&self) -> Option<&str> {
        match self {
            Self::Accept { endpoint_id, .. }
            | Self::Connection { endpoint_id, .. }
            | Self::Disconnect(endpoint_id)
            | Self::Migrate { endpoint_id, .. }
            | Self::CloseReplaced { endpoint_id, .. } => Some(endpoint_id),
            _ => None,
        }
    }

    /// It is part of moving a connection from one load balancer to another.
    pub fn is_move(&self) -> bool {
        matches!(self, Self::Migrate { .. } | Self::CloseReplaced { .. })
    }
}

fn served(endpoint_id: &str, zone_id: &str, by: &str, beside: Option<&String>) -> (Field, Value) {
    let field = Field::ConnectionZone { endpoint_id: endpoint_id.to_owned(), zone_id: zone_id.to_owned() };
    (field, Value::Served { by: Some(by.to_owned()), beside: beside.cloned() })
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
            (_, Self::Served { by, beside: None }) => by.clone().unwrap_or_default(),
            (_, Self::Served { by, beside: Some(beside) }) => {
                format!("{} beside {beside}", by.as_deref().unwrap_or_default())
            }
            (Field::Principal(name) | Field::SupportedRegion(name), _) => name.clone(),
            (_, Self::Present) => "attached".to_owned(),
            (_, Self::AutoAllocated(true)) => "automatically allocated".to_owned(),
            (_, Self::AutoAllocated(false)) => "not automatically allocated".to_owned(),
        }
    }
}
