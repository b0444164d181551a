//! One listener of probes or metrics. Whoever connects and says nothing takes nobody's place.
//!
//! Each connection serves one request and is closed; it ends within a deadline, whatever its caller does. There are no more than so many
//! at a time: a newer one takes the place of the oldest, which by then is idle, because an answer takes milliseconds.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::net::TcpListener;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio::task::AbortHandle;
use tokio::time::{sleep, timeout};
use tracing::error;

use super::routes::Routes;

/// Connections at a time and listener. A kubelet and two scrapers need three; 64 cost well under a megabyte.
const MOST: usize = 64;

/// From the first byte to the last: a kubelet waits for a second by default, a scraper for ten.
const DEADLINE: Duration = Duration::from_secs(15);

/// For the request. It is a line or two.
const HEAD: Duration = Duration::from_secs(5);

/// After a failure to accept, such as a lack of descriptors, which passes.
const ACCEPT_AGAIN: Duration = Duration::from_millis(100);

/// Serves until the process ends.
pub(super) async fn serve(listener: &TcpListener, routes: Routes) {
    let cloned = listener.try_clone().and_then(tokio::net::TcpListener::from_std);
    let listener = match cloned {
        Ok(listener) => listener,
        Err(error) => return error!(%error, "failed to serve probes and metrics"),
    };
    let mut open = Open::default();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => open.add(stream, routes.clone()),
            Err(_) => sleep(ACCEPT_AGAIN).await,
        }
    }
}

/// The connections, the oldest first.
#[derive(Debug, Default)]
struct Open(VecDeque<AbortHandle>);

impl Open {
    fn add(&mut self, stream: TcpStream, routes: Routes) {
        self.0.retain(|connection| !connection.is_finished());
        if self.0.len() >= MOST
            && let Some(oldest) = self.0.pop_front()
        {
            oldest.abort();
        }
        // A panic ends this connection and no other.
        self.0.push_back(tokio::spawn(converse(stream, routes)).abort_handle());
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.iter().for_each(AbortHandle::abort);
    }
}

async fn converse(stream: TcpStream, routes: Routes) {
    let service = service_fn(|request: hyper::Request<hyper::body::Incoming>| {
        let answer = routes.answer(request.method(), request.uri().path());
        std::future::ready(Ok::<_, Infallible>(answer))
    });
    let connection = http1::Builder::new()
        .keep_alive(false)
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .serve_connection(TokioIo::new(stream), service);
    // What ends a connection early is the caller's doing.
    let _ = timeout(DEADLINE, connection).await;
}
