//! The transport over real sockets, against servers on loopback.

use std::time::Duration;

use bytes::Bytes;
use cloud_core::{BuildError, Client, Error, ErrorKind, Fate, HttpTransport, Network, Transport, TransportError, sts};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::product::{API, ListThings, Tag, TagThings};
use crate::support::key;
use crate::wire;

/// A server that gives each connection the next of these answers and closes it. Returns its URL, and what it was asked.
async fn serve(answers: Vec<String>) -> (String, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let served = tokio::spawn(async move {
        let mut requests = Vec::new();
        for answer in answers {
            let (mut stream, _) = listener.accept().await.unwrap();
            requests.push(wire::read_text(&mut stream).await);
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
        requests
    });
    (url, served)
}

/// A whole answer. `claimed` is the length that its head announces.
fn answer(status: &str, headers: &str, body: &str, claimed: usize) -> String {
    format!("HTTP/1.1 {status}\r\n{headers}content-length: {claimed}\r\nconnection: close\r\n\r\n{body}")
}

fn ok() -> String {
    let body = "{\"RequestId\":\"R-ON-WIRE\"}";
    answer("200 OK", "content-type: application/json\r\n", body, body.len())
}

fn cut() -> String {
    answer("200 OK", "content-type: application/json\r\n", "{\"RequestId\":", 25)
}

fn client(url: &str) -> Client {
    Client::builder()
        .region("cn-hangzhou")
        .credentials(key())
        .endpoint(&API, url)
        .endpoint(&sts::API, url)
        .build()
        .unwrap()
}

async fn list(url: &str) -> Result<u32, Error> {
    let request = ListThings { thing_name: Some("it's ~ * + / 日本".to_owned()) };
    client(url).list(&request).await.map(|listed| listed.pages)
}

fn summary<T: std::fmt::Debug>(outcome: Result<T, Error>) -> (ErrorKind, Fate) {
    let error = outcome.unwrap_err();
    (error.kind(), error.fate())
}

#[tokio::test]
async fn the_query_reaches_the_wire_as_it_was_signed_with_host_and_length() {
    let (url, served) = serve(vec![ok()]).await;
    assert_eq!(list(&url).await.unwrap(), 1);
    let request = served.await.unwrap().remove(0);
    let lines: Vec<&str> = request.lines().collect();
    let query = "MaxResults=1000&RegionId=cn-hangzhou&ThingName=it%27s%20~%20%2A%20%2B%20%2F%20%E6%97%A5%E6%9C%AC";
    assert_eq!(lines[0], format!("POST /?{query} HTTP/1.1"));
    let host = format!("host: {}", url.strip_prefix("http://").unwrap());
    for line in [host.as_str(), "content-length: 0", "accept: application/json", "x-acs-version: 2020-04-15"] {
        assert_eq!(lines.iter().filter(|found| **found == line).count(), 1, "{line} in {request}");
    }
    assert!(!request.contains("accept-encoding") && !request.contains("transfer-encoding"), "{request}");
}

#[tokio::test]
async fn a_form_reaches_the_wire_as_it_was_signed() {
    let (url, served) = serve(vec![ok()]).await;
    let request = TagThings {
        thing_ids: vec!["thing-1".to_owned()],
        tags: vec![Tag { key: "k".to_owned(), value: "a b".to_owned() }],
        client_token: Some("t".to_owned()),
    };
    let answered = client(&url).call(&request).await.unwrap();
    assert_eq!(answered.request_id.as_deref(), Some("R-ON-WIRE"));
    let sent = served.await.unwrap().remove(0);
    let body = "ClientToken=t&RegionId=cn-hangzhou&Tag.1.Key=k&Tag.1.Value=a%20b&ThingId.1=thing-1";
    assert!(sent.starts_with("POST / HTTP/1.1\r\n"), "{sent}");
    assert!(sent.ends_with(&format!("\r\n\r\n{body}")), "{sent}");
}

#[tokio::test]
async fn the_account_is_asked_of_sts_under_its_own_version() {
    let body = "{\"AccountId\":\"1234567890123456\",\"Arn\":\"acs:ram::1234567890123456:user/me\"}";
    let (url, served) = serve(vec![answer("200 OK", "", body, body.len())]).await;
    let identity = client(&url).caller_identity().await.unwrap();
    assert_eq!(identity.account_id, "1234567890123456");
    let request = served.await.unwrap().remove(0);
    for line in ["POST / HTTP/1.1", "x-acs-action: GetCallerIdentity", "x-acs-version: 2015-04-01"] {
        assert!(request.lines().any(|found| found == line), "{line} in {request}");
    }
}

#[tokio::test]
async fn an_identity_without_an_account_is_an_error() {
    let (url, _served) = serve(vec![answer("200 OK", "", "{}", 2)]).await;
    assert_eq!(summary(client(&url).caller_identity().await), (ErrorKind::Transient, Fate::Ambiguous));
}

#[tokio::test]
async fn an_answer_cut_on_the_wire_is_asked_for_again() {
    let (url, served) = serve(vec![cut(), ok()]).await;
    assert_eq!(list(&url).await.unwrap(), 1);
    assert_eq!(served.await.unwrap().len(), 2);
}

#[tokio::test]
async fn an_answer_that_is_always_cut_is_ambiguous() {
    let (url, _served) = serve(vec![cut(), cut(), cut()]).await;
    assert_eq!(summary(list(&url).await), (ErrorKind::Transient, Fate::Ambiguous));
}

#[tokio::test]
async fn a_closed_port_is_certainly_not_sent_to() {
    // Port 1 is privileged and unused: no other test can be listening there.
    assert_eq!(summary(list("http://127.0.0.1:1").await), (ErrorKind::Transient, Fate::NotSent));
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let (url, served) = serve(vec![answer("302 Found", "location: http://127.0.0.1:1/\r\n", "", 0)]).await;
    let error = list(&url).await.unwrap_err();
    assert_eq!((error.http_status(), error.fate()), (Some(302), Fate::Ambiguous));
    assert_eq!(served.await.unwrap().len(), 1);
}

#[tokio::test]
async fn an_answer_larger_than_any_page_is_not_read_to_its_end() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let uri = format!("http://{}/", listener.local_addr().unwrap());
    let endless = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        wire::read_text(&mut stream).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n").await.unwrap();
        // Until the client hangs up; 64 MiB at most, lest a client without a bound eat up the machine.
        for _ in 0..4096 {
            if stream.write_all(&[b' '; 16384]).await.is_err() {
                break;
            }
        }
    });
    let request = http::Request::post(uri).header("content-length", "0").body(Bytes::new()).unwrap();
    let error = HttpTransport::new().unwrap().send(request).await.unwrap_err();
    assert_eq!(error, TransportError::Interrupted("it is larger than 16777216 bytes".to_owned()));
    tokio::time::timeout(Duration::from_secs(10), endless).await.unwrap().unwrap();
}

