//! The task that sweeps. It decides nothing: the state says when, and whom it concerns.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use privatelink::{ListVpcEndpointConnectionsRequest, ListVpcEndpointServicesRequest, Tag};
use tokio::sync::Notify;

use super::Shared;
use super::schedule::Failure;
use super::state::State;
use super::state::sweeps::Awakened;
use crate::cloud::services::{Service, answers};
use crate::names::CLUSTER_TAG;

/// Sweeps and refreshes until it is dropped. The three go on side by side, so that a slow one does not hold up the others.
pub(super) async fn run(shared: Arc<Shared>) {
    tokio::join!(sweep_services(&shared), sweep_connections(&shared), refresh_details(&shared));
}

async fn sweep_services(shared: &Shared) {
    let request = ListVpcEndpointServicesRequest {
        tags: vec![Tag { key: CLUSTER_TAG.to_owned(), value: shared.setup.cluster.clone() }],
        ..ListVpcEndpointServicesRequest::default()
    };
    loop {
        until_due(shared, &shared.services, State::services_due).await;
        let as_of = shared.now();
        shared.state().begin_services(as_of, jitter());
        match shared.setup.reader.list_vpc_endpoint_services(&request).await {
            Ok(listed) => {
                let entries = listed.items.into_iter().filter_map(Service::from_answer);
                let awakened = shared.state().services_swept(as_of, entries);
                shared.awaken(&awakened);
                shared.details.notify_one();
                tell_words(shared);
            }
            Err(error) => {
                let failure = shared.state().services_failed(&error, shared.now());
                report(shared, &error, failure);
                if failure == Failure::Lasting {
                    let objects = shared.state().take_trusting().into_iter().collect();
                    shared.awaken(&Awakened { objects, recovered: false });
                }
            }
        }
    }
}

async fn sweep_connections(shared: &Shared) {
    let request = ListVpcEndpointConnectionsRequest::default();
    loop {
        until_due(shared, &shared.connections, State::connections_due).await;
        let as_of = shared.now();
        shared.state().begin_connections(as_of, jitter());
        match shared.setup.reader.list_vpc_endpoint_connections(&request).await {
            Ok(listed) => {
                let by_service = answers::connections(listed.items);
                let awakened = shared.state().connections_swept(as_of, by_service);
                shared.awaken(&awakened);
                tell_words(shared);
            }
            Err(error) => {
                let (failure, objects) = shared.state().connections_failed(&error, shared.now());
                report(shared, &error, failure);
                shared.awaken(&Awakened { objects: objects.into_iter().collect(), recovered: false });
            }
        }
    }
}

/// One service at a time, behind everything that a reconcile reads for itself.
async fn refresh_details(shared: &Shared) {
    loop {
        until_due(shared, &shared.details, State::details_due).await;
        let began = shared.now();
        let Some(refreshing) = shared.state().begin_details(began) else { continue };
        match shared.details(&refreshing.service_id, refreshing.principals).await {
            Ok(view) => {
                if shared.state().refreshed(&refreshing, view) {
                    shared.setup.wake.object(&refreshing.id);
                }
            }
            Err(error) => {
                let (target, request_id) = (&shared.setup.target, error.request_id());
                let service_id = refreshing.service_id.as_str();
                tracing::warn!(account = target.account, region = target.region, service_id, request_id, "{error}");
                if shared.state().not_refreshed(&refreshing, &error, shared.now()) {
                    shared.setup.wake.object(&refreshing.id);
                }
            }
        }
    }
}

/// A word that this version does not know stops nobody, but somebody should know.
fn tell_words(shared: &Shared) {
    let words = shared.state().new_words();
    for (field, word) in words {
        let target = &shared.setup.target;
        tracing::warn!(
            account = target.account,
            region = target.region,
            field,
            word,
            "the provider uses an unknown word"
        );
    }
}

/// Waits until a sweep is due. What is due is asked again whenever it may have changed.
async fn until_due(shared: &Shared, changed: &Notify, due: impl Fn(&State, Timestamp) -> Option<Timestamp>) {
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

fn report(shared: &Shared, error: &cloud_core::Error, failure: Failure) {
    let (target, request_id) = (&shared.setup.target, error.request_id());
    match failure {
        Failure::Retried => tracing::debug!(account = target.account, region = target.region, request_id, "{error}"),
        Failure::Lasting => tracing::warn!(account = target.account, region = target.region, request_id, "{error}"),
    }
}
