//! Objects that exist no more, on the word of the API server itself: never of a copy from the watch.

use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

use jiff::Timestamp;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::{Api, Client};

use super::repeat::call;
use super::{Kind, KubernetesError};
use crate::identity::ObjectId;

/// What the API server says of an object that is taken to be gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Departure {
    /// No object of the kind has its name, and the kind is there since then.
    Gone { kind_since: Timestamp },
    /// An object has its name: itself, or a successor.
    NameTaken,
    /// The kind itself is being deleted, or is not known: with it objects go whose services are to stay.
    KindGoes,
}

/// Asks the API server about objects of one kind.
pub struct Departures<K> {
    client: Client,
    deadline: Duration,
    kind: PhantomData<fn() -> K>,
}

impl<K: Kind> Departures<K> {
    /// Every call ends within the deadline.
    pub fn new(client: Client, deadline: Duration) -> Self {
        Self { client, deadline, kind: PhantomData }
    }

    /// Asks now (quorum reads). The definition is asked for last: where a kind is not served, every name is free.
    pub async fn of(&self, id: &ObjectId) -> Result<Departure, KubernetesError> {
        let objects: Api<K> = Api::namespaced(self.client.clone(), &id.namespace);
        match call(self.deadline, || objects.get_metadata(&id.name)).await {
            Ok(_) => return Ok(Departure::NameTaken),
            Err(KubernetesError::Gone) => {}
            Err(error) => return Err(error),
        }
        let definitions: Api<CustomResourceDefinition> = Api::all(self.client.clone());
        let metadata = match call(self.deadline, || definitions.get_metadata(K::crd_name())).await {
            Ok(definition) => definition.metadata,
            Err(KubernetesError::Gone) => return Ok(Departure::KindGoes),
            Err(error) => return Err(error),
        };
        let kind_since = metadata.creation_timestamp.filter(|_| metadata.deletion_timestamp.is_none());
        Ok(kind_since.map_or(Departure::KindGoes, |since| Departure::Gone { kind_since: since.0 }))
    }
}

impl<K> fmt::Debug for Departures<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Departures").field("deadline", &self.deadline).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::future::{Ready, ready};
    use std::task::{Context, Poll};

    use axum::http::{Request, Response};
    use kube::client::Body;
    use serde_json::{Value, json};

    use super::*;
    use crate::crd::VpcEndpointService;

    const CREATED: &str = "2027-01-15T08:00:00Z";

    /// Answers the question for the object, and that for the definition.
    #[derive(Clone)]
    struct Server {
        object: (u16, Value),
        definition: (u16, Value),
    }

    impl tower_service::Service<Request<Body>> for Server {
        type Response = Response<Body>;
        type Error = Infallible;
        type Future = Ready<Result<Response<Body>, Infallible>>;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
            Poll::Ready(Ok(()))
        }

        fn call(&mut self, request: Request<Body>) -> Self::Future {
            let is_object = request.uri().path().contains("/namespaces/team/");
            let (status, body) = if is_object { &self.object } else { &self.definition };
            let answer = Response::builder().status(*status).body(Body::from(body.to_string().into_bytes()));
            ready(Ok(answer.unwrap()))
        }
    }

    fn found(metadata: &Value) -> (u16, Value) {
        (200, json!({"apiVersion": "meta.k8s.io/v1", "kind": "PartialObjectMetadata", "metadata": metadata}))
    }

    fn refused(code: u16) -> (u16, Value) {
        (code, json!({"kind": "Status", "status": "Failure", "code": code, "message": "no", "reason": "NotFound"}))
    }

    async fn asked(object: (u16, Value), definition: (u16, Value)) -> Result<Departure, KubernetesError> {
        let id = ObjectId { namespace: "team".into(), name: "orders".into(), uid: "u-1".into() };
        let client = Client::new(Server { object, definition }, "team");
        Departures::<VpcEndpointService>::new(client, Duration::from_secs(1)).of(&id).await
    }

    #[tokio::test]
    async fn an_object_is_gone_where_its_name_is_free_and_its_kind_stays() {
        let definition = || found(&json!({"name": "x", "creationTimestamp": CREATED}));
        let kind_since = CREATED.parse().unwrap();
        assert_eq!(asked(refused(404), definition()).await, Ok(Departure::Gone { kind_since }));
        let successor = found(&json!({"name": "orders", "uid": "u-2"}));
        assert_eq!(asked(successor, definition()).await, Ok(Departure::NameTaken));
    }

    #[tokio::test]
    async fn a_kind_that_goes_or_is_missing_is_no_sign_that_objects_were_deleted() {
        let going = json!({"name": "x", "creationTimestamp": CREATED, "deletionTimestamp": CREATED});
        for definition in [found(&going), refused(404), found(&json!({"name": "x"}))] {
            assert_eq!(asked(refused(404), definition).await, Ok(Departure::KindGoes));
        }
    }

    #[tokio::test]
    async fn what_the_api_server_does_not_say_is_an_error() {
        let definition = || found(&json!({"name": "x", "creationTimestamp": CREATED}));
        for code in [401, 403, 409, 422] {
            assert!(asked(refused(code), definition()).await.is_err(), "{code}");
            assert!(asked(refused(404), refused(code)).await.is_err(), "{code}");
        }
    }
}
