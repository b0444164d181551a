//! Faults and manners on a real socket.

use std::fmt::Write as _;
use std::time::Duration;

use cloud_core::TransportError;
use privatelink_sim::{Config, Fault, FaultKind, Moment, Served, Simulator, Span, serve};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::{Client, NLB_SERVICE, REGION, config};

const CREATE: &str = "CreateVpcEndpointService";

async fn served() -> (Simulator, Served, Client) {
    let simulator = Simulator::new(Config { timers: Config::fast().timers, ..config() });
    let any = "127.0.0.1:0".parse().unwrap();
    let served = serve(simulator.clone(), any, any).await.unwrap();
    let client = Client::over_http(&simulator, "provider", &served.api_url());
    (simulator, served, client)
}

async fn create(client: &Client) -> Result<crate::support::Reply, TransportError> {
    client.try_call(CREATE, &[&[("RegionId", REGION)], NLB_SERVICE].concat()).await
}

#[tokio::test]
async fn each_fault_really_happens() {
    let (simulator, served, client) = served().await;
    let short = Duration::from_millis(50);
    let (before, after) = (Moment::BeforeEffect, Moment::AfterEffect);
    let retry_after = Some(Span::millis(1500));
    // What each leaves behind: how many services there are after it.
    let lost = [
        (FaultKind::Cut { moment: before }, 0),
        (FaultKind::Cut { moment: after }, 1),
        (FaultKind::Truncate { bytes: 20 }, 2),
        (FaultKind::TimeOut { moment: before, after: short }, 2),
        (FaultKind::TimeOut { moment: after, after: short }, 3),
    ];
    for (kind, services) in lost {
        simulator.fault(Fault::next(CREATE, kind.clone()));
        let answer = create(&client).await;
        assert!(matches!(answer, Err(TransportError::Interrupted(_))), "{kind:?}: {answer:?}");
        assert_eq!(simulator.all_services().len(), services, "{kind:?}");
    }
    simulator.fault(Fault::next(CREATE, FaultKind::Throttle { status: 429, retry_after }));
    let throttled = create(&client).await.unwrap();
    assert_eq!((throttled.status, throttled.code()), (429, "Throttling.User"));
    assert_eq!(throttled.headers["x-acs-retry-after"], "1500");
    simulator.fault(Fault::next(CREATE, FaultKind::internal_error(after)));
    assert_eq!(create(&client).await.unwrap().status, 500);
    simulator.fault(Fault::next(CREATE, FaultKind::Delay { by: short }));
    assert_eq!(create(&client).await.unwrap().code(), "good");
    served.stop().await;
}

/// Sends bytes as they are and reads to the end of the connection.
async fn raw(served: &Served, request: &str) -> String {
    let mut stream = TcpStream::connect(served.api).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // A reset counts as the end.
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8(answer).unwrap()
}

#[tokio::test]
async fn a_truncated_answer_has_a_whole_head_and_half_a_body() {
    let (simulator, served, client) = served().await;
    simulator.fault(Fault::next("ListVpcEndpointServices", FaultKind::Truncate { bytes: 7 }));
    let request = client.request("ListVpcEndpointServices", &[("RegionId", REGION)], "once");
    let mut text = format!("POST {} HTTP/1.1\r\n", request.uri().path_and_query().unwrap());
    for (name, value) in request.headers() {
        write!(text, "{name}: {}\r\n", value.to_str().unwrap()).unwrap();
    }
    let answer = raw(&served, &format!("{text}content-length: 0\r\n\r\n")).await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200 OK") && !head.contains("content-length: 7\r\n"), "{head}");
    assert_eq!(body.len(), 7, "{body}");
    served.stop().await;
}

#[tokio::test]
async fn garbage_is_answered_with_an_envelope_or_a_closed_connection() {
    let (_, served, client) = served().await;
    let get = "GET /?Action=Nonsense&x=%FF%00 HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n";
    let answer = raw(&served, get).await;
    assert!(answer.starts_with("HTTP/1.1 404") && answer.contains("\"Code\":\"InvalidApi.NotFound\""), "{answer}");
    let put = "PUT / HTTP/1.1\r\nhost: h\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    assert!(raw(&served, put).await.contains("\"Code\":\"UnsupportedHTTPMethod\""));
    assert!(!raw(&served, "no http at all\r\n\r\n").await.contains("200 OK"));
    assert_eq!(client.call("ListVpcEndpointServices", &[]).await.code(), "good", "it goes on");
    served.stop().await;
}

/// Sends bytes as they are, says no more, and reads to the end of the connection.
async fn raw_half_closed(served: &Served, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(served.api).await.unwrap();
    stream.write_all(request).await.unwrap();
    stream.shutdown().await.unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8(answer).unwrap()
}

