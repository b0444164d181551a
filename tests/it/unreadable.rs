//! Objects with a word that a newer version knows and this one does not: they wait, and nobody else does.

use k8s_openapi::api::events::v1::Event;
use kube::Api;
use kube::api::{ApiResource, DeleteParams, DynamicObject, ListParams, Patch, PatchParams, PostParams};
use privatelink_operator::crd::{VpcEndpointService, generate};
use serde_json::{Value, json};
use tokio::time::{Duration, Instant, sleep};

use crate::support::cluster;
use crate::support::rig::{Rig, Setup, nlb_spec, status};

/// A definition is in force well under a second after it is applied; this is for a machine that is busy with other tests.
const IN_FORCE_WITHIN: Duration = Duration::from_secs(30);

/// Our definition, as a newer version may have it: with one more way to treat drift.
fn newer() -> Value {
    let mut definition = generate::vpc_endpoint_service();
    let schema = &mut definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"];
    let words = &mut schema["properties"]["spec"]["properties"]["driftPolicy"]["enum"];
    words.as_array_mut().unwrap().push(json!("Negotiate"));
    definition
}

fn untyped(rig: &Rig) -> (Api<DynamicObject>, ApiResource) {
    let kind = ApiResource::erase::<VpcEndpointService>(&());
    (Api::namespaced_with(rig.admin.clone(), &rig.namespace, &kind), kind)
}

/// Creates an object that only the newer definition admits, as soon as that is in force.
async fn create_newer(rig: &Rig, name: &str) {
    cluster::define(&rig.admin, &newer()).await;
    let (objects, kind) = untyped(rig);
    let mut spec = nlb_spec();
    spec["driftPolicy"] = json!("Negotiate");
    let object = DynamicObject::new(name, &kind).data(json!({ "spec": spec }));
    let deadline = Instant::now() + IN_FORCE_WITHIN;
    while let Err(refused) = objects.create(&PostParams::default(), &object).await {
        assert!(Instant::now() < deadline, "{refused}");
        sleep(Duration::from_millis(20)).await;
    }
}

async fn until_told(rig: &Rig, name: &str) {
    let events: Api<Event> = Api::namespaced(rig.admin.clone(), &rig.namespace);
    let deadline = Instant::now() + IN_FORCE_WITHIN;
    loop {
        let found = events.list(&ListParams::default()).await.unwrap().items;
        let about = |event: &Event| {
            event.regarding.as_ref().and_then(|object| object.name.as_deref()) == Some(name)
                && event.reason.as_deref() == Some("InvalidObject")
                && event.note.as_deref().is_some_and(|note| note.contains("Unknown variant Negotiate"))
        };
        if found.iter().any(about) {
            return;
        }
        assert!(Instant::now() < deadline, "{found:#?}");
        sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn an_object_that_cannot_be_read_waits_and_holds_up_nobody() {
    let mut rig = Rig::alone(Setup::default()).await;
    rig.apply("orders", nlb_spec()).await;
    rig.ready("orders").await;
    create_newer(&rig, "odd").await;
    until_told(&rig, "odd").await;

    rig.kill_operator();
    rig.start_operator().await;
    rig.edit("orders", json!({"description": "still looked after"})).await;
    rig.apply("payments", json!({"serviceResourceType": "nlb", "resources": []})).await;
    rig.ready("payments").await;
    rig.cloud("as the edit says", |services| {
        services.len() == 2 && services.iter().any(|service| service.description == "still looked after")
    })
    .await;

    let (objects, _) = untyped(&rig);
    objects.delete("odd", &DeleteParams::default()).await.unwrap();
    rig.end().await;
}

#[tokio::test]
async fn an_object_that_becomes_unreadable_keeps_its_service_and_goes_on_when_it_can_be_read() {
    let rig = Rig::alone(Setup::default()).await;
    rig.apply("orders", nlb_spec()).await;
    let id = status(&rig.ready("orders").await).service_id.unwrap();
    rig.apply("payments", json!({"serviceResourceType": "nlb", "resources": []})).await;
    rig.ready("payments").await;
    create_newer(&rig, "odd").await;
    let (objects, _) = untyped(&rig);
    let edit = async |spec: Value| {
        objects.patch("orders", &PatchParams::default(), &Patch::Merge(json!({ "spec": spec }))).await.unwrap()
    };
    let described = async || rig.services().await.into_iter().find(|service| service.id == id).unwrap().description;

    edit(json!({"driftPolicy": "Negotiate", "description": "not yet"})).await;
    until_told(&rig, "orders").await;
    rig.until_listed(2).await;
    assert_eq!(described().await, "");

    edit(json!({"driftPolicy": "Correct", "description": "now"})).await;
    rig.ready("orders").await;
    assert_eq!(described().await, "now");
    objects.delete("odd", &DeleteParams::default()).await.unwrap();
    rig.end().await;
}
