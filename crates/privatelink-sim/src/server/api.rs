//! The simulated API on a socket, where a cut connection is really cut.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{HeaderValue, Request, Response, header};
use http_body_util::{BodyExt, Limited};
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::until;
use crate::answer::Answer;
use crate::simulator::Simulator;
use crate::wire::request::LARGEST_BODY;

/// What is larger than a request may be is still read, up to here, so that its sender comes to reading the refusal. Beyond
/// it the connection ends.
const MOST_READ: usize = 64 * 1024 * 1024;
/// How long a client may take for its head, and again for its body: as long as other servers grant by default.
const SLOWEST: Duration = Duration::from_secs(30);

/// Accepts until stopped, then waits for the connections.
pub(super) async fn run(listener: TcpListener, simulator: Simulator, stopped: watch::Receiver<()>) {
    let mut connections = JoinSet::new();
    let stop = until(stopped.clone());
    tokio::pin!(stop);
    loop {
        tokio::select! {
            () = &mut stop => break,
            // A failure to accept is the peer's, or passes.
            accepted = listener.accept() => if let Ok((stream, _)) = accepted {
                connections.spawn(converse(stream, simulator.clone(), stopped.clone()));
            },
            Some(_) = connections.join_next() => {}
        }
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

async fn converse(stream: TcpStream, simulator: Simulator, stopped: watch::Receiver<()>) {
    // Answers are small and complete: waiting for more to send helps nobody.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| exchange(request, simulator.clone()));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(SLOWEST)
        // Who has said everything and only listens still gets an answer.
        .half_close(true)
        .serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    // What ends a connection early is a fault on order or the client's own doing.
    tokio::select! {
        _ = connection.as_mut() => {}
        () = until(stopped) => {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    }
}

/// The connection is to end without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the connection is cut")]
struct Cut;

async fn exchange(request: Request<Incoming>, simulator: Simulator) -> Result<Response<Answered>, Cut> {
    let (head, body) = request.into_parts();
    let body = tokio::time::timeout(SLOWEST, receive(body)).await.map_err(|_| Cut)??;
    match simulator.answer(Request::from_parts(head, body)).await {
        Answer::Response(response) => Ok(response.map(Answered::whole)),
        Answer::Truncated(response, bytes) => Ok(truncated(response, bytes)),
        Answer::Cut | Answer::TimedOut => Err(Cut),
    }
}

/// The body, or the beginning of one that is too large: as much of it as shows that.
async fn receive(body: Incoming) -> Result<Bytes, Cut> {
    let mut body = Limited::new(body, MOST_READ);
    let mut received = BytesMut::new();
    while let Some(frame) = body.frame().await {
        if let Ok(data) = frame.map_err(|_| Cut)?.into_data() {
            let left = (LARGEST_BODY + 1).saturating_sub(received.len());
            received.extend_from_slice(&data[..data.len().min(left)]);
        }
    }
    Ok(received.freeze())
}

/// The head promises everything, the body stops before.
fn truncated(mut response: Response<Bytes>, bytes: usize) -> Response<Answered> {
    let length = HeaderValue::from(response.body().len());
    response.headers_mut().insert(header::CONTENT_LENGTH, length);
    response.map(|body| Answered::beginning(body.slice(..bytes.min(body.len().saturating_sub(1)))))
}

/// A body that is given at once and may end in a cut.
#[derive(Debug)]
struct Answered {
    left: Option<Bytes>,
    end: End,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Orderly,
    /// A cut to come, once what was written has left.
    Pause,
    Cut,
}

impl Answered {
    fn whole(body: Bytes) -> Self {
        Self { left: Some(body), end: End::Orderly }
    }

    fn beginning(body: Bytes) -> Self {
        Self { left: Some(body), end: End::Pause }
    }
}

impl Body for Answered {
    type Data = Bytes;
    type Error = Cut;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Cut>>> {
        match (self.left.take(), self.end) {
            (Some(bytes), _) if !bytes.is_empty() => Poll::Ready(Some(Ok(Frame::data(bytes)))),
            (_, End::Orderly) => Poll::Ready(None),
            (_, End::Pause) => {
                // An error at once would take the bytes along that are still in the connection's buffer.
                self.end = End::Cut;
                context.waker().wake_by_ref();
                Poll::Pending
            }
            (_, End::Cut) => Poll::Ready(Some(Err(Cut))),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match (&self.left, self.end) {
            (Some(bytes), End::Orderly) => SizeHint::with_exact(bytes.len() as u64),
            (None, End::Orderly) => SizeHint::with_exact(0),
            (_, End::Pause | End::Cut) => SizeHint::default(),
        }
    }
}
