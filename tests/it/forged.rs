//! Nothing foreign is touched: whatever status says, whoever took the tags off, whatever the object is called.

use std::collections::BTreeMap;
use std::sync::Arc;

use kube::api::{Patch, PatchParams};
use local_stack::{SIMULATED_KEY_ID, SIMULATED_KEY_SECRET};
use privatelink::{Client, CreateVpcEndpointServiceRequest, Credentials, Operation, Resource, StaticCredentials, Tag};
use privatelink_operator::crd::{ConditionType, VpcEndpointService};
use privatelink_operator::names::{CLUSTER_TAG, OBJECT_TAG, UID_TAG};
use privatelink_sim::{ServiceChange, ServiceView};
use serde_json::{Value, json};

use crate::rig::{REGION, Rig, World, ZONES, message, nlb_spec, ready_condition, status};

const CREATE: &str = "CreateVpcEndpointService";
const UPDATE: &str = "UpdateVpcEndpointServiceAttribute";

/// A service of the same account that somebody else made, in use and Active.
async fn foreign_service(rig: &Rig, tags: &[(&str, &str)]) -> ServiceView {
    let credentials = Credentials {
        access_key_id: SIMULATED_KEY_ID.to_owned(),
        access_key_secret: SIMULATED_KEY_SECRET.to_owned().into(),
        security_token: None,
    };
    let client = Client::builder()
        .region(REGION)
        .credentials(Arc::new(StaticCredentials::new(credentials).unwrap()))
        .endpoint(rig.simulator.endpoint())
        .build()
        .unwrap();
    let request = CreateVpcEndpointServiceRequest {
        service_description: Some("not of this cluster".to_owned()),
        service_resource_type: Some("nlb".to_owned()),
        resources: vec![Resource {
            resource_type: Some("nlb".to_owned()),
            resource_id: Some("nlb-12".to_owned()),
            zone_id: Some(ZONES[0].to_owned()),
        }],
        auto_accept_enabled: Some(true),
        tags: tags.iter().map(|(key, value)| Tag { key: (*key).to_owned(), value: (*value).to_owned() }).collect(),
        ..CreateVpcEndpointServiceRequest::default()
    };
    let created = client.writer().create_vpc_endpoint_service(&request).await.unwrap();
    let id = created.service.service_id.unwrap();
    let services =
        rig.cloud("Active", |services| services.iter().any(|service| service.id == id && service.status == "Active"));
    services.await.into_iter().find(|service| service.id == id).unwrap()
}

/// Writes an id into the status, as nobody but the operator should.
async fn forge(rig: &Rig, name: &str, service_id: &str) {
    let patch = Patch::Merge(json!({"status": {"serviceId": service_id}}));
    rig.objects().patch_status(name, &PatchParams::default(), &patch).await.unwrap();
}

/// The service is as it was, and nobody but its maker ever tried to change it.
async fn assert_untouched(rig: &Rig, foreign: &ServiceView) {
    assert_eq!(&rig.simulator.admin.service(&foreign.id).await.unwrap(), foreign);
    let about = rig.journal_about(&foreign.id).await;
    let tried: Vec<_> = about.into_iter().filter(|call| mutates(&call.operation)).map(|call| call.operation).collect();
    assert_eq!(tried, [CREATE], "its own");
}

fn mutates(operation: &str) -> bool {
    Operation::from_name(operation).is_some_and(Operation::mutates)
}

/// The services but for this one.
async fn others(rig: &Rig, foreign: &ServiceView) -> Vec<ServiceView> {
    rig.services().await.into_iter().filter(|service| service.id != foreign.id).collect()
}

