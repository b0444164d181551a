//! Bugs in what is asked of the API server.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use cloud_core::{Clock as _, SystemClock};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use http::{Method, StatusCode};
use privatelink_operator::names::{CREATE_RECORD_ANNOTATION, FINALIZER, STATUS_FIELD_MANAGER};
use serde_json::{Value, json};

use super::{Answer, ApiServer, Ask, Shown, Traffic};

/// A status that met a conflict is given up: the second try gets the answer of the first.
#[derive(Debug, Default)]
pub(crate) struct StatusLostOnConflict {
    /// By the path of the status.
    refused: Mutex<HashMap<String, Answer>>,
}

impl Traffic for StatusLostOnConflict {
    fn ask<'a>(&'a self, request: Ask, server: &'a ApiServer) -> BoxFuture<'a, kube::Result<Answer>> {
        async move {
            if !request.is_of_status() {
                return server.send(&request).await;
            }
            if let Some(refused) = locked(&self.refused).remove(&request.path) {
                return Ok(refused);
            }
            let answer = server.send(&request).await?;
            if answer.status == StatusCode::CONFLICT {
                locked(&self.refused).insert(request.path, answer.clone());
            }
            Ok(answer)
        }
        .boxed()
    }
}

/// Finalizer and record are put off until the status names a service; until then they are answered as if they were written.
#[derive(Debug)]
pub(crate) struct FinalizerAfterCreate;

impl Traffic for FinalizerAfterCreate {
    fn ask<'a>(&'a self, request: Ask, server: &'a ApiServer) -> BoxFuture<'a, kube::Result<Answer>> {
        async move {
            let metadata = &request.body["metadata"];
            if !request.is_of_finalizers() || !metadata["annotations"][CREATE_RECORD_ANNOTATION].is_string() {
                return server.send(&request).await;
            }
            let mut current = server.get(&request.path).await?;
            let is_same = |part| current.body["metadata"][part] == metadata[part];
            let is_made = current.body["status"]["serviceId"].is_string();
            if is_made || !current.status.is_success() || !is_same("uid") || !is_same("resourceVersion") {
                return server.send(&request).await;
            }
            current.body["metadata"]["finalizers"] = metadata["finalizers"].clone();
            let record = &metadata["annotations"][CREATE_RECORD_ANNOTATION];
            current.body["metadata"]["annotations"][CREATE_RECORD_ANNOTATION] = record.clone();
            Ok(current)
        }
        .boxed()
    }
}

/// The finalizer is taken off whatever has the name.
#[derive(Debug)]
pub(crate) struct FinalizerWithoutUid;

impl Traffic for FinalizerWithoutUid {
    fn ask<'a>(&'a self, mut request: Ask, server: &'a ApiServer) -> BoxFuture<'a, kube::Result<Answer>> {
        async move {
            let finalizers = request.body["metadata"]["finalizers"].as_array();
            let is_released = finalizers.is_some_and(|names| !names.iter().any(|name| name == FINALIZER));
            let is_of_finalizers = request.is_of_finalizers();
            let metadata = request.body["metadata"].as_object_mut();
            if let Some(metadata) = metadata.filter(|_| is_of_finalizers && is_released) {
                metadata.retain(|part, _| part == "finalizers");
            }
            server.send(&request).await
        }
        .boxed()
    }
}

/// An object that was not there when its status was written is applied as a whole and by name, as a server-side apply does that names
/// no UID. That recreates it where the rights allow it: those of `config/rbac` do not, so they are a defence of their own.
#[derive(Debug, Default)]
pub(crate) struct ApplyRecreates {
    /// By the path of the object.
    specs: Mutex<HashMap<String, Value>>,
}

impl Traffic for ApplyRecreates {
    fn ask<'a>(&'a self, request: Ask, server: &'a ApiServer) -> BoxFuture<'a, kube::Result<Answer>> {
        async move {
            let answer = server.send(&request).await?;
            let is_refused = matches!(answer.status, StatusCode::NOT_FOUND | StatusCode::CONFLICT);
            if request.is_of_status() && is_refused {
                self.recreate(request.object(), server).await?;
            }
            Ok(answer)
        }
        .boxed()
    }

    fn show(&self, _: Shown, object: &mut Value) -> bool {
        if let Some(key) = key(object) {
            let applied = json!({
                "apiVersion": "privatelink.alibabacloud.com/v1alpha1",
                "kind": "VpcEndpointService",
                "metadata": { "name": object["metadata"]["name"] },
                "spec": object["spec"],
            });
            locked(&self.specs).insert(key, applied);
        }
        true
    }
}

impl ApplyRecreates {
    async fn recreate(&self, path: &str, server: &ApiServer) -> kube::Result<()> {
        if server.get(path).await?.status != StatusCode::NOT_FOUND {
            return Ok(());
        }
        let applied = locked(&self.specs).iter().find(|(key, _)| path.ends_with(*key)).map(|(_, spec)| spec.clone());
        let Some(body) = applied else { return Ok(()) };
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/apply-patch+yaml"))]);
        let query = format!("fieldManager={STATUS_FIELD_MANAGER}&force=true");
        server.send(&Ask { method: Method::PATCH, path: path.to_owned(), query, headers, body }).await?;
        Ok(())
    }
}

/// `Ready` is said to be true as soon as the status names a service.
#[derive(Debug)]
pub(crate) struct ReadyBeforeActive;

impl Traffic for ReadyBeforeActive {
    fn ask<'a>(&'a self, mut request: Ask, server: &'a ApiServer) -> BoxFuture<'a, kube::Result<Answer>> {
        async move {
            let status = &mut request.body["status"];
            let is_named = status["serviceId"].is_string();
            if let Some(conditions) = status["conditions"].as_array_mut().filter(|_| is_named) {
                conditions.retain(|condition| condition["type"] == "Ready");
                for ready in conditions {
                    ready["status"] = json!("True");
                    ready["reason"] = json!("Available");
                }
            }
            server.send(&request).await
        }
        .boxed()
    }
}

/// Puts the time into every message of a status.
pub(super) fn with_the_time(request: &mut Ask) {
    if !request.is_of_status() {
        return;
    }
    let conditions = request.body["status"]["conditions"].as_array_mut();
    for condition in conditions.into_iter().flatten() {
        condition["message"] = json!(SystemClock.now().to_string());
    }
}

/// The end of the path of an object: that of its namespace and its name.
pub(super) fn key(object: &Value) -> Option<String> {
    let metadata = &object["metadata"];
    let (namespace, name) = (metadata["namespace"].as_str()?, metadata["name"].as_str()?);
    Some(format!("/namespaces/{namespace}/vpcendpointservices/{name}"))
}

pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
