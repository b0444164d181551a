//! Requests and answers, in the provider's words.
//!
//! Every field of an answer is optional and read leniently: a number may come as text and the other way round, a field of
//! another shape counts as absent, unknown fields are passed over. States stay texts, with typed helpers beside them, so
//! that a state that is new to this client reaches the caller as it is.

mod connection;
mod end_user;
mod endpoint;
mod endpoint_zone;
mod place;
mod product;
mod resource;
mod security_group;
mod service;
mod status;
mod tag;
mod user;
mod zone_connection;

use cloud_core::lenient::text;
use serde::Deserialize;

pub use connection::{
    Connection, ConnectionZone, DisableVpcEndpointConnectionRequest, EnableVpcEndpointConnectionRequest,
    ListVpcEndpointConnectionsRequest, ListVpcEndpointConnectionsResponse, UpdateVpcEndpointConnectionAttributeRequest,
};
pub use end_user::{EndUserService, ListVpcEndpointServicesByEndUserRequest, ListVpcEndpointServicesByEndUserResponse};
pub use endpoint::{
    CreateVpcEndpointRequest, DeleteVpcEndpointRequest, Endpoint, EndpointResponse, EndpointZone,
    GetVpcEndpointAttributeRequest, ListVpcEndpointsRequest, ListVpcEndpointsResponse,
    UpdateVpcEndpointAttributeRequest,
};
pub use endpoint_zone::{
    AddZoneToVpcEndpointRequest, ListVpcEndpointZonesRequest, ListVpcEndpointZonesResponse,
    RemoveZoneFromVpcEndpointRequest, ZoneOfEndpoint,
};
pub use place::{
    DescribeRegionsRequest, DescribeRegionsResponse, DescribeZonesRequest, DescribeZonesResponse, Region, Zone,
};
pub use product::{
    CheckProductOpenRequest, CheckProductOpenResponse, OpenPrivateLinkServiceRequest, OpenPrivateLinkServiceResponse,
};
pub use resource::{
    AttachResourceToVpcEndpointServiceRequest, DetachResourceFromVpcEndpointServiceRequest,
    ListVpcEndpointServiceResourcesRequest, ListVpcEndpointServiceResourcesResponse, ServiceResource,
    UpdateVpcEndpointServiceResourceAttributeRequest,
};
pub use security_group::{
    AttachSecurityGroupToVpcEndpointRequest, DetachSecurityGroupFromVpcEndpointRequest, EndpointSecurityGroup,
    ListVpcEndpointSecurityGroupsRequest, ListVpcEndpointSecurityGroupsResponse,
};
pub use service::{
    CreateVpcEndpointServiceRequest, DeleteVpcEndpointServiceRequest, EndpointService, EndpointServiceResponse,
    GetVpcEndpointServiceAttributeRequest, ListVpcEndpointServicesRequest, ListVpcEndpointServicesResponse, Resource,
    SupportedRegion, UpdateVpcEndpointServiceAttributeRequest,
};
pub use status::{
    BusinessStatus, ConnectionStatus, EndpointStatus, RegionStatus, SecurityGroupStatus, ServiceStatus, ZoneStatus,
};
pub use tag::{
    ChangeResourceGroupRequest, GroupedType, ListTagResourcesRequest, ListTagResourcesResponse, Tag, TagFilter,
    TagResource, TagResourcesRequest, TaggedType, UntagResourcesRequest,
};
pub use user::{
    AddUserToVpcEndpointServiceRequest, ListVpcEndpointServiceUsersRequest, ListVpcEndpointServiceUsersResponse,
    RemoveUserFromVpcEndpointServiceRequest, ServiceUser, UserListType,
};
pub use zone_connection::{
    DisableVpcEndpointZoneConnectionRequest, EnableVpcEndpointZoneConnectionRequest,
    UpdateVpcEndpointZoneConnectionResourceAttributeRequest,
};

/// The answer of an operation that says nothing but that it has begun or is done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Acknowledged {
    /// The provider's id of the request.
    #[serde(deserialize_with = "text")]
    pub request_id: Option<String>,
}
