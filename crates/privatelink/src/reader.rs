//! Looking: every operation that changes nothing.

use std::sync::Arc;

use crate::call::Engine;
use crate::error::Error;
use crate::model::{
    Connection, Endpoint, EndpointResponse, EndpointService, EndpointServiceResponse, GetVpcEndpointAttributeRequest,
    GetVpcEndpointServiceAttributeRequest, ListTagResourcesRequest, ListVpcEndpointConnectionsRequest,
    ListVpcEndpointServiceResourcesRequest, ListVpcEndpointServiceUsersRequest, ListVpcEndpointServicesRequest,
    ListVpcEndpointsRequest, ServiceResource, ServiceUser, TagResource,
};
use crate::paging::Listed;

/// Looks at the cloud and cannot change it. Cheap to clone.
///
/// Lists are read to their end: a page lost or repeated is an error. Each page is a call of its own towards the rate.
#[derive(Clone, Debug)]
pub struct Reader {
    engine: Arc<Engine>,
}

impl Reader {
    pub(crate) fn new(engine: Arc<Engine>) -> Self {
        Self { engine }
    }

    /// Reads one endpoint service, without tags and load balancers. One that is gone is the error
    /// `EndpointServiceNotFound`. 1,000 calls a minute.
    pub async fn get_vpc_endpoint_service_attribute(
        &self,
        request: &GetVpcEndpointServiceAttributeRequest,
    ) -> Result<EndpointServiceResponse, Error> {
        self.engine.call(request, &[]).await
    }

    /// Lists the account's endpoint services with their tags, 1,000 a page. 1,000 calls a minute. What a filter does not
    /// match is left out; nothing matched is an empty list.
    pub async fn list_vpc_endpoint_services(
        &self,
        request: &ListVpcEndpointServicesRequest,
    ) -> Result<Listed<EndpointService>, Error> {
        self.engine.list(request).await
    }

    /// Lists the load balancers of a service, 50 a page. 1,000 calls a minute.
    pub async fn list_vpc_endpoint_service_resources(
        &self,
        request: &ListVpcEndpointServiceResourcesRequest,
    ) -> Result<Listed<ServiceResource>, Error> {
        self.engine.list(request).await
    }

    /// Lists who may connect to a service, 50 a page, in the spelling asked for. 3,000 calls a minute.
    pub async fn list_vpc_endpoint_service_users(
        &self,
        request: &ListVpcEndpointServiceUsersRequest,
    ) -> Result<Listed<ServiceUser>, Error> {
        self.engine.list(request).await
    }

    /// Lists the connections to the account's services, 1,000 a page. 1,000 calls a minute.
    pub async fn list_vpc_endpoint_connections(
        &self,
        request: &ListVpcEndpointConnectionsRequest,
    ) -> Result<Listed<Connection>, Error> {
        self.engine.list(request).await
    }

    /// Lists tags, one entry for each tag of each object. 100 calls a second.
    pub async fn list_tag_resources(&self, request: &ListTagResourcesRequest) -> Result<Listed<TagResource>, Error> {
        self.engine.list(request).await
    }

    /// Reads one endpoint, the consumer's side. One that is gone is the error `EndpointNotFound`.
    pub async fn get_vpc_endpoint_attribute(
        &self,
        request: &GetVpcEndpointAttributeRequest,
    ) -> Result<EndpointResponse, Error> {
        self.engine.call(request, &[]).await
    }

    /// Lists the account's endpoints, the consumer's side, 1,000 a page. 1,000 calls a minute.
    pub async fn list_vpc_endpoints(&self, request: &ListVpcEndpointsRequest) -> Result<Listed<Endpoint>, Error> {
        self.engine.list(request).await
    }
}
