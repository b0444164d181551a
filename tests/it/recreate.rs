//! A service that was deleted outside: reported by default, and where the spec wants it recreated, exactly once for each time that it went.

use std::time::Duration;

use jiff::SignedDuration;
use k8s_openapi::api::events::v1::Event;
use kube::Api;
use kube::api::ListParams;
use privatelink_operator::crd::{ConditionType, VpcEndpointService};
use privatelink_operator::names::CREATE_RECORD_ANNOTATION;
use privatelink_sim::{Fault, FaultKind, LoadBalancer, Moment, Span};
use serde_json::{Value, json};

use crate::support::rig::{
    CONSISTENCY_WINDOW, CREATE_WRITES, FREQUENT_RESYNC_PERIOD, REGION, Rig, Setup, ZONES, hang, is_applied, is_ready,
    message, nlb_spec, ready_condition, status,
};

const CREATE: &str = "CreateVpcEndpointService";
const READ_LOAD_BALANCER: &str = "GetLoadBalancerAttribute";

/// The usual spec, with another service in the place of one that went.
fn replacing() -> Value {
    let mut spec = nlb_spec();
    spec["whenGone"] = json!("Recreate");
    spec
}

/// An object that is Ready and whose operator looks often.
async fn ready_rig(spec: Value) -> (Rig, VpcEndpointService) {
    ready_rig_in(Setup::watchful(), spec).await
}

/// The same, where a service that is deleted is on its way out for this long.
async fn ready_rig_with_deletions_of(duration: Duration) -> (Rig, VpcEndpointService) {
    let mut setup = Setup::watchful();
    setup.simulator.timers.deleting = Span::fixed(duration);
    ready_rig_in(setup, replacing()).await
}

async fn ready_rig_in(setup: Setup, spec: Value) -> (Rig, VpcEndpointService) {
    let rig = Rig::with(setup).await;
    rig.apply("orders", spec).await;
    let object = rig.ready("orders").await;
    (rig, object)
}

/// Somebody deletes the one service in the console. It is gone when this returns.
async fn lose(rig: &Rig) -> String {
    let id = rig.service().await.id;
    rig.simulator.admin.delete_service(&id).await.unwrap();
    rig.cloud("without it", |services| services.iter().all(|service| service.id != id)).await;
    id
}

/// Waits until a list without the service tells at once that it is gone. While it is younger, the object is not called Ready until then.
async fn until_lists_are_trusted(rig: &Rig) {
    let created = rig.service().await.created;
    let age = async || rig.simulator.admin.now().await.unwrap().duration_since(created);
    let slack = SignedDuration::from_secs(1);
    let trusted = SignedDuration::try_from(CONSISTENCY_WINDOW).unwrap() + slack;
    rig.poll("lists are trusted", age, |age| *age > trusted).await;
}

/// Waits until the object is Ready with this incarnation, and compares everything that tells of it.
async fn ready_in_incarnation(rig: &Rig, incarnation: u32) -> VpcEndpointService {
    let wanted = |object: &VpcEndpointService| is_ready(object) && status(object).incarnation == Some(incarnation);
    let object = rig.until("orders", &format!("Ready in incarnation {incarnation}"), wanted).await;
    let service = rig.service().await;
    assert_eq!(status(&object).service_id.as_ref(), Some(&service.id));
    assert_eq!(status(&object).service_domain, Some(service.domain));
    assert_eq!(record(&object)["incarnation"], incarnation);
    object
}

fn record(object: &VpcEndpointService) -> Value {
    let annotations = object.metadata.annotations.clone().unwrap_or_default();
    serde_json::from_str(&annotations[CREATE_RECORD_ANNOTATION]).unwrap()
}

/// The tokens of the Creates that made something, in order.
async fn tokens_that_made(rig: &Rig) -> Vec<String> {
    let creates = rig.calls(CREATE).await.into_iter().filter(is_applied);
    creates.map(|call| call.client_token.unwrap()).collect()
}

/// What the operator announced of the object under this reason.
async fn announced(rig: &Rig, reason: &str) -> Vec<String> {
    let events: Api<Event> = Api::namespaced(rig.admin.clone(), &rig.namespace);
    let all = events.list(&ListParams::default()).await.unwrap().into_iter();
    all.filter(|event| event.reason.as_deref() == Some(reason)).filter_map(|event| event.note).collect()
}

