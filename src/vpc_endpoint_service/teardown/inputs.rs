//! Everything that the checks of a teardown ask about.

use std::time::Duration;

use cloud_core::ErrorKind;
use jiff::Timestamp;
use privatelink::Operation;

use crate::cloud::errors::is_for_a_person;
use crate::cloud::services::observed::{DetailsView, Observed, Refusal};
use crate::cloud::services::{Connections, Details, Service};
use crate::crd::{DeletionPolicy, WhenConnected};
use crate::vpc_endpoint_service::plan::Limits;
use crate::vpc_endpoint_service::plan::freshness::{after, before};
use crate::vpc_endpoint_service::resolve::Resolved;

/// One object that is to go, seen at one moment.
#[derive(Debug)]
pub(super) struct Inputs<'a> {
    pub(super) resolved: &'a Resolved,
    pub(super) observed: &'a Observed,
    pub(super) limits: &'a Limits,
    /// When the object was marked.
    pub(super) since: Timestamp,
    pub(super) now: Timestamp,
}

impl<'a> Inputs<'a> {
    /// Every service that carries the object's UID, the one to work on first.
    pub(super) fn services(&self) -> &'a [Service] {
        self.observed.service.ours()
    }

    /// The service that is to be deleted.
    pub(super) fn service(&self) -> Option<&'a Service> {
        self.services().first()
    }

    /// The id to account for: the one that was proven, else the one that status names.
    pub(super) fn known_id(&self) -> Option<&'a str> {
        self.observed.own.proven_id.as_deref().or(self.resolved.hint.service_id.as_deref())
    }

    /// The connections, if they were looked at after the mark.
    pub(super) fn connections(&self) -> Option<&'a Connections> {
        self.observed.connections.as_ref().filter(|connections| connections.as_of >= self.since)
    }

    /// Attachments, if they were looked at after the mark and not long ago: one that was under way at the first look is shown at a later one,
    /// and until then the provider refuses to delete.
    pub(super) fn details(&self) -> Option<&'a Details> {
        let oldest = before(self.now, self.limits.blocked_poll_interval);
        match &self.observed.details {
            DetailsView::Known(view) => Some(view).filter(|view| view.as_of >= self.since && view.read_at >= oldest),
            DetailsView::Unknown => None,
        }
    }

    /// From when on consumers that are connected are cut off; `None`: they are waited for.
    pub(super) fn disconnect_at(&self) -> Option<Timestamp> {
        let spec = &self.resolved.spec;
        let delay = Duration::from_secs(spec.disconnect_after_seconds.unwrap_or_default().into());
        (spec.when_connected == WhenConnected::Disconnect).then(|| after(self.since, delay))
    }

    /// The service is to stay.
    pub(super) fn is_retained(&self) -> bool {
        self.resolved.spec.effective_deletion_policy() == DeletionPolicy::Retain
    }

    /// Until when a deletion goes on trying what the provider refuses. A refusal that comes once is no lasting one.
    pub(super) fn tried_until(&self) -> Timestamp {
        after(self.since, self.limits.consistency_window)
    }

    /// The provider still refuses to take the tags off, for a reason that does not pass by itself.
    pub(super) fn is_untag_refused(&self) -> bool {
        self.observed.own.refusals.iter().any(|refusal| {
            refusal.operation == Operation::UntagResources.into()
                && refusal.at >= self.tried_until()
                && is_for_a_person(refusal.kind)
        })
    }

    /// When the provider last refused a detach because something else must go first.
    pub(super) fn detach_refused(&self) -> Option<Timestamp> {
        self.refused(Operation::DetachResourceFromVpcEndpointService)
    }

    /// When the provider last refused the delete because something else must go first.
    pub(super) fn delete_refused(&self) -> Option<Timestamp> {
        self.refused(Operation::DeleteVpcEndpointService)
    }

    /// When the provider last refused to cut a consumer off, whatever for.
    pub(super) fn disconnect_refused(&self) -> Option<Timestamp> {
        self.newest_refusal(|refusal| refusal.operation == Operation::DisableVpcEndpointConnection.into())
    }

    fn refused(&self, operation: Operation) -> Option<Timestamp> {
        self.newest_refusal(|refusal| {
            refusal.operation == operation.into() && refusal.kind == ErrorKind::DependencyFirst
        })
    }

    fn newest_refusal(&self, is_meant: impl Fn(&Refusal) -> bool) -> Option<Timestamp> {
        self.observed.own.refusals.iter().filter(|refusal| is_meant(refusal)).map(|refusal| refusal.at).max()
    }
}
