//! From an object to a service: exactly one, and Ready tells the truth.

use std::collections::BTreeMap;
use std::time::Duration;

use futures::StreamExt;
use futures::future::join_all;
use kube::runtime::watcher;
use privatelink_operator::crd::{ConditionType, VpcEndpointService};
use privatelink_sim::{CallEffect, Config, Fault, FaultKind, Moment, Span};
use serde_json::json;
use tokio::time::{Instant, sleep_until};

use crate::support::rig::{
    CREATE_WRITES, REGION, RESYNC_PERIOD, Rig, Setup, ZONES, is_ready, message, nlb_spec, ready_condition, status,
};

const CREATE: &str = "CreateVpcEndpointService";
const LIST: &str = "ListVpcEndpointServices";

/// So many objects at once, and what they may cost in calls beside the Creates: the lists while the services are created, at intervals that
/// grow from the first one, and who the caller is. Each Create starts the intervals again, so there is one more for each that passes
/// between the first and the last Create.
const OBJECTS: usize = 20;
const SHARED_READS: usize = 10;
const FIRST_INTERVAL: Duration = Duration::from_millis(500);

/// So long nothing happens to objects that are Ready.
const QUIET: Duration = Duration::from_mins(1);

#[tokio::test]
async fn a_service_becomes_ready_with_the_id_and_domain_that_the_provider_gave() {
    let rig = Rig::start().await;
    rig.apply("orders", nlb_spec()).await;
    let object = rig.ready("orders").await;
    let (status, service) = (status(&object), rig.service().await);
    assert_eq!(status.service_id, Some(service.id));
    assert_eq!(status.service_name, Some(service.name));
    assert_eq!(status.service_domain, Some(service.domain));
    assert_eq!(status.service_status.as_deref(), Some("Active"));
    assert_eq!(status.region.as_deref(), Some(REGION));
    assert_eq!(status.account_id, Some(service.account));
    assert_eq!(status.zone_ids, ZONES);
    assert_eq!(ready_condition(&object), Some(("True", "Available")));
    rig.end().await;
}

#[tokio::test]
async fn the_status_says_creating_while_it_is_and_is_never_ready_before_active() {
    let mut setup = Setup::default();
    setup.simulator.timers.creating = Span::millis(1500);
    let rig = Rig::with(setup).await;
    let mut versions = watcher(rig.objects(), watcher::Config::default()).boxed();
    rig.apply("orders", nlb_spec()).await;
    let mut seen = Vec::new();
    while let Some(event) = versions.next().await {
        let (watcher::Event::Apply(object) | watcher::Event::InitApply(object)) = event.unwrap() else { continue };
        let (ready, cloud) = (is_ready(&object), rig.services().await);
        assert!(!ready || cloud.iter().all(|service| service.status == "Active"), "{object:#?}\n{cloud:#?}");
        seen.extend(ready_condition(&object).map(|(status, reason)| (status.to_owned(), reason.to_owned())));
        if ready {
            break;
        }
    }
    seen.dedup();
    let wanted = [("Unknown", "Pending"), ("False", "Creating"), ("True", "Available")];
    assert_eq!(seen, wanted.map(|(status, reason)| (status.to_owned(), reason.to_owned())));
    rig.end().await;
}

#[tokio::test]
async fn the_create_call_carries_the_uid_as_its_token_and_the_owner_tags() {
    let rig = Rig::start().await;
    let object = rig.apply("orders", nlb_spec()).await;
    rig.ready("orders").await;
    let creates = rig.calls(CREATE).await;
    assert_eq!(creates.iter().map(|call| &call.client_token).collect::<Vec<_>>(), [&object.metadata.uid]);
    let tags = rig.service().await.tags;
    let wanted = [
        ("privatelink-operator.cluster", rig.namespace.clone()),
        ("privatelink-operator.uid", object.metadata.uid.unwrap()),
        ("privatelink-operator.object", format!("{}.orders", rig.namespace)),
    ];
    assert_eq!(tags, wanted.map(|(key, value)| (key.to_owned(), value)).into());
    assert_eq!(rig.effects().await, [CREATE]);
    rig.end().await;
}

