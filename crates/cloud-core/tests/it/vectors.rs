//! Every published and recorded signature, stage by stage.

use std::collections::BTreeMap;

use cloud_core::sign::{self, Head, Signed, Unsigned};
use cloud_core::{Credentials, encode};
use jiff::Timestamp;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct File {
    vectors: Vec<Value>,
    published_examples: Vec<Value>,
}

#[derive(Deserialize)]
struct Vector {
    name: String,
    input: Input,
    expected: Expected,
}

#[derive(Deserialize)]
struct Input {
    credentials: Key,
    method: String,
    host: String,
    path: String,
    action: String,
    version: String,
    date: Timestamp,
    nonce: String,
    structured_params: Value,
    query_params: BTreeMap<String, String>,
    body: String,
    content_type: Option<String>,
}

#[derive(Deserialize)]
struct Key {
    access_key_id: String,
    access_key_secret: String,
    security_token: Option<String>,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Expected {
    canonical_query: String,
    body_sha256: String,
    headers_to_sign: BTreeMap<String, String>,
    canonical_request: String,
    canonical_request_sha256: String,
    string_to_sign: String,
    signed_headers: String,
    signature: String,
    authorization: String,
    request_line: String,
    request_headers: BTreeMap<String, String>,
    body: String,
}

fn file() -> File {
    serde_json::from_str(include_str!("../data/signature-vectors.json")).unwrap()
}

fn v3_vectors() -> Vec<Vector> {
    let is_v3 = |vector: &Value| vector["signature_version"] == sign::ALGORITHM;
    file().vectors.into_iter().filter(is_v3).map(|vector| serde_json::from_value(vector).unwrap()).collect()
}

fn credentials(key: &Key) -> Credentials {
    Credentials {
        access_key_id: key.access_key_id.clone(),
        access_key_secret: SecretString::from(key.access_key_secret.clone()),
        security_token: key.security_token.clone().map(SecretString::from),
    }
}

fn pairs(map: &BTreeMap<String, String>) -> Vec<(String, String)> {
    map.iter().map(|(name, value)| (name.clone(), value.clone())).collect()
}

fn signed(input: &Input, params: &[(String, String)]) -> Signed {
    let unsigned = Unsigned {
        method: &input.method,
        host: &input.host,
        action: &input.action,
        version: &input.version,
        params,
        body: input.body.as_bytes(),
        content_type: input.content_type.as_deref(),
        accept: None,
    };
    sign::sign(&credentials(&input.credentials), &unsigned, input.date, &input.nonce)
}

/// What the signer makes of a vector's input, in the form of the vector's expectation.
fn made(input: &Input) -> Expected {
    let signed = signed(input, &pairs(&input.query_params));
    let headers: BTreeMap<String, String> = signed.headers.iter().cloned().collect();
    let mut headers_to_sign = headers.clone();
    let authorization = headers_to_sign.remove("authorization").unwrap();
    let mut request_headers = headers;
    request_headers.insert("accept".to_owned(), "application/json".to_owned());
    let mark = if signed.query.is_empty() { "" } else { "?" };
    Expected {
        request_line: format!("{} {}{mark}{} HTTP/1.1", input.method, input.path, signed.query),
        canonical_query: signed.query,
        body_sha256: sign::payload_hash(input.body.as_bytes()),
        headers_to_sign,
        canonical_request_sha256: sign::payload_hash(signed.canonical_request.as_bytes()),
        canonical_request: signed.canonical_request,
        string_to_sign: signed.string_to_sign,
        signed_headers: signed.signed_headers,
        signature: signed.signature,
        authorization,
        request_headers,
        body: input.body.clone(),
    }
}

#[test]
fn there_are_fourteen_v3_vectors() {
    assert_eq!(v3_vectors().len(), 14);
}

#[test]
fn every_vector_is_flattened_as_recorded() {
    for Vector { name, input, .. } in v3_vectors() {
        let flattened: BTreeMap<String, String> = encode::flatten(&input.structured_params).into_iter().collect();
        let form = url::form_urlencoded::parse(input.body.as_bytes());
        let recorded: BTreeMap<String, String> = input.query_params.into_iter().chain(form.into_owned()).collect();
        assert_eq!(flattened, recorded, "{name}");
    }
}

#[test]
fn every_vector_is_signed_as_recorded_at_every_stage() {
    for Vector { name, input, expected } in v3_vectors() {
        assert_eq!(made(&input), expected, "{name}");
    }
}

#[test]
fn the_order_of_parameters_does_not_matter() {
    for Vector { name, input, expected } in v3_vectors() {
        let mut params = pairs(&input.query_params);
        params.reverse();
        assert_eq!(signed(&input, &params).signature, expected.signature, "{name}");
    }
}

#[test]
fn a_verifier_finds_the_same_signature_from_the_head_alone() {
    for Vector { name, input, expected } in v3_vectors() {
        let head = Head {
            method: &input.method,
            path: &input.path,
            query: &expected.canonical_query,
            headers: &pairs(&expected.headers_to_sign),
            payload_sha256: &expected.body_sha256,
        };
        let text = sign::string_to_sign(&sign::canonical_request(&head));
        let secret = SecretString::from(input.credentials.access_key_secret.clone());
        assert_eq!(sign::signature(&secret, &text), expected.signature, "{name}");
    }
}

#[test]
fn what_the_official_sdk_sent_with_its_wider_set_of_headers_verifies_too() {
    for recorded in file().vectors.iter().filter(|vector| vector["signature_version"] == sign::ALGORITHM) {
        let capture = &recorded["python_sdk_capture"];
        let canonical = capture["canonical_request"].as_str().unwrap();
        let secret = recorded["input"]["credentials"]["access_key_secret"].as_str().unwrap();
        let signature = sign::signature(&SecretString::from(secret), &sign::string_to_sign(canonical));
        let authorization = capture["authorization"].as_str().unwrap();
        assert!(authorization.ends_with(&format!("Signature={signature}")), "{}", recorded["name"]);
    }
}

#[test]
fn the_example_of_the_provider_s_documentation_comes_out() {
    let examples = file().published_examples;
    let example = examples.iter().find(|example| example["name"] == "docs-v3-runinstances").unwrap();
    let input = &example["input"];
    let text = |name: &str| input[name].as_str().unwrap().to_owned();
    let params: BTreeMap<String, String> = serde_json::from_value(input["query_params"].clone()).unwrap();
    let key = Key {
        access_key_id: text("access_key_id"),
        access_key_secret: text("access_key_secret"),
        security_token: None,
    };
    let unsigned = Unsigned {
        method: &text("method"),
        host: &text("host"),
        action: &text("action"),
        version: &text("version"),
        params: &pairs(&params),
        body: b"",
        content_type: None,
        accept: None,
    };
    let signed = sign::sign(&credentials(&key), &unsigned, text("date").parse().unwrap(), &text("nonce"));
    let found = (sign::payload_hash(signed.canonical_request.as_bytes()), signed.signature);
    let expected = &example["expected"];
    let recorded = |name: &str| expected[name].as_str().unwrap().to_owned();
    assert_eq!(found, (recorded("canonical_request_sha256"), recorded("signature")));
}

/// The vectors of the API's fact sheet: key `testid`/`testsecret`, 2026-01-01, one nonce.
fn fact_sheet(action: &str, params: &[(&str, &str)], body: &str) -> (String, String) {
    let key = Key { access_key_id: "testid".into(), access_key_secret: "testsecret".into(), security_token: None };
    let params: Vec<(String, String)> = params.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
    let unsigned = Unsigned {
        method: "POST",
        host: "privatelink.cn-hangzhou.aliyuncs.com",
        action,
        version: "2020-04-15",
        params: &params,
        body: body.as_bytes(),
        content_type: (!body.is_empty()).then_some("application/x-www-form-urlencoded"),
        accept: None,
    };
    let date = "2026-01-01T00:00:00Z".parse().unwrap();
    let signed = sign::sign(&credentials(&key), &unsigned, date, "3156853299f313e23d1673dc12e1703d");
    (sign::payload_hash(signed.canonical_request.as_bytes()), signed.signature)
}

#[test]
fn a_read_of_one_service_is_signed_as_the_sdk_signs_it() {
    let params = [("RegionId", "cn-hangzhou"), ("ServiceId", "epsrv-bp1abcdefghijklmnopq")];
    let expected = (
        "0407ef78a65abdfb317b4f7980fe096b56277fcd4080517039c4943a09df6c09".to_owned(),
        "09ea7de81dcd5e76c6b46c71ce5d0a658f8c06321d1b3d69f1782998e830e1c8".to_owned(),
    );
    assert_eq!(fact_sheet("GetVpcEndpointServiceAttribute", &params, ""), expected);
}

#[test]
fn a_creation_with_ten_resources_and_strange_text_is_signed_as_the_sdk_signs_it() {
    let params = [
        ("RegionId", "cn-hangzhou"),
        ("Resource.1.ResourceId", "nlb-abc"),
        ("Resource.2.ResourceId", "nlb-def"),
        ("Resource.10.ResourceId", "nlb-xyz"),
        ("ServiceDescription", "a b+c&d=e*f~g/日本"),
    ];
    let expected = (
        "7e13a7a74aa49db2353c08feb068f4cdd5a4f5e822be6a8b374c1913bdc98066".to_owned(),
        "f29fdd675a2fb286e6e7c19da3ac9691150a19c215680612d6d4bd67b0a78a5f".to_owned(),
    );
    assert_eq!(fact_sheet("CreateVpcEndpointService", &params, ""), expected);
}

#[test]
fn a_form_body_is_signed_as_the_sdk_signs_it() {
    let body =
        "RegionId=cn-hangzhou&ResourceId.1=epsrv-1&ResourceType=vpcendpointservice&Tag.1.Key=a&Tag.1.Value=b%20c";
    let expected = (
        "0837e979bb586e818330a70eca8c99b5b84b2c5539ddaf78a59250e46fe3f16c".to_owned(),
        "84b9232266868b4b5f7bb6b949df9a9ce849afb17fc55ccbda275f131f33ff91".to_owned(),
    );
    assert_eq!(sign::payload_hash(body.as_bytes()), "65e9af1050140fcfabdfb5f805a65a990950c10c6a05acfcae63d16a6dd2a6db");
    assert_eq!(fact_sheet("TagResources", &[], body), expected);
}

#[test]
fn a_header_that_comes_twice_is_signed_once_with_both_values_trimmed() {
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let headers = [header("x-acs-b", " 2 "), header("host", "h"), header("x-acs-b", "1")];
    let head = Head { method: "POST", path: "/", query: "", headers: &headers, payload_sha256: "hash" };
    assert_eq!(sign::canonical_request(&head), "POST\n/\n\nhost:h\nx-acs-b:1,2\n\nhost;x-acs-b\nhash");
}

/// The names of the headers that are signed of a request with this `Accept` header.
fn names_of_signed(accept: Option<&str>, content_type: Option<&str>) -> String {
    let key = Key { access_key_id: "i".into(), access_key_secret: "s".into(), security_token: None };
    let (params, body) = (&[], content_type.map_or(&b""[..], |_| b"a=b"));
    let unsigned =
        Unsigned { method: "POST", host: "h", action: "A", version: "V", params, body, content_type, accept };
    sign::sign(&credentials(&key), &unsigned, Timestamp::UNIX_EPOCH, "n").signed_headers
}

#[test]
fn host_and_the_platform_s_own_headers_are_signed_and_the_types_of_body_and_answer_where_given() {
    let own = "host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version";
    assert_eq!(names_of_signed(None, None), own);
    assert_eq!(names_of_signed(None, Some("t")), format!("content-type;{own}"));
    assert_eq!(names_of_signed(Some("a"), Some("t")), format!("accept;content-type;{own}"));
}
