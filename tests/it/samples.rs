//! The samples that the guide and the demo apply.

use std::{fs, path::PathBuf};

use kube::{
    Api, ResourceExt,
    api::{Patch, PatchParams},
};
use privatelink_operator::crd::VpcEndpointService;
use privatelink_sim::LoadBalancer;
use serde::Deserialize;
use serde_json::Value;

use crate::service_ref;
use crate::support::checkout::repository;
use crate::support::cluster::{self, TEST_MANAGER};
use crate::support::kubectl::{Apply, Kubectl, NO_DIFFERENCE};
use crate::support::rig::{REGION, Rig, Setup, ZONES};

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
