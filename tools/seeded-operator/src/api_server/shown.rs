//! Bugs in how objects are seen.

use std::collections::HashMap;
use std::sync::Mutex;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::requests::{key, locked, with_the_time};
use super::{Answer, ApiServer, Ask, Shown, Traffic};

/// An object is told from its predecessor by namespace and name only: one that looks the same where it counts is no news.
#[derive(Debug, Default)]
pub(crate) struct SuccessorSwallowed {
    /// UID, and what counts.
    seen: Mutex<HashMap<String, (Value, Value)>>,
}

impl Traffic for SuccessorSwallowed {
    fn show(&self, how: Shown, object: &mut Value) -> bool {
        let Some(key) = key(object).filter(|_| matches!(how, Shown::Listed | Shown::Watched)) else { return true };
        let metadata = &object["metadata"];
        let now =
            (metadata["uid"].clone(), json!([metadata["generation"], metadata["finalizers"], metadata["annotations"]]));
        let before = locked(&self.seen).insert(key, now.clone());
        !before.is_some_and(|before| before.0 != now.0 && before.1 == now.1)
    }
}

/// Every object asks for another service where its own has gone.
#[derive(Debug)]
pub(crate) struct SilentRecreate;

impl Traffic for SilentRecreate {
    fn show(&self, _: Shown, object: &mut Value) -> bool {
        object["spec"]["whenGone"] = json!("Recreate");
        true
    }
}

/// Every status differs from the one before, and the watch tells of it as of a change that deserves a reconcile.
#[derive(Debug)]
pub(crate) struct HotLoopOnStatus;

impl Traffic for HotLoopOnStatus {
    fn ask<'a>(&'a self, mut request: Ask, server: &'a ApiServer) -> BoxFuture<'a, kube::Result<Answer>> {
        async move {
            with_the_time(&mut request);
            server.send(&request).await
        }
        .boxed()
    }

    fn show(&self, how: Shown, object: &mut Value) -> bool {
        if matches!(how, Shown::Listed | Shown::Watched) {
            let version = object["metadata"]["resourceVersion"].clone();
            object["metadata"]["annotations"]["seen"] = version;
        }
        true
    }
}

/// Reads are answered by what list and watch showed last, however old that is.
#[derive(Debug, Default)]
pub(crate) struct StaleCache {
    cache: Mutex<HashMap<String, Value>>,
}

impl Traffic for StaleCache {
    fn ask<'a>(&'a self, request: Ask, server: &'a ApiServer) -> BoxFuture<'a, kube::Result<Answer>> {
        async move {
            let cached =
                locked(&self.cache).iter().find(|(key, _)| request.path.ends_with(*key)).map(|(_, o)| o.clone());
            match cached.filter(|_| request.method == Method::GET) {
                Some(body) => Ok(Answer { status: StatusCode::OK, body }),
                None => server.send(&request).await,
            }
        }
        .boxed()
    }

    fn show(&self, how: Shown, object: &mut Value) -> bool {
        let Some(key) = key(object) else { return true };
        match how {
            Shown::Listed | Shown::Watched => drop(locked(&self.cache).insert(key, object.clone())),
            Shown::Deleted => drop(locked(&self.cache).remove(&key)),
            Shown::Answered => {}
        }
        true
    }
}
