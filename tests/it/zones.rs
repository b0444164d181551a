//! Zones that objects leave out: read from the load balancers, and followed. What is wrong with a load balancer is said before it is attached.

mod trouble;

use std::time::Duration;

use privatelink_operator::crd::{ConditionType, VpcEndpointService};
use privatelink_sim::{Fault, FaultKind, LoadBalancer, Moment, ServiceView};
use serde_json::{Value, json};

use crate::service_ref::{attached, complete, create, nlb, patch, says};
use crate::support::rig::{REGION, Rig, Setup, ZONES, is_ready, message, nlb_spec, status};

const CREATE: &str = "CreateVpcEndpointService";
const ATTACH: &str = "AttachResourceToVpcEndpointService";
const DETACH: &str = "DetachResourceFromVpcEndpointService";
const READ_NLB: &str = "nlb:GetLoadBalancerAttribute";
const READS: [&str; 4] = [
    "nlb:GetLoadBalancerAttribute",
    "alb:GetLoadBalancerAttribute",
    "gwlb:GetLoadBalancerAttribute",
    "slb:DescribeLoadBalancerAttribute",
];
const THIRD_ZONE: &str = "cn-hangzhou-j";
const REQUESTED_AT: &str = "privatelink.alibabacloud.com/reconcile-requested-at";

/// A load balancer without a word about its zones.
fn left_out(kind: &str, id: &str) -> Value {
    json!({"serviceResourceType": kind, "resources": [{"resourceId": id}]})
}

/// Load balancers of every product beside the usual ones.
fn setup() -> Setup {
    let mut setup = Setup::default();
    let others = ["alb", "gwlb"].map(|kind| LoadBalancer::new(format!("{kind}-1"), kind, REGION, &ZONES));
    setup.simulator.load_balancers.extend(others);
    setup
}

/// Load balancers are read again in quick succession.
fn watchful() -> Setup {
    let mut setup = setup();
    setup.timing.insert("loadBalancerRefreshPeriod", Duration::from_millis(300));
    setup
}

/// What was asked about a load balancer.
async fn reads(rig: &Rig, id: &str) -> usize {
    rig.journal_about(id)
        .await
        .iter()
        .filter(|call| call.action.as_deref().is_some_and(|action| READS.contains(&action)))
        .count()
}

async fn until_read(rig: &Rig, id: &str, times: usize) {
    rig.poll(&format!("{id} was read {times} times"), async || reads(rig, id).await, |found| *found >= times).await;
}

/// Somebody asks for a look at everything, and waits until it was had.
async fn look_afresh(rig: &Rig, name: &str, when: &str) -> VpcEndpointService {
    let before = rig.object(name).await.and_then(|object| status(&object).last_refresh_time);
    let annotation = json!({"metadata": {"annotations": {REQUESTED_AT: when}}});
    let merge = kube::api::Patch::Merge(annotation);
    rig.objects().patch(name, &kube::api::PatchParams::default(), &merge).await.unwrap();
    rig.until(name, "looked at afresh", |object| status(object).last_refresh_time != before).await
}

async fn give_zones(rig: &Rig, id: &str, zones: &[&str]) {
    rig.simulator.admin.patch_load_balancer(id, &json!({ "zones": zones })).await.unwrap();
}

fn in_zones(services: &[ServiceView], id: &str, zones: &[&str]) -> bool {
    services.len() == 1 && attached(&services[0]) == zones.iter().map(|zone| (id, *zone)).collect::<Vec<_>>()
}

#[tokio::test]
async fn a_service_without_zones_is_in_every_zone_of_its_load_balancer_whatever_the_product() {
    let rig = Rig::with(setup()).await;
    for (kind, id, zones) in [
        ("nlb", "nlb-1", &ZONES[..]),
        ("alb", "alb-1", &ZONES),
        ("gwlb", "gwlb-1", &ZONES),
        ("slb", "lb-1", &ZONES[..1]),
    ] {
        rig.apply(kind, left_out(kind, id)).await;
        let object = rig.ready(kind).await;
        // The provider chooses the zone of a Classic Load Balancer; the next look at the attachments shows it.
        assert!(kind == "slb" || status(&object).zone_ids == zones, "{kind}: {object:#?}");
        let service = rig.simulator.admin.service(status(&object).service_id.as_ref().unwrap()).await.unwrap();
        assert_eq!(attached(&service), zones.iter().map(|zone| (id, *zone)).collect::<Vec<_>>());
        assert_eq!(reads(&rig, id).await, 1, "{kind}");
    }
    assert_eq!(rig.effects().await, [CREATE; 4]);
    for read in READS {
        assert_eq!(rig.calls(read).await.len(), 1, "{read}");
    }
    rig.end().await;
}

