//! The current signature, ACS3-HMAC-SHA256: headers, query and body are signed, the result stands in `Authorization`.

use cloud_core::sign;
use secrecy::SecretString;

use super::{Presented, Scheme, gateway};
use crate::error::Refusal;
use crate::wire::request::Incoming;

/// Headers without which a signature says too little.
const MUST_BE_SIGNED: &[&str] =
    &["host", "x-acs-action", "x-acs-content-sha256", "x-acs-date", "x-acs-signature-nonce", "x-acs-version"];

/// What the `Authorization` header says beside the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Claim {
    pub(super) signed_headers: Vec<String>,
    signature: String,
}

/// Reads the header and what belongs to it.
pub(super) fn read(incoming: &Incoming) -> Result<Presented, Refusal> {
    let authorization = incoming.header("authorization").and_then(parse);
    let (key_id, claim) = authorization.ok_or_else(|| {
        gateway::incomplete_signature("Authorization must hold an algorithm, Credential, SignedHeaders and Signature")
    })?;
    let text = |name: &str| incoming.header(name).map(str::to_owned);
    Ok(Presented {
        key_id,
        token: text("x-acs-security-token"),
        date: text("x-acs-date").unwrap_or_default(),
        nonce: text("x-acs-signature-nonce").unwrap_or_default(),
        scheme: Scheme::Header(claim),
    })
}

fn parse(authorization: &str) -> Option<(String, Claim)> {
    let fields = authorization.strip_prefix(sign::ALGORITHM)?;
    let field = |name: &str| {
        let mut fields = fields.split(',').filter_map(|field| field.trim().split_once('='));
        fields.find(|(found, _)| *found == name).map(|(_, value)| value.to_owned())
    };
    let signed_headers = field("SignedHeaders")?.split(';').map(str::to_ascii_lowercase).collect();
    Some((field("Credential")?, Claim { signed_headers, signature: field("Signature")? }))
}

/// Whether the signature holds. Any superset of the headers that must be signed is good, as long as each signed header
/// is what the client says it is.
pub(super) fn check(incoming: &Incoming, claim: &Claim, secret: &SecretString) -> Result<(), Refusal> {
    let is_signed = |name: &&&str| claim.signed_headers.iter().any(|signed| signed == **name);
    if let Some(name) = MUST_BE_SIGNED.iter().find(|name| !is_signed(name)) {
        return Err(gateway::incomplete_signature(&format!("{name} is not signed")));
    }
    let payload_sha256 = sign::payload_hash(&incoming.body);
    if incoming.header("x-acs-content-sha256") != Some(payload_sha256.as_str()) {
        return Err(gateway::wrong_payload_hash());
    }
    let headers: Vec<_> = claim.signed_headers.iter().flat_map(|name| values_of(incoming, name)).collect();
    let query = sign::canonical_query(&incoming.query);
    let canonical_request = sign::canonical_request(&sign::Head {
        method: incoming.method.as_str(),
        path: &incoming.path,
        query: &query,
        headers: &headers,
        payload_sha256: &payload_sha256,
    });
    let string_to_sign = sign::string_to_sign(&canonical_request);
    if sign::signature(secret, &string_to_sign) == claim.signature {
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

#[cfg(test)]
mod tests;
