//! Whether the reason that the status gave last still holds, where a reconcile brought nothing that would replace it.
//!
//! What was refused holds until the same was tried again. What was closed, stale, locked or without a usable target holds only as long as this reconcile found
//! it so.

use cloud_core::{ApiOperation, sts};
use privatelink::{BusinessStatus, Operation, ServiceStatus};

use super::inputs::Inputs;
use crate::cloud::{self, scheduler::NoPermit};
use crate::crd::Reason;
use crate::vpc_endpoint_service::execute::Stop;
use crate::vpc_endpoint_service::observe::{NamedId, Service, ServiceView};

/// Whether the reason of `Ready` is one that this reconcile does not contradict.
pub(super) fn holds(inputs: &Inputs<'_>) -> bool {
    let Some(reason) = inputs.reason() else { return true };
    match operation(inputs) {
        _ if reason == Reason::CloudUnreachable => !is_fresh(inputs),
        Some(operation) if operation == sts::GET_CALLER_IDENTITY => inputs.resolved().is_none(),
        Some(operation) if operation == Operation::ListVpcEndpointServices.into() => !is_fresh(inputs),
        Some(operation) if !operation.mutates() => inputs.observed().is_none(),
        Some(operation) => !is_open_again(inputs, reason, operation),
        None => holds_without_a_call(inputs, reason),
    }
}

/// The operation that the message speaks of: each that tells of an answer names it.
fn operation(inputs: &Inputs<'_>) -> Option<ApiOperation> {
    inputs.said()?.split_whitespace().find_map(cloud::operation)
}

/// The account's services are listed.
fn is_fresh(inputs: &Inputs<'_>) -> bool {
    inputs.observed().is_some_and(|observed| {
        observed.as_of.is_some() && observed.list_error.is_none() && inputs.fresh_for(observed).is_some()
    })
}

/// The object is queued for what was closed. What it was refused itself has to be tried first.
fn is_open_again(inputs: &Inputs<'_>, reason: Reason, closed: ApiOperation) -> bool {
    let is_own = inputs.previous.last_error.is_some() && reason != Reason::WaitingForThrottling;
    let stopped = inputs.outcome().and_then(|outcome| outcome.stopped.as_ref());
    let is_queued = matches!(stopped, Some(Stop::NoPermit(NoPermit::Queued { operation, .. })) if closed == *operation);
    is_queued && !is_own
}

/// As the plan judges it.
fn is_locked(service: &Service) -> bool {
    BusinessStatus::from_wire(service.business_status.as_deref()).is_locked()
}

fn holds_without_a_call(inputs: &Inputs<'_>, reason: Reason) -> bool {
    let view = inputs.observed().map(|observed| &observed.service);
    let is_unseen = matches!(view, None | Some(ServiceView::NotYetListed));
    match reason {
        // The reconcile got past what they speak of.
        Reason::ProviderConfigUnavailable
        | Reason::RegionMissing
        | Reason::RegionUnusable
        | Reason::RegionMismatch
        | Reason::AccountMismatch => inputs.resolved().is_none(),
        // The plan of this reconcile would wait for it.
        Reason::WaitingForLoadBalancer | Reason::UnsuitableLoadBalancer | Reason::LoadBalancerMismatch => {
            inputs.resolved().is_none() || inputs.is_any_load_balancer_unusable()
        }
        // The record is there, so it could be written.
        Reason::KubernetesForbidden => {
            !inputs.resolved().is_some_and(|resolved| resolved.has_finalizer() && resolved.record.is_some())
        }
        // Told of a service that is locked, or being deleted by others.
        Reason::AccountRestricted => inputs.seen().is_none_or(is_locked),
        Reason::ProviderBusy | Reason::CloudError | Reason::UnknownAnswer => {
            inputs.seen().is_none_or(|service| !matches!(service.status, ServiceStatus::Active))
        }
        Reason::FormerServiceExists | Reason::WaitingForFormerService => {
            is_unseen || matches!(view, Some(ServiceView::Former(_)))
        }
        Reason::AdoptionRefused => {
            is_unseen || matches!(view, Some(ServiceView::ToAdopt(_) | ServiceView::Absent { .. }))
        }
        Reason::OwnershipLost => {
            is_unseen || matches!(view, Some(ServiceView::Foreign(_) | ServiceView::Absent { .. }))
        }
        Reason::DuplicateOwner => is_unseen || matches!(view, Some(ServiceView::Many(_))),
        Reason::ServiceGone => {
            let is_unjudged = matches!(
                view,
                Some(ServiceView::Absent { named: NamedId::Gone(_) | NamedId::Unjudged(_) | NamedId::Hidden(_) })
            );
            is_unseen || is_unjudged
        }
        _ => true,
    }
}
