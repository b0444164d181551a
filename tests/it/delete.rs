//! Deletion: the object goes when its service is gone, or no longer its own, and not before.

use std::time::{Duration, Instant};

use kube::api::{Patch, PatchParams};
use privatelink_operator::crd::{ConditionType, VpcEndpointService};
use privatelink_operator::names::FINALIZER;
use privatelink_sim::{DEFAULT_CONSUMER, ServiceView, Span};
use serde_json::{Value, json};

use crate::support::rig::{CREATE_WRITES, Rig, Setup, message, nlb_spec, status};

const CREATE: &str = "CreateVpcEndpointService";
const UPDATE: &str = "UpdateVpcEndpointServiceAttribute";
const DETACH: &str = "DetachResourceFromVpcEndpointService";
const DELETE: &str = "DeleteVpcEndpointService";
const GET: &str = "GetVpcEndpointServiceAttribute";
const UNTAG: &str = "UntagResources";

/// What it takes to delete a service with one load balancer in two zones.
const DELETION: [&str; 3] = [DETACH, DETACH, DELETE];

/// Who waits for the lists to be trusted, waits in vain.
const LONGER_THAN_THE_TEST: Duration = Duration::from_mins(10);

/// A deletion costs two writes at most: the status that says so, and the finalizer.
const WRITES: usize = 2;

/// A Ready object `orders` and its service, with these fields over those of `nlb_spec`.
async fn ready(rig: &Rig, fields: &Value) -> ServiceView {
    let mut spec = nlb_spec();
    spec.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    rig.apply("orders", spec).await;
    rig.ready("orders").await;
    rig.service().await
}

/// A Ready object `orders` that lets the consumer in, its service, and the consumer's endpoint, connected.
async fn connected(rig: &Rig) -> (ServiceView, String) {
    let service = ready(rig, &json!({"autoAcceptEnabled": true, "allowedPrincipals": [DEFAULT_CONSUMER]})).await;
    let endpoint = rig.connect(DEFAULT_CONSUMER, &service.id).await;
    rig.until_connection(&endpoint, "Connected").await;
    (service, endpoint)
}

/// Beyond the create, the operator wrote to Kubernetes at most so often.
fn assert_writes(rig: &Rig, at_most: usize) {
    let writes = rig.kubernetes_writes();
    assert!(writes.len() <= CREATE_WRITES + at_most, "{writes:#?}");
}

fn has_finalizer(object: &VpcEndpointService) -> bool {
    object.metadata.finalizers.iter().flatten().any(|finalizer| finalizer == FINALIZER)
}

#[tokio::test]
async fn the_object_stays_until_the_provider_says_that_the_service_is_gone() {
    let mut setup = Setup::default();
    setup.simulator.timers.deleting = Span::millis(1200);
    let rig = Rig::with(setup).await;
    let service = ready(&rig, &json!({})).await;
    let effects = rig.effects().await.len();
    rig.delete("orders").await;
    rig.cloud("being deleted", |services| services[0].status == "Deleting").await;
    let object = rig.not_ready("orders", "Deleting").await;
    assert!(has_finalizer(&object), "{object:#?}");
    rig.gone("orders").await;
    assert_eq!(rig.services().await, []);
    assert_eq!(rig.effects().await[effects..], DELETION);
    let proof = rig.journal_about(&service.id).await.into_iter().rfind(|call| call.operation == GET).unwrap();
    assert_eq!(proof.code.as_deref(), Some("EndpointServiceNotFound"));
    assert_writes(&rig, WRITES);
    rig.end().await;
}

#[tokio::test]
async fn a_deletion_is_blocked_while_a_consumer_is_connected_and_goes_on_when_it_has_left() {
    let rig = Rig::with(Setup::watchful()).await;
    let (service, endpoint) = connected(&rig).await;
    let effects = rig.effects().await.len();
    rig.delete("orders").await;
    let object = rig.not_ready("orders", "DeletionBlocked").await;
    let said = message(&object, ConditionType::Ready);
    assert!(said.contains(&endpoint) && said.contains(DEFAULT_CONSUMER), "{said}");
    assert!(has_finalizer(&object), "{object:#?}");
    rig.until_listed(2).await;
    // Nobody else is let in, and nobody is cut off.
    let not_accepting = ServiceView { auto_accept: false, ..service.clone() };
    let found = rig.service().await;
    assert_eq!(
        ServiceView { attachments: Vec::new(), ..found },
        ServiceView { attachments: Vec::new(), ..not_accepting }
    );
    assert_eq!(rig.connection(&endpoint).await, "Connected");
    assert_eq!(rig.effects().await[effects..], [UPDATE]);

    rig.simulator.admin.delete_endpoint(&endpoint).await.unwrap();
    rig.gone("orders").await;
    assert_eq!(rig.services().await, []);
    assert_eq!(rig.effects().await[effects..], [[UPDATE].as_slice(), &DELETION].concat());
    // One more than in the plain case says who is in the way, one that nobody is any more, and one that the consumer is gone, where a list showed it on
    // its way out.
    assert_writes(&rig, WRITES + 3);
    rig.end().await;
}

