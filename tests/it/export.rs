//! `spec.exportTo`: a ConfigMap with what consumers need to know, the object's own and nobody else's.

mod races;
mod rights;

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::ConfigMap;
use k8s_openapi::api::events::v1::Event;
use kube::api::{DeleteParams, ListParams, Patch, PatchParams, PostParams};
use kube::{Api, ResourceExt};
use privatelink_operator::crd::{ConditionType, VpcEndpointService};
use privatelink_operator::names::EXPORTED_BY_LABEL;
use serde_json::{Value, json};

use crate::support::rig::{REGION, Rig, Setup, ZONES, is_ready, message, nlb_spec, status};

/// The verbs of `config/export-to`.
const VERBS: [&str; 4] = ["get", "create", "patch", "delete"];

type Data = BTreeMap<String, String>;

fn exporting() -> Value {
    let mut spec = nlb_spec();
    spec["exportTo"] = json!({"configMapName": "facts"});
    spec
}

fn config_maps(rig: &Rig) -> Api<ConfigMap> {
    Api::namespaced(rig.admin.clone(), &rig.namespace)
}

async fn config_map(rig: &Rig, name: &str) -> Option<ConfigMap> {
    config_maps(rig).get_opt(name).await.unwrap()
}

async fn data(rig: &Rig, name: &str) -> Data {
    config_map(rig, name).await.and_then(|found| found.data).unwrap_or_default()
}

/// What the one service of the cloud is exported as.
async fn expected(rig: &Rig) -> Data {
    let service = rig.service().await;
    let data = [
        ("serviceId", service.id),
        ("serviceName", service.name),
        ("serviceDomain", service.domain),
        ("region", REGION.to_owned()),
        ("zoneIds", ZONES.join(",")),
    ];
    data.map(|(key, value)| (key.to_owned(), value)).into()
}

/// Waits until the ConfigMap says what is so of the one service.
async fn until_exported(rig: &Rig, name: &str) -> ConfigMap {
    let wanted = expected(rig).await;
    let look = async || data(rig, name).await;
    rig.poll(&format!("{name} is exported to"), look, |found| *found == wanted).await;
    config_map(rig, name).await.unwrap()
}

async fn until_gone(rig: &Rig, name: &str) {
    let look = async || config_map(rig, name).await;
    rig.poll(&format!("the ConfigMap {name} is gone"), look, Option::is_none).await;
}

fn exported_to(object: &VpcEndpointService) -> Vec<String> {
    status(object).exported_config_maps
}

/// Waits until the status lists just these ConfigMaps.
async fn until_listed(rig: &Rig, names: &[&str]) -> VpcEndpointService {
    rig.until("orders", &format!("exported to {names:?}"), |object| exported_to(object) == names).await
}

/// The sentence on the export in the message of `Ready`.
fn told(object: &VpcEndpointService) -> String {
    let message = message(object, ConditionType::Ready);
    message.split_once(" spec.exportTo: ").map(|(_, sentence)| sentence.to_owned()).unwrap_or_default()
}

/// Waits until the message of `Ready` says this of the export. The object is Ready all the same.
async fn until_told(rig: &Rig, text: &str) -> VpcEndpointService {
    let wanted = |object: &VpcEndpointService| is_ready(object) && told(object).contains(text);
    rig.until("orders", &format!("Ready and told {text:?}"), wanted).await
}

async fn until_nothing_told(rig: &Rig) {
    rig.until("orders", "Ready without a word on the export", |object| is_ready(object) && told(object).is_empty())
        .await;
}

/// The notes of the events of this reason, in the namespace of the test.
async fn notes(rig: &Rig, reason: &str) -> Vec<String> {
    let events: Api<Event> = Api::namespaced(rig.admin.clone(), &rig.namespace);
    let events = events.list(&ListParams::default()).await.unwrap().items;
    let events = events.into_iter().filter(|event| event.reason.as_deref() == Some(reason));
    events.filter_map(|event| event.note).collect()
}

/// Of somebody else, with the name that the object exports to.
async fn create_foreign(rig: &Rig) -> ConfigMap {
    let theirs = ConfigMap {
        metadata: kube::api::ObjectMeta { name: Some("facts".to_owned()), ..Default::default() },
        data: Some([("serviceId".to_owned(), "theirs".to_owned())].into()),
        ..ConfigMap::default()
    };
    config_maps(rig).create(&PostParams::default(), &theirs).await.unwrap()
}