#[tokio::test]
async fn who_only_listens_any_more_is_answered() {
    let (_, served, client) = served().await;
    let answer = raw_half_closed(&served, b"GET /?Action=Nonsense HTTP/1.1\r\nhost: h\r\n\r\n").await;
    assert!(answer.contains("\"Code\":\"InvalidApi.NotFound\""), "{answer}");
    let half = raw_half_closed(&served, b"POST / HTTP/1.1\r\nhost: h\r\ncontent-length: 9\r\n\r\nhalf").await;
    assert!(!half.contains("200 OK"), "a body that never comes is no request: {half}");
    assert_eq!(client.call("ListVpcEndpointServices", &[]).await.code(), "good", "it goes on");
    served.stop().await;
}

#[tokio::test]
async fn a_body_of_ten_megabytes_is_refused_in_the_providers_way() {
    let (simulator, served, client) = served().await;
    let form = reqwest::Client::builder().build().unwrap();
    for bytes in [1024 * 1024, 10 * 1024 * 1024] {
        let answer = form
            .post(served.api_url())
            .header("x-acs-action", "TagResources")
            .header("x-acs-version", "2020-04-15")
            .header("content-type", "application/x-www-form-urlencoded")
            .body("a=%".repeat(bytes / 3 + 1))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 413);
        let body: serde_json::Value = answer.json().await.unwrap();
        assert_eq!(body["Code"], "RequestBodyTooLarge");
        assert!(["RequestId", "HostId", "Message", "Recommend"].iter().all(|name| body[*name].is_string()), "{body}");
    }
    assert_eq!(simulator.journal().len(), 2);
    assert_eq!(client.call("ListVpcEndpointServices", &[]).await.code(), "good", "it goes on");
    served.stop().await;
}

#[tokio::test]
async fn slow_clients_are_cut_off_and_hold_nobody_up() {
    let (_, served, client) = served().await;
    let mut slow = Vec::new();
    for beginning in ["", "POST / HT", "POST / HTTP/1.1\r\nhost: h\r\ncontent-length: 9\r\n\r\nhalf"] {
        let mut stream = TcpStream::connect(served.api).await.unwrap();
        stream.write_all(beginning.as_bytes()).await.unwrap();
        slow.push(stream);
    }
    assert_eq!(client.call("ListVpcEndpointServices", &[]).await.code(), "good", "others are served");
    // With everybody waiting, the half minute that they may take passes at once.
    tokio::time::pause();
    let begun = tokio::time::Instant::now();
    for mut stream in slow {
        let mut answer = Vec::new();
        let ended = tokio::time::timeout(Duration::from_mins(1), stream.read_to_end(&mut answer)).await;
        assert!(ended.is_ok(), "the server ends the connection");
        assert!(!String::from_utf8_lossy(&answer).contains("200 OK"));
    }
    assert!(begun.elapsed() <= Duration::from_secs(31), "{:?}", begun.elapsed());
    tokio::time::resume();
    served.stop().await;
}

#[tokio::test]
async fn one_connection_serves_many_requests() {
    let (_, served, _) = served().await;
    let mut stream = TcpStream::connect(served.api).await.unwrap();
    let request = "GET /?Action=Nonsense HTTP/1.1\r\nhost: h\r\n\r\n";
    let last = "GET /?Action=Nonsense HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n";
    stream.write_all([request, request, last].concat().as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert_eq!(answer.matches("HTTP/1.1 404").count(), 3, "{answer}");
    served.stop().await;
}

#[tokio::test]
async fn stopping_lets_an_answer_that_is_under_way_arrive() {
    let (simulator, served, client) = served().await;
    simulator.fault(Fault::next(CREATE, FaultKind::Delay { by: Duration::from_millis(200) }));
    let call = tokio::spawn(async move { create(&client).await });
    while simulator.journal().is_empty() {
        tokio::task::yield_now().await;
    }
    served.stop().await;
    assert_eq!(call.await.unwrap().unwrap().code(), "good");
}

#[tokio::test]
async fn stopping_does_not_wait_for_silence_on_order() {
    let (simulator, served, client) = served().await;
    let hang = Duration::from_hours(1);
    simulator.fault(Fault::next(CREATE, FaultKind::TimeOut { moment: Moment::BeforeEffect, after: hang }));
    let call = tokio::spawn(async move { create(&client).await });
    while simulator.journal().is_empty() {
        tokio::task::yield_now().await;
    }
    tokio::time::timeout(Duration::from_secs(10), served.stop()).await.unwrap();
    assert!(matches!(call.await.unwrap(), Err(TransportError::Interrupted(_))));
}

#[tokio::test]
async fn many_clients_at_once_are_served() {
    let (simulator, served, client) = served().await;
    let calls = (0..20).map(|_| async { client.call("ListVpcEndpointServices", &[]).await.code().to_owned() });
    assert_eq!(futures::future::join_all(calls).await, vec!["good"; 20]);
    assert_eq!(simulator.journal().len(), 20);
    served.stop().await;
}
