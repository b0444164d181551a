//! The command `remaining`, which the chart runs before `helm uninstall`: with the ServiceAccount of `config/default`.

use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use local_control_plane::ControlPlane;
use local_stack::Programs;
use privatelink_operator::names::{FINALIZER, PROTECTED_LABEL};
use serde_json::{Value, json};
use tokio::task::spawn_blocking;

use crate::support::checkout::repository;
use crate::support::cluster;
use crate::support::kubectl::{Kubectl, manifest};
use crate::support::rig::nlb_spec;

const DEFINITION: &str = "vpcendpointservices.privatelink.alibabacloud.com";

/// The deadline of a call, and what else the program does.
const ENDS_WITHIN: Duration = Duration::from_secs(40);

/// Runs the program as in the pod of the chart's Job.
async fn remaining(kubeconfig: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(Programs::locate().unwrap().operator);
    command.arg("remaining").args(arguments).env_clear().env("KUBECONFIG", kubeconfig);
    spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

/// Exit status, standard output, standard error.
fn read(output: Output) -> (Option<i32>, String, String) {
    (output.status.code(), String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
}

async fn ok(kubectl: &Kubectl, arguments: &[&str], stdin: &str) {
    let answer = kubectl.run(arguments, stdin).await;
    assert_eq!(answer.code, Some(0), "{arguments:?}: {answer:?}");
}

async fn create(control_plane: &'static ControlPlane, namespace: &str, name: &str, spec: Value, metadata: Value) {
    let mut object = manifest(name, &nlb_spec());
    for (part, more) in [("spec", spec), ("metadata", metadata)] {
        object[part].as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    }
    let kubectl = Kubectl::new(control_plane, namespace);
    ok(&kubectl, &["create", "-f", "-"], &object.to_string()).await;
    let status = json!({"status": {"serviceId": format!("epsrv-{name}")}}).to_string();
    ok(&kubectl, &["patch", "vpces", name, "--subresource=status", "--type=merge", "-p", &status], "").await;
}

#[tokio::test]
async fn it_says_what_is_left_what_becomes_of_it_and_by_its_status_whether_to_go_on() {
    let control_plane = cluster::another().await;
    let admin = Kubectl::new(control_plane, "privatelink-system");
    let config = repository().join("config/default");
    ok(&admin, &["apply", "--server-side", "-k", config.to_str().unwrap()], "").await;
    ok(&admin, &["wait", "--for=condition=Established", "crd", DEFINITION, "--timeout=60s"], "").await;
    let account =
        control_plane.kubeconfig_for_service_account("privatelink-system", "privatelink-operator").await.unwrap();
    let run = async |arguments: &[&str]| read(remaining(&account, arguments).await);

    let nothing =
        "No object is held by the operator's finalizer (0 without it). Nothing holds the uninstallation up.\n";
    assert_eq!(run(&[]).await, (Some(0), nothing.to_owned(), String::new()));

    ok(&admin, &["create", "namespace", "team"], "").await;
    let held = json!({"finalizers": [FINALIZER]});
    create(control_plane, "default", "new", json!({}), json!({})).await;
    create(control_plane, "default", "orders", json!({}), held.clone()).await;
    create(control_plane, "team", "ledger", json!({"deletionPolicy": "Retain"}), held.clone()).await;
    let protected = json!({"finalizers": [FINALIZER], "labels": {PROTECTED_LABEL: "true"}});
    create(control_plane, "team", "payments", json!({}), protected).await;
    let (status, said, complaint) = run(&[]).await;
    assert_eq!((status, complaint.as_str()), (Some(3), ""), "{said}");
    let table = "\
3 of 4 VpcEndpointService objects are held by the operator's finalizer, which only an operator takes off:

  NAMESPACE  NAME      SERVICE-ID      WHEN DELETED
  default    orders    epsrv-orders    deletes the service
  team       ledger    epsrv-ledger    keeps the service, without the operator's tags
  team       payments  epsrv-payments  refused: it is protected

To go on, one of:
";
    assert!(said.starts_with(table), "{said}");
    assert_eq!(run(&["--only-report"]).await, (Some(0), said, String::new()));
    let (status, said, _) = run(&["--watch-namespace=team"]).await;
    assert!(status == Some(3) && said.starts_with("2 of 2 VpcEndpointService objects are held"), "{said}");
    let (status, said, _) = run(&["--watch-namespace=elsewhere"]).await;
    assert_eq!((status, said.as_str()), (Some(0), nothing));

    ok(&admin, &["delete", "clusterrolebinding", "privatelink-operator"], "").await;
    let (status, said, complaint) = run(&["--way-past=helm uninstall --no-hooks"]).await;
    assert_eq!((status, said.as_str()), (Some(1), ""));
    let sentence = "error: failed to list the objects that are left: the API server refuses: vpcendpointservices.privatelink.alibabacloud.com is forbidden";
    assert!(
        complaint.starts_with(sentence) && complaint.ends_with("without this check: helm uninstall --no-hooks\n"),
        "{complaint}"
    );
    let (status, said, complaint) = run(&["--only-report"]).await;
    assert!((status, said.as_str()) == (Some(0), "") && complaint.starts_with(sentence), "{complaint}");
}

#[tokio::test]
async fn without_the_definition_nothing_is_left() {
    let control_plane = cluster::another().await;
    let (status, said, complaint) = read(remaining(&control_plane.kubeconfig_path(), &[]).await);
    assert_eq!((status, complaint.as_str()), (Some(0), ""), "{said}");
}

#[tokio::test]
async fn an_api_server_that_never_answers_is_waited_for_no_longer_than_a_call_may_take() {
    // It takes connections, and nothing more.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let kubeconfig = folder.path().join("kubeconfig");
    let server = format!("http://{}", silent.local_addr().unwrap());
    let text = json!({
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "silent",
        "contexts": [{"name": "silent", "context": {"cluster": "silent", "user": "silent"}}],
        "clusters": [{"name": "silent", "cluster": {"server": server}}],
        "users": [{"name": "silent", "user": {}}],
    });
    std::fs::write(&kubeconfig, text.to_string()).unwrap();
    let begin = Instant::now();
    let (status, said, complaint) = read(remaining(&kubeconfig, &[]).await);
    assert!(begin.elapsed() < ENDS_WITHIN, "{:?}", begin.elapsed());
    assert_eq!((status, said.as_str()), (Some(1), ""));
    assert!(complaint.contains("no answer within"), "{complaint}");
}
