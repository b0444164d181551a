//! Acting: every operation that changes something.

use std::sync::Arc;

use crate::call::Engine;
use crate::error::Error;
use crate::model::{
    Acknowledged, AddUserToVpcEndpointServiceRequest, AttachResourceToVpcEndpointServiceRequest,
    ChangeResourceGroupRequest, CreateVpcEndpointRequest, CreateVpcEndpointServiceRequest, DeleteVpcEndpointRequest,
    DeleteVpcEndpointServiceRequest, DetachResourceFromVpcEndpointServiceRequest, DisableVpcEndpointConnectionRequest,
    EnableVpcEndpointConnectionRequest, EndpointResponse, EndpointServiceResponse,
    RemoveUserFromVpcEndpointServiceRequest, TagResourcesRequest, UntagResourcesRequest,
    UpdateVpcEndpointConnectionAttributeRequest, UpdateVpcEndpointServiceAttributeRequest,
    UpdateVpcEndpointServiceResourceAttributeRequest,
};

/// Changes the cloud and cannot look at it. Cheap to clone.
///
/// A request without a `ClientToken` gets a fresh one, the same for all quick attempts of the call. Rates and the order
/// among calls are the caller's business: see [`crate::Operation::rate`] and [`crate::Operation::serial`]. What is so
/// already comes as an error of kind [`crate::ErrorKind::AlreadyDone`], as the provider has it; so does a dry run that
/// finds nothing wrong ([`Error::passed_dry_run`]).
#[derive(Clone, Debug)]
pub struct Writer {
    engine: Arc<Engine>,
}

impl Writer {
    pub(crate) fn new(engine: Arc<Engine>) -> Self {
        Self { engine }
    }

    /// Creates an endpoint service. Answers at once with id, name and domain; the service is `Creating` until it is
    /// `Active`. 200 calls a minute.
    pub async fn create_vpc_endpoint_service(
        &self,
        request: &CreateVpcEndpointServiceRequest,
    ) -> Result<EndpointServiceResponse, Error> {
        self.engine.call(request, &[]).await
    }

    /// Changes attributes of an `Active` service, which then is `Pending` for a while. One at a time in the account, 200
    /// calls a minute.
    pub async fn update_vpc_endpoint_service_attribute(
        &self,
        request: &UpdateVpcEndpointServiceAttributeRequest,
    ) -> Result<Acknowledged, Error> {
        self.engine.call(request, &[]).await
    }

    /// Begins to delete a service; it is `Deleting` until Get answers `EndpointServiceNotFound`. One at a time in the
    /// account, 200 calls a minute. One that is gone is already done.
    pub async fn delete_vpc_endpoint_service(
        &self,
        request: &DeleteVpcEndpointServiceRequest,
    ) -> Result<Acknowledged, Error> {
        self.engine.call(request, &[]).await
    }

    /// Adds a load balancer in one zone to an `Active` service; the list shows it some seconds later. One at a time for
    /// each service, 200 calls a minute. One that is there is already done.
    pub async fn attach_resource_to_vpc_endpoint_service(
        &self,
        request: &AttachResourceToVpcEndpointServiceRequest,
    ) -> Result<Acknowledged, Error> {
        self.engine.call(request, &[]).await
    }

    /// Takes a load balancer in one zone off an `Active` service. One at a time for each service, 200 calls a minute. One
    /// that is not there is already done.
    pub async fn detach_resource_from_vpc_endpoint_service(
        &self,
        request: &DetachResourceFromVpcEndpointServiceRequest,
    ) -> Result<Acknowledged, Error> {
        self.engine.call(request, &[]).await
    }

    /// Switches whether new connections may be given a load balancer. One at a time for each service, 200 calls a minute.
    pub async fn update_vpc_endpoint_service_resource_attribute(
        &self,
        request: &UpdateVpcEndpointServiceResourceAttributeRequest,
    ) -> Result<Acknowledged, Error> {
        self.engine.call(request, &[]).await
    }

    /// Lets an account connect to an `Active` service. One at a time in the account, 200 calls a minute.
    pub async fn add_user_to_vpc_endpoint_service(
        &self,
        request: &AddUserToVpcEndpointServiceRequest,
    ) -> Result<Acknowledged, Error> {
        self.engine.call(request, &[]).await
    }

    /// Takes that permission back. One at a time for each service, 200 calls a minute.
    pub async fn remove_user_from_vpc_endpoint_service(
        &self,
        request: &RemoveUserFromVpcEndpointServiceRequest,
    ) -> Result<Acknowledged, Error> {
        self.engine.call(request, &[]).await
    }

    /// Accepts a connection, which is `Connecting` until it is `Connected`. One at a time in the account, 200 calls a
    /// minute.
    pub async fn enable_vpc_endpoint_connection(
        &self,
        request: &EnableVpcEndpointConnectionRequest,
    ) -> Result<Acknowledged, Error> {
        self.engine.call(request, &[]).await
    }

    /// Rejects or cuts a connection, which is `Disconnecting` until it is `Disconnected`. One at a time in the account, 200
    /// calls a minute.
    pub async fn disable_vpc_endpoint_connection(
        &self,
        request: &DisableVpcEndpointConnectionRequest,
    ) -> Result<Acknowledged, Error> {
        self.engine.call(request, &[]).await
    }

    /// Changes bandwidth or mode of a connection. One at a time in the account, 200 calls a minute.
    pub async fn update_vpc_endpoint_connection_attribute(
        &self,
        request: &UpdateVpcEndpointConnectionAttributeRequest,
    ) -> Result<Acknowledged, Error> {
        self.engine.call(request, &[]).await
    }

    /// Puts tags on up to 50 objects. 500 calls a minute.
    pub async fn tag_resources(&self, request: &TagResourcesRequest) -> Result<Acknowledged, Error> {
        self.engine.call(request, &[]).await
    }

    /// Takes tags off up to 50 objects. 500 calls a minute. Tags that are not there are already done.
    pub async fn untag_resources(&self, request: &UntagResourcesRequest) -> Result<Acknowledged, Error> {
        self.engine.call(request, &[]).await
    }

    /// Moves an object to another resource group. Has no `ClientToken`, so it is sent again only when it was certainly not
    /// sent before.
    pub async fn change_resource_group(&self, request: &ChangeResourceGroupRequest) -> Result<Acknowledged, Error> {
        self.engine.call(request, &[]).await
    }

    /// Creates an endpoint, the consumer's side; it is `Creating` until it is `Active`. 200 calls a minute.
    pub async fn create_vpc_endpoint(&self, request: &CreateVpcEndpointRequest) -> Result<EndpointResponse, Error> {
        self.engine.call(request, &[]).await
    }

    /// Begins to delete an endpoint. One that is gone is already done. 200 calls a minute.
    pub async fn delete_vpc_endpoint(&self, request: &DeleteVpcEndpointRequest) -> Result<Acknowledged, Error> {
        self.engine.call(request, &[]).await
    }
}
