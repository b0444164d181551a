//! Counts what goes to the cloud, at the last place before the network.

use std::sync::Arc;

use axum::body::Bytes;
use axum::http::{Request, Response, StatusCode};
use cloud_core::{ApiOperation, ErrorKind, Transport, TransportError, classify};
use futures::future::BoxFuture;
use serde::Deserialize;
use tokio::time::Instant;

use super::Metrics;

/// A transport that counts every request by operation and code.
#[derive(Clone, Debug)]
pub struct MeteredTransport {
    inner: Arc<dyn Transport>,
    metrics: Metrics,
    operation: fn(&str) -> Option<ApiOperation>,
}

impl MeteredTransport {
    /// `operation` finds the operation of a name; any other counts as unknown.
    pub fn new(inner: Arc<dyn Transport>, metrics: Metrics, operation: fn(&str) -> Option<ApiOperation>) -> Self {
        Self { inner, metrics, operation }
    }

    fn operation(&self, request: &Request<Bytes>) -> Option<ApiOperation> {
        request.headers().get("x-acs-action")?.to_str().ok().and_then(self.operation)
    }
}

impl Transport for MeteredTransport {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>> {
        let measured = Measured { metrics: &self.metrics, operation: self.operation(&request), began: Instant::now() };
        Box::pin(async move {
            let mut unanswered = Unanswered(Some(measured));
            let answer = self.inner.send(request).await;
            if let Some(measured) = unanswered.0.take() {
                measured.answered(&answer);
            }
            answer
        })
    }
}

/// A request on its way.
#[derive(Debug)]
struct Measured<'a> {
    metrics: &'a Metrics,
    operation: Option<ApiOperation>,
    began: Instant,
}

/// Counts a request that the client gave up, at the deadline of its attempt or because another copy of it was answered first: that drops the
/// future.
struct Unanswered<'a>(Option<Measured<'a>>);

impl Measured<'_> {
    fn answered(&self, answer: &Result<Response<Bytes>, TransportError>) {
        match answer {
            Ok(response) => self.count(judge(self.operation, response)),
            Err(error) => self.count((own_code(error).to_owned(), ErrorKind::Transient)),
        }
    }

    fn count(&self, (code, kind): (String, ErrorKind)) {
        let operation = self.operation.map_or("unknown", |operation| operation.name);
        self.metrics.cloud_request(operation, code, self.began.elapsed());
        if kind == ErrorKind::Throttled {
            self.metrics.cloud_throttled(operation);
        }
    }
}

impl Drop for Unanswered<'_> {
    fn drop(&mut self) {
        if let Some(measured) = self.0.take() {
            measured.count(("abandoned".to_owned(), ErrorKind::Transient));
        }
    }
}

fn own_code(error: &TransportError) -> &'static str {
    match error {
        TransportError::Connect(_) | TransportError::UnknownHost(_) => "connect",
        TransportError::Timeout(_) => "timeout",
        TransportError::Interrupted(_) => "interrupted",
    }
}

/// The code of an answer. What is in no table is `unknown`: a label must not take whatever a server sends.
fn judge(operation: Option<ApiOperation>, response: &Response<Bytes>) -> (String, ErrorKind) {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Refusal {
        code: Option<String>,
    }
    if response.status() == StatusCode::OK {
        return ("OK".to_owned(), ErrorKind::AlreadyDone);
    }
    let refusal = serde_json::from_slice::<Refusal>(response.body()).ok().and_then(|refusal| refusal.code);
    let known = operation.zip(refusal).map(|(operation, code)| (classify(operation, &code).kind, code));
    match known {
        Some((kind, code)) if kind != ErrorKind::Unknown => (code, kind),
        _ => ("unknown".to_owned(), ErrorKind::Unknown),
    }
}
