//! What is told of a manifest. Pure: from what was found, one value that is printed as text or as JSON.

use serde::Serialize;

use super::check::Unchecked;
use super::manifests::Manifest;
use crate::cloud::errors::verdict;
use crate::cloud::services::Field;
use crate::commands::looker::Looked;
use crate::crd::{Drift, Reason};
use crate::vpc_endpoint_service::conclude::{Judgement, line};
use crate::vpc_endpoint_service::execute::{ExecuteError, Outcome, Trial, Tried};
use crate::vpc_endpoint_service::plan::{Difference, Mode, NOT_CREATED, Plan, Step};
use crate::vpc_endpoint_service::resolve::ResolveError;
use crate::vpc_endpoint_service::show::Shown;

/// What applying a manifest comes to. In the order of their weight: of several the last one says how the command ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Verdict {
    /// Cloud and manifest are one.
    Nothing,
    /// They differ, and the manifest itself says that nothing is to be written.
    Held,
    /// Nothing can be done before something else happens.
    Wait,
    Change,
    /// A person must change something first: the API server or the provider refuses what is asked for.
    Refused,
    /// Nobody can say.
    Unknown,
}

/// One manifest. The form is API: fields are added, none is renamed.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Planned {
    pub(super) namespace: String,
    pub(super) name: String,
    /// The file.
    pub(super) source: String,
    pub(super) verdict: Verdict,
    /// Whether the object is there already; `None`: nobody knows.
    pub(super) exists: Option<bool>,
    /// Who checked the manifest, and how.
    pub(super) checked: Option<String>,
    pub(super) account_id: Option<String>,
    pub(super) region: Option<String>,
    pub(super) service_id: Option<String>,
    /// Where cloud and manifest differ, and what is done about it.
    pub(super) differences: Vec<Drift>,
    /// Where they differ, and driftPolicy Report leaves it so.
    pub(super) reported: Vec<Drift>,
    pub(super) steps: Vec<PlannedStep>,
    /// A reason of docs/reference/reasons.md, where the operator would give one.
    pub(super) reason: Option<&'static str>,
    /// What stands in the way, what is waited for, or what holds the plan back.
    pub(super) message: Option<String>,
}

/// One call to the provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PlannedStep {
    pub(super) operation: &'static str,
    /// `None`: the service is yet to be created.
    pub(super) service_id: Option<String>,
    pub(super) fields: Vec<Written>,
    pub(super) dry_run: DryRun,
    /// Of the refusal.
    pub(super) code: Option<String>,
    pub(super) message: Option<String>,
    /// As status.plan has it.
    pub(super) text: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Written {
    pub(super) field: String,
    /// Empty: to be absent.
    pub(super) value: String,
}

/// What became of the dry run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum DryRun {
    Passed,
    Refused,
    /// These credentials may not make the call; those of the operator may.
    NotPermitted,
    /// The provider did not say that it was a dry run: look whether it was carried out.
    NotMarked,
    /// The operation has none.
    NotPossible,
    /// It makes sense only after a step before it.
    AfterOthers,
    /// It was not asked for, or not answered.
    NotTried,
}

impl Planned {
    /// Of a manifest that is not so far.
    pub(super) fn unchecked(manifest: &Manifest, namespace: &str, why: Unchecked) -> Self {
        let (verdict, message) = match why {
            Unchecked::Refused(message) => (Verdict::Refused, message),
            Unchecked::Unknown(message) => (Verdict::Unknown, message),
        };
        Self { message: Some(message), ..Self::blank(manifest, namespace, verdict) }
    }

    /// Of an object as it would be.
    pub(super) fn of(manifest: &Manifest, namespace: &str, exists: bool, checked: String, looked: &Looked) -> Self {
        let Looked { shown, later, judgement } = looked;
        let finding = Finding::of(shown, judgement.as_ref());
        let target = shown.resolved().map(|resolved| &resolved.target);
        let plan = shown.plan();
        let told = |differences: &[Difference]| differences.iter().map(Difference::drift).collect();
        let outcome = shown.reached.outcome.as_ref();
        let now = plan.into_iter().flat_map(|plan| &plan.steps).filter_map(|step| PlannedStep::of(step, outcome));
        let later = later.iter().flatten().filter_map(PlannedStep::later);
        Self {
            exists: Some(exists),
            checked: Some(checked),
            account_id: target.map(|target| target.account.clone()),
            region: target.map(|target| target.region.clone()),
            service_id: service_id(shown),
            differences: plan.map(|plan| told(&plan.differences)).unwrap_or_default(),
            reported: plan.map(|plan| told(&plan.reported)).unwrap_or_default(),
            steps: now.chain(later).collect(),
            reason: finding.reason.map(Reason::as_str),
            message: finding.message,
            ..Self::blank(manifest, namespace, finding.verdict)
        }
    }

