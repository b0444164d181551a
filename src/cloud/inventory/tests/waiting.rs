use super::*;

#[tokio::test(start_paused = true)]
async fn one_list_serves_two_hundred_who_wait() {
    let mut world = world(config());
    let names: Vec<String> = (0..200).map(|number| format!("web-{number}")).collect();
    for name in &names {
        world.look(name);
    }
    sleep(Duration::from_secs(1)).await;
    world.requeued();
    world.simulator.clear_journal();
    let not_before = world.now();
    for name in &names {
        world.inventory.request_refresh(&id(name), not_before);
    }
    sleep(Duration::from_secs(1)).await;
    assert_eq!(world.lists().len(), 1);
    let mut requeued = world.requeued();
    let mut expected: Vec<ObjectId> = names.iter().map(|name| id(name)).collect();
    requeued.sort();
    expected.sort();
    assert_eq!(requeued, expected);
    assert!(world.look("web-7").as_of.is_some_and(|as_of| as_of >= not_before));
}

#[tokio::test(start_paused = true)]
async fn a_request_that_is_made_while_a_list_runs_is_served_by_the_next_one() {
    let mut config = config();
    config.timers.read_call = Span::millis(2_000);
    let mut world = world(config);
    world.look("web");
    sleep(Duration::from_secs(1)).await;
    let not_before = world.now();
    world.inventory.request_refresh(&id("web"), not_before);
    let observed = world.until("web", |observed| observed.as_of.is_some_and(|as_of| as_of >= not_before)).await;
    assert!(observed.as_of.is_some());
    assert_eq!(world.lists().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_service_becomes_active_before_the_eyes_of_its_object_with_few_lists() {
    let mut world = world(config());
    world.until("web", |observed| observed.as_of.is_some()).await;
    world.simulator.clear_journal();
    let service_id = world.create("web").await;
    assert_eq!(status_of(&world.look("web")), Some("Creating"));
    world.until("web", |observed| status_of(observed) == Some("Active")).await;
    let seen = world.service("web").unwrap();
    assert_eq!((seen.id, seen.proof), (service_id, Proof::Listed));
    // At 0 s, 0.5 s, 1.5 s and 3.5 s it is Creating; 7.5 s is the first look after 4 s. The list's first showing of it is
    // a change too.
    assert!(world.lists().len() <= 6, "{:?}", world.lists());
}

#[tokio::test(start_paused = true)]
async fn pending_writes_stand_in_for_lists_that_lag_thirty_seconds() {
    let mut config = config();
    config.lists.lag = Duration::from_secs(30);
    let mut world = world(config);
    world.until("web", |observed| observed.as_of.is_some()).await;
    let service_id = world.create("web").await;
    let born = Instant::now();
    let deadline = born + Duration::from_mins(1);
    while Instant::now() < deadline {
        let seen = world.service("web").expect("the service is never absent");
        // The list shows it after 30 s, and by then looks are 5 s apart.
        let listed = born.elapsed() >= Duration::from_secs(36);
        assert!(!listed || seen.proof == Proof::Listed, "{:?}", born.elapsed());
        sleep(Duration::from_millis(250)).await;
    }
    assert_eq!(status_of(&world.look("web")), Some("Active"));
    world.describe(&service_id, "after").await;
    let written = Instant::now();
    while written.elapsed() < Duration::from_secs(50) {
        let seen = world.service("web").unwrap();
        assert!(seen.attributes.is(&Field::Description, "after"));
        let visible = written.elapsed() >= Duration::from_secs(36);
        assert!(!visible || seen.unseen.is_empty(), "{:?}: {:?}", written.elapsed(), seen.unseen);
        sleep(Duration::from_millis(250)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_deletion_is_seen_through_to_its_end() {
    let mut world = world(config());
    let service_id = world.create_outside("web", "prod").await.id;
    sleep(Duration::from_secs(5)).await;
    world.until("web", |observed| status_of(observed) == Some("Active")).await;
    world.simulator.delete_service(&service_id);
    world.inventory.remember(&service_id, &Write::Delete);
    assert_eq!(status_of(&world.look("web")), Some("Deleting"));
    let gone = world.until("web", |observed| matches!(observed.service, ServiceView::Absent { .. })).await;
    assert_eq!(gone.own.proven_id.as_deref(), Some(service_id.as_str()));
    assert!(world.lists().len() <= 7, "{:?}", world.lists());
}
