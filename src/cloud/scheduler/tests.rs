//! On a paused runtime: time passes only when everybody waits, and then at once.

use std::collections::HashMap;

use cloud_core::test_support::{refused, throttled};
use cloud_core::{Error, Rate, TokioClock};
use futures::future::join_all;
use privatelink::Operation;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::{advance, sleep};

use super::*;

mod everybody;
mod fairness;
mod refused;

const CREATE: ApiOperation = Operation::CreateVpcEndpointService.api_operation();
const UPDATE: ApiOperation = Operation::UpdateVpcEndpointServiceAttribute.api_operation();
const DELETE: ApiOperation = Operation::DeleteVpcEndpointService.api_operation();
const ATTACH: ApiOperation = Operation::AttachResourceToVpcEndpointService.api_operation();
const TAG: ApiOperation = Operation::TagResources.api_operation();

struct Rig {
    scheduler: Scheduler,
    requeued: UnboundedReceiver<ObjectId>,
}

fn rig(rates: Rates) -> Rig {
    let (requeuer, queue) = Requeuer::channel();
    let clock = Arc::new(TokioClock::starting_at(Timestamp::UNIX_EPOCH));
    Rig { scheduler: Scheduler::with_chance(rates, &Timing::default(), requeuer, clock, || 0.5), requeued: queue }
}

fn object(name: impl Into<String>) -> ObjectId {
    let name = name.into();
    ObjectId { namespace: "shop".to_owned(), uid: format!("uid-of-{name}"), name }
}

fn request(operation: ApiOperation, resource: &str) -> Request<'_> {
    Request { operation, resource_id: Some(resource), content: Content::default() }
}

fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

impl Rig {
    fn ask(&self, name: &str, operation: ApiOperation, resource: &str) -> Result<Permit, NoPermit> {
        self.scheduler.ask(&object(name), request(operation, resource))
    }

    /// Asks, and expects to be queued.
    fn queue(&self, name: &str, operation: ApiOperation, resource: &str) {
        match self.ask(name, operation, resource) {
            Err(NoPermit::Queued { .. }) => {}
            other => panic!("{name} should be queued: {other:?}"),
        }
    }

    fn is_tripped(&self, name: &str, operation: ApiOperation) -> bool {
        matches!(self.ask(name, operation, "epsrv-x"), Err(NoPermit::Tripped { .. }))
    }

    /// Lets `time` pass, and says who was requeued meanwhile.
    async fn pass(&mut self, time: Duration) -> Vec<String> {
        advance(time).await;
        // The keeper runs once its timer is due.
        sleep(Duration::from_millis(1)).await;
        self.requeued()
    }

    fn requeued(&mut self) -> Vec<String> {
        std::iter::from_fn(|| self.requeued.try_recv().ok()).map(|id| id.name).collect()
    }
}

#[tokio::test(start_paused = true)]
async fn operations_that_are_serial_in_the_account_never_overlap() {
    let mut rig = rig(Rates::documented());
    let update = rig.ask("a", UPDATE, "epsrv-a").expect("the lock is free");
    rig.queue("b", DELETE, "epsrv-b");
    rig.queue("c", UPDATE, "epsrv-c");
    assert_eq!(rig.requeued(), [""; 0]);

    update.end(Ok(()));
    assert_eq!(rig.requeued(), ["b"]);
    rig.queue("c", UPDATE, "epsrv-c");
    let delete = rig.ask("b", DELETE, "epsrv-b").expect("the permit is reserved for b");
    rig.queue("c", UPDATE, "epsrv-c");
    delete.end(Ok(()));
    assert_eq!(rig.requeued(), ["c"]);
}

#[tokio::test(start_paused = true)]
async fn calls_on_two_resources_may_overlap() {
    let rig = rig(Rates::documented());
    let _first = rig.ask("a", ATTACH, "epsrv-a").expect("the lock of epsrv-a is free");
    let _second = rig.ask("b", ATTACH, "epsrv-b").expect("the lock of epsrv-b is free");
    rig.queue("c", ATTACH, "epsrv-a");
    rig.queue("d", Operation::RemoveUserFromVpcEndpointService.into(), "epsrv-b");
}