async fn edit(rig: &Rig, patch: Value) {
    config_maps(rig).patch("facts", &PatchParams::default(), &Patch::Merge(patch)).await.unwrap();
}

/// An operator that looks often and may write ConfigMaps, and an object that exports.
async fn rig() -> Rig {
    let rig = Rig::with(Setup::watchful()).await;
    rig.grant_config_maps(&VERBS).await;
    rig
}

async fn exported_rig() -> Rig {
    let rig = rig().await;
    rig.apply("orders", exporting()).await;
    rig.ready("orders").await;
    until_exported(&rig, "facts").await;
    rig
}

#[tokio::test]
async fn an_export_is_owned_by_its_object_and_written_only_when_something_changes() {
    let rig = exported_rig().await;
    let object = until_listed(&rig, &["facts"]).await;
    let found = config_map(&rig, "facts").await.unwrap();
    let [owner] = found.owner_references() else { unreachable!("{found:#?}") };
    assert_eq!(
        (owner.kind.as_str(), &owner.name, &owner.uid),
        ("VpcEndpointService", &object.name_any(), &object.uid().unwrap())
    );
    assert_eq!((owner.controller, owner.block_owner_deletion), (Some(true), Some(false)));
    assert_eq!(found.labels().get(EXPORTED_BY_LABEL).map(String::as_str), Some("orders"));

    let reads = || rig.config_map_calls("get");
    let before = reads();
    rig.poll("it is looked at again", async || reads(), |now| *now >= before + 3).await;
    assert_eq!(config_map(&rig, "facts").await.unwrap(), found);
    assert_eq!(rig.config_map_calls("create"), 1);
    assert_eq!((rig.config_map_calls("patch"), rig.config_map_calls("list"), rig.config_map_calls("watch")), (0, 0, 0));

    // Keys of others stay.
    edit(&rig, json!({"data": {"theirs": "kept"}})).await;
    rig.edit("orders", json!({"resources": [{"resourceId": "nlb-1", "zoneIds": [ZONES[0]]}]})).await;
    let zone = |data: &Data| data.get("zoneIds").map(String::as_str) == Some(ZONES[0]);
    let data = rig.poll("the zones are followed", async || data(&rig, "facts").await, zone).await;
    assert_eq!(data.get("theirs").map(String::as_str), Some("kept"));
    rig.end().await;
}

#[tokio::test]
async fn an_export_follows_the_service_that_is_created_in_place_of_one_that_went() {
    let rig = rig().await;
    let mut spec = exporting();
    spec["whenGone"] = json!("Recreate");
    rig.apply("orders", spec).await;
    rig.ready("orders").await;
    let first = until_exported(&rig, "facts").await;
    let id = rig.service().await.id;
    rig.simulator.admin.delete_service(&id).await.unwrap();
    rig.cloud("with another one", |services| services.len() == 1 && services[0].id != id).await;
    let second = until_exported(&rig, "facts").await;
    assert_eq!(first.uid(), second.uid());
    assert_ne!(first.data, second.data);
    rig.end().await;
}

#[tokio::test]
async fn what_somebody_edits_or_deletes_is_put_back() {
    let rig = exported_rig().await;
    edit(&rig, json!({"data": {"serviceDomain": "evil.example.com", "zoneIds": null}})).await;
    until_exported(&rig, "facts").await;
    edit(&rig, json!({"metadata": {"labels": {EXPORTED_BY_LABEL: null}}})).await;
    let look = async || config_map(&rig, "facts").await;
    let is_labelled = |found: &Option<ConfigMap>| {
        found.as_ref().is_some_and(|found| found.labels().get(EXPORTED_BY_LABEL).map(String::as_str) == Some("orders"))
    };
    rig.poll("the label is back", look, is_labelled).await;
    // By a server-side apply, which owns what it says from then on.
    let theirs = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "facts"}, "data": {"serviceId": "theirs"}});
    let parameters = PatchParams::apply("somebody").force();
    config_maps(&rig).patch("facts", &parameters, &Patch::Apply(&theirs)).await.unwrap();
    until_exported(&rig, "facts").await;

    config_maps(&rig).delete("facts", &DeleteParams::default()).await.unwrap();
    until_exported(&rig, "facts").await;
    rig.end().await;
}

