//! Whether this process leads, under the name that controller-runtime serves it by.

use prometheus_client::metrics::gauge::Gauge;

use super::Metrics;
use super::labels::ByName;

/// Says whether this process leads.
#[derive(Clone, Debug)]
pub struct LeaderMetrics(Gauge);

impl Metrics {
    /// For the lease of that name; 0 until something else is said.
    pub fn leader(&self, lease: &str) -> LeaderMetrics {
        LeaderMetrics(self.0.leader_status.get_or_create_owned(&ByName { name: lease.to_owned() }))
    }
}

impl LeaderMetrics {
    pub fn set(&self, leads: bool) {
        self.0.set(leads.into());
    }
}
