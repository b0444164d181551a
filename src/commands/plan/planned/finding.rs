//! What the plan of a manifest comes to, and why. Pure.

use super::Verdict;
use crate::cloud::errors::verdict;
use crate::commands::looker::Looked;
use crate::crd::Reason;
use crate::vpc_endpoint_service::conclude::Judgement;
use crate::vpc_endpoint_service::execute::ExecuteError;
use crate::vpc_endpoint_service::plan::{AdoptionRefusal, Mode, Plan, Wait};
use crate::vpc_endpoint_service::show::Shown;

/// What it all comes to, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) verdict: Verdict,
    pub(super) reason: Option<Reason>,
    pub(super) message: Option<String>,
}

impl Finding {
    fn new(verdict: Verdict, reason: Option<Reason>, message: Option<String>) -> Self {
        Self { verdict, reason, message }
    }

    /// In the order of what counts more.
    pub(super) fn of(looked: &Looked) -> Self {
        let Looked { shown, later, judgement } = looked;
        let judgement = judgement.as_ref();
        looked
            .unread()
            .map(unknown)
            .or_else(|| refused_step(shown))
            .or_else(|| untried(shown))
            .or_else(|| later.as_ref().err().map(unknown))
            .or_else(|| adoption(shown, judgement))
            .or_else(|| stalled(judgement))
            .unwrap_or_else(|| shown.plan().map_or_else(Self::unplanned, |plan| Self::of_plan(plan, judgement)))
    }

    fn unplanned() -> Self {
        Self::new(Verdict::Unknown, None, Some("nothing could be planned".to_owned()))
    }

    fn of_plan(plan: &Plan, judgement: Option<&Judgement>) -> Self {
        let (reason, message) = judgement.map(|told| (told.reason, told.message.clone())).unzip();
        let is_held = plan.mode == Mode::Show;
        match (&plan.wait, plan.steps.is_empty()) {
            (_, false) if is_held => Self::new(Verdict::Held, reason, message),
            (_, false) => Self::new(Verdict::Change, None, None),
            (Some(wait), true) => {
                Self::new(Verdict::Wait, reason, message.or_else(|| Some(format!("waits for {wait}"))))
            }
            (None, true) if plan.look.is_some() => {
                let message = "the cloud could not be looked at in time; give more of it with --timeout";
                Self::new(Verdict::Unknown, None, Some(message.to_owned()))
            }
            (None, true) if !plan.unapplied.is_empty() => Self::new(Verdict::Wait, reason, message),
            (None, true) => Self::new(Verdict::Nothing, None, None),
        }
    }
}

fn unknown(error: &cloud_core::Error) -> Finding {
    let told = verdict(error);
    Finding::new(Verdict::Unknown, Some(told.reason), Some(told.message))
}

/// The provider would refuse a step for what it asks.
fn refused_step(shown: &Shown) -> Option<Finding> {
    let outcome = shown.reached.outcome.as_ref()?;
    let mut refused = outcome.set_aside.iter().map(|refused| verdict(&refused.error));
    let told = refused.find(|refused| refused.reason != Reason::AccessDenied)?;
    Some(Finding::new(Verdict::Refused, Some(told.reason), Some(told.message)))
}

/// A dry run was not answered.
fn untried(shown: &Shown) -> Option<Finding> {
    let ExecuteError::Cloud(error) = shown.reached.outcome.as_ref()?.error.as_ref()? else { return None };
    Some(unknown(error))
}

/// What stands in the way of an adoption does not hang on how long the operator knows of the object: tags that are missing may come, a service that is
/// otherwise stays so.
fn adoption(shown: &Shown, judgement: Option<&Judgement>) -> Option<Finding> {
    let Some(Wait::AdoptionAllowed { refusal, .. }) = &shown.plan()?.wait else { return None };
    let verdict = if *refusal == AdoptionRefusal::NotHandedOver { Verdict::Wait } else { Verdict::Refused };
    let (reason, message) = judgement.map(|told| (told.reason, told.message.clone())).unzip();
    Some(Finding::new(verdict, reason, message))
}

/// Only a person can help, by the operator's own words. What these credentials may not try is no such thing.
fn stalled(judgement: Option<&Judgement>) -> Option<Finding> {
    let told = judgement.filter(|told| told.is_stalled && told.reason != Reason::AccessDenied)?;
    Some(Finding::new(Verdict::Refused, Some(told.reason), Some(told.message.clone())))
}
