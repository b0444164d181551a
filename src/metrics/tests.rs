use std::future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::Bytes;
use axum::http::{Request, Response, StatusCode};
use cloud_core::{Transport, TransportError};
use futures::future::BoxFuture;
use futures::poll;
use kube::Client;
use kube::client::Body;
use kube::runtime::reflector;
use kube::runtime::watcher::Event;

use tokio::time::{advance, timeout};

use super::*;
use crate::cloud::metrics::InventoryCollector;
use crate::cloud::services::EndpointServices;
use crate::crd::{VpcEndpointService, VpcEndpointServiceStatus};
use crate::kubernetes::KindStatus;

/// Answers everything in the same way.
#[derive(Clone, Debug)]
enum Fixed {
    Answer(u16, &'static str),
    Connect,
    Silence,
}

impl Transport for Fixed {
    fn send(&self, _: Request<Bytes>) -> BoxFuture<'_, std::result::Result<Response<Bytes>, TransportError>> {
        match self {
            Self::Answer(status, body) => {
                let response = Response::builder().status(*status).body(Bytes::from_static(body.as_bytes())).unwrap();
                Box::pin(future::ready(Ok(response)))
            }
            Self::Connect => Box::pin(future::ready(Err(TransportError::Connect("refused".into())))),
            Self::Silence => Box::pin(future::pending()),
        }
    }
}

fn request(action: &str) -> Request<Bytes> {
    Request::builder().uri("http://cloud/").header("x-acs-action", action).body(Bytes::new()).unwrap()
}

fn metered(transport: Fixed, metrics: &Metrics) -> MeteredTransport {
    MeteredTransport::new(Arc::new(transport), metrics.clone(), crate::cloud::operation)
}

/// The samples whose line begins with `name`, in order; durations left out.
fn samples(metrics: &Metrics, name: &str) -> Vec<String> {
    let mut lines: Vec<String> =
        metrics.encode().unwrap().lines().filter(|line| line.starts_with(name)).map(str::to_owned).collect();
    lines.sort();
    lines
}

async fn after(transport: Fixed) -> Metrics {
    let metrics = Metrics::new();
    let _ = metered(transport, &metrics).send(request("CreateVpcEndpointService")).await;
    metrics
}

const REQUESTS: &str = "privatelink_operator_cloud_api_requests_total";

