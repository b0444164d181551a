//! `spec.managementPolicy: Plan`: what would be done is told, tried by dry runs, and not done.

use privatelink_operator::crd::{ConditionType, VpcEndpointService};
use privatelink_sim::{Call, CallEffect, Fault, FaultKind};
use serde_json::{Value, json};

use crate::support::rig::{Rig, Setup, is_applied, message, nlb_spec, status};

const CREATE: &str = "CreateVpcEndpointService";
const UPDATE: &str = "UpdateVpcEndpointServiceAttribute";

fn planned(mut spec: Value) -> Value {
    spec["managementPolicy"] = json!("Plan");
    spec
}

/// The plan is there, and every line of it was tried.
fn is_tried(object: &VpcEndpointService) -> bool {
    let plan = status(object).plan;
    status(object).observed_generation == object.metadata.generation
        && !plan.is_empty()
        && !plan.iter().any(|line| line.contains("outstanding"))
}

/// The calls that the operator made to change something.
async fn tries(rig: &Rig) -> Vec<(String, Option<String>)> {
    let is_write = |call: &Call| !call.operation.starts_with("List") && !call.operation.starts_with("Get");
    let calls = rig.journal().await.into_iter().filter(is_write);
    calls.map(|call| (call.operation, call.code)).collect()
}

fn passed(operation: &str) -> (String, Option<String>) {
    (operation.to_owned(), Some("DryRunOperation".to_owned()))
}

#[tokio::test]
async fn a_create_is_planned_tried_once_and_carried_out_under_manage() {
    let rig = Rig::with(Setup::watchful()).await;
    rig.apply("orders", planned(nlb_spec())).await;
    rig.not_ready("orders", "PlanOnly").await;
    let object = rig.until("orders", "tried", is_tried).await;
    let line = "CreateVpcEndpointService: nlb, nlb-1 in cn-hangzhou-h, nlb-1 in cn-hangzhou-i (dry run passed)";
    assert_eq!(status(&object).plan, [line]);
    assert_eq!(status(&object).conditions.len(), 1, "neither at work nor stalled: {object:#?}");
    rig.until_listed(3).await;
    assert_eq!(tries(&rig).await, [passed(CREATE)]);
    let object = rig.object("orders").await.unwrap();
    assert_eq!((object.metadata.finalizers, object.metadata.annotations), (None, None));
    assert_eq!(rig.services().await, []);

    rig.edit("orders", json!({"managementPolicy": "Manage"})).await;
    let object = rig.ready("orders").await;
    assert_eq!(status(&object).plan, [""; 0]);
    assert_eq!(rig.effects().await, [CREATE]);
    rig.end().await;
}

#[tokio::test]
async fn a_change_is_planned_step_by_step_and_carried_out_under_manage() {
    let rig = Rig::with(Setup::watchful()).await;
    rig.apply("orders", nlb_spec()).await;
    rig.ready("orders").await;
    let (service, before) = (rig.service().await, tries(&rig).await.len());
    let edit = json!({"description": "intake", "tags": {"team": "shop"}, "resourceGroupId": "rg-shop"});
    rig.edit("orders", planned(edit)).await;
    let object = rig.until("orders", "tried", is_tried).await;
    let expected = [
        "TagResources: tags[team] = \"shop\" (dry run passed)",
        "ChangeResourceGroup: resourceGroupId = \"rg-shop\" (the operation has no dry run)",
        "UpdateVpcEndpointServiceAttribute: description = \"intake\" (dry run passed)",
    ];
    assert_eq!(status(&object).plan, expected);
    rig.until_listed(3).await;
    let tried = tries(&rig).await.split_off(before);
    assert_eq!(tried, [passed("TagResources"), passed(UPDATE)]);
    assert_eq!(rig.service().await, service);

    rig.edit("orders", json!({"managementPolicy": "Manage"})).await;
    rig.ready("orders").await;
    let changed = rig.service().await;
    assert_eq!((changed.description.as_str(), changed.resource_group.as_str()), ("intake", "rg-shop"));
    rig.end().await;
}

#[tokio::test]
async fn what_a_dry_run_refuses_is_told_and_not_asked_in_a_loop() {
    let rig = Rig::with(Setup::watchful()).await;
    rig.fault(Fault::next(CREATE, FaultKind::error("EndpointServiceNotSupportedZone")).times(1_000)).await;
    rig.apply("orders", planned(nlb_spec())).await;
    let object = rig.until("orders", "tried", is_tried).await;
    let plan = status(&object).plan;
    assert!(plan.len() == 1 && plan[0].contains("(dry run refused: "), "{plan:?}");
    let said = message(&object, ConditionType::Ready);
    assert!(said.contains("CreateVpcEndpointService failed: ") && said.contains("see status.plan"), "{said}");
    assert!(status(&object).last_error.is_some(), "{object:#?}");
    rig.until_listed(6).await;
    let calls = rig.calls(CREATE).await;
    assert!(calls.iter().all(|call| !is_applied(call) && call.effect == CallEffect::None), "{calls:#?}");
    let lists = rig.calls("ListVpcEndpointServices").await.len();
    assert!(calls.len() <= lists, "{} dry runs beside {lists} lists", calls.len());

    rig.simulator.admin.clear_faults().await.unwrap();
    rig.edit("orders", json!({"description": "intake"})).await;
    let passes = |object: &VpcEndpointService| is_tried(object) && status(object).plan[0].ends_with("(dry run passed)");
    rig.until("orders", "tried again", passes).await;
    rig.delete("orders").await;
    rig.gone("orders").await;
    assert_eq!(rig.effects().await, [""; 0]);
    rig.end().await;
}
