//! What is to be done, how the object stands meanwhile, and when the operator looks again.

use privatelink::Operation;
use serde::Serialize;

use super::super::ask::Asked;
use super::object::StatusSeen;
use crate::commands::looker::Looked;
use crate::crd::{Drift, Reason};
use crate::vpc_endpoint_service::conclude::{Requeue, line};
use crate::vpc_endpoint_service::plan::{self, Difference, Hindrance, NOT_CREATED, Plan, Step, clip};

/// What the operator would say of it now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct Standing {
    /// By a look at the cloud just now; false: by the status, because there was no look, or none that says more.
    pub(in super::super) is_fresh: bool,
    /// The status of the condition Ready.
    pub(in super::super) ready: String,
    /// One of docs/reference/reasons.md.
    pub(in super::super) reason: String,
    pub(in super::super) message: String,
    /// What to do, by the reason. `None`: this version does not know the reason.
    pub(in super::super) remedy: Option<&'static str>,
    /// Only a person can help.
    pub(in super::super) is_stalled: bool,
    /// `None`: nobody looked.
    pub(in super::super) looks_again: Option<LooksAgain>,
}

/// When the operator looks again, if nothing has it look before. By the waiting times of this version, those of the operator may be others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase", tag = "when")]
pub(in super::super) enum LooksAgain {
    /// When object or cloud change.
    OnChange,
    After {
        seconds: u64,
    },
    /// After a time that grows with each try that failed.
    BackOff {
        #[serde(rename = "atLeastSeconds")]
        at_least_seconds: u64,
    },
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct Intent {
    /// Where cloud and spec differ, and what is done about it.
    pub(in super::super) differences: Vec<Drift>,
    /// Where they differ, and driftPolicy Report leaves it so.
    pub(in super::super) reported: Vec<Drift>,
    /// In the order in which they are carried out.
    pub(in super::super) steps: Vec<Planned>,
    /// What must happen before anything else, as the operator's log names it.
    pub(in super::super) waits_for: Option<String>,
    /// What is wanted and not being worked on.
    pub(in super::super) unapplied: Vec<Unapplied>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct Planned {
    /// `None`: it changes the object alone.
    pub(in super::super) operation: Option<&'static str>,
    /// `None`: the service is yet to be created, or is not concerned.
    pub(in super::super) service_id: Option<String>,
    pub(in super::super) text: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct Unapplied {
    pub(in super::super) field: String,
    pub(in super::super) wanted: String,
    pub(in super::super) found: String,
    pub(in super::super) why: String,
}

impl Standing {
    pub(super) fn of(asked: Option<&Asked>, status: Option<&StatusSeen>) -> Option<Self> {
        let looks_again = asked.map(|asked| asked.looks_again.into());
        if let Some(told) = asked.and_then(|asked| asked.looked.judgement.as_ref()) {
            return Some(Self {
                is_fresh: true,
                ready: told.ready.to_owned(),
                reason: told.reason.as_str().to_owned(),
                message: told.message.clone(),
                remedy: Some(told.reason.action()),
                is_stalled: told.is_stalled,
                looks_again,
            });
        }
        let status = status?;
        let ready = status.ready()?;
        Some(Self {
            is_fresh: false,
            ready: ready.status.clone(),
            reason: ready.reason.clone(),
            message: ready.message.clone(),
            remedy: Reason::from_name(&ready.reason).map(Reason::action),
            is_stalled: status.is_stalled(),
            looks_again,
        })
    }
}

impl From<Requeue> for LooksAgain {
    fn from(requeue: Requeue) -> Self {
        match requeue {
            Requeue::OnChange => Self::OnChange,
            Requeue::After(time) => Self::After { seconds: time.as_secs() },
            Requeue::BackOff { at_least } => Self::BackOff { at_least_seconds: at_least.as_secs() },
        }
    }
}

impl Intent {
    pub(super) fn of(looked: &Looked) -> Option<Self> {
        let plan = looked.shown.plan()?;
        let later = looked.later.as_ref().ok().and_then(Option::as_ref);
        // Where a service is taken over, the comparison with it comes second.
        let takes_over = plan.steps.iter().any(Step::takes_over);
        let compared = later.filter(|_| takes_over).unwrap_or(plan);
        let steps = plan.steps.iter().chain(later.into_iter().flat_map(|later| &later.steps));
        let told = |list: &[Difference]| list.iter().map(Difference::drift).collect();
        Some(Self {
            differences: told(&compared.differences),
            reported: told(&compared.reported),
            steps: steps.filter_map(Planned::of).collect(),
            waits_for: plan.wait.as_ref().map(ToString::to_string),
            unapplied: unapplied(plan),
        })
    }
}

impl Planned {
    /// `None`: the object is told what is about to be created; that is no step to a person.
    fn of(step: &Step) -> Option<Self> {
        let text = match step {
            Step::Record(_) => return None,
            Step::ReleaseFinalizer => "the finalizer is removed, and the object goes".to_owned(),
            Step::Create { .. } | Step::Write { .. } => line(step, None)?,
        };
        Some(Self {
            operation: step.operation().map(Operation::name),
            service_id: step.service_id().filter(|id| *id != NOT_CREATED).map(str::to_owned),
            text,
        })
    }
}

/// The most that is shown of a value.
const VALUE: usize = 256;

fn unapplied(plan: &Plan) -> Vec<Unapplied> {
    let told =
        plan.unapplied.iter().map(|plan::Unapplied { field, wanted, found, hindrance, retry_at: _ }| Unapplied {
            field: plan::path(field),
            wanted: clip(wanted, VALUE),
            found: clip(found, VALUE),
            why: match hindrance {
                Hindrance::Refused(verdict) => verdict.message.clone(),
                Hindrance::Unconfirmed => "the provider accepts the value and shows another".to_owned(),
                Hindrance::NoWayBack => "the provider has no call that would change it back".to_owned(),
                Hindrance::LastAllocated => {
                    "the zone would keep no load balancer that is automatically allocated, which the provider refuses"
                        .to_owned()
                }
                Hindrance::NotShown => "the provider's list does not show it, so nothing can be compared".to_owned(),
            },
        });
    told.collect()
}
