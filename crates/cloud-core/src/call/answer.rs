//! Reading an answer, whatever it is.

use bytes::Bytes;
use http::{HeaderMap, Response};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};

use super::throttle;
use crate::encode;
use crate::error::{AccessDenied, Error, ErrorKind, Fate, is_signature_code};
use crate::operation::ApiOperation;
use crate::transport::TransportError;

/// The longest text kept, in characters; the provider's own are shorter.
const LONGEST: usize = 500;

/// The shortest text that is looked for as a secret: the provider's have 30 characters, and one of a few, as in somebody's
/// test, would occur by chance in any code and id.
const SHORTEST_SECRET: usize = 8;

/// Stands for a code that echoes a secret: that there was one must be known.
const WITHHELD: &str = "[withheld]";

/// Reads an answer: the JSON object of a success, or what went wrong.
///
/// An answer that is a success by its status is an error all the same when it carries a `Code`, and an ambiguous one when
/// it is not a JSON object (a cut answer, a proxy's page). No text in which one of the request's `secrets` occurs is kept.
pub(super) fn read(
    operation: ApiOperation,
    response: &Response<Bytes>,
    secrets: &[&SecretString],
) -> Result<Value, Error> {
    let header_id = header(response.headers(), "x-acs-request-id").and_then(|id| kept(&id, secrets));
    let Ok(Value::Object(mut body)) = serde_json::from_slice(response.body()) else {
        return Err(no_json(operation, response, secrets).with_request_id(header_id));
    };
    let body_id = field(&body, &["RequestId", "requestId", "requestid"]).and_then(|id| kept(&id, secrets));
    let request_id = body_id.or(header_id);
    match field(&body, &["Code", "code"]).map(|code| kept(&code, secrets)) {
        Some(code) => {
            let code = code.unwrap_or_else(|| WITHHELD.to_owned());
            let error = provider_error(operation, response, &body, &code, secrets);
            Err(error.with_request_id(request_id))
        }
        None if response.status().is_success() => {
            if let Some(request_id) = request_id {
                body.insert("RequestId".to_owned(), Value::String(request_id));
            }
            Ok(Value::Object(body))
        }
        None => Err(no_code(operation, response).with_request_id(request_id)),
    }
}

/// No answer at all.
pub(super) fn lost(operation: ApiOperation, host: &str, error: &TransportError) -> Error {
    let fate = match error {
        TransportError::Connect(_) | TransportError::UnknownHost(_) => Fate::NotSent,
        TransportError::Timeout(_) | TransportError::Interrupted(_) => Fate::Ambiguous,
    };
    let is_unknown_host = matches!(error, TransportError::UnknownHost(_));
    let message = match error {
        TransportError::Connect(cause) => format!("failed to connect to {host}: {cause}"),
        TransportError::UnknownHost(cause) => format!("failed to find the host {host}: {cause}"),
        TransportError::Timeout(cause) => format!("failed to get an answer from {host} in time: {cause}"),
        TransportError::Interrupted(cause) => format!("failed to read the answer of {host}: {cause}"),
    };
    Error::local(operation, ErrorKind::Transient, fate, tidy(&message))
        .with_host(host)
        .with_unknown_host(is_unknown_host)
}

/// A JSON object that is not the answer of this operation.
pub(super) fn unreadable(operation: ApiOperation, error: &serde_json::Error) -> Error {
    // The parser's words quote values of the answer; the place is enough to go by.
    let place = format!("failed to read the answer: unexpected {:?} content", error.classify());
    Error::local(operation, ErrorKind::Transient, Fate::Ambiguous, place)
}

/// The server's time, in whole seconds.
pub(super) fn server_time(response: &Response<Bytes>) -> Option<Timestamp> {
    let text = header(response.headers(), "date")?;
    jiff::fmt::rfc2822::parse(&text).ok().map(|zoned| zoned.timestamp())
}

fn provider_error(
    operation: ApiOperation,
    response: &Response<Bytes>,
    body: &Map<String, Value>,
    code: &str,
    secrets: &[&SecretString],
) -> Error {
    let message = field(body, &["Message", "message"]).filter(|text| may_be_shown(code, text, secrets));
    let error = Error::answered(operation, response.status().as_u16(), code)
        .with_message(message.map(|text| tidy(&text)))
        .with_access_denied(access_denied(body, secrets));
    let told = throttle::retry_after(response.headers());
    let delay =
        told.or_else(|| throttle::time_left(response.headers()).filter(|_| error.kind() == ErrorKind::Throttled));
    match delay {
        Some(delay) => error.with_delay(delay),
        None => error,
    }
}

/// The body is no JSON object. Nothing of it is kept: a proxy's page may echo the request with its token.
fn no_json(operation: ApiOperation, response: &Response<Bytes>, secrets: &[&SecretString]) -> Error {
    let kind = header(response.headers(), "content-type").and_then(|kind| kept(&kind, secrets));
    let kind = kind.unwrap_or_else(|| "no content type".to_owned());
    let message = format!(
        "failed to read the answer: HTTP {}, not a JSON object ({kind}, {} bytes)",
        response.status().as_u16(),
        response.body().len()
    );
    unsettled(operation, response, message)
}

fn no_code(operation: ApiOperation, response: &Response<Bytes>) -> Error {
    unsettled(
        operation,
        response,
        format!("failed to read the answer: HTTP {} without an error code", response.status().as_u16()),
    )
}

fn unsettled(operation: ApiOperation, response: &Response<Bytes>, message: String) -> Error {
    Error::local(operation, ErrorKind::Transient, Fate::Ambiguous, message).with_status(response.status().as_u16())
}

/// The object, or the same as a JSON text in a text, as some products have it.
fn access_denied(body: &Map<String, Value>, secrets: &[&SecretString]) -> Option<AccessDenied> {
    let detail = match body.get("AccessDeniedDetail").or_else(|| body.get("accessDeniedDetail"))? {
        Value::Object(detail) => detail.clone(),
        Value::String(text) => serde_json::from_str(text).ok()?,
        _ => return None,
    };
    let of = |name| field(&detail, &[name]).and_then(|text| kept(&text, secrets));
    Some(AccessDenied { action: of("AuthAction"), principal: of("AuthPrincipalDisplayName") })
}

/// Signature errors echo the signed request; any message in which a secret occurs does the like.
fn may_be_shown(code: &str, message: &str, secrets: &[&SecretString]) -> bool {
    let echo = ["CanonicalRequest", "StringToSign", "string to sign", "x-acs-security-token"];
    !is_signature_code(code) && !echo.iter().any(|mark| message.contains(mark)) && !echoes(message, secrets)
}

/// Whether a secret occurs in a text, in clear or as it stands in a query.
fn echoes(text: &str, secrets: &[&SecretString]) -> bool {
    let occurs = |secret: &&SecretString| {
        let secret = secret.expose_secret();
        let found = text.contains(secret) || text.contains(&encode::percent_encode(secret));
        found && secret.len() >= SHORTEST_SECRET
    };
    secrets.iter().any(occurs)
}

/// A text of the answer that is to be printed, unless it echoes a secret.
fn kept(text: &str, secrets: &[&SecretString]) -> Option<String> {
    (!echoes(text, secrets)).then(|| tidy(text))
}

/// One line of bounded length, so that an answer cannot forge log lines or fill a status field.
fn tidy(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { ' ' } else { character }).take(LONGEST).collect()
}

/// The first of these fields that is a text and not empty.
fn field(body: &Map<String, Value>, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| body.get(*name)?.as_str()).filter(|text| !text.is_empty()).map(ToOwned::to_owned)
}

fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(ToOwned::to_owned)
}
