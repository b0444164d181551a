//! An upstream on a bare socket, which keeps every byte that it receives.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, broadcast, mpsc};

/// What it answers.
pub(crate) const ANSWER: &str = "HTTP/1.1 201 Created\r\nX-Of-Upstream: yes\r\ndate: Thu, 01 Jan 1970 00:00:00 GMT\r\n\
     content-length: 10\r\n\r\n0123456789";

/// The same as a caller sees it that wants its connection closed.
pub(crate) const ANSWER_SEEN: &str = "HTTP/1.1 201 Created\r\nx-of-upstream: yes\r\ndate: Thu, 01 Jan 1970 00:00:00 GMT\r\n\
     connection: close\r\ncontent-length: 10\r\n\r\n0123456789";

/// How an event stream begins.
const STREAM: &str = "HTTP/1.1 200 OK\r\ndate: Thu, 01 Jan 1970 00:00:00 GMT\r\ntransfer-encoding: chunked\r\n\r\n";

/// What is done after each request.
#[derive(Clone, Debug)]
pub(crate) enum Then {
    /// This, when there is a permit.
    Answer(Vec<u8>),
    /// The lines that come, a chunk each; the end of the channel ends the stream in an orderly way.
    Stream(broadcast::Sender<Option<String>>),
    /// The connection is closed.
    Close,
}

pub(crate) struct Upstream {
    pub(crate) url: String,
    /// A permit for each answer.
    pub(crate) gate: Semaphore,
    received: Mutex<Vec<String>>,
    /// Whenever a connection has been closed by the proxy.
    closed: mpsc::UnboundedSender<()>,
}

impl Upstream {
    pub(crate) async fn answering() -> Arc<Self> {
        Self::start(Then::Answer(ANSWER.into())).await.0
    }

    pub(crate) async fn start(then: Then) -> (Arc<Self>, mpsc::UnboundedReceiver<()>) {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (closed, closings) = mpsc::unbounded_channel();
        let upstream = Arc::new(Self { url, gate: Semaphore::new(1000), received: Mutex::default(), closed });
        let accepting = upstream.clone();
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(accepting.clone().converse(stream, then.clone()));
            }
        });
        (upstream, closings)
    }

    /// Every request so far, as it came.
    pub(crate) fn received(&self) -> Vec<String> {
        self.received.lock().unwrap().clone()
    }

    async fn converse(self: Arc<Self>, mut stream: TcpStream, then: Then) {
        while let Some(request) = read_request(&mut stream).await {
            // Before it is known to have come: nothing is to be missed.
            let lines = if let Then::Stream(lines) = &then { Some(lines.subscribe()) } else { None };
            self.received.lock().unwrap().push(request);
            match (&then, lines) {
                (Then::Answer(answer), _) => {
                    self.gate.acquire().await.unwrap().forget();
                    // A proxy that has gone is what some tests are about.
                    let _ = stream.write_all(answer).await;
                }
                (Then::Stream(_), Some(lines)) => send_lines(&mut stream, lines).await,
                _ => break,
            }
        }
        let _ = self.closed.send(());
    }
}

async fn send_lines(stream: &mut TcpStream, mut lines: broadcast::Receiver<Option<String>>) {
    stream.write_all(STREAM.as_bytes()).await.unwrap();
    loop {
        let mut byte = [0];
        let line = tokio::select! {
            line = lines.recv() => line,
            // Whoever watches says nothing more: it has gone.
            _ = stream.read(&mut byte) => return,
        };
        match line {
            Ok(Some(line)) => stream.write_all(chunk(&line).as_bytes()).await.unwrap(),
            Ok(None) => return stream.write_all(b"0\r\n\r\n").await.unwrap(),
            // The connection breaks in the middle.
            Err(_) => return stream.shutdown().await.unwrap(),
        }
    }
}

pub(crate) fn chunk(text: &str) -> String {
    format!("{:X}\r\n{text}\r\n", text.len())
}

/// Head and body; `None` when the connection is closed instead.
async fn read_request(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    while !is_whole(&bytes) {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    Some(String::from_utf8(bytes).unwrap())
}

fn is_whole(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
    body.len() >= length.unwrap_or(0)
}
