//! The older signature against vectors that the provider's own SDK made.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::Request;
use secrecy::SecretString;
use serde_json::Value;

use super::{Algorithm, check, read, signature, string_to_sign};
use crate::wire::request::Incoming;

/// Made with the provider's Python SDK; kept with the client, which takes the other vectors of the file.
const VECTORS: &str = include_str!("../../../../../privatelink/tests/data/signature-vectors.json");

fn vectors() -> Vec<Value> {
    let file: Value = serde_json::from_str(VECTORS).unwrap();
    let all = file["vectors"].as_array().unwrap().iter().cloned();
    let old: Vec<Value> = all.filter(|vector| text(vector, "/signature_version").starts_with("1.0")).collect();
    assert_eq!(old.len(), 4, "the file has lost vectors");
    old
}

fn text<'a>(vector: &'a Value, place: &str) -> &'a str {
    vector.pointer(place).and_then(Value::as_str).unwrap_or_default()
}

fn secret(vector: &Value) -> SecretString {
    SecretString::from(text(vector, "/input/credentials/access_key_secret").to_owned())
}

fn params(vector: &Value) -> BTreeMap<String, String> {
    let maps = ["query_params", "body_params"].map(|name| vector["input"][name].as_object().unwrap().clone());
    let pairs = maps.into_iter().flatten();
    pairs.map(|(name, value)| (name, value.as_str().unwrap().to_owned())).collect()
}

#[test]
fn every_stage_is_that_of_the_vectors() {
    for vector in vectors() {
        let name = text(&vector, "/name");
        let string = string_to_sign(text(&vector, "/input/method"), &params(&vector));
        assert_eq!(string, text(&vector, "/expected/string_to_sign"), "{name}");
        let signed = signature(Algorithm::HmacSha1, &secret(&vector), &string);
        assert_eq!(signed, text(&vector, "/expected/signature"), "{name}");
    }
}

/// A request as one writes it down: `POST /?a=b HTTP/1.1`, headers, body.
fn request(line: &str, headers: &Value, body: &str) -> Incoming {
    let mut words = line.split(' ');
    let (method, uri) = (words.next().unwrap(), words.next().unwrap());
    let mut request = Request::builder().method(method).uri(uri);
    for (name, value) in headers.as_object().unwrap() {
        request = request.header(name, value.as_str().unwrap());
    }
    Incoming::read(request.body(Bytes::copy_from_slice(body.as_bytes())).unwrap())
}

#[test]
fn the_requests_of_the_vectors_are_accepted_in_canonical_form_and_as_the_sdk_sent_them() {
    for vector in vectors() {
        let (expected, wire) = (&vector["expected"], &vector["python_sdk_capture"]["wire"]);
        for (sent, headers) in [(expected, &expected["request_headers"]), (wire, &wire["headers"])] {
            let incoming = request(text(sent, "/request_line"), headers, text(sent, "/body"));
            let presented = read(&incoming).unwrap();
            assert_eq!(presented.key_id, text(&vector, "/input/credentials/access_key_id"));
            assert_eq!(presented.token.as_deref(), vector["input"]["credentials"]["security_token"].as_str());
            let super::Scheme::Parameters(claim) = &presented.scheme else { panic!("{presented:?}") };
            assert_eq!(check(&incoming, claim, &secret(&vector)), Ok(()), "{}", text(&vector, "/name"));
        }
    }
}

/// Made with the provider's Python SDK as well.
#[test]
fn post_and_get_are_signed_differently() {
    let pairs = [
        ("Action", "GetVpcEndpointServiceAttribute"),
        ("Version", "2020-04-15"),
        ("Format", "JSON"),
        ("AccessKeyId", "testid"),
        ("SignatureMethod", "HMAC-SHA1"),
        ("SignatureVersion", "1.0"),
        ("SignatureNonce", "3156853299f313e23d1673dc12e1703d"),
        ("Timestamp", "2026-01-01T00:00:00Z"),
        ("RegionId", "cn-hangzhou"),
        ("ServiceId", "epsrv-bp1abcdefghijklmnopq"),
    ];
    let params = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let signed =
        |method| signature(Algorithm::HmacSha1, &"testsecret".to_owned().into(), &string_to_sign(method, &params));
    assert_eq!([signed("POST"), signed("GET")], ["J+aq1H4s6idN+ZCHBAontQsvIqY=", "qTg4kbiu1Vy7xhrvPU6ydOaN7ug="]);
}

#[test]
fn an_empty_value_takes_part() {
    let pairs = [("SignatureType", ""), ("A", "1"), ("Signature", "not me")];
    let params = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    assert_eq!(string_to_sign("GET", &params), "GET&%2F&A%3D1%26SignatureType%3D");
}

/// Computed with the standard library of Python: `hmac.new(b"secret&", b"GET&%2F&A%3D1", sha256)`.
#[test]
fn sha256_is_known_as_well() {
    let signed = signature(Algorithm::HmacSha256, &"secret".to_owned().into(), "GET&%2F&A%3D1");
    assert_eq!(signed, "EUkCm0ebXQgQiwUwBsVo2wIT2uoLdpAwef4fDR7a/B0=");
}
