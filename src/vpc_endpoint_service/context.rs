//! What every reconcile of a `VpcEndpointService` shares: the handles that the runtime gives to any kind, and those of this one.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::claims::Claims;
use super::exports::Exports;
use super::observation_times::ObservationTimes;
use super::resolve::{Place, referred_names};
use super::steps::Steps;
use crate::cloud::accounts::Accounts;
use crate::crd::VpcEndpointService;
use crate::identity::{Definition, ObjectId};
use crate::kubernetes::services::{ReferredServices, ServiceReader};
use crate::runtime;

/// What every reconcile shares.
#[derive(Debug)]
pub struct Context {
    pub runtime: Arc<runtime::Context<VpcEndpointService>>,
    /// The cloud side: clients, inventories and schedulers by account and region.
    pub accounts: Accounts,
    /// The cluster id in the owner tags.
    pub cluster: String,
    /// Where objects without a region of their own live.
    pub default_region: Option<String>,
    /// Services with the owner tags whose object exists no more are deleted, so that none may be left with them on purpose.
    pub deletes_orphans: bool,
    pub observation_times: ObservationTimes,
    pub claims: Claims,
    pub exports: Exports,
    /// The Services that objects refer to.
    pub services: Arc<dyn ServiceReader>,
    /// What decides.
    pub steps: Arc<dyn Steps>,
}

impl Context {
    /// Has these objects looked at again.
    pub fn requeue(&self, ids: &[ObjectId]) {
        for id in ids {
            self.accounts.requeue(id);
        }
    }

    /// Where objects without a word of their own live. Waits for STS at most once in the life of the process, and only if nobody gave
    /// the account; the object is requeued when an account that is unknown becomes known.
    pub async fn place(&self, id: &ObjectId) -> Place {
        Place {
            cluster: self.cluster.clone(),
            account: self.accounts.account_id(id).await,
            default_region: self.default_region.clone(),
            definition: Definition::Stays,
            services: ReferredServices::default(),
        }
    }

    /// What is known of the Services that the object refers to; it is requeued when one of them changes. A deletion needs none.
    pub fn referred(&self, id: &ObjectId, object: &VpcEndpointService) -> ReferredServices {
        let is_live = object.metadata.deletion_timestamp.is_none();
        let names = if is_live { referred_names(&object.spec) } else { BTreeSet::new() };
        self.services.refer(id, &names)
    }
}

#[cfg(test)]
mod tests;
