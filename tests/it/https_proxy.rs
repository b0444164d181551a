//! `HTTPS_PROXY` and `NO_PROXY`: what goes through a proxy, and what does not, on the way to both sides.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use kube::Api;
use kube::api::{Patch, PatchParams};
use local_stack::{CloudAccess, Programs, Simulator};
use privatelink_operator::crd::VpcEndpointService;
use privatelink_sim::Config;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};

use crate::support::cluster;

const PATIENCE: Duration = Duration::from_mins(1);

/// A proxy for HTTPS, as companies have them: it connects whoever says CONNECT.
struct Tunnel {
    url: String,
    connects: Arc<AtomicUsize>,
}

impl Tunnel {
    async fn open() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let connects = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&connects);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(connect(stream));
            }
        });
        Self { url, connects }
    }

    fn connects(&self) -> usize {
        self.connects.load(Ordering::SeqCst)
    }
}

async fn connect(mut caller: TcpStream) -> Option<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(caller.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).ok()?;
    let address = head.strip_prefix("CONNECT ")?.split(' ').next()?;
    let mut server = TcpStream::connect(address).await.ok()?;
    caller.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.ok()?;
    copy_bidirectional(&mut caller, &mut server).await.ok()?;
    None
}

/// An operator with proxies in its environment.
struct Running {
    _child: Child,
    folder: tempfile::TempDir,
    objects: Api<VpcEndpointService>,
}

impl Running {
    async fn start(simulator: &Simulator, variables: &[(&str, &str)]) -> Self {
        let (control_plane, admin) = cluster::prepared().await;
        let kubeconfig = cluster::operator_kubeconfig(control_plane).await;
        let namespace = control_plane.create_namespace("proxy").await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let CloudAccess { endpoint, key_id, key_secret } = simulator.access();
        let log = std::fs::File::create(folder.path().join("log")).unwrap();
        let child = Command::new(Programs::locate().unwrap().operator)
            .args([
                "run",
                "--health-probe-bind-address=127.0.0.1:0",
                "--metrics-bind-address=127.0.0.1:0",
                "--region=cn-hangzhou",
                "--leader-elect=false",
            ])
            .arg(format!("--port-file={}", folder.path().join("ports").display()))
            .args([format!("--cluster-id={namespace}"), format!("--watch-namespace={namespace}")])
            .env_clear()
            .env("KUBECONFIG", kubeconfig)
            .env("PRIVATELINK_ENDPOINT", &endpoint)
            .env("ALIBABA_CLOUD_STS_ENDPOINT", &endpoint)
            .env("ALIBABA_CLOUD_ACCESS_KEY_ID", key_id)
            .env("ALIBABA_CLOUD_ACCESS_KEY_SECRET", key_secret)
            .envs(variables.iter().copied())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        Self { _child: child, folder, objects: Api::namespaced(admin, &namespace) }
    }

    /// Makes an object, so that there is something to ask the cloud about.
    async fn apply(&self) {
        let object = json!({
            "apiVersion": "privatelink.alibabacloud.com/v1alpha1",
            "kind": "VpcEndpointService",
            "metadata": {"name": "orders"},
            "spec": {"serviceResourceType": "nlb"},
        });
        self.objects.patch("orders", &PatchParams::apply("user").force(), &Patch::Apply(&object)).await.unwrap();
    }

    async fn until_made(&self) {
        let begin = Instant::now();
        let has_id = |object: VpcEndpointService| object.status.is_some_and(|status| status.service_id.is_some());
        while !has_id(self.objects.get("orders").await.unwrap()) {
            assert!(begin.elapsed() < PATIENCE, "no service: {}", self.log());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap()
    }

    async fn until_ready(&self) {
        let begin = Instant::now();
        while !self.is_ready().await {
            assert!(begin.elapsed() < PATIENCE, "not ready: {}", self.log());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn is_ready(&self) -> bool {
        let Ok(ports) = std::fs::read(self.folder.path().join("ports")) else { return false };
        let ports: serde_json::Value = serde_json::from_slice(&ports).unwrap();
        let url = format!("{}/readyz", ports["health"].as_str().unwrap());
        reqwest::get(url).await.is_ok_and(|answer| answer.status() == 200)
    }
}

async fn simulator() -> Simulator {
    let file = tempfile::Builder::new().suffix(".yaml").tempfile().unwrap();
    std::fs::write(file.path(), serde_json::to_vec(&Config::fast()).unwrap()).unwrap();
    Simulator::start(&Programs::locate().unwrap(), file.path()).await.unwrap()
}

#[tokio::test]
async fn an_api_server_behind_a_proxy_is_reached_through_it() {
    let (simulator, tunnel) = (simulator().await, Tunnel::open().await);
    let operator = Running::start(&simulator, &[("HTTPS_PROXY", &tunnel.url)]).await;
    operator.until_ready().await;
    assert!(tunnel.connects() > 0);
}

#[tokio::test]
async fn what_no_proxy_names_is_reached_directly() {
    let (simulator, tunnel) = (simulator().await, Tunnel::open().await);
    let both = [("HTTPS_PROXY", tunnel.url.as_str()), ("HTTP_PROXY", tunnel.url.as_str())];
    for none_for in ["127.0.0.1,localhost", "127.0.0.0/8"] {
        let variables = [both[0], both[1], ("NO_PROXY", none_for)];
        let operator = Running::start(&simulator, &variables).await;
        operator.until_ready().await;
        operator.apply().await;
        operator.until_made().await;
        assert_eq!(tunnel.connects(), 0, "{none_for}");
    }
}

#[tokio::test]
async fn a_cloud_behind_a_proxy_is_looked_for_through_it() {
    let (simulator, tunnel) = (simulator().await, Tunnel::open().await);
    let operator = Running::start(&simulator, &[("HTTP_PROXY", &tunnel.url)]).await;
    operator.until_ready().await;
    assert_eq!(tunnel.connects(), 0, "the API server speaks HTTPS");
    operator.apply().await;
    let begin = Instant::now();
    while tunnel.connects() == 0 {
        assert!(begin.elapsed() < PATIENCE, "nobody came: {}", operator.log());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