#[tokio::test]
async fn a_service_that_was_deleted_outside_is_recreated_once_under_the_next_token() {
    // No list shows it on its way out, which would be worth a write to the status.
    let (rig, object) = ready_rig_with_deletions_of(Duration::ZERO).await;
    let uid = object.metadata.uid.unwrap();
    until_lists_are_trusted(&rig).await;
    let gone = lose(&rig).await;
    let object = ready_in_incarnation(&rig, 1).await;
    let id = status(&object).service_id.unwrap();
    assert_ne!(id, gone);
    rig.until_listed(3).await;
    assert_eq!(tokens_that_made(&rig).await, [uid.clone(), format!("{uid}-1")]);
    assert_eq!(rig.calls(CREATE).await.len(), 2);
    assert_eq!(rig.kubernetes_writes().len(), 2 * CREATE_WRITES, "another service costs what the first one did");
    let text =
        format!("The endpoint service {gone} was deleted in the cloud; {id} was created in its place in cn-hangzhou.");
    let announced = announced(&rig, "EndpointServiceRecreated").await;
    assert!(matches!(announced.as_slice(), [one] if one.starts_with(&text)), "{announced:?}");
    rig.end().await;
}

#[tokio::test]
async fn while_it_is_on_its_way_out_the_object_is_not_ready_and_waits() {
    let takes = SignedDuration::from_secs(6);
    let (rig, _) = ready_rig_with_deletions_of(takes.unsigned_abs()).await;
    until_lists_are_trusted(&rig).await;
    let going = rig.service().await.id;
    let begin = rig.simulator.admin.now().await.unwrap();
    rig.simulator.admin.delete_service(&going).await.unwrap();
    let object = rig.not_ready("orders", "ProviderBusy").await;
    assert_eq!(status(&object).service_id, Some(going));
    ready_in_incarnation(&rig, 1).await;
    let creates = rig.calls(CREATE).await;
    assert_eq!(creates.len(), 2);
    let waited = creates[1].time.duration_since(begin);
    assert!(waited >= takes, "something was made beside a service that still was there, after {waited}");
    assert_eq!(rig.kubernetes_writes().len(), 2 * CREATE_WRITES + 1);
    rig.end().await;
}

#[tokio::test]
async fn by_default_it_is_reported_and_only_an_edit_that_says_so_recreates_it() {
    let (mut rig, _) = ready_rig(nlb_spec()).await;
    let gone = lose(&rig).await;
    let object = rig.not_ready("orders", "ServiceGone").await;
    assert!(message(&object, ConditionType::Stalled).contains(&gone));
    let is_still_gone = |object: &VpcEndpointService| {
        status(object).observed_generation == object.metadata.generation
            && ready_condition(object) == Some(("False", "ServiceGone"))
    };
    rig.edit("orders", json!({"description": "intake"})).await;
    rig.until("orders", "still without a service", is_still_gone).await;
    // Nor does a process that knows nothing but the object make another one.
    rig.kill_operator();
    rig.start_operator().await;
    rig.edit("orders", json!({"description": "intake again"})).await;
    rig.until("orders", "still without a service", is_still_gone).await;
    rig.until_listed(5).await;
    rig.not_ready("orders", "ServiceGone").await;
    assert_eq!((rig.services().await, rig.calls(CREATE).await.len()), (vec![], 1));
    rig.edit("orders", json!({"whenGone": "Recreate"})).await;
    ready_in_incarnation(&rig, 1).await;
    assert_eq!(rig.calls(CREATE).await.len(), 2);
    rig.end().await;
}

#[tokio::test]
async fn a_kill_between_the_new_record_and_the_create_makes_one_service() {
    let (mut rig, _) = ready_rig_in(Setup::watchful().soon_sure(), replacing()).await;
    rig.fault(hang(CREATE, Moment::BeforeEffect)).await;
    lose(&rig).await;
    rig.until("orders", "on record", |object| record(object)["incarnation"] == 1).await;
    rig.until_calls(CREATE, 2).await;
    rig.kill_operator();
    assert_eq!(rig.services().await, []);
    rig.start_operator().await;
    ready_in_incarnation(&rig, 1).await;
    assert_eq!(tokens_that_made(&rig).await.len(), 2);
    rig.end().await;
}

#[tokio::test]
async fn a_kill_after_the_second_create_makes_no_third_service() {
    let (mut rig, _) = ready_rig(replacing()).await;
    rig.fault(hang(CREATE, Moment::AfterEffect)).await;
    let gone = lose(&rig).await;
    rig.cloud("recreated", |services| services.len() == 1).await;
    rig.kill_operator();
    assert_eq!(status(&rig.object("orders").await.unwrap()).service_id, Some(gone));
    rig.start_operator().await;
    ready_in_incarnation(&rig, 1).await;
    assert_eq!(tokens_that_made(&rig).await.len(), 2);
    rig.end().await;
}

