//! Objects of the release before under this version, whose definition or this one's is installed: nothing is created twice, nothing is sent for
//! what is as it was, and no edit is lost.

use std::collections::BTreeSet;
use std::time::Duration;

use futures::future::join_all;
use jiff::SignedDuration;
use privatelink_operator::crd::{VpcEndpointService, generate};
use serde_json::{Value, json};

use super::frozen::{self, Frozen};
use super::{replace, rig_with};
use crate::support::cluster;
use crate::support::rig::{Rig, Setup, is_applied, is_ready, ready_condition, status};

const CREATE: &str = "CreateVpcEndpointService";
const UPDATE: &str = "UpdateVpcEndpointServiceAttribute";

/// What an object is that waits for nobody.
const AT_REST: [&str; 4] = ["everything", "least", "retained", "recreated"];

/// Objects whose create is under way when the versions change.
const UNDER_WAY: usize = 50;

/// A record of a release that ran for a while.
const LONG_AGO: SignedDuration = SignedDuration::from_hours(24);

/// `Ready` as it is, with the time of its last change.
fn ready(object: &VpcEndpointService) -> Value {
    let conditions = status(object).conditions;
    json!(conditions.into_iter().find(|condition| condition.type_ == "Ready"))
}

/// Thaws one object for each of these states, named for it.
async fn thaw(rig: &Rig, states: &[&str]) -> Vec<Frozen> {
    let mut all = Vec::new();
    let long_ago = frozen::now(rig).await - LONG_AGO;
    for state in states {
        let object = frozen::object(state);
        object.thaw(rig, state, long_ago).await;
        all.push(object);
    }
    all
}

/// The operator looks at everything several times, and changes nothing.
async fn assert_taken_over(rig: &mut Rig, before: &[VpcEndpointService]) {
    let cloud = (rig.services().await, rig.effects().await);
    let writes = rig.kubernetes_writes().len();
    rig.start_operator().await;
    rig.until_listed(3).await;
    for object in before {
        let name = object.metadata.name.as_deref().unwrap();
        let after = rig.ready(name).await;
        assert_eq!(ready(&after), ready(object), "{name}: Ready changed");
        assert_eq!((&after.spec, &after.metadata.finalizers), (&object.spec, &object.metadata.finalizers), "{name}");
        assert_eq!(status(&after).service_id, status(object).service_id, "{name}");
    }
    assert_eq!((rig.services().await, rig.effects().await), cloud);
    let written = rig.kubernetes_writes().split_off(writes);
    // A version that says more of an object says it once.
    let per_object = |name: &str| written.iter().filter(|event| event.name == name).count();
    assert!(written.iter().all(|event| event.subresource == "status" && per_object(&event.name) <= 1), "{written:#?}");
    rig.kill_operator();
}

#[tokio::test]
async fn objects_of_the_release_before_are_taken_over_without_a_write_to_the_cloud_under_either_definition() {
    let mut rig = rig_with(cluster::another().await, frozen::document("crd.yaml")).await;
    thaw(&rig, &AT_REST).await;
    let before = rig.all().await;
    assert_eq!(before.len(), AT_REST.len());
    assert_taken_over(&mut rig, &before).await;
    replace(&rig.admin, generate::vpc_endpoint_service()).await;
    assert_taken_over(&mut rig, &before).await;
    rig.end().await;
}

#[tokio::test]
async fn what_was_edited_while_the_versions_changed_is_carried_out_once_and_nothing_else() {
    let mut rig = rig_with(cluster::another().await, frozen::document("crd.yaml")).await;
    thaw(&rig, &AT_REST).await;
    replace(&rig.admin, generate::vpc_endpoint_service()).await;
    rig.edit("everything", json!({"description": "edited"})).await;
    let effects = rig.effects().await.len();
    rig.start_operator().await;
    rig.ready("everything").await;
    rig.until_listed(3).await;
    assert_eq!(rig.effects().await[effects..], [UPDATE]);
    let descriptions: BTreeSet<_> = rig.services().await.into_iter().map(|service| service.description).collect();
    assert_eq!(descriptions, BTreeSet::from([String::new(), "edited".to_owned()]));
    rig.end().await;
}

