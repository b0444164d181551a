//! Looking: every operation that changes nothing.

use cloud_core::{Client, Error, Listed};

use crate::model::{
    CheckProductOpenRequest, CheckProductOpenResponse, Connection, DescribeRegionsRequest, DescribeRegionsResponse,
    DescribeZonesRequest, DescribeZonesResponse, EndUserService, Endpoint, EndpointResponse, EndpointSecurityGroup,
    EndpointService, EndpointServiceResponse, GetVpcEndpointAttributeRequest, GetVpcEndpointServiceAttributeRequest,
    ListTagResourcesRequest, ListVpcEndpointConnectionsRequest, ListVpcEndpointSecurityGroupsRequest,
    ListVpcEndpointServiceResourcesRequest, ListVpcEndpointServiceUsersRequest,
    ListVpcEndpointServicesByEndUserRequest, ListVpcEndpointServicesRequest, ListVpcEndpointZonesRequest,
    ListVpcEndpointsRequest, ServiceResource, ServiceUser, TagResource, ZoneOfEndpoint,
};

/// Looks at the cloud and cannot change it. Cheap to clone.
///
/// Lists are read to their end: a page lost or repeated is an error. Where the provider counts more entries than came, the list is
/// read again, up to three times; what two readings agree on is the list, since a count may look past the filter. Each page is a
/// call of its own towards the rate. Which codes an operation is documented to answer: [`crate::Operation::codes`].
#[derive(Clone, Debug)]
pub struct Reader {
    client: Client,
}

impl Reader {
    /// Reads over this client, whose region, credentials and connections it shares.
    pub fn new(client: &Client) -> Self {
        Self { client: client.clone() }
    }

    /// Reads one endpoint service, without tags and load balancers. One that is gone is the error
    /// `EndpointServiceNotFound`. 1,000 calls a minute.
    pub async fn get_vpc_endpoint_service_attribute(
        &self,
        request: &GetVpcEndpointServiceAttributeRequest,
    ) -> Result<EndpointServiceResponse, Error> {
        self.client.call(request).await
    }

    /// Lists the account's endpoint services with their tags, 1,000 a page. 1,000 calls a minute. What a filter does not
    /// match is left out; nothing matched is an empty list.
    pub async fn list_vpc_endpoint_services(
        &self,
        request: &ListVpcEndpointServicesRequest,
    ) -> Result<Listed<EndpointService>, Error> {
        self.client.list(request).await
    }

    /// Lists the load balancers of a service, 50 a page. 1,000 calls a minute.
    pub async fn list_vpc_endpoint_service_resources(
        &self,
        request: &ListVpcEndpointServiceResourcesRequest,
    ) -> Result<Listed<ServiceResource>, Error> {
        self.client.list(request).await
    }

    /// Lists who may connect to a service, 50 a page, in the spelling asked for. 3,000 calls a minute.
    pub async fn list_vpc_endpoint_service_users(
        &self,
        request: &ListVpcEndpointServiceUsersRequest,
    ) -> Result<Listed<ServiceUser>, Error> {
        self.client.list(request).await
    }

    /// Lists the connections to the account's services, 1,000 a page. 1,000 calls a minute.
    pub async fn list_vpc_endpoint_connections(
        &self,
        request: &ListVpcEndpointConnectionsRequest,
    ) -> Result<Listed<Connection>, Error> {
        self.client.list(request).await
    }

    /// Lists tags, one entry for each tag of each object, as many a page as the provider likes. 100 calls a second.
    pub async fn list_tag_resources(&self, request: &ListTagResourcesRequest) -> Result<Listed<TagResource>, Error> {
        self.client.list(request).await
    }

    /// Reads one endpoint, the consumer's side. One that is gone is the error `EndpointNotFound`. The rate is not
    /// published; 1,000 calls a minute, that of its siblings, is assumed.
    pub async fn get_vpc_endpoint_attribute(
        &self,
        request: &GetVpcEndpointAttributeRequest,
    ) -> Result<EndpointResponse, Error> {
        self.client.call(request).await
    }

    /// Lists the account's endpoints, the consumer's side, 1,000 a page. 1,000 calls a minute.
    pub async fn list_vpc_endpoints(&self, request: &ListVpcEndpointsRequest) -> Result<Listed<Endpoint>, Error> {
        self.client.list(request).await
    }

    /// Lists the zones of an endpoint, the consumer's side, 1,000 a page. 1,000 calls a minute.
    pub async fn list_vpc_endpoint_zones(
        &self,
        request: &ListVpcEndpointZonesRequest,
    ) -> Result<Listed<ZoneOfEndpoint>, Error> {
        self.client.list(request).await
    }

    /// Lists the security groups of an endpoint, the consumer's side, 50 a page. 3,000 calls a minute.
    pub async fn list_vpc_endpoint_security_groups(
        &self,
        request: &ListVpcEndpointSecurityGroupsRequest,
    ) -> Result<Listed<EndpointSecurityGroup>, Error> {
        self.client.list(request).await
    }

    /// Lists the services that the account may connect to, its own or others', 1,000 a page. 1,000 calls a minute.
    pub async fn list_vpc_endpoint_services_by_end_user(
        &self,
        request: &ListVpcEndpointServicesByEndUserRequest,
    ) -> Result<Listed<EndUserService>, Error> {
        self.client.list(request).await
    }

    /// Names the regions that offer `PrivateLink`, in one answer. 1,000 calls a minute.
    pub async fn describe_regions(&self, request: &DescribeRegionsRequest) -> Result<DescribeRegionsResponse, Error> {
        self.client.call(request).await
    }

    /// Names the zones of the client's region that offer `PrivateLink`, in one answer. 1,000 calls a minute.
    pub async fn describe_zones(&self, request: &DescribeZonesRequest) -> Result<DescribeZonesResponse, Error> {
        self.client.call(request).await
    }

    /// Asks whether the account has activated `PrivateLink`. One that has not gets the error `NeedOpenProduct`, of kind
    /// [`cloud_core::ErrorKind::Account`]. 500 calls a minute.
    pub async fn check_product_open(
        &self,
        request: &CheckProductOpenRequest,
    ) -> Result<CheckProductOpenResponse, Error> {
        self.client.call(request).await
    }
}
