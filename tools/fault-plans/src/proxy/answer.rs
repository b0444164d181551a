//! What a caller is told.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde_json::{Value, json};

/// An answer of the upstream, or one that an interceptor made up.
///
/// Its headers are those of the message itself; what belongs to the connection (`Connection`, `Transfer-Encoding`,
/// `Content-Length`) is recreated when it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Status code.
    pub status: StatusCode,
    /// Headers of the message.
    pub headers: HeaderMap,
    /// The whole body. Of a watch that has just begun: empty.
    pub body: Bytes,
}

impl Answer {
    /// An answer in JSON.
    pub fn json(status: StatusCode, body: &Value) -> Self {
        let headers = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
        Self { status, headers: headers.into_iter().collect(), body: body.to_string().into() }
    }

    /// A failure as the API server words it: a `Status` object. `reason` is the machine-readable one: `Conflict`, `Expired`.
    pub fn kubernetes_failure(status: StatusCode, reason: &str, message: &str) -> Self {
        let body = json!({
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": message,
            "reason": reason,
            "code": status.as_u16(),
        });
        Self::json(status, &body)
    }

    /// A failure as the provider words it: an object with `Code`, `Message` and `RequestId`.
    pub fn cloud_failure(status: StatusCode, code: &str, message: &str) -> Self {
        let body = json!({"Code": code, "Message": message, "RequestId": "00000000-0000-0000-0000-000000000000"});
        Self::json(status, &body)
    }

    /// The same with one more header.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }
}
