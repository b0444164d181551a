//! The sweeps of the inventory, which counts them itself.

use std::fmt;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;

use crate::cloud::inventory::Figures;

/// Reads the figures of the inventories, of all accounts and regions together, at each scrape.
pub struct Sweeps(Box<dyn Fn() -> Figures + Send + Sync>);

impl Sweeps {
    pub fn of(figures: impl Fn() -> Figures + Send + Sync + 'static) -> Self {
        Self(Box::new(figures))
    }
}

impl fmt::Debug for Sweeps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sweeps").finish_non_exhaustive()
    }
}

impl Collector for Sweeps {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let figures = (self.0)();
        let help = "Sweeps of the inventory that were begun";
        let mut sweeps = encoder.encode_descriptor("privatelink_operator_sweeps", help, None, MetricType::Counter)?;
        for (scope, count) in [("services", figures.sweeps), ("connections", figures.connection_sweeps)] {
            ConstCounter::new(count).encode(sweeps.encode_family(&[("scope", scope)])?)?;
        }
        let help = "Sweeps of the inventory that failed, each try counted";
        let failures =
            encoder.encode_descriptor("privatelink_operator_sweep_failures", help, None, MetricType::Counter)?;
        ConstCounter::new(figures.sweep_failures).encode(failures)?;
        let counters = [
            (
                "privatelink_operator_details_refreshes",
                "Services whose attachments and principals were read again by the inventory itself",
                figures.details_reads,
            ),
            ("privatelink_operator_details_refresh_failures", "Those of them that failed", figures.details_failures),
            (
                "privatelink_operator_unknown_words",
                "Words of the provider that stand for a state and are in no documentation, each counted once",
                figures.unknown_words,
            ),
        ];
        for (name, help, count) in counters {
            let counter = encoder.encode_descriptor(name, help, None, MetricType::Counter)?;
            ConstCounter::new(count).encode(counter)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::Metrics;

    #[test]
    fn sweeps_are_read_from_where_they_are_counted() {
        let metrics = Metrics::new();
        metrics.collect(Sweeps::of(|| Figures {
            sweeps: 7,
            connection_sweeps: 2,
            sweep_failures: 1,
            ..Figures::default()
        }));
        let text = metrics.encode().unwrap();
        let mut lines: Vec<&str> = text.lines().filter(|line| line.starts_with("privatelink_operator_sweep")).collect();
        lines.sort_unstable();
        assert_eq!(
            lines,
            [
                "privatelink_operator_sweep_failures_total 1",
                r#"privatelink_operator_sweeps_total{scope="connections"} 2"#,
                r#"privatelink_operator_sweeps_total{scope="services"} 7"#,
            ]
        );
    }
}