#[tokio::test(start_paused = true)]
async fn a_full_rate_window_does_not_hold_up_what_may_go() {
    let mut rig = rig(Rates::documented().with(UPDATE, Rate { calls: 1, per: seconds(60) }));
    rig.ask("a", UPDATE, "epsrv-a").expect("the first fits the rate").end(Ok(()));
    rig.queue("b", UPDATE, "epsrv-b");
    let delete = rig.ask("c", DELETE, "epsrv-c").expect("b waits for its rate, not for the lock");
    rig.queue("d", DELETE, "epsrv-d");
    delete.end(Ok(()));
    assert_eq!(rig.requeued(), ["d"]);
}

#[tokio::test(start_paused = true)]
async fn operations_without_an_order_overlap() {
    let rig = rig(Rates::documented());
    let permits: Vec<_> = (0..200).map(|n| rig.ask(&n.to_string(), CREATE, "")).collect();
    assert!(permits.iter().all(Result::is_ok));
    rig.queue("200", CREATE, "");
}

#[tokio::test(start_paused = true)]
async fn a_permit_that_is_not_taken_up_passes_on_after_its_reservation() {
    let mut rig = rig(Rates::documented());
    let update = rig.ask("a", UPDATE, "epsrv-a").expect("the lock is free");
    rig.queue("b", UPDATE, "epsrv-b");
    rig.queue("c", UPDATE, "epsrv-c");
    update.end(Ok(()));
    assert_eq!(rig.requeued(), ["b"]);
    assert_eq!(rig.pass(Duration::from_millis(1900)).await, [""; 0]);
    assert_eq!(rig.pass(Duration::from_millis(200)).await, ["c"]);
    // Late, but not lost: b keeps its place before everybody who came after it.
    rig.queue("d", UPDATE, "epsrv-d");
    rig.queue("b", UPDATE, "epsrv-b");
    rig.ask("c", UPDATE, "epsrv-c").expect("the permit is reserved for c").end(Ok(()));
    assert_eq!(rig.requeued(), ["b"]);
}

#[tokio::test(start_paused = true)]
async fn whoever_is_late_is_waited_for_longer_the_next_time() {
    let mut rig = rig(Rates::documented());
    let update = rig.ask("a", UPDATE, "epsrv-a").expect("the lock is free");
    rig.queue("b", UPDATE, "epsrv-b");
    update.end(Ok(()));
    assert_eq!(rig.pass(Duration::from_millis(2100)).await, ["b"]);
    let update = rig.ask("a", UPDATE, "epsrv-a").expect("b has missed its permit");
    rig.queue("b", UPDATE, "epsrv-b");
    rig.queue("c", UPDATE, "epsrv-c");
    update.end(Ok(()));
    assert_eq!(rig.pass(Duration::from_millis(3900)).await, ["b"]);
    assert_eq!(rig.pass(Duration::from_millis(200)).await, ["c"]);
}

#[tokio::test(start_paused = true)]
async fn a_permit_dropped_unused_is_given_back_with_its_place_in_the_rate() {
    let mut rig = rig(Rates::documented().with(UPDATE, Rate { calls: 1, per: seconds(60) }));
    let unused = rig.ask("a", UPDATE, "epsrv-a").expect("the lock is free");
    rig.queue("b", UPDATE, "epsrv-b");
    drop(unused);
    assert_eq!(rig.requeued(), ["b"]);
    assert!(rig.ask("b", UPDATE, "epsrv-b").is_ok());
}

#[tokio::test(start_paused = true)]
async fn whoever_leaves_gives_its_permit_and_its_place_to_the_next() {
    let mut rig = rig(Rates::documented());
    let update = rig.ask("a", UPDATE, "epsrv-a").expect("the lock is free");
    for name in ["b", "c", "d"] {
        rig.queue(name, UPDATE, "epsrv-x");
    }
    rig.scheduler.leave(&object("c"));
    update.end(Ok(()));
    assert_eq!(rig.requeued(), ["b"]);
    rig.scheduler.leave(&object("b"));
    assert_eq!(rig.requeued(), ["d"]);
}

#[tokio::test(start_paused = true)]
async fn asking_for_something_else_gives_the_old_place_up() {
    let mut rig = rig(Rates::documented());
    let update = rig.ask("a", UPDATE, "epsrv-a").expect("the lock is free");
    rig.queue("b", UPDATE, "epsrv-b");
    rig.queue("c", UPDATE, "epsrv-c");
    let _tag = rig.ask("b", TAG, "epsrv-b").expect("tags have no order");
    update.end(Ok(()));
    assert_eq!(rig.requeued(), ["c"]);
}

