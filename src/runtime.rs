//! The controllers, one for each kind: what is watched, how many at a time, and what happens around a pass.

pub mod backoff;
mod reconcile;
mod triggers;
mod uid_tracker;
pub mod watch;

use std::convert::Infallible;
use std::future;
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use kube::runtime::controller::{self, Action};
use kube::runtime::reflector::{self, ObjectRef};
use kube::runtime::{Controller, watcher};
use kube::{Api, Client};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio_util::sync::CancellationToken;
use tracing::debug;

use crate::admin::Health;
use crate::cloud::requeuer::Wake;
use crate::context::Context;
use crate::crd::VpcEndpointService;
use crate::identity::ObjectId;
use crate::metrics::Conditions;
use crate::settings::Scope;

/// Requests for one object within this time make one pass: the echo of our own patch and a wake of the inventory come together, as do
/// the two writes of an impatient `kubectl apply`. It is part of every edit's way to the cloud, whose goal is a median of 150 ms; 100
/// would eat most of that, 1 would join nothing.
const DEBOUNCE: Duration = Duration::from_millis(20);

/// What a controller works with, beside the context.
#[derive(Debug)]
pub struct Sources {
    pub scope: Scope,
    /// Passes at a time, at least 1: to the runtime, 0 means without bound.
    pub concurrency: u16,
    pub wake: Wake,
    /// The other end of `wake`.
    pub woken: UnboundedReceiver<ObjectId>,
    pub health: Arc<Health>,
}

/// Runs until `stop`, then until the passes that were running have ended.
pub async fn run(client: Client, context: Arc<Context>, sources: Sources, stop: CancellationToken) {
    let Sources { scope, concurrency, wake, woken, health } = sources;
    let (store, writer) = reflector::store();
    context.metrics.allow_workers(concurrency.max(1));
    context.metrics.collect(Conditions::of(store.clone()));
    let (objects, foreign) = watch::objects(api(&scope, client), writer, Arc::clone(&context), health);
    let config = controller::Config::default().debounce(DEBOUNCE).concurrency(concurrency.max(1));
    Controller::for_stream(objects, store.clone())
        .with_config(config)
        .reconcile_on(triggers::woken(woken))
        .reconcile_on(triggers::written_by_others(foreign))
        .reconcile_on(triggers::recovered(wake.recoveries(), Arc::clone(&context)))
        .graceful_shutdown_on(async move { stop.cancelled().await })
        .run(
            move |object, context| {
                reconcile::run(object, context, store.clone(), crate::vpc_endpoint_service::reconcile)
            },
            no_policy,
            context,
        )
        .for_each(|ended| {
            note(&ended);
            future::ready(())
        })
        .await;
}

/// A pass answers for its own failures, so there is nothing left for the runtime's policy.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "the runtime's signature")]
fn no_policy(_: Arc<VpcEndpointService>, never: &Infallible, _: Arc<Context>) -> Action {
    match *never {}
}

fn note(ended: &Result<(ObjectRef<VpcEndpointService>, Action), controller::Error<Infallible, watcher::Error>>) {
    if let Err(error) = ended {
        // Mostly a wake for an object that has just gone.
        debug!(%error, "no pass for an object");
    }
}

fn api(scope: &Scope, client: Client) -> Api<watch::Seen> {
    match scope {
        Scope::Cluster => Api::all(client),
        Scope::Namespace(namespace) => Api::namespaced(client, namespace),
    }
}