#[tokio::test]
async fn fifty_creates_under_way_make_fifty_services_and_no_edit_is_lost() {
    let mut setup = Setup::default().soon_sure();
    setup.patience = Duration::from_mins(2);
    let mut rig = super::rig_of(cluster::another().await, frozen::document("crd.yaml"), setup).await;
    let states = ["recorded", "created", "named"].map(frozen::object);
    for number in 0..UNDER_WAY {
        states[number % states.len()].thaw(&rig, &name(number), frozen::now(&rig).await).await;
    }
    // As `helm upgrade` does: the definition first. Every second object is edited meanwhile.
    replace(&rig.admin, generate::vpc_endpoint_service()).await;
    let edited = (0..UNDER_WAY).step_by(2);
    join_all(edited.map(async |number| rig.edit(&name(number), json!({"description": name(number)})).await)).await;
    rig.start_operator().await;
    for number in 0..UNDER_WAY {
        rig.ready(&name(number)).await;
    }
    let objects = rig.all().await;
    let services = rig.services().await;
    let named: BTreeSet<_> = objects.iter().filter_map(|object| status(object).service_id).collect();
    let there: BTreeSet<_> = services.iter().map(|service| service.id.clone()).collect();
    assert_eq!((there.len(), &named), (UNDER_WAY, &there));
    for object in &objects {
        let id = status(object).service_id;
        let service = services.iter().find(|service| Some(&service.id) == id.as_ref()).unwrap();
        assert_eq!(service.description, object.spec.description);
    }
    let creates = rig.calls(CREATE).await.into_iter().filter(is_applied).count();
    assert_eq!(creates, UNDER_WAY);
    rig.end().await;
}

fn name(number: usize) -> String {
    format!("under-way-{number}")
}

#[tokio::test]
async fn what_waited_under_the_release_before_waits_and_goes_on_as_it_did() {
    let mut rig = rig_with(cluster::another().await, frozen::document("crd.yaml")).await;
    thaw(&rig, &["refused", "blocked"]).await;
    let effects = rig.effects().await.len();
    replace(&rig.admin, generate::vpc_endpoint_service()).await;
    rig.start_operator().await;
    rig.until_listed(3).await;
    rig.not_ready("refused", "WaitingForLoadBalancer").await;
    rig.not_ready("blocked", "DeletionBlocked").await;
    assert_eq!(rig.effects().await.len(), effects);
    for endpoint in rig.simulator.admin.endpoints().await.unwrap() {
        rig.simulator.admin.delete_endpoint(&endpoint.id).await.unwrap();
    }
    rig.gone("blocked").await;
    assert_eq!(rig.services().await, []);
    rig.end().await;
}

#[tokio::test]
async fn rolled_back_to_the_definition_before_every_service_stays_as_it_is() {
    let mut rig = rig_with(cluster::another().await, generate::vpc_endpoint_service()).await;
    rig.start_operator().await;
    let states = ["everything", "least", "retained"];
    for state in states {
        rig.apply(state, frozen::object(state).spec).await;
        rig.ready(state).await;
    }
    let cloud = (rig.services().await, rig.effects().await);
    replace(&rig.admin, frozen::document("crd.yaml")).await;
    rig.kill_operator();
    // Whatever is written is pruned: a label of the user's, and the status.
    for state in states {
        let labels = json!({"metadata": {"labels": {"team": "orders"}}});
        let parameters = kube::api::PatchParams::default();
        rig.objects().patch(state, &parameters, &kube::api::Patch::Merge(&labels)).await.unwrap();
    }
    rig.start_operator().await;
    rig.until_listed(3).await;
    for object in rig.all().await {
        assert!(is_ready(&object), "{:?}", ready_condition(&object));
    }
    assert_eq!((rig.services().await, rig.effects().await), cloud);
    rig.end().await;
}
