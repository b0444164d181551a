//! Trying a plan out: each step is asked of the provider as a dry run. What is known already is not asked again.

use std::collections::BTreeSet;
use std::time::Duration;

use cloud_core::{Clock, Error, ErrorKind};
use privatelink::{Checked, DryRunner};

use super::content::content;
use super::{Basis, ExecuteError, Outcome, SetAside, Stop, send};
use crate::cloud::dry_runs::DryRuns;
use crate::cloud::scheduler::{Content, NoPermit, Permit, Request, Scheduler};
use crate::cloud::services::Write;
use crate::identity::ObjectId;
use crate::vpc_endpoint_service::plan::{Plan, Step};

/// What trying a plan out needs. No call of it changes anything.
#[derive(Clone, Copy, Debug)]
pub struct Trials<'a> {
    pub dry_runner: &'a DryRunner,
    pub scheduler: &'a Scheduler,
    /// What earlier reconciles were answered.
    pub known: &'a DryRuns,
    pub clock: &'a dyn Clock,
    /// How long an answer counts while the plan stays the same.
    pub lifetime: Duration,
    /// Tells a call that was refused before from another.
    pub basis: Basis,
}

/// A step that was tried out.
#[derive(Clone, Debug, PartialEq)]
pub struct Tried {
    pub step: Step,
    pub trial: Trial,
}

/// What is known of a step without carrying it out. One that was refused is among those that were set aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trial {
    /// The provider finds nothing wrong with it.
    Passed,
    /// The provider did not say that it was a dry run: it may have been carried out.
    NotMarked,
    /// Its operation has no dry run.
    NotPossible,
    /// It makes sense only after a step before it.
    AfterOthers,
}

/// Tries the steps in order. What is about the plan itself ends with its step, and what is about the provider ends it all.
pub(super) async fn try_out(plan: &Plan, id: &ObjectId, trials: &Trials<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    let steps: Vec<_> = plan.steps.iter().map(|step| (step, content(trials.basis, step))).collect();
    trials.known.keep(id, &steps.iter().map(|(_, content)| *content).collect::<Vec<_>>());
    for (index, (step, content)) in steps.iter().enumerate() {
        let trial = match without_a_call(&plan.steps[..index], step) {
            Some(trial) => Ok(trial),
            None => ask(step, *content, id, trials).await,
        };
        match trial {
            Ok(trial) => outcome.tried.push(Tried { step: (*step).clone(), trial }),
            Err(End::Refused(refused)) => outcome.set_aside.push(*refused),
            Err(End::Stopped(stop)) => {
                outcome.stopped = Some(stop);
                break;
            }
            Err(End::Failed(error)) => {
                outcome.error = Some(error);
                break;
            }
        }
    }
    outcome
}

/// What keeps a step from being tried, or what became of it.
enum End {
    Refused(Box<SetAside>),
    Stopped(Stop),
    Failed(ExecuteError),
}

fn without_a_call(before: &[Step], step: &Step) -> Option<Trial> {
    let is_called = step.operation().is_some_and(privatelink::Operation::has_dry_run);
    let is_later = before.iter().any(|earlier| earlier.operation().is_some() && step.depends_on(earlier));
    match (is_called, is_later) {
        (false, _) => Some(Trial::NotPossible),
        (true, true) => Some(Trial::AfterOthers),
        (true, false) => None,
    }
}

async fn ask(step: &Step, content: Content, id: &ObjectId, trials: &Trials<'_>) -> Result<Trial, End> {
    let now = trials.clock.now();
    if trials.known.is_passed(id, content, now, trials.lifetime) {
        return Ok(Trial::Passed);
    }
    let permit = permit(step, content, id, trials)?;
    match permit.call(call(trials.dry_runner, step)).await {
        Ok(Some(Checked::Passed)) => {
            trials.known.passed(id, content, now);
            Ok(Trial::Passed)
        }
        Ok(Some(Checked::NotMarked)) => Ok(Trial::NotMarked),
        Ok(None) => Ok(Trial::NotPossible),
        Err(error) => Err(refusal(step, error)),
    }
}

fn permit(step: &Step, content: Content, id: &ObjectId, trials: &Trials<'_>) -> Result<Permit, End> {
    let Some(operation) = step.operation() else { return Err(End::Stopped(Stop::Stale)) };
    let request = Request { operation: operation.into(), resource_id: step.locked_id(), content };
    trials.scheduler.ask(id, request).map_err(|no_permit| match no_permit {
        NoPermit::Withheld { until, error } => {
            End::Refused(Box::new(SetAside { step: step.clone(), error: *error, until: Some(until) }))
        }
        no_permit => End::Stopped(Stop::NoPermit(no_permit)),
    })
}

/// What passes by itself says nothing of the step.
fn refusal(step: &Step, error: Error) -> End {
    let is_answered = error.http_status().is_some() && error.code().is_some();
    match error.kind() {
        ErrorKind::Busy | ErrorKind::Throttled | ErrorKind::Transient | ErrorKind::Credential => {
            End::Failed(ExecuteError::Cloud(error))
        }
        _ if is_answered => End::Refused(Box::new(SetAside { step: step.clone(), error, until: None })),
        _ => End::Failed(ExecuteError::Cloud(error)),
    }
}

/// `None`: the step has no dry run.
async fn call(dry_runner: &DryRunner, step: &Step) -> Result<Option<Checked>, Error> {
    let (id, write) = match step {
        Step::Create { request, .. } => return dry_runner.check(&**request).await.map(Some),
        Step::Write { target, write } => (target, write),
        Step::Record(_) | Step::ReleaseFinalizer => return Ok(None),
    };
    match write {
        Write::Attributes(change) => dry_runner.check(&send::update(id, change)).await,
        Write::ResourceGroup(_) => return Ok(None),
        Write::Tag(tags) => dry_runner.check(&send::tag(id, tags)).await,
        Write::Untag(keys) => dry_runner.check(&send::untag(id, keys)).await,
        Write::Attach { resource_type, key } => dry_runner.check(&send::attach(id, resource_type, key)).await,
        Write::Detach { resource_type, key } => dry_runner.check(&send::detach(id, resource_type, key)).await,
        Write::AutoAllocation { key, enabled } => dry_runner.check(&send::set_auto_allocated(id, key, *enabled)).await,
        Write::AddPrincipal(account) => dry_runner.check(&send::add_principal(id, account)).await,
        Write::RemovePrincipal(account) => dry_runner.check(&send::remove_principal(id, account)).await,
        Write::AddRegions(regions) => dry_runner.check(&send::update_regions(id, regions, &BTreeSet::new())).await,
        Write::RemoveRegions(regions) => dry_runner.check(&send::update_regions(id, &BTreeSet::new(), regions)).await,
        Write::Accept { endpoint_id, attributes } => dry_runner.check(&send::accept(id, endpoint_id, attributes)).await,
        Write::Connection { endpoint_id, attributes } => {
            dry_runner.check(&send::reshape(id, endpoint_id, attributes)).await
        }
        Write::Disconnect(endpoint_id) => dry_runner.check(&send::disconnect(id, endpoint_id)).await,
        Write::Migrate { endpoint_id, zone_id, resource_type, to, from: _ } => {
            dry_runner.check(&send::migrate(id, (endpoint_id, zone_id), (resource_type, to))).await
        }
        Write::CloseReplaced { endpoint_id, zone_id, .. } => {
            dry_runner.check(&send::close_replaced(id, endpoint_id, zone_id)).await
        }
        Write::Delete => dry_runner.check(&send::delete(id)).await,
    }
    .map(Some)
}
