//! How many connections of consumers are in which state, counted from the statuses at each scrape: nothing has to be kept in step.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::gauge::ConstGauge;

use super::described::CONNECTIONS;

/// The states that are counted; every one is in the answer, so that a series does not vanish.
const STATES: [&str; 4] = ["connected", "held", "rejected", "in_transition"];

/// Shows what the status of every object of one kind counts, by state.
type Source = Box<dyn Fn(&mut dyn FnMut(&'static str, u32)) + Send + Sync>;

/// Adds up the connections of all objects.
#[derive(Clone, Default)]
pub(super) struct Connections(Arc<Mutex<Vec<Source>>>);

impl Connections {
    pub(super) fn add(&self, source: Source) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(source);
    }
}

impl fmt::Debug for Connections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connections").finish_non_exhaustive()
    }
}

impl Collector for Connections {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let sources = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if sources.is_empty() {
            return Ok(());
        }
        let mut metric = encoder.encode_descriptor(CONNECTIONS.base_name, CONNECTIONS.help, None, MetricType::Gauge)?;
        for (state, number) in sum(&sources) {
            ConstGauge::new(number).encode(metric.encode_family(&[("state", state)])?)?;
        }
        Ok(())
    }
}

fn sum(sources: &[Source]) -> [(&'static str, i64); 4] {
    let mut sum = STATES.map(|state| (state, 0));
    for source in sources {
        source(&mut |state, count| {
            if let Some((_, number)) = sum.iter_mut().find(|(known, _)| *known == state) {
                *number += i64::from(count);
            }
        });
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_counts_of_all_objects_are_added_up_and_no_state_is_missing() {
        assert_eq!(sum(&[]), [("connected", 0), ("held", 0), ("rejected", 0), ("in_transition", 0)]);
        let source: Source = Box::new(|see| {
            for (state, count) in [("connected", 2), ("held", 1), ("connected", 3), ("rejected", 4)] {
                see(state, count);
            }
        });
        let expected = [("connected", 5), ("held", 1), ("rejected", 4), ("in_transition", 0)];
        assert_eq!(sum(&[source]), expected);
    }
}