    fn blank(manifest: &Manifest, namespace: &str, verdict: Verdict) -> Self {
        Self {
            namespace: namespace.to_owned(),
            name: manifest.name.clone(),
            source: manifest.source.clone(),
            verdict,
            exists: None,
            checked: None,
            account_id: None,
            region: None,
            service_id: None,
            differences: Vec::new(),
            reported: Vec::new(),
            steps: Vec::new(),
            reason: None,
            message: None,
        }
    }
}

/// The service that the plan is about.
fn service_id(shown: &Shown) -> Option<String> {
    let observed = shown.observed()?;
    let own = observed.service.ours().first().map(|service| service.id.clone());
    let target = || shown.plan()?.steps.iter().find_map(Step::service_id).map(str::to_owned);
    own.or_else(target)
}

/// What it all comes to, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Finding {
    verdict: Verdict,
    reason: Option<Reason>,
    message: Option<String>,
}

impl Finding {
    fn new(verdict: Verdict, reason: Option<Reason>, message: Option<String>) -> Self {
        Self { verdict, reason, message }
    }

    /// In the order of what counts more.
    fn of(shown: &Shown, judgement: Option<&Judgement>) -> Self {
        unreadable(shown)
            .or_else(|| refused_step(shown))
            .or_else(|| untried(shown))
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
            (Some(wait), true) => Self::new(Verdict::Wait, reason, message.or_else(|| Some(format!("waits for {wait}")))),
            (None, true) if plan.look.is_some() => {
                let message = "the cloud could not be looked at in time; give more of it with --timeout";
                Self::new(Verdict::Unknown, None, Some(message.to_owned()))
            }
            (None, true) if !plan.unapplied.is_empty() => Self::new(Verdict::Wait, reason, message),
            (None, true) => Self::new(Verdict::Nothing, None, None),
        }
    }
}

/// The cloud, or whose it is, could not be read.
fn unreadable(shown: &Shown) -> Option<Finding> {
    let error = match (&shown.reached.resolved, &shown.reached.observed) {
        (Some(Err(ResolveError::AccountUnknown(error))), _) => error,
        (_, Some(Err(error))) => error,
        (_, Some(Ok(observed))) if shown.plan().is_some_and(|plan| plan.steps.is_empty() && plan.look.is_some()) => {
            observed.list_error.as_ref()?
        }
        _ => return None,
    };
    let verdict = verdict(error);
    Some(Finding::new(Verdict::Unknown, Some(verdict.reason), Some(verdict.message)))
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
    let told = verdict(error);
    Some(Finding::new(Verdict::Unknown, Some(told.reason), Some(told.message)))
}

/// Only a person can help, by the operator's own words. What these credentials may not try is no such thing.
fn stalled(judgement: Option<&Judgement>) -> Option<Finding> {
    let told = judgement.filter(|told| told.is_stalled && told.reason != Reason::AccessDenied)?;
    Some(Finding::new(Verdict::Refused, Some(told.reason), Some(told.message.clone())))
}

impl PlannedStep {
    /// `None`: it is about the object alone.
    fn of(step: &Step, outcome: Option<&Outcome>) -> Option<Self> {
        let refused = outcome.and_then(|outcome| outcome.set_aside.iter().find(|refused| refused.step == *step));
        let tried = outcome.and_then(|outcome| outcome.tried.iter().find(|tried| tried.step == *step));
        let (dry_run, refusal) = match (refused, tried.map(|tried| tried.trial)) {
            (Some(refused), _) => {
                let told = verdict(&refused.error);
                let is_about_rights = told.reason == Reason::AccessDenied;
                let dry_run = if is_about_rights { DryRun::NotPermitted } else { DryRun::Refused };
                (dry_run, Some((refused.error.code().map(str::to_owned), told.message)))
            }
            (None, Some(Trial::Passed)) => (DryRun::Passed, None),
            (None, Some(Trial::NotMarked)) => (DryRun::NotMarked, None),
            (None, Some(Trial::NotPossible)) => (DryRun::NotPossible, None),
            (None, Some(Trial::AfterOthers)) => (DryRun::AfterOthers, None),
            (None, None) => (DryRun::NotTried, None),
        };
        let (code, message) = refusal.unzip();
        Some(Self { dry_run, code: code.flatten(), message, ..Self::plain(step, line(step, outcome)?)? })
    }

    /// One that comes once the steps before it are done.
    fn later(step: &Step) -> Option<Self> {
        let trial = Tried { step: step.clone(), trial: Trial::AfterOthers };
        Self::of(step, Some(&Outcome { tried: vec![trial], ..Outcome::default() }))
    }

    fn plain(step: &Step, text: String) -> Option<Self> {
        let written = |(field, value): (Field, String)| Written { field: field.to_string(), value };
        Some(Self {
            operation: step.operation()?.name(),
            service_id: step.service_id().filter(|id| *id != NOT_CREATED).map(str::to_owned),
            fields: step.writes().into_iter().map(written).collect(),
            dry_run: DryRun::NotTried,
            code: None,
            message: None,
            text,
        })
    }
}
