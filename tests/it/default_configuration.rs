//! `config/default` and `config/simulator`, as an administrator applies them.

use std::process::Command;

use local_control_plane::ControlPlane;

use crate::support::checkout::repository;
use crate::support::cluster;

/// Applies a folder of `config/`, and answers what was applied. A pod template that breaks the namespace's pod security level is a
/// warning here, and no pod on a real cluster.
fn applied_without_a_warning(control_plane: &ControlPlane, folder: &str) -> Vec<String> {
    let mut kubectl = control_plane.kubectl(["apply", "--server-side", "--force-conflicts", "-k"]);
    let output = kubectl.arg(repository().join(folder)).output().unwrap();
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    let applied = String::from_utf8(output.stdout).unwrap();
    let lines = applied.lines().filter_map(|line| line.strip_suffix(" serverside-applied"));
    let mut applied: Vec<_> = lines.map(str::to_owned).collect();
    applied.sort_unstable();
    applied
}

#[tokio::test]
async fn the_default_configuration_is_applied_without_a_warning() {
    let (control_plane, _) = cluster::prepared().await;
    assert_eq!(
        applied_without_a_warning(control_plane, "config/default"),
        [
            "clusterrole.rbac.authorization.k8s.io/privatelink-operator",
            "clusterrole.rbac.authorization.k8s.io/privatelink-operator-edit",
            "clusterrole.rbac.authorization.k8s.io/privatelink-operator-view",
            "clusterrolebinding.rbac.authorization.k8s.io/privatelink-operator",
            "customresourcedefinition.apiextensions.k8s.io/vpcendpointservices.privatelink.alibabacloud.com",
            "deployment.apps/privatelink-operator",
            "namespace/privatelink-system",
            "poddisruptionbudget.policy/privatelink-operator",
            "role.rbac.authorization.k8s.io/privatelink-operator-leader-election",
            "rolebinding.rbac.authorization.k8s.io/privatelink-operator-leader-election",
            "service/privatelink-operator-metrics",
            "serviceaccount/privatelink-operator",
        ]
    );
}

#[tokio::test]
async fn the_simulator_is_applied_without_a_warning() {
    let (control_plane, _) = cluster::prepared().await;
    let applied = applied_without_a_warning(control_plane, "config/simulator");
    // The name of the ConfigMap ends in a hash of what it holds, so that another configuration restarts the pod.
    let (settings, others) = applied.split_first().unwrap();
    assert!(settings.starts_with("configmap/privatelink-sim-"), "{settings}");
    assert_eq!(others, ["deployment.apps/privatelink-sim", "namespace/privatelink-sim", "service/privatelink-sim"]);
}

#[test]
fn the_simulators_image_is_the_one_that_is_made() {
    let asked = image(&std::fs::read_to_string(repository().join("config/simulator/deployment.yaml")).unwrap());
    assert_eq!(asked, format!("privatelink-sim:{}", env!("CARGO_PKG_VERSION")));
}

/// The image of the only container of a list of manifests.
fn image(manifests: &str) -> String {
    let image = manifests.lines().find_map(|line| line.trim().strip_prefix("image: "));
    image.expect("the Deployment has an image").to_owned()
}

#[test]
fn the_image_that_is_made_is_the_one_that_is_asked_for() {
    let printed = Command::new("make").args(["--dry-run", "image"]).current_dir(repository()).output().unwrap();
    let commands = String::from_utf8(printed.stdout).unwrap();
    let made = commands.split_once("--tag ").and_then(|(_, rest)| rest.split_whitespace().next()).map(str::to_owned);
    let asked = image(&std::fs::read_to_string(repository().join("config/default/deployment.yaml")).unwrap());
    assert_eq!(made, Some(asked.clone()), "{commands}");
    assert_eq!(asked, format!("privatelink-operator:{}", env!("CARGO_PKG_VERSION")));
    let dockerfile = std::fs::read_to_string(repository().join("Dockerfile")).unwrap();
    assert!(dockerfile.contains(&format!("ARG VERSION={}\n", env!("CARGO_PKG_VERSION"))), "{dockerfile}");
}

#[tokio::test]
async fn another_registry_is_named_by_kustomize() {
    let (control_plane, _) = cluster::prepared().await;
    let folder = tempfile::tempdir().unwrap();
    let copied = Command::new("cp")
        .arg("-r")
        .args(["config", "crds"].map(|part| repository().join(part)))
        .arg(folder.path())
        .status();
    assert!(copied.unwrap().success());
    let own = folder.path().join("own");
    std::fs::create_dir(&own).unwrap();
    let kustomization = "resources: [../config/default]\nimages: [{name: privatelink-operator, newName: registry.example.com/operator}]\n";
    std::fs::write(own.join("kustomization.yaml"), kustomization).unwrap();
    let built = control_plane.kubectl(["kustomize"]).arg(&own).output().unwrap();
    assert_eq!(String::from_utf8(built.stderr).unwrap(), "");
    let wanted = format!("registry.example.com/operator:{}", env!("CARGO_PKG_VERSION"));
    assert_eq!(image(&String::from_utf8(built.stdout).unwrap()), wanted);
}
