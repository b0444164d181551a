//! The refresh of details: how often it reads, whom it requeues, and when it holds back.

use std::collections::BTreeSet;

use privatelink_sim::{AttachmentId, Fault, FaultKind, Moment, ServiceChange};

use super::*;
use crate::cloud::services::Details;
use crate::cloud::services::observed::{DetailsView, Refresh};

const RESOURCES: &str = "ListVpcEndpointServiceResources";
const USERS: &str = "ListVpcEndpointServiceUsers";
/// `detailsRefreshPeriod`.
const PERIOD: Duration = Duration::from_mins(100);

impl World {
    /// A look of an object whose spec manages attachments and principals.
    fn look_whole(&self, name: &str, requested_at: Option<&str>, refreshed_at: Option<Timestamp>) -> Observed {
        let managed = EVERYTHING;
        let details = DetailsQuery { managed, requested_at, refreshed_at };
        let query = Query {
            id: &id(name),
            owner: &owner(name),
            generation: 1,
            named: None,
            adopt: None,
            record: None,
            details,
        };
        self.inventory.observed(&query)
    }

    fn details(&self, name: &str) -> Option<Details> {
        match self.look_whole(name, None, None).details {
            DetailsView::Known(view) => Some(view),
            DetailsView::Unknown => None,
        }
    }

    fn counts(&self) -> (usize, usize) {
        (self.calls(RESOURCES).len(), self.calls(USERS).len())
    }
}

/// So many Active services of objects that manage all details, known from the first list.
async fn with_services(count: usize) -> (World, Vec<String>) {
    let mut world = world(config());
    let mut ids = Vec::new();
    for number in 0..count {
        ids.push(world.create_outside(&format!("web-{number}"), "prod").await.id);
    }
    sleep(Duration::from_secs(5)).await;
    for number in 0..count {
        world.look_whole(&format!("web-{number}"), None, None);
    }
    world.until_requeued("web-0").await;
    world.requeued();
    (world, ids)
}

fn is_known(view: Option<&Details>, principal: &str) -> bool {
    view.and_then(|view| view.principals.as_ref()).is_some_and(|principals| principals.contains(principal))
}

#[tokio::test(start_paused = true)]
async fn the_details_of_each_service_are_read_once_a_period_and_what_is_as_it_was_requeues_nobody() {
    let (mut world, _) = with_services(20).await;
    sleep(PERIOD).await;
    assert_eq!(world.counts(), (20, 40), "attachments, and principals in both spellings");
    let first: BTreeSet<ObjectId> = world.requeued().into_iter().collect();
    assert_eq!(first.len(), 20, "nobody knew them before");
    sleep(PERIOD * 2).await;
    assert_eq!((world.counts(), world.requeued()), ((60, 120), vec![]));
    let figures = world.inventory.figures();
    assert_eq!((figures.details_reads, figures.details_failures), (60, 0));
}

