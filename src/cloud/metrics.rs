//! Metrics of the lists and details refreshes of the inventory, which counts them itself.

use std::fmt;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;

use crate::cloud::inventory::Figures;
use crate::cloud::inventory::resource::Resource;
use crate::metrics::described::{
    CLOUD_QUEUE_DEPTH, DETAILS_REFRESH_FAILURES, DETAILS_REFRESHES, LIST_FAILURES, LISTS, ORPHANS, SERVICES,
    UNKNOWN_STATES,
};

/// What is at hand now, in all regions together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Load {
    /// Resources of our cluster in the newest lists.
    pub resources: usize,
    /// Objects that are queued for a permit.
    pub queued: usize,
    /// Resources of our cluster whose object exists no more.
    pub orphans: usize,
}

/// Reads the figures of the inventories, of all accounts and regions together, at each scrape.
pub struct InventoryCollector {
    /// What is listed, and what hangs on it.
    scopes: [&'static str; 2],
    read: Box<dyn Fn() -> (Figures, Load) + Send + Sync>,
}

impl InventoryCollector {
    pub fn of<R: Resource>(read: impl Fn() -> (Figures, Load) + Send + Sync + 'static) -> Self {
        Self { scopes: [R::NAME, R::DEPENDENTS_NAME], read: Box::new(read) }
    }
}

impl fmt::Debug for InventoryCollector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InventoryCollector").finish_non_exhaustive()
    }
}

impl Collector for InventoryCollector {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let (figures, load) = (self.read)();
        let mut lists = encoder.encode_descriptor(LISTS.base_name, LISTS.help, None, MetricType::Counter)?;
        for (scope, count) in self.scopes.into_iter().zip([figures.lists, figures.dependent_lists]) {
            ConstCounter::new(count).encode(lists.encode_family(&[("scope", scope)])?)?;
        }
        let counters = [
            (LIST_FAILURES, figures.list_failures),
            (DETAILS_REFRESHES, figures.details_reads),
            (DETAILS_REFRESH_FAILURES, figures.details_failures),
            (UNKNOWN_STATES, figures.unknown_states),
        ];
        for (described, count) in counters {
            let counter = encoder.encode_descriptor(described.base_name, described.help, None, MetricType::Counter)?;
            ConstCounter::new(count).encode(counter)?;
        }
        for (described, number) in
            [(SERVICES, load.resources), (ORPHANS, load.orphans), (CLOUD_QUEUE_DEPTH, load.queued)]
        {
            let gauge = encoder.encode_descriptor(described.base_name, described.help, None, MetricType::Gauge)?;
            ConstGauge::new(i64::try_from(number).unwrap_or(i64::MAX)).encode(gauge)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud::services::EndpointServices;
    use crate::metrics::Metrics;

    #[test]
    fn lists_are_read_from_where_they_are_counted() {
        let metrics = Metrics::new();
        metrics.collect(InventoryCollector::of::<EndpointServices>(|| {
            let figures = Figures { lists: 7, dependent_lists: 2, list_failures: 1, ..Figures::default() };
            (figures, Load { resources: 40, queued: 3, orphans: 2 })
        }));
        let text = metrics.encode().unwrap();
        let is_ours = |line: &str| {
            ["cloud_list", "cloud_queue", "orphaned", "services"]
                .iter()
                .any(|name| line.starts_with(&format!("privatelink_operator_{name}")))
        };
        let mut lines: Vec<&str> = text.lines().filter(|line| is_ours(line)).collect();
        lines.sort_unstable();
        assert_eq!(
            lines,
            [
                "privatelink_operator_cloud_list_failures_total 1",
                r#"privatelink_operator_cloud_lists_total{scope="connections"} 2"#,
                r#"privatelink_operator_cloud_lists_total{scope="services"} 7"#,
                "privatelink_operator_cloud_queue_depth 3",
                "privatelink_operator_orphaned_services 2",
                "privatelink_operator_services 40",
            ]
        );
    }
}
