//! Counts what goes to the API server, under the names of client-go.

use std::error::Error;
use std::task::{Context, Poll};

use axum::http::{Method, Request, Response, StatusCode};
use futures::future::BoxFuture;
use kube::Client;
use kube::client::Body;
use tokio::time::Instant;
use tower_service::Service;

use super::Metrics;
use super::labels::{ByRestRequest, ByVerb};

/// The code of a request without an answer, as client-go calls it: no connection, or given up.
const NO_ANSWER: &str = "<error>";

impl Metrics {
    /// The client, with every request counted by method and code, and timed up to the head of its answer.
    pub fn api_server(&self, client: Client) -> Client {
        let namespace = client.default_namespace().to_owned();
        Client::new(MeteredClient { client, metrics: self.clone() }, namespace)
    }
}

#[derive(Clone)]
struct MeteredClient {
    client: Client,
    metrics: Metrics,
}

impl Service<Request<Body>> for MeteredClient {
    type Response = Response<Body>;
    type Error = Box<dyn Error + Send + Sync>;
    type Future = BoxFuture<'static, Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let client = self.client.clone();
        let mut sent = Sent::new(&self.metrics, request.method());
        Box::pin(async move {
            let answer = client.send(request).await?;
            sent.answered(answer.status());
            Ok(answer)
        })
    }
}

/// A request under way; counted when it is dropped, so that one that is given up counts as well.
struct Sent {
    metrics: Metrics,
    method: &'static str,
    began: Instant,
    code: String,
}

impl Sent {
    fn new(metrics: &Metrics, method: &Method) -> Self {
        Self { metrics: metrics.clone(), method: known(method), began: Instant::now(), code: NO_ANSWER.to_owned() }
    }

    fn answered(&mut self, status: StatusCode) {
        status.as_str().clone_into(&mut self.code);
    }
}

impl Drop for Sent {
    fn drop(&mut self) {
        let counters = &self.metrics.0;
        let request = ByRestRequest { code: std::mem::take(&mut self.code), method: self.method };
        counters.rest_requests.get_or_create(&request).inc();
        let verb = ByVerb { verb: self.method };
        counters.rest_request_time.get_or_create(&verb).observe(self.began.elapsed().as_secs_f64());
    }
}

/// The methods that the API server knows.
fn known(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        _ => "other",
    }
}
