//! The objects of a plan: applied, edited and deleted as a user does, and followed by a watch of the harness's own.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures::{Stream, StreamExt as _};
use kube::api::{
    ApiResource, DeleteParams, DynamicObject, GroupVersionKind, Patch, PatchParams, PostParams, Preconditions,
};
use kube::runtime::WatchStreamExt as _;
use kube::runtime::wait::await_condition;
use kube::runtime::watcher::{self, Event, watcher};
use kube::{Api, Client, ResourceExt as _};
use serde_json::{Value, json};
use tokio::sync::watch::{self, Receiver, Sender};
use tokio::task::JoinHandle;

use super::{PATIENCE, object};
use crate::error::HarnessError;
use crate::timeline::{Actor, Timeline};

/// A conflict means that the operator was faster; it comes to rest after a handful of writes.
const REPLACE_TRIES: usize = 20;

/// The objects by name.
pub(crate) type Shown = BTreeMap<String, Value>;

/// A version of an object that the API server has shown.
#[derive(Clone, Debug)]
pub(crate) struct Sighting {
    pub(crate) at: Instant,
    pub(crate) object: Value,
}

/// The objects of one namespace, for an administrator.
#[derive(Debug)]
pub(crate) struct Objects {
    api: Api<DynamicObject>,
    resource: ApiResource,
    shown: Receiver<Shown>,
    sightings: Arc<Mutex<Vec<Sighting>>>,
    timeline: Arc<Timeline>,
    follower: JoinHandle<()>,
}

impl Objects {
    /// Begins to follow the objects of a namespace.
    pub(crate) fn follow(client: Client, namespace: &str, timeline: Arc<Timeline>) -> Self {
        let kind = GroupVersionKind::gvk("privatelink.alibabacloud.com", "v1alpha1", "VpcEndpointService");
        let resource = ApiResource::from_gvk_with_plural(&kind, "vpcendpointservices");
        let api = Api::namespaced_with(client, namespace, &resource);
        let (sender, shown) = watch::channel(Shown::new());
        let sightings = Arc::default();
        let events = watcher(api.clone(), watcher::Config::default()).default_backoff().boxed();
        let follower = tokio::spawn(note(events, sender, Arc::clone(&sightings), Arc::clone(&timeline)));
        Self { api, resource, shown, sightings, timeline, follower }
    }

    /// Applies an object as a user does, by server-side apply.
    pub(crate) async fn apply(&self, name: &str, spec: &Value) -> Result<(), HarnessError> {
        self.timeline.tell(Actor::User, format!("kubectl apply {name}"));
        let object = DynamicObject::new(name, &self.resource).data(json!({"spec": spec}));
        let answer = self.api.patch(name, &PatchParams::apply("user").force(), &Patch::Apply(&object)).await;
        answer.map(drop).map_err(HarnessError::kubernetes(format!("apply {name}")))
    }

    /// Changes a part of the spec, and waits until the harness's own watch shows it: what was at rest before is not at rest now.
    pub(crate) async fn edit(&self, name: &str, spec: &Value) -> Result<(), HarnessError> {
        self.timeline.tell(Actor::User, format!("kubectl patch {name} {spec}"));
        let patch = Patch::Merge(json!({"spec": spec}));
        let answer = self.api.patch(name, &PatchParams::default(), &patch).await;
        let generation = answer.map_err(HarnessError::kubernetes(format!("edit {name}")))?.metadata.generation;
        let is_edited = |object: &Value| object["metadata"]["generation"].as_i64() >= generation;
        let is_shown = |shown: &Shown| shown.get(name).is_none_or(is_edited);
        self.until(&format!("the edit of {name} is shown"), PATIENCE, is_shown).await
    }

    /// Marks an object for deletion, and does not wait.
    pub(crate) async fn delete(&self, name: &str) -> Result<(), HarnessError> {
        self.timeline.tell(Actor::User, format!("kubectl delete {name} --wait=false"));
        let answer = self.api.delete(name, &DeleteParams::default()).await;
        answer.map(drop).map_err(HarnessError::kubernetes(format!("delete {name}")))
    }

    /// Marks an object for deletion if the operator's finalizer is on it, and nobody has changed it since. An object that was stripped of it
    /// would take its service's only owner with it, which is its user's doing, not the operator's.
    pub(crate) async fn delete_held(&self, name: &str) -> Result<bool, HarnessError> {
        let failed = || HarnessError::kubernetes(format!("delete {name}"));
        let Some(object) = self.api.get_opt(name).await.map_err(failed())? else { return Ok(false) };
        let shown = serde_json::to_value(&object).unwrap_or_default();
        if object::is_deleting(&shown) || !object::has_finalizer(&shown) {
            return Ok(false);
        }
        let preconditions =
            Preconditions { uid: object.metadata.uid, resource_version: object.metadata.resource_version };
        let parameters = DeleteParams { preconditions: Some(preconditions), ..DeleteParams::default() };
        match self.api.delete(name, &parameters).await {
            Err(kube::Error::Api(status)) if status.code == 409 || status.code == 404 => Ok(false),
            answer => {
                self.timeline.tell(Actor::User, format!("kubectl delete {name} --wait=false"));
                answer.map(|_| true).map_err(failed())
            }
        }
    }

