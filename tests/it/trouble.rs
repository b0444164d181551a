//! The cloud limits the rate, or says nothing at all: nobody hammers it, nobody hangs, and soon after all is well.

use std::time::{Duration, Instant};

use futures::future::join_all;
use privatelink_operator::crd::VpcEndpointService;
use privatelink_sim::{Call, DEFAULT_CONSUMER, Fault, FaultKind, Moment, Span};
use serde_json::json;

use crate::support::rig::{LIST_SERVICES, RESYNC_PERIOD, Rig, Setup, nlb_spec, ready_condition};

const CREATE: &str = "CreateVpcEndpointService";
const UPDATE: &str = "UpdateVpcEndpointServiceAttribute";
const RESOURCES: &str = "ListVpcEndpointServiceResources";
const USERS: &str = "ListVpcEndpointServiceUsers";

/// How long the provider says to stay away.
const SAID: Duration = Duration::from_millis(1_200);

/// How long the operator stays away when the provider does not say; it doubles once.
const OWN: Duration = Duration::from_millis(600);

/// The same for a read of one service.
const READ_AGAIN: Duration = Duration::from_secs(1);

/// So many calls in a row are throttled.
const THROTTLED: usize = 3;

/// A call to a cloud that is silent ends after this.
const CALL_DEADLINE: Duration = Duration::from_secs(1);

/// The longest back-off of the lists.
const LIST_BACKOFF_MAX: Duration = Duration::from_secs(5);

/// What a machine that is busy with other tests may add to one call.
const SLACK: Duration = Duration::from_secs(2);

/// After an outage: the last back-off of the lists ends, and as long again for everything else.
const CONVERGED_WITHIN: Duration = LIST_BACKOFF_MAX.saturating_mul(2);

/// The same in lists: the first good one would do, but an object that is edited meanwhile makes others follow in quick succession.
const CONVERGED_WITHIN_LISTS: usize = 12;

fn names(number: usize) -> Vec<String> {
    (0..number).map(|number| format!("service-{number}")).collect()
}

fn setup() -> Setup {
    let mut setup = Setup::default();
    setup.timing.extend([("throttleBackoffInitial", OWN), ("throttleBackoffMax", 2 * OWN)]);
    setup
}

/// From the first throttled call to the first good one after it, no two calls came within a period.
fn assert_one_try_a_period(calls: &[Call], period: Duration) {
    let first = calls.iter().position(|call| call.code.is_some()).unwrap();
    let storm: Vec<_> = calls[first..].iter().take(THROTTLED + 1).collect();
    assert_eq!(storm.iter().filter(|call| call.code.is_some()).count(), THROTTLED, "each try was a probe: {storm:#?}");
    for pair in storm.windows(2) {
        let pause = Duration::try_from(pair[1].time.duration_since(pair[0].time)).unwrap();
        assert!(pause >= period, "again after {pause:?}: {storm:#?}");
    }
}

async fn throttled_creates(status: u16, retry_after: Option<Duration>) {
    let rig = Rig::with(setup()).await;
    let throttle = FaultKind::Throttle { status, retry_after: retry_after.map(Span::fixed) };
    rig.fault(Fault::next(CREATE, throttle).times(THROTTLED as u64)).await;
    let names = names(20);
    rig.apply(&names[0], nlb_spec()).await;
    rig.not_ready(&names[0], "WaitingForThrottling").await;
    join_all(names[1..].iter().map(|name| rig.apply(name, nlb_spec()))).await;
    join_all(names.iter().map(|name| rig.ready(name))).await;
    let creates = rig.calls(CREATE).await;
    assert_one_try_a_period(&creates, retry_after.unwrap_or(OWN));
    assert_eq!(creates.len(), names.len() + THROTTLED);
    rig.end().await;
}

async fn throttled_updates(status: u16, retry_after: Option<Duration>) {
    let rig = Rig::with(setup()).await;
    let names = names(8);
    join_all(names.iter().map(|name| rig.apply(name, nlb_spec()))).await;
    join_all(names.iter().map(|name| rig.ready(name))).await;
    let throttle = FaultKind::Throttle { status, retry_after: retry_after.map(Span::fixed) };
    rig.fault(Fault::next(UPDATE, throttle).times(THROTTLED as u64)).await;
    let edit = json!({"description": "edited"});
    join_all(names.iter().map(|name| rig.edit(name, edit.clone()))).await;
    join_all(names.iter().map(|name| rig.ready(name))).await;
    let updates = rig.calls(UPDATE).await;
    assert_one_try_a_period(&updates, retry_after.unwrap_or(OWN));
    assert_eq!(updates.len(), names.len() + THROTTLED);
    rig.end().await;
}

