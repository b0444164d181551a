use privatelink_sim::{Fault, FaultKind, Moment, ServiceChange};

use super::*;

/// The next three attempts, which is what one call makes, are answered 500.
fn broken() -> Fault {
    Fault::next("ListVpcEndpointServices", FaultKind::internal_error(Moment::BeforeEffect)).times(3)
}

#[tokio::test(start_paused = true)]
async fn an_idle_operator_without_objects_sends_nothing() {
    let world = world(config());
    sleep(Duration::from_hours(1)).await;
    assert_eq!(world.simulator.journal(), []);
}

#[tokio::test(start_paused = true)]
async fn at_rest_there_is_one_list_a_minute_and_nobody_is_requeued() {
    let mut world = world(config());
    let created = world.create_outside("web", "prod").await;
    sleep(Duration::from_secs(5)).await;
    world.look("web");
    world.until_requeued("web").await;
    assert_eq!(world.service("web").map(|service| service.id), Some(created.id));
    sleep(Duration::from_mins(10)).await;
    let lists = world.lists();
    let gaps: Vec<SignedDuration> = lists.windows(2).map(|pair| pair[1].duration_since(pair[0])).collect();
    assert!((9..=12).contains(&gaps.len()), "{gaps:?}");
    let (shortest, longest) = (SignedDuration::from_millis(53_990), SignedDuration::from_millis(66_100));
    assert!(gaps.iter().all(|gap| (shortest..=longest).contains(gap)), "{gaps:?}");
    assert_eq!(world.requeued(), []);
}

