//! The life of a service as the typed client sees it.

use std::sync::Arc;
use std::time::Duration;

use cloud_core::{Client, ErrorKind, Fate, StaticCredentials, TokioClock};
use privatelink::{
    AddUserToVpcEndpointServiceRequest, CreateVpcEndpointServiceRequest, DeleteVpcEndpointServiceRequest,
    DetachResourceFromVpcEndpointServiceRequest, EnableVpcEndpointConnectionRequest,
    GetVpcEndpointServiceAttributeRequest, ListTagResourcesRequest, ListVpcEndpointConnectionsRequest,
    ListVpcEndpointServiceResourcesRequest, ListVpcEndpointServicesRequest, Reader, Resource, Tag, TagResourcesRequest,
    TaggedType, UpdateVpcEndpointServiceAttributeRequest, Writer,
};
use privatelink_sim::{DEFAULT_CONSUMER, DEFAULT_PROVIDER, EndpointOrder, Fault, FaultKind, Moment, Simulator, Span};

use crate::support::{REGION, ZONE_I, config, credentials, pass};

fn client_at(simulator: &Simulator, clock: Arc<dyn cloud_core::Clock>) -> Client {
    Client::builder()
        .region(REGION)
        .credentials(Arc::new(StaticCredentials::new(credentials("provider")).unwrap()))
        .transport(simulator.transport())
        .clock(clock)
        .build()
        .unwrap()
}

fn client() -> (Simulator, Client) {
    let simulator = Simulator::new(config());
    let client = client_at(&simulator, simulator.clock());
    (simulator, client)
}

fn service() -> CreateVpcEndpointServiceRequest {
    let resource = |id: &str, zone: &str| Resource {
        resource_type: Some("nlb".to_owned()),
        resource_id: Some(id.to_owned()),
        zone_id: Some(zone.to_owned()),
    };
    CreateVpcEndpointServiceRequest {
        service_resource_type: Some("nlb".to_owned()),
        service_description: Some("a+b & c=ü".to_owned()),
        resources: vec![resource("nlb-a", ZONE_I)],
        tags: vec![Tag { key: "k".to_owned(), value: "v".to_owned() }],
        client_token: Some("token".to_owned()),
        ..CreateVpcEndpointServiceRequest::default()
    }
}

#[tokio::test(start_paused = true)]
async fn a_count_that_leaves_the_filter_out_does_not_fail_a_list_for_ever() {
    let (simulator, client) = client();
    simulator.change_config(|config| {
        config.guesses.total_ignores_tags = privatelink_sim::Switch::On;
        config.guesses.user_total = privatelink_sim::UserTotal::Both;
    });
    let id = create(&client).await;
    let other = CreateVpcEndpointServiceRequest { tags: Vec::new(), client_token: None, ..service() };
    Writer::new(&client).create_vpc_endpoint_service(&other).await.unwrap();
    let filter = Tag { key: "k".to_owned(), value: "v".to_owned() };
    let request = ListVpcEndpointServicesRequest { tags: vec![filter], ..ListVpcEndpointServicesRequest::default() };
    let listed = Reader::new(&client).list_vpc_endpoint_services(&request).await.unwrap();
    let ids: Vec<_> = listed.items.into_iter().filter_map(|service| service.service_id).collect();
    assert_eq!((ids, listed.pages, listed.total_count), (vec![id.clone()], 2, Some(2)));
    let request = privatelink::ListVpcEndpointServiceUsersRequest { service_id: id, ..Default::default() };
    let listed = Reader::new(&client).list_vpc_endpoint_service_users(&request).await.unwrap();
    assert_eq!((listed.items.len(), listed.pages, listed.total_count), (1, 2, Some(2)));
}

