//! The listener, and the connections of the callers.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::body::{CallerBody, Cut};
use super::journal::{Journal, NewCall};
use super::kind;
use super::receipt::{Outbox, Socket};
use super::reply::Reply;
use super::route::{Exchange, Route};

/// After a failure to accept: a lack of descriptors would otherwise be asked about without end.
const ACCEPT_AGAIN: Duration = Duration::from_millis(10);

/// Accepts until it is cancelled; so does everything that it begins.
pub(super) async fn accept(listener: TcpListener, route: Arc<Route>, running: CancellationToken) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                let connection = converse(stream, route.clone(), running.clone());
                tokio::spawn(running.clone().run_until_cancelled_owned(connection));
            }
            // The caller's failure, or a lack of descriptors, which passes.
            Err(_) => sleep(ACCEPT_AGAIN).await,
        }
    }
}

async fn converse(stream: TcpStream, route: Arc<Route>, running: CancellationToken) {
    // Answers are small and complete, events must not wait: collecting more to send helps nobody.
    let _ = stream.set_nodelay(true);
    let outbox = Outbox::default();
    let socket = Socket::new(stream, outbox.clone());
    let service = service_fn(move |request| call(request, route.clone(), outbox.clone(), running.clone()));
    // What ends a connection early is a verdict or the caller's own doing.
    let _ = http1::Builder::new().serve_connection(socket, service).await;
}

/// Reads the call, has it dealt with, and waits for what its caller is to get. Dropped when the caller goes; the call goes on.
async fn call(
    request: Request<Incoming>,
    route: Arc<Route>,
    outbox: Outbox,
    running: CancellationToken,
) -> Result<Response<CallerBody>, Cut> {
    let (head, body) = request.into_parts();
    let body: Bytes = body.collect().await.map_err(|_| Cut)?.to_bytes();
    let side = route.upstream.side();
    let described = kind::describe(side, &head, &body);
    let arrival = route.journal.arrival(NewCall { side, described, head: &head, body });
    let mut waiting = Waiting { journal: route.journal.clone(), number: Some(arrival.number) };
    let (reply, awaited) = Reply::new(outbox);
    tokio::spawn(running.run_until_cancelled_owned(Exchange { route, arrival, head }.run(reply)));
    let answer = awaited.await;
    waiting.number = None;
    answer.unwrap_or(Err(Cut))
}

/// A caller that waits for its answer; dropped before, it has gone.
struct Waiting {
    journal: Arc<Journal>,
    number: Option<usize>,
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if let Some(number) = self.number {
            self.journal.caller_gone(number);
        }
    }
}
