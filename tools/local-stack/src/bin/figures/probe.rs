//! Asks the operator whether it is ready, as the kubelet does.

use std::time::{Duration, Instant};

use bytes::Bytes;
use cloud_core::{HttpTransport, Transport as _};
use http::{Request, StatusCode};

use crate::Outcome;

/// Between two looks: short against the start, which takes some 100 ms.
const POLL: Duration = Duration::from_millis(2);

/// Far more than a start takes.
const PATIENCE: Duration = Duration::from_secs(30);

/// Waits until `/readyz` at this URL answers 200.
pub(crate) async fn until_ready(health_url: &str) -> Outcome<()> {
    let transport = HttpTransport::new()?;
    let begin = Instant::now();
    while begin.elapsed() < PATIENCE {
        let request = Request::get(format!("{health_url}/readyz")).body(Bytes::new())?;
        if transport.send(request).await.is_ok_and(|answer| answer.status() == StatusCode::OK) {
            return Ok(());
        }
        tokio::time::sleep(POLL).await;
    }
    Err(format!("the operator was not ready after {} s", PATIENCE.as_secs()).into())
}