#[tokio::test]
async fn every_consumer_that_blocks_a_deletion_is_named() {
    let rig = Rig::start().await;
    let (service, first) = connected(&rig).await;
    let second = rig.connect(DEFAULT_CONSUMER, &service.id).await;
    rig.until_connection(&second, "Connected").await;
    rig.delete("orders").await;
    let names_both = |object: &VpcEndpointService| {
        let said = message(object, ConditionType::Ready);
        said.contains(&first) && said.contains(&second)
    };
    rig.until("orders", "blocked by both", names_both).await;
    rig.simulator.admin.delete_endpoint(&first).await.unwrap();
    let names_one = |object: &VpcEndpointService| {
        let said = message(object, ConditionType::Ready);
        !said.contains(&first) && said.contains(&second)
    };
    rig.until("orders", "blocked by one", names_one).await;
    rig.simulator.admin.delete_endpoint(&second).await.unwrap();
    rig.gone("orders").await;
    assert_eq!(rig.services().await, []);
    rig.end().await;
}

#[tokio::test]
async fn a_request_that_nobody_accepted_does_not_block_a_deletion() {
    let rig = Rig::with(Setup::watchful()).await;
    let service = ready(&rig, &json!({"allowedPrincipals": [DEFAULT_CONSUMER]})).await;
    let endpoint = rig.connect(DEFAULT_CONSUMER, &service.id).await;
    assert_eq!(rig.connection(&endpoint).await, "Disconnected");
    rig.delete("orders").await;
    rig.gone("orders").await;
    assert_eq!(rig.services().await, []);
    rig.end().await;
}

#[tokio::test]
async fn retain_leaves_the_service_and_takes_our_tags_off() {
    let rig = Rig::start().await;
    let service = ready(&rig, &json!({"deletionPolicy": "Retain", "tags": {"team": "shop"}})).await;
    let effects = rig.effects().await.len();
    rig.delete("orders").await;
    rig.gone("orders").await;
    let tags = [("team".to_owned(), "shop".to_owned())].into();
    assert_eq!(rig.service().await, ServiceView { tags, ..service });
    assert_eq!(rig.effects().await[effects..], [UNTAG]);
    assert_writes(&rig, WRITES);
    rig.end().await;
}

#[tokio::test]
async fn a_retained_service_keeps_its_consumers_and_what_it_accepts() {
    let rig = Rig::start().await;
    let (_, endpoint) = connected(&rig).await;
    rig.edit("orders", json!({"deletionPolicy": "Retain"})).await;
    let before = rig.service().await;
    rig.delete("orders").await;
    rig.gone("orders").await;
    assert_eq!(rig.service().await, ServiceView { tags: [].into(), ..before });
    assert_eq!(rig.connection(&endpoint).await, "Connected");
    rig.end().await;
}

#[tokio::test]
async fn changing_the_policy_to_retain_lets_a_blocked_deletion_go() {
    let rig = Rig::start().await;
    let (_, endpoint) = connected(&rig).await;
    let effects = rig.effects().await.len();
    rig.delete("orders").await;
    rig.not_ready("orders", "DeletionBlocked").await;
    let blocked = rig.service().await;
    rig.edit("orders", json!({"deletionPolicy": "Retain"})).await;
    rig.gone("orders").await;
    assert_eq!(rig.service().await, ServiceView { tags: [].into(), ..blocked });
    assert_eq!(rig.connection(&endpoint).await, "Connected");
    assert_eq!(rig.effects().await[effects..], [UPDATE, UNTAG]);
    rig.end().await;
}

#[tokio::test]
async fn suspend_holds_a_deletion_until_it_is_lifted() {
    let rig = Rig::with(Setup::watchful()).await;
    let service = ready(&rig, &json!({"autoAcceptEnabled": true})).await;
    let effects = rig.effects().await.len();
    rig.edit("orders", json!({"suspend": true})).await;
    rig.delete("orders").await;
    let object = rig.not_ready("orders", "DeletionBlocked").await;
    let said = message(&object, ConditionType::Ready);
    assert!(said.contains("spec.suspend") && said.contains(&service.id), "{said}");
    rig.until_listed(2).await;
    assert_eq!(rig.service().await, service);
    assert_eq!(rig.effects().await[effects..], [""; 0]);

    rig.edit("orders", json!({"suspend": false})).await;
    rig.gone("orders").await;
    assert_eq!(rig.services().await, []);
    rig.end().await;
}

