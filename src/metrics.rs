//! What the operator counts, in the OpenMetrics format.
//!
//! Reconciles, the election, work queue and requests to the API server have the names that controller-runtime and client-go gave them, so that
//! existing dashboards and alerts work; everything else is under `privatelink_operator_`. Labels come from closed sets: never an object's name or UID,
//! never an error's text.

mod conditions;
mod connections;
mod controller;
pub(crate) mod described;
mod labels;
mod leader;
mod rest_client;
mod transport;
mod vitals;
mod work_queue;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use kube::Resource;
use kube::core::object::HasStatus;
use kube::runtime::reflector::Store;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::text;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::{Family, MetricConstructor};
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Metric, Registry, Unit};

pub use controller::{ActiveWorker, ControllerMetrics};
pub use described::Described;
pub use labels::{ReconcileResult, WriteKind};
pub use leader::LeaderMetrics;
pub use transport::MeteredTransport;
pub use vitals::Vitals;
pub use work_queue::WorkQueue;

use conditions::Conditions;
use connections::Connections;
use labels::{ByController, ByKind, ByName, ByOperation, ByQueue, ByRestRequest, ByVerb, Request, Result};
use work_queue::Queues;

/// The buckets of controller-runtime, thinned out: from a reconcile without work to the deadline of a whole reconcile.
const RECONCILE_SECONDS: [f64; 12] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0, 60.0];

/// From an answer of the same region to the deadline of an attempt.
const REQUEST_SECONDS: [f64; 10] = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

type Histograms<L> = Family<L, Histogram, Buckets>;

/// All counters of the process. Cheap to clone; every clone counts in the same place.
#[derive(Clone, Debug)]
pub struct Metrics(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    registry: Mutex<Registry>,
    conditions: Conditions,
    connections: Connections,
    queues: Queues,
    reconciles: Family<Result, Counter>,
    reconcile_errors: Family<ByController, Counter>,
    reconcile_panics: Family<ByController, Counter>,
    reconcile_time: Histograms<ByController>,
    active_workers: Family<ByController, Gauge>,
    max_concurrent: Family<ByController, Gauge>,
    queue_adds: Family<ByQueue, Counter>,
    queue_time: Histograms<ByQueue>,
    rest_requests: Family<ByRestRequest, Counter>,
    rest_request_time: Histograms<ByVerb>,
    cloud_requests: Family<Request, Counter>,
    cloud_request_time: Histograms<ByOperation>,
    cloud_throttled: Family<ByOperation, Counter>,
    stale_sync_skips: Counter,
    kubernetes_writes: Family<ByKind, Counter>,
    leader_status: Family<ByName, Gauge>,
}

impl Metrics {
    pub fn new() -> Self {
        let inner = Inner {
            registry: Mutex::default(),
            conditions: Conditions::default(),
            connections: Connections::default(),
            queues: Queues::default(),
            reconciles: Family::default(),
            reconcile_errors: Family::default(),
            reconcile_panics: Family::default(),
            reconcile_time: Family::new_with_constructor(Buckets(&RECONCILE_SECONDS)),
            active_workers: Family::default(),
            max_concurrent: Family::default(),
            queue_adds: Family::default(),
            queue_time: Family::new_with_constructor(Buckets(&RECONCILE_SECONDS)),
            rest_requests: Family::default(),
            rest_request_time: Family::new_with_constructor(Buckets(&REQUEST_SECONDS)),
            cloud_requests: Family::default(),
            cloud_request_time: Family::new_with_constructor(Buckets(&REQUEST_SECONDS)),
            cloud_throttled: Family::default(),
            stale_sync_skips: Counter::default(),
            kubernetes_writes: Family::default(),
            leader_status: Family::default(),
        };
        let mut registry = Registry::default();
        inner.register_reconciles(registry.sub_registry_with_prefix(described::RUNTIME));
        let elections = registry.sub_registry_with_prefix(described::ELECTION);
        register(elections, described::LEADER_STATUS, &inner.leader_status);
        inner.register_queue(registry.sub_registry_with_prefix(described::QUEUE));
        inner.register_rest_client(registry.sub_registry_with_prefix(described::REST));
        inner.register_own(registry.sub_registry_with_prefix(described::OWN));
        registry.register_collector(Box::new(inner.conditions.clone()));
        registry.register_collector(Box::new(inner.connections.clone()));
        registry.register_collector(Box::new(inner.queues.clone()));
        Self(Arc::new(Inner { registry: Mutex::new(registry), ..inner }))
    }

