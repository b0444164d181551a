//! The reconciles of one kind, under the names that controller-runtime gave them.

use std::time::Duration;

use prometheus_client::metrics::gauge::Gauge;

use super::Metrics;
use super::labels::{ByController, ReconcileResult, Result};

/// Counts the reconciles of one kind.
#[derive(Clone, Debug)]
pub struct ControllerMetrics {
    metrics: Metrics,
    label: ByController,
}

/// A reconcile in progress: counted as an active worker until it is dropped, however it ends.
#[derive(Debug)]
pub struct ActiveWorker(Gauge);

impl Metrics {
    /// The counters of the reconciles of a kind; its name in lower case is the value of the label `controller`.
    pub fn controller(&self, kind: &str) -> ControllerMetrics {
        ControllerMetrics { metrics: self.clone(), label: ByController { controller: kind.to_ascii_lowercase() } }
    }
}

impl ControllerMetrics {
    /// Says how many reconciles may run at a time.
    pub fn allow_workers(&self, count: u16) {
        self.metrics.0.max_concurrent.get_or_create(&self.label).set(count.into());
    }

    /// Begins to count a reconcile.
    pub fn begin_reconcile(&self) -> ActiveWorker {
        let workers = self.metrics.0.active_workers.get_or_create_owned(&self.label);
        workers.inc();
        ActiveWorker(workers)
    }

    pub fn end_reconcile(&self, result: ReconcileResult, took: Duration) {
        let counters = &self.metrics.0;
        let labels = Result { controller: self.label.controller.clone(), result };
        counters.reconciles.get_or_create(&labels).inc();
        counters.reconcile_time.get_or_create(&self.label).observe(took.as_secs_f64());
        if result == ReconcileResult::Error {
            counters.reconcile_errors.get_or_create(&self.label).inc();
        }
    }

    pub fn panicked(&self) {
        self.metrics.0.reconcile_panics.get_or_create(&self.label).inc();
    }
}

impl Drop for ActiveWorker {
    fn drop(&mut self) {
        self.0.dec();
    }
}