#[tokio::test]
async fn an_accepted_request_is_counted_and_timed() {
    let metrics = after(Fixed::Answer(200, r#"{"RequestId":"1"}"#)).await;
    assert_eq!(
        samples(&metrics, REQUESTS),
        [r#"privatelink_operator_cloud_api_requests_total{operation="CreateVpcEndpointService",code="OK"} 1"#]
    );
    assert_eq!(
        samples(&metrics, "privatelink_operator_cloud_api_request_duration_seconds_count"),
        [r#"privatelink_operator_cloud_api_request_duration_seconds_count{operation="CreateVpcEndpointService"} 1"#]
    );
    assert_eq!(samples(&metrics, "privatelink_operator_cloud_api_throttled_total"), [""; 0]);
}

#[tokio::test]
async fn a_refusal_is_counted_under_its_code() {
    let metrics = after(Fixed::Answer(400, r#"{"Code":"QuotaMisMatched","Message":"secret"}"#)).await;
    assert_eq!(
        samples(&metrics, REQUESTS),
        [
            r#"privatelink_operator_cloud_api_requests_total{operation="CreateVpcEndpointService",code="QuotaMisMatched"} 1"#
        ]
    );
    assert!(!metrics.encode().unwrap().contains("secret"));
}

#[tokio::test]
async fn a_throttled_answer_is_counted_twice() {
    let metrics = after(Fixed::Answer(400, r#"{"Code":"Throttling.User"}"#)).await;
    assert_eq!(
        samples(&metrics, "privatelink_operator_cloud_api_throttled_total"),
        [r#"privatelink_operator_cloud_api_throttled_total{operation="CreateVpcEndpointService"} 1"#]
    );
}

#[tokio::test]
async fn what_is_in_no_table_makes_no_label() {
    for answer in [
        Fixed::Answer(400, r#"{"Code":"Invented.ByAServer"}"#),
        Fixed::Answer(502, "<html>bad gateway</html>"),
        Fixed::Answer(400, "{}"),
    ] {
        let metrics = after(answer).await;
        assert_eq!(
            samples(&metrics, REQUESTS),
            [r#"privatelink_operator_cloud_api_requests_total{operation="CreateVpcEndpointService",code="unknown"} 1"#]
        );
    }
    let metrics = Metrics::new();
    let transport = metered(Fixed::Connect, &metrics);
    let _ = transport.send(request("NoSuchOperation")).await;
    assert_eq!(
        samples(&metrics, REQUESTS),
        [r#"privatelink_operator_cloud_api_requests_total{operation="unknown",code="connect"} 1"#]
    );
}

#[tokio::test]
async fn a_request_that_the_client_gives_up_is_counted() {
    let metrics = Metrics::new();
    let transport = metered(Fixed::Silence, &metrics);
    let mut sending = transport.send(request("GetCallerIdentity"));
    assert!(poll!(&mut sending).is_pending());
    drop(sending);
    assert_eq!(
        samples(&metrics, REQUESTS),
        [r#"privatelink_operator_cloud_api_requests_total{operation="GetCallerIdentity",code="abandoned"} 1"#]
    );
}

#[test]
fn reconciles_have_the_names_of_controller_runtime() {
    let metrics = Metrics::new();
    let controller = metrics.controller("VpcEndpointService");
    controller.allow_workers(64);
    let worker = controller.begin_reconcile();
    assert_eq!(
        samples(&metrics, "controller_runtime_active"),
        [r#"controller_runtime_active_workers{controller="vpcendpointservice"} 1"#]
    );
    drop(worker);
    controller.end_reconcile(ReconcileResult::Success, Duration::from_millis(3));
    controller.end_reconcile(ReconcileResult::Error, Duration::from_secs(2));
    controller.panicked();
    let counted: Vec<String> =
        samples(&metrics, "controller_runtime").into_iter().filter(|line| !line.contains("_bucket")).collect();
    assert_eq!(
        counted,
        [
            r#"controller_runtime_active_workers{controller="vpcendpointservice"} 0"#,
            r#"controller_runtime_max_concurrent_reconciles{controller="vpcendpointservice"} 64"#,
            r#"controller_runtime_reconcile_errors_total{controller="vpcendpointservice"} 1"#,
            r#"controller_runtime_reconcile_panics_total{controller="vpcendpointservice"} 1"#,
            r#"controller_runtime_reconcile_time_seconds_count{controller="vpcendpointservice"} 2"#,
            r#"controller_runtime_reconcile_time_seconds_sum{controller="vpcendpointservice"} 2.003"#,
            r#"controller_runtime_reconcile_total{controller="vpcendpointservice",result="error"} 1"#,
            r#"controller_runtime_reconcile_total{controller="vpcendpointservice",result="success"} 1"#,
        ]
    );
}

/// An API server that answers with this status, or not at all.
#[derive(Clone)]
struct ApiServer(Option<StatusCode>);

impl tower_service::Service<Request<Body>> for ApiServer {
    type Response = Response<Body>;
    type Error = std::io::Error;
    type Future = BoxFuture<'static, std::io::Result<Response<Body>>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<Body>) -> Self::Future {
        match self.0 {
            Some(status) => {
                let answer = Response::builder().status(status).body(Body::from(b"{}".to_vec())).unwrap();
                Box::pin(future::ready(Ok(answer)))
            }
            None => Box::pin(future::pending()),
        }
    }
}

fn api_server(metrics: &Metrics, status: Option<StatusCode>) -> Client {
    metrics.api_server(Client::new(ApiServer(status), "team"))
}

fn ask(method: &str) -> Request<Body> {
    Request::builder().method(method).uri("/version").body(Body::empty()).unwrap()
}

const REST: &str = "rest_client_requests_total";

#[tokio::test]
async fn requests_to_the_api_server_have_the_names_of_client_go() {
    let metrics = Metrics::new();
    let client = api_server(&metrics, Some(StatusCode::CONFLICT));
    assert_eq!(client.default_namespace(), "team");
    for method in ["PATCH", "PATCH", "GET", "BREW"] {
        assert_eq!(client.send(ask(method)).await.unwrap().status(), StatusCode::CONFLICT);
    }
    assert_eq!(
        samples(&metrics, REST),
        [
            r#"rest_client_requests_total{code="409",method="GET"} 1"#,
            r#"rest_client_requests_total{code="409",method="PATCH"} 2"#,
            r#"rest_client_requests_total{code="409",method="other"} 1"#,
        ]
    );
    assert_eq!(
        samples(&metrics, r#"rest_client_request_duration_seconds_count{verb="PATCH"}"#),
        [r#"rest_client_request_duration_seconds_count{verb="PATCH"} 2"#]
    );
}

#[tokio::test]
async fn a_request_to_the_api_server_that_is_given_up_is_counted() {
    let metrics = Metrics::new();
    let client = api_server(&metrics, None);
    assert!(timeout(Duration::from_millis(1), client.send(ask("GET"))).await.is_err());
    assert_eq!(samples(&metrics, REST), [r#"rest_client_requests_total{code="<error>",method="GET"} 1"#]);
}

/// What a scrape says of the work queue, without buckets and times of its own.
fn queue_samples(metrics: &Metrics) -> Vec<String> {
    let mut lines = samples(metrics, "workqueue_");
    lines.extend(samples(metrics, "privatelink_operator_work_queue_age_seconds"));
    lines.retain(|line| !line.contains("_bucket"));
    lines
        .iter()
        .map(|line| line.replace(r#"{name="vpcendpointservice",controller="vpcendpointservice"}"#, ""))
        .collect()
}

#[tokio::test(start_paused = true)]
async fn the_work_queue_shows_who_waits_and_since_when() {
    let metrics = Metrics::new();
    let queue = metrics.work_queue("VpcEndpointService");
    queue.add("team", "a");
    advance(Duration::from_secs(2)).await;
    queue.add("team", "b");
    queue.add("team", "a");
    advance(Duration::from_secs(1)).await;
    let waiting = [
        "workqueue_adds_total 3",
        "workqueue_depth 2",
        "workqueue_queue_duration_seconds_count 0",
        "workqueue_queue_duration_seconds_sum 0.0",
        "privatelink_operator_work_queue_age_seconds 3.0",
    ];
    assert_eq!(queue_samples(&metrics), waiting);
    queue.begin("team", "a");
    // Its time has come: nobody asked.
    queue.begin("team", "c");
    assert!(queue.remove("team", "b").is_some());
    let idle = [
        "workqueue_adds_total 3",
        "workqueue_depth 0",
        "workqueue_queue_duration_seconds_count 1",
        "workqueue_queue_duration_seconds_sum 3.0",
        "privatelink_operator_work_queue_age_seconds 0.0",
    ];
    assert_eq!(queue_samples(&metrics), idle);
}

#[test]
fn a_panic_under_way_gives_the_worker_back() {
    let metrics = Metrics::new();
    let controller = metrics.controller("VpcEndpointService");
    let panicking = std::panic::catch_unwind(AssertUnwindSafe(move || {
        let _worker = controller.begin_reconcile();
        std::panic::resume_unwind(Box::new("planned"));
    }));
    assert!(panicking.is_err());
    assert_eq!(
        samples(&metrics, "controller_runtime_active"),
        [r#"controller_runtime_active_workers{controller="vpcendpointservice"} 0"#]
    );
}

#[test]
fn the_rest_has_our_prefix() {
    let metrics = Metrics::new();
    metrics.kubernetes_write(WriteKind::Status);
    metrics.stale_sync_skipped();
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(
        samples(&metrics, "privatelink_operator"),
        [
            format!(r#"privatelink_operator_build_info{{version="{version}"}} 1"#),
            r#"privatelink_operator_kubernetes_writes_total{kind="status"} 1"#.into(),
            "privatelink_operator_stale_sync_skips_total 1".into(),
        ]
    );
}

#[test]
fn conditions_are_counted_by_type_and_status_from_the_store() {
    let (store, mut writer) = reflector::store::<VpcEndpointService>();
    for (name, ready) in [("a", "True"), ("b", "False"), ("c", "True")] {
        let object: VpcEndpointService = serde_json::from_value(serde_json::json!({
            "apiVersion": "privatelink.alibabacloud.com/v1alpha1",
            "kind": "VpcEndpointService",
            "metadata": {"namespace": "team", "name": name},
            "spec": {"serviceResourceType": "nlb"},
            "status": {"conditions": [
                {"type": "Ready", "status": ready, "reason": "Any", "message": "", "lastTransitionTime": "2026-01-01T00:00:00Z"},
                {"type": "SomebodyElses", "status": "True", "reason": "Any", "message": "", "lastTransitionTime": "2026-01-01T00:00:00Z"},
            ]},
        }))
        .unwrap();
        writer.apply_watcher_event(&Event::Apply(object));
    }
    let metrics = Metrics::new();
    metrics.count_conditions(store, |status: &VpcEndpointServiceStatus| &status.conditions);
    let counted = samples(&metrics, "privatelink_operator_resource_condition");
    assert_eq!(counted.len(), 15, "five types, three states each: {counted:#?}");
    let nonzero: Vec<&String> = counted.iter().filter(|line| !line.ends_with(" 0")).collect();
    assert_eq!(
        nonzero,
        [
            r#"privatelink_operator_resource_condition{type="Ready",status="False"} 1"#,
            r#"privatelink_operator_resource_condition{type="Ready",status="True"} 2"#,
        ]
    );
}

#[test]
fn the_age_of_the_watch_and_restarts_of_tasks_are_read_at_each_scrape() {
    let metrics = Metrics::new();
    metrics.collect(Vitals::of(|| Duration::from_millis(1_500)));
    assert_eq!(samples(&metrics, "privatelink_operator_watch"), ["privatelink_operator_watch_age_seconds 1.5"]);
    let restarts = samples(&metrics, "privatelink_operator_task_restarts_total");
    assert_eq!(restarts.len(), crate::supervise::Task::ALL.len(), "{restarts:?}");
}

#[tokio::test]
async fn what_is_scraped_is_what_is_described() {
    let metrics = Metrics::new();
    let controller = metrics.controller("VpcEndpointService");
    controller.allow_workers(1);
    drop(controller.begin_reconcile());
    controller.end_reconcile(ReconcileResult::Error, Duration::ZERO);
    controller.panicked();
    metrics.cloud_request("any", "any".into(), Duration::ZERO);
    metrics.cloud_throttled("any");
    metrics.kubernetes_write(WriteKind::Status);
    metrics.leader("any").set(true);
    let (store, _writer) = reflector::store::<VpcEndpointService>();
    metrics.count_conditions(store.clone(), |status: &VpcEndpointServiceStatus| &status.conditions);
    metrics.count_connections(store, KindStatus::connections_by_state);
    metrics.collect(InventoryCollector::of::<EndpointServices>(Default::default));
    metrics.work_queue("VpcEndpointService").add("team", "a");
    api_server(&metrics, Some(StatusCode::OK)).send(ask("GET")).await.unwrap();
    metrics.collect(Vitals::of(|| Duration::ZERO));
    let text = metrics.encode().unwrap();
    let mut described: Vec<String> = Described::ALL.iter().map(described_line).collect();
    let mut scraped: Vec<String> = text.lines().filter(|line| line.starts_with("# TYPE ")).map(str::to_owned).collect();
    described.sort();
    scraped.sort();
    assert_eq!(scraped, described);
    for Described { help, .. } in Described::ALL {
        assert!(text.contains(*help), "{help}");
    }
}

/// The encoder writes the type of a metric under its name without `_total` and `_info`.
fn described_line(metric: &Described) -> String {
    let name = metric.full_name();
    let family = name.strip_suffix("_total").or_else(|| name.strip_suffix("_info")).unwrap_or(&name);
    format!("# TYPE {family} {}", metric.kind.as_str())
}