#[tokio::test]
async fn a_forged_id_stops_an_object_without_a_service_and_reaches_nothing() {
    let mut rig = Rig::without_operator(World::watchful()).await;
    let foreign = foreign_service(&rig, &[]).await;
    rig.apply("orders", nlb_spec()).await;
    forge(&rig, "orders", &foreign.id).await;
    rig.start_operator().await;
    let object = rig.not_ready("orders", "OwnershipLost").await;
    assert!(message(&object, ConditionType::Stalled).contains(&foreign.id), "{object:#?}");
    rig.edit("orders", json!({"description": "mine now"})).await;
    rig.until("orders", "looked at again", is_seen).await;
    rig.until_swept(2).await;
    assert_eq!(ready_condition(&rig.object("orders").await.unwrap()), Some(("False", "OwnershipLost")));
    assert_eq!(others(&rig, &foreign).await, []);
    assert_untouched(&rig, &foreign).await;
    rig.end().await;
}

#[tokio::test]
async fn a_forged_id_does_not_keep_a_ready_object_from_its_own_service() {
    let rig = Rig::with(World::watchful()).await;
    let foreign = foreign_service(&rig, &[]).await;
    rig.apply("orders", nlb_spec()).await;
    let own = status(&rig.ready("orders").await).service_id.unwrap();
    forge(&rig, "orders", &foreign.id).await;
    rig.edit("orders", json!({"description": "intake"})).await;
    let object = rig
        .until("orders", "itself again", |object| is_seen(object) && status(object).service_id.as_ref() == Some(&own));
    object.await;
    rig.ready("orders").await;
    let others = others(&rig, &foreign).await;
    assert_eq!(others.iter().map(|service| service.description.as_str()).collect::<Vec<_>>(), ["intake"]);
    assert_untouched(&rig, &foreign).await;
    rig.end().await;
}

#[tokio::test]
async fn a_forged_id_reaches_nothing_after_a_restart_either() {
    let mut rig = Rig::with(World::watchful()).await;
    let foreign = foreign_service(&rig, &[]).await;
    rig.apply("orders", nlb_spec()).await;
    let own = status(&rig.ready("orders").await).service_id;
    rig.kill_operator();
    forge(&rig, "orders", &foreign.id).await;
    rig.edit("orders", json!({"description": "intake"})).await;
    rig.start_operator().await;
    let object =
        rig.until("orders", "itself again", |object| is_seen(object) && status(object).service_id == own).await;
    assert_ne!(ready_condition(&object), None);
    rig.ready("orders").await;
    let others = others(&rig, &foreign).await;
    assert_eq!(others.iter().map(|service| service.description.as_str()).collect::<Vec<_>>(), ["intake"]);
    assert_untouched(&rig, &foreign).await;
    rig.end().await;
}

#[tokio::test]
async fn a_forged_id_on_an_object_that_is_deleted_deletes_nothing_foreign() {
    let mut rig = Rig::with(World::watchful()).await;
    let foreign = foreign_service(&rig, &[]).await;
    for (name, restarts) in [("orders", false), ("payments", true)] {
        rig.apply(name, nlb_spec()).await;
        rig.ready(name).await;
        if restarts {
            rig.kill_operator();
        }
        forge(&rig, name, &foreign.id).await;
        rig.delete(name).await;
        if restarts {
            rig.start_operator().await;
        }
        // Whether it goes or waits for a person: nothing but its own service may be written to.
        let begun = rig.calls("ListVpcEndpointServices").await.len() + 4;
        rig.until_calls("ListVpcEndpointServices", begun).await;
        assert_untouched(&rig, &foreign).await;
    }
    rig.end().await;
}

#[tokio::test]
async fn an_object_that_never_had_a_service_goes_with_a_forged_id_only_under_retain() {
    let mut rig = Rig::without_operator(World::watchful()).await;
    let foreign = foreign_service(&rig, &[]).await;
    rig.apply("orders", nlb_spec()).await;
    forge(&rig, "orders", &foreign.id).await;
    rig.start_operator().await;
    rig.not_ready("orders", "OwnershipLost").await;
    rig.delete("orders").await;
    let object = rig.not_ready("orders", "DeletionBlocked").await;
    assert!(message(&object, ConditionType::Ready).contains(&foreign.id), "{object:#?}");
    rig.until_swept(2).await;
    assert!(rig.object("orders").await.is_some());
    rig.edit("orders", json!({"deletionPolicy": "Retain"})).await;
    rig.gone("orders").await;
    assert_untouched(&rig, &foreign).await;
    rig.end().await;
}

