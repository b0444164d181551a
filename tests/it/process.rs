//! The operator as a process: what it does when something is missing, and how it ends.

use std::time::{Duration, Instant};

use kube::Api;
use kube::api::{Patch, PatchParams};
use local_stack::{Operator, OperatorOptions, Programs, Simulator};
use privatelink_sim::Config;
use serde_json::json;

use crate::support::cluster;

const PATIENCE: Duration = Duration::from_mins(1);

async fn simulator(programs: &Programs) -> Simulator {
    let file = tempfile::Builder::new().suffix(".yaml").tempfile().unwrap();
    std::fs::write(file.path(), serde_json::to_vec(&Config::fast()).unwrap()).unwrap();
    Simulator::start(programs, file.path()).await.unwrap()
}

/// Status and body.
async fn get(url: &str, path: &str) -> (u16, String) {
    let answer = reqwest::get(format!("{url}{path}")).await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let begin = Instant::now();
    while !holds().await {
        assert!(begin.elapsed() < PATIENCE, "not yet: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn options(kubeconfig: std::path::PathBuf, arguments: &[&str]) -> OperatorOptions {
    OperatorOptions {
        kubeconfig,
        cluster_id: "process".to_owned(),
        namespace: None,
        region: "cn-hangzhou".to_owned(),
        timing: Vec::new(),
        arguments: arguments.iter().map(|argument| (*argument).to_owned()).collect(),
    }
}

#[tokio::test]
async fn without_the_definition_it_is_alive_and_not_ready_and_says_what_to_do() {
    let control_plane = cluster::another().await;
    let programs = Programs::locate().unwrap();
    let simulator = simulator(&programs).await;
    let operator =
        Operator::start(&programs, &simulator, &options(control_plane.kubeconfig_path(), &[])).await.unwrap();
    until("the log names the definition", async || operator.log().contains("privatelink-operator crds")).await;
    assert_eq!(get(operator.health_url(), "/healthz").await, (200, "[+] watch loop alive\n".to_owned()));
    let (status, checks) = get(operator.health_url(), "/readyz").await;
    assert_eq!(status, 503);
    assert!(checks.starts_with("[-] CustomResourceDefinition served\n[-] store synced\n"), "{checks}");

    local_stack::install(control_plane).unwrap();
    until("it is ready", async || get(operator.health_url(), "/readyz").await.0 == 200).await;
    let (_, metrics) = get(operator.metrics_url(), "/metrics").await;
    assert!(metrics.contains(r#"controller_runtime_max_concurrent_reconciles{controller="vpcendpointservice"} 64"#));
    assert!(!operator.log().contains("panicked"), "{}", operator.log());
}

#[tokio::test]
async fn told_to_stop_it_ends_within_two_seconds() {
    let (control_plane, _) = cluster::prepared().await;
    let kubeconfig = cluster::operator_kubeconfig(control_plane).await;
    let programs = Programs::locate().unwrap();
    let simulator = simulator(&programs).await;
    let namespace = control_plane.create_namespace("stop").await.unwrap();
    let options = OperatorOptions { namespace: Some(namespace), ..options(kubeconfig, &["--log-format=json"]) };
    let operator = Operator::start(&programs, &simulator, &options).await.unwrap();
    until("it is ready", async || get(operator.health_url(), "/readyz").await.0 == 200).await;
    let begin = Instant::now();
    operator.terminate().unwrap();
    until("it has ended", async || operator.has_ended()).await;
    assert!(begin.elapsed() < Duration::from_secs(2), "{:?}", begin.elapsed());
    let log = operator.log();
    let last: serde_json::Value = serde_json::from_str(log.lines().last().unwrap()).unwrap();
    assert_eq!((&last["level"], &last["message"]), (&json!("INFO"), &json!("stopped")));
}

#[tokio::test]
async fn the_log_of_a_reconcile_names_the_object() {
    let (control_plane, admin) = cluster::prepared().await;
    let kubeconfig = cluster::operator_kubeconfig(control_plane).await;
    let programs = Programs::locate().unwrap();
    let simulator = simulator(&programs).await;
    let namespace = control_plane.create_namespace("log").await.unwrap();
    let options = OperatorOptions { namespace: Some(namespace.clone()), ..options(kubeconfig, &["--log-format=json"]) };
    let operator = Operator::start(&programs, &simulator, &options).await.unwrap();
    let object = json!({
        "apiVersion": "privatelink.alibabacloud.com/v1alpha1",
        "kind": "VpcEndpointService",
        "metadata": {"name": "payments"},
        "spec": {"serviceResourceType": "nlb"},
    });
    let objects = Api::<privatelink_operator::crd::VpcEndpointService>::namespaced(admin, &namespace);
    objects.patch("payments", &PatchParams::apply("user").force(), &Patch::Apply(&object)).await.unwrap();
    let created = |log: &str| log.lines().find(|line| line.contains("CreateVpcEndpointService")).map(str::to_owned);
    until("the Create is logged", async || created(&operator.log()).is_some()).await;
    let line: serde_json::Value = serde_json::from_str(&created(&operator.log()).unwrap()).unwrap();
    assert_eq!(line["namespace"], json!(namespace));
    assert_eq!((&line["name"], &line["generation"]), (&json!("payments"), &json!(1)));
    assert!(line["service_id"].as_str().unwrap().starts_with("epsrv-"), "{line}");
    assert!(line["request_id"].is_string(), "{line}");
}
