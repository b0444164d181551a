//! One request to a place that is no API of the provider: metadata service, credentials URI.

use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_LENGTH, HeaderName, HeaderValue};
use http::{Method, Request, Response, Uri};
use jiff::Timestamp;
use tokio::time::timeout;

use super::CredentialError;
use crate::transport::{Transport, TransportError};

/// Makes a request without a body. Header values are marked as secrets.
pub(super) fn request(method: Method, uri: Uri, headers: Vec<(HeaderName, HeaderValue)>) -> Request<Bytes> {
    let mut request = Request::new(Bytes::new());
    if method != Method::GET {
        request.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(0));
    }
    *request.method_mut() = method;
    *request.uri_mut() = uri;
    request.headers_mut().insert(ACCEPT, HeaderValue::from_static("*/*"));
    for (name, mut value) in headers {
        value.set_sensitive(true);
        request.headers_mut().insert(name, value);
    }
    request
}

/// Sends a request, and waits for its answer until the deadline.
pub(super) async fn send(
    transport: &dyn Transport,
    request: Request<Bytes>,
    deadline: Duration,
) -> Result<Response<Bytes>, TransportError> {
    let late = |_| Err(TransportError::Timeout(format!("nothing came within {deadline:?}")));
    timeout(deadline, transport.send(request)).await.unwrap_or_else(late)
}

/// The error of a request that has no answer. `issuer` is who was asked.
pub(super) fn unanswered(issuer: &str, error: &TransportError, remedy: &str) -> CredentialError {
    CredentialError::fetch(format!("{issuer} gave no answer: {error}; {remedy}"))
}

/// The error of an answer that is no success by its status; nothing of the answer is quoted. Only a server that broke down may be well again
/// by itself.
pub(super) fn refused(issuer: &str, response: &Response<Bytes>, remedy: &str) -> CredentialError {
    let status = response.status();
    let message = format!("{issuer} answered with HTTP {}", status.as_u16());
    if status.is_server_error() || status.as_u16() == 429 {
        CredentialError::fetch(message)
    } else {
        CredentialError::refused(format!("{message}; {remedy}"))
    }
}

/// What the clock of whoever answered showed.
pub(super) fn server_time(response: &Response<Bytes>) -> Option<Timestamp> {
    let text = response.headers().get(http::header::DATE)?.to_str().ok()?;
    jiff::fmt::rfc2822::parse(text).ok().map(|zoned| zoned.timestamp())
}