#[tokio::test(start_paused = true)]
async fn a_throttled_answer_trips_the_breaker_for_everybody_and_one_probe_goes_afterwards() {
    let mut rig = rig(Rates::documented());
    let error = throttled(CREATE, seconds(7));
    rig.ask("a", CREATE, "").expect("not tripped").end(Err(&error));
    match rig.ask("b", CREATE, "") {
        Err(NoPermit::Tripped { until, error: shown }) => {
            assert_eq!(until, Timestamp::from_second(7).expect("a timestamp"));
            assert_eq!(*shown, error);
        }
        other => panic!("b should find it tripped: {other:?}"),
    }
    assert!(rig.is_tripped("c", CREATE));
    assert_eq!(rig.pass(Duration::from_millis(6990)).await, [""; 0]);
    assert_eq!(rig.pass(Duration::from_millis(10)).await, ["b"]);
    let probe = rig.ask("b", CREATE, "").expect("b probes");
    assert!(rig.is_tripped("c", CREATE));
    assert!(rig.is_tripped("d", CREATE));
    assert_eq!(rig.pass(seconds(20)).await, [""; 0]);
    probe.end(Ok(()));
    assert_eq!(rig.requeued(), ["c", "d"]);
}

#[tokio::test(start_paused = true)]
async fn without_a_delay_from_the_provider_the_delay_doubles() {
    let mut rig = rig(Rates::documented());
    let error = refused(CREATE, "Throttling.User");
    for delay in [1, 2, 4, 8, 16, 32, 60, 60] {
        rig.ask("a", CREATE, "").expect("the permit is a's").end(Err(&error));
        assert!(rig.is_tripped("a", CREATE));
        assert_eq!(rig.pass(seconds(delay).saturating_sub(Duration::from_millis(5))).await, [""; 0], "{delay} s");
        assert_eq!(rig.pass(Duration::from_millis(5)).await, ["a"], "{delay} s");
    }
}

