//! Rules broken on purpose, around the shipped functions or in what they are told: the model must find what comes of it.

use std::time::Duration;

use jiff::Timestamp;

use crate::cloud::services::Write;
use crate::identity::Life;
use crate::vpc_endpoint_service::observe::{AttemptEnd, NamedId, Observed, ServiceView};
use crate::vpc_endpoint_service::plan::{Plan, Step};
use crate::vpc_endpoint_service::resolve::Resolved;

/// Which rule is broken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Flaw {
    #[default]
    None,
    /// Every list counts as one that has just begun.
    NoLookUp,
    /// Every Create carries a token of its own.
    TokenPerTry,
    /// What became of a Create is not remembered.
    ForgetsAttempts,
    /// A Create whose answer got lost counts as refused.
    LostIsRefused,
    /// A service that no list shows counts as gone.
    NotListedIsGone,
    /// The finalizer goes as soon as the service is told to go.
    ReleasesEarly,
    /// Whoever wrote the record, each process believes that it holds it.
    EverybodyHolds,
}

impl Flaw {
    /// What the process believes to have seen of this object.
    pub(super) fn seen(self, observed: &Observed, resolved: &Resolved, now: Timestamp) -> Observed {
        let mut seen = observed.clone();
        match self {
            Self::NoLookUp => seen.as_of = seen.as_of.map(|_| now + Duration::from_secs(100)),
            Self::ForgetsAttempts => seen.own.attempts.clear(),
            Self::NotListedIsGone => {
                if let ServiceView::Absent { named: NamedId::Unjudged(id) | NamedId::Hidden(id) } = &seen.service {
                    seen.service = ServiceView::Absent { named: NamedId::Gone(id.clone()) };
                }
            }
            Self::EverybodyHolds => {
                if let Some(record) = &resolved.record {
                    seen.own.process.clone_from(&record.owner);
                    seen.own.recorded_at = Some(seen.own.process_start);
                }
            }
            Self::None | Self::TokenPerTry | Self::LostIsRefused | Self::ReleasesEarly => {}
        }
        seen
    }

    /// What it makes of a plan.
    pub(super) fn thought(self, mut plan: Plan, resolved: &Resolved, now: Timestamp) -> Plan {
        match self {
            Self::TokenPerTry => {
                for step in &mut plan.steps {
                    if let Step::Create { request, .. } = step {
                        request.client_token = Some(format!("token-{}", now.as_second()));
                    }
                }
            }
            Self::ReleasesEarly if matches!(resolved.life, Life::Deleting { .. }) => {
                if matches!(plan.steps.as_slice(), [Step::Write { write: Write::Delete, .. }]) {
                    plan.steps = vec![Step::ReleaseFinalizer];
                }
            }
            _ => {}
        }
        plan
    }

    /// How it remembers that a Create ended.
    pub(super) fn ended(self, end: AttemptEnd) -> AttemptEnd {
        match end {
            AttemptEnd::Ambiguous { code } if self == Self::LostIsRefused => AttemptEnd::Refused { code },
            end => end,
        }
    }
}
