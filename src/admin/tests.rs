use std::io::Read;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::*;

fn listen(port_file: Option<PathBuf>) -> Listen {
    let loopback = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    Listen { health: loopback, metrics: loopback, port_file }
}

/// Status, content type and body.
async fn get(url: String) -> (u16, String, String) {
    let answer = reqwest::get(url).await.unwrap();
    let kind = answer.headers()["content-type"].to_str().unwrap().to_owned();
    (answer.status().as_u16(), kind, answer.text().await.unwrap())
}

#[tokio::test]
async fn probes_and_metrics_are_served_while_the_operators_runtime_is_busy() {
    let health = Arc::new(Health::new(Duration::from_mins(1)));
    let served = start(&listen(None), Arc::clone(&health), Metrics::new()).unwrap();
    // The client wants to know its cryptography even where it uses none.
    let _ = rustls::crypto::ring::default_provider().install_default();
    health.watch("VpcEndpointService").definition_served();
    // This test's runtime has one thread, and that one is blocked.
    let answers = std::thread::spawn(move || {
        let runtime = runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let Served { health, metrics } = served;
            [
                get(format!("{health}/healthz")).await,
                get(format!("{health}/readyz")).await,
                get(format!("{metrics}/metrics")).await,
            ]
        })
    });
    let [live, ready, metrics] = answers.join().unwrap();
    assert_eq!(live, (200, "text/plain; charset=utf-8".into(), "[+] watch loop alive\n".into()));
    assert_eq!(
        (ready.0, ready.2),
        (
            503,
            "[+] VpcEndpointService: CustomResourceDefinition served\n[-] VpcEndpointService: store synced\n\
             [-] VpcEndpointService: watch current: the API server has not shown the objects yet\n[-] credentials loaded\n"
                .into()
        )
    );
    assert_eq!((metrics.0, metrics.1.as_str()), (200, routes::OPEN_METRICS));
    assert!(metrics.2.ends_with("# EOF\n"));
}

#[test]
fn the_port_file_says_where_it_is_served() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ports.json");
    let served =
        start(&listen(Some(path.clone())), Arc::new(Health::new(Duration::from_mins(1))), Metrics::new()).unwrap();
    let written: serde_json::Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    assert_eq!(written, serde_json::json!({"health": served.health, "metrics": served.metrics}));
    assert!(served.health.starts_with("http://127.0.0.1:"), "{served:?}");
    assert_ne!(served.health, served.metrics);
}

#[test]
fn a_port_that_is_taken_names_the_flag() {
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = taken.local_addr().unwrap();
    let error = start(
        &Listen { health: address, ..listen(None) },
        Arc::new(Health::new(Duration::from_mins(1))),
        Metrics::new(),
    )
    .unwrap_err();
    let text = error.to_string();
    assert!(text.starts_with(&format!("failed to listen on {address}: ")), "{text}");
    assert!(text.ends_with("; give another address with --health-probe-bind-address"), "{text}");
}

#[test]
fn every_address_means_ipv4_where_there_is_no_ipv6() {
    let missing = io::Error::from(io::ErrorKind::AddrNotAvailable);
    let every: SocketAddr = "[::]:8081".parse().unwrap();
    assert_eq!(without_ipv6(every, &missing), Some("0.0.0.0:8081".parse().unwrap()));
    assert_eq!(without_ipv6(every, &io::Error::from(io::ErrorKind::AddrInUse)), None);
    assert_eq!(without_ipv6("[::1]:8081".parse().unwrap(), &missing), None);
}

/// A kubelet gives a probe a second.
#[tokio::test]
async fn three_hundred_idle_connections_keep_nobody_from_an_answer() {
    let served = start(&listen(None), Arc::new(Health::new(Duration::from_mins(1))), Metrics::new()).unwrap();
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().timeout(Duration::from_secs(1)).build().unwrap();
    for (url, path) in [(&served.health, "/healthz"), (&served.metrics, "/metrics")] {
        let address = url.strip_prefix("http://").unwrap();
        let idle: Vec<TcpStream> = (0..300).map(|_| TcpStream::connect(address).unwrap()).collect();
        let open = || fs::read_dir("/proc/self/fd").unwrap().count();
        let deadline = Instant::now() + Duration::from_secs(5);
        // All but a few have been dropped: what is left on their side is ours, in this process.
        while open() > 300 + 150 && Instant::now() < deadline {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let answer = client.get(format!("{url}{path}")).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        drop(idle);
    }
}

#[test]
fn a_caller_that_says_nothing_is_hung_up_on() {
    let served = start(&listen(None), Arc::new(Health::new(Duration::from_mins(1))), Metrics::new()).unwrap();
    let mut idle = TcpStream::connect(served.health.strip_prefix("http://").unwrap()).unwrap();
    idle.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    assert_eq!(idle.read(&mut [0; 1]).unwrap(), 0, "the other side has closed the connection");
}

#[tokio::test]
async fn what_is_not_served_is_said_so() {
    let served = start(&listen(None), Arc::new(Health::new(Duration::from_mins(1))), Metrics::new()).unwrap();
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().build().unwrap();
    let status = async |call: reqwest::RequestBuilder| call.send().await.unwrap().status().as_u16();
    assert_eq!(status(client.get(format!("{}/metrics", served.health))).await, 404);
    assert_eq!(status(client.post(format!("{}/healthz", served.health))).await, 405);
    assert_eq!(status(client.head(format!("{}/healthz", served.health))).await, 200);
}
