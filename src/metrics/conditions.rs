//! How many objects have a condition in which state, and for how long one has not been Ready; counted at each scrape: nothing has to be kept
//! in step.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use cloud_core::{Clock, SystemClock};
use jiff::{SignedDuration, Timestamp};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Unit;

use super::described::{CONDITIONS, OLDEST_NOT_READY};
use crate::crd::ConditionType;

const STATES: [&str; 3] = ["True", "False", "Unknown"];

/// Shows every object of one kind: when it was created, and its conditions.
type Source = Box<dyn Fn(&mut dyn FnMut(Option<Timestamp>, &[Condition])) + Send + Sync>;

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
        let (described, unit) = (OLDEST_NOT_READY, Some(&Unit::Seconds));
        let oldest = encoder.encode_descriptor(described.base_name, described.help, unit, MetricType::Gauge)?;
        ConstGauge::new(oldest_not_ready(&sources, SystemClock.now()).as_secs_f64()).encode(oldest)
    }
}

/// Every known type and state is in the answer, so that a series does not vanish when its last object does. Conditions of others are
/// not ours to count.
fn count(sources: &[Source]) -> BTreeMap<(&'static str, &'static str), i64> {
    let mut counts: BTreeMap<_, _> =
        ConditionType::ALL.iter().flat_map(|kind| STATES.map(|status| ((kind.as_str(), status), 0))).collect();
    for source in sources {
        source(&mut |_, conditions| {
            for condition in conditions {
                let is_it = |(kind, status): &(&str, &str)| *kind == condition.type_ && *status == condition.status;
                if let Some((_, number)) = counts.iter_mut().find(|(key, _)| is_it(key)) {
                    *number += 1;
                }
            }
        });
    }
    counts
}

/// For how long the one that has not been Ready for longest has not been: since its condition says so, or since it was made.
fn oldest_not_ready(sources: &[Source], now: Timestamp) -> SignedDuration {
    let mut oldest = now;
    for source in sources {
        source(&mut |made, conditions| {
            let since = match conditions.iter().find(|condition| condition.type_ == ConditionType::Ready.as_str()) {
                Some(ready) if ready.status == "True" => None,
                Some(ready) => Some(ready.last_transition_time.0),
                None => made,
            };
            oldest = oldest.min(since.unwrap_or(now));
        });
    }
    now.duration_since(oldest)
}

#[cfg(test)]
mod tests {
    use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn ready(status: &str, since: i64) -> Condition {
        Condition {
            type_: ConditionType::Ready.as_str().into(),
            status: status.into(),
            reason: "Any".into(),
            message: String::new(),
            last_transition_time: Time(at(since)),
            observed_generation: None,
        }
    }

    fn oldest(objects: Vec<(i64, Option<Condition>)>) -> i64 {
        let source: Source = Box::new(move |see| {
            for (made, condition) in &objects {
                see(Some(at(*made)), condition.as_slice());
            }
        });
        oldest_not_ready(&[source], at(1_000)).as_secs()
    }

    #[test]
    fn the_oldest_counts_from_its_condition_and_without_one_from_its_creation() {
        assert_eq!(oldest(vec![]), 0);
        assert_eq!(oldest(vec![(10, Some(ready("True", 20)))]), 0);
        assert_eq!(oldest(vec![(10, Some(ready("False", 900))), (10, Some(ready("Unknown", 700)))]), 300);
        assert_eq!(oldest(vec![(400, None), (10, Some(ready("False", 900)))]), 600);
    }

    #[test]
    fn a_clock_that_went_back_makes_no_negative_age() {
        assert_eq!(oldest(vec![(10, Some(ready("False", 2_000)))]), 0);
    }
}
