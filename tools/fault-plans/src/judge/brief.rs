//! What a judge is to do with the traffic.

use std::sync::Arc;
use std::time::Duration;

use crate::chaos::Storm;
use crate::plan::{Fault, Site};
use crate::proxy::Side;

/// What it is to do.
#[derive(Clone, Debug)]
pub(crate) enum Brief {
    /// To strike, once.
    Strike(Order),
    /// To let everything pass, at this pace.
    Pass(Pace),
    /// To do what the storm says.
    Storm(Arc<Storm>),
}

/// What to strike, and where.
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

impl Brief {
    /// What another operator's judge is to do: only the first one's traffic is struck.
    pub(crate) fn of_another(&self) -> Self {
        match self {
            Self::Strike(_) => Self::Pass(Pace::AsItIs),
            Self::Pass(pace) => Self::Pass(*pace),
            Self::Storm(storm) => Self::Storm(Arc::clone(storm)),
        }
    }

    pub(super) fn storm(&self) -> Option<&Arc<Storm>> {
        match self {
            Self::Storm(storm) => Some(storm),
            Self::Strike(_) | Self::Pass(_) => None,
        }
    }

    pub(super) fn order(&self) -> Option<&Order> {
        match self {
            Self::Strike(order) => Some(order),
            Self::Pass(_) | Self::Storm(_) => None,
        }
    }

    /// How long a call to this side is held up; `None`: not at all.
    pub(super) fn pause(&self, side: Side) -> Option<Duration> {
        let is_slow = match self {
            Self::Strike(_) | Self::Storm(_) | Self::Pass(Pace::AsItIs) => false,
            Self::Pass(Pace::SlowKubernetes) => side == Side::Kubernetes,
            Self::Pass(Pace::SlowCloud) => side == Side::Cloud,
        };
        is_slow.then_some(SLOWLY)
    }
}

#[cfg(test)]
mod tests {
    use super::{Brief, Pace, SLOWLY};
    use crate::proxy::Side;

    #[test]
    fn one_side_is_slow_at_a_time() {
        let pauses = |pace| [Side::Kubernetes, Side::Cloud].map(|side| Brief::Pass(pace).pause(side));
        assert_eq!(pauses(Pace::AsItIs), [None, None]);
        assert_eq!(pauses(Pace::SlowKubernetes), [Some(SLOWLY), None]);
        assert_eq!(pauses(Pace::SlowCloud), [None, Some(SLOWLY)]);
    }
}
