//! Everything that anybody could have seen of the objects of a test.

use std::sync::{Arc, Mutex};

use futures::StreamExt;
use k8s_openapi::api::events::v1::Event;
use kube::api::ListParams;
use kube::runtime::{WatchStreamExt, watcher};
use kube::{Api, Client};
use serde_json::{Value, json};
use tokio_util::task::AbortOnDropHandle;

use crate::support::rig::Rig;

/// Every version of every object that the API server showed since the beginning.
pub(crate) struct Sightings {
    seen: Arc<Mutex<Vec<Value>>>,
    _task: AbortOnDropHandle<()>,
}

impl Sightings {
    pub(crate) fn begin(rig: &Rig) -> Self {
        let seen: Arc<Mutex<Vec<Value>>> = Arc::default();
        let stream = watcher(rig.objects(), watcher::Config::default()).default_backoff().touched_objects();
        let noted = Arc::clone(&seen);
        let note = stream.for_each(move |object| {
            let mut noted = noted.lock().unwrap();
            match object {
                Ok(object) => noted.push(serde_json::to_value(object).unwrap()),
                // The watch begins anew. Once something was seen, versions may be lost between: that counts as a failure.
                Err(_) if noted.is_empty() => {}
                Err(error) => {
                    noted.push(json!({"metadata": {"name": "a watch"}, "status": {"lastError": error.to_string()}}));
                }
            }
            std::future::ready(())
        });
        Self { seen, _task: AbortOnDropHandle::new(tokio::spawn(note)) }
    }

    pub(crate) fn all(&self) -> Vec<Value> {
        self.seen.lock().unwrap().clone()
    }

    /// Statuses that an object had and should not, because what is wrong concerns nobody but the operator: `(object, reason or code)`.
    pub(crate) fn failures(&self) -> Vec<String> {
        let all = self.all();
        let conditions = all.iter().flat_map(|object| {
            let conditions = object["status"]["conditions"].as_array().cloned().unwrap_or_default();
            let reasons = ["InvalidCredentials", "AccountMismatch", "AccessDenied", "CloudError", "UnknownAnswer"];
            let is_bad =
                move |condition: &Value| condition["reason"].as_str().is_some_and(|found| reasons.contains(&found));
            let name = object["metadata"]["name"].clone();
            conditions.into_iter().filter(is_bad).map(move |condition| format!("{name}: {condition}"))
        });
        let errors = all.iter().filter(|object| !object["status"]["lastError"].is_null());
        let errors = errors.map(|object| format!("{}: {}", object["metadata"]["name"], object["status"]["lastError"]));
        conditions.chain(errors).collect()
    }
}

/// The events of the test's namespace.
pub(crate) async fn events(rig: &Rig) -> Vec<Event> {
    let client: Client = rig.admin.clone();
    Api::namespaced(client, &rig.namespace).list(&ListParams::default()).await.unwrap().items
}

/// What the operator serves under `/metrics`.
pub(crate) async fn metrics(rig: &Rig) -> String {
    let answer = reqwest::get(format!("{}/metrics", rig.operator().metrics_url())).await.unwrap();
    answer.text().await.unwrap()
}

/// The sum of a counter over all of its labels that have this text among them.
pub(crate) fn counted(metrics: &str, name: &str, label: &str) -> u64 {
    let of = |line: &str| line.starts_with(name) && line[name.len()..].starts_with(['{', ' ']) && line.contains(label);
    let values =
        metrics.lines().filter(|line| of(line)).filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok());
    values.sum()
}
