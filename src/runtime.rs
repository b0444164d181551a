//! The controllers, one for each kind: what is watched, how many at a time, and what happens around a reconcile.

pub mod backoff;
mod context;
pub mod deliver;
pub mod leader;
mod outcome;
mod reconcile;
mod reconciler;
mod triggers;
mod uid_tracker;
pub mod watch;

use std::convert::Infallible;
use std::future;
use std::sync::Arc;
use std::time::Duration;

use futures::{StreamExt, TryStreamExt};
use kube::runtime::controller::{self, Action};
use kube::runtime::reflector::{self, ObjectRef};
use kube::runtime::{Controller, watcher};
use kube::{Api, Client, Resource};
use tokio::sync::broadcast;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio_util::sync::CancellationToken;
use tracing::debug;

pub use self::context::{Context, Kubernetes};
use self::leader::Leading;
pub use self::outcome::{Progress, ReconcileOutcome, Requeue};
use self::reconcile::Worker;
pub use self::reconciler::Reconciler;
use crate::admin::WatchHealth;
use crate::identity::{ObjectId, Target};
use crate::kubernetes::{Kind, KindStatus};
use crate::metrics::WorkQueue;
use crate::settings::Scope;

/// Requests for one object within this time make one reconcile: the echo of our own patch and a requeue by the inventory come together, as
/// do the two writes of an impatient `kubectl apply`. It is part of every edit's way to the cloud, whose goal is a median of 150 ms; 100
/// would eat most of that, 1 would join nothing.
const DEBOUNCE: Duration = Duration::from_millis(20);

/// What a controller listens to, and how much it does at a time.
#[derive(Debug)]
pub struct Sources {
    pub scope: Scope,
    /// Reconciles at a time, at least 1: to kube's runtime, 0 means without bound.
    pub max_concurrent_reconciles: u16,
    /// Objects for which something changed that no watch shows.
    pub requeued: UnboundedReceiver<ObjectId>,
    /// Targets that can be reached again.
    pub recoveries: broadcast::Receiver<Target>,
    pub watch: Arc<WatchHealth>,
    /// Nothing is reconciled before this process leads; then everything is, at once.
    pub leading: Leading,
}

/// Reconciles the objects of one kind until `stop`, then until the reconciles that were running have ended.
pub async fn run<R: Reconciler>(
    client: Client,
    reconciler: Arc<R>,
    context: Arc<Context<R::Kind>>,
    sources: Sources,
    stop: CancellationToken,
) {
    let Sources { scope, max_concurrent_reconciles, requeued, recoveries, watch, leading } = sources;
    let (store, writer) = reflector::store();
    let kind = <R::Kind as Resource>::kind(&());
    let (metrics, queue) = (context.metrics.controller(&kind), context.metrics.work_queue(&kind));
    metrics.allow_workers(max_concurrent_reconciles.max(1));
    context.metrics.count_conditions(store.clone(), KindStatus::conditions);
    context.metrics.count_connections(store.clone(), KindStatus::connections_by_state);
    let worker = Arc::new(Worker {
        reconciler,
        context: Arc::clone(&context),
        metrics,
        queue: Arc::clone(&queue),
        store: store.clone(),
        leading: leading.clone(),
    });
    let forgetting = Arc::clone(&worker);
    let forget = move |id: &ObjectId| forgetting.forget(id);
    let (objects, foreign) = watch::objects(api(&scope, client), writer, Arc::clone(&context), forget, watch);
    let config = controller::Config::default().debounce(DEBOUNCE).concurrency(max_concurrent_reconciles.max(1));
    let changed = |queue: &Arc<WorkQueue>| {
        let queue = Arc::clone(queue);
        move |reference: &ObjectRef<R::Kind>| asked(&queue, reference)
    };
    let seen = Arc::clone(&queue);
    let objects = objects.inspect_ok(move |object| asked(&seen, &ObjectRef::from_obj(object)));
    Controller::for_stream(objects, store)
        .with_config(config)
        .reconcile_all_on(triggers::elected(leading))
        .reconcile_on(triggers::requeued(requeued).inspect(changed(&queue)))
        .reconcile_on(triggers::written_by_others(foreign).inspect(changed(&queue)))
        .reconcile_on(triggers::recovered(recoveries, context).inspect(changed(&queue)))
        .graceful_shutdown_on(async move { stop.cancelled().await })
        .run(
            |object, worker: Arc<Worker<R>>| async move { Ok::<_, Infallible>(worker.run(object).await) },
            no_policy,
            worker,
        )
        .for_each(|ended| {
            note(&ended, &queue);
            future::ready(())
        })
        .await;
}

/// A reconcile answers for its own failures, so there is nothing left for the runtime's policy.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "the runtime's signature")]
fn no_policy<K, C>(_: Arc<K>, never: &Infallible, _: Arc<C>) -> Action {
    match *never {}
}

fn asked<K: Kind>(queue: &WorkQueue, object: &ObjectRef<K>) {
    queue.add(object.namespace.as_deref().unwrap_or_default(), &object.name);
}

fn note<K: Kind>(
    ended: &Result<(ObjectRef<K>, Action), controller::Error<Infallible, watcher::Error>>,
    queue: &WorkQueue,
) {
    if let Err(error) = ended {
        // Mostly a requeue of an object that has just gone.
        debug!(%error, "no reconcile for an object");
        if let controller::Error::ObjectNotFound(object) = error {
            queue.remove(object.namespace.as_deref().unwrap_or_default(), &object.name);
        }
    }
}

fn api<K: Kind>(scope: &Scope, client: Client) -> Api<watch::Seen<K>> {
    match scope {
        Scope::Cluster => Api::all(client),
        Scope::Namespace(namespace) => Api::namespaced(client, namespace),
    }
}
