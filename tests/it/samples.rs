//! The samples that the guide and the demo apply.

use std::{fs, path::PathBuf};

use kube::{
    Api, ResourceExt,
    api::{Patch, PatchParams},
};
use privatelink_operator::crd::VpcEndpointService;
use serde::Deserialize;

use crate::cluster::{self, TEST_MANAGER};

#[derive(Deserialize)]
struct Kustomization {
    resources: Vec<String>,
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("config/samples")
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

#[tokio::test]
async fn every_sample_is_accepted_by_a_strict_apply() {
    let (control_plane, admin) = cluster::prepared().await;
    let namespace = control_plane.create_namespace("samples").await.unwrap();
    let objects: Api<VpcEndpointService> = Api::namespaced(admin, &namespace);
    let parameters = PatchParams::apply(TEST_MANAGER).validation_strict();
    let mut applied = Vec::new();
    for (file, text) in samples() {
        let sample: serde_json::Value = serde_saphyr::from_str(&text).unwrap();
        let name = sample["metadata"]["name"].as_str().unwrap();
        let object = objects.patch(name, &parameters, &Patch::Apply(&sample)).await;
        applied.push(object.unwrap_or_else(|error| panic!("{file}: {error}")).name_any());
    }
    assert_eq!(applied, ["orders", "payments", "ledger"]);
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
