//! The few requests that we send ourselves, as admin.

use std::time::Duration;

use reqwest::{Certificate, Identity, Method, StatusCode};
use serde_json::Value;

use crate::certificates::Credential;

/// A request to the API server failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RequestError {
    /// The HTTP client could not be set up from our certificates.
    #[error("failed to set up the HTTP client")]
    SetUp(#[source] reqwest::Error),
    /// No answer came.
    #[error("failed to send {request}")]
    Send {
        /// Method and path.
        request: String,
        /// Why.
        source: reqwest::Error,
    },
    /// The answer was a refusal.
    #[error("failed to {request}: the API server answered {status}: {message}")]
    Refused {
        /// Method and path.
        request: String,
        /// The HTTP status code.
        status: u16,
        /// The `message` of the `Status` object in the answer.
        message: String,
    },
    /// The answer did not hold what it should.
    #[error("failed to find {field} in the answer to {request}")]
    Field {
        /// Method and path.
        request: String,
        /// A JSON pointer.
        field: &'static str,
    },
}

/// An HTTP client with an admin's certificate.
///
/// It keeps no connection open: a connection lives on the runtime that opened it, and the tests that share a control plane
/// each have a runtime of their own.
#[derive(Clone, Debug)]
pub(crate) struct AdminClient {
    http: reqwest::Client,
    server_url: String,
}

impl AdminClient {
    pub(crate) fn new(server_url: &str, ca_pem: &str, admin: &Credential) -> Result<Self, RequestError> {
        // Refused when the process has a provider already, which then serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let identity = format!("{}{}", admin.key_pem, admin.public_pem);
        let http = reqwest::Client::builder()
            .no_proxy()
            .tls_certs_only([Certificate::from_pem(ca_pem.as_bytes()).map_err(RequestError::SetUp)?])
            .identity(Identity::from_pem(identity.as_bytes()).map_err(RequestError::SetUp)?)
            .pool_max_idle_per_host(0)
            // A namespace is made in milliseconds; only a machine that is busy beyond use takes longer.
            .timeout(Duration::from_secs(30))
            .build()
            .map_err(RequestError::SetUp)?;
        Ok(Self { http, server_url: server_url.to_owned() })
    }

    /// Whether the API server says that it is ready; "no" as well when it does not answer within a second.
    pub(crate) async fn is_ready(&self) -> bool {
        let request = self.http.get(format!("{}/readyz", self.server_url)).timeout(Duration::from_secs(1));
        request.send().await.is_ok_and(|answer| answer.status() == StatusCode::OK)
    }

    /// Posts `body` and returns the string at `field`, a JSON pointer, of the answer.
    pub(crate) async fn post(&self, path: &str, body: &Value, field: &'static str) -> Result<String, RequestError> {
        let request = format!("POST {path}");
        let sent = |source| RequestError::Send { request: request.clone(), source };
        let answer = self
            .http
            .request(Method::POST, format!("{}{path}", self.server_url))
            .header("content-type", "application/json")
            .body(body.to_string())
            .send()
            .await
            .map_err(sent)?;
        let status = answer.status();
        let body: Value = serde_json::from_slice(&answer.bytes().await.map_err(sent)?).unwrap_or_default();
        let text = |pointer: &str| body.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
        if !status.is_success() {
            let message = text("/message").unwrap_or_default();
            return Err(RequestError::Refused { request, status: status.as_u16(), message });
        }
        text(field).ok_or(RequestError::Field { request, field })
    }
}