    /// One attempt of a call to the cloud; `code` is from the table of known codes or one of our own.
    fn cloud_request(&self, operation: &'static str, code: String, took: Duration) {
        self.0.cloud_requests.get_or_create(&Request { operation, code }).inc();
        self.0.cloud_request_time.get_or_create(&ByOperation { operation }).observe(took.as_secs_f64());
    }

    fn cloud_throttled(&self, operation: &'static str) {
        self.0.cloud_throttled.get_or_create(&ByOperation { operation }).inc();
    }

    /// A copy from the watch was older than our own last patch and was not used.
    pub fn stale_sync_skipped(&self) {
        self.0.stale_sync_skips.inc();
    }

    pub fn kubernetes_write(&self, kind: WriteKind) {
        self.0.kubernetes_writes.get_or_create(&ByKind { kind }).inc();
    }

    /// Counts the conditions of the objects in the store of a kind, beside those of other kinds.
    pub fn count_conditions<K>(&self, store: Store<K>, conditions: fn(&K::Status) -> &[Condition])
    where
        K: Resource<DynamicType = ()> + HasStatus + Clone + Send + Sync + 'static,
    {
        self.0.conditions.add(Box::new(move |see| {
            for object in store.state() {
                let made = object.meta().creation_timestamp.as_ref().map(|time| time.0);
                see(made, object.status().map(conditions).unwrap_or_default());
            }
        }));
    }

    /// Counts the connections of consumers by the statuses of the objects in the store of a kind.
    pub fn count_connections<K>(&self, store: Store<K>, counts: fn(&K::Status) -> Vec<(&'static str, u32)>)
    where
        K: Resource<DynamicType = ()> + HasStatus + Clone + Send + Sync + 'static,
    {
        self.0.connections.add(Box::new(move |see| {
            for object in store.state() {
                let counts = object.status().map(counts).unwrap_or_default();
                for (state, count) in counts {
                    see(state, count);
                }
            }
        }));
    }

    /// Adds what is counted elsewhere and is read at each scrape.
    pub fn collect(&self, collector: impl Collector) {
        self.registry().register_collector(Box::new(collector));
    }

    /// Everything, as text for a scrape.
    pub fn encode(&self) -> std::result::Result<String, fmt::Error> {
        let mut text = String::new();
        text::encode(&mut text, &self.registry())?;
        Ok(text)
    }

    fn registry(&self) -> std::sync::MutexGuard<'_, Registry> {
        // A scrape that failed half way leaves the registry as it was.
        self.0.registry.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl Inner {
    /// The registry adds `_total` and the unit to a name.
    fn register_reconciles(&self, registry: &mut Registry) {
        register(registry, described::RECONCILES, &self.reconciles);
        register(registry, described::RECONCILE_ERRORS, &self.reconcile_errors);
        register(registry, described::RECONCILE_PANICS, &self.reconcile_panics);
        register_time(registry, described::RECONCILE_TIME, &self.reconcile_time);
        register(registry, described::ACTIVE_WORKERS, &self.active_workers);
        register(registry, described::MAX_CONCURRENT, &self.max_concurrent);
    }

    fn register_queue(&self, registry: &mut Registry) {
        register(registry, described::QUEUE_ADDS, &self.queue_adds);
        register_time(registry, described::QUEUE_TIME, &self.queue_time);
    }

    fn register_rest_client(&self, registry: &mut Registry) {
        register(registry, described::REST_REQUESTS, &self.rest_requests);
        register_time(registry, described::REST_REQUEST_TIME, &self.rest_request_time);
    }

    fn register_own(&self, registry: &mut Registry) {
        register(registry, described::CLOUD_REQUESTS, &self.cloud_requests);
        register_time(registry, described::CLOUD_REQUEST_TIME, &self.cloud_request_time);
        register(registry, described::CLOUD_THROTTLED, &self.cloud_throttled);
        register(registry, described::STALE_SYNC_SKIPS, &self.stale_sync_skips);
        register(registry, described::KUBERNETES_WRITES, &self.kubernetes_writes);
        let version = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        registry.register(described::BUILD.name, described::BUILD.help, version);
    }
}

fn register(registry: &mut Registry, described: Described, metric: &(impl Metric + Clone)) {
    registry.register(described.name, described.help, metric.clone());
}

fn register_time(registry: &mut Registry, described: Described, metric: &(impl Metric + Clone)) {
    registry.register_with_unit(described.name, described.help, Unit::Seconds, metric.clone());
}

/// Makes histograms with the same bounds.
#[derive(Clone, Copy, Debug)]
struct Buckets(&'static [f64]);

impl MetricConstructor<Histogram> for Buckets {
    fn new_metric(&self) -> Histogram {
        Histogram::new(self.0.iter().copied())
    }
}

#[cfg(test)]
mod tests;
