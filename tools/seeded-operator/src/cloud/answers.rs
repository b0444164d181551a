//! Bugs in how answers of the cloud are read.

use std::sync::Arc;

use bytes::Bytes;
use cloud_core::{TokenState, Transport, TransportError, token_state};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use http::{Request, Response, StatusCode};
use privatelink_operator::app::Doors;
use serde_json::{Value, json};

use super::action;

/// Changes the answer to an operation.
pub(crate) type Read = fn(action: &str, status: StatusCode, answer: &mut Value);

/// The doors with answers that are read so.
pub(crate) fn with_answers(doors: Doors, read: Read) -> Doors {
    Doors { cloud: Arc::new(Answers { cloud: doors.cloud, read }), ..doors }
}

/// A token that leads nowhere any more is taken for one whose first call is still at work.
pub(crate) fn burnt_is_processing(_: &str, _: StatusCode, answer: &mut Value) {
    if answer["Code"].as_str().and_then(token_state) == Some(TokenState::Spent) {
        answer["Code"] = json!("IdempotentProcessing");
    }
}

/// Of the services only the first page counts, and it counts as all there are.
pub(crate) fn only_the_first_page(action: &str, _: StatusCode, answer: &mut Value) {
    let Some(services) = answer["Services"].as_array().filter(|_| action == "ListVpcEndpointServices") else { return };
    answer["TotalCount"] = json!(services.len());
    answer["NextToken"] = Value::Null;
}

/// What came with the status of a success is one, whatever it says.
pub(crate) fn success_by_status(action: &str, status: StatusCode, answer: &mut Value) {
    let is_change = !["Get", "List", "Describe", "Create"].iter().any(|verb| action.starts_with(verb));
    if let Some(answer) = answer.as_object_mut().filter(|_| is_change && status.is_success()) {
        answer.retain(|field, _| field == "RequestId");
    }
}

#[derive(Debug)]
struct Answers {
    cloud: Arc<dyn Transport>,
    read: Read,
}

impl Transport for Answers {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>> {
        async move {
            let action = action(&request).to_owned();
            let (head, body) = self.cloud.send(request).await?.into_parts();
            let Ok(mut answer) = serde_json::from_slice(&body) else { return Ok(Response::from_parts(head, body)) };
            (self.read)(&action, head.status, &mut answer);
            Ok(Response::from_parts(head, Bytes::from(answer.to_string())))
        }
        .boxed()
    }
}
