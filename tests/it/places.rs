//! An object whose account or region cannot be worked in: each way out that its status names, walked.

use std::path::PathBuf;

use kube::api::{Patch, PatchParams};
use local_stack::CloudAccess;
use privatelink_operator::crd::{ConditionType, VpcEndpointService};
use privatelink_operator::names::CREATE_RECORD_ANNOTATION;
use privatelink_sim::{AccessKey, Account, ServiceView};
use serde_json::{Value, json};

use crate::support::kubectl::Kubectl;
use crate::support::rig::{Rig, Setup, message, nlb_spec};

const OTHER_ACCOUNT: &str = "1000000000000777";
const OTHER_KEY: (&str, &str) = ("other-key", "other-secret");

/// The other account exists too.
fn setup() -> Setup {
    let mut setup = Setup::default();
    let (id, secret) = OTHER_KEY;
    setup.simulator.accounts.push(Account::new(OTHER_ACCOUNT, AccessKey::new(id, secret)));
    setup
}

/// A Ready object `orders` whose operator was ended.
async fn stopped() -> Rig {
    let mut rig = Rig::with(setup()).await;
    rig.apply("orders", nlb_spec()).await;
    rig.ready("orders").await;
    rig.kill_operator();
    rig
}

async fn start_with_the_other_account(rig: &mut Rig) {
    let (key_id, key_secret) = (OTHER_KEY.0.to_owned(), OTHER_KEY.1.to_owned());
    let access = CloudAccess { key_id, key_secret, ..rig.simulator.access() };
    let kubeconfig: PathBuf = rig.operator_kubeconfig().to_owned();
    rig.start_operator_behind(kubeconfig, &access).await;
}

async fn patch(rig: &Rig, patch: Value) {
    rig.objects().patch("orders", &PatchParams::default(), &Patch::Merge(patch)).await.unwrap();
}

/// Writes this region into the create record.
async fn record_region(rig: &Rig, region: &str) {
    let object = rig.object("orders").await.unwrap();
    let mut record: Value =
        serde_json::from_str(&object.metadata.annotations.unwrap()[CREATE_RECORD_ANNOTATION]).unwrap();
    record["region"] = json!(region);
    patch(rig, json!({"metadata": {"annotations": {CREATE_RECORD_ANNOTATION: record.to_string()}}})).await;
}

/// Writes a region into the status, or takes it out.
async fn status_region(rig: &Rig, region: Value) {
    let patch = Patch::Merge(json!({"status": {"region": region}}));
    rig.objects().patch_status("orders", &PatchParams::default(), &patch).await.unwrap();
}

fn said(object: &VpcEndpointService) -> String {
    message(object, ConditionType::Ready)
}

/// Not ready for this reason, with these words in the message.
async fn told(rig: &Rig, reason: &str, words: &[&str]) -> String {
    let said = said(&rig.not_ready("orders", reason).await);
    for word in words {
        assert!(said.contains(word), "{word:?} is not in: {said}");
    }
    said
}

/// The object goes by the way out that needs no cloud, and its service stays as it is.
async fn let_go_by_retain(rig: Rig, before: (ServiceView, Vec<String>)) {
    rig.edit("orders", json!({"deletionPolicy": "Retain"})).await;
    rig.gone("orders").await;
    assert_eq!((rig.service().await, rig.effects().await), before);
    rig.end().await;
}

#[tokio::test]
async fn credentials_of_another_account_hold_an_object_until_the_right_ones_are_back() {
    let mut rig = stopped().await;
    start_with_the_other_account(&mut rig).await;
    told(&rig, "AccountMismatch", &[OTHER_ACCOUNT, "Give the operator credentials of account"]).await;
    rig.kill_operator();
    rig.start_operator().await;
    rig.ready("orders").await;
    rig.delete("orders").await;
    rig.gone("orders").await;
    assert_eq!(rig.services().await, []);
    rig.end().await;
}

#[tokio::test]
async fn with_credentials_of_another_account_a_deletion_is_blocked_and_retain_lets_go() {
    let mut rig = stopped().await;
    let before = (rig.service().await, rig.effects().await);
    start_with_the_other_account(&mut rig).await;
    rig.delete("orders").await;
    told(&rig, "DeletionBlocked", &[OTHER_ACCOUNT, "set spec.deletionPolicy to Retain"]).await;
    let_go_by_retain(rig, before).await;
}

