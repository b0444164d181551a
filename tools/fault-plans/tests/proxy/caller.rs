//! A caller on a bare socket.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Longer than anything here takes on a loaded machine; what takes longer has failed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A call with a body, whose caller wants the connection closed after it.
pub(crate) const CALL: &str = "POST /a/b%2Fc?d=e%20f&g HTTP/1.1\r\nHost: cloud.example\r\nx-acs-action: Make\r\n\
     Authorization: signed, Signature=00\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello";

/// The same as the upstream is to see it.
pub(crate) const CALL_SEEN: &str = "POST /a/b%2Fc?d=e%20f&g HTTP/1.1\r\nhost: cloud.example\r\nx-acs-action: Make\r\n\
     authorization: signed, Signature=00\r\ncontent-length: 5\r\n\r\nhello";

pub(crate) struct Caller(TcpStream);

impl Caller {
    /// Connects to `http://host:port` and sends this.
    pub(crate) async fn send(url: &str, bytes: &str) -> Self {
        let mut stream = TcpStream::connect(url.strip_prefix("http://").unwrap()).await.unwrap();
        stream.write_all(bytes.as_bytes()).await.unwrap();
        Self(stream)
    }

    /// Says more on the same connection.
    pub(crate) async fn say(&mut self, bytes: &str) {
        self.0.write_all(bytes.as_bytes()).await.unwrap();
    }

    /// Everything until the connection is closed.
    pub(crate) async fn read_to_end(&mut self) -> String {
        let mut bytes = Vec::new();
        // A reset is an end as well.
        let _ = timeout(PATIENCE, self.0.read_to_end(&mut bytes)).await.unwrap();
        String::from_utf8(bytes).unwrap()
    }

    /// Reads until what has been read ends in `end`, and no further; returns all of it.
    pub(crate) async fn until(&mut self, end: &str) -> String {
        let mut bytes = Vec::new();
        while !bytes.ends_with(end.as_bytes()) {
            // One by one: what comes after is for others to read.
            match timeout(PATIENCE, self.0.read_u8()).await.unwrap() {
                Ok(byte) => bytes.push(byte),
                Err(error) => panic!("{error} after {:?}", String::from_utf8_lossy(&bytes)),
            }
        }
        String::from_utf8(bytes).unwrap()
    }

    /// Asserts that for so long there is nothing to read, not even an end.
    pub(crate) async fn assert_nothing_for(&mut self, time: Duration) {
        let mut byte = [0];
        let read = timeout(time, self.0.read(&mut byte)).await;
        assert!(read.is_err(), "{read:?}: {byte:?}");
    }
}
