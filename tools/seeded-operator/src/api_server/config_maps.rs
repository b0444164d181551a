//! Bugs in what becomes of ConfigMaps.

use futures::FutureExt as _;
use futures::future::BoxFuture;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use http::{Method, StatusCode};
use privatelink_operator::names::EXPORTED_BY_LABEL;
use serde_json::json;

use super::{Answer, ApiServer, Ask, Traffic};

/// One that no object exports to counts as absent, and what comes instead of it is written over it.
#[derive(Debug)]
pub(crate) struct ForeignConfigMapTaken;

impl Traffic for ForeignConfigMapTaken {
    fn ask_config_map<'a>(&'a self, request: Ask, server: &'a ApiServer) -> BoxFuture<'a, kube::Result<Answer>> {
        async move {
            let answer = server.send(&request).await?;
            let is_exported = answer.body["metadata"]["labels"][EXPORTED_BY_LABEL].is_string();
            if request.method == Method::GET && answer.status.is_success() && !is_exported {
                return Ok(absent());
            }
            if request.method == Method::POST && answer.status == StatusCode::CONFLICT {
                return server.send(&over(request)).await;
            }
            Ok(answer)
        }
        .boxed()
    }
}

fn absent() -> Answer {
    let body = json!({"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound", "code": 404});
    Answer { status: StatusCode::NOT_FOUND, body }
}

/// The same by a merge patch, which asks nobody whose it is.
fn over(create: Ask) -> Ask {
    let name = create.body["metadata"]["name"].as_str().unwrap_or_default();
    let path = format!("{}/{name}", create.path);
    let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/merge-patch+json"))]);
    Ask { method: Method::PATCH, path, headers, ..create }
}
