//! Acting: every operation that changes something.

use cloud_core::{Client, Error};

use crate::model::{
    Acknowledged, AddUserToVpcEndpointServiceRequest, AddZoneToVpcEndpointRequest,
    AttachResourceToVpcEndpointServiceRequest, AttachSecurityGroupToVpcEndpointRequest, ChangeResourceGroupRequest,
    CreateVpcEndpointRequest, CreateVpcEndpointServiceRequest, DeleteVpcEndpointRequest,
    DeleteVpcEndpointServiceRequest, DetachResourceFromVpcEndpointServiceRequest,
    DetachSecurityGroupFromVpcEndpointRequest, DisableVpcEndpointConnectionRequest,
    DisableVpcEndpointZoneConnectionRequest, EnableVpcEndpointConnectionRequest,
    EnableVpcEndpointZoneConnectionRequest, EndpointResponse, EndpointServiceResponse, OpenPrivateLinkServiceRequest,
    OpenPrivateLinkServiceResponse, RemoveUserFromVpcEndpointServiceRequest, RemoveZoneFromVpcEndpointRequest,
    TagResourcesRequest, UntagResourcesRequest, UpdateVpcEndpointAttributeRequest,
    UpdateVpcEndpointConnectionAttributeRequest, UpdateVpcEndpointServiceAttributeRequest,
    UpdateVpcEndpointServiceResourceAttributeRequest, UpdateVpcEndpointZoneConnectionResourceAttributeRequest,
};

/// Changes the cloud and cannot look at it. Cheap to clone.
///
/// A request without a `ClientToken` gets a fresh one, the same for all quick attempts of the call. Rates and the order
/// among calls are the caller's business: see [`crate::Operation::rate`] and [`crate::Operation::serial`]. What is so
/// already comes as an error of kind [`cloud_core::ErrorKind::AlreadyDone`], as the provider has it; so does a dry run that
/// finds nothing wrong ([`Error::passed_dry_run`]). Which codes an operation is documented to answer:
/// [`crate::Operation::codes`].
#[derive(Clone, Debug)]
pub struct Writer {
    client: Client,
}

impl Writer {
    /// Writes over this client, whose region, credentials and connections it shares.
    pub fn new(client: &Client) -> Self {
        Self { client: client.clone() }
    }

    /// Creates an endpoint service. Answers at once with id, name and domain; the service is `Creating` until it is
    /// `Active`. 200 calls a minute.
    pub async fn create_vpc_endpoint_service(
        &self,
        request: &CreateVpcEndpointServiceRequest,
    ) -> Result<EndpointServiceResponse, Error> {
        self.client.call(request).await
    }

    /// Changes attributes of an `Active` service, which then is `Pending` for a while. One at a time in the account, 200
    /// calls a minute.
    pub async fn update_vpc_endpoint_service_attribute(
        &self,
        request: &UpdateVpcEndpointServiceAttributeRequest,
    ) -> Result<Acknowledged, Error> {
        self.client.call(request).await
    }

    /// Begins to delete a service; it is `Deleting` until Get answers `EndpointServiceNotFound`. One at a time in the
    /// account, 200 calls a minute. One that is gone is already done.
    pub async fn delete_vpc_endpoint_service(
        &self,
        request: &DeleteVpcEndpointServiceRequest,
    ) -> Result<Acknowledged, Error> {
        self.client.call(request).await
    }

    /// Adds a load balancer in one zone to an `Active` service; the list shows it some seconds later. One at a time for
    /// each service, 200 calls a minute. One that is there is already done.
    pub async fn attach_resource_to_vpc_endpoint_service(
        &self,
        request: &AttachResourceToVpcEndpointServiceRequest,
    ) -> Result<Acknowledged, Error> {
        self.client.call(request).await
    }

    /// Takes a load balancer in one zone off an `Active` service. One at a time for each service. One that is not there is
    /// already done. The rate is not published; 200 calls a minute, that of its siblings, is assumed.
    pub async fn detach_resource_from_vpc_endpoint_service(
        &self,
        request: &DetachResourceFromVpcEndpointServiceRequest,
    ) -> Result<Acknowledged, Error> {
        self.client.call(request).await
    }

    /// Switches whether new connections may be given a load balancer. One at a time for each service. The rate is not
    /// published; 200 calls a minute, that of its siblings, is assumed.
    pub async fn update_vpc_endpoint_service_resource_attribute(
        &self,
        request: &UpdateVpcEndpointServiceResourceAttributeRequest,
    ) -> Result<Acknowledged, Error> {
        self.client.call(request).await
    }

    /// Lets an account connect to an `Active` service. One at a time in the account, 200 calls a minute.
    pub async fn add_user_to_vpc_endpoint_service(
        &self,
        request: &AddUserToVpcEndpointServiceRequest,
    ) -> Result<Acknowledged, Error> {
        self.client.call(request).await
    }

    /// Takes that permission back. One at a time for each service, 200 calls a minute.
    pub async fn remove_user_from_vpc_endpoint_service(
        &self,
        request: &RemoveUserFromVpcEndpointServiceRequest,
    ) -> Result<Acknowledged, Error> {
        self.client.call(request).await
    }

    /// Accepts a connection, which is `Connecting` until it is `Connected`. One at a time in the account, 200 calls a
    /// minute.
    pub async fn enable_vpc_endpoint_connection(
        &self,
        request: &EnableVpcEndpointConnectionRequest,
    ) -> Result<Acknowledged, Error> {
        self.client.call(request).await
    }

