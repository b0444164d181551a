//! The way to the cloud, with the fence in it.

use std::sync::Arc;

use axum::body::Bytes;
use axum::http::{Request, Response};
use cloud_core::{ApiOperation, Transport, TransportError};
use futures::future::BoxFuture;

use crate::fence::Fence;

/// A transport that sends what changes something only while the fence is open. What it does not send fails as where no connection comes about: the
/// server certainly has not seen it, and it may be tried again.
#[derive(Clone, Debug)]
pub(super) struct FencedTransport {
    inner: Arc<dyn Transport>,
    fence: Fence,
    operation: fn(&str) -> Option<ApiOperation>,
}

impl FencedTransport {
    /// `operation` finds the operation of a name; any other counts as one that changes something.
    pub(super) fn new(inner: Arc<dyn Transport>, fence: Fence, operation: fn(&str) -> Option<ApiOperation>) -> Self {
        Self { inner, fence, operation }
    }

    fn only_reads(&self, request: &Request<Bytes>) -> bool {
        let name = request.headers().get("x-acs-action").and_then(|name| name.to_str().ok());
        name.and_then(self.operation).is_some_and(|operation| !operation.mutates())
    }
}

impl Transport for FencedTransport {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>> {
        if self.only_reads(&request) {
            return self.inner.send(request);
        }
        Box::pin(async move {
            match self.fence.pass() {
                Ok(()) => self.inner.send(request).await,
                Err(fenced) => Err(TransportError::Connect(fenced.to_string())),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::time::Duration;

    use futures::future;
    use tokio::time::Instant;

    use super::*;
    use crate::cloud;

    /// Notes the operation of every request.
    #[derive(Debug, Default)]
    struct Cloud(Mutex<Vec<String>>);

    impl Transport for Cloud {
        fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>> {
            self.0.lock().unwrap().push(request.headers()["x-acs-action"].to_str().unwrap().to_owned());
            Box::pin(future::ready(Ok(Response::new(Bytes::new()))))
        }
    }

    fn request(operation: &str) -> Request<Bytes> {
        Request::builder().header("x-acs-action", operation).body(Bytes::new()).unwrap()
    }

    #[tokio::test]
    async fn reads_pass_always_and_writes_only_while_the_fence_is_open() {
        let (cloud, fence) = (Arc::<Cloud>::default(), Fence::closed());
        let transport = FencedTransport::new(Arc::<Cloud>::clone(&cloud), fence.clone(), cloud::operation);
        transport.send(request("ListVpcEndpointServices")).await.unwrap();
        for write in ["CreateVpcEndpointService", "NoSuchOperation"] {
            let refused = transport.send(request(write)).await.unwrap_err();
            assert!(matches!(&refused, TransportError::Connect(cause) if cause.starts_with("not sent: ")), "{refused}");
        }
        assert_eq!(*cloud.0.lock().unwrap(), ["ListVpcEndpointServices"]);
        fence.open_until(Instant::now() + Duration::from_mins(1));
        let sending = transport.send(request("DeleteVpcEndpointService"));
        // What counts is the moment of sending, not the one at which somebody wanted to send.
        fence.close();
        assert!(sending.await.is_err());
        fence.open_until(Instant::now() + Duration::from_mins(1));
        transport.send(request("DeleteVpcEndpointService")).await.unwrap();
        assert_eq!(*cloud.0.lock().unwrap(), ["ListVpcEndpointServices", "DeleteVpcEndpointService"]);
    }
}
