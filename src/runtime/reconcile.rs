//! What happens around a pass: it starts from a copy that can be trusted, outside a back-off, and it ends — in time, counted, and
//! without taking the process along.

use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use kube::runtime::controller::Action;
use kube::runtime::reflector::{ObjectRef, Store};
use tokio::time::{Instant, timeout};
use tracing::{Instrument, debug, error, info_span, warn};

use super::backoff::{Cause, Gate, Revision};
use crate::context::Context;
use crate::crd::VpcEndpointService;
use crate::identity::ObjectKey;
use crate::kubernetes::KubernetesError;
use crate::kubernetes::freshness::CacheState;
use crate::metrics::ReconcileResult;
use crate::vpc_endpoint_service::conclude::Requeue;
use crate::vpc_endpoint_service::report::{Passed, Progress};

/// Why there is no end of a pass to go by.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("{0}")]
    Kubernetes(KubernetesError),
    #[error("the pass did not end within {0:?}")]
    Deadline(Duration),
    #[error("the pass panicked")]
    Panic,
}

/// One pass of an object as the store shows it.
pub(super) async fn run<D, F>(
    object: Arc<VpcEndpointService>,
    context: Arc<Context>,
    store: Store<VpcEndpointService>,
    driver: D,
) -> Result<Action, Infallible>
where
    D: FnOnce(Arc<VpcEndpointService>, Arc<Context>) -> F,
    F: Future<Output = Result<Passed, KubernetesError>>,
{
    let key = ObjectKey::of(&*object);
    let span = info_span!("reconcile", namespace = key.namespace, name = key.name, generation = key.generation);
    let action = gated(object, Arc::clone(&context), driver).instrument(span).await;
    if !is_there(&store, &key) {
        // It went while the pass ran: what the pass noted since then is forgotten too.
        context.forget(&key.id());
    }
    Ok(action)
}

async fn gated<D, F>(object: Arc<VpcEndpointService>, context: Arc<Context>, driver: D) -> Action
where
    D: FnOnce(Arc<VpcEndpointService>, Arc<Context>) -> F,
    F: Future<Output = Result<Passed, KubernetesError>>,
{
    let key = ObjectKey::of(&*object);
    let revision = Revision::of(&object);
    if let Gate::Closed(rest) = context.back_off.gate(&key.id(), &revision, context.clock.now()) {
        return Action::requeue(rest);
    }
    let worker = context.metrics.begin_reconcile();
    let began = Instant::now();
    let ended = guarded(context.timing.reconcile_deadline, attempt(object, Arc::clone(&context), driver)).await;
    let (result, action) = settle(&context, &key, revision, ended);
    context.metrics.end_reconcile(result, began.elapsed());
    drop(worker);
    action
}

/// Sees to it that the pass ends in time, and that a panic ends nothing else.
async fn guarded<F>(deadline: Duration, pass: F) -> Result<Passed, Failure>
where
    F: Future<Output = Result<Passed, KubernetesError>>,
{
    // What a pass shares with others is behind locks that a panic does not leave half changed.
    match timeout(deadline, AssertUnwindSafe(pass).catch_unwind()).await {
        Ok(Ok(ended)) => ended.map_err(Failure::Kubernetes),
        Ok(Err(_)) => Err(Failure::Panic),
        Err(_) => Err(Failure::Deadline(deadline)),
    }
}

async fn attempt<D, F>(
    object: Arc<VpcEndpointService>,
    context: Arc<Context>,
    driver: D,
) -> Result<Passed, KubernetesError>
where
    D: FnOnce(Arc<VpcEndpointService>, Arc<Context>) -> F,
    F: Future<Output = Result<Passed, KubernetesError>>,
{
    let object = trusted(object, &context).await?;
    driver(object, context).await
}

/// The copy of the store, unless it is older than our own last patch: then the object as the API server has it.
async fn trusted(
    object: Arc<VpcEndpointService>,
    context: &Context,
) -> Result<Arc<VpcEndpointService>, KubernetesError> {
    let key = ObjectKey::of(&*object);
    match context.freshness.check(&key.uid, &key.resource_version) {
        CacheState::Current => Ok(object),
        CacheState::Stale => {
            context.metrics.stale_sync_skipped();
            debug!(resource_version = key.resource_version, "the watch lags behind our own patch");
            let object = context.kubernetes.reader.read(&key.id()).await?;
            context.freshness.read(&key.uid, &ObjectKey::of(&object).resource_version);
            Ok(Arc::new(object))
        }
    }
}

/// When the next pass comes.
fn settle(
    context: &Context,
    key: &ObjectKey,
    revision: Revision,
    ended: Result<Passed, Failure>,
) -> (ReconcileResult, Action) {
    let failed = |cause, at_least| {
        let delay = context.back_off.fail(&key.id(), revision, cause, at_least, context.clock.now());
        (ReconcileResult::Error, Action::requeue(delay))
    };
    match ended {
        Ok(Passed { requeue: Requeue::BackOff { at_least }, progress }) => failed(progress.cause(), at_least),
        Ok(Passed { requeue, progress }) => {
            if progress == Progress::Advanced {
                context.back_off.succeed(&key.id());
            }
            calm(requeue)
        }
        Err(Failure::Kubernetes(KubernetesError::Gone)) => calm(Requeue::OnChange),
        Err(failure) => {
            complain(context, &failure);
            let cause = if matches!(failure, Failure::Deadline(_)) { Cause::Unanswered } else { Cause::Other };
            failed(cause, Duration::ZERO)
        }
    }
}

fn calm(requeue: Requeue) -> (ReconcileResult, Action) {
    match requeue {
        Requeue::OnChange => (ReconcileResult::Success, Action::await_change()),
        Requeue::After(delay) | Requeue::BackOff { at_least: delay } => {
            (ReconcileResult::RequeueAfter, Action::requeue(delay))
        }
    }
}

fn complain(context: &Context, failure: &Failure) {
    match failure {
        Failure::Panic => {
            context.metrics.panicked();
            error!("{failure}");
        }
        Failure::Kubernetes(KubernetesError::Conflict) => debug!("{failure}"),
        Failure::Kubernetes(_) | Failure::Deadline(_) => warn!("{failure}"),
    }
}

fn is_there(store: &Store<VpcEndpointService>, key: &ObjectKey) -> bool {
    let reference = ObjectRef::new(&key.name).within(&key.namespace);
    store.get(&reference).is_some_and(|object| object.metadata.uid.as_ref() == Some(&key.uid))
}

#[cfg(test)]
mod tests;
