use std::collections::BTreeSet;

use axum::body::Bytes;
use axum::http::{Request, Response};
use cloud_core::{ErrorKind, Transport, TransportError};
use futures::future::BoxFuture;
use privatelink::{AttachResourceToVpcEndpointServiceRequest, Reader, ServiceStatus, Writer};
use privatelink_sim::{DEFAULT_CONSUMER, EndpointOrder, Fault, FaultKind, ServiceChange, UserLists};

use super::*;
use crate::cloud::services::Details;
use crate::cloud::services::observed::{DetailsView, NamedId};
use crate::names::{CLUSTER_TAG, OBJECT_TAG, UID_TAG};

/// A world in which `team/web` has an Active service that the inventory did not make.
async fn with_service() -> (World, String) {
    let mut world = world(config());
    let service_id = world.create_outside("web", "prod").await.id;
    sleep(Duration::from_secs(5)).await;
    world.until("web", |observed| status_of(observed) == Some("Active")).await;
    (world, service_id)
}

async fn attach(world: &World, service_id: &str, resource_id: &str) {
    let request = AttachResourceToVpcEndpointServiceRequest {
        service_id: service_id.to_owned(),
        resource_type: "nlb".to_owned(),
        resource_id: resource_id.to_owned(),
        zone_id: Some(ZONE.to_owned()),
        ..AttachResourceToVpcEndpointServiceRequest::default()
    };
    Writer::new(&world.client).attach_resource_to_vpc_endpoint_service(&request).await.unwrap();
    let write = Write::Attach { resource_type: "nlb".to_owned(), key: key(resource_id) };
    world.inventory.remember(service_id, &write);
}

#[tokio::test(start_paused = true)]
async fn a_read_of_details_shows_attachments_and_principals() {
    let (world, service_id) = with_service().await;
    assert_eq!(world.look("web").details, DetailsView::Unknown);
    let change = ServiceChange { add_users: vec![2002], ..ServiceChange::default() };
    assert!(world.simulator.change_service(&service_id, &change));
    let as_of = world.now();
    world.inventory.read_details(&service_id, EVERYTHING).await.unwrap();
    let expected = Details {
        as_of,
        read_at: world.now(),
        attachments: BTreeMap::from([(key("nlb-1"), attachment())]),
        principals: Some(BTreeSet::from([DEFAULT_PROVIDER.to_owned(), "2002".to_owned()])),
    };
    assert_eq!(world.look("web").details, DetailsView::Known(expected));
}

#[tokio::test(start_paused = true)]
async fn an_attach_is_settled_when_get_says_active_and_no_sooner() {
    let (world, service_id) = with_service().await;
    world.inventory.read_details(&service_id, EVERYTHING).await.unwrap();
    attach(&world, &service_id, "nlb-2").await;
    let DetailsView::Known(details) = world.look("web").details else { panic!("it was read") };
    assert_eq!(details.attachments, BTreeMap::from([(key("nlb-1"), attachment()), (key("nlb-2"), attachment())]));
    world.inventory.read_status(&service_id).await.unwrap();
    let pending = world.service("web").unwrap();
    assert_eq!((pending.status, pending.settling), (ServiceStatus::Pending, true));
    sleep(Duration::from_secs(2)).await;
    assert!(world.service("web").unwrap().settling);
    world.inventory.read_status(&service_id).await.unwrap();
    let settled = world.service("web").unwrap();
    assert_eq!((settled.status, settled.settling), (ServiceStatus::Active, false));
}

#[tokio::test(start_paused = true)]
async fn a_service_that_is_gone_is_judged_gone() {
    let (mut world, service_id) = with_service().await;
    world.simulator.delete_service(&service_id);
    world.inventory.request_refresh(&id("web"), world.now() + SignedDuration::from_secs(4));
    let gone = world.until("web", |observed| matches!(observed.service, ServiceView::Absent { .. })).await;
    assert_eq!(gone.service, ServiceView::Absent { named: NamedId::Unjudged(service_id.clone()) });
    world.inventory.judge(&id("web"), &service_id).await.unwrap();
    assert_eq!(world.look("web").service, ServiceView::Absent { named: NamedId::Gone(service_id) });
}

#[tokio::test(start_paused = true)]
async fn a_service_whose_tags_were_taken_off_is_judged_foreign() {
    let (mut world, service_id) = with_service().await;
    let change = ServiceChange {
        tags: [CLUSTER_TAG, UID_TAG, OBJECT_TAG].map(|key| (key.to_owned(), None)).into(),
        ..ServiceChange::default()
    };
    assert!(world.simulator.change_service(&service_id, &change));
    world.inventory.request_refresh(&id("web"), world.now());
    world.until("web", |observed| matches!(observed.service, ServiceView::Absent { .. })).await;
    world.inventory.judge(&id("web"), &service_id).await.unwrap();
    let ServiceView::Foreign(foreign) = world.look("web").service else { panic!("it still exists") };
    assert_eq!((foreign.id, foreign.tags), (service_id, BTreeMap::new()));
}

