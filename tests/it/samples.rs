//! The samples that the guide and the demo apply.

use std::collections::BTreeMap;
use std::{fs, path::PathBuf};

use k8s_openapi::api::core::v1::ConfigMap;
use kube::{
    Api, ResourceExt,
    api::{Patch, PatchParams},
};
use privatelink_operator::crd::VpcEndpointService;
use privatelink_operator::names::{ADOPT_TAG, CLUSTER_TAG};
use privatelink_sim::{LoadBalancer, ServiceView};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::forged::{assert_untouched, foreign_service, lose};
use crate::service_ref;
use crate::support::checkout::repository;
use crate::support::cluster::{self, TEST_MANAGER};
use crate::support::kubectl::{Apply, Kubectl, NO_DIFFERENCE};
use crate::support::rig::{REGION, Rig, Setup, ZONES, status};

#[derive(Deserialize)]
struct Kustomization {
    resources: Vec<String>,
}

fn folder() -> PathBuf {
    repository().join("config/samples")
}

/// The text of each file that the kustomization lists.
fn samples() -> Vec<(String, String)> {
    let kustomization = fs::read_to_string(folder().join("kustomization.yaml")).unwrap();
    let kustomization: Kustomization = serde_saphyr::from_str(&kustomization).unwrap();
    let read = |file: String| {
        let text = fs::read_to_string(folder().join(&file)).unwrap();
        (file, text)
    };
    kustomization.resources.into_iter().map(read).collect()
}

/// The names of their objects.
fn names() -> Vec<String> {
    let object = |(_, text): (String, String)| serde_saphyr::from_str::<VpcEndpointService>(&text).unwrap();
    samples().into_iter().map(|sample| object(sample).name_any()).collect()
}

#[tokio::test]
async fn every_sample_is_accepted_by_a_strict_apply() {
    let (control_plane, admin) = cluster::prepared().await;
    let namespace = control_plane.create_namespace("samples").await.unwrap();
    let objects: Api<VpcEndpointService> = Api::namespaced(admin, &namespace);
    let parameters = PatchParams::apply(TEST_MANAGER).validation_strict();
    let mut applied = Vec::new();
    for (file, text) in samples() {
        let sample: Value = serde_saphyr::from_str(&text).unwrap();
        let name = sample["metadata"]["name"].as_str().unwrap();
        let object = objects.patch(name, &parameters, &Patch::Apply(&sample)).await;
        applied.push(object.unwrap_or_else(|error| panic!("{file}: {error}")).name_any());
    }
    assert_eq!(applied, names());
}

/// The usual setup, with the load balancers that the samples name.
fn setup_of_the_samples() -> Setup {
    let mut setup = Setup::default();
    for (_, text) in samples() {
        let spec = serde_saphyr::from_str::<VpcEndpointService>(&text).unwrap().spec;
        let kind = spec.service_resource_type.as_str();
        let ids = spec.resources.into_iter().flatten().filter_map(|resource| resource.resource_id);
        setup.simulator.load_balancers.extend(ids.map(|id| LoadBalancer::new(id, kind, REGION, &ZONES)));
    }
    setup
}

/// Applies each sample, and says that nothing is to be done before and after it is applied once more.
async fn apply_twice(kubectl: &Kubectl, how: Apply) {
    for (file, text) in samples() {
        let sample: Value = serde_saphyr::from_str(&text).unwrap();
        for _ in 0..2 {
            assert_eq!(kubectl.apply(how, &sample).await.failure(), None, "{file}");
            assert_eq!(kubectl.diff(how, &sample).await, NO_DIFFERENCE, "{file}");
        }
    }
}

async fn samples_stay_as_they_are(how: Apply) {
    let mut rig = Rig::without_operator(setup_of_the_samples()).await;
    let kubectl = Kubectl::new(rig.control_plane, &rig.namespace);
    apply_twice(&kubectl, how).await;
    let generations = |objects: &[VpcEndpointService]| -> Vec<_> {
        objects.iter().map(|object| (object.name_any(), object.metadata.generation)).collect()
    };
    let fresh = rig.all().await;
    let mut wanted: Vec<_> = names().into_iter().map(|name| (name, Some(1))).collect();
    wanted.sort();
    assert_eq!(generations(&fresh), wanted);

    rig.start_operator().await;
    for object in fresh {
        rig.ready(&object.name_any()).await;
    }
    let at_work = rig.all().await;
    for (file, text) in samples() {
        let difference = kubectl.diff(how, &serde_saphyr::from_str(&text).unwrap()).await;
        assert_eq!(difference, NO_DIFFERENCE, "{file}, after the operator's work");
    }
    apply_twice(&kubectl, how).await;
    assert_eq!(rig.all().await, at_work, "an apply without a change writes nothing");
    rig.end().await;
}

