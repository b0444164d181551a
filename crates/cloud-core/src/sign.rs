//! The signature ACS3-HMAC-SHA256, as arithmetic: no clock, no randomness, no I/O.
//!
//! The steps are public one by one, so that each can be tested against published vectors and so that a server can use the
//! same code to verify: [`canonical_query`], [`canonical_request`], [`string_to_sign`], [`signature`]. [`sign`] is their
//! composition and what the client uses. Source: Alibaba Cloud, "Request syntax and signature method V3".

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use crate::credentials::Credentials;
use crate::encode;

/// The name of the algorithm, first word of the `Authorization` header and first line of the string to sign.
pub const ALGORITHM: &str = "ACS3-HMAC-SHA256";

/// The one path of an RPC-style API.
pub const PATH: &str = "/";

/// What is signed of a request: everything but the body, which takes part by its hash.
#[derive(Clone, Copy)]
pub struct Head<'a> {
    /// HTTP method in upper case.
    pub method: &'a str,
    /// Path of the URL; `/` for this API.
    pub path: &'a str,
    /// Query in canonical form, as [`canonical_query`] makes it.
    pub query: &'a str,
    /// The headers to sign, names in lower case, in any order.
    pub headers: &'a [(String, String)],
    /// Lower-case hexadecimal SHA-256 of the body, as [`payload_hash`] makes it.
    pub payload_sha256: &'a str,
}

/// Names only: a header value may be a security token.
impl fmt::Debug for Head<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("Head")
            .field("method", &self.method)
            .field("path", &self.path)
            .field("headers", &names)
            .finish_non_exhaustive()
    }
}

/// The query string of the canonical request, also exactly what stands after `?` on the wire.
///
/// Sorted by name in character order (`Tag.1.Key`, `Tag.10.Key`, `Tag.2.Key`), then encoded; an empty value keeps its `=`.
pub fn canonical_query(params: &[(String, String)]) -> String {
    let mut sorted = params.to_vec();
    sorted.sort();
    encode::pairs(&sorted)
}

/// Lower-case hexadecimal SHA-256 of the bytes sent as the body, the value of `x-acs-content-sha256`.
pub fn payload_hash(body: &[u8]) -> String {
    hex(&Sha256::digest(body))
}

/// The names of the headers that are signed, sorted and joined with `;`.
pub fn signed_headers(head: &Head<'_>) -> String {
    let names: Vec<String> = sorted_headers(head).into_iter().map(|(name, _)| name).collect();
    names.join(";")
}

/// The six parts of the canonical request, joined with line feeds.
pub fn canonical_request(head: &Head<'_>) -> String {
    let lines: Vec<String> =
        sorted_headers(head).into_iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
    let headers = lines.concat();
    let Head { method, path, query, headers: _, payload_sha256 } = head;
    [*method, path, query, &headers, &signed_headers(head), payload_sha256].join("\n")
}

/// The text that the key signs: the algorithm and the hash of the canonical request.
pub fn string_to_sign(canonical_request: &str) -> String {
    format!("{ALGORITHM}\n{}", payload_hash(canonical_request.as_bytes()))
}

/// HMAC-SHA256 under the `AccessKey` secret as it is (no derived key), in lower-case hexadecimal.
pub fn signature(secret: &SecretString, string_to_sign: &str) -> String {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes()).expect("HMAC takes a key of any length");
    mac.update(string_to_sign.as_bytes());
    hex(&mac.finalize().into_bytes())
}

/// The text of the `x-acs-date` header: UTC, whole seconds.
pub fn format_date(date: Timestamp) -> String {
    date.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A request before it is signed.
#[derive(Clone, Copy, Debug)]
pub struct Unsigned<'a> {
    /// HTTP method in upper case.
    pub method: &'a str,
    /// The `Host` header, byte for byte, with the port unless it is the scheme's own.
    pub host: &'a str,
    /// Name of the operation.
    pub action: &'a str,
    /// Version of the API.
    pub version: &'a str,
    /// Flattened parameters of the query, not encoded, in any order.
    pub params: &'a [(String, String)],
    /// Bytes of the body; empty when there is none.
    pub body: &'a [u8],
    /// Type of the body; `None` when there is none.
    pub content_type: Option<&'a str>,
    /// The `Accept` header; `None` when it is not to be signed.
    ///
    /// The documentation asks for the host, the type of the body and the `x-acs-` headers only, and the provider's Go and Node
    /// SDKs sign no more. Its Python SDK signs this one too: a server verifies whatever the request says is signed.
    pub accept: Option<&'a str>,
}