#[tokio::test(start_paused = true)]
async fn a_wave_of_refusals_counts_as_one() {
    let mut rig = rig(Rates::documented());
    let wave: Vec<_> = (0..50).map(|n| rig.ask(&n.to_string(), CREATE, "").expect("not tripped")).collect();
    for permit in wave {
        permit.end(Err(&refused(CREATE, "NeedOpenProduct")));
    }
    assert!(rig.is_tripped("late", CREATE));
    assert_eq!(rig.pass(Duration::from_millis(14_990)).await, [""; 0]);
    assert_eq!(rig.pass(Duration::from_millis(10)).await, ["late"]);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_began_before_the_refusal_does_not_reset_the_breaker() {
    let rig = rig(Rates::documented());
    let early = rig.ask("a", CREATE, "").expect("not tripped");
    rig.ask("b", CREATE, "").expect("not tripped").end(Err(&refused(CREATE, "NeedOpenProduct")));
    early.end(Ok(()));
    assert!(rig.is_tripped("c", CREATE));
}

#[tokio::test(start_paused = true)]
async fn whoever_was_woken_when_the_breaker_trips_waits_like_everybody_else() {
    let mut rig = rig(Rates::documented().with(CREATE, Rate { calls: 2, per: seconds(60) }));
    let unused = rig.ask("a", CREATE, "").expect("not tripped");
    let refusal = rig.ask("b", CREATE, "").expect("not tripped");
    rig.queue("c", CREATE, "");
    drop(unused);
    assert_eq!(rig.requeued(), ["c"]);
    refusal.end(Err(&refused(CREATE, "NeedOpenProduct")));
    assert!(rig.is_tripped("d", CREATE));
    assert!(rig.is_tripped("c", CREATE));
    // It kept its place.
    assert_eq!(rig.pass(seconds(15)).await, ["c"]);
}

#[tokio::test(start_paused = true)]
async fn an_account_that_is_not_activated_costs_one_probe_a_period_and_all_go_after_the_first_success() {
    let mut rig = rig(Rates::documented());
    let error = refused(CREATE, "NeedOpenProduct");
    rig.ask("0", CREATE, "").expect("not tripped").end(Err(&error));
    for n in 0..50 {
        assert!(rig.is_tripped(&n.to_string(), CREATE));
    }
    // The probe goes round: whoever was refused waits behind those who were not.
    for (n, period) in [15, 30, 60, 60, 60, 60, 60].into_iter().enumerate() {
        assert_eq!(rig.pass(seconds(period).saturating_sub(Duration::from_millis(5))).await, [""; 0]);
        assert_eq!(rig.pass(Duration::from_millis(5)).await, [n.to_string()]);
        rig.ask(&n.to_string(), CREATE, "").expect("the probe").end(Err(&error));
        assert!(rig.is_tripped(&n.to_string(), CREATE));
    }
    assert_eq!(rig.pass(seconds(60)).await, ["7"]);
    rig.ask("7", CREATE, "").expect("the probe").end(Ok(()));
    let mut requeued = rig.requeued();
    requeued.sort_unstable_by_key(|name| name.parse::<u32>().ok());
    let expected: Vec<_> = (0..50).filter(|n| *n != 7).map(|n| n.to_string()).collect();
    assert_eq!(requeued, expected);
}

#[tokio::test(start_paused = true)]
async fn what_only_one_object_asks_for_wrongly_trips_nothing() {
    let rig = rig(Rates::documented());
    let codes = [
        "EndpointServicePayerForbidden",
        "Forbidden.RAM",
        "NoPermission",
        "NotAuthorized",
        "QuotaMisMatched",
        "IllegalParamFormat.ResourceId",
        "LoadBalancerNotFound",
        "Bogus",
    ];
    for code in codes {
        rig.ask(code, CREATE, "").expect("not tripped").end(Err(&refused(CREATE, code)));
        assert!(rig.ask("good", CREATE, "").is_ok(), "{code}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_probe_that_fails_for_a_reason_of_its_own_passes_the_probe_on() {
    let mut rig = rig(Rates::documented());
    rig.ask("a", CREATE, "").expect("not tripped").end(Err(&refused(CREATE, "NeedOpenProduct")));
    assert!(rig.is_tripped("b", CREATE));
    assert!(rig.is_tripped("c", CREATE));
    assert_eq!(rig.pass(seconds(15)).await, ["b"]);
    rig.ask("b", CREATE, "").expect("the probe").end(Err(&refused(CREATE, "LoadBalancerNotFound")));
    assert_eq!(rig.requeued(), ["c"]);
    assert!(rig.is_tripped("d", CREATE));
}

#[tokio::test(start_paused = true)]
async fn a_conflict_with_somebody_elses_call_backs_off_its_lock_only() {
    let mut rig = rig(Rates::documented());
    let error = refused(UPDATE, cloud_core::code::CONCURRENT_CALL_NOT_SUPPORTED);
    rig.ask("a", UPDATE, "epsrv-a").expect("the lock is free").end(Err(&error));
    rig.queue("a", UPDATE, "epsrv-a");
    assert!(rig.ask("b", ATTACH, "epsrv-b").is_ok());
    // Half-way between one second and three.
    assert_eq!(rig.pass(Duration::from_millis(1990)).await, [""; 0]);
    assert_eq!(rig.pass(Duration::from_millis(10)).await, ["a"]);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_given_up_half_way_counts_and_backs_off_its_lock() {
    let mut rig = rig(Rates::documented().with(UPDATE, Rate { calls: 2, per: seconds(60) }));
    let permit = rig.ask("a", UPDATE, "epsrv-a").expect("the lock is free");
    let call = permit.call(std::future::pending::<Result<(), Error>>());
    assert!(tokio::time::timeout(seconds(5), call).await.is_err());
    rig.queue("b", UPDATE, "epsrv-b");
    assert_eq!(rig.pass(seconds(2)).await, ["b"]);
    rig.ask("b", UPDATE, "epsrv-b").expect("the lock has backed off").end(Ok(()));
    rig.queue("c", UPDATE, "epsrv-c");
}

#[tokio::test(start_paused = true)]
async fn a_call_made_with_its_permit_ends_it() {
    let mut rig = rig(Rates::documented());
    let permit = rig.ask("a", UPDATE, "epsrv-a").expect("the lock is free");
    rig.queue("b", UPDATE, "epsrv-b");
    assert_eq!(permit.call(async { Ok(7) }).await, Ok(7));
    assert_eq!(rig.requeued(), ["b"]);
}

#[tokio::test(start_paused = true)]
async fn the_timer_stops_with_the_last_clone() {
    let rig = rig(Rates::documented());
    let (shared, other) = (Arc::downgrade(&rig.scheduler.shared), rig.scheduler.clone());
    drop(rig);
    sleep(Duration::from_millis(1)).await;
    assert!(shared.upgrade().is_some());
    drop(other);
    sleep(Duration::from_millis(1)).await;
    assert!(shared.upgrade().is_none());
}
