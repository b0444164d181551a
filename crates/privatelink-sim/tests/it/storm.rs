//! Requests of every kind of nonsense: each gets an envelope, and signatures keep their word.
//!
//! A few thousand in the normal run, a million on demand: `make fuzz`.

use std::collections::BTreeMap;

use bytes::Bytes;
use cloud_core::encode;
use cloud_core::sign::{self, Unsigned};
use http::{HeaderName, HeaderValue, Request, Response};
use privatelink::Operation;
use privatelink_sim::Simulator;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::older;
use crate::random::in_virtual_time;
use crate::support::{REGION, config, credentials};

const HOST: &str = "privatelink.cn-hangzhou.aliyuncs.com";
const FORM: &str = "application/x-www-form-urlencoded";

/// How a request is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Nothing,
    Headers,
    Parameters(&'static str),
}

/// What is done to a request after it was signed.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Harm {
    Nothing,
    /// Another parameter in the query.
    Added(String),
    /// These bytes in place of the body.
    Body(Vec<u8>),
}

#[derive(Clone, Debug)]
struct Nonsense {
    method: &'static str,
    kind: Kind,
    action: String,
    query: BTreeMap<String, String>,
    form: BTreeMap<String, String>,
    /// A query as it should not be, in place of the other one.
    raw: Option<String>,
    headers: Vec<(&'static str, Vec<u8>)>,
    harm: Harm,
}

fn nonsense() -> impl Strategy<Value = Nonsense> {
    let kind = prop::sample::select(vec![
        Kind::Nothing,
        Kind::Headers,
        Kind::Headers,
        Kind::Parameters("HMAC-SHA1"),
        Kind::Parameters("HMAC-SHA256"),
    ]);
    let known = prop::sample::select(Operation::ALL).prop_map(|operation| operation.name().to_owned());
    let action = prop_oneof![9 => known, 1 => "[A-Za-z]{0,20}"];
    let harm = prop_oneof![
        6 => Just(Harm::Nothing),
        1 => ".{1,8}".prop_map(Harm::Added),
        1 => vec(any::<u8>(), 0..40).prop_map(Harm::Body),
    ];
    let raw = prop_oneof![9 => Just(None), 1 => "[!-~]{0,60}".prop_map(Some)];
    let method = prop::sample::select(vec!["POST", "POST", "GET", "PUT", "DELETE"]);
    (method, kind, action, params(), params(), raw, headers(), harm).prop_map(
        |(method, kind, action, query, form, raw, headers, harm)| Nonsense {
            method,
            kind,
            action,
            query,
            form,
            raw,
            headers,
            harm,
        },
    )
}

fn params() -> impl Strategy<Value = BTreeMap<String, String>> {
    let names = vec![
        "RegionId",
        "ServiceId",
        "EndpointId",
        "ZoneId",
        "ClientToken",
        "DryRun",
        "MaxResults",
        "NextToken",
        "Tag.1.Key",
        "Tag.1.Value",
        "Resource.1.ResourceId",
        "ResourceId.1",
        "ResourceType",
        "UserId",
        "UserARN",
        "Format",
        "SignatureType",
        "VpcId",
        "Zone.1.ip",
        "ServiceDescription",
        "SecurityGroupId.1",
        "Bandwidth",
    ];
    let name = prop_oneof![4 => prop::sample::select(names).prop_map(str::to_owned), 1 => ".{0,12}"];
    let usual =
        vec!["", "true", "False", "1", "-1", "99999999999999999999", REGION, "JSON", "xml", "nlb", "vpc-1", "é ~*+&="];
    let value = prop_oneof![3 => prop::sample::select(usual).prop_map(str::to_owned), 1 => ".{0,20}"];
    // What a signature is made of must not come twice.
    let of_a_signature = |name: &String| {
        let parts = ["Action", "Version", "AccessKeyId", "Timestamp", "SecurityToken"];
        name.starts_with("Signature") && name != "SignatureType" || parts.contains(&name.as_str())
    };
    vec((name, value), 0..6)
        .prop_map(move |pairs| pairs.into_iter().filter(|(name, _)| !of_a_signature(name)).collect())
}

fn headers() -> impl Strategy<Value = Vec<(&'static str, Vec<u8>)>> {
    let names = vec!["accept", "x-acs-region-id", "x-acs-credentials-provider", "user-agent", "x-sdk-client", "cookie"];
    vec((prop::sample::select(names), vec(any::<u8>(), 0..20)), 0..3)
}

/// The request, and whether its signature holds; none when HTTP itself does not allow it.
fn build(simulator: &Simulator, nonsense: &Nonsense) -> Option<(Request<Bytes>, bool)> {
    let Nonsense { method, kind, action, form, raw, headers, harm, .. } = nonsense;
    let form_text = pairs(form);
    let mut request = Request::builder().method(*method).header("host", HOST);
    let mut query = pairs(&nonsense.query);
    match kind {
        Kind::Nothing => request = request.header("x-acs-action", action).header("x-acs-version", "2020-04-15"),
        Kind::Headers => {
            let params: Vec<_> = nonsense.query.clone().into_iter().collect();
            let unsigned = Unsigned {
                method,
                host: HOST,
                action,
                version: "2020-04-15",
                params: &params,
                body: form_text.as_bytes(),
                content_type: (!form_text.is_empty()).then_some(FORM),
                accept: None,
            };
            let signed = sign::sign(&credentials("provider"), &unsigned, simulator.now(), "a-nonce");
            for (name, value) in signed.headers.iter().filter(|(name, _)| name != "host" && name != "content-type") {
                request = request.header(name, value);
            }
        }
        Kind::Parameters(algorithm) => {
            let all = older_params(simulator, nonsense, algorithm);
            query = pairs(&all);
        }
    }
    // It comes along also where there is no form, as some clients send it; it is signed only where there is one.
    request = request.header("content-type", FORM);
    for (name, value) in headers {
        request = request.header(HeaderName::from_static(name), HeaderValue::from_bytes(value).ok()?);
    }
    if let Some(raw) = raw {
        query = format!("raw={raw}");
    }
    let mut body = Bytes::from(form_text);
    match harm {
        Harm::Nothing => {}
        Harm::Added(name) => query = format!("{query}&harm-{}=x", encode::percent_encode(name)),
        Harm::Body(bytes) => body = [b"harm=", bytes.as_slice()].concat().into(),
    }
    let holds = *kind != Kind::Nothing && raw.is_none() && *harm == Harm::Nothing;
    Some((request.uri(format!("/?{query}")).body(body).ok()?, holds))
}

fn older_params(simulator: &Simulator, nonsense: &Nonsense, algorithm: &str) -> BTreeMap<String, String> {
    let common = [
        ("Action", nonsense.action.clone()),
        ("Version", "2020-04-15".to_owned()),
        ("AccessKeyId", "sim-provider-key".to_owned()),
        ("SignatureMethod", algorithm.to_owned()),
        ("SignatureVersion", "1.0".to_owned()),
        ("SignatureNonce", "a-nonce".to_owned()),
        ("Timestamp", sign::format_date(simulator.now())),
    ];
    let mut all = nonsense.query.clone();
    all.extend(common.map(|(name, value)| (name.to_owned(), value)));
    let mut merged = all.clone();
    merged.extend(nonsense.form.clone());
    let (signature, _) = older::signature(nonsense.method, algorithm, "sim-provider-secret", merged);
    all.insert("Signature".to_owned(), signature);
    all
}

fn pairs(params: &BTreeMap<String, String>) -> String {
    encode::pairs(&params.clone().into_iter().collect::<Vec<_>>())
}

/// Code of the answer (none for a good one), after its form was looked at.
fn check(response: &Response<Bytes>) -> Result<Option<String>, TestCaseError> {
    let text = std::str::from_utf8(response.body()).unwrap();
    let has = |name: &str| text.contains(&format!("<{name}>")) || text.contains(&format!("\"{name}\":"));
    prop_assert!(has("RequestId") && response.headers().contains_key("x-acs-request-id"), "{text}");
    let code = if response.headers()["content-type"] == "text/xml;charset=utf-8" {
        check_xml(text)?;
        text.split_once("<Code>").and_then(|(_, rest)| rest.split_once("</Code>")).map(|(code, _)| code.to_owned())
    } else {
        prop_assert_eq!(&response.headers()["content-type"], "application/json;charset=utf-8");
        let body: Value = serde_json::from_str(text).map_err(|error| TestCaseError::fail(error.to_string()))?;
        body["Code"].as_str().map(str::to_owned)
    };
    prop_assert_eq!(code.is_none(), response.status() == 200, "{}", text);
    let all = ["HostId", "Message", "Recommend"].into_iter().all(has);
    prop_assert!(code.is_none() || all, "{text}");
    Ok(code)
}

/// Every element ends, in the order in which it began, and nothing stands in it that XML forbids.
fn check_xml(text: &str) -> Result<(), TestCaseError> {
    let mut open = Vec::new();
    let body = text.strip_prefix("<?xml version='1.0' encoding='UTF-8'?>").unwrap_or_default();
    for part in body.split('<').skip(1) {
        let (tag, content) = part.split_once('>').unwrap_or_default();
        match tag.strip_prefix('/') {
            Some(name) => prop_assert_eq!(open.pop(), Some(name), "{}", text),
            None => open.push(tag),
        }
        let forbidden = |c: char| c < ' ' && !['\t', '\n'].contains(&c);
        prop_assert!(!content.contains('>') && !content.contains(forbidden), "{text}");
    }
    prop_assert!(open.is_empty() && !body.is_empty(), "{text}");
    Ok(())
}

fn storm(cases: u32) {
    let config_of_runner = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    let result = TestRunner::new(config_of_runner).run(&nonsense(), |nonsense| {
        in_virtual_time(async {
            let simulator = Simulator::new(config());
            let Some((request, holds)) = build(&simulator, &nonsense) else { return Ok(()) };
            let response = simulator.answer(request).await.response().unwrap();
            let code = check(&response)?;
            let of_signature = ["SignatureDoesNotMatch", "IncompleteSignature"].map(str::to_owned).map(Some);
            if holds {
                prop_assert!(!of_signature.contains(&code), "{code:?}");
            } else {
                prop_assert_ne!(code, None, "only what is signed as it stands is served");
            }
            Ok(())
        })
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}

#[test]
fn any_request_is_answered_with_an_envelope_and_served_only_if_its_signature_holds() {
    storm(3000);
}

#[test]
#[ignore = "takes minutes"]
fn a_million_requests_are_answered_with_an_envelope_and_served_only_if_their_signatures_hold() {
    storm(1_000_000);
}

#[tokio::test]
async fn no_bytes_on_a_socket_stop_the_server() {
    let simulator = Simulator::new(config());
    let address = "127.0.0.1:0".parse().unwrap();
    let served = privatelink_sim::serve(simulator, address, address).await.unwrap();
    let mut runner = TestRunner::new(ProptestConfig::default());
    let line = "(GET|POST|PRI|\\PC{0,5}) [!-~]{0,30} HTTP/[0-9.]{1,4}\r\n([a-z-]{0,10}: ?[ -~]{0,20}\r\n){0,4}(\r\n)?";
    let bytes = prop_oneof![vec(any::<u8>(), 0..200), line.prop_map(String::into_bytes)];
    for _ in 0..300 {
        let bytes = bytes.new_tree(&mut runner).unwrap().current();
        let mut stream = TcpStream::connect(served.api).await.unwrap();
        // The server may end the connection before all is said.
        let _ = stream.write_all(&bytes).await;
        let _ = stream.shutdown().await;
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        assert!(!answer.starts_with(b"HTTP/1.1 200"), "{bytes:?}");
    }
    let mut stream = TcpStream::connect(served.api).await.unwrap();
    stream.write_all(b"GET /?Action=Nonsense HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.contains("InvalidApi.NotFound"), "it goes on: {answer}");
    served.stop().await;
}
