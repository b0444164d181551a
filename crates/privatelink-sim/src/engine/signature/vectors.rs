//! Signature vectors, for the tests of both kinds.

use bytes::Bytes;
use http::Request;
use secrecy::SecretString;
use serde_json::Value;

use crate::wire::request::Incoming;

/// Made with the provider's Python SDK; kept with the client, which signs after them.
const VECTORS: &str = include_str!("../../../../cloud-core/tests/data/signature-vectors.json");

/// The vectors whose version begins so; there must be `count`.
pub(super) fn vectors(version: &str, count: usize) -> Vec<Value> {
    let file: Value = serde_json::from_str(VECTORS).unwrap();
    let all = file["vectors"].as_array().unwrap().iter().cloned();
    let found: Vec<Value> = all.filter(|vector| text(vector, "/signature_version").starts_with(version)).collect();
    assert_eq!(found.len(), count, "the file has other vectors");
    found
}

/// The text at a place; empty where there is none.
pub(super) fn text<'a>(vector: &'a Value, place: &str) -> &'a str {
    vector.pointer(place).and_then(Value::as_str).unwrap_or_default()
}

/// The secret of a vector.
pub(super) fn secret(vector: &Value) -> SecretString {
    SecretString::from(text(vector, "/input/credentials/access_key_secret").to_owned())
}

/// A request as one writes it down: `POST /?a=b HTTP/1.1`, headers, body.
pub(super) fn request(line: &str, headers: &Value, body: &str) -> Incoming {
    let mut words = line.split(' ');
    let (method, uri) = (words.next().unwrap(), words.next().unwrap());
    let mut request = Request::builder().method(method).uri(uri);
    for (name, value) in headers.as_object().unwrap() {
        request = request.header(name, value.as_str().unwrap());
    }
    Incoming::read(request.body(Bytes::copy_from_slice(body.as_bytes())).unwrap())
}
