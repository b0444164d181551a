//! What the admin API shows and takes.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::config::{BusinessStatus, UserLists};
use crate::world::{Attachment, AttachmentKey, Endpoint, EndpointZone, Principal, Service, Spelling, Whitelist, World};

/// A service as it is now, without lag.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceView {
    /// `epsrv-…`.
    pub id: String,
    /// `ServiceName`.
    pub name: String,
    /// `ServiceDomain`.
    pub domain: String,
    /// Owning account.
    pub account: String,
    /// Region.
    pub region: String,
    /// `ServiceStatus`.
    pub status: String,
    /// When it was created.
    pub created: Timestamp,
    /// `ServiceDescription`.
    pub description: String,
    /// `AutoAcceptEnabled`.
    pub auto_accept: bool,
    /// `ZoneAffinityEnabled`.
    pub zone_affinity: bool,
    /// `ServiceSupportIPv6`.
    pub support_ipv6: bool,
    /// `AddressIpVersion`.
    pub address_ip_version: String,
    /// `Payer`.
    pub payer: String,
    /// `ServiceResourceType`.
    pub resource_type: String,
    /// `ConnectBandwidth` in Mbps, also for the types whose Get does not show it.
    pub connect_bandwidth: u32,
    /// `ResourceGroupId`.
    pub resource_group: String,
    /// Tags.
    pub tags: BTreeMap<String, String>,
    /// The whitelist, as ARNs, by whatever spelling it was made.
    pub users: Vec<String>,
    /// The whitelist by its spellings, where these are two lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_lists: Option<UserListsView>,
    /// Resources, listed or not.
    pub attachments: Vec<AttachmentView>,
    /// Regions from which consumers may connect.
    pub supported_regions: Vec<RegionView>,
}

/// A whitelist that is two lists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserListsView {
    /// Accounts on the list of ids.
    pub ids: Vec<i64>,
    /// ARNs on the list of ARNs.
    pub arns: Vec<String>,
}

impl UserListsView {
    fn of(users: &Whitelist) -> Self {
        let shown = |spelling| users.shown(UserLists::Separate, spelling).into_iter();
        Self {
            ids: shown(Spelling::Id).filter_map(Principal::account).collect(),
            arns: shown(Spelling::Arn).map(Principal::arn).collect(),
        }
    }
}

/// A resource of a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachmentView {
    /// `ResourceId`.
    pub resource_id: String,
    /// `ZoneId`.
    pub zone_id: String,
    /// `Attaching`, `Attached` or `Detaching`.
    pub status: String,
    /// `AutoAllocatedEnabled`.
    pub auto_allocated: bool,
    /// Live endpoints that use it.
    pub related_endpoints: usize,
    /// Endpoints that have moved away from it, and that it still serves.
    #[serde(default)]
    pub departed_endpoints: usize,
}

/// A supported region.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegionView {
    /// Region.
    pub id: String,
    /// `RegionServiceStatus`.
    pub status: String,
}

impl ServiceView {
    pub(crate) fn of(service: &Service, world: &World, lists: UserLists) -> Self {
        let regions = service.supported_regions.iter();
        Self {
            id: service.id.clone(),
            name: service.name(),
            domain: service.domain(),
            account: service.account.clone(),
            region: service.region.clone(),
            status: service.status.as_str().to_owned(),
            created: service.created,
            description: service.description.clone(),
            auto_accept: service.auto_accept,
            zone_affinity: service.zone_affinity,
            support_ipv6: service.support_ipv6,
            address_ip_version: service.address_ip_version.clone(),
            payer: service.payer.clone(),
            resource_type: service.resource_type.clone(),
            connect_bandwidth: service.connect_bandwidth,
            resource_group: service.resource_group.clone(),
            tags: service.tags.clone(),
            users: service.users.all().into_iter().map(Principal::arn).collect(),
            user_lists: (lists == UserLists::Separate).then(|| UserListsView::of(&service.users)),
            attachments: service.attachments.iter().map(|held| AttachmentView::of(held, service, world)).collect(),
            supported_regions: regions
                .map(|region| RegionView { id: region.id.clone(), status: region.status.as_str().to_owned() })
                .collect(),
        }
    }
}

impl AttachmentView {
    fn of(attachment: &Attachment, service: &Service, world: &World) -> Self {
        let AttachmentKey { resource_id, zone_id } = attachment.key.clone();
        Self {
            resource_id,
            zone_id,
            status: format!("{:?}", attachment.status),
            auto_allocated: attachment.auto_allocated,
            related_endpoints: world.related_endpoints(Timestamp::MAX, &service.id, &attachment.key),
            departed_endpoints: world.departed_endpoints(Timestamp::MAX, &service.id, &attachment.key),
        }
    }
}

/// An endpoint as it is now, without lag.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndpointView {
    /// `ep-…`.
    pub id: String,
    /// Owning account.
    pub account: String,
    /// Region of the endpoint.
    pub region: String,
    /// The service it points to.
    pub service_id: String,
    /// `EndpointStatus`.
    pub status: String,
    /// `ConnectionStatus`.
    pub connection_status: String,
    /// Mbps.
    pub bandwidth: u32,
    /// `TrafficControlMode`.
    pub traffic_mode: String,
    /// `VpcId`.
    pub vpc_id: String,
    /// Security groups.
    pub security_groups: Vec<String>,
    /// Its zones.
    pub zones: Vec<ZoneView>,
}