#[tokio::test(start_paused = true)]
async fn a_spec_that_does_not_manage_them_costs_no_read() {
    let (world, _) = with_services(3).await;
    for number in 0..3 {
        world.look(&format!("web-{number}"));
    }
    sleep(PERIOD * 2).await;
    assert_eq!(world.counts(), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn what_others_change_requeues_the_object_within_a_period() {
    let (mut world, ids) = with_services(5).await;
    sleep(PERIOD).await;
    world.requeued();
    let change = ServiceChange {
        add_users: vec![2002],
        detach: vec![AttachmentId { resource_id: "nlb-1".to_owned(), zone_id: ZONE.to_owned() }],
        ..ServiceChange::default()
    };
    assert!(world.simulator.change_service(&ids[2], &change));
    sleep(PERIOD).await;
    assert!(world.requeued().contains(&id("web-2")));
    let found = world.details("web-2").unwrap();
    assert!(found.attachments.is_empty() && is_known(Some(&found), "2002"), "{found:?}");
}

#[tokio::test(start_paused = true)]
async fn what_another_process_left_unread_is_read_within_a_period_after_the_start() {
    let (world, ids) = with_services(4).await;
    let restarted = Inventory::start(Setup { process_start: world.now(), ..world.inventory.shared.setup.clone() });
    drop(world.inventory.clone());
    let world = World { inventory: restarted, ..world };
    let change = ServiceChange { add_users: vec![2002], ..ServiceChange::default() };
    assert!(world.simulator.change_service(&ids[3], &change));
    for number in 0..4 {
        assert_eq!(world.details(&format!("web-{number}")), None);
    }
    sleep(PERIOD).await;
    for number in 0..4 {
        assert!(world.details(&format!("web-{number}")).is_some());
    }
    assert!(is_known(world.details("web-3").as_ref(), "2002"));
}

#[tokio::test(start_paused = true)]
async fn a_request_is_answered_by_a_list_and_a_read_begun_after_it_and_only_once() {
    let (mut world, ids) = with_services(1).await;
    let (lists, asked) = (world.lists().len(), world.now());
    let open = Refresh { is_open: true, had_at: None };
    assert_eq!(world.look_whole("web-0", Some("now"), None).refresh, open);
    world.until_requeued("web-0").await;
    assert_eq!(world.lists().len(), lists + 1, "a list begins at once");
    assert_eq!(world.look_whole("web-0", Some("now"), None).refresh, open);
    world.inventory.read_details(&ids[0], EVERYTHING).await.unwrap();
    let had = Refresh { is_open: false, had_at: Some(world.now()) };
    assert!(world.now() >= asked);
    assert_eq!(world.look_whole("web-0", Some("now"), None).refresh, had);
    sleep(Duration::from_mins(5)).await;
    assert_eq!(world.look_whole("web-0", Some("now"), None).refresh, had);
    assert_eq!(world.look_whole("web-0", None, None).refresh, had, "taking it off asks for nothing");
    assert_eq!(world.look_whole("web-0", Some("again"), None).refresh, open);
}

#[tokio::test(start_paused = true)]
async fn after_a_restart_a_request_that_was_answered_is_not_answered_again() {
    let world = world(config());
    let had = Timestamp::from_second(2_000_000_000).unwrap();
    let answered = Refresh { is_open: false, had_at: Some(had) };
    let open = Refresh { is_open: true, had_at: None };
    let earlier = (had - SignedDuration::from_secs(5)).to_string();
    let later = (had + SignedDuration::from_secs(5)).to_string();
    let cases = [
        ("web-1", earlier.as_str(), Some(had), answered),
        ("web-2", later.as_str(), Some(had), open),
        ("web-3", "please", Some(had), answered),
        ("web-4", earlier.as_str(), None, open),
    ];
    for (name, value, refreshed_at, expected) in cases {
        assert_eq!(world.look_whole(name, Some(value), refreshed_at).refresh, expected, "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_failing_refresh_backs_off_and_comes_again() {
    let (mut world, _) = with_services(10).await;
    world.simulator.fault(Fault::next(RESOURCES, FaultKind::internal_error(Moment::BeforeEffect)).times(3_000));
    sleep(PERIOD).await;
    assert!(world.look_whole("web-0", None, None).details_error.is_some());
    let (tried, failures) = (world.counts().0, world.inventory.figures().details_failures);
    assert!((10..=90).contains(&failures), "{failures}");
    // Each of them is a call with its quick attempts.
    assert!(u64::try_from(tried).unwrap() <= failures * 3, "{tried}");
    assert_eq!(world.requeued(), []);
    world.simulator.clear_faults();
    sleep(PERIOD).await;
    assert_eq!(world.requeued().into_iter().collect::<BTreeSet<_>>().len(), 10);
    assert_eq!(world.inventory.figures().details_failures, failures);
}

#[tokio::test(start_paused = true)]
async fn after_throttling_a_reconcile_reads_before_the_refresh_does() {
    let (world, ids) = with_services(30).await;
    let timing = Timing { details_refresh_period: Duration::from_secs(20), ..Timing::default() };
    let inventory = Inventory::start(Setup { timing, ..world.inventory.shared.setup.clone() });
    let world = World { inventory, ..world };
    for number in 0..30 {
        world.look_whole(&format!("web-{number}"), None, None);
    }
    sleep(Duration::from_secs(1)).await;
    let throttled = FaultKind::Throttle { status: 400, retry_after: Some(Span::millis(5_000)) };
    world.simulator.fault(Fault::next(USERS, throttled));
    let error = loop {
        if let Err(error) = world.inventory.read_details(&ids[0], EVERYTHING).await {
            break error;
        }
        sleep(Duration::from_millis(100)).await;
    };
    assert_eq!(error.kind(), cloud_core::ErrorKind::Throttled);
    let refreshes = world.inventory.figures().details_reads;
    sleep(Duration::from_secs(6)).await;
    assert_eq!(world.inventory.figures().details_reads, refreshes);
    world.inventory.read_details(&ids[0], EVERYTHING).await.unwrap();
    sleep(Duration::from_mins(5)).await;
    assert!(world.inventory.figures().details_reads > refreshes);
}

#[tokio::test(start_paused = true)]
async fn what_is_gone_is_read_no_more() {
    let (mut world, ids) = with_services(3).await;
    for name in ["web-0", "web-1"] {
        world.inventory.forget(&id(name));
    }
    world.simulator.delete_service(&ids[2]);
    sleep(PERIOD * 3).await;
    assert!(world.counts().0 <= 1, "{:?}", world.counts());
    assert_eq!(world.inventory.figures().details_failures, 0);
    world.inventory.forget(&id("web-2"));
    world.requeued();
    let calls = world.simulator.journal().len();
    sleep(PERIOD * 3).await;
    assert_eq!((world.simulator.journal().len(), world.requeued()), (calls, vec![]));
}

#[tokio::test(start_paused = true)]
async fn who_could_not_be_refreshed_for_two_periods_is_requeued_to_say_so() {
    let (mut world, _) = with_services(1).await;
    sleep(PERIOD).await;
    world.requeued();
    world.simulator.fault(Fault::next(USERS, FaultKind::internal_error(Moment::BeforeEffect)).times(3_000));
    sleep(PERIOD).await;
    assert_eq!(world.requeued(), []);
    sleep(PERIOD * 2).await;
    assert!(world.requeued().contains(&id("web-0")));
    assert!(world.look_whole("web-0", None, None).details_error.is_some());
    world.simulator.clear_faults();
    sleep(PERIOD).await;
    world.requeued();
    assert_eq!(world.look_whole("web-0", None, None).details_error, None);
}
