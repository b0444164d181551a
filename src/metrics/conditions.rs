//! How many objects have a condition in which state, counted at each scrape: nothing has to be kept in step.

use std::collections::BTreeMap;
use std::fmt;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use kube::runtime::reflector::Store;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::gauge::ConstGauge;

use crate::crd::{ConditionType, VpcEndpointService};

const STATES: [&str; 3] = ["True", "False", "Unknown"];

/// Counts the conditions of the objects in a store.
#[derive(Debug)]
pub struct Conditions(Store<VpcEndpointService>);

impl Conditions {
    pub fn of(store: Store<VpcEndpointService>) -> Self {
        Self(store)
    }
}

impl Collector for Conditions {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let objects = self.0.state();
        let counts =
            count(objects.iter().filter_map(|object| object.status.as_ref()).flat_map(|status| &status.conditions));
        let help = "Objects by condition type and status";
        let mut metric =
            encoder.encode_descriptor("privatelink_operator_resource_condition", help, None, MetricType::Gauge)?;
        for ((kind, status), number) in counts {
            let labels = [("type", kind), ("status", status)];
            ConstGauge::new(number).encode(metric.encode_family(&labels)?)?;
        }
        Ok(())
    }
}

/// Every known type and state is in the answer, so that a series does not vanish when its last object does. Conditions of others are
/// not ours to count.
fn count<'a>(conditions: impl Iterator<Item = &'a Condition>) -> BTreeMap<(&'static str, &'static str), i64> {
    let mut counts: BTreeMap<_, _> =
        ConditionType::ALL.iter().flat_map(|kind| STATES.map(|status| ((kind.as_str(), status), 0))).collect();
    for condition in conditions {
        let found =
            counts.iter_mut().find(|((kind, status), _)| *kind == condition.type_ && *status == condition.status);
        if let Some((_, number)) = found {
            *number += 1;
        }
    }
    counts
}
