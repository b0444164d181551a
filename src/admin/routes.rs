//! `/healthz`, `/readyz` and `/metrics`.

use std::net::TcpListener;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tracing::error;

use super::Health;
use super::health::Verdict;
use crate::metrics::Metrics;

/// What a scraper must be told to read exemplars, units and `_total` as they are meant.
pub(super) const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Serves both until the process ends.
pub(super) async fn serve(probes: TcpListener, scrapes: TcpListener, health: Arc<Health>, metrics: Metrics) {
    tokio::join!(listen(probes, health_routes(health)), listen(scrapes, metrics_routes(metrics)));
}

async fn listen(listener: TcpListener, routes: Router) {
    let served = match tokio::net::TcpListener::from_std(listener) {
        Ok(listener) => axum::serve(listener, routes).await,
        Err(error) => Err(error),
    };
    if let Err(error) = served {
        error!(%error, "failed to serve probes and metrics");
    }
}

fn health_routes(health: Arc<Health>) -> Router {
    Router::new()
        .route("/healthz", get(async |State(health): State<Arc<Health>>| answer(&health.liveness())))
        .route("/readyz", get(async |State(health): State<Arc<Health>>| answer(&health.readiness())))
        .with_state(health)
}

fn metrics_routes(metrics: Metrics) -> Router {
    Router::new().route("/metrics", get(async |State(metrics): State<Metrics>| scrape(&metrics))).with_state(metrics)
}

fn answer(verdict: &Verdict) -> (StatusCode, String) {
    let status = if verdict.is_good() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, verdict.to_string())
}

fn scrape(metrics: &Metrics) -> Response {
    match metrics.encode() {
        Ok(text) => ([(header::CONTENT_TYPE, OPEN_METRICS)], text).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