#[tokio::test]
async fn a_service_of_another_cluster_is_not_ours_even_with_the_same_name_and_uid() {
    let mut rig = Rig::without_operator(World::watchful()).await;
    let uid = rig.apply("orders", nlb_spec()).await.metadata.uid.unwrap();
    let object = format!("{}.orders", rig.namespace);
    let tags = [(CLUSTER_TAG, "another-cluster"), (UID_TAG, &uid), (OBJECT_TAG, &object)];
    let foreign = foreign_service(&rig, &tags).await;
    rig.start_operator().await;
    let own = status(&rig.ready("orders").await).service_id.unwrap();
    assert_ne!(own, foreign.id);
    assert_untouched(&rig, &foreign).await;
    rig.delete("orders").await;
    rig.gone("orders").await;
    assert_eq!(others(&rig, &foreign).await, []);
    assert_untouched(&rig, &foreign).await;
    rig.end().await;
}

#[tokio::test]
async fn a_former_service_of_this_name_is_neither_taken_over_nor_doubled() {
    let mut rig = Rig::without_operator(World::watchful()).await;
    let object = format!("{}.orders", rig.namespace);
    let cluster = rig.namespace.clone();
    let tags = [(CLUSTER_TAG, cluster.as_str()), (UID_TAG, "an-earlier-object"), (OBJECT_TAG, &object)];
    let former = foreign_service(&rig, &tags).await;
    rig.apply("orders", nlb_spec()).await;
    rig.start_operator().await;
    let stalled = rig.not_ready("orders", "FormerServiceExists").await;
    assert!(message(&stalled, ConditionType::Ready).contains(&former.id), "{stalled:#?}");
    assert_untouched(&rig, &former).await;
    assert_eq!(others(&rig, &former).await, []);
    // Taking the tags off is one of the two remedies.
    let untagged = take_off(&former.tags);
    rig.simulator.admin.change_service(&former.id, &untagged).await.unwrap();
    rig.ready("orders").await;
    assert_untouched(&rig, &ServiceView { tags: BTreeMap::new(), ..former }).await;
    rig.end().await;
}

#[tokio::test]
async fn without_our_tags_a_service_is_not_written_to_and_with_them_it_is_again() {
    let rig = Rig::with(World::watchful()).await;
    rig.apply("orders", nlb_spec()).await;
    rig.ready("orders").await;
    let service = rig.service().await;
    let calls = rig.effects().await.len();
    rig.simulator.admin.change_service(&service.id, &take_off(&service.tags)).await.unwrap();
    let object = rig.not_ready("orders", "OwnershipLost").await;
    assert!(message(&object, ConditionType::Stalled).contains(&service.id), "{object:#?}");
    rig.edit("orders", json!({"description": "intake"})).await;
    rig.until("orders", "looked at again", is_seen).await;
    rig.until_swept(2).await;
    assert_eq!(ready_condition(&rig.object("orders").await.unwrap()), Some(("False", "OwnershipLost")));
    assert_eq!(rig.service().await, ServiceView { tags: BTreeMap::new(), ..service.clone() });
    assert_eq!(rig.effects().await[calls..], [""; 0]);

    rig.simulator.admin.change_service(&service.id, &put_on(&service.tags)).await.unwrap();
    rig.ready("orders").await;
    assert_eq!(rig.service().await, ServiceView { description: "intake".to_owned(), ..service });
    assert_eq!(rig.effects().await[calls..], [UPDATE]);
    rig.end().await;
}

fn take_off(tags: &BTreeMap<String, String>) -> ServiceChange {
    ServiceChange { tags: tags.keys().map(|key| (key.clone(), None)).collect(), ..ServiceChange::default() }
}

