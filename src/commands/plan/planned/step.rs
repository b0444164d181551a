//! One call to the provider, as it is told. Pure.

use serde::Serialize;

use crate::cloud::errors::verdict;
use crate::cloud::services::{Field, Value};
use crate::crd::Reason;
use crate::vpc_endpoint_service::conclude::line;
use crate::vpc_endpoint_service::execute::{Outcome, Trial, Tried};
use crate::vpc_endpoint_service::plan::{NOT_CREATED, Step};

/// One call to the provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::commands::plan) struct PlannedStep {
    pub(in crate::commands::plan) operation: &'static str,
    /// `None`: the service is yet to be created.
    pub(in crate::commands::plan) service_id: Option<String>,
    pub(in crate::commands::plan) fields: Vec<Written>,
    pub(in crate::commands::plan) dry_run: DryRun,
    /// Of the refusal.
    pub(in crate::commands::plan) code: Option<String>,
    pub(in crate::commands::plan) message: Option<String>,
    /// As status.plan has it.
    pub(in crate::commands::plan) text: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::commands::plan) struct Written {
    pub(in crate::commands::plan) field: String,
    /// Empty: to be absent.
    pub(in crate::commands::plan) value: String,
}

/// What became of the dry run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::commands::plan) enum DryRun {
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

impl Written {
    fn of(field: &Field, value: String) -> Self {
        Self { field: field.to_string(), value }
    }
}

impl PlannedStep {
    /// `None`: it is about the object alone.
    pub(super) fn of(step: &Step, outcome: Option<&Outcome>, created: &[(Field, Value)]) -> Option<Self> {
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
        let plain = Self::plain(step, line(step, outcome)?)?;
        let fields = match step {
            Step::Create { .. } => {
                created.iter().map(|(field, value)| Written::of(field, value.text_of(field))).collect()
            }
            _ => plain.fields,
        };
        Some(Self { dry_run, code: code.flatten(), message, fields, ..plain })
    }

    /// One that comes once the steps before it are done.
    pub(super) fn later(step: &Step) -> Option<Self> {
        let trial = Tried { step: step.clone(), trial: Trial::AfterOthers };
        Self::of(step, Some(&Outcome { tried: vec![trial], ..Outcome::default() }), &[])
    }

    fn plain(step: &Step, text: String) -> Option<Self> {
        Some(Self {
            operation: step.operation()?.name(),
            service_id: step.service_id().filter(|id| *id != NOT_CREATED).map(str::to_owned),
            fields: step.writes().into_iter().map(|(field, value)| Written::of(&field, value)).collect(),
            dry_run: DryRun::NotTried,
            code: None,
            message: None,
            text,
        })
    }
}
