//! The caller's end of a call.

use bytes::Bytes;
use http::Response;
use tokio::sync::{mpsc, oneshot};

use super::answer::Answer;
use super::body::{self, CallerBody, Cut};
use super::receipt::Outbox;

/// What a connection waits for; an error cuts it, and so does an answer that will never come.
pub(super) type Awaited = oneshot::Receiver<Result<Response<CallerBody>, Cut>>;

/// Hears of it when the last byte has left; an error if the caller is gone before.
pub(super) type Left = oneshot::Receiver<()>;

/// Where the answer of one call goes. Dropped without one, it cuts the caller's connection.
///
/// Whoever is gone by then gets nothing, and that is no error: it shows in [`Left`].
#[derive(Debug)]
pub(super) struct Reply {
    sender: oneshot::Sender<Result<Response<CallerBody>, Cut>>,
    outbox: Outbox,
}

impl Reply {
    pub(super) fn new(outbox: Outbox) -> (Self, Awaited) {
        let (sender, awaited) = oneshot::channel();
        (Self { sender, outbox }, awaited)
    }

    /// All of an answer.
    pub(super) fn whole(self, answer: Answer) -> Left {
        let (receipt, left) = self.outbox.receipt();
        let _ = self.sender.send(Ok(body::whole(answer, receipt)));
        left
    }

    /// Half of an answer, and a cut.
    pub(super) fn half(self, answer: Answer) {
        let half = if answer.body.is_empty() { Err(Cut) } else { Ok(body::half(answer)) };
        let _ = self.sender.send(half);
    }

    /// The head of an answer. What is sent to the channel follows; when it is closed, the answer ends.
    pub(super) fn stream(self, head: Answer) -> (mpsc::Sender<Result<Bytes, Cut>>, Left) {
        let (receipt, left) = self.outbox.receipt();
        // One, the smallest there is: the caller, not the channel, is to have what was passed on.
        let (chunks, source) = mpsc::channel(1);
        let _ = self.sender.send(Ok(body::stream(head, source, receipt)));
        (chunks, left)
    }

    /// Nothing, until the caller gives up.
    pub(super) async fn silence(mut self) {
        self.sender.closed().await;
    }
}