#[tokio::test]
async fn objects_that_list_one_load_balancer_cost_one_read_and_one_that_lists_its_zones_costs_one_before_it_is_created()
{
    let rig = Rig::start().await;
    for name in ["first", "second", "third"] {
        rig.apply(name, left_out("nlb", "nlb-1")).await;
    }
    for name in ["first", "second", "third"] {
        rig.ready(name).await;
    }
    assert_eq!(reads(&rig, "nlb-1").await, 1);

    rig.apply(
        "listed",
        json!({"serviceResourceType": "nlb", "resources": [{"resourceId": "nlb-2", "zoneIds": ZONES}]}),
    )
    .await;
    rig.ready("listed").await;
    assert_eq!(reads(&rig, "nlb-2").await, 1);
    rig.edit("listed", json!({"description": "edited"})).await;
    rig.ready("listed").await;
    look_afresh(&rig, "listed", "now").await;
    rig.until_listed(2).await;
    assert_eq!(reads(&rig, "nlb-2").await, 1, "nothing is to be attached");
    let more = json!([{"resourceId": "nlb-2", "zoneIds": ZONES}, {"resourceId": "nlb-3", "zoneIds": ZONES}]);
    rig.edit("listed", json!({ "resources": more })).await;
    rig.cloud("with the other one, too", |services| services.iter().any(|service| service.attachments.len() == 4))
        .await;
    rig.ready("listed").await;
    assert_eq!((reads(&rig, "nlb-2").await, reads(&rig, "nlb-3").await), (1, 1));
    rig.end().await;
}

#[tokio::test]
async fn a_zone_that_the_load_balancer_is_given_is_attached_within_the_period_and_one_that_it_loses_is_detached_after_that()
 {
    let rig = Rig::with(watchful()).await;
    rig.apply("orders", left_out("nlb", "nlb-1")).await;
    rig.ready("orders").await;
    let all = [ZONES[0], ZONES[1], THIRD_ZONE];
    give_zones(&rig, "nlb-1", &all).await;
    rig.cloud("in the third zone", |services| in_zones(services, "nlb-1", &all)).await;
    let object =
        rig.until("orders", "Ready in three zones", |object| is_ready(object) && status(object).zone_ids == all).await;
    assert_eq!(message(&object, ConditionType::Drifted), "", "a change of the load balancer is no drift");

    give_zones(&rig, "nlb-1", &all[1..]).await;
    rig.cloud("out of the first zone", |services| in_zones(services, "nlb-1", &all[1..])).await;
    rig.ready("orders").await;
    assert_eq!(rig.effects().await, [CREATE, ATTACH, DETACH]);

    give_zones(&rig, "nlb-1", &ZONES[..1]).await;
    rig.cloud("where it was never", |services| in_zones(services, "nlb-1", &ZONES[..1])).await;
    assert_eq!(rig.effects().await[3..], [ATTACH, DETACH, DETACH], "the new one first");
    rig.end().await;
}

#[tokio::test]
async fn who_asks_for_a_look_or_edits_the_object_has_the_load_balancer_read_at_once() {
    let rig = Rig::start().await;
    rig.apply("orders", left_out("nlb", "nlb-1")).await;
    rig.ready("orders").await;
    let all = [ZONES[0], ZONES[1], THIRD_ZONE];
    give_zones(&rig, "nlb-1", &all).await;
    rig.until_listed(2).await;
    assert_eq!(reads(&rig, "nlb-1").await, 1, "the period is long");
    look_afresh(&rig, "orders", "first").await;
    assert_eq!(reads(&rig, "nlb-1").await, 2, "whoever is told that everything was looked at can rely on it");
    rig.cloud("in the third zone", |services| in_zones(services, "nlb-1", &all)).await;
    rig.ready("orders").await;

    give_zones(&rig, "nlb-1", &ZONES).await;
    rig.edit("orders", json!({"description": "edited"})).await;
    rig.cloud("in two zones again", |services| in_zones(services, "nlb-1", &ZONES)).await;
    rig.end().await;
}

/// Zones of the spec count, whatever the load balancer has besides.
#[tokio::test]
async fn listed_zones_count_and_whoever_takes_the_list_out_gets_all_zones() {
    let rig = Rig::start().await;
    rig.apply(
        "orders",
        json!({"serviceResourceType": "nlb", "resources": [{"resourceId": "nlb-1", "zoneIds": [ZONES[0]]}]}),
    )
    .await;
    rig.ready("orders").await;
    assert!(in_zones(&rig.services().await, "nlb-1", &ZONES[..1]));
    rig.edit("orders", json!({"resources": [{"resourceId": "nlb-1"}]})).await;
    rig.cloud("in both zones", |services| in_zones(services, "nlb-1", &ZONES)).await;
    rig.ready("orders").await;
    rig.edit("orders", json!({"resources": [{"resourceId": "nlb-1", "zoneIds": [ZONES[1]]}]})).await;
    rig.cloud("in the other one", |services| in_zones(services, "nlb-1", &ZONES[1..])).await;
    assert_eq!(rig.effects().await, [CREATE, ATTACH, DETACH]);
    rig.end().await;
}

