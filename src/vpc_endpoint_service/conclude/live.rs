//! What is said of an object that is to live.

use privatelink::ServiceStatus;

use super::assessment::{Assessment, Because, ConditionSet};
use super::available::available;
use super::drift::{drift, drifting};
use super::inputs::Inputs;
use super::progress::at_work;
use super::{messages, not_created, previous_reason, shown, target_errors, unapplied, waits};
use crate::cloud::errors::{Verdict, tripped, verdict};
use crate::crd::{ConditionType, Reason};
use crate::kubernetes::KubernetesError;
use crate::vpc_endpoint_service::execute::ExecuteError;
use crate::vpc_endpoint_service::observe::{DetailsView, Observed};
use crate::vpc_endpoint_service::plan::Wait;
use crate::vpc_endpoint_service::resolve::ResolveError;

/// The questions in order; the first that has an answer decides. Without one, the operator is at work.
const CHECKS: [fn(&Inputs<'_>) -> Option<Assessment>; 15] = [
    // What was seen is too old to say anything.
    stale,
    details_stale,
    connections_stale,
    load_balancers_stale,
    // The reconcile broke off.
    read_failed,
    write_failed,
    // Nothing is written, on request.
    shown::assess,
    // Something stands in the way of everything else.
    obstacle,
    door_closed,
    // Something of the spec cannot be brought into force.
    unapplied::assess,
    // Nothing does.
    drifting,
    in_step,
    // The service passes through Pending for each connection that is moved.
    between_moves,
    // What is waited for cannot be seen.
    list_failing,
    // Not known well enough to say something new.
    undecided,
];

pub(super) fn assess(inputs: &Inputs<'_>) -> Assessment {
    CHECKS.iter().find_map(|check| check(inputs)).unwrap_or_else(|| at_work(inputs).into())
}

/// The reconcile ended before anybody looked at the cloud.
pub(super) fn unresolved(inputs: &Inputs<'_>, error: &ResolveError) -> Assessment {
    let condition_set = match error {
        ResolveError::ProviderConfigUnavailable { name } => ConditionSet::stalled(
            Reason::ProviderConfigUnavailable,
            format!(
                "spec.providerConfigRef.name is {name}, and this operator has only the provider config default, which it was started with; remove \
                 providerConfigRef from the spec, then the object is reconciled."
            ),
        ),
        ResolveError::RegionMissing => ConditionSet::stalled(Reason::RegionMissing, Reason::RegionMissing.sentence()),
        ResolveError::RegionUnusable { .. } => {
            ConditionSet::stalled(Reason::RegionUnusable, target_errors::message(inputs, error))
        }
        ResolveError::AccountMismatch { .. } => {
            ConditionSet::stalled(Reason::AccountMismatch, target_errors::message(inputs, error))
        }
        ResolveError::RegionMismatch { .. } => {
            ConditionSet::stalled(Reason::RegionMismatch, target_errors::message(inputs, error))
        }
        ResolveError::AccountUnknown(error) => return account_unknown(inputs, error),
    };
    condition_set.into()
}

/// Nobody knows yet whose account it is, so nobody has looked: what was Ready may well be so still.
fn account_unknown(inputs: &Inputs<'_>, error: &cloud_core::Error) -> Assessment {
    let verdict = verdict(error);
    let was_known = inputs.is_described() && inputs.previous.service_id.is_some();
    let is_unknown = was_known && inputs.condition(ConditionType::Ready).is_some_and(|ready| ready.status == "Unknown");
    match inputs.fresh_without_account() {
        Some(_) if inputs.was_ready() => Assessment::Keep,
        Some(_) if !is_unknown => ConditionSet::of(verdict).into(),
        _ => blind(verdict, "The account of the credentials cannot be determined.").into(),
    }
}

/// Nobody can look, so nobody can say whether it is ready.
fn blind(verdict: Verdict, what: &str) -> ConditionSet {
    if verdict.stalled {
        ConditionSet::of(verdict).unknown()
    } else {
        ConditionSet::reconciling(Reason::CloudUnreachable, format!("{what} {}", verdict.message)).unknown()
    }
}

/// Nobody could look for longer than `staleAfter`: what the operator said is stale. An object that nobody has seen yet has no such time.
fn stale(inputs: &Inputs<'_>) -> Option<Assessment> {
    let observed = inputs.observed()?;
    let is_fresh = inputs.fresh_for(observed).is_some();
    let error = observed.list_error.as_ref();
    match (observed.as_of, error) {
        (None, Some(error)) if is_fresh && !inputs.was_ready() => {
            Some(ConditionSet::of(inputs.verdict_of_list(error)).into())
        }
        _ if is_fresh => None,
        _ => Some(stale_conditions(inputs, observed).into()),
    }
}

fn stale_conditions(inputs: &Inputs<'_>, observed: &Observed) -> ConditionSet {
    match observed.list_error.as_ref().map(|error| inputs.verdict_of_list(error)) {
        Some(verdict) => blind(verdict, "The account's services cannot be listed."),
        None => {
            ConditionSet::reconciling(Reason::CloudUnreachable, "The account's services were not listed for minutes.")
                .unknown()
        }
    }
}

/// Attachments and principals could not be read for so long that what the operator said of them is stale.
fn details_stale(inputs: &Inputs<'_>) -> Option<Assessment> {
    let observed = inputs.observed()?;
    let verdict = verdict(observed.details_error.as_ref()?);
    let read = match &observed.details {
        DetailsView::Known(view) => view.as_of,
        DetailsView::Unknown => observed.own.first_seen,
    };
    if inputs.left(read, inputs.timing.details_refresh_period.saturating_mul(2)).is_some() {
        return None;
    }
    let condition_set = if verdict.stalled {
        ConditionSet::of(verdict)
    } else {
        let message = format!("The service's attachments and principals cannot be read. {}", verdict.message);
        ConditionSet::reconciling(Reason::CloudUnreachable, message)
    };
    Some(condition_set.unknown().into())
}

/// The same for the connections, where the spec says how they are answered.
fn connections_stale(inputs: &Inputs<'_>) -> Option<Assessment> {
    let (error, _) = inputs.unlisted_connections().filter(|(_, left)| left.is_none())?;
    Some(blind(verdict(error), "The service's connections cannot be listed.").into())
}

/// The same for the load balancers whose zones the spec leaves out.
fn load_balancers_stale(inputs: &Inputs<'_>) -> Option<Assessment> {
    // One of which nothing is known stands in the way, and says more.
    inputs.unreadable_load_balancer().is_none().then_some(())?;
    let (id, error, _) = inputs.unread_load_balancer().filter(|(_, _, left)| left.is_none())?;
    Some(blind(verdict(error), &format!("The load balancer {id} cannot be read.")).into())
}

fn read_failed(inputs: &Inputs<'_>) -> Option<Assessment> {
    let error = inputs.reached.observed.as_ref()?.as_ref().err()?;
    Some(failed(inputs, error))
}

fn write_failed(inputs: &Inputs<'_>) -> Option<Assessment> {
    Some(match inputs.outcome()?.error.as_ref()? {
        ExecuteError::Cloud(error) => failed(inputs, error),
        ExecuteError::Withheld { error, .. } => failed(inputs, error),
        ExecuteError::Kubernetes(error @ (KubernetesError::Forbidden(_) | KubernetesError::Invalid(_))) => {
            ConditionSet::stalled(Reason::KubernetesForbidden, messages::refused_write(error)).into()
        }
        // What was seen speaks against what was said, whatever became of the write.
        ExecuteError::Kubernetes(_) if inputs.is_called_ready() && !inputs.is_still_ready() => return None,
        ExecuteError::Kubernetes(
            KubernetesError::Conflict
            | KubernetesError::Gone
            | KubernetesError::NamespaceTerminating
            | KubernetesError::Unavailable(_),
        ) => Assessment::Keep,
    })
}

fn door_closed(inputs: &Inputs<'_>) -> Option<Assessment> {
    let error = inputs.tripped()?;
    let (own, tripped) = (verdict(error), tripped(error));
    // What was answered to the object itself says more, and a message that changes with each probe would cost writes.
    let is_own = inputs.is_described() && inputs.said() == Some(own.message.as_str());
    Some(told(inputs, if is_own { own } else { tripped }))
}

/// A call was refused. Passing trouble does not touch an object that is well.
fn failed(inputs: &Inputs<'_>, error: &cloud_core::Error) -> Assessment {
    told(inputs, verdict(error))
}

fn told(inputs: &Inputs<'_>, verdict: Verdict) -> Assessment {
    if !verdict.stalled && inputs.is_still_ready() {
        return drifting(inputs).unwrap_or(Assessment::Keep);
    }
    ConditionSet::of(verdict).drifted(drift(inputs)).into()
}

fn in_step(inputs: &Inputs<'_>) -> Option<Assessment> {
    let plan = inputs.plan()?;
    let is_active = inputs.seen()?.status == ServiceStatus::Active;
    let is_known = plan.unknown.is_empty() || inputs.was_ready();
    if !plan.is_in_force() || !is_active || !is_known {
        return None;
    }
    let fields: Vec<_> = plan.reported.iter().map(|difference| messages::path(&difference.field)).collect();
    Some(if fields.is_empty() { ConditionSet::available(available(inputs)) } else { differs(inputs, &fields) }.into())
}

/// In force, but for what somebody changed since.
fn differs(inputs: &Inputs<'_>, fields: &[String]) -> ConditionSet {
    let service = messages::service(inputs.service_id());
    let message = format!("{service} is Active and differs from the spec in {}.", messages::list(fields));
    ConditionSet {
        because: Because::new(Reason::AvailableDrifted, message.clone()),
        ..ConditionSet::available(message)
    }
}

fn obstacle(inputs: &Inputs<'_>) -> Option<Assessment> {
    let obstacle = waits::waiting(inputs, inputs.wait()?).obstacle?;
    Some(obstacle.drifted(drift(inputs)).into())
}

/// What was said of the moves holds until the service can be looked at again: a word for each of its passages would cost a write each.
fn between_moves(inputs: &Inputs<'_>) -> Option<Assessment> {
    let is_passing = matches!(inputs.wait(), Some(Wait::ServiceActive(ServiceStatus::Pending | ServiceStatus::Active)));
    let is_moving = matches!(inputs.reason(), Some(Reason::MigratingConnections | Reason::MigrationBlocked));
    (is_passing && is_moving && inputs.is_described() && inputs.failing_list().is_none()).then_some(Assessment::Keep)
}

/// A list fails again and again, and the object waits for what it would show. What is Ready stays so until it is stale.
fn list_failing(inputs: &Inputs<'_>) -> Option<Assessment> {
    let error = inputs.failing_list().filter(|_| !inputs.is_still_ready() || is_at_work(inputs))?;
    Some(ConditionSet::of(inputs.verdict_of_list(error)).drifted(drift(inputs)).into())
}

/// Nothing was done and nothing new is known, only a look or a permit is waited for: what was said of this generation still holds.
fn undecided(inputs: &Inputs<'_>) -> Option<Assessment> {
    if is_at_work(inputs) {
        return None;
    }
    let is_contradicted = inputs.is_called_ready() && !inputs.is_still_ready();
    let holds =
        inputs.is_described() && !is_contradicted && previous_reason::holds(inputs) && !not_created::is_new(inputs);
    holds.then_some(Assessment::Keep)
}

/// Something was done, or the service is on its way: what was said before does not hold any more.
fn is_at_work(inputs: &Inputs<'_>) -> bool {
    inputs.has_written() || matches!(inputs.wait(), Some(Wait::ServiceActive(_)))
}
