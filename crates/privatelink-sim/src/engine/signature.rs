//! Who signed a request, and whether the signature holds.
//!
//! Limits and codes: "Request syntax and signature method V3" of the provider's documentation.

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use jiff::Timestamp;
use privatelink::sign;
use secrecy::ExposeSecret;

use super::gateway;
use crate::clock::before;
use crate::config::{AccessKey, Signatures};
use crate::error::Refusal;
use crate::wire::request::Incoming;

/// Headers without which a signature says too little.
const MUST_BE_SIGNED: &[&str] =
    &["host", "x-acs-action", "x-acs-content-sha256", "x-acs-date", "x-acs-signature-nonce", "x-acs-version"];

/// What an `Authorization` header of the current scheme says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Presented {
    pub(crate) key_id: String,
    pub(crate) signed_headers: Vec<String>,
    signature: String,
}

impl Presented {
    /// Reads the header; none when the request has none, or one of another scheme.
    pub(crate) fn read(incoming: &Incoming) -> Option<Self> {
        let rest = incoming.header("authorization")?.strip_prefix(sign::ALGORITHM)?;
        let field = |name: &str| {
            let mut fields = rest.split(',').filter_map(|field| field.trim().split_once('='));
            fields.find(|(found, _)| *found == name).map(|(_, value)| value.to_owned())
        };
        let signed_headers = field("SignedHeaders")?.split(';').map(str::to_ascii_lowercase).collect();
        Some(Self { key_id: field("Credential")?, signed_headers, signature: field("Signature")? })
    }
}

/// Nonces that were used within the skew.
#[derive(Debug, Default)]
pub(crate) struct Nonces {
    used: BTreeSet<(String, String)>,
    order: VecDeque<(Timestamp, (String, String))>,
}

impl Nonces {
    /// False when the key has used the nonce already.
    fn enter(&mut self, key_id: &str, nonce: &str, now: Timestamp, window: Duration) -> bool {
        while self.order.front().is_some_and(|(time, _)| *time < before(now, window)) {
            if let Some((_, old)) = self.order.pop_front() {
                self.used.remove(&old);
            }
        }
        let entry = (key_id.to_owned(), nonce.to_owned());
        let is_new = self.used.insert(entry.clone());
        if is_new {
            self.order.push_back((now, entry));
        }
        is_new
    }
}

/// Checks a request that presents a known key.
pub(crate) fn check(
    incoming: &Incoming,
    presented: &Presented,
    key: &AccessKey,
    rules: &Signatures,
    now: Timestamp,
) -> Result<(), Refusal> {
    if !key.active.is_on() {
        return Err(gateway::inactive_key());
    }
    check_token(incoming, key, now)?;
    if rules.check_skew.is_on() {
        check_date(incoming, now, rules.max_skew)?;
    }
    if rules.verify.is_on() { check_signature(incoming, presented, key) } else { Ok(()) }
}

/// Enters the nonce of a request whose signature holds.
pub(crate) fn check_replay(
    incoming: &Incoming,
    key_id: &str,
    nonces: &mut Nonces,
    rules: &Signatures,
    now: Timestamp,
) -> Result<(), Refusal> {
    let nonce = incoming.header("x-acs-signature-nonce").unwrap_or_default();
    // A date may lie as far in the future as in the past, so a replay can come for twice the skew.
    if nonces.enter(key_id, nonce, now, rules.max_skew * 2) || !rules.check_replay.is_on() {
        return Ok(());
    }
    Err(gateway::used_nonce())
}

fn check_token(incoming: &Incoming, key: &AccessKey, now: Timestamp) -> Result<(), Refusal> {
    match (&key.security_token, incoming.header("x-acs-security-token")) {
        (Some(_), None) => Err(gateway::missing_token()),
        (None, Some(_)) => Err(gateway::malformed_token()),
        (Some(expected), Some(given)) if expected.expose_secret() != given => Err(gateway::malformed_token()),
        (Some(_), Some(_)) if key.expires.is_some_and(|expires| expires <= now) => Err(gateway::expired_token()),
        (Some(_), Some(_)) | (None, None) => Ok(()),
    }
}

fn check_date(incoming: &Incoming, now: Timestamp, max_skew: Duration) -> Result<(), Refusal> {
    let text = incoming.header("x-acs-date").ok_or_else(gateway::malformed_date)?;
    let date: Timestamp = text.parse().map_err(|_| gateway::malformed_date())?;
    if date.duration_since(now).unsigned_abs() > max_skew {
        return Err(gateway::expired_date());
    }
    Ok(())
}

fn check_signature(incoming: &Incoming, presented: &Presented, key: &AccessKey) -> Result<(), Refusal> {
    let is_signed = |name: &&&str| presented.signed_headers.iter().any(|signed| signed == **name);
    if let Some(name) = MUST_BE_SIGNED.iter().find(|name| !is_signed(name)) {
        return Err(gateway::incomplete_signature(&format!("{name} is not signed")));
    }
    let payload_sha256 = sign::payload_hash(&incoming.body);
    if incoming.header("x-acs-content-sha256") != Some(payload_sha256.as_str()) {
        return Err(gateway::wrong_payload_hash());
    }
    let headers: Vec<_> = presented.signed_headers.iter().flat_map(|name| values_of(incoming, name)).collect();
    let query = sign::canonical_query(&incoming.query);
    let canonical_request = sign::canonical_request(&sign::Head {
        method: incoming.method.as_str(),
        path: &incoming.path,
        query: &query,
        headers: &headers,
        payload_sha256: &payload_sha256,
    });
    let string_to_sign = sign::string_to_sign(&canonical_request);
    if sign::signature(&key.secret, &string_to_sign) == presented.signature {
        return Ok(());
    }
    Err(gateway::wrong_signature(&string_to_sign, &canonical_request))
}

fn values_of(incoming: &Incoming, name: &str) -> Vec<(String, String)> {
    if name == "host" {
        return vec![(name.to_owned(), incoming.host.clone())];
    }
    let values = incoming.headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values.map(|value| (name.to_owned(), value.to_owned())).collect()
}