#[tokio::test(start_paused = true)]
async fn a_service_that_only_get_knows_is_judged_hidden() {
    let mut config = config();
    config.lists.lag = Duration::from_secs(30);
    let mut world = world(config);
    let service_id = world.create_outside("web", "prod").await.id;
    world.look("web");
    world.until_requeued("web").await;
    let unjudged = world.look_named("web", Some(&service_id)).service;
    assert_eq!(unjudged, ServiceView::Absent { named: NamedId::Unjudged(service_id.clone()) });
    world.inventory.judge(&id("web"), &service_id).await.unwrap();
    let hidden = world.look_named("web", Some(&service_id)).service;
    assert_eq!(hidden, ServiceView::Absent { named: NamedId::Hidden(service_id) });
}

#[tokio::test(start_paused = true)]
async fn a_throttled_read_stops_further_ones_until_the_provider_said() {
    let (world, service_id) = with_service().await;
    world.simulator.fault(Fault::next(
        "GetVpcEndpointServiceAttribute",
        FaultKind::Throttle { status: 400, retry_after: Some(Span::millis(5_000)) },
    ));
    let first = world.inventory.read_status(&service_id).await.unwrap_err();
    assert_eq!(first.kind(), ErrorKind::Throttled);
    assert_eq!(world.inventory.read_status(&service_id).await, Err(first.for_others()));
    world.inventory.read_details(&service_id, EVERYTHING).await.unwrap();
    assert_eq!(world.calls("GetVpcEndpointServiceAttribute").len(), 1);
    sleep(Duration::from_secs(5)).await;
    world.inventory.read_status(&service_id).await.unwrap();
    assert_eq!(world.calls("GetVpcEndpointServiceAttribute").len(), 2);
}

#[tokio::test(start_paused = true)]
async fn connections_are_read_for_one_who_asked_and_requeue_it() {
    let (mut world, service_id) = with_service().await;
    let change = ServiceChange { add_users: vec![DEFAULT_CONSUMER.parse().unwrap()], ..ServiceChange::default() };
    assert!(world.simulator.change_service(&service_id, &change));
    let endpoint = world.simulator.create_endpoint(&EndpointOrder::new(DEFAULT_CONSUMER, &service_id)).unwrap();
    sleep(Duration::from_mins(5)).await;
    assert_eq!(world.calls("ListVpcEndpointConnections"), []);
    world.requeued();
    let as_of = world.now();
    world.inventory.request_dependents(&id("web"), as_of);
    world.until_requeued("web").await;
    let connections = world.look("web").connections.unwrap();
    let seen: Vec<_> =
        connections.list.iter().map(|seen| (seen.endpoint_id.as_str(), seen.account_id.as_deref())).collect();
    assert_eq!((connections.as_of, seen), (as_of, vec![(endpoint.as_str(), Some(DEFAULT_CONSUMER))]));
    sleep(Duration::from_mins(5)).await;
    assert_eq!(world.calls("ListVpcEndpointConnections").len(), 1);
}

/// A cloud whose list does not care for its filter, and whose Get knows nothing.
#[derive(Debug)]
struct Careless;

impl Transport for Careless {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>> {
        let lists = request.headers().get("x-acs-action").is_some_and(|action| action == "ListVpcEndpointServices");
        let (status, body) = if lists {
            (200, r#"{"Services":[{"ServiceId":"epsrv-other","ServiceStatus":"Active"}],"TotalCount":1}"#)
        } else {
            (400, r#"{"Code":"EndpointServiceNotFound","Message":"The specified Service does not exist."}"#)
        };
        Box::pin(async move {
            Ok(Response::builder().status(status).body(Bytes::from_static(body.as_bytes())).expect("it is sound"))
        })
    }
}

#[tokio::test(start_paused = true)]
async fn an_entry_of_another_id_is_no_answer_to_a_judgement() {
    let world = world(config());
    let client = Client::builder()
        .region(REGION)
        .credentials(Arc::new(StaticCredentials::key("sim-provider-key", "sim-provider-secret").unwrap()))
        .transport(Arc::new(Careless))
        .clock(world.simulator.clock())
        .build()
        .unwrap();
    let inventory = Inventory::start(Setup { reader: Reader::new(&client), ..world.inventory.shared.setup.clone() });
    let query = Query {
        id: &id("web"),
        owner: &owner("web"),
        generation: 1,
        named: Some("epsrv-1"),
        adopt: None,
        record: None,
        details: DetailsQuery::default(),
    };
    inventory.observed(&query);
    sleep(Duration::from_secs(1)).await;
    inventory.judge(&id("web"), "epsrv-1").await.unwrap();
    let gone = ServiceView::Absent { named: NamedId::Gone("epsrv-1".to_owned()) };
    assert_eq!(inventory.observed(&query).service, gone);
}

#[tokio::test(start_paused = true)]
async fn principals_are_read_whether_the_provider_keeps_one_list_or_two() {
    for user_lists in [UserLists::One, UserLists::Separate] {
        let mut config = config();
        config.guesses.user_lists = user_lists;
        let mut world = world(config);
        let service_id = world.create_outside("web", "prod").await.id;
        world.until("web", |observed| matches!(observed.service, ServiceView::Ours(_))).await;
        let change = ServiceChange {
            add_users: vec![2002],
            add_user_arns: vec!["acs:ram:*:3003:*".to_owned()],
            ..ServiceChange::default()
        };
        assert!(world.simulator.change_service(&service_id, &change));
        world.inventory.read_details(&service_id, EVERYTHING).await.unwrap();
        let expected = BTreeSet::from([DEFAULT_PROVIDER, "2002", "3003"].map(str::to_owned));
        assert_eq!(world.look("web").principals(), Some(&expected), "{user_lists:?}");
    }
}
