//! Requests and answers, in the provider's words.
//!
//! Every field of an answer is optional and read leniently: a number may come as text and the other way round, a field of
//! another shape counts as absent, unknown fields are passed over. States stay texts, with typed helpers beside them, so
//! that a state that is new to this client reaches the caller as it is.

mod connection;
mod endpoint;
mod lenient;
mod resource;
mod service;
mod status;
mod tag;
mod user;

use serde::Deserialize;

pub use connection::{
    Connection, ConnectionZone, DisableVpcEndpointConnectionRequest, EnableVpcEndpointConnectionRequest,
    ListVpcEndpointConnectionsRequest, ListVpcEndpointConnectionsResponse, UpdateVpcEndpointConnectionAttributeRequest,
};
pub use endpoint::{
    CreateVpcEndpointRequest, DeleteVpcEndpointRequest, Endpoint, EndpointResponse, EndpointZone,
    GetVpcEndpointAttributeRequest, ListVpcEndpointsRequest, ListVpcEndpointsResponse,
};
pub(crate) use lenient::text;
pub use resource::{
    AttachResourceToVpcEndpointServiceRequest, DetachResourceFromVpcEndpointServiceRequest,
    ListVpcEndpointServiceResourcesRequest, ListVpcEndpointServiceResourcesResponse, ServiceResource,
    UpdateVpcEndpointServiceResourceAttributeRequest,
};
pub use service::{
    CreateVpcEndpointServiceRequest, DeleteVpcEndpointServiceRequest, EndpointService, EndpointServiceResponse,
    GetVpcEndpointServiceAttributeRequest, ListVpcEndpointServicesRequest, ListVpcEndpointServicesResponse, Resource,
    SupportedRegion, UpdateVpcEndpointServiceAttributeRequest,
};
pub use status::{BusinessStatus, ConnectionStatus, EndpointStatus, ServiceStatus};
pub use tag::{
    ChangeResourceGroupRequest, GroupedType, ListTagResourcesRequest, ListTagResourcesResponse, Tag, TagResource,
    TagResourcesRequest, TaggedType, UntagResourcesRequest,
};
pub use user::{
    AddUserToVpcEndpointServiceRequest, ListVpcEndpointServiceUsersRequest, ListVpcEndpointServiceUsersResponse,
    RemoveUserFromVpcEndpointServiceRequest, ServiceUser, UserListType,
};

/// The answer of an operation that says nothing but that it has begun or is done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Acknowledged {
    /// The provider's id of the request.
    #[serde(deserialize_with = "text")]
    pub request_id: Option<String>,
}