/// A signed request: what to send, and the intermediate results.
#[derive(Clone)]
pub struct Signed {
    /// The headers to send, `authorization` last, names in lower case. May hold a security token.
    pub headers: Vec<(String, String)>,
    /// The query to send, in canonical form.
    pub query: String,
    /// The names of the signed headers.
    pub signed_headers: String,
    /// The canonical request. May hold a security token.
    pub canonical_request: String,
    /// What the key signed.
    pub string_to_sign: String,
    /// The signature alone.
    pub signature: String,
}

/// Names only: headers and canonical request may hold a security token.
impl fmt::Debug for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signed").field("signed_headers", &self.signed_headers).finish_non_exhaustive()
    }
}

/// Signs a request.
///
/// Pure: the same input gives the same headers. Build `date` and `nonce` anew for each attempt; a nonce may not come twice
/// within 15 minutes, and a date may be off by 15 minutes at most.
pub fn sign(credentials: &Credentials, request: &Unsigned<'_>, date: Timestamp, nonce: &str) -> Signed {
    let query = canonical_query(request.params);
    let payload_sha256 = payload_hash(request.body);
    let mut headers = headers_to_sign(request, &payload_sha256, &format_date(date), nonce);
    headers.extend(token_headers(credentials));
    let head =
        Head { method: request.method, path: PATH, query: &query, headers: &headers, payload_sha256: &payload_sha256 };
    let canonical_request = canonical_request(&head);
    let signed_headers = signed_headers(&head);
    let string_to_sign = string_to_sign(&canonical_request);
    let signature = signature(&credentials.access_key_secret, &string_to_sign);
    let authorization = authorization(&credentials.access_key_id, &signed_headers, &signature);
    headers.push(("authorization".to_owned(), authorization));
    Signed { headers, query, signed_headers, canonical_request, string_to_sign, signature }
}

/// The `Authorization` header.
pub fn authorization(access_key_id: &str, signed_headers: &str, signature: &str) -> String {
    format!("{ALGORITHM} Credential={access_key_id},SignedHeaders={signed_headers},Signature={signature}")
}

fn headers_to_sign(request: &Unsigned<'_>, payload_sha256: &str, date: &str, nonce: &str) -> Vec<(String, String)> {
    let fixed = [
        ("host", request.host),
        ("x-acs-action", request.action),
        ("x-acs-content-sha256", payload_sha256),
        ("x-acs-date", date),
        ("x-acs-signature-nonce", nonce),
        ("x-acs-version", request.version),
    ];
    let accept = request.accept.map(|value| ("accept", value));
    let content_type = request.content_type.map(|value| ("content-type", value));
    accept
        .into_iter()
        .chain(content_type)
        .chain(fixed)
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// The documentation names only the token header; every SDK sends the key id as well.
fn token_headers(credentials: &Credentials) -> Vec<(String, String)> {
    let Some(token) = &credentials.security_token else { return Vec::new() };
    vec![
        ("x-acs-accesskey-id".to_owned(), credentials.access_key_id.clone()),
        ("x-acs-security-token".to_owned(), token.expose_secret().to_owned()),
    ]
}

/// Sorted by name, values trimmed, a name that comes twice joined into one with commas.
fn sorted_headers(head: &Head<'_>) -> Vec<(String, String)> {
    let mut sorted: Vec<(&str, &str)> =
        head.headers.iter().map(|(name, value)| (name.as_str(), value.trim())).collect();
    sorted.sort_unstable();
    let mut merged: Vec<(String, String)> = Vec::with_capacity(sorted.len());
    for (name, value) in sorted {
        match merged.last_mut() {
            Some((last, joined)) if last == name => {
                joined.push(',');
                joined.push_str(value);
            }
            _ => merged.push((name.to_owned(), value.to_owned())),
        }
    }
    merged
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 0x0f]).map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}