fn put_on(tags: &BTreeMap<String, String>) -> ServiceChange {
    let tags = tags.iter().map(|(key, value)| (key.clone(), Some(value.clone()))).collect();
    ServiceChange { tags, ..ServiceChange::default() }
}

#[tokio::test]
async fn a_service_that_was_deleted_outside_is_told_and_not_made_anew() {
    let mut rig = Rig::with(World::watchful()).await;
    rig.apply("orders", nlb_spec()).await;
    rig.ready("orders").await;
    let service = rig.service().await;
    rig.simulator.admin.delete_service(&service.id).await.unwrap();
    let object = rig.not_ready("orders", "ServiceGone").await;
    assert!(message(&object, ConditionType::Stalled).contains(&service.id), "{object:#?}");
    rig.edit("orders", json!({"description": "intake"})).await;
    rig.until("orders", "looked at again", is_seen).await;
    // A new process knows what happened from the status alone.
    rig.kill_operator();
    rig.start_operator().await;
    rig.edit("orders", json!({"description": "intake again"})).await;
    rig.until("orders", "looked at again", |object| {
        is_seen(object) && ready_condition(object) == Some(("False", "ServiceGone"))
    })
    .await;
    rig.until_swept(2).await;
    assert_eq!(rig.services().await, []);
    assert_eq!(rig.calls(CREATE).await.len(), 1);
    rig.end().await;
}

/// The status is about the newest generation.
fn is_seen(object: &VpcEndpointService) -> bool {
    status(object).observed_generation == object.metadata.generation
}

/// Fields that this version does not act on, each with its name as the status gives it.
fn not_implemented() -> [(&'static str, &'static str, Value); 3] {
    [
        ("rules", "spec.connections", json!({"connections": {"default": "Accept"}})),
        ("plan", "spec.managementPolicy", json!({"managementPolicy": "Plan"})),
        ("export", "spec.exportTo", json!({"exportTo": {"configMapName": "orders"}})),
    ]
}

#[tokio::test]
async fn a_field_that_is_not_implemented_stops_an_object_before_any_write() {
    let rig = Rig::with(World::watchful()).await;
    for (name, field, part) in not_implemented() {
        let mut spec = nlb_spec();
        spec.as_object_mut().unwrap().extend(part.as_object().unwrap().clone());
        rig.apply(name, spec).await;
        let object = rig.not_ready(name, "NotImplementedYet").await;
        assert!(message(&object, ConditionType::Ready).contains(field), "{object:#?}");
        assert_eq!(message(&object, ConditionType::Stalled), message(&object, ConditionType::Ready));
        assert_eq!(object.metadata.finalizers, None);
        assert_eq!(object.metadata.annotations, None);
        rig.delete(name).await;
        rig.gone(name).await;
    }
    assert_eq!(rig.effects().await, [""; 0]);
    rig.end().await;
}

#[tokio::test]
async fn a_field_that_is_not_implemented_stops_a_ready_object_until_it_is_taken_out() {
    let rig = Rig::with(World::watchful()).await;
    rig.apply("orders", nlb_spec()).await;
    rig.ready("orders").await;
    let service = rig.service().await;
    let edit = json!({"description": "intake", "supportedRegions": ["cn-shanghai"]});
    rig.edit("orders", edit).await;
    let object = rig.not_ready("orders", "NotImplementedYet").await;
    assert!(message(&object, ConditionType::Ready).contains("spec.supportedRegions"), "{object:#?}");
    rig.until_swept(2).await;
    assert_eq!(rig.service().await, service);

    rig.edit("orders", json!({"supportedRegions": null})).await;
    rig.ready("orders").await;
    assert_eq!(rig.service().await, ServiceView { description: "intake".to_owned(), ..service });

    rig.edit("orders", json!({"suspend": true})).await;
    rig.not_ready("orders", "NotImplementedYet").await;
    rig.end().await;
}
