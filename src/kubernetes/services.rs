//! Services of type LoadBalancer, as far as objects refer to them: one list and watch for all, begun with the first reference.

mod store;
mod trimmed;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::StreamExt;
use futures::future::BoxFuture;
use kube::api::{ListParams, WatchParams};
use kube::core::ObjectList;
use kube::runtime::{WatchStreamExt, watcher};
use kube::{Api, Client, ResourceExt};
use tokio_util::task::AbortOnDropHandle;
use tracing::{info, warn};

use self::store::Store;
use self::trimmed::Shown;
pub use self::trimmed::{Ingress, LoadBalancerService};
use super::error::KubernetesError;
use super::list_watch::{Events, Pace, Pause, Source, list_watch};
use super::repeat::call;
use crate::identity::ObjectId;
use crate::supervise::{self, Task};

/// What is known of the Services that one object refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReferredServices {
    Unlisted(Unlisted),
    /// By name. `None`: there is none of that name that is of type LoadBalancer.
    Listed(BTreeMap<String, Option<LoadBalancerService>>),
}

/// Why nothing is known of any Service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unlisted {
    NotYet,
    /// The API server refuses, with its sentence.
    Refused(String),
}

impl Default for ReferredServices {
    /// No references.
    fn default() -> Self {
        Self::Listed(BTreeMap::new())
    }
}

/// Where a reconcile learns of Services.
pub trait ServiceReader: fmt::Debug + Send + Sync {
    /// What is known of the Services of these names in the object's namespace. From now on the object is requeued when one of them changes. Must
    /// be called on a tokio runtime.
    fn refer(&self, id: &ObjectId, names: &BTreeSet<String>) -> ReferredServices;

    /// Drops what is remembered of an object that refers to nothing any more.
    fn forget(&self, id: &ObjectId);
}

/// The Services that are watched, and who refers to them. Nothing is asked of the API server before the first reference.
pub struct Services {
    shared: Arc<Shared>,
    /// The task that watches; started with the first reference, and kept.
    task: Mutex<Option<AbortOnDropHandle<()>>>,
}

struct Shared {
    source: OfTypeLoadBalancer,
    pace: Pace,
    requeue: Box<dyn Fn(&ObjectId) + Send + Sync>,
    store: Mutex<Store>,
}

impl Services {
    /// Those of one namespace, or of all. Objects to which a change means something are handed to `requeue`.
    pub fn new(
        client: Client,
        namespace: Option<&str>,
        pace: Pace,
        requeue: impl Fn(&ObjectId) + Send + Sync + 'static,
    ) -> Self {
        let api = match namespace {
            Some(namespace) => Api::namespaced(client, namespace),
            None => Api::all(client),
        };
        let store = Mutex::new(Store::new());
        let shared = Shared { source: OfTypeLoadBalancer(api), pace, requeue: Box::new(requeue), store };
        Self { shared: Arc::new(shared), task: Mutex::default() }
    }
}

impl ServiceReader for Services {
    fn refer(&self, id: &ObjectId, names: &BTreeSet<String>) -> ReferredServices {
        if names.is_empty() {
            self.forget(id);
            return ReferredServices::default();
        }
        // Before anything can be listed, so that nobody misses the first list.
        let known = self.shared.store().refer(id, names);
        let mut task = self.task.lock().unwrap_or_else(PoisonError::into_inner);
        task.get_or_insert_with(|| {
            info!("an object refers to a Service, watching Services of type LoadBalancer");
            let shared = Arc::clone(&self.shared);
            let watching = supervise::forever(Task::Services, move || follow(Arc::clone(&shared)));
            AbortOnDropHandle::new(tokio::spawn(watching))
        });
        known
    }

    fn forget(&self, id: &ObjectId) {
        self.shared.store().forget(id);
    }
}

impl fmt::Debug for Services {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Services").field("store", &*self.shared.store()).finish_non_exhaustive()
    }
}

impl Shared {
    fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, objects: &BTreeSet<ObjectId>) {
        for id in objects {
            (self.requeue)(id);
        }
    }
}

/// What is known of these Services of a namespace, asked once.
pub async fn read_once(
    client: &Client,
    namespace: &str,
    names: &BTreeSet<String>,
    deadline: Duration,
) -> Result<ReferredServices, KubernetesError> {
    if names.is_empty() {
        return Ok(ReferredServices::default());
    }
    let services: Api<Shown> = Api::namespaced(client.clone(), namespace);
    let parameters = ListParams::default().fields(SELECTOR);
    let listed = match call(deadline, || services.list(&parameters)).await {
        Ok(listed) => listed.items,
        Err(KubernetesError::Forbidden(said)) => return Ok(ReferredServices::Unlisted(Unlisted::Refused(said))),
        Err(error) => return Err(error),
    };
    let find = |name: &String| listed.iter().find(|shown| shown.name_any() == *name).and_then(Shown::trimmed);
    Ok(ReferredServices::Listed(names.iter().map(|name| (name.clone(), find(name))).collect()))
}

/// Lists and watches without an end.
async fn follow(shared: Arc<Shared>) {
    let events = list_watch(shared.source.clone(), shared.pace, || {}).backoff(Pause::default());
    let mut events = pin!(events);
    while let Some(event) = events.next().await {
        let told = match event {
            Ok(event) => shared.store().take_in(&event),
            Err(error) => {
                warn!(%error, "the watch of Services failed, restarting");
                refusal(&error).map(|why| shared.store().failed(why)).unwrap_or_default()
            }
        };
        shared.tell(&told);
    }
}

/// A list that is refused stays so until somebody grants the right; any other failure passes.
fn refusal(error: &watcher::Error) -> Option<Unlisted> {
    let watcher::Error::InitialListFailed(error) = error else { return None };
    match KubernetesError::of(error) {
        KubernetesError::Forbidden(said) => Some(Unlisted::Refused(said)),
        _ => None,
    }
}

/// Only these are of interest, and most clusters have few: the API server leaves the others out.
#[derive(Clone)]
struct OfTypeLoadBalancer(Api<Shown>);

const SELECTOR: &str = "spec.type=LoadBalancer";

impl Source for OfTypeLoadBalancer {
    type Object = Shown;

    fn list<'a>(&'a self, parameters: &'a ListParams) -> BoxFuture<'a, kube::Result<ObjectList<Shown>>> {
        let selected = parameters.clone().fields(SELECTOR);
        Box::pin(async move { Source::list(&self.0, &selected).await })
    }

    fn watch<'a>(
        &'a self,
        parameters: &'a WatchParams,
        version: &'a str,
    ) -> BoxFuture<'a, kube::Result<Events<Shown>>> {
        let selected = parameters.clone().fields(SELECTOR);
        Box::pin(async move { Source::watch(&self.0, &selected, version).await })
    }
}
