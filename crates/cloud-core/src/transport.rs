//! The way to the network: one request out, one answer in.

mod guard;
mod over_http;

use std::fmt::Debug;

use bytes::Bytes;
use futures::future::BoxFuture;
use http::{Request, Response};

pub use guard::Guard;
pub use over_http::{BuildTransportError, HttpTransport};

/// Carries one request and brings back its answer.
///
/// It must not repeat a request, follow a redirect or change a header: each request is signed for one use. A whole answer
/// is an `Ok`, whatever its status says. It need not keep a deadline of its own; dropping the future abandons the request.
pub trait Transport: Send + Sync + Debug {
    /// Sends one request. The URI is absolute and its query must reach the server as it is.
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>>;
}

/// Why there is no answer. The texts never hold a header value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// No connection: the server certainly has not seen the request.
    #[error("failed to connect: {0}")]
    Connect(String),
    /// The name service knows no host of that name: the server certainly has not seen the request.
    #[error("failed to find the host: {0}")]
    UnknownHost(String),
    /// The time for an answer ran out; the server may have acted.
    #[error("failed to get an answer in time: {0}")]
    Timeout(String),
    /// The request was sent, the answer got lost or was cut; the server may have acted.
    #[error("failed to read the answer: {0}")]
    Interrupted(String),
}
