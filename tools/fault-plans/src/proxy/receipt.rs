//! How one learns that an answer has been written to its end.
//!
//! A body that has been read to its end is still in the connection's buffer. It has left when the connection flushes its socket
//! for the first time after that.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::oneshot;

/// What a body carries along. When the body is done with, the next flush of its connection sends the word.
#[derive(Debug)]
pub(super) struct Receipt {
    word: Option<oneshot::Sender<()>>,
    outbox: Outbox,
}

/// Words to be sent when the connection has flushed. One per connection.
#[derive(Clone, Debug, Default)]
pub(super) struct Outbox(Arc<Mutex<Vec<oneshot::Sender<()>>>>);

impl Outbox {
    /// A receipt, and what hears of it: an error if the connection ends before.
    pub(super) fn receipt(&self) -> (Receipt, oneshot::Receiver<()>) {
        let (word, heard) = oneshot::channel();
        (Receipt { word: Some(word), outbox: self.clone() }, heard)
    }

    fn put(&self, word: oneshot::Sender<()>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(word);
    }

    fn send_all(&self) {
        let words = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        for word in words {
            // Whoever does not listen does not want to know.
            let _ = word.send(());
        }
    }
}

impl Drop for Receipt {
    fn drop(&mut self) {
        self.word.take().into_iter().for_each(|word| self.outbox.put(word));
    }
}

/// A caller's socket, which sends what is in the outbox when it is flushed.
#[derive(Debug)]
pub(super) struct Socket {
    io: TokioIo<TcpStream>,
    outbox: Outbox,
}

impl Socket {
    pub(super) fn new(stream: TcpStream, outbox: Outbox) -> Self {
        Self { io: TokioIo::new(stream), outbox }
    }
}

impl Read for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.io).poll_read(context, buffer)
    }
}

impl Write for Socket {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        std::task::ready!(Pin::new(&mut self.io).poll_flush(context))?;
        self.outbox.send_all();
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(context)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[std::io::IoSlice<'_>],
    ) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.io).poll_write_vectored(context, slices)
    }
}