#[tokio::test(start_paused = true)]
async fn a_page_lost_in_one_reading_comes_in_the_next() {
    let (simulator, client) = client();
    let mut ids = Vec::new();
    for number in 0..5 {
        let request = CreateVpcEndpointServiceRequest { client_token: Some(number.to_string()), ..service() };
        ids.push(Writer::new(&client).create_vpc_endpoint_service(&request).await.unwrap().service.service_id.unwrap());
    }
    simulator.change_config(|config| config.lists.page_size_cap = Some(2));
    simulator.fault(Fault::next("ListVpcEndpointServices", FaultKind::LostPage));
    let list =
        async || Reader::new(&client).list_vpc_endpoint_services(&ListVpcEndpointServicesRequest::default()).await;
    let found: Vec<_> = list().await.unwrap().items.into_iter().filter_map(|service| service.service_id).collect();
    assert_eq!(found, ids);
    simulator.fault(Fault::next("ListVpcEndpointServices", FaultKind::RepeatedPage));
    let error = list().await.unwrap_err();
    assert_eq!((error.kind(), error.fate()), (ErrorKind::Transient, Fate::Ambiguous));
}

async fn create(client: &Client) -> String {
    let created = Writer::new(client).create_vpc_endpoint_service(&service()).await.unwrap();
    created.service.service_id.unwrap()
}

async fn settled(client: &Client, id: &str) {
    for _ in 0..60 {
        let get = GetVpcEndpointServiceAttributeRequest { service_id: id.to_owned() };
        let got = Reader::new(client).get_vpc_endpoint_service_attribute(&get).await.unwrap();
        if got.service.service_status.as_deref() == Some("Active") {
            return;
        }
        pass(1).await;
    }
    panic!("{id} does not become Active");
}

#[tokio::test(start_paused = true)]
async fn a_service_lives_from_create_to_gone() {
    let (simulator, client) = client();
    assert_eq!(client.caller_identity().await.unwrap().account_id, DEFAULT_PROVIDER);
    let id = create(&client).await;
    settled(&client, &id).await;
    let (reader, writer) = (Reader::new(&client), Writer::new(&client));
    let user = AddUserToVpcEndpointServiceRequest {
        service_id: id.clone(),
        user_id: Some(DEFAULT_CONSUMER.to_owned()),
        ..AddUserToVpcEndpointServiceRequest::default()
    };
    writer.add_user_to_vpc_endpoint_service(&user).await.unwrap();
    let endpoint = simulator.create_endpoint(&EndpointOrder::new(DEFAULT_CONSUMER, &id)).unwrap();
    let accept = EnableVpcEndpointConnectionRequest {
        service_id: id.clone(),
        endpoint_id: endpoint.clone(),
        bandwidth: Some(200),
        ..EnableVpcEndpointConnectionRequest::default()
    };
    writer.enable_vpc_endpoint_connection(&accept).await.unwrap();
    pass(10).await;
    let all = ListVpcEndpointConnectionsRequest::default();
    let connections = reader.list_vpc_endpoint_connections(&all).await.unwrap();
    assert_eq!((connections.items.len(), connections.total_count), (1, Some(1)));
    let delete =
        DeleteVpcEndpointServiceRequest { service_id: id.clone(), ..DeleteVpcEndpointServiceRequest::default() };
    let refused = writer.delete_vpc_endpoint_service(&delete).await.unwrap_err();
    assert_eq!((refused.kind(), refused.fate()), (ErrorKind::DependencyFirst, Fate::Refused));
    assert!(simulator.delete_endpoint(&endpoint));
    pass(10).await;
    let detach = DetachResourceFromVpcEndpointServiceRequest {
        service_id: id.clone(),
        resource_id: "nlb-a".to_owned(),
        zone_id: Some(ZONE_I.to_owned()),
        ..DetachResourceFromVpcEndpointServiceRequest::default()
    };
    writer.detach_resource_from_vpc_endpoint_service(&detach).await.unwrap();
    settled(&client, &id).await;
    pass(5).await;
    let resources = ListVpcEndpointServiceResourcesRequest { service_id: id.clone() };
    assert_eq!(reader.list_vpc_endpoint_service_resources(&resources).await.unwrap().items, []);
    writer.delete_vpc_endpoint_service(&delete).await.unwrap();
    pass(10).await;
    let gone = reader
        .get_vpc_endpoint_service_attribute(&GetVpcEndpointServiceAttributeRequest { service_id: id })
        .await
        .unwrap_err();
    assert!(gone.is("EndpointServiceNotFound"), "{gone}");
}

