//! One request in a form that can be compared, whoever sent it.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use http::Request;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use privatelink::Operation;
use serde::Deserialize;

/// One entry of the recording.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Recorded {
    pub(super) operation: String,
    /// Id of the key that signed; both keys are the simulator's.
    pub(super) key: String,
    method: String,
    path: String,
    query: BTreeMap<String, String>,
    form: BTreeMap<String, String>,
    content_type: Option<String>,
    signature: String,
    signed_headers: BTreeSet<String>,
}

/// What is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sent {
    pub(super) operation: String,
    pub(super) method: String,
    pub(super) path: String,
    pub(super) query: BTreeMap<String, String>,
    pub(super) form: BTreeMap<String, String>,
    pub(super) content_type: Option<String>,
    pub(super) signature: String,
    pub(super) signed_headers: BTreeSet<String>,
}

/// Headers that the Python SDK signs and that are not compared, each for the reason given at the head of the test.
const NOT_COMPARED: [&str; 2] = ["user-agent", "x-acs-credentials-provider"];

pub(super) fn recorded() -> Vec<Recorded> {
    let file = include_str!("../../../../../tests/conformance/recorded/python-requests.json");
    serde_json::from_str(file).unwrap()
}

impl Recorded {
    pub(super) fn operation(&self) -> Operation {
        Operation::from_name(&self.operation).unwrap()
    }

    /// Without what is not compared, and booleans as this client writes them.
    pub(super) fn comparable(&self) -> Sent {
        let Self { operation, key: _, method, path, query, form, content_type, signature, signed_headers } =
            self.clone();
        let signed_headers = signed_headers.into_iter().filter(|name| !NOT_COMPARED.contains(&name.as_str()));
        Sent {
            operation,
            method,
            path,
            query: lower_booleans(query),
            form: lower_booleans(form),
            content_type,
            signature,
            signed_headers: signed_headers.collect(),
        }
    }

    /// Whether the Python SDK signed a header.
    pub(super) fn signs(&self, name: &str) -> bool {
        self.signed_headers.contains(name)
    }
}

fn lower_booleans(parameters: BTreeMap<String, String>) -> BTreeMap<String, String> {
    let lower = |value: String| match value.as_str() {
        "True" | "False" => value.to_lowercase(),
        _ => value,
    };
    parameters.into_iter().map(|(name, value)| (name, lower(value))).collect()
}

impl Sent {
    pub(super) fn of(request: &Request<Bytes>) -> Self {
        let header = |name| request.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        let authorization = header(AUTHORIZATION).unwrap();
        let (signature, claims) = authorization.split_once(' ').unwrap();
        let signed = claims.split(',').find_map(|claim| claim.strip_prefix("SignedHeaders=")).unwrap();
        Self {
            operation: request.headers()["x-acs-action"].to_str().unwrap().to_owned(),
            method: request.method().to_string(),
            path: request.uri().path().to_owned(),
            query: pairs(request.uri().query().unwrap_or_default().as_bytes()),
            form: pairs(request.body()),
            content_type: header(CONTENT_TYPE),
            signature: signature.to_owned(),
            signed_headers: signed.split(';').map(ToOwned::to_owned).collect(),
        }
    }
}

/// Decoded; a name that came twice would be a mistake.
fn pairs(encoded: &[u8]) -> BTreeMap<String, String> {
    let all: Vec<(String, String)> = url::form_urlencoded::parse(encoded).into_owned().collect();
    let map: BTreeMap<String, String> = all.iter().cloned().collect();
    assert_eq!(map.len(), all.len(), "{all:?}");
    map
}
