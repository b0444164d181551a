//! What happens around a reconcile: it starts from a copy that can be trusted, outside a back-off, and it ends — in time, counted, and
//! without taking the process along.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use kube::Resource;
use kube::runtime::controller::Action;
use kube::runtime::reflector::{ObjectRef, Store};
use tokio::time::{Instant, timeout};
use tracing::{Instrument, debug, error, field, info_span, warn};
use uuid::Uuid;

use super::backoff::{Cause, Gate, Revision};
use super::context::Context;
use super::leader::Leading;
use super::outcome::{Progress, ReconcileOutcome, Requeue};
use super::reconciler::Reconciler;
use crate::identity::{ObjectId, ObjectKey};
use crate::kubernetes::freshness::CacheState;
use crate::kubernetes::{Kind, KubernetesError};
use crate::metrics::{ControllerMetrics, ReconcileResult, WorkQueue};
use crate::telemetry::note_trace;

/// Why a reconcile has no outcome.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("{0}")]
    Kubernetes(KubernetesError),
    #[error("the reconcile did not end within {0:?}")]
    Deadline(Duration),
    #[error("the reconcile panicked")]
    Panic,
}

/// Runs the reconciles of one kind.
#[derive(Debug)]
pub(super) struct Worker<R: Reconciler> {
    pub(super) reconciler: Arc<R>,
    pub(super) context: Arc<Context<R::Kind>>,
    pub(super) metrics: ControllerMetrics,
    pub(super) queue: Arc<WorkQueue>,
    pub(super) store: Store<R::Kind>,
    pub(super) leading: Leading,
}

impl<R: Reconciler> Worker<R> {
    /// One reconcile of an object as the store shows it. None while another process leads: when this one does, every object gets one.
    pub(super) async fn run(&self, object: Arc<R::Kind>) -> Action {
        if !self.leading.is_true() {
            return Action::await_change();
        }
        let key = ObjectKey::of(&*object);
        self.queue.begin(&key.namespace, &key.name);
        let span = info_span!(
            "reconcile",
            reconcile_id = %Uuid::new_v4(),
            trace_id = field::Empty,
            object.kind = %R::Kind::kind(&()),
            object.namespace = key.namespace,
            object.name = key.name,
            object.generation = key.generation,
        );
        note_trace(&span);
        let action = self.gated(object).instrument(span).await;
        if !is_there(&self.store, &key) {
            // It went while the reconcile ran: what was noted since then is forgotten too.
            self.forget(&key.id());
        }
        action
    }

    /// Drops everything that is remembered of an object that no longer exists.
    pub(super) fn forget(&self, id: &ObjectId) {
        self.context.forget(id);
        self.reconciler.forget(id);
    }

    async fn gated(&self, object: Arc<R::Kind>) -> Action {
        let key = ObjectKey::of(&*object);
        let revision = Revision::of(&*object);
        if let Gate::Closed(rest) = self.context.back_off.gate(&key.id(), &revision, self.context.clock.now()) {
            return Action::requeue(rest);
        }
        let worker = self.metrics.begin_reconcile();
        let began = Instant::now();
        let ended = guarded(self.context.timing.reconcile_deadline, self.attempt(object)).await;
        let (result, action) = self.finish(&key, revision, ended);
        self.metrics.end_reconcile(result, began.elapsed());
        drop(worker);
        action
    }

    async fn attempt(&self, object: Arc<R::Kind>) -> Result<ReconcileOutcome, KubernetesError> {
        let object = self.trusted(object).await?;
        self.reconciler.reconcile(object).await
    }

    /// The copy of the store, unless it is older than our own last patch: then the object as the API server has it.
    async fn trusted(&self, object: Arc<R::Kind>) -> Result<Arc<R::Kind>, KubernetesError> {
        let (key, context) = (ObjectKey::of(&*object), &self.context);
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

    /// When the next reconcile comes.
    fn finish(
        &self,
        key: &ObjectKey,
        revision: Revision,
        ended: Result<ReconcileOutcome, Failure>,
    ) -> (ReconcileResult, Action) {
        let Context { back_off, clock, .. } = &*self.context;
        let failed = |cause, at_least| {
            let delay = back_off.fail(&key.id(), revision, cause, at_least, clock.now());
            (ReconcileResult::Error, Action::requeue(delay))
        };
        match ended {
            Ok(ReconcileOutcome { requeue: Requeue::BackOff { at_least }, progress }) => {
                failed(progress.cause(), at_least)
            }
            Ok(ReconcileOutcome { requeue: next, progress }) => {
                if progress == Progress::Advanced {
                    back_off.succeed(&key.id());
                }
                requeue(next)
            }
            Err(Failure::Kubernetes(KubernetesError::Gone)) => requeue(Requeue::OnChange),
            Err(failure) => {
                self.log_failure(&failure);
                let cause = if matches!(failure, Failure::Deadline(_)) { Cause::Unanswered } else { Cause::Other };
                failed(cause, Duration::ZERO)
            }
        }
    }

    fn log_failure(&self, failure: &Failure) {
        match failure {
            Failure::Panic => {
                self.metrics.panicked();
                error!("{failure}");
            }
            Failure::Kubernetes(KubernetesError::Conflict) => debug!("{failure}"),
            Failure::Kubernetes(_) | Failure::Deadline(_) => warn!("{failure}"),
        }
    }
}

/// Sees to it that the reconcile ends in time, and that a panic ends nothing else.
async fn guarded<F>(deadline: Duration, reconcile: F) -> Result<ReconcileOutcome, Failure>
where
    F: Future<Output = Result<ReconcileOutcome, KubernetesError>>,
{
    // What a reconcile shares with others is behind locks that a panic does not leave half changed.
    match timeout(deadline, AssertUnwindSafe(reconcile).catch_unwind()).await {
        Ok(Ok(ended)) => ended.map_err(Failure::Kubernetes),
        Ok(Err(_)) => Err(Failure::Panic),
        Err(_) => Err(Failure::Deadline(deadline)),
    }
}

fn requeue(next: Requeue) -> (ReconcileResult, Action) {
    match next {
        Requeue::OnChange => (ReconcileResult::Success, Action::await_change()),
        Requeue::After(delay) | Requeue::BackOff { at_least: delay } => {
            (ReconcileResult::RequeueAfter, Action::requeue(delay))
        }
    }
}

fn is_there<K: Kind>(store: &Store<K>, key: &ObjectKey) -> bool {
    let reference = ObjectRef::new(&key.name).within(&key.namespace);
    store.get(&reference).is_some_and(|object| object.meta().uid.as_ref() == Some(&key.uid))
}

#[cfg(test)]
mod tests;
