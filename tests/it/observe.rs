//! `spec.managementPolicy: Observe`: the cloud is read, and nothing is written to it, nor to the object but its status.

use privatelink_operator::crd::{ConditionType, VpcEndpointService};
use privatelink_sim::{ServiceChange, ServiceView};
use serde_json::{Value, json};

use crate::support::rig::{Rig, Setup, is_ready, message, nlb_spec, ready_condition, status};

fn observed() -> Value {
    let mut spec = nlb_spec();
    spec["managementPolicy"] = json!("Observe");
    spec
}

fn is_described(object: &VpcEndpointService) -> bool {
    status(object).observed_generation == object.metadata.generation
}

#[tokio::test]
async fn where_nothing_of_the_object_is_in_the_cloud_there_is_nothing_to_observe() {
    let rig = Rig::with(Setup::watchful()).await;
    rig.apply("orders", observed()).await;
    let object = rig.not_ready("orders", "NothingToObserve").await;
    assert_eq!(message(&object, ConditionType::Stalled), message(&object, ConditionType::Ready));
    rig.until_listed(2).await;
    let object = rig.object("orders").await.unwrap();
    assert_eq!((object.metadata.finalizers, object.metadata.annotations), (None, None));
    rig.delete("orders").await;
    rig.gone("orders").await;
    assert_eq!(rig.effects().await, [""; 0]);
    rig.end().await;
}

#[tokio::test]
async fn what_is_observed_is_told_with_what_differs_and_left_as_it_is_also_by_a_deletion() {
    let rig = Rig::with(Setup::watchful()).await;
    let mut spec = nlb_spec();
    spec["description"] = json!("intake");
    rig.apply("orders", spec).await;
    rig.ready("orders").await;
    let (made, service) = (rig.effects().await, rig.service().await);
    rig.edit("orders", json!({"managementPolicy": "Observe"})).await;
    let object = rig.until("orders", "looked at", is_described).await;
    assert!(is_ready(&object), "{object:#?}");
    assert_eq!(status(&object).plan, [""; 0]);

    let theirs = ServiceChange { description: Some("theirs".to_owned()), ..ServiceChange::default() };
    rig.simulator.admin.change_service(&service.id, &theirs).await.unwrap();
    let differs = |object: &VpcEndpointService| !status(object).drift.is_empty();
    let object = rig.until("orders", "told to differ", differs).await;
    assert_eq!(ready_condition(&object), Some(("True", "AvailableDrifted")));
    assert_eq!(status(&object).plan, ["UpdateVpcEndpointServiceAttribute: description = \"intake\""]);
    let drift = json!([{"field": "spec.description", "wanted": "intake", "found": "theirs"}]);
    assert_eq!(serde_json::to_value(status(&object).drift).unwrap(), drift);
    rig.until_listed(2).await;

    rig.delete("orders").await;
    rig.gone("orders").await;
    assert_eq!(rig.effects().await, made);
    assert_eq!(rig.service().await, ServiceView { description: "theirs".to_owned(), ..service });
    rig.end().await;
}
