//! The transport without a network.

use bytes::Bytes;
use cloud_core::{Transport, TransportError};
use futures::FutureExt;
use futures::future::BoxFuture;
use http::{Request, Response};

use crate::answer::Answer;
use crate::simulator::Simulator;

/// Carries requests straight into the simulator. What would break on a socket comes back as the error that a client would
/// see.
impl Transport for Simulator {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>> {
        async move {
            match self.answer(request).await {
                Answer::Response(response) => Ok(response),
                Answer::Truncated(..) => Err(TransportError::Interrupted("the body ended early".to_owned())),
                Answer::Cut => Err(TransportError::Interrupted("the connection was closed".to_owned())),
                Answer::TimedOut => Err(TransportError::Timeout("no answer came".to_owned())),
            }
        }
        .boxed()
    }
}