#[tokio::test]
async fn a_deletion_that_is_suspended_on_its_way_goes_no_further() {
    let rig = Rig::with(Setup::watchful()).await;
    let (service, endpoint) = connected(&rig).await;
    rig.delete("orders").await;
    rig.not_ready("orders", "DeletionBlocked").await;
    rig.edit("orders", json!({"suspend": true})).await;
    let is_suspended = |object: &VpcEndpointService| message(object, ConditionType::Ready).contains("spec.suspend");
    rig.until("orders", "suspended", is_suspended).await;
    rig.simulator.admin.delete_endpoint(&endpoint).await.unwrap();
    rig.until_listed(2).await;
    assert_eq!(rig.service().await.id, service.id);
    assert_eq!(rig.calls(DETACH).await, []);
    rig.edit("orders", json!({"suspend": false})).await;
    rig.gone("orders").await;
    rig.end().await;
}

#[tokio::test]
async fn an_object_of_the_same_name_gets_a_service_of_its_own() {
    delete_and_recreate(Setup::default()).await;
}

#[tokio::test]
async fn an_object_of_the_same_name_gets_a_service_of_its_own_while_the_lists_lag() {
    delete_and_recreate(Setup::lagging()).await;
}

async fn delete_and_recreate(setup: Setup) {
    let rig = Rig::with(setup).await;
    let first = ready(&rig, &json!({})).await;
    rig.delete("orders").await;
    rig.gone("orders").await;
    assert_eq!(rig.services().await, [], "the first is gone before the second can be asked for");
    let second = ready(&rig, &json!({})).await;
    assert_ne!(first.id, second.id);
    assert_eq!(status(&rig.ready("orders").await).service_id, Some(second.id));
    assert_eq!(rig.effects().await, [[CREATE].as_slice(), &DELETION, &[CREATE]].concat());
    rig.end().await;
}

#[tokio::test]
async fn a_retained_service_does_not_stand_in_the_way_of_an_object_of_the_same_name() {
    retain_and_recreate(Setup::default(), Restart::No).await;
}

#[tokio::test]
async fn a_retained_service_does_not_stand_in_the_way_while_the_lists_lag() {
    retain_and_recreate(Setup::lagging(), Restart::No).await;
}

#[tokio::test]
async fn a_retained_service_does_not_stand_in_the_way_of_a_new_process_while_the_lists_lag() {
    retain_and_recreate(Setup::lagging(), Restart::Yes).await;
}

#[derive(PartialEq)]
enum Restart {
    No,
    Yes,
}

async fn retain_and_recreate(setup: Setup, restart: Restart) {
    let mut rig = Rig::with(setup).await;
    let first = ready(&rig, &json!({"deletionPolicy": "Retain"})).await;
    rig.delete("orders").await;
    rig.gone("orders").await;
    if restart == Restart::Yes {
        rig.kill_operator();
        rig.start_operator().await;
    }
    rig.apply("orders", nlb_spec()).await;
    let second = status(&rig.ready("orders").await).service_id.unwrap();
    assert_ne!(first.id, second);
    let mut ids: Vec<_> = rig.services().await.into_iter().map(|service| service.id).collect();
    ids.retain(|id| *id != first.id);
    assert_eq!(ids, [second]);
    rig.end().await;
}

#[tokio::test]
async fn a_service_that_is_being_created_is_deleted_as_soon_as_it_can_be() {
    let mut setup = Setup::default();
    setup.simulator.timers.creating = Span::millis(1000);
    let rig = Rig::with(setup).await;
    rig.apply("orders", nlb_spec()).await;
    rig.not_ready("orders", "Creating").await;
    rig.delete("orders").await;
    rig.not_ready("orders", "Deleting").await;
    rig.gone("orders").await;
    assert_eq!(rig.services().await, []);
    assert_eq!(rig.effects().await, [[CREATE].as_slice(), &DELETION].concat());
    let refused: Vec<_> = rig.journal().await.into_iter().filter_map(|call| call.code).collect();
    assert_eq!(refused, ["EndpointServiceNotFound"], "nothing but the proof that it is gone");
    rig.end().await;
}

