//! One write to a service that exists: the payload of a step of a plan, and what is remembered of it once the provider accepted it.

use std::collections::{BTreeMap, BTreeSet};

use privatelink::Operation;

use super::{Attachment, AttachmentKey, Field, Service};

/// One write to a service that exists. The plan holds it, execution sends it, the inventory lays it over what lists show: nobody translates it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Write {
    Attributes(AttributeChange),
    ResourceGroup(String),
    Tag(BTreeMap<String, String>),
    Untag(BTreeSet<String>),
    Attach { resource_type: String, key: AttachmentKey },
    Detach { resource_type: String, key: AttachmentKey },
    AutoAllocation { key: AttachmentKey, enabled: bool },
    AddPrincipal(String),
    RemovePrincipal(String),
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
    /// A tag, an attachment or a principal that is not there.
    Absent,
    /// An attachment that is there, with or without automatic allocation.
    AutoAllocated(bool),
}

impl Write {
    /// The operation that makes it.
    pub fn operation(&self) -> Operation {
        match self {
            Self::Attributes(_) => Operation::UpdateVpcEndpointServiceAttribute,
            Self::ResourceGroup(_) => Operation::ChangeResourceGroup,
            Self::Tag(_) => Operation::TagResources,
            Self::Untag(_) => Operation::UntagResources,
            Self::Attach { .. } => Operation::AttachResourceToVpcEndpointService,
            Self::Detach { .. } => Operation::DetachResourceFromVpcEndpointService,
            Self::AutoAllocation { .. } => Operation::UpdateVpcEndpointServiceResourceAttribute,
            Self::AddPrincipal(_) => Operation::AddUserToVpcEndpointService,
            Self::RemovePrincipal(_) => Operation::RemoveUserFromVpcEndpointService,
            Self::Delete => Operation::DeleteVpcEndpointService,
        }
    }

    /// The fields that it writes, and what they hold then.
    pub fn values(&self) -> Vec<(Field, Value)> {
        let resource = |key: &AttachmentKey, value| vec![(Field::Resource(key.clone()), value)];
        match self {
            Self::Attributes(change) => change.values(),
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
            Self::Delete => Vec::new(),
        }
    }

    /// It takes the service out of Active: through Pending, or for good. What Get said before it says nothing about after it.
    pub fn changes_status(&self) -> bool {
        match self {
            Self::Attributes(_)
            | Self::Attach { .. }
            | Self::Detach { .. }
            | Self::AutoAllocation { .. }
            | Self::Delete => true,
            Self::ResourceGroup(_)
            | Self::Tag(_)
            | Self::Untag(_)
            | Self::AddPrincipal(_)
            | Self::RemovePrincipal(_) => false,
        }
    }
}

impl Value {
    /// As a person reads it: empty for what is absent.
    pub fn text(&self, field: &Field) -> String {
        match (field, self) {
            (_, Self::Text(text)) => text.clone(),
            (_, Self::Flag(flag)) => flag.to_string(),
            (_, Self::Mbps(mbps)) => mbps.to_string(),
            (_, Self::Absent) => String::new(),
            (Field::Principal(account), _) => account.clone(),
            (_, Self::Present) => "attached".to_owned(),
            (_, Self::AutoAllocated(true)) => "automatically allocated".to_owned(),
            (_, Self::AutoAllocated(false)) => "not automatically allocated".to_owned(),
        }
    }
}

/// A change of attributes: only what is `Some` is sent, and only that changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AttributeChange {
    pub description: Option<String>,
    pub auto_accept_enabled: Option<bool>,
    pub zone_affinity_enabled: Option<bool>,
    pub address_ip_version: Option<String>,
    /// Mbps.
    pub connect_bandwidth_mbps: Option<i32>,
}

impl AttributeChange {
    /// The change of each field alone, in the order of the fields.
    pub fn apart(self) -> Vec<(Field, Self)> {
        let Self {
            description,
            auto_accept_enabled,
            zone_affinity_enabled,
            address_ip_version,
            connect_bandwidth_mbps,
        } = self;
        let none = Self::default;
        [
            (Field::Description, Self { description, ..none() }),
            (Field::AutoAcceptEnabled, Self { auto_accept_enabled, ..none() }),
            (Field::ZoneAffinityEnabled, Self { zone_affinity_enabled, ..none() }),
            (Field::AddressIpVersion, Self { address_ip_version, ..none() }),
            (Field::ConnectBandwidthMbps, Self { connect_bandwidth_mbps, ..none() }),
        ]
        .into_iter()
        .filter(|(_, change)| !change.is_empty())
        .collect()
    }

    /// Both changes; where both have a value, this one's.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            description: self.description.or(other.description),
            auto_accept_enabled: self.auto_accept_enabled.or(other.auto_accept_enabled),
            zone_affinity_enabled: self.zone_affinity_enabled.or(other.zone_affinity_enabled),
            address_ip_version: self.address_ip_version.or(other.address_ip_version),
            connect_bandwidth_mbps: self.connect_bandwidth_mbps.or(other.connect_bandwidth_mbps),
        }
    }

    /// The fields that it changes, and what they hold then.
    pub fn values(&self) -> Vec<(Field, Value)> {
        let Self {
            description,
            auto_accept_enabled,
            zone_affinity_enabled,
            address_ip_version,
            connect_bandwidth_mbps,
        } = self;
        [
            (Field::Description, description.clone().map(Value::Text)),
            (Field::AutoAcceptEnabled, auto_accept_enabled.map(Value::Flag)),
            (Field::ZoneAffinityEnabled, zone_affinity_enabled.map(Value::Flag)),
            (Field::AddressIpVersion, address_ip_version.clone().map(Value::Text)),
            (Field::ConnectBandwidthMbps, connect_bandwidth_mbps.map(Value::Mbps)),
        ]
        .into_iter()
        .filter_map(|(field, value)| Some((field, value?)))
        .collect()
    }

    /// Nothing to send.
    pub fn is_empty(&self) -> bool {
        let Self {
            description,
            auto_accept_enabled,
            zone_affinity_enabled,
            address_ip_version,
            connect_bandwidth_mbps,
        } = self;
        description.is_none()
            && auto_accept_enabled.is_none()
            && zone_affinity_enabled.is_none()
            && address_ip_version.is_none()
            && connect_bandwidth_mbps.is_none()
    }
}
