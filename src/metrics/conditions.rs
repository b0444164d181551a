//! How many objects have a condition in which state, counted at each scrape: nothing has to be kept in step.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::gauge::ConstGauge;

use super::described::CONDITIONS;
use crate::crd::ConditionType;

const STATES: [&str; 3] = ["True", "False", "Unknown"];

/// Shows the conditions of every object of one kind.
type Source = Box<dyn Fn(&mut dyn FnMut(&Condition)) + Send + Sync>;

/// Counts the conditions of the objects of every kind that runs.
#[derive(Clone, Default)]
pub(super) struct Conditions(Arc<Mutex<Vec<Source>>>);

impl Conditions {
    pub(super) fn add(&self, source: Source) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(source);
    }
}

impl fmt::Debug for Conditions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Conditions").finish_non_exhaustive()
    }
}

impl Collector for Conditions {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let sources = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if sources.is_empty() {
            return Ok(());
        }
        let counts = count(&sources);
        let mut metric = encoder.encode_descriptor(CONDITIONS.base_name, CONDITIONS.help, None, MetricType::Gauge)?;
        for ((kind, status), number) in counts {
            let labels = [("type", kind), ("status", status)];
            ConstGauge::new(number).encode(metric.encode_family(&labels)?)?;
        }
        Ok(())
    }
}

/// Every known type and state is in the answer, so that a series does not vanish when its last object does. Conditions of others are
/// not ours to count.
fn count(sources: &[Source]) -> BTreeMap<(&'static str, &'static str), i64> {
    let mut counts: BTreeMap<_, _> =
        ConditionType::ALL.iter().flat_map(|kind| STATES.map(|status| ((kind.as_str(), status), 0))).collect();
    for source in sources {
        source(&mut |condition| {
            let found =
                counts.iter_mut().find(|((kind, status), _)| *kind == condition.type_ && *status == condition.status);
            if let Some((_, number)) = found {
                *number += 1;
            }
        });
    }
    counts
}
