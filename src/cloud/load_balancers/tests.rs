use std::time::Duration;

use cloud_core::{Client, StaticCredentials};
use privatelink_sim::{Config, DEFAULT_PROVIDER, Fault, FaultKind, JournalQuery, Moment, Simulator};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::timeout;

use super::test_support::lb;
use super::*;

const REGION: &str = "cn-hangzhou";

pub(super) fn object(name: &str) -> ObjectId {
    ObjectId { namespace: "team".to_owned(), name: name.to_owned(), uid: format!("uid-{name}") }
}

/// Asks for the zones of these.
pub(super) fn zones_of(ids: &[&str]) -> Wanted {
    asked(ids, Purpose::Zones)
}

/// Asks for a look at these.
pub(super) fn checks_of(ids: &[&str]) -> Wanted {
    asked(ids, Purpose::Check)
}

fn asked(ids: &[&str], purpose: Purpose) -> Wanted {
    let want = Want { purpose, expected_zones: [].into(), address: None, can_wait: false };
    Wanted { mark: Mark::default(), each: ids.iter().map(|id| (lb(id), want.clone())).collect() }
}

fn world() -> (Simulator, LoadBalancerCache, UnboundedReceiver<ObjectId>) {
    let mut config = Config::fast();
    config.load_balancers = (1..=40)
        .map(|number| privatelink_sim::LoadBalancer::new(format!("nlb-{number}"), "nlb", REGION, &["a", "b"]))
        .collect();
    let simulator = Simulator::new(config);
    let client = Client::builder()
        .region(REGION)
        .credentials(Arc::new(StaticCredentials::key("sim-provider-key", "sim-provider-secret").unwrap()))
        .transport(simulator.transport())
        .clock(simulator.clock())
        .build()
        .unwrap();
    let (requeuer, queue) = Requeuer::channel();
    let cache = LoadBalancerCache::start(Setup {
        target: Target { account: DEFAULT_PROVIDER.to_owned(), region: REGION.to_owned() },
        reader: Reader::new(&client),
        timing: Timing::default(),
        requeuer,
        clock: simulator.clock(),
    });
    (simulator, cache, queue)
}

fn reads(simulator: &Simulator) -> usize {
    let query = JournalQuery { operation: Some("nlb:GetLoadBalancerAttribute".to_owned()), ..JournalQuery::default() };
    simulator.journal_of(&query).len()
}

async fn next(queue: &mut UnboundedReceiver<ObjectId>) -> ObjectId {
    timeout(Duration::from_mins(2), queue.recv()).await.unwrap().unwrap()
}

fn zones(seen: &Seen, id: &str) -> Vec<String> {
    seen.of(id).and_then(|sight| sight.zones.clone()).unwrap_or_default().into_iter().collect()
}

