//! The task that lists. It decides nothing: the state says when, and whom it concerns.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Notify;

use super::Shared;
use super::resource::Resource;
use super::schedule::Failure;
use super::state::State;
use super::state::lists::Requeued;

/// Lists and refreshes until it is dropped. The three go on side by side, so that a slow one does not hold up the others.
pub(super) async fn run<R: Resource>(shared: Arc<Shared<R>>) {
    tokio::join!(list(&shared), list_dependents(&shared), refresh_details(&shared));
}

async fn list<R: Resource>(shared: &Shared<R>) {
    loop {
        until_due(shared, &shared.list, State::list_due).await;
        let as_of = shared.now();
        shared.state().begin_list(as_of, jitter());
        match R::list(&shared.setup.reader, &shared.setup.cluster).await {
            Ok(entries) => {
                let requeued = shared.state().listed(as_of, entries);
                shared.requeue(&requeued);
                shared.details.notify_one();
                log_unknown_states(shared);
            }
            Err(error) => {
                let failure = shared.state().list_failed(&error, shared.now());
                report(shared, &error, failure);
                if failure == Failure::Lasting {
                    let objects = shared.state().take_trusting().into_iter().collect();
                    shared.requeue(&Requeued { objects, recovered: false });
                }
            }
        }
    }
}

async fn list_dependents<R: Resource>(shared: &Shared<R>) {
    loop {
        until_due(shared, &shared.dependents, State::dependents_due).await;
        let as_of = shared.now();
        shared.state().begin_dependents(as_of, jitter());
        match R::list_dependents(&shared.setup.reader).await {
            Ok(by_resource) => {
                let requeued = shared.state().dependents_listed(as_of, by_resource);
                shared.requeue(&requeued);
                log_unknown_states(shared);
            }
            Err(error) => {
                let (failure, objects) = shared.state().dependents_failed(&error, shared.now());
                report(shared, &error, failure);
                shared.requeue(&Requeued { objects: objects.into_iter().collect(), recovered: false });
            }
        }
    }
}

/// One resource at a time, behind everything that a reconcile reads for itself.
async fn refresh_details<R: Resource>(shared: &Shared<R>) {
    loop {
        until_due(shared, &shared.details, State::details_due).await;
        let began = shared.now();
        let Some(refreshing) = shared.state().begin_details(began) else { continue };
        match R::read_details(shared.reads(), &refreshing.resource_id, refreshing.managed).await {
            Ok(details) => {
                if shared.state().refreshed(&refreshing, details) {
                    shared.setup.requeuer.enqueue(&refreshing.id);
                }
            }
            Err(error) => {
                let (target, request_id) = (&shared.setup.target, error.request_id());
                let resource_id = refreshing.resource_id.as_str();
                tracing::warn!(account = target.account, region = target.region, resource_id, request_id, "{error}");
                if shared.state().not_refreshed(&refreshing, &error, shared.now()) {
                    shared.setup.requeuer.enqueue(&refreshing.id);
                }
            }
        }
    }
}

/// A state that this version does not know stops nobody, but somebody should know.
fn log_unknown_states<R: Resource>(shared: &Shared<R>) {
    let states = shared.state().new_unknown_states();
    for (field, state) in states {
        let target = &shared.setup.target;
        tracing::warn!(
            account = target.account,
            region = target.region,
            field,
            state,
            "the provider reported an unknown state"
        );
    }
}

/// Waits until a list is due. What is due is asked again whenever it may have changed.
async fn until_due<R: Resource>(
    shared: &Shared<R>,
    changed: &Notify,
    due: impl Fn(&State<R>, Timestamp) -> Option<Timestamp>,
) {
    loop {
        let now = shared.now();
        let due = due(&shared.state(), now);
        match due.map(|due| Duration::try_from(due.duration_since(now)).unwrap_or_default()) {
            None => changed.notified().await,
            Some(Duration::ZERO) => return,
            Some(wait) => {
                // The wait is one of the runtime's; when the clock is set meanwhile, the next look at it corrects that.
                let _ = tokio::time::timeout(wait.min(shared.setup.timing.resync_period), changed.notified()).await;
            }
        }
    }
}

/// A factor for the period, evenly between 0.9 and 1.1.
fn jitter() -> f64 {
    rand::random_range(0.9..=1.1)
}

fn report<R: Resource>(shared: &Shared<R>, error: &cloud_core::Error, failure: Failure) {
    let (target, request_id) = (&shared.setup.target, error.request_id());
    match failure {
        Failure::Retried => tracing::debug!(account = target.account, region = target.region, request_id, "{error}"),
        Failure::Lasting => tracing::warn!(account = target.account, region = target.region, request_id, "{error}"),
    }
}