async fn throttled_lists(status: u16, retry_after: Option<Duration>) {
    let rig = Rig::with(setup()).await;
    rig.apply("first", nlb_spec()).await;
    rig.ready("first").await;
    let seen = rig.calls(LIST_SERVICES).await.len();
    let throttle = FaultKind::Throttle { status, retry_after: retry_after.map(Span::fixed) };
    rig.fault(Fault::next(LIST_SERVICES, throttle).times(THROTTLED as u64)).await;
    let names = names(20);
    join_all(names.iter().map(|name| rig.apply(name, nlb_spec()))).await;
    join_all(names.iter().map(|name| rig.ready(name))).await;
    if let Some(said) = retry_after {
        assert_one_try_a_period(&rig.calls(LIST_SERVICES).await[seen..], said);
    }
    rig.end().await;
}

async fn throttled_reads(status: u16, retry_after: Option<Duration>) {
    let rig = Rig::with(setup()).await;
    let names = names(8);
    join_all(names.iter().map(|name| rig.apply(name, nlb_spec()))).await;
    join_all(names.iter().map(|name| rig.ready(name))).await;
    let seen = rig.calls(USERS).await.len();
    let throttle = FaultKind::Throttle { status, retry_after: retry_after.map(Span::fixed) };
    rig.fault(Fault::next(USERS, throttle).times(THROTTLED as u64)).await;
    let edit = json!({"allowedPrincipals": [DEFAULT_CONSUMER]});
    rig.edit(&names[0], edit.clone()).await;
    rig.until_calls(USERS, seen + 1).await;
    join_all(names[1..].iter().map(|name| rig.edit(name, edit.clone()))).await;
    join_all(names.iter().map(|name| rig.ready(name))).await;
    assert_one_try_a_period(&rig.calls(USERS).await[seen..], retry_after.unwrap_or(READ_AGAIN));
    rig.end().await;
}

/// As 400 and as 429, with and without a word for how long.
fn kinds() -> impl Iterator<Item = (u16, Option<Duration>)> {
    [400, 429].into_iter().flat_map(|status| [(status, Some(SAID)), (status, None)])
}

#[tokio::test]
async fn throttled_creates_of_twenty_objects_are_tried_once_a_period() {
    join_all(kinds().map(|(status, retry_after)| throttled_creates(status, retry_after))).await;
}

#[tokio::test]
async fn throttled_updates_are_tried_once_a_period() {
    join_all(kinds().map(|(status, retry_after)| throttled_updates(status, retry_after))).await;
}

#[tokio::test]
async fn throttled_lists_are_tried_once_a_period_whoever_waits_for_them() {
    join_all(kinds().map(|(status, retry_after)| throttled_lists(status, retry_after))).await;
}

#[tokio::test]
async fn throttled_reads_of_single_services_are_tried_once_a_period() {
    join_all(kinds().map(|(status, retry_after)| throttled_reads(status, retry_after))).await;
}

async fn health(rig: &Rig) -> u16 {
    reqwest::get(format!("{}/healthz", rig.operator().health_url())).await.unwrap().status().as_u16()
}

#[tokio::test]
async fn a_cloud_that_is_silent_holds_nobody_up_longer_than_a_deadline() {
    let mut setup = Setup::default();
    setup.timing.extend([("cloudCallDeadline", CALL_DEADLINE), ("reconcileDeadline", Duration::from_secs(3))]);
    let rig = Rig::with(setup).await;
    rig.apply("old", nlb_spec()).await;
    rig.ready("old").await;
    let before = rig.journal().await.len();
    let silence = FaultKind::TimeOut { moment: Moment::BeforeEffect, after: Duration::from_mins(2) };
    rig.fault(Fault { operation: None, times: None, ..Fault::next("", silence) }).await;
    rig.apply("new", nlb_spec()).await;
    rig.edit("old", json!({"description": "edited in silence"})).await;
    // Calls under one lock follow each other, so each that came shows that the one before it ended. The simulator would keep them for minutes.
    let begin = Instant::now();
    rig.until_listed(5).await;
    let lists: Vec<_> =
        rig.journal().await.split_off(before).into_iter().filter(|call| call.operation == LIST_SERVICES).collect();
    for pair in lists.windows(2) {
        let pause = Duration::try_from(pair[1].time.duration_since(pair[0].time)).unwrap();
        assert!(pause < CALL_DEADLINE + LIST_BACKOFF_MAX + SLACK, "a call and a back-off took {pause:?}");
    }
    assert_eq!(health(&rig).await, 200, "alive after {:?} of silence", begin.elapsed());
    rig.simulator.admin.clear_faults().await.unwrap();
    let back = Instant::now();
    rig.ready("new").await;
    rig.ready("old").await;
    assert!(back.elapsed() < CONVERGED_WITHIN, "converged only after {:?}", back.elapsed());
    let services = rig.services().await;
    assert_eq!(services.len(), 2);
    assert!(services.iter().any(|service| service.description == "edited in silence"));
    rig.end().await;
}

