//! Connections that nobody may use any more by the time they are there.

use std::error::Error as StdError;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures::future::BoxFuture;
use tower_layer::Layer;
use tower_service::Service;

type BoxError = Box<dyn StdError + Send + Sync>;

/// Says why nothing may be sent at this moment; `Ok`: it may.
pub type Guard = Arc<dyn Fn() -> Result<(), String> + Send + Sync>;

/// Puts a guard behind the making of each connection.
#[derive(Clone)]
pub(super) struct GuardLayer(pub(super) Guard);

#[derive(Clone)]
pub(super) struct Guarded<S> {
    inner: S,
    guard: Guard,
}

impl<S> Layer<S> for GuardLayer {
    type Service = Guarded<S>;

    fn layer(&self, inner: S) -> Guarded<S> {
        Guarded { inner, guard: Arc::clone(&self.0) }
    }
}

impl<S, R> Service<R> for Guarded<S>
where
    S: Service<R, Error = BoxError>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<S::Response, BoxError>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: R) -> Self::Future {
        let (connecting, guard) = (self.inner.call(request), Arc::clone(&self.guard));
        Box::pin(async move {
            let connection = connecting.await?;
            guard()?;
            Ok(connection)
        })
    }
}
