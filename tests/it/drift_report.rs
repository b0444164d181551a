//! `spec.driftPolicy: Report`: what others change in the cloud is told and left, and an edit of the spec is carried out.

use kube::api::{Patch, PatchParams};
use privatelink_operator::crd::{ConditionType, Drift, VpcEndpointService};
use privatelink_sim::{AttachmentId, ServiceChange};
use serde_json::{Value, json};

use crate::support::rig::{Rig, Setup, ZONES, is_ready, message, nlb_spec, ready_condition, status};

const UPDATE: &str = "UpdateVpcEndpointServiceAttribute";
const REQUEST: &str = "privatelink.alibabacloud.com/reconcile-requested-at";
const FRIEND: &str = "2000000000000002";
const PARTNER: &str = "2000000000000003";
const STRANGER: i64 = 3_000_000_000_000_003;

fn reporting() -> Value {
    let mut spec = nlb_spec();
    spec["driftPolicy"] = json!("Report");
    spec["description"] = json!("intake");
    spec["tags"] = json!({"team": "shop"});
    spec
}

fn fields(object: &VpcEndpointService) -> Vec<String> {
    status(object).drift.into_iter().filter_map(|drift| drift.field).collect()
}

fn described(text: &str) -> ServiceChange {
    ServiceChange { description: Some(text.to_owned()), ..ServiceChange::default() }
}

/// Ready in the newest generation, with exactly these fields told as drift.
async fn until_told(rig: &Rig, wanted: &[&str]) -> VpcEndpointService {
    let is_told = |object: &VpcEndpointService| is_ready(object) && fields(object) == wanted;
    rig.until("orders", &format!("Ready, with drift in {wanted:?}"), is_told).await
}

#[tokio::test]
async fn drift_is_told_once_and_left_until_the_policy_is_correct() {
    let rig = Rig::with(Setup::watchful()).await;
    rig.apply("orders", reporting()).await;
    rig.ready("orders").await;
    let (service, made) = (rig.service().await, rig.effects().await);
    let tags = [("team".to_owned(), Some("theirs".to_owned())), ("strange".to_owned(), Some("yes".to_owned()))];
    let theirs = ServiceChange { tags: tags.into(), ..described("theirs") };
    rig.simulator.admin.change_service(&service.id, &theirs).await.unwrap();
    let object = until_told(&rig, &["spec.description", "spec.tags[team]", "spec.tags[strange]"]).await;
    assert_eq!(ready_condition(&object), Some(("True", "AvailableDrifted")));
    let drifted = message(&object, ConditionType::Drifted);
    assert!(drifted.contains("spec.description") && drifted.contains("Report"), "{drifted}");
    assert_eq!(status(&object).conditions.len(), 2, "nobody is at work: {object:#?}");
    let drift = Drift { field: Some("spec.tags[strange]".to_owned()), wanted: None, found: Some("yes".to_owned()) };
    assert_eq!(status(&object).drift[2], drift);
    let writes = rig.kubernetes_writes().len();
    rig.until_listed(3).await;
    assert_eq!((rig.effects().await, rig.kubernetes_writes().len()), (made, writes));

    rig.edit("orders", json!({"driftPolicy": "Correct"})).await;
    rig.cloud("as the spec wants it", |services| *services == [service.clone()]).await;
    until_told(&rig, &[]).await;
    rig.end().await;
}

#[tokio::test]
async fn an_edit_is_carried_out_and_leaves_alone_what_was_told_as_drift() {
    let rig = Rig::with(Setup::watchful()).await;
    rig.apply("orders", reporting()).await;
    rig.ready("orders").await;
    let service = rig.service().await;
    rig.simulator.admin.change_service(&service.id, &described("theirs")).await.unwrap();
    until_told(&rig, &["spec.description"]).await;

    rig.edit("orders", json!({"zoneAffinityEnabled": true, "tags": {"team": "store"}})).await;
    until_told(&rig, &["spec.description"]).await;
    let edited = rig.service().await;
    assert_eq!((edited.description.as_str(), edited.zone_affinity), ("theirs", true));
    assert_eq!(edited.tags["team"], "store");

    // The user names the very field.
    rig.edit("orders", json!({"description": "ours"})).await;
    let object = until_told(&rig, &[]).await;
    assert_eq!(ready_condition(&object), Some(("True", "Available")));
    assert_eq!(rig.service().await.description, "ours");
    rig.end().await;
}

#[tokio::test]
async fn what_was_told_as_drift_is_known_after_a_restart() {
    let mut rig = Rig::with(Setup::watchful()).await;
    rig.apply("orders", reporting()).await;
    rig.ready("orders").await;
    let service = rig.service().await;
    rig.simulator.admin.change_service(&service.id, &described("theirs")).await.unwrap();
    until_told(&rig, &["spec.description"]).await;
    rig.kill_operator();
    rig.edit("orders", json!({"zoneAffinityEnabled": true})).await;
    rig.start_operator().await;
    until_told(&rig, &["spec.description"]).await;
    let edited = rig.service().await;
    assert_eq!((edited.description.as_str(), edited.zone_affinity), ("theirs", true));
    rig.end().await;
}

#[tokio::test]
async fn an_account_that_an_edit_takes_out_is_removed_and_one_that_others_added_stays() {
    let rig = Rig::with(Setup::watchful()).await;
    let mut spec = reporting();
    spec["allowedPrincipals"] = json!([FRIEND, PARTNER]);
    rig.apply("orders", spec).await;
    rig.ready("orders").await;
    rig.until_listed(4).await;
    let service = rig.service().await;
    let made = rig.effects().await.len();
    let attachment = AttachmentId { resource_id: "nlb-1".to_owned(), zone_id: ZONES[1].to_owned() };
    let theirs = ServiceChange { add_users: vec![STRANGER], detach: vec![attachment], ..ServiceChange::default() };
    rig.simulator.admin.change_service(&service.id, &theirs).await.unwrap();
    let annotation = json!({"metadata": {"annotations": {REQUEST: "2026-11-30T04:00:00Z"}}});
    rig.objects().patch("orders", &PatchParams::default(), &Patch::Merge(&annotation)).await.unwrap();
    let stranger = format!("spec.allowedPrincipals[{STRANGER}]");
    let told = [stranger.as_str(), "spec.resources[nlb-1 in cn-hangzhou-i]"];
    let object = until_told(&rig, &told).await;
    assert_eq!(ready_condition(&object), Some(("True", "AvailableDrifted")));

    rig.edit("orders", json!({"allowedPrincipals": [FRIEND]})).await;
    until_told(&rig, &told).await;
    assert_eq!(rig.effects().await.split_off(made), ["RemoveUserFromVpcEndpointService"]);
    let users = rig.service().await.users;
    assert!(users.iter().any(|user| user.contains(&STRANGER.to_string())), "{users:?}");
    assert!(!users.iter().any(|user| user.contains(PARTNER)), "{users:?}");
    assert!(!rig.effects().await.contains(&UPDATE.to_owned()));
    rig.end().await;
}