#[tokio::test]
async fn the_config_map_of_somebody_else_is_never_touched() {
    let rig = rig().await;
    let theirs = create_foreign(&rig).await;
    rig.apply("orders", exporting()).await;
    let object = until_told(&rig, "the ConfigMap facts exists and does not belong to this object").await;
    assert_eq!(exported_to(&object), [""; 0]);
    let told = notes(&rig, "ExportRefused").await;
    assert_eq!(told.len(), 1, "{told:?}");
    let before = rig.config_map_calls("get");
    rig.poll("it is looked at again", async || rig.config_map_calls("get"), |now| *now >= before + 3).await;
    assert_eq!(config_map(&rig, "facts").await.as_ref(), Some(&theirs));
    assert_eq!(notes(&rig, "ExportRefused").await, told);
    assert_eq!(rig.config_map_calls("create") + rig.config_map_calls("patch"), 0);

    // Nor is one that an earlier object of the name left behind.
    let stale = json!({"metadata": {
        "labels": {EXPORTED_BY_LABEL: "orders"},
        "ownerReferences": [{"apiVersion": "privatelink.alibabacloud.com/v1alpha1", "kind": "VpcEndpointService", "name": "orders", "uid": "gone"}],
    }});
    edit(&rig, stale).await;
    let stale = config_map(&rig, "facts").await.unwrap();
    let before = rig.config_map_calls("get");
    rig.poll("it is looked at again", async || rig.config_map_calls("get"), |now| *now >= before + 2).await;
    assert_eq!(config_map(&rig, "facts").await, Some(stale));

    config_maps(&rig).delete("facts", &DeleteParams::default()).await.unwrap();
    until_exported(&rig, "facts").await;
    until_nothing_told(&rig).await;
    rig.end().await;
}

#[tokio::test]
async fn another_name_gets_a_new_config_map_and_the_earlier_one_goes_and_no_name_leaves_none() {
    let mut rig = exported_rig().await;
    // Also when the operator did not see the name change.
    rig.kill_operator();
    rig.edit("orders", json!({"exportTo": {"configMapName": "other"}})).await;
    rig.start_operator().await;
    until_exported(&rig, "other").await;
    until_gone(&rig, "facts").await;
    until_listed(&rig, &["other"]).await;

    let parameters = Patch::Merge(json!({"metadata": {"labels": {EXPORTED_BY_LABEL: "another"}}}));
    rig.edit("orders", json!({"managementPolicy": "Plan", "exportTo": null})).await;
    rig.until("orders", "looked at", |object| status(object).observed_generation == object.metadata.generation).await;
    rig.until_listed(2).await;
    assert!(config_map(&rig, "other").await.is_some(), "who only plans deletes nothing");
    config_maps(&rig).patch("other", &PatchParams::default(), &parameters).await.unwrap();
    rig.edit("orders", json!({"managementPolicy": "Manage"})).await;
    until_listed(&rig, &[]).await;
    assert!(config_map(&rig, "other").await.is_some(), "the label says that it is another object's");

    rig.edit("orders", json!({"exportTo": {"configMapName": "last"}})).await;
    until_exported(&rig, "last").await;
    rig.edit("orders", json!({"exportTo": null})).await;
    until_gone(&rig, "last").await;
    until_listed(&rig, &[]).await;
    rig.end().await;
}

#[tokio::test]
async fn who_observes_or_is_suspended_exports_and_who_only_plans_does_not() {
    let rig = rig().await;
    rig.apply("orders", nlb_spec()).await;
    rig.ready("orders").await;
    let export = json!({"configMapName": "facts"});
    rig.edit("orders", json!({"managementPolicy": "Plan", "exportTo": export})).await;
    rig.until("orders", "looked at", |object| status(object).observed_generation == object.metadata.generation).await;
    rig.until_listed(3).await;
    assert_eq!((config_map(&rig, "facts").await, rig.config_map_calls("get")), (None, 0));
    rig.edit("orders", json!({"managementPolicy": "Observe"})).await;
    until_exported(&rig, "facts").await;
    rig.edit("orders", json!({"managementPolicy": "Manage", "suspend": true, "exportTo": {"configMapName": "other"}}))
        .await;
    until_exported(&rig, "other").await;
    until_gone(&rig, "facts").await;

    // While it is being deleted, its ConfigMap is left to the garbage collector.
    rig.delete("orders").await;
    config_maps(&rig).delete("other", &DeleteParams::default()).await.unwrap();
    rig.not_ready("orders", "DeletionBlocked").await;
    rig.until_listed(3).await;
    assert_eq!(config_map(&rig, "other").await, None);
    rig.edit("orders", json!({"suspend": false})).await;
    rig.gone("orders").await;
    rig.end().await;
}