#[tokio::test]
async fn an_edit_that_must_wait_for_a_newer_list_goes_on_as_soon_as_there_is_one() {
    let mut setup = Setup::default();
    // What nobody requeues the object for comes too late for this test.
    setup.timing.insert("blockedPollInterval", Duration::from_mins(5));
    let rig = Rig::with(setup).await;
    rig.apply("orders", nlb_spec()).await;
    rig.ready("orders").await;
    // A list that took more than two periods is no proof any more of whose the service is.
    let slow = FaultKind::Delay { by: 2 * RESYNC_PERIOD + Duration::from_secs(1) };
    rig.fault(Fault { times: None, ..Fault::next(LIST_SERVICES, slow) }).await;
    rig.until_listed(2).await;
    let reads = rig.calls(RESOURCES).await.len();
    rig.edit("orders", json!({"description": "edited"})).await;
    rig.until_calls(RESOURCES, reads + 1).await;
    rig.simulator.admin.clear_faults().await.unwrap();
    rig.ready("orders").await;
    assert_eq!(rig.service().await.description, "edited");
    rig.end().await;
}

#[tokio::test]
async fn after_a_restart_without_sts_everything_is_stale_soon_and_everybody_is_well_as_soon_as_it_answers() {
    let mut setup = Setup::default();
    setup.timing.extend([("staleAfter", Duration::from_secs(2)), ("resyncPeriod", Duration::from_millis(500))]);
    let mut rig = Rig::with(setup).await;
    let names = names(3);
    join_all(names.iter().map(|name| rig.apply(name, nlb_spec()))).await;
    join_all(names.iter().map(|name| rig.ready(name))).await;
    rig.kill_operator();
    let outage = FaultKind::error("ServiceUnavailable");
    rig.fault(Fault { times: None, ..Fault::next("GetCallerIdentity", outage) }).await;
    rig.start_operator().await;
    let unknown = |object: &VpcEndpointService| ready_condition(object) == Some(("Unknown", "CloudUnreachable"));
    join_all(names.iter().map(|name| rig.until(name, "Unknown", unknown))).await;
    rig.simulator.admin.clear_faults().await.unwrap();
    join_all(names.iter().map(|name| rig.ready(name))).await;
    rig.end().await;
}

#[tokio::test]
async fn after_an_outage_of_everything_everybody_is_well_within_a_few_lists() {
    let mut setup = Setup::default();
    setup.timing.extend([
        ("staleAfter", Duration::from_secs(2)),
        ("resyncPeriod", Duration::from_millis(500)),
        ("backoffMax", Duration::from_mins(5)),
    ]);
    let rig = Rig::with(setup).await;
    let names = names(3);
    join_all(names.iter().map(|name| rig.apply(name, nlb_spec()))).await;
    join_all(names.iter().map(|name| rig.ready(name))).await;
    let outage = Fault::next("", FaultKind::error("ServiceUnavailable"));
    rig.fault(Fault { operation: None, times: None, ..outage }).await;
    // This one has something to do, and says what it could not do.
    rig.edit(&names[0], json!({"description": "edited in the outage"})).await;
    let unknown = |object: &VpcEndpointService| ready_condition(object) == Some(("Unknown", "CloudUnreachable"));
    join_all(names[1..].iter().map(|name| rig.until(name, "Unknown", unknown))).await;
    let seen = rig.calls(LIST_SERVICES).await.len();
    rig.simulator.admin.clear_faults().await.unwrap();
    join_all(names[1..].iter().map(|name| rig.ready(name))).await;
    let lists = rig.calls(LIST_SERVICES).await.len() - seen;
    assert!(lists <= CONVERGED_WITHIN_LISTS, "{lists} lists until all were well");
    rig.ready(&names[0]).await;
    rig.end().await;
}
