//! Rules broken on purpose, around the shipped functions or in what they are told: the model must find what comes of it.

use std::time::Duration;

use jiff::Timestamp;

use crate::cloud::services::{Connections, Write};
use crate::crd::{DeletionPolicy, WhenConnected};
use crate::identity::Life;
use crate::names::ADOPT_TAG;
use crate::vpc_endpoint_service::desired::Desired;
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
    /// Whatever is deleted, its service goes.
    ForgetsPolicy,
    /// What stays keeps the owner tags.
    KeepsTags,
    /// Before it takes something away, it reads its own copy instead of the object.
    TrustsCopy,
    /// Nobody is connected.
    SeesNobody,
    /// Consumers are cut off whatever the spec says.
    CutsAtOnce,
    /// A service that the spec names counts as given.
    NeedsNoConsent,
    /// An object that is to adopt a service creates one.
    CreatesInstead,
    /// A Service that leads nowhere leaves nothing wanted.
    ForgetsReference,
    /// What is taken away goes first.
    DetachesFirst,
    /// Principals are added first.
    AddsFirst,
    /// Every principal that is not wanted is removed.
    RemovesAll,
}

impl Flaw {
    /// What the process believes to be asked for.
    pub(super) fn read(self, resolved: &Resolved) -> Resolved {
        let mut read = resolved.clone();
        match self {
            Self::ForgetsPolicy => read.spec.deletion_policy = Some(DeletionPolicy::Delete),
            Self::CutsAtOnce => read.spec.when_connected = WhenConnected::Disconnect,
            Self::CreatesInstead => read.spec.adopt = None,
            _ => {}
        }
        read
    }

    /// What it makes of the spec.
    pub(super) fn wanted(self, mut desired: Desired) -> Desired {
        desired.is_every_attachment_known |= self == Self::ForgetsReference;
        desired.removes_principals |= self == Self::RemovesAll;
        desired
    }

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
            Self::SeesNobody => seen.connections = Some(Connections { as_of: now, list: Vec::new() }),
            Self::NeedsNoConsent => {
                if let ServiceView::ToAdopt(service) = &mut seen.service {
                    service.tags.insert(ADOPT_TAG.to_owned(), resolved.owner.object.clone());
                }
            }
            _ => {}
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
            Self::KeepsTags => plan.steps.retain(|step| !is_write(step, |write| matches!(write, Write::Untag(_)))),
            Self::DetachesFirst => {
                plan.steps.sort_by_key(|step| !is_write(step, |write| matches!(write, Write::Detach { .. })));
            }
            Self::AddsFirst => {
                plan.steps.sort_by_key(|step| !is_write(step, |write| matches!(write, Write::AddPrincipal(_))));
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

fn is_write(step: &Step, is_meant: impl Fn(&Write) -> bool) -> bool {
    matches!(step, Step::Write { write, .. } if is_meant(write))
}
