//! The operator as a process: what it does when something is missing, and how it ends.

use std::time::{Duration, Instant};

use local_stack::{Operator, OperatorOptions, Programs, Simulator};
use privatelink_sim::Config;
use serde_json::{Value, json};

use crate::support::cluster;
use crate::support::rig::{REGION, Rig, Setup, nlb_spec};

const PATIENCE: Duration = Duration::from_mins(1);

/// From the order to stop to the end of the process, with nothing to finish.
const ENDS_WITHIN: Duration = Duration::from_secs(2);

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

#[tokio::test]
async fn without_the_definition_it_is_alive_and_not_ready_and_says_what_to_do() {
    let control_plane = cluster::another().await;
    let programs = Programs::locate().unwrap();
    let simulator = simulator(&programs).await;
    let options = OperatorOptions {
        kubeconfig: control_plane.kubeconfig_path(),
        cluster_id: "process".to_owned(),
        namespace: None,
        region: REGION.to_owned(),
        timing: Vec::new(),
        arguments: Vec::new(),
        environment: Vec::new(),
    };
    let operator = Operator::start(&programs, &simulator, &options).await.unwrap();
    until("the log names the definition", async || operator.log().contains("privatelink-operator crds")).await;
    assert_eq!(get(operator.health_url(), "/healthz").await, (200, "[+] watch loop alive\n".to_owned()));
    let (status, checks) = get(operator.health_url(), "/readyz").await;
    assert_eq!(status, 503);
    assert!(
        checks.starts_with(
            "[-] VpcEndpointService: CustomResourceDefinition served\n[-] VpcEndpointService: store synced\n"
        ),
        "{checks}"
    );

    local_stack::install(control_plane).unwrap();
    until("it is ready", async || get(operator.health_url(), "/readyz").await.0 == 200).await;
    let (_, metrics) = get(operator.metrics_url(), "/metrics").await;
    assert!(metrics.contains(r#"controller_runtime_max_concurrent_reconciles{controller="vpcendpointservice"} 64"#));
    assert!(!operator.log().contains("panicked"), "{}", operator.log());
}

/// An operator that logs as JSON.
async fn logging_json() -> Rig {
    Rig::with(Setup { arguments: vec!["--log-format=json".to_owned()], ..Setup::default() }).await
}

#[tokio::test]
async fn told_to_stop_it_ends_within_two_seconds() {
    let rig = logging_json().await;
    rig.apply("orders", nlb_spec()).await;
    rig.ready("orders").await;
    let begin = Instant::now();
    rig.operator().terminate().unwrap();
    until("it has ended", async || rig.operator().has_ended()).await;
    assert!(begin.elapsed() < ENDS_WITHIN, "{:?}", begin.elapsed());
    let log = rig.operator().log();
    let last: Value = serde_json::from_str(log.lines().last().unwrap()).unwrap();
    assert_eq!((&last["level"], &last["message"]), (&json!("INFO"), &json!("stopped")));
    rig.end().await;
}

#[tokio::test]
async fn the_log_of_a_reconcile_names_the_object() {
    let rig = logging_json().await;
    rig.apply("orders", nlb_spec()).await;
    let created = |log: &str| log.lines().find(|line| line.contains("CreateVpcEndpointService")).map(str::to_owned);
    until("the Create is logged", async || created(&rig.log()).is_some()).await;
    let line: Value = serde_json::from_str(&created(&rig.log()).unwrap()).unwrap();
    let object = ["kind", "namespace", "name", "generation"].map(|key| &line[format!("object.{key}")]);
    assert_eq!(object, [&json!("VpcEndpointService"), &json!(rig.namespace), &json!("orders"), &json!(1)]);
    assert!(line["service_id"].as_str().unwrap().starts_with("epsrv-"), "{line}");
    assert!(line["request_id"].is_string(), "{line}");
    rig.end().await;
}