#[tokio::test]
async fn a_lost_reply_of_the_second_create_makes_no_third_service_while_the_lists_lag() {
    let mut setup = Setup::lagging();
    setup.timing.insert("resyncPeriod", FREQUENT_RESYNC_PERIOD);
    let rig = Rig::with(setup).await;
    rig.apply("orders", replacing()).await;
    rig.ready("orders").await;
    rig.fault(Fault::next(CREATE, FaultKind::Cut { moment: Moment::AfterEffect }).times(4)).await;
    lose(&rig).await;
    ready_in_incarnation(&rig, 1).await;
    assert_eq!(tokens_that_made(&rig).await.len(), 2);
    rig.end().await;
}

#[tokio::test]
async fn a_service_that_is_deleted_outside_twice_is_made_three_times() {
    let (rig, object) = ready_rig(replacing()).await;
    let uid = object.metadata.uid.unwrap();
    for incarnation in [1, 2] {
        lose(&rig).await;
        ready_in_incarnation(&rig, incarnation).await;
    }
    assert_eq!(tokens_that_made(&rig).await, [uid.clone(), format!("{uid}-1"), format!("{uid}-2")]);
    rig.end().await;
}

#[tokio::test]
async fn a_second_service_that_went_before_anybody_knew_its_id_is_followed_by_a_third() {
    let (mut rig, _) = ready_rig_in(Setup::watchful().soon_sure(), replacing()).await;
    rig.fault(hang(CREATE, Moment::AfterEffect)).await;
    lose(&rig).await;
    rig.cloud("recreated", |services| services.len() == 1).await;
    rig.kill_operator();
    lose(&rig).await;
    rig.start_operator().await;
    // The token of the second service still answers with what is gone by now.
    ready_in_incarnation(&rig, 2).await;
    assert_eq!(tokens_that_made(&rig).await.len(), 3);
    rig.end().await;
}

#[tokio::test]
async fn a_service_that_goes_while_it_is_creating_is_recreated() {
    let mut setup = Setup::watchful();
    setup.simulator.timers.creating = Span::millis(1500);
    let rig = Rig::with(setup).await;
    rig.apply("orders", replacing()).await;
    rig.until("orders", "named", |object| status(object).service_id.is_some()).await;
    lose(&rig).await;
    ready_in_incarnation(&rig, 1).await;
    assert_eq!(tokens_that_made(&rig).await.len(), 2);
    rig.end().await;
}

#[tokio::test]
async fn an_object_whose_second_service_is_refused_says_so_and_gets_it_later() {
    // Refused for a shorter time than makes the operator try another token.
    let mut setup = Setup::watchful();
    setup.timing.insert("consistencyWindow", Duration::from_secs(5));
    let (rig, _) = ready_rig_in(setup, replacing()).await;
    // What no read of the load balancer tells before.
    let refusal = Fault::next(CREATE, FaultKind::error("VSwitchNotFound"));
    rig.fault(Fault { times: None, ..refusal }).await;
    let gone = lose(&rig).await;
    let object = rig.not_ready("orders", "WaitingForLoadBalancer").await;
    assert_eq!(status(&object).service_id, Some(gone));
    let records = rig.kubernetes_writes().len();
    rig.until_calls(CREATE, 5).await;
    assert!(rig.kubernetes_writes().len() <= records + 1, "no write for each refusal");
    rig.simulator.admin.clear_faults().await.unwrap();
    ready_in_incarnation(&rig, 1).await;
    rig.end().await;
}

#[tokio::test]
async fn a_second_service_waits_for_its_load_balancer_and_nothing_is_sent_before() {
    let (rig, _) = ready_rig_in(Setup::watchful(), replacing()).await;
    rig.simulator.admin.remove_load_balancer("nlb-1").await.unwrap();
    lose(&rig).await;
    rig.not_ready("orders", "WaitingForLoadBalancer").await;
    let reads = rig.calls(READ_LOAD_BALANCER).await.len();
    rig.until_calls(READ_LOAD_BALANCER, reads + 2).await;
    assert_eq!(rig.calls(CREATE).await.len(), 1);
    let balancer = LoadBalancer::new("nlb-1", "nlb", REGION, &ZONES);
    rig.simulator.admin.seed_load_balancer(&balancer).await.unwrap();
    ready_in_incarnation(&rig, 1).await;
    assert_eq!(rig.calls(CREATE).await.len(), 2);
    rig.end().await;
}

#[tokio::test]
async fn an_object_whose_service_went_is_deleted_without_another_one() {
    let (rig, _) = ready_rig_in(Setup::watchful().soon_sure(), replacing()).await;
    rig.fault(hang(CREATE, Moment::BeforeEffect)).await;
    lose(&rig).await;
    rig.until("orders", "on record", |object| record(object)["incarnation"] == 1).await;
    rig.delete("orders").await;
    rig.gone("orders").await;
    assert_eq!(rig.services().await, []);
    rig.end().await;
}