#[tokio::test]
async fn the_zones_of_a_services_load_balancer_are_read_and_one_that_the_service_asks_for_is_followed_when_it_comes() {
    let rig = Rig::start().await;
    create(&rig, &nlb("web", "nlb-1")).await;
    rig.apply("orders", json!({"serviceResourceType": "nlb", "resources": [{"serviceRef": {"name": "web"}}]})).await;
    rig.ready("orders").await;
    assert!(in_zones(&rig.services().await, "nlb-1", &ZONES));

    // The annotation is there before the load balancer has the zone, and stays when it is taken out.
    let all = [ZONES[0], ZONES[1], THIRD_ZONE];
    let maps = all.map(|zone| format!("{zone}:vsw-1")).join(",");
    let annotation = "service.beta.kubernetes.io/alibaba-cloud-loadbalancer-zone-maps";
    patch(&rig, "web", json!({"metadata": {"annotations": {annotation: maps}}})).await;
    until_read(&rig, "nlb-1", 3).await;
    assert!(in_zones(&rig.services().await, "nlb-1", &ZONES), "what is asked for is not there yet");
    give_zones(&rig, "nlb-1", &all).await;
    rig.cloud("in the third zone", |services| in_zones(services, "nlb-1", &all)).await;
    rig.ready("orders").await;
    let fewer = format!("{}:vsw-1", ZONES[0]);
    patch(&rig, "web", json!({"metadata": {"annotations": {annotation: fewer}}})).await;
    let before = reads(&rig, "nlb-1").await;
    until_read(&rig, "nlb-1", before + 1).await;
    rig.until_listed(2).await;
    assert!(in_zones(&rig.services().await, "nlb-1", &all), "the load balancer still has them");

    complete(&rig, "web", "nlb-2").await;
    rig.cloud("with the other load balancer", |services| in_zones(services, "nlb-2", &ZONES)).await;
    let object = rig.ready("orders").await;
    assert!(status(&object).resources.iter().all(|entry| entry.from.as_deref() == Some("web")), "{object:?}");
    rig.end().await;
}

#[tokio::test]
async fn after_a_restart_an_object_at_rest_stays_as_it_is_and_its_load_balancer_is_read_when_its_time_comes() {
    let mut rig = Rig::start().await;
    rig.apply("orders", left_out("nlb", "nlb-1")).await;
    let before = rig.ready("orders").await;
    rig.kill_operator();
    rig.start_operator().await;
    rig.until_listed(3).await;
    assert_eq!(reads(&rig, "nlb-1").await, 1, "half an hour is long");
    assert_eq!(rig.object("orders").await.unwrap().status, before.status);
    rig.edit("orders", json!({"description": "edited"})).await;
    rig.cloud("as edited", |services| services[0].description == "edited").await;
    rig.ready("orders").await;
    assert_eq!(reads(&rig, "nlb-1").await, 2, "an edit does not wait");
    assert!(in_zones(&rig.services().await, "nlb-1", &ZONES));
    rig.end().await;
}

#[tokio::test]
async fn a_zone_in_which_the_load_balancer_is_stopped_is_attached_and_told() {
    let rig = Rig::start().await;
    let stopped = json!([{"zone_id": ZONES[0], "vswitch_id": "vsw-1"}, {"zone_id": ZONES[1], "vswitch_id": "vsw-2", "status": "Stopped"}]);
    rig.simulator.admin.patch_load_balancer("nlb-1", &json!({ "zones": stopped })).await.unwrap();
    rig.apply("orders", left_out("nlb", "nlb-1")).await;
    let object = rig.ready("orders").await;
    assert!(in_zones(&rig.services().await, "nlb-1", &ZONES));
    let told = message(&object, ConditionType::Ready);
    assert!(told.contains("nlb-1 in cn-hangzhou-i (Stopped)"), "{told}");
    give_zones(&rig, "nlb-1", &ZONES).await;
    look_afresh(&rig, "orders", "now").await;
    rig.until("orders", "told that all is well", |object| !message(object, ConditionType::Ready).contains("Stopped"))
        .await;
    rig.end().await;
}

/// Whoever looks before he attaches must not wait for ever.
#[tokio::test]
async fn a_look_that_is_not_answered_delays_a_service_with_listed_zones_by_seconds_only_and_the_next_not_at_all() {
    let rig = Rig::start().await;
    let silence = FaultKind::TimeOut { moment: Moment::BeforeEffect, after: Duration::from_secs(30) };
    rig.fault(Fault::next(READ_NLB, silence).times(100)).await;
    let began = std::time::Instant::now();
    rig.apply("orders", nlb_spec()).await;
    rig.ready("orders").await;
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    rig.end().await;
}
