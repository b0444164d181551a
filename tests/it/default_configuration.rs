//! `config/default`, as an administrator applies it.

use std::path::PathBuf;

use crate::cluster;

#[tokio::test]
async fn the_default_configuration_is_applied_without_a_warning() {
    let (control_plane, _) = cluster::prepared().await;
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("config/default");
    let mut kubectl = control_plane.kubectl(["apply", "--server-side", "--force-conflicts", "-k"]);
    let output = kubectl.arg(folder).output().unwrap();
    // A pod template that breaks the namespace's pod security level is a warning here, and no pod on a real cluster.
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    let applied = String::from_utf8(output.stdout).unwrap();
    let mut applied: Vec<_> = applied.lines().filter_map(|line| line.strip_suffix(" serverside-applied")).collect();
    applied.sort_unstable();
    assert_eq!(
        applied,
        [
            "clusterrole.rbac.authorization.k8s.io/privatelink-operator",
            "clusterrolebinding.rbac.authorization.k8s.io/privatelink-operator",
            "customresourcedefinition.apiextensions.k8s.io/vpcendpointservices.privatelink.alibabacloud.com",
            "deployment.apps/privatelink-operator",
            "namespace/privatelink-system",
            "serviceaccount/privatelink-operator",
        ]
    );
}