#[tokio::test]
async fn the_error_of_a_connection_does_not_quote_the_query() {
    let request = http::Request::post("http://127.0.0.1:1/?Canary=1").body(Bytes::new()).unwrap();
    let error = HttpTransport::new().unwrap().send(request).await.unwrap_err();
    assert!(matches!(&error, TransportError::Connect(text) if !text.contains("Canary")), "{error}");
}

fn host_of(build: impl FnOnce(cloud_core::ClientBuilder) -> cloud_core::ClientBuilder) -> Result<String, BuildError> {
    let client = build(Client::builder().region("cn-hangzhou").credentials(key())).build()?;
    Ok([client.host(&API), client.host(&sts::API)].join(" "))
}

#[test]
fn hosts_follow_region_and_network_unless_they_are_given() {
    let found = [
        host_of(|builder| builder).unwrap(),
        host_of(|builder| builder.network(Network::Vpc)).unwrap(),
        host_of(|builder| builder.endpoint(&API, "proxy.example:8443").endpoint(&sts::API, "https://sts.example:443/"))
            .unwrap(),
        host_of(|builder| builder.endpoint(&API, "http://127.0.0.1:1234").endpoint(&sts::API, "http://[::1]:80"))
            .unwrap(),
    ];
    let expected = [
        "things.cn-hangzhou.aliyuncs.com sts.cn-hangzhou.aliyuncs.com",
        "things-vpc.cn-hangzhou.aliyuncs.com sts-vpc.cn-hangzhou.aliyuncs.com",
        "proxy.example:8443 sts.example",
        "127.0.0.1:1234 [::1]",
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_region_without_a_host_of_its_own_is_asked_at_the_central_one_but_inside_the_provider_s_networks() {
    let host = |region, network| {
        let client = Client::builder().region(region).network(network).credentials(key()).build().unwrap();
        client.host(&API)
    };
    assert_eq!(host("cn-central", Network::Public), "things.aliyuncs.com");
    assert_eq!(host("cn-central", Network::Vpc), "things-vpc.cn-central.aliyuncs.com");
    assert_eq!(host("cn-central-1", Network::Public), "things.cn-central-1.aliyuncs.com");
}

#[test]
fn an_endpoint_of_more_than_scheme_host_and_port_is_refused() {
    for text in
        ["https://h/path", "https://h/?q=1", "https://h/#f", "ftp://h", "https://user:canary@h", "unix:/sock", ""]
    {
        let error = host_of(|builder| builder.endpoint(&API, text)).unwrap_err();
        assert!(matches!(error, BuildError::Endpoint { which: "Things", .. }), "{text}: {error:?}");
        assert!(!format!("{error:?}").contains("canary"), "{error:?}");
    }
}

#[test]
fn a_client_needs_a_region_that_fits_into_a_host_name() {
    for region in ["", "CN", "a.b", "a/b", "-a", "a-"] {
        let error = Client::builder().region(region).credentials(key()).build().unwrap_err();
        assert!(matches!(&error, BuildError::Region(text) if text == region), "{error}");
    }
    assert!(matches!(Client::builder().region("cn-hangzhou").build(), Err(BuildError::Credentials)));
}