#[tokio::test(start_paused = true)]
async fn all_pages_are_read() {
    let mut config = config();
    config.lists.page_size_cap = Some(3);
    let mut world = world(config);
    let names: Vec<String> = (0..10).map(|number| format!("web-{number}")).collect();
    for name in &names {
        world.create_outside(name, "prod").await;
    }
    for name in &names {
        world.look(name);
    }
    world.until_requeued("web-9").await;
    assert_eq!(world.lists().len(), 4);
    for name in &names {
        assert!(world.service(name).is_some(), "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn services_of_other_clusters_are_not_ours() {
    let mut world = world(config());
    world.create_outside("web", "staging").await;
    let own = world.create_outside("web", "prod").await;
    world.look("web");
    world.until_requeued("web").await;
    assert_eq!(world.service("web").map(|service| service.id), Some(own.id));
    assert_eq!(world.inventory.figures().resources, 1);
}

#[tokio::test(start_paused = true)]
async fn a_change_outside_requeues_only_the_object_whose_service_it_is() {
    let mut world = world(config());
    let (web, _) = (world.create_outside("web", "prod").await, world.create_outside("api", "prod").await);
    sleep(Duration::from_secs(5)).await;
    world.look("web");
    world.look("api");
    sleep(Duration::from_secs(1)).await;
    world.requeued();
    let change = ServiceChange { description: Some("drifted".to_owned()), ..ServiceChange::default() };
    assert!(world.simulator.change_service(&web.id, &change));
    sleep(Duration::from_secs(70)).await;
    assert_eq!(world.requeued(), [id("web")]);
    assert!(world.service("web").is_some_and(|service| service.attributes.is(&Field::Description, "drifted")));
}

#[tokio::test(start_paused = true)]
async fn a_failed_list_is_tried_again_once_before_anybody_hears_of_it() {
    let mut world = world(config());
    world.simulator.fault(broken());
    let mut recoveries = world.requeuer.recoveries();
    let observed = world.until("web", |observed| observed.as_of.is_some()).await;
    assert_eq!(observed.list_error, None);
    let figures = world.inventory.figures();
    assert_eq!((figures.lists, figures.list_failures), (2, 1));
    assert!(recoveries.try_recv().is_err());
}

#[tokio::test(start_paused = true)]
async fn when_the_second_try_fails_too_the_error_is_shown_until_a_good_list_requeues_those_who_saw_it() {
    let mut world = world(config());
    world.until("web", |observed| observed.as_of.is_some()).await;
    let mut recoveries = world.requeuer.recoveries();
    world.simulator.fault(broken().times(9));
    sleep(Duration::from_secs(1)).await;
    world.inventory.request_refresh(&id("web"), world.now());
    let failed = timeout(Duration::from_mins(1), async {
        loop {
            let error = world.look("web").list_error;
            if let Some(error) = error {
                return error;
            }
            sleep(Duration::from_millis(100)).await;
        }
    });
    let error = failed.await.expect("the error is never shown");
    assert_eq!((error.code(), error.http_status()), (Some("InternalError"), Some(500)));
    assert_eq!(recoveries.try_recv().ok(), None);
    world.requeued();
    world.until_requeued("web").await;
    assert_eq!(world.look("web").list_error, None);
    assert_eq!(recoveries.try_recv().ok(), Some(target()));
}

#[tokio::test(start_paused = true)]
async fn a_throttled_list_comes_again_when_the_provider_said() {
    let mut world = world(config());
    world.simulator.fault(Fault::next(
        "ListVpcEndpointServices",
        FaultKind::Throttle { status: 400, retry_after: Some(Span::millis(12_000)) },
    ));
    world.until("web", |observed| observed.as_of.is_some()).await;
    let lists = world.lists();
    let gap = lists[1].duration_since(lists[0]);
    assert_eq!(lists.len(), 2);
    assert!((SignedDuration::from_secs(12)..SignedDuration::from_millis(12_100)).contains(&gap), "{gap:?}");
}

#[tokio::test(start_paused = true)]
async fn the_task_ends_with_the_last_handle() {
    let mut world = world(config());
    world.until("web", |observed| observed.as_of.is_some()).await;
    let clone = world.inventory.clone();
    let World { simulator, inventory, .. } = world;
    drop(inventory);
    sleep(Duration::from_secs(1)).await;
    clone.request_refresh(&id("web"), simulator.now());
    sleep(Duration::from_secs(1)).await;
    let sent = simulator.journal().len();
    drop(clone);
    sleep(Duration::from_hours(1)).await;
    assert_eq!((sent, simulator.journal().len()), (2, 2));
}

#[tokio::test(start_paused = true)]
async fn a_list_of_connections_that_fails_twice_is_told_to_those_who_wait_for_it_and_once() {
    let mut world = world(config());
    world.until("web", |observed| observed.as_of.is_some()).await;
    let fault = Fault::next("ListVpcEndpointConnections", FaultKind::internal_error(Moment::BeforeEffect));
    world.simulator.fault(fault.clone().times(3));
    world.inventory.request_dependents(&id("web"), world.now());
    world.requeued();
    world.until_requeued("web").await;
    assert_eq!(world.look("web").connections_error, None, "one failure is tried again");
    world.simulator.fault(fault.times(30));
    sleep(Duration::from_secs(1)).await;
    world.inventory.request_dependents(&id("web"), world.now());
    world.requeued();
    world.until_requeued("web").await;
    let error = world.look("web").connections_error.expect("it has failed twice");
    assert_eq!(error.code(), Some("InternalError"));
    world.until_requeued("web").await;
    assert_eq!(world.look("web").connections_error, None, "it was requeued again by the good list only");
}

#[tokio::test(start_paused = true)]
async fn a_word_that_nobody_knows_is_counted_once_and_stops_nobody() {
    let mut world = world(config());
    let service = world.create_outside("web", "prod").await;
    world.until("web", |observed| matches!(observed.service, ServiceView::Ours(_))).await;
    let odd = Service { business_status: Some("Odd".to_owned()), proof: Proof::Listed, ..service };
    for second in 0..3 {
        let as_of = world.now() + SignedDuration::from_secs(second);
        let mut state = world.inventory.shared.state();
        state.listed(as_of, [odd.clone()]);
        let expected = if second == 0 { vec![("ServiceBusinessStatus", "Odd".to_owned())] } else { vec![] };
        assert_eq!(state.new_unknown_states(), expected);
    }
    assert_eq!(world.inventory.figures().unknown_states, 1);
}
