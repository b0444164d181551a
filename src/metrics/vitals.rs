//! The age of the watch, and which tasks had to be started again; read at each scrape.

use std::fmt;
use std::time::Duration;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Unit;

use super::described::{TASK_RESTARTS, WATCH_AGE};
use crate::supervise::Task;

/// Knows how long ago the API server last said what there is.
pub struct Vitals(Box<dyn Fn() -> Duration + Send + Sync>);

impl Vitals {
    pub fn of(watch_age: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        Self(Box::new(watch_age))
    }
}

impl fmt::Debug for Vitals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vitals").finish_non_exhaustive()
    }
}

impl Collector for Vitals {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let unit = Some(&Unit::Seconds);
        let age = encoder.encode_descriptor(WATCH_AGE.base_name, WATCH_AGE.help, unit, MetricType::Gauge)?;
        ConstGauge::new((self.0)().as_secs_f64()).encode(age)?;
        let name = TASK_RESTARTS.base_name;
        let mut restarts = encoder.encode_descriptor(name, TASK_RESTARTS.help, None, MetricType::Counter)?;
        for task in Task::ALL {
            ConstCounter::new(task.restarts()).encode(restarts.encode_family(&[("task", task.as_str())])?)?;
        }
        Ok(())
    }
}
