//! An endpoint service as this operator knows it: what the provider's lists gave, with the operator's own recent writes
//! overlaid.
//!
//! Pure data, shared by everything that looks (`inventory`, `observe`) and everything that thinks (`plan`, `teardown`,
//! `conclude`).

mod answers;
mod connections;
pub mod observed;
mod reads;
mod regions;
mod resource;
mod scalar;
mod write;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Display, Formatter};

use jiff::Timestamp;
use privatelink::ServiceStatus;

pub use self::connections::ConnectionAttributes;
pub use self::reads::{Direct, all_services, connections as all_connections, connections_of, details, principals};
pub use self::regions::{Regions, is_open};
pub use self::resource::{EndpointServices, Managed};
pub use self::scalar::Attributes;
pub use self::write::{Created, Value, Write};
use super::inventory;
pub use super::inventory::observed::Proof;

/// One endpoint service. Every field is as the provider gave it, unless `unseen` says that a pending write stands in for
/// it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Service {
    pub id: String,
    pub name: Option<String>,
    pub domain: Option<String>,
    pub status: ServiceStatus,
    pub business_status: Option<String>,
    /// `slb`, `alb`, `nlb` or `gwlb`.
    pub resource_type: Option<String>,
    pub payer: Option<String>,
    /// The provider's own text, for the status of the object.
    pub create_time: Option<String>,
    pub attributes: Attributes,
    /// `None`: the answer does not say.
    pub regions: Option<Regions>,
    pub tags: BTreeMap<String, String>,
    pub proof: Proof,
    /// Fields for which the value is a pending write that no list has shown yet. Attachments and principals are never
    /// among them: no list shows them, and a pending write of theirs stands in silently for a read that lags behind it. The same goes for
    /// connections, which have a list of their own.
    pub unseen: BTreeSet<Field>,
    /// An own attach, detach or resource change is under way: only a Get begun after it may call the service Active
    /// again, because a lagging list cannot show it.
    pub settling: bool,
}

/// One field of a service that the operator can write and the lists can lag behind.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    Description,
    AutoAcceptEnabled,
    ZoneAffinityEnabled,
    AddressIpVersion,
    ConnectBandwidthMbps,
    ResourceGroupId,
    /// One tag, by its key.
    Tag(String),
    /// One attachment.
    Resource(AttachmentKey),
    /// One region whose consumers may connect; without a name, all of them.
    SupportedRegion(String),
    /// One account on the list of allowed principals.
    Principal(String),
    /// Whether one consumer is connected, and how, by the id of its endpoint.
    Connection(String),
    /// Which load balancer serves one zone of a consumer's connection.
    ConnectionZone {
        endpoint_id: String,
        zone_id: String,
    },
}

impl Display for Field {
    /// As the spec calls it.
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tag(key) => write!(formatter, "tags[{key}]"),
            Self::Resource(key) => write!(formatter, "resources[{key}]"),
            Self::SupportedRegion(region) if region.is_empty() => formatter.write_str("supportedRegions"),
            Self::SupportedRegion(region) => write!(formatter, "supportedRegions[{region}]"),
            Self::Principal(account) => write!(formatter, "allowedPrincipals[{account}]"),
            Self::Connection(endpoint_id) => write!(formatter, "connections[{endpoint_id}]"),
            Self::ConnectionZone { endpoint_id, zone_id } => {
                write!(formatter, "connections[{endpoint_id}].zones[{zone_id}]")
            }
            scalar => formatter.write_str(scalar.scalar_name().unwrap_or_default()),
        }
    }
}

impl Display for AttachmentKey {
    /// "lb-… in cn-hangzhou-h".
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let Self { resource_id, zone_id } = self;
        match zone_id {
            Some(zone) => write!(formatter, "{resource_id} in {zone}"),
            None => formatter.write_str(resource_id),
        }
    }
}

/// One load balancer in one zone: what the provider calls a service resource.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AttachmentKey {
    pub resource_id: String,
    /// `None` for `slb`: there the zone comes with the load balancer.
    pub zone_id: Option<String>,
}

/// An attachment as the provider lists it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Attachment {
    /// The zone, for `slb` too.
    pub zone_id: Option<String>,
    /// New connections may be given this resource without being told to.
    pub auto_allocated_enabled: bool,
    /// Endpoints that use it. It can be detached at 0 only.
    pub related_endpoint_count: i64,
    /// Endpoints whose connections were moved away and still have traffic here. It can be detached at 0 only.
    pub deprecated_endpoint_count: i64,
}

impl Attachment {
    /// As the provider makes a new one: automatically allocated, used by nobody.
    pub const fn new(zone_id: Option<String>) -> Self {
        Self { zone_id, auto_allocated_enabled: true, related_endpoint_count: 0, deprecated_endpoint_count: 0 }
    }
}

/// The parts of a service that only calls of its own can show.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Details {
    /// When the read began, or when our own Create was answered. Later pending writes are overlaid on it without making it newer.
    pub as_of: Timestamp,
    /// When the read was over. A cloud that takes long to answer makes no answer too old to be used; a write whose answer got lost does.
    pub read_at: Timestamp,
    pub attachments: BTreeMap<AttachmentKey, Attachment>,
    /// Account ids on the list of allowed principals in either spelling, the owner's own among them. `None`: not read, because the spec
    /// does not manage them.
    pub principals: Option<BTreeSet<String>>,
}

/// A consumer's connection to a service.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Connection {
    pub endpoint_id: String,
    pub account_id: Option<String>,
    pub vpc_id: Option<String>,
    pub status: privatelink::ConnectionStatus,
    pub bandwidth_mbps: Option<i32>,
    /// `Scalability` or `BandwidthLimit`.
    pub traffic_control_mode: Option<String>,
    pub zones: Vec<ConnectionZone>,
}

/// One zone of a connection.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ConnectionZone {
    pub zone_id: String,
    pub status: privatelink::ZoneStatus,
    /// The load balancer that serves it.
    pub resource_id: Option<String>,
    /// The load balancer that it was moved away from, as long as what was open there goes on.
    pub replaced_resource_id: Option<String>,
    /// When the first list began that shows it as it is; `None`: none does, because a pending write stands in.
    pub since: Option<Timestamp>,
}

/// All connections of one service, from every page.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Connections {
    pub as_of: Timestamp,
    pub list: Vec<Connection>,
}

/// The inventory of the endpoint services of one account and region.
pub type Inventory = inventory::Inventory<EndpointServices>;

/// What an inventory of endpoint services works with.
pub type InventorySetup = inventory::Setup<EndpointServices>;

/// Which object is asked about.
pub type Query<'a> = inventory::Query<'a, Managed>;

/// What an object has to do with details.
pub type DetailsQuery<'a> = inventory::DetailsQuery<'a, Managed>;