#[tokio::test]
async fn an_object_whose_create_was_refused_goes_without_waiting_for_the_lists() {
    let mut setup = Setup::default();
    setup.timing.insert("consistencyWindow", LONGER_THAN_THE_TEST);
    let rig = Rig::with(setup).await;
    // The account may not pay for its consumers.
    let mut spec = nlb_spec();
    spec["payer"] = json!("EndpointService");
    rig.apply("orders", spec).await;
    let stalled = |object: &VpcEndpointService| {
        status(object).last_error.and_then(|error| error.code).as_deref() == Some("EndpointServicePayerForbidden")
    };
    let object = rig.until("orders", "refused", stalled).await;
    assert!(has_finalizer(&object), "{object:#?}");
    rig.delete("orders").await;
    rig.gone("orders").await;
    assert_eq!(rig.services().await, []);
    assert_eq!(rig.effects().await, [""; 0]);
    rig.end().await;
}

#[tokio::test]
async fn an_object_whose_service_has_just_been_made_goes_without_waiting_for_the_lists() {
    let mut setup = Setup::default();
    setup.simulator.timers.deleting = Span::millis(600);
    setup.timing.insert("consistencyWindow", LONGER_THAN_THE_TEST);
    let rig = Rig::with(setup).await;
    ready(&rig, &json!({})).await;
    rig.delete("orders").await;
    rig.gone("orders").await;
    assert_eq!(rig.services().await, []);
    rig.end().await;
}

#[tokio::test]
async fn an_object_that_was_deleted_before_the_operator_saw_it_leaves_nothing() {
    let mut rig = Rig::without_operator(Setup::default()).await;
    rig.apply("early", nlb_spec()).await;
    rig.delete("early").await;
    rig.gone("early").await;
    // Somebody else's finalizer keeps this one.
    rig.apply("held", nlb_spec()).await;
    set_finalizers(&rig, "held", &["example.com/audit"]).await;
    rig.delete("held").await;
    rig.start_operator().await;
    let service = ready(&rig, &json!({})).await;
    let held = rig.object("held").await.unwrap();
    assert_eq!(held.metadata.finalizers, Some(vec!["example.com/audit".to_owned()]));
    assert_eq!(held.metadata.annotations, None);
    set_finalizers(&rig, "held", &[]).await;
    rig.gone("held").await;
    assert_eq!(rig.services().await, [service]);
    assert_eq!(rig.calls(CREATE).await.len(), 1);
    rig.end().await;
}

async fn set_finalizers(rig: &Rig, name: &str, finalizers: &[&str]) {
    let patch = Patch::Merge(json!({"metadata": {"finalizers": finalizers}}));
    rig.objects().patch(name, &PatchParams::default(), &patch).await.unwrap();
}

#[tokio::test]
async fn an_object_goes_whose_service_was_deleted_outside() {
    let rig = Rig::with(Setup::watchful()).await;
    let service = ready(&rig, &json!({})).await;
    let effects = rig.effects().await.len();
    rig.simulator.admin.delete_service(&service.id).await.unwrap();
    rig.cloud("empty", <[_]>::is_empty).await;
    rig.delete("orders").await;
    rig.gone("orders").await;
    assert_eq!(rig.effects().await[effects..], [""; 0]);
    // The operator may have seen that it is gone before the object was marked.
    assert_writes(&rig, WRITES + 1);
    rig.end().await;
}

#[tokio::test]
async fn an_object_goes_whose_service_is_deleted_outside_while_it_is_deleted() {
    let deleting = Duration::from_millis(800);
    let mut setup = Setup::watchful();
    setup.simulator.timers.deleting = Span::fixed(deleting);
    let rig = Rig::with(setup).await;
    let service = ready(&rig, &json!({})).await;
    rig.simulator.admin.delete_service(&service.id).await.unwrap();
    let begin = Instant::now();
    rig.delete("orders").await;
    rig.gone("orders").await;
    // The provider has begun a call earlier than the clock.
    let waited = begin.elapsed();
    assert!(waited > deleting * 3 / 4, "it did not wait for the provider: {waited:?}");
    assert_eq!(rig.services().await, []);
    assert_eq!(rig.calls(DELETE).await, []);
    rig.end().await;
}

#[tokio::test]
async fn a_broken_spec_does_not_stand_in_the_way_of_a_deletion() {
    let rig = Rig::start().await;
    ready(&rig, &json!({})).await;
    rig.edit("orders", json!({"resources": [{"resourceId": "nlb-gone", "zoneIds": ["cn-hangzhou-z"]}]})).await;
    rig.not_ready("orders", "WaitingForLoadBalancer").await;
    rig.delete("orders").await;
    rig.gone("orders").await;
    assert_eq!(rig.services().await, []);
    rig.end().await;
}
