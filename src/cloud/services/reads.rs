//! The reads of endpoint services: which are sent, and what is made of the answers.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;

use cloud_core::{Clock, Error};
use jiff::Timestamp;
use privatelink::{
    GetVpcEndpointServiceAttributeRequest, ListVpcEndpointConnectionsRequest, ListVpcEndpointServiceResourcesRequest,
    ListVpcEndpointServiceUsersRequest, ListVpcEndpointServicesRequest, Operation, Reader, ServiceStatus, Tag,
    UserListType,
};

use super::resource::EndpointServices;
use super::{Connection, Details, Service, answers};
use crate::cloud::errors::denies_existence;
use crate::cloud::inventory::Reads;
use crate::names::CLUSTER_TAG;

/// Sends the reads of one service.
pub trait Sends: Copy + Send + Sync {
    fn reader(&self) -> &Reader;

    fn now(&self) -> Timestamp;

    fn send<T: Send>(
        self,
        operation: Operation,
        call: impl Future<Output = Result<T, Error>> + Send,
    ) -> impl Future<Output = Result<T, Error>> + Send;
}

impl Sends for Reads<'_, EndpointServices> {
    fn reader(&self) -> &Reader {
        Reads::reader(*self)
    }

    fn now(&self) -> Timestamp {
        Reads::now(*self)
    }

    /// Behind the circuit breaker of the operation.
    async fn send<T: Send>(
        self,
        operation: Operation,
        call: impl Future<Output = Result<T, Error>> + Send,
    ) -> Result<T, Error> {
        self.guarded(operation, call).await
    }
}

/// Sends them as they come: for whoever looks once, and waits by itself where the provider asks for patience.
#[derive(Clone, Copy, Debug)]
pub struct Direct<'a> {
    pub reader: &'a Reader,
    pub clock: &'a dyn Clock,
}

impl Sends for Direct<'_> {
    fn reader(&self) -> &Reader {
        self.reader
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    async fn send<T: Send>(
        self,
        _: Operation,
        call: impl Future<Output = Result<T, Error>> + Send,
    ) -> Result<T, Error> {
        call.await
    }
}

/// Every service of the account and region, whoever made it; with an id, that one alone. The filter is not trusted.
pub async fn all_services(reader: &Reader, service_id: Option<&str>) -> Result<Vec<Service>, Error> {
    let request = ListVpcEndpointServicesRequest {
        service_id: service_id.map(str::to_owned),
        ..ListVpcEndpointServicesRequest::default()
    };
    let listed = reader.list_vpc_endpoint_services(&request).await?;
    let services = listed.items.into_iter().filter_map(Service::from_answer);
    Ok(services.filter(|service| service_id.is_none_or(|id| service.id == id)).collect())
}

/// The services that carry the tag of the cluster.
pub(super) async fn services(reader: &Reader, cluster: &str) -> Result<Vec<Service>, Error> {
    let request = ListVpcEndpointServicesRequest {
        tags: vec![Tag { key: CLUSTER_TAG.to_owned(), value: cluster.to_owned() }],
        ..ListVpcEndpointServicesRequest::default()
    };
    let listed = reader.list_vpc_endpoint_services(&request).await?;
    Ok(listed.items.into_iter().filter_map(Service::from_answer).collect())
}

/// The connections to any service, by service.
pub async fn connections(reader: &Reader) -> Result<BTreeMap<String, Vec<Connection>>, Error> {
    let listed = reader.list_vpc_endpoint_connections(&ListVpcEndpointConnectionsRequest::default()).await?;
    Ok(answers::connections(listed.items))
}

/// The connections to this service. The filter is not trusted.
pub async fn connections_of(reader: &Reader, service_id: &str) -> Result<Vec<Connection>, Error> {
    let request = ListVpcEndpointConnectionsRequest {
        service_id: Some(service_id.to_owned()),
        ..ListVpcEndpointConnectionsRequest::default()
    };
    let listed = reader.list_vpc_endpoint_connections(&request).await?;
    Ok(answers::connections(listed.items).remove(service_id).unwrap_or_default())
}

/// The service as the list by its id shows it. The filter is not trusted: an entry of another id is no answer.
pub(super) async fn service(reads: Reads<'_, EndpointServices>, service_id: &str) -> Result<Option<Service>, Error> {
    let request = ListVpcEndpointServicesRequest {
        service_id: Some(service_id.to_owned()),
        ..ListVpcEndpointServicesRequest::default()
    };
    let call = reads.reader().list_vpc_endpoint_services(&request);
    let listed = reads.guarded(Operation::ListVpcEndpointServices, call).await?;
    Ok(listed.items.into_iter().filter_map(Service::from_answer).find(|service| service.id == service_id))
}

/// The status of a service by Get; `None`: there is no such service.
pub(super) async fn status(
    reads: Reads<'_, EndpointServices>,
    service_id: &str,
) -> Result<Option<ServiceStatus>, Error> {
    let request = GetVpcEndpointServiceAttributeRequest { service_id: service_id.to_owned() };
    let call = reads.reader().get_vpc_endpoint_service_attribute(&request);
    match reads.guarded(Operation::GetVpcEndpointServiceAttribute, call).await {
        Ok(answer) => Ok(Some(answer.service.status())),
        Err(error) if denies_existence(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Attachments of a service, and its principals where they are wanted, as they are now.
pub async fn details(reads: impl Sends, service_id: &str, with_principals: bool) -> Result<Details, Error> {
    let as_of = reads.now();
    let request = ListVpcEndpointServiceResourcesRequest { service_id: service_id.to_owned() };
    let resources = reads
        .send(Operation::ListVpcEndpointServiceResources, reads.reader().list_vpc_endpoint_service_resources(&request));
    let (resources, principals) = tokio::try_join!(resources, wanted_principals(reads, service_id, with_principals))?;
    let attachments = answers::attachments(resources.items);
    Ok(Details { as_of, read_at: reads.now(), attachments, principals })
}

async fn wanted_principals(
    reads: impl Sends,
    service_id: &str,
    are_wanted: bool,
) -> Result<Option<BTreeSet<String>>, Error> {
    if are_wanted { principals(reads, service_id).await.map(Some) } else { Ok(None) }
}

/// The allowed principals. The provider may keep accounts added by id and those added by ARN in one list or in two, so both are asked
/// for; one after the other, because after a throttled read only one goes ahead.
pub async fn principals(reads: impl Sends, service_id: &str) -> Result<BTreeSet<String>, Error> {
    let mut entries = Vec::new();
    for user_list_type in [UserListType::Users, UserListType::UserArns] {
        let request = ListVpcEndpointServiceUsersRequest {
            service_id: service_id.to_owned(),
            user_list_type,
            ..ListVpcEndpointServiceUsersRequest::default()
        };
        let call = reads.reader().list_vpc_endpoint_service_users(&request);
        entries.extend(reads.send(Operation::ListVpcEndpointServiceUsers, call).await?.items);
    }
    Ok(answers::principals(entries))
}
