//! What the operator reaches the outside by, and decides with.

use std::fmt;
use std::sync::Arc;

use cloud_core::{CredentialContext, CredentialSource, Environment, Guard, HttpTransport, Transport};
use kube::Client;

use super::RunError;
use super::fenced_cloud::FencedTransport;
use crate::cloud::{self, credentials};
use crate::fence::Fence;
use crate::kubernetes::client::connect;
use crate::kubernetes::fenced::fenced;
use crate::settings::Settings;
use crate::vpc_endpoint_service::steps::{Decisions, Steps};

/// One of each, shared by everything in the process.
pub struct Doors {
    /// Carries every request to the API server.
    pub api_server: Client,
    /// Carries every request to the cloud but those of the credentials: one pool of connections.
    pub cloud: Arc<dyn Transport>,
    /// The credentials that those requests are signed with.
    pub credentials: Arc<dyn CredentialSource>,
    pub steps: Arc<dyn Steps>,
    /// Closed until this process leads; always open where it runs alone.
    pub fence: Fence,
}

impl Doors {
    /// The real ones. Sends nothing yet.
    pub async fn open(settings: &Settings) -> Result<Self, RunError> {
        let fence = if settings.leader_election.is_some() { Fence::closed() } else { Fence::open() };
        let cloud = Arc::new(HttpTransport::guarded(guard(&fence)).map_err(RunError::BuildTransport)?);
        // Who waits for the lead needs credentials, too.
        let issuers = Arc::new(HttpTransport::new().map_err(RunError::BuildTransport)?);
        let direct = Arc::new(HttpTransport::direct().map_err(RunError::BuildTransport)?);
        let context = CredentialContext::new(Environment::from_process(), issuers, direct);
        Ok(Self {
            api_server: connect(&settings.proxies).await.map_err(RunError::Connect)?,
            credentials: credentials::source(&settings.cloud, &context),
            cloud,
            steps: Arc::new(Decisions),
            fence,
        })
    }

    /// The same doors with the fence before them: reads pass always, writes only while it is open.
    pub(super) fn behind_fence(self) -> Self {
        Self {
            api_server: fenced(&self.api_server, self.fence.clone()),
            cloud: Arc::new(FencedTransport::new(self.cloud, self.fence.clone(), cloud::operation)),
            ..self
        }
    }
}

/// Where a connection took its time to come about, the fence is asked once more.
fn guard(fence: &Fence) -> Guard {
    let fence = fence.clone();
    Arc::new(move || fence.pass().map_err(|fenced| fenced.to_string()))
}

impl fmt::Debug for Doors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { api_server: _, cloud, credentials, steps, fence: _ } = self;
        let mut fields = f.debug_struct("Doors");
        fields.field("cloud", cloud).field("credentials", credentials).field("steps", steps).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::future;

    use axum::body::Bytes;
    use axum::http::{Request, Response};
    use cloud_core::{EnvironmentCredentials, TransportError};
    use futures::future::BoxFuture;
    use kube::client::Body;

    use super::*;

    /// A cloud that answers everything.
    #[derive(Debug)]
    struct Cloud;

    impl Transport for Cloud {
        fn send(&self, _: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>> {
            Box::pin(future::ready(Ok(Response::new(Bytes::new()))))
        }
    }

    /// An API server that answers everything.
    #[derive(Clone)]
    struct Server;

    impl tower_service::Service<Request<Body>> for Server {
        type Response = Response<Body>;
        type Error = Infallible;
        type Future = future::Ready<Result<Response<Body>, Infallible>>;

        fn poll_ready(&mut self, _: &mut std::task::Context<'_>) -> std::task::Poll<Result<(), Infallible>> {
            std::task::Poll::Ready(Ok(()))
        }

        fn call(&mut self, _: Request<Body>) -> Self::Future {
            future::ready(Ok(Response::new(Body::empty())))
        }
    }

    /// Whether a write to the API server passes, and one to the cloud.
    async fn pass(fence: Fence) -> (bool, bool) {
        let doors = Doors {
            api_server: Client::new(Server, "team"),
            cloud: Arc::new(Cloud),
            credentials: Arc::new(EnvironmentCredentials::from_lookup(|_| None)),
            steps: Arc::new(Decisions),
            fence,
        };
        let doors = doors.behind_fence();
        let patch = Request::patch("/api").body(Body::empty()).unwrap();
        let create = Request::post("/").header("x-acs-action", "CreateVpcEndpointService").body(Bytes::new()).unwrap();
        (doors.api_server.send(patch).await.is_ok(), doors.cloud.send(create).await.is_ok())
    }

    #[tokio::test]
    async fn the_fence_is_before_both_sides() {
        assert_eq!(pass(Fence::closed()).await, (false, false));
        assert_eq!(pass(Fence::open()).await, (true, true));
    }

    #[test]
    fn the_guard_of_new_connections_is_the_fence() {
        let fence = Fence::closed();
        let guard = guard(&fence);
        assert_eq!(
            guard(),
            Err("not sent: this process does not lead, or it could not renew its lease in time".to_owned())
        );
        fence.open_until(tokio::time::Instant::now() + std::time::Duration::from_mins(1));
        assert_eq!(guard(), Ok(()));
    }
}
