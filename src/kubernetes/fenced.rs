//! A client whose writes pass the fence.

use std::error::Error;
use std::task::{Context, Poll};

use axum::http::{Method, Request, Response};
use futures::future::BoxFuture;
use kube::Client;
use kube::client::Body;
use tower_service::Service;

use crate::fence::Fence;

/// The same client, but that requests which change something are sent only while the fence is open. A refused one fails as if the API server
/// could not be reached.
pub fn fenced(server: &Client, fence: Fence) -> Client {
    let namespace = server.default_namespace().to_owned();
    Client::new(Door { server: server.clone(), fence }, namespace)
}

#[derive(Clone)]
struct Door {
    server: Client,
    fence: Fence,
}

impl Service<Request<Body>> for Door {
    type Response = Response<Body>;
    type Error = Box<dyn Error + Send + Sync>;
    type Future = BoxFuture<'static, Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let door = self.clone();
        Box::pin(async move {
            if !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
                door.fence.pass()?;
            }
            Ok(door.server.send(request).await?)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::future;
    use std::sync::{Arc, Mutex};

    use super::*;

    /// Notes the method of every request.
    #[derive(Clone, Default)]
    struct Server(Arc<Mutex<Vec<Method>>>);

    impl Service<Request<Body>> for Server {
        type Response = Response<Body>;
        type Error = Infallible;
        type Future = future::Ready<Result<Response<Body>, Infallible>>;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
            Poll::Ready(Ok(()))
        }

        fn call(&mut self, request: Request<Body>) -> Self::Future {
            self.0.lock().unwrap().push(request.method().clone());
            future::ready(Ok(Response::new(Body::empty())))
        }
    }

    fn request(method: &Method) -> Request<Body> {
        Request::builder().method(method).uri("/api").body(Body::empty()).unwrap()
    }

    #[tokio::test]
    async fn reads_pass_always_and_writes_only_while_the_fence_is_open() {
        let (server, fence) = (Server::default(), Fence::closed());
        let client = fenced(&Client::new(server.clone(), "team"), fence.clone());
        assert_eq!(client.default_namespace(), "team");
        client.send(request(&Method::GET)).await.unwrap();
        for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            let refused = client.send(request(&method)).await.unwrap_err().to_string();
            assert!(refused.contains("not sent: this process does not lead"), "{refused}");
        }
        assert_eq!(*server.0.lock().unwrap(), [Method::GET]);
        fence.open_until(tokio::time::Instant::now() + std::time::Duration::from_mins(1));
        client.send(request(&Method::PATCH)).await.unwrap();
        assert_eq!(*server.0.lock().unwrap(), [Method::GET, Method::PATCH]);
    }
}