    /// Rejects or cuts a connection, which is `Disconnecting` until it is `Disconnected`. One at a time in the account, 200
    /// calls a minute.
    pub async fn disable_vpc_endpoint_connection(
        &self,
        request: &DisableVpcEndpointConnectionRequest,
    ) -> Result<Acknowledged, Error> {
        self.client.call(request).await
    }

    /// Changes bandwidth or mode of a connection. One at a time in the account, 200 calls a minute.
    pub async fn update_vpc_endpoint_connection_attribute(
        &self,
        request: &UpdateVpcEndpointConnectionAttributeRequest,
    ) -> Result<Acknowledged, Error> {
        self.client.call(request).await
    }

    /// Accepts one zone of a connection, which is `Connecting` until it is `Connected`. One at a time for each endpoint, 200
    /// calls a minute.
    pub async fn enable_vpc_endpoint_zone_connection(
        &self,
        request: &EnableVpcEndpointZoneConnectionRequest,
    ) -> Result<Acknowledged, Error> {
        self.client.call(request).await
    }

    /// Cuts one zone of a connection, which is `Disconnecting` until it is `Disconnected`. One at a time for each endpoint,
    /// 200 calls a minute.
    pub async fn disable_vpc_endpoint_zone_connection(
        &self,
        request: &DisableVpcEndpointZoneConnectionRequest,
    ) -> Result<Acknowledged, Error> {
        self.client.call(request).await
    }

    /// Chooses the load balancer behind one zone of a connection; the service is `Pending` until it is `Active`. For
    /// accounts that are allow-listed. One at a time for each endpoint, 100 calls a minute.
    pub async fn update_vpc_endpoint_zone_connection_resource_attribute(
        &self,
        request: &UpdateVpcEndpointZoneConnectionResourceAttributeRequest,
    ) -> Result<Acknowledged, Error> {
        self.client.call(request).await
    }

    /// Puts tags on up to 50 objects. 500 calls a minute.
    pub async fn tag_resources(&self, request: &TagResourcesRequest) -> Result<Acknowledged, Error> {
        self.client.call(request).await
    }

    /// Takes tags off up to 50 objects. 500 calls a minute. Tags that are not there are already done.
    pub async fn untag_resources(&self, request: &UntagResourcesRequest) -> Result<Acknowledged, Error> {
        self.client.call(request).await
    }

    /// Moves an object to another resource group. Has no `ClientToken`, so it is sent again only when it was certainly not
    /// sent before. The rate is not published; 200 calls a minute, that of its siblings, is assumed.
    pub async fn change_resource_group(&self, request: &ChangeResourceGroupRequest) -> Result<Acknowledged, Error> {
        self.client.call(request).await
    }

    /// Creates an endpoint, the consumer's side; it is `Creating` until it is `Active`. 200 calls a minute.
    pub async fn create_vpc_endpoint(&self, request: &CreateVpcEndpointRequest) -> Result<EndpointResponse, Error> {
        self.client.call(request).await
    }

    /// Begins to delete an endpoint. One that is gone is already done. 200 calls a minute.
    pub async fn delete_vpc_endpoint(&self, request: &DeleteVpcEndpointRequest) -> Result<Acknowledged, Error> {
        self.client.call(request).await
    }

    /// Changes attributes of an endpoint. One at a time in the account, 200 calls a minute.
    pub async fn update_vpc_endpoint_attribute(
        &self,
        request: &UpdateVpcEndpointAttributeRequest,
    ) -> Result<Acknowledged, Error> {
        self.client.call(request).await
    }

    /// Adds a zone to an endpoint; it is `Creating`, then `Wait` or `Connected`. One at a time for each endpoint, 200 calls a
    /// minute.
    pub async fn add_zone_to_vpc_endpoint(&self, request: &AddZoneToVpcEndpointRequest) -> Result<Acknowledged, Error> {
        self.client.call(request).await
    }

    /// Takes a zone off an endpoint; it is `Deleting` until the list has it no more. One at a time for each endpoint, 200
    /// calls a minute. A zone or an endpoint that is gone is already done.
    pub async fn remove_zone_from_vpc_endpoint(
        &self,
        request: &RemoveZoneFromVpcEndpointRequest,
    ) -> Result<Acknowledged, Error> {
        self.client.call(request).await
    }

    /// Puts an endpoint into a security group; the endpoint is `Pending` until it is `Active`. One at a time for each
    /// endpoint. A group that it is in is already done. The rate is not published; 200 calls a minute, that of its siblings,
    /// is assumed.
    pub async fn attach_security_group_to_vpc_endpoint(
        &self,
        request: &AttachSecurityGroupToVpcEndpointRequest,
    ) -> Result<Acknowledged, Error> {
        self.client.call(request).await
    }

    /// Takes an endpoint out of a security group; the endpoint is `Pending` until it is `Active`. One at a time for each
    /// endpoint, 500 calls a minute.
    pub async fn detach_security_group_from_vpc_endpoint(
        &self,
        request: &DetachSecurityGroupFromVpcEndpointRequest,
    ) -> Result<Acknowledged, Error> {
        self.client.call(request).await
    }

    /// Activates `PrivateLink` for the account: **accepts a commercial order**. An account that has activated it is already
    /// done. Has no `ClientToken`, so it is sent again only when it was certainly not sent before. 5 calls a second. Other
    /// clients send it to the region `cn-hangzhou`.
    pub async fn open_private_link_service(
        &self,
        request: &OpenPrivateLinkServiceRequest,
    ) -> Result<OpenPrivateLinkServiceResponse, Error> {
        self.client.call(request).await
    }
}