    /// `kubectl patch --subresource=status`, as somebody who is not the operator.
    pub(crate) async fn forge(&self, name: &str, status: &Value) -> Result<(), HarnessError> {
        self.timeline.tell(Actor::User, format!("kubectl patch {name} --subresource=status {status}"));
        let patch = Patch::Merge(json!({"status": status}));
        let answer = self.api.patch_status(name, &PatchParams::default(), &patch).await;
        answer.map(drop).map_err(HarnessError::kubernetes(format!("forge the status of {name}")))
    }

    /// `kubectl replace` with a manifest that has never heard of the operator: finalizer, annotations and all go. An object that is
    /// not there, or on its way out, is left alone.
    pub(crate) async fn strip(&self, name: &str) -> Result<(), HarnessError> {
        let failed = || HarnessError::kubernetes(format!("replace {name}"));
        for _ in 0..REPLACE_TRIES {
            let Some(mut object) = self.api.get_opt(name).await.map_err(failed())? else { return Ok(()) };
            if object.metadata.deletion_timestamp.is_some() {
                return Ok(());
            }
            object.metadata.finalizers = None;
            object.metadata.annotations = None;
            object.metadata.managed_fields = None;
            match self.api.replace(name, &PostParams::default(), &object).await {
                Err(kube::Error::Api(status)) if status.code == 409 => {}
                answer => {
                    self.timeline.tell(Actor::User, format!("kubectl replace {name}: finalizer and record are off"));
                    return answer.map(drop).map_err(failed());
                }
            }
        }
        Ok(())
    }

    /// Waits until the objects are as wanted.
    pub(crate) async fn until(
        &self,
        what: &str,
        within: Duration,
        wanted: impl Fn(&Shown) -> bool,
    ) -> Result<(), HarnessError> {
        let mut shown = self.shown.clone();
        let found = tokio::time::timeout(within, shown.wait_for(|shown| wanted(shown))).await;
        match found {
            Ok(Ok(_)) => Ok(()),
            _ => Err(HarnessError::TooLate { what: what.to_owned(), within, now: object::summaries(&self.now()) }),
        }
    }

    /// Waits until the API server has no such object, whatever the harness's own watch has shown of it by then.
    pub(crate) async fn until_absent(&self, name: &str) -> Result<(), HarnessError> {
        let is_absent = |object: Option<&DynamicObject>| object.is_none();
        let waited = tokio::time::timeout(PATIENCE, await_condition(self.api.clone(), name, is_absent)).await;
        if matches!(waited, Ok(Ok(_))) {
            return Ok(());
        }
        let what = format!("{name} is gone");
        Err(HarnessError::TooLate { what, within: PATIENCE, now: object::summaries(&self.now()) })
    }

    /// The objects as last shown.
    pub(crate) fn now(&self) -> Shown {
        self.shown.borrow().clone()
    }

    /// Every version of every object that was shown, in order.
    pub(crate) fn sightings(&self) -> Vec<Sighting> {
        self.sightings.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Objects {
    fn drop(&mut self) {
        self.follower.abort();
    }
}

async fn note(
    mut events: impl Stream<Item = watcher::Result<Event<DynamicObject>>> + Unpin,
    shown: Sender<Shown>,
    sightings: Arc<Mutex<Vec<Sighting>>>,
    timeline: Arc<Timeline>,
) {
    // Names that a list has not shown yet: what went while the watch was broken is gone when the list ends.
    let mut unlisted = BTreeSet::new();
    while let Some(event) = events.next().await {
        if let Ok(Event::InitApply(object)) = &event {
            unlisted.remove(&object.name_any());
        }
        match event {
            Ok(Event::Apply(object) | Event::InitApply(object)) => {
                let (at, name) = (Instant::now(), object.name_any());
                // What came out of JSON goes back into it.
                let object = serde_json::to_value(&object).unwrap_or_default();
                timeline.tell(Actor::Seen, object::summary(&name, &object));
                let sighting = Sighting { at, object: object.clone() };
                sightings.lock().unwrap_or_else(PoisonError::into_inner).push(sighting);
                shown.send_modify(|shown| drop(shown.insert(name, object)));
            }
            Ok(Event::Delete(object)) => {
                let name = object.name_any();
                timeline.tell(Actor::Seen, format!("{name} is gone"));
                shown.send_modify(|shown| drop(shown.remove(&name)));
            }
            Ok(Event::Init) => unlisted = shown.borrow().keys().cloned().collect(),
            Ok(Event::InitDone) => {
                for name in std::mem::take(&mut unlisted) {
                    timeline.tell(Actor::Seen, format!("{name} is gone, since a list does not show it"));
                    shown.send_modify(|shown| drop(shown.remove(&name)));
                }
            }
            // It is begun again; whoever waits has a deadline.
            Err(error) => timeline.tell(Actor::Seen, format!("the harness's own watch broke: {error}")),
        }
    }
}