#[tokio::test]
async fn a_create_costs_three_kubernetes_writes() {
    let rig = Rig::start().await;
    let mut spec = nlb_spec();
    spec["allowedPrincipals"] = json!(["2000000000000001", "2000000000000002"]);
    rig.apply("orders", spec).await;
    rig.ready("orders").await;
    let writes: Vec<_> = rig.kubernetes_writes().into_iter().map(|write| (write.verb, write.subresource)).collect();
    let wanted = [("patch", ""), ("patch", "status"), ("patch", "status")];
    assert_eq!(writes, wanted.map(|(verb, part)| (verb.to_owned(), part.to_owned())));
    rig.end().await;
}

#[tokio::test]
async fn a_lost_create_reply_makes_no_second_service() {
    let rig = Rig::start().await;
    rig.fault(Fault::next(CREATE, FaultKind::Cut { moment: Moment::AfterEffect }).times(4)).await;
    rig.apply("orders", nlb_spec()).await;
    rig.ready("orders").await;
    one_service_under_one_token(&rig).await;
    rig.end().await;
}

#[tokio::test]
async fn a_500_after_effect_makes_no_second_service() {
    let rig = Rig::start().await;
    rig.fault(Fault::next(CREATE, FaultKind::internal_error(Moment::AfterEffect)).times(4)).await;
    rig.apply("orders", nlb_spec()).await;
    rig.ready("orders").await;
    one_service_under_one_token(&rig).await;
    rig.end().await;
}

#[tokio::test]
async fn a_lost_create_reply_makes_no_second_service_while_the_lists_lag() {
    let mut setup = Setup::default();
    setup.simulator.lists.lag = Duration::from_millis(800);
    setup.timing.insert("consistencyWindow", Duration::from_secs(2));
    let rig = Rig::with(setup).await;
    rig.fault(Fault::next(CREATE, FaultKind::Cut { moment: Moment::AfterEffect }).times(4)).await;
    rig.apply("orders", nlb_spec()).await;
    rig.ready("orders").await;
    one_service_under_one_token(&rig).await;
    rig.end().await;
}

/// However many calls it took: one took effect, and all had one token.
async fn one_service_under_one_token(rig: &Rig) {
    let service = rig.service().await;
    let creates = rig.calls(CREATE).await;
    let applied = creates.iter().filter(|call| call.effect == CallEffect::Applied).count();
    assert_eq!(applied, 1, "{creates:#?}");
    let uid = service.tags.get("privatelink-operator.uid");
    assert!(creates.iter().all(|call| call.client_token.as_ref() == uid), "{creates:#?}");
}

#[tokio::test]
async fn a_load_balancer_that_is_not_there_is_said_and_the_service_comes_when_it_is() {
    let rig = Rig::start().await;
    let spec = json!({"serviceResourceType": "nlb", "resources": [{"resourceId": "nlb-late", "zoneIds": [ZONES[0]]}]});
    rig.apply("orders", spec).await;
    let object = rig.not_ready("orders", "WaitingForLoadBalancer").await;
    let said = message(&object, ConditionType::Ready);
    assert!(said.starts_with("The load balancer nlb-late does not exist in cn-hangzhou"), "{said}");
    assert_eq!(rig.calls(CREATE).await, []);
    let late = privatelink_sim::LoadBalancer::new("nlb-late", "nlb", REGION, &ZONES);
    rig.simulator.admin.seed_load_balancer(&late).await.unwrap();
    let object = rig.ready("orders").await;
    assert_eq!(status(&object).last_error, None);
    rig.end().await;
}