/// A zone of an endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ZoneView {
    /// `ZoneId`.
    pub zone_id: String,
    /// `VSwitchId`.
    pub vswitch_id: String,
    /// `ZoneStatus`.
    #[serde(default)]
    pub status: String,
    /// Address of its network interface.
    pub ip: String,
    /// The resource of the service that serves it; none unless the connection is live.
    pub resource_id: Option<String>,
    /// The resource that it has moved away from, as long as that still serves it.
    #[serde(default)]
    pub replaced_resource_id: Option<String>,
}

impl EndpointView {
    pub(crate) fn of(endpoint: &Endpoint) -> Self {
        Self {
            id: endpoint.id.clone(),
            account: endpoint.account.clone(),
            region: endpoint.region.clone(),
            service_id: endpoint.service_id.clone(),
            status: endpoint.status.as_str().to_owned(),
            connection_status: endpoint.connection.status.as_str().to_owned(),
            bandwidth: endpoint.connection.bandwidth,
            traffic_mode: endpoint.connection.traffic_mode.clone(),
            vpc_id: endpoint.vpc_id.clone(),
            security_groups: endpoint.security_groups.iter().map(|group| group.id.clone()).collect(),
            zones: endpoint.zones.iter().map(ZoneView::of).collect(),
        }
    }
}

impl ZoneView {
    fn of(zone: &EndpointZone) -> Self {
        let EndpointZone { zone_id, vswitch_id, ip, resource_id, status, replaced, .. } = zone.clone();
        let replaced_resource_id = replaced.map(|replaced| replaced.resource_id);
        Self { zone_id, vswitch_id, status: status.as_str().to_owned(), ip, resource_id, replaced_resource_id }
    }
}

/// What somebody else does to a connection, past the API.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ConnectionChange {
    /// True: accepted; false: cut off.
    pub accepted: Option<bool>,
    /// Mbps, at once.
    pub bandwidth: Option<u32>,
    /// `TrafficControlMode`, at once.
    pub traffic_mode: Option<String>,
}

/// A temporary key that was issued for a role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionView {
    /// `AccessKeyId`, `STS.…`.
    pub access_key_id: String,
    /// The role's account.
    pub account: String,
    /// The role's name.
    pub role: String,
    /// `RoleSessionName`.
    pub name: String,
    /// From when on its token answers `InvalidSecurityToken.Expired`.
    pub expires: Timestamp,
}

/// An endpoint that a consumer is to make. The rules of `CreateVpcEndpoint` hold, whitelist included.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EndpointOrder {
    /// The consumer's account.
    pub account: String,
    /// The service to connect to.
    pub service_id: String,
    /// The consumer's region; none: that of the service.
    #[serde(default)]
    pub region: Option<String>,
    /// Default `vpc-consumer`.
    #[serde(default = "consumer_vpc")]
    pub vpc_id: String,
    /// Its zones; none: every zone of the service.
    #[serde(default)]
    pub zones: Option<Vec<String>>,
    /// `EndpointName`.
    #[serde(default)]
    pub name: String,
}

fn consumer_vpc() -> String {
    "vpc-consumer".to_owned()
}

impl EndpointOrder {
    /// An endpoint in every zone of the service.
    pub fn new(account: impl Into<String>, service_id: impl Into<String>) -> Self {
        Self {
            account: account.into(),
            service_id: service_id.into(),
            region: None,
            vpc_id: consumer_vpc(),
            zones: None,
            name: String::new(),
        }
    }
}

/// A change of a service that somebody makes outside the API, as in the console; what is none stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ServiceChange {
    /// `ServiceDescription`.
    pub description: Option<String>,
    /// `AutoAcceptEnabled`.
    pub auto_accept: Option<bool>,
    /// `ZoneAffinityEnabled`.
    pub zone_affinity: Option<bool>,
    /// `ConnectBandwidth` in Mbps.
    pub connect_bandwidth: Option<u32>,
    /// `ResourceGroupId`.
    pub resource_group: Option<String>,
    /// Tags to set; null takes one off.
    pub tags: BTreeMap<String, Option<String>>,
    /// Accounts to put on the whitelist, by their ids.
    pub add_users: Vec<i64>,
    /// Accounts to take off it, by their ids.
    pub remove_users: Vec<i64>,
    /// ARNs to put on the whitelist; what is no ARN is passed over.
    pub add_user_arns: Vec<String>,
    /// ARNs to take off it.
    pub remove_user_arns: Vec<String>,
    /// `ServiceBusinessStatus` of this service, in place of its account's: any word, also an empty one. The two locks lock it.
    pub business_status: Option<BusinessStatus>,
    /// Attachments to drop.
    pub detach: Vec<AttachmentId>,
    /// Attachments that new connections are given by themselves from now on.
    pub allocate: Vec<AttachmentId>,
    /// Attachments that new connections are given no longer by themselves, the last of a zone among them.
    pub keep_back: Vec<AttachmentId>,
    /// Regions whose consumers may connect from now on.
    pub open_regions: Vec<String>,
    /// Regions whose consumers may connect no longer.
    pub close_regions: Vec<String>,
}

impl AttachmentId {
    pub(crate) fn names(&self, key: &AttachmentKey) -> bool {
        self.resource_id == key.resource_id && self.zone_id == key.zone_id
    }
}

/// What names an attachment of a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttachmentId {
    /// `ResourceId`.
    pub resource_id: String,
    /// `ZoneId`.
    pub zone_id: String,
}
