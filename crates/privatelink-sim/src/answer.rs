//! What comes back for a request, on a socket or in process.

use bytes::Bytes;
use http::Response;

/// An answer, or the way in which it gets lost.
#[derive(Debug)]
pub enum Answer {
    /// A whole answer.
    Response(Response<Bytes>),
    /// The head promises the whole body, the connection ends after so many bytes of it.
    Truncated(Response<Bytes>, usize),
    /// The connection ends without a byte.
    Cut,
    /// Nothing came for as long as the fault asked; then the connection ends without a byte.
    TimedOut,
}

impl Answer {
    /// The whole answer, if there is one.
    pub fn response(self) -> Option<Response<Bytes>> {
        match self {
            Self::Response(response) => Some(response),
            Self::Truncated(..) | Self::Cut | Self::TimedOut => None,
        }
    }
}
