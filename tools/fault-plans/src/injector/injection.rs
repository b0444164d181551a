//! What a fault injector does to the traffic.

use std::sync::Arc;
use std::time::Duration;

use super::random::RandomFaults;
use crate::fault::{Fault, Site};
use crate::proxy::Side;

/// What a fault injector does.
#[derive(Clone, Debug)]
pub(crate) enum Injection {
    /// One fault, once.
    Once(Order),
    /// No fault; every call passes, at this pace.
    Pass(Pace),
    /// A share of the traffic meets faults, at random.
    Random(Arc<RandomFaults>),
}

/// Which fault, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Order {
    pub(crate) site: Site,
    pub(crate) fault: Fault,
}

/// How quick both sides are in a run without faults.
///
/// How many statuses are written, events published and looks taken depends on which side is slow. Whatever comes in quick and in slow runs
/// alike will come on a busy machine as well, so that a plan can count on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pace {
    /// As quick as they are.
    AsItIs,
    /// The API server takes its time.
    SlowKubernetes,
    /// The cloud does.
    SlowCloud,
}

/// As long as a call takes on a machine with several times too much to do, and as two periods in which the operator polls; far less than any of its
/// deadlines.
const SLOWLY: Duration = Duration::from_millis(100);

impl Injection {
    /// What the fault injector of another operator does: single faults are for the first operator's traffic.
    pub(crate) fn of_another(&self) -> Self {
        match self {
            Self::Once(_) => Self::Pass(Pace::AsItIs),
            Self::Pass(pace) => Self::Pass(*pace),
            Self::Random(random) => Self::Random(Arc::clone(random)),
        }
    }

    pub(super) fn random(&self) -> Option<&Arc<RandomFaults>> {
        match self {
            Self::Random(random) => Some(random),
            Self::Once(_) | Self::Pass(_) => None,
        }
    }

    pub(super) fn order(&self) -> Option<&Order> {
        match self {
            Self::Once(order) => Some(order),
            Self::Pass(_) | Self::Random(_) => None,
        }
    }

    /// How long a call to this side is held up; `None`: not at all.
    pub(super) fn pause(&self, side: Side) -> Option<Duration> {
        let is_slow = match self {
            Self::Once(_) | Self::Random(_) | Self::Pass(Pace::AsItIs) => false,
            Self::Pass(Pace::SlowKubernetes) => side == Side::Kubernetes,
            Self::Pass(Pace::SlowCloud) => side == Side::Cloud,
        };
        is_slow.then_some(SLOWLY)
    }
}

#[cfg(test)]
mod tests {
    use super::{Injection, Pace, SLOWLY};
    use crate::proxy::Side;

    #[test]
    fn one_side_is_slow_at_a_time() {
        let pauses = |pace| [Side::Kubernetes, Side::Cloud].map(|side| Injection::Pass(pace).pause(side));
        assert_eq!(pauses(Pace::AsItIs), [None, None]);
        assert_eq!(pauses(Pace::SlowKubernetes), [Some(SLOWLY), None]);
        assert_eq!(pauses(Pace::SlowCloud), [None, Some(SLOWLY)]);
    }
}
