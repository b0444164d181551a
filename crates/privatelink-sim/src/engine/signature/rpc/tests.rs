//! The older signature against vectors that the provider's own SDK made.

use std::collections::BTreeMap;

use serde_json::Value;

use super::super::vectors::{request, secret, text, vectors};
use super::{Algorithm, check, read, signature, string_to_sign};

fn params(vector: &Value) -> BTreeMap<String, String> {
    let maps = ["query_params", "body_params"].map(|name| vector["input"][name].as_object().unwrap().clone());
    let pairs = maps.into_iter().flatten();
    pairs.map(|(name, value)| (name, value.as_str().unwrap().to_owned())).collect()
}

#[test]
fn every_stage_is_that_of_the_vectors() {
    for vector in vectors("1.0", 4) {
        let name = text(&vector, "/name");
        let string = string_to_sign(text(&vector, "/input/method"), &params(&vector));
        assert_eq!(string, text(&vector, "/expected/string_to_sign"), "{name}");
        let signed = signature(Algorithm::HmacSha1, &secret(&vector), &string);
        assert_eq!(signed, text(&vector, "/expected/signature"), "{name}");
    }
}

#[test]
fn the_requests_of_the_vectors_are_accepted_in_canonical_form_and_as_the_sdk_sent_them() {
    for vector in vectors("1.0", 4) {
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
