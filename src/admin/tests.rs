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
    let health = Arc::new(Health::new());
    let served = start(&listen(None), Arc::clone(&health), Metrics::new()).unwrap();
    // The client wants to know its cryptography even where it uses none.
    let _ = rustls::crypto::ring::default_provider().install_default();
    health.definition_served();
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
        (503, "[+] CustomResourceDefinition served\n[-] store synced\n[-] credentials loaded\n".into())
    );
    assert_eq!((metrics.0, metrics.1.as_str()), (200, routes::OPEN_METRICS));
    assert!(metrics.2.ends_with("# EOF\n"));
}

#[test]
fn the_port_file_says_where_it_is_served() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ports.json");
    let served = start(&listen(Some(path.clone())), Arc::default(), Metrics::new()).unwrap();
    let written: serde_json::Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    assert_eq!(written, serde_json::json!({"health": served.health, "metrics": served.metrics}));
    assert!(served.health.starts_with("http://127.0.0.1:"), "{served:?}");
    assert_ne!(served.health, served.metrics);
}

#[test]
fn a_port_that_is_taken_names_the_flag() {
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = taken.local_addr().unwrap();
    let error = start(&Listen { health: address, ..listen(None) }, Arc::default(), Metrics::new()).unwrap_err();
    let text = error.to_string();
    assert!(text.starts_with(&format!("failed to listen on {address}: ")), "{text}");
    assert!(text.ends_with("; give another address with --health-listen"), "{text}");
}

#[test]
fn every_address_means_ipv4_where_there_is_no_ipv6() {
    let missing = io::Error::from(io::ErrorKind::AddrNotAvailable);
    let every: SocketAddr = "[::]:8081".parse().unwrap();
    assert_eq!(without_ipv6(every, &missing), Some("0.0.0.0:8081".parse().unwrap()));
    assert_eq!(without_ipv6(every, &io::Error::from(io::ErrorKind::AddrInUse)), None);
    assert_eq!(without_ipv6("[::1]:8081".parse().unwrap(), &missing), None);
}
