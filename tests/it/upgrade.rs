//! The release before under this version: its definition, its objects, its chart. Here: an operator that is newer than the
//! CustomResourceDefinition, as after `kubectl set image`: objects work, and the log says what to install.

mod compatible;
mod freeze;
mod frozen;
mod real;
mod taken_over;

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::api::{Patch, PatchParams, PostParams};
use kube::{Api, Client};
use local_control_plane::ControlPlane;
use privatelink_operator::crd::{VpcEndpointService, generate};
use serde_json::{Value, json};

use crate::support::cluster;
use crate::support::rig::{LIST_SERVICES, Rig, Setup, nlb_spec, status};

const DEFINITION: &str = "vpcendpointservices.privatelink.alibabacloud.com";

/// As documented in `docs/reference`.
const REQUEST: &str = "privatelink.alibabacloud.com/reconcile-requested-at";

/// What an older definition may lack, and no rule of this one reads.
const NEWER: [[&str; 2]; 4] =
    [["spec", "description"], ["status", "incarnation"], ["status", "lastError"], ["status", "lastRefreshTime"]];

/// This version's definition without the newer fields.
fn older() -> Value {
    let mut definition = generate::vpc_endpoint_service();
    for [part, field] in NEWER {
        let properties = &mut definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"][part];
        let removed = properties["properties"].as_object_mut().unwrap().remove(field);
        assert!(removed.is_some(), "{part}.{field}");
    }
    definition
}

/// Puts a definition in the place of the one that is there.
async fn replace(admin: &Client, definition: Value) {
    let definitions: Api<CustomResourceDefinition> = Api::all(admin.clone());
    let mut wanted: CustomResourceDefinition = serde_json::from_value(definition).unwrap();
    wanted.metadata.resource_version = definitions.get(DEFINITION).await.unwrap().metadata.resource_version;
    definitions.replace(DEFINITION, &PostParams::default(), &wanted).await.unwrap();
}

async fn rig_with(control_plane: &'static ControlPlane, definition: Value) -> Rig {
    rig_of(control_plane, definition, Setup::default()).await
}

async fn rig_of(control_plane: &'static ControlPlane, definition: Value, setup: Setup) -> Rig {
    let kubeconfig = local_stack::install(control_plane).unwrap();
    let admin = cluster::client(&control_plane.kubeconfig_path()).await;
    replace(&admin, definition).await;
    Rig::on(control_plane, admin, kubeconfig, setup).await
}

/// Warnings about the definition in the log.
fn warnings(rig: &Rig) -> Vec<String> {
    let is_one = |line: &&str| line.contains("is of an older version than this operator");
    rig.log().lines().filter(is_one).map(str::to_owned).collect()
}

#[tokio::test]
async fn objects_work_under_an_older_definition_and_the_log_names_what_it_lacks() {
    let mut rig = rig_with(cluster::another().await, older()).await;
    rig.start_operator().await;
    rig.apply("orders", nlb_spec()).await;
    rig.ready("orders").await;
    let warned = rig.poll("the log warns", async || warnings(&rig), |warned| !warned.is_empty()).await;
    assert_eq!(warned.len(), 1, "{warned:?}");
    for [part, field] in NEWER {
        assert!(warned[0].contains(&format!("{part}.{field}")), "{warned:?}");
    }
    assert!(warned[0].contains("privatelink-operator crds | kubectl apply --server-side -f -"), "{warned:?}");
    at_rest(&rig).await;
    rig.end().await;
}

#[tokio::test]
async fn a_look_that_is_asked_for_ends_although_the_definition_cannot_hold_its_time() {
    let mut rig = rig_with(cluster::another().await, older()).await;
    rig.start_operator().await;
    rig.apply("orders", nlb_spec()).await;
    rig.ready("orders").await;
    let before = rig.calls("ListVpcEndpointServiceResources").await.len();
    let annotation = json!({"metadata": {"annotations": {REQUEST: "2026-11-30T04:00:00Z"}}});
    rig.objects().patch("orders", &PatchParams::default(), &Patch::Merge(&annotation)).await.unwrap();
    rig.until_calls("ListVpcEndpointServiceResources", before + 1).await;
    at_rest(&rig).await;
    rig.end().await;
}

#[tokio::test]
async fn the_upgrade_of_the_definition_changes_no_service_and_fills_the_status() {
    let mut rig = rig_with(cluster::another().await, older()).await;
    rig.start_operator().await;
    rig.apply("orders", nlb_spec()).await;
    let before = rig.ready("orders").await;
    let (services, effects) = (rig.services().await, rig.effects().await);
    replace(&rig.admin, generate::vpc_endpoint_service()).await;
    rig.kill_operator();
    rig.start_operator().await;
    rig.until_listed(3).await;
    let after = rig.ready("orders").await;
    assert_eq!((rig.services().await, rig.effects().await), (services, effects));
    let id = |object: &VpcEndpointService| status(object).service_id;
    assert_eq!(id(&after), id(&before));
    let running = rig.running_logs();
    assert!(!running[0].contains("is of an older version"), "{running:?}");
    rig.end().await;
}

/// Lists go on, and nothing is written to either side.
async fn at_rest(rig: &Rig) {
    rig.until_listed(2).await;
    let (writes, effects) = (rig.kubernetes_writes().len(), rig.effects().await);
    let looks = rig.calls("ListVpcEndpointServiceResources").await.len();
    rig.until_calls(LIST_SERVICES, rig.calls(LIST_SERVICES).await.len() + 4).await;
    assert_eq!((rig.kubernetes_writes().len(), rig.effects().await), (writes, effects), "something is written");
    assert_eq!(rig.calls("ListVpcEndpointServiceResources").await.len(), looks, "it is looked at again and again");
}