#[tokio::test(start_paused = true)]
async fn two_objects_that_ask_about_one_load_balancer_cost_one_read_and_both_hear_of_it() {
    let (simulator, cache, mut queue) = world();
    let first = cache.seen(&object("web"), &zones_of(&["nlb-1"]));
    assert!(first.of("nlb-1").unwrap().is_awaited);
    cache.seen(&object("api"), &zones_of(&["nlb-1"]));
    let mut told = [next(&mut queue).await, next(&mut queue).await];
    told.sort();
    assert_eq!(told, [object("api"), object("web")]);
    assert_eq!(zones(&cache.seen(&object("web"), &zones_of(&["nlb-1"])), "nlb-1"), ["a", "b"]);
    assert_eq!(zones(&cache.seen(&object("late"), &zones_of(&["nlb-1"])), "nlb-1"), ["a", "b"]);
    assert_eq!(reads(&simulator), 1);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_asked_about_is_not_read_and_what_is_asked_about_no_more_is_read_no_more() {
    let (simulator, cache, mut queue) = world();
    tokio::time::sleep(Duration::from_hours(2)).await;
    assert_eq!(reads(&simulator), 0);
    cache.seen(&object("web"), &zones_of(&["nlb-1", "nlb-2"]));
    next(&mut queue).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    cache.seen(&object("web"), &zones_of(&["nlb-2"]));
    cache.forget(&object("web"));
    tokio::time::sleep(Duration::from_hours(2)).await;
    assert_eq!(reads(&simulator), 2);
}

/// The figure of the documentation: two calls an hour for each load balancer, whatever the number of objects.
#[tokio::test(start_paused = true)]
async fn each_load_balancer_costs_two_calls_an_hour_spread_over_it() {
    let (simulator, cache, _queue) = world();
    let all: Vec<String> = (1..=40).map(|number| format!("nlb-{number}")).collect();
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    for number in 0..30 {
        cache.seen(&object(&number.to_string()), &zones_of(&all));
    }
    tokio::time::sleep(Duration::from_secs(30)).await;
    assert_eq!(reads(&simulator), 40, "each once at first");
    tokio::time::sleep(Duration::from_mins(10)).await;
    let early = reads(&simulator) - 40;
    assert!((6..=21).contains(&early), "{early} of 40 in a third of the period");
    tokio::time::sleep(Duration::from_mins(50)).await;
    assert_eq!(reads(&simulator), 40 + 80);
}

#[tokio::test(start_paused = true)]
async fn a_load_balancer_that_grows_a_zone_is_seen_within_the_period_or_when_somebody_asks_anew() {
    let (simulator, cache, mut queue) = world();
    cache.seen(&object("web"), &zones_of(&["nlb-1"]));
    next(&mut queue).await;
    simulator.patch_load_balancer("nlb-1", &serde_json::json!({"zones": ["a", "b", "c"]})).unwrap();
    let began = tokio::time::Instant::now();
    timeout(Duration::from_mins(31), queue.recv()).await.unwrap().unwrap();
    assert!(began.elapsed() > Duration::from_secs(1), "nobody asked");
    assert_eq!(zones(&cache.seen(&object("web"), &zones_of(&["nlb-1"])), "nlb-1"), ["a", "b", "c"]);

    simulator.patch_load_balancer("nlb-1", &serde_json::json!({"zones": ["c"]})).unwrap();
    let mark = Mark { generation: 0, requested_at: Some("now".to_owned()) };
    let seen = cache.seen(&object("web"), &Wanted { mark: mark.clone(), ..zones_of(&["nlb-1"]) });
    assert!(seen.is_outstanding && zones(&seen, "nlb-1").len() == 3, "{seen:?}");
    timeout(Duration::from_secs(1), queue.recv()).await.unwrap().unwrap();
    let seen = cache.seen(&object("web"), &Wanted { mark, ..zones_of(&["nlb-1"]) });
    assert!(!seen.is_outstanding && zones(&seen, "nlb-1") == ["c"], "{seen:?}");
}

#[tokio::test(start_paused = true)]
async fn a_read_that_is_not_answered_holds_up_no_other() {
    let (simulator, cache, mut queue) = world();
    let silence = FaultKind::TimeOut { moment: Moment::BeforeEffect, after: Duration::from_mins(1) };
    simulator.fault(Fault::next("nlb:GetLoadBalancerAttribute", silence).when("LoadBalancerId", "nlb-1").times(9));
    cache.seen(&object("slow"), &zones_of(&["nlb-1"]));
    tokio::time::sleep(Duration::from_millis(500)).await;
    cache.seen(&object("quick"), &zones_of(&["nlb-2"]));
    assert_eq!(timeout(Duration::from_secs(1), queue.recv()).await.unwrap(), Some(object("quick")));
    assert_eq!(next(&mut queue).await, object("slow"), "its deadline has passed");
    let seen = cache.seen(&object("slow"), &zones_of(&["nlb-1"]));
    assert!(seen.of("nlb-1").unwrap().error.is_some(), "{seen:?}");
}

#[tokio::test(start_paused = true)]
async fn after_an_outage_what_was_not_known_is_read_with_growing_delays_and_what_was_known_stays() {
    let (simulator, cache, mut queue) = world();
    cache.seen(&object("web"), &zones_of(&["nlb-1"]));
    next(&mut queue).await;
    let broken = FaultKind::internal_error(Moment::BeforeEffect);
    simulator.fault(Fault::next("nlb:GetLoadBalancerAttribute", broken).times(9));
    let mark = Mark { generation: 1, requested_at: None };
    let again = Wanted { mark, ..zones_of(&["nlb-1", "nlb-2"]) };
    cache.seen(&object("web"), &again);
    next(&mut queue).await;
    let seen = cache.seen(&object("web"), &again);
    let sight = seen.of("nlb-1").unwrap();
    assert!(sight.zones.is_some() && sight.answer.is_some(), "{sight:?}");
    tokio::time::sleep(Duration::from_mins(1)).await;
    let seen = cache.seen(&object("web"), &again);
    assert!(seen.each.values().all(|sight| sight.error.is_none() && sight.zones.is_some()), "{seen:?}");
}
