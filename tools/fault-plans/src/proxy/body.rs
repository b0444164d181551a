//! What is written to a caller, and how it ends.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{HeaderValue, Response, header};
use hyper::body::{Body, Frame, SizeHint};
use tokio::sync::mpsc;

use super::answer::Answer;
use super::receipt::Receipt;

/// The connection is to end without more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the connection is cut")]
pub(super) struct Cut;

/// A body on its way to a caller.
#[derive(Debug)]
pub(super) struct CallerBody {
    source: Source,
    /// Tells when all of it has been written; for what is cut nobody wants to know.
    _receipt: Option<Receipt>,
}

#[derive(Debug)]
enum Source {
    Whole(Option<Bytes>),
    Stream(mpsc::Receiver<Result<Bytes, Cut>>),
    /// What was given before must leave the connection's buffer first: an error at once would take it along.
    CutNext(Option<Bytes>),
    Cut,
}

/// All of an answer.
pub(super) fn whole(answer: Answer, receipt: Receipt) -> Response<CallerBody> {
    response(answer, |body| CallerBody { source: Source::Whole(Some(body)), _receipt: Some(receipt) })
}

/// A head that promises everything, half of the body, and then a cut. A body of a single byte has no half: none of it comes.
pub(super) fn half(answer: Answer) -> Response<CallerBody> {
    let length = HeaderValue::from(answer.body.len());
    let first =
        |body: Bytes| CallerBody { source: Source::CutNext(Some(body.slice(..body.len() / 2))), _receipt: None };
    let mut response = response(answer, first);
    response.headers_mut().insert(header::CONTENT_LENGTH, length);
    response
}

/// The head of an answer, and then what comes.
pub(super) fn stream(
    head: Answer,
    chunks: mpsc::Receiver<Result<Bytes, Cut>>,
    receipt: Receipt,
) -> Response<CallerBody> {
    response(head, |_| CallerBody { source: Source::Stream(chunks), _receipt: Some(receipt) })
}

fn response(answer: Answer, body: impl FnOnce(Bytes) -> CallerBody) -> Response<CallerBody> {
    let Answer { status, headers, body: bytes } = answer;
    let mut response = Response::new(body(bytes));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

type Polled = Poll<Option<Result<Frame<Bytes>, Cut>>>;

fn data(bytes: Bytes) -> Polled {
    Poll::Ready(Some(Ok(Frame::data(bytes))))
}

impl Body for CallerBody {
    type Data = Bytes;
    type Error = Cut;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Polled {
        match &mut self.source {
            Source::Whole(left) => left.take().map_or(Poll::Ready(None), data),
            Source::Stream(chunks) => match std::task::ready!(chunks.poll_recv(context)) {
                Some(Ok(bytes)) => data(bytes),
                Some(Err(Cut)) => self.cut_next(context),
                None => Poll::Ready(None),
            },
            Source::CutNext(left) => match left.take() {
                Some(bytes) if !bytes.is_empty() => data(bytes),
                _ => self.cut_next(context),
            },
            Source::Cut => Poll::Ready(Some(Err(Cut))),
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(&self.source, Source::Whole(left) if left.as_ref().is_none_or(Bytes::is_empty))
    }

    fn size_hint(&self) -> SizeHint {
        match &self.source {
            Source::Whole(left) => SizeHint::with_exact(left.as_ref().map_or(0, |bytes| bytes.len() as u64)),
            Source::Stream(_) | Source::CutNext(_) | Source::Cut => SizeHint::default(),
        }
    }
}

impl CallerBody {
    fn cut_next(&mut self, context: &Context<'_>) -> Polled {
        self.source = Source::Cut;
        context.waker().wake_by_ref();
        Poll::Pending
    }
}
