//! Last step: what is to be said. Pure; made on every exit, failures included.

use std::time::Duration;

use super::execute::Outcome;
use super::observe::Observed;
use super::plan::Plan;
use super::resolve::{ResolveError, Resolved};
use crate::crd::VpcEndpointServiceStatus;

/// A pass, as far as it got.
#[derive(Clone, Debug, Default)]
pub struct Walk {
    pub resolved: Option<Result<Resolved, ResolveError>>,
    /// The error is that of a single read; what the inventory knows never fails.
    pub observed: Option<Result<Observed, privatelink::Error>>,
    pub plan: Option<Plan>,
    pub outcome: Option<Outcome>,
}

/// What the driver applies.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// `None`: the object is gone or about to go, nothing is to be written.
    pub status: Option<VpcEndpointServiceStatus>,
    pub events: Vec<Note>,
    pub requeue: Requeue,
}

/// An event, to be published once per transition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    pub reason: EventReason,
    /// At most 1,000 bytes, as the API server allows 1 kB.
    pub text: String,
}

/// When the next pass comes if nothing wakes the object before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Requeue {
    /// A change of the object, the inventory or the lanes wakes it.
    OnChange,
    /// At the latest after this.
    After(Duration),
    /// After the object's own growing back-off, and at least this.
    BackOff { at_least: Duration },
}

/// The closed list of event reasons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventReason {
    EndpointServiceCreated,
    EndpointServiceActive,
    EndpointServiceUpdated,
    EndpointServiceDeleted,
    EndpointServiceRetained,
    DriftCorrected,
    DeletionBlocked,
    Stalled,
}
