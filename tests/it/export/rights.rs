//! What the API server refuses is told, and nothing else of the object suffers.

use k8s_openapi::api::core::v1::Namespace;
use kube::Api;
use kube::api::{DeleteParams, Patch, PatchParams};
use serde_json::json;

use super::{
    VERBS, config_map, config_maps, exporting, notes, rig, until_exported, until_gone, until_nothing_told, until_told,
};
use crate::support::rig::{Rig, Setup};

/// Without one right after the other, and then with all.
#[tokio::test]
async fn a_missing_right_is_named_and_the_object_is_ready_all_the_same() {
    let rig = Rig::with(Setup::watchful()).await;
    rig.apply("orders", exporting()).await;
    let object = until_told(&rig, "the API server refuses get on configmaps/facts").await;
    assert!(
        super::told(&object).contains("grant the operator get, create, patch and delete on configmaps"),
        "{object:#?}"
    );
    assert_eq!(notes(&rig, "ExportRefused").await.len(), 1);
    rig.grant_config_maps(&["get"]).await;
    until_told(&rig, "the API server refuses create on configmaps/facts").await;
    rig.grant_config_maps(&["get", "create"]).await;
    until_exported(&rig, "facts").await;
    until_nothing_told(&rig).await;
    super::edit(&rig, json!({"data": {"serviceId": "edited"}})).await;
    until_told(&rig, "the API server refuses patch on configmaps/facts").await;
    rig.grant_config_maps(&["get", "create", "patch"]).await;
    until_exported(&rig, "facts").await;
    rig.edit("orders", json!({"exportTo": {"configMapName": "other"}})).await;
    until_exported(&rig, "other").await;
    until_told(&rig, "the API server refuses delete on configmaps/facts").await;
    rig.grant_config_maps(&VERBS).await;
    until_gone(&rig, "facts").await;
    until_nothing_told(&rig).await;
    rig.end().await;
}

/// What the API server finds invalid, as it does a change of one that somebody froze.
#[tokio::test]
async fn a_config_map_that_cannot_be_changed_is_told_of() {
    let rig = rig().await;
    rig.apply("orders", exporting()).await;
    rig.ready("orders").await;
    until_exported(&rig, "facts").await;
    super::edit(&rig, json!({"data": {"serviceId": "edited"}, "immutable": true})).await;
    until_told(&rig, "the API server rejects patch on configmaps/facts").await;
    config_maps(&rig).delete("facts", &DeleteParams::default()).await.unwrap();
    until_exported(&rig, "facts").await;
    until_nothing_told(&rig).await;
    rig.end().await;
}

/// Nothing is created in a namespace that is being deleted, and nobody is told.
#[tokio::test]
async fn in_a_namespace_that_is_being_deleted_nothing_is_said() {
    let rig = rig().await;
    rig.apply("orders", exporting()).await;
    rig.ready("orders").await;
    until_exported(&rig, "facts").await;
    // Nobody finishes the deletion here, so the object stays.
    let namespaces: Api<Namespace> = Api::all(rig.admin.clone());
    namespaces.delete(&rig.namespace, &DeleteParams::default()).await.unwrap();
    config_maps(&rig).delete("facts", &DeleteParams::default()).await.unwrap();
    let created = rig.config_map_calls("create");
    rig.poll("it is tried again", async || rig.config_map_calls("create"), |now| *now >= created + 2).await;
    let patch = Patch::Merge(json!({"metadata": {"labels": {"seen": "true"}}}));
    rig.objects().patch("orders", &PatchParams::default(), &patch).await.unwrap();
    rig.until_listed(2).await;
    let object = rig.ready("orders").await;
    assert_eq!((super::told(&object), config_map(&rig, "facts").await), (String::new(), None));
    assert_eq!(notes(&rig, "ExportRefused").await, [""; 0]);
    rig.end().await;
}