#[tokio::test]
async fn with_a_wrong_key_a_deletion_is_blocked_and_retain_lets_go() {
    let mut rig = stopped().await;
    let before = (rig.service().await, rig.effects().await);
    let access = CloudAccess { key_secret: "wrong".to_owned(), ..rig.simulator.access() };
    let kubeconfig: PathBuf = rig.operator_kubeconfig().to_owned();
    rig.start_operator_behind(kubeconfig, &access).await;
    rig.delete("orders").await;
    told(&rig, "DeletionBlocked", &["set spec.deletionPolicy to Retain"]).await;
    let_go_by_retain(rig, before).await;
}

#[tokio::test]
async fn a_region_in_the_status_that_is_not_the_objects_is_cleared_by_the_command_that_the_message_names() {
    let mut rig = stopped().await;
    status_region(&rig, json!("eu-central-1")).await;
    rig.start_operator().await;
    let said = told(&rig, "RegionMismatch", &["eu-central-1", "cn-hangzhou"]).await;
    let command = said.split("clear the status: kubectl ").nth(1).unwrap().split("'. If").next().unwrap();
    let (arguments, patch) = command.split_once(" '").unwrap();
    let arguments: Vec<&str> = arguments.split(' ').chain([patch]).collect();
    let answer = Kubectl::new(rig.control_plane, &rig.namespace).run(&arguments, "").await;
    assert_eq!(answer.failure(), None);
    request_a_look(&rig).await;
    rig.ready("orders").await;
    assert_eq!(rig.object("orders").await.unwrap().status.unwrap().region.as_deref(), Some("cn-hangzhou"));
    rig.end().await;
}

#[tokio::test]
async fn a_region_in_the_record_that_is_not_the_services_is_put_right_by_hand() {
    let mut rig = stopped().await;
    record_region(&rig, "eu-central-1").await;
    rig.start_operator().await;
    told(&rig, "RegionMismatch", &["create-record", "put cn-hangzhou into the annotation"]).await;
    record_region(&rig, "cn-hangzhou").await;
    rig.ready("orders").await;
    assert_eq!(rig.services().await.len(), 1);
    rig.end().await;
}

#[tokio::test]
async fn where_record_and_status_name_two_regions_a_deletion_is_blocked_and_retain_lets_go() {
    let mut rig = stopped().await;
    let before = (rig.service().await, rig.effects().await);
    record_region(&rig, "eu-central-1").await;
    rig.start_operator().await;
    rig.delete("orders").await;
    told(&rig, "DeletionBlocked", &["eu-central-1", "cn-hangzhou", "set spec.deletionPolicy to Retain"]).await;
    let_go_by_retain(rig, before).await;
}

#[tokio::test]
async fn a_record_whose_region_cannot_be_called_is_put_right_by_taking_it_off() {
    let mut rig = stopped().await;
    record_region(&rig, "NOWHERE").await;
    status_region(&rig, Value::Null).await;
    rig.start_operator().await;
    told(&rig, "RegionUnusable", &["NOWHERE", "create-record", "remove the annotation"]).await;
    patch(&rig, json!({"metadata": {"annotations": {CREATE_RECORD_ANNOTATION: null}}})).await;
    rig.ready("orders").await;
    assert_eq!(rig.services().await.len(), 1);
    rig.end().await;
}

#[tokio::test]
async fn where_the_region_cannot_be_called_a_deletion_is_blocked_and_retain_lets_go() {
    let mut rig = stopped().await;
    let before = (rig.service().await, rig.effects().await);
    record_region(&rig, "NOWHERE").await;
    status_region(&rig, Value::Null).await;
    rig.start_operator().await;
    rig.delete("orders").await;
    told(&rig, "DeletionBlocked", &["NOWHERE", "set spec.deletionPolicy to Retain"]).await;
    let_go_by_retain(rig, before).await;
}

/// For what is not an edit of the spec.
async fn request_a_look(rig: &Rig) {
    let annotation = privatelink_operator::names::RECONCILE_REQUESTED_AT_ANNOTATION;
    patch(rig, json!({"metadata": {"annotations": {annotation: "now"}}})).await;
}
