//! Reads of one service, made by the pass that needs them. What they find lands in the state and is in the next
//! `observed`.

use std::future::Future;

use privatelink::{
    Error, ErrorKind, GetVpcEndpointServiceAttributeRequest, ListVpcEndpointServiceResourcesRequest,
    ListVpcEndpointServiceUsersRequest, ListVpcEndpointServicesRequest, Operation, ServiceStatus, UserListType,
};

use super::Inventory;
use super::state::{Judgement, denies_existence};
use crate::cloud::identity::ObjectId;
use crate::cloud::service::{DeepView, Service, answers};

impl Inventory {
    /// Reads attachments and principals of a service.
    pub async fn read_deep(&self, service_id: &str) -> Result<(), Error> {
        let as_of = self.shared.now();
        let resources = ListVpcEndpointServiceResourcesRequest { service_id: service_id.to_owned() };
        let users = ListVpcEndpointServiceUsersRequest {
            service_id: service_id.to_owned(),
            user_list_type: UserListType::UserArns,
            ..ListVpcEndpointServiceUsersRequest::default()
        };
        let reader = &self.shared.setup.reader;
        let (resources, users) = tokio::try_join!(
            self.gated(
                Operation::ListVpcEndpointServiceResources,
                reader.list_vpc_endpoint_service_resources(&resources)
            ),
            self.gated(Operation::ListVpcEndpointServiceUsers, reader.list_vpc_endpoint_service_users(&users)),
        )?;
        let attachments = answers::attachments(resources.items);
        let (read_at, principals) = (self.shared.now(), answers::principals(users.items));
        let view = DeepView { as_of, read_at, attachments, principals };
        self.shared.state().read_deep(service_id, view);
        Ok(())
    }

    /// Reads the status of a service by Get, which does not lag. That it does not exist is an answer, not an error: the
    /// lists will follow.
    pub async fn read_service(&self, service_id: &str) -> Result<(), Error> {
        let as_of = self.shared.now();
        let status = self.get(service_id).await?;
        self.shared.state().got(service_id, as_of, status);
        self.shared.services.notify_one();
        Ok(())
    }

    /// Finds out what became of an id that no sweep shows as the object's, by the list and by Get.
    pub async fn judge(&self, id: &ObjectId, service_id: &str) -> Result<(), Error> {
        let as_of = self.shared.now();
        let (listed, status) = tokio::try_join!(self.list_one(service_id), self.get(service_id))?;
        let judgement = Judgement { listed, exists: status.is_some() };
        self.shared.state().judged(id, service_id, as_of, judgement);
        Ok(())
    }

    async fn get(&self, service_id: &str) -> Result<Option<ServiceStatus>, Error> {
        let request = GetVpcEndpointServiceAttributeRequest { service_id: service_id.to_owned() };
        let call = self.shared.setup.reader.get_vpc_endpoint_service_attribute(&request);
        match self.gated(Operation::GetVpcEndpointServiceAttribute, call).await {
            Ok(answer) => Ok(Some(answer.service.status())),
            Err(error) if denies_existence(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The service as the list by its id shows it. The filter is not trusted: an entry of another id is no answer.
    async fn list_one(&self, service_id: &str) -> Result<Option<Service>, Error> {
        let request = ListVpcEndpointServicesRequest {
            service_id: Some(service_id.to_owned()),
            ..ListVpcEndpointServicesRequest::default()
        };
        let call = self.shared.setup.reader.list_vpc_endpoint_services(&request);
        let listed = self.gated(Operation::ListVpcEndpointServices, call).await?;
        Ok(listed.items.into_iter().filter_map(Service::from_answer).find(|service| service.id == service_id))
    }

    /// Sends a read, unless the provider closed its operation; in that case the error is the one that closed it.
    async fn gated<T>(&self, operation: Operation, call: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        let began = self.shared.now();
        self.shared.state().enter_gate(operation, began)?;
        let answer = call.await;
        match &answer {
            Err(error) if error.kind() == ErrorKind::Throttled || error.http_status().is_none() => {
                self.shared.state().note_failure(error, self.shared.now());
            }
            _ if self.shared.state().note_answer(operation, began) => {
                self.shared.setup.wake.recovered(&self.shared.setup.target);
            }
            _ => {}
        }
        answer
    }
}
