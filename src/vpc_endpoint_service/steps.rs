//! The steps of a reconcile that read memory or decide, as a value that is handed in with everything else from outside.

use std::fmt::Debug;

use jiff::Timestamp;

use super::desired::desired;
use super::observe::{Observed, observe};
use super::plan::{Limits, Plan, plan};
use super::resolve::{Place, ResolveError, Resolved, resolve};
use super::teardown::teardown;
use crate::cloud::services::Inventory;
use crate::crd::{VpcEndpointService, VpcEndpointServiceStatus};
use crate::identity::Life;
use crate::kubernetes::status_memory::StatusMemory;

/// What the driver asks in each reconcile. Every step is by default the function of its name: the operator runs with [`Decisions`], which
/// replaces none.
pub trait Steps: Debug + Send + Sync {
    /// The last status of the object that this process wrote, or may have written.
    fn remembered(
        &self,
        said: &StatusMemory<VpcEndpointServiceStatus>,
        object: &VpcEndpointService,
    ) -> Option<VpcEndpointServiceStatus> {
        said.said(object.metadata.uid.as_deref().unwrap_or_default(), object.status.as_ref())
    }

    /// See [`resolve`].
    fn resolve(&self, object: &VpcEndpointService, place: &Place) -> Result<Resolved, ResolveError> {
        resolve(object, place)
    }

    /// See [`observe`].
    fn observe(&self, inventory: &Inventory, resolved: &Resolved) -> Observed {
        observe(inventory, resolved)
    }

    /// See [`plan`] for an object that is to live, and [`teardown`] for one that is to go.
    fn plan(&self, resolved: &Resolved, observed: &Observed, limits: &Limits, now: Timestamp) -> Plan {
        match resolved.life {
            Life::Live => plan(resolved, &desired(resolved, &observed.load_balancers), observed, limits, now),
            Life::Deleting { .. } => teardown(resolved, observed, limits, now),
        }
    }
}

/// The steps as they are.
#[derive(Clone, Copy, Debug, Default)]
pub struct Decisions;

impl Steps for Decisions {}