#[tokio::test]
async fn samples_applied_twice_show_no_difference_before_and_after_the_operators_work() {
    samples_stay_as_they_are(Apply::ClientSide).await;
}

#[tokio::test]
async fn samples_applied_twice_server_side_show_no_difference_before_and_after_the_operators_work() {
    samples_stay_as_they_are(Apply::ServerSide).await;
}

#[test]
fn every_sample_is_in_the_kustomization() {
    let mut listed: Vec<_> = samples().into_iter().map(|(file, _)| file).collect();
    listed.sort();
    let paths = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let yaml = paths.filter(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    let names = yaml.map(|path| path.file_name().unwrap().to_str().unwrap().to_owned());
    let mut found: Vec<_> = names.filter(|name| name != "kustomization.yaml").collect();
    found.sort();
    assert_eq!(listed, found);
}

#[test]
fn the_readme_of_the_samples_names_every_load_balancer() {
    let readme = fs::read_to_string(folder().join("README.md")).unwrap();
    for (file, text) in samples() {
        let sample: VpcEndpointService = serde_saphyr::from_str(&text).unwrap();
        let resources = sample.spec.resources.unwrap_or_default();
        assert!(!resources.is_empty(), "{file} has no load balancer");
        for id in resources.into_iter().filter_map(|resource| resource.resource_id) {
            assert!(readme.contains(&format!("`{id}`")), "{file}: the README does not name {id}");
        }
    }
}

#[tokio::test]
async fn the_sample_of_a_service_becomes_ready_once_the_controller_has_made_its_load_balancer() {
    let rig = Rig::start().await;
    let kubectl = Kubectl::new(rig.control_plane, &rig.namespace);
    let read = |file: &str| fs::read_to_string(folder().join("service-ref").join(file)).unwrap();
    for file in ["service.yaml", "endpoint-service.yaml"] {
        let sample: Value = serde_saphyr::from_str(&read(file)).unwrap();
        assert_eq!(kubectl.apply(Apply::ServerSide, &sample).await.failure(), None, "{file}");
    }
    rig.not_ready("invoices", "WaitingForLoadBalancer").await;
    service_ref::complete(&rig, "invoices", "nlb-1").await;
    rig.ready("invoices").await;
    rig.end().await;
}

/// A sample that is applied by itself.
fn prepared(file: &str) -> Value {
    let text = fs::read_to_string(folder().join("prepared").join(file)).unwrap();
    serde_saphyr::from_str(&text).unwrap()
}

/// The usual setup, with the load balancers of these samples.
fn setup_of_the_prepared() -> Setup {
    let mut setup = Setup::watchful();
    let ids = ["nlb-inventory1", "nlb-shipping1", "nlb-billing1"];
    setup.simulator.load_balancers.extend(ids.map(|id| LoadBalancer::new(id, "nlb", REGION, &ZONES)));
    setup
}

async fn apply(rig: &Rig, sample: &Value) {
    let kubectl = Kubectl::new(rig.control_plane, &rig.namespace);
    assert_eq!(kubectl.apply(Apply::ServerSide, sample).await.failure(), None, "{sample:#}");
}

#[test]
fn the_readme_names_every_sample_that_needs_something_first() {
    let readme = fs::read_to_string(folder().join("README.md")).unwrap();
    let mut files: Vec<_> =
        fs::read_dir(folder().join("prepared")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    files.sort();
    assert_eq!(files, ["adopt.yaml", "export.yaml", "observe.yaml", "plan.yaml", "suspend.yaml"]);
    for file in files {
        let row = format!("| `prepared/{}` |", file.to_str().unwrap());
        assert!(readme.contains(&row), "the README does not name {row}");
    }
}

/// A service of the console that is given to the object `legacy`, and the sample with its id.
async fn given(rig: &Rig, file: &str) -> (ServiceView, Value) {
    let object = format!("{}.legacy", rig.namespace);
    let service = foreign_service(rig, &[(CLUSTER_TAG, &rig.namespace), (ADOPT_TAG, &object)]).await;
    let mut sample = prepared(file);
    sample["spec"]["adopt"]["serviceId"] = Value::from(service.id.clone());
    (service, sample)
}

#[tokio::test]
async fn the_samples_of_an_adoption_look_first_and_adopt_then() {
    let rig = Rig::with(setup_of_the_prepared()).await;
    let (service, observing) = given(&rig, "observe.yaml").await;
    apply(&rig, &observing).await;
    let has_plan = |object: &VpcEndpointService| !status(object).plan.is_empty();
    let object = rig.until("legacy", "looked at", has_plan).await;
    let plan = status(&object).plan;
    assert!(plan[0].starts_with("TagResources: "), "{plan:?}");
    assert!(plan.last().unwrap().contains("\"Adopted from the console\""), "what follows: {plan:?}");
    assert_untouched(&rig, &service).await;

    let mut adopting = prepared("adopt.yaml");
    adopting["spec"]["adopt"]["serviceId"] = Value::from(service.id.clone());
    adopting["spec"]["managementPolicy"] = Value::from("Manage");
    apply(&rig, &adopting).await;
    let object = rig.ready("legacy").await;
    assert_eq!(status(&object).service_id, Some(service.id.clone()));
    assert_eq!(rig.service().await.description, "Adopted from the console");
    rig.delete("legacy").await;
    rig.gone("legacy").await;
    assert_eq!(rig.service().await.id, service.id);
    rig.end().await;
}

#[tokio::test]
async fn the_sample_of_an_adoption_adopts_what_carries_both_tags() {
    let rig = Rig::with(setup_of_the_prepared()).await;
    let (service, adopting) = given(&rig, "adopt.yaml").await;
    apply(&rig, &adopting).await;
    let object = rig.ready("legacy").await;
    assert_eq!(status(&object).service_id, Some(service.id));
    rig.end().await;
}

#[tokio::test]
async fn the_sample_of_a_plan_creates_nothing_and_says_what_would_be_called() {
    let rig = Rig::with(setup_of_the_prepared()).await;
    apply(&rig, &prepared("plan.yaml")).await;
    let is_tried = |object: &VpcEndpointService| {
        let plan = status(object).plan;
        !plan.is_empty() && plan.iter().all(|line| line.ends_with("(dry run passed)"))
    };
    let object = rig.until("inventory", "planned", is_tried).await;
    let line = "CreateVpcEndpointService: nlb, nlb-inventory1 in cn-hangzhou-h (dry run passed)";
    assert_eq!(status(&object).plan, [line]);
    assert_eq!(rig.services().await, []);
    rig.edit("inventory", json!({"managementPolicy": "Manage"})).await;
    rig.ready("inventory").await;
    rig.end().await;
}

#[tokio::test]
async fn the_sample_of_a_suspension_writes_nothing_until_it_is_lifted() {
    let rig = Rig::with(setup_of_the_prepared()).await;
    apply(&rig, &prepared("suspend.yaml")).await;
    rig.not_ready("shipping", "Suspended").await;
    rig.until_listed(2).await;
    assert_eq!(rig.effects().await, [""; 0]);
    rig.edit("shipping", json!({"suspend": false})).await;
    rig.ready("shipping").await;
    rig.end().await;
}

#[tokio::test]
async fn the_sample_of_an_export_writes_its_config_map() {
    let mut rig = Rig::without_operator(setup_of_the_prepared()).await;
    rig.grant_config_maps(&["get", "create", "patch", "delete"]).await;
    rig.start_operator().await;
    apply(&rig, &prepared("export.yaml")).await;
    let object = rig.ready("billing").await;
    let config_maps: Api<ConfigMap> = Api::namespaced(rig.admin.clone(), &rig.namespace);
    let look = async || config_maps.get_opt("billing-endpoint-service").await.unwrap().and_then(|found| found.data);
    let has_zones =
        |data: &Option<BTreeMap<String, String>>| data.as_ref().is_some_and(|data| data.contains_key("zoneIds"));
    let data = rig.poll("the ConfigMap is complete", look, has_zones).await.unwrap();
    assert_eq!(
        (data.get("serviceId"), &*data["zoneIds"]),
        (status(&object).service_id.as_ref(), "cn-hangzhou-h,cn-hangzhou-i")
    );
    rig.end().await;
}

#[tokio::test]
async fn the_sample_of_a_former_service_finds_it_again() {
    let mut rig = Rig::with(setup_of_the_samples()).await;
    let text = fs::read_to_string(folder().join("take-over.yaml")).unwrap();
    let sample: Value = serde_saphyr::from_str(&text).unwrap();
    apply(&rig, &sample).await;
    let former = status(&rig.ready("reports").await).service_id;
    rig.kill_operator();
    lose(&rig, "reports").await;
    apply(&rig, &sample).await;
    rig.start_operator().await;
    assert_eq!(status(&rig.ready("reports").await).service_id, former);
    assert_eq!(rig.services().await.len(), 1);
    rig.end().await;
}