#[tokio::test]
async fn twenty_objects_share_the_lists_that_they_wait_for() {
    let mut setup = Setup::default();
    setup.simulator.timers.creating = Span::millis(3000);
    setup.timing.extend([("resyncIntervalMin", FIRST_INTERVAL), ("resyncIntervalMax", Duration::from_secs(5))]);
    let rig = Rig::with(setup).await;
    let names: Vec<_> = (0..OBJECTS).map(|number| format!("service-{number}")).collect();
    join_all(names.iter().map(|name| rig.apply(name, nlb_spec()))).await;
    join_all(names.iter().map(|name| rig.ready(name))).await;
    let creates = rig.calls(CREATE).await;
    assert_eq!(creates.len(), OBJECTS);
    let spread = creates[OBJECTS - 1].time.duration_since(creates[0].time);
    let allowed =
        SHARED_READS + usize::try_from(spread.unsigned_abs().as_millis() / FIRST_INTERVAL.as_millis()).unwrap();
    let reads = rig.journal().await.len() - OBJECTS;
    println!("{} calls for {OBJECTS} services", reads + OBJECTS);
    let mut counted = BTreeMap::<String, usize>::new();
    for call in rig.journal().await {
        *counted.entry(call.operation).or_default() += 1;
    }
    assert!(
        reads <= allowed,
        "{counted:?} for {OBJECTS} services, created within {spread:?}; {allowed} reads are allowed"
    );
    rig.end().await;
}

#[tokio::test]
async fn nothing_is_written_when_nothing_changed() {
    let rig = Rig::start().await;
    let names = ["a", "b", "c", "d", "e"];
    join_all(names.map(|name| rig.apply(name, nlb_spec()))).await;
    join_all(names.map(|name| rig.ready(name))).await;
    // The promise is about a span of time: this is no waiting for something to happen.
    sleep_until(Instant::now() + QUIET).await;
    // Counted from the creation on: a line of the audit log may come a moment after its write.
    assert_eq!(rig.kubernetes_writes().len(), names.len() * CREATE_WRITES, "no Kubernetes writes in {QUIET:?}");
    assert_eq!(rig.effects().await, names.map(|_| CREATE), "no mutating cloud calls in {QUIET:?}");
    // A third of the lists that are due: the machine may be busy.
    let lists = QUIET.as_secs() / RESYNC_PERIOD.as_secs() / 3;
    assert!(rig.calls(LIST).await.len() as u64 > lists, "it kept looking");
    rig.end().await;
}

#[tokio::test]
async fn what_nobody_can_look_at_any_more_is_not_called_ready_for_long() {
    let (stale_after, period) = (Duration::from_secs(3), Duration::from_millis(500));
    let mut setup = Setup::default();
    setup.timing.extend([("staleAfter", stale_after), ("resyncPeriod", period)]);
    let rig = Rig::with(setup).await;
    rig.apply("orders", nlb_spec()).await;
    rig.ready("orders").await;
    let begin = Instant::now();
    let outage = Fault { times: None, ..Fault::next(LIST, FaultKind::error("ServiceUnavailable")) };
    rig.fault(outage).await;
    let unknown = |object: &VpcEndpointService| ready_condition(object) == Some(("Unknown", "CloudUnreachable"));
    rig.until("orders", "Unknown", unknown).await;
    // The last good list may have begun a period before the outage, and its status a moment before that.
    assert!(begin.elapsed() + 2 * period > stale_after, "it stayed Ready no longer than {:?}", begin.elapsed());
    rig.simulator.admin.clear_faults().await.unwrap();
    rig.ready("orders").await;
    rig.end().await;
}

#[tokio::test]
async fn with_all_defaults_a_service_becomes_ready_and_goes() {
    let mut simulator = Config { load_balancers: Setup::default().simulator.load_balancers, ..Config::default() };
    simulator.seed = Some(7);
    let rig = Rig::with(Setup { simulator, timing: BTreeMap::new(), ..Setup::default() }).await;
    rig.apply("orders", nlb_spec()).await;
    rig.ready("orders").await;
    rig.delete("orders").await;
    rig.gone("orders").await;
    assert_eq!(rig.services().await, []);
    rig.end().await;
}
