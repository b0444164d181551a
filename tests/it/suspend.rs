//! `spec.suspend`: the operator looks, and writes nothing to the cloud, until it is lifted.

use privatelink_operator::crd::{ConditionType, VpcEndpointService};
use privatelink_sim::{ServiceChange, ServiceView};
use serde_json::json;

use crate::support::rig::{Rig, Setup, is_ready, message, nlb_spec, ready_condition, status};

const UPDATE: &str = "UpdateVpcEndpointServiceAttribute";
const NONE: [&str; 0] = [];

fn is_described(object: &VpcEndpointService) -> bool {
    status(object).observed_generation == object.metadata.generation
}

#[tokio::test]
async fn an_object_that_is_created_suspended_gets_nothing_until_that_is_lifted() {
    let rig = Rig::with(Setup::watchful()).await;
    let mut spec = nlb_spec();
    spec["suspend"] = json!(true);
    rig.apply("orders", spec).await;
    // Once the load balancer was looked at.
    let is_told = |object: &_| message(object, ConditionType::Ready).contains("CreateVpcEndpointService");
    let object = rig.until("orders", "told what is to be created", is_told).await;
    assert_eq!(ready_condition(&object), Some(("False", "Suspended")));
    assert_eq!(status(&object).conditions.len(), 1, "neither at work nor stalled: {object:#?}");
    rig.until_listed(2).await;
    let object = rig.object("orders").await.unwrap();
    assert_eq!((object.metadata.finalizers, object.metadata.annotations), (None, None));
    assert_eq!((rig.services().await, rig.effects().await), (Vec::new(), Vec::new()));

    rig.edit("orders", json!({"suspend": false})).await;
    rig.ready("orders").await;
    assert_eq!(rig.effects().await, ["CreateVpcEndpointService"]);
    rig.end().await;
}

#[tokio::test]
async fn a_suspended_object_without_a_service_is_deleted_at_once() {
    let rig = Rig::start().await;
    let mut spec = nlb_spec();
    spec["suspend"] = json!(true);
    rig.apply("orders", spec).await;
    rig.not_ready("orders", "Suspended").await;
    rig.delete("orders").await;
    rig.gone("orders").await;
    assert_eq!(rig.effects().await, NONE);
    rig.end().await;
}

#[tokio::test]
async fn a_ready_object_stays_ready_while_it_is_suspended_and_its_spec_is_in_force() {
    let rig = Rig::with(Setup::watchful()).await;
    let mut spec = nlb_spec();
    spec["description"] = json!("intake");
    rig.apply("orders", spec).await;
    rig.ready("orders").await;
    let made = rig.effects().await;
    rig.edit("orders", json!({"suspend": true})).await;
    rig.until("orders", "looked at", is_described).await;
    let log = rig.log();
    assert!(is_ready(&rig.object("orders").await.unwrap()));
    assert_eq!(log.matches("Ready is False").count(), 1, "one is from the creation: {log}");

    // Drift is told, and left alone.
    let service = rig.service().await;
    let theirs = ServiceChange { description: Some("theirs".to_owned()), ..ServiceChange::default() };
    rig.simulator.admin.change_service(&service.id, &theirs).await.unwrap();
    let drifted = |object: &VpcEndpointService| !status(object).drift.is_empty();
    let object = rig.until("orders", "drifted", drifted).await;
    assert_eq!(ready_condition(&object), Some(("True", "Available")));
    rig.until_listed(2).await;
    assert_eq!(rig.effects().await, made);

    rig.edit("orders", json!({"suspend": false})).await;
    rig.cloud("as the spec wants it", |services| *services == [service.clone()]).await;
    rig.ready("orders").await;
    assert_eq!(rig.effects().await, [made, vec![UPDATE.to_owned()]].concat());
    rig.end().await;
}

#[tokio::test]
async fn an_edit_of_a_suspended_object_is_applied_when_that_is_lifted() {
    let rig = Rig::start().await;
    rig.apply("orders", nlb_spec()).await;
    rig.ready("orders").await;
    let service = rig.service().await;
    rig.edit("orders", json!({"suspend": true, "description": "intake"})).await;
    let object = rig.not_ready("orders", "Suspended").await;
    assert!(message(&object, ConditionType::Ready).contains(UPDATE), "{object:#?}");
    rig.until_listed(2).await;
    assert_eq!(rig.service().await, service);

    rig.edit("orders", json!({"suspend": false})).await;
    rig.ready("orders").await;
    assert_eq!(rig.service().await, ServiceView { description: "intake".to_owned(), ..service });
    rig.end().await;
}
