//! The work queue under the names of controller-runtime: which objects wait for a reconcile, and since when.
//!
//! kube's runtime has the queue and shows nothing of it, so what goes in and what comes out is noted beside it. What is not seen here are
//! reconciles that an object asked for itself, for a later time: those wait for the time, not for a worker.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Unit;
use tokio::time::Instant;

use super::Metrics;
use super::described::{QUEUE_AGE, QUEUE_DEPTH};
use super::labels::ByQueue;

/// Namespace and name: what the runtime's queue goes by.
type Key = (String, String);

/// The work queue of one kind.
#[derive(Debug)]
pub struct WorkQueue {
    label: ByQueue,
    adds: Counter,
    time: Histogram,
    /// As many as there are objects at most: who is gone is taken out.
    waiting: Mutex<HashMap<Key, Instant>>,
}

impl Metrics {
    /// The work queue of a kind; its name in lower case is the value of the labels.
    pub fn work_queue(&self, kind: &str) -> Arc<WorkQueue> {
        let name = kind.to_ascii_lowercase();
        let label = ByQueue { name: name.clone(), controller: name };
        let adds = self.0.queue_adds.get_or_create_owned(&label);
        let time = self.0.queue_time.get_or_create_owned(&label);
        let queue = Arc::new(WorkQueue { label, adds, time, waiting: Mutex::default() });
        self.0.queues.add(&queue);
        queue
    }
}

impl WorkQueue {
    /// A reconcile was asked for. One that waits already keeps its place.
    pub fn add(&self, namespace: &str, name: &str) {
        self.adds.inc();
        self.waiting().entry((namespace.to_owned(), name.to_owned())).or_insert_with(Instant::now);
    }

    /// The reconcile begins.
    pub fn begin(&self, namespace: &str, name: &str) {
        let Some(since) = self.remove(namespace, name) else { return };
        self.time.observe(since.elapsed().as_secs_f64());
    }

    /// There will be no reconcile: the object has gone.
    pub fn remove(&self, namespace: &str, name: &str) -> Option<Instant> {
        self.waiting().remove(&(namespace.to_owned(), name.to_owned()))
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<Key, Instant>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many wait, and for how long the first of them has, in seconds.
    fn load(&self) -> (i64, f64) {
        let waiting = self.waiting();
        let oldest = waiting.values().map(Instant::elapsed).max().unwrap_or_default();
        (i64::try_from(waiting.len()).unwrap_or(i64::MAX), oldest.as_secs_f64())
    }
}

/// The work queues of every kind that runs, read at each scrape.
#[derive(Clone, Default)]
pub(super) struct Queues(Arc<Mutex<Vec<Arc<WorkQueue>>>>);

impl Queues {
    fn add(&self, queue: &Arc<WorkQueue>) {
        self.queues().push(Arc::clone(queue));
    }

    fn queues(&self) -> MutexGuard<'_, Vec<Arc<WorkQueue>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Queues {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Queues").finish_non_exhaustive()
    }
}

impl Collector for Queues {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let loads: Vec<(ByQueue, (i64, f64))> =
            self.queues().iter().map(|queue| (queue.label.clone(), queue.load())).collect();
        if loads.is_empty() {
            return Ok(());
        }
        let mut depth = encoder.encode_descriptor(QUEUE_DEPTH.base_name, QUEUE_DEPTH.help, None, MetricType::Gauge)?;
        for (label, (waiting, _)) in &loads {
            ConstGauge::new(*waiting).encode(depth.encode_family(label)?)?;
        }
        let unit = Some(&Unit::Seconds);
        let mut age = encoder.encode_descriptor(QUEUE_AGE.base_name, QUEUE_AGE.help, unit, MetricType::Gauge)?;
        for (label, (_, oldest)) in &loads {
            ConstGauge::new(*oldest).encode(age.encode_family(label)?)?;
        }
        Ok(())
    }
}
