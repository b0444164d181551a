//! `/healthz`, `/readyz` and `/metrics`.

use std::sync::Arc;

use axum::body::Bytes;
use axum::http::{HeaderValue, Method, Response, StatusCode, header};
use http_body_util::Full;

use super::Health;
use super::health::Verdict;
use crate::metrics::Metrics;

/// What a scraper must be told to read exemplars, units and `_total` as they are meant.
pub(super) const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

const PLAIN: &str = "text/plain; charset=utf-8";

/// What is served at one address.
#[derive(Clone, Debug)]
pub(super) enum Routes {
    Probes(Arc<Health>),
    Metrics(Metrics),
}

impl Routes {
    pub(super) fn answer(&self, method: &Method, path: &str) -> Response<Full<Bytes>> {
        if method != Method::GET && method != Method::HEAD {
            return response(StatusCode::METHOD_NOT_ALLOWED, PLAIN, String::new());
        }
        match (self, path) {
            (Self::Probes(health), "/healthz") => probe(&health.liveness()),
            (Self::Probes(health), "/readyz") => probe(&health.readiness()),
            (Self::Metrics(metrics), "/metrics") => match metrics.encode() {
                Ok(text) => response(StatusCode::OK, OPEN_METRICS, text),
                Err(_) => response(StatusCode::INTERNAL_SERVER_ERROR, PLAIN, String::new()),
            },
            _ => response(StatusCode::NOT_FOUND, PLAIN, String::new()),
        }
    }
}

fn probe(verdict: &Verdict) -> Response<Full<Bytes>> {
    let status = if verdict.is_good() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    response(status, PLAIN, verdict.to_string())
}

fn response(status: StatusCode, kind: &'static str, text: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(text.into()));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}
