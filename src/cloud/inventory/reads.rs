//! Reads of one service, made by the pass that needs them, or by the refresh of details. What they find lands in the state and is in the
//! next `observed`.

use std::collections::BTreeSet;
use std::future::Future;

use cloud_core::Error;
use privatelink::{
    GetVpcEndpointServiceAttributeRequest, ListVpcEndpointServiceResourcesRequest, ListVpcEndpointServiceUsersRequest,
    ListVpcEndpointServicesRequest, Operation, ServiceStatus, UserListType,
};

use super::state::Judgement;
use super::{Inventory, Shared};
use crate::cloud::errors::{denies_existence, is_throttled};
use crate::cloud::services::{DeepView, Service, answers};
use crate::identity::ObjectId;

impl Inventory {
    /// Reads attachments, and, where they are wanted, principals of a service.
    pub async fn read_deep(&self, service_id: &str, with_principals: bool) -> Result<(), Error> {
        let view = self.shared.details(service_id, with_principals).await?;
        self.shared.state().read_deep(service_id, view);
        self.shared.details.notify_one();
        Ok(())
    }

    /// Reads the status of a service by Get, which does not lag. That it does not exist is an answer, not an error: the
    /// lists will follow.
    pub async fn read_service(&self, service_id: &str) -> Result<(), Error> {
        let as_of = self.shared.now();
        let status = self.shared.get(service_id).await?;
        self.shared.state().got(service_id, as_of, status);
        self.shared.services.notify_one();
        Ok(())
    }

    /// Finds out what became of an id that no sweep shows as the object's, by the list and by Get.
    pub async fn judge(&self, id: &ObjectId, service_id: &str) -> Result<(), Error> {
        let as_of = self.shared.now();
        let (listed, status) = tokio::try_join!(self.shared.list_one(service_id), self.shared.get(service_id))?;
        let judgement = Judgement { listed, exists: status.is_some() };
        self.shared.state().judged(id, service_id, as_of, judgement);
        Ok(())
    }
}

impl Shared {
    /// Attachments of a service, and its principals where they are wanted, as they are now.
    pub(super) async fn details(&self, service_id: &str, with_principals: bool) -> Result<DeepView, Error> {
        let as_of = self.now();
        let request = ListVpcEndpointServiceResourcesRequest { service_id: service_id.to_owned() };
        let resources = self.guarded(
            Operation::ListVpcEndpointServiceResources,
            self.setup.reader.list_vpc_endpoint_service_resources(&request),
        );
        let (resources, principals) = tokio::try_join!(resources, self.principals(service_id, with_principals))?;
        let attachments = answers::attachments(resources.items);
        Ok(DeepView { as_of, read_at: self.now(), attachments, principals })
    }

    /// The allowed principals. The provider may keep accounts added by id and those added by ARN in one list or in two, so both are asked
    /// for; one after the other, because after a throttled read only one goes ahead.
    async fn principals(&self, service_id: &str, are_wanted: bool) -> Result<Option<BTreeSet<String>>, Error> {
        if !are_wanted {
            return Ok(None);
        }
        let mut entries = Vec::new();
        for user_list_type in [UserListType::Users, UserListType::UserArns] {
            let request = ListVpcEndpointServiceUsersRequest {
                service_id: service_id.to_owned(),
                user_list_type,
                ..ListVpcEndpointServiceUsersRequest::default()
            };
            let call = self.setup.reader.list_vpc_endpoint_service_users(&request);
            entries.extend(self.guarded(Operation::ListVpcEndpointServiceUsers, call).await?.items);
        }
        Ok(Some(answers::principals(entries)))
    }

    async fn get(&self, service_id: &str) -> Result<Option<ServiceStatus>, Error> {
        let request = GetVpcEndpointServiceAttributeRequest { service_id: service_id.to_owned() };
        let call = self.setup.reader.get_vpc_endpoint_service_attribute(&request);
        match self.guarded(Operation::GetVpcEndpointServiceAttribute, call).await {
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
        let call = self.setup.reader.list_vpc_endpoint_services(&request);
        let listed = self.guarded(Operation::ListVpcEndpointServices, call).await?;
        Ok(listed.items.into_iter().filter_map(Service::from_answer).find(|service| service.id == service_id))
    }

    /// Sends a read, unless its circuit breaker is tripped; in that case the error is the one that tripped it.
    async fn guarded<T>(&self, operation: Operation, call: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        let began = self.now();
        self.state().enter_breaker(operation, began)?;
        let answer = call.await;
        match &answer {
            Err(error) if is_throttled(error) || error.http_status().is_none() => {
                self.state().note_failure(error, self.now());
            }
            _ if self.state().note_answer(operation, began) => {
                self.setup.wake.recovered(&self.setup.target);
            }
            _ => {}
        }
        answer
    }
}