#[tokio::test(start_paused = true)]
async fn tags_travel_in_the_form_and_come_back_in_lists_of_pages_of_one() {
    let (simulator, client) = client();
    let id = create(&client).await;
    simulator.change_config(|config| config.lists.page_size_cap = Some(1));
    let tag = |key: &str, value: &str| Tag { key: key.to_owned(), value: value.to_owned() };
    let tags = TagResourcesRequest {
        resource_type: TaggedType::VpcEndpointService,
        resource_ids: vec![id.clone()],
        tags: vec![tag("k", "ü & +"), tag("l", "")],
        client_token: None,
        dry_run: None,
    };
    Writer::new(&client).tag_resources(&tags).await.unwrap();
    let list = ListTagResourcesRequest {
        resource_type: TaggedType::VpcEndpointService,
        resource_ids: vec![id.clone()],
        ..ListTagResourcesRequest::default()
    };
    let listed = Reader::new(&client).list_tag_resources(&list).await.unwrap();
    assert_eq!((listed.items.len(), listed.pages), (2, 2));
    let services =
        Reader::new(&client).list_vpc_endpoint_services(&ListVpcEndpointServicesRequest::default()).await.unwrap();
    assert_eq!(services.items[0].tags, [tag("k", "ü & +"), tag("l", "")]);
    assert_eq!(services.items[0].service_description.as_deref(), Some("a+b & c=ü"));
}

#[tokio::test(start_paused = true)]
async fn lost_answers_make_no_second_service() {
    let lost = [
        FaultKind::Cut { moment: Moment::AfterEffect },
        FaultKind::internal_error(Moment::AfterEffect),
        FaultKind::Truncate { bytes: 9 },
        FaultKind::TimeOut { moment: Moment::AfterEffect, after: Duration::from_mins(1) },
    ];
    for kind in lost {
        let (simulator, client) = client();
        simulator.fault(Fault::next("CreateVpcEndpointService", kind.clone()));
        // A time-out is handed back, and asked again under the same token, as the operator does.
        let id = match Writer::new(&client).create_vpc_endpoint_service(&service()).await {
            Ok(created) => created.service.service_id.unwrap(),
            Err(error) => {
                assert_eq!(error.fate(), Fate::Ambiguous, "{kind:?}");
                create(&client).await
            }
        };
        let services = simulator.services(DEFAULT_PROVIDER, REGION);
        assert_eq!((services.len(), services[0].id.as_str()), (1, id.as_str()), "{kind:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_throttled_answer_carries_its_delay() {
    let (simulator, client) = client();
    let retry_after = Some(Span::millis(1234));
    simulator.fault(Fault::next("UpdateVpcEndpointServiceAttribute", FaultKind::Throttle { status: 429, retry_after }));
    let update = UpdateVpcEndpointServiceAttributeRequest {
        service_id: "epsrv-none".to_owned(),
        ..UpdateVpcEndpointServiceAttributeRequest::default()
    };
    let throttled = Writer::new(&client).update_vpc_endpoint_service_attribute(&update).await.unwrap_err();
    assert_eq!((throttled.kind(), throttled.retry().after), (ErrorKind::Throttled, Some(Duration::from_millis(1234))));
}

#[tokio::test(start_paused = true)]
async fn a_wrong_clock_is_repaired_by_the_date_of_the_answer() {
    let simulator = Simulator::new(config());
    let late = simulator.now() + jiff::SignedDuration::from_hours(-2);
    let client = client_at(&simulator, Arc::new(TokioClock::starting_at(late)));
    let services =
        Reader::new(&client).list_vpc_endpoint_services(&ListVpcEndpointServicesRequest::default()).await.unwrap();
    assert_eq!(services.items.len(), 0);
    let codes: Vec<_> = simulator.journal().into_iter().map(|call| call.code).collect();
    assert_eq!(codes, [Some("InvalidTimeStamp.Expired".to_owned()), None]);
}
